//! How sure we are: what ties spend to code, what became of every record, the health of the data, and what was read.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::bars::{self, Part, Shape};
use super::story::Story;
use super::table::{self, Head};
use super::{health, plain, shown, words};
use crate::model::link::{Tier, Unlinked};
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::report::attribution::{CoverageDoc, PartDoc};
use crate::report::ids::SectionId;
use crate::report::page::{dollars, grouped, many};

/// Whether a table of the report is shown here beside those of its own.
pub(super) fn is_own(id: SectionId) -> bool {
    id == SectionId::Spans
}

/// The pictures and tables of the section.
pub(super) fn body(story: &Story<'_>) -> Markup {
    html! {
        div.main {
            @if let Some(coverage) = &story.audit.coverage { (evidence(coverage)) }
            (records(story))
        }
        div.full {
            (health::table(story))
            (notices(story))
            div.two { (logs(story)) (repositories(story)) }
            (story.more(is_own))
        }
    }
}

/// A kind of evidence on the page: its fill, its name, what it is.
pub(super) const KINDS: [(&str, &str, &str); 4] = [
    (
        "e-explicit",
        "recorded",
        "The tool or git recorded which commit the session made: a trailer, a note, a printed commit hash, a linked pull request.",
    ),
    ("e-strong", "matched", "The lines or files that the session wrote are in the commit."),
    ("e-medium", "same branch", "The session ran on the branch that was merged; nothing else ties the two."),
    ("e-weak", "same time", "The session ran while the commit was made; nothing else ties the two."),
];
/// What no evidence ties to code.
pub(super) const NO_LINK: (&str, &str, &str) = (
    "e-none",
    "no link",
    "Nothing ties it to a merged change or branch. Questions are here, too: no code is expected of them.",
);

/// The kind of evidence of a word of the document.
pub(super) fn kind(word: &str) -> (&'static str, &'static str, &'static str) {
    Tier::ALL.into_iter().zip(KINDS).find(|(tier, _)| tier.word() == word).map_or(NO_LINK, |(_, kind)| kind)
}

/// What explains the fills.
pub(super) fn key(kinds: &[(&str, &str, &str)]) -> Markup {
    html! { ul.key { @for (fill, title, _) in kinds { li { (swatch(fill)) (title) } } } }
}

/// A small square with a fill.
pub(super) fn swatch(fill: &str) -> Markup {
    html! { svg.sw width="14" height="12" aria-hidden="true" { rect width="14" height="12" class=(fill) {} } }
}

/// How spend is tied to code.
fn evidence(coverage: &CoverageDoc) -> Markup {
    let unlinked: Money = coverage.unlinked.iter().map(|part| part.cost_usd).sum();
    let tiers = coverage.tiers.iter().map(|part| (kind(part.key), part.cost_usd, part.share));
    let rows: Vec<_> = tiers.chain([(NO_LINK, unlinked, Quantity::share(unlinked, coverage.total_usd))]).collect();
    let percent = |share: &Option<Quantity>| share.map_or_else(|| "–".to_owned(), words::whole_percent);
    let parts: Vec<Part<'_>> = rows
        .iter()
        .map(|((fill, title, _), cost, share)| Part {
            class: fill,
            amount: cost.nanos(),
            title,
            short: percent(share),
            text: format!("{title}: {}, {}", dollars(*cost), share.map_or_else(|| "–".to_owned(), table::percent)),
        })
        .collect();
    let spoken: Vec<String> =
        rows.iter().map(|((_, title, _), _, share)| format!("{} {title}", percent(share))).collect();
    let columns: [Head; 3] = [("Evidence", ""), ("Spend", "n"), ("Share", "n")];
    let is_some = |part: &&PartDoc| part.cost_usd != Money::ZERO;
    html! {
        figure {
            h3 { "How spend is tied to code" }
            (bars::named(&parts, Shape { class: "evb", height: 30 }, &format!("Share of spend by evidence: {}", spoken.join(", "))))
            @if let Some(text) = checked(coverage) { figcaption { (text) } }
            (table::numbers("Evidence, from strongest to none. Headlines count recorded and matched.", &columns, &html! {
                @for ((fill, title, about), cost, share) in rows.iter().filter(|(_, cost, _)| *cost != Money::ZERO) {
                    tr { th scope="row" { (swatch(fill)) (title) small { (about) } } (table::amount(*cost)) (share_cell(*share)) }
                }
                @for part in coverage.unlinked.iter().filter(is_some) {
                    tr.ssub { th scope="row" { (reason(part.key)) } (table::amount(part.cost_usd)) (share_cell(part.share)) }
                }
            }))
        }
    }
}

fn share_cell(share: Option<Quantity>) -> Markup {
    html! { td.n { (share.map_or_else(|| "–".to_owned(), table::percent)) } }
}

/// Why spend has no link, in the words of the page.
fn reason(word: &str) -> &'static str {
    match Unlinked::ALL.into_iter().find(|reason| reason.word() == word) {
        Some(Unlinked::NoEdits) => "Questions and exploring: nothing was edited",
        Some(Unlinked::Uncommitted) => "Edits that were never committed",
        Some(Unlinked::OtherRepository) => "Work in folders and repositories that were not read",
        Some(Unlinked::NoRepository) => "Work in no folder that the log names",
        Some(Unlinked::NoSession) | None => "Requests without a session",
    }
}

/// How right matching was where git has a record.
fn checked(coverage: &CoverageDoc) -> Option<String> {
    let score = coverage.calibration.tiers.iter().find(|score| score.tier == Tier::Strong)?;
    let found = score.recall.filter(|_| coverage.calibration.calibrated && score.n > 0)?;
    Some(format!(
        "The recorded links were hidden and everything was matched again: {} of {} were right, and they found {} of the \
         recorded spend. Recorded links are no random sample, so read this as a check and not as a guarantee.",
        grouped(score.right),
        many(score.n, "matched link"),
        words::whole_percent(found)
    ))
}

/// What became of every record that was read.
fn records(story: &Story<'_>) -> Markup {
    let counts = &story.audit.reconciliation.counts;
    let all = [
        ("f-ev", "counted", counts.kept),
        ("f-job2", "repeats", counts.duplicate),
        ("f-early", "copies made by forked sessions", counts.replayed),
        ("f-untraced", "not usage", counts.ignored),
        ("f-ink", "damaged", counts.rejected),
    ];
    let some: Vec<_> = all.into_iter().filter(|(.., count)| *count > 0).collect();
    let spoken: Vec<String> = some.iter().map(|(_, title, count)| format!("{} {title}", grouped(*count))).collect();
    let read = many(counts.records_read, "record");
    let were = if counts.records_read == 1 { "was" } else { "were" };
    let sum = format!(
        "{read} {were} read in {}: {} = {}.",
        many(story.audit.reconciliation.files, "file"),
        spoken.join(" + "),
        grouped(counts.records_read)
    );
    let parts: Vec<Part<'_>> = some
        .iter()
        .map(|(class, title, count)| Part {
            class,
            amount: i128::from(*count),
            title,
            short: grouped(*count),
            text: format!("{title}: {}", grouped(*count)),
        })
        .collect();
    html! {
        @if counts.records_read > 0 {
            figure {
                h3 { "Every record is counted once" }
                (bars::named(&parts, Shape { class: "rc", height: 22 }, &sum))
                figcaption { (sum) }
            }
        }
    }
}

/// What was noticed while reading.
fn notices(story: &Story<'_>) -> Markup {
    let all = &story.report.document.diagnostics;
    html! {
        @if !all.is_empty() {
            details.nums {
                summary { (many(all.len() as u64, "notice")) " from reading the data" }
                ul.notes {
                    @for one in all { li class=(plain::severity(one.severity)) { b { (grouped(one.count)) " ×" } " " (shown(&one.message)) } }
                }
            }
        }
    }
}

/// The logs by format; paths of files hold names of people, so they are not on the page.
fn logs(story: &Story<'_>) -> Markup {
    let mut formats: BTreeMap<&str, (u64, u64, u64)> = BTreeMap::new();
    for input in &story.report.document.inputs {
        let sum = formats.entry(input.format.unwrap_or("unknown")).or_default();
        *sum = (sum.0 + 1, sum.1 + input.records, sum.2 + input.bytes);
    }
    let columns: [Head; 4] = [("Format", ""), ("Files", "n"), ("Records", "n"), ("Size", "n")];
    html! {
        @if !formats.is_empty() {
            (table::numbers("Logs and exports read", &columns, &html! {
                @for (format, (files, records, bytes)) in &formats {
                    tr { th scope="row" { (format) } td.n { (grouped(*files)) } td.n { (grouped(*records)) } td.n data-v=(bytes) { (size(*bytes)) } }
                }
            }))
        }
    }
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    let (unit, name) = if bytes >= 1_000_000_000 { (1_000_000_000, "GB") } else { (1_000_000, "MB") };
    let tenths = (u128::from(bytes) * 10).div_ceil(unit);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

fn repositories(story: &Story<'_>) -> Markup {
    let columns: [Head; 4] = [("Repository", ""), ("Merged changes", "n"), ("Lines that count", "n"), ("Up to", "")];
    html! {
        @if !story.audit.repos.is_empty() {
            (table::numbers("Repositories read", &columns, &html! {
                @for repo in &story.audit.repos {
                    tr {
                        th scope="row" { (shown(words::repository(&repo.repo))) }
                        td.n { (grouped(repo.landings)) }
                        td.n { (grouped(repo.merged_lines_effective)) }
                        td { code { (repo.head.chars().take(10).collect::<String>()) } }
                    }
                }
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_never_nothing() {
        assert_eq!([size(1), size(1_234_567), size(2_500_000_000)], ["0.1 MB", "1.3 MB", "2.5 GB"]);
    }

    #[test]
    fn every_kind_of_evidence_has_its_fill() {
        for tier in Tier::ALL {
            assert_eq!(kind(tier.word()).1, tier.title());
        }
        assert_eq!(kind("nothing").1, "no link");
    }
}

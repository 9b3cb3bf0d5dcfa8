//! A comment for one pull request: what it cost, beside others of its size, and by which evidence. Markdown, or nothing.
//!
//! - In: a run, and a pull request by its number, or by its branch while it is open. Out: a text that begins with a hidden mark,
//!   so that a job finds its comment again and edits it in place.
//! - Nothing below `comment.min_usd`, and nothing where no spend is linked: silence is cheaper than a zero.
//! - Cost is of the headline's evidence; what weaker evidence adds is said beside it. No person is named.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::page::{dollars, grouped, many};
use super::render::{MARK, escaped};
use crate::error::{Error, Result};
use crate::history::Totals;
use crate::link::{Account, Attribution, Link};
use crate::measure::material::{Linking, Run};
use crate::measure::sayable::LEAST_PULL_REQUESTS;
use crate::measure::size_bands::{BANDS, SizeBands, band_of};
use crate::measure::spread::percentile;
use crate::model::basis::{Price, Prices};
use crate::model::branch::{BranchFate, Fate};
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::period::Period;

/// Rows of each kind in the table; the others are one more row.
const MOST: usize = 10;
/// From this many percent of the usual cost on, a cost is more than usual; to this many, less.
const MORE: i128 = 150;
const LESS: i128 = 67;

/// The pull request.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Its number, once it has landed.
    pub number: Option<u64>,
    /// Its branch, while it has not.
    pub branch: Option<String>,
}

impl Asked {
    fn is(&self, number: Option<u64>, branch: Option<&str>) -> bool {
        let by_number = self.number.is_some() && self.number == number;
        let plain = |name: &str| {
            name.trim_start_matches("refs/heads/")
                .trim_start_matches("refs/remotes/")
                .trim_start_matches("origin/")
                .to_owned()
        };
        by_number || self.branch.as_deref().zip(branch).is_some_and(|(asked, known)| plain(asked) == plain(known))
    }
}

/// Sums of the links that are its own.
#[derive(Default)]
struct Sums<'a> {
    headline: Money,
    prices: Prices,
    /// Tokens without a price.
    unpriced: u64,
    tiers: BTreeMap<Tier, Money>,
    sessions: BTreeMap<&'a str, (Money, u64)>,
    models: BTreeMap<&'a str, (Money, u64)>,
    commits: BTreeMap<&'a str, (Money, u64)>,
}

/// The lines of a merged pull request, and what others of its size cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size {
    /// Lines that count which it added.
    added: u64,
    /// The index of its size.
    band: usize,
    /// Other pull requests of that size with traced spend.
    others: u64,
    /// The middle of what they cost.
    usual: Option<Money>,
}

/// The comment; `None` when there is nothing to say, or the cost is below `least`.
///
/// # Errors
/// When the links do not sum to the spend, or the clone lacks the history that separates one pull request from the work before it.
pub fn comment(run: &Run, linking: &Linking, asked: &Asked, least: Money) -> Result<Option<String>> {
    refuse_cut_history(run, asked)?;
    let sums = sums(run, linking, asked);
    let any: Money = sums.tiers.values().copied().sum();
    if any == Money::ZERO || sums.headline < least {
        return Ok(None);
    }
    let size = size(run, linking, asked, sums.headline)?;
    let mut text =
        format!("{MARK}\n{}\n\n{}\n", first_sentence(sums.headline, size), rests_on(&sums, linking.least, size));
    if !sums.sessions.is_empty() {
        text += &table(&sums);
    }
    Ok(Some(text))
}

/// The size of a merged pull request; `None` while it is open.
fn size(run: &Run, linking: &Linking, asked: &Asked, own: Money) -> Result<Option<Size>> {
    let commits = run.histories.iter().flat_map(|history| &history.commits);
    let landings = commits.filter(|commit| asked.number.is_some() && commit.pull_request == asked.number);
    let lines = landings.map(Totals::of).map(|all| (all.added_effective, all.deleted_effective));
    let Some((added, deleted)) = lines.reduce(|a, b| (a.0 + b.0, a.1 + b.1)) else { return Ok(None) };
    let always = Period::all(run.period.tz);
    let attribution = Attribution::compute(&linking.links, &always, linking.least)?;
    let band = band_of(added + deleted);
    let mut costs = SizeBands::within(&run.histories, Some(&attribution), &always).bands[band].costs.clone();
    if let Some(at) = costs.iter().position(|cost| *cost == own) {
        costs.remove(at);
    }
    let (others, usual) = usual(&costs);
    Ok(Some(Size { added, band, others, usual }))
}

/// How many pull requests there are to compare with, and the middle of their sorted costs where they are enough.
fn usual(costs: &[Money]) -> (u64, Option<Money>) {
    let others = costs.len() as u64;
    (others, percentile(costs, 50).filter(|_| others >= LEAST_PULL_REQUESTS))
}

/// What it cost, beside others of its size where there are enough of them.
fn first_sentence(cost: Money, size: Option<Size>) -> String {
    if cost == Money::ZERO {
        return "**What this pull request cost in AI is not known.**".to_owned();
    }
    let Some(size) = size else { return format!("**This pull request cost {} in AI so far.**", dollars(cost)) };
    let said = format!("**This pull request cost {} in AI**", dollars(cost));
    let Some(usual) = size.usual.filter(|usual| *usual > Money::ZERO) else { return format!("{said}.") };
    let percent = cost.nanos() * 100 / usual.nanos();
    let beside = match percent {
        1_000.. => format!("{} times", grouped(u64::try_from((percent + 50) / 100).unwrap_or(u64::MAX))),
        MORE.. => format!("{}.{} times", (percent + 5) / 100, (percent + 5) / 10 % 10),
        LESS.. => "about".to_owned(),
        _ => "less than".to_owned(),
    };
    let (usual, lines) = (dollars(usual), lines_of(size.band));
    format!("{said}, {beside} the usual {usual} for {lines} ({}).", many(size.others, "pull request"))
}

/// The sizes of a band, such as `30 to 99 lines`.
fn lines_of(band: usize) -> String {
    let from = band.checked_sub(1).map(|before| BANDS[before].1);
    match (from, BANDS[band].1) {
        (None, below) => format!("fewer than {below} lines"),
        (Some(from), u64::MAX) => format!("{from} lines or more"),
        (Some(from), below) => format!("{from} to {} lines", below - 1),
    }
}

/// What the figure rests on: sessions, lines, evidence, and what has no price.
fn rests_on(sums: &Sums<'_>, least: Tier, size: Option<Size>) -> String {
    let sessions = sums.sessions.len() as u64;
    let mut parts: Vec<String> = (sessions > 0).then(|| many(sessions, "session")).into_iter().collect();
    if let Some(Size { added: lines @ 1.., .. }) = size {
        let each = if lines == 1 || sums.headline == Money::ZERO {
            String::new()
        } else {
            format!(", {} each", per_line(sums.headline, lines))
        };
        let (noun, verb) = if lines == 1 { ("line", "counts") } else { ("lines", "count") };
        parts.push(format!("{} {noun} that {verb}{each}", grouped(lines)));
    }
    parts.push(evidence(&sums.tiers, least));
    if sums.unpriced > 0 {
        let tokens = many(sums.unpriced, "token");
        parts.push(format!("{tokens} without a price {} not in it", if sums.unpriced == 1 { "is" } else { "are" }));
    }
    format!("{}.", parts.join(" · "))
}

/// By which evidence the cost is known, and how much more weaker evidence would add.
fn evidence(tiers: &BTreeMap<Tier, Money>, least: Tier) -> String {
    let known = |tier: Tier| match tier {
        Tier::Explicit => "recorded",
        Tier::Strong => "matched by content",
        Tier::Medium => "known by the branch name",
        Tier::Weak => "known by the same person at the same time",
    };
    let found = |is_own: bool| {
        let own = tiers.iter().filter(move |(tier, cost)| (**tier <= least) == is_own && **cost != Money::ZERO);
        own.map(|(tier, cost)| (*tier, *cost)).collect::<Vec<_>>()
    };
    let (own, weaker) = (found(true), found(false));
    let said = match own.as_slice() {
        [] => "nothing recorded or matched".to_owned(),
        [(tier, _)] => format!("all of it {}", known(*tier)),
        some => some
            .iter()
            .map(|(tier, cost)| format!("{} {}", dollars(*cost), known(*tier)))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let also = if own.is_empty() { "" } else { " more" };
    let more: Vec<String> =
        weaker.iter().map(|(tier, cost)| format!("{}{also} is {} only", dollars(*cost), known(*tier))).collect();
    if more.is_empty() { said } else { format!("{said}; {}", more.join(", ")) }
}

/// What a line cost, in cents below a dollar.
fn per_line(cost: Money, lines: u64) -> String {
    const TENTH_OF_CENT: i128 = 1_000_000;
    let each = cost.nanos() / i128::from(lines.max(1));
    let tenths = (each + TENTH_OF_CENT / 2) / TENTH_OF_CENT;
    match tenths {
        1_000.. => dollars(Money::from_nanos(each)),
        0 if each > 0 => "<0.1¢".to_owned(),
        _ => format!("{}.{}¢", tenths / 10, tenths % 10),
    }
}

/// A part of the table: what its rows are, with their cost and tokens.
type Part<'a> = (&'a str, &'a BTreeMap<&'a str, (Money, u64)>);

/// One folded table of sessions, models and commits; the rows of each sum to the cost.
fn table(sums: &Sums<'_>) -> String {
    let mut text = String::from(
        "<details><summary>Sessions, models, commits</summary>\n\n| | | spend | tokens |\n|---|---|--:|--:|\n",
    );
    let parts: [Part<'_>; 3] = [("session", &sums.sessions), ("model", &sums.models), ("commit", &sums.commits)];
    for (what, part) in parts {
        let mut rows: Vec<_> = part.iter().collect();
        rows.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let shown = if rows.len() > MOST + 1 { MOST } else { rows.len() };
        for (name, (cost, tokens)) in &rows[..shown] {
            let short: String = if what == "commit" { name.chars().take(12).collect() } else { (**name).to_owned() };
            let _ = writeln!(text, "| {what} | {} | {} | {} |", escaped(&short), dollars(*cost), grouped(*tokens));
        }
        if shown < rows.len() {
            let rest =
                rows[shown..].iter().fold(<(Money, u64)>::default(), |sum, (_, one)| (sum.0 + one.0, sum.1 + one.1));
            let name = format!("{} more", rows.len() - shown);
            let _ = writeln!(text, "| {what} | {name} | {} | {} |", dollars(rest.0), grouped(rest.1));
        }
    }
    let prices = match sums.prices.price() {
        Price::List => "At list prices",
        Price::Billed => "As invoiced",
        Price::Mixed => "As invoiced where there is an invoice, else at list prices",
    };
    let _ =
        writeln!(text, "\n{prices}. `tokaudit explain` with a session or a commit shows the evidence.\n\n</details>");
    text
}

/// Without the commits before a pull request, all work would be its own.
fn refuse_cut_history(run: &Run, asked: &Asked) -> Result<()> {
    let hint = "run `git fetch --unshallow` and fetch the base branch, then run again; with actions/checkout, set fetch-depth: 0";
    for history in &run.histories {
        if history.shallow || history.commits.is_empty() {
            let name = history.name();
            return Err(Error::input(
                format!("{name} is a shallow clone: what one pull request cost is unknown"),
                hint,
            ));
        }
        let is_asked = |branch: &&BranchFate| branch.names.iter().any(|name| asked.is(None, Some(name)));
        let own = history.branches.iter().flatten().find(is_asked);
        if own.is_some_and(|branch| matches!(branch.fate, Fate::Unrelated | Fate::Unknown)) {
            let branch = asked.branch.as_deref().unwrap_or_default();
            return Err(Error::input(
                format!("{branch} has no commit in common with the main branch in this clone"),
                hint,
            ));
        }
    }
    Ok(())
}

fn sums<'a>(run: &'a Run, linking: &'a Linking, asked: &Asked) -> Sums<'a> {
    let links = &linking.links;
    let number = |link: &Link| {
        let history = &run.histories[link.repository];
        link.landing.and_then(|at| history.commits[at].pull_request)
    };
    let own: Vec<bool> = links.links.iter().map(|link| asked.is(number(link), link.branch.as_deref())).collect();
    let names = run.ledger.names();
    let mut sums = Sums::default();
    for posting in &links.journal {
        let Account::Link(at) = posting.account else { continue };
        if !own[at] {
            continue;
        }
        let (link, record) = (&links.links[at], &links.records[posting.record]);
        let cost = posting.cost.unwrap_or_default();
        *sums.tiers.entry(link.tier).or_default() += cost;
        if link.tier > linking.least {
            continue;
        }
        sums.headline += cost;
        sums.prices += record.prices;
        sums.unpriced += if posting.cost.is_none() { posting.tokens } else { 0 };
        let add = |part: &mut (Money, u64)| *part = (part.0 + cost, part.1 + posting.tokens);
        add(sums.sessions.entry(&link.session).or_default());
        add(sums.models.entry(names.text_of(record.canonical_model).unwrap_or("no model named")).or_default());
        let commit = link.sha.as_deref().or(link.commit.as_deref());
        add(sums.commits.entry(commit.unwrap_or("no commit named")).or_default());
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(dollars: &str) -> Money {
        Money::parse_usd(dollars).expect("dollars")
    }

    fn size(usual: Option<&str>) -> Option<Size> {
        Some(Size { added: 57, band: 2, others: 20, usual: usual.map(usd) })
    }

    #[test]
    fn the_first_sentence_compares_with_the_usual_cost_of_its_size() {
        let said = |cost: &str| first_sentence(usd(cost), size(Some("0.40")));
        let begun = |cost: &str| format!("**This pull request cost {cost} in AI**, ");
        let ended = " the usual $0.40 for 30 to 99 lines (20 pull requests).";
        for (cost, beside) in [
            ("4.20", "11 times"),
            ("0.94", "2.4 times"),
            ("0.60", "1.5 times"),
            ("0.59", "about"),
            ("0.27", "about"),
            ("0.26", "less than"),
        ] {
            assert_eq!(said(cost), format!("{}{beside}{ended}", begun(&format!("${cost}"))));
        }
        let one = Some(Size { added: 1, band: 0, others: 1, usual: None });
        assert_eq!(first_sentence(usd("1.01"), one), "**This pull request cost $1.01 in AI**.");
        assert_eq!(first_sentence(usd("1.01"), size(Some("0"))), "**This pull request cost $1.01 in AI**.");
        assert_eq!(first_sentence(usd("1.31"), None), "**This pull request cost $1.31 in AI so far.**");
        let unknown = "**What this pull request cost in AI is not known.**";
        assert_eq!(first_sentence(Money::ZERO, size(Some("0.40"))), unknown);
    }

    #[test]
    fn the_usual_cost_is_what_one_of_five_others_cost() {
        let costs = ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6"].map(usd);
        assert_eq!(usual(&costs), (6, Some(usd("0.3"))));
        assert_eq!(usual(&costs[..5]), (5, Some(usd("0.3"))));
        assert_eq!(usual(&costs[..4]), (4, None));
        assert_eq!(usual(&[]), (0, None));
    }

    #[test]
    fn sizes_are_said_with_their_last_line() {
        let all: Vec<String> = (0..BANDS.len()).map(lines_of).collect();
        let words =
            ["fewer than 10 lines", "10 to 29 lines", "30 to 99 lines", "100 to 499 lines", "500 lines or more"];
        assert_eq!(all, words);
    }

    #[test]
    fn what_it_rests_on_has_every_noun_in_its_number() {
        let part = |cost: &str| (usd(cost), 10);
        let mut sums = Sums {
            headline: usd("1.01"),
            tiers: BTreeMap::from([(Tier::Explicit, usd("1.01")), (Tier::Medium, usd("0.04"))]),
            sessions: BTreeMap::from([("a", part("1")), ("b", part("0.01"))]),
            ..Sums::default()
        };
        assert_eq!(
            rests_on(&sums, Tier::Strong, size(None)),
            "2 sessions · 57 lines that count, 1.8¢ each · all of it recorded; $0.04 more is known by the branch name only."
        );
        sums.sessions.remove("b");
        sums.tiers.remove(&Tier::Medium);
        sums.unpriced = 1;
        let line = Some(Size { added: 1, band: 0, others: 1, usual: None });
        assert_eq!(
            rests_on(&sums, Tier::Strong, line),
            "1 session · 1 line that counts · all of it recorded · 1 token without a price is not in it."
        );
        sums.unpriced = 2_000;
        let none = Some(Size { added: 0, band: 0, others: 1, usual: None });
        let said = rests_on(&sums, Tier::Strong, none);
        assert_eq!(said, "1 session · all of it recorded · 2,000 tokens without a price are not in it.");
    }

    #[test]
    fn evidence_is_said_by_how_it_is_known() {
        let said = |tiers: &[(Tier, &str)], least| {
            evidence(&tiers.iter().map(|(tier, cost)| (*tier, usd(cost))).collect(), least)
        };
        let (recorded, matched, branch, time) = (Tier::Explicit, Tier::Strong, Tier::Medium, Tier::Weak);
        assert_eq!(said(&[(matched, "1")], matched), "all of it matched by content");
        assert_eq!(
            said(&[(recorded, "0.8"), (matched, "0.21"), (branch, "0"), (time, "0.02")], matched),
            "$0.80 recorded, $0.21 matched by content; $0.02 more is known by the same person at the same time only"
        );
        assert_eq!(said(&[(branch, "1.38")], branch), "all of it known by the branch name");
        assert_eq!(
            said(&[(branch, "1.38")], matched),
            "nothing recorded or matched; $1.38 is known by the branch name only"
        );
    }

    #[test]
    fn a_line_costs_cents() {
        let each = |cost: &str, lines| per_line(usd(cost), lines);
        assert_eq!(
            [each("1.01", 57), each("0.001", 50), each("12.5", 5), each("0.9996", 1), each("0", 3)],
            ["1.8¢", "<0.1¢", "$2.50", "$1.00", "0.0¢"]
        );
    }

    #[test]
    fn the_rows_of_each_kind_sum_to_the_cost() {
        let names: Vec<String> = (0..12).map(|at| format!("session-{at:02}")).collect();
        let sums = Sums {
            headline: usd("0.12"),
            sessions: names.iter().map(|name| (name.as_str(), (usd("0.01"), 5))).collect(),
            models: BTreeMap::from([("a|b", (usd("0.12"), 60))]),
            commits: BTreeMap::from([("0123456789abcdef", (usd("0.12"), 60))]),
            ..Sums::default()
        };
        let text = table(&sums);
        assert!(text.contains("| session | session-09 | $0.01 | 5 |\n| session | 2 more | $0.02 | 10 |\n"), "{text}");
        assert!(text.contains("| model | a\\|b | $0.12 | 60 |\n| commit | 0123456789ab | $0.12 | 60 |\n"), "{text}");
        assert!(text.contains("\nAt list prices. ") && text.ends_with("</details>\n"), "{text}");
    }
}

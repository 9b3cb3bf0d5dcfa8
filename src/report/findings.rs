//! What could be saved, for the audit: ranked actions with their range, and where to see each.

use serde::Serialize;

use super::page::{Cell, Column, Fact, FactId, Section, SectionId, Table, columns, dollars, many, nanos, percent};
use crate::measure::material::Material;
use crate::model::money::Money;
use crate::model::period::rfc3339;
use crate::model::quantity::Quantity;
use crate::sessions::waste::savings::{self, Saving};
use crate::sessions::waste::{Confidence, Finding, KINDS};

/// Stretches that `explain` shows a kind.
const SHOWN: usize = 5;
/// Stretches that the document names a kind.
const EXAMPLES: usize = 3;
/// The page leaves smaller findings, in parts of ten thousand of the spend, to the document.
const WORTH_SHOWING: i128 = 10;

/// One kind of avoidable spend.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FindingDoc {
    /// Stable id; `explain <id>` has the rule.
    pub id: &'static str,
    /// Its code.
    pub code: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What to do about it, in a few words.
    pub advice: &'static str,
    /// How to do it.
    pub action: &'static str,
    /// Who has to act: `developers`, `platform team`, `team leads` or `application teams`.
    pub who: &'static str,
    /// `likely`, `upper_bound`, or `look`: worth a look, and no saving by itself.
    pub confidence: &'static str,
    /// Dollars that it lies on; kinds may lie on the same ones.
    pub cost_usd: Money,
    /// Their share of all spend.
    pub share: Option<Quantity>,
    /// What could be saved at least, of what the findings before it in `order` leave …
    pub save_least_usd: Money,
    /// … and at most; the upper ends of all findings sum to no more than the spend.
    pub save_most_usd: Money,
    /// Requests that it lies on.
    pub requests: u64,
    /// Sessions of these.
    pub sessions: u64,
    /// Its largest stretches.
    pub examples: Vec<ExampleDoc>,
}

/// A stretch of a session.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ExampleDoc {
    /// The session.
    pub session: String,
    /// First request.
    pub from: String,
    /// Last request.
    pub to: String,
    /// Dollars.
    pub cost_usd: Money,
    /// Requests.
    pub requests: usize,
    /// File and line of the request with the most of it.
    pub place: String,
}

/// The largest stretches of a kind.
fn examples(material: &Material, saving: &Saving, limit: usize) -> Vec<ExampleDoc> {
    let (run, records) = (&material.run, material.records());
    let overlay = material.waste.overlays.iter().find(|one| KINDS[one.kind].id() == saving.kind.id());
    let found = overlay.map(|one| one.findings(records, run.ledger.names(), &run.period, limit));
    let example = |one: Finding<'_>| {
        let origin = records[one.largest].origin;
        let file = run.ledger.files.get(origin.file.0 as usize).map_or("?", |file| file.path.as_str());
        ExampleDoc {
            session: one.session.to_owned(),
            from: rfc3339(one.from),
            to: rfc3339(one.to),
            cost_usd: one.cost,
            requests: one.requests,
            place: format!("{file}:{}", origin.line),
        }
    };
    found.unwrap_or_default().into_iter().map(example).collect()
}

/// The document's part.
pub(super) fn document(material: &Material, savings: &[Saving], total: Money) -> Vec<FindingDoc> {
    let finding = |saving: &Saving| FindingDoc {
        id: saving.kind.id(),
        code: saving.kind.code(),
        name: saving.kind.name(),
        advice: saving.kind.advice(),
        action: saving.kind.action(),
        who: saving.kind.who(),
        confidence: saving.kind.confidence().word(),
        cost_usd: saving.cost,
        share: Quantity::share(saving.cost, total),
        save_least_usd: saving.least,
        save_most_usd: saving.most,
        requests: saving.requests,
        sessions: saving.sessions,
        examples: examples(material, saving, EXAMPLES),
    };
    savings.iter().map(finding).collect()
}

/// What every kind found, with its rule and its largest stretches: what `explain waste` prints.
#[must_use]
pub fn explained(material: &Material, only: Option<&str>) -> String {
    let savings = savings::compute(&material.waste, material.records(), &material.run.period);
    let mut text = String::new();
    for kind in KINDS.iter().filter(|kind| only.is_none_or(|only| kind.id() == only)) {
        let sure = kind.confidence().title();
        text += &format!("{} ({}, {sure})\n", kind.id(), kind.name());
        text += &format!("  {}\n  What to do: {}.\n", kind.about(), kind.action());
        match savings.iter().find(|saving| saving.kind.id() == kind.id()) {
            None => text += "  Nothing found.\n",
            Some(saving) => {
                let (requests, sessions) = (many(saving.requests, "request"), many(saving.sessions, "session"));
                text += &format!("  Found: {} in {requests} of {sessions}.\n", dollars(saving.cost));
                for one in examples(material, saving, SHOWN) {
                    let (cost, requests) = (dollars(one.cost_usd), many(one.requests as u64, "request"));
                    text += &format!("  {cost:>10}  {requests}, {} to {}, session {}\n", one.from, one.to, one.session);
                    text += &format!("              {}\n", one.place);
                }
            }
        }
        text.push('\n');
    }
    text
}

/// What to do first, for the head of the page.
pub(super) fn fact(savings: &[Saving], total: Money) -> Option<Fact> {
    let sure = |saving: &&Saving| saving.kind.confidence() == Confidence::Likely && saving.most > Money::ZERO;
    let first = savings.iter().find(sure)?;
    let (least, most): (Money, Money) =
        savings.iter().filter(sure).fold(<(Money, Money)>::default(), |(a, b), one| (a + one.least, b + one.most));
    let detail = format!(
        "at most ({} of the spend), {} likely · first: {} · {}",
        percent(nanos(most), nanos(total)),
        dollars(least),
        first.kind.name().to_lowercase(),
        first.kind.action()
    );
    Some(Fact::new(FactId::ToSave, dollars(most), detail))
}

/// The table of the page: how much, and what to do.
pub(super) fn section(savings: &[Saving], total: Money) -> Option<Section> {
    let worth = |saving: &&Saving| saving.cost.nanos() * 10_000 >= total.nanos() * WORTH_SHOWING;
    let rows = savings.iter().filter(worth).map(|saving| {
        let sure = saving.kind.confidence();
        let range = match sure {
            Confidence::Look => "-".to_owned(),
            _ => format!("{} to {}", dollars(saving.least), dollars(saving.most)),
        };
        vec![
            Cell::text(saving.kind.name()),
            Cell::Money(Some(saving.cost)),
            Cell::percent(nanos(saving.cost), nanos(total)),
            Cell::Number(Some(range)),
            Cell::text(sure.title()),
        ]
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    if rows.is_empty() {
        return None;
    }
    let mut columns: Vec<Column> = columns(&[
        ("finding", "finding"),
        ("found in", "cost_usd"),
        ("of all", "share"),
        ("could save", "saving"),
        ("how sure", "confidence"),
    ]);
    columns[2].spare = true;
    let todo = savings.iter().filter(worth).map(|saving| format!("{}: {}.", saving.kind.name(), saving.kind.action()));
    let note = "These savings overlap with each other and with rework and dead ends; the total counts each dollar once. \
                `tokaudit explain waste` shows where.";
    let rest = todo.chain([note.to_owned()]).collect::<Vec<_>>().join("\n");
    let (id, title) = (SectionId::Savings, "What could be saved".to_owned());
    Some(Section { id, title, table: Table { rows, columns }, rest: Some(rest) })
}

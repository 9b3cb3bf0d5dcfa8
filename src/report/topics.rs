//! The tables of a report for spreadsheets: one tidy long table, and one per topic, all from the document.

use super::document::{AuditDoc, Body, RowDoc};
use super::page::columns;
use super::page::{Cell, Section, SectionId, Table};
use std::borrow::Cow;

use super::business::{BusinessDoc, GoalDoc};
use super::{Report, business, chargeback, funnel, limits, models, projects, verdicts};
use crate::ledger::GroupKey;
use crate::model::quantity::Quantity;

/// A topic: its name, and what a row of it is.
type Topic = (&'static str, &'static str, fn(&AuditDoc) -> Table);

/// The topics of an audit, beside the long table.
const TOPICS: &[Topic] = &[
    ("by_day", "spend by day", |audit| spend(audit, "day")),
    ("by_model", "spend by model", |audit| spend(audit, "model")),
    ("by_repo", "spend by repository or folder", |audit| spend(audit, "project")),
    ("by_vendor", "spend by vendor", |audit| spend(audit, "vendor")),
    ("by_team", "spend by team", |audit| spend(audit, "team")),
    ("by_cost_center", "spend by cost centre", |audit| spend(audit, "cost_center")),
    ("chargeback", "cost centres and teams by vendor and month", |audit| chargeback::table(&audit.chargeback)),
    ("prs", "pull requests with their cost", |audit| units(audit, true)),
    ("commits", "landings, branches and commits with their cost", |audit| units(audit, false)),
    ("waterfall", "where each dollar went", waterfall),
    ("verdicts", "what became of every merged change, branch and session, and why", |audit| {
        verdicts::table(&audit.verdicts)
    }),
    ("session_verdicts", "the same by session", |audit| verdicts::table(&audit.session_verdicts)),
    ("funnel", "from written to lasting, by step", |audit| funnel::table(audit.funnel.as_ref())),
    ("projects", "what was worked on, and whether it came to a release", |audit| {
        projects::table(audit.projects.as_ref())
    }),
    ("by_initiative", "spend by initiative, with the share that lasted", |audit| goals(audit, |all| &all.initiatives)),
    ("by_priority", "spend by priority of issues, with the share that lasted", |audit| {
        goals(audit, |all| &all.priorities)
    }),
    ("models", "merged changes by type of work and model", |audit| models::table(audit.models.as_ref())),
    ("limits", "what limits of spend would have stopped", |audit| limits::table(&audit.limits)),
    ("findings", "what could be saved", findings),
    ("metrics", "every metric with its interval", metrics),
];

/// The name of the long table.
pub const LONG: &str = "long";

/// The name of the table for pivot tables.
const PIVOT: &str = "pivot";

/// Every name that `--table` takes, with what it is.
#[must_use]
pub fn names() -> Vec<(&'static str, &'static str)> {
    let long = (LONG, "one value a row, of every metric and of every key");
    let pivot = (PIVOT, "one row per day, vendor, model, team, user and repository");
    [long, pivot].into_iter().chain(TOPICS.iter().map(|(name, about, _)| (*name, *about))).collect()
}

impl Report {
    /// The table of that name; `None` when the report has no such topic.
    #[must_use]
    pub fn topic(&self, name: &str) -> Option<Table> {
        if name == LONG {
            return Some(self.table.clone());
        }
        if name == PIVOT {
            return self.pivot.clone();
        }
        let Body::Audit(audit) = &self.document.body else { return None };
        TOPICS.iter().find(|(known, ..)| *known == name).map(|(_, _, make)| make(audit))
    }

    /// The table of a section with every row and every column that the document has; `None` where another sheet has it already.
    pub(super) fn whole_table<'a>(&self, section: &'a Section) -> Option<Cow<'a, Table>> {
        let own = Some(Cow::Borrowed(&section.table));
        match (&self.document.body, section.id) {
            (Body::Spend(_), SectionId::ByKeys) | (Body::Audit(_), SectionId::Waterfall) => None,
            (Body::Audit(audit), SectionId::By(key)) if audit.spend_by.contains_key(key.as_str()) => {
                Some(Cow::Owned(spend(audit, key.as_str())))
            }
            (Body::Audit(audit), SectionId::ByTeam) => Some(Cow::Owned(spend(audit, GroupKey::Team.as_str()))),
            (Body::Audit(audit), SectionId::Chargeback) => Some(Cow::Owned(chargeback::table(&audit.chargeback))),
            (Body::Audit(audit), SectionId::Savings) => Some(Cow::Owned(findings(audit))),
            (Body::Audit(audit), SectionId::Landings) => Some(Cow::Owned(units(audit, false))),
            (Body::Audit(audit), SectionId::FunnelParts) => Some(Cow::Owned(funnel::table(audit.funnel.as_ref()))),
            (Body::Audit(audit), SectionId::Projects) => Some(Cow::Owned(projects::table(audit.projects.as_ref()))),
            (Body::Audit(audit), SectionId::Initiatives) => Some(Cow::Owned(goals(audit, |all| &all.initiatives))),
            (Body::Audit(audit), SectionId::Models) => Some(Cow::Owned(models::table(audit.models.as_ref()))),
            (Body::Audit(audit), SectionId::Limits) => Some(Cow::Owned(limits::table(&audit.limits))),
            (Body::Audit(audit), SectionId::Priorities) => Some(Cow::Owned(goals(audit, |all| &all.priorities))),
            _ => own,
        }
    }

    /// All its tables by name, the long one first.
    #[must_use]
    pub fn topics(&self) -> Vec<(&'static str, Table)> {
        names().into_iter().filter_map(|(name, _)| Some((name, self.topic(name)?))).collect()
    }
}

fn named(names: &[&'static str]) -> Vec<(&'static str, &'static str)> {
    names.iter().map(|name| (*name, *name)).collect()
}

/// A quantity as a cell.
pub(super) fn cell(quantity: Option<Quantity>) -> Cell {
    match quantity {
        Some(Quantity::Money(money)) => Cell::Money(Some(money)),
        Some(Quantity::Count(count)) => Cell::count(count),
        Some(ratio) => Cell::Number(Some(ratio.as_f64().to_string())),
        None => Cell::Number(None),
    }
}

/// The columns of spend beside the key.
const SPEND: [&str; 18] = [
    "records",
    "requests",
    "sessions",
    "input",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "output",
    "reasoning",
    "cost_usd",
    "unreconciled_usd",
    "list_cost_usd",
    "billed_cost_usd",
    "reported_cost_usd",
    "unpriced_records",
    "unpriced_tokens",
    "prompts_by_seat",
    "estimated_tokens_by_seat",
];

/// Rows of spend with all they hold; `keys` name the first columns.
pub(super) fn spend_table(keys: &[&'static str], rows: &[RowDoc]) -> Table {
    let names: Vec<&'static str> = keys.iter().copied().chain(SPEND).collect();
    let row = |row: &RowDoc| {
        let fields = &row.fields;
        let tokens = &fields.tokens;
        let mut cells: Vec<Cell> = keys.iter().map(|key| Cell::Text(row.key.get(key).cloned().flatten())).collect();
        cells.extend([
            Cell::count(fields.records),
            Cell::Count(fields.requests),
            Cell::count(fields.sessions),
            Cell::Count(tokens.input),
            Cell::Count(tokens.cache_read),
            Cell::Count(tokens.cache_write_5m),
            Cell::Count(tokens.cache_write_1h),
            Cell::Count(tokens.output),
            Cell::Count(tokens.reasoning),
            Cell::Money(fields.cost_usd),
            Cell::Money(Some(fields.unreconciled_usd)),
            Cell::Money(fields.list_cost_usd),
            Cell::Money(fields.billed_cost_usd),
            Cell::Money(fields.reported_cost_usd),
            Cell::count(fields.unpriced_records),
            Cell::count(fields.unpriced_tokens),
            Cell::count(fields.by_seat.prompts),
            Cell::count(fields.by_seat.estimated_tokens),
        ]);
        cells
    };
    Table { columns: columns(&named(&names)), rows: rows.iter().map(row).collect() }
}

fn spend(audit: &AuditDoc, key: &'static str) -> Table {
    let rows = audit.spend_by.get(key).map_or(&[][..], Vec::as_slice);
    spend_table(&[key], rows)
}

fn units(audit: &AuditDoc, pulls_alone: bool) -> Table {
    let names = [
        "repo",
        "pull_request",
        "landing",
        "landed_at",
        "branch",
        "cost_usd",
        "cost_branch_only_usd",
        "cost_any_tier_usd",
        "tokens",
        "sessions",
        "merged_lines",
        "reverted_by",
        "counted",
    ];
    let units = audit.units.iter().flatten().filter(|unit| !pulls_alone || unit.pull_request.is_some());
    let rows = units.map(|unit| {
        vec![
            Cell::text(unit.repo.clone()),
            Cell::Count(unit.pull_request),
            Cell::Text(unit.landing.clone()),
            Cell::Text(unit.landed_at.clone()),
            Cell::Text(unit.branch.clone()),
            Cell::Money(unit.cost_usd),
            Cell::Money(Some(unit.cost_branch_only_usd)),
            Cell::Money(Some(unit.cost_any_tier_usd)),
            Cell::count(unit.tokens),
            Cell::count(unit.sessions),
            Cell::Count(unit.merged_lines),
            Cell::Text(unit.reverted_by.clone()),
            Cell::text(unit.counted.to_string()),
        ]
    });
    Table { columns: columns(&named(&names)), rows: rows.collect() }
}

fn waterfall(audit: &AuditDoc) -> Table {
    let names = ["class", "tone", "cost_usd", "share_all", "share_settled", "measured"];
    let rows = audit.waterfall.iter().map(|class| {
        vec![
            Cell::text(class.class),
            Cell::text(class.tone),
            Cell::Money(Some(class.cost_usd)),
            cell(class.share_all),
            cell(class.share_settled),
            Cell::text(class.measured.to_string()),
        ]
    });
    Table { columns: columns(&named(&names)), rows: rows.collect() }
}

fn goals(audit: &AuditDoc, rows: impl Fn(&BusinessDoc) -> &Vec<GoalDoc>) -> Table {
    business::table(audit.business.as_ref().map_or(&[][..], |all| rows(all)))
}

fn findings(audit: &AuditDoc) -> Table {
    let names = [
        "id",
        "code",
        "name",
        "action",
        "confidence",
        "cost_usd",
        "share",
        "save_least_usd",
        "save_most_usd",
        "requests",
        "sessions",
    ];
    let rows = audit.findings.iter().map(|one| {
        vec![
            Cell::text(one.id),
            Cell::text(one.code),
            Cell::text(one.name),
            Cell::text(one.action),
            Cell::text(one.confidence),
            Cell::Money(Some(one.cost_usd)),
            cell(one.share),
            Cell::Money(Some(one.save_least_usd)),
            Cell::Money(Some(one.save_most_usd)),
            Cell::count(one.requests),
            Cell::count(one.sessions),
        ]
    });
    Table { columns: columns(&named(&names)), rows: rows.collect() }
}

/// The tidy long table of an audit: one value a row.
pub(super) fn long_table(audit: &AuditDoc, period: &str) -> Table {
    let names = ["period", "scope_type", "scope", "metric", "value", "lo", "hi", "unit", "n", "coverage", "missing"];
    let columns = columns(&names.map(|name| (name, name)));
    let row = |scope: (&str, Option<String>), metric: &str, value: Cell, unit: &str, n: u64, coverage: Cell| {
        let none = || Cell::Number(None);
        let (scope_type, scope) = (Cell::text(scope.0), Cell::Text(scope.1));
        let (period, metric, unit) = (Cell::text(period), Cell::text(metric), Cell::text(unit));
        vec![period, scope_type, scope, metric, value, none(), none(), unit, Cell::count(n), coverage, Cell::text("")]
    };
    let mut rows = Vec::new();
    for doc in &audit.metrics {
        let (value, coverage) = (cell(doc.value), cell(doc.coverage));
        let mut cells = row(("all", Some("all".to_owned())), doc.id, value, doc.unit, doc.n, coverage);
        (cells[5], cells[6]) = (cell(doc.lo), cell(doc.hi));
        cells[10] = Cell::text(doc.missing.clone().unwrap_or_default());
        rows.push(cells);
    }
    for (key, groups) in &audit.spend_by {
        for group in groups {
            let scope = || (*key, group.key.values().next().cloned().flatten());
            let f = &group.fields;
            let n = f.records;
            let none = || Cell::Number(None);
            rows.push(row(scope(), "spend", Cell::Money(f.cost_usd), "USD", n, none()));
            for (metric, count) in [
                ("tokens.input", f.tokens.input),
                ("tokens.cache_read", f.tokens.cache_read),
                ("tokens.cache_write_5m", f.tokens.cache_write_5m),
                ("tokens.cache_write_1h", f.tokens.cache_write_1h),
                ("tokens.output", f.tokens.output),
            ] {
                rows.push(row(scope(), metric, Cell::Count(count), "tokens", n, none()));
            }
        }
    }
    Table { columns, rows }
}

/// The columns of a metric, wherever it is a row.
pub(super) const METRIC_COLUMNS: [&str; 13] = [
    "id",
    "code",
    "name",
    "value",
    "unit",
    "numerator",
    "denominator",
    "n",
    "lo",
    "hi",
    "coverage",
    "basis",
    "missing",
];

fn metrics(audit: &AuditDoc) -> Table {
    let rows = audit.metrics.iter().map(|one| {
        vec![
            Cell::text(one.id),
            Cell::text(one.code),
            Cell::text(one.name),
            cell(one.value),
            Cell::text(one.unit),
            cell(one.numerator),
            cell(one.denominator),
            Cell::count(one.n),
            cell(one.lo),
            cell(one.hi),
            cell(one.coverage),
            Cell::text(one.basis.to_string()),
            Cell::Text(one.missing.clone()),
        ]
    });
    Table { columns: columns(&named(&METRIC_COLUMNS)), rows: rows.collect() }
}

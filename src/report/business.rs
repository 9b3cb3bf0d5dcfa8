//! Spend by initiative and by priority, as the document, the page and the tables show it.

use serde::Serialize;

use super::page::{Cell, Section, SectionId, Table, columns, columns_with_spare, dollars, grouped, nanos};
use crate::measure::Measured;
use crate::measure::business::{Business, Goal, GoalSpend};
use crate::model::money::Money;
use crate::model::quantity::Quantity;

/// Rows of the page; the document and the other tables have them all.
const TOP: usize = 12;

/// Spend by what the company called important; each table sums to `total_usd`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BusinessDoc {
    /// Spend of development.
    pub total_usd: Money,
    /// By initiative, epic or project, the most expensive first; empty if no issue of the export has one.
    pub initiatives: Vec<GoalDoc>,
    /// By priority; empty if no issue of the export has one.
    pub priorities: Vec<GoalDoc>,
}

/// Spend on one initiative, or on issues of one priority.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct GoalDoc {
    /// What the row is: `named`, `unset` (issues for which the export has none), or `no_issue` (no issue of the export is named).
    pub kind: &'static str,
    /// The initiative or priority, as the export writes it; `null` for the other kinds.
    pub name: Option<String>,
    /// Its spend; a merged change, branch or session that names several issues is split equally over them.
    pub cost_usd: Money,
    /// Share of the spend of development.
    pub share: Option<Quantity>,
    /// Of its spend, new work that lasted: the class `product` of the waterfall.
    pub lasted_usd: Money,
    /// Of its spend, what can be judged.
    pub judged_usd: Money,
    /// Lasted over judged; `null` while too little can be judged.
    pub share_lasted: Option<Quantity>,
    /// Its issues that were closed in the window.
    pub closed_issues: u64,
    /// Issues that the spend names, closed or open.
    pub issues: u64,
    /// Of these, issues with a value.
    pub valued_issues: u64,
    /// The sum of these values, one for each currency.
    pub values: Vec<ValueDoc>,
}

/// The value of some issues in one currency.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ValueDoc {
    /// The currency, as the export writes it; `null` where it names none.
    pub currency: Option<String>,
    /// The sum, in the currency.
    pub amount: Money,
}

impl BusinessDoc {
    /// The document; `None` without an export of what is important.
    #[must_use]
    pub fn new(measured: &Measured) -> Option<Self> {
        let Business { initiatives, priorities, total } = measured.business.as_ref()?;
        let may_say = measured.unjudged().is_none();
        let rows = |rows: &[GoalSpend]| rows.iter().map(|row| GoalDoc::new(row, *total, may_say)).collect();
        Some(Self { total_usd: *total, initiatives: rows(initiatives), priorities: rows(priorities) })
    }

    /// The tables of the page.
    pub(super) fn sections(&self) -> Vec<Section> {
        let one = |id, title: &str, of, rows: &[GoalDoc]| {
            let (shown, hidden) = rows.split_at(rows.len().min(TOP));
            let mut rest = Vec::new();
            if !hidden.is_empty() {
                let cost: Money = hidden.iter().map(|row| row.cost_usd).sum();
                let more = grouped(hidden.len() as u64);
                rest.push(format!("and {more} more, {} together; all of them in --format json", dollars(cost)));
            }
            rest.push(format!(
                "All rows sum to {}. Lasted is of what can be judged. Issues are those that merged changes, branches and commits name; of several, each gets \
                 an equal part.",
                dollars(self.total_usd)
            ));
            (!rows.is_empty()).then(|| Section {
                id,
                title: title.to_owned(),
                table: self.page_table(of, shown),
                rest: Some(rest.join("\n")),
            })
        };
        let initiatives =
            one(SectionId::Initiatives, "What the company called important", "initiative", &self.initiatives);
        let priorities = one(SectionId::Priorities, "Spend by priority", "priority", &self.priorities);
        initiatives.into_iter().chain(priorities).collect()
    }

    fn page_table(&self, title: &'static str, rows: &[GoalDoc]) -> Table {
        let titles = [
            (title, "name"),
            ("cost", "cost_usd"),
            ("of all", "share"),
            ("lasted", "share_lasted"),
            ("issues", "issues"),
            ("value", "values"),
        ];
        let row = |row: &GoalDoc| {
            vec![
                Cell::text(row.title()),
                Cell::Money(Some(row.cost_usd)),
                Cell::percent(nanos(row.cost_usd), nanos(self.total_usd)),
                match row.share_lasted {
                    Some(_) => Cell::percent(nanos(row.lasted_usd), nanos(row.judged_usd)),
                    None => Cell::Number(None),
                },
                Cell::count(row.issues),
                row.value_text().map_or(Cell::Number(None), Cell::text),
            ]
        };
        Table { columns: columns_with_spare(&titles, &["issues", "values"]), rows: rows.iter().map(row).collect() }
    }
}

impl GoalDoc {
    fn new(row: &GoalSpend, total: Money, may_say: bool) -> Self {
        let (cost, judged) = (row.classes.total(), row.classes.judged());
        let (kind, name) = match &row.goal {
            Goal::Named(name) => ("named", Some(name.clone())),
            Goal::Unset => ("unset", None),
            Goal::NoIssue => ("no_issue", None),
        };
        let value =
            |(currency, amount): (&Option<String>, &Money)| ValueDoc { currency: currency.clone(), amount: *amount };
        Self {
            kind,
            name,
            cost_usd: cost,
            share: Quantity::share(cost, total),
            lasted_usd: row.lasted(),
            judged_usd: judged,
            share_lasted: Quantity::share(row.lasted(), judged).filter(|_| may_say),
            closed_issues: row.closed,
            issues: row.issues,
            valued_issues: row.valued,
            values: row.values.iter().map(value).collect(),
        }
    }

    fn title(&self) -> String {
        match (&self.name, self.kind) {
            (Some(name), _) => name.clone(),
            (None, "unset") => "issues without one".to_owned(),
            (None, _) => "no business issue named".to_owned(),
        }
    }

    /// The values, one currency after the other; `None` where no issue has one.
    fn value_text(&self) -> Option<String> {
        let one = |value: &ValueDoc| {
            let text = value.amount.to_string();
            let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
            let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
            let dot = if fraction.is_empty() { "" } else { "." };
            let currency = value.currency.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
            format!("{whole}{dot}{fraction}{currency}")
        };
        let all: Vec<String> = self.values.iter().map(one).collect();
        (!all.is_empty()).then(|| all.join(" · "))
    }
}

/// A share as tables for programs write it.
fn ratio(share: Option<Quantity>) -> Cell {
    Cell::Number(share.map(|share| share.as_f64().to_string()))
}

/// All rows as a table for programs.
pub(super) fn table(rows: &[GoalDoc]) -> Table {
    let names = [
        "kind",
        "name",
        "cost_usd",
        "share",
        "lasted_usd",
        "judged_usd",
        "share_lasted",
        "closed_issues",
        "issues",
        "valued_issues",
        "values",
    ];
    let row = |row: &GoalDoc| {
        vec![
            Cell::text(row.kind),
            Cell::text(row.title()),
            Cell::Money(Some(row.cost_usd)),
            ratio(row.share),
            Cell::Money(Some(row.lasted_usd)),
            Cell::Money(Some(row.judged_usd)),
            ratio(row.share_lasted),
            Cell::count(row.closed_issues),
            Cell::count(row.issues),
            Cell::count(row.valued_issues),
            Cell::Text(row.value_text()),
        ]
    };
    Table { columns: columns(&names.map(|name| (name, name))), rows: rows.iter().map(row).collect() }
}

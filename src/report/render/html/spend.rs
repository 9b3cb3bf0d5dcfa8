//! Where it is spent: tokens against dollars, and tables by vendor, model, repository, team, type of work, branch and session.

use maud::{Markup, html};

use super::bars::{self, Part};
use super::story::{MOST_SESSIONS, Story};
use super::table::{self, Head, Listing};
use super::words::{self, Outcome};
use super::{draw, shown};
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::report::document::{RowDoc, TokensDoc};
use crate::report::ids::SectionId;
use crate::report::page::{grouped, plural, short};

/// Branches that the page lists; the workbook has them all.
const MOST_BRANCHES: usize = 50;
/// Rows of the other tables.
const MOST_ROWS: usize = 50;
/// Columns of the tables by one key, after the first.
const COLUMNS: [Head; 7] = [
    ("Spend", "n"),
    ("", "g w"),
    ("Sessions", "n w"),
    ("Requests", "n w"),
    ("Tokens", "n w"),
    ("Reused", "n w"),
    ("Became", "o"),
];

/// A table of spend by one key.
struct By {
    id: &'static str,
    noun: &'static str,
    title: &'static str,
    first: &'static str,
    /// The key of what its rows became.
    became: &'static str,
    /// The sheet of the workbook that has all rows.
    sheet: &'static str,
    limit: usize,
}

const MODELS: By = By {
    id: "models",
    noun: "models",
    title: "By model",
    first: "Model",
    became: "model",
    sheet: "By model",
    limit: MOST_ROWS,
};
const REPOSITORIES: By = By {
    id: "repos",
    noun: "repositories",
    title: "By repository",
    first: "Repository",
    became: "repository",
    sheet: "By repository or folder",
    limit: MOST_ROWS,
};
const BRANCHES: By = By {
    id: "branches",
    noun: "branches",
    title: "By branch",
    first: "Branch",
    became: "branch",
    sheet: "By branch",
    limit: MOST_BRANCHES,
};

/// Whether a table of the report is shown here beside those of its own.
pub(super) fn is_own(id: SectionId) -> bool {
    matches!(
        id,
        SectionId::ByTeam
            | SectionId::Chargeback
            | SectionId::Initiatives
            | SectionId::Priorities
            | SectionId::Projects
            | SectionId::VendorShape
    )
}

/// The pictures and tables of the section.
pub(super) fn body(story: &Story<'_>) -> Markup {
    let rows = |by: &str| story.audit.spend_by.get(by).map_or(&[][..], Vec::as_slice);
    let plain = |by: &By, key: &str| {
        let all: Vec<Row> = rows(key).iter().map(|row| Row::of(story, by, row)).collect();
        by.table(&all)
    };
    html! {
        div.main { (kinds(&story.audit.totals.fields.tokens)) }
        div.full {
            div.stack data-tabs="Spend by" {
                (vendors(rows("vendor")))
                (plain(&MODELS, "model"))
                (REPOSITORIES.table(&repositories(story, rows("project"))))
                (work_types(story))
                (plain(&BRANCHES, "branch"))
                (sessions(story, rows("session")))
            }
            (story.more(is_own))
        }
    }
}

/// A row of a table by one key.
#[derive(Default)]
struct Row {
    name: String,
    below: Option<&'static str>,
    cost: Option<Money>,
    sessions: u64,
    requests: Option<u64>,
    tokens: u64,
    reused: u64,
    became: Vec<(Outcome, Money)>,
}

impl Row {
    fn of(story: &Story<'_>, by: &By, row: &RowDoc) -> Self {
        let value = row.key.values().next().and_then(Option::as_deref);
        let tokens = &row.fields.tokens;
        Self {
            name: value.map_or_else(|| "unknown".to_owned(), str::to_owned),
            below: None,
            cost: row.fields.cost_usd,
            sessions: row.fields.sessions,
            requests: row.fields.requests,
            tokens: all_tokens(tokens),
            reused: tokens.cache_read.unwrap_or(0),
            became: story.became(by.became, value.unwrap_or_default()),
        }
    }

    /// Several rows as one.
    fn sum(name: String, below: &'static str, rows: &[Self]) -> Self {
        let mut sum = Self { name, below: Some(below), ..Self::default() };
        for row in rows {
            sum.cost = sum.cost.into_iter().chain(row.cost).reduce(|a, b| a + b);
            sum.sessions += row.sessions;
            sum.requests = sum.requests.into_iter().chain(row.requests).reduce(|a, b| a + b);
            sum.tokens += row.tokens;
            sum.reused += row.reused;
            for (outcome, cost) in &row.became {
                match sum.became.iter_mut().find(|(own, _)| own == outcome) {
                    Some((_, own)) => *own += *cost,
                    None => sum.became.push((*outcome, *cost)),
                }
            }
        }
        sum.became.sort_unstable();
        sum
    }

    fn cells(&self, largest: Money) -> Markup {
        let reused = u64_share(self.reused, self.tokens);
        html! {
            (table::name(&self.name, self.below))
            (table::money(self.cost))
            (table::bar(self.cost.map_or(0, Money::nanos), largest.nanos()))
            (table::count(Some(self.sessions)))
            (table::count(self.requests))
            (table::tokens(self.tokens))
            td { (reused) }
            (became(&self.became))
        }
    }
}

/// A whole percentage.
fn u64_share(part: u64, whole: u64) -> String {
    Quantity::ratio(part, whole).map_or_else(|| "–".to_owned(), words::whole_percent)
}

/// All tokens of a row; reasoning is a part of output.
fn all_tokens(tokens: &TokensDoc) -> u64 {
    [tokens.input, tokens.cache_read, tokens.cache_write_5m, tokens.cache_write_1h, tokens.output]
        .into_iter()
        .flatten()
        .sum()
}

impl By {
    fn table(&self, rows: &[Row]) -> Markup {
        let (seen, rest) = table::cut(rows, self.limit);
        let largest = rows.iter().filter_map(|row| row.cost).max().unwrap_or_default();
        let mut columns: Vec<Head> = vec![(self.first, "")];
        columns.extend(COLUMNS);
        let more = || {
            let name = format!("{} more {}", grouped(rest.len() as u64), self.noun);
            let sum = Row::sum(name, "", rest);
            html! { tr.sum { (sum.sum_cells(self.sheet)) } }
        };
        html! {
            @if !rows.is_empty() {
                (Listing {
                    id: self.id,
                    noun: self.noun,
                    title: self.title,
                    columns: &columns,
                    controls: html! {},
                    key: html! {},
                    rows: seen.iter().map(|row| html! { tr.r { (row.cells(largest)) } }).collect(),
                    rest: (!rest.is_empty()).then(more),
                    opens: false,
                }.markup())
            }
        }
    }
}

impl Row {
    /// The cells of a row that sums others, which are in a sheet of the workbook.
    fn sum_cells(&self, sheet: &str) -> Markup {
        html! {
            th scope="row" { (self.name) small { "in the workbook, sheet “" (sheet) "”" } }
            (table::money(self.cost)) td {} td {}
            (table::count(self.requests)) (table::tokens(self.tokens)) td {} (became(&self.became))
        }
    }
}

/// Repositories under short names; folders of machines are one row, for their names are of people.
fn repositories(story: &Story<'_>, rows: &[RowDoc]) -> Vec<Row> {
    let rows = rows.iter().map(|row| Row::of(story, &REPOSITORIES, row));
    let (folders, mut named): (Vec<Row>, Vec<Row>) = rows.partition(|row| words::is_folder(&row.name));
    for row in &mut named {
        row.name = words::repository(&row.name).to_owned();
    }
    if !folders.is_empty() {
        let name = format!("{} other {}", folders.len(), plural(folders.len() as u64, "folder"));
        named.push(Row::sum(name, "Not read as a repository; names are left out of the page", &folders));
    }
    named.sort_by_key(|row| std::cmp::Reverse(row.cost));
    named
}

/// A cell that says what the money of a row became: its largest part in words, all parts as a bar.
pub(super) fn became(parts: &[(Outcome, Money)]) -> Markup {
    let whole: i128 = parts.iter().map(|(_, cost)| cost.nanos().max(0)).sum();
    let most = parts.iter().max_by_key(|(outcome, cost)| (*cost, std::cmp::Reverse(*outcome)));
    html! {
        td {
            @if let (Some((outcome, cost)), true) = (most, whole > 0) {
                (draw::cell_bar(parts.iter().map(|(outcome, cost)| (outcome.fill(), cost.nanos())), whole))
                span { (words::mostly(outcome.short(), cost.nanos(), whole)) }
            }
        }
    }
}

fn vendors(rows: &[RowDoc]) -> Markup {
    let columns = [
        ("Vendor", ""),
        ("Invoiced", "n"),
        ("At list price", "n"),
        ("", "g w"),
        ("Requests without a price", "n"),
        ("Requests", "n w"),
    ];
    let spent = |row: &RowDoc| row.fields.cost_usd.unwrap_or_default();
    let largest = rows.iter().map(spent).max().unwrap_or_default();
    // What a bill has is invoiced; the rest of the spend is at list price.
    let row = |row: &RowDoc| {
        let fields = &row.fields;
        let list = fields.cost_usd.map(|cost| cost - fields.billed_cost_usd.unwrap_or_default());
        let cell = |cost: Option<Money>| match cost.filter(|cost| *cost != Money::ZERO) {
            Some(cost) => table::money(Some(cost)),
            None => html! { td data-v="" { "–" } },
        };
        html! {
            tr.r {
                (table::name(row.key.values().next().and_then(Option::as_deref).unwrap_or("unknown"), None))
                (cell(fields.billed_cost_usd)) (cell(list))
                (table::bar(spent(row).nanos(), largest.nanos()))
                (table::count(Some(fields.unpriced_records).filter(|count| *count > 0)))
                (table::count(fields.requests))
            }
        }
    };
    html! {
        @if !rows.is_empty() {
            (Listing {
                id: "vendors",
                noun: "vendors",
                title: "By vendor",
                columns: &columns,
                controls: html! {},
                key: html! {},
                rows: rows.iter().map(row).collect(),
                rest: None,
                opens: false,
            }.markup())
        }
    }
}

fn work_types(story: &Story<'_>) -> Markup {
    let rows = &story.audit.work_types;
    let columns = [
        ("Type of work", ""),
        ("Spend", "n"),
        ("", "g w"),
        ("Share", "n"),
        ("Sessions", "n w"),
        ("Known mostly by", "w"),
    ];
    let largest = rows.iter().map(|row| row.cost_usd).max().unwrap_or_default();
    let row = |row: &crate::report::use_of::WorkTypeDoc| {
        let basis = row.cost_by_basis_usd.iter().max_by_key(|(_, cost)| **cost).map(|(basis, _)| basis.title());
        html! {
            tr.r {
                (table::name(words::work_type(row.r#type), None))
                (table::money(Some(row.cost_usd)))
                (table::bar(row.cost_usd.nanos(), largest.nanos()))
                (table::share(row.share))
                (table::count(Some(row.sessions)))
                td { (basis.filter(|basis| !basis.is_empty()).unwrap_or("–")) }
            }
        }
    };
    html! {
        @if !rows.is_empty() {
            (Listing {
                id: "work",
                noun: "types of work",
                title: "By type of work",
                columns: &columns,
                controls: html! {},
                key: html! {},
                rows: rows.iter().map(row).collect(),
                rest: None,
                opens: false,
            }.markup())
        }
    }
}

/// How tokens of each kind are paid: tokens against dollars.
fn kinds(tokens: &TokensDoc) -> Markup {
    let stored = [tokens.cache_write_5m, tokens.cache_write_1h].into_iter().flatten().sum();
    let kinds = [
        ("m-cache_read", "reused context (cache reads)", tokens.cache_read.unwrap_or(0)),
        ("m-cache_write", "stored context (cache writes)", stored),
        ("m-input", "fresh input", tokens.input.unwrap_or(0)),
        ("m-output", "output", tokens.output.unwrap_or(0)),
    ];
    let whole = all_tokens(tokens);
    let part = |(class, title, count): (&'static str, &'static str, u64)| Part {
        class,
        amount: i128::from(count),
        title,
        short: u64_share(count, whole),
        text: format!("{title}: {}", u64_share(count, whole)),
    };
    let bars = [(format!("{} tokens", short(whole)), kinds.map(part).to_vec())];
    let bars: Vec<(&str, Vec<Part<'_>>)> = bars.iter().map(|(title, parts)| (title.as_str(), parts.clone())).collect();
    html! {
        @if whole > 0 {
            figure {
                h3 { "Tokens by kind" }
                ul.key { @for (class, title, count) in kinds { li { i class=(class) {} (title) " " (short(count)) } } }
                (bars::pair(&bars, "Tokens and dollars by kind of token"))
            }
        }
    }
}

/// Sessions, the most expensive first.
fn sessions(story: &Story<'_>, rows: &[RowDoc]) -> Markup {
    let columns =
        [("Session", ""), ("Spend", "n"), ("", "g w"), ("Requests", "n w"), ("Went to", "w"), ("Became", "o")];
    let (seen, rest) = table::cut(rows, MOST_SESSIONS);
    let largest = rows.iter().filter_map(|row| row.fields.cost_usd).max().unwrap_or_default();
    let row = |(row, number): (&RowDoc, usize)| {
        let id = row.key.values().next().and_then(Option::as_deref).unwrap_or_default();
        html! {
            tr.r id={ "s" (number) } {
                th scope="row" { code title=(shown(id)) { (shown(&words::short_id(id))) } }
                (table::money(row.fields.cost_usd))
                (table::bar(row.fields.cost_usd.map_or(0, Money::nanos), largest.nanos()))
                (table::count(row.fields.requests))
                td { (story.went_to(id)) }
                (became(&story.became("session", id)))
            }
        }
    };
    let more = || {
        let cost = rest.iter().filter_map(|row| row.fields.cost_usd).sum();
        html! {
            tr.sum {
                th scope="row" { (grouped(rest.len() as u64)) " more sessions" small { "in the workbook, sheet “By session”" } }
                (table::money(Some(cost))) td {} td {} td {} td {}
            }
        }
    };
    html! {
        @if !rows.is_empty() {
            (Listing {
                id: "sessions",
                noun: "sessions",
                title: "By session",
                columns: &columns,
                controls: html! {},
                key: html! {},
                rows: seen.iter().zip(1..).map(row).collect(),
                rest: (!rest.is_empty()).then(more),
                opens: false,
            }.markup())
        }
    }
}

//! From what sessions wrote to what lasted, as the document, the page and the tables show it.

use serde::Serialize;

use super::page::{Cell, Section, SectionId, Table, columns, columns_with_spare, dollars, grouped, many};
use crate::measure::funnel::{Flow, Funnel, FunnelOf, FunnelRow, Step};
use crate::model::money::Money;
use crate::model::quantity::Quantity;

/// Rows of each kind on the page; the document and the table have them all.
const TOP: usize = 5;

/// The funnel of everything, and of each tool, model, team and repository.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FunnelDoc {
    /// Everything first; the rows of each kind sum to it.
    pub rows: Vec<FunnelRowDoc>,
}

/// The funnel of everything, or of one tool, model, team or repository.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FunnelRowDoc {
    /// What the row is of: `all`, `tool`, `model`, `team` or `repository`.
    pub of: &'static str,
    /// Which one; `null` for `all`, where it is unknown, and for teams that are too small to be shown.
    pub name: Option<String>,
    /// The steps: `written`, `committed`, `merged`, `released` and `alive_30_days`.
    pub steps: Vec<FunnelStepDoc>,
    /// Spend outside of code: questions, failed requests, off-task use.
    pub no_code_usd: Money,
    /// Spend that is tied to no code. It, `no_code_usd` and the first step sum to the spend of development.
    pub not_traced_usd: Money,
    /// Lines that sessions wrote into files of no repository that was read; in no step.
    pub not_traced_lines: u64,
    /// Sessions with spend on code whose log has no edits: their lines are not recorded.
    pub unrecorded_sessions: u64,
    /// What they spent on code; it is in the steps.
    pub unrecorded_usd: Money,
}

/// One step.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FunnelStepDoc {
    /// Which one.
    pub step: &'static str,
    /// Lines that count: a text counts once for each file of a session.
    pub lines: LinesStepDoc,
    /// Dollars, as the waterfall judges them.
    pub usd: DollarsStepDoc,
}

/// Lines at one step. They are what took the step before it without what was lost, too early or unknown.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LinesStepDoc {
    /// Lines that took the step; `null` where nothing says it, as for releases without tags and deployments.
    pub reached: Option<u64>,
    /// Lines that had their time and did not.
    pub lost: u64,
    /// Lines that may still take it.
    pub too_early: u64,
    /// Lines of which nothing says whether they did; those that may have been released go on to the next step.
    pub unknown: u64,
    /// Lost over lost and reached; `null` if that is nothing.
    pub share_lost: Option<Quantity>,
}

/// Dollars at one step, like lines.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct DollarsStepDoc {
    /// Spend on what took the step; `null` where nothing says it.
    pub reached: Option<Money>,
    /// Spend on what had its time and did not.
    pub lost: Money,
    /// Spend on what may still take it.
    pub too_early: Money,
    /// Spend on that of which nothing says whether it did.
    pub unknown: Money,
    /// Lost over lost and reached; `null` if that is nothing.
    pub share_lost: Option<Quantity>,
}

fn share_lost(step: &Step) -> Option<Quantity> {
    step.lost_of().map(|(lost, whole)| Quantity::Ratio(lost, whole))
}

fn count(lines: i128) -> u64 {
    u64::try_from(lines).unwrap_or(0)
}

impl From<&Step> for LinesStepDoc {
    fn from(step: &Step) -> Self {
        let missed = &step.missed;
        Self {
            reached: step.reached.map(count),
            lost: count(missed.lost),
            too_early: count(missed.early),
            unknown: count(missed.unknown),
            share_lost: share_lost(step),
        }
    }
}

impl From<&Step> for DollarsStepDoc {
    fn from(step: &Step) -> Self {
        let (missed, money) = (&step.missed, Money::from_nanos);
        Self {
            reached: step.reached.map(money),
            lost: money(missed.lost),
            too_early: money(missed.early),
            unknown: money(missed.unknown),
            share_lost: share_lost(step),
        }
    }
}

impl From<&FunnelRow> for FunnelRowDoc {
    fn from(row: &FunnelRow) -> Self {
        let FunnelRow { of, name, lines, dollars, unrecorded_sessions, unrecorded_cost } = row;
        let steps = lines.steps().into_iter().zip(dollars.steps());
        let step = |(lines, dollars): (Step, Step)| FunnelStepDoc {
            step: lines.word,
            lines: LinesStepDoc::from(&lines),
            usd: DollarsStepDoc::from(&dollars),
        };
        Self {
            of: of.word(),
            name: name.clone(),
            steps: steps.map(step).collect(),
            no_code_usd: Money::from_nanos(dollars.no_code),
            not_traced_usd: Money::from_nanos(dollars.not_traced),
            not_traced_lines: count(lines.not_traced),
            unrecorded_sessions: *unrecorded_sessions,
            unrecorded_usd: *unrecorded_cost,
        }
    }
}

impl From<&Funnel> for FunnelDoc {
    fn from(funnel: &Funnel) -> Self {
        Self { rows: funnel.rows.iter().map(FunnelRowDoc::from).collect() }
    }
}

/// The words of the page for a step, and for what did not take it.
fn title(step: &str) -> &'static str {
    match step {
        "written" => "written in sessions",
        "committed" => "committed",
        "merged" => "merged",
        "released" => "released",
        _ => "alive after 30 days",
    }
}

/// The tables of the page; none where no spend is on code.
pub(super) fn sections(funnel: &Funnel) -> Vec<Section> {
    let Some(all) = funnel.rows.iter().find(|row| row.of == FunnelOf::All) else { return Vec::new() };
    if all.dollars.steps()[0].reached == Some(0) && all.lines.steps()[0].reached == Some(0) {
        return Vec::new();
    }
    let whole = Section {
        id: SectionId::Funnel,
        title: "From written to lasting".to_owned(),
        table: steps_table(all),
        rest: Some(remarks(all).join("\n")),
    };
    let mut rows = Vec::new();
    for of in FunnelOf::ALL.into_iter().skip(1) {
        let of_kind: Vec<&FunnelRow> = funnel.rows.iter().filter(|row| row.of == of && row.name.is_some()).collect();
        rows.extend(of_kind.into_iter().filter(|row| row.dollars.steps()[0].reached != Some(0)).take(TOP));
    }
    let parts = (!rows.is_empty()).then(|| Section {
        id: SectionId::FunnelParts,
        title: "What each step loses".to_owned(),
        table: parts_table(&rows),
        rest: Some(format!(
            "Shares of the spend that took a step or was lost at it; gone is what was not alive after 30 days. At most {TOP} of a kind; --table funnel has all, with lines."
        )),
    });
    [Some(whole), parts].into_iter().flatten().collect()
}

fn share_cell(step: &Step) -> Cell {
    match step.lost_of().map(|(lost, whole)| (count(lost), count(whole))) {
        Some((lost, whole)) => Cell::percent(lost, whole),
        None => Cell::Number(None),
    }
}

/// Dollars that took a step; not `no price` where nothing says it.
fn reached(step: &Step) -> Cell {
    step.reached.map_or(Cell::Number(None), |nanos| Cell::Money(Some(Money::from_nanos(nanos))))
}

fn steps_table(row: &FunnelRow) -> Table {
    let titles = [
        ("step", "step"),
        ("lines", "lines"),
        ("lost", "lines_lost"),
        ("too early", "lines_too_early"),
        ("loses", "share_lines_lost"),
        ("spend", "usd"),
        ("lost", "usd_lost"),
        ("too early", "usd_too_early"),
        ("loses", "share_usd_lost"),
    ];
    let money = |nanos: i128| Cell::Money(Some(Money::from_nanos(nanos)));
    let rows = row.lines.steps().into_iter().zip(row.dollars.steps()).map(|(lines, dollars)| {
        vec![
            Cell::text(title(lines.word)),
            Cell::Count(lines.reached.map(count)),
            Cell::count(count(lines.missed.lost)),
            Cell::count(count(lines.missed.early)),
            share_cell(&lines),
            reached(&dollars),
            money(dollars.missed.lost),
            money(dollars.missed.early),
            share_cell(&dollars),
        ]
    });
    let spare = ["lines_lost", "usd_lost", "lines_too_early", "usd_too_early"];
    Table { columns: columns_with_spare(&titles, &spare), rows: rows.collect() }
}

/// What the steps do not show.
fn remarks(row: &FunnelRow) -> Vec<String> {
    let Flow { no_code, not_traced, .. } = row.dollars;
    let usd = |nanos: i128| dollars(Money::from_nanos(nanos));
    let mut found = vec![format!(
        "Not in the steps: {} not traced to code, {} for questions, failed requests and off-task use.",
        usd(not_traced),
        usd(no_code)
    )];
    if row.unrecorded_sessions > 0 {
        found.push(format!(
            "Lines not recorded: the logs of {} with {} of this spend have no edits.",
            many(row.unrecorded_sessions, "session"),
            dollars(row.unrecorded_cost)
        ));
    }
    let unknown = |flow: &Flow| flow.unreleased.unknown;
    if unknown(&row.lines) != 0 || unknown(&row.dollars) != 0 {
        found.push(format!(
            "Released is unknown for {} lines and {}: no tag and no row of --deployments says it. They go on to the next step.",
            grouped(count(unknown(&row.lines))),
            usd(unknown(&row.dollars))
        ));
    }
    found
}

fn parts_table(rows: &[&FunnelRow]) -> Table {
    let titles = [
        ("by", "of"),
        ("", "name"),
        ("on code", "usd"),
        ("uncommitted", "share_uncommitted"),
        ("unmerged", "share_unmerged"),
        ("unreleased", "share_unreleased"),
        ("gone", "share_gone"),
    ];
    let row = |row: &&FunnelRow| {
        let steps = row.dollars.steps();
        let mut cells = vec![Cell::text(row.of.word()), Cell::Text(row.name.clone()), reached(&steps[0])];
        cells.extend(steps[1..].iter().map(share_cell));
        cells
    };
    let spare = ["of", "usd"];
    Table { columns: columns_with_spare(&titles, &spare), rows: rows.iter().map(row).collect() }
}

/// Every row and step as a table for programs.
pub(super) fn table(funnel: Option<&FunnelDoc>) -> Table {
    let names = [
        "of",
        "name",
        "step",
        "lines",
        "lines_lost",
        "lines_too_early",
        "lines_unknown",
        "share_lines_lost",
        "usd",
        "usd_lost",
        "usd_too_early",
        "usd_unknown",
        "share_usd_lost",
    ];
    let ratio = |share: Option<Quantity>| Cell::Number(share.map(|share| share.as_f64().to_string()));
    let mut rows = Vec::new();
    for row in funnel.iter().flat_map(|funnel| &funnel.rows) {
        rows.extend(row.steps.iter().map(|FunnelStepDoc { step, lines, usd }| {
            vec![
                Cell::text(row.of),
                Cell::Text(row.name.clone()),
                Cell::text(*step),
                Cell::Count(lines.reached),
                Cell::count(lines.lost),
                Cell::count(lines.too_early),
                Cell::count(lines.unknown),
                ratio(lines.share_lost),
                Cell::Money(usd.reached),
                Cell::Money(Some(usd.lost)),
                Cell::Money(Some(usd.too_early)),
                Cell::Money(Some(usd.unknown)),
                ratio(usd.share_lost),
            ]
        }));
    }
    Table { columns: columns(&names.map(|name| (name, name))), rows }
}

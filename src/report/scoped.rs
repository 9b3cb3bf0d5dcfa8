//! Figures of single teams, repositories and models, as the document and the page show them.

use serde::Serialize;

use super::page::{Cell, Section, SectionId, Table, columns, many};
use crate::measure::scoped::{ScopedFigure, Teams};
use crate::model::basis::Basis;
use crate::model::quantity::Quantity;

/// One figure of one scope.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ScopedDoc {
    /// `team`, `repo` or `model`.
    pub scope_type: &'static str,
    /// Which one.
    pub scope: String,
    /// The metric's id.
    pub metric: &'static str,
    /// Its value; `null` is unknown.
    pub value: Option<Quantity>,
    /// Why the value is unknown.
    pub missing: Option<String>,
    /// Its unit.
    pub unit: &'static str,
    /// Units behind it.
    pub n: u64,
    /// Share of the spend that has a price.
    pub coverage: Option<Quantity>,
    /// Lower end of the 95% interval.
    pub lo: Option<Quantity>,
    /// Upper end.
    pub hi: Option<Quantity>,
    /// The prices it is made of (`list`; `billed`; `billed, else list` for both) and what it covers, such as `list, linked`.
    /// Figures of different bases do not compare.
    pub basis: Basis,
}

impl From<&ScopedFigure> for ScopedDoc {
    fn from(one: &ScopedFigure) -> Self {
        Self {
            scope_type: one.scope_type,
            scope: one.scope.clone(),
            metric: one.metric,
            value: one.value,
            missing: one.unknown.map(|unknown| unknown.to_string()),
            unit: one.unit,
            n: one.n,
            coverage: one.coverage,
            lo: one.interval.map(|(lo, _)| lo),
            hi: one.interval.map(|(_, hi)| hi),
            basis: one.basis,
        }
    }
}

/// Spend by team, as a table of the page.
pub(super) fn section(teams: &Teams) -> Option<Section> {
    let columns = columns(&[("team", "team"), ("cost", "cost_usd"), ("requests", "requests")]);
    let row = |name: String, cost, requests| vec![Cell::text(name), Cell::Money(cost), Cell::Count(requests)];
    let mut rows: Vec<Vec<Cell>> =
        teams.shown.iter().map(|(team, spend)| row(team.clone(), spend.cost, spend.requests)).collect();
    if teams.hidden > 0 {
        rows.push(row(format!("{} together", many(teams.hidden as u64, "other")), teams.others.0, teams.others.1));
    }
    (!rows.is_empty()).then(|| Section {
        id: SectionId::ByTeam,
        title: "By team".to_owned(),
        table: Table { rows, columns },
        rest: (teams.min_people > 1)
            .then(|| format!("a team of fewer than {} people is not shown alone", teams.min_people)),
    })
}

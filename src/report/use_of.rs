//! What the use was about, for the audit: types of work, and how much was off task; no text, no person.

use std::collections::BTreeMap;

use serde::Serialize;

use super::page::{Cell, Fact, FactId, Section, SectionId, Table, columns, dollars, many, nanos, percent};
use crate::measure::off_task::OffTaskPeriod;
use crate::model::money::Money;
use crate::model::prompt::{TypeBasis, WorkType};
use crate::model::quantity::Quantity;
use crate::sessions::off_task::Team;
use crate::sessions::work_types::TypeSum;

/// Spend of one type of work.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct WorkTypeDoc {
    /// The type; `null` where nothing shows it.
    pub r#type: Option<&'static str>,
    /// Its cost; the types sum to the spend of the period.
    pub cost_usd: Money,
    /// Its tokens.
    pub tokens: u64,
    /// Its share of the spend.
    pub share: Option<Quantity>,
    /// Sessions, each in one type.
    pub sessions: u64,
    /// Its cost by the evidence for the type.
    pub cost_by_basis_usd: BTreeMap<TypeBasis, Money>,
}

/// How much of the use was off task.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct OffTaskDoc {
    /// Prompts looked at.
    pub prompts: u64,
    /// Prompts very likely off task.
    pub likely: u64,
    /// Of these, prompts with nothing but their text to go by: no repository, no use of tools. They are in the share, and
    /// never a finding.
    pub likely_by_text_alone: u64,
    /// Prompts that are unclear: a number, not an accusation.
    pub unclear: u64,
    /// Of these, prompts that could not be judged.
    pub abstained: u64,
    /// Cost of the turns that the prompts began.
    pub cost_usd: Money,
    /// Of it, of turns likely off task.
    pub likely_cost_usd: Money,
    /// Of it, of unclear turns.
    pub unclear_cost_usd: Money,
    /// Share of prompts off task, corrected for misses and false alarms; `null` for few sessions.
    pub share: Option<Quantity>,
    /// Lower end of its 95% interval, sessions drawn as wholes.
    pub lo: Option<Quantity>,
    /// Upper end.
    pub hi: Option<Quantity>,
    /// Teams of enough users, as coarse ranges; smaller ones are neither named nor in a remainder.
    pub teams: Vec<Team>,
    /// How many users a team needs to be shown.
    pub least_users: u64,
}

/// The types by their cost, the largest first; what is not known comes last.
pub(super) fn types(sums: &BTreeMap<Option<WorkType>, TypeSum>) -> Vec<WorkTypeDoc> {
    let total: Money = sums.values().map(|sum| sum.cost).sum();
    let mut rows: Vec<WorkTypeDoc> = sums
        .iter()
        .map(|(kind, sum)| WorkTypeDoc {
            r#type: kind.map(WorkType::word),
            cost_usd: sum.cost,
            tokens: sum.tokens,
            share: Quantity::share(sum.cost, total),
            sessions: sum.sessions,
            cost_by_basis_usd: sum.by_basis.clone(),
        })
        .collect();
    rows.sort_by_key(|row| (row.r#type.is_none(), std::cmp::Reverse(row.cost_usd), row.r#type));
    rows
}

/// Spend by type of work, as a table of the page, unless the type of most of it is not known.
pub(super) fn type_section(rows: &[WorkTypeDoc]) -> Option<Section> {
    let total: u64 = rows.iter().map(|row| nanos(row.cost_usd)).sum();
    let unknown: u64 = rows.iter().filter(|row| row.r#type.is_none()).map(|row| nanos(row.cost_usd)).sum();
    if total == 0 || unknown > total / 2 {
        return None;
    }
    let largest = rows.iter().map(|row| nanos(row.cost_usd)).max().unwrap_or(0).max(1);
    let cells = rows.iter().map(|row| {
        let basis =
            row.cost_by_basis_usd.iter().max_by_key(|(_, cost)| **cost).map(|(basis, _)| basis.title().to_owned());
        vec![
            Cell::text(row.r#type.unwrap_or("not known")),
            Cell::Money(Some(row.cost_usd)),
            Cell::Bar(u16::try_from(u128::from(nanos(row.cost_usd)) * 1000 / u128::from(largest)).unwrap_or(1000)),
            Cell::percent(nanos(row.cost_usd), total),
            Cell::count(row.sessions),
            Cell::Text(basis),
        ]
    });
    let columns = columns(&[
        ("work", "type"),
        ("cost", "cost_usd"),
        ("", ""),
        ("share", "share"),
        ("sessions", "sessions"),
        ("mostly by", "basis"),
    ]);
    let table = Table { rows: cells.collect(), columns };
    Some(Section { id: SectionId::WorkTypes, title: "By type of work".to_owned(), table, rest: None })
}

impl OffTaskDoc {
    /// The figures of a period.
    pub(super) fn new(found: &OffTaskPeriod, teams: &[Team], least_users: u64) -> Self {
        let (sums, interval) = (found.sums, found.share);
        Self {
            prompts: sums.prompts,
            likely: sums.likely,
            likely_by_text_alone: sums.likely_by_text_alone,
            unclear: sums.unclear,
            abstained: sums.abstained,
            cost_usd: sums.cost,
            likely_cost_usd: sums.likely_cost,
            unclear_cost_usd: sums.unclear_cost,
            share: interval.map(|(share, ..)| share),
            lo: interval.map(|(_, lo, _)| lo),
            hi: interval.map(|(.., hi)| hi),
            teams: teams.to_vec(),
            least_users,
        }
    }

    /// The line of the page.
    pub(super) fn fact(&self) -> Option<Fact> {
        if self.prompts == 0 {
            return None;
        }
        let shown = |quantity: Quantity| format!("{:.1}%", quantity.as_f64() * 100.0);
        let range = match (self.share, self.lo, self.hi) {
            (Some(share), Some(lo), Some(hi)) => {
                format!("corrected {} ({} to {})", shown(share), shown(lo), shown(hi))
            }
            _ => "too few sessions to correct the share".to_owned(),
        };
        let detail = format!(
            "of {} likely, {} unclear · {range} · {} of their cost: a matter of habits, seldom of money",
            many(self.prompts, "prompt"),
            percent(self.unclear, self.prompts),
            dollars(self.likely_cost_usd)
        );
        Some(Fact::new(FactId::OffTask, percent(self.likely, self.prompts), detail))
    }
}

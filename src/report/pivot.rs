//! The table for pivot tables: one row for each day, vendor, model, team, user and repository, with cost and tokens by kind.

use std::collections::BTreeMap;

use super::page::{Cell, Table, columns};
use crate::error::Result;
use crate::ledger::{GroupKey, Spend};
use crate::measure::material::Run;

/// What a row is of.
const KEYS: [GroupKey; 7] = [
    GroupKey::Day,
    GroupKey::Vendor,
    GroupKey::Model,
    GroupKey::Team,
    GroupKey::CostCenter,
    GroupKey::User,
    GroupKey::Project,
];
/// Where the team, the cost centre and the user are among them.
const TEAM: usize = 3;
const COST_CENTER: usize = 4;
const USER: usize = 5;

/// The table of a run. The names of teams and cost centres that are too small to be shown are left out, with their users.
///
/// # Errors
/// When groups of the ledger do not sum to its total.
pub fn pivot(run: &Run) -> Result<Table> {
    let visible = |key| run.ledger.visible(key, &run.period);
    let shown = [(TEAM, visible(GroupKey::Team)?), (COST_CENTER, visible(GroupKey::CostCenter)?)];
    let mut groups: BTreeMap<Vec<Option<String>>, Spend> = BTreeMap::new();
    for group in run.ledger.group_all(&KEYS, &run.period)? {
        let mut key = group.key;
        for (at, visible) in &shown {
            let is_hidden = |name: &String| visible.as_ref().is_some_and(|visible| !visible.contains(name));
            if key[*at].as_ref().is_some_and(is_hidden) {
                (key[*at], key[USER]) = (None, None);
            }
        }
        *groups.entry(key).or_default() += group.spend;
    }
    let names = [
        "day",
        "vendor",
        "model",
        "team",
        "cost_center",
        "user",
        "repository",
        "cost_usd",
        "billed_cost_usd",
        "list_cost_usd",
        "records",
        "requests",
        "input",
        "cache_read",
        "cache_write_5m",
        "cache_write_1h",
        "cache_write_unspecified",
        "output",
        "reasoning",
    ];
    let rows = groups.into_iter().map(|(key, spend)| {
        let mut row: Vec<Cell> = key.into_iter().map(Cell::Text).collect();
        row.extend([spend.cost, spend.billed_cost, spend.list_cost].map(Cell::Money));
        row.extend([Some(spend.records), spend.requests].map(Cell::Count));
        row.extend(spend.tokens.by_kind().map(Cell::Count));
        row
    });
    Ok(Table { columns: columns(&names.map(|name| (name, name))), rows: rows.collect() })
}

//! Spend that appears in a bill, at a gateway and in a transcript counts once.
//!
//! A case is one provider and UTC day that several kinds of sources cover. In each case
//! - money comes from the source closest to the invoice ([`Authority`]): what it bills, else what it lists;
//! - attribution comes from the most detailed source (request, session, … day; at the same grain the transcript): its rows
//!   keep their cost and tokens;
//! - the rows with the money keep the part that the detailed rows do not explain, by model if both name one. That part is
//!   unreconciled, and negative if the detailed rows add up to more than was billed;
//! - all other rows are set aside: they stay in the ledger, and are in no sum.
//!
//! So the costs of a case sum to what its most authoritative source says, to the nano-dollar, and no row is invented.
//! Transcripts of several tools add up, and so do gateways. Of two bills, or two counts by the vendor, the more detailed
//! one counts, then the larger. Usage that a plan includes has no money: such a day counts at the cost of its most
//! detailed source. A row of a longer period (a month's bill) keeps what the days of other sources in it do not explain.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Entry;
use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::usage::Grain;

/// The role of a row when several sources cover the same spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Role {
    /// No other source covers it.
    #[default]
    Alone,
    /// The most detailed row: its cost explains a part of the money.
    Explains,
    /// Sets the money and keeps the unreconciled part.
    Bills,
    /// The same, but a bill of a longer period covers it, too.
    BillsWithin,
    /// Neither: it is in no sum.
    Aside,
}

impl Role {
    /// The machine names, in the order of the variants.
    pub(super) const TEXTS: [&'static str; 5] = ["alone", "explains", "unreconciled", "unreconciled", "aside"];
}

/// The rows of one kind of source in a case.
struct Level {
    authority: Authority,
    /// Set for bills and vendors' counts, which do not add up; other sources of one kind do.
    source: Option<&'static str>,
    rows: Vec<usize>,
}

impl Level {
    fn grain(&self, entries: &[Entry]) -> Grain {
        self.rows.iter().map(|at| entries[*at].record.grain).min().unwrap_or(Grain::Period)
    }

    /// Its money, if it has any.
    fn money(&self, entries: &[Entry]) -> Option<Money> {
        let charged = |at: &&usize| !is_included(entries[**at].record.bill.coverage) && entries[**at].cost.is_some();
        self.rows.iter().any(|at| charged(&at)).then(|| self.sum(entries))
    }

    fn sum(&self, entries: &[Entry]) -> Money {
        self.rows.iter().filter_map(|at| entries[*at].cost).sum()
    }
}

fn is_included(coverage: Coverage) -> bool {
    matches!(coverage, Coverage::Included | Coverage::Free | Coverage::Errored | Coverage::OwnKey)
}

/// Resolves all cases and returns a description of each, sorted.
pub(super) fn resolve(entries: &mut [Entry], names: &Names) -> Vec<String> {
    if entries.iter().all(|entry| entry.record.bill.authority == Authority::Transcript) {
        return Vec::new();
    }
    let mut days: BTreeMap<(&str, NaiveDate), Vec<usize>> = BTreeMap::new();
    let mut longer: BTreeMap<(TimeDelta, DateTime<Utc>, &str), Vec<usize>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        let Some(payee) = names.text_of(entry.payee) else { continue };
        let start = entry.record.charge_period_start;
        let length = entry.record.charge_period_end.map_or(TimeDelta::zero(), |end| end - start);
        if length > TimeDelta::days(1) && entry.record.bill.authority >= Authority::VendorUsage {
            longer.entry((length, start, payee)).or_default().push(at);
        } else {
            days.entry((payee, start.date_naive())).or_default().push(at);
        }
    }
    let mut cases = Vec::new();
    for ((payee, day), rows) in &days {
        let levels = one_per_kind(levels(entries, rows), entries);
        cases.extend(resolve_day(&levels, entries, names).map(|text| format!("{payee} {day}: {text}")));
    }
    // Shorter periods first, because they explain a part of the longer ones.
    for ((length, start, payee), rows) in &longer {
        let span = *start..*start + *length;
        let sources: BTreeSet<&str> = rows.iter().map(|at| entries[*at].record.source).collect();
        let inside: Vec<usize> = (0..entries.len())
            .filter(|at| names.text_of(entries[*at].payee) == Some(payee))
            // Rows of different lengths in one export add up.
            .filter(|at| !sources.contains(entries[*at].record.source))
            .filter(|at| span.contains(&entries[*at].record.charge_period_start))
            .filter(|at| entries[*at].record.charge_period_end.is_none_or(|end| end <= span.end))
            .collect();
        let levels = one_per_kind(levels(entries, rows), entries);
        let text = resolve_period(&levels, &inside, entries, names);
        cases.extend(text.map(|text| format!("{payee} from {}: {text}", start.date_naive())));
    }
    cases.sort();
    cases
}

/// The rows of a case by kind of source, least authoritative first.
fn levels(entries: &[Entry], rows: &[usize]) -> Vec<Level> {
    let mut levels: BTreeMap<(Authority, Option<&'static str>), Vec<usize>> = BTreeMap::new();
    for at in rows {
        let record = &entries[*at].record;
        let alone = record.bill.authority >= Authority::VendorUsage;
        levels.entry((record.bill.authority, alone.then_some(record.source))).or_default().push(*at);
    }
    levels.into_iter().map(|((authority, source), rows)| Level { authority, source, rows }).collect()
}

/// Sets aside all but one of several bills, or of several counts by the vendor.
fn one_per_kind(mut levels: Vec<Level>, entries: &mut [Entry]) -> Vec<Level> {
    levels.sort_by(|a, b| {
        let key = |level: &Level| (level.authority, level.money(entries).is_none(), level.grain(entries));
        let larger = b.money(entries).cmp(&a.money(entries));
        key(a).cmp(&key(b)).then(larger).then(a.source.cmp(&b.source))
    });
    let mut kept: Vec<Level> = Vec::new();
    for level in levels {
        if kept.last().is_some_and(|last| last.authority == level.authority) {
            set_aside(&level, entries);
        } else {
            kept.push(level);
        }
    }
    kept
}

fn set_aside(level: &Level, entries: &mut [Entry]) {
    for at in &level.rows {
        entries[*at].role = Role::Aside;
        entries[*at].cost = Some(Money::ZERO);
    }
}

fn resolve_day(levels: &[Level], entries: &mut [Entry], names: &Names) -> Option<String> {
    if levels.len() < 2 {
        return None;
    }
    let amount =
        |level: &Level| level.money(entries).map_or_else(|| "no money".to_owned(), |money| format!("${money}"));
    let text: Vec<String> =
        levels.iter().rev().map(|level| format!("{} {}", level.authority.as_str(), amount(level))).collect();
    let bills = levels.iter().rposition(|level| level.money(entries).is_some()).unwrap_or(levels.len() - 1);
    let explains = (0..levels.len())
        .filter(|at| levels[*at].rows.iter().any(|row| entries[*row].cost.is_some()))
        .min_by_key(|at| (levels[*at].grain(entries), *at))
        .unwrap_or(bills);
    for (at, level) in levels.iter().enumerate() {
        if at != bills && at != explains {
            set_aside(level, entries);
        }
    }
    if bills != explains {
        for at in &levels[explains].rows {
            entries[*at].role = Role::Explains;
        }
        subtract_explained(&levels[bills].rows, &levels[explains].rows, entries, names);
    }
    Some(text.join(", "))
}

fn resolve_period(levels: &[Level], inside: &[usize], entries: &mut [Entry], names: &Names) -> Option<String> {
    if inside.is_empty() {
        return None;
    }
    let nearest = inside.iter().map(|at| entries[*at].record.bill.authority).max();
    let bills = levels
        .iter()
        .rposition(|level| level.money(entries).is_some())
        .filter(|at| Some(levels[*at].authority) >= nearest);
    let text = bills.map(|at| format!("{} ${}", levels[at].authority.as_str(), levels[at].sum(entries)));
    let explained: Money = inside.iter().filter_map(|at| entries[*at].cost).sum();
    for (at, level) in levels.iter().enumerate() {
        if Some(at) != bills {
            set_aside(level, entries);
        }
    }
    if let Some(bills) = bills {
        for at in inside {
            entries[*at].role = match entries[*at].role {
                Role::Alone => Role::Explains,
                Role::Bills => Role::BillsWithin,
                role => role,
            };
        }
        subtract_explained(&levels[bills].rows, inside, entries, names);
    }
    Some(format!("{}, its days ${explained}", text.unwrap_or_else(|| "a period without money of its own".to_owned())))
}

/// Subtracts what the detailed rows explain from the rows with the money: first from the same model, then from rows
/// without a model, then from any. The last row takes the remainder and may become negative, so that the sum is exact.
fn subtract_explained(bills: &[usize], explains: &[usize], entries: &mut [Entry], names: &Names) {
    let mut explained: BTreeMap<Option<&str>, (Option<Name>, Money)> = BTreeMap::new();
    for at in explains {
        let model = entries[*at].known_model;
        let sum = explained.entry(names.text_of(model)).or_insert((model, Money::ZERO));
        sum.1 += entries[*at].cost.unwrap_or_default();
    }
    for at in bills {
        entries[*at].role = Role::Bills;
        entries[*at].cost = Some(entries[*at].cost.unwrap_or_default());
    }
    for (model, mut left) in explained.into_values() {
        let of = |wanted: Option<Name>| -> Vec<usize> {
            bills.iter().copied().filter(|at| entries[*at].known_model == wanted).collect()
        };
        let rows = [of(model), of(None), bills.to_vec()].into_iter().find(|rows| !rows.is_empty()).unwrap_or_default();
        for at in &rows {
            let cost = entries[*at].cost.unwrap_or_default();
            let part = left.min(cost).max(Money::ZERO);
            entries[*at].cost = Some(cost - part);
            left = left - part;
        }
        if let Some(last) = rows.last() {
            entries[*last].cost = entries[*last].cost.map(|cost| cost - left);
        }
    }
}

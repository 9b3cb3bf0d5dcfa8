//! Sums over rows of a frame: exact, and an error where one does not fit.

use std::collections::HashSet;

use polars::prelude::*;

use super::cells::{CellsOf, codes, ints};
use crate::ledger::columns::{CostColumn, CountColumn, TextColumn};
use crate::ledger::overlap::{Left, Part, Role};
use crate::ledger::spend::{BySeat, Spend, token_counts};
use crate::model::basis::Prices;
use crate::model::money::Money;

/// The columns of a view that are summed.
pub(super) struct SummedColumns<'a> {
    counts: Vec<CellsOf<Int64Type>>,
    costs: Vec<CellsOf<Int64Type>>,
    session: CellsOf<UInt32Type>,
    coverage: CellsOf<UInt32Type>,
    /// The code of what a seat covers.
    seat: Option<u32>,
    role: CellsOf<UInt32Type>,
    part: CellsOf<UInt32Type>,
    parts: &'a [Part],
}

impl<'a> SummedColumns<'a> {
    pub(super) fn new(view: &DataFrame, parts: &'a [Part], seat: Option<u32>) -> PolarsResult<Self> {
        Ok(Self {
            counts: CountColumn::ALL.into_iter().map(|one| ints(view, one.name())).collect::<PolarsResult<_>>()?,
            costs: CostColumn::ALL.into_iter().map(|one| ints(view, one.name())).collect::<PolarsResult<_>>()?,
            session: codes(view, TextColumn::Session.name())?,
            coverage: codes(view, TextColumn::Coverage.name())?,
            seat,
            role: codes(view, TextColumn::Role.name())?,
            part: codes(view, "part")?,
            parts,
        })
    }

    /// What is counted of a row that is not counted whole.
    fn part_of(&self, row: usize) -> Option<&Part> {
        if self.parts.is_empty() {
            return None;
        }
        self.parts.get(self.part.get(row)? as usize)
    }

    /// Adds a row that a seat covers.
    fn add_by_seat(&self, row: usize, seats: &mut BySeat, conversations: &mut HashSet<u32>) {
        let count = |column: CountColumn| self.counts[column as usize].get(row).and_then(|v| u64::try_from(v).ok());
        let parts = [CountColumn::InputEstimate, CountColumn::OutputEstimate];
        seats.prompts += 1;
        seats.estimated_tokens = parts.into_iter().filter_map(count).fold(seats.estimated_tokens, u64::saturating_add);
        conversations.extend(self.session.get(row));
    }

    /// Adds a row of which other records count a part: the rest of its tokens and estimates are those of other records.
    fn add_left(&self, row: usize, left: &Left, spend: &mut Spend, sums: &mut Sums<'_>) {
        let role = self.role.get(row);
        let is = |wanted: Role| role == Some(wanted as u32);
        let nanos = |column: CostColumn| self.costs[column as usize].get(row).map(i128::from);
        let (cost, billed) = (nanos(CostColumn::Counted), nanos(CostColumn::Billed));
        spend.overlapping_records += u64::from(left.is_reduced);
        if !is(Role::Separate) {
            spend.unreconciled += Money::from_nanos(cost.unwrap_or(0));
        }
        spend.prices += prices(cost.map(Money::from_nanos), billed.map(Money::from_nanos), role);
        let counted = if is(Role::Bills) && !left.is_second { billed } else { billed.and(cost) };
        let counted = counted.filter(|_| !is(Role::BillsWithin) && !is(Role::Aside));
        let list = left.list.map(Money::nanos);
        for (column, more) in [(CostColumn::Counted, cost), (CostColumn::Billed, counted), (CostColumn::List, list)] {
            add(&mut sums.costs[column as usize], more);
        }
        for column in CountColumn::BUCKETS.into_iter().chain([CountColumn::Reasoning]) {
            if let Some(value) = column.of_tokens(&left.tokens) {
                let sum = &mut sums.counts[column as usize];
                *sum = Some(sum.unwrap_or(0) + u128::from(value));
            }
        }
    }

    /// The sums over rows; an error if one of them does not fit.
    pub(super) fn sum(&self, rows: impl Iterator<Item = usize>) -> Result<Spend, String> {
        const COUNTED: usize = CostColumn::Counted as usize;
        const BILLED: usize = CostColumn::Billed as usize;
        let mut counts = [None::<u128>; CountColumn::ALL.len()];
        let mut unpriced_tokens = 0_u128;
        let mut costs = [None::<i128>; CostColumn::ALL.len()];
        let mut sessions = HashSet::new();
        let mut conversations = HashSet::new();
        let mut spend = Spend::default();
        for row in rows {
            if self.seat.is_some() && self.coverage.get(row) == self.seat {
                self.add_by_seat(row, &mut spend.seats, &mut conversations);
                continue;
            }
            spend.records += 1;
            let cost = self.costs[COUNTED].get(row).map(i128::from);
            let priced = |billed: Option<i64>| {
                let money = |nanos: i64| Money::from_nanos(nanos.into());
                prices(cost.map(Money::from_nanos), billed.map(money), self.role.get(row))
            };
            let role = self.role.get(row);
            let is = |wanted: Role| role == Some(wanted as u32);
            let part = self.part_of(row);
            let whole = Money::from_nanos(cost.unwrap_or(0));
            let explained = part.and_then(|part| part.explained).unwrap_or(whole);
            if is(Role::Explains) {
                spend.explained += explained;
            }
            if let Some(left) = part.and_then(|part| part.left) {
                self.add_left(row, &left, &mut spend, &mut Sums { counts: &mut counts, costs: &mut costs });
                if cost.is_none() {
                    spend.unpriced_records += 1;
                    unpriced_tokens += u128::from(left.tokens.total());
                }
                continue;
            }
            let mut own = [None::<u64>; CountColumn::ALL.len()];
            for ((sum, one), column) in counts.iter_mut().zip(&mut own).zip(&self.counts) {
                if let Some(value) = column.get(row).and_then(|v| u64::try_from(v).ok()) {
                    *sum = Some(sum.unwrap_or(0) + u128::from(value));
                    *one = Some(value);
                }
            }
            let mut billed = None;
            for (at, (sum, column)) in costs.iter_mut().zip(&self.costs).enumerate() {
                let Some(value) = column.get(row) else { continue };
                if at == BILLED {
                    billed = Some(value);
                    // A record that explains a part of a bill is not billed again.
                    if is(Role::Explains) {
                        add(sum, (explained < whole).then(|| (whole - explained).nanos()));
                        continue;
                    }
                }
                *sum = Some(sum.unwrap_or(0) + i128::from(value));
            }
            spend.prices += priced(billed);
            let own = |column: CountColumn| own[column as usize];
            if cost.is_none() {
                spend.unpriced_records += 1;
                unpriced_tokens += u128::from(token_counts(own).total());
            }
            spend.doubt(own(CountColumn::Output), own(CountColumn::OutputEstimate));
            sessions.extend(self.session.get(row));
        }
        let cost = |column: CostColumn| costs[column as usize].map(Money::from_nanos);
        spend.sessions = sessions.len() as u64;
        spend.seats.conversations = conversations.len() as u64;
        let counts = counts_that_fit(counts, unpriced_tokens)?;
        spend.unpriced_tokens = u64::try_from(unpriced_tokens).unwrap_or(u64::MAX);
        spend.tokens = token_counts(|column| counts[column as usize]);
        spend.requests = counts[CountColumn::Requests as usize];
        spend.list_cost = cost(CostColumn::List);
        spend.billed_cost = cost(CostColumn::Billed);
        spend.reported_cost = cost(CostColumn::Reported);
        spend.cost = cost(CostColumn::Counted);
        spend.doubt_cost = cost(CostColumn::Doubt).unwrap_or_default();
        Ok(spend.or_nothing())
    }
}

/// Sums as they are kept; an error if they do not fit, all tokens together included.
fn counts_that_fit<const N: usize>(sums: [Option<u128>; N], unpriced_tokens: u128) -> Result<[Option<u64>; N], String> {
    let all = sums.iter().flatten().sum::<u128>().max(unpriced_tokens);
    u64::try_from(all).map_err(|_| format!("a sum of {all} tokens and requests does not fit"))?;
    Ok(sums.map(|sum| sum.and_then(|sum| u64::try_from(sum).ok())))
}

/// The sums of the columns so far.
struct Sums<'a> {
    counts: &'a mut [Option<u128>; CountColumn::ALL.len()],
    costs: &'a mut [Option<i128>; CostColumn::ALL.len()],
}

/// Adds what is known.
fn add(sum: &mut Option<i128>, more: Option<i128>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0) + more);
    }
}

/// The prices of a row's cost. A bill whose amount did not become the cost was in the wrong unit: it counts at list price.
pub(super) fn prices(cost: Option<Money>, billed: Option<Money>, role: Option<u32>) -> Prices {
    let is = |wanted: Role| role == Some(wanted as u32);
    if is(Role::Aside) {
        return Prices::default();
    }
    let billed = billed.filter(|_| is(Role::Bills) || is(Role::BillsWithin) || is(Role::Separate) || cost == billed);
    Prices::of_record(cost, billed)
}

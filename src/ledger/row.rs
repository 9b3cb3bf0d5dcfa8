//! One row of the ledger, read cell by cell.

use chrono::{DateTime, Utc};

use super::columns::{CostColumn, CountColumn, TextColumn};
use super::frame::Frame;
use super::overlap::Role;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::period::Period;
use crate::model::usage::Grain;

/// The rows of a period.
pub(super) fn rows<'a>(frame: &'a Frame, period: &Period, names: &'a Names) -> impl Iterator<Item = LedgerRow<'a>> {
    let period = *period;
    (0..frame.len()).map(move |at| LedgerRow { frame, names, at }).filter(move |row| period.contains(row.start()))
}

/// One row of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct LedgerRow<'a> {
    frame: &'a Frame,
    names: &'a Names,
    at: usize,
}

impl<'a> LedgerRow<'a> {
    /// Start of the charge period.
    #[must_use]
    pub fn start(&self) -> DateTime<Utc> {
        self.frame.cells.start(self.at)
    }

    /// End of the charge period; for a request, its start.
    #[must_use]
    pub fn end(&self) -> DateTime<Utc> {
        self.frame.cells.end.get(self.at).and_then(DateTime::from_timestamp_millis).unwrap_or_else(|| self.start())
    }

    /// The record's id, 32 hex digits.
    #[must_use]
    pub fn id(&self) -> String {
        self.frame.cells.id(self.at).to_string()
    }

    /// A count; `None` is unknown.
    #[must_use]
    pub fn count(&self, column: CountColumn) -> Option<u64> {
        self.frame.cells.count(column, self.at)
    }

    /// An amount; `None` is unknown.
    #[must_use]
    pub fn cost(&self, column: CostColumn) -> Option<Money> {
        self.frame.cells.cost(column, self.at)
    }

    /// The part of its cost that a bill shows, so that all rows sum to the bills; nothing where no bill has it.
    #[must_use]
    pub fn billed(&self) -> Money {
        let cost = self.cost(CostColumn::Counted).unwrap_or_default();
        let role = self.frame.cells.text(TextColumn::Role).get(self.at);
        let billed = self.cost(CostColumn::Billed);
        if role == Some(Role::Explains as u32) {
            return self.frame.explained(self.at).filter(|_| billed.is_none()).unwrap_or(cost);
        }
        if self.frame.is_billed(self.at) { cost } else { Money::ZERO }
    }

    /// The list cost that no other record counts; nothing of what a seat covers.
    #[must_use]
    pub fn list_cost_left(&self) -> Option<Money> {
        if self.frame.is_by_seat(self.at) {
            return None;
        }
        self.frame.left(self.at).map_or_else(|| self.cost(CostColumn::List), |left| left.list)
    }

    /// Calls of the vendor's tools: their unit, and how many in millionths.
    #[must_use]
    pub fn calls(&self) -> Option<(&'a str, i64)> {
        let count = self.count(CountColumn::QuantityMicros).and_then(|count| i64::try_from(count).ok());
        self.text(TextColumn::Unit).zip(count)
    }

    /// What the record covers.
    #[must_use]
    pub fn grain(&self) -> Grain {
        let named = self.text(TextColumn::Grain);
        Grain::ALL.iter().find(|(name, _)| Some(*name) == named).map_or(Grain::Request, |(_, grain)| *grain)
    }

    /// A text; `None` is unknown.
    #[must_use]
    pub fn text(&self, column: TextColumn) -> Option<&'a str> {
        let code = self.frame.cells.text(column).get(self.at)?;
        let own = |texts: &[&'static str]| texts.get(code as usize).copied();
        match column {
            TextColumn::Source => own(&self.frame.sources),
            TextColumn::Grain => own(&self.frame.grains),
            TextColumn::Coverage => own(&self.frame.coverages),
            TextColumn::Authority => own(&self.frame.authorities),
            TextColumn::Role => own(&Role::TEXTS),
            _ => Name::from_code(code).map(|name| self.names.text(name)),
        }
    }

    /// Index of the file that it was read from.
    #[must_use]
    pub fn file(&self) -> Option<usize> {
        self.frame.cells.file.get(self.at).map(|file| file as usize)
    }

    /// Whether a subagent made the request.
    #[must_use]
    pub fn is_subagent(&self) -> bool {
        self.frame.cells.subagent.get(self.at) == Some(1)
    }

    /// Whether the source has no time zone and UTC was assumed.
    #[must_use]
    pub fn is_time_zone_assumed(&self) -> bool {
        self.frame.cells.time_zone_assumed.get(self.at) == Some(1)
    }
}

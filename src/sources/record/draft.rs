//! A usage record while a format fills it.

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, Utc};

use crate::model::hash::hash_bytes;
use crate::model::name::Names;
use crate::model::pending::Used;
use crate::model::usage::{TokenCounts, UsageRecord};
use crate::sources::rejection::{BAD_AMOUNT, BAD_COUNT, BAD_QUANTITY, BAD_TIME, Rejection};
use crate::sources::values::amount::{Amount, Quantity};
use crate::sources::values::count::Count;
use crate::sources::values::currency::other_than_usd;
use crate::sources::values::instant::Instant;

/// A usage record whose counts and amounts may still be damaged; its other fields are those of [`UsageRecord`].
///
/// [`Draft::finish`] is the only way from here to a record, so no format can keep a damaged count as an unknown one.
pub(in crate::sources) struct Draft {
    record: UsageRecord,
    pub(in crate::sources) tokens: DraftTokens,
    pub(in crate::sources) request_count: Count,
    pub(in crate::sources) billed_cost: Amount,
    pub(in crate::sources) reported_cost: Amount,
    pub(in crate::sources) gross_cost: Amount,
    /// In the currency of the bill, where that is not US dollars.
    currency_cost: Amount,
    /// In millionths of the bill's unit.
    pub(in crate::sources) quantity: Quantity,
    is_damaged: bool,
}

/// [`TokenCounts`] of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::sources) struct DraftTokens {
    pub(in crate::sources) input: Count,
    pub(in crate::sources) cache_read: Count,
    pub(in crate::sources) cache_write_5m: Count,
    pub(in crate::sources) cache_write_1h: Count,
    pub(in crate::sources) cache_write_unspecified: Count,
    pub(in crate::sources) output: Count,
    pub(in crate::sources) reasoning: Count,
    /// Whether these are the record's own total.
    pub(in crate::sources) footing: Footing,
}

/// Whether the parts of a record are its total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::sources) enum Footing {
    /// It has no total.
    #[default]
    Unknown,
    Fits,
    /// They are if they overlap in another way than usual, which is named.
    Otherwise(&'static str),
    /// They are not: the total is so much larger.
    Differs(i64),
}

impl Draft {
    pub(in crate::sources) fn new(record: UsageRecord) -> Self {
        Self {
            record,
            tokens: DraftTokens::default(),
            request_count: Count::Absent,
            billed_cost: Amount::Absent,
            reported_cost: Amount::Absent,
            gross_cost: Amount::Absent,
            currency_cost: Amount::Absent,
            quantity: Quantity::Absent,
            is_damaged: false,
        }
    }

    /// Rejects the record if a count that it depends on, but does not keep (such as a total), is damaged.
    pub(in crate::sources) fn depends_on(&mut self, count: Count) {
        self.is_damaged |= count.is_invalid();
    }

    /// Takes the amounts for those of the currency that a text names, which are not dollars unless it is USD.
    pub(in crate::sources) fn set_currency(&mut self, currency: Option<&str>, names: &mut Names) {
        let Some(code) = currency.and_then(other_than_usd) else { return };
        self.record.bill.currency = Some(names.intern(&code));
        self.currency_cost = if self.billed_cost.is_absent() { self.reported_cost } else { self.billed_cost };
        (self.billed_cost, self.reported_cost, self.gross_cost) = (Amount::Absent, Amount::Absent, Amount::Absent);
    }

    /// The record, unless one of its counts, amounts or times is damaged.
    ///
    /// It remains in the draft, because copying a record takes long.
    pub(in crate::sources) fn finish(&mut self) -> Result<&mut UsageRecord, Rejection> {
        if self.is_damaged {
            return Err(BAD_COUNT);
        }
        let record = &mut self.record;
        let is_possible = |at: &DateTime<Utc>| Instant::is_possible(*at);
        if !is_possible(&record.charge_period_start) || !record.charge_period_end.as_ref().is_none_or(is_possible) {
            return Err(BAD_TIME);
        }
        record.tokens = self.tokens.counts()?;
        record.request_count = self.request_count.or_reject(BAD_COUNT)?;
        record.billed_cost = self.billed_cost.in_range().or_reject(BAD_AMOUNT)?;
        record.reported_cost = self.reported_cost.in_range().or_reject(BAD_AMOUNT)?;
        record.bill.gross_cost = self.gross_cost.in_range().or_reject(BAD_AMOUNT)?;
        record.bill.currency_cost = self.currency_cost.in_range().or_reject(BAD_AMOUNT)?;
        record.bill.quantity_micros = self.quantity.or_reject(BAD_QUANTITY)?;
        Ok(record)
    }

    /// What it used, unless a count of it is damaged.
    pub(in crate::sources) fn used(&self) -> Option<Used> {
        let tokens = self.tokens.counts().ok()?;
        let requests = self.request_count.known().unwrap_or(0);
        Some(Used { tokens, cost: self.reported_cost.known(), requests })
    }

    /// The record by itself.
    pub(in crate::sources) fn into_record(mut self) -> Result<UsageRecord, Rejection> {
        self.finish()?;
        Ok(self.record)
    }
}

impl Deref for Draft {
    type Target = UsageRecord;

    fn deref(&self) -> &UsageRecord {
        &self.record
    }
}

impl DerefMut for Draft {
    fn deref_mut(&mut self) -> &mut UsageRecord {
        &mut self.record
    }
}

impl From<TokenCounts> for DraftTokens {
    fn from(counts: TokenCounts) -> Self {
        Self {
            input: Count::known_or_absent(counts.input),
            cache_read: Count::known_or_absent(counts.cache_read),
            cache_write_5m: Count::known_or_absent(counts.cache_write_5m),
            cache_write_1h: Count::known_or_absent(counts.cache_write_1h),
            cache_write_unspecified: Count::known_or_absent(counts.cache_write_unspecified),
            output: Count::known_or_absent(counts.output),
            reasoning: Count::known_or_absent(counts.reasoning),
            footing: Footing::Unknown,
        }
    }
}

impl DraftTokens {
    /// Tokens of which one count is damaged.
    pub(in crate::sources) const INVALID: Self = Self {
        input: Count::Invalid,
        cache_read: Count::Absent,
        cache_write_5m: Count::Absent,
        cache_write_1h: Count::Absent,
        cache_write_unspecified: Count::Absent,
        output: Count::Absent,
        reasoning: Count::Absent,
        footing: Footing::Unknown,
    };

    /// Splits what was written to a cache by its lifetime, as far as the parts are known.
    pub(in crate::sources) fn split_cache_writes(&mut self, minutes: Count, hour: Count) {
        let parts = Count::sum([minutes, hour]);
        let rest = self.cache_write_unspecified.or_zero();
        // A whole that is smaller than its parts counts them again, or not at all.
        let rest = if !rest.is_invalid() && rest.known() < parts.known() { parts } else { rest };
        self.cache_write_unspecified = rest.minus(parts);
        self.cache_write_5m = minutes;
        self.cache_write_1h = hour;
    }

    /// A text that is the same for equal counts, to tell answers apart that have nothing else.
    pub(in crate::sources) fn key(&self) -> String {
        let counts = self.counts().unwrap_or_default().by_kind();
        hash_bytes(&counts.map(|count| count.map_or(u64::MAX, |count| count).to_le_bytes()).concat()).to_string()
    }

    /// Whether there is no token at all; damaged counts may be tokens.
    pub(in crate::sources) fn is_zero(&self) -> bool {
        self.counts().is_ok_and(|tokens| tokens.total() == 0)
    }

    /// The counts, unless one of them is damaged.
    pub(in crate::sources) fn counts(self) -> Result<TokenCounts, Rejection> {
        Ok(TokenCounts {
            input: self.input.or_reject(BAD_COUNT)?,
            cache_read: self.cache_read.or_reject(BAD_COUNT)?,
            cache_write_5m: self.cache_write_5m.or_reject(BAD_COUNT)?,
            cache_write_1h: self.cache_write_1h.or_reject(BAD_COUNT)?,
            cache_write_unspecified: self.cache_write_unspecified.or_reject(BAD_COUNT)?,
            output: self.output.or_reject(BAD_COUNT)?,
            reasoning: self.reasoning.or_reject(BAD_COUNT)?,
        })
    }
}

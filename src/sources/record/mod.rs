//! From what a format read to a record: drafts, the reasons to reject or ignore one, and the keys that records get.

mod draft;
mod fact;
mod keys;

pub(super) use draft::{Draft, DraftTokens};
pub(super) use fact::FactDraft;
pub(super) use keys::{Keys, limit_reasoning};

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::bill::{Authority, Bill};
use crate::model::origin::Origin;
use crate::model::usage::{Grain, UsageRecord};

/// Why a record is rejected or ignored: the id of the notice and its sentence.
pub(super) type Rejection = (&'static str, &'static str);

pub(super) const NO_TIME: Rejection = ("no-timestamp", "a record has no timestamp, so it belongs to no day");
pub(super) const BAD_TIME: Rejection =
    ("bad-time", "a time is malformed or ambiguous; write it as 2026-05-31T12:00:00Z or 2026-05-31");
pub(super) const BAD_COUNT: Rejection =
    ("bad-count", "a count of tokens, requests or lines is negative, fractional or out of range");
pub(super) const BAD_QUANTITY: Rejection = ("bad-count", "a quantity is not a decimal number, or is out of range");
pub(super) const BAD_AMOUNT: Rejection = ("bad-amount", "an amount of money is not a plain decimal number of dollars");
pub(super) const NOT_USD: Rejection = ("bad-amount", "an amount is not in USD, and no exchange rate is known");
/// Ignored, not rejected: a provider that counted nothing billed nothing.
pub(super) const NO_TOKENS: Rejection = ("no-tokens", "usage without a token was not billed");

/// A record of a vendor, which may correct it later.
pub(super) fn blank(source: &'static str, authority: Authority, at: Origin, start: DateTime<Utc>) -> UsageRecord {
    let bill = Bill { authority, revises: true, ..Bill::default() };
    UsageRecord { bill, ..UsageRecord::blank(source, at, start) }
}

/// A record of a whole UTC day.
pub(super) fn day(source: &'static str, authority: Authority, at: Origin, start: DateTime<Utc>) -> UsageRecord {
    let charge_period_end = start.checked_add_signed(TimeDelta::days(1));
    UsageRecord { grain: Grain::Day, charge_period_end, ..blank(source, authority, at, start) }
}

/// Sets the end and the grain of a record that sums a period; without an end it is a day.
pub(super) fn set_period(record: &mut UsageRecord, end: Option<DateTime<Utc>>) {
    let seconds = end.map_or(86_400, |end| (end - record.charge_period_start).num_seconds());
    record.charge_period_end = end.or(record.charge_period_start.checked_add_signed(TimeDelta::days(1)));
    record.grain = match seconds {
        ..=60 => Grain::Minute,
        61..=3_600 => Grain::Hour,
        3_601..=86_400 => Grain::Day,
        _ => Grain::Period,
    };
}

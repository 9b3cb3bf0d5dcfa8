//! From what a format read to a record: drafts, and the keys that records get.

mod draft;
mod fact;
mod footing;
mod keys;
pub(super) mod payer;

pub(super) use draft::{Draft, DraftTokens, Footing};
pub(super) use fact::FactDraft;
pub(super) use footing::{BESIDE, Convention, INSIDE, MIXED, Written};
pub(super) use keys::{Keys, limit_reasoning};

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::bill::{Authority, Bill};
use crate::model::money::{Money, NANOS_PER_DOLLAR};
use crate::model::name::Names;
use crate::model::origin::Origin;
use crate::model::usage::{Grain, UsageRecord};
use crate::sources::values::currency::other_than_usd;

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

/// Takes the amounts of a record for those of the currency that a cell names, which are not dollars unless it is USD.
pub(super) fn set_currency(record: &mut UsageRecord, currency: Option<&str>, names: &mut Names) {
    let Some(code) = currency.and_then(other_than_usd) else { return };
    record.bill.currency = Some(names.intern(&code));
    record.bill.currency_cost = record.billed_cost.take().or(record.reported_cost.take());
    record.bill.gross_cost = None;
}

/// An amount in dollars; `per_dollar` is what a dollar costs in billionths of the currency of the amount.
pub(super) fn to_dollars(amount: Money, per_dollar: i128) -> Option<Money> {
    if per_dollar <= 0 {
        return None;
    }
    let scaled = amount.nanos().checked_mul(NANOS_PER_DOLLAR)?;
    let half = if scaled < 0 { -per_dollar / 2 } else { per_dollar / 2 };
    Some(Money::from_nanos((scaled + half) / per_dollar))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_becomes_dollars_by_the_price_of_a_dollar() {
        let dollars = |nanos: i128, per_dollar| to_dollars(Money::from_nanos(nanos), per_dollar).map(Money::nanos);
        assert_eq!(dollars(9_200_000_000, 920_000_000), Some(10_000_000_000));
        assert_eq!(dollars(-1_000_000_000, 3_000_000_000), Some(-333_333_333));
        assert_eq!(dollars(2_000_000_000, 3_000_000_000), Some(666_666_667));
        assert_eq!((dollars(1, 0), dollars(1, -1)), (None, None));
    }
}

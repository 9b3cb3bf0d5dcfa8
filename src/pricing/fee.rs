//! Fees for single calls of a vendor's tools, such as a web search, beside what its tokens cost.

use std::path::Path;

use chrono::NaiveDate;

use super::columns::{TableLine, read_table};
use super::row::parse_day;
use crate::error::Result;
use crate::model::money::{Money, parse_decimal};

/// Calls whose fee is quoted.
const CALLS_PER_PRICE: i128 = 1_000;
/// A record's quantity is in millionths.
const MILLION: i128 = 1_000_000;

/// What a vendor charges for a call, for a span of days (UTC).
#[derive(Debug, Clone)]
pub(super) struct Fee {
    provider: String,
    unit: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    nanos_per_thousand: i128,
}

impl Fee {
    const COLUMNS: &'static [&'static str] =
        &["provider", "unit", "effective_from", "effective_to", "usd_per_thousand", "source", "observed_at"];

    /// Reads the table of fees; `path` only names it in errors.
    pub(super) fn read_all(path: &Path, text: &str) -> Result<Vec<Self>> {
        read_table(path, text, Self::COLUMNS, Self::COLUMNS, Self::read)
    }

    fn read(line: &TableLine<'_>) -> Result<Self> {
        Ok(Self {
            provider: line.text("provider").to_owned(),
            unit: line.text("unit").to_owned(),
            from: line.parse("effective_from", parse_day)?,
            to: line.parse("effective_to", parse_day)?,
            nanos_per_thousand: line.require("usd_per_thousand", |text| parse_decimal(text, 9))?,
        })
    }
}

/// What calls cost: nothing where their unit is one that no vendor has a fee for, such as requests; `None` where the fee of this
/// vendor is unknown or the amount is out of range.
pub(super) fn charge(fees: &[Fee], provider: &str, unit: &str, micros: i64, day: NaiveDate) -> Option<Money> {
    let mut known = fees.iter().filter(|fee| fee.unit == unit).peekable();
    if known.peek().is_none() || micros <= 0 {
        return Some(Money::ZERO);
    }
    let in_force = |fee: &&Fee| fee.from.is_none_or(|from| from <= day) && fee.to.is_none_or(|to| day < to);
    let fee = known.find(|fee| fee.provider == provider && in_force(fee))?;
    let nanos = fee.nanos_per_thousand.checked_mul(i128::from(micros))? / (CALLS_PER_PRICE * MILLION);
    (nanos <= i128::from(i64::MAX)).then(|| Money::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bill::WEB_SEARCHES;

    #[test]
    fn a_web_search_costs_a_cent_and_other_units_cost_nothing_here() {
        let fees = Fee::read_all(Path::new("fees.csv"), include_str!("fees.csv")).expect("fees");
        let day = NaiveDate::from_ymd_opt(2026, 5, 4).expect("a day");
        let cost = |provider: &str, unit: &str, micros: i64| charge(&fees, provider, unit, micros, day);
        assert_eq!(cost("anthropic", WEB_SEARCHES, 3_000_000), Some(Money::from_nanos(30_000_000)));
        assert_eq!(cost("anthropic", "requests", 3_000_000), Some(Money::ZERO));
        // Nobody knows what another vendor charges.
        assert_eq!(cost("zai", WEB_SEARCHES, 1_000_000), None);
        let before = NaiveDate::from_ymd_opt(2025, 5, 6).expect("a day");
        assert_eq!(charge(&fees, "anthropic", WEB_SEARCHES, 1_000_000, before), None);
    }
}

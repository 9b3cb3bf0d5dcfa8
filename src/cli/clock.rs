//! The clock, read once; `--as-of` stands in for it.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::model::period::{Period, day_of, month_days};

/// Now.
pub(super) fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

/// The end of a day, so that the day itself is not in the future.
pub(super) fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default()).and_utc()
}

/// Parses a date. Four digits of a year are demanded: `26-05-01` is a slip, and the calendar ends somewhere.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    let day = Some(text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
    day.ok_or_else(|| format!("`{text}` is not a date. Use YYYY-MM-DD, for example 2026-05-31"))
}

/// Parses a number of days: `7d`, `2w`, or a bare number of days.
pub(super) fn days(text: &str) -> Result<u32, String> {
    let bad = || format!("`{text}` is not a number of days. Write 7d or 2w");
    let (digits, factor) = match text.strip_suffix('w') {
        Some(digits) => (digits, 7),
        None => (text.strip_suffix('d').unwrap_or(text), 1),
    };
    let count: u32 = digits.parse().map_err(|_| bad())?;
    count.checked_mul(factor).filter(|days| (1..=36_600).contains(days)).ok_or_else(bad)
}

/// Parses an IANA time zone in any case.
pub(super) fn zone(text: &str) -> Result<Tz, String> {
    Tz::from_str_insensitive(text)
        .map_err(|_| format!("`{text}` is not a time zone. Use an IANA name, for example Europe/Berlin or UTC"))
}

/// The period that the flags describe.
pub(super) fn period(
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    last: Option<u32>,
    month: Option<&str>,
    tz: Tz,
    as_of: DateTime<Utc>,
) -> Result<Period, String> {
    if let Some(month) = month {
        let (first, last) = month_days(month)?;
        return Ok(Period::days(Some(first), Some(last), tz));
    }
    if let Some(days) = last {
        // Today is the last of these days.
        let today = day_of(as_of, tz);
        let first = today.checked_sub_days(chrono::Days::new(u64::from(days) - 1));
        return Ok(Period::days(first, Some(today), tz));
    }
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        return Err(format!("--since {since} is after --until {until}"));
    }
    Ok(Period::days(since, until, tz))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_seven_days_are_seven() {
        let as_of = "2026-05-31T15:00:00Z".parse().expect("an instant");
        let period = period(None, None, Some(7), None, Tz::UTC, as_of).expect("a period");
        let length = period.to.zip(period.from).map(|(to, from)| (to - from).num_days());
        assert_eq!(length, Some(7));
        assert!(period.contains(as_of));
    }

    #[test]
    fn lengths_and_zones_say_how_to_write_them() {
        assert_eq!((days("7d"), days("2w"), days("30")), (Ok(7), Ok(14), Ok(30)));
        assert!(days("0d").is_err() && days("x").is_err() && days("99999999w").is_err());
        assert!(zone("europe/berlin").is_ok() && zone("Berlin").is_err());
    }
}

//! Times as logs and exports write them.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::sources::json::node::Number;

/// A time and what its text says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) struct Instant {
    pub(in crate::sources) at: DateTime<Utc>,
    /// The text names a whole day.
    pub(in crate::sources) is_day: bool,
    pub(in crate::sources) zone_assumed: bool,
}

/// The first second of 1970 and the last one of 9999.
const FIRST_SECOND: i64 = 0;
const LAST_SECOND: i64 = 253_402_300_799;

impl Instant {
    /// The time of a row that is not counted.
    pub(in crate::sources) const ANY: Self = Self { at: DateTime::UNIX_EPOCH, is_day: true, zone_assumed: true };

    /// Whether a time is one that usage can have: in UTC of the years 1970 to 9999. Any other is damage.
    pub(in crate::sources) fn is_possible(at: DateTime<Utc>) -> bool {
        (FIRST_SECOND..=LAST_SECOND).contains(&at.timestamp())
    }

    /// Reads RFC 3339 and nothing else.
    pub(in crate::sources) fn rfc3339(text: &str) -> Option<DateTime<Utc>> {
        let same = |quick: &Self| !quick.zone_assumed && text.as_bytes()[10] == b'T' && !text.ends_with('C');
        let quick = Self::quick(text.as_bytes()).filter(same).map(|quick| quick.at);
        let at = quick.or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc)))?;
        Self::is_possible(at).then_some(at)
    }

    /// A number of seconds, milliseconds, microseconds or nanoseconds since 1970: its size says which. Numbers that are
    /// too small for any time after 1973 are not times.
    pub(in crate::sources) fn since_1970(number: i64) -> Option<DateTime<Utc>> {
        let at = match number {
            ..100_000_000 => None,
            100_000_000..100_000_000_000 => DateTime::from_timestamp_secs(number),
            100_000_000_000..100_000_000_000_000 => DateTime::from_timestamp_millis(number),
            100_000_000_000_000..100_000_000_000_000_000 => DateTime::from_timestamp_micros(number),
            _ => Some(DateTime::from_timestamp_nanos(number)),
        }?;
        Self::is_possible(at).then_some(at)
    }

    /// A JSON number; of seconds with a fraction the milliseconds are kept.
    pub(in crate::sources) fn from_number(number: Number) -> Option<DateTime<Utc>> {
        if let Some(whole) = number.as_i64() {
            return Self::since_1970(whole);
        }
        // As text, because a float would lose the last digits.
        let text = number.to_string();
        let (whole, fraction) = text.split_once('.')?;
        let whole: i64 = whole.parse().ok()?;
        let at = Self::since_1970(whole)?;
        if at.timestamp() != whole {
            // Milliseconds, which some tools write with a fraction.
            return Some(at);
        }
        let mut digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
        let millis =
            digits.try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))?;
        at.checked_add_signed(TimeDelta::milliseconds(millis))
    }

    /// `2026-05-31` and `2026-05-31T12:00[:00[.123…]][Z|+00:00| UTC]`, which most exports write, digit by digit: chrono is much slower.
    pub(super) fn quick(text: &[u8]) -> Option<Self> {
        let digits = |from: usize, to: usize| {
            text.get(from..to)?
                .iter()
                .try_fold(0_u32, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
        };
        if text.get(4) != Some(&b'-') || text.get(7) != Some(&b'-') {
            return None;
        }
        let date = NaiveDate::from_ymd_opt(i32::try_from(digits(0, 4)?).ok()?, digits(5, 7)?, digits(8, 10)?)?;
        if text.len() == 10 {
            return Some(Self { at: date.and_time(NaiveTime::MIN).and_utc(), is_day: true, zone_assumed: true });
        }
        if !matches!(text.get(10), Some(b'T' | b' ')) || text.get(13) != Some(&b':') {
            return None;
        }
        let zones: [&[u8]; 3] = [b"Z", b"+00:00", b" UTC"];
        let zone = zones.into_iter().find(|zone| text.ends_with(zone));
        let (end, zone_assumed) = (text.len() - zone.map_or(0, <[u8]>::len), zone.is_none());
        let (hour, minute) = (digits(11, 13)?, digits(14, 16)?);
        let (second, nanos) = match end {
            // Without seconds RFC 3339 has no zone.
            16 if zone_assumed => (0, 0),
            19 if text[16] == b':' => (digits(17, 19)?, 0),
            21..=29 if text[16] == b':' && text[19] == b'.' => {
                let places = u32::try_from(end - 20).ok()?;
                (digits(17, 19)?, digits(20, end)? * 10_u32.pow(9_u32.checked_sub(places)?))
            }
            _ => return None,
        };
        let time = NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?;
        Some(Self { at: date.and_time(time).and_utc(), is_day: false, zone_assumed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_could_be_two_days_are_refused() {
        let at = |text: &str| Instant::parse(text).map(|i| (i.at.to_rfc3339(), i.is_day, i.zone_assumed));
        let noon = "2026-05-31T12:00:00+00:00".to_owned();
        assert_eq!(at("2026-05-31T14:00:00+02:00"), Some((noon.clone(), false, false)));
        assert_eq!(at("2026-05-31T12:00:00.0000000Z"), Some((noon.clone(), false, false)));
        assert_eq!(at("2026-05-31 12:00"), Some((noon.clone(), false, true)));
        assert_eq!(at("2026-05-31 12:00:00.000 UTC"), Some((noon.clone(), false, false)));
        assert_eq!(at("1780228800"), Some((noon.clone(), false, false)));
        assert_eq!(at("1780228800000"), Some((noon, false, false)));
        assert_eq!(at("2026-05-31").map(|(_, day, assumed)| (day, assumed)), Some((true, true)));
        for text in ["05/06/26", "5", "today", "2026-13-01", ""] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_outside_of_the_years_1970_to_9999_in_utc_is_damage() {
        let outside = ["9999-12-31T23:59:59-23:59", "1969-12-31T23:59:59Z", "0000-01-01", "1970-01-01T00:00:00+01:00"];
        for text in outside {
            assert!(Instant::parse(text).is_none() && Instant::rfc3339(text).is_none(), "{text}");
        }
        for text in ["9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"] {
            assert!(Instant::parse(text).is_some() && Instant::rfc3339(text).is_some(), "{text}");
        }
    }

    #[test]
    fn the_size_of_a_number_says_its_unit_and_fractions_of_seconds_are_kept() {
        let millis = |number: Number| Instant::from_number(number).map(|at| at.timestamp_millis());
        let whole = [1_767_323_045, 1_767_323_045_000, 1_767_323_045_000_000, 1_767_323_045_000_000_000];
        for number in whole {
            assert_eq!(millis(Number::Whole(number)), Some(1_767_323_045_000), "{number}");
        }
        assert_eq!(millis(Number::Float(1_767_323_045.125)), Some(1_767_323_045_125));
        assert_eq!(millis(Number::Float(1_767_323_045_125.5)), Some(1_767_323_045_125));
        for number in [Number::Whole(0), Number::Whole(5), Number::Negative(-1), Number::Float(0.5)] {
            assert_eq!(millis(number), None, "{number:?}");
        }
    }
}

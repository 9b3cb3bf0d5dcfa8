//! Money, shares and days as sentences write them; tables write them in full.

use chrono::{Datelike, NaiveDate};

use super::page::dollars;
use crate::model::money::Money;

/// Money in a sentence: cents below $100, whole dollars from there on, `$1.2M` from a million.
#[must_use]
pub(super) fn usd(money: Money) -> String {
    const DOLLAR: i128 = 1_000_000_000;
    let nanos = money.nanos();
    let sign = if nanos < 0 { "-" } else { "" };
    let size = nanos.abs();
    let tenths = |unit: i128| (size * 10 + unit * DOLLAR / 2) / (unit * DOLLAR);
    for (unit, suffix) in [(1_000_000_000, "B"), (1_000_000, "M")] {
        // What rounds to a whole unit is written in it: $999,960 is $1.0M.
        if size * 100 >= 9_995 * unit * DOLLAR / 100 {
            let tenths = tenths(unit);
            return format!("{sign}${}.{}{suffix}", tenths / 10, tenths % 10);
        }
    }
    if size < 100 * DOLLAR - DOLLAR / 200 {
        return dollars(money);
    }
    let whole = Money::from_nanos((size + DOLLAR / 2) / DOLLAR * DOLLAR);
    format!("{sign}{}", dollars(whole).trim_end_matches(".00"))
}

/// A share in a sentence: whole percent, and neither 0 nor 100 where it is neither; `None` of nothing.
#[must_use]
pub(super) fn percent(part: Money, whole: Money) -> Option<String> {
    let (part, whole) = (part.nanos(), whole.nanos());
    if whole <= 0 {
        return None;
    }
    let rounded = (part * 100 + whole / 2).div_euclid(whole);
    Some(match rounded {
        0 if part > 0 => "<1%".to_owned(),
        100 if part < whole => ">99%".to_owned(),
        rounded => format!("{rounded}%"),
    })
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a day's month.
#[must_use]
pub(super) fn month(day: NaiveDate) -> &'static str {
    MONTHS[day.month0() as usize]
}

/// `14 May 2026`.
#[must_use]
pub(super) fn day(day: NaiveDate) -> String {
    format!("{} {} {}", day.day(), month(day), day.year())
}

/// `2 March – 14 May 2026`; what both ends share is written once.
#[must_use]
pub(super) fn days(first: NaiveDate, last: NaiveDate) -> String {
    let end = day(last);
    if first == last {
        end
    } else if first.year() != last.year() {
        format!("{} – {end}", day(first))
    } else if first.month() != last.month() {
        format!("{} {} – {end}", first.day(), month(first))
    } else {
        format!("{} – {end}", first.day())
    }
}

/// How long a period is: `5 days`, `11 weeks`, `14 months`.
#[must_use]
pub(super) fn length(first: NaiveDate, last: NaiveDate) -> String {
    let days = (last - first).num_days().unsigned_abs() + 1;
    match days {
        ..14 => super::page::many(days, "day"),
        14..=182 => super::page::many((days + 3) / 7, "week"),
        _ => super::page::many((days * 12 + 182) / 365, "month"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(dollars: &str) -> Money {
        Money::parse_usd(dollars).expect("dollars")
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn money_has_the_digits_that_its_size_needs() {
        for (dollars, shown) in [
            ("0", "$0.00"),
            ("0.0037", "$0.0037"),
            ("25.734", "$25.73"),
            ("99.994", "$99.99"),
            ("99.996", "$100"),
            ("1563.5", "$1,564"),
            ("999499", "$999,499"),
            ("999960", "$1.0M"),
            ("1234567", "$1.2M"),
            ("2500000000", "$2.5B"),
            ("-120.4", "-$120"),
        ] {
            assert_eq!(usd(money(dollars)), shown, "{dollars}");
        }
    }

    #[test]
    fn shares_are_never_a_false_none_or_all() {
        let of = |part: &str| percent(money(part), money("1000"));
        assert_eq!(
            ["0", "1", "4.9", "5", "421", "995", "999", "1000"].map(|part| of(part).expect("a share")),
            ["0%", "<1%", "<1%", "1%", "42%", ">99%", ">99%", "100%"]
        );
        assert_eq!(percent(money("1"), Money::ZERO), None);
    }

    #[test]
    fn periods_say_once_what_their_ends_share() {
        let shown = |first: &str, last: &str| (days(date(first), date(last)), length(date(first), date(last)));
        let expected = |days: &str, length: &str| (days.to_owned(), length.to_owned());
        assert_eq!(shown("2026-03-02", "2026-05-14"), expected("2 March – 14 May 2026", "11 weeks"));
        assert_eq!(shown("2026-05-02", "2026-05-14"), expected("2 – 14 May 2026", "13 days"));
        assert_eq!(shown("2026-05-14", "2026-05-14"), expected("14 May 2026", "1 day"));
        assert_eq!(shown("2025-12-31", "2026-12-30"), expected("31 December 2025 – 30 December 2026", "12 months"));
    }
}

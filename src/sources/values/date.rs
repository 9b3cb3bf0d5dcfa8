//! Times in the spellings of people, spreadsheets, databases and programming languages.
//!
//! - In: a text. Out: [`Written`]: a time, or a date whose order of day and month
//!   only the rest of its column can say (`5/6/2026`).
//! - Refuses: weeks, months without a day, names of time zones other than UTC and GMT, years before 1970 or after 9999, and
//!   numbers that could be seconds as well as a date.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};

use super::instant::Instant;

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Written {
    /// One time, whatever the rest of the file says.
    Sure(Instant),
    /// Three numbers in an order that the text does not show.
    Ordered(Ordered),
}

/// In which order a date names its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Order {
    MonthDayYear = 1,
    DayMonthYear = 2,
    YearMonthDay = 4,
}

impl Order {
    pub(in crate::sources) const ALL: [Self; 3] = [Self::MonthDayYear, Self::DayMonthYear, Self::YearMonthDay];
}

/// A date whose order is not shown, with its time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) struct Ordered {
    numbers: [u32; 3],
    has_short_year: bool,
    /// Its parts are separated by dots, as where the day comes first.
    pub(in crate::sources) is_dotted: bool,
    clock: Clock,
}

/// The years that two digits may mean.
const SHORT_YEARS: std::ops::Range<u32> = 20..40;

impl Ordered {
    /// The time, if the parts are in this order; `None` if they cannot be.
    pub(in crate::sources) fn at(&self, order: Order) -> Option<Instant> {
        let [a, b, c] = self.numbers;
        let (year, month, day) = match order {
            Order::MonthDayYear => (c, a, b),
            Order::DayMonthYear => (c, b, a),
            Order::YearMonthDay => (a, b, c),
        };
        let year = match (self.has_short_year, order) {
            (true, _) => SHORT_YEARS.contains(&year).then_some(2000 + year)?,
            (false, Order::YearMonthDay) => return None,
            (false, _) => year,
        };
        self.clock.on(date(year, month, day)?)
    }

    /// The orders that give a date, as bits of [`Order`].
    pub(in crate::sources) fn orders(&self) -> u8 {
        Order::ALL.iter().filter(|order| self.at(**order).is_some()).fold(0, |all, order| all | *order as u8)
    }

    /// The time, if all of these orders that are possible give the same.
    pub(in crate::sources) fn among(&self, orders: u8) -> Option<Instant> {
        let mut times =
            Order::ALL.iter().filter(|order| orders & **order as u8 != 0).filter_map(|order| self.at(*order));
        let first = times.next()?;
        times.all(|other| other == first).then_some(first)
    }

    /// The time, if only one order gives a date, or all give the same.
    pub(in crate::sources) fn sure(&self) -> Option<Instant> {
        self.among(u8::MAX)
    }
}

/// The time of day and the zone beside a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Clock {
    time: Option<NaiveTime>,
    /// Seconds east of UTC.
    offset: Option<i32>,
}

impl Clock {
    fn on(self, day: NaiveDate) -> Option<Instant> {
        let local = day.and_time(self.time.unwrap_or(NaiveTime::MIN));
        let utc = match self.offset {
            None | Some(0) => local,
            Some(offset) => local.checked_sub_signed(TimeDelta::seconds(i64::from(offset)))?,
        };
        let at = utc.and_utc();
        let instant = Instant { at, is_day: self.time.is_none(), zone_assumed: self.offset.is_none() };
        Instant::is_possible(at).then_some(instant)
    }
}

impl Instant {
    /// Reads a text that means one time, whatever is written beside it.
    pub(in crate::sources) fn parse(text: &str) -> Option<Self> {
        match Self::read(text)? {
            Written::Sure(instant) => Some(instant),
            Written::Ordered(date) => date.sure(),
        }
    }

    /// Reads a text that may need the rest of its column to be understood.
    pub(in crate::sources) fn read(text: &str) -> Option<Written> {
        if let Some(quick) = Self::quick(text.as_bytes()).filter(|quick| Self::is_possible(quick.at)) {
            return Some(Written::Sure(quick));
        }
        if text.as_bytes().get(4) == Some(&b'-')
            && let Ok(at) = DateTime::parse_from_rfc3339(text)
        {
            let at = at.with_timezone(&Utc);
            let instant = Self { at, is_day: false, zone_assumed: false };
            return Self::is_possible(at).then_some(Written::Sure(instant));
        }
        read(text)
    }
}

/// Reads a text that is no plain ISO 8601.
pub(in crate::sources) fn read(text: &str) -> Option<Written> {
    let text = text.trim();
    if text.is_ascii() {
        return read_ascii(text);
    }
    // Blanks of every kind, minus signs, and the characters for year, month and day.
    let plain = |letter: char| match letter {
        '\u{2212}' | '年' | '月' => Some('-'),
        '日' => Some(' '),
        blank if blank.is_whitespace() => Some(' '),
        ascii if ascii.is_ascii() => Some(ascii),
        _ => None,
    };
    read_ascii(text.chars().map(plain).collect::<Option<String>>()?.trim())
}

fn read_ascii(text: &str) -> Option<Written> {
    if let Some(date) = quick_ordered(text.as_bytes()) {
        return Some(Written::Ordered(date));
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
        && text.matches(['.', ',']).count() < 2
    {
        return number(text).map(Written::Sure);
    }
    if let Some(instant) = compact(text) {
        return Some(Written::Sure(instant));
    }
    // `[Europe/Berlin]` and `(Central European Time)` explain an offset that is written before them.
    let bare = text.find(['[', '(']).map_or(text, |at| &text[..at]);
    let mut parts = Parts::default();
    for word in bare.split_ascii_whitespace() {
        parts.word(word.strip_suffix(',').unwrap_or(word))?;
    }
    if bare.len() < text.len() && parts.clock.offset.is_none() {
        return None;
    }
    parts.written()
}

/// `5/31/2026`, `31.05.26`: whole columns are written so, and taking words apart is slow.
fn quick_ordered(text: &[u8]) -> Option<Ordered> {
    let number =
        |digits: &[u8]| digits.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')));
    let separator = *text.iter().take(3).find(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
    let mut parts = text.split(|byte| *byte == separator);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    let is_date = matches!((a.len(), b.len(), c.len()), (1 | 2, 1 | 2, 2 | 4)) && parts.next().is_none();
    let numbers = if is_date { [number(a)?, number(b)?, number(c)?] } else { return None };
    Some(Ordered { numbers, has_short_year: c.len() == 2, is_dotted: separator == b'.', clock: Clock::default() })
}

/// A bare number: `20260531`, a serial day of a spreadsheet, or seconds, milliseconds, microseconds or nanoseconds since 1970.
fn number(text: &str) -> Option<Instant> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let length = whole.len();
    match (length, fraction.is_empty()) {
        (5, _) => serial(whole, fraction),
        (8, true) => Clock::default().on(compact_date(whole)?),
        (14, true) if compact_date(&whole[..8]).is_some() => compact(whole),
        // A minute of this century could as well be milliseconds of the seventies.
        (12, true) if compact_date(&whole[..8]).is_some() => None,
        (..=10, _) | (_, true) if !text.contains(',') => {
            let at = Instant::since_1970(whole.parse().ok()?)?;
            // Ticks and seconds since other days than the first of 1970 give other centuries or the eighties.
            (2000..2100).contains(&at.year()).then_some(Instant { at, is_day: false, zone_assumed: false })
        }
        _ => None,
    }
}

/// Days since the end of 1899, as spreadsheets count them, from 2000 to 2099.
fn serial(whole: &str, fraction: &str) -> Option<Instant> {
    let days = whole.parse::<i64>().ok().filter(|days| (36_526..73_051).contains(days))?;
    let day = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(TimeDelta::days(days))?;
    if fraction.is_empty() {
        return Clock::default().on(day);
    }
    const DAY: i128 = 1_000_000_000_000;
    let parts: i128 = format!("{fraction:0<12}").get(..12)?.parse().ok()?;
    // Spreadsheets show five decimals of a day, which are a second if rounded to one; fewer are sure only if they are minutes.
    let unit = match fraction.len() {
        ..5 if parts * 1440 % DAY != 0 => return None,
        ..7 => 1_000,
        _ => 1,
    };
    let millis = (parts * (86_400_000 / unit) + DAY / 2) / DAY * unit;
    let midnight = day.and_time(NaiveTime::MIN).and_utc();
    let at = midnight.checked_add_signed(TimeDelta::milliseconds(i64::try_from(millis).ok()?))?;
    Some(Instant { at, is_day: false, zone_assumed: true })
}

fn date(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).filter(|_| (1970..=9999).contains(&year))
}

/// `20260531`, of this century or the last decades of the one before.
fn compact_date(digits: &str) -> Option<NaiveDate> {
    let part = |from: usize, to: usize| number_of(digits.get(from..to)?);
    let day = date(part(0, 4)?, part(4, 6)?, part(6, 8)?)?;
    (digits.len() == 8 && day.year() < 2100).then_some(day)
}

/// `20260531T233000Z`, `20260531 2330`, `20260531233000`.
fn compact(text: &str) -> Option<Instant> {
    let day = compact_date(text.get(..8)?)?;
    let rest = &text[8..];
    let rest = rest.strip_prefix(['T', ' ']).unwrap_or(rest);
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, zone) = rest.split_at(end);
    let part = |from: usize| number_of(digits.get(from..from + 2)?);
    let seconds = if digits.len() == 6 { part(4)? } else { 0 };
    let time = matches!(digits.len(), 4 | 6).then(|| NaiveTime::from_hms_opt(part(0)?, part(2)?, seconds)).flatten()?;
    let offset = if zone.is_empty() { None } else { Some(zone_offset(zone.trim_start())?) };
    Clock { time: Some(time), offset }.on(day)
}

fn number_of(digits: &str) -> Option<u32> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    /// A number with its count of digits.
    Number(u32, usize),
    /// `31st`, which can only be a day.
    Day(u32),
    Month(u32),
}

impl Item {
    fn of(text: &str) -> Option<Self> {
        if let Some(number) = number_of(text) {
            return matches!(text.len(), 1 | 2 | 4).then_some(Self::Number(number, text.len()));
        }
        let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| number_of(text.strip_suffix(end)?));
        if let Some(day) = ordinal {
            return Some(Self::Day(day));
        }
        let text = text.strip_suffix('.').unwrap_or(text);
        let month = MONTHS.iter().position(|name| is_short_for(text, name))?;
        Some(Self::Month(u32::try_from(month).ok()? + 1))
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// What the words of a text have said so far.
#[derive(Default)]
struct Parts {
    items: Vec<Item>,
    /// The character between the numbers of a date that is one word.
    separator: Option<char>,
    clock: Clock,
}

impl Parts {
    /// Takes in a word; `None` if it does not belong to a time.
    fn word(&mut self, word: &str) -> Option<()> {
        if self.clock.time.is_some() {
            if let Some(is_afternoon) = meridiem(word) {
                return self.half_of_day(is_afternoon);
            }
            if let Some(offset) = zone_offset(word) {
                // `+0000 UTC` and `GMT+0200` name a zone once or twice.
                let same = self.clock.offset.is_none_or(|known| known == offset);
                self.clock.offset = Some(offset);
                return same.then_some(());
            }
            let is_abbreviation = (3..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
            if is_abbreviation && self.clock.offset.is_some() {
                return Some(());
            }
        }
        if word.eq_ignore_ascii_case("at") || is_weekday(word) {
            return Some(());
        }
        if let Some((day, time)) = split_at_time(word) {
            self.date(day)?;
            return self.time(time);
        }
        if word.contains(':') { self.time(word) } else { self.date(word) }
    }

    /// `31-May-2026`, `5/31/2026`, or one part of a date in several words.
    fn date(&mut self, word: &str) -> Option<()> {
        let separator = ['-', '/', '.'].into_iter().find(|sign| word.trim_end_matches('.').contains(*sign));
        let Some(separator) = separator else {
            self.items.push(Item::of(word.strip_suffix(',').unwrap_or(word)).or_else(|| day_with_dot(word))?);
            return (self.items.len() <= 3).then_some(());
        };
        for part in word.split(separator) {
            self.items.push(Item::of(part)?);
        }
        self.separator = Some(separator);
        (self.items.len() == 3).then_some(())
    }

    /// `23:30`, `23:30:00.123Z`, `11:30PM`, `23:30:00+02`.
    fn time(&mut self, word: &str) -> Option<()> {
        if self.clock.time.is_some() {
            return None;
        }
        let (hour, rest) = word.split_once(':')?;
        let digits = |text: &str| number_of(text.get(..2)?);
        let (minute, mut rest) = (digits(rest)?, &rest[2..]);
        let (mut second, mut nanos) = (0, 0);
        if let Some(more) = rest.strip_prefix(':') {
            (second, rest) = (digits(more)?, &more[2..]);
            if let Some(fraction) = rest.strip_prefix(['.', ',']) {
                let end = fraction.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(fraction.len());
                nanos = format!("{:0<9}", &fraction[..end]).get(..9).filter(|_| end > 0)?.parse().ok()?;
                rest = &fraction[end..];
            }
        }
        let hour = number_of(hour).filter(|_| hour.len() <= 2)?;
        self.clock.time = Some(NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?);
        if rest.is_empty() {
            return Some(());
        }
        if let Some(is_afternoon) = meridiem(rest) {
            return self.half_of_day(is_afternoon);
        }
        self.clock.offset = Some(zone_offset(rest)?);
        Some(())
    }

    fn half_of_day(&mut self, is_afternoon: bool) -> Option<()> {
        let time = self.clock.time?;
        let hour = Some(time.hour()).filter(|hour| (1..=12).contains(hour))? % 12;
        self.clock.time = time.with_hour(if is_afternoon { hour + 12 } else { hour });
        Some(())
    }

    fn written(&self) -> Option<Written> {
        let [a, b, c] = *self.items.as_slice() else { return None };
        let sure = |year: u32, month: u32, day: u32| Some(Written::Sure(self.clock.on(date(year, month, day)?)?));
        match (a, b, c) {
            (Item::Number(year, 4), Item::Number(month, ..=2), Item::Number(day, ..=2)) if self.separator.is_some() => {
                sure(year, month, day)
            }
            (Item::Number(year, 4), Item::Month(month), Item::Number(day, ..=2) | Item::Day(day))
            | (Item::Number(day, ..=2) | Item::Day(day), Item::Month(month), Item::Number(year, 4))
            | (Item::Month(month), Item::Number(day, ..=2) | Item::Day(day), Item::Number(year, 4)) => {
                sure(year, month, day)
            }
            // `31-May-26` is how spreadsheets write a day.
            (Item::Number(day, ..=2), Item::Month(month), Item::Number(year, 2)) if SHORT_YEARS.contains(&year) => {
                sure(2000 + year, month, day)
            }
            (Item::Number(a, ..=2), Item::Number(b, ..=2), Item::Number(c, digits)) => {
                let separator = self.separator.filter(|_| digits != 1)?;
                let (has_short_year, is_dotted) = (digits == 2, separator == '.');
                Some(Written::Ordered(Ordered { numbers: [a, b, c], has_short_year, is_dotted, clock: self.clock }))
            }
            _ => None,
        }
    }
}

/// `31.` before the name of a month.
fn day_with_dot(word: &str) -> Option<Item> {
    number_of(word.strip_suffix('.')?).map(Item::Day)
}

/// The date and the time of `2026-05-31T23:30` and of `31/May/2026:23:30:00`.
fn split_at_time(word: &str) -> Option<(&str, &str)> {
    let bytes = word.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if let Some(at) = word.find(['T', 't']).filter(|at| *at > 0 && is_digit(at - 1) && is_digit(at + 1)) {
        return Some((&word[..at], &word[at + 1..]));
    }
    let at = word.find(':').filter(|at| word[..*at].contains('/'))?;
    Some((&word[..at], &word[at + 1..]))
}

fn is_weekday(word: &str) -> bool {
    let word = word.strip_suffix('.').unwrap_or(word);
    WEEKDAYS.iter().any(|name| is_short_for(word, name))
}

/// Whether a word is a name or its first letters, at least three.
fn is_short_for(word: &str, name: &str) -> bool {
    word.len() >= 3 && name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Whether it is the half of the day after noon.
fn meridiem(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "am" | "a.m." | "a.m" => Some(false),
        "pm" | "p.m." | "p.m" => Some(true),
        _ => None,
    }
}

/// `Z`, `UTC`, `GMT`, `+02`, `+0200`, `+02:00`, `UTC+2`, `GMT+0200`, in seconds east of UTC.
fn zone_offset(zone: &str) -> Option<i32> {
    let named = ["Etc/UTC", "UTC", "GMT", "Z", "z"].into_iter().find_map(|name| zone.strip_prefix(name));
    let offset = named.unwrap_or(zone);
    if offset.is_empty() {
        return named.map(|_| 0);
    }
    let (sign, digits) = match offset.as_bytes().first()? {
        b'+' => (1, &offset[1..]),
        b'-' => (-1, &offset[1..]),
        _ => return None,
    };
    let (hours, minutes) = match (digits.len(), digits.split_once(':')) {
        (_, Some((hours, minutes))) => (hours, minutes),
        (4, None) => digits.split_at(2),
        (1 | 2, None) => (digits, "00"),
        _ => return None,
    };
    let valid = matches!(hours.len(), 1 | 2) && minutes.len() == 2;
    let (hours, minutes) = (number_of(hours).filter(|_| valid)?, number_of(minutes)?);
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    (hours <= 14 && minutes < 60).then_some(sign * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_dates_are_read_as_those_with_words_around_them() {
        for text in [
            "5/6/2026",
            "31.05.26",
            "1-2-2026",
            "13/13/2026",
            "00/00/00",
            "12/31/2026",
            "5/6/2",
            "5.6/2026",
            "555/1/26",
        ] {
            assert_eq!(read(text), read(&format!("Mon, {text}")), "{text}");
        }
    }

    fn at(text: &str) -> Option<String> {
        match read(text)? {
            Written::Sure(instant) => Some(instant.at.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
            Written::Ordered(date) => date.sure().map(|instant| instant.at.format("%Y-%m-%d %H:%M").to_string()),
        }
    }

    #[test]
    fn an_offset_moves_the_time_and_a_name_beside_it_does_not() {
        for text in ["2026-06-01T01:30:00+0200", "Mon Jun 1 2026 01:30:00 GMT+0200 (Central European Summer Time)"] {
            assert_eq!(at(text).as_deref(), Some("2026-05-31T23:30:00"), "{text}");
        }
        assert_eq!(at("2026-05-31 16:30:00 -0700 PDT").as_deref(), Some("2026-05-31T23:30:00"));
        assert_eq!(at("2026-05-31 16:30:00 PDT"), None);
    }

    #[test]
    fn a_date_of_numbers_is_sure_where_only_one_order_gives_a_day() {
        assert_eq!(at("5/31/2026 11:30 PM").as_deref(), Some("2026-05-31 23:30"));
        assert_eq!(at("31.05.2026").as_deref(), Some("2026-05-31 00:00"));
        assert_eq!(at("5/5/2026").as_deref(), Some("2026-05-05 00:00"));
        for text in ["5/6/2026", "05.06.2026", "26/05/31", "5/6/26", "13/13/2026"] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}

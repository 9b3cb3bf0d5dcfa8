//! Exports of seats → what rarely used subscriptions cost. Sums only: no seat is ever named.
//!
//! - In: CSV with a header: who has the seat, and optionally since when, its monthly price and its last use.
//! - Out: [`SeatSum`] over a window: all seats, idle ones and rarely used ones, with their prices.
//! - A day of use is a day with a record of that person in the logs. Logs without names leave the export's last day of use.
//! - A seat younger than [`GRACE_DAYS`] at the end of the window is in no share. A day costs its part of its
//!   own month.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Weekday};

use crate::ledger::{Rules, Spent};
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::period::{Period, day_of};
use crate::model::sanitise::described;

/// A new seat need not be used for this many days.
pub const GRACE_DAYS: i64 = 14;
/// A seat with fewer active days in 30 is rarely used.
pub const FEW_DAYS: i64 = 3;
/// Sums over fewer seats could be traced to people.
const MIN_SEATS: u64 = 5;

/// Columns by meaning, compared in lower case with underscores for spaces and dashes.
const USER: &[&str] = &["user", "email", "login", "username", "assignee", "member", "user_email"];
const SINCE: &[&str] = &["assigned_at", "assigned", "created_at", "created", "since", "start", "joined"];
const PRICE: &[&str] = &["monthly_usd", "price_usd", "monthly_price", "price", "cost_usd"];
const USED: &[&str] = &["last_activity_at", "last_active_at", "last_active", "last_used", "last_activity"];

/// One seat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    user: String,
    since: Option<NaiveDate>,
    monthly: Option<Money>,
    used: Option<NaiveDate>,
}

/// The seats of a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seats {
    rows: Vec<Seat>,
}

/// Seats over a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeatSum {
    /// All of them.
    pub seats: u64,
    /// Too new to be judged.
    pub in_grace: u64,
    /// Without information on their use.
    pub unknown: u64,
    /// Without a price.
    pub unpriced: u64,
    /// Without any use.
    pub idle: u64,
    /// Rarely used: fewer than three active days in 30, idle ones included.
    pub hardly_used: u64,
    /// Price of the judged seats over the window.
    pub cost: Money,
    /// Price of the idle ones.
    pub idle_cost: Money,
    /// Price of the working days on which rarely used seats were not used.
    pub unused_cost: Money,
    /// Days of the window.
    pub days: u64,
}

/// Reads an export.
///
/// # Errors
/// The reason with its line, when a column is missing or a cell cannot be read.
pub fn parse(bytes: &[u8]) -> Result<Vec<Seat>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let plain = |text: &str| text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let names: Vec<String> = reader.headers().map_err(|err| err.to_string())?.iter().map(plain).collect();
    let column = |known: &[&str]| known.iter().find_map(|known| names.iter().position(|name| name == known));
    let user = column(USER).ok_or("it has no column `user` (or email, login)")?;
    let (since, price, used) = (column(SINCE), column(PRICE), column(USED));
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|err| err.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).map(str::trim).filter(|text| !text.is_empty());
        let day = |at: Option<usize>| match cell(at) {
            None => Ok(None),
            // GitHub writes None for somebody who never used the seat.
            Some(text) if text.eq_ignore_ascii_case("none") => Ok(None),
            Some(text) => {
                let known = DateTime::parse_from_rfc3339(text).map(|at| at.date_naive()).ok();
                let known = known.or_else(|| text.get(..10).unwrap_or(text).parse().ok());
                known.map(Some).ok_or_else(|| {
                    format!("line {line}: {} is not a date. Use YYYY-MM-DD, for example 2026-05-31", described(text))
                })
            }
        };
        let monthly = match cell(price).map(|text| text.trim_start_matches('$')) {
            None => None,
            Some(text) => Some(
                Money::parse_usd(text)
                    .map_err(|_| format!("line {line}: {} is not a number of dollars", described(text)))?,
            ),
        };
        let Some(user) = cell(Some(user)) else { continue };
        found.push(Seat { user: user.to_owned(), since: day(since)?, monthly, used: day(used)? });
    }
    if found.is_empty() { Err("it has no seat".to_owned()) } else { Ok(found) }
}

fn is_working(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The price of the days from one to another, both included: a whole month costs a month's price, however many days it has.
fn price_of_days(monthly: Money, first: NaiveDate, last: NaiveDate) -> Money {
    let mut sum = Money::ZERO;
    let mut begin = first;
    while begin <= last {
        let next = begin.with_day(1).and_then(|day| day.checked_add_months(Months::new(1))).unwrap_or(NaiveDate::MAX);
        let end = next.min(last + TimeDelta::days(1));
        let days = i64::from(begin.num_days_in_month());
        sum += part(monthly, (end - begin).num_days(), days);
        begin = end;
    }
    sum
}

/// A part of a sum, rounded down to the nano-dollar.
fn part(whole: Money, of: i64, all: i64) -> Money {
    Money::from_nanos(whole.nanos() * i128::from(of) / i128::from(all.max(1)))
}

impl Seats {
    /// Joins exports; `monthly` is the price of seats without one.
    #[must_use]
    pub fn new(mut rows: Vec<Seat>, monthly: Option<Money>) -> Self {
        for row in &mut rows {
            row.monthly = row.monthly.or(monthly);
        }
        rows.sort();
        Self { rows }
    }

    /// The sums over a window; `None` when it has an open end, or when there are fewer than five seats.
    #[must_use]
    pub fn within(&self, window: &Period, records: &[Spent], names: &Names, rules: &Rules) -> Option<SeatSum> {
        let first = day_of(window.from?, window.tz);
        let last = day_of(window.to? - TimeDelta::nanoseconds(1), window.tz);
        let mut active: BTreeMap<String, BTreeSet<NaiveDate>> = BTreeMap::new();
        let mut known: BTreeMap<u32, String> = BTreeMap::new();
        // Names of home folders need not be those of seats: only names in the records say who is missing among them.
        let mut names_people = false;
        for record in records.iter().filter(|record| window.contains(record.at)) {
            let Some(user) = record.user else { continue };
            let person = known.entry(user.code()).or_insert_with(|| rules.person(names.text(user)));
            names_people |= record.names_user;
            active.entry(person.clone()).or_default().insert(day_of(record.at, window.tz));
        }
        let mut sum = SeatSum { seats: self.rows.len() as u64, ..SeatSum::default() };
        sum.days = u64::try_from((last - first).num_days() + 1).unwrap_or(0);
        for seat in &self.rows {
            let begin = seat.since.map_or(first, |since| since.max(first));
            if (last - seat.since.unwrap_or(first)).num_days() < GRACE_DAYS {
                sum.in_grace += 1;
                continue;
            }
            let days = (last - begin).num_days() + 1;
            let own = active.get(&rules.person(&seat.user));
            let used: BTreeSet<NaiveDate> = match (own, !names_people, seat.used) {
                (Some(own), ..) => own.iter().copied().filter(|day| *day >= begin).collect(),
                // The logs name people, but not this one.
                (None, false, None) => BTreeSet::new(),
                // A last day of use says nothing about the days before it.
                (None, _, Some(day)) if day >= begin && day <= last => {
                    sum.unknown += 1;
                    continue;
                }
                (None, _, Some(_)) => BTreeSet::new(),
                (None, true, None) => {
                    sum.unknown += 1;
                    continue;
                }
            };
            let cost = seat.monthly.map(|monthly| price_of_days(monthly, begin, last));
            sum.unpriced += u64::from(cost.is_none());
            let cost = cost.unwrap_or_default();
            sum.cost += cost;
            if used.is_empty() {
                sum.idle += 1;
                sum.idle_cost += cost;
            }
            let active_days = i64::try_from(used.len()).unwrap_or(i64::MAX);
            if active_days * 30 < FEW_DAYS * days {
                sum.hardly_used += 1;
                let working = begin.iter_days().take_while(|day| *day <= last).filter(|day| is_working(*day)).count();
                let worked = used.iter().filter(|day| is_working(**day)).count();
                let count = |of: usize| i64::try_from(of).unwrap_or(i64::MAX);
                sum.unused_cost += part(cost, count(working - worked), count(working));
            }
        }
        (sum.seats >= MIN_SEATS).then_some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(names: &mut Names, user: &str, day: &str) -> Spent {
        let at = format!("{day}T12:00:00Z").parse().expect("an instant");
        Spent { user: Some(names.intern(user)), names_user: true, tokens: 1, ..Spent::blank(0, at) }
    }

    #[test]
    fn seats_are_counted_by_their_use() {
        let text = "Email,Assigned At,Monthly USD\n\
                    a@x.org,2026-01-01,30\nb@x.org,2026-01-01,30\nc@x.org,2026-01-01,\nd@x.org,2026-06-20,30\n\
                    e@x.org,2026-01-01,30\n";
        let seats = Seats::new(parse(text.as_bytes()).expect("seats"), Money::parse_usd("60").ok());
        let mut names = Names::default();
        // Four days of use, one day, none (c and, under another name, e: two days), and a new seat.
        let mut records: Vec<Spent> = ["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04"]
            .map(|day| record(&mut names, "A@x.org", day))
            .into();
        records.push(record(&mut names, "b@x.org", "2026-06-01"));
        records.push(record(&mut names, "eve", "2026-06-06"));
        records.push(record(&mut names, "eve", "2026-06-08"));
        let rules = Rules { identity: vec![("e@x.org".to_owned(), vec!["eve".to_owned()])], ..Rules::default() };
        let june = Period::days("2026-06-01".parse().ok(), "2026-06-30".parse().ok(), chrono_tz::UTC);
        let sum = seats.within(&june, &records, &names, &rules).expect("a sum");
        assert_eq!((sum.seats, sum.in_grace, sum.idle, sum.hardly_used, sum.unknown), (5, 1, 1, 3, 0));
        let usd = |text: &str| Money::parse_usd(text).expect("dollars");
        assert_eq!((sum.cost, sum.idle_cost), (usd("150"), usd("60")));
        // June 2026 has 22 working days: 21 of $30, all of $60, and 21 of $30, for the sixth was a Saturday.
        assert_eq!(sum.unused_cost, usd("28.636363636") + usd("60") + usd("28.636363636"));
    }

    #[test]
    fn a_month_costs_its_price_however_many_days_it_has() {
        let usd = |text: &str| Money::parse_usd(text).expect("dollars");
        let price = |first: &str, last: &str| {
            price_of_days(usd("100"), first.parse().expect("a day"), last.parse().expect("a day"))
        };
        assert_eq!(price("2026-10-01", "2026-10-31"), usd("100"));
        assert_eq!(price("2026-02-01", "2026-03-31"), usd("200"));
        assert_eq!(price("2026-06-16", "2026-07-31"), usd("150"));
    }

    #[test]
    fn logs_without_people_leave_use_to_the_export() {
        let text = "login,last_activity_at\na,2026-06-10T00:00:00Z\nb,2026-04-01\nc,None\nd,2026-05-31\ne,2026-05-01\n";
        let seats = Seats::new(parse(text.as_bytes()).expect("seats"), None);
        let june = Period::days("2026-06-01".parse().ok(), "2026-06-30".parse().ok(), chrono_tz::UTC);
        let sum = seats.within(&june, &[], &Names::default(), &Rules::default()).expect("a sum");
        assert_eq!((sum.idle, sum.unknown, sum.unpriced), (3, 2, 3));
        assert!(
            parse(b"login,last_used\na,soon\n")
                .is_err_and(|reason| reason.starts_with("line 2: a text of 4 characters is not a date"))
        );
        assert!(parse(b"size\n1\n").is_err());
    }
}

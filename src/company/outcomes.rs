//! Exports of trackers → outcomes: closed issues, and counts of anything else that a company buys tokens for.
//!
//! - In: CSV with a header from Jira, Linear, GitHub or any tool; the commits that name issues.
//! - Out: [`Outcomes`]: issues by key with the day they were closed, and counts by type; which landing names which issue.
//! - A row with a key is an issue, a row without one is a count of outcomes.
//! - Rows without a closing day are still open and not counted as outcomes; a day that cannot be read is an error with its line.
//! - What a row says of its importance is read by `importance.rs`, of open issues too.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::importance::{self, Importance, plain};
use super::mentions::Mentions;
use crate::history::History;
use crate::link::Attribution;
use crate::model::money::Money;
use crate::model::period::Period;
use crate::model::sanitise::described;
use crate::model::work::Work;

/// An issue that is reopened within these days does not count as closed.
const REOPENED_DAYS: i64 = 14;

/// Columns by meaning, compared in lower case with underscores for spaces and dashes.
const COLUMNS: [(Column, &[&str]); 6] = [
    (Column::Key, &["issue_key", "key", "identifier", "id", "issue", "number", "ticket"]),
    (Column::Type, &["issue_type", "type", "outcome", "kind", "work_item_type"]),
    (
        Column::Closed,
        &["resolved", "closed_at", "closed", "closedat", "completed", "completed_at", "done", "date", "day"],
    ),
    (Column::Count, &["count", "quantity", "outcomes"]),
    (Column::Reversed, &["reversed", "refunded", "lost"]),
    (Column::Reopened, &["reopened_at", "reopened"]),
];

/// How trackers write an instant. A day alone means its start; without a time zone it is UTC.
const INSTANTS: [&str; 6] = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%d/%b/%y %I:%M %p",
    "%d/%b/%Y %I:%M %p",
    "%d/%b/%y %H:%M",
];
const DAYS: [&str; 5] = ["%Y-%m-%d", "%Y/%m/%d", "%d/%b/%y", "%d/%b/%Y", "%b %d, %Y"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Key,
    Type,
    Closed,
    Count,
    Reversed,
    Reopened,
}

/// One issue, or one count of outcomes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// Key of the issue, in capitals; `None` for a count.
    pub key: Option<String>,
    /// Its type; empty when the export has none.
    pub kind: String,
    /// When it was closed or happened; `None` for an issue that is open, or was soon opened again.
    pub closed: Option<DateTime<Utc>>,
    /// How many.
    pub count: u64,
    /// How many of them were reversed.
    pub reversed: u64,
    /// What the company calls important about it.
    pub importance: Importance,
}

/// Outcomes with the landings that name them.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    /// Issues once each, then counts.
    rows: Vec<Outcome>,
    /// The company's definition of what counts.
    pub definition: Option<String>,
    /// The issues that code names, closed or open.
    pub mentions: Mentions,
    /// The initiative of each issue that has one, by key.
    pub initiatives: BTreeMap<String, String>,
}

/// Outcomes of one type in a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutcomeSum {
    /// Issues closed.
    pub issues: u64,
    /// Issues with linked spend.
    pub linked: u64,
    /// Spend linked to them; a landing's is split equally over the issues that it names.
    pub cost: Money,
    /// Landings that name them; one that names several issues counts for each.
    pub landings: u64,
    /// Outcomes that are not issues.
    pub counted: u64,
    /// How many of all were reversed.
    pub reversed: u64,
}

impl OutcomeSum {
    /// All of them together.
    #[must_use]
    pub fn total<'a>(outcomes: impl Iterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        outcomes.for_each(|one| sum += one);
        sum
    }
}

impl std::ops::AddAssign<&Self> for OutcomeSum {
    fn add_assign(&mut self, other: &Self) {
        self.issues += other.issues;
        self.linked += other.linked;
        self.cost += other.cost;
        self.landings += other.landings;
        self.counted += other.counted;
        self.reversed += other.reversed;
    }
}

/// Reads an export.
///
/// # Errors
/// The reason with its line, when a column is missing or a cell cannot be read.
pub fn parse(bytes: &[u8]) -> Result<Vec<Outcome>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let occurrences = |byte: &u8| header.iter().filter(|other| *other == byte).count();
    let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(occurrences).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
    let names: Vec<String> = reader.headers().map_err(|err| err.to_string())?.iter().map(plain).collect();
    let column = |wanted: Column| {
        let (_, known) = COLUMNS.iter().find(|(column, _)| *column == wanted)?;
        known.iter().find_map(|known| names.iter().position(|name| name == known))
    };
    let closed = column(Column::Closed);
    let business = importance::Columns::find(&names);
    if closed.is_none() && (business.is_empty() || column(Column::Key).is_none()) {
        return Err("it has no column `closed_at` (or resolved, completed, date)".to_owned());
    }
    if column(Column::Key).or(column(Column::Count)).or(column(Column::Type)).is_none() {
        return Err("it has none of the columns `key`, `type` and `count`".to_owned());
    }
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|err| err.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).map(str::trim).filter(|text| !text.is_empty());
        let key = cell(column(Column::Key)).map(|key| key.trim_start_matches('#').to_ascii_uppercase());
        let read_instant = |when: &str| {
            instant(when).ok_or_else(|| {
                format!("line {line}: {} is not a date. Use YYYY-MM-DD, for example 2026-05-31", described(when))
            })
        };
        let mut closed = cell(closed).map(read_instant).transpose()?;
        if closed.is_none() && key.is_none() {
            continue;
        }
        let number = |wanted: Column| match cell(column(wanted)) {
            None => Ok(None),
            Some(text) => text
                .parse::<u64>()
                .map(Some)
                .map_err(|_| format!("line {line}: {} is not a whole number", described(text))),
        };
        let flagged = cell(column(Column::Reversed)).filter(|text| ["true", "yes"].contains(&plain(text).as_str()));
        let (count, reversed) = (
            number(Column::Count)?.unwrap_or(1),
            match flagged {
                Some(_) => 1,
                None => match cell(column(Column::Reversed)) {
                    Some(text) if ["false", "no"].contains(&plain(text).as_str()) => 0,
                    _ => number(Column::Reversed)?.unwrap_or(0),
                },
            },
        );
        let opened_again = cell(column(Column::Reopened)).and_then(instant);
        let is_soon = |closed: &DateTime<Utc>| {
            opened_again.is_some_and(|at| at >= *closed && (at - *closed).num_days() < REOPENED_DAYS)
        };
        closed = closed.filter(|closed| !is_soon(closed));
        found.push(Outcome {
            key,
            kind: cell(column(Column::Type)).unwrap_or_default().to_owned(),
            closed,
            count,
            reversed,
            importance: business.read(&record).map_err(|why| format!("line {line}: {why}"))?,
        });
    }
    Ok(found)
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let at = INSTANTS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || DAYS.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
    at.or_else(|| day()?.and_hms_opt(0, 0, 0)).map(|at| at.and_utc())
}

impl Outcomes {
    /// Joins the rows of exports with the commits that name issues.
    ///
    /// An issue in several rows counts once, with its last closing day.
    #[must_use]
    pub fn new(rows: Vec<Outcome>, definition: Option<String>, works: &[Work], histories: &[History]) -> Self {
        let (issues, counts): (Vec<Outcome>, Vec<Outcome>) = rows.into_iter().partition(|row| row.key.is_some());
        let mut by_key: BTreeMap<String, Outcome> = BTreeMap::new();
        for row in issues {
            let known = by_key.entry(row.key.clone().unwrap_or_default()).or_insert_with(|| row.clone());
            let later = row > *known && row.closed >= known.closed || known.closed.is_none() && row.closed.is_some();
            let other = if later { std::mem::replace(known, row) } else { row };
            known.importance.complete(other.importance);
        }
        let issues: BTreeMap<&str, &Importance> =
            by_key.iter().map(|(key, row)| (key.as_str(), &row.importance)).collect();
        let mentions = Mentions::find(works, histories, &issues);
        let initiatives = importance::initiatives(issues.iter().map(|(key, one)| (*key, *one)));
        let mut rows: Vec<Outcome> = by_key.into_values().chain(counts).collect();
        rows.sort();
        Self { rows, definition, mentions, initiatives }
    }

    /// The issues by key, open ones included.
    pub fn issues(&self) -> impl Iterator<Item = (&str, &Outcome)> {
        self.rows.iter().filter_map(|row| Some((row.key.as_deref()?, row)))
    }

    /// The sums of a window by type.
    #[must_use]
    pub fn within(&self, window: &Period, attribution: Option<&Attribution>) -> BTreeMap<String, OutcomeSum> {
        let mut spent: BTreeMap<&str, (Money, u64)> = BTreeMap::new();
        let closed: BTreeSet<&str> =
            self.issues().filter(|(_, row)| row.closed.is_some()).map(|(key, _)| key).collect();
        for unit in attribution.iter().flat_map(|all| &all.units) {
            let named = unit.landing.and_then(|landing| self.mentions.of_landing(unit.repository, landing));
            let keys: Vec<&String> = named.into_iter().flatten().filter(|key| closed.contains(key.as_str())).collect();
            if keys.is_empty() {
                continue;
            }
            let cost = attribution.map_or(Money::ZERO, |all| unit.sum(all.least).cost);
            let shares = crate::link::split(cost.nanos(), &vec![1; keys.len()]);
            for (key, share) in keys.into_iter().zip(shares) {
                let sum = spent.entry(key).or_default();
                sum.0 += Money::from_nanos(share);
                sum.1 += 1;
            }
        }
        let mut sums: BTreeMap<String, OutcomeSum> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.closed.is_some_and(|closed| window.contains(closed))) {
            let sum = sums.entry(row.kind.clone()).or_default();
            sum.reversed += row.reversed;
            let Some(key) = &row.key else {
                sum.counted += row.count;
                continue;
            };
            sum.issues += 1;
            if let Some((cost, landings)) = spent.get(key.as_str()).filter(|(cost, _)| *cost > Money::ZERO) {
                sum.linked += 1;
                sum.cost += *cost;
                sum.landings += landings;
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Outcome {
        parse(text.as_bytes()).expect("an export").remove(0)
    }

    #[test]
    fn trackers_are_read_by_their_own_columns() {
        let jira = only("Issue key,Issue id,Issue Type,Status,Resolved\nSHOP-3,10003,Bug,Done,12/May/26 3:45 PM\n");
        assert_eq!((jira.key.as_deref(), jira.kind.as_str()), (Some("SHOP-3"), "Bug"));
        assert_eq!(jira.closed.map(|at| at.to_rfc3339()).as_deref(), Some("2026-05-12T15:45:00+00:00"));
        let linear = only("ID,Title,Completed\nshop-4,Checkout,2026-05-12T15:45:00.000Z\nSHOP-5,Open,\n");
        assert_eq!(linear.key.as_deref(), Some("SHOP-4"));
        let plain = only("date;outcome;count;reversed\n2026-05-31;lead;12;2\n");
        assert_eq!((plain.key, plain.count, plain.reversed), (None, 12, 2));
        assert!(
            parse(b"id,closed_at\n1,soon\n")
                .is_err_and(|reason| reason.starts_with("line 2: a text of 4 characters is not a date"))
        );
        assert!(parse(b"name,size\n1,2\n").is_err());
    }

    #[test]
    fn an_issue_that_is_soon_reopened_does_not_count_as_closed() {
        let rows = parse(b"key,closed_at,reopened_at\nA-1,2026-05-01,2026-05-03\nA-2,2026-05-01,2026-06-03\n");
        let closed = |rows: Vec<Outcome>| rows.iter().filter(|row| row.closed.is_some()).count();
        assert_eq!(rows.map(closed), Ok(1));
    }
}

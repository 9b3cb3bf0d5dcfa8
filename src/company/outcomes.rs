//! Exports of trackers → outcomes: closed issues, and counts of anything else that a company buys tokens for.
//!
//! - In: CSV with a header from Jira, Linear, GitHub or any tool; the commits that name issues.
//! - Out: [`Outcomes`]: issues by key with the day they were closed, and counts by type; which landing names which issue.
//! - A row with a key is an issue, a row without one is a count of outcomes.
//! - Rows without a closing day are still open and not counted; a day that cannot be read is an error with its line.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

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
    /// When it was closed or happened.
    pub closed: DateTime<Utc>,
    /// How many.
    pub count: u64,
    /// How many of them were reversed.
    pub reversed: u64,
}

/// Outcomes with the landings that name them.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    /// Issues once each, then counts.
    rows: Vec<Outcome>,
    /// The company's definition of what counts.
    pub definition: Option<String>,
    /// Keys of issues by repository and landing.
    named: BTreeMap<(usize, usize), BTreeSet<String>>,
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
    let closed = column(Column::Closed).ok_or("it has no column `closed_at` (or resolved, completed, date)")?;
    if column(Column::Key).or(column(Column::Count)).or(column(Column::Type)).is_none() {
        return Err("it has none of the columns `key`, `type` and `count`".to_owned());
    }
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|err| err.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).map(str::trim).filter(|text| !text.is_empty());
        let Some(when) = cell(Some(closed)) else { continue };
        let closed = instant(when).ok_or_else(|| {
            format!("line {line}: {} is not a date. Use YYYY-MM-DD, for example 2026-05-31", described(when))
        })?;
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
        if opened_again.is_some_and(|at| at >= closed && (at - closed).num_days() < REOPENED_DAYS) {
            continue;
        }
        found.push(Outcome {
            key: cell(column(Column::Key)).map(|key| key.trim_start_matches('#').to_ascii_uppercase()),
            kind: cell(column(Column::Type)).unwrap_or_default().to_owned(),
            closed,
            count,
            reversed,
        });
    }
    Ok(found)
}

fn plain(text: &str) -> String {
    text.trim().to_ascii_lowercase().replace([' ', '-'], "_")
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
    pub fn new(rows: Vec<Outcome>, definition: Option<String>, works: &[Work]) -> Self {
        let (issues, counts): (Vec<Outcome>, Vec<Outcome>) = rows.into_iter().partition(|row| row.key.is_some());
        let mut by_key: BTreeMap<String, Outcome> = BTreeMap::new();
        for row in issues {
            let known = by_key.entry(row.key.clone().unwrap_or_default()).or_insert_with(|| row.clone());
            if row > *known && row.closed >= known.closed {
                *known = row;
            }
        }
        let mut named: BTreeMap<(usize, usize), BTreeSet<String>> = BTreeMap::new();
        for (repository, work) in works.iter().enumerate() {
            for one in &work.commits {
                let Some(landing) = one.landing else { continue };
                let trailers = one.commit.trailers.iter().map(|trailer| format!("{} {}", trailer.key, trailer.value));
                let texts = std::iter::once(one.commit.subject.clone());
                let texts = texts.chain(one.commit.title.clone()).chain(one.branches.clone()).chain(trailers);
                for key in texts.flat_map(|text| keys(&text)).filter(|key| by_key.contains_key(key)) {
                    named.entry((repository, landing as usize)).or_default().insert(key);
                }
            }
        }
        let mut rows: Vec<Outcome> = by_key.into_values().chain(counts).collect();
        rows.sort();
        Self { rows, definition, named }
    }

    /// The sums of a window by type.
    #[must_use]
    pub fn within(&self, window: &Period, attribution: Option<&Attribution>) -> BTreeMap<String, OutcomeSum> {
        let mut spent: BTreeMap<&str, (Money, u64)> = BTreeMap::new();
        for unit in attribution.iter().flat_map(|all| &all.units) {
            let Some(keys) = unit.landing.and_then(|landing| self.named.get(&(unit.repository, landing))) else {
                continue;
            };
            let cost = attribution.map_or(Money::ZERO, |all| unit.sum(all.least).cost);
            let shares = crate::link::split(cost.nanos(), &vec![1; keys.len()]);
            for (key, share) in keys.iter().zip(shares) {
                let sum = spent.entry(key).or_default();
                sum.0 += Money::from_nanos(share);
                sum.1 += 1;
            }
        }
        let mut sums: BTreeMap<String, OutcomeSum> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| window.contains(row.closed)) {
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

/// The keys of issues that a text may name, in capitals: `SHOP-12`, and numbers after a closing word (`fixes #12`).
fn keys(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut closes = false;
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '#')) {
        let lower = word.to_ascii_lowercase();
        if let Some(number) = word.strip_prefix('#').filter(|_| closes) {
            found.push(number.to_owned());
        }
        let parts: Vec<&str> = word.split('-').collect();
        for pair in parts.windows(2) {
            let is_project = pair[0].len() >= 2
                && pair[0].bytes().all(|byte| byte.is_ascii_alphanumeric())
                && pair[0].as_bytes()[0].is_ascii_alphabetic();
            if is_project && !pair[1].is_empty() && pair[1].bytes().all(|byte| byte.is_ascii_digit()) {
                found.push(format!("{}-{}", pair[0], pair[1]).to_ascii_uppercase());
            }
        }
        if !word.is_empty() {
            closes = matches!(
                lower.as_str(),
                "close" | "closes" | "closed" | "fix" | "fixes" | "fixed" | "resolve" | "resolves" | "resolved"
            );
        }
    }
    found
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
        assert_eq!(jira.closed.to_rfc3339(), "2026-05-12T15:45:00+00:00");
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
        assert_eq!(rows.map(|rows| rows.len()), Ok(1));
    }

    #[test]
    fn keys_are_found_in_messages_and_branches() {
        assert_eq!(keys("SHOP-3: mend checkout (#7)"), ["SHOP-3"]);
        assert_eq!(keys("dana/shop-3-checkout"), ["SHOP-3"]);
        assert_eq!(keys("Mend checkout, fixes #12"), ["12"]);
        assert_eq!(keys("Closes: #12"), ["12"]);
        assert_eq!(keys("Add checkout (#12)"), Vec::<String>::new());
    }
}

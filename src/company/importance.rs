//! What a row of an export of issues says of its importance: priority, initiative, and value in a currency.
//!
//! - An initiative is what the export calls an initiative, an epic or a project; else the parent of the issue, followed upwards
//!   as far as the export goes.
//! - Values are numbers as people write them; amounts of different currencies are never added.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use crate::model::money::{Money, parse_decimal};
use crate::model::sanitise::described;

/// Columns as exports call them, in lower case with underscores for spaces and dashes; the first that holds something counts.
const PRIORITY: &[&str] = &["priority", "issue_priority"];
const INITIATIVE: &[&str] = &[
    "initiative",
    "initiatives",
    "epic_name",
    "custom_field_(epic_name)",
    "epic",
    "epic_link",
    "custom_field_(epic_link)",
    "project",
    "parent_key",
    "parent_issue",
    "parent",
];
const VALUE: &[&str] = &["value", "business_value", "custom_field_(business_value)"];
const CURRENCY: &[&str] = &["currency", "value_currency"];
const PULL_REQUESTS: &[&str] = &["pull_request", "pull_requests", "linked_pull_requests", "prs"];
/// The number by which Jira's `Parent` names an issue.
const ID: &[&str] = &["issue_id"];
/// What trackers write where nobody set a priority.
const NO_PRIORITY: [&str; 4] = ["no_priority", "none", "not_set", "0"];
/// Marks before or behind a value, and their currencies.
const MARKS: [(&str, &str); 4] = [("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "JPY")];

/// The columns of an export that say what is important.
#[derive(Debug)]
pub(super) struct Columns {
    priority: Vec<usize>,
    initiative: Vec<usize>,
    value: Vec<usize>,
    currency: Vec<usize>,
    id: Vec<usize>,
    pulls: Vec<usize>,
}

/// What a row says of its importance.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Importance {
    /// Its priority.
    pub priority: Option<String>,
    /// The initiative, or the key or number of the issue above it.
    above: Option<String>,
    /// What it is worth, with the currency where the export has one.
    pub value: Option<(Option<String>, Money)>,
    /// The tracker's own number of the issue.
    id: Option<String>,
    /// The pull requests that solve it: number, and repository where the export has it.
    pub(super) pulls: Vec<(Option<String>, u64)>,
}

impl Columns {
    /// Finds them in a header of plain names.
    pub(super) fn find(names: &[String]) -> Self {
        let all = |known: &[&str]| {
            let places = known.iter().flat_map(|one| (0..names.len()).filter(move |&at| names[at] == *one));
            places.collect()
        };
        let (priority, initiative) = (all(PRIORITY), all(INITIATIVE));
        Self {
            priority,
            initiative,
            value: all(VALUE),
            currency: all(CURRENCY),
            id: all(ID),
            pulls: all(PULL_REQUESTS),
        }
    }

    /// Whether the export says nothing of this kind.
    pub(super) fn is_empty(&self) -> bool {
        self.priority.is_empty() && self.initiative.is_empty() && self.value.is_empty()
    }

    /// Reads a row.
    ///
    /// # Errors
    /// When a value is not a number.
    pub(super) fn read(&self, record: &StringRecord) -> Result<Importance, String> {
        let cell = |columns: &[usize]| {
            let texts = columns.iter().filter_map(|&at| record.get(at)).map(str::trim);
            texts.into_iter().find(|text| !text.is_empty()).map(str::to_owned)
        };
        let value = cell(&self.value).map(|text| amount(&text)).transpose()?;
        let currency = cell(&self.currency).map(|code| code.to_ascii_uppercase());
        Ok(Importance {
            priority: cell(&self.priority).filter(|text| !NO_PRIORITY.contains(&plain(text).as_str())),
            above: cell(&self.initiative),
            value: value.map(|(mark, amount)| (currency.or(mark), amount)),
            id: cell(&self.id),
            pulls: cell(&self.pulls).map(|text| pull_requests(&text)).unwrap_or_default(),
        })
    }
}

impl Importance {
    /// Takes from another row of the same issue what this one does not say.
    pub(super) fn complete(&mut self, other: Self) {
        self.priority = self.priority.take().or(other.priority);
        self.above = self.above.take().or(other.above);
        self.value = self.value.take().or(other.value);
        self.id = self.id.take().or(other.id);
        self.pulls.extend(other.pulls);
    }
}

/// The initiative of each issue that has one.
pub(super) fn initiatives<'a>(
    issues: impl Iterator<Item = (&'a str, &'a Importance)> + Clone,
) -> BTreeMap<String, String> {
    let known: BTreeMap<&str, &Importance> = issues.clone().collect();
    let by_id: BTreeMap<&str, &str> = issues.clone().filter_map(|(key, one)| Some((one.id.as_deref()?, key))).collect();
    let issue_of = |text: &str| {
        let key = text.trim_start_matches('#').to_ascii_uppercase();
        known.get_key_value(key.as_str()).map(|(key, _)| *key).or_else(|| by_id.get(text).copied())
    };
    let parents: BTreeSet<&str> = issues
        .clone()
        .filter_map(|(key, one)| issue_of(one.above.as_deref()?).filter(|parent| *parent != key))
        .collect();
    let mut found = BTreeMap::new();
    for (key, _) in issues {
        let (mut at, mut seen) = (key, BTreeSet::from([key]));
        // Upwards until a name, an issue that the export does not have, or one that has nothing above it.
        let top = loop {
            match known[at].above.as_deref() {
                None => break parents.contains(at).then(|| at.to_owned()),
                Some(above) => match issue_of(above) {
                    None => break Some(above.to_owned()),
                    Some(parent) if seen.insert(parent) => at = parent,
                    Some(_) => break Some(at.to_owned()),
                },
            }
        };
        found.extend(top.map(|top| (key.to_owned(), top)));
    }
    found
}

/// The pull requests that a cell names: addresses, `owner/name#16`, `#16` or `16`.
fn pull_requests(text: &str) -> Vec<(Option<String>, u64)> {
    let one = |word: &str| {
        for mark in ["/-/merge_requests/", "/pull/", "#", "!"] {
            if let Some((repository, number)) = word.split_once(mark) {
                let number = number.split(['/', '?', '#']).next()?.parse().ok()?;
                return Some((Some(repository.to_owned()).filter(|text| !text.is_empty()), number));
            }
        }
        Some((None, word.parse().ok()?))
    };
    text.split([' ', ',', ';', '\n', '\r']).filter_map(one).collect()
}

/// A value as people write it, with the currency of its mark: `1,200.50`, `$12000`, `5000 EUR`.
fn amount(text: &str) -> Result<(Option<String>, Money), String> {
    let bad = || format!("{} is not a number", described(text));
    let mut rest = text.trim();
    let mut currency = None;
    for (mark, code) in MARKS {
        if let Some(bare) = rest.strip_prefix(mark).or_else(|| rest.strip_suffix(mark)) {
            (rest, currency) = (bare.trim(), Some(code.to_owned()));
        }
    }
    let is_code = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let ends = [rest.split_once(' '), rest.rsplit_once(' ').map(|(bare, code)| (code, bare))];
    if let Some((code, bare)) = ends.into_iter().flatten().find(|(code, _)| is_code(code)) {
        (rest, currency) = (bare.trim(), Some(code.to_ascii_uppercase()));
    }
    let is_grouped = |text: &str| {
        let mut parts = text.split('.').next().unwrap_or_default().split(',');
        let is_first = parts.next().is_some_and(|first| (1..=3).contains(&first.trim_start_matches('-').len()));
        is_first && parts.all(|part| part.len() == 3) && text.rfind(',') < text.find('.').or(Some(text.len()))
    };
    let bare = match rest.contains(',') {
        true if is_grouped(rest) => rest.replace(',', ""),
        true => return Err(bad()),
        false => rest.to_owned(),
    };
    let nanos = parse_decimal(&bare, 9).map_err(|_| bad())?;
    Ok((currency, Money::from_nanos(nanos)))
}

/// A name in lower case with underscores for spaces and dashes.
pub(super) fn plain(text: &str) -> String {
    text.trim().to_ascii_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &[&str], row: &[&str]) -> Result<Importance, String> {
        let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
        Columns::find(&names).read(&StringRecord::from(row.to_vec()))
    }

    #[test]
    fn trackers_name_priority_and_initiative_in_their_own_columns() {
        let jira =
            read(&["Priority", "Custom field (Epic Link)", "Parent"], &["High", "SHOP-100", "10100"]).expect("a row");
        assert_eq!((jira.priority.as_deref(), jira.above.as_deref()), (Some("High"), Some("SHOP-100")));
        let linear = read(&["Priority", "Project", "Parent issue"], &["No priority", "", "SHO-1"]).expect("a row");
        assert_eq!((linear.priority, linear.above.as_deref()), (None, Some("SHO-1")));
    }

    #[test]
    fn values_are_read_with_their_marks_and_never_guessed() {
        let value = |text: &str| read(&["value"], &[text]).map(|one| one.value);
        let usd = |dollars: i128| Money::from_nanos(dollars * 1_000_000_000);
        assert_eq!(value("12000"), Ok(Some((None, usd(12_000)))));
        assert_eq!(value("$1,200"), Ok(Some((Some("USD".to_owned()), usd(1_200)))));
        assert_eq!(value("5000 eur"), Ok(Some((Some("EUR".to_owned()), usd(5_000)))));
        assert_eq!(value(""), Ok(None));
        assert!(value("1.200,50").is_err());
        assert!(value("much").is_err());
        let both = read(&["value", "currency"], &["7", "chf"]).expect("a row");
        assert_eq!(both.value, Some((Some("CHF".to_owned()), usd(7))));
    }

    #[test]
    fn pull_requests_are_named_by_address_or_number() {
        let found = pull_requests("https://github.com/acme/shop/pull/16, acme/site#3 #4;5 none");
        let named = |text: &str| Some(text.to_owned());
        let expected = [(named("https://github.com/acme/shop"), 16), (named("acme/site"), 3), (None, 4), (None, 5)];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_issue_belongs_to_the_topmost_that_its_export_has() {
        let row = |above: &str, id: &str| Importance {
            above: Some(above.to_owned()).filter(|text| !text.is_empty()),
            id: Some(id.to_owned()),
            ..Importance::default()
        };
        let rows = [
            ("A-1", row("", "1")),
            ("A-2", row("a-1", "2")),
            ("A-3", row("2", "3")),
            ("A-4", row("Checkout", "4")),
            ("A-5", row("A-4", "5")),
            ("A-6", row("", "6")),
            ("A-7", row("A-8", "7")),
            ("A-8", row("A-7", "8")),
        ];
        let found = initiatives(rows.iter().map(|(key, one)| (*key, one)));
        let of = |key: &str| found.get(key).map(String::as_str);
        assert_eq!([of("A-1"), of("A-2"), of("A-3")], [Some("A-1"); 3]);
        assert_eq!([of("A-4"), of("A-5"), of("A-6")], [Some("Checkout"), Some("Checkout"), None]);
        // Two issues that name each other end somewhere, and always in the same place.
        assert_eq!([of("A-7"), of("A-8")], [Some("A-8"), Some("A-7")]);
    }
}

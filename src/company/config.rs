//! `tokaudit.toml`: what a company says about its people, repositories, budgets and limits, checked key by key.
//!
//! - In: the text of the file. Out: [`Config`]. Nothing here reads a file or a clock.
//! - An unknown key is an error that names the nearest known one; so is a value of the wrong type.
//! - `[[gate]]` is read by [`crate::gate`]; here its keys are checked.

mod keys;
mod sections;

pub use sections::{SECTIONS, explained};

use chrono::{NaiveDate, Weekday};
use toml::{Table, Value};

use crate::company::budget::{Budget, BudgetOf};
use crate::company::limit::{Limit, Per};
use crate::error::{Error, Result};
use crate::ledger::{Field, Rates, Rules, fault_of_people};
use crate::model::money::Money;
use keys::unknown;

/// A configuration; the default one is an empty file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Time zone that days are cut in.
    pub tz: Option<String>,
    /// Evidence for the headline.
    pub min_tier: Option<String>,
    /// Rules for records: teams, people, repositories, applications.
    pub rules: Rules,
    /// Budgets, the one over all spend first.
    pub budgets: Vec<BudgetOf>,
    /// Limits of spend to be tried.
    pub limits: Vec<Limit>,
    /// Prices over the embedded book.
    pub prices: Option<String>,
    /// The day from which the prices of a catalogue hold.
    pub prices_from: Option<NaiveDate>,
    /// Exports of outcomes.
    pub outcomes: Vec<String>,
    /// Exports of deployments.
    pub deployments: Vec<String>,
    /// What counts as an outcome.
    pub definition: Option<String>,
    /// Labels, and first parts of branch names, of deliberate experiments.
    pub spikes: Vec<String>,
    /// The cost of an hour of waiting for a review.
    pub hourly: Option<Money>,
    /// Days that do not count as waiting; `None` is Saturday and Sunday.
    pub weekend: Option<Vec<Weekday>>,
    /// Exports of seats.
    pub seats: Vec<String>,
    /// Monthly price of a seat where its export has none.
    pub seat_price: Option<Money>,
    /// The day of a change to compare before and after.
    pub changed: Option<NaiveDate>,
    /// Whether to look at prompts.
    pub off_task: Option<bool>,
    /// How many users a team needs before its off-task share is shown.
    pub least_users: Option<u64>,
    /// Below this cost a pull request gets no comment.
    pub comment_least: Option<Money>,
}

/// The fewest characters of a secret.
const LEAST_KEY: usize = 8;

/// Reads a configuration; `shown` names it in errors.
///
/// # Errors
/// When the text is not TOML, or has an unknown section, key or value.
pub fn parse(shown: &str, text: &str) -> Result<Config> {
    read(&parse_table(shown, text)?).map_err(|message| unusable(shown, &message))
}

/// The tables of a configuration, once every key is known.
///
/// # Errors
/// When the text is not TOML, or has an unknown section or key; the line is named and not quoted.
pub fn parse_table(shown: &str, text: &str) -> Result<Table> {
    keys::parse(text).map_err(|fault| unusable(&format!("{shown}:{}", fault.line), &fault.message))
}

fn unusable(shown: &str, message: &str) -> Error {
    Error::usage(format!("{shown}: {message}"), "`tokaudit explain config` lists every key")
}

fn read(table: &Table) -> std::result::Result<Config, String> {
    tables(table, "gate")?;
    let mut config = Config { tz: text(table, "tz")?, min_tier: text(table, "min_tier")?, ..Config::default() };
    config.rules.teams = named(table, "teams")?;
    config.rules.identity = named(table, "identity")?;
    config.rules.people = named(table, "people")?;
    if let Some(fault) = fault_of_people(&config.rules) {
        return Err(format!("[people] {fault}"));
    }
    config.rules.repos = named(table, "repos")?;
    if let Some(scope) = section(table, "scope")? {
        config.rules.application = patterns("[scope] application", texts(scope, "application")?)?;
    }
    for (account, texts) in named(table, "accounts")? {
        let on_it = patterns(&format!("[accounts] {account}"), texts)?;
        config.rules.accounts.push((account, on_it));
    }
    config.rules.rates = rates(table)?;
    config.budgets = budgets(table)?;
    config.limits = tables(table, "limit")?.iter().enumerate().map(limit).collect::<std::result::Result<_, _>>()?;
    if let Some(prices) = section(table, "prices")? {
        config.prices = text(prices, "file")?;
        config.prices_from = match prices.get("from") {
            None => None,
            Some(value) => Some(date(value).ok_or_else(|| format!("[prices] from: {}", not_a_date(value)))?),
        };
    }
    if let Some(outcomes) = section(table, "outcomes")? {
        (config.outcomes, config.definition) = (texts(outcomes, "files")?, text(outcomes, "definition")?);
    }
    if let Some(deployments) = section(table, "deployments")? {
        config.deployments = texts(deployments, "files")?;
    }
    config.spikes = spikes(table)?;
    read_reviews_and_seats(table, &mut config)?;
    if let Some(compare) = section(table, "compare")? {
        config.changed = match compare.get("from") {
            None => None,
            Some(value) => Some(date(value).ok_or_else(|| format!("[compare] from: {}", not_a_date(value)))?),
        };
    }
    if let Some(off_task) = section(table, "off_task")? {
        config.off_task = match off_task.get("enabled") {
            None => None,
            Some(Value::Boolean(enabled)) => Some(*enabled),
            Some(_) => return Err("[off_task] enabled is neither true nor false".to_owned()),
        };
    }
    if let Some(privacy) = section(table, "privacy")? {
        config.rules.pseudonym_key = pseudonym_key(privacy)?;
        config.rules.least_team = match privacy.get("least_team") {
            None => None,
            Some(Value::Integer(people)) if *people >= 1 => u64::try_from(*people).ok(),
            Some(_) => return Err("[privacy] least_team is not a number of people; write 1 or more".to_owned()),
        };
        config.least_users = match privacy.get("least_users") {
            None => None,
            Some(Value::Integer(users)) if *users >= 10 => u64::try_from(*users).ok(),
            Some(_) => return Err("[privacy] least_users must be a whole number, 10 or more".to_owned()),
        };
    }
    if let Some(comment) = section(table, "comment")? {
        config.comment_least = match comment.get("min_usd") {
            None => None,
            Some(_) => {
                Some(usd(comment, "min_usd").ok_or("[comment] min_usd must be a number of dollars, for example 0.5")?)
            }
        };
    }
    Ok(config)
}

/// The secret for pseudonyms. An empty one is a variable that nobody set, and must not mean that names are shown.
fn pseudonym_key(privacy: &Table) -> std::result::Result<Option<String>, String> {
    let Some(key) = text(privacy, "pseudonym_key")? else { return Ok(None) };
    if key.trim().is_empty() {
        return Err("[privacy] pseudonym_key is empty: set the secret that fills it, or delete the line to show names"
            .to_owned());
    }
    if key.trim().chars().count() < LEAST_KEY {
        let least = LEAST_KEY;
        return Err(format!(
            "[privacy] pseudonym_key is too short to keep names secret: use {least} characters or more"
        ));
    }
    Ok(Some(key))
}

/// The sections on what a company's exports say.
fn read_reviews_and_seats(table: &Table, config: &mut Config) -> std::result::Result<(), String> {
    if let Some(reviews) = section(table, "reviews")? {
        config.hourly = dollars(reviews, "reviews", "hourly_usd")?;
        config.weekend = match reviews.get("weekend") {
            None => None,
            Some(_) => {
                let day = |name: &String| {
                    name.parse::<Weekday>().map_err(|_| {
                        format!("[reviews] weekend: `{name}` is not a day of the week. Write for example \"friday\"")
                    })
                };
                Some(texts(reviews, "weekend")?.iter().map(day).collect::<std::result::Result<_, _>>()?)
            }
        };
    }
    if let Some(seats) = section(table, "seats")? {
        config.seats = texts(seats, "files")?;
        config.seat_price = dollars(seats, "seats", "monthly_usd")?;
    }
    Ok(())
}

fn section<'a>(table: &'a Table, name: &str) -> std::result::Result<Option<&'a Table>, String> {
    let Some(value) = table.get(name) else { return Ok(None) };
    value.as_table().map(Some).ok_or_else(|| format!("`{name}` must be a section: write [{name}]"))
}

fn text(table: &Table, key: &str) -> std::result::Result<Option<String>, String> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("`{key}` must be text in quotes")),
    }
}

fn texts(table: &Table, key: &str) -> std::result::Result<Vec<String>, String> {
    let wrong = || format!("`{key}` must be a list of texts, for example [\"one\", \"two\"]");
    let Some(value) = table.get(key) else { return Ok(Vec::new()) };
    let items = value.as_array().ok_or_else(wrong)?;
    items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}

/// A section of names of the user's own.
fn named(table: &Table, name: &str) -> std::result::Result<Vec<(String, Vec<String>)>, String> {
    let Some(value) = table.get(name) else { return Ok(Vec::new()) };
    let found = value.as_table().ok_or_else(|| format!("`{name}` must be a section: write [{name}]"))?;
    found.keys().map(|key| Ok((key.clone(), texts(found, key)?))).collect()
}

/// Patterns with a field each.
fn patterns(place: &str, texts: Vec<String>) -> std::result::Result<Vec<(Field, String)>, String> {
    let one = |text: String| {
        let (field, pattern) =
            text.split_once(':').ok_or_else(|| format!("{place}: `{text}` has no field; write `user:{text}`"))?;
        let known = Field::ALL.iter().find(|(name, _)| *name == field);
        let unknown = || unknown(&format!("field in {place}:"), field, Field::ALL.iter().map(|one| one.0));
        Ok((known.ok_or_else(unknown)?.1, pattern.to_owned()))
    };
    texts.into_iter().map(one).collect()
}

/// Labels whose work is not waste when it is not merged.
fn spikes(table: &Table) -> std::result::Result<Vec<String>, String> {
    let Some(value) = table.get("labels") else { return Ok(Vec::new()) };
    let found = value.as_table().ok_or("`labels` must be a section: write [labels]")?;
    let not_waste = |(label, value): (&String, &Value)| match value.as_str() {
        Some("not waste") => Ok(label.clone()),
        _ => Err(format!("[labels] {label}: the only value is \"not waste\"")),
    };
    found.iter().map(not_waste).collect()
}

/// A date, in quotes or not.
#[must_use]
pub fn date(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Datetime(day) => day.to_string().parse().ok(),
        _ => None,
    }
}

/// A value as an error message quotes it.
#[must_use]
pub fn quoted(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Integer(number) => format!("`{number}`"),
        Value::Float(number) => format!("`{number}`"),
        Value::Boolean(flag) => format!("`{flag}`"),
        Value::Datetime(time) => format!("`{time}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Table(_) => "a table".to_owned(),
    }
}

fn not_a_date(value: &Value) -> String {
    format!("{} is not a date. Use YYYY-MM-DD, for example 2026-05-31.", quoted(value))
}

/// Dollars above zero, as a number or a text.
fn dollars(table: &Table, section: &str, key: &str) -> std::result::Result<Option<Money>, String> {
    if !table.contains_key(key) {
        return Ok(None);
    }
    let amount = usd(table, key).filter(|amount| *amount > Money::ZERO);
    amount.map(Some).ok_or_else(|| format!("[{section}]: `{key}` must be a number of dollars above 0"))
}

fn budgets(table: &Table) -> std::result::Result<Vec<BudgetOf>, String> {
    let Some(value) = table.get("budget") else { return Ok(Vec::new()) };
    let all = value.as_table().ok_or("`budget` must be a section: write [budget]")?;
    let mut found = Vec::new();
    let own: Table =
        all.iter().filter(|(_, value)| !value.is_table()).map(|(key, value)| (key.clone(), value.clone())).collect();
    if !own.is_empty() {
        found.push(budget("all", &own)?);
    }
    for (name, value) in all.iter().filter_map(|(name, value)| Some((name, value.as_table()?))) {
        found.push(budget(name, value)?);
    }
    Ok(found)
}

/// The items of a section that may be repeated.
fn tables<'a>(table: &'a Table, name: &str) -> std::result::Result<&'a [Value], String> {
    match table.get(name) {
        None => Ok(&[]),
        Some(Value::Array(items)) if items.iter().all(Value::is_table) => Ok(items),
        Some(_) => Err(format!("`{name}` is not a list of tables; write [[{name}]]")),
    }
}

fn limit((at, value): (usize, &Value)) -> std::result::Result<Limit, String> {
    let empty = Table::new();
    let table = value.as_table().unwrap_or(&empty);
    let name = text(table, "name")?.unwrap_or_else(|| format!("limit {}", at + 1));
    let known = || Per::ALL.iter().map(|per| per.word());
    let per = text(table, "per")?.ok_or_else(|| {
        format!("[[limit]] {name} has no `per`; it is one of {}", known().collect::<Vec<_>>().join(", "))
    })?;
    let of = Per::ALL.into_iter().find(|one| one.word() == per);
    let per = of.ok_or_else(|| unknown(&format!("value of `per` in [[limit]] {name}:"), &per, known()))?;
    let amount = usd(table, "usd").filter(|amount| *amount > Money::ZERO);
    let amount = amount.ok_or_else(|| format!("[[limit]] {name}: `usd` must be a number of dollars above 0"))?;
    Ok(Limit { name, per, amount, model: text(table, "model")? })
}

/// Rates of exchange, each from a day on.
fn rates(table: &Table) -> std::result::Result<Rates, String> {
    let mut rates = Rates::default();
    for (currency, days) in section(table, "currency")?.into_iter().flatten() {
        let example = "EUR = { 2026-01-01 = 1.08 }";
        if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_alphabetic()) {
            return Err(format!("[currency] {currency}: write the code of the currency, for example {example}"));
        }
        let days = days.as_table().ok_or_else(|| {
            format!("[currency] {currency}: a rate needs the day from which it applies, for example {example}")
        })?;
        for day in days.keys() {
            let from = day.parse::<NaiveDate>();
            let from = from.map_err(|_| {
                format!("[currency] {currency}: `{day}` is not a date. Use YYYY-MM-DD, for example {example}")
            })?;
            let rate = usd(days, day).filter(|rate| *rate > Money::ZERO);
            let rate =
                rate.ok_or_else(|| format!("[currency] {currency}: the rate of {day} is not a number above 0"))?;
            rates.add(currency.to_uppercase(), from, rate);
        }
    }
    Ok(rates)
}

/// Dollars as a number or a text.
fn usd(table: &Table, key: &str) -> Option<Money> {
    match table.get(key)? {
        Value::Integer(dollars) => Money::parse_usd(&dollars.to_string()).ok(),
        Value::String(text) => Money::parse_usd(text).ok(),
        Value::Float(dollars) => Money::parse_usd(&dollars.to_string()).ok(),
        _ => None,
    }
}

fn budget(name: &str, table: &Table) -> std::result::Result<BudgetOf, String> {
    let day = |key: &str| -> std::result::Result<NaiveDate, String> {
        let value = table.get(key).ok_or_else(|| format!("[budget] of {name} has no `{key}`"))?;
        date(value).ok_or_else(|| format!("[budget] of {name}: {key}: {}", not_a_date(value)))
    };
    let amount = usd(table, "usd").filter(|amount| *amount > Money::ZERO);
    let amount = amount.ok_or_else(|| format!("[budget] of {name}: `usd` must be a number of dollars above 0"))?;
    let (from, until) = (day("from")?, day("until")?);
    if until < from {
        return Err(format!("[budget] of {name} ends before it begins"));
    }
    let budget = Budget { name: name.to_owned(), amount, from, until };
    Ok(BudgetOf { budget, team: text(table, "team")?, project: text(table, "project")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_read() {
        let text = r#"
            tz = "Europe/Berlin"
            [teams]
            payments = ["dana@example.org"]
            [identity]
            "dana@example.org" = ["dana"]
            [repos]
            "github.com/acme/shop" = ["/srv/*"]
            [scope]
            application = ["key:sk-prod-*", "team:bots"]
            [budget]
            usd = 120000
            from = 2026-01-01
            until = "2026-12-31"
            [budget.checkout]
            usd = "500.5"
            from = 2026-05-01
            until = 2026-05-31
            team = "payments"
            [labels]
            spike = "not waste"
            [reviews]
            hourly_usd = 90
            weekend = ["friday", "sat"]
            [seats]
            files = ["seats.csv"]
            monthly_usd = "19"
            [compare]
            from = 2026-04-01
            [off_task]
            enabled = true
            [[gate]]
            id = "x"
        "#;
        let config = parse("tokaudit.toml", text).expect("a configuration");
        assert_eq!(config.rules.application, [(Field::User, "sk-prod-*".to_owned()), (Field::Team, "bots".to_owned())]);
        let budgets: Vec<(&str, String)> =
            config.budgets.iter().map(|one| (one.budget.name.as_str(), one.budget.amount.to_string())).collect();
        assert_eq!(budgets, [("all", "120000".to_owned()), ("checkout", "500.5".to_owned())]);
        assert_eq!((config.off_task, config.tz.as_deref()), (Some(true), Some("Europe/Berlin")));
        let usd = |text: &str| Money::parse_usd(text).ok();
        assert_eq!((config.spikes.as_slice(), config.hourly), (&["spike".to_owned()][..], usd("90")));
        assert_eq!(config.weekend, Some(vec![Weekday::Fri, Weekday::Sat]));
        assert_eq!((config.seats.as_slice(), config.seat_price), (&["seats.csv".to_owned()][..], usd("19")));
        assert_eq!(config.changed, NaiveDate::from_ymd_opt(2026, 4, 1));
        assert_eq!(parse("x", "").expect("nothing"), Config::default());
    }

    #[test]
    fn what_is_unknown_is_named_with_its_nearest() {
        for (text, said) in [
            ("[budgets]\nusd = 1", "did you mean `budget`?"),
            ("[off_task]\nenable = true", "did you mean `enabled`?"),
            ("[scope]\napplication = [\"usr:x\"]", "did you mean `user`?"),
            ("[budget]\nusd = 1\nfrom = 2026-01-01\nuntil = 2025-01-01", "ends before it begins"),
            ("[budget]\nusd = \"many\"", "must be a number of dollars"),
            ("[privacy]\nleast_users = 3", "10 or more"),
            ("[privacy]\nleast_team = 0", "1 or more"),
            ("[teams]\na = 1", "must be a list of texts"),
            ("[labels]\nspike = \"waste\"", "only value"),
            ("[reviews]\nweekend = [\"holiday\"]", "not a day of the week"),
            ("[reviews]\nhourly_usd = -1", "must be a number of dollars"),
            ("[compare]\nfrom = \"soon\"", "Use YYYY-MM-DD"),
            ("[limit]\nusd = 1", "write [[limit]]"),
            ("[[limit]]\nusd = 1", "has no `per`; it is one of session, person-day"),
            ("[[limit]]\nper = \"sessions\"\nusd = 1", "did you mean `session`?"),
            ("[[limit]]\nper = \"session\"\nusd = 0", "above 0"),
            ("a = = 1", "tokaudit.toml:1:"),
            (
                "tz = \"UTC\"\n[[gate]]\nid = \"x\"\nmaxx = 1",
                "tokaudit.toml:4: there is no key in [[gate]] `maxx`; did you mean `max`?",
            ),
            ("[privacy]\npseudonym_key = \"\"", "is empty: set the secret"),
            ("[privacy]\npseudonym_key = \"  \"", "is empty: set the secret"),
            ("[privacy]\npseudonym_key = \"1234567\"", "8 characters or more"),
            ("gate = 1", "write [[gate]]"),
        ] {
            let err = parse("tokaudit.toml", text).expect_err(text).to_string();
            assert!(err.contains(said), "{text}: {err}");
        }
    }

    #[test]
    fn everything_is_explained() {
        let text = explained();
        for section in SECTIONS {
            assert!(text.contains(section.name), "{}", section.name);
        }
    }
}

//! `tokaudit.toml`: what a company says about its people, repositories, budgets and limits, checked key by key.
//!
//! - In: the text of the file. Out: [`Config`]. Nothing here reads a file or a clock.
//! - An unknown key is an error that names the nearest known one; so is a value of the wrong type.
//! - `[[gate]]` is read by [`crate::gate`]; here it is only listed.

use chrono::{NaiveDate, Weekday};
use toml::{Table, Value};

use crate::company::budget::{Budget, BudgetOf};
use crate::error::{Error, Result};
use crate::ledger::{Field, Rules};
use crate::model::edit_distance::nearest;
use crate::model::money::Money;

/// A key of a section: its name, its default, what it means.
type Key = (&'static str, &'static str, &'static str);

/// A section. One without keys takes names of the user's own.
pub struct Section {
    /// Its name; empty for keys at the top.
    pub name: &'static str,
    /// What it is for, with an example.
    pub about: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

/// Every section, in the order of `explain config`.
pub static SECTIONS: &[Section] = &[
    Section {
        name: "",
        about: "At the top, named like the flags; a flag wins.",
        keys: &[
            ("tz", "\"UTC\"", "time zone that days are cut in"),
            ("min_tier", "\"strong\"", "the weakest evidence that counts in the headline"),
        ],
    },
    Section {
        name: "teams",
        about: "A team and its users; `*` matches anything: payments = [\"dana@example.org\", \"*@payments.example.org\"]",
        keys: &[],
    },
    Section {
        name: "identity",
        about: "A person's address and what logs call that person: \"dana@example.org\" = [\"dana\", \"dana@old.example\"]",
        keys: &[],
    },
    Section {
        name: "repos",
        about: "A repository and its folders or remotes: \"github.com/acme/shop\" = [\"/home/*/shop*\", \"*acme/shop-fork\"]",
        keys: &[],
    },
    Section {
        name: "scope",
        about: "A product's own traffic, which is not development.",
        keys: &[(
            "application",
            "[]",
            "patterns with a field: user (or key), team, project, source, model, repository; [\"key:sk-prod-*\"]",
        )],
    },
    Section {
        name: "accounts",
        about: "An account at a vendor and what is on it, in the fields of [scope]; what is on different accounts is never the same \
                spend: console = [\"source:anthropic-console-cost\", \"key:prod-*\"], max = [\"source:claude-code\"]",
        keys: &[],
    },
    Section {
        name: "budget",
        about: "A budget over all spend; [budget.NAME] is a further one with the same keys.",
        keys: &[
            ("usd", "none", "dollars, as a number or a text"),
            ("from", "none", "the first day, 2026-01-01"),
            ("until", "none", "the last day, included"),
            ("team", "none", "only this team's spend"),
            ("project", "none", "only this repository's spend"),
        ],
    },
    Section {
        name: "prices",
        about: "Prices over the embedded book.",
        keys: &[("file", "none", "a CSV file in the columns of `ledger --table prices`")],
    },
    Section {
        name: "outcomes",
        about: "Closed issues and other outcomes.",
        keys: &[
            ("files", "[]", "CSV files, as --outcomes takes them"),
            ("definition", "none", "what counts as an outcome; the report has its hash"),
        ],
    },
    Section {
        name: "labels",
        about: "Labels of pull requests, or first parts of branch names, whose unmerged work is not waste: spike = \"not waste\"",
        keys: &[],
    },
    Section {
        name: "reviews",
        about: "Waiting for reviews.",
        keys: &[
            ("hourly_usd", "none", "the cost of an hour of waiting in dollars; it is never added to token costs"),
            ("weekend", "[\"saturday\", \"sunday\"]", "days that do not count as waiting"),
        ],
    },
    Section {
        name: "seats",
        about: "Seats of subscriptions.",
        keys: &[
            ("files", "[]", "CSV files, as --seats takes them"),
            ("monthly_usd", "none", "price of a seat where its file has none"),
        ],
    },
    Section {
        name: "compare",
        about: "Before and after a change.",
        keys: &[("from", "none", "the day of the change, 2026-04-01; six weeks are needed on each side")],
    },
    Section {
        name: "off_task",
        about: "Whether to look at what prompts are about. Ask the people concerned first.",
        keys: &[("enabled", "false", "look at prompts, in memory")],
    },
    Section {
        name: "privacy",
        about: "How names are kept out of figures.",
        keys: &[
            (
                "least_team",
                "1",
                "how many people a team needs before its spend is shown; smaller ones are summed together",
            ),
            ("least_users", "10", "how many users a team needs before its off-task share is shown; 10 or more"),
            ("pseudonym_key", "none", "a secret; with it every output has pseudonyms instead of names"),
        ],
    },
    Section {
        name: "comment",
        about: "Comments on pull requests.",
        keys: &[("min_usd", "0", "no comment when a pull request cost less, in dollars")],
    },
    Section {
        name: "gate",
        about: "A limit that `tokaudit gate report.json` checks; [[gate]] may be repeated. `explain gate` has an example.",
        keys: &[
            ("id", "required", "the name that outcomes are reported under"),
            ("metric", "required", "a metric's id; `explain metrics` lists them"),
            (
                "scope",
                "\"all\"",
                "or \"team:NAME\", \"repo:NAME\", \"model:NAME\"; `*` matches several, each judged separately",
            ),
            ("max", "none", "the largest value that passes; a gate needs max, min or max_increase"),
            ("min", "none", "the smallest value that passes"),
            ("max_increase", "none", "the largest growth over --baseline that passes, \"20%\""),
            ("baseline", "none", "a name for the baseline, for people"),
            ("test", "\"value\"", "or \"ci\": fail only when the 95% interval lies beyond the limit"),
            ("min_coverage", "none", "the share of spend that the value must cover, 0.8; less is `insufficient`"),
            ("min_n", "none", "the number of units the value must rest on; fewer is `insufficient`"),
            ("severity", "\"error\"", "or \"warn\": report a broken limit and pass"),
            ("waive_until", "none", "let a broken limit pass until the end of this day, 2026-07-01; needs a reason"),
            ("reason", "none", "the reason for the waiver"),
        ],
    },
];

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
    /// Prices over the embedded book.
    pub prices: Option<String>,
    /// Exports of outcomes.
    pub outcomes: Vec<String>,
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

/// Reads a configuration; `shown` names it in errors.
///
/// # Errors
/// When the text is not TOML, or has an unknown section, key or value.
pub fn parse(shown: &str, text: &str) -> Result<Config> {
    read(&parse_table(shown, text)?).map_err(|message| unusable(shown, &message))
}

/// Reads the TOML of a configuration without looking at its sections.
///
/// # Errors
/// When the text is not TOML. The line is named and not quoted: it may hold the pseudonym key.
pub fn parse_table(shown: &str, text: &str) -> Result<Table> {
    text.parse().map_err(|err: toml::de::Error| {
        let line = err.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count());
        unusable(shown, &format!("line {line}: {}", err.message()))
    })
}

fn unusable(shown: &str, message: &str) -> Error {
    Error::usage(format!("{shown}: {message}"), "`tokaudit explain config` lists every key")
}

fn read(table: &Table) -> std::result::Result<Config, String> {
    let top = SECTIONS[0].keys.iter().map(|(key, ..)| *key);
    let sections = SECTIONS.iter().map(|section| section.name).filter(|name| !name.is_empty());
    for key in table.keys() {
        if !top.clone().chain(sections.clone()).any(|known| known == key) {
            return Err(unknown("section or key", key, top.chain(sections)));
        }
    }
    let mut config = Config { tz: text(table, "tz")?, min_tier: text(table, "min_tier")?, ..Config::default() };
    config.rules.teams = named(table, "teams")?;
    config.rules.identity = named(table, "identity")?;
    config.rules.repos = named(table, "repos")?;
    if let Some(scope) = section(table, "scope")? {
        config.rules.application = patterns("[scope] application", texts(scope, "application")?)?;
    }
    for (account, texts) in named(table, "accounts")? {
        let on_it = patterns(&format!("[accounts] {account}"), texts)?;
        config.rules.accounts.push((account, on_it));
    }
    config.budgets = budgets(table)?;
    if let Some(prices) = section(table, "prices")? {
        config.prices = text(prices, "file")?;
    }
    if let Some(outcomes) = section(table, "outcomes")? {
        (config.outcomes, config.definition) = (texts(outcomes, "files")?, text(outcomes, "definition")?);
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
        config.rules.pseudonym_key = text(privacy, "pseudonym_key")?.filter(|key| !key.is_empty());
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

fn unknown<'a>(what: &str, key: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = nearest(key, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("there is no {what} `{key}`{near}")
}

/// A section whose keys are known.
fn section<'a>(table: &'a Table, name: &str) -> std::result::Result<Option<&'a Table>, String> {
    let Some(value) = table.get(name) else { return Ok(None) };
    let Some(found) = value.as_table() else { return Err(format!("`{name}` must be a section: write [{name}]")) };
    let keys = SECTIONS.iter().find(|section| section.name == name).map_or(&[][..], |section| section.keys);
    match found.keys().find(|key| !keys.iter().any(|(known, ..)| known == key)) {
        Some(key) => Err(unknown(&format!("key in [{name}]"), key, keys.iter().map(|(known, ..)| *known))),
        None => Ok(Some(found)),
    }
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
    let keys = SECTIONS.iter().find(|section| section.name == "budget").map_or(&[][..], |section| section.keys);
    if let Some(key) = table.keys().find(|key| !keys.iter().any(|(known, ..)| known == key)) {
        return Err(unknown(&format!("key in [budget] of {name}:"), key, keys.iter().map(|(known, ..)| *known)));
    }
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

/// Every section and key with its default: what `explain config` prints.
#[must_use]
pub fn explained() -> String {
    let mut out = String::from(
        "tokaudit.toml, the nearest one above the current folder, or --config FILE. Unknown keys are errors.\n",
    );
    for section in SECTIONS {
        let title = match section.name {
            "" => String::new(),
            "gate" => "\n[[gate]]".to_owned(),
            name => format!("\n[{name}]"),
        };
        out += &format!("{title}\n# {}\n", section.about);
        for (key, default, about) in section.keys {
            out += &format!("{key:<12} = {default:<10} # {about}\n");
        }
    }
    out
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
            ("a = = 1", "line 1"),
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

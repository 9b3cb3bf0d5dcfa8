//! The `[[gate]]` tables of a configuration, read whole: a typo is an error here, not on the day when it matters.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use crate::company::config;
use crate::error::{Error, Result};

/// What a scope may begin with.
const SCOPES: &[&str] = &["team", "repo", "model"];

/// One `[[gate]]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The name that outcomes are reported under.
    pub id: String,
    /// The metric's id; `_` and `.` may stand for `-`.
    pub metric: String,
    /// What it is measured over: `all`, or `team:`, `repo:` or `model:` and a name in which `*` stands for anything. Each
    /// match is judged separately.
    #[serde(default, deserialize_with = "scope")]
    pub scope: Option<ScopePattern>,
    /// The largest value that passes.
    #[serde(default, deserialize_with = "limit")]
    pub max: Option<f64>,
    /// The smallest value that passes.
    #[serde(default, deserialize_with = "limit")]
    pub min: Option<f64>,
    /// The largest growth over the baseline that passes.
    #[serde(default, deserialize_with = "percentage")]
    pub max_increase: Option<Percentage>,
    /// A name for the baseline; the file is given on the command line.
    #[serde(default)]
    pub baseline: Option<String>,
    /// What is compared with the limit.
    #[serde(default)]
    pub test: Test,
    /// The smallest share of the spend that the value must cover.
    #[serde(default, deserialize_with = "share")]
    pub min_coverage: Option<f64>,
    /// The smallest number of units.
    #[serde(default)]
    pub min_n: Option<u64>,
    /// What a broken limit does.
    #[serde(default)]
    pub severity: Severity,
    /// Until the end of this day a broken limit is waived.
    #[serde(default, deserialize_with = "day")]
    pub waive_until: Option<NaiveDate>,
    /// The reason for the waiver.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Which teams, repositories or models a gate is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopePattern {
    /// `team`, `repo` or `model`.
    pub kind: String,
    /// A name in which `*` stands for anything.
    pub name: String,
}

/// A growth such as `20%`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentage(pub f64);

/// What is compared with a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The value itself.
    #[default]
    Value,
    /// The end of its interval that is nearest to the limit, so that chance alone does not break it.
    Ci,
}

/// What a broken limit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Fails the job.
    #[default]
    Error,
    /// Is reported, and the job passes.
    Warn,
}

/// The gates of a configuration; its other sections are checked as every command checks them.
///
/// # Errors
/// When the configuration cannot be read, has no gate, or a gate has an unknown key, a value that cannot be understood, no
/// limit, or a waiver without a reason.
pub fn parse(shown: &str, text: &str) -> Result<Vec<Gate>> {
    config::parse(shown, text)?;
    let usage = |message: String| {
        Error::usage(format!("{shown}: {message}"), "`tokaudit explain gate` lists the keys of a gate")
    };
    let mut table = config::parse_table(shown, text)?;
    let all = match table.remove("gate") {
        Some(toml::Value::Array(all)) => all,
        Some(_) => return Err(usage("`gate` is not a list of tables; write [[gate]]".to_owned())),
        None => Vec::new(),
    };
    if all.is_empty() {
        return Err(usage("there is no [[gate]]".to_owned()));
    }
    let mut gates = Vec::new();
    for (at, value) in all.into_iter().enumerate() {
        let id = value.get("id").and_then(toml::Value::as_str);
        let name = id.map_or_else(|| format!("gate {}", at + 1), |id| format!("gate `{id}`"));
        let gate: Gate =
            value.try_into().map_err(|err: toml::de::Error| usage(format!("{name}: {}", err.message())))?;
        if gate.max.is_none() && gate.min.is_none() && gate.max_increase.is_none() {
            return Err(usage(format!("{name} has no limit; add max, min or max_increase")));
        }
        if gate.waive_until.is_some() && gate.reason.is_none() {
            return Err(usage(format!("{name} is waived without a reason; add reason = \"…\"")));
        }
        gates.push(gate);
    }
    Ok(gates)
}

/// Converts the value of a key; if that fails, the error quotes the value and says how to write it.
fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    convert: impl FnOnce(&toml::Value) -> Option<T>,
    wanted: &str,
) -> std::result::Result<Option<T>, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    convert(&value).map(Some).ok_or_else(|| serde::de::Error::custom(format!("{} {wanted}", config::quoted(&value))))
}

fn number(value: &toml::Value) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "a limit that a person wrote")]
        toml::Value::Integer(number) => Some(*number as f64),
        toml::Value::Float(number) => Some(*number).filter(|number| number.is_finite()),
        _ => None,
    }
}

fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<f64>, D::Error> {
    read(deserializer, number, "is not a number. Write max and min without quotes, for example max = 40")
}

fn share<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<f64>, D::Error> {
    let share = |value: &toml::Value| number(value).filter(|share| (0.0..=1.0).contains(share));
    read(deserializer, share, "is not a share from 0 to 1. Write min_coverage = 0.8 for 80%")
}

fn percentage<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Percentage>, D::Error> {
    let percentage = |value: &toml::Value| {
        let text = value.as_str()?.trim();
        let percent: f64 = text.strip_suffix('%').unwrap_or(text).trim().parse().ok()?;
        Some(Percentage(percent)).filter(|_| percent.is_finite())
    };
    read(deserializer, percentage, "is not a percentage. Write max_increase = \"20%\"")
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<NaiveDate>, D::Error> {
    let wanted = "is not a date. Use YYYY-MM-DD, for example waive_until = \"2026-07-01\"";
    read(deserializer, config::date, wanted)
}

fn scope<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<ScopePattern>, D::Error> {
    let pattern = |value: &toml::Value| {
        let text = value.as_str()?;
        if text == "all" {
            return Some(None);
        }
        let (kind, name) = text.split_once(':')?;
        let pattern = ScopePattern { kind: kind.to_owned(), name: name.to_owned() };
        SCOPES.contains(&kind).then_some(Some(pattern))
    };
    let wanted = "is not a scope. Write all, team:NAME, repo:NAME or model:NAME; * stands for anything in a name";
    Ok(read(deserializer, pattern, wanted)?.flatten())
}

//! An audit's JSON, read back: what `gate` judges and `compare` compares.
//!
//! Unknown keys are ignored, so that reports of later versions can be read. A key that an earlier version did not write is
//! empty or unknown here, never zero.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::error::{Error, Result};

/// The `schema` of an audit.
const SCHEMA: &str = "tokaudit/audit";
const HINT: &str = "pass the output of `tokaudit audit --format json`";

/// The parts of an audit that are judged later.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SavedAudit {
    schema: Option<String>,
    /// Version of the document's shape.
    pub schema_version: Option<u64>,
    /// Version of the definitions.
    pub method_version: Option<u64>,
    /// The period that was audited.
    #[serde(default, deserialize_with = "or_default")]
    pub period: SavedPeriod,
    /// The metrics of the whole audit.
    #[serde(default, deserialize_with = "or_default")]
    pub metrics: Vec<SavedMetric>,
    /// Metrics of one team, repository or model.
    #[serde(default, deserialize_with = "or_default")]
    pub scoped: Vec<SavedScoped>,
    /// Merged changes and branches with their cost.
    #[serde(default, deserialize_with = "or_default")]
    pub units: Vec<SavedUnit>,
    /// What each dollar became.
    #[serde(default, deserialize_with = "or_default")]
    pub waterfall: Vec<SavedClass>,
    #[serde(skip)]
    index: Index,
}

/// Where metrics stand in the lists above: by id, and by id, kind of scope and scope.
#[derive(Debug, Clone, Default, PartialEq)]
struct Index {
    metrics: HashMap<String, usize>,
    scoped: HashMap<(String, String, String), usize>,
}

/// The period of an audit.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct SavedPeriod {
    /// IANA name of the time zone.
    pub tz: Option<String>,
}

/// A number that was written as a number, or as text where it is money.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// As it was written.
    pub text: String,
    /// Its value.
    pub value: f64,
}

/// A metric with its interval.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct SavedMetric {
    /// Stable id.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    /// Name for people.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Its unit.
    #[serde(deserialize_with = "or_default")]
    pub unit: String,
    /// What was measured.
    #[serde(flatten)]
    pub measured: Measured,
}

/// The value of a metric with what it rests on.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// The value; `None` is unknown.
    #[serde(deserialize_with = "figure")]
    pub value: Option<Figure>,
    /// Why it is unknown.
    #[serde(deserialize_with = "or_default")]
    pub missing: Option<String>,
    /// How many units it was measured on.
    pub n: Option<u64>,
    /// Share of the spend that it covers.
    #[serde(deserialize_with = "figure")]
    pub coverage: Option<Figure>,
    /// Lower end of the 95% interval.
    #[serde(deserialize_with = "figure")]
    pub lo: Option<Figure>,
    /// Upper end.
    #[serde(deserialize_with = "figure")]
    pub hi: Option<Figure>,
    /// The prices behind it.
    basis: Option<String>,
}

impl Measured {
    /// The prices and the form behind it; empty where the report names none.
    #[must_use]
    pub fn basis(&self) -> &str {
        self.basis.as_deref().unwrap_or_default()
    }
}

/// A metric of one team, repository or model.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct SavedScoped {
    /// `team`, `repo` or `model`.
    #[serde(deserialize_with = "or_default")]
    pub scope_type: String,
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub scope: String,
    /// The metric's id.
    #[serde(deserialize_with = "or_default")]
    pub metric: String,
    /// What was measured.
    #[serde(flatten)]
    pub measured: Measured,
}

/// A merged change, or a branch, with its cost.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct SavedUnit {
    /// The repository.
    pub repo: Option<String>,
    /// The commit on the main branch.
    pub landing: Option<String>,
    /// The pull request.
    pub pull_request: Option<u64>,
    /// Its cost.
    #[serde(deserialize_with = "figure")]
    pub cost_usd: Option<Figure>,
}

/// A class of spend by what it became.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct SavedClass {
    /// Its id.
    #[serde(deserialize_with = "or_default")]
    pub class: String,
    /// Its share of all spend.
    #[serde(deserialize_with = "figure")]
    pub share_all: Option<Figure>,
}

impl SavedAudit {
    /// Reads the JSON of an audit; `shown` names it in errors.
    ///
    /// # Errors
    /// When the text is not JSON, or not an audit.
    pub fn parse(shown: &str, text: &str) -> Result<Self> {
        let unusable = |cause: String| Error::input(format!("report {shown}: {cause}"), HINT);
        // A usage log given by mistake must not have its content quoted, so only the kind of damage and the place are said.
        let broken = |err: serde_json::Error| {
            let what = if err.is_data() { "a value has another type than an audit has" } else { "it is not JSON" };
            unusable(format!("{what} (line {}, column {})", err.line(), err.column()))
        };
        let mut audit: Self = match serde_json::from_str(text) {
            Ok(audit) => audit,
            // JSON of another kind may fail by its types first.
            Err(err) if err.is_data() && !text.contains(SCHEMA) => {
                return Err(unusable("it is not an audit".to_owned()));
            }
            Err(err) => return Err(broken(err)),
        };
        if audit.schema.as_deref() != Some(SCHEMA) {
            return Err(unusable("it is not an audit".to_owned()));
        }
        audit.build_index();
        Ok(audit)
    }

    /// The first metric of an id counts, as in the document.
    fn build_index(&mut self) {
        for (at, one) in self.metrics.iter().enumerate() {
            self.index.metrics.entry(one.id.clone()).or_insert(at);
        }
        for (at, one) in self.scoped.iter().enumerate() {
            let key = (one.metric.clone(), one.scope_type.clone(), one.scope.clone());
            self.index.scoped.entry(key).or_insert(at);
        }
    }

    /// A metric of the whole audit.
    #[must_use]
    pub fn metric(&self, id: &str) -> Option<&SavedMetric> {
        self.index.metrics.get(id).map(|at| &self.metrics[*at])
    }

    /// The same metric of one team, repository or model.
    #[must_use]
    pub fn scoped_metric(&self, id: &str, scope_type: &str, scope: &str) -> Option<&Measured> {
        let key = (id.to_owned(), scope_type.to_owned(), scope.to_owned());
        self.index.scoped.get(&key).map(|at| &self.scoped[*at].measured)
    }

    /// The share of all spend of a class.
    #[must_use]
    pub fn share(&self, class: &str) -> Option<f64> {
        let found = self.waterfall.iter().find(|one| one.class == class)?;
        found.share_all.as_ref().map(|share| share.value)
    }
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> std::result::Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A number or its text; anything else is unknown.
fn figure<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Figure>, D::Error> {
    let text = match Value::deserialize(deserializer)? {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text,
        _ => return Ok(None),
    };
    let value = text.parse().ok().filter(|value: &f64| value.is_finite());
    Ok(value.map(|value| Figure { text, value }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_of_other_versions_are_read_as_far_as_they_go() {
        let text = r#"{"schema":"tokaudit/audit","method_version":1,"later":{"a":[1]},"units":null,"metrics":[
            {"id":"spend","value":"25.7291005","n":3,"lo":1.5,"hi":"soon","later":true},{"id":"yield","value":null}]}"#;
        let audit = SavedAudit::parse("r.json", text).expect("an audit");
        let spend = &audit.metric("spend").expect("the metric").measured;
        assert_eq!(spend.value.as_ref().map(|figure| figure.text.as_str()), Some("25.7291005"));
        assert_eq!((spend.lo.as_ref().map(|figure| figure.value), &spend.hi, spend.n), (Some(1.5), &None, Some(3)));
        assert_eq!(audit.metric("yield").expect("the metric").measured.value, None);
        assert!(audit.metric("none").is_none() && audit.units.is_empty() && audit.period.tz.is_none());
    }

    #[test]
    fn what_is_no_audit_is_refused_without_being_quoted() {
        for text in [r#"{"schema":"tokaudit/spend"}"#, "{}", "[1]", r#"{"secret":"#, r#"{"metrics":"secret"}"#] {
            let err = SavedAudit::parse("r.json", text).expect_err(text).to_string();
            assert!(err.contains("r.json") && !err.contains("secret"), "{err}");
        }
    }
}

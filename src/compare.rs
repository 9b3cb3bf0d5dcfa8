//! Two audits side by side: what changed, and whether that is more than noise.
//!
//! - In: two documents of `audit`. Out: a row a metric, and a row a class of the bar.
//! - Documents of another method version or time zone do not compare: their numbers mean other things.
//! - Figures of different bases (list prices and bills) do not compare: both values are shown, and no change.
//! - A change is beyond noise where both values have intervals and these do not touch; without intervals nobody can say.
//! - Source: METRICS 6.6, C1 to C4: what changed at the same time is associated, not caused.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::basis::why_not_comparable;

/// The verdict on values of different bases.
const OTHER_BASIS: &str = "other_basis";

/// A value in both documents.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Change {
    /// Id of the metric, or `class:` and the class.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// The earlier value; `null` is unknown.
    pub before: Option<f64>,
    /// The later one.
    pub after: Option<f64>,
    /// Their difference.
    pub change: Option<f64>,
    /// The difference over the earlier value.
    pub relative: Option<f64>,
    /// `beyond_noise`, `within_noise`, `no_interval`, or `other_basis` where list prices meet billed amounts.
    pub verdict: &'static str,
}

/// All changes: the document of `compare`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CompareDoc<'a> {
    /// `tokaudit/compare`.
    pub schema: &'static str,
    /// Version of the document's shape.
    pub schema_version: u32,
    /// Version of the program.
    pub tool_version: &'static str,
    /// Metrics in their order, then the classes of the bar.
    pub changes: &'a [Change],
}

/// The document of these changes.
#[must_use]
pub fn document(changes: &[Change]) -> CompareDoc<'_> {
    let (schema, schema_version, tool_version) = ("tokaudit/compare", 1, env!("CARGO_PKG_VERSION"));
    CompareDoc { schema, schema_version, tool_version, changes }
}

/// Compares two audits.
///
/// # Errors
/// When one is no audit, or they were made by other methods or in other time zones.
pub fn compare(before: &Value, after: &Value) -> Result<Vec<Change>> {
    for document in [before, after] {
        if document["schema"] != "tokaudit/audit" {
            return Err(Error::input("a document is no audit", "pass two outputs of `tokaudit audit --format json`"));
        }
    }
    for (key, what) in [("/method_version", "method"), ("/period/tz", "time zone")] {
        let (old, new) = (before.pointer(key), after.pointer(key));
        if old != new {
            let shown = |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), ToString::to_string);
            return Err(Error::usage(
                format!("the two audits have another {what}: {} and {}", shown(old), shown(new)),
                "make both with the same version and the same --tz",
            ));
        }
    }
    let mut changes = Vec::new();
    let basis = |metric: &Value| metric["basis"].as_str().unwrap_or_default().to_owned();
    let differ = |old: Option<&Value>, new: &Value| {
        old.is_some_and(|old| why_not_comparable(&basis(old), &basis(new)).is_some())
    };
    for metric in list(after, "metrics") {
        let old = list(before, "metrics").find(|old| old["id"] == metric["id"]);
        let of = |key: &str| (old.and_then(|old| number(&old[key])), number(&metric[key]));
        let verdict = match (of("lo"), of("hi")) {
            _ if differ(old, metric) => OTHER_BASIS,
            ((Some(old_lo), Some(lo)), (Some(old_hi), Some(hi))) if lo > old_hi || hi < old_lo => "beyond_noise",
            ((Some(_), Some(_)), (Some(_), Some(_))) => "within_noise",
            _ => "no_interval",
        };
        let text = |key: &str| metric[key].as_str().unwrap_or_default().to_owned();
        changes.push(change(text("id"), text("name"), text("unit"), of("value"), verdict));
    }
    // The shares of the spend rest on what the spend rests on.
    let spend = |audit| list(audit, "metrics").find(|metric| metric["id"] == "spend");
    let verdict = if spend(after).is_some_and(|new| differ(spend(before), new)) { OTHER_BASIS } else { "no_interval" };
    for class in list(after, "waterfall") {
        let old = list(before, "waterfall").find(|old| old["class"] == class["class"]);
        let share = |of: Option<&Value>| of.and_then(|of| number(&of["share_all"]));
        let name = class["class"].as_str().unwrap_or_default();
        let values = (share(old), share(Some(class)));
        let (id, name) = (format!("class:{name}"), format!("Share of all spend: {}", name.replace('_', " ")));
        changes.push(change(id, name, "share".to_owned(), values, verdict));
    }
    Ok(changes)
}

fn change(id: String, name: String, unit: String, values: (Option<f64>, Option<f64>), verdict: &'static str) -> Change {
    let (before, after) = values;
    let change = before.zip(after).map(|(before, after)| after - before).filter(|_| verdict != OTHER_BASIS);
    let relative = change.zip(before).filter(|(_, before)| *before != 0.0).map(|(change, before)| change / before);
    Change { id, name, unit, before, after, change, relative, verdict }
}

fn list<'a>(document: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    document[key].as_array().into_iter().flatten()
}

/// A number, or money as a text.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn shown(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value.abs() >= 1000.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.4}"),
    }
}

/// The changes as aligned lines; values that neither document has are left out.
#[must_use]
pub fn lines(changes: &[Change]) -> String {
    let mut out = format!("{:<28} {:>14} {:>14} {:>9}  noise\n", "metric", "before", "after", "change");
    for one in changes.iter().filter(|one| one.before.is_some() || one.after.is_some()) {
        let relative = one.relative.map_or_else(|| "-".to_owned(), |part| format!("{:+.1}%", part * 100.0));
        let verdict = one.verdict.replace('_', " ");
        // Writing to a text cannot fail.
        let _ =
            writeln!(out, "{:<28} {:>14} {:>14} {relative:>9}  {verdict}", one.id, shown(one.before), shown(one.after));
    }
    out + "\nWhat changed at the same time is associated, not caused: other people, other tasks, other prices.\n"
}

/// The changes as a table of Markdown.
#[must_use]
pub fn markdown(changes: &[Change]) -> String {
    let mut out = String::from("| metric | before | after | change | noise |\n|---|--:|--:|--:|---|\n");
    for one in changes.iter().filter(|one| one.before.is_some() || one.after.is_some()) {
        let relative = one.relative.map_or_else(|| "-".to_owned(), |part| format!("{:+.1}%", part * 100.0));
        let verdict = one.verdict.replace('_', " ");
        let _ = writeln!(out, "| {} | {} | {} | {relative} | {verdict} |", one.id, shown(one.before), shown(one.after));
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn audit(value: &str, lo: f64, hi: f64) -> Value {
        let metric = json!({"id": "a", "name": "A", "unit": "USD", "value": value, "lo": lo, "hi": hi});
        json!({"schema": "tokaudit/audit", "method_version": 1, "period": {"tz": "UTC"}, "metrics": [metric],
               "waterfall": [{"class": "product", "share_all": 0.5}]})
    }

    #[test]
    fn a_change_is_beyond_noise_when_intervals_do_not_touch() {
        let old = audit("10", 9.0, 11.0);
        let verdict = |new: &Value| compare(&old, new).expect("comparable")[0].verdict;
        assert_eq!(verdict(&audit("13", 12.0, 14.0)), "beyond_noise");
        assert_eq!(verdict(&audit("11", 10.5, 14.0)), "within_noise");
        let mut none = audit("11", 0.0, 0.0);
        none["metrics"][0]["lo"] = Value::Null;
        assert_eq!(verdict(&none), "no_interval");
        let found = compare(&old, &audit("13", 12.0, 14.0)).expect("comparable");
        assert_eq!((found[0].change, found[0].relative), (Some(3.0), Some(0.3)));
        assert_eq!((found[1].id.as_str(), found[1].change), ("class:product", Some(0.0)));
        assert!(lines(&found).contains("+30.0%") && markdown(&found).contains("| a | 10.0000 | 13.0000 | +30.0% |"));
    }

    #[test]
    fn other_methods_and_zones_do_not_compare() {
        let old = audit("10", 9.0, 11.0);
        for (key, value) in
            [("method_version", json!(2)), ("period", json!({"tz": "Asia/Tokyo"})), ("schema", json!("x"))]
        {
            let mut other = old.clone();
            other[key] = value;
            assert!(compare(&old, &other).is_err(), "{key}");
        }
    }
}

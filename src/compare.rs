//! Two audits side by side: what changed, and whether that is more than noise.
//!
//! - In: two documents of `audit`. Out: a row for each metric, and a row for each class of spend.
//! - Documents of different method versions or time zones are refused: their numbers mean different things.
//! - Figures of different bases (list prices and bills) do not compare: both values are kept, and there is no change.
//! - A change is beyond noise when both values have intervals that do not overlap. Without intervals nobody can say.
//! - A value that one document does not know is not comparable yet: unknown is not zero.
//! - What changed at the same time is associated, not caused.

use std::fmt::Write as _;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::metrics::YIELD;
use crate::model::basis::why_not_comparable;
use crate::model::sanitise::sanitise;
use crate::report::saved::{Figure, SavedAudit, SavedMetric};

/// Whether a change is more than chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The intervals do not touch.
    BeyondNoise,
    /// The intervals overlap.
    WithinNoise,
    /// A value has no interval, so nobody can say.
    NoInterval,
    /// A value may not be said yet: it is too early, or rests on too little.
    NotComparableYet,
    /// One value is at list prices and the other is billed, so their difference means nothing.
    OtherBasis,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::BeyondNoise => "beyond_noise",
            Self::WithinNoise => "within_noise",
            Self::NoInterval => "no_interval",
            Self::NotComparableYet => "not_comparable_yet",
            Self::OtherBasis => "other_basis",
        }
    }
}

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
    /// `beyond_noise`, `within_noise`, `no_interval`, `not_comparable_yet` where a value is unknown, or `other_basis` where list
    /// prices meet billed amounts.
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
    /// Metrics in their order, then the classes of spend.
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
/// When they were made by different methods or in different time zones.
pub fn compare(before: &SavedAudit, after: &SavedAudit) -> Result<Vec<Change>> {
    let method = |audit: &SavedAudit| audit.method_version.map(|version| version.to_string());
    let zone = |audit: &SavedAudit| audit.period.tz.clone();
    for (what, old, new) in [("method", method(before), method(after)), ("time zone", zone(before), zone(after))] {
        if old != new {
            let shown = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
            return Err(Error::usage(
                format!("the two audits differ in their {what}: {} and {}", shown(old), shown(new)),
                "make both with the same version and the same --tz",
            ));
        }
    }
    let mut changes: Vec<Change> =
        after.metrics.iter().map(|metric| metric_change(before.metric(&metric.id), metric)).collect();
    // The shares of the spend rest on what the spend rests on.
    let differs = after.metric("spend").is_some_and(|spend| has_other_basis(before.metric("spend"), spend));
    // While little can be judged, most of the spend has not found its class yet.
    let is_judged = |audit: &SavedAudit| audit.metric(YIELD.id).is_none_or(|metric| metric.measured.value.is_some());
    let verdict = match () {
        () if differs => Verdict::OtherBasis,
        () if !is_judged(before) || !is_judged(after) => Verdict::NotComparableYet,
        () => Verdict::NoInterval,
    };
    for class in &after.waterfall {
        let share = class.share_all.as_ref().map(|share| share.value);
        let values = (before.share(&class.class), share);
        let (id, name) =
            (format!("class:{}", class.class), format!("Share of all spend: {}", class.class.replace('_', " ")));
        changes.push(change(id, name, "share".to_owned(), values, verdict));
    }
    Ok(changes)
}

fn has_other_basis(before: Option<&SavedMetric>, after: &SavedMetric) -> bool {
    before.is_some_and(|before| why_not_comparable(before.measured.basis(), after.measured.basis()).is_some())
}

fn metric_change(before: Option<&SavedMetric>, after: &SavedMetric) -> Change {
    let number = |figure: &Option<Figure>| figure.as_ref().map(|figure| figure.value);
    let old = before.map(|before| &before.measured).cloned().unwrap_or_default();
    let new = &after.measured;
    let verdict = match (number(&old.lo), number(&new.lo), number(&old.hi), number(&new.hi)) {
        _ if has_other_basis(before, after) => Verdict::OtherBasis,
        _ if old.value.is_none() || new.value.is_none() => Verdict::NotComparableYet,
        (Some(old_lo), Some(lo), Some(old_hi), Some(hi)) if lo > old_hi || hi < old_lo => Verdict::BeyondNoise,
        (Some(_), Some(_), Some(_), Some(_)) => Verdict::WithinNoise,
        _ => Verdict::NoInterval,
    };
    let values = (number(&old.value), number(&new.value));
    change(after.id.clone(), after.name.clone(), after.unit.clone(), values, verdict)
}

fn change(id: String, name: String, unit: String, values: (Option<f64>, Option<f64>), verdict: Verdict) -> Change {
    let (before, after) = values;
    let change = before
        .zip(after)
        .map(|(before, after)| after - before)
        .filter(|_| !matches!(verdict, Verdict::OtherBasis | Verdict::NotComparableYet));
    let relative = change.zip(before).filter(|(_, before)| *before != 0.0).map(|(change, before)| change / before);
    Change { id, name, unit, before, after, change, relative, verdict: verdict.word() }
}

fn shown(value: Option<f64>) -> String {
    match value {
        None => "unknown".to_owned(),
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
        let _ = writeln!(
            out,
            "{:<28} {:>14} {:>14} {relative:>9}  {verdict}",
            sanitise(&one.id),
            shown(one.before),
            shown(one.after)
        );
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
        let id = sanitise(&one.id).replace('&', "&amp;").replace('<', "&lt;").replace('@', "&#64;").replace('|', "\\|");
        let (before, after) = (shown(one.before), shown(one.after));
        let _ = writeln!(out, "| {id} | {before} | {after} | {relative} | {verdict} |");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit(metric: &str) -> SavedAudit {
        audit_of(&format!(
            r#""method_version":1,"period":{{"tz":"UTC"}},"metrics":[{{"id":"a","name":"A","unit":"USD",{metric}}}],
               "waterfall":[{{"class":"product","share_all":0.5}}]"#
        ))
    }

    fn audit_of(body: &str) -> SavedAudit {
        SavedAudit::parse("r.json", &format!(r#"{{"schema":"tokaudit/audit",{body}}}"#)).expect("an audit")
    }

    #[test]
    fn a_change_is_beyond_noise_when_intervals_do_not_touch() {
        let old = audit(r#""value":"10","lo":9,"hi":11"#);
        let verdict = |new: &str| compare(&old, &audit(new)).expect("comparable")[0].verdict;
        assert_eq!(verdict(r#""value":"13","lo":12,"hi":14"#), "beyond_noise");
        assert_eq!(verdict(r#""value":"11","lo":10.5,"hi":14"#), "within_noise");
        assert_eq!(verdict(r#""value":"11","lo":null,"hi":0"#), "no_interval");
        let found = compare(&old, &audit(r#""value":"13","lo":12,"hi":14"#)).expect("comparable");
        assert_eq!((found[0].change, found[0].relative), (Some(3.0), Some(0.3)));
        assert_eq!((found[1].id.as_str(), found[1].change), ("class:product", Some(0.0)));
        assert!(lines(&found).contains("+30.0%") && markdown(&found).contains("| a | 10.0000 | 13.0000 | +30.0% |"));
    }

    #[test]
    fn list_and_billed_prices_have_no_difference() {
        let (list, billed) = (audit(r#""value":"10","basis":"list""#), audit(r#""value":"13","basis":"billed""#));
        let found = compare(&list, &billed).expect("comparable");
        assert_eq!((found[0].before, found[0].after, found[0].change), (Some(10.0), Some(13.0), None));
        assert_eq!((found[0].relative, found[0].verdict), (None, "other_basis"));
    }

    #[test]
    fn other_methods_and_zones_do_not_compare() {
        let old = audit(r#""value":1"#);
        for body in [
            r#""method_version":2,"period":{"tz":"UTC"}"#,
            r#""method_version":1,"period":{"tz":"Asia/Tokyo"}"#,
            r#""period":{"tz":"UTC"}"#,
        ] {
            assert!(compare(&old, &audit_of(body)).is_err(), "{body}");
        }
    }
}

//! Judges the gates of a policy on an audit.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::NaiveDate;

use super::policy::{Gate, ScopePattern, Severity, Test};
use super::{Judgement, Outcome};
use crate::error::{Error, Result};
use crate::model::basis::why_not_comparable;
use crate::model::edit_distance::nearest;
use crate::model::pattern::fits;
use crate::report::saved::{Figure, Measured, SavedAudit};
use crate::statistics::interval;

/// One team, repository or model, or a pattern that none of them matches.
#[derive(Debug, Clone, Copy)]
struct Scope<'a> {
    kind: &'a str,
    name: &'a str,
}

/// An outcome with its reason.
type Decision = (Outcome, String);

/// What all gates are judged on.
struct Judge<'a> {
    report: &'a SavedAudit,
    baseline: Option<&'a SavedAudit>,
    today: NaiveDate,
    method: u32,
}

/// Judges every gate; `today` decides about waivers, `method` is the method version of this program.
///
/// # Errors
/// When a gate names a metric that the report does not have.
pub fn judge(
    gates: &[Gate],
    report: &SavedAudit,
    baseline: Option<&SavedAudit>,
    today: NaiveDate,
    method: u32,
) -> Result<Vec<Judgement>> {
    let judge = Judge { report, baseline, today, method };
    let mut judged = Vec::new();
    for gate in gates {
        let id = metric_id(&gate.metric);
        let whole = report.metric(&id).ok_or_else(|| unknown_metric(gate, &id, report))?;
        let Some(pattern) = &gate.scope else {
            judged.push(judge.judgement(gate, &id, None, Some(&whole.measured)));
            continue;
        };
        let before = judged.len();
        for one in report.scoped.iter().filter(|one| one.metric == id && matches(pattern, &one.scope_type, &one.scope))
        {
            let scope = Scope { kind: &one.scope_type, name: &one.scope };
            judged.push(judge.judgement(gate, &id, Some(scope), Some(&one.measured)));
        }
        if judged.len() == before {
            let scope = Scope { kind: &pattern.kind, name: &pattern.name };
            judged.push(judge.judgement(gate, &id, Some(scope), None));
        }
    }
    Ok(judged)
}

fn matches(pattern: &ScopePattern, kind: &str, name: &str) -> bool {
    pattern.kind == kind && fits(&pattern.name, name)
}

/// `cost_per_merged_pr.median` and `cost-per-pull-request-median` are the same metric.
fn metric_id(text: &str) -> String {
    text.replace(['_', '.'], "-").replace("merged-pr-", "pull-request-").replace("merged-pr", "pull-request")
}

fn unknown_metric(gate: &Gate, id: &str, report: &SavedAudit) -> Error {
    let known = report.metrics.iter().map(|one| one.id.as_str());
    let near = nearest(id, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Error::usage(
        format!("gate `{}`: the report has no metric `{}`{near}", gate.id, gate.metric),
        "`tokaudit explain metrics` lists them",
    )
}

impl Judge<'_> {
    fn judgement(&self, gate: &Gate, id: &str, scope: Option<Scope<'_>>, metric: Option<&Measured>) -> Judgement {
        let (outcome, why) = match self.decide(gate, id, scope, metric) {
            ControlFlow::Break(decision) => decision,
            ControlFlow::Continue(broken) => self.consequence(gate, metric, &broken),
        };
        Judgement {
            id: gate.id.clone(),
            metric: id.to_owned(),
            scope: scope.map(|scope| format!("{}:{}", scope.kind, scope.name)),
            outcome,
            value: metric.and_then(|metric| Some(metric.value.as_ref()?.value)),
            why,
        }
    }

    /// The limits that are broken, or why they cannot be judged.
    fn decide(
        &self,
        gate: &Gate,
        id: &str,
        scope: Option<Scope<'_>>,
        metric: Option<&Measured>,
    ) -> ControlFlow<Decision, Vec<String>> {
        if self.report.method_version != Some(u64::from(self.method)) {
            let theirs = self.report.method_version.map_or_else(|| "null".to_owned(), |version| version.to_string());
            let why = format!("the report was made by method {theirs}, this program's is {}", self.method);
            return ControlFlow::Break((Outcome::Refused, why));
        }
        let Some(metric) = metric else {
            return insufficient("the report has no figure of its own for it");
        };
        let Some(value) = number(metric.value.as_ref()) else {
            let why = metric.missing.as_ref().map_or_else(String::new, |missing| format!(": {missing}"));
            return insufficient(&format!("the value is unknown{why}"));
        };
        enough_data(gate, metric)?;
        let mut broken = broken_limits(gate, metric, value)?;
        broken.extend(self.broken_growth(gate, id, scope, metric, value)?);
        ControlFlow::Continue(broken)
    }

    /// What is broken when the value grew too much over the baseline.
    fn broken_growth(
        &self,
        gate: &Gate,
        id: &str,
        scope: Option<Scope<'_>>,
        metric: &Measured,
        value: f64,
    ) -> ControlFlow<Decision, Option<String>> {
        let Some(limit) = gate.max_increase.map(|percentage| percentage.0) else { return ControlFlow::Continue(None) };
        let Some(baseline) = self.baseline else {
            return insufficient("no --baseline to compare with");
        };
        if let Some(why) = difference(self.report, baseline) {
            return ControlFlow::Break((Outcome::Refused, why));
        }
        let before = match scope {
            None => baseline.metric(id).map(|one| &one.measured),
            Some(scope) => baseline.scoped_metric(id, scope.kind, scope.name),
        };
        if let Some(why) = before.and_then(|before| why_not_comparable(before.basis(), metric.basis())) {
            return ControlFlow::Break((Outcome::Refused, why));
        }
        let known = before.and_then(|before| Some((before, number(before.value.as_ref()).filter(|old| *old > 0.0)?)));
        let Some((before, old)) = known else {
            return insufficient("the baseline has no value");
        };
        let grown = (value / old - 1.0) * 100.0;
        let (near, range) = match gate.test {
            Test::Value => (grown, String::new()),
            Test::Ci => match self.growth(baseline, id, scope, metric, before) {
                None => return insufficient("the growth has no interval"),
                Some((lo, hi)) => (lo * 100.0, format!(" ({:+.1}% to {:+.1}%)", lo * 100.0, hi * 100.0)),
            },
        };
        let why = || format!("{grown:+.1}%{range} over {old}, at most {limit}% is allowed");
        ControlFlow::Continue((near > limit).then(why))
    }

    /// The 95% interval of the growth over a baseline: by a bootstrap of pull requests where the metric is about them, else
    /// from the far ends of both intervals, which is wider.
    fn growth(
        &self,
        baseline: &SavedAudit,
        id: &str,
        scope: Option<Scope<'_>>,
        now: &Measured,
        before: &Measured,
    ) -> Option<(f64, f64)> {
        let statistic = match id {
            "cost-per-pull-request" => interval::mean,
            "cost-per-pull-request-median" => interval::median,
            _ => {
                let old_lo = number(before.lo.as_ref()).filter(|lo| *lo > 0.0);
                let old_hi = number(before.hi.as_ref())?;
                return Some((number(now.lo.as_ref())? / old_hi - 1.0, number(now.hi.as_ref())? / old_lo? - 1.0));
            }
        };
        interval::growth(&pull_request_costs(baseline, scope), &pull_request_costs(self.report, scope), statistic)
    }

    /// What broken limits mean: a failure, unless they are waived or only a warning.
    fn consequence(&self, gate: &Gate, metric: Option<&Measured>, broken: &[String]) -> Decision {
        if broken.is_empty() {
            let value = number(metric.and_then(|metric| metric.value.as_ref())).unwrap_or_default();
            let growth = gate.max_increase.map(|limit| format!("growth limit {}%", limit.0));
            let limits =
                [gate.max.map(|max| format!("limit {max}")), gate.min.map(|min| format!("at least {min}")), growth];
            let limits: Vec<String> = limits.into_iter().flatten().collect();
            return (Outcome::Pass, format!("is {value}, {}", limits.join(", ")));
        }
        let why = broken.join("; ");
        match gate.waive_until.filter(|day| self.today <= *day) {
            Some(day) => {
                let reason = gate.reason.as_deref().unwrap_or_default();
                (Outcome::Waived, format!("{why}; waived until {day}: {reason}"))
            }
            None if gate.severity == Severity::Warn => (Outcome::Warn, why),
            None => (Outcome::Fail, why),
        }
    }
}

fn insufficient<C>(why: &str) -> ControlFlow<Decision, C> {
    ControlFlow::Break((Outcome::Insufficient, why.to_owned()))
}

fn number(figure: Option<&Figure>) -> Option<f64> {
    figure.map(|figure| figure.value)
}

fn enough_data(gate: &Gate, metric: &Measured) -> ControlFlow<Decision> {
    let n = metric.n.unwrap_or(0);
    if let Some(min) = gate.min_n.filter(|min| n < *min) {
        return insufficient(&format!("{n} units, at least {min} are needed"));
    }
    let covered = number(metric.coverage.as_ref());
    if let Some(min) = gate.min_coverage.filter(|min| covered.is_none_or(|covered| covered < *min)) {
        let covered = covered.map_or_else(|| "unknown".to_owned(), |covered| format!("{covered:.3}"));
        return insufficient(&format!("coverage {covered}, at least {min} is needed"));
    }
    ControlFlow::Continue(())
}

/// Which of max and min are broken.
fn broken_limits(gate: &Gate, metric: &Measured, value: f64) -> ControlFlow<Decision, Vec<String>> {
    let (near_max, near_min) = match gate.test {
        Test::Value => (Some(value), Some(value)),
        Test::Ci => (number(metric.lo.as_ref()), number(metric.hi.as_ref())),
    };
    let mut broken = Vec::new();
    if let Some(max) = gate.max {
        match near_max {
            None => return insufficient("the value has no interval"),
            Some(near) if near > max => broken.push(format!("{near} is above {max}")),
            Some(_) => {}
        }
    }
    if let Some(min) = gate.min {
        match near_min {
            None => return insufficient("the value has no interval"),
            Some(near) if near < min => broken.push(format!("{near} is below {min}")),
            Some(_) => {}
        }
    }
    ControlFlow::Continue(broken)
}

/// What each pull request of a repository, or of all, cost: those whose figures the metrics are made of.
fn pull_request_costs(audit: &SavedAudit, scope: Option<Scope<'_>>) -> Vec<f64> {
    let is_in_scope = |repo: Option<&str>| scope.is_none_or(|scope| repo == Some(scope.name));
    let mut costs: BTreeMap<(Option<&str>, u64), f64> = BTreeMap::new();
    for unit in audit.units.iter().filter(|unit| unit.landing.is_some() && is_in_scope(unit.repo.as_deref())) {
        if let Some(pull_request) = unit.pull_request {
            *costs.entry((unit.repo.as_deref(), pull_request)).or_default() +=
                number(unit.cost_usd.as_ref()).unwrap_or_default();
        }
    }
    costs.into_values().filter(|cost| *cost != 0.0).collect()
}

/// Why two reports cannot be compared.
fn difference(report: &SavedAudit, baseline: &SavedAudit) -> Option<String> {
    let version = |version: Option<u64>| version.map_or_else(|| "null".to_owned(), |version| version.to_string());
    let zone =
        |audit: &SavedAudit| audit.period.tz.as_ref().map_or_else(|| "null".to_owned(), |tz| format!("\"{tz}\""));
    let pairs = [
        ("method_version", version(report.method_version), version(baseline.method_version)),
        ("schema_version", version(report.schema_version), version(baseline.schema_version)),
        ("time zone", zone(report), zone(baseline)),
    ];
    let (what, here, there) = pairs.into_iter().find(|(_, here, there)| here != there)?;
    Some(format!("{what} is {here} here and {there} in the baseline"))
}

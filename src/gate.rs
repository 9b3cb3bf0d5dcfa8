//! A report against a policy: which limits hold, and how sure that is.
//!
//! - In: an audit's JSON, the `[[gate]]` tables of a policy, perhaps an earlier report. Out: one [`Judgement`] a gate.
//! - Unknown passes nothing and fails nothing: too few units, too little coverage or no interval is `insufficient`.
//! - Reports are compared only when they were made by the same method and in the same time zone; else the gate is refused.
//! - Source: METRICS 6.6.

use std::fmt::Write as _;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::edit_distance::nearest;
use crate::model::pattern::fits;
use crate::statistics::interval;

/// Sections of a configuration that gates do not read.
const OTHER_SECTIONS: &[&str] =
    &["teams", "identity", "repos", "scope", "budget", "prices", "outcomes", "off_task", "privacy", "comment"];

/// One `[[gate]]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// What outcomes are reported under.
    pub id: String,
    /// The metric's id; `_` and `.` stand for `-`.
    pub metric: String,
    /// What it is measured over: `all`, or `team:`, `repo:` or `model:` and a name in which `*` stands for anything; each
    /// that fits is judged alone.
    #[serde(default)]
    pub scope: Option<String>,
    /// The largest value that passes.
    #[serde(default)]
    pub max: Option<f64>,
    /// The smallest value that passes.
    #[serde(default)]
    pub min: Option<f64>,
    /// The largest growth over the baseline that passes, such as `20%`.
    #[serde(default)]
    pub max_increase: Option<String>,
    /// What the baseline is called; the file is given on the command line.
    #[serde(default)]
    pub baseline: Option<String>,
    /// What is compared with the limit.
    #[serde(default)]
    pub test: Test,
    /// The least share of the spend that must stand behind the value.
    #[serde(default)]
    pub min_coverage: Option<f64>,
    /// The least number of units.
    #[serde(default)]
    pub min_n: Option<u64>,
    /// What a broken limit does.
    #[serde(default)]
    pub severity: Severity,
    /// Up to this day, included, a broken limit is waived.
    #[serde(default)]
    pub waive_until: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What is compared with a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The value itself.
    #[default]
    Value,
    /// The end of its interval that is nearest to the limit: a limit is broken only beyond doubt.
    Ci,
}

/// What a broken limit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Fails the job.
    #[default]
    Error,
    /// Is said.
    Warn,
}

/// What came of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The limits hold.
    Pass,
    /// A limit is broken, until a day that somebody set.
    Waived,
    /// A limit is broken, and that is only said.
    Warn,
    /// There is too little to judge by.
    Insufficient,
    /// The two reports cannot be compared.
    Refused,
    /// A limit is broken.
    Fail,
}

impl Outcome {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Waived => "waived",
            Self::Warn => "warn",
            Self::Insufficient => "insufficient",
            Self::Refused => "refused",
            Self::Fail => "fail",
        }
    }
}

/// One gate's outcome.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Judgement {
    /// The gate.
    pub id: String,
    /// Its metric.
    pub metric: String,
    /// What it is measured over; `null` is everything.
    pub scope: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// The value; `null` is unknown.
    pub value: Option<f64>,
    /// What decided.
    pub why: String,
}

/// What came of all gates of a policy: the document of `gate`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct GateDoc<'a> {
    /// `tokaudit/gate`.
    pub schema: &'static str,
    /// Version of the document's shape.
    pub schema_version: u32,
    /// Version of the program.
    pub tool_version: &'static str,
    /// The day taken for today.
    pub as_of: NaiveDate,
    /// The exit code.
    pub exit_code: u8,
    /// In the order of the policy.
    pub gates: &'a [Judgement],
}

/// The document of these outcomes.
#[must_use]
pub fn document(judged: &[Judgement], today: NaiveDate, strict: bool) -> GateDoc<'_> {
    GateDoc {
        schema: "tokaudit/gate",
        schema_version: 1,
        tool_version: env!("CARGO_PKG_VERSION"),
        as_of: today,
        exit_code: verdict(judged, strict),
        gates: judged,
    }
}

/// The gates of a configuration.
///
/// # Errors
/// When the text is no TOML, has an unknown section or key, or no gate.
pub fn policy(shown: &str, text: &str) -> Result<Vec<Gate>> {
    let hint = "a gate has id, metric, and max, min or max_increase; see the README";
    let usage = |message: String| Error::usage(format!("policy {shown}: {message}"), hint);
    let mut table: toml::Table = toml::from_str(text).map_err(|err| usage(err.to_string()))?;
    let gates = table.remove("gate");
    if let Some(key) = table.keys().find(|key| !OTHER_SECTIONS.contains(&key.as_str())) {
        let known = OTHER_SECTIONS.iter().copied().chain(["gate"]);
        let near = nearest(key, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(usage(format!("there is no section `{key}`{near}")));
    }
    let gates: Vec<Gate> = match gates {
        Some(gates) => gates.try_into().map_err(|err: toml::de::Error| usage(err.message().to_owned()))?,
        None => Vec::new(),
    };
    if gates.is_empty() {
        return Err(usage("there is no [[gate]]".to_owned()));
    }
    for gate in &gates {
        if gate.max.is_none() && gate.min.is_none() && gate.max_increase.is_none() {
            return Err(usage(format!("gate `{}` has no limit", gate.id)));
        }
        if gate.waive_until.is_some() && gate.reason.is_none() {
            return Err(usage(format!("gate `{}` is waived without a reason", gate.id)));
        }
    }
    Ok(gates)
}

/// An audit as far as gates read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Audited(Value);

impl Audited {
    /// Reads the JSON of an audit.
    ///
    /// # Errors
    /// When it is no audit of this program's documents.
    pub fn parse(shown: &str, text: &str) -> Result<Self> {
        let hint = "pass the output of `tokaudit audit --format json`";
        let value: Value =
            serde_json::from_str(text).map_err(|err| Error::input(format!("report {shown}: {err}"), hint))?;
        if value["schema"] != "tokaudit/audit" {
            return Err(Error::input(format!("report {shown} is no audit"), hint));
        }
        Ok(Self(value))
    }

    fn metric(&self, id: &str) -> Option<&Value> {
        self.0["metrics"].as_array()?.iter().find(|metric| metric["id"] == id)
    }

    /// The figure of a scope.
    fn scoped(&self, id: &str, scope: &Scope) -> Option<&Value> {
        let is_it = |one: &&Value| {
            one["metric"] == id && one["scope_type"] == scope.kind.as_str() && one["scope"] == scope.name.as_str()
        };
        self.0["scoped"].as_array()?.iter().find(is_it)
    }

    /// The scopes of a metric that fit `team:*` and the like.
    fn scopes(&self, id: &str, pattern: &str) -> Vec<Scope> {
        let Some((kind, name)) = pattern.split_once(':') else { return Vec::new() };
        let figures = self.0["scoped"].as_array().into_iter().flatten();
        let of_metric = figures.filter(|one| one["metric"] == id && one["scope_type"] == kind);
        let names = of_metric.filter_map(|one| one["scope"].as_str()).filter(|scope| fits(name, scope));
        names.map(|scope| Scope { kind: kind.to_owned(), name: scope.to_owned() }).collect()
    }

    /// What each pull request of a repository, or of all, cost.
    fn pull_request_costs(&self, scope: Option<&Scope>) -> Vec<f64> {
        let units = self.0["units"].as_array().into_iter().flatten();
        let of_scope = units.filter(|unit| scope.is_none_or(|scope| unit["repo"] == scope.name.as_str()));
        let landed = of_scope.filter(|unit| !unit["pull_request"].is_null() && !unit["landing"].is_null());
        landed.filter_map(|unit| number(&unit["cost_usd"])).collect()
    }

    /// The 95% interval of growth over a baseline: by a bootstrap of pull requests where the metric is about these, else from
    /// the far ends of both intervals, which is wider.
    fn growth(&self, old: &Self, id: &str, scope: Option<&Scope>, now: &Value, before: &Value) -> Option<(f64, f64)> {
        let statistic = match id {
            "cost-per-pull-request" => interval::mean,
            "cost-per-pull-request-median" => interval::median,
            _ => {
                let of = |metric: &Value, end: &str| number(&metric[end]);
                let (old_lo, old_hi) = (of(before, "lo").filter(|lo| *lo > 0.0), of(before, "hi")?);
                return Some((of(now, "lo")? / old_hi - 1.0, of(now, "hi")? / old_lo? - 1.0));
            }
        };
        interval::growth(&old.pull_request_costs(scope), &self.pull_request_costs(scope), statistic)
    }

    /// Why two reports cannot be compared.
    fn differs(&self, other: &Self) -> Option<String> {
        let pairs = [
            ("method_version", &self.0["method_version"], &other.0["method_version"]),
            ("schema_version", &self.0["schema_version"], &other.0["schema_version"]),
            ("time zone", &self.0["period"]["tz"], &other.0["period"]["tz"]),
        ];
        pairs
            .into_iter()
            .find(|(_, one, two)| one != two)
            .map(|(what, one, two)| format!("{what} is {one} here and {two} in the baseline"))
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// `cost_per_merged_pr.median` and `cost-per-pull-request-median` are one.
fn metric_id(text: &str) -> String {
    text.replace(['_', '.'], "-").replace("merged-pr-", "pull-request-").replace("merged-pr", "pull-request")
}

/// Judges every gate; `today` decides about waivers, `method` is this program's own.
///
/// # Errors
/// When a gate names an unknown metric, or a limit or a day cannot be understood.
pub fn judge(
    gates: &[Gate],
    report: &Audited,
    baseline: Option<&Audited>,
    today: NaiveDate,
    method: u32,
) -> Result<Vec<Judgement>> {
    let mut judged = Vec::new();
    for gate in gates {
        match gate.scope.as_deref().filter(|scope| *scope != "all") {
            None => judged.push(one(gate, report, baseline, None, today, method)?),
            Some(pattern) => {
                let scopes = report.scopes(&metric_id(&gate.metric), pattern);
                for scope in &scopes {
                    judged.push(one(gate, report, baseline, Some(scope), today, method)?);
                }
                if scopes.is_empty() {
                    judged.push(one(gate, report, baseline, Some(&Scope::nothing(pattern)), today, method)?);
                }
            }
        }
    }
    Ok(judged)
}

/// A team, a repository or a model.
#[derive(Debug, Clone, PartialEq)]
struct Scope {
    kind: String,
    name: String,
}

impl Scope {
    /// What no report has: the pattern that nothing fits.
    fn nothing(pattern: &str) -> Self {
        let (kind, name) = pattern.split_once(':').unwrap_or(("all", pattern));
        Self { kind: kind.to_owned(), name: name.to_owned() }
    }

    fn shown(&self) -> String {
        format!("{}:{}", self.kind, self.name)
    }
}

fn one(
    gate: &Gate,
    report: &Audited,
    baseline: Option<&Audited>,
    scope: Option<&Scope>,
    today: NaiveDate,
    method: u32,
) -> Result<Judgement> {
    let id = metric_id(&gate.metric);
    let Some(whole) = report.metric(&id) else {
        let known: Vec<&str> =
            report.0["metrics"].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str()).collect();
        let near =
            nearest(&id, known.iter().copied()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(Error::usage(
            format!("gate `{}`: the report has no metric `{}`{near}", gate.id, gate.metric),
            "`tokaudit explain metrics` lists them",
        ));
    };
    let metric = scope.map_or(Some(whole), |scope| report.scoped(&id, scope));
    let value = metric.and_then(|metric| number(&metric["value"]));
    let done = |outcome, why: String| {
        let scope = scope.map(Scope::shown);
        Judgement { id: gate.id.clone(), metric: id.clone(), scope, outcome, value, why }
    };
    if report.0["method_version"].as_u64() != Some(u64::from(method)) {
        let why = format!("the report was made by method {}, this program's is {method}", report.0["method_version"]);
        return Ok(done(Outcome::Refused, why));
    }
    let Some(metric) = metric else {
        return Ok(done(Outcome::Insufficient, "the report measures nothing for it apart".to_owned()));
    };
    let Some(value_now) = value else {
        return Ok(done(Outcome::Insufficient, "the value is unknown".to_owned()));
    };
    let n = metric["n"].as_u64().unwrap_or(0);
    if let Some(least) = gate.min_n.filter(|least| n < *least) {
        return Ok(done(Outcome::Insufficient, format!("{n} units, {least} are asked for")));
    }
    if let Some(least) = gate.min_coverage {
        let covered = number(&metric["coverage"]);
        if covered.is_none_or(|covered| covered < least) {
            let covered = covered.map_or_else(|| "unknown".to_owned(), |covered| format!("{covered:.3}"));
            return Ok(done(Outcome::Insufficient, format!("coverage {covered}, {least} is asked for")));
        }
    }
    let (near_max, near_min) = match gate.test {
        Test::Value => (Some(value_now), Some(value_now)),
        Test::Ci => (number(&metric["lo"]), number(&metric["hi"])),
    };
    let mut broken = Vec::new();
    for (limit, near, word) in [(gate.max, near_max, "above"), (gate.min, near_min, "below")] {
        let Some(limit) = limit else { continue };
        let Some(near) = near else {
            return Ok(done(Outcome::Insufficient, "the value has no interval".to_owned()));
        };
        if (word == "above" && near > limit) || (word == "below" && near < limit) {
            broken.push(format!("{near} is {word} {limit}"));
        }
    }
    if let Some(growth) = &gate.max_increase {
        let limit: f64 = growth.trim_end_matches('%').trim().parse().map_err(|_| {
            Error::usage(format!("gate `{}`: max_increase `{growth}` is no percentage", gate.id), "write it as \"20%\"")
        })?;
        let Some(baseline) = baseline else {
            return Ok(done(Outcome::Insufficient, "no --baseline to compare with".to_owned()));
        };
        if let Some(why) = report.differs(baseline) {
            return Ok(done(Outcome::Refused, why));
        }
        let before = scope.map_or_else(|| baseline.metric(&id), |scope| baseline.scoped(&id, scope));
        if before.is_some_and(|before| before["basis"] != metric["basis"]) {
            return Ok(done(Outcome::Refused, "the bases of the two values differ".to_owned()));
        }
        let Some(before) = before.filter(|before| number(&before["value"]).is_some_and(|value| value > 0.0)) else {
            return Ok(done(Outcome::Insufficient, "the baseline has no value".to_owned()));
        };
        let old = number(&before["value"]).unwrap_or(f64::NAN);
        let grown = (value_now / old - 1.0) * 100.0;
        let (near, said) = match gate.test {
            Test::Value => (grown, String::new()),
            Test::Ci => match report.growth(baseline, &id, scope, metric, before) {
                None => return Ok(done(Outcome::Insufficient, "the growth has no interval".to_owned())),
                Some((lo, hi)) => (lo * 100.0, format!(" ({:+.1}% to {:+.1}%)", lo * 100.0, hi * 100.0)),
            },
        };
        if near > limit {
            broken.push(format!("{grown:+.1}%{said} over {old}, at most {limit}% is allowed"));
        }
    }
    if broken.is_empty() {
        return Ok(done(Outcome::Pass, "within its limits".to_owned()));
    }
    let why = broken.join("; ");
    if let Some(until) = &gate.waive_until {
        let day: NaiveDate = until.parse().map_err(|_| {
            Error::usage(format!("gate `{}`: waive_until `{until}` is no day", gate.id), "write it as \"2026-07-01\"")
        })?;
        if today <= day {
            return Ok(done(
                Outcome::Waived,
                format!("{why}; waived until {day}: {}", gate.reason.as_deref().unwrap_or("")),
            ));
        }
    }
    Ok(done(if gate.severity == Severity::Warn { Outcome::Warn } else { Outcome::Fail }, why))
}

/// What the outcomes mean for a job: the exit code of METRICS 6.6.
#[must_use]
pub fn verdict(judged: &[Judgement], strict: bool) -> u8 {
    let has = |outcome| judged.iter().any(|one| one.outcome == outcome);
    if has(Outcome::Fail) {
        1
    } else if has(Outcome::Refused) {
        2
    } else if strict && has(Outcome::Insufficient) {
        4
    } else {
        0
    }
}

/// Ids are aligned up to so many characters.
const LONGEST_ID: usize = 40;

impl Judgement {
    /// The gate's id, with the scope where there is one.
    fn title(&self) -> String {
        let scope = self.scope.as_ref().map_or_else(String::new, |scope| format!(" [{scope}]"));
        plain(&format!("{}{scope}", self.id))
    }
}

/// One line a gate.
#[must_use]
pub fn lines(judged: &[Judgement]) -> String {
    let width = judged.iter().map(|one| one.title().chars().count()).max().unwrap_or(0).min(LONGEST_ID);
    let mut text = String::new();
    for one in judged {
        let id = one.title();
        let _ = writeln!(text, "{:12}  {id:width$}  {}: {}", one.outcome.word(), plain(&one.metric), plain(&one.why));
    }
    text
}

/// A table for the summary of a job.
#[must_use]
pub fn markdown(judged: &[Judgement]) -> String {
    let mut text = String::from("| gate | metric | outcome | why |\n|---|---|---|---|\n");
    for one in judged {
        let cell = |text: &str| {
            let text: String = plain(text).chars().take(LONGEST_CELL).collect();
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('@', "&#64;").replace('\\', "\\\\");
            text.replace('|', "\\|").replace('`', "\\`").replace('[', "\\[")
        };
        let (title, metric, why) = (cell(&one.title()), cell(&one.metric), cell(&one.why));
        let _ = writeln!(text, "| {title} | {metric} | {} | {why} |", one.outcome.word());
    }
    text
}

/// Characters of a cell in that table.
const LONGEST_CELL: usize = 300;

/// Lines for the file that `GITHUB_OUTPUT` names: `spend_usd`, `coverage` and `gate`, the worst outcome; unknown is empty.
#[must_use]
pub fn outputs(judged: &[Judgement], report: &Audited) -> String {
    let value = |id: &str| match report.metric(id).map(|metric| &metric["value"]) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => plain(text),
        Some(other) => other.to_string(),
    };
    let worst = judged.iter().map(|one| one.outcome).max().map_or("pass", Outcome::word);
    format!("spend_usd={}\ncoverage={}\ngate={worst}\n", value("spend"), value("coverage"))
}

/// Annotations of a GitHub job, an outcome that passes aside.
#[must_use]
pub fn annotations(judged: &[Judgement]) -> String {
    let mut text = String::new();
    for one in judged {
        let kind = match one.outcome {
            Outcome::Pass => continue,
            Outcome::Fail | Outcome::Refused => "error",
            Outcome::Warn | Outcome::Insufficient => "warning",
            Outcome::Waived => "notice",
        };
        let message = plain(&format!("{} {}: {}", one.title(), one.outcome.word(), one.why)).replace('%', "%25");
        let _ = writeln!(text, "::{kind} title=tokaudit gate::{message}");
    }
    text
}

/// `JUnit` XML: a failed or refused gate is a failure, one with too little to judge by is skipped.
#[must_use]
pub fn junit(judged: &[Judgement]) -> String {
    let count = |outcomes: &[Outcome]| judged.iter().filter(|one| outcomes.contains(&one.outcome)).count();
    let failures = count(&[Outcome::Fail, Outcome::Refused]);
    let skipped = count(&[Outcome::Insufficient, Outcome::Waived]);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"tokaudit gate\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\">\n",
        judged.len()
    );
    for one in judged {
        let why = xml(&format!("{}: {}", one.outcome.word(), one.why));
        let inner = match one.outcome {
            Outcome::Pass | Outcome::Warn => format!("<system-out>{why}</system-out>"),
            Outcome::Fail | Outcome::Refused => format!("<failure message=\"{why}\"/>"),
            Outcome::Insufficient | Outcome::Waived => format!("<skipped message=\"{why}\"/>"),
        };
        let _ = writeln!(
            text,
            "  <testcase classname=\"{}\" name=\"{}\">{inner}</testcase>",
            xml(&one.metric),
            xml(&one.title())
        );
    }
    text.push_str("</testsuite>\n");
    text
}

fn plain(text: &str) -> String {
    let is_odd = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_odd(c) { ' ' } else { c }).collect()
}

fn xml(text: &str) -> String {
    plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;

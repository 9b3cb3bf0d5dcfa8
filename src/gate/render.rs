//! Outcomes as lines, Markdown, annotations of GitHub, `JUnit` XML and variables of a job.

use std::fmt::Write as _;

use super::{Judgement, Outcome};
use crate::model::sanitise::sanitise;
use crate::report::saved::SavedAudit;

/// Longer ids are not aligned.
const LONGEST_ID: usize = 40;

impl Judgement {
    /// The gate's id, with the scope where there is one.
    fn title(&self) -> String {
        let scope = self.scope.as_ref().map_or_else(String::new, |scope| format!(" [{scope}]"));
        sanitise(&format!("{}{scope}", self.id)).into_owned()
    }
}

/// One line a gate.
#[must_use]
pub fn lines(judged: &[Judgement]) -> String {
    let width = judged.iter().map(|one| one.title().chars().count()).max().unwrap_or(0).min(LONGEST_ID);
    let mut text = String::new();
    for one in judged {
        let id = one.title();
        let _ =
            writeln!(text, "{:12}  {id:width$}  {}: {}", one.outcome.word(), sanitise(&one.metric), sanitise(&one.why));
    }
    text
}

/// A table for the summary of a job.
#[must_use]
pub fn markdown(judged: &[Judgement]) -> String {
    let mut text = String::from("| gate | metric | outcome | why |\n|---|---|---|---|\n");
    for one in judged {
        let cell = |text: &str| {
            let text: String = sanitise(text).chars().take(LONGEST_CELL).collect();
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('@', "&#64;").replace('\\', "\\\\");
            text.replace('|', "\\|").replace('`', "\\`").replace('[', "\\[")
        };
        let (title, metric, why) = (cell(&one.title()), cell(&one.metric), cell(&one.why));
        let _ = writeln!(text, "| {title} | {metric} | {} | {why} |", one.outcome.word());
    }
    text
}

/// The most characters of a cell in that table.
const LONGEST_CELL: usize = 300;

/// Lines for the file that `GITHUB_OUTPUT` names: `spend_usd`, `coverage` and `gate`, the worst outcome; unknown is empty.
#[must_use]
pub fn outputs(judged: &[Judgement], report: &SavedAudit) -> String {
    let value = |id: &str| {
        let known = report.metric(id).and_then(|metric| metric.measured.value.as_ref());
        known.map_or_else(String::new, |figure| figure.text.clone())
    };
    let worst = judged.iter().map(|one| one.outcome).max().map_or("pass", Outcome::word);
    format!("spend_usd={}\ncoverage={}\ngate={worst}\n", value("spend"), value("coverage"))
}

/// Annotations of a GitHub job, for every outcome but a pass.
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
        let message = sanitise(&format!("{} {}: {}", one.title(), one.outcome.word(), one.why)).replace('%', "%25");
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

fn xml(text: &str) -> String {
    sanitise(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

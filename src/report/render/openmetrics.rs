//! OpenMetrics text 1.0: a gauge a metric, and the classes of the bar; what is unknown is left out.

use std::io::{self, Write};

use chrono::{DateTime, TimeDelta};

use super::{Look, Renderer};
use crate::model::quantity::Quantity;
use crate::report::Report;
use crate::report::document::{Body, Document, MetricDoc, SpendFields};

/// The renderer of `--format openmetrics`.
pub(super) struct OpenMetricsRenderer;

impl Renderer for OpenMetricsRenderer {
    fn id(&self) -> &'static str {
        "openmetrics"
    }

    fn extension(&self) -> &'static str {
        "prom"
    }

    fn describe(&self) -> &'static str {
        "gauges for a metrics database"
    }

    fn render(&self, report: &Report, _look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut gauges = Gauges { out, period: period(&report.document) };
        let alarms = report.document.alarms.iter().map(|alarm| (format!("id=\"{}\"", alarm.id), 1.0));
        gauges.write("tokaudit_alarm", None, "What to know before the figures", &alarms.collect::<Vec<_>>())?;
        match &report.document.body {
            Body::Audit(audit) => {
                for metric in &audit.metrics {
                    let Some(value) = metric.value else { continue };
                    let name = format!("tokaudit_{}", metric.id.replace('-', "_"));
                    let help = format!("{}, in {}", metric.name, metric.unit);
                    gauges.write(&name, unit(metric.unit), &help, &[(String::new(), value.as_f64())])?;
                }
                let reason = |metric: &MetricDoc| {
                    let unknown = metric.unknown.as_ref()?;
                    Some((format!("metric=\"{}\",reason=\"{}\"", metric.id, unknown.reason), 1.0))
                };
                let unknown: Vec<(String, f64)> = audit.metrics.iter().filter_map(reason).collect();
                gauges.write("tokaudit_unknown", None, "Metrics that cannot be said yet, and why", &unknown)?;
                let label = |class: &str| format!("class=\"{class}\"");
                let classes = audit.waterfall.iter();
                let rows: Vec<(String, f64)> =
                    classes.map(|one| (label(one.class), Quantity::Money(one.cost_usd).as_f64())).collect();
                gauges.write("tokaudit_class", Some("usd"), "Spend by what it became, in USD", &rows)?;
            }
            Body::Spend(spend) => totals(&mut gauges, &spend.totals)?,
            Body::Sources(sources) => {
                let counts = sources.reconciliation.counts;
                for (name, count) in
                    [("read", counts.records_read), ("kept", counts.kept), ("rejected", counts.rejected)]
                {
                    let name = format!("tokaudit_records_{name}");
                    let rows = [(String::new(), Quantity::Count(count).as_f64())];
                    gauges.write(&name, None, "Records of usage logs", &rows)?;
                }
            }
            Body::History(history) => {
                let lines = |count: u64| Quantity::Count(count).as_f64();
                let label = |repo: &str| format!("repo=\"{}\"", escaped(repo));
                let repos = history.repos.iter();
                let rows: Vec<(String, f64)> =
                    repos.map(|one| (label(&one.repo), lines(one.merged_lines_effective))).collect();
                gauges.write("tokaudit_merged", Some("lines"), "Merged lines that count", &rows)?;
            }
        }
        writeln!(gauges.out, "# EOF")
    }
}

fn totals(gauges: &mut Gauges<'_>, totals: &SpendFields) -> io::Result<()> {
    if let Some(cost) = totals.cost_usd {
        let rows = [(String::new(), Quantity::Money(cost).as_f64())];
        gauges.write("tokaudit_spend", Some("usd"), "Spend, in USD", &rows)?;
    }
    let records = Quantity::Count(totals.records).as_f64();
    gauges.write("tokaudit_records", None, "Kept usage records", &[(String::new(), records)])
}

/// The unit of a metric as the format names units: one word.
fn unit(unit: &str) -> Option<&'static str> {
    match unit.split(' ').next()? {
        "USD" => Some("usd"),
        "ratio" | "share" | "index" | "times" => Some("ratio"),
        "days" => Some("days"),
        "hours" => Some("hours"),
        "tokens" => Some("tokens"),
        "lines" => Some("lines"),
        _ => None,
    }
}

/// The labels of the period: its first and last day.
fn period(document: &Document) -> String {
    // The end of a period is the first instant after it.
    let day = |at: &Option<String>, less: i64| {
        let at = at.as_deref().and_then(|at| DateTime::parse_from_rfc3339(at).ok());
        at.map_or_else(String::new, |at| (at - TimeDelta::seconds(less)).date_naive().to_string())
    };
    let spans = document.inputs.iter().filter_map(|input| Some((input.first?, input.last?)));
    let span = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (from, to) = (day(&document.period.from, 0), day(&document.period.to, 1));
    let known = |asked: String, found: Option<String>| if asked.is_empty() { found.unwrap_or_default() } else { asked };
    let from = known(from, span.map(|span| span.0.date_naive().to_string()));
    let to = known(to, span.map(|span| span.1.date_naive().to_string()));
    format!("from=\"{from}\",to=\"{to}\"")
}

struct Gauges<'a> {
    out: &'a mut dyn Write,
    /// Labels of every sample.
    period: String,
}

impl Gauges<'_> {
    /// A gauge with its samples; its name ends in its unit, as the format asks for.
    fn write(&mut self, name: &str, unit: Option<&str>, help: &str, rows: &[(String, f64)]) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let name = match unit {
            Some(unit) if !name.ends_with(&format!("_{unit}")) => format!("{name}_{unit}"),
            _ => name.to_owned(),
        };
        writeln!(self.out, "# TYPE {name} gauge")?;
        if let Some(unit) = unit {
            writeln!(self.out, "# UNIT {name} {unit}")?;
        }
        writeln!(self.out, "# HELP {name} {}", escaped(help))?;
        for (labels, value) in rows {
            let comma = if labels.is_empty() { "" } else { "," };
            writeln!(self.out, "{name}{{{labels}{comma}{}}} {value}", self.period)?;
        }
        Ok(())
    }
}

/// A text inside quotes or a help line.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

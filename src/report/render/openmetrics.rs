//! OpenMetrics text 1.0: a gauge a metric, and the classes of the bar; what is unknown is left out.

use std::io::{self, Write};

use super::{Look, Renderer};
use crate::model::quantity::Quantity;
use crate::report::Report;
use crate::report::document::{Body, MetricDoc, SpendFields};

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
        let alarms = report.document.alarms.iter().map(|alarm| (format!("{{id=\"{}\"}}", alarm.id), 1.0));
        gauge(out, "tokaudit_alarm", "What to know before the figures", &alarms.collect::<Vec<_>>())?;
        match &report.document.body {
            Body::Audit(audit) => {
                for metric in &audit.metrics {
                    let Some(value) = metric.value else { continue };
                    let name = format!("tokaudit_{}", metric.id.replace('-', "_"));
                    let help = format!("{}, in {}", metric.name, metric.unit);
                    gauge(out, &name, &help, &[(String::new(), value.as_f64())])?;
                }
                let reason = |metric: &MetricDoc| {
                    let unknown = metric.unknown.as_ref()?;
                    Some((format!("{{metric=\"{}\",reason=\"{}\"}}", metric.id, unknown.reason), 1.0))
                };
                let unknown: Vec<(String, f64)> = audit.metrics.iter().filter_map(reason).collect();
                gauge(out, "tokaudit_unknown", "Metrics that cannot be said yet, and why", &unknown)?;
                let label = |class: &str| format!("{{class=\"{class}\"}}");
                let classes = audit.waterfall.iter();
                let rows: Vec<(String, f64)> =
                    classes.map(|one| (label(one.class), Quantity::Money(one.cost_usd).as_f64())).collect();
                gauge(out, "tokaudit_class_usd", "Spend by what it became, in USD", &rows)?;
            }
            Body::Spend(spend) => totals(out, &spend.totals)?,
            Body::Sources(sources) => {
                let counts = sources.reconciliation.counts;
                for (name, count) in
                    [("read", counts.records_read), ("kept", counts.kept), ("rejected", counts.rejected)]
                {
                    let name = format!("tokaudit_records_{name}");
                    gauge(out, &name, "Records of usage logs", &[(String::new(), Quantity::Count(count).as_f64())])?;
                }
            }
            Body::History(history) => {
                let rows: Vec<(String, f64)> = history
                    .repos
                    .iter()
                    .map(|one| {
                        (
                            format!("{{repo=\"{}\"}}", escaped(&one.repo)),
                            Quantity::Count(one.merged_lines_effective).as_f64(),
                        )
                    })
                    .collect();
                gauge(out, "tokaudit_merged_lines", "Merged lines that count", &rows)?;
            }
        }
        writeln!(out, "# EOF")
    }
}

fn totals(out: &mut dyn Write, totals: &SpendFields) -> io::Result<()> {
    if let Some(cost) = totals.cost_usd {
        gauge(out, "tokaudit_spend", "Spend, in USD", &[(String::new(), Quantity::Money(cost).as_f64())])?;
    }
    let records = Quantity::Count(totals.records).as_f64();
    gauge(out, "tokaudit_records", "Kept usage records", &[(String::new(), records)])
}

fn gauge(out: &mut dyn Write, name: &str, help: &str, rows: &[(String, f64)]) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "# TYPE {name} gauge\n# HELP {name} {}", escaped(help))?;
    for (labels, value) in rows {
        writeln!(out, "{name}{labels} {value}")?;
    }
    Ok(())
}

/// A text inside quotes or a help line.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

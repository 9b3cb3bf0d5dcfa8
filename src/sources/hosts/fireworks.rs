//! Fireworks' billing metrics: a row per event of usage, in tokens or in seconds of an accelerator.

use crate::model::bill::Authority;
use crate::model::usage::TokenCounts;
use crate::sources::record::blank;
use crate::sources::table::sheet::Sheet;

pub(crate) static FIREWORKS: Sheet = Sheet {
    id: "fireworks-metrics",
    title: "Fireworks billing metrics (CSV)",
    about: "Export: firectl billing export-metrics.\n\
            Counted: one record per row: tokens of serverless inference, or seconds of an accelerator as a quantity.\n\
            Lacks: dollars, cached tokens and sessions.",
    needs: &[
        "start_time",
        "end_time",
        "usage_type",
        "accelerator_seconds",
        "base_model_name",
        "prompt_tokens",
        "completion_tokens",
    ],
    lacks: &[],
    together: &[],
    key: &["email", "start_time", "end_time", "usage_type", "accelerator_type", "base_model_name"],
    read: |row, at, out| {
        let start = row.instant("start_time")?;
        let mut record = blank("fireworks-metrics", Authority::VendorUsage, at, start.at);
        record.time_zone_assumed = start.zone_assumed;
        record.charge_period_end = row.end("end_time");
        record.tokens = TokenCounts {
            input: row.count("prompt_tokens")?,
            output: row.count("completion_tokens")?,
            ..TokenCounts::default()
        };
        let seconds = row.micros("accelerator_seconds")?.filter(|seconds| *seconds != 0);
        if seconds.is_some() {
            record.bill.quantity_micros = seconds;
            record.bill.unit = Some(out.names.intern("accelerator_seconds"));
        }
        record.provider = Some(out.names.intern("fireworks"));
        record.model = row.name("base_model_name", &mut out.names);
        record.user = row.name("email", &mut out.names);
        Ok(Some(record))
    },
};

//! Databricks' table of what its model endpoints answered, `system.serving.endpoint_usage`.

use crate::model::bill::{Authority, Coverage};
use crate::model::hash::hash_text;
use crate::model::usage::TokenCounts;
use crate::sources::record::blank;
use crate::sources::table::sheet::Sheet;

pub(crate) static DATABRICKS: Sheet = Sheet {
    id: "databricks-endpoint-usage",
    title: "Databricks endpoint usage (CSV, Parquet)",
    about: "Export: a query of system.serving.endpoint_usage, best joined with served_entities, which has the model as \
            entity_name.\n\
            Counted: one record per request.\n\
            Lacks: money, cached tokens, sessions and, without the join, the model.",
    needs: &["databricks_request_id", "request_time", "status_code", "input_token_count", "output_token_count"],
    lacks: &[],
    together: &[],
    key: &["databricks_request_id"],
    read: |row, at, out| {
        let start = row.instant("request_time")?;
        let mut record = blank("databricks-endpoint-usage", Authority::VendorUsage, at, start.at);
        record.time_zone_assumed = start.zone_assumed;
        record.tokens = TokenCounts {
            input: row.count("input_token_count")?,
            output: row.count("output_token_count")?,
            ..TokenCounts::default()
        };
        record.request_count = Some(1);
        if row.count("status_code")?.is_some_and(|status| status >= 400) {
            record.bill.coverage = Coverage::Errored;
        }
        let names = &mut out.names;
        record.provider = Some(names.intern("databricks"));
        record.model = row.name("entity_name", names).or(row.name("served_entity_name", names));
        record.user = row.name("requester", names);
        record.project = row.name("endpoint_name", names).or(row.name("workspace_id", names));
        record.request = row.text("databricks_request_id").map(hash_text);
        Ok(Some(record))
    },
};

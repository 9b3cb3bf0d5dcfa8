//! Langfuse observations as CSV: the same columns as its JSON, with JSON inside the cells of `usage_details`.

use serde_json::{Map, Value};

use super::langfuse::observation;
use crate::sources::export::BAD_COUNT;
use crate::sources::export::page::Json;
use crate::sources::export::sheet::Sheet;

/// The columns that are read.
const COLUMNS: [&str; 11] = [
    "id",
    "type",
    "start_time",
    "provided_model_name",
    "model",
    "user_id",
    "session_id",
    "environment",
    "trace_id",
    "tags",
    "metadata",
];

pub(crate) static LANGFUSE_CSV: Sheet = Sheet {
    id: "langfuse-csv",
    title: "Langfuse observations (CSV, Parquet)",
    about: "Blob storage exports of observations as CSV or Parquet; usage_details is JSON inside a cell. Counted as the JSON export is: \
            only GENERATION and EMBEDDING, parents may carry roll-ups; total_cost is an estimate in dollars.",
    needs: &["trace_id", "type", "start_time", "usage_details"],
    lacks: &[],
    key: &["id"],
    read: |row, at, out| {
        let mut line = Map::new();
        for column in COLUMNS {
            if let Some(text) = row.text(column) {
                line.insert(column.to_owned(), Value::String(text.to_owned()));
            }
        }
        if let Some(details) = row.text("usage_details") {
            let details = serde_json::from_str(details).map_err(|_| BAD_COUNT)?;
            line.insert("usage_details".to_owned(), details);
        }
        let line = Value::Object(line);
        let Some(mut record) = observation(Json(&line), "langfuse-csv", at, &mut out.names)? else {
            return Ok(None);
        };
        record.reported_cost = row.dollars("total_cost")?;
        Ok(Some(record))
    },
};

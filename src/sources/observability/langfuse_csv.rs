//! Langfuse observations as CSV: the same columns as its JSON, with JSON inside the cells of `usage_details`.

use super::langfuse::observation;
use crate::sources::figures::marks;
use crate::sources::json::access::Json;
use crate::sources::json::map::Map;
use crate::sources::json::node::{Arena, Node};
use crate::sources::rejection::BAD_COUNT;
use crate::sources::table::sheet::Sheet;
use crate::sources::values::amount::Amount;

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
    about: "Export: blob storage exports of observations as CSV or Parquet; usage_details is JSON inside a cell.\n\
            Counted: as the JSON export (langfuse) is.\n\
            Lacks: the bill and cache lifetimes.",
    needs: &["id", "trace_id", "type", "start_time", "provided_model_name|model", "usage_details", "total_cost"],
    lacks: &[],
    together: &[],
    key: &["id"],
    read: |row, at, out| {
        let arena = Arena::default();
        let mut line = Vec::new();
        for column in COLUMNS {
            if let Some(text) = row.text(column) {
                line.push((column, Node::Text(text)));
            }
        }
        if let Some(details) = row.text("usage_details") {
            let details = arena.read(details).map_err(|_| BAD_COUNT)?;
            line.push(("usage_details", details));
        }
        let line = Map::new(&line);
        let line = Node::Map(&line);
        marks::clear();
        let Some(mut record) = observation(Json(&line), "langfuse-csv", at, &mut out.names)? else {
            return Ok(None);
        };
        record.reported_cost = Amount::known_or_absent(row.dollars("total_cost")?);
        let record = record.into_record()?;
        out.figures.check("langfuse-csv", &line, at.line, false);
        Ok(Some(record))
    },
};

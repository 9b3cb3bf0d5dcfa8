//! LangSmith's bulk export: Parquet in folders per project and day, whose columns are the fields of a run, with JSON in the
//! cells of `extra` and `outputs`.

use super::langsmith::run;
use crate::sources::figures::marks;
use crate::sources::json::access::Json;
use crate::sources::json::map::Map;
use crate::sources::json::node::{Arena, Node, Number};
use crate::sources::table::sheet::Sheet;
use crate::sources::values::amount::Amount;

/// The columns with texts.
const TEXTS: [&str; 4] = ["run_type", "trace_id", "name", "error"];
/// The columns with numbers.
const COUNTS: [&str; 3] = ["prompt_tokens", "completion_tokens", "total_tokens"];
/// The columns with JSON.
const OBJECTS: [&str; 4] = ["extra", "outputs", "usage_metadata", "prompt_token_details"];

pub(crate) static LANGSMITH_TABLE: Sheet = Sheet {
    id: "langsmith-table",
    title: "LangSmith runs (CSV, Parquet)",
    about: "Export: LangSmith's bulk export (POST /api/v1/bulk-exports): pass the folder of Parquet files as \
            it is. Where export_fields narrows it, keep extra, which names the model, and outputs, which has the \
            cached tokens; nothing else of these two is read.\n\
            Counted: as the JSON form (langsmith) is.\n\
            Lacks: the bill and people. Its columns are known from documentation, not from a customer's file.",
    needs: &[
        "id",
        "trace_id",
        "run_type",
        "start_time",
        "prompt_tokens",
        "completion_tokens",
        "total_cost",
        "error",
        "extra",
        "outputs|usage_metadata|prompt_token_details",
    ],
    lacks: &[],
    together: &[],
    key: &["id"],
    read: |row, at, out| {
        if row.text("run_type") != Some("llm") {
            return Ok(None);
        }
        let arena = Arena::default();
        let mut line = Vec::new();
        for column in TEXTS {
            if let Some(text) = row.text(column) {
                line.push((column, Node::Text(text)));
            }
        }
        for column in COUNTS {
            if let Some(count) = row.count(column)? {
                line.push((column, Node::Number(Number::Whole(count))));
            }
        }
        let cost = row.dollars("total_cost")?;
        let start = row.instant("start_time")?.at.timestamp_micros();
        line.push(("start_time", Node::Number(Number::Whole(start.unsigned_abs()))));
        for column in OBJECTS {
            if let Some(value) = row.text(column).and_then(|text| arena.read(text).ok()) {
                line.push((column, value));
            }
        }
        let line = Map::new(&line);
        let line = Node::Map(&line);
        marks::clear();
        let Some(mut record) = run(Json(&line), "langsmith-table", at, &mut out.names)? else {
            return Ok(None);
        };
        record.reported_cost = Amount::known_or_absent(cost);
        let record = record.into_record()?;
        out.figures.check("langsmith-table", &line, at.line, false);
        Ok(Some(record))
    },
};

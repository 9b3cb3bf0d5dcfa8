//! The table `LiteLLM_SpendLogs` as CSV or Parquet, as `\\copy` of psql and database tools write it: metadata and tags are JSON inside
//! cells.

use super::litellm::{count_spend, fill};
use crate::model::bill::Authority;
use crate::sources::figures::marks;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::{Map, Node, Number};
use crate::sources::record::{Draft, blank};
use crate::sources::rejection::BAD_COUNT;
use crate::sources::table::sheet::Sheet;
use crate::sources::usage_object::anthropic;
use crate::sources::values::amount::Amount;

/// The columns of texts that are read.
const TEXTS: [&str; 12] = [
    "request_id",
    "custom_llm_provider",
    "model",
    "user",
    "end_user",
    "api_key",
    "team_id",
    "organization_id",
    "request_tags",
    "session_id",
    "cache_hit",
    "status",
];
/// The columns of counts, which the metadata have, too, and more closely.
const COUNTS: [&str; 3] = ["prompt_tokens", "completion_tokens", "total_tokens"];

pub(crate) static LITELLM_CSV: Sheet = Sheet {
    id: "litellm-csv",
    title: "LiteLLM spend logs (CSV, Parquet)",
    about: "Export: the table LiteLLM_SpendLogs of LiteLLM's database as CSV or Parquet.\n\
            Counted: as the JSON export (litellm) is: one record per request_id, spend as the gateway's estimate in \
            dollars, cached input from the metadata, advisers and compactions as requests of their own.\n\
            Lacks: the bill and cache lifetimes.",
    needs: &[
        "request_id",
        "starttime",
        "model",
        "spend",
        "prompt_tokens",
        "completion_tokens",
        "metadata",
        "cache_hit",
    ],
    lacks: &[],
    together: &[],
    key: &["request_id"],
    read: |row, at, out| {
        let start = row.instant("starttime")?;
        let mut record = Draft::new(blank("litellm-csv", Authority::Gateway, at, start.at));
        record.time_zone_assumed = start.zone_assumed;
        let mut line = Vec::with_capacity(TEXTS.len() + COUNTS.len());
        line.extend(TEXTS.iter().filter_map(|column| Some((*column, Node::Text(row.text(column)?)))));
        for column in COUNTS {
            if let Some(count) = row.count(column)? {
                line.push((column, Node::Number(Number::Whole(count))));
            }
        }
        let arena = Arena::default();
        let metadata = row.text("metadata").map(|text| arena.read(text)).transpose().map_err(|_| BAD_COUNT)?;
        marks::clear();
        let line = Map::new(&line);
        let line = Node::Map(&line);
        let line = Json(&line);
        fill(&mut record, line, metadata.as_ref().map(Json), &mut out.names);
        count_spend(&mut record, Amount::known_or_absent(row.dollars("spend")?));
        out.note_footing("litellm-csv", record.tokens.footing, at.line);
        let usage = metadata.as_ref().and_then(|metadata| Json(metadata).get("usage_object"));
        for (own, tokens) in usage.into_iter().flat_map(|usage| anthropic::beside_renamed(usage, line.text("model"))) {
            // What the gateway says of the cost is that of the whole request.
            let mut beside = Draft::new(blank("litellm-csv", Authority::Gateway, at, start.at));
            beside.time_zone_assumed = start.zone_assumed;
            fill(&mut beside, line, metadata.as_ref().map(Json), &mut out.names);
            beside.tokens = tokens;
            beside.model = out.names.intern_some(own).or(beside.model);
            out.beside.push(beside.into_record());
        }
        if let Some(metadata) = &metadata {
            out.figures.check("litellm-csv", metadata, at.line, false);
        }
        Ok(Some(record.into_record()?))
    },
};

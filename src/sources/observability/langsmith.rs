//! LangSmith runs. Parent runs sum their children, so only `run_type` llm counts; cached tokens are parts of the input.

use crate::model::bill::{Authority, Coverage};
use crate::model::name::Names;
use crate::model::origin::Origin;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{Draft, INSIDE, Written, blank};
use crate::sources::rejection::{NO_TIME, Rejection};
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;

pub(crate) static LANGSMITH: Page = Page {
    id: "langsmith",
    title: "LangSmith runs (JSON lines)",
    about: "Export: the runs of POST /runs/query, or of `Client.list_runs`, one a line.\n\
            Counted: one record per run of type llm, for chains sum their children. Cached tokens of \
            usage_metadata or prompt_token_details are parts of the input. total_cost is an estimate in dollars; a \
            run that failed was not charged.\n\
            Lacks: the bill and people. Its names are known from documentation, not from a customer's file. Bulk \
            exports are Parquet and are read as langsmith-table.",
    needs: &[&["run_type", "trace_id"], &["run_type", "trace_id", "start_time", "dotted_order"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if line.text("run_type").is_none() {
        let rows: Vec<Json<'_>> = line.items("runs").collect();
        return rows.into_iter().filter(|row| read(*row, sink)).count() > 0;
    }
    match run(line, sink.id, sink.at, &mut sink.out.names) {
        Ok(Some(record)) => sink.add_named(record, &[line.text("id").unwrap_or("")]),
        Ok(None) => {}
        Err(rejection) => sink.reject(rejection),
    }
    true
}

/// The record of a run; `None` for one that only repeats the usage of others.
pub(super) fn run(
    line: Json<'_>,
    source: &'static str,
    at: Origin,
    names: &mut Names,
) -> Result<Option<Draft>, Rejection> {
    if line.text("run_type") != Some("llm") {
        return Ok(None);
    }
    let start = line.instant("start_time").ok_or(NO_TIME)?;
    let usage =
        line.get("usage_metadata").or(line.get("outputs/usage_metadata")).or(line.get("extra/metadata/usage_metadata"));
    let details = line.get("prompt_token_details").or(usage.and_then(|usage| usage.get("input_token_details")));
    let detail = |key: &str| details.map_or(Count::Absent, |details| details.count(key));
    let (read, written) = (detail("cache_read"), detail("cache_creation"));
    let (minutes, hour) = (detail("ephemeral_5m_input_tokens"), detail("ephemeral_1h_input_tokens"));
    let of_usage = |key: &str| usage.map_or(Count::Absent, |usage| usage.count(key));
    let mut record = Draft::new(blank(source, Authority::Gateway, at, start));
    let parts = Count::sum([minutes, hour]);
    let counts = Written {
        input: line.count("prompt_tokens").or_else(|| of_usage("input_tokens")),
        cache_read: read,
        // Some versions write what was cached as a whole and again by its lifetime, others one of the two.
        cache_write: if written.known() < parts.known() { parts } else { written },
        output: line.count("completion_tokens").or_else(|| of_usage("output_tokens")),
        reasoning: of_usage("output_token_details/reasoning"),
        total: line.count("total_tokens").or_else(|| of_usage("total_tokens")),
    };
    record.tokens = counts.settle(INSIDE);
    if !parts.is_absent() {
        record.tokens.split_cache_writes(minutes, hour);
    }
    record.request_count = Count::Known(1);
    record.reported_cost = line.amount("total_cost", DOLLARS);
    if line.text("error").is_some() {
        record.bill.coverage = Coverage::Errored;
    }
    let model = ["extra/metadata/ls_model_name", "extra/invocation_params/model", "name"];
    record.model = names.intern_some(model.iter().find_map(|path| line.text(path)));
    record.provider = names.intern_some(line.text("extra/metadata/ls_provider"));
    record.session = names.intern_some(line.text("trace_id"));
    Ok(Some(record))
}

//! What `codex exec --json` prints: the log that a CI job keeps of a run.
//!
//! - In: JSON lines. Seen: 0.98 to 0.154. Out: one record per thread.
//! - Refuses: damaged counts, and records without a time where no date is given for them.
//!
//! Traps:
//! - `turn.completed` has the usage of the whole thread so far, also of runs that this one resumed, so the largest counts
//!   of a thread are its usage.
//! - The cached input is inside the input, and the reasoning inside the output.
//! - Neither the model nor the time is logged.

use crate::model::bill::Authority;
use crate::model::origin::Origin;
use crate::model::usage::{Grain, RecordId};
use crate::sources::agents::codex_thread_usage;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::{Draft, DraftTokens, blank};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::count::Count;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

const ID: &str = "codex-exec";

/// The format of `codex exec --json`.
#[derive(Debug)]
pub(in crate::sources) struct CodexExec;

impl Source for CodexExec {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Codex, output of `codex exec --json`"
    }

    fn about(&self) -> &'static str {
        "JSON lines that a run of Codex without a terminal prints.\n\
         Export: codex exec --json > run.jsonl.\n\
         Counted: one record per thread, from the last turn.completed, which sums the thread; cached input separately.\n\
         Set aside: threads whose session in ~/.codex is given as well, which has model and time (duplicate).\n\
         Lacks: model (so requests are unpriced), time, folder, branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let first = head.first_line();
        let events = ["thread.started", "turn.started", "turn.completed", "item.started", "item.completed"];
        let is_event = |name: &str| first.contains(&format!("\"type\":\"{name}\""));
        if head.is_json() && events.iter().any(|event| is_event(event)) { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        reader::lines(Run::default())
    }
}

#[derive(Default)]
struct Run {
    thread: Option<String>,
}

impl ValueReader for Run {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        match line.text("type") {
            Some("thread.started") => self.thread = line.text("thread_id").map(str::to_owned),
            Some("turn.completed") => self.turn(line, at, out),
            Some(name) if ["thread.", "turn.", "item."].iter().any(|start| name.starts_with(start)) => {}
            Some("error") => {}
            _ => return Taken::Foreign,
        }
        Taken::Yes
    }
}

impl Run {
    fn turn(&self, line: Json<'_>, at: Origin, out: &mut Batch) {
        // A log that lost its first line still has its usage.
        let thread = self.thread.clone().unwrap_or_else(|| out.path.clone());
        let Some(undated) = out.undated(at.line) else {
            return out.reject_record(NO_TIME, at);
        };
        let mut draft = Draft::new(blank(ID, Authority::Transcript, at, undated.at));
        // Each of the counts only grows.
        draft.bill.revises = false;
        draft.id = RecordId::of(&[ID, &thread]);
        draft.grain = Grain::Session;
        draft.request_count = Count::Absent;
        let usage = line.at("usage");
        let cached = usage.count("cached_input_tokens");
        let written = usage.count("cache_write_input_tokens");
        draft.tokens = DraftTokens {
            input: usage.count("input_tokens").required().minus(Count::sum([cached, written])),
            cache_read: cached,
            cache_write_unspecified: written,
            output: usage.count("output_tokens"),
            reasoning: usage.count("reasoning_output_tokens"),
            ..DraftTokens::default()
        };
        draft.provider = out.names.intern_some(Some("openai"));
        draft.session = out.names.intern_some(Some(&thread));
        out.defer(draft, codex_thread_usage(&thread));
    }
}

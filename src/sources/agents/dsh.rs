//! DeepSeek Harness: `~/.dsh/sessions/**/session.jsonl`, also compressed with Zstandard.
//!
//! - In: JSON lines; the first one names the session. Out: a record per answer.
//! - Refuses: answers without a time, and damaged counts.
//!
//! Traps:
//! - The first line is much like that of a Pi session.
//! - `reasoningTokens` stand beside `outputTokens`.
//! - A session that was forked begins with the events of its parent, below `seedLength`. They count as the parent's, so
//!   they count once, whether or not the parent's own log is read.

use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

const ID: &str = "dsh";

/// The format of DeepSeek Harness.
#[derive(Debug)]
pub(in crate::sources) struct Dsh;

impl Source for Dsh {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "DeepSeek Harness sessions"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one file per session, kept by DeepSeek Harness.\n\
         Where: ~/.dsh/sessions (DSH_HOME).\n\
         Counted: one record per answer; reasoning is added to the output. What a fork repeats of its parent counts once.\n\
         Lacks: the bill, the activity and the branch of the checkout."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let session = head.has_text("type", "session") && has("version") && has("createdAt") && has("cwd");
        let event = has("type") && has("seq") && has("time") && has("data");
        if session || event { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        reader::lines(Log::default())
    }
}

#[derive(Default)]
struct Log {
    session: SessionContext,
    /// How many events are the parent's.
    seed: u64,
}

impl ValueReader for Log {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let Some(kind) = line.text("type") else { return Taken::Foreign };
        if kind == "session" {
            remember(&mut self.session.id, line.text("id"));
            remember(&mut self.session.cwd, line.text("cwd"));
            remember(&mut self.session.parent, line.text("parentSession"));
            self.seed = line.number("seedLength").unwrap_or(0);
            return Taken::Yes;
        }
        if !line.has("seq") {
            return Taken::Foreign;
        }
        if line.has_map("data/usage") {
            self.usage(line, at, out);
        }
        Taken::Yes
    }
}

impl Log {
    fn usage(&self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let Some(written) = line.instant("time") else { return out.reject_record(NO_TIME, at) };
        let data = line.at("data");
        let usage = data.at("usage");
        let seeded = line.number("seq").is_some_and(|seq| seq < self.seed);
        let session = if seeded { self.session.parent.as_ref() } else { None }.or(self.session.id.as_ref());
        let [turn, step] = ["turn", "step"].map(|name| data.string(name).unwrap_or_default());
        let id = RecordId::of(&[ID, session.map_or("", String::as_str), &turn, &step]);
        let mut record = self.session.request_draft(ID, id, at, written, out);
        record.session = out.names.intern_some(session.map(String::as_str));
        let reasoning = usage.count("reasoningTokens");
        record.tokens = DraftTokens {
            input: usage.count("inputTokens"),
            cache_read: usage.count("cacheReadTokens"),
            cache_write_unspecified: usage.count("cacheWriteTokens"),
            output: usage.count("outputTokens").plus(reasoning),
            reasoning,
            ..DraftTokens::default()
        };
        record.provider = out.names.intern_some(data.text("message/source/provider"));
        record.model = out.names.intern_some(data.text("message/source/model"));
        out.add(record);
    }
}

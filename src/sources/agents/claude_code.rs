//! Claude Code transcripts: `projects/<encoded cwd>/<session>.jsonl`, subagents in `subagents/agent-*.jsonl`.
//!
//! Seen: versions 2.0.64 to 2.1.117. Undocumented by the vendor; shapes are those of real files. Traps:
//! - A message is written once per content block, each time with the usage so far: counts grow, the largest is
//!   final, and the same `message.id` stands on several lines and, after a resume, in several files.
//! - Subagents come in two shapes: lines with `isSidechain`, and (2.0, 2.1) `progress` lines whose usage is nested
//!   at `data.message.message.usage` and stands nowhere else.
//! - A side thread replays its parent's messages under the same id with a new `requestId`.
//! - `<synthetic>` messages and API errors were never billed.
//! - From 2.1.12 on, `output_tokens` is often a placeholder far below what was written; see
//!   [`crate::model::sighting`] for how that is called out.
//! - `input_tokens` excludes everything cached; `output_tokens` includes thinking.

mod facts;
mod shape;

use std::collections::HashSet;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::diagnostics::Severity;
use crate::model::origin::Origin;
use crate::model::sighting::Sighting;
use crate::model::usage::{RecordId, UsageRecord, hash_text};
use crate::sources::json::lenient::{OwnedText, Str, Text};
use crate::sources::reading::detect::Head;
use crate::sources::record::{BAD_AMOUNT, BAD_COUNT, NO_TIME};
use crate::sources::transcript::instant;
use crate::sources::{Batch, LineParser, Parser, Places, ReadOptions, Sniff, Source, Taken};
use shape::{Line, Message};

const ID: &str = "claude-code";

/// The format of Claude Code.
#[derive(Debug)]
pub struct ClaudeCode;

impl Source for ClaudeCode {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Claude Code transcripts"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one folder per working directory, kept by Claude Code itself for 30 days unless \
         cleanupPeriodDays says otherwise.\n\
         Where: ~/.claude/projects, ~/.config/claude/projects, or CLAUDE_CONFIG_DIR.\n\
         Counted: one record per message id over all files, the largest value per field; subagents of both shapes; \
         5-minute and 1-hour cache writes apart.\n\
         Set aside: repeated lines (duplicate), side threads that replay their parent (replayed), <synthetic> and \
         API-error messages (ignored), lines that are not JSON (rejected).\n\
         Lacks: the bill. Costs are list prices; output counts of versions 2.1.12 to 2.1.29 are placeholders."
    }

    fn default_places(&self, places: &Places<'_>) -> Vec<PathBuf> {
        if let Some(dirs) = (places.env)("CLAUDE_CONFIG_DIR").filter(|dirs| !dirs.is_empty()) {
            return dirs.split(',').map(|dir| PathBuf::from(dir.trim()).join("projects")).collect();
        }
        let Some(home) = places.home else { return Vec::new() };
        vec![home.join(".config/claude/projects"), home.join(".claude/projects")]
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let line = has("sessionId") && (has("uuid") || has("type")) && !has("messages");
        let bare = has("message") && has("timestamp");
        let preamble = has("type") && (has("leafUuid") || has("snapshot"));
        if line || bare || preamble {
            Sniff::Yes
        } else if has("type") && has("message") {
            Sniff::Missing(vec!["sessionId", "timestamp"])
        } else {
            Sniff::No
        }
    }

    fn open(&self, _head: &Head<'_>, options: &ReadOptions) -> Parser {
        Parser::Lines(Box::new(Transcript { activity: options.activity, last_seen: None, committing: HashSet::new() }))
    }
}

/// The state of one transcript while it is read.
struct Transcript {
    activity: bool,
    /// The last instant seen, for lines that lost theirs.
    last_seen: Option<DateTime<Utc>>,
    /// Tool calls whose output may print a commit hash.
    committing: HashSet<u64>,
}

impl LineParser for Transcript {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        match serde_json::from_slice::<Line<Text<'_>, &RawValue>>(line) {
            Ok(line) => self.take(&line, at, out, |content| Some(content.get())),
            Err(_) => Taken::Malformed,
        }
    }

    fn long_line(&mut self, line: &mut dyn std::io::Read, at: Origin, out: &mut Batch) -> Taken {
        // The content of such a line is not held, so its visible output and edits stay unknown; its usage counts.
        match serde_json::from_reader::<_, Line<OwnedText, IgnoredAny>>(line) {
            Ok(line) => self.take(&line, at, out, |_| None),
            Err(_) => Taken::Malformed,
        }
    }
}

impl Transcript {
    fn take<S: Str, C>(
        &mut self,
        line: &Line<S, C>,
        at: Origin,
        out: &mut Batch,
        raw: impl Fn(&C) -> Option<&str>,
    ) -> Taken {
        if line.is_foreign() {
            return Taken::Foreign;
        }
        let written = instant(line.timestamp.get());
        self.last_seen = written.or(self.last_seen);
        let nested = line.data.0.as_ref().and_then(|data| data.message.0.as_ref());
        if let Some(inner) = nested {
            // The time of the line is that of the report; the answer itself carries its own.
            let own = instant(inner.timestamp.get()).or(written);
            if let Some(message) = &inner.message.0 {
                let (request, uuid) = (inner.request_id.get(), inner.uuid.get());
                let envelope =
                    Envelope { request, uuid, subagent: true, time: own.or(self.last_seen), guessed: own.is_none() };
                self.message(line, message, &envelope, at, message.content.as_ref().and_then(&raw), out);
            }
        } else if let Some(message) = &line.message.0 {
            let (request, uuid, subagent) = (line.request_id.get(), line.uuid.get(), line.is_sidechain.0);
            let envelope = Envelope { request, uuid, subagent, time: self.last_seen, guessed: written.is_none() };
            self.message(line, message, &envelope, at, message.content.as_ref().and_then(&raw), out);
        } else if let (true, Some(time)) = (self.activity, self.last_seen) {
            self.aside(line, time, at, out);
        }
        Taken::Yes
    }

    /// A line with a message: usage if it has any, and what it tells about the session.
    fn message<S: Str, C>(
        &mut self,
        line: &Line<S, C>,
        message: &Message<S, C>,
        envelope: &Envelope<'_>,
        at: Origin,
        content: Option<&str>,
        out: &mut Batch,
    ) {
        let mut id = None;
        if let Some(usage) = &message.usage.0 {
            if message.model.is("<synthetic>") || line.is_api_error_message.0 {
                out.ignore("not-billed", "synthetic and API-error messages are not billed and are left out", at.line);
                return;
            }
            let Some(time) = envelope.time else {
                out.reject_record(NO_TIME, at);
                return;
            };
            let Some(tokens) = usage.tokens() else {
                out.reject_record(BAD_COUNT, at);
                return;
            };
            let Ok(reported_cost) = line.cost_usd.0.or_reject(BAD_AMOUNT) else {
                out.reject_record(BAD_AMOUNT, at);
                return;
            };
            let key = record_id(line, message, envelope);
            id = Some(key);
            out.counts.records_read += 1;
            if envelope.guessed {
                out.notice(
                    Severity::Warning,
                    "guessed-timestamp",
                    "a record without a timestamp took that of the line before it",
                    at.line,
                );
            }
            let names = &mut out.names;
            let record = UsageRecord {
                id: key,
                provider: provider(message.id.get()).map(|biller| names.intern(biller)),
                model: names.intern_some(message.model.get()),
                tokens,
                request_count: Some(1),
                reported_cost,
                service_tier: names.intern_some(usage.service_tier.get()),
                speed: names.intern_some(usage.speed.get()),
                inference_geo: names.intern_some(usage.inference_geo.get()),
                session: names.intern_some(line.session_id.get()),
                request: envelope.request.map(hash_text),
                cwd: names.intern_some(line.cwd.get()),
                branch: names.intern_some(line.git_branch.get()),
                client_version: names.intern_some(line.version.get()),
                subagent: envelope.subagent,
                ..UsageRecord::blank(ID, at, time)
            };
            let visible = content.map(facts::visible_blocks).unwrap_or_default();
            out.usage.add(Sighting::new(record, visible));
        }
        if let (true, Some(time), Some(content)) = (self.activity, envelope.time, content) {
            let place = facts::Place::of(line, envelope, time, at, id, &mut out.names);
            self.facts(&place, message, content, line.is_meta.0 || line.is_compact_summary.0, out);
        }
    }
}

/// What surrounds a message in either shape.
struct Envelope<'a> {
    request: Option<&'a str>,
    uuid: Option<&'a str>,
    subagent: bool,
    time: Option<DateTime<Utc>>,
    /// The line carries no readable time, so `time` is that of the line before it.
    guessed: bool,
}

/// The message id; without one the line's id; without either, what the line says.
fn record_id<S: Str, C>(line: &Line<S, C>, message: &Message<S, C>, envelope: &Envelope<'_>) -> RecordId {
    if let Some(id) = message.id.get() {
        return RecordId::of(&[ID, "message", id]);
    }
    if let Some(uuid) = envelope.uuid {
        return RecordId::of(&[ID, "uuid", uuid]);
    }
    let usage = message.usage.0.as_ref().and_then(shape::Usage::tokens).map(|tokens| format!("{tokens:?}"));
    let parts = [line.session_id.get(), line.timestamp.get(), message.model.get(), usage.as_deref()];
    let parts: Vec<&str> = [ID, "line"].into_iter().chain(parts.map(|part| part.unwrap_or(""))).collect();
    RecordId::of(&parts)
}

/// Who bills, as the message id tells it: the clouds put their mark into it.
fn provider(message_id: Option<&str>) -> Option<&'static str> {
    let id = message_id?;
    if id.starts_with("msg_bdrk_") {
        Some("aws-bedrock")
    } else if id.starts_with("msg_vrtx_") {
        Some("google-vertex")
    } else {
        None
    }
}

//! Codex rollouts: `sessions/YYYY/MM/DD/rollout-<time>-<id>.jsonl`, and the same under `archived_sessions`.
//!
//! - In: JSON lines. Seen: client versions 0.1xx to 0.154. Out: a record per `token_count` event whose total advanced or
//!   `token_usage_record`, and the events of the session.
//! - Refuses: damaged counts, and records for which no line so far had a time.
//!
//! Traps:
//! - `total_token_usage` is cumulative over the session; `last_token_usage` is the latest request. Events repeat with an
//!   unchanged total, so usage is the difference of totals. For the first event, and if the total falls (the counter
//!   restarted), it is `last_token_usage`.
//! - Cached input is inside `input_tokens`, reasoning inside `output_tokens`.
//! - A fork or a subagent writes its parent's history into its own file, in one burst at the start, with new times. Some
//!   versions then continue from the parent's counters, others start from zero. That burst is marked as history,
//!   which the ledger sets aside if the parent was read; its counters are the base for what follows.
//! - The model is in `turn_context` and may change within a session, as may the service tier, which a turn's settings name.
//! - From 0.15x on a `token_usage_record` has the usage of each response, also of those for which no `token_count` is written, such
//!   as a compaction on the vendor's side. A `token_count` with the same usage beside it is the same request.
//! - Written cache tokens, where they are logged, are inside `input_tokens`, too.

pub(in crate::sources) mod exec;
mod shape;

use chrono::{DateTime, TimeDelta, Utc};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::collections::HashMap;

use crate::diagnostics::Severity;
use crate::model::activity::{Event, What};
use crate::model::hash::hash_text;
use crate::model::origin::Origin;
use crate::model::usage::{RecordId, TokenCounts};
use crate::sources::agents::codex_thread_usage;
use crate::sources::json::lenient::{OwnedText, Str, Text};
use crate::sources::json::watch::{Watch, clear_strays, report_strays};
use crate::sources::reading::detect::Head;
use crate::sources::rejection::{BAD_COUNT, NO_TIME, Rejection};
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::transcript::tool_call::acted_on;
use crate::sources::transcript::{instant, makes_commit, patched_files, printed_commits, pull_request};
use crate::sources::{Batch, LineParser, Parser, ReadOptions, Sniff, Source, Taken};
use shape::{Line, Payload, Totals};

const ID: &str = "codex";

const EMPTY: Rejection = ("empty-counter", "token_count events without counts report rate limits only");

/// A pause this long ends the burst in which a fork writes its parent's history; no model answers faster.
const BURST_PAUSE: TimeDelta = TimeDelta::milliseconds(500);

/// The format of Codex.
#[derive(Debug)]
pub struct Codex;

impl Source for Codex {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Codex rollouts"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one file per session, kept by the Codex CLI and IDE extension.\n\
         Where: ~/.codex/sessions and ~/.codex/archived_sessions, or CODEX_HOME.\n\
         Counted: one record per token_count event whose cumulative total advanced, as the difference of totals, or per \
         token_usage_record; cached and written input separately from input; reasoning as part of output; the service tier of the turn.\n\
         Set aside: events that repeat a total (duplicate), the parent's history in forks and subagents (replayed; \
         counted once if the parent's log was not read), events without figures (ignored), lines that are not JSON (rejected).\n\
         Lacks: the bill; in older versions cache writes, which the vendor does not bill separately for the models of that time."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        head.sniff_keys(&["payload", "type", "timestamp"])
    }

    fn open(&self, _head: &Head<'_>, options: &ReadOptions) -> Parser {
        Parser::Lines(Box::new(Rollout { activity: options.activity, ..Rollout::default() }))
    }
}

/// The state of one rollout while it is read.
#[derive(Default)]
struct Rollout {
    activity: bool,
    session: SessionContext,
    model: Option<String>,
    tier: Option<String>,
    started: Option<DateTime<Utc>>,
    /// The cumulative counters of the last event.
    total: Option<Totals>,
    /// The same of the last record of a response.
    thread: Option<Totals>,
    /// The latest usage that was counted, and whether a record of a response had it.
    latest: Option<(bool, Totals)>,
    /// The time of the previous line, while the file may still be replaying its parent.
    replaying_until: Option<DateTime<Utc>>,
    last_seen: Option<DateTime<Utc>>,
    /// Tool calls whose results say more than they do themselves.
    awaited: HashMap<u64, Awaited>,
}

/// What a call does if its result is no failure.
#[derive(Debug)]
struct Awaited {
    /// Whether it is a server's tool that opens a pull request.
    opens: bool,
    /// What it does to pull requests.
    acts: Vec<What>,
}

impl LineParser for Rollout {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        clear_strays();
        match serde_json::from_slice::<Watch<Line<Text<'_>, &RawValue>>>(line) {
            Ok(Watch(Some(line))) => self.read_line(&line, at, out, |raw| Some(raw.get())),
            _ => Taken::Malformed,
        }
    }

    fn long_line(&mut self, line: &mut dyn std::io::Read, at: Origin, out: &mut Batch) -> Taken {
        clear_strays();
        match serde_json::from_reader::<_, Watch<Line<OwnedText, IgnoredAny>>>(line) {
            Ok(Watch(Some(line))) => self.read_line(&line, at, out, |_| None),
            _ => Taken::Malformed,
        }
    }
}

/// Whether the output of a command says that it failed, in any of the forms in which Codex has written it: `Exit code: 1`,
/// `Process exited with code 1`, and `"exit_code":1`.
fn has_failed(output: &str) -> bool {
    const CODES: [&str; 3] = ["Exit code:", "exited with code", "\"exit_code\":"];
    // What the command printed itself may say anything.
    let head = output.split_once("\nOutput:").map_or(output, |(head, _)| head);
    let code = |start: &str| {
        let rest = head.split_once(start)?.1.trim_start();
        Some(rest.split(|char: char| !char.is_ascii_digit() && char != '-').next().unwrap_or_default())
    };
    CODES.iter().filter_map(|start| code(start)).any(|code| !code.is_empty() && code != "0")
}

impl Rollout {
    fn read_line<S: Str, C>(
        &mut self,
        line: &Line<S, C>,
        at: Origin,
        out: &mut Batch,
        raw: impl Fn(&C) -> Option<&str>,
    ) -> Taken {
        let Some(payload) = line.payload.0.as_ref() else { return Taken::Foreign };
        let written = instant(line.timestamp.get());
        self.last_seen = written.or(self.last_seen);
        self.watch_burst(written);
        match line.kind.get() {
            Some("session_meta") => {
                if let Some(id) = payload.id.get().or(payload.session_id.get()) {
                    out.pending.resolve(codex_thread_usage(id));
                }
                self.session_meta(payload, written);
            }
            Some("turn_context") => {
                remember(&mut self.model, payload.model.get());
                remember(&mut self.tier, payload.service_tier.get());
                remember(&mut self.session.cwd, payload.cwd.get());
            }
            Some("event_msg") if payload.kind.is("token_count") => self.token_count(payload, at, out),
            Some("token_usage_record") => self.usage_record(payload, at, out),
            Some("event_msg") if payload.thread_settings.0.is_some() => {
                if let Some(settings) = &payload.thread_settings.0 {
                    remember(&mut self.model, settings.model.get());
                    self.tier = settings.service_tier.get().map(str::to_owned);
                }
            }
            Some("event_msg" | "response_item") if self.activity && self.replaying_until.is_none() => {
                self.add_events(payload, at, out, &raw);
            }
            Some("event_msg" | "response_item" | "compacted") => {}
            _ => return Taken::Foreign,
        }
        Taken::Yes
    }

    /// Ends the replay at the first pause.
    fn watch_burst(&mut self, written: Option<DateTime<Utc>>) {
        if let (Some(before), Some(now)) = (self.replaying_until, written) {
            self.replaying_until = (now - before < BURST_PAUSE).then_some(now.max(before));
        }
    }

    fn session_meta<S: Str, C>(&mut self, meta: &Payload<S, C>, written: Option<DateTime<Utc>>) {
        let id = meta.id.get().or(meta.session_id.get());
        let known = self.session.id.as_deref();
        if known.is_some() && id == known {
            return; // A resumed session writes its head again.
        }
        if known.is_some() && self.replaying_until.is_some() {
            return; // The head of the parent whose history is replayed.
        }
        let parent = meta.forked_from_id.get().or_else(|| meta.spawned_from());
        *self = Self {
            activity: self.activity,
            session: SessionContext {
                id: id.map(str::to_owned),
                parent: parent.map(str::to_owned),
                cwd: meta.cwd.get().map(str::to_owned),
                version: meta.cli_version.get().map(str::to_owned),
                subagent: meta.spawned_from().is_some(),
                ..SessionContext::default()
            },
            replaying_until: if parent.is_some() { written } else { None },
            started: written,
            last_seen: self.last_seen,
            ..Self::default()
        };
        if let Some(git) = &meta.git.0 {
            remember(&mut self.session.branch, git.branch.get());
            remember(&mut self.session.repository, git.repository_url.get());
        }
    }

    fn token_count<S: Str, C>(&mut self, payload: &Payload<S, C>, at: Origin, out: &mut Batch) {
        let Some(info) = payload.info.0.as_ref() else { return out.ignore_record(EMPTY, at) };
        let (Some(total), Some(last)) = (checked(&info.total_token_usage), checked(&info.last_token_usage)) else {
            out.reject_record(BAD_COUNT, at);
            return;
        };
        if let Some(last) = &info.last_token_usage.0 {
            out.note_footing(ID, last.footing(), at.line);
        }
        let before = self.total;
        self.total = total.or(before);
        let used = match (before, total) {
            (Some(before), Some(total)) if total == before => return repeat(out),
            (Some(before), Some(total)) => total.since(&before).or(last).unwrap_or(total),
            (None, Some(total)) => last.unwrap_or(total),
            (_, None) => match last {
                Some(last) => last,
                None => return out.ignore_record(EMPTY, at),
            },
        };
        if self.is_known(false, last.unwrap_or(used)) {
            // Nothing else looks for what only this line has.
            report_strays(ID, at.line, out);
            return repeat(out);
        }
        let is_inherited = before.is_none() && last.is_none() && self.session.parent.is_some();
        self.add_usage(info.model.get(), total, used, is_inherited, at, out);
    }

    /// The usage of one response.
    fn usage_record<S: Str, C>(&mut self, payload: &Payload<S, C>, at: Origin, out: &mut Batch) {
        let (Some(thread), Some(used)) = (checked(&payload.thread_token_usage), checked(&payload.usage)) else {
            return out.reject_record(BAD_COUNT, at);
        };
        let Some(used) = used else { return out.ignore_record(EMPTY, at) };
        if let Some(usage) = &payload.usage.0 {
            out.note_footing(ID, usage.footing(), at.line);
        }
        let is_repeat = thread.is_some() && thread == self.thread;
        self.thread = thread.or(self.thread);
        if is_repeat || self.is_known(true, used) {
            return repeat(out);
        }
        self.add_usage(payload.model.get(), thread, used, false, at, out);
    }

    /// Whether this is the latest usage once more, as the other kind of line has it.
    fn is_known(&mut self, is_record: bool, used: Totals) -> bool {
        let is_twin = self.latest.is_some_and(|(kind, latest)| kind != is_record && latest == used);
        self.latest = (!is_twin).then_some((is_record, used));
        is_twin
    }

    fn add_usage(
        &self,
        model: Option<&str>,
        total: Option<Totals>,
        used: Totals,
        is_inherited: bool,
        at: Origin,
        out: &mut Batch,
    ) {
        let Some(time) = self.last_seen else {
            out.reject_record(NO_TIME, at);
            return;
        };
        if used.cached + used.written.unwrap_or(0) > used.input || used.reasoning > used.output {
            out.notice(
                Severity::Warning,
                "part-over-total",
                "cached input or reasoning is larger than the figure that includes it; the part was cut to fit",
                at.line,
            );
        }
        // The same session may be read from its active and its archived copy, so the id depends on the counters alone. Their
        // `Debug` form is part of it: renaming `Totals` would change ids.
        let key = format!("{total:?} {used:?}");
        let is_history = self.replaying_until.is_some();
        let id = match &self.session.id {
            // A session that counts from zero after its parent's history may come to the same counters.
            Some(session) if is_history => RecordId::of(&[ID, session, "history", &key]),
            Some(session) => RecordId::of(&[ID, session, &key]),
            None => RecordId::of(&[ID, "", &time.to_rfc3339(), &key]),
        };
        report_strays(ID, at.line, out);
        let mut record = self.session.request_draft(ID, id, at, time, out);
        record.tokens = used.buckets().into();
        record.is_history = is_history;
        record.model = out.names.intern_some(model.or(self.model.as_deref()));
        record.service_tier = out.names.intern_some(self.tier.as_deref());
        if let (true, false, Some(started), Ok(record)) = (is_inherited, is_history, self.started, record.finish()) {
            out.counts.records_read += 1;
            out.pending.continues(started, record);
        } else {
            out.add(record);
        }
    }

    /// Adds the events of one payload: prompts, tool calls, patches, printed commits.
    fn add_events<S: Str, C>(
        &mut self,
        payload: &Payload<S, C>,
        at: Origin,
        out: &mut Batch,
        raw: &impl Fn(&C) -> Option<&str>,
    ) {
        let text = |field: &Option<C>| {
            let json = field.as_ref().and_then(raw)?;
            serde_json::from_str::<String>(json).ok()
        };
        let call = payload.call_id.get().map(hash_text);
        let mut events = Vec::new();
        match payload.kind.get() {
            Some("user_message") => {
                let message = text(&payload.message).unwrap_or_default();
                events.push(out.prompt(&message));
            }
            Some("function_call" | "custom_tool_call" | "local_shell_call") => {
                let arguments = text(&payload.input).or_else(|| text(&payload.arguments)).unwrap_or_default();
                if let Some(name) = payload.name.get() {
                    let name = out.names.intern(name);
                    events.push(What::Tool { name, call: call.unwrap_or(0), arguments: hash_text(&arguments) });
                }
                let opens = payload.name.get().and_then(pull_request::tool_opens);
                let mut acts = acted_on(&arguments, &mut out.names);
                if opens == Some(false)
                    && let Some((repository, number)) = pull_request::of_arguments(&arguments)
                {
                    acts.push(pull_request::event((repository.as_deref(), number), false, &mut out.names));
                }
                let opens = opens == Some(true);
                if opens || !acts.is_empty() || makes_commit(&arguments) || pull_request::opens(&arguments) {
                    self.awaited.extend(call.map(|call| (call, Awaited { opens, acts })));
                }
                for file in patched_files(&unescaped_patch(&arguments)) {
                    let path = out.names.intern(file.path);
                    events.push(What::Edit { path, added: file.added, deleted: file.deleted });
                }
            }
            Some("function_call_output" | "custom_tool_call_output") => {
                let size = payload.output.as_ref().and_then(raw).map_or(0, str::len);
                let size = u32::try_from(size).unwrap_or(u32::MAX);
                events.extend(call.map(|call| What::Result { call, size, failed: false }));
                if let Some(of_call) = call.and_then(|call| self.awaited.remove(&call)) {
                    let output = text(&payload.output).unwrap_or_default();
                    events.extend(printed_commits(&output).map(|sha| What::Commit { sha: out.names.intern(sha) }));
                    let in_answer = || pull_request::in_output(&output).filter(|_| of_call.opens);
                    let opened = pull_request::opened(&output).or_else(in_answer);
                    if !has_failed(&output) {
                        events.extend(of_call.acts);
                        events.extend(opened.map(|named| pull_request::event(named, true, &mut out.names)));
                    }
                }
            }
            Some("context_compacted") => events.push(What::Compaction),
            _ => {}
        }
        for (ordinal, what) in events.into_iter().enumerate() {
            self.add_event(what, ordinal, at, out);
        }
    }

    fn add_event(&self, what: What, ordinal: usize, at: Origin, out: &mut Batch) {
        let Some(time) = self.last_seen else { return };
        let names = &mut out.names;
        let mut name = |text: &Option<String>| names.intern_some(text.as_deref());
        let event = Event {
            id: hash_text(&format!("{:?}:{time}:{what:?}:{ordinal}", self.session.id)),
            origin: at,
            at: time,
            session: name(&self.session.id),
            cwd: name(&self.session.cwd),
            branch: name(&self.session.branch),
            request: None,
            subagent: self.session.subagent,
            what,
        };
        out.activity.push(event);
    }
}

/// Counts what was counted before.
fn repeat(out: &mut Batch) {
    out.counts.records_read += 1;
    out.counts.duplicate += 1;
}

/// The counters of an event: `None` if they are impossible, `Some(None)` if absent.
#[expect(clippy::option_option, reason = "absent and impossible are different")]
fn checked(totals: &Watch<shape::RawTotals>) -> Option<Option<Totals>> {
    match &totals.0 {
        None => Some(None),
        Some(raw) => raw.checked().map(Some),
    }
}

/// The patch of a shell call with real line breaks: in its JSON arguments they are escaped.
fn unescaped_patch(arguments: &str) -> std::borrow::Cow<'_, str> {
    if arguments.contains("*** Begin Patch") && !arguments.contains("*** Begin Patch\n") {
        arguments.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\").into()
    } else {
        arguments.into()
    }
}

impl Totals {
    /// The disjoint buckets of a difference between counters.
    fn buckets(&self) -> TokenCounts {
        let cached = self.cached.min(self.input);
        let written = self.written.map(|written| written.min(self.input - cached));
        TokenCounts {
            input: Some(self.input - cached - written.unwrap_or(0)),
            cache_read: Some(cached),
            cache_write_5m: None,
            cache_write_1h: None,
            cache_write_unspecified: written,
            output: Some(self.output),
            reasoning: Some(self.reasoning.min(self.output)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_failed_says_so_in_several_ways() {
        for output in [
            "Exit code: 1\nWall time: 0.4 seconds\nOutput:\nno such pull request\n",
            "Chunk ID: 6d\nWall time: 0.1 seconds\nProcess exited with code 128\nOutput:\n",
            r#"{"output":"no such pull request","metadata":{"exit_code":1,"duration_seconds":0.4}}"#,
        ] {
            assert!(has_failed(output), "{output}");
        }
        for output in [
            "Exit code: 0\nWall time: 0.4 seconds\nOutput:\nThe last check said Exit code: 1\n",
            r#"{"output":"merged","metadata":{"exit_code":0,"duration_seconds":0.4}}"#,
            "merged",
        ] {
            assert!(!has_failed(output), "{output}");
        }
    }
}

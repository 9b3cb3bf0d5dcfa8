//! The lines of a transcript → records, and through [`super::facts`] the events of the session.
//!
//! - In: one line at a time, whole or as a stream. Out: a record per line with usage.
//! - Refuses: damaged counts, records without any time so far; ignores what was never billed.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::answers::{AnswerLine, Answers, ID, session_usage};
use super::facts::{self, EventContext};
use super::shape::{Envelope, Line, Message, Usage};
use crate::diagnostics::Severity;
use crate::model::bill::{Bill, WEB_SEARCHES};
use crate::model::hash::hash_text;
use crate::model::money::Money;
use crate::model::observation::Observation;
use crate::model::origin::Origin;
use crate::model::usage::{RecordId, TokenCounts, UsageRecord};
use crate::sources::figures::findings::Finding;
use crate::sources::json::lenient::{OwnedText, Str, Text};
use crate::sources::json::watch::{Watch, clear_strays, report_strays};
use crate::sources::rejection::{BAD_AMOUNT, BAD_COUNT, NO_TIME, Rejection};
use crate::sources::transcript::instant;
use crate::sources::{Batch, LineParser, Taken};

/// The state of one transcript while it is read.
pub(super) struct Transcript {
    activity: bool,
    /// The last time seen, for lines without one.
    last_seen: Option<DateTime<Utc>>,
    answers: Answers,
    /// The session whose usage was last said to be here.
    session: Option<String>,
    /// Tool calls whose output may print a commit hash, and whether they open a pull request.
    awaited: HashMap<u64, facts::Awaited>,
}

impl Transcript {
    pub(super) fn new(activity: bool) -> Self {
        Self { activity, last_seen: None, answers: Answers::default(), session: None, awaited: HashMap::new() }
    }
}

impl LineParser for Transcript {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        clear_strays();
        match serde_json::from_slice::<Watch<Line<Text<'_>, &RawValue>>>(line) {
            Ok(Watch(Some(line))) => self.read_line(&line, at, out, |content| Some(content.get())),
            _ => Taken::Malformed,
        }
    }

    fn long_line(&mut self, line: &mut dyn std::io::Read, at: Origin, out: &mut Batch) -> Taken {
        // The content of such a line is not kept, so its visible output and edits stay unknown, but its usage counts.
        clear_strays();
        match serde_json::from_reader::<_, Watch<Line<OwnedText, IgnoredAny>>>(line) {
            Ok(Watch(Some(line))) => self.read_line(&line, at, out, |_| None),
            _ => Taken::Malformed,
        }
    }
}

impl Transcript {
    fn read_line<S: Str, C>(
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
            // The time of the line is that of the progress report; the answer has a time of its own.
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
            facts::add_line_events(line, time, at, out);
        }
        Taken::Yes
    }

    /// A line with a message: its usage, if it has any, and the events that it shows.
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
            let counted = counted(line, usage);
            if let Err(rejection) = counted {
                out.reject_record(rejection, at);
                // What it asked others may be sound.
                if usage.iterations.beside(message.model.get()).next().is_none() {
                    return;
                }
            }
            let (tokens, searches, reported_cost) = counted.unwrap_or_default();
            let key = self.record_id(line, message, envelope, (time, tokens), at, out);
            id = Some(key);
            note_guess(envelope, at, out);
            report_strays(ID, at.line, out);
            if let Some(session) = line.session_id.get().filter(|id| self.session.as_deref() != Some(id)) {
                out.pending.resolve(session_usage(session));
                self.session = Some(session.to_owned());
            }
            let names = &mut out.names;
            let mut record = UsageRecord::blank(ID, at, time);
            record.id = key;
            record.tokens = tokens;
            record.request_count = Some(1);
            record.reported_cost = reported_cost;
            record.bill.quantity_micros = searches;
            record.bill.unit = searches.map(|_| names.intern(WEB_SEARCHES));
            record.provider = provider(message.id.get()).map(|biller| names.intern(biller));
            record.model = names.intern_some(message.model.get());
            record.service_tier = names.intern_some(usage.service_tier.get());
            record.speed = names.intern_some(usage.speed.get());
            record.inference_geo = names.intern_some(usage.inference_geo.get());
            record.session = names.intern_some(line.session_id.get());
            record.request = envelope.request.map(hash_text);
            record.cwd = names.intern_some(line.cwd.get());
            record.branch = names.intern_some(line.git_branch.get());
            record.client_version = names.intern_some(line.version.get());
            record.subagent = envelope.subagent;
            add_beside(usage, message.model.get(), &record, out);
            if counted.is_err() {
                return;
            }
            out.counts.records_read += 1;
            note_absent(tokens, at, out);
            let visible = content.map(facts::visible_blocks).unwrap_or_default();
            out.usage.add(Observation::new(record, visible));
        } else if message.role.is("user") {
            self.answers.separate(envelope.subagent);
        }
        if let (true, Some(time), Some(content)) = (self.activity, envelope.time, content) {
            let context = EventContext::new(line, envelope, time, at, id, &mut out.names);
            let automatic = line.is_meta.0 || line.is_compact_summary.0;
            facts::add_message_events(&context, message, content, automatic, &mut self.awaited, out);
        }
    }

    /// The id of a record: that of its answer; without a message id the line's id; without either a hash of the line's content.
    fn record_id<S: Str, C>(
        &mut self,
        line: &Line<S, C>,
        message: &Message<S, C>,
        envelope: &Envelope<'_>,
        (time, tokens): (DateTime<Utc>, TokenCounts),
        at: Origin,
        out: &mut Batch,
    ) -> RecordId {
        if let Some(id) = message.id.get() {
            let session = line.session_id.get().unwrap_or("");
            let (request, subagent) = (envelope.request, envelope.subagent);
            let (id, repeated) =
                self.answers.record_id(&AnswerLine { message: id, request, session, time, tokens, subagent });
            if repeated {
                let message = "many answers have one message id, which a relay gave them; they were separated by request, \
                               session and time, and count each once";
                out.notice(Severity::Warning, "repeated-ids", message, at.line);
            }
            return id;
        }
        if let Some(uuid) = envelope.uuid {
            return RecordId::of(&[ID, "uuid", uuid]);
        }
        let tokens = format!("{tokens:?}");
        let parts = [line.session_id.get(), line.timestamp.get(), message.model.get(), Some(&tokens)];
        let parts: Vec<&str> = [ID, "line"].into_iter().chain(parts.map(|part| part.unwrap_or(""))).collect();
        RecordId::of(&parts)
    }
}

/// Says that the time of a record is that of another line.
fn note_guess(envelope: &Envelope<'_>, at: Origin, out: &mut Batch) {
    if envelope.guessed {
        out.notice(
            Severity::Warning,
            "guessed-timestamp",
            "a record without a timestamp took that of the line before it",
            at.line,
        );
    }
}

/// Says which counts that every answer has are not there.
fn note_absent(tokens: TokenCounts, at: Origin, out: &mut Batch) {
    for (key, count) in [("input_tokens", tokens.input), ("output_tokens", tokens.output)] {
        if count.is_none() {
            out.figures.found.add(Finding::Absent, ID, key, 0, at.line);
        }
    }
}

/// Tokens, searches of the web and the tool's own cost of an answer.
fn counted<S: Str, C>(
    line: &Line<S, C>,
    usage: &Usage<S>,
) -> Result<(TokenCounts, Option<i64>, Option<Money>), Rejection> {
    let tokens = usage.tokens().ok_or(BAD_COUNT)?;
    let searches = usage.searches().to_quantity().or_reject(BAD_COUNT)?;
    Ok((tokens, searches, line.cost_usd.0.or_reject(BAD_AMOUNT)?))
}

/// Adds the requests of an answer that are not in its counts, each as a record of its own.
fn add_beside<S: Str>(usage: &Usage<S>, model: Option<&str>, answer: &UsageRecord, out: &mut Batch) {
    for (one, number) in usage.iterations.beside(model).zip(0..) {
        let Some(tokens) = one.tokens() else {
            out.reject_record(BAD_COUNT, answer.origin);
            continue;
        };
        let mut record = UsageRecord { tokens, reported_cost: None, bill: Bill::default(), ..answer.clone() };
        record.id = answer.id.again(number);
        record.model = out.names.intern_some(one.model.get()).or(answer.model);
        out.counts.records_read += 1;
        out.usage.add_record(&record);
    }
}

/// Who bills: Bedrock and Vertex mark the message id with a prefix.
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

//! Writes a script as Claude Code would: one JSON object per line, one line per content block of a message.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::claude_line::{Envelope, Line, Message, Usage, blocks};
use super::disk;
use super::history_plan::Repo;
use super::random::Random;
use super::script::{Call, Request, Script, Subagent, Tool, What};
use super::sessions_plan::{INTERNAL, Quirk, Session};
use super::truth::{Truth, Verdict};
use crate::error::Result;

const SOURCE: &str = "claude-code";

/// Lines of earlier sessions that a later one repeats: the line, and whether it carries usage.
pub(super) type Copies = BTreeMap<&'static str, Vec<(String, bool)>>;

/// What the writer needs to know about a session besides its script.
pub(super) struct Setting<'a> {
    pub(super) session: &'static Session,
    /// Index of the session in the truth.
    pub(super) index: usize,
    pub(super) id: &'a str,
    pub(super) cwd: &'a str,
    /// The folder of the person's logs.
    pub(super) folder: &'a Path,
}

/// Writes the files of one session.
pub(super) fn write(setting: &Setting<'_>, script: &Script, copies: &mut Copies, truth: &mut Truth) -> Result<()> {
    let encoded: String = setting.cwd.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let project = setting.folder.join(".claude/projects").join(encoded);
    let mut log = Log {
        setting,
        truth,
        project,
        random: Random::named(&format!("claude {}", setting.session.key)),
        lines: Vec::new(),
        parent: None,
        branch: "main",
        sent: Vec::new(),
    };
    log.begin(script, copies);
    for event in &script.events {
        log.branch = event.branch;
        log.event(event.at, &event.what)?;
    }
    log.finish(script, copies)
}

/// A request that was written, for a side question to replay.
struct Sent {
    request: Request,
    message: String,
}

struct Log<'a> {
    setting: &'a Setting<'a>,
    truth: &'a mut Truth,
    project: PathBuf,
    random: Random,
    lines: Vec<(String, bool)>,
    /// The uuid of the line before, within the same thread.
    parent: Option<String>,
    branch: &'static str,
    sent: Vec<Sent>,
}

impl Log<'_> {
    fn begin(&mut self, script: &Script, copies: &Copies) {
        for quirk in self.setting.session.quirks {
            if let Quirk::Resumes(of) = quirk {
                for (line, usage) in copies.get(of).into_iter().flatten() {
                    if *usage {
                        self.truth.read(SOURCE, Verdict::Duplicate);
                    }
                    self.lines.push((line.clone(), *usage));
                }
            }
        }
        let leaf = self.random.uuid();
        self.plain(&json!({"leafUuid": leaf, "summary": "Work on the shop", "type": "summary"}));
        let at = script.events.first().map_or(DateTime::UNIX_EPOCH, |event| event.at);
        let message = self.random.uuid();
        let snapshot = json!({"messageId": message, "timestamp": stamp(at), "trackedFileBackups": {}});
        let kind = "file-history-snapshot";
        self.plain(&json!({"isSnapshotUpdate": false, "messageId": message, "snapshot": snapshot, "type": kind}));
    }

    fn event(&mut self, at: DateTime<Utc>, what: &What) -> Result<()> {
        match what {
            What::Prompt(text) => {
                let envelope = self.envelope(at, None);
                self.line(Line { message: Some(Message::user(json!(text))), ..Line::new(envelope, "user") }, false);
            }
            What::Request(request) => self.request(at, request)?,
            What::PullLink(number) => {
                let repo = self.setting.session.repo.map_or("", Repo::name);
                let url = format!("https://github.com/acme/{repo}/pull/{number}");
                let id = self.setting.id;
                self.plain(
                    &json!({"prNumber": number, "prRepository": format!("acme/{repo}"), "prUrl": url, "sessionId": id,
                    "timestamp": stamp(at), "type": "pr-link"}),
                );
            }
            What::Synthetic => self.unbilled(at, "No response requested.", false),
            What::ApiError => {
                self.unbilled(at, "API Error: 529 {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}", true)
            }
            What::Compaction => {
                let envelope = self.envelope(at, None);
                let content = Some("Conversation compacted");
                self.line(Line { subtype: Some("compact_boundary"), content, ..Line::new(envelope, "system") }, false);
            }
            // Codex alone writes these.
            What::RepeatedTotal | What::NullInfo => {}
        }
        Ok(())
    }

    /// A request of the main thread, the work of a subagent it calls, and the result of its tool.
    fn request(&mut self, at: DateTime<Utc>, request: &Request) -> Result<()> {
        let message = format!("msg_01{}", self.random.id(22));
        let request_id = self.request_id(request.model);
        let tool_use = format!("toolu_01{}", self.random.id(22));
        let last = self.answer(at, request, &message, request_id.as_deref(), &tool_use, None);
        self.truth.spend(self.setting.index, request.model, at, request.tokens);
        self.sent.push(Sent { request: request.clone(), message });
        if let Some(call) = &request.call {
            if let Tool::Delegate { prompt, subagent, .. } = &call.tool {
                self.subagent(at, prompt, subagent, &tool_use)?;
            }
            self.result(at + TimeDelta::milliseconds(call.took_ms), call, &tool_use, &last, None);
        }
        Ok(())
    }

    /// The lines of a message: text first, then the tool call, with output that grows from line to line.
    ///
    /// The first line is the observation that counts; its caller books it. The others are duplicates.
    fn answer(
        &mut self,
        at: DateTime<Utc>,
        request: &Request,
        id: &str,
        request_id: Option<&str>,
        tool_use: &str,
        agent: Option<&str>,
    ) -> String {
        let blocks = blocks(request, tool_use);
        let count = blocks.len();
        let mut uuid = String::new();
        for (nth, block) in blocks.into_iter().enumerate() {
            let complete = nth + 1 == count;
            let output = if complete { request.tokens.output } else { request.tokens.output.min(1 + nth as u64) };
            let mut line_at = at;
            if nth > 0 {
                self.truth.read(SOURCE, Verdict::Duplicate);
                line_at += TimeDelta::milliseconds(380 * i64::try_from(nth).unwrap_or(0));
            }
            let stop = (complete && self.setting.session.version >= "2.1.62").then_some(if request.call.is_some() {
                "tool_use"
            } else {
                "end_turn"
            });
            let message = Message::assistant(id, request.model, vec![block], Usage::of(request.tokens, output), stop);
            let envelope = self.envelope(line_at, agent);
            uuid.clone_from(&envelope.uuid);
            let request_id = request_id.map(str::to_owned);
            self.line(Line { message: Some(message), request_id, ..Line::new(envelope, "assistant") }, true);
        }
        uuid
    }

    fn result(&mut self, at: DateTime<Utc>, call: &Call, tool_use: &str, asked_by: &str, agent: Option<&str>) {
        let block =
            json!([{"content": call.output, "is_error": call.failed, "tool_use_id": tool_use, "type": "tool_result"}]);
        let outcome = match &call.tool {
            Tool::Shell { .. } if call.failed => json!(format!("Error: Exit code 101\n{}", call.output)),
            Tool::Shell { .. } => json!({"interrupted": false, "isImage": false, "stderr": "", "stdout": call.output}),
            Tool::Edit { path, .. } | Tool::Write { path, .. } => json!({"filePath": path, "userModified": false}),
            Tool::Read { path } => json!({"file": {"filePath": path}, "type": "text"}),
            Tool::Search { .. } => json!({"mode": "content", "numLines": 2}),
            Tool::Delegate { .. } => json!({"status": "completed"}),
        };
        let envelope = self.envelope(at, agent);
        let source = Some(asked_by.to_owned());
        let message = Some(Message::user(block));
        let base = Line::new(envelope, "user");
        self.line(Line { message, tool_use_result: Some(outcome), source_tool_assistant: source, ..base }, false);
    }

    fn subagent(&mut self, at: DateTime<Utc>, prompt: &str, subagent: &Subagent, tool_use: &str) -> Result<()> {
        let agent = self.random.hex(7);
        if subagent.own_file {
            return self.aside_file(&agent, |log| {
                let envelope = log.envelope(at, Some(&agent));
                log.line(Line { message: Some(Message::user(json!(prompt))), ..Line::new(envelope, "user") }, false);
                for (after_ms, request) in &subagent.requests {
                    let at = at + TimeDelta::milliseconds(*after_ms);
                    let message = format!("msg_01{}", log.random.id(22));
                    let request_id = log.request_id(request.model);
                    let tool_use = format!("toolu_01{}", log.random.id(22));
                    let last = log.answer(at, request, &message, request_id.as_deref(), &tool_use, Some(&agent));
                    log.truth.spend(log.setting.index, request.model, at, request.tokens);
                    if let Some(call) = &request.call {
                        log.result(at + TimeDelta::milliseconds(call.took_ms), call, &tool_use, &last, Some(&agent));
                    }
                }
            });
        }
        for (after_ms, request) in &subagent.requests {
            let at = at + TimeDelta::milliseconds(*after_ms);
            let id = format!("msg_01{}", self.random.id(22));
            let request_id = self.request_id(request.model);
            let inner = format!("toolu_01{}", self.random.id(22));
            for observation in 0..2 {
                let content = blocks(request, &inner);
                let usage = Usage::of(request.tokens, request.tokens.output);
                let message = Message::assistant(&id, request.model, content, usage, None);
                // Both observations carry the time of the answer; the lines themselves are later.
                let data = json!({
                    "agentId": agent,
                    "message": {
                        "message": message, "requestId": request_id, "timestamp": stamp(at), "type": "assistant",
                        "uuid": self.random.uuid(),
                    },
                    "normalizedMessages": [],
                    "prompt": prompt,
                    "type": "agent_progress",
                });
                let envelope = self.envelope(at + TimeDelta::milliseconds(40 + 300 * observation), None);
                let caller = Some(tool_use.to_owned());
                self.line(Line { data: Some(data), parent_tool_use: caller, ..Line::new(envelope, "progress") }, true);
                if observation == 0 {
                    self.truth.spend(self.setting.index, request.model, at, request.tokens);
                } else {
                    self.truth.read(SOURCE, Verdict::Duplicate);
                }
            }
        }
        Ok(())
    }

    /// A line with usage that no provider bills.
    fn unbilled(&mut self, at: DateTime<Utc>, text: &str, error: bool) {
        let id = self.random.uuid();
        let content = vec![json!({"text": text, "type": "text"})];
        let message = Message::assistant(&id, "<synthetic>", content, Usage::default(), Some("stop_sequence"));
        let envelope = self.envelope(at, None);
        let is_api_error = Some(error);
        self.line(Line { message: Some(message), is_api_error, ..Line::new(envelope, "assistant") }, true);
        self.truth.read(SOURCE, Verdict::Ignored);
    }

    fn finish(mut self, script: &Script, copies: &mut Copies) -> Result<()> {
        let session = self.setting.session;
        if session.has(Quirk::Aside) {
            self.replay(script)?;
        }
        let truncated = session.has(Quirk::Truncated);
        if truncated {
            self.cut_off(script);
        } else if let Some(event) = script.events.last() {
            let envelope = self.envelope(event.at + TimeDelta::milliseconds(900), None);
            self.line(Line { subtype: Some("turn_duration"), ..Line::new(envelope, "system") }, false);
        }
        let path = self.project.join(format!("{}.jsonl", self.setting.id));
        self.save(&path, !truncated)?;
        // Only what belongs to the conversation is copied when a session is resumed.
        let lines = std::mem::take(&mut self.lines);
        let talk = lines
            .into_iter()
            .filter(|(line, _)| line.starts_with("{\"parentUuid\"") && !line.contains("\"type\":\"system\""));
        copies.insert(session.key, talk.collect());
        Ok(())
    }

    /// A side question: its file repeats the last two messages under new request ids, then answers once.
    fn replay(&mut self, script: &Script) -> Result<()> {
        let at = script.events.last().map_or(DateTime::UNIX_EPOCH, |event| event.at) + TimeDelta::minutes(2);
        let agent = format!("aside-{}", self.random.hex(6));
        let first = self.sent.len().saturating_sub(2);
        let replayed: Vec<Sent> = self.sent.drain(first..).collect();
        self.aside_file(&agent, |log| {
            for sent in &replayed {
                let request_id = log.request_id(sent.request.model);
                let content = vec![json!({"text": "As said above.", "type": "text"})];
                let usage = Usage::of(sent.request.tokens, sent.request.tokens.output);
                let message = Message::assistant(&sent.message, sent.request.model, content, usage, None);
                let envelope = log.envelope(at, Some(&agent));
                log.line(Line { message: Some(message), request_id, ..Line::new(envelope, "assistant") }, true);
                log.truth.read(SOURCE, Verdict::Replayed);
            }
            let Some(Sent { request, .. }) = replayed.last() else { return };
            let mut tokens = request.tokens;
            tokens.cache_read = request.tokens.prompt();
            (tokens.cache_write_1h, tokens.cache_write_5m, tokens.output) = (180, 0, 96);
            let own = Request {
                tokens,
                say: "Yes, the catalog asks once per request.".to_owned(),
                call: None,
                ..request.clone()
            };
            let message = format!("msg_01{}", log.random.id(22));
            let request_id = log.request_id(own.model);
            let at = at + TimeDelta::seconds(6);
            log.answer(at, &own, &message, request_id.as_deref(), "", Some(&agent));
            log.truth.spend(log.setting.index, own.model, at, tokens);
        })
    }

    /// A last request whose line was never written to its end; what it used is lost.
    fn cut_off(&mut self, script: &Script) {
        let Some(event) = script.events.last() else { return };
        let text = "I will try the other way round: first the table, then the query, and see whether the tests agree.";
        let message =
            Message::assistant("msg_01", self.setting.session.model, vec![json!(text)], Usage::default(), None);
        let envelope = self.envelope(event.at + TimeDelta::seconds(20), None);
        self.line(Line { message: Some(message), ..Line::new(envelope, "assistant") }, false);
        if let Some((line, _)) = self.lines.last_mut() {
            let end = line.find("see whether").unwrap_or(line.len() / 2);
            line.truncate(end);
        }
        self.truth.read(SOURCE, Verdict::Rejected);
    }

    /// Writes another file of the session, then returns to this one.
    fn aside_file(&mut self, agent: &str, fill: impl FnOnce(&mut Self)) -> Result<()> {
        let main = std::mem::take(&mut self.lines);
        let parent = self.parent.take();
        fill(self);
        let path = self.project.join(self.setting.id).join("subagents").join(format!("agent-{agent}.jsonl"));
        self.save(&path, true)?;
        self.lines = main;
        self.parent = parent;
        Ok(())
    }

    fn save(&mut self, path: &Path, complete: bool) -> Result<()> {
        let mut text = self.lines.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>().join("\n");
        if complete {
            text.push('\n');
        }
        self.truth.file(SOURCE, self.lines.len() as u64);
        disk::write(path, text.as_bytes())
    }

    fn request_id(&mut self, model: &str) -> Option<String> {
        let id = format!("req_011C{}", self.random.id(20));
        (model != INTERNAL).then_some(id)
    }

    fn envelope(&mut self, at: DateTime<Utc>, agent: Option<&str>) -> Envelope {
        let uuid = self.random.uuid();
        Envelope {
            parent: self.parent.replace(uuid.clone()),
            uuid,
            agent: agent.map(str::to_owned),
            cwd: self.setting.cwd.to_owned(),
            session: self.setting.id.to_owned(),
            version: self.setting.session.version,
            branch: if self.setting.session.repo.is_some() { self.branch } else { "" },
            timestamp: stamp(at),
        }
    }

    fn line(&mut self, line: Line, usage: bool) {
        self.lines.push((line.to_json(), usage));
    }

    fn plain(&mut self, value: &Value) {
        self.lines.push((value.to_string(), false));
    }
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

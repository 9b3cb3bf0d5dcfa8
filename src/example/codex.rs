//! Writes a script as Codex would: one rollout file per session, with cumulative token counts.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::claude::Setting;
use super::disk;
use super::random::Random;
use super::script::{Request, Script, Tool, What};
use super::sessions_plan::Quirk;
use super::truth::{RecordKind, TokenTruth, Truth};
use crate::error::Result;

const SOURCE: &str = "codex";

/// The part of a session that a fork repeats.
pub(super) struct Past {
    id: String,
    items: Vec<(Item, bool)>,
    total: TokenTruth,
}

/// Sessions that a later one may fork, by key.
pub(super) type Pasts = BTreeMap<&'static str, Past>;

/// Writes the file of one session; `head` is the commit checked out when it began.
pub(super) fn write(
    setting: &Setting<'_>,
    script: &Script,
    head: &str,
    pasts: &mut Pasts,
    truth: &mut Truth,
) -> Result<()> {
    let began = script.events.first().map_or(DateTime::UNIX_EPOCH, |event| event.at) - TimeDelta::seconds(3);
    let mut log = Log {
        setting,
        truth,
        random: Random::named(&format!("codex {}", setting.session.key)),
        lines: Vec::new(),
        items: Vec::new(),
        total: TokenTruth::default(),
        last: TokenTruth::default(),
        model: "",
    };
    log.begin(began, script, head, pasts);
    for event in &script.events {
        log.event(event.at, &event.what);
    }
    let day = began.format("%Y/%m/%d");
    let name = format!("rollout-{}-{}.jsonl", began.format("%Y-%m-%dT%H-%M-%S"), setting.id);
    let path = setting.folder.join(format!(".codex/sessions/{day}")).join(name);
    log.truth.file(SOURCE, log.lines.len() as u64);
    disk::write(&path, (log.lines.join("\n") + "\n").as_bytes())?;
    pasts.insert(setting.session.key, Past { id: setting.id.to_owned(), items: log.items, total: log.total });
    Ok(())
}

/// A line without its time.
#[derive(Clone, Serialize)]
struct Item {
    #[serde(rename = "type")]
    kind: &'static str,
    payload: Payload,
}

#[derive(Clone, Serialize)]
struct Payload {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(flatten)]
    rest: Value,
}

#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    #[serde(flatten)]
    item: &'a Item,
}

/// The kind of an item: its type and the type of its payload.
fn item(kind: &'static str, payload: &'static str, rest: Value) -> Item {
    Item { kind, payload: Payload { kind: (!payload.is_empty()).then_some(payload), rest } }
}

struct Log<'a> {
    setting: &'a Setting<'a>,
    truth: &'a mut Truth,
    random: Random,
    lines: Vec<String>,
    /// The same without times, and whether each counts tokens.
    items: Vec<(Item, bool)>,
    total: TokenTruth,
    last: TokenTruth,
    model: &'static str,
}

impl Log<'_> {
    fn begin(&mut self, at: DateTime<Utc>, script: &Script, head: &str, pasts: &Pasts) {
        let branch = script.events.first().map_or("main", |event| event.branch);
        let parent = self.setting.session.quirks.iter().find_map(|quirk| match quirk {
            Quirk::Forks(of) => pasts.get(of),
            _ => None,
        });
        let mut meta = json!({
            "cli_version": self.setting.session.version,
            "cwd": self.setting.cwd,
            "id": self.setting.id,
            "model_provider": "openai",
            "originator": "codex-tui",
            "source": "cli",
            "timestamp": stamp(at),
        });
        if let Some(repo) = self.setting.session.repo {
            meta["git"] = json!({"branch": branch, "commit_hash": head, "repository_url": repo.remote()});
        }
        if let Some(parent) = parent {
            meta["forked_from_id"] = json!(parent.id);
        }
        self.line(at, item("session_meta", "", meta), false);
        if let Some(parent) = parent {
            // A fork repeats its parent's history at the time of the fork and continues its counts.
            for (item, counts) in &parent.items {
                if *counts {
                    self.truth.read(SOURCE, RecordKind::Replayed);
                }
                self.line(at, item.clone(), *counts);
            }
            self.total = parent.total;
        }
    }

    fn event(&mut self, at: DateTime<Utc>, what: &What) {
        match what {
            What::Prompt(text) => {
                let content = json!([{"text": text, "type": "input_text"}]);
                self.line(at, item("response_item", "message", json!({"content": content, "role": "user"})), false);
                self.line(at, item("event_msg", "user_message", json!({"images": [], "message": text})), false);
            }
            What::Request(request) => self.request(at, request),
            What::RepeatedTotal => {
                self.count(at, true);
                self.truth.read(SOURCE, RecordKind::Duplicate);
            }
            What::NullInfo => {
                let rest = json!({"info": null, "rate_limits": {"plan_type": "team"}});
                self.line(at, item("event_msg", "token_count", rest), false);
                self.truth.read(SOURCE, RecordKind::Ignored);
            }
            // Only Claude Code writes these.
            What::PullLink(_) | What::Synthetic | What::ApiError | What::Compaction => {}
        }
    }

    fn request(&mut self, at: DateTime<Utc>, request: &Request) {
        if self.model != request.model {
            self.model = request.model;
            let rest = json!({
                "approval_policy": "on-request",
                "cwd": self.setting.cwd,
                "model": request.model,
                "sandbox_policy": {"type": "workspace-write"},
                "turn_id": self.random.uuid(),
            });
            self.line(at - TimeDelta::milliseconds(900), item("turn_context", "", rest), false);
        }
        let thinking = json!({"content": null, "encrypted_content": self.random.id(40), "summary": []});
        self.line(at - TimeDelta::milliseconds(300), item("response_item", "reasoning", thinking), false);
        if !request.say.is_empty() {
            let phase = if request.call.is_some() { "commentary" } else { "final_answer" };
            let rest = json!({"message": request.say, "phase": phase});
            self.line(at, item("event_msg", "agent_message", rest), false);
        }
        let call_id = format!("call_{}", self.random.id(24));
        if let Some(call) = &request.call {
            self.call(at, &call.tool, &call_id);
        }
        self.total += request.tokens;
        self.last = request.tokens;
        self.count(at + TimeDelta::milliseconds(4), true);
        // The count is the record, so it has the time of the request.
        self.truth.spend(self.setting.index, request.model, at + TimeDelta::milliseconds(4), request.tokens);
        if let Some(call) = &request.call {
            let at = at + TimeDelta::milliseconds(call.took_ms);
            let status = i32::from(call.failed) * 101;
            if let Tool::Edit { .. } | Tool::Write { .. } = call.tool {
                let output =
                    json!({"metadata": {"exit_code": status}, "output": "Success. Updated the following files:"});
                let rest = json!({"call_id": call_id, "output": output.to_string()});
                self.line(at, item("response_item", "custom_tool_call_output", rest), false);
            } else {
                let output =
                    format!("Wall time: 0.4 seconds\nProcess exited with code {status}\nOutput:\n{}", call.output);
                let rest = json!({"call_id": call_id, "output": output});
                self.line(at, item("response_item", "function_call_output", rest), false);
            }
        } else {
            let rest = json!({"last_agent_message": request.say});
            self.line(at + TimeDelta::milliseconds(9), item("event_msg", "task_complete", rest), false);
        }
    }

    fn call(&mut self, at: DateTime<Utc>, tool: &Tool, call_id: &str) {
        let command = match tool {
            Tool::Read { path } => format!("sed -n '1,200p' {path}"),
            Tool::Search { pattern } => format!("rg -n {pattern}"),
            Tool::Shell { command, .. } => command.clone(),
            Tool::Delegate { about, .. } => about.clone(),
            Tool::Edit { .. } | Tool::Write { .. } => {
                let rest =
                    json!({"call_id": call_id, "input": patch(tool), "name": "apply_patch", "status": "completed"});
                return self.line(at, item("response_item", "custom_tool_call", rest), false);
            }
        };
        let arguments = json!({"cmd": command, "workdir": self.setting.cwd}).to_string();
        let rest = json!({"arguments": arguments, "call_id": call_id, "name": "exec_command"});
        self.line(at, item("response_item", "function_call", rest), false);
    }

    /// A token count: the running total, and the last request's share of it.
    fn count(&mut self, at: DateTime<Utc>, counts: bool) {
        let usage = |tokens: TokenTruth| {
            json!({
                "cached_input_tokens": tokens.cache_read,
                "input_tokens": tokens.prompt(),
                "output_tokens": tokens.output,
                "reasoning_output_tokens": tokens.reasoning,
                "total_tokens": tokens.prompt() + tokens.output,
            })
        };
        let info = json!({
            "last_token_usage": usage(self.last),
            "model_context_window": 258_400,
            "total_token_usage": usage(self.total),
        });
        self.line(at, item("event_msg", "token_count", json!({"info": info, "rate_limits": null})), counts);
    }

    fn line(&mut self, at: DateTime<Utc>, item: Item, counts: bool) {
        let line = Line { timestamp: stamp(at), item: &item };
        self.lines.push(serde_json::to_string(&line).expect("strings, numbers and values always serialise"));
        self.items.push((item, counts));
    }
}

/// An edit in the patch language of the agent.
fn patch(tool: &Tool) -> String {
    let mut patch = "*** Begin Patch\n".to_owned();
    let mut put = |sign: &str, lines: &[String]| {
        for line in lines {
            patch.push_str(&format!("{sign}{line}\n"));
        }
    };
    match tool {
        Tool::Write { path, lines } => {
            put("*** Add File: ", std::slice::from_ref(path));
            put("+", lines);
        }
        Tool::Edit { path, kept, old, new } => {
            put("*** Update File: ", std::slice::from_ref(path));
            put("@@", &[String::new()]);
            put(" ", kept);
            put("-", old);
            put("+", new);
        }
        _ => {}
    }
    patch.push_str("*** End Patch\n");
    patch
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

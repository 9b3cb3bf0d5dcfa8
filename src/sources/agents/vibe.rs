//! Mistral Vibe: `meta.json` and `messages.jsonl` of a session, and of each of its agents. Read: mistral-vibe ac8f1a0.
//!
//! - In: the counts and the head of a session, and one message a line. Out: a record per session, and the events of its messages.
//! - Refuses: usage without a time, damaged counts, and messages outside the folder of their session.
//!
//! Traps:
//! - A compaction and a step back begin a new session, which names its parent and goes on counting where that one stopped; what the
//!   parent counted is taken off, if it had ended by then. A fork names its parent, too, and counts anew.
//! - Messages name neither their session nor a time. Their folder has when the session began, and `meta.json` in it the rest.
//! - A step back and a fork write the messages before them again, with the same ids.

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::model::activity::NamedSession;
use crate::model::bill::Authority;
use crate::model::origin::Origin;
use crate::model::usage::Grain;
use crate::sources::agents::paths::folder_of;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::page::{Page, Sink};
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::blocks::Blocks;
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::amount::DOLLARS;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

const META: &[&str] = &["meta.json"];
const MESSAGES: &[&str] = &["messages.jsonl"];

/// The format of Mistral Vibe.
#[derive(Debug)]
pub(in crate::sources) struct Vibe;

impl Source for Vibe {
    fn id(&self) -> &'static str {
        VIBE.id
    }

    fn title(&self) -> &'static str {
        VIBE.title
    }

    fn about(&self) -> &'static str {
        VIBE.about
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if is_messages(head) { Sniff::Yes } else { VIBE.sniff(head) }
    }

    fn open(&self, head: &Head<'_>, options: &ReadOptions) -> Parser {
        if is_messages(head) { reader::lines(Messages::default()) } else { VIBE.open(head, options) }
    }
}

/// Whether a file has one message a line; each says whether the agent put it in by itself.
fn is_messages(head: &Head<'_>) -> bool {
    let keys = head.top_keys();
    head.is_json() && ["role", "content", "injected"].iter().all(|key| keys.iter().any(|known| known == key))
}

static VIBE: Page = Page {
    id: "mistral-vibe",
    title: "Mistral Vibe sessions",
    about: "meta.json and messages.jsonl, one of each per session and per agent of a session; the counts are those of the session so far.\n\
            Where: ~/.vibe/logs/session (VIBE_HOME).\n\
            Counted: one record per session in its newest state, with the tool's own estimate of the cost.\n\
            A session that goes on from another one, after a compaction, counts less what that one has, if that one had ended.\n\
            Set aside: sessions without a token (ignored).\n\
            Lacks: requests, days, cached tokens (the input includes them, so the list cost is an upper bound), times of messages and bill.",
    needs: &[&["session_id", "stats", "session_prompt_tokens", "session_completion_tokens"]],
    lacks: &[],
    read,
};

fn read(session: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Some(stats) = session.get("stats") else { return false };
    if sink.out.wants_activity {
        name_session(session, sink);
    }
    let tokens = DraftTokens {
        input: stats.count("session_prompt_tokens").required(),
        output: stats.count("session_completion_tokens"),
        ..DraftTokens::default()
    };
    let cost = stats.amount("session_cost", DOLLARS);
    if tokens.is_zero() && cost.unless_zero().is_absent() {
        sink.ignore(NO_TOKENS);
        return true;
    }
    let Some(start) = session.instant("start_time") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.draft(Authority::Transcript, start);
    record.grain = Grain::Session;
    record.charge_period_end = session.instant("end_time").filter(|end| *end > start);
    record.bill.revised_at = record.charge_period_end;
    record.tokens = tokens;
    record.reported_cost = cost;
    record.model = sink.name(session.text("config/active_model"));
    record.provider = sink.name(Some("mistral"));
    record.session = sink.name(session.text("session_id"));
    record.parent_session = sink.name(session.text("parent_session_id"));
    record.cwd = sink.name(session.text("environment/working_directory"));
    record.branch = sink.name(branch(session));
    record.subagent = is_of_agent(&sink.out.path);
    let id = session.text("session_id").unwrap_or_default();
    if record.parent_session.is_some() {
        sink.add_continuing(record, &[id], start);
    } else {
        sink.add_named(record, &[id]);
    }
    true
}

/// Says which session the messages in the same folder are of.
fn name_session(session: Json<'_>, sink: &mut Sink<'_>) {
    let Some(alias) = folder_of(&sink.out.path, META) else { return };
    let alias = sink.out.names.intern(alias);
    let named = NamedSession {
        alias,
        session: sink.name(session.text("session_id")),
        cwd: sink.name(session.text("environment/working_directory")),
        branch: sink.name(branch(session)),
        began: None,
    };
    sink.out.activity.name_session(named);
}

/// The branch that a session began on; a checkout of no branch has `HEAD` instead of one.
fn branch<'a>(session: Json<'a>) -> Option<&'a str> {
    session.text("git_branch").filter(|branch| *branch != "HEAD")
}

/// Whether a path is in the folder of an agent that a session started.
fn is_of_agent(path: &str) -> bool {
    path.rsplit(['/', '\\']).nth(2) == Some("agents")
}

/// When a session began, by the name of its folder: `session_20260711_080000_1a2b3c4d`, in UTC.
fn beginning(folder: &str) -> Option<DateTime<Utc>> {
    let (rest, _id) = folder.rsplit_once('_')?;
    let at = rest.len().checked_sub("20260711_080000".len())?;
    NaiveDateTime::parse_from_str(rest.get(at..)?, "%Y%m%d_%H%M%S").ok().map(|began| began.and_utc())
}

/// The messages of a session.
#[derive(Default)]
struct Messages {
    began: Option<DateTime<Utc>>,
    session: SessionContext,
    calls: Blocks,
}

impl ValueReader for Messages {
    fn format(&self) -> &'static str {
        VIBE.id
    }

    fn value(&mut self, message: Json<'_>, arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        if !message.has("role") {
            return Taken::Foreign;
        }
        if out.wants_activity {
            self.add_events(message, arena, at, out);
        }
        Taken::Yes
    }
}

impl Messages {
    fn add_events(&mut self, message: Json<'_>, arena: &Arena, at: Origin, out: &mut Batch) {
        if self.session.id.is_none()
            && let Some(folder) = folder_of(&out.path, MESSAGES)
        {
            self.began = beginning(folder);
            self.session = SessionContext {
                id: Some(folder.to_owned()),
                subagent: is_of_agent(&out.path),
                is_copied: true,
                is_undated: true,
                ..SessionContext::default()
            };
        }
        let Some(began) = self.began else { return };
        let content = message.text("content").unwrap_or_default();
        match message.text("role") {
            Some("user") if !message.is_true("injected") => {
                let prompt = out.prompt(content);
                self.session.add_event(message.text("message_id").unwrap_or(content), prompt, began, at, out);
            }
            Some("assistant") => {
                for call in message.items("tool_calls") {
                    let (Some(id), Some(name)) = (call.text("id"), call.text("function/name")) else { continue };
                    let arguments = call.text("function/arguments").unwrap_or_default();
                    let compact = arena.read(arguments).map_or_else(|_| arguments.to_owned(), |read| read.to_string());
                    self.calls.begin_call(id, name, compact);
                }
            }
            Some("tool") => {
                let failed = content.starts_with("<tool_error>") || content.starts_with("<user_cancellation>");
                // A result is its fields, a line or more each.
                let printed = content.split_once("\nstdout: ").map_or(content, |(_, printed)| printed);
                let id = message.text("tool_call_id").unwrap_or_default();
                self.calls.end_call((id, printed, failed), &self.session, began, at, out);
            }
            _ => {}
        }
    }
}

//! A session before it is written in a format: prompts, requests with their tokens, and tool calls, at exact times.

use chrono::{DateTime, Utc};

use super::truth::TokenTruth;

/// The events of a session, in order of time.
pub(super) struct Script {
    pub(super) events: Vec<Event>,
}

/// An event.
pub(super) struct Event {
    pub(super) at: DateTime<Utc>,
    /// The branch checked out at that time.
    pub(super) branch: &'static str,
    pub(super) what: What,
}

/// What happens in an event.
pub(super) enum What {
    Prompt(String),
    Request(Request),
    /// A pull request was opened.
    PullLink(u32),
    /// A line that no model wrote.
    Synthetic,
    /// A request that failed.
    ApiError,
    /// The context was summarised.
    Compaction,
    /// A Codex count that is written a second time.
    RepeatedTotal,
    /// A Codex count without numbers.
    NullInfo,
}

/// A request to a model with its answer.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) model: &'static str,
    pub(super) tokens: TokenTruth,
    pub(super) say: String,
    pub(super) call: Option<Call>,
}

/// A tool call with its result.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) tool: Tool,
    pub(super) output: String,
    pub(super) failed: bool,
    pub(super) took_ms: i64,
}

/// A tool and its arguments; paths are absolute.
#[derive(Clone)]
pub(super) enum Tool {
    Read { path: String },
    Search { pattern: String },
    Edit { path: String, kept: Vec<String>, old: Vec<String>, new: Vec<String> },
    Write { path: String, lines: Vec<String> },
    Shell { command: String, about: String },
    Delegate { about: String, prompt: String, subagent: Subagent },
}

/// A subagent.
#[derive(Clone)]
pub(super) struct Subagent {
    /// Whether it writes its own file; otherwise it appears in progress lines.
    pub(super) own_file: bool,
    /// Its requests, each with its time after the call in milliseconds.
    pub(super) requests: Vec<(i64, Request)>,
}

impl Tool {
    /// The number of characters that the model wrote for the call.
    pub(super) fn visible_chars(&self) -> usize {
        let lines = |lines: &[String]| lines.iter().map(|line| line.len() + 1).sum::<usize>();
        match self {
            Self::Read { path } => path.len(),
            Self::Search { pattern } => pattern.len(),
            Self::Edit { path, kept, old, new } => path.len() + 2 * lines(kept) + lines(old) + lines(new),
            Self::Write { path, lines: all } => path.len() + lines(all),
            Self::Shell { command, about } => command.len() + about.len(),
            Self::Delegate { about, prompt, .. } => about.len() + prompt.len(),
        }
    }
}

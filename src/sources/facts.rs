//! What the log of each agent says: tokens by kind, what it cost, and where, by whom and for what it was used.
//!
//! A test reads the fixtures of every format and compares them with this table: what is listed must be in one of them, and what
//! is not listed in none.

/// Something that the log of an agent may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// Fresh input tokens.
    Input,
    /// Input tokens read from a cache.
    CacheRead,
    /// Input tokens written to a cache.
    CacheWrite,
    /// Output tokens.
    Output,
    /// The part of the output spent on reasoning.
    Reasoning,
    /// What the tool itself says that it cost.
    Cost,
    /// The model.
    Model,
    /// Single requests with their times, rather than sums of a session.
    Requests,
    /// The session.
    Session,
    /// The session that started it.
    Parent,
    /// The folder in which it was used.
    Folder,
    /// The branch checked out.
    Branch,
    /// What was asked: lengths and hashes.
    Prompts,
    /// Calls of tools.
    Tools,
    /// Edited files, with hashes of the lines.
    Edits,
    /// Ids that `git commit` printed.
    Commits,
    /// Numbers of pull requests.
    PullRequests,
}

impl Fact {
    /// All of them with their titles, in the order of the columns.
    pub const ALL: [(Self, &'static str); 17] = [
        (Self::Input, "input"),
        (Self::CacheRead, "cache read"),
        (Self::CacheWrite, "cache write"),
        (Self::Output, "output"),
        (Self::Reasoning, "reasoning"),
        (Self::Cost, "cost"),
        (Self::Model, "model"),
        (Self::Requests, "requests"),
        (Self::Session, "session"),
        (Self::Parent, "parent"),
        (Self::Folder, "folder"),
        (Self::Branch, "branch"),
        (Self::Prompts, "prompts"),
        (Self::Tools, "tools"),
        (Self::Edits, "edits"),
        (Self::Commits, "commits"),
        (Self::PullRequests, "pull requests"),
    ];
}

/// Input and output.
const BOTH: &[Fact] = &[Fact::Input, Fact::Output];
/// These, and both directions of a cache.
const TOKENS: &[Fact] = &[Fact::Input, Fact::CacheRead, Fact::CacheWrite, Fact::Output];
/// The same without writes to a cache.
const READ_TOKENS: &[Fact] = &[Fact::Input, Fact::CacheRead, Fact::Output];
/// Single requests of a session, with their model.
const REQUESTS: &[Fact] = &[Fact::Model, Fact::Requests, Fact::Session];
/// What was asked and done.
const WORK: &[Fact] = &[Fact::Prompts, Fact::Tools, Fact::Edits, Fact::Commits, Fact::PullRequests];

/// What a format says, in groups.
type Row = (&'static str, &'static [&'static [Fact]]);

/// Every format that an agent writes on its own machine, in the order of the ids.
pub static TABLE: &[Row] = &[
    ("aider", &[READ_TOKENS, REQUESTS, &[Fact::Cost, Fact::Folder], &[Fact::Prompts, Fact::Edits, Fact::Commits]]),
    ("aider-analytics", &[BOTH, &[Fact::Cost, Fact::Model, Fact::Requests]]),
    ("amp", &[TOKENS, REQUESTS, &[Fact::Folder], WORK]),
    ("antigravity", &[READ_TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Folder]]),
    ("claude-code", &[TOKENS, REQUESTS, &[Fact::Folder, Fact::Branch], WORK]),
    ("claude-code-headless", &[TOKENS, REQUESTS, &[Fact::Cost, Fact::Folder]]),
    ("claude-session-meta", &[BOTH, &[Fact::Session, Fact::Folder]]),
    ("cline", &[TOKENS, REQUESTS, &[Fact::Cost, Fact::Folder, Fact::Edits]]),
    ("cline-cli", &[TOKENS, REQUESTS, &[Fact::Cost, Fact::Folder], WORK]),
    ("codebuff", &[TOKENS, REQUESTS, WORK]),
    ("codex", &[TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Parent, Fact::Folder, Fact::Branch], WORK]),
    ("codex-exec", &[TOKENS, &[Fact::Reasoning, Fact::Session]]),
    ("continue", &[TOKENS, REQUESTS, &[Fact::Cost, Fact::Folder], WORK]),
    ("copilot-chat", &[BOTH, REQUESTS]),
    ("copilot-chat-journal", &[BOTH, REQUESTS]),
    ("copilot-cli", &[TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Folder, Fact::Branch], WORK]),
    ("copilot-cli-store", &[TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Cost, Fact::Folder, Fact::Branch]]),
    ("copilot-otel", &[READ_TOKENS, REQUESTS]),
    ("crush", &[&[Fact::Cost, Fact::Session], WORK]),
    ("droid", &[TOKENS, &[Fact::Reasoning, Fact::Model, Fact::Session, Fact::Folder]]),
    ("droid-session", &[WORK]),
    ("dsh", &[READ_TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Parent, Fact::Folder], WORK]),
    ("gemini-cli", &[READ_TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Folder], WORK]),
    ("goose", &[TOKENS, REQUESTS, &[Fact::Cost, Fact::Folder], WORK]),
    ("grok-build", &[TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Cost, Fact::Folder, Fact::Prompts]]),
    ("hermes", &[TOKENS, &[Fact::Reasoning, Fact::Cost, Fact::Model, Fact::Session, Fact::Folder]]),
    ("junie", &[TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Cost, Fact::Folder, Fact::Prompts, Fact::Tools]]),
    ("kimi-cli", &[TOKENS, REQUESTS, WORK]),
    ("kimi-code", &[TOKENS, REQUESTS, &[Fact::Folder], WORK]),
    ("kiro", &[READ_TOKENS, REQUESTS, &[Fact::Folder]]),
    ("kiro-log", &[&[Fact::Requests, Fact::Session, Fact::Prompts, Fact::Tools]]),
    (
        "mistral-vibe",
        &[BOTH, &[Fact::Cost, Fact::Model, Fact::Session, Fact::Parent, Fact::Folder, Fact::Branch], WORK],
    ),
    ("muse-code", &[READ_TOKENS, REQUESTS, &[Fact::Reasoning]]),
    ("opencode", &[TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Cost, Fact::Parent, Fact::Folder], WORK]),
    ("pi", &[TOKENS, REQUESTS, &[Fact::Cost, Fact::Parent, Fact::Folder], WORK]),
    ("qwen-code", &[READ_TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Folder, Fact::Branch], WORK]),
    ("qwen-code-headless", &[READ_TOKENS, REQUESTS, &[Fact::Folder]]),
    ("zcode", &[TOKENS, REQUESTS, &[Fact::Reasoning, Fact::Folder]]),
    ("zed", &[TOKENS, &[Fact::Model, Fact::Session, Fact::Folder], WORK]),
];

/// What the log of a format says; `None` for what no agent writes.
#[must_use]
pub fn of(format: &str) -> Option<impl Iterator<Item = Fact> + use<>> {
    let (_, groups) = TABLE.iter().find(|(known, _)| *known == format)?;
    Some(groups.iter().flat_map(|group| group.iter().copied()))
}

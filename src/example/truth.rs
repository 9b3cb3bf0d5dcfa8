//! What is true of the example, recorded by the plan that wrote it rather than read back.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use chrono::{DateTime, NaiveDate, Utc};

/// TokenTruth in disjoint buckets; `output` includes `reasoning`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TokenTruth {
    /// Fresh input: neither read from nor written to a cache.
    pub input: u64,
    /// Input read from a cache.
    pub cache_read: u64,
    /// Input written to a cache for five minutes.
    pub cache_write_5m: u64,
    /// Input written to a cache for one hour.
    pub cache_write_1h: u64,
    /// Output, reasoning included.
    pub output: u64,
    /// The part of `output` spent on reasoning.
    pub reasoning: u64,
}

impl TokenTruth {
    /// All input of the request, cached or not.
    #[must_use]
    pub fn prompt(&self) -> u64 {
        self.input + self.cache_read + self.cache_write_5m + self.cache_write_1h
    }
}

impl AddAssign for TokenTruth {
    fn add_assign(&mut self, other: Self) {
        self.input += other.input;
        self.cache_read += other.cache_read;
        self.cache_write_5m += other.cache_write_5m;
        self.cache_write_1h += other.cache_write_1h;
        self.output += other.output;
        self.reasoning += other.reasoning;
    }
}

/// Requests that count, and their tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpendTruth {
    /// Kept records: one per request.
    pub requests: u64,
    /// Their tokens.
    pub tokens: TokenTruth,
}

impl SpendTruth {
    fn add(&mut self, tokens: TokenTruth) {
        self.requests += 1;
        self.tokens += tokens;
    }
}

/// What becomes of a record when it is read; the five kinds sum to the records read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordKind {
    Kept,
    Duplicate,
    Replayed,
    Ignored,
    Rejected,
}

/// Files, lines and records of the logs. Records read = kept + duplicate + replayed + ignored + rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordCounts {
    /// Log files.
    pub files: u64,
    /// Lines in them, including the truncated one.
    pub lines: u64,
    /// First observation of a request.
    pub kept: u64,
    /// Another observation under the same request id or none; a Codex total that did not advance.
    pub duplicate: u64,
    /// Another observation under another request id; a Codex parent's history in a fork.
    pub replayed: u64,
    /// `<synthetic>` and API error lines; a Codex `token_count` without `info`.
    pub ignored: u64,
    /// Lines that are not JSON.
    pub rejected: u64,
}

impl RecordCounts {
    /// Records read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.kept + self.duplicate + self.replayed + self.ignored + self.rejected
    }

    fn add(&mut self, verdict: RecordKind) {
        match verdict {
            RecordKind::Kept => self.kept += 1,
            RecordKind::Duplicate => self.duplicate += 1,
            RecordKind::Replayed => self.replayed += 1,
            RecordKind::Ignored => self.ignored += 1,
            RecordKind::Rejected => self.rejected += 1,
        }
    }
}

/// What became of a session's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SessionFate {
    /// On main, with most of its lines alive.
    Merged,
    /// On main, with many of its lines rewritten within 14 days.
    Churned,
    /// On main, and then reverted.
    Reverted,
    /// Edits that never reached main: a closed branch, or nothing committed.
    Abandoned,
    /// On a branch whose pull request is still open.
    Open,
    /// Questions, plans and reviews in a repository: no edit, no commit expected.
    Question,
    /// Nothing to do with the company's work.
    OffTask,
}

/// A commit that a session really made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Produced {
    /// The object id at the time of the session, whose output prints the first seven digits.
    pub printed: String,
    /// Whether that object is in the repository; it is not if the branch was squashed and deleted.
    pub stored: bool,
    /// The commit on main, or merged into it; `None` if it never landed.
    pub sha: Option<String>,
    /// The first-parent commit of main that landed it.
    pub landing: Option<String>,
}

/// What is true of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTruth {
    /// The id in the log.
    pub id: String,
    /// `claude-code` or `codex`.
    pub source: &'static str,
    /// Whose folder the log is in.
    pub person: &'static str,
    /// Working directory in the log.
    pub cwd: String,
    /// The repository worked in; `None` is outside any.
    pub repository: Option<&'static str>,
    /// Branches in the order of work.
    pub branches: Vec<&'static str>,
    /// First and last instant of a request that counts.
    pub span: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// What it used, including subagents.
    pub spend: SpendTruth,
    /// The commits that it made.
    pub produced: Vec<Produced>,
    /// What became of them.
    pub fate: SessionFate,
}

/// What is true of a first-parent commit of main.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandingTruth {
    /// `shop` or `site`.
    pub repository: &'static str,
    /// Object id in hex.
    pub sha: String,
    /// When it was committed.
    pub landed_at: DateTime<Utc>,
    /// The pull request, if there was one.
    pub pull: Option<u32>,
    /// Whether a bot wrote it.
    pub bot: bool,
    /// Text lines added against the first parent.
    pub added: u64,
    /// Text lines deleted against the first parent.
    pub deleted: u64,
    /// Added lines that count as effective: longer than three characters, not punctuation only, not in a lock or
    /// generated file.
    pub added_effective: u64,
    /// Added lines that died within 14 days of landing.
    pub dead_in_14_days: u64,
    /// Added lines that are still on main at its head.
    pub alive: u64,
    /// Whether a later commit reverts it.
    pub reverted: bool,
}

/// What is true of a branch whose commits are not on main.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchTruth {
    /// `shop` or `site`.
    pub repository: &'static str,
    /// The name without `refs/heads/`.
    pub name: &'static str,
    /// Its last commit.
    pub tip: String,
    /// The squash commit with its work, if it landed.
    pub squashed_as: Option<String>,
    /// Whether its pull request is still open.
    pub open: bool,
}

/// Something unusual that is in the logs on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// A short kebab-case name.
    pub kind: &'static str,
    /// The session it is in.
    pub session: String,
    /// A description in one sentence.
    pub note: &'static str,
}

/// Everything that is true of the example.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Truth {
    /// All requests that count.
    pub total: SpendTruth,
    /// By model, as the log names it.
    pub by_model: BTreeMap<String, SpendTruth>,
    /// By day in UTC of the earliest observation.
    pub by_day: BTreeMap<NaiveDate, SpendTruth>,
    /// By source: `claude-code`, `codex`.
    pub by_source: BTreeMap<&'static str, SpendTruth>,
    /// Files, lines and records of all logs.
    pub counts: RecordCounts,
    /// The same by source.
    pub counts_by_source: BTreeMap<&'static str, RecordCounts>,
    /// Sessions in the order of the plan.
    pub sessions: Vec<SessionTruth>,
    /// First-parent commits of main, oldest first, `shop` before `site`.
    pub landings: Vec<LandingTruth>,
    /// Branches left beside main.
    pub branches: Vec<BranchTruth>,
    /// What is unusual in the logs, and where.
    pub oddities: Vec<Oddity>,
    /// Models without a public price.
    pub unpriced_models: Vec<&'static str>,
    /// Prompts to the assistant, which seats cover.
    pub assistant_prompts: u64,
    /// Those that have nothing to do with work.
    pub assistant_off_task: u64,
}

impl Truth {
    /// Sum of added text lines on the main branch of a repository.
    #[must_use]
    pub fn merged_lines(&self, repository: &str) -> u64 {
        self.landings.iter().filter(|landing| landing.repository == repository).map(|landing| landing.added).sum()
    }

    /// Records a request that counts.
    pub(super) fn spend(&mut self, session: usize, model: &str, at: DateTime<Utc>, tokens: TokenTruth) {
        let session = &mut self.sessions[session];
        session.spend.add(tokens);
        session.span = Some(session.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        self.total.add(tokens);
        self.by_model.entry(model.to_owned()).or_default().add(tokens);
        self.by_day.entry(at.date_naive()).or_default().add(tokens);
        self.by_source.entry(session.source).or_default().add(tokens);
        let source = session.source;
        self.read(source, RecordKind::Kept);
    }

    /// Records what becomes of a record when it is read.
    pub(super) fn read(&mut self, source: &'static str, verdict: RecordKind) {
        self.counts.add(verdict);
        self.counts_by_source.entry(source).or_default().add(verdict);
    }

    /// Records a finished log file.
    pub(super) fn file(&mut self, source: &'static str, lines: u64) {
        for counts in [&mut self.counts, self.counts_by_source.entry(source).or_default()] {
            counts.files += 1;
            counts.lines += lines;
        }
    }
}

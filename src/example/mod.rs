//! A small made-up company, "Acme": two repositories, the logs of five people's agents, and an office's assistant.
//!
//! In: an empty folder. Out: git directories, logs in the agents' own layouts, an export of pull requests, and the
//! [`Truth`] about all of it, recorded while writing rather than read back. Every build gives the same bytes: dates are
//! fixed, random choices come from a seeded generator, and nothing depends on the machine or the folder's path. It is the
//! input of `--example` and of tests; every text in it is made up.
//!
//! ```text
//!  history_plan ─▶ repository (text, files, git) ─▶ commits ─┬─▶ compose (meter) ─▶ script ─▶ claude, codex ─▶ logs
//!  sessions_plan ────────────────────────────────────────────┘                                    └─▶ truth
//! ```

mod assistant;
mod claude;
mod claude_line;
mod codex;
mod compose;
mod disk;
mod files;
mod git;
mod history_plan;
mod issues;
mod meter;
mod oddities;
mod people;
mod pulls;
mod random;
#[cfg(test)]
mod recount;
mod repo;
mod repository;
mod script;
mod sessions_plan;
#[cfg(test)]
mod tests;
mod text;
mod truth;

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};

use self::claude::{Copies, Setting};
use self::codex::Pasts;
use self::random::Random;
use self::repo::Repo;
use self::repository::MadeHistory;
use self::sessions_plan::{INTERNAL, Job, PlannedSession, Quirk, SESSIONS};
pub use self::truth::{
    BranchTruth, LandingTruth, Oddity, Produced, RecordCounts, SessionFate, SessionTruth, SpendTruth, TokenTruth, Truth,
};
use crate::error::{Error, Result};

/// Where the files of the company are, and what is true of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The bare repositories `shop.git` and `site.git`.
    pub repos: Vec<PathBuf>,
    /// The folder of all logs, one folder per person inside.
    pub logs: PathBuf,
    /// The folder of an assistant's export, whose prompts seats cover.
    pub assistant: PathBuf,
    /// The export of pull requests, as `gh pr list --json` prints it.
    pub pull_requests: Option<PathBuf>,
    /// The issues of a tracker, with what was important.
    pub outcomes: PathBuf,
    /// The deployments of one of the repositories.
    pub deployments: PathBuf,
    /// The day of the audit: some work is still young then, and one pull request is open.
    pub as_of: NaiveDate,
    /// What a correct audit finds.
    pub truth: Truth,
}

/// Writes the company below `root`, which is created if it is missing and must not contain one already.
///
/// # Errors
/// Fails when a company is there already, or something cannot be written.
pub fn build(root: &Path) -> Result<Example> {
    let mut truth = Truth { unpriced_models: vec![INTERNAL], ..Truth::default() };
    let mut history = MadeHistory::default();
    let mut repos = Vec::new();
    for repo in [Repo::Shop, Repo::Site] {
        let path = root.join(format!("{}.git", repo.name()));
        if path.exists() {
            let message = format!("{} already exists", path.display());
            return Err(Error::input(message, "pass a folder that is empty or does not exist yet"));
        }
        repository::write(repo, &path, &mut history, &mut truth)?;
        repos.push(path);
    }
    let logs = root.join("logs");
    write_logs(&logs, &history, &mut truth)?;
    let assistant = root.join("assistant");
    assistant::write(&assistant.join("conversations.jsonl"), &mut truth)?;
    let pull_requests = root.join("pull-requests.json");
    pulls::write(&pull_requests, &history)?;
    let (outcomes, deployments) = (root.join("issues.csv"), root.join("deployments.csv"));
    issues::write(&outcomes, &history)?;
    issues::write_deployments(&deployments, &truth.landings)?;
    let as_of = NaiveDate::from_ymd_opt(2026, 5, 31).expect("May has 31 days");
    Ok(Example { repos, logs, assistant, pull_requests: Some(pull_requests), outcomes, deployments, as_of, truth })
}

fn write_logs(logs: &Path, history: &MadeHistory, truth: &mut Truth) -> Result<()> {
    let mut copies = Copies::new();
    let mut pasts = Pasts::new();
    for session in SESSIONS {
        let cwd = cwd_of(session);
        let script = compose::compose(session, &cwd, history)?;
        let began = script.events.first().map_or(DateTime::UNIX_EPOCH, |event| event.at);
        let id = id_of(session, began);
        let index = truth.sessions.len();
        truth.sessions.push(session_truth(session, &id, &cwd, history));
        for event in &script.events {
            let branches = &mut truth.sessions[index].branches;
            if session.repo.is_some() && branches.last() != Some(&event.branch) {
                branches.push(event.branch);
            }
        }
        truth.oddities.extend(oddities::of_session(session, &id, truth.sessions[index].branches.len()));
        let folder = logs.join(session.who.login());
        let setting = Setting { session, index, id: &id, cwd: &cwd, folder: &folder };
        if session.source() == "codex" {
            let branch = script.events.first().map_or("main", |event| event.branch);
            let head = head_at(session, branch, began, history, truth);
            codex::write(&setting, &script, &head, &mut pasts, truth)?;
        } else {
            claude::write(&setting, &script, &mut copies, truth)?;
        }
    }
    Ok(())
}

fn cwd_of(session: &PlannedSession) -> String {
    let worktree = session.quirks.iter().find_map(|quirk| match quirk {
        Quirk::Worktree(below) => Some(format!("{}/{below}", session.who.home())),
        _ => None,
    });
    worktree.unwrap_or_else(|| session.who.clone_of(session.repo))
}

/// A random UUID for Claude Code; for Codex one that begins with the time, as Codex itself does.
fn id_of(session: &PlannedSession, began: DateTime<Utc>) -> String {
    let mut random = Random::named(&format!("id {}", session.key));
    if session.source() != "codex" {
        return random.uuid();
    }
    let time = format!("{:012x}", began.timestamp_millis());
    let (high, low) = time.split_at(8);
    format!("{high}-{low}-7{}-b{}-{}", random.hex(3), random.hex(3), random.hex(12))
}

fn session_truth(session: &PlannedSession, id: &str, cwd: &str, history: &MadeHistory) -> SessionTruth {
    let keys = if let Job::Commits(keys) = session.job { keys } else { &[] };
    SessionTruth {
        id: id.to_owned(),
        source: session.source(),
        person: session.who.login(),
        cwd: cwd.to_owned(),
        repository: session.repo.map(Repo::name),
        branches: Vec::new(),
        span: None,
        spend: SpendTruth::default(),
        produced: keys.iter().filter_map(|key| history.commits.get(key)).map(|made| made.produced.clone()).collect(),
        fate: session.fate,
    }
}

/// The commit that was checked out at a time: the branch's last commit so far, or the one of main that it starts from.
fn head_at(session: &PlannedSession, branch: &str, at: DateTime<Utc>, history: &MadeHistory, truth: &Truth) -> String {
    let repository = session.repo.map(Repo::name);
    let ours =
        truth.landings.iter().filter(|landing| Some(landing.repository) == repository && landing.landed_at <= at);
    let main = ours.map(|landing| landing.sha.clone()).next_back().unwrap_or_default();
    let made = history.commits.values().filter(|made| made.branch != "main" && made.branch == branch && made.at <= at);
    made.max_by_key(|made| made.at).map_or(main, |made| made.produced.printed.clone())
}

//! A made-up repository and the transcripts of those who worked on it, minute by minute.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{arg, git, run};

/// Minutes after 2026-05-04 09:00 UTC.
pub(crate) type Minute = i64;

const START: i64 = 1_777_885_200;

pub(super) fn stamp(minute: Minute) -> String {
    chrono::DateTime::from_timestamp(START + minute * 60, 0)
        .expect("an instant")
        .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Lines that nobody else writes.
pub(crate) fn code(tag: &str, count: usize) -> String {
    let mut text = String::new();
    for at in 0..count {
        writeln!(text, "let {tag}_{at} = compute_{tag}({at});").expect("a text");
    }
    text
}

/// One repository and one folder of logs.
pub(crate) struct World {
    folder: tempfile::TempDir,
    sessions: BTreeMap<String, String>,
    exports: Vec<(String, String)>,
    serial: usize,
}

impl World {
    /// A repository with one commit on `main`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let world = Self { folder, sessions: BTreeMap::new(), exports: Vec::new(), serial: 0 };
        std::fs::create_dir_all(world.repository()).expect("a folder");
        world.git(&["init", "-q", "-b", "main"]);
        world.write("README.md", "A made-up shop.\n");
        world.commit(-600, "dana", "Begin");
        world
    }

    pub(crate) fn repository(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_at(0, "dana", arguments)
    }

    /// Runs git at a minute, as a person.
    pub(crate) fn git_at(&self, minute: Minute, who: &str, arguments: &[&str]) -> String {
        let date = format!("{} +0000", START + minute * 60);
        let output = git(&self.repository(), arguments)
            .envs([("GIT_AUTHOR_DATE", date.as_str()), ("GIT_COMMITTER_DATE", date.as_str())])
            .envs([("GIT_AUTHOR_NAME", who), ("GIT_COMMITTER_NAME", who)])
            .envs(["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"].map(|name| (name, format!("{who}@example.org"))))
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.repository().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Commits everything and gives the full id.
    pub(crate) fn commit(&self, minute: Minute, who: &str, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git_at(minute, who, &["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Lands a branch by a merge commit.
    pub(crate) fn merge(&self, minute: Minute, branch: &str, message: &str) -> String {
        self.git(&["checkout", "-q", "main"]);
        self.git_at(minute, "dana", &["merge", "-q", "--no-ff", "-m", message, branch]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Lands a branch by a squash.
    pub(crate) fn squash(&self, minute: Minute, branch: &str, message: &str) -> String {
        self.git(&["checkout", "-q", "main"]);
        self.git(&["merge", "-q", "--squash", branch]);
        self.commit(minute, "dana", message)
    }

    /// A request on a branch that calls a tool; $0.0015 and 140 tokens.
    pub(super) fn request(&mut self, session: &str, minute: Minute, branch: &str, tool: Value) {
        self.serial += 1;
        let cwd = format!("/home/{}/shop", owner(session));
        let id = format!("m{}", self.serial);
        let line = json!({
            "type": "assistant", "sessionId": session, "uuid": format!("u-{id}"), "timestamp": stamp(minute),
            "requestId": format!("r-{id}"), "cwd": cwd, "gitBranch": branch,
            "message": {"id": id, "model": "claude-opus-4-6", "role": "assistant", "content": [tool],
                        "usage": {"input_tokens": 100, "output_tokens": 40}}
        });
        writeln!(self.sessions.entry(session.to_owned()).or_default(), "{line}").expect("a text");
    }

    /// Adds a line to a transcript as it is.
    pub(super) fn line(&mut self, session: &str, line: &Value) {
        writeln!(self.sessions.entry(session.to_owned()).or_default(), "{line}").expect("a text");
    }

    /// A request that is answered in words, without a tool.
    pub(super) fn ask(&mut self, session: &str, minute: Minute, branch: &str) {
        self.request(session, minute, branch, json!({"type": "text", "text": "It is so."}));
    }

    /// The agent writes a file.
    pub(crate) fn edit(&mut self, session: &str, minute: Minute, branch: &str, path: &str, text: &str) {
        let file = format!("/home/{}/shop/{path}", owner(session));
        let tool = json!({"type": "tool_use", "id": format!("t{}", self.serial), "name": "Write",
                          "input": {"file_path": file, "content": text}});
        self.request(session, minute, branch, tool);
    }

    /// A session writes a file and commits it five minutes later; gives the full id.
    pub(super) fn work(
        &mut self,
        session: &str,
        minute: Minute,
        branch: &str,
        (path, text): (&str, &str),
        message: &str,
    ) -> String {
        self.edit(session, minute, branch, path, text);
        self.write(path, text);
        self.commit(minute + 5, owner(session), message)
    }

    /// The agent runs `git commit`, which prints the id.
    pub(super) fn print(&mut self, session: &str, minute: Minute, branch: &str, sha: &str) {
        let call = format!("c{}", self.serial);
        let tool = json!({"type": "tool_use", "id": call, "name": "Bash", "input": {"command": "git commit -qm x"}});
        self.request(session, minute, branch, tool);
        let line = json!({
            "type": "user", "sessionId": session, "uuid": format!("p-{call}"), "timestamp": stamp(minute),
            "cwd": format!("/home/{}/shop", owner(session)), "gitBranch": branch,
            "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call,
                        "content": format!("[{branch} {}] x\n 1 file changed", &sha[..9])}]}
        });
        writeln!(self.sessions.entry(session.to_owned()).or_default(), "{line}").expect("a text");
    }

    /// Writes the transcripts.
    pub(crate) fn logs(&self) -> PathBuf {
        let logs = self.folder.path().join("logs");
        std::fs::create_dir_all(&logs).expect("a folder");
        for (session, text) in &self.sessions {
            std::fs::write(logs.join(format!("{session}.jsonl")), text).expect("a file");
        }
        for (name, text) in &self.exports {
            std::fs::write(logs.join(name), text).expect("a file");
        }
        logs
    }

    /// Forgets what sessions did so far.
    pub(super) fn forget(&mut self) {
        self.sessions.clear();
    }

    /// Adds an export beside the transcripts.
    pub(crate) fn export(&mut self, name: &str, text: &str) {
        self.exports.push((name.to_owned(), text.to_owned()));
    }

    /// A table of the ledger, a row a value.
    pub(super) fn table(&self, table: &str, more: &[&str]) -> Vec<Value> {
        let (logs, repository) = (self.logs(), self.repository());
        table_of(table, &logs, &[&repository], more)
    }

    /// The rows of `links`.
    pub(super) fn links(&self) -> Vec<Value> {
        self.table("links", &[])
    }

    /// The rows of `links` of one session.
    pub(super) fn links_of(&self, session: &str) -> Vec<Value> {
        self.links().into_iter().filter(|link| link["session_id"] == session).collect()
    }
}

/// A table of the ledger over logs and repositories.
pub(super) fn table_of(table: &str, logs: &Path, repositories: &[&Path], more: &[&str]) -> Vec<Value> {
    let mut arguments = vec!["ledger", "--table", table, "-q", "--no-cache", arg(logs)];
    repositories.iter().for_each(|path| arguments.extend(["--repo", arg(path)]));
    arguments.extend(more);
    let ran = run(&arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.stdout.lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

/// Sessions are called `person-what`.
fn owner(session: &str) -> &str {
    session.split('-').next().expect("a person")
}

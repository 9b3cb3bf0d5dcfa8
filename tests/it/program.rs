//! Runs the program as a user would.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The JSON document on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|err| panic!("{err}\n{}\n{}", self.stdout, self.stderr))
    }

    /// How often a kind was noticed, by the document.
    pub(crate) fn noticed(&self, kind: &str) -> u64 {
        let document = self.json();
        let all = document["diagnostics"].as_array().expect("diagnostics");
        all.iter().find(|notice| notice["kind"] == kind).and_then(|notice| notice["count"].as_u64()).unwrap_or(0)
    }
}

/// A program in an environment without this user's variables, home and settings of git.
pub(crate) fn clean(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/home"))
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")])
        .stdin(Stdio::null());
    command
}

/// The program, away from this machine's logs, settings and repository.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = clean(env!("CARGO_BIN_EXE_tokaudit"));
    command.args(arguments);
    command
}

/// git in a folder, for a person without settings.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = clean("git");
    command.current_dir(folder).env("TZ", "UTC").args(["-c", "gc.auto=0"]).args(arguments);
    command
}

/// Runs git as Dana and gives what it prints.
pub(crate) fn git_output(folder: &Path, arguments: &[&str]) -> String {
    let dana = ["-c", "user.name=Dana", "-c", "user.email=dana@example.org"];
    let ran = finish(&mut git(folder, &[&dana[..], arguments].concat()));
    assert_eq!(ran.code, Some(0), "git {arguments:?}: {}", ran.stderr);
    ran.stdout
}

/// Runs to the end.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    finish(&mut command(arguments))
}

/// Runs a prepared command to the end.
pub(crate) fn finish(command: &mut Command) -> Ran {
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8 on the streams");
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Runs with bytes on standard input.
pub(crate) fn run_with_input(arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("the program reads its input");
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8 on the streams");
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A path as an argument.
pub(crate) fn arg(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}

/// `spend --format json` of some paths with further arguments.
pub(crate) fn spend(paths: &[&Path], more: &[&str]) -> Ran {
    let mut arguments = vec!["spend", "--format", "json", "-q"];
    arguments.extend(paths.iter().map(|path| arg(path)));
    arguments.extend(more);
    run(&arguments)
}

/// One line of a Claude Code transcript: a request of a hundred fresh and forty output tokens, $0.0015.
pub(crate) fn claude_line(id: &str) -> String {
    format!(
        "{{\"type\":\"assistant\",\"sessionId\":\"s\",\"uuid\":\"u-{id}\",\"timestamp\":\"2026-05-04T09:00:00Z\",\
         \"requestId\":\"r-{id}\",\"message\":{{\"id\":\"{id}\",\"model\":\"claude-opus-4-6\",\"role\":\"assistant\",\
         \"content\":\"Done.\",\"usage\":{{\"input_tokens\":100,\"output_tokens\":40}}}}}}\n"
    )
}

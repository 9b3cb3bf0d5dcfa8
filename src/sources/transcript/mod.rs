//! What the transcripts of agents have in common: times, edits as line hashes, hashes printed by `git commit`.
//!
//! - In: texts of a transcript. Out: times, counts and hashes; no text is kept.
//! - Refuses: what only looks like a commit: a printed hash counts if the command could create a commit.

pub(super) mod blocks;
pub(super) mod diff;
pub(super) mod printed;
pub(super) mod pull_request;
pub(super) mod session;
pub(super) mod tool_call;

use chrono::{DateTime, Utc};

use crate::model::activity::{HashCounts, line_hash};
use crate::sources::values::instant::Instant;

/// Parses an RFC 3339 time.
pub(crate) fn instant(text: Option<&str>) -> Option<DateTime<Utc>> {
    Instant::rfc3339(text?)
}

/// The number of characters in a text.
pub(crate) fn chars(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The added lines of a replacement, as hashes, and the number of deleted lines. Unchanged lines are neither.
///
/// Lines are compared as a multiset: an agent's replacement repeats context lines that it did not write.
pub(crate) fn replaced_lines(old: &str, new: &str) -> (Vec<u64>, u32) {
    let mut before = HashCounts::default();
    for hash in old.lines().filter_map(line_hash) {
        *before.entry(hash).or_default() += 1;
    }
    let mut added = Vec::new();
    for hash in new.lines().filter_map(line_hash) {
        match before.get_mut(&hash) {
            Some(left) if *left > 0 => *left -= 1,
            _ => added.push(hash),
        }
    }
    (added, before.values().sum())
}

/// One file of an `apply_patch` text or a unified diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PatchedFile<'a> {
    pub(crate) path: &'a str,
    pub(crate) added: Vec<u64>,
    pub(crate) deleted: u32,
}

/// The files of an `apply_patch` text: `*** Update File: path`, then lines that start with `+`, `-` or a blank.
pub(crate) fn patched_files(patch: &str) -> Vec<PatchedFile<'_>> {
    let mut files: Vec<PatchedFile<'_>> = Vec::new();
    for line in patch.lines() {
        let header = ["*** Update File: ", "*** Add File: ", "*** Delete File: "]
            .iter()
            .find_map(|marker| line.strip_prefix(marker));
        if let Some(path) = header {
            files.push(PatchedFile { path: path.trim(), added: Vec::new(), deleted: 0 });
        } else if let Some(file) = files.last_mut() {
            if let Some(text) = line.strip_prefix('+') {
                file.added.extend(line_hash(text));
            } else if let Some(text) = line.strip_prefix('-') {
                file.deleted += u32::from(line_hash(text).is_some());
            }
        }
    }
    files
}

/// Whether a shell command may create a commit.
pub(crate) fn makes_commit(command: &str) -> bool {
    let Some(at) = command.find("git ") else { return false };
    let rest = &command[at..];
    ["commit", "cherry-pick", "merge", "rebase", "revert", "am "].iter().any(|verb| rest.contains(verb))
}

/// Whether the text that an agent makes of a command's output says that the command failed, in its last lines: `Exit Code: 1` or a
/// signal, as Gemini CLI and Qwen Code write, and `Exit code 1`, as Crush does.
///
/// What the command printed itself is before these lines and may say anything.
pub(crate) fn command_failed(output: &str) -> bool {
    const BESIDE: [&str; 4] = ["<cwd>", "Process Group PGID:", "Background PIDs:", "Signal: (none)"];
    let mut last = output.lines().rev().map(str::trim);
    let Some(line) = last.find(|line| !line.is_empty() && !BESIDE.iter().any(|start| line.starts_with(start))) else {
        return false;
    };
    let code = ["Exit Code: ", "Exit code "].iter().find_map(|start| line.strip_prefix(start));
    let is_broken_off = line == "Command was aborted before completion" || output.starts_with("Command was cancelled");
    let is_failure = |code: &str| code != "0" && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_broken_off || line.starts_with("Signal: ") || code.is_some_and(is_failure)
}

/// What a command printed in a line of the text that an agent makes of it, which may say what it is.
pub(crate) fn printed(line: &str) -> &str {
    let line = line.trim();
    ["Output: ", "Stdout: "].iter().find_map(|name| line.strip_prefix(name)).unwrap_or(line)
}

/// The hashes in lines such as `[main 1a2b3c4] Subject` and `[topic (root-commit) 1a2b3c4] Subject`.
pub(crate) fn printed_commits(output: &str) -> impl Iterator<Item = &str> {
    output.lines().filter_map(|line| {
        let (inside, rest) = printed(line).strip_prefix('[')?.split_once(']')?;
        if !rest.starts_with(' ') {
            return None;
        }
        let (branch, sha) = inside.rsplit_once(' ')?;
        let hex = (7..=40).contains(&sha.len()) && sha.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        (hex && !branch.is_empty()).then_some(sha)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_lines_of_a_replacement_are_not_added_lines() {
        let (added, deleted) = replaced_lines("a\nb\nc\n", "a\nB\nc\nd\n\n");
        assert_eq!(added, [line_hash("B"), line_hash("d")].into_iter().flatten().collect::<Vec<_>>());
        assert_eq!(deleted, 1);
    }

    #[test]
    fn a_patch_names_its_files_and_lines() {
        let patch = "*** Begin Patch\n*** Update File: src/a.rs\n@@\n ctx\n-old\n+new\n*** Add File: b.md\n+text\n*** End Patch";
        let files = patched_files(patch);
        assert_eq!(files.len(), 2);
        assert_eq!((files[0].path, files[0].added.len(), files[0].deleted), ("src/a.rs", 1, 1));
        assert_eq!((files[1].path, files[1].added.len(), files[1].deleted), ("b.md", 1, 0));
    }

    #[test]
    fn a_command_that_failed_says_so_behind_what_it_printed() {
        for output in [
            "Output: [main 1a2b3c4] x\nExit Code: 1\nProcess Group PGID: 71",
            "Command: x\nOutput: y\nError: (none)\nExit Code: 128\nSignal: (none)\nBackground PIDs: (none)\nProcess Group PGID: 9",
            "Output: (empty)\nSignal: 9",
            "Command was cancelled by user before it could complete. There was no output before it was cancelled.",
            "\nhook failed\nExit code 1\n\n<cwd>/srv/x</cwd>",
        ] {
            assert!(command_failed(output), "{output}");
        }
        for output in [
            "",
            "[main 1a2b3c4] x",
            "Output: Exit Code: 1\nProcess Group PGID: 71",
            "Command: x\nOutput: Exit Code: 1\nError: (none)\nExit Code: 0\nSignal: (none)\nProcess Group PGID: (none)",
            "Exit code 1 of the last run is gone\n\n<cwd>/srv/x</cwd>",
        ] {
            assert!(!command_failed(output), "{output}");
        }
        assert_eq!(printed_commits("Output: [main 1a2b3c4] Add x").collect::<Vec<_>>(), ["1a2b3c4"]);
    }

    #[test]
    fn only_the_line_that_git_commit_prints_names_a_commit() {
        let output = " 1 file changed\n[main 1a2b3c4] Add x\n[topic (root-commit) 0123456789abcdef] y\n[INFO deadbeef1]: no\n[1a2b3c4] z\n[x abc] w";
        assert_eq!(printed_commits(output).collect::<Vec<_>>(), ["1a2b3c4", "0123456789abcdef"]);
        assert!(makes_commit("cd x && git commit -m 'y'"));
        assert!(!makes_commit("git log --oneline"));
    }
}

//! A tool call → what it did: edits as line hashes, and the commits that its output names.
//!
//! - In: the name, arguments and output of a call. Agents name their file tools and arguments differently, so a call counts as
//!   an edit if it has a path and a text to write. Out: events.
//! - Refuses: edits and commits of failed calls.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::model::activity::What;
use crate::model::hash::hash_text;
use crate::model::name::Names;
use crate::model::origin::Origin;
use crate::sources::Batch;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::transcript::diff::{changed_lines, is_blocks};
use crate::sources::transcript::session::SessionContext;
use crate::sources::transcript::{
    command_failed, makes_commit, patched_files, printed_commits, pull_request, replaced_lines,
};

const PATHS: &[&str] = &["file_path", "filePath", "filepath", "path", "absolute_path", "target_file", "filename"];
const OLD: &[&str] = &["old_string", "oldString", "oldText", "old_str", "old_text", "old"];
const NEW: &[&str] = &["new_string", "newString", "newText", "new_str", "new_text", "new"];
/// Several replacements in one file.
const PARTS: &[&str] = &["edits", "edit", "replacements"];
const WHOLE: &[&str] = &["content", "contents", "file_text", "fileText"];
const PATCHES: &[&str] = &["patchText", "patch", "input", "diff"];
const COMMANDS: &[&str] = &["command", "cmd"];

/// One call of a tool, with its result.
pub(crate) struct ToolCall<'a> {
    /// Distinguishes the call from the other calls of the session.
    pub(crate) key: &'a str,
    pub(crate) name: &'a str,
    /// Compact JSON with sorted keys.
    pub(crate) arguments: &'a str,
    pub(crate) output: Option<&'a str>,
    pub(crate) failed: bool,
}

impl ToolCall<'_> {
    /// Adds the events of the call.
    pub(crate) fn add_events(&self, session: &SessionContext, time: DateTime<Utc>, at: Origin, out: &mut Batch) {
        let call = hash_text(self.key);
        let arguments = hash_text(self.arguments);
        session.add_event(self.key, What::Tool { name: out.names.intern(self.name), call, arguments }, time, at, out);
        let arena = Arena::default();
        let arguments = if self.failed { Node::Null } else { arena.read(self.arguments).unwrap_or(Node::Null) };
        let arguments = Json(&arguments);
        let failed = self.failed || self.output.is_some_and(command_failed) && commands(arguments).next().is_some();
        if let Some(size) = self.output.map(str::len).or(failed.then_some(0)) {
            let size = u32::try_from(size).unwrap_or(u32::MAX);
            session.add_event(self.key, What::Result { call, size, failed }, time, at, out);
        }
        if failed {
            return;
        }
        if let Some(edit) = edit(arguments, out) {
            session.add_event(self.key, edit, time, at, out);
        }
        for file in first_text(arguments, PATCHES).map(patched_files).unwrap_or_default() {
            let edit = What::Edit { path: out.names.intern(file.path), added: file.added, deleted: file.deleted };
            session.add_event(self.key, edit, time, at, out);
        }
        for pull in self.pull_requests(arguments, out) {
            session.add_event(self.key, pull, time, at, out);
        }
        if runs(arguments, makes_commit) {
            for sha in printed_commits(self.output.unwrap_or_default()) {
                let commit = What::Commit { sha: out.names.intern(sha) };
                session.add_event(self.key, commit, time, at, out);
            }
        }
    }
}

impl ToolCall<'_> {
    /// The pull requests that the call opens or acts on.
    fn pull_requests(&self, arguments: Json<'_>, out: &mut Batch) -> Vec<What> {
        let output = self.output.unwrap_or_default();
        let mut found = Vec::new();
        if let Some(opens) = pull_request::tool_opens(self.name) {
            let named = pull_request::of_arguments(self.arguments).filter(|_| !opens);
            let named = named.as_ref().map(|(repository, number)| (repository.as_deref(), *number));
            let opened = opens.then(|| pull_request::in_output(output)).flatten();
            found.extend(named.or(opened).map(|named| pull_request::event(named, opens, &mut out.names)));
        }
        for command in commands(arguments) {
            if pull_request::opens(&command) {
                let opened = pull_request::opened(output);
                found.extend(opened.map(|named| pull_request::event(named, true, &mut out.names)));
            }
            let acted_on = pull_request::acted_on(&command).into_iter();
            found.extend(acted_on.map(|named| pull_request::event(named, false, &mut out.names)));
        }
        found
    }
}

fn edit(arguments: Json<'_>, out: &mut Batch) -> Option<What> {
    let path = first_text(arguments, PATHS)?;
    let mut added = Vec::new();
    let mut deleted = 0;
    let mut writes = false;
    let parts = PARTS.iter().flat_map(|key| arguments.items(key).chain(arguments.get(key)));
    for part in std::iter::once(arguments).chain(parts) {
        let (old, new) = (first_text(part, OLD), first_text(part, NEW));
        if old.is_none() && new.is_none() {
            continue;
        }
        writes = true;
        let (more, fewer) = replaced_lines(old.unwrap_or_default(), new.unwrap_or_default());
        added.extend(more);
        deleted += fewer;
    }
    if let Some(whole) = first_text(arguments, WHOLE) {
        writes = true;
        // Some write search and replace blocks there.
        let (more, fewer) = if is_blocks(whole) { changed_lines(whole) } else { replaced_lines("", whole) };
        added.extend(more);
        deleted += fewer;
    }
    writes.then(|| What::Edit { path: out.names.intern(path), added, deleted })
}

/// Whether the call runs a command of a kind.
fn runs(arguments: Json<'_>, is_it: fn(&str) -> bool) -> bool {
    commands(arguments).any(|command| is_it(&command))
}

/// The pull requests that the shell commands in a call's arguments, which are JSON, act on.
pub(crate) fn acted_on(arguments: &str, names: &mut Names) -> Vec<What> {
    let arena = Arena::default();
    let Some(Ok(read)) = pull_request::may_act(arguments).then(|| arena.read(arguments)) else { return Vec::new() };
    let mut found = Vec::new();
    for command in commands(Json(&read)) {
        let named = pull_request::acted_on(&command).into_iter();
        found.extend(named.map(|named| pull_request::event(named, false, names)));
    }
    found
}

/// The shell commands of a call.
fn commands<'v>(arguments: Json<'v>) -> impl Iterator<Item = Cow<'v, str>> {
    COMMANDS.iter().filter_map(move |key| match arguments.at(key).0 {
        Node::Text(command) => Some(Cow::Borrowed(*command)),
        Node::List(words) => {
            let words: Vec<&str> = words.iter().filter_map(Node::as_text).collect();
            Some(Cow::Owned(words.join(" ")))
        }
        _ => None,
    })
}

fn first_text<'v>(value: Json<'v>, keys: &[&str]) -> Option<&'v str> {
    keys.iter().find_map(|key| value.text(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_however_a_tool_writes_its_arguments() {
        for arguments in [
            r#"{"command":["bash","-lc","cd shop\ngh pr merge 12 --squash"]}"#,
            r#"{"cmd":"gh pr merge 12"}"#,
            r#"{"command":"git push && gh pr comment 12 -b x"}"#,
        ] {
            let found = acted_on(arguments, &mut Names::default());
            assert!(matches!(found[..], [What::PullRequest { number: 12, opened: false, .. }]), "{arguments}");
        }
        assert!(acted_on(r#"{"command":"gh pr view 12"}"#, &mut Names::default()).is_empty());
    }
}

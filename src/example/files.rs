//! Files as lists of lines with an identity, so that what a landing adds is known without a diff.

use std::collections::{BTreeMap, BTreeSet};

use super::history_plan::Change;
use super::random::Random;
use super::text::{Draft, Role, Writer};
use crate::error::{Error, Result};

/// A line of the repository, in whatever file.
pub(super) type LineId = usize;

/// The content of a file.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Text(Vec<LineId>),
    Binary(Vec<u8>),
}

/// The files of a commit.
pub(super) type Files = BTreeMap<String, Content>;

/// A change of one file that can be repeated on another branch.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Append { path: String, lines: Vec<LineId> },
    Replace { path: String, old: Vec<LineId>, new: Vec<LineId> },
    Remove { path: String, lines: Vec<LineId> },
    Move { from: String, to: String },
    Binary { path: String, bytes: Vec<u8> },
}

/// An edit as in an agent's tool call.
#[derive(Debug, Clone)]
pub(super) struct FileEdit {
    pub(super) path: String,
    /// The first lines of the file before the edit; empty if the edit creates it.
    pub(super) before: Vec<String>,
    /// Unchanged lines just above the new ones.
    pub(super) anchor: Vec<String>,
    pub(super) old: Vec<String>,
    pub(super) new: Vec<String>,
}

struct Line {
    text: String,
    role: Role,
    born: &'static str,
}

/// Every line ever written in a repository.
#[derive(Default)]
pub(super) struct Book {
    lines: Vec<Line>,
    writer: Writer,
}

impl Book {
    /// Turns one planned change into operations on these files.
    pub(super) fn plan(
        &mut self,
        key: &'static str,
        change: Change,
        files: &Files,
        done: &BTreeMap<&'static str, Vec<Op>>,
        random: &mut Random,
    ) -> Result<Vec<Op>> {
        match change {
            Change::Add(path, blocks) => {
                let drafts = (0..blocks).flat_map(|_| self.writer.block(path, random)).collect();
                Ok(vec![Op::Append { path: path.to_owned(), lines: self.born(key, drafts) }])
            }
            Change::Text(path, texts) => {
                let drafts = texts.iter().map(|text| self.writer.given(text)).collect();
                Ok(vec![Op::Append { path: path.to_owned(), lines: self.born(key, drafts) }])
            }
            Change::Rework(path, of, max) => self.rework(key, path, of, max, files, random),
            Change::Move(from, to) => Ok(vec![Op::Move { from: from.to_owned(), to: to.to_owned() }]),
            Change::Image(path, length) => Ok(vec![Op::Binary { path: path.to_owned(), bytes: random.bytes(length) }]),
            Change::Revert(of) => {
                let ops = done.get(of).ok_or_else(|| misplanned(&format!("{key} reverts {of} before it exists")))?;
                Ok(ops.iter().filter_map(inverse).collect())
            }
        }
    }

    /// Replaces up to `max` statements that `of` added, run by run, and adds a line to the first run.
    fn rework(
        &mut self,
        key: &'static str,
        path: &str,
        of: &str,
        max: usize,
        files: &Files,
        random: &mut Random,
    ) -> Result<Vec<Op>> {
        let missing = || misplanned(&format!("{key} finds nothing of {of} to rework in {path}"));
        let Some(Content::Text(lines)) = files.get(path) else { return Err(missing()) };
        let is_ours = |line: LineId| self.lines[line].born == of && self.lines[line].role == Role::Statement;
        let mut left = max;
        let mut runs: Vec<Vec<LineId>> = Vec::new();
        let mut in_run = false;
        for &line in lines {
            let takes = left > 0 && is_ours(line);
            if takes {
                left -= 1;
                match runs.last_mut() {
                    Some(run) if in_run => run.push(line),
                    _ => runs.push(vec![line]),
                }
            }
            in_run = takes;
        }
        if runs.is_empty() {
            return Err(missing());
        }
        let mut ops = Vec::new();
        for (nth, old) in runs.into_iter().enumerate() {
            let count = old.len() + usize::from(nth == 0);
            let drafts = (0..count).map(|_| self.writer.statement(path, random)).collect();
            ops.push(Op::Replace { path: path.to_owned(), old, new: self.born(key, drafts) });
        }
        Ok(ops)
    }

    fn born(&mut self, key: &'static str, drafts: Vec<Draft>) -> Vec<LineId> {
        let first = self.lines.len();
        self.lines.extend(drafts.into_iter().map(|(role, text)| Line { text, role, born: key }));
        (first..self.lines.len()).collect()
    }

    /// The text of a line.
    pub(super) fn text(&self, line: LineId) -> &str {
        &self.lines[line].text
    }

    /// The bytes of every file.
    pub(super) fn render(&self, files: &Files) -> BTreeMap<String, Vec<u8>> {
        let bytes = |content: &Content| match content {
            Content::Binary(bytes) => bytes.clone(),
            Content::Text(lines) => {
                lines.iter().flat_map(|&line| [self.text(line), "\n"]).collect::<String>().into_bytes()
            }
        };
        files.iter().map(|(path, content)| (path.clone(), bytes(content))).collect()
    }

    /// The operation as a tool call on these files; `None` for renames and images.
    pub(super) fn as_edit(&self, op: &Op, files: &Files) -> Option<FileEdit> {
        let texts = |lines: &[LineId]| lines.iter().map(|&line| self.text(line).to_owned()).collect::<Vec<_>>();
        let current = |path: &str| match files.get(path) {
            Some(Content::Text(lines)) => lines.clone(),
            _ => Vec::new(),
        };
        let edit = |path: &str, above: &[LineId], old: &[LineId], new: &[LineId]| {
            let all = current(path);
            let before = texts(&all[..all.len().min(24)]);
            FileEdit { path: path.to_owned(), before, anchor: texts(above), old: texts(old), new: texts(new) }
        };
        match op {
            Op::Append { path, lines } => {
                let all = current(path);
                Some(edit(path, &all[all.len().saturating_sub(3)..], &[], lines))
            }
            Op::Replace { path, old, new } => Some(edit(path, &[], old, new)),
            Op::Remove { .. } | Op::Move { .. } | Op::Binary { .. } => None,
        }
    }
}

/// Applies an operation to the files.
pub(super) fn apply(op: &Op, files: &mut Files) -> Result<()> {
    match op {
        Op::Append { path, lines } => {
            let content = files.entry(path.clone()).or_insert_with(|| Content::Text(Vec::new()));
            text_of(Some(content), path)?.extend(lines);
        }
        Op::Replace { path, old, new } => splice(files, path, old, new)?,
        Op::Remove { path, lines } => {
            splice(files, path, lines, &[])?;
            if text_of(files.get_mut(path), path)?.is_empty() {
                files.remove(path);
            }
        }
        Op::Move { from, to } => {
            let content = files.remove(from).ok_or_else(|| misplanned(&format!("no file {from} to rename")))?;
            files.insert(to.clone(), content);
        }
        Op::Binary { path, bytes } => {
            files.insert(path.clone(), Content::Binary(bytes.clone()));
        }
    }
    Ok(())
}

fn splice(files: &mut Files, path: &str, old: &[LineId], new: &[LineId]) -> Result<()> {
    let lines = text_of(files.get_mut(path), path)?;
    let at = lines.windows(old.len().max(1)).position(|run| run == old);
    let at = at.ok_or_else(|| misplanned(&format!("the lines to replace in {path} are gone")))?;
    lines.splice(at..at + old.len(), new.iter().copied());
    Ok(())
}

fn text_of<'a>(content: Option<&'a mut Content>, path: &str) -> Result<&'a mut Vec<LineId>> {
    match content {
        Some(Content::Text(lines)) => Ok(lines),
        _ => Err(misplanned(&format!("{path} is not a text file"))),
    }
}

fn inverse(op: &Op) -> Option<Op> {
    match op {
        Op::Append { path, lines } => Some(Op::Remove { path: path.clone(), lines: lines.clone() }),
        Op::Replace { path, old, new } => Some(Op::Replace { path: path.clone(), old: new.clone(), new: old.clone() }),
        Op::Remove { .. } | Op::Move { .. } | Op::Binary { .. } => None,
    }
}

/// Files, added and deleted lines of operations that do not undo each other.
pub(super) fn stat(ops: &[Op]) -> (usize, usize, usize) {
    let mut paths = BTreeSet::new();
    let (mut added, mut deleted) = (0, 0);
    for op in ops {
        match op {
            Op::Append { path, lines } => {
                paths.insert(path);
                added += lines.len();
            }
            Op::Replace { path, old, new } => {
                paths.insert(path);
                added += new.len();
                deleted += old.len();
            }
            Op::Remove { path, lines } => {
                paths.insert(path);
                deleted += lines.len();
            }
            Op::Move { to: path, .. } | Op::Binary { path, .. } => {
                paths.insert(path);
            }
        }
    }
    (paths.len(), added, deleted)
}

/// The error if the example's own lists contradict each other, which is a bug in this folder.
pub(super) fn misplanned(message: &str) -> Error {
    Error::Unreconciled { message: format!("the example does not fit together: {message}") }
}

//! What tools store in a repository beside the code: git-ai's notes, Entire's checkpoints with their transcripts.
//!
//! Whatever cannot be read is left out: a clone may lack the branch or some of its objects.

use std::collections::BTreeMap;

use gix::ObjectId;

use super::commit_object::CommitObject;
use super::objects::{Objects, Store};
use super::tree_diff::{self, Side};
use crate::error::Result;

/// Where git-ai stores what it knows about the authors of commits.
const NOTES: &str = "refs/notes/ai";
/// Where Entire stores the sessions behind its checkpoints, local and fetched.
const CHECKPOINTS: &[&str] = &["refs/heads/entire/checkpoints/v1", "refs/remotes/origin/entire/checkpoints/v1"];

/// A session's log on a checkpoint branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    /// Its path on the branch.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Its parts, in order.
    parts: Vec<ObjectId>,
}

impl Transcript {
    /// Reads it.
    pub(super) fn read(&self, store: &Store) -> Result<Vec<u8>> {
        let objects = store.objects();
        let mut whole = Vec::new();
        for &part in &self.parts {
            whole.extend_from_slice(&objects.read(part)?.data);
        }
        Ok(whole)
    }
}

/// The transcripts of the checkpoint branch, in the order of their paths, without duplicates.
///
/// A checkpoint has its whole session in `full.jsonl`; a long one continues in `full.jsonl.001`, and subagents have their
/// own files.
pub(super) fn transcripts(store: &Store) -> Vec<Transcript> {
    let objects = store.objects();
    let mut parts: BTreeMap<String, Vec<(String, ObjectId)>> = BTreeMap::new();
    for (path, id) in on_checkpoint_branch(&objects) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let is_number = |end: &str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
        let whole = name.rsplit_once('.').filter(|(_, end)| is_number(end)).map_or(name, |(whole, _)| whole);
        if whole.ends_with(".jsonl") {
            parts.entry(format!("{folder}/{whole}")).or_default().push((path.clone(), id));
        }
    }
    let mut seen = std::collections::HashSet::new();
    let mut found = Vec::new();
    for (path, mut of) in parts {
        of.sort();
        let parts: Vec<ObjectId> = of.into_iter().map(|(_, id)| id).collect();
        if seen.insert(parts.clone()) {
            let size = |id: &ObjectId| objects.repository.find_header(*id).map_or(0, |header| header.size());
            found.push(Transcript { path, bytes: parts.iter().map(size).sum(), parts });
        }
    }
    found
}

fn on_checkpoint_branch(objects: &Objects) -> Vec<(String, ObjectId)> {
    CHECKPOINTS.iter().map(|reference| blobs(objects, reference)).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Every blob of a tree with its path, without submodules and links.
fn blobs(objects: &Objects, reference: &str) -> Vec<(String, ObjectId)> {
    let Ok(Some(mut found)) = objects.repository.try_find_reference(reference) else { return Vec::new() };
    let Ok(commit) = found.peel_to_id().map(gix::Id::detach) else { return Vec::new() };
    let Ok(object) = objects.read(commit) else { return Vec::new() };
    let Some(parsed) = CommitObject::parse(&object.data) else { return Vec::new() };
    let entries = tree_diff::changes(objects, None, parsed.tree).unwrap_or_default();
    let file = |change: tree_diff::TreeChange| {
        let side = change.new.filter(Side::is_file)?;
        Some((String::from_utf8_lossy(&change.path).into_owned(), side.id))
    };
    entries.into_iter().filter_map(file).collect()
}

/// git-ai's notes by commit id. Notes may be spread over folders: the parts of a path form the id.
pub(super) fn notes(objects: &Objects) -> Vec<(String, Vec<u8>)> {
    let entries = blobs(objects, NOTES).into_iter().filter_map(|(path, id)| {
        let commit: String = path.chars().filter(|c| *c != '/').collect();
        let is_id = matches!(commit.len(), 40 | 64) && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then_some((commit, id))
    });
    let mut notes: Vec<_> =
        entries.filter_map(|(commit, id)| Some((commit, objects.read(id).ok()?.data.to_vec()))).collect();
    notes.sort();
    notes
}

/// Entire's records by checkpoint id, one per session: `<2 hex>/<10 hex>/<n>/metadata.json`.
pub(super) fn checkpoints(objects: &Objects) -> Vec<(String, Vec<u8>)> {
    let mut records = Vec::new();
    for (path, id) in on_checkpoint_branch(objects) {
        let parts: Vec<&str> = path.split('/').collect();
        let [first, second, .., "metadata.json"] = parts.as_slice() else { continue };
        let Ok(object) = objects.read(id) else { continue };
        records.push((format!("{first}{second}"), object.data.to_vec()));
    }
    records.sort();
    records
}

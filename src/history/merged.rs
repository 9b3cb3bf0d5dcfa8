//! Merged branches → which of their commits wrote and deleted each line of the landing, and what they reworked.
//!
//! A merge lands lines that several commits wrote. Inside `M^1..M^2` this walks the first parents of each merged
//! branch, oldest first, and follows the lines of every path that the landing changed.
//!
//! - If only one commit changed a path, it wrote all of it, and nothing is read.
//! - Where such a commit is a merge of commits that land here, too, its lines are those of its own branches, to any depth:
//!   a topic branch may come by an integration branch.
//! - What a branch merged from the mainline is nobody's work here.
//! - Beyond [`MAX_FOLLOWED`](super::contributions::MAX_FOLLOWED) merged commits, the lines of a path whose commits have
//!   one author and one assistance go to the last of these commits, unless every line was asked for. How much was
//!   reworked is then unknown.
//! - Lines that no version of the branch has were written in the merge itself: a resolved conflict.

mod follow;

use std::collections::HashMap;
use std::rc::Rc;

use gix::{ObjectId, hashtable};
use rayon::prelude::*;

use self::follow::{Followed, removed_lines};
use super::blob_diff::{self, Difference, Version};
use super::contributions::Contributions;
use super::graph::Graph;
use super::index::index;
use super::line_diff::LineDiffer;
use super::lines::replay::LineAuthors;
use super::objects::{Objects, Store};
use super::parallel::in_order;
use super::paths::Paths;
use super::rename;
use super::tree_diff::{self, Side, TreeChange};
use crate::error::Result;

/// Landings that one task follows.
const LANDINGS_PER_TASK: usize = 16;
/// Merges inside of merges are followed to this depth; deeper ones are the authors of what they brought.
const MAX_DEPTH: usize = 64;

/// A landing that merged something.
pub(super) struct MergedLanding<'a> {
    /// Index in the mainline.
    pub(super) at: usize,
    /// Its changes, each with the difference between its first parent's version and its own.
    pub(super) edits: Vec<(&'a TreeChange, &'a Difference)>,
}

/// The commits behind the lines of a landing.
pub(super) struct MergeAuthors {
    pub(super) by_edit: Vec<LineAuthors>,
    /// Lines that the branches wrote, and rewrote or deleted again before they landed; `None` when not followed.
    pub(super) reworked: Option<u64>,
}

impl MergeAuthors {
    /// Of a landing that merged nothing.
    pub(super) fn none() -> Self {
        Self { by_edit: Vec::new(), reworked: Some(0) }
    }
}

/// Finds the commits behind the lines of landings; the result has the landings' order.
///
/// # Errors
/// Fails when a tree of a merged commit is missing or corrupt.
pub(super) fn authors(
    store: &Store,
    graph: &Graph,
    contributions: &Contributions,
    paths: &Paths<'_>,
    merges: &[MergedLanding<'_>],
) -> Result<Vec<MergeAuthors>> {
    let parts = merges.par_chunks(LANDINGS_PER_TASK).map(|chunk| {
        let mut follower =
            BranchFollower { objects: store.objects(), graph, contributions, paths, differ: LineDiffer::default() };
        // Newest first, as packs store versions.
        let mut authors = chunk.iter().rev().map(|merge| follower.landing(merge)).collect::<Result<Vec<_>>>()?;
        authors.reverse();
        Ok(authors)
    });
    in_order(parts.collect())
}

/// A change of one path by one merged commit.
struct Touch {
    /// The older its commit on the branch, the greater.
    age: usize,
    author: u32,
    /// The commit, if it merged others that land here.
    merge: Option<ObjectId>,
    change: TreeChange,
}

impl Touch {
    fn key(&self) -> (&[u8], usize) {
        (&self.change.path, self.age)
    }
}

/// One merged branch along its first parents.
#[derive(Default)]
struct Branch {
    commits: hashtable::HashSet,
    /// Those that merged others, newest first.
    merges: Vec<ObjectId>,
    /// What its commits changed, by path and then newest first.
    touches: Vec<Touch>,
}

impl Branch {
    /// What the branch did to the file that has a path at its end, oldest first.
    fn touches_of(&self, path: &[u8]) -> Vec<&Touch> {
        let (mut path, mut age, mut own) = (path, 0, Vec::new());
        loop {
            let at = self.touches.partition_point(|touch| touch.key() < (path, age));
            let Some(touch) = self.touches.get(at).filter(|touch| touch.change.path == path) else { break };
            path = touch.change.renamed_from.as_deref().unwrap_or(path);
            age = touch.age + 1;
            own.push(touch);
        }
        own.reverse();
        own
    }
}

/// The branches that one merge brought.
struct Brought(Vec<Branch>);

impl Brought {
    /// Whether a commit is on the first parents of one of them.
    fn has(&self, id: &ObjectId) -> bool {
        self.0.iter().any(|branch| branch.commits.contains(id))
    }

    /// What each of them did to a file, if it did anything.
    fn touches_of(&self, path: &[u8]) -> Vec<Vec<&Touch>> {
        let all = self.0.iter().map(|branch| branch.touches_of(path));
        all.filter(|touches| !touches.is_empty()).collect()
    }
}

/// Follows the lines of merged branches.
struct BranchFollower<'a> {
    objects: Objects,
    graph: &'a Graph,
    contributions: &'a Contributions,
    paths: &'a Paths<'a>,
    differ: LineDiffer,
}

impl BranchFollower<'_> {
    fn landing(&mut self, merge: &MergedLanding<'_>) -> Result<MergeAuthors> {
        let landing = index(merge.at);
        let all_by = |author| vec![LineAuthors::One(author); merge.edits.len()];
        let contributions = self.contributions;
        let merged = contributions.merged_by(merge.at);
        match merged {
            [] => return Ok(MergeAuthors { by_edit: all_by(landing), reworked: Some(0) }),
            [one] => {
                let author = contributions.index_of(one).unwrap_or(landing);
                return Ok(MergeAuthors { by_edit: all_by(author), reworked: Some(0) });
            }
            _ => {}
        }
        if !contributions.follows_all {
            let is_merge = |id: &ObjectId| self.graph.nodes.get(id).is_some_and(|node| node.parents.len() > 1);
            let own: Vec<ObjectId> = merged.iter().copied().filter(|id| !is_merge(id)).collect();
            if let Some(author) = contributions.last_if_all_alike(&own) {
                return Ok(MergeAuthors { by_edit: all_by(author), reworked: None });
            }
        }
        let own = contributions.all.get(merge.at).and_then(|one| ObjectId::from_hex(one.id.as_bytes()).ok());
        let Some(own) = own else { return Ok(MergeAuthors { by_edit: all_by(landing), reworked: None }) };
        let mut follower = LandingFollower {
            of: self,
            commits: HashMap::from([(own, merged.iter().copied().collect())]),
            brought: HashMap::new(),
            reworked: 0,
        };
        let brought = follower.brought(own)?;
        let mut by_edit = Vec::with_capacity(merge.edits.len());
        for (change, difference) in &merge.edits {
            by_edit.push(follower.authors(&brought, landing, change, difference, 0)?);
        }
        let reworked = contributions.follows_all.then_some(follower.reworked);
        Ok(MergeAuthors { by_edit, reworked })
    }

    fn compare(&mut self, change: &TreeChange) -> Difference {
        let before = change.renamed_from.as_deref().unwrap_or(&change.path);
        let (old, new) = (self.content(change.old, before), self.content(change.new, &change.path));
        let old = old.as_ref().map(|old| old.version(self.paths.is_text(before)));
        let new = new.as_ref().map(|new| new.version(self.paths.is_text(&change.path)));
        blob_diff::compare(&mut self.differ, old, new)
    }

    fn content(&self, side: Option<Side>, path: &[u8]) -> Option<Content> {
        let blob = side.filter(|side| side.kind != gix::objs::tree::EntryKind::Commit);
        blob.map(|side| Content { id: side.id, bytes: self.objects.read_file(side.id, path) })
    }
}

/// The content of a file.
struct Content {
    id: ObjectId,
    /// `None` if it is missing.
    bytes: Option<std::sync::Arc<Vec<u8>>>,
}

impl Content {
    fn version(&self, is_text: Option<bool>) -> Version<'_> {
        let content = self.bytes.as_ref().map(|bytes| bytes.as_slice());
        Version { id: self.id, content, is_text, is_notebook: false }
    }
}

/// Follows the lines of one landing.
struct LandingFollower<'f, 'a> {
    of: &'f mut BranchFollower<'a>,
    /// By merge: the commits that it brought, until somebody asks for its branches.
    commits: HashMap<ObjectId, hashtable::HashSet>,
    brought: HashMap<ObjectId, Rc<Brought>>,
    reworked: u64,
}

impl<'a> LandingFollower<'_, 'a> {
    /// The branches of a merge.
    fn brought(&mut self, merge: ObjectId) -> Result<Rc<Brought>> {
        if let Some(known) = self.brought.get(&merge) {
            return Ok(Rc::clone(known));
        }
        let commits = self.commits.remove(&merge).unwrap_or_default();
        let mut brought = Brought(Vec::new());
        for parent in self.others(merge) {
            let branch = self.branch(*parent, &commits, &brought)?;
            brought.0.push(branch);
        }
        self.share_out(&commits, &brought);
        let brought = Rc::new(brought);
        self.brought.insert(merge, Rc::clone(&brought));
        Ok(brought)
    }

    /// The parents of a merge except the first.
    fn others(&self, merge: ObjectId) -> &'a [ObjectId] {
        let graph = self.of.graph;
        graph.nodes.get(&merge).and_then(|node| node.parents.get(1..)).unwrap_or_default()
    }

    /// One branch along its first parents, as far as its merge brought it.
    fn branch(&self, tip: ObjectId, commits: &hashtable::HashSet, before: &Brought) -> Result<Branch> {
        let mut branch = Branch::default();
        let nodes = &self.of.graph.nodes;
        let mut next = Some(tip);
        while let Some((id, node)) = next.and_then(|id| Some((id, nodes.get(&id)?))) {
            if !commits.contains(&id) || before.has(&id) || !branch.commits.insert(id) {
                break;
            }
            next = node.parents.first().copied();
            let is_merge = node.parents.len() > 1;
            // A merge from the mainline brings lines that the landing does not add.
            if is_merge && !self.others(id).iter().any(|parent| commits.contains(parent)) {
                continue;
            }
            let tree = next.and_then(|id| nodes.get(&id)).map(|node| node.tree);
            if next.is_some() && tree.is_none() {
                break; // The cut of a shallow clone.
            }
            branch.merges.extend(is_merge.then_some(id));
            let changes = tree_diff::changes(&self.of.objects, tree, node.tree)?;
            let changes = rename::join(&self.of.objects, changes).changes;
            if let Some(author) = self.of.contributions.index_of(&id) {
                let age = branch.commits.len();
                let touch = |change| Touch { age, author, merge: is_merge.then_some(id), change };
                branch.touches.extend(changes.into_iter().map(touch));
            }
        }
        branch.touches.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
        Ok(branch)
    }

    /// Gives each merge on the branches the commits that came with it, the oldest first: a branch that was merged twice
    /// came in two parts.
    fn share_out(&mut self, commits: &hashtable::HashSet, brought: &Brought) {
        let mut taken = hashtable::HashSet::default();
        for merge in brought.0.iter().flat_map(|branch| branch.merges.iter().rev()) {
            let mut own = hashtable::HashSet::default();
            let mut stack = self.others(*merge).to_vec();
            while let Some(id) = stack.pop() {
                if commits.contains(&id) && !brought.has(&id) && taken.insert(id) {
                    own.insert(id);
                    stack.extend(self.of.graph.nodes.get(&id).map_or(&[][..], |node| &node.parents));
                }
            }
            self.commits.insert(*merge, own);
        }
    }

    /// Who wrote and deleted the lines of a change that a merge made against its first parent; `own` is the merge.
    fn authors(
        &mut self,
        brought: &Brought,
        own: u32,
        change: &TreeChange,
        difference: &Difference,
        depth: usize,
    ) -> Result<LineAuthors> {
        let branches = brought.touches_of(&change.path);
        if let Some(author) = self.only_author(&branches, own, depth)? {
            return Ok(LineAuthors::One(author));
        }
        let mut added: Vec<Option<u32>> = vec![None; difference.added.len()];
        let mut removed: Vec<Option<u32>> = vec![None; difference.removed.len()];
        for touches in &branches {
            let (Some(oldest), Some(newest)) = (touches.first(), touches.last()) else { continue };
            let Some(followed) = self.follow(touches, depth)? else {
                return Ok(LineAuthors::One(newest.author));
            };
            let id = |side: Option<Side>| side.map(|side| side.id);
            // If the other side changed the file as well, the branch's lines have other positions in the merged version.
            let to_landed = (id(change.new) != id(newest.change.new)).then(|| {
                let from = Some(newest.change.path.clone());
                let (old, new) = (newest.change.new, change.new);
                self.of.compare(&TreeChange { path: change.path.clone(), renamed_from: from, old, new })
            });
            for (known, found) in added.iter_mut().zip(followed.authors_of_added(difference, to_landed.as_ref())) {
                *known = known.or(found);
            }
            let same_base = id(oldest.change.old) == id(change.old);
            for (known, line) in removed.iter_mut().zip(removed_lines(difference)) {
                let killer = followed.killers.get(line).copied().flatten().filter(|_| same_base);
                *known = known.or(killer).or(Some(newest.author));
            }
        }
        let all = |found: Vec<Option<u32>>| found.into_iter().map(|author| author.unwrap_or(own)).collect();
        Ok(LineAuthors::Each { added: all(added), removed: all(removed) })
    }

    /// The commit behind all lines of a path that branches changed, if there is only one; the merge itself if none
    /// changed it.
    fn only_author(&mut self, branches: &[Vec<&Touch>], own: u32, depth: usize) -> Result<Option<u32>> {
        let mut touches = branches.iter().flatten();
        let Some(first) = touches.next() else { return Ok(Some(own)) };
        let Some(mut last) = self.author_of_touch(first, depth)? else { return Ok(None) };
        for touch in touches {
            if self.of.contributions.follows_all {
                return Ok(None);
            }
            match self.author_of_touch(touch, depth)? {
                Some(author) if self.of.contributions.alike(author, last) => last = author,
                _ => return Ok(None),
            }
        }
        Ok(Some(last))
    }

    /// The commit behind all lines that a commit changed in a path, if there is only one.
    fn author_of_touch(&mut self, touch: &Touch, depth: usize) -> Result<Option<u32>> {
        let Some(merge) = touch.merge.filter(|_| depth < MAX_DEPTH) else { return Ok(Some(touch.author)) };
        let inner = self.brought(merge)?;
        self.only_author(&inner.touches_of(&touch.change.path), touch.author, depth + 1)
    }

    /// Follows a path's lines through the commits that changed it, oldest first; `None` if the versions do not connect.
    fn follow(&mut self, touches: &[&Touch], depth: usize) -> Result<Option<Followed>> {
        let mut followed: Option<Followed> = None;
        let mut last: Option<&TreeChange> = None;
        for touch in touches {
            let change = &touch.change;
            let difference = self.of.compare(change);
            let mut before = followed.unwrap_or_else(|| Followed::of_base(difference.old_lines));
            if let Some(last) = last.filter(|last| last.new.map(|side| side.id) != change.old.map(|side| side.id)) {
                // A merge from the mainline came in between.
                let path = change.renamed_from.as_ref().unwrap_or(&change.path).clone();
                let renamed_from = Some(last.path.clone());
                let meanwhile = TreeChange { path, renamed_from, old: last.new, new: change.old };
                let Some(after) = before.step(&self.of.compare(&meanwhile), None) else { return Ok(None) };
                before = after;
            }
            let authors = match touch.merge.filter(|_| depth < MAX_DEPTH) {
                Some(merge) => {
                    let inner = self.brought(merge)?;
                    self.authors(&inner, touch.author, change, &difference, depth + 1)?
                }
                None => LineAuthors::One(touch.author),
            };
            let Some(after) = before.step(&difference, Some(&authors)) else { return Ok(None) };
            followed = Some(after);
            last = Some(change);
        }
        if let Some(followed) = &followed {
            self.reworked += followed.reworked;
        }
        Ok(followed)
    }
}

//! Merged branches → which of their commits wrote and deleted each line of the landing, and what they reworked.
//!
//! A merge lands lines that several commits wrote. Inside `M^1..M^2` this walks the first parents of each merged
//! branch, oldest first, and follows the lines of every path that the landing changed.
//!
//! - If only one commit changed a path, it wrote all of it, and nothing is read.
//! - Beyond [`MAX_FOLLOWED`](super::contributions::MAX_FOLLOWED) merged commits, the lines of a path whose commits have
//!   one author and one assistance go to the last of these commits, unless every line was asked for. How much was
//!   reworked is then unknown.
//! - What a branch merged from elsewhere counts as the work of its own merge commit.
//! - Lines that no version of the branch has were written in the landing itself: a resolved conflict.

use std::cell::RefCell;
use std::sync::Arc;

use gix::{ObjectId, hashtable};
use rayon::prelude::*;

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
/// Fails when an object of a merged commit is missing or corrupt.
pub(super) fn authors(
    store: &Store,
    graph: &Graph,
    contributions: &Contributions,
    paths: &Paths<'_>,
    merges: &[MergedLanding<'_>],
) -> Result<Vec<MergeAuthors>> {
    let parts = merges.par_chunks(LANDINGS_PER_TASK).map(|chunk| {
        let mut follower =
            BranchFollower { objects: store.objects(), graph, contributions, paths, differ: RefCell::default() };
        // Newest first, as packs store versions.
        let mut authors = chunk.iter().rev().map(|merge| follower.landing(merge)).collect::<Result<Vec<_>>>()?;
        authors.reverse();
        Ok(authors)
    });
    in_order(parts.collect())
}

/// A change of one path by one merged commit.
struct Touch {
    author: u32,
    old: Option<Side>,
    new: Option<Side>,
    path: Vec<u8>,
    from: Option<Vec<u8>>,
}

/// Follows the lines of merged branches.
struct BranchFollower<'a> {
    objects: Objects,
    graph: &'a Graph,
    contributions: &'a Contributions,
    paths: &'a Paths<'a>,
    differ: RefCell<LineDiffer>,
}

impl BranchFollower<'_> {
    fn landing(&mut self, merge: &MergedLanding<'_>) -> Result<MergeAuthors> {
        let landing = index(merge.at);
        let all_by = |author| vec![LineAuthors::One(author); merge.edits.len()];
        let merged = self.contributions.merged_by(merge.at);
        match merged {
            [] => return Ok(MergeAuthors { by_edit: all_by(landing), reworked: Some(0) }),
            [one] => {
                let author = self.contributions.index_of(one).unwrap_or(landing);
                return Ok(MergeAuthors { by_edit: all_by(author), reworked: Some(0) });
            }
            _ => {}
        }
        if !self.contributions.follows_all
            && let Some(author) = self.contributions.last_if_all_alike(merged)
        {
            return Ok(MergeAuthors { by_edit: all_by(author), reworked: None });
        }
        let merged: hashtable::HashSet = merged.iter().copied().collect();
        let touches = self.touches(merge.at, &merged)?;
        let (mut by_edit, mut reworked) = (Vec::with_capacity(merge.edits.len()), 0);
        for (change, difference) in &merge.edits {
            by_edit.push(self.edit(landing, change, difference, &touches, &mut reworked));
        }
        Ok(MergeAuthors { by_edit, reworked: self.contributions.follows_all.then_some(reworked) })
    }

    /// The changes of the merged branches along their first parents, newest first.
    fn touches(&self, at: usize, merged: &hashtable::HashSet) -> Result<Vec<Vec<Touch>>> {
        let mut all = Vec::new();
        let Some(merge) = self.contributions.all.get(at).and_then(|one| ObjectId::from_hex(one.id.as_bytes()).ok())
        else {
            return Ok(all);
        };
        let parents = self.graph.nodes.get(&merge).map_or(&[][..], |node| &node.parents);
        for parent in parents.iter().skip(1) {
            let mut next = Some(*parent);
            while let Some((id, node)) = next.and_then(|id| self.graph.nodes.get(&id).map(|node| (id, node))) {
                if !merged.contains(&id) {
                    break;
                }
                next = node.parents.first().copied();
                // A merge from the mainline brings lines that the landing does not add.
                let from_elsewhere = node.parents.iter().skip(1).any(|parent| !merged.contains(parent));
                if from_elsewhere {
                    continue;
                }
                let before = next.and_then(|id| self.graph.nodes.get(&id)).map(|node| node.tree);
                if next.is_some() && before.is_none() {
                    break; // The cut of a shallow clone.
                }
                let changes = tree_diff::changes(&self.objects, before, node.tree)?;
                let changes = rename::join(&self.objects, changes).changes;
                let author = self.contributions.index_of(&id).unwrap_or(index(at));
                let touch = |change: TreeChange| Touch {
                    author,
                    old: change.old,
                    new: change.new,
                    path: change.path,
                    from: change.renamed_from,
                };
                all.push(changes.into_iter().map(touch).collect());
            }
        }
        Ok(all)
    }

    fn edit(
        &self,
        landing: u32,
        change: &TreeChange,
        difference: &Difference,
        touches: &[Vec<Touch>],
        reworked: &mut u64,
    ) -> LineAuthors {
        let mut path = change.path.as_slice();
        let mut own: Vec<&Touch> = Vec::new();
        for commit in touches {
            if let Ok(at) = commit.binary_search_by(|touch| touch.path.as_slice().cmp(path)) {
                let touch = &commit[at];
                path = touch.from.as_deref().unwrap_or(path);
                own.push(touch);
            }
        }
        own.reverse();
        match own.as_slice() {
            [] => LineAuthors::One(landing),
            [one] => LineAuthors::One(one.author),
            [all @ .., newest]
                if !self.contributions.follows_all
                    && all.iter().all(|touch| self.contributions.alike(touch.author, newest.author)) =>
            {
                LineAuthors::One(newest.author)
            }
            [oldest, .., newest] => {
                let Some(lines) = self.follow_lines(&own, reworked) else {
                    return LineAuthors::One(newest.author);
                };
                let added = self.authors_of_added(landing, change, difference, newest, &lines);
                let same_base = oldest.old.map(|side| side.id) == change.old.map(|side| side.id);
                let removed = removed_lines(difference)
                    .map(|line| {
                        let killer = lines.killers.get(line).copied().flatten().filter(|_| same_base);
                        killer.unwrap_or(newest.author)
                    })
                    .collect();
                LineAuthors::Each { added, removed }
            }
        }
    }

    /// Follows a path's lines through the commits that changed it, oldest first; `None` if the versions do not connect.
    fn follow_lines(&self, touches: &[&Touch], reworked: &mut u64) -> Option<Followed> {
        let mut lines: Vec<Line> = Vec::new();
        let mut killers = Vec::new();
        let mut before: Option<Option<ObjectId>> = None;
        for touch in touches {
            let difference = self.compare(touch);
            let old = touch.old.map(|side| side.id);
            match before {
                None => {
                    lines = (0..difference.old_lines).map(Line::Base).collect();
                    killers = vec![None; lines.len()];
                }
                // A merge from elsewhere came in between.
                Some(last) if last != old || lines.len() != difference.old_lines as usize => return None,
                Some(_) => {}
            }
            let mut after = Vec::with_capacity(difference.new_lines as usize);
            let mut at = 0;
            for hunk in &difference.hunks {
                after.extend_from_slice(&lines[at..hunk.old_start as usize]);
                at = hunk.old_start as usize + hunk.old_lines as usize;
                for line in &lines[hunk.old_start as usize..at] {
                    match line {
                        Line::Base(line) => killers[*line as usize] = Some(touch.author),
                        Line::By(_) => *reworked += 1,
                    }
                }
                after.extend(std::iter::repeat_n(Line::By(touch.author), hunk.new_lines as usize));
            }
            after.extend_from_slice(&lines[at..]);
            lines = after;
            before = Some(touch.new.map(|side| side.id));
        }
        Some(Followed { lines, killers })
    }

    fn compare(&self, touch: &Touch) -> Difference {
        let (old, new) = (self.content(touch.old), self.content(touch.new));
        let old = old.as_ref().map(|old| old.version(self.paths.is_text(touch.from.as_deref().unwrap_or(&touch.path))));
        let new = new.as_ref().map(|new| new.version(self.paths.is_text(&touch.path)));
        blob_diff::compare(&mut self.differ.borrow_mut(), old, new)
    }

    fn content(&self, side: Option<Side>) -> Option<Content> {
        let blob = side.filter(|side| side.kind != gix::objs::tree::EntryKind::Commit);
        blob.map(|side| Content { id: side.id, bytes: self.objects.read_file(side.id) })
    }

    /// By added line of the landing: who wrote it.
    fn authors_of_added(
        &self,
        landing: u32,
        change: &TreeChange,
        difference: &Difference,
        newest: &Touch,
        followed: &Followed,
    ) -> Vec<u32> {
        let author = |line: Option<&Line>| match line {
            Some(Line::By(author)) => *author,
            _ => landing,
        };
        let landed = change.new.map(|side| side.id);
        if landed == newest.new.map(|side| side.id) {
            return added_lines(difference).map(|line| author(followed.lines.get(line))).collect();
        }
        // The mainline changed the file as well, so the branch's lines have other positions in the merged version.
        let merge = Touch {
            author: landing,
            old: newest.new,
            new: change.new,
            path: change.path.clone(),
            from: Some(newest.path.clone()),
        };
        let to_landed = self.compare(&merge);
        let mut of_landed: Vec<Option<Line>> = Vec::with_capacity(to_landed.new_lines as usize);
        let mut at = 0;
        let same =
            |range: std::ops::Range<usize>| followed.lines.get(range).unwrap_or_default().iter().copied().map(Some);
        for hunk in &to_landed.hunks {
            of_landed.extend(same(at..hunk.old_start as usize));
            at = hunk.old_start as usize + hunk.old_lines as usize;
            of_landed.extend(std::iter::repeat_n(None, hunk.new_lines as usize));
        }
        of_landed.extend(same(at..followed.lines.len()));
        added_lines(difference).map(|line| author(of_landed.get(line).and_then(Option::as_ref))).collect()
    }
}

/// The content of a file.
struct Content {
    id: ObjectId,
    /// `None` if it is missing.
    bytes: Option<Arc<Vec<u8>>>,
}

impl Content {
    fn version(&self, is_text: Option<bool>) -> Version<'_> {
        Version { id: self.id, content: self.bytes.as_ref().map(|bytes| bytes.as_slice()), is_text, is_notebook: false }
    }
}

/// The lines of a branch's last version, and who deleted those of its first.
struct Followed {
    lines: Vec<Line>,
    killers: Vec<Option<u32>>,
}

#[derive(Clone, Copy)]
enum Line {
    /// From before the branch: a line of that version.
    Base(u32),
    /// Written by a contribution.
    By(u32),
}

fn added_lines(difference: &Difference) -> impl Iterator<Item = usize> + '_ {
    difference.hunks.iter().flat_map(|hunk| (hunk.new_start..hunk.new_start + hunk.new_lines).map(|line| line as usize))
}

fn removed_lines(difference: &Difference) -> impl Iterator<Item = usize> + '_ {
    difference.hunks.iter().flat_map(|hunk| (hunk.old_start..hunk.old_start + hunk.old_lines).map(|line| line as usize))
}

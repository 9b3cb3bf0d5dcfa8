//! Merged branches → which of their commits wrote and deleted each line of the landing, and what they reworked.
//!
//! A merge lands lines that several commits wrote. Inside `M^1..M^2` this walks the first parents of each merged
//! branch, oldest first, and follows the lines of every path that the landing changed.
//!
//! - One commit that touched a path wrote all of it, and nothing is read.
//! - Beyond [`MOST_FOLLOWED`] merged commits, the lines of a path that one author wrote, assisted in one way, go to the
//!   last commit that touched it, unless every line was asked for; what was reworked is then not known.
//! - What a branch merged from elsewhere counts as the work of its own merge commit.
//! - Lines that stand in no version of the branch were written in the landing itself: a resolved conflict.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use gix::{ObjectId, hashtable};
use rayon::prelude::*;

use super::blob_diff::{self, Difference, Version};
use super::graph::{Graph, Node};
use super::landings::{Paths, number};
use super::line_diff::LineDiffer;
use super::lines::replay::Hands;
use super::mainline::Step;
use super::objects::{Objects, Store};
use super::rename;
use super::tree_diff::{self, Side, TreeChange};
use crate::error::Result;
use crate::model::assist::{Assistance, Evidence};
use crate::model::contribution::Contribution;

/// Up to so many merged commits are all followed line by line; of more, only where it matters who wrote a line.
pub(super) const MOST_FOLLOWED: usize = 20_000;
/// Landings that one task looks into.
const LANDINGS_PER_TASK: usize = 16;

/// One landing, as the mainline's differences show it.
pub(super) struct Landed<'a> {
    /// Index in the mainline.
    pub(super) at: usize,
    /// What it changed, each with the difference of its first parent's version to its own.
    pub(super) edits: Vec<(&'a TreeChange, &'a Difference)>,
}

/// What a landing's branches tell.
#[derive(Default)]
pub(super) struct Insight {
    /// By edit.
    pub(super) hands: Vec<Hands>,
    /// Lines that the branches wrote and rewrote or deleted again before they landed; `None` when not followed.
    pub(super) reworked: Option<u64>,
}

/// The commits behind all landings: those of the mainline first, in order, then the merged ones.
pub(super) struct Contributions {
    pub(super) all: Vec<Contribution>,
    ids: hashtable::HashMap<ObjectId, u32>,
    /// By landing, for merges: the commits they brought, oldest landing first, each range in the graph's order.
    ranges: HashMap<usize, Vec<ObjectId>>,
    /// Whether the lines of every path are followed through its merged commits, or only where these differ in author
    /// or assistance.
    pub(super) follows_all: bool,
}

impl Contributions {
    /// Numbers the commits of the mainline and those merged at `from` or later.
    pub(super) fn of(steps: &[Step], graph: &Graph, from: usize, follow_all: bool) -> Self {
        let mut merged: Vec<(usize, &ObjectId, &Node)> = graph
            .nodes
            .iter()
            .filter(|(_, node)| !node.on_mainline)
            .filter_map(|(id, node)| node.landed.filter(|at| *at >= from).map(|at| (at, id, node)))
            .collect();
        merged.sort_by_key(|(at, id, node)| (*at, node.commit_time, **id));
        let follows_all = follow_all || merged.len() <= MOST_FOLLOWED;
        let mut contributions =
            Self { all: Vec::new(), ids: hashtable::HashMap::default(), ranges: HashMap::new(), follows_all };
        for (at, step) in steps.iter().enumerate() {
            let commit = &step.commit;
            contributions.ids.insert(step.id, number(at));
            contributions.all.push(Contribution {
                id: commit.id.clone(),
                landing: number(at),
                author: commit.author.clone(),
                commit_time: commit.commit_time,
                bot: commit.bot,
                assisted: commit.assisted.clone(),
            });
        }
        for (at, id, node) in merged {
            let work = node.work.as_ref();
            contributions.ids.insert(*id, number(contributions.all.len()));
            contributions.ranges.entry(at).or_default().push(*id);
            contributions.all.push(Contribution {
                id: id.to_string(),
                landing: number(at),
                author: work.map(|work| work.author.clone()).unwrap_or_default(),
                commit_time: node.commit_time,
                bot: work.is_some_and(|work| work.bot),
                assisted: assisted_or_by_branch(work.map_or(&[], |work| &work.assisted), &steps[at].commit.assisted),
            });
        }
        contributions
    }

    /// The landings before this one that commits named in its message are or came with, and the one it undoes exactly.
    pub(super) fn reverted(&self, named: &[String], landing: u32, undone: Option<u32>) -> Vec<Reverted> {
        let of_named = named.iter().filter_map(|id| {
            let number = self.number_of(&ObjectId::from_hex(id.as_bytes()).ok()?)?;
            let landed = self.all[number as usize].landing;
            let whole = number == landed || self.range(landed as usize).len() == 1;
            (landed < landing).then_some(Reverted { landing: landed, whole })
        });
        let mut all: Vec<Reverted> = of_named.chain(undone.map(|landing| Reverted { landing, whole: true })).collect();
        // A landing that is named whole and in part is whole.
        all.sort_by_key(|reverted| (reverted.landing, !reverted.whole));
        all.dedup_by_key(|reverted| reverted.landing);
        all
    }

    /// The contribution of a commit.
    pub(super) fn number_of(&self, id: &ObjectId) -> Option<u32> {
        self.ids.get(id).copied()
    }

    /// The commits that a landing merged.
    fn range(&self, landing: usize) -> &[ObjectId] {
        self.ranges.get(&landing).map_or(&[], Vec::as_slice)
    }

    /// Whether two commits have the same author and the same assistance.
    fn alike(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.all[a as usize], &self.all[b as usize]);
        let tools = |one: &Contribution| one.assisted.iter().map(|assistance| assistance.tool).collect::<Vec<_>>();
        a.author.has_email_of(&b.author) && a.bot == b.bot && tools(a) == tools(b)
    }

    /// Whether a landing brought the work of one author, assisted in one way; then the last of its commits.
    fn one_hand(&self, range: &[ObjectId]) -> Option<u32> {
        let mut hands = range.iter().filter_map(|id| self.number_of(id));
        let last = hands.next_back()?;
        hands.all(|hand| self.alike(hand, last)).then_some(last)
    }

    /// The tools that assisted the commits of a landing, the landing's own message included.
    pub(super) fn assisted(&self, landing: usize) -> Vec<Assistance> {
        let own = self.all.get(landing).into_iter();
        let merged = self.range(landing).iter().filter_map(|id| self.all.get(self.number_of(id)? as usize));
        let mut all: Vec<Assistance> = own.chain(merged).flat_map(|one| one.assisted.iter().cloned()).collect();
        // A merge's branch name is a hint about commits that tell for themselves.
        if all.iter().any(|one| one.evidence != Evidence::BranchName) {
            all.retain(|one| one.evidence != Evidence::BranchName);
        }
        super::assist::one_per_tool(all)
    }
}

/// A landing that a later one takes back.
pub(super) struct Reverted {
    pub(super) landing: u32,
    /// All of it, not one of several commits that it merged.
    pub(super) whole: bool,
}

/// The markers of a merged commit, or where it has none, those that the merged branch's name gives.
fn assisted_or_by_branch(own: &[Assistance], of_landing: &[Assistance]) -> Vec<Assistance> {
    if !own.is_empty() {
        return own.to_vec();
    }
    of_landing.iter().filter(|one| one.evidence == Evidence::BranchName).cloned().collect()
}

/// Looks into every landing that merged something; by landing, in the order given.
///
/// # Errors
/// Fails when an object of a merged commit is missing or corrupt.
pub(super) fn look_into(
    store: &Store,
    graph: &Graph,
    contributions: &Contributions,
    paths: &Paths<'_>,
    landed: &[Landed<'_>],
) -> Result<Vec<Insight>> {
    let parts: Vec<Result<Vec<Insight>>> = landed
        .par_chunks(LANDINGS_PER_TASK)
        .map(|chunk| {
            let mut looking =
                Looking { objects: store.objects(), graph, contributions, paths, differ: RefCell::default() };
            // Newest first, as packs store versions.
            let mut insights = chunk.iter().rev().map(|one| looking.landing(one)).collect::<Result<Vec<_>>>()?;
            insights.reverse();
            Ok(insights)
        })
        .collect();
    let mut all = Vec::with_capacity(landed.len());
    for part in parts {
        all.extend(part?);
    }
    Ok(all)
}

/// A change of one path by one merged commit.
struct Touch {
    hand: u32,
    old: Option<Side>,
    new: Option<Side>,
    path: Vec<u8>,
    from: Option<Vec<u8>>,
}

struct Looking<'a> {
    objects: Objects,
    graph: &'a Graph,
    contributions: &'a Contributions,
    paths: &'a Paths<'a>,
    differ: RefCell<LineDiffer>,
}

impl Looking<'_> {
    fn landing(&mut self, landed: &Landed<'_>) -> Result<Insight> {
        let landing = number(landed.at);
        let everything = |hand| vec![Hands::One(hand); landed.edits.len()];
        let range = self.contributions.range(landed.at);
        match range {
            [] => return Ok(Insight { hands: everything(landing), reworked: Some(0) }),
            [one] => {
                let hand = self.contributions.number_of(one).unwrap_or(landing);
                return Ok(Insight { hands: everything(hand), reworked: Some(0) });
            }
            _ => {}
        }
        if !self.contributions.follows_all
            && let Some(hand) = self.contributions.one_hand(range)
        {
            return Ok(Insight { hands: everything(hand), reworked: None });
        }
        let range: hashtable::HashSet = range.iter().copied().collect();
        let touches = self.touches(landed.at, &range)?;
        let (mut hands, mut reworked) = (Vec::with_capacity(landed.edits.len()), 0);
        for (change, difference) in &landed.edits {
            hands.push(self.edit(landing, change, difference, &touches, &mut reworked)?);
        }
        Ok(Insight { hands, reworked: self.contributions.follows_all.then_some(reworked) })
    }

    /// What the merged branches changed along their first parents, newest first.
    fn touches(&self, at: usize, range: &hashtable::HashSet) -> Result<Vec<Vec<Touch>>> {
        let mut all = Vec::new();
        let Some(merge) = self.contributions.all.get(at).and_then(|one| ObjectId::from_hex(one.id.as_bytes()).ok())
        else {
            return Ok(all);
        };
        let parents = self.graph.nodes.get(&merge).map_or(&[][..], |node| &node.parents);
        for parent in parents.iter().skip(1) {
            let mut next = Some(*parent);
            while let Some((id, node)) = next.and_then(|id| self.graph.nodes.get(&id).map(|node| (id, node))) {
                if !range.contains(&id) {
                    break;
                }
                next = node.parents.first().copied();
                // A merge from the mainline brings lines that the landing does not add.
                let from_elsewhere = node.parents.iter().skip(1).any(|parent| !range.contains(parent));
                if from_elsewhere {
                    continue;
                }
                let before = next.and_then(|id| self.graph.nodes.get(&id)).map(|node| node.tree);
                if next.is_some() && before.is_none() {
                    break; // The cut of a shallow clone.
                }
                let changes = tree_diff::changes(&self.objects, before, node.tree)?;
                let changes = rename::join(&self.objects, changes)?.changes;
                let hand = self.contributions.number_of(&id).unwrap_or(number(at));
                let touch = |change: TreeChange| Touch {
                    hand,
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
    ) -> Result<Hands> {
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
            [] => Ok(Hands::One(landing)),
            [one] => Ok(Hands::One(one.hand)),
            [all @ .., newest]
                if !self.contributions.follows_all
                    && all.iter().all(|touch| self.contributions.alike(touch.hand, newest.hand)) =>
            {
                Ok(Hands::One(newest.hand))
            }
            [oldest, .., newest] => {
                let Some(lines) = self.follow(&own, reworked)? else { return Ok(Hands::One(newest.hand)) };
                let added = self.hands_of_added(landing, change, difference, newest, &lines)?;
                let same_base = oldest.old.map(|side| side.id) == change.old.map(|side| side.id);
                let removed = removed_lines(difference)
                    .map(|line| {
                        let killer = lines.killers.get(line).copied().flatten().filter(|_| same_base);
                        killer.unwrap_or(newest.hand)
                    })
                    .collect();
                Ok(Hands::Each { added, removed })
            }
        }
    }

    /// Follows a path's lines through the commits that touched it, oldest first; `None` when it cannot be followed.
    fn follow(&self, touches: &[&Touch], reworked: &mut u64) -> Result<Option<Followed>> {
        let mut lines: Vec<Line> = Vec::new();
        let mut killers = Vec::new();
        let mut before: Option<Option<ObjectId>> = None;
        for touch in touches {
            let difference = self.compare(touch)?;
            let old = touch.old.map(|side| side.id);
            match before {
                None => {
                    lines = (0..difference.old_lines).map(Line::Base).collect();
                    killers = vec![None; lines.len()];
                }
                // A merge from elsewhere stands between.
                Some(last) if last != old || lines.len() != difference.old_lines as usize => return Ok(None),
                Some(_) => {}
            }
            let mut after = Vec::with_capacity(difference.new_lines as usize);
            let mut at = 0;
            for hunk in &difference.hunks {
                after.extend_from_slice(&lines[at..hunk.old_start as usize]);
                at = hunk.old_start as usize + hunk.old_lines as usize;
                for line in &lines[hunk.old_start as usize..at] {
                    match line {
                        Line::Base(line) => killers[*line as usize] = Some(touch.hand),
                        Line::By(_) => *reworked += 1,
                    }
                }
                after.extend(std::iter::repeat_n(Line::By(touch.hand), hunk.new_lines as usize));
            }
            after.extend_from_slice(&lines[at..]);
            lines = after;
            before = Some(touch.new.map(|side| side.id));
        }
        Ok(Some(Followed { lines, killers }))
    }

    fn compare(&self, touch: &Touch) -> Result<Difference> {
        let (old, new) = (self.content(touch.old)?, self.content(touch.new)?);
        let old = old.as_ref().map(|old| old.version(self.paths.text(touch.from.as_deref().unwrap_or(&touch.path))));
        let new = new.as_ref().map(|new| new.version(self.paths.text(&touch.path)));
        Ok(blob_diff::compare(&mut self.differ.borrow_mut(), old, new))
    }

    fn content(&self, side: Option<Side>) -> Result<Option<Content>> {
        let blob = side.filter(|side| side.kind != gix::objs::tree::EntryKind::Commit);
        blob.map(|side| Ok(Content { id: side.id, bytes: self.objects.read(side.id)?.data })).transpose()
    }

    /// By added line of the landing: who wrote it.
    fn hands_of_added(
        &self,
        landing: u32,
        change: &TreeChange,
        difference: &Difference,
        newest: &Touch,
        followed: &Followed,
    ) -> Result<Vec<u32>> {
        let hand = |line: Option<&Line>| match line {
            Some(Line::By(hand)) => *hand,
            _ => landing,
        };
        let landed = change.new.map(|side| side.id);
        if landed == newest.new.map(|side| side.id) {
            return Ok(added_lines(difference).map(|line| hand(followed.lines.get(line))).collect());
        }
        // The mainline had changed the file as well: its merged version holds the branch's lines at other places.
        let merge = Touch {
            hand: landing,
            old: newest.new,
            new: change.new,
            path: change.path.clone(),
            from: Some(newest.path.clone()),
        };
        let to_landed = self.compare(&merge)?;
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
        Ok(added_lines(difference).map(|line| hand(of_landed.get(line).and_then(Option::as_ref))).collect())
    }
}

/// What stands in a file.
struct Content {
    id: ObjectId,
    bytes: Arc<Vec<u8>>,
}

impl Content {
    fn version(&self, text: Option<bool>) -> Version<'_> {
        Version { id: self.id, content: &self.bytes, text }
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

//! References → what became of the work that is not on the mainline.
//!
//! - In: local and remote branches, and the heads of pull and merge requests where the clone has them.
//! - Out: one [`BranchFate`] for each tip that is not reachable from the mainline: merged under other commits, kept beside
//!   it on purpose, in flight, or abandoned.
//! - Not examined: the mainline's own branch, local and remote; `entire/…`, which has records of sessions; notes, stashes,
//!   tags, and the test merges of pull requests.
//! - Cheap tests come first, and text is compared only if they leave the question open: reachability, equal blobs, equal
//!   trees, equal text, the number of the pull request in a landing's message, equal lines.
//! - Misses: a branch that landed in several edited commits, or edited and long after its last commit, counts as
//!   abandoned. So does a release branch without a release tag, cherry-picks with `-x` or a name of the usual form.
//! - Missing objects of a side branch are not an error: its fate is [`Fate::Unknown`], and a notice says so.

mod maintenance;
mod patch;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use gix::ObjectId;
use rayon::prelude::*;

use self::patch::{ChangedFile, Patches, TreePatch, Trees};
use super::graph::{self, Graph};
use super::mainline::MainlineStep;
use super::meter::Meter;
use super::objects::Store;
use super::{assist, tool_lookup};
use crate::diagnostics::{Diagnostics, Severity};
use crate::error::Result;
use crate::model::assist::{Assistance, Evidence};
use crate::model::branch::{BranchFate, Fate, KeptBy, MatchedBy};

/// The percentage of a branch's effective added lines that a mainline commit must add to have landed it.
const LINES_PERCENT: u64 = 80;
/// Fewer effective lines are too often equal by chance.
const MIN_LINES: u64 = 5;
/// How many days after a branch's last commit a landing may be recognised by its lines.
const LINES_WITHIN_DAYS: i64 = 30;

/// Which branches to examine, and when one is abandoned.
pub(super) struct SurveyOptions {
    /// The time of the examination.
    pub(super) as_of: Option<DateTime<Utc>>,
    /// Days without a commit after which a branch counts as abandoned.
    pub(super) idle_days: u32,
    /// If there are more tips, none is examined.
    pub(super) max_branches: usize,
}

/// Finds what became of every tip that the mainline does not reach, in order of the tips' first names.
///
/// - `branch`: the mainline's own branch, which is left out.
/// - `None`: there are more tips than were asked for; a notice says so.
///
/// # Errors
/// Fails when the references or the mainline cannot be read.
pub(super) fn survey(
    store: &Store,
    steps: &[MainlineStep],
    mut graph: Graph,
    branch: Option<&str>,
    options: &SurveyOptions,
    meter: &Meter<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Vec<BranchFate>>> {
    let Some(newest) = steps.last() else { return Ok(None) };
    let objects = store.objects();
    let tips = tips(store, branch)?;
    let beside = tips.keys().filter(|tip| graph.nodes.get(*tip).is_none_or(|node| node.landed.is_none())).count();
    if beside > options.max_branches {
        let text = "there are many branches and pull requests beside the mainline, so what became of them was not \
                    examined; --branches does that, which takes a while";
        diagnostics.add(Severity::Note, "branches-not-read", text, format_args!("{}: {beside}", store.shown));
        return Ok(None);
    }
    graph.add_tips(&objects, tips.keys().copied(), diagnostics);
    drop(objects);
    let open: Vec<(ObjectId, Vec<String>)> =
        tips.into_iter().filter(|(tip, _)| graph.nodes.get(tip).is_none_or(|node| node.landed.is_none())).collect();
    let mut branches: Vec<Branch> = open.into_par_iter().map(|(tip, names)| Branch::new(&graph, tip, names)).collect();
    // Newest first, as packs store versions: the next one is then a short delta away.
    branches.sort_by_key(|branch| (Reverse(branch.after_base), branch.tip));
    let patches = Patches::new(store, newest.tree, meter)?;
    let remotes = remote_names(store);
    let released = maintenance::released(store)?;
    let mut survey = Survey { graph, steps, patches, landings: LandingIndex::default(), remotes, released };
    let merged = survey.match_all(&branches);
    let idle_since =
        options.as_of.and_then(|clock| clock.checked_sub_signed(TimeDelta::days(options.idle_days.into())));
    let mut fates: Vec<BranchFate> =
        branches.iter().zip(merged).map(|(branch, merged)| survey.fate(branch, merged, idle_since)).collect();
    fates.sort_by(|a, b| a.names.cmp(&b.names));
    for fate in fates.iter().filter(|fate| fate.fate == Fate::Unknown) {
        let text = "objects of a branch are missing or corrupt, so what became of it is unknown; fetch the \
                    repository again in full";
        let name = fate.names.first().cloned().unwrap_or_else(|| fate.tip.clone());
        diagnostics.add(Severity::Warning, "branch-unreadable", text, name);
    }
    Ok(Some(fates))
}

/// Every tip to examine, with its full names, sorted.
pub(super) fn tips(store: &Store, branch: Option<&str>) -> Result<BTreeMap<ObjectId, Vec<String>>> {
    let repository = store.repository.to_thread_local();
    let remotes = remote_names(store);
    let unreadable = |cause: &dyn std::fmt::Display| store.unreadable("references", cause);
    let platform = repository.references().map_err(|cause| unreadable(&cause))?;
    let mut tips: BTreeMap<ObjectId, Vec<String>> = BTreeMap::new();
    for reference in platform.all().map_err(|cause| unreadable(&cause))?.filter_map(std::result::Result::ok) {
        let name = reference.name().as_bstr().to_string();
        if !is_work(&name, branch, &remotes) {
            continue;
        }
        // A symbolic reference, such as a remote's HEAD, is another name for its target.
        if let Some(id) = reference.try_id() {
            tips.entry(id.detach()).or_default().push(name);
        }
    }
    tips.values_mut().for_each(|names| names.sort());
    Ok(tips)
}

fn remote_names(store: &Store) -> Vec<String> {
    store.repository.to_thread_local().remote_names().iter().map(ToString::to_string).collect()
}

fn is_work(name: &str, mainline: Option<&str>, remotes: &[String]) -> bool {
    request_number(name).is_some()
        || short(name, remotes)
            .is_some_and(|short| Some(short) != mainline && short != "HEAD" && !short.starts_with("entire/"))
}

/// The number of the pull or merge request whose head a reference is.
pub(super) fn request_number(name: &str) -> Option<u64> {
    let rest = name.strip_prefix("refs/pull/").or_else(|| name.strip_prefix("refs/merge-requests/"))?;
    rest.strip_suffix("/head")?.parse().ok()
}

/// A branch's name without `refs/heads/` or the remote.
pub(super) fn short<'a>(name: &'a str, remotes: &[String]) -> Option<&'a str> {
    if let Some(local) = name.strip_prefix("refs/heads/") {
        return Some(local);
    }
    let rest = name.strip_prefix("refs/remotes/")?;
    let known = remotes
        .iter()
        .filter_map(|remote| rest.strip_prefix(remote.as_str())?.strip_prefix('/'))
        .min_by_key(|short| short.len());
    known.or_else(|| rest.split_once('/').map(|(_, short)| short))
}

/// A tip with its commits, and where it left the mainline.
struct Branch {
    names: Vec<String>,
    tip: ObjectId,
    /// Unmerged commits, newest first.
    commits: Vec<ObjectId>,
    incomplete: bool,
    /// Where it left the mainline or last merged it; `None` if it shares no commit.
    base: Option<ObjectId>,
    /// The first mainline commit that the base does not reach.
    after_base: usize,
    /// The first mainline commit that its oldest fork point does not reach.
    after_fork: usize,
    /// The trees of the base and the tip.
    whole: Option<Trees>,
    last_commit_time: Option<DateTime<Utc>>,
}

impl Branch {
    fn new(graph: &Graph, tip: ObjectId, names: Vec<String>) -> Self {
        let unmerged = graph.unmerged(tip);
        // The mainline commit that lands a bound may also be the one that lands a copy of this branch.
        let after = |id: &ObjectId| {
            let node = &graph.nodes[id];
            node.landed.unwrap_or_default() + usize::from(node.on_mainline)
        };
        let base = unmerged.bounds.iter().copied().max_by_key(|id| (after(id), graph.nodes[id].commit_time, *id));
        let times = unmerged.commits.iter().map(|id| graph.nodes[id].commit_time);
        Self {
            base,
            after_base: base.map_or(0, |base| after(&base)),
            after_fork: unmerged.bounds.iter().map(after).min().unwrap_or_default(),
            whole: base.zip(graph.nodes.get(&tip)).map(|(base, tip)| (Some(graph.nodes[&base].tree), tip.tree)),
            last_commit_time: times.max(),
            commits: unmerged.commits,
            incomplete: unmerged.incomplete,
            names,
            tip,
        }
    }
}

/// Mainline commits by their content, each list in order of the mainline.
#[derive(Default)]
struct LandingIndex {
    by_tree: HashMap<ObjectId, Vec<usize>>,
    /// By the patch of a reachable commit that is not a merge: the mainline commit that landed it.
    by_blobs: HashMap<u128, Vec<usize>>,
    by_paths: HashMap<u128, Vec<(usize, Trees)>>,
    /// By the patch of a mainline commit against its first parent.
    whole_by_blobs: HashMap<u128, Vec<usize>>,
    whole_by_paths: HashMap<u128, Vec<(usize, Trees)>>,
    by_path: HashMap<usize, Vec<usize>>,
}

/// The first entry of a sorted list from a start on.
fn first_from(list: Option<&Vec<usize>>, start: usize) -> Option<usize> {
    let list = list?;
    list.get(list.partition_point(|&at| at < start)).copied()
}

/// How a branch landed, and in which mainline commit.
type Match = Option<(MatchedBy, usize)>;

struct Survey<'a> {
    graph: Graph,
    steps: &'a [MainlineStep],
    patches: Patches<'a>,
    landings: LandingIndex,
    remotes: Vec<String>,
    /// Commits of releases, each with its tag.
    released: BTreeMap<ObjectId, String>,
}

impl Survey<'_> {
    fn match_all(&mut self, branches: &[Branch]) -> Vec<Match> {
        self.compare_trees(branches);
        // The lines of every branch are counted, and the tests use the same texts.
        let whole: Vec<ChangedFile> =
            branches.iter().filter_map(|branch| self.patches.tree(branch.whole?)).flat_map(files).collect();
        self.patches.compare_texts(whole.into_iter());
        self.read_rivals(branches);
        let by_number = self.landings_by_number();
        let find = |branch: &Branch| self.match_patches(branch).or_else(|| match_number(branch, &by_number));
        let mut matches: Vec<Match> = branches.par_iter().map(find).collect();
        let left: Vec<usize> = (0..branches.len()).filter(|&at| matches[at].is_none()).collect();
        let rivals: Vec<Vec<usize>> = left.par_iter().map(|&at| self.sharing_paths(&branches[at])).collect();
        let mut texts = HashSet::new();
        for (&at, steps) in left.iter().zip(&rivals) {
            let Some(patch) = branches[at].whole.and_then(|trees| self.patches.tree(trees)) else { continue };
            let paths: HashSet<usize> = patch.files.iter().map(|file| file.path).collect();
            let patches = steps.iter().filter_map(|&step| self.patches.tree(self.step_trees(step)?));
            texts.extend(patches.flat_map(files).filter(|file| paths.contains(&file.path)));
        }
        let mut texts: Vec<ChangedFile> = texts.into_iter().collect();
        texts.sort_unstable();
        self.patches.compare_texts(texts.into_iter());
        let by_lines: Vec<Match> =
            left.par_iter().zip(&rivals).map(|(&at, steps)| self.match_lines(&branches[at], steps)).collect();
        for (at, found) in left.into_iter().zip(by_lines) {
            matches[at] = found;
        }
        matches
    }

    /// The mainline commits that name the number of a pull request, in order.
    fn landings_by_number(&self) -> HashMap<u64, Vec<usize>> {
        let mut found: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, step) in self.steps.iter().enumerate() {
            step.commit.pull_request.into_iter().for_each(|number| found.entry(number).or_default().push(at));
        }
        found
    }

    /// The trees of a mainline commit and its first parent; `None` at the cut of a shallow clone.
    fn step_trees(&self, at: usize) -> Option<Trees> {
        let step = &self.steps[at];
        (!step.cut).then(|| (at.checked_sub(1).map(|before| self.steps[before].tree), step.tree))
    }

    /// The trees of a commit and its parent; `None` for a merge.
    fn own_trees(&self, id: &ObjectId) -> Option<Trees> {
        let node = self.graph.nodes.get(id)?;
        match node.parents.as_slice() {
            [] => Some((None, node.tree)),
            [parent] => Some((Some(self.graph.nodes.get(parent)?.tree), node.tree)),
            _ => None,
        }
    }

    fn is_merge(&self, id: &ObjectId) -> bool {
        self.graph.nodes.get(id).is_some_and(|node| node.parents.len() > 1)
    }

    fn compare_trees(&mut self, branches: &[Branch]) {
        let related = || branches.iter().filter(|branch| branch.base.is_some());
        let Some(first) = related().map(|branch| branch.after_fork).min() else { return };
        let mut landed: Vec<(usize, ObjectId)> = self
            .graph
            .nodes
            .iter()
            .filter_map(|(id, node)| Some((node.landed.filter(|&at| at >= first)?, *id)))
            .collect();
        landed.sort_unstable();
        let steps = || (first..self.steps.len()).rev().filter_map(|at| Some((at, self.step_trees(at)?)));
        let mut wanted: Vec<Trees> = steps().map(|(_, trees)| trees).collect();
        wanted.extend(landed.iter().rev().filter_map(|(_, id)| self.own_trees(id)));
        let mut seen = HashSet::new();
        for branch in related() {
            wanted.extend(branch.whole);
            let own = branch.commits.iter().filter(|id| seen.insert(**id));
            wanted.extend(own.filter_map(|id| self.own_trees(id)));
        }
        self.patches.compare_trees(wanted.into_iter());
        let mut landings = LandingIndex::default();
        for at in first.saturating_sub(1)..self.steps.len() {
            landings.by_tree.entry(self.steps[at].tree).or_default().push(at);
        }
        for (at, id) in landed {
            let Some(trees) = self.own_trees(&id) else { continue };
            let Some(patch) = self.patches.tree(trees) else { continue };
            landings.by_blobs.entry(patch.blobs).or_default().push(at);
            landings.by_paths.entry(patch.paths).or_default().push((at, trees));
        }
        for at in first..self.steps.len() {
            let Some(trees) = self.step_trees(at) else { continue };
            let Some(patch) = self.patches.tree(trees) else { continue };
            landings.whole_by_blobs.entry(patch.blobs).or_default().push(at);
            landings.whole_by_paths.entry(patch.paths).or_default().push((at, trees));
            for file in &patch.files {
                landings.by_path.entry(file.path).or_default().push(at);
            }
        }
        self.landings = landings;
    }

    /// The patches of a branch's commits without merges and commits without changes; `None` if one cannot be read.
    fn own_patches(&self, branch: &Branch) -> Option<Vec<&TreePatch>> {
        let own = branch.commits.iter().filter(|id| !self.is_merge(id));
        let patches: Option<Vec<&TreePatch>> = own.map(|id| self.patches.tree(self.own_trees(id)?)).collect();
        patches.map(|all| all.into_iter().filter(|patch| !patch.files.is_empty()).collect())
    }

    /// Reads the texts that [`Self::match_patches`] will compare: both sides of patches that change the same paths.
    fn read_rivals(&mut self, branches: &[Branch]) {
        let landings = &self.landings;
        let rivals = |list: Option<&Vec<(usize, Trees)>>, start: usize| -> Vec<Trees> {
            list.into_iter().flatten().filter(|(at, _)| *at >= start).map(|(_, trees)| *trees).collect()
        };
        let wanted = branches.par_iter().flat_map_iter(|branch| {
            let mut files_of: Vec<ChangedFile> = Vec::new();
            let mut sides: Vec<Trees> = Vec::new();
            let commits = self.own_patches(branch).unwrap_or_default();
            // If one commit has no rival, the branch cannot match, and nothing has to be read.
            let all = commits.iter().all(|patch| {
                first_from(landings.by_blobs.get(&patch.blobs), branch.after_fork).is_some()
                    || landings
                        .by_paths
                        .get(&patch.paths)
                        .is_some_and(|list| list.iter().any(|(at, _)| *at >= branch.after_fork))
            });
            for patch in commits.into_iter().filter(|_| all) {
                if first_from(landings.by_blobs.get(&patch.blobs), branch.after_fork).is_none() {
                    files_of.extend(&patch.files);
                    sides.extend(rivals(landings.by_paths.get(&patch.paths), branch.after_fork));
                }
            }
            let whole = branch.whole.and_then(|trees| self.patches.tree(trees));
            let matched = |whole: &TreePatch| first_from(landings.whole_by_blobs.get(&whole.blobs), branch.after_base);
            if let Some(whole) = whole.filter(|whole| matched(whole).is_none()) {
                sides.extend(rivals(landings.whole_by_paths.get(&whole.paths), branch.after_base));
            }
            files_of.extend(sides.into_iter().filter_map(|trees| self.patches.tree(trees)).flat_map(files));
            files_of
        });
        let wanted: Vec<ChangedFile> = wanted.collect();
        self.patches.compare_texts(wanted.into_iter());
    }

    fn match_patches(&self, branch: &Branch) -> Match {
        branch.base?;
        let landings = &self.landings;
        let by_commits = || {
            let patches = self.own_patches(branch).filter(|all| !all.is_empty() && !branch.incomplete)?;
            let landed = patches.into_iter().map(|patch| {
                let same = first_from(landings.by_blobs.get(&patch.blobs), branch.after_fork);
                same.or_else(|| self.first_equal(patch, landings.by_paths.get(&patch.paths), branch.after_fork))
            });
            landed.collect::<Option<Vec<usize>>>()?.into_iter().max()
        };
        let by_tree = || first_from(landings.by_tree.get(&self.graph.nodes.get(&branch.tip)?.tree), branch.after_fork);
        let by_whole = || {
            let whole = self.patches.tree(branch.whole?).filter(|whole| !whole.files.is_empty())?;
            let same = first_from(landings.whole_by_blobs.get(&whole.blobs), branch.after_base);
            same.or_else(|| self.first_equal(whole, landings.whole_by_paths.get(&whole.paths), branch.after_base))
        };
        let patch_id = by_commits().map(|at| (MatchedBy::PatchId, at));
        let tree = || by_tree().map(|at| (MatchedBy::Tree, at));
        patch_id.or_else(tree).or_else(|| by_whole().map(|at| (MatchedBy::CumulativePatch, at)))
    }

    /// The first patch on the mainline with the same text.
    fn first_equal(&self, patch: &TreePatch, list: Option<&Vec<(usize, Trees)>>, start: usize) -> Option<usize> {
        let id = self.patches.id(patch)?;
        let mut rivals = list?.iter().filter(|(at, _)| *at >= start);
        let is_equal = |trees: Trees| self.patches.tree(trees).and_then(|rival| self.patches.id(rival)) == Some(id);
        rivals.find(|(_, trees)| is_equal(*trees)).map(|(at, _)| *at)
    }

    /// The sorted hashes of a branch's effective added lines by path, and how many there are in all.
    fn effective_lines(&self, branch: &Branch) -> Option<(BTreeMap<usize, Vec<u64>>, u64)> {
        let whole = self.patches.tree(branch.whole?)?;
        let mut lines: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        let mut total = 0;
        for file in &whole.files {
            let text = self.patches.text(file)?;
            total += text.effective.len() as u64;
            if !text.effective.is_empty() {
                lines.entry(file.path).or_default().extend(&text.effective);
            }
        }
        lines.values_mut().for_each(|hashes| hashes.sort_unstable());
        Some((lines, total))
    }

    /// Mainline commits in the time window that change enough of a branch's paths to contain its lines, in order.
    fn sharing_paths(&self, branch: &Branch) -> Vec<usize> {
        let Some((lines, total)) = self.effective_lines(branch).filter(|(_, total)| *total >= MIN_LINES) else {
            return Vec::new();
        };
        let last = branch.last_commit_time.unwrap_or_default();
        let until = last.checked_add_signed(TimeDelta::days(LINES_WITHIN_DAYS)).unwrap_or(last);
        let mut shared: BTreeMap<usize, u64> = BTreeMap::new();
        for (path, hashes) in &lines {
            for &at in self.landings.by_path.get(path).into_iter().flatten() {
                if at >= branch.after_base && self.steps[at].commit.commit_time <= until {
                    *shared.entry(at).or_default() += hashes.len() as u64;
                }
            }
        }
        shared.into_iter().filter(|(_, covered)| is_enough(*covered, total)).map(|(at, _)| at).collect()
    }

    fn match_lines(&self, branch: &Branch, steps: &[usize]) -> Match {
        let (lines, total) = self.effective_lines(branch)?;
        let mut best: Option<(u64, usize)> = None;
        for &at in steps {
            let Some(patch) = self.step_trees(at).and_then(|trees| self.patches.tree(trees)) else { continue };
            let shared = patch.files.iter().map(|file| {
                let ours = lines.get(&file.path).map_or(&[][..], Vec::as_slice);
                if ours.is_empty() {
                    return 0;
                }
                let mut theirs = self.patches.text(file).map_or_else(Vec::new, |text| text.effective.clone());
                theirs.sort_unstable();
                count_shared(ours, &theirs)
            });
            let shared = shared.sum();
            if is_enough(shared, total) && best.is_none_or(|(most, _)| shared > most) {
                best = Some((shared, at));
            }
        }
        best.map(|(_, at)| (MatchedBy::Lines, at))
    }

    fn fate(&self, branch: &Branch, merged: Match, idle_since: Option<DateTime<Utc>>) -> BranchFate {
        let whole = branch.whole.and_then(|trees| self.patches.tree(trees));
        let texts: Option<Vec<_>> =
            whole.and_then(|patch| patch.files.iter().map(|file| self.patches.text(file)).collect());
        let sum =
            |size: fn(&patch::TextPatch) -> u64| texts.as_ref().map(|all| all.iter().map(|text| size(text)).sum());
        let tip = self.graph.nodes.get(&branch.tip);
        let is_young = branch.last_commit_time.zip(idle_since).is_none_or(|(last, since)| last > since);
        let fate = match (merged, self.kept(branch)) {
            (Some((by, at)), _) => Fate::Merged { by, into: self.steps[at].commit.id.clone() },
            _ if branch.incomplete || branch.base.is_some() && texts.is_none() => Fate::Unknown,
            _ if branch.base.is_none() => Fate::Unrelated,
            (None, Some(by)) => Fate::Kept { by },
            _ if is_young => Fate::InFlight,
            _ => Fate::Abandoned,
        };
        BranchFate {
            names: branch.names.clone(),
            tip: branch.tip.to_string(),
            author: tip.and_then(|node| node.authorship.as_ref()).map(|own| own.author.clone()).unwrap_or_default(),
            bot: self.is_of_bots(branch),
            last_commit_time: branch.last_commit_time,
            commits: branch.commits.len() as u64,
            added: sum(|text| text.added),
            added_effective: sum(|text| text.effective.len() as u64),
            assisted: self.assisted(branch),
            fate,
        }
    }

    /// Whether a branch is kept beside the mainline on purpose.
    fn kept(&self, branch: &Branch) -> Option<KeptBy> {
        let mut shorts = branch.names.iter().filter_map(|name| short(name, &self.remotes)).peekable();
        shorts.peek()?; // A pull request is meant to be merged.
        if let Some(tag) = branch.commits.iter().find_map(|id| self.released.get(id)) {
            return Some(KeptBy::Release(tag.clone()));
        }
        let nodes = || branch.commits.iter().filter_map(|id| self.graph.nodes.get(id));
        let landed = |id: &ObjectId| self.graph.nodes.get(id).is_some_and(|node| node.landed.is_some());
        let is_copy = |own: &graph::Authorship| own.copies.iter().any(landed);
        let copies = nodes().filter(|node| node.authorship.as_ref().is_some_and(|own| is_copy(own))).count();
        let times = || nodes().map(|node| node.commit_time);
        let is_long = times()
            .max()
            .zip(times().min())
            .is_some_and(|(last, first)| (last - first).num_days() >= maintenance::MIN_COPIES_DAYS);
        if copies >= maintenance::MIN_COPIES && is_long {
            return Some(KeptBy::Copies(copies as u64));
        }
        shorts.any(maintenance::is_name).then_some(KeptBy::Name)
    }

    /// Whether bots wrote all commits of a branch, not counting merges.
    fn is_of_bots(&self, branch: &Branch) -> bool {
        let own = branch.commits.iter().filter(|id| !self.is_merge(id));
        let mut bots = own
            .map(|id| self.graph.nodes.get(id).and_then(|node| node.authorship.as_ref()).is_some_and(|own| own.bot))
            .peekable();
        bots.peek().is_some() && bots.all(|bot| bot)
    }

    fn assisted(&self, branch: &Branch) -> Vec<Assistance> {
        let nodes = branch.commits.iter().filter_map(|id| self.graph.nodes.get(id));
        let of_commits = nodes.filter_map(|node| node.authorship.as_ref()).flat_map(|own| &own.assisted);
        let of_names = branch.names.iter().filter_map(|name| tool_lookup::by_branch(short(name, &self.remotes)?));
        let of_names = of_names.map(|tool| Assistance { tool, model: None, evidence: Evidence::BranchName });
        assist::one_per_tool(of_commits.cloned().chain(of_names).collect())
    }
}

/// The landing that names the pull request of which a branch is the head.
fn match_number(branch: &Branch, by_number: &HashMap<u64, Vec<usize>>) -> Match {
    let landed = |number| first_from(by_number.get(&number), branch.after_fork);
    branch.names.iter().filter_map(|name| request_number(name)).find_map(landed).map(|at| (MatchedBy::Number, at))
}

fn files(patch: &TreePatch) -> impl Iterator<Item = ChangedFile> {
    patch.files.iter().copied()
}

/// Whether a mainline commit has enough of a branch's lines to have landed it.
fn is_enough(part: u64, whole: u64) -> bool {
    part * 100 >= whole * LINES_PERCENT
}

/// How many entries two sorted lists share, counting repeats.
fn count_shared(mut ours: &[u64], mut theirs: &[u64]) -> u64 {
    let mut shared = 0;
    while let (Some(a), Some(b)) = (ours.first(), theirs.first()) {
        shared += u64::from(a == b);
        if a <= b {
            ours = &ours[1..];
        }
        if b <= a {
            theirs = &theirs[1..];
        }
    }
    shared
}

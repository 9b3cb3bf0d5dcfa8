//! The commit in which the work of each commit reached the mainline: itself, or another one.
//!
//! A commit of the mainline, or one that a merge brought, is its own. For the others look for a commit with the same added
//! lines, for the squashed pull request, for the commit that merged the branch, and for the landing that has their lines.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::commits::{Ids, interval, topic_branches};
use crate::history::History;
use crate::model::branch::Fate;
use crate::model::work::{Work, WorkCommit};

/// With fewer added lines, different commits often have the same patch.
const MIN_LINES: usize = 3;
/// With this percentage of a commit's lines in landings, it landed in them.
const LANDED: usize = 80;
/// A squash with this percentage of lines from one branch is of that branch.
const OF_BRANCH: usize = 80;
/// If it is, a commit of the branch with this percentage of its lines in it landed in it.
const PART: usize = 30;

/// Paths and added lines: the same for a commit that was picked, rebased or amended without being edited.
type Patch<'a> = (&'a [u32], &'a [(u32, u64)]);

fn patch(one: &WorkCommit) -> Option<Patch<'_>> {
    (one.lines.len() >= MIN_LINES).then_some((one.paths.as_slice(), one.lines.as_slice()))
}

/// What a repository's commits are looked up by.
pub(super) struct Repository<'a> {
    pub(super) history: &'a History,
    pub(super) work: &'a Work,
    pub(super) landing_of_pull: &'a BTreeMap<u64, u32>,
    pub(super) ids: &'a Ids<'a>,
}

impl<'a> Repository<'a> {
    fn commit(&self, index: u32) -> &'a WorkCommit {
        &self.work.commits[index as usize]
    }
}

/// The canonical commit of each.
pub(super) fn find(repo: &Repository<'_>) -> Vec<u32> {
    let mut found = by_metadata(repo);
    let landed = landed_elsewhere(repo, &found);
    for (index, into) in landed {
        found[index as usize] = into;
    }
    found
}

/// By equal patches, pull requests and merged branches.
fn by_metadata(repo: &Repository<'_>) -> Vec<u32> {
    let commits = || (0u32..).zip(&repo.work.commits);
    let on_mainline = commits().filter(|(_, one)| one.on_mainline);
    let index_of_landing: HashMap<u32, u32> =
        on_mainline.filter_map(|(index, one)| Some((one.landing?, index))).collect();
    let mut merged_tips: HashMap<&str, &str> = HashMap::new();
    for branch in repo.history.branches.iter().flatten() {
        if let Fate::Merged { into, .. } = &branch.fate {
            for name in &branch.names {
                merged_tips.insert(name.rsplit_once("heads/").map_or(name.as_str(), |(_, short)| short), into);
            }
        }
    }
    let mut by_patch: HashMap<Patch<'_>, u32> = HashMap::new();
    for (index, one) in commits().filter(|(_, one)| one.landing.is_some()) {
        if let Some(patch) = patch(one) {
            by_patch.entry(patch).or_insert(index);
        }
    }
    let squashed = |number: &u64| {
        let landing = *repo.landing_of_pull.get(number)?;
        let lands_alone = repo.history.commits[landing as usize].parents.len() == 1;
        index_of_landing.get(&landing).copied().filter(|_| lands_alone)
    };
    let of_branch = |name: &String| repo.ids.index_of(merged_tips.get(name.as_str())?);
    commits()
        .map(|(index, one)| {
            if one.landing.is_some() {
                return index;
            }
            let same = || by_patch.get(&patch(one)?).copied();
            let by_pull = || one.pull_requests.iter().find_map(squashed);
            let by_branch = || one.branches.iter().find_map(of_branch);
            same().or_else(by_pull).or_else(by_branch).unwrap_or(index)
        })
        .collect()
}

/// For each line that is not on the mainline by itself, the landed commits that add it to the same file.
struct Landed {
    /// By line and path, in order of the mainline.
    commits: HashMap<(u64, u32), Vec<u32>>,
}

impl Landed {
    fn new(repo: &Repository<'_>, open: &[u32]) -> Self {
        let wanted: HashSet<(u64, u32)> = lines_of(repo, open).collect();
        let mut commits: HashMap<(u64, u32), Vec<u32>> = HashMap::new();
        let landed = (0u32..).zip(&repo.work.commits).filter(|(_, one)| one.landing.is_some() && !one.is_merge());
        for (index, one) in landed {
            for &(path, hash) in &one.lines {
                if wanted.contains(&(hash, path)) {
                    let adding = commits.entry((hash, path)).or_default();
                    if adding.last() != Some(&index) {
                        adding.push(index);
                    }
                }
            }
        }
        Self { commits }
    }

    /// The first landed commit that adds a line to a file and was made after another commit.
    fn first_after(&self, repo: &Repository<'_>, line: (u64, u32), index: u32) -> Option<u32> {
        let (made, _) = interval(repo.commit(index));
        let adding = self.commits.get(&line)?;
        adding.iter().copied().find(|&at| repo.commit(at).commit.commit_time >= made)
    }
}

fn lines_of(repo: &Repository<'_>, commits: &[u32]) -> impl Iterator<Item = (u64, u32)> {
    commits.iter().flat_map(|&index| repo.commit(index).lines.iter().map(|&(path, hash)| (hash, path)))
}

/// Commits beside the mainline whose lines landed later: in a squash of their branch as it was then, or in several.
fn landed_elsewhere(repo: &Repository<'_>, canonical: &[u32]) -> BTreeMap<u32, u32> {
    let is_open = |index: &u32| {
        let one = repo.commit(*index);
        canonical[*index as usize] == *index && one.landing.is_none() && one.lines.len() >= MIN_LINES
    };
    let count = u32::try_from(repo.work.commits.len()).unwrap_or(u32::MAX);
    let open: Vec<u32> = (0..count).filter(is_open).collect();
    let mut found = BTreeMap::new();
    if open.is_empty() {
        return found;
    }
    let landed = Landed::new(repo, &open);
    // Of each commit: how many of its lines are in each landed commit.
    let mut parts: BTreeMap<u32, BTreeMap<u32, usize>> = BTreeMap::new();
    for &index in &open {
        let part = parts.entry(index).or_default();
        for line in lines_of(repo, &[index]) {
            if let Some(into) = landed.first_after(repo, line, index).filter(|into| may_be_of(repo, *into, index)) {
                *part.entry(into).or_default() += 1;
            }
        }
    }
    let squashes = squashes(repo, &parts);
    for (index, part) in parts {
        let of = repo.commit(index).lines.len();
        let most = part.iter().max_by_key(|(into, lines)| (**lines, std::cmp::Reverse(**into)));
        let Some((&into, &lines)) = most else { continue };
        let is_part = lines * 100 >= of * PART && is_of_squashed_branch(repo, &squashes, index, into);
        if part.values().sum::<usize>() * 100 >= of * LANDED || is_part {
            found.insert(index, into);
        }
    }
    found
}

/// Whether a landed commit may hold the work of another: not if both have branches, and none in common.
fn may_be_of(repo: &Repository<'_>, into: u32, index: u32) -> bool {
    let known = |at: u32| topic_branches(repo.history, repo.commit(at));
    known(into).next().is_none()
        || known(index).next().is_none()
        || known(into).any(|name| known(index).any(|own| own == name))
}

/// Which branches each squash consists of, by the lines that their commits share with it.
fn squashes<'a>(repo: &Repository<'a>, parts: &BTreeMap<u32, BTreeMap<u32, usize>>) -> HashMap<u32, HashSet<&'a str>> {
    let mut shared: BTreeMap<(u32, &str), HashSet<(u64, u32)>> = BTreeMap::new();
    for (&index, part) in parts {
        for &into in part.keys().filter(|into| repo.commit(**into).on_mainline) {
            for branch in &repo.commit(index).branches {
                shared.entry((into, branch)).or_default().extend(lines_of(repo, &[index]));
            }
        }
    }
    let mut found: HashMap<u32, HashSet<&str>> = HashMap::new();
    for ((into, branch), lines) in shared {
        let of = repo.commit(into).lines.len();
        let common = lines_of(repo, &[into]).filter(|line| lines.contains(line)).count();
        if of >= MIN_LINES && common * 100 >= of * OF_BRANCH {
            found.entry(into).or_default().insert(branch);
        }
    }
    found
}

fn is_of_squashed_branch(repo: &Repository<'_>, squashes: &HashMap<u32, HashSet<&str>>, index: u32, into: u32) -> bool {
    let Some(branches) = squashes.get(&into) else { return false };
    repo.commit(index).branches.iter().any(|name| branches.contains(name.as_str()))
}

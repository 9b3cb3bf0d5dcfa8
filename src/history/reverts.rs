//! What landings say that they take back → the earlier landings that they mean.
//!
//! A landing takes back what its own message names and what the commits that it merged name: GitHub's Revert button puts the
//! words into a commit of a pull request. Names are resolved among the commits that landed before.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::contributions::Contributions;
use super::graph::Graph;
use super::index::index;
use super::landed;
use super::mainline::MainlineStep;
use super::revert_names::{self, RevertName, Target, subject_hash};

/// A landing that a later one reverts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reverted {
    /// Its index.
    pub(super) landing: u32,
    /// Whether all of it is reverted rather than a part.
    pub(super) whole: bool,
}

/// What the landings take back, by the index of the one that does.
#[derive(Debug, Default)]
pub(super) struct Reverts {
    by_landing: HashMap<u32, Vec<Reverted>>,
}

impl Reverts {
    /// Finds what landings from `from` on take back.
    pub(super) fn new(steps: &[MainlineStep], graph: &Graph, contributions: &Contributions, from: usize) -> Self {
        let named: Vec<(u32, Names<'_>)> = (from..steps.len())
            .map(|at| (index(at), Names::of(&steps[at], graph, contributions.merged_by(at))))
            .filter(|(_, names)| !names.is_empty())
            .collect();
        if named.is_empty() {
            return Self::default();
        }
        let candidates = Candidates::new(named.iter().map(|(_, names)| names), steps, contributions);
        let resolved = named.iter().map(|(at, names)| (*at, candidates.reverted_by(*at, names, contributions)));
        Self { by_landing: resolved.filter(|(_, reverted)| !reverted.is_empty()).collect() }
    }

    /// The earlier landings that a landing says it takes back.
    pub(super) fn named_by(&self, landing: u32) -> &[Reverted] {
        self.by_landing.get(&landing).map_or(&[], Vec::as_slice)
    }
}

/// The earlier landings that a landing takes back: those that it names, and the one that it undoes exactly.
pub(super) fn taken_back(named: &[Reverted], exactly_undone: Option<u32>) -> Vec<Reverted> {
    let exact = exactly_undone.map(|landing| Reverted { landing, whole: true });
    without_repeats(named.iter().copied().chain(exact).collect())
}

/// A landing that is named both in whole and in part is reverted in whole.
fn without_repeats(mut all: Vec<Reverted>) -> Vec<Reverted> {
    all.sort_by_key(|reverted| (reverted.landing, !reverted.whole));
    all.dedup_by_key(|reverted| reverted.landing);
    all
}

/// What the messages of a landing name.
struct Names<'a> {
    /// By message: the landing's own first, then those of the commits that it merged.
    messages: Vec<&'a [RevertName]>,
    /// What its branch's name says, which counts if the messages name nothing that is known.
    by_branch: Option<Target>,
}

impl<'a> Names<'a> {
    fn of(step: &'a MainlineStep, graph: &'a Graph, merged: &[gix::ObjectId]) -> Self {
        let merged = merged.iter().filter_map(|id| graph.nodes.get(id)?.authorship.as_deref());
        let merged = merged.map(|own| own.reverts.as_slice());
        let messages = std::iter::once(step.reverts.as_slice()).chain(merged).filter(|names| !names.is_empty());
        let by_branch = step.commit.merged_branch.as_deref().and_then(revert_names::of_branch);
        Self { messages: messages.collect(), by_branch }
    }

    fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.by_branch.is_none()
    }

    fn targets(&self) -> impl Iterator<Item = &Target> {
        self.messages.iter().copied().flatten().map(|name| &name.target).chain(&self.by_branch)
    }
}

/// The commits that some message may mean, by what it calls them; each list is in the order of the contributions.
#[derive(Default)]
struct Candidates {
    by_id: HashMap<String, Vec<u32>>,
    by_number: HashMap<u64, Vec<u32>>,
    by_subject: HashMap<u64, Vec<u32>>,
}

impl Candidates {
    fn new<'a>(
        named: impl Iterator<Item = &'a Names<'a>>,
        steps: &[MainlineStep],
        contributions: &Contributions,
    ) -> Self {
        let mut found = Self::default();
        for target in named.flat_map(Names::targets) {
            match target {
                Target::Id(id) => {
                    found.by_id.entry(id.clone()).or_default();
                }
                Target::PullRequest(number) => {
                    found.by_number.entry(*number).or_default();
                }
                Target::Subject(subject) => {
                    for spelling in spellings(subject) {
                        found.by_subject.entry(subject_hash(spelling)).or_default();
                    }
                    found.by_number.extend(landed::parse(subject, &[]).number.map(|number| (number, Vec::new())));
                }
            }
        }
        let lengths: BTreeSet<usize> = found.by_id.keys().map(String::len).collect();
        for (at, contribution) in contributions.all.iter().enumerate() {
            for &length in &lengths {
                let list = contribution.id.get(..length).and_then(|start| found.by_id.get_mut(start));
                list.into_iter().for_each(|list| list.push(index(at)));
            }
            let mut add = |hash: u64| {
                if let Some(list) = found.by_subject.get_mut(&hash).filter(|list| list.last() != Some(&index(at))) {
                    list.push(index(at));
                }
            };
            let Some(step) = steps.get(at) else {
                add(contributions.subject(at));
                continue;
            };
            spellings(&step.commit.subject).for_each(|spelling| add(subject_hash(spelling)));
            step.commit.title.iter().for_each(|title| add(subject_hash(title)));
            let number = step.commit.pull_request.and_then(|number| found.by_number.get_mut(&number));
            number.into_iter().for_each(|list| list.push(index(at)));
        }
        found
    }

    /// What a landing takes back.
    fn reverted_by(&self, landing: u32, names: &Names<'_>, contributions: &Contributions) -> Vec<Reverted> {
        let mut reverted = Vec::new();
        let mut parts: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let mut add = |commit: u32, partly: bool| {
            let landed = contributions.all[commit as usize].landing;
            reverted.push(Reverted { landing: landed, whole: commit == landed && !partly });
            if commit != landed && !partly {
                parts.entry(landed).or_default().insert(commit);
            }
        };
        for message in &names.messages {
            let is_subject = |name: &&RevertName| matches!(name.target, Target::Subject(_));
            let by_reference = message.iter().filter(|name| !is_subject(name));
            let mut known = 0;
            for name in by_reference {
                if let Some(commit) = self.find(&name.target, landing, contributions) {
                    add(commit, name.partly);
                    known += 1;
                }
            }
            // The same commit under another name: a squash or a rebase gave it another id.
            for name in message.iter().filter(is_subject).filter(|_| known == 0) {
                let commit = self.find(&name.target, landing, contributions);
                commit.into_iter().for_each(|commit| add(commit, name.partly));
            }
        }
        if reverted.is_empty() {
            let commit = names.by_branch.as_ref().and_then(|target| self.find(target, landing, contributions));
            reverted.extend(
                commit.map(|commit| Reverted { landing: contributions.all[commit as usize].landing, whole: true }),
            );
        }
        for (landed, commits) in parts {
            let whole = contributions.written_by(landed as usize).all(|commit| commits.contains(&commit));
            reverted.push(Reverted { landing: landed, whole });
        }
        without_repeats(reverted)
    }

    /// The last commit before a landing that a name may mean; an id that several begin with means none.
    fn find(&self, target: &Target, landing: u32, contributions: &Contributions) -> Option<u32> {
        let before = |commit: &&u32| contributions.all[**commit as usize].landing < landing;
        let last = |list: &Vec<u32>| {
            list.iter()
                .filter(before)
                .max_by_key(|&&commit| (contributions.all[commit as usize].landing, commit))
                .copied()
        };
        match target {
            Target::Id(id) => self.by_id.get(id).filter(|list| list.len() == 1).and_then(last),
            Target::PullRequest(number) => self.by_number.get(number).and_then(last),
            Target::Subject(subject) => {
                let by_text =
                    || spellings(subject).find_map(|text| self.by_subject.get(&subject_hash(text)).and_then(last));
                let by_number = || self.by_number.get(&landed::parse(subject, &[]).number?).and_then(last);
                by_text().or_else(by_number)
            }
        }
    }
}

/// A subject, and the same without the number of a pull request at its end.
fn spellings(subject: &str) -> impl Iterator<Item = &str> {
    std::iter::once(subject).chain(landed::at_end(subject).map(|(title, _)| title))
}

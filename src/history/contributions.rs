//! The commits behind the lines of the mainline: its own, and those that merges brought.

use std::collections::HashMap;

use gix::{ObjectId, hashtable};

use super::assist::one_per_tool;
use super::graph::{Graph, Node};
use super::imports;
use super::index::index;
use super::mainline::MainlineStep;
use crate::model::assist::{Assistance, Evidence};
use crate::model::contribution::Contribution;

/// The lines of up to this many merged commits are all followed; of more, only where it matters who wrote a line.
pub(super) const MAX_FOLLOWED: usize = 20_000;

/// The commits behind all landings: those of the mainline first, in order, then the merged ones.
pub(super) struct Contributions {
    pub(super) all: Vec<Contribution>,
    ids: hashtable::HashMap<ObjectId, u32>,
    /// By landing, for merges: the commits that it merged, by commit time.
    merged: HashMap<usize, Vec<ObjectId>>,
    /// By contribution that is not of the mainline, in order.
    merged_commits: Vec<MergedCommit>,
    /// By landing: the folders into which it or a commit that it merged imported another repository.
    imports: HashMap<usize, Vec<String>>,
    /// Whether the lines of every path are followed through its merged commits, or only where these differ in author or
    /// assistance.
    pub(super) follows_all: bool,
}

impl Contributions {
    /// The commits of the mainline and those merged at `from` or later.
    pub(super) fn new(steps: &[MainlineStep], graph: &Graph, from: usize, follow_all: bool) -> Self {
        let mut merged: Vec<(usize, &ObjectId, &Node)> = graph
            .nodes
            .iter()
            .filter(|(_, node)| !node.on_mainline)
            .filter_map(|(id, node)| node.landed.filter(|at| *at >= from).map(|at| (at, id, node)))
            .collect();
        merged.sort_by_key(|(at, id, node)| (*at, node.commit_time, **id));
        let follows_all = follow_all || merged.len() <= MAX_FOLLOWED;
        let mut contributions = Self {
            all: Vec::new(),
            ids: hashtable::HashMap::default(),
            merged: HashMap::new(),
            merged_commits: Vec::with_capacity(merged.len()),
            imports: HashMap::new(),
            follows_all,
        };
        for (at, step) in steps.iter().enumerate() {
            let commit = &step.commit;
            if let Some(folder) = imports::imported_folder(&commit.subject, &commit.trailers) {
                contributions.imports.entry(at).or_default().push(folder.to_owned());
            }
            contributions.ids.insert(step.id, index(at));
            contributions.all.push(Contribution {
                id: commit.id.clone(),
                landing: index(at),
                author: commit.author.clone(),
                commit_time: commit.commit_time,
                bot: commit.bot,
                assisted: commit.assisted.clone(),
            });
        }
        for (at, id, node) in merged {
            let authorship = node.authorship.as_ref();
            if let Some(folder) = authorship.and_then(|own| own.imported.as_ref()) {
                contributions.imports.entry(at).or_default().push(folder.clone());
            }
            contributions.ids.insert(*id, index(contributions.all.len()));
            contributions.merged.entry(at).or_default().push(*id);
            contributions.merged_commits.push(MergedCommit {
                subject: authorship.map_or(0, |own| own.subject),
                is_merge: node.parents.len() > 1,
            });
            contributions.all.push(Contribution {
                id: id.to_string(),
                landing: index(at),
                author: authorship.map(|own| own.author.clone()).unwrap_or_default(),
                commit_time: node.commit_time,
                bot: authorship.is_some_and(|own| own.bot),
                assisted: assisted_or_by_branch(
                    authorship.map_or(&[], |own| &own.assisted),
                    &steps[at].commit.assisted,
                ),
            });
        }
        contributions.judge_merges();
        contributions
    }

    /// A merge has no lines of its own, so the account that pressed the button does not make it automation: it is that if
    /// all commits that it merged are.
    fn judge_merges(&mut self) {
        let merges: Vec<usize> = self.merged.keys().copied().collect();
        for landing in merges {
            let own: Vec<bool> = self.written_by(landing).map(|commit| self.all[commit as usize].bot).collect();
            if !own.is_empty() {
                self.all[landing].bot = own.into_iter().all(|bot| bot);
            }
        }
    }

    /// The hash of the subject of a contribution that is not of the mainline; 0 if it is not known.
    pub(super) fn subject(&self, at: usize) -> u64 {
        let landings = self.all.len() - self.merged_commits.len();
        at.checked_sub(landings).and_then(|at| self.merged_commits.get(at)).map_or(0, |own| own.subject)
    }

    /// The commits that a landing merged and that are not merges themselves, by index.
    pub(super) fn written_by(&self, landing: usize) -> impl Iterator<Item = u32> {
        let landings = self.all.len() - self.merged_commits.len();
        let merged = self.merged_by(landing).iter().filter_map(|id| self.index_of(id));
        merged.filter(move |at| !self.merged_commits[*at as usize - landings].is_merge)
    }

    /// By index: whether a commit is automation.
    pub(super) fn automated(&self) -> Vec<bool> {
        self.all.iter().map(|commit| commit.bot).collect()
    }

    /// The index of a commit.
    pub(super) fn index_of(&self, id: &ObjectId) -> Option<u32> {
        self.ids.get(id).copied()
    }

    /// The commits that a landing merged.
    pub(super) fn merged_by(&self, landing: usize) -> &[ObjectId] {
        self.merged.get(&landing).map_or(&[], Vec::as_slice)
    }

    /// The folders into which a landing imported another repository.
    pub(super) fn imports(&self, landing: usize) -> &[String] {
        self.imports.get(&landing).map_or(&[], Vec::as_slice)
    }

    /// Whether two commits have the same author and the same assistance.
    pub(super) fn alike(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.all[a as usize], &self.all[b as usize]);
        let tools = |one: &Contribution| one.assisted.iter().map(|assistance| assistance.tool).collect::<Vec<_>>();
        a.author.has_email_of(&b.author) && a.bot == b.bot && tools(a) == tools(b)
    }

    /// The last of some commits if all have the same author and the same assistance.
    pub(super) fn last_if_all_alike(&self, commits: &[ObjectId]) -> Option<u32> {
        let mut authors = commits.iter().filter_map(|id| self.index_of(id));
        let last = authors.next_back()?;
        authors.all(|author| self.alike(author, last)).then_some(last)
    }

    /// The tools that assisted the commits of a landing, the landing's own message included.
    pub(super) fn assisted(&self, landing: usize) -> Vec<Assistance> {
        let own = self.all.get(landing).into_iter();
        let merged = self.merged_by(landing).iter().filter_map(|id| self.all.get(self.index_of(id)? as usize));
        let mut all: Vec<Assistance> = own.chain(merged).flat_map(|one| one.assisted.iter().cloned()).collect();
        // The name of a merged branch is only a hint; markers of its commits are better evidence.
        if all.iter().any(|one| one.evidence != Evidence::BranchName) {
            all.retain(|one| one.evidence != Evidence::BranchName);
        }
        one_per_tool(all)
    }
}

/// A commit that a landing merged.
struct MergedCommit {
    /// The hash of its subject.
    subject: u64,
    is_merge: bool,
}

/// The markers of a merged commit; if it has none, those of the merged branch's name.
fn assisted_or_by_branch(own: &[Assistance], of_landing: &[Assistance]) -> Vec<Assistance> {
    if !own.is_empty() {
        return own.to_vec();
    }
    of_landing.iter().filter(|one| one.evidence == Evidence::BranchName).cloned().collect()
}

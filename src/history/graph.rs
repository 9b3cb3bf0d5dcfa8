//! The commits of the mainline and of all branches, each with the landing that brought it to the mainline.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use gix::{ObjectId, hashtable};

use super::mainline::{CommitMetadata, MainlineStep};
use super::message;
use super::objects::Objects;
use super::people::People;
use super::revert_names::{RevertName, subject_hash};
use crate::diagnostics::Diagnostics;
use crate::error::Result;
use crate::model::assist::Assistance;
use crate::model::commit::Identity;

/// One commit.
pub(super) struct Node {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    pub(super) commit_time: DateTime<Utc>,
    /// Index of the first mainline commit that it is reachable from.
    pub(super) landed: Option<usize>,
    /// Whether it is that mainline commit itself.
    pub(super) on_mainline: bool,
    /// Who wrote it; `None` for commits of the mainline, and for merged ones where nobody asked.
    pub(super) authorship: Option<Box<Authorship>>,
}

/// Who wrote a commit that is not on the mainline.
pub(super) struct Authorship {
    pub(super) author: Identity,
    pub(super) bot: bool,
    pub(super) assisted: Vec<Assistance>,
    /// The commits that its message names as its originals.
    pub(super) copies: HashSet<ObjectId>,
    /// What its message says that it takes back.
    pub(super) reverts: Vec<RevertName>,
    /// The hash of its subject.
    pub(super) subject: u64,
    /// The folder into which it imported another repository.
    pub(super) imported: Option<String>,
}

/// The commits that a tip has and the mainline does not.
#[derive(Default)]
pub(super) struct Unmerged {
    /// Children before their parents.
    pub(super) commits: Vec<ObjectId>,
    /// The commits of the mainline, merged ones included, that they build on.
    pub(super) bounds: BTreeSet<ObjectId>,
    /// Whether the clone lacks a commit below the tip.
    pub(super) incomplete: bool,
}

/// All commits that could be read.
pub(super) struct Graph {
    pub(super) nodes: hashtable::HashMap<ObjectId, Node>,
    cut: HashSet<ObjectId>,
}

impl Graph {
    /// Reads everything reachable from the mainline.
    ///
    /// Of commits that landed at `described` or later, it also reads who wrote them.
    ///
    /// # Errors
    /// Fails when a commit is missing that no shallow boundary explains, or is corrupt.
    pub(super) fn of_mainline(
        objects: &Objects,
        steps: &[MainlineStep],
        described: usize,
        people: &mut People,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self> {
        let repository = &objects.repository;
        let boundary = repository.shallow_commits().map_err(|cause| objects.store.unreadable("shallow", &cause))?;
        let cut = boundary.iter().flat_map(|commits| commits.iter().copied()).collect();
        let mut graph =
            Self { nodes: hashtable::HashMap::with_capacity_and_hasher(steps.len(), Default::default()), cut };
        let mut reader = CommitReader { objects, people, diagnostics };
        for (at, step) in steps.iter().enumerate() {
            // The walk along first parents already read and checked it.
            let node = Node {
                tree: step.tree,
                parents: if step.cut { Vec::new() } else { step.parents.clone() },
                commit_time: step.commit.commit_time,
                landed: Some(at),
                on_mainline: true,
                authorship: None,
            };
            let merged: Vec<ObjectId> = node.parents.iter().skip(1).copied().collect();
            graph.nodes.insert(step.id, node);
            for parent in merged {
                graph.add_reachable(parent, |id| reader.read(id, Some(at), at >= described))?;
            }
        }
        Ok(graph)
    }

    /// Reads everything else reachable from the tips.
    ///
    /// A commit that cannot be read is left out of the graph.
    pub(super) fn add_tips(
        &mut self,
        objects: &Objects,
        tips: impl Iterator<Item = ObjectId>,
        diagnostics: &mut Diagnostics,
    ) {
        let mut reader = CommitReader { objects, people: &mut People::new(&objects.repository), diagnostics };
        for tip in tips {
            // Never fails: unreadable commits are left out.
            let _ = self.add_reachable(tip, |id| Ok(reader.read(id, None, true).unwrap_or_default()));
        }
    }

    /// How many commits the mainline reaches.
    pub(super) fn count_landed(&self) -> u64 {
        self.nodes.values().filter(|node| node.landed.is_some()).count() as u64
    }

    fn add_reachable(&mut self, from: ObjectId, mut read: impl FnMut(ObjectId) -> Result<Option<Node>>) -> Result<()> {
        let mut stack = vec![from];
        while let Some(id) = stack.pop() {
            if self.nodes.contains_key(&id) {
                continue;
            }
            let Some(mut node) = read(id)? else { continue };
            if self.cut.contains(&id) {
                node.parents.clear();
            }
            stack.extend(node.parents.iter().rev());
            self.nodes.insert(id, node);
        }
        Ok(())
    }

    /// The commits that a tip has and the mainline does not.
    pub(super) fn unmerged(&self, tip: ObjectId) -> Unmerged {
        let mut found = Unmerged::default();
        let mut seen = HashSet::from([tip]);
        let mut stack = vec![tip];
        while let Some(id) = stack.pop() {
            match self.nodes.get(&id) {
                None => found.incomplete = true,
                Some(node) if node.landed.is_some() => {
                    found.bounds.insert(id);
                }
                Some(node) => {
                    found.commits.push(id);
                    found.incomplete |= self.cut.contains(&id);
                    stack.extend(node.parents.iter().rev().filter(|parent| seen.insert(**parent)));
                }
            }
        }
        found
    }
}

struct CommitReader<'a> {
    objects: &'a Objects,
    people: &'a mut People,
    diagnostics: &'a mut Diagnostics,
}

impl CommitReader<'_> {
    fn read(&mut self, id: ObjectId, landed: Option<usize>, describe: bool) -> Result<Option<Node>> {
        let data = self.objects.read_commit(id)?;
        let parsed = self.objects.parse_commit(id, &data)?;
        let (commit_time, authorship) = if describe {
            let metadata = CommitMetadata::new(id, &parsed, self.people, self.diagnostics);
            let imported = metadata.imported_folder().map(str::to_owned);
            let CommitMetadata { author, commit_time, assisted, message, .. } = metadata;
            let authorship = Authorship {
                author: author.identity.clone(),
                bot: author.account.is_bot(&assisted),
                assisted,
                copies: message::copied(parsed.message),
                subject: subject_hash(&message.subject),
                reverts: message.reverts,
                imported,
            };
            (Some(commit_time), Some(Box::new(authorship)))
        } else {
            (parsed.commit_time(), None)
        };
        Ok(Some(Node {
            tree: parsed.tree,
            parents: parsed.parents,
            commit_time: commit_time.unwrap_or(DateTime::UNIX_EPOCH),
            landed,
            on_mainline: false,
            authorship,
        }))
    }
}

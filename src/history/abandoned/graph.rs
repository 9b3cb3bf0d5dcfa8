//! The commits of the mainline and of all branches, each with the landing that brought it to the mainline.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use gix::ObjectId;

use crate::diagnostics::Diagnostics;
use crate::error::Result;
use crate::history::mainline::{self, Step};
use crate::history::objects::Objects;
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
    /// Read for commits that are not on the mainline only.
    pub(super) author: Identity,
    pub(super) assisted: Vec<Assistance>,
}

/// The commits that a tip has and the mainline does not.
#[derive(Default)]
pub(super) struct Unmerged {
    /// Newest first, as far as parents tell.
    pub(super) commits: Vec<ObjectId>,
    /// The mainline's commits, merged ones included, that they stand on.
    pub(super) bounds: BTreeSet<ObjectId>,
    /// Whether a commit below the tip is not in this clone.
    pub(super) incomplete: bool,
}

/// All commits that could be read.
pub(super) struct Graph {
    pub(super) nodes: HashMap<ObjectId, Node>,
    cut: HashSet<ObjectId>,
}

impl Graph {
    /// Reads everything reachable from the mainline, then everything else reachable from the tips.
    ///
    /// A commit that cannot be read is left out; who needs it finds it missing.
    pub(super) fn load(
        objects: &Objects,
        steps: &[Step],
        tips: impl Iterator<Item = ObjectId>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self> {
        let repository = &objects.repository;
        let boundary = repository.shallow_commits().map_err(|cause| objects.store.unreadable("shallow", &cause))?;
        let cut = boundary.iter().flat_map(|commits| commits.iter().copied()).collect();
        let mut graph = Self { nodes: HashMap::new(), cut };
        let mailmap = repository.open_mailmap();
        let mut reader = Reader { objects, mailmap, diagnostics, data: Vec::new() };
        for (at, step) in steps.iter().enumerate() {
            let id = ObjectId::from_hex(step.commit.id.as_bytes());
            let id = id.map_err(|cause| objects.store.unreadable(&step.commit.id, &cause))?;
            graph.reach(&mut reader, id, Some(at));
            if let Some(node) = graph.nodes.get_mut(&id) {
                node.on_mainline = true;
            }
        }
        for tip in tips {
            graph.reach(&mut reader, tip, None);
        }
        Ok(graph)
    }

    fn reach(&mut self, reader: &mut Reader<'_>, from: ObjectId, landed: Option<usize>) {
        let mut stack = vec![from];
        while let Some(id) = stack.pop() {
            if self.nodes.contains_key(&id) {
                continue;
            }
            let Some(mut node) = reader.read(id, landed) else { continue };
            if self.cut.contains(&id) {
                node.parents.clear();
            }
            stack.extend(node.parents.iter().rev());
            self.nodes.insert(id, node);
        }
    }

    /// What a tip has beyond the mainline.
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

struct Reader<'a> {
    objects: &'a Objects,
    mailmap: gix::mailmap::Snapshot,
    diagnostics: &'a mut Diagnostics,
    data: Vec<u8>,
}

impl Reader<'_> {
    fn read(&mut self, id: ObjectId, landed: Option<usize>) -> Option<Node> {
        let kind = self.objects.read_into(id, &mut self.data).ok()?;
        if kind != gix::objs::Kind::Commit {
            return None;
        }
        let parsed = gix::objs::CommitRef::from_bytes(&self.data, id.kind()).ok()?;
        let mut node = Node {
            tree: parsed.tree(),
            parents: parsed.parents().collect(),
            commit_time: parsed.committer().ok().and_then(mainline::instant).unwrap_or(DateTime::UNIX_EPOCH),
            landed,
            on_mainline: false,
            author: Identity::default(),
            assisted: Vec::new(),
        };
        if landed.is_none() {
            let commit = mainline::describe(id, &parsed, &self.mailmap, self.diagnostics);
            (node.author, node.assisted) = (commit.author, commit.assisted);
        }
        Some(node)
    }
}

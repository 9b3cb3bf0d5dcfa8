//! What the kinds of evidence look at: sessions as facts, and one repository's commits with their indexes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::meeting::{self, Meeting};
use super::people::People;
use crate::history::History;
use crate::model::activity::{Event, What};
use crate::model::branch::Fate;
use crate::model::link::Tier;
use crate::model::name::{Name, Names};
use crate::model::work::{Work, WorkCommit};

/// How long before a commit an edit may have been made that it holds.
pub(super) const EDITED_WITHIN: TimeDelta = TimeDelta::days(21);
/// How far clocks of one machine and its commits may stand apart.
pub(super) const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(15);

/// Fewer added lines are too easily alike to tell a commit from another.
const FEW_LINES: usize = 3;

/// Paths and added lines: the same for a commit that was picked, rebased or amended without being edited.
type Patch<'a> = (&'a [u32], &'a [(u32, u64)]);

fn patch(one: &WorkCommit) -> Option<Patch<'_>> {
    (one.lines.len() >= FEW_LINES).then_some((one.paths.as_slice(), one.lines.as_slice()))
}

/// One edit of a session.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub(super) at: DateTime<Utc>,
    pub(super) path: Name,
    /// Hashes of the added lines.
    pub(super) added: Vec<u64>,
}

/// What one session did, in order of time.
#[derive(Debug, Clone, Default)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) parent: Option<Name>,
    pub(super) first: DateTime<Utc>,
    pub(super) last: DateTime<Utc>,
    pub(super) edits: Vec<Edit>,
    /// Hashes that commit commands printed.
    pub(super) printed: Vec<(DateTime<Utc>, Name)>,
    pub(super) pulls: Vec<(DateTime<Utc>, u64, Option<Name>)>,
    /// Branch changes: from when on, which.
    pub(super) branches: Vec<(DateTime<Utc>, Name)>,
    /// Compactions and clears.
    pub(super) breaks: Vec<DateTime<Utc>>,
    /// Instants of its requests and edits.
    pub(super) alive: Vec<DateTime<Utc>>,
    /// A record of it sums an hour or more: its times tell nothing.
    pub(super) coarse: bool,
    /// What its requests are tagged with.
    pub(super) tags: Vec<(DateTime<Utc>, Name)>,
    /// Who used it, as a record spells it.
    pub(super) user: Option<Name>,
    /// Working directories.
    pub(super) folders: HashSet<Name>,
    /// Indexes of its records.
    pub(super) records: Vec<usize>,
}

impl Session {
    /// Adds what an event tells.
    pub(super) fn take(&mut self, event: &Event) {
        self.first = if self.is_new() { event.at } else { self.first.min(event.at) };
        self.last = self.last.max(event.at);
        self.folders.extend(event.cwd);
        self.on_branch(event.at, event.branch);
        match &event.what {
            What::Edit { path, added, .. } => self.edits.push(Edit { at: event.at, path: *path, added: added.clone() }),
            What::Commit { sha } => self.printed.push((event.at, *sha)),
            What::PullRequest { number, repository } => self.pulls.push((event.at, *number, *repository)),
            What::Compaction => self.breaks.push(event.at),
            What::Prompt { .. } | What::Tool { .. } | What::Result { .. } => {}
        }
    }

    fn is_new(&self) -> bool {
        self.first == DateTime::<Utc>::default()
    }

    /// Notes a sign of life.
    pub(super) fn seen(&mut self, at: DateTime<Utc>) {
        self.first = if self.is_new() { at } else { self.first.min(at) };
        self.last = self.last.max(at);
    }

    /// Notes the branch that was checked out.
    pub(super) fn on_branch(&mut self, at: DateTime<Utc>, branch: Option<Name>) {
        self.branches.extend(branch.map(|branch| (at, branch)));
    }

    /// Brings everything into the order of time, and keeps only the changes of branches.
    pub(super) fn settle(&mut self) {
        self.edits.sort_by_key(|edit| edit.at);
        self.printed.sort_by_key(|printed| printed.0);
        self.printed.dedup_by_key(|printed| printed.1);
        self.pulls.sort_by_key(|pull| (pull.0, pull.1));
        self.branches.sort_by_key(|branch| branch.0);
        self.branches.dedup_by_key(|(_, branch)| *branch);
        self.breaks.sort();
        self.alive.extend(self.edits.iter().map(|edit| edit.at));
        self.alive.sort();
    }

    /// The branch checked out at an instant.
    pub(super) fn branch_at(&self, at: DateTime<Utc>) -> Option<Name> {
        let after = self.branches.partition_point(|(from, _)| *from <= at);
        self.branches.get(after.saturating_sub(1)).map(|(_, branch)| *branch)
    }
}

/// Something that a session may have paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    /// A commit of the repository, by its index; always the canonical one.
    Commit(u32),
    /// A landing as a whole, by its index in the history.
    Landing(u32),
    /// A branch that did not land, by its index in [`Case::branch_names`].
    Branch(u32),
}

/// A session and a target with evidence between them.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) session: usize,
    pub(super) target: Target,
    pub(super) tier: Tier,
    pub(super) rule: &'static str,
    /// When the session did what ties it, with the weight of each act. Never empty.
    pub(super) acts: Vec<(DateTime<Utc>, u64)>,
}

/// One repository, ready to be asked.
pub(super) struct Case<'a> {
    pub(super) names: &'a Names,
    pub(super) history: &'a History,
    pub(super) work: &'a Work,
    pub(super) sessions: &'a [Session],
    /// Indexes of the sessions that worked in this repository.
    pub(super) here: Vec<usize>,
    /// The commit that stands for each: itself, or the one under which its work landed.
    pub(super) canonical: Vec<u32>,
    /// Indexes of commits by id, sorted.
    by_id: Vec<(&'a str, u32)>,
    /// Added lines with their canonical commits, sorted, each pair once.
    by_line: Vec<(u64, u32)>,
    /// Commits by branch name, canonical or not, by time.
    pub(super) by_branch: BTreeMap<&'a str, Vec<u32>>,
    /// The landing of a pull request.
    pub(super) landing_of_pull: BTreeMap<u64, u32>,
    /// Names of branches with commits that did not land, sorted.
    pub(super) branch_names: Vec<&'a str>,
    /// Sessions by id.
    pub(super) by_session: HashMap<&'a str, usize>,
    /// Where sessions and commits touch.
    pub(super) meetings: Vec<Meeting>,
    people: Option<People<'a>>,
    /// Path of the repository for a path of a log.
    paths: HashMap<&'a str, u32>,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        names: &'a Names,
        history: &'a History,
        work: &'a Work,
        sessions: &'a [Session],
        here: Vec<usize>,
    ) -> Self {
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut landing_of_pull = BTreeMap::new();
        for (index, commit) in history.commits.iter().enumerate() {
            if let Some(number) = commit.pull_request {
                landing_of_pull.entry(number).or_insert(at(index));
            }
        }
        let mut by_id: Vec<(&str, u32)> =
            work.commits.iter().enumerate().map(|(index, one)| (one.commit.id.as_str(), at(index))).collect();
        by_id.sort_unstable();
        let paths = work.paths.iter().enumerate().map(|(index, path)| (path.as_str(), at(index))).collect();
        let by_session = here.iter().map(|&index| (sessions[index].id.as_str(), index)).collect();
        let mut case = Self {
            names,
            history,
            work,
            sessions,
            here,
            canonical: Vec::new(),
            by_id,
            by_line: Vec::new(),
            by_branch: BTreeMap::new(),
            landing_of_pull,
            branch_names: Vec::new(),
            by_session,
            meetings: Vec::new(),
            people: None,
            paths,
        };
        case.canonical = case.canonise();
        case.index();
        let meetings = meeting::all(&case);
        case.people = Some(People::learn(&case, &meetings));
        case.meetings = meetings;
        case
    }

    /// Finds the commit under which each one's work reached the mainline.
    ///
    /// A commit of the mainline, or one that a merge brought, stands for itself. Another one is found by the pull
    /// request that was squashed, by what became of its branch, and by having the same added lines.
    fn canonise(&self) -> Vec<u32> {
        let index_of_landing: HashMap<u32, u32> = (0u32..)
            .zip(&self.work.commits)
            .filter(|(_, one)| one.on_mainline)
            .filter_map(|(index, one)| Some((one.landing?, index)))
            .collect();
        let mut merged_tips: HashMap<&str, &str> = HashMap::new();
        for branch in self.history.branches.iter().flatten() {
            if let Fate::Merged { into, .. } = &branch.fate {
                for name in &branch.names {
                    merged_tips.insert(name.rsplit_once("heads/").map_or(name.as_str(), |(_, short)| short), into);
                }
            }
        }
        let mut by_patch: HashMap<Patch<'_>, u32> = HashMap::new();
        for (index, one) in (0u32..).zip(&self.work.commits).filter(|(_, one)| one.landing.is_some()) {
            if let Some(patch) = patch(one) {
                by_patch.entry(patch).or_insert(index);
            }
        }
        let squashed = |number: &u64| {
            let landing = *self.landing_of_pull.get(number)?;
            let lands_alone = self.history.commits[landing as usize].parents.len() == 1;
            index_of_landing.get(&landing).copied().filter(|_| lands_alone)
        };
        let of_branch = |name: &String| self.index_of(merged_tips.get(name.as_str())?);
        (0u32..)
            .zip(&self.work.commits)
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

    fn index(&mut self) {
        for (index, one) in (0u32..).zip(&self.work.commits) {
            for name in &one.branches {
                self.by_branch.entry(name).or_default().push(index);
            }
            if !self.counts(index) {
                continue;
            }
            self.by_line.extend(one.lines.iter().map(|(_, hash)| (*hash, index)));
        }
        self.by_line.sort_unstable();
        self.by_line.dedup();
        for commits in self.by_branch.values_mut() {
            commits.sort_by_key(|&index| self.work.commits[index as usize].commit.author_time);
        }
        self.branch_names = branch_names(self.history, self.work);
    }

    /// The commits that add a line.
    pub(super) fn adding(&self, hash: u64) -> &[(u64, u32)] {
        let from = self.by_line.partition_point(|(known, _)| *known < hash);
        let length = self.by_line[from..].iter().take_while(|(known, _)| *known == hash).count();
        &self.by_line[from..from + length]
    }

    /// Every added line with the commits that add it, by line.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[(u64, u32)]> {
        self.by_line.chunk_by(|a, b| a.0 == b.0)
    }

    /// Whether a commit stands for itself and is a person's.
    pub(super) fn counts(&self, index: u32) -> bool {
        self.canonical[index as usize] == index && !self.commit(index).commit.bot
    }

    /// Whether the user of a session looks like the author of the commit that it met.
    pub(super) fn may_be_author(&self, meeting: &Meeting) -> bool {
        self.people.as_ref().is_none_or(|people| people.may_be(self, meeting.session, meeting.commit))
    }

    /// Whether something says that the user of a session is the author of a commit.
    pub(super) fn is_author(&self, session: usize, index: u32) -> bool {
        self.people.as_ref().is_some_and(|people| people.is(self, session, index))
    }

    /// The commit at an index.
    pub(super) fn commit(&self, index: u32) -> &'a WorkCommit {
        &self.work.commits[index as usize]
    }

    /// The index of a full id.
    pub(super) fn index_of(&self, id: &str) -> Option<u32> {
        self.by_id.binary_search_by(|(known, _)| (*known).cmp(id)).ok().map(|at| self.by_id[at].1)
    }

    /// The index of the only commit whose id begins so.
    pub(super) fn abbreviated(&self, prefix: &str) -> Option<u32> {
        let from = self.by_id.partition_point(|(known, _)| *known < prefix);
        let mut found = self.by_id[from..].iter().take_while(|(known, _)| known.starts_with(prefix));
        let first = found.next()?;
        found.next().is_none().then_some(first.1)
    }

    /// The target that a commit stands for.
    pub(super) fn target(&self, index: u32) -> Target {
        Target::Commit(self.canonical[index as usize])
    }

    /// A path as a log writes it → path of the repository: the longest end of it that the repository knows.
    ///
    /// One part alone is too common a name: it counts for a relative path only, or where nothing but a working
    /// directory stands before it.
    pub(super) fn path(&self, path: &str, folders: &HashSet<Name>) -> Option<u32> {
        let clean = path.trim_start_matches("./");
        if let Some(&known) = self.paths.get(clean) {
            return Some(known);
        }
        let mut rest = clean;
        while let Some(cut) = rest.find('/') {
            rest = &rest[cut + 1..];
            let Some(&known) = self.paths.get(rest) else { continue };
            let before = clean[..clean.len() - rest.len()].trim_end_matches('/');
            let is_folder = || folders.iter().any(|folder| self.names.text(*folder).trim_end_matches('/') == before);
            return (rest.contains('/') || is_folder()).then_some(known);
        }
        None
    }
}

/// Names of branches with commits that are not on the mainline, sorted.
pub(super) fn branch_names<'a>(history: &History, work: &'a Work) -> Vec<&'a str> {
    let open = work.commits.iter().filter(|one| one.landing.is_none());
    let names: BTreeSet<&str> = open.flat_map(|one| &one.branches).map(String::as_str).collect();
    names.into_iter().filter(|name| history.branch.as_deref() != Some(name)).collect()
}

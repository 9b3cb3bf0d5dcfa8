//! The third pass: replays the differences in order and describes each landing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gix::objs::tree::EntryKind;
use xxhash_rust::xxh3::xxh3_64;

use super::super::blob_diff::Difference;
use super::super::contributions::Contributions;
use super::super::exclude;
use super::super::imports;
use super::super::index::index;
use super::super::lines::replay::{Edit, Landing, LineAuthors, LineTally, Replay};
use super::super::mainline::MainlineStep;
use super::super::merged::MergeAuthors;
use super::super::paths::{PathFacts, Paths};
use super::super::reformat::{Reformat, TextChanges};
use super::super::rename::TreeChanges;
use super::super::reverts::{self, Reverted, Reverts};
use super::super::tree_diff::{Side, TreeChange};
use super::pairs::{ComparedChanges, PairedChange};
use crate::error::Result;
use crate::model::commit::FileChange;

/// What to read of a mainline.
pub(in crate::history) struct Scope<'a> {
    /// Index of the first commit whose differences are read.
    pub(in crate::history) from: usize,
    /// Whether there are files at that commit whose history is not read.
    pub(in crate::history) has_past: bool,
    /// Follow the lines of every merged commit, however many there are.
    pub(in crate::history) follow_all: bool,
    /// By commit: whether `.git-blame-ignore-revs` lists it.
    pub(in crate::history) ignored: &'a [bool],
}

/// The state after some landings.
pub(super) struct Fold<'a> {
    pub(super) replay: Replay<'a>,
    /// Commits with too many deleted and added files to look for edited renames.
    pub(super) over_rename_limit: Vec<usize>,
    /// Commits that a formatter wrote.
    pub(super) reformats: Vec<(usize, Reformat)>,
    scope: &'a Scope<'a>,
    paths: &'a Paths<'a>,
    compared: ComparedChanges<'a>,
    contributions: &'a Contributions,
    reverts: &'a Reverts,
    exact_changes: ExactChanges,
    taken_back: TakenBack,
    no_difference: &'a Difference,
}

/// A change of a landing, its difference, and why its lines are never effective.
type Described<'a> = (&'a TreeChange, &'a Difference, Option<&'static str>);

impl<'a> Fold<'a> {
    /// Before the first landing; `no_difference` is an empty one.
    pub(super) fn new(
        scope: &'a Scope<'a>,
        paths: &'a Paths<'a>,
        compared: ComparedChanges<'a>,
        contributions: &'a Contributions,
        reverts: &'a Reverts,
        no_difference: &'a Difference,
    ) -> Self {
        Self {
            replay: Replay::new(scope.has_past, contributions.automated()),
            over_rename_limit: Vec::new(),
            reformats: Vec::new(),
            scope,
            paths,
            compared,
            contributions,
            exact_changes: ExactChanges::default(),
            taken_back: TakenBack::default(),
            reverts,
            no_difference,
        }
    }

    /// Replays all landings and writes what they changed to their steps.
    ///
    /// # Errors
    /// Fails when the differences contradict each other.
    pub(super) fn all(&mut self, steps: &mut [MainlineStep], mut authors: HashMap<usize, MergeAuthors>) -> Result<()> {
        for (at, landing, paired) in self.compared.landings() {
            let of_merge = authors.remove(&at).unwrap_or_else(MergeAuthors::none);
            self.one(steps, at, (landing, paired), of_merge)?;
        }
        for (at, step) in steps.iter_mut().enumerate().skip(self.scope.from) {
            step.commit.assisted = self.contributions.assisted(at);
            step.commit.bot = self.contributions.all[at].bot;
        }
        for (reverted, by) in &self.taken_back.by {
            steps[*reverted as usize].commit.reverted_by = Some(steps[*by as usize].commit.id.clone());
        }
        Ok(())
    }

    fn one(
        &mut self,
        steps: &mut [MainlineStep],
        at: usize,
        (changes, paired): (&'a TreeChanges, &'a [PairedChange]),
        authors: MergeAuthors,
    ) -> Result<()> {
        let landing = index(at);
        steps[at].commit.reworked_before_landing = authors.reworked;
        let (edits, described, reformat) = self.edits(landing, (changes, paired), authors.by_edit);
        let named = self.reverts.named_by(landing);
        let reverts = reverts::taken_back(named, self.exact_changes.undone_by(&edits));
        self.exact_changes.add(landing, &edits);
        for reverted in named {
            let id = steps[reverted.landing as usize].commit.id.clone();
            let own = &mut steps[at].commit.reverts;
            if !own.contains(&id) {
                own.push(id);
            }
        }
        let reverts = self.taken_back.add(landing, &reverts);
        let is_listed = self.scope.ignored[at];
        let reformat = reformat.filter(|_| !is_listed);
        self.reformats.extend(reformat.map(|reformat| (at, reformat)));
        let ignored = is_listed || reformat.is_some();
        let tallies = self.replay.land(&Landing { index: landing, edits, reverts, ignored })?;
        if steps[at].commit.counted {
            let with_tally = described.into_iter().zip(tallies);
            steps[at].commit.changes = with_tally.map(|(described, tally)| file_change(described, tally)).collect();
        }
        self.over_rename_limit.extend(changes.over_limit.then_some(at));
        Ok(())
    }

    /// The edits of a landing for the replay and for its description, and whether it only reformats text.
    fn edits(
        &self,
        landing: u32,
        (changes, paired): (&'a TreeChanges, &'a [PairedChange]),
        authors: Vec<LineAuthors>,
    ) -> (Vec<Edit<'a>>, Vec<Described<'a>>, Option<Reformat>) {
        let imports = self.contributions.imports(landing as usize);
        let mut authors = authors.into_iter();
        let mut described = Vec::with_capacity(changes.changes.len());
        let mut edits = Vec::with_capacity(changes.changes.len());
        let mut text_changes = TextChanges::default();
        for (change, paired) in changes.changes.iter().zip(paired) {
            let compared = self.compared.difference(paired);
            let difference = compared.unwrap_or(self.no_difference);
            let imported = imports.iter().any(|folder| imports::is_inside(&change.path, folder));
            let excluded = excluded(change, difference, &self.paths.facts[paired.path])
                .or_else(|| imported.then_some(exclude::VENDORED));
            let lines = difference.counts.added + difference.counts.deleted;
            text_changes.lines += lines;
            if change.old.is_some() && change.new.is_some() && lines > 0 {
                text_changes.files += 1;
                text_changes.same += difference.reformatted;
            }
            edits.push(Edit {
                path: index(paired.path),
                from: paired.renamed_from.map(index),
                old: paired.old,
                new: paired.new,
                difference,
                // Where a file turns from or to binary, git counts no line, so none may be effective: the same text
                // may be in another encoding.
                excluded: excluded.is_some() || difference.counts.binary,
                authors: compared.and_then(|_| authors.next()).unwrap_or(LineAuthors::One(landing)),
            });
            described.push((change, difference, excluded));
        }
        (edits, described, text_changes.reformat())
    }
}

/// Which landings were taken back so far.
#[derive(Default)]
struct TakenBack {
    /// By landing: the first one that takes all of it back.
    by: BTreeMap<u32, u32>,
    /// By landing: the earlier landings whose lines go by it. If it reverts a revert's revert, what had come back is among
    /// them.
    of: HashMap<u32, Vec<u32>>,
}

impl TakenBack {
    /// Records what a landing takes back, and gives the landings whose lines go by it.
    fn add(&mut self, landing: u32, reverts: &[Reverted]) -> Vec<u32> {
        let mut gone: BTreeSet<u32> = BTreeSet::new();
        for reverted in reverts {
            gone.insert(reverted.landing);
            // Reverting the revert of a revert also takes away what that had brought back.
            for taken_back in self.of.get(&reverted.landing).into_iter().flatten() {
                gone.extend(self.of.get(taken_back).into_iter().flatten());
            }
            if reverted.whole {
                let returned = self.last_return(reverted.landing);
                self.by.entry(returned).or_insert(landing);
                gone.insert(returned);
            }
        }
        if !gone.is_empty() {
            self.of.insert(landing, gone.iter().copied().collect());
        }
        gone.into_iter().collect()
    }

    /// The landing that last brought a landing back by taking back what took it back; itself if there was none.
    fn last_return(&self, landing: u32) -> u32 {
        let mut at = landing;
        while let Some(returned) = self.by.get(&at).and_then(|by| self.by.get(by)) {
            at = *returned;
        }
        at
    }
}

/// The changes of all landings so far, each as one hash, to recognise a landing that exactly undoes another.
#[derive(Default)]
struct ExactChanges {
    landings: HashMap<u64, u32>,
}

impl ExactChanges {
    fn add(&mut self, landing: u32, edits: &[Edit<'_>]) {
        if !edits.is_empty() {
            self.landings.insert(Self::hash(edits, false), landing);
        }
    }

    /// The last landing with exactly the opposite changes.
    fn undone_by(&self, edits: &[Edit<'_>]) -> Option<u32> {
        self.landings.get(&Self::hash(edits, true)).copied().filter(|_| !edits.is_empty())
    }

    fn hash(edits: &[Edit<'_>], backwards: bool) -> u64 {
        let one = |edit: &Edit<'_>| {
            let (before, after) = (edit.from.unwrap_or(edit.path), edit.path);
            let content = |content: Option<u32>| content.map_or(0, |content| u64::from(content) + 1);
            let (old, new) = ((before, content(edit.old)), (after, content(edit.new)));
            let (old, new) = if backwards { (new, old) } else { (old, new) };
            let mut bytes = Vec::with_capacity(24);
            for (path, content) in [old, new] {
                bytes.extend(path.to_le_bytes());
                bytes.extend(content.to_le_bytes());
            }
            xxh3_64(&bytes)
        };
        // A landing that undoes renames lists its paths in another order, which does not change a sum.
        edits.iter().fold(0, |sum, edit| sum.wrapping_add(one(edit)))
    }
}

/// Why a change's lines are never effective, if so.
fn excluded(change: &TreeChange, difference: &Difference, facts: &PathFacts) -> Option<&'static str> {
    let by_content = || difference.counts.excluded.filter(|_| facts.attributes.generated != Some(false));
    let by_kind = || {
        let is = |wanted| [change.old, change.new].into_iter().flatten().any(|side| side.kind == wanted);
        let link = is(EntryKind::Link).then_some(exclude::SYMBOLIC_LINK);
        if is(EntryKind::Commit) { Some(exclude::SUBMODULE) } else { link }
    };
    let missing = difference.counts.missing.then_some(exclude::MISSING);
    missing.or(facts.excluded).or_else(by_kind).or_else(by_content)
}

fn file_change((change, difference, excluded): Described<'_>, tally: LineTally) -> FileChange {
    let text = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    // Git counts a submodule as one line, which names its commit.
    let submodule = |side: Option<Side>| u64::from(side.is_some_and(|side| side.kind == EntryKind::Commit));
    FileChange {
        path: text(&change.path),
        renamed_from: change.renamed_from.as_deref().map(text),
        added: difference.counts.added + submodule(change.new),
        deleted: difference.counts.deleted + submodule(change.old),
        born: tally.born,
        added_effective: tally.born_effective,
        died: tally.died,
        deleted_effective: tally.died_effective,
        moved: tally.moved,
        restored: tally.restored,
        respaced: u64::from(difference.respaced),
        binary: difference.counts.binary,
        excluded,
    }
}

//! Mainline commits → their changes and the lives of their lines, on all threads of the pool.
//!
//! Three passes. The first compares trees, and reads files only where some came and others went. The second reads
//! each pair of versions of a path once, newest first, because packs store older versions as differences to newer
//! ones. The third replays the differences in order. Work is cut into pieces by position alone and collected in
//! order, so any number of threads gives the same result.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gix::ObjectId;
use gix::objs::tree::EntryKind;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::Progress;
use super::attributes::{Attributes, PathAttributes};
use super::blob_diff::{self, Difference, Version};
use super::exclude;
use super::graph::Graph;
use super::line_diff::LineDiffer;
use super::lines::replay::{Edit, Hands, Landing, Outcome, Replay};
use super::mainline::Step;
use super::merged::{self, Contributions, Insight, Landed};
use super::objects::{Objects, Store};
use super::reformat::{self, Reformat};
use super::rename;
use super::tree_diff::{self, Side, TreeChange};
use crate::error::Result;
use crate::model::commit::FileChange;
use crate::model::contribution::Contribution;
use crate::model::line_life::LineLife;

/// Commits whose trees one task compares: neighbours share most of their trees.
const COMMITS_PER_TASK: usize = 128;
/// Pairs of versions that one task reads, about; a path's run of pairs is cut when it is longer.
const PAIRS_PER_TASK: usize = 128;

/// What reading the differences of a mainline brought beside the changes of its commits.
#[derive(Default)]
pub(super) struct Read {
    /// The lives of the lines, in the order of their births.
    pub(super) lives: Vec<LineLife>,
    /// Paths that lives name by index.
    pub(super) paths: Vec<String>,
    /// Lines in the files that were read; all files when the mainline was read from its root.
    pub(super) alive: u64,
    /// The commits behind the lines: those of the mainline in order, then the merged ones.
    pub(super) contributions: Vec<Contribution>,
    /// Whether every merged commit was followed.
    pub(super) follows_all: bool,
    /// Commits with too many files come and gone to look for edited renames.
    pub(super) over_rename_limit: Vec<usize>,
    /// Commits that a formatter wrote; their lines are treated as those of ignored commits.
    pub(super) reformats: Vec<(usize, Reformat)>,
}

/// What is to be read of a mainline.
pub(super) struct Scope<'a> {
    /// Index of the first commit whose differences are read.
    pub(super) from: usize,
    /// Whether that commit stands on files whose history is not read.
    pub(super) has_past: bool,
    /// Follow the lines of every merged commit, however many there are.
    pub(super) follow_all: bool,
    /// By commit: whether it is one of `.git-blame-ignore-revs`.
    pub(super) ignored: &'a [bool],
}

/// Fills in the changes of every step from the first one on, and follows the lines.
///
/// # Errors
/// Fails when an object is missing or corrupt; of several, the one of the oldest commit is named.
pub(super) fn read(
    store: &Store,
    steps: &mut [Step],
    graph: &Graph,
    scope: &Scope<'_>,
    progress: Option<Progress<'_>>,
) -> Result<Read> {
    let Some(tip) = steps.last().map(|step| step.tree) else { return Ok(Read::default()) };
    let meter = Meter { progress, done: AtomicU64::new(0), total: AtomicU64::new((steps.len() - scope.from) as u64) };
    let compared = compare_trees(store, steps, scope.from, &meter)?;
    let paths = Paths::of(store, tip, &compared)?;
    let pairs = Pairs::of(&paths, &compared);
    meter.expect(pairs.all.len() as u64);
    let differences = compare_pairs(store, &paths, &pairs, &meter)?;

    let contributions = Contributions::of(steps, graph, scope.from, scope.follow_all);
    let mut insights =
        look_into_merges(store, steps, graph, &contributions, scope, &compared, &paths, &pairs, &differences)?;

    let mut replay = Replay::new(scope.has_past);
    let mut seen = Changes::default();
    let mut rows = pairs.of_row.iter();
    let (mut over_rename_limit, mut reformats) = (Vec::new(), Vec::new());
    let none = Difference::default();
    for (at, joined) in (scope.from..).zip(&compared) {
        let index = number(at);
        let insight = insights.remove(&at).unwrap_or(Insight { hands: Vec::new(), reworked: Some(0) });
        steps[at].commit.reworked_before_landing = insight.reworked;
        let mut hands = insight.hands.into_iter();
        let mut rows_here = Vec::with_capacity(joined.changes.len());
        let mut edits = Vec::with_capacity(joined.changes.len());
        let mut landed = reformat::Landed::default();
        for (change, row) in joined.changes.iter().zip(&mut rows) {
            let difference = row.pair.map_or(&none, |pair| &differences[pair]);
            let excluded = excluded(change, difference, &paths.facts[row.path]);
            let lines = difference.counts.added + difference.counts.deleted;
            landed.lines += lines;
            if change.old.is_some() && change.new.is_some() && lines > 0 {
                landed.files += 1;
                landed.same += difference.says_the_same;
            }
            edits.push(Edit {
                path: number(row.path),
                from: row.from.map(number),
                old: row.old,
                new: row.new,
                difference,
                excluded: excluded.is_some(),
                hands: row.pair.and_then(|_| hands.next()).unwrap_or(Hands::One(index)),
            });
            rows_here.push((change, difference, excluded));
        }
        let reverts = contributions.reverted(&steps[at].commit.reverts, index, seen.undone_by(&edits));
        seen.note(index, &edits);
        let by = steps[at].commit.id.clone();
        for reverted in reverts.iter().filter(|reverted| reverted.whole) {
            steps[reverted.landing as usize].commit.reverted_by.get_or_insert_with(|| by.clone());
        }
        let reverts = reverts.into_iter().map(|reverted| reverted.landing).collect();
        let reformat = landed.reformat().filter(|_| !scope.ignored[at]);
        reformats.extend(reformat.map(|reformat| (at, reformat)));
        let landing = Landing { index, edits, reverts, ignored: scope.ignored[at] || reformat.is_some() };
        let outcomes = replay.land(&landing)?;
        if steps[at].commit.counted {
            let described = rows_here.into_iter().zip(outcomes);
            steps[at].commit.changes = described
                .map(|((change, difference, excluded), outcome)| file_change(change, difference, excluded, outcome))
                .collect();
        }
        over_rename_limit.extend(joined.over_limit.then_some(at));
    }
    for (at, step) in steps.iter_mut().enumerate().skip(scope.from) {
        step.commit.assisted = contributions.assisted(at);
    }
    Ok(Read {
        alive: replay.alive(),
        lives: replay.into_lives(),
        paths: paths.into_names(),
        follows_all: contributions.follows_all,
        contributions: contributions.all,
        over_rename_limit,
        reformats,
    })
}

/// Looks into the landings that merged something, by their index.
#[expect(clippy::too_many_arguments, reason = "everything that the first two passes found")]
fn look_into_merges(
    store: &Store,
    steps: &[Step],
    graph: &Graph,
    contributions: &Contributions,
    scope: &Scope<'_>,
    compared: &[rename::Joined],
    paths: &Paths<'_>,
    pairs: &Pairs,
    differences: &[Difference],
) -> Result<HashMap<usize, Insight>> {
    let mut landed = Vec::new();
    let mut row = 0;
    for (at, joined) in (scope.from..).zip(compared) {
        let rows = &pairs.of_row[row..row + joined.changes.len()];
        row += joined.changes.len();
        if steps[at].parents.len() > 1 {
            let edits = joined.changes.iter().zip(rows);
            let with_difference = edits.filter_map(|(change, row)| Some((change, &differences[row.pair?])));
            landed.push(Landed { at, edits: with_difference.collect() });
        }
    }
    let insights = merged::look_into(store, graph, contributions, paths, &landed)?;
    Ok(landed.iter().map(|landed| landed.at).zip(insights).collect())
}

/// The changes of all landings so far, each as one number: what undoes them exactly is told by it.
#[derive(Default)]
struct Changes {
    landings: HashMap<u64, u32>,
}

impl Changes {
    fn note(&mut self, landing: u32, edits: &[Edit<'_>]) {
        if !edits.is_empty() {
            self.landings.insert(Self::sum(edits, false), landing);
        }
    }

    /// The last landing that did the exact contrary.
    fn undone_by(&self, edits: &[Edit<'_>]) -> Option<u32> {
        self.landings.get(&Self::sum(edits, true)).copied().filter(|_| !edits.is_empty())
    }

    fn sum(edits: &[Edit<'_>], backwards: bool) -> u64 {
        let one = |edit: &Edit<'_>| {
            let (before, after) = (edit.from.unwrap_or(edit.path), edit.path);
            let content = |content: Option<u32>| content.map_or(0, |number| u64::from(number) + 1);
            let (old, new) = ((before, content(edit.old)), (after, content(edit.new)));
            let (old, new) = if backwards { (new, old) } else { (old, new) };
            let mut bytes = Vec::with_capacity(24);
            for (path, content) in [old, new] {
                bytes.extend(path.to_le_bytes());
                bytes.extend(content.to_le_bytes());
            }
            xxh3_64(&bytes)
        };
        // A sum, for the contrary of a rename stands in another order.
        edits.iter().fold(0, |sum, edit| sum.wrapping_add(one(edit)))
    }
}

pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Tells how far the work is; never draws.
struct Meter<'a> {
    progress: Option<Progress<'a>>,
    done: AtomicU64,
    total: AtomicU64,
}

impl Meter<'_> {
    fn expect(&self, more: u64) {
        self.total.fetch_add(more, Ordering::Relaxed);
    }

    fn advance(&self, by: usize) {
        let done = self.done.fetch_add(by as u64, Ordering::Relaxed) + by as u64;
        if let Some(progress) = self.progress {
            progress(done, self.total.load(Ordering::Relaxed));
        }
    }
}

/// Collects in order and stops at the first error in order, whichever thread met one first.
fn in_order<T>(parts: Vec<Result<Vec<T>>>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    for part in parts {
        all.extend(part?);
    }
    Ok(all)
}

fn compare_trees(store: &Store, steps: &[Step], from: usize, meter: &Meter<'_>) -> Result<Vec<rename::Joined>> {
    let wanted: Vec<usize> = (from..steps.len()).collect();
    let parts = wanted.par_chunks(COMMITS_PER_TASK).map(|chunk| {
        let objects = store.objects();
        let mut newest_first = Vec::with_capacity(chunk.len());
        for &at in chunk.iter().rev() {
            let parent = at.checked_sub(1).map(|before| steps[before].tree);
            // Where a clone was cut, everything would look new.
            let found = if steps[at].cut { Vec::new() } else { tree_diff::changes(&objects, parent, steps[at].tree)? };
            newest_first.push(rename::join(&objects, found)?);
            meter.advance(1);
        }
        newest_first.reverse();
        Ok(newest_first)
    });
    in_order(parts.collect())
}

/// What holds for a path in every commit.
struct PathFacts {
    attributes: PathAttributes,
    excluded: Option<&'static str>,
}

/// Every path that changed, once.
pub(super) struct Paths<'a> {
    ids: HashMap<&'a [u8], usize>,
    facts: Vec<PathFacts>,
}

impl<'a> Paths<'a> {
    fn of(store: &Store, tip: ObjectId, compared: &'a [rename::Joined]) -> Result<Self> {
        let attributes = Attributes::of_tree(&store.objects(), tip)?;
        let mut paths = Self { ids: HashMap::new(), facts: Vec::new() };
        let changes = compared.iter().flat_map(|joined| &joined.changes);
        for path in changes.flat_map(|change| [Some(&change.path), change.renamed_from.as_ref()]).flatten() {
            paths.ids.entry(path.as_slice()).or_insert_with(|| {
                let attributes = attributes.of(path);
                let excluded = exclude::by_path(&String::from_utf8_lossy(path), attributes);
                paths.facts.push(PathFacts { attributes, excluded });
                paths.facts.len() - 1
            });
        }
        Ok(paths)
    }

    /// What the attributes say of a path's content being text; nothing of a path that the mainline never changed.
    pub(super) fn text(&self, path: &[u8]) -> Option<bool> {
        self.ids.get(path).and_then(|&id| self.facts[id].attributes.diff)
    }

    /// The paths in the order of their numbers.
    fn into_names(self) -> Vec<String> {
        let mut names = vec![String::new(); self.ids.len()];
        #[expect(clippy::iter_over_hash_type, reason = "each goes to its own place")]
        for (path, id) in self.ids {
            names[id] = String::from_utf8_lossy(path).into_owned();
        }
        names
    }
}

/// Two versions of a path, either of them absent.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Pair {
    path: usize,
    /// The path of the old version.
    from: usize,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

/// Where a row of the result takes its difference from.
struct Row {
    path: usize,
    from: Option<usize>,
    pair: Option<usize>,
    /// Numbers of the contents.
    old: Option<u32>,
    new: Option<u32>,
}

/// Every distinct pair, and the rows that use them.
struct Pairs {
    all: Vec<Pair>,
    of_row: Vec<Row>,
    /// Pairs by path, newest first: the order of reading.
    order: Vec<usize>,
}

impl Pairs {
    fn of(paths: &Paths<'_>, compared: &[rename::Joined]) -> Self {
        let mut pairs = Self { all: Vec::new(), of_row: Vec::new(), order: Vec::new() };
        let mut known: HashMap<Pair, usize> = HashMap::new();
        let mut contents: gix::hashtable::HashMap<ObjectId, u32> = gix::hashtable::HashMap::default();
        for change in compared.iter().flat_map(|joined| &joined.changes) {
            let path = paths.ids[change.path.as_slice()];
            let from = change.renamed_from.as_ref().map(|from| paths.ids[from.as_slice()]);
            let blob = |side: Option<Side>| side.filter(|side| side.kind != EntryKind::Commit).map(|side| side.id);
            let pair = Pair { path, from: from.unwrap_or(path), old: blob(change.old), new: blob(change.new) };
            // Equal versions, as of a rename, are read as well: only the content tells whether it is binary.
            let needed = pair.old.is_some() || pair.new.is_some();
            let index = needed.then(|| {
                *known.entry(pair).or_insert_with(|| {
                    pairs.all.push(pair);
                    pairs.all.len() - 1
                })
            });
            let mut content = |id: Option<ObjectId>| {
                let next = number(contents.len());
                id.map(|id| *contents.entry(id).or_insert(next))
            };
            let (old, new) = (content(pair.old), content(pair.new));
            pairs.of_row.push(Row { path, from, pair: index, old, new });
        }
        pairs.order = (0..pairs.all.len()).rev().collect();
        pairs.order.sort_by_key(|&at| pairs.all[at].path);
        pairs
    }
}

fn compare_pairs(store: &Store, paths: &Paths<'_>, pairs: &Pairs, meter: &Meter<'_>) -> Result<Vec<Difference>> {
    let parts = pairs.order.par_chunks(PAIRS_PER_TASK).map(|chunk| {
        let mut versions = Versions { objects: store.objects(), old: Slot::default(), new: Slot::default() };
        let mut differ = LineDiffer::default();
        let differences = chunk.iter().map(|&at| {
            let pair = pairs.all[at];
            let (old, new) = versions.load(pair.old, pair.new)?;
            let old = version(pair.old, old, &paths.facts[pair.from]);
            let new = version(pair.new, new, &paths.facts[pair.path]);
            Ok(blob_diff::compare(&mut differ, old, new))
        });
        let differences = differences.collect::<Result<Vec<_>>>();
        meter.advance(chunk.len());
        differences
    });
    let in_reading_order = in_order(parts.collect())?;
    let mut differences = vec![Difference::default(); pairs.all.len()];
    for (&at, difference) in pairs.order.iter().zip(in_reading_order) {
        differences[at] = difference;
    }
    Ok(differences)
}

fn version<'a>(id: Option<ObjectId>, content: Option<&'a [u8]>, facts: &PathFacts) -> Option<Version<'a>> {
    Some(Version { id: id?, content: content?, text: facts.attributes.diff })
}

/// The older and the newer content of a pair; `None` is no file.
type Contents<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

/// The two contents last read: going back in time, the old one is often the next new one.
struct Versions {
    objects: Objects,
    old: Slot,
    new: Slot,
}

#[derive(Default)]
struct Slot {
    id: Option<ObjectId>,
    content: Arc<Vec<u8>>,
}

impl Versions {
    fn load(&mut self, old: Option<ObjectId>, new: Option<ObjectId>) -> Result<Contents<'_>> {
        if new.is_some() && self.old.id == new {
            std::mem::swap(&mut self.old, &mut self.new);
        }
        self.new.fill(&self.objects, new)?;
        if old == new {
            let content = new.map(|_| self.new.content.as_slice());
            return Ok((content, content));
        }
        self.old.fill(&self.objects, old)?;
        Ok((old.map(|_| self.old.content.as_slice()), new.map(|_| self.new.content.as_slice())))
    }
}

impl Slot {
    fn fill(&mut self, objects: &Objects, id: Option<ObjectId>) -> Result<()> {
        let Some(wanted) = id.filter(|_| self.id != id) else { return Ok(()) };
        let object = objects.read(wanted)?;
        match object.kind {
            gix::objs::Kind::Blob => *self = Self { id, content: object.data },
            kind => return Err(objects.store.unreadable(wanted, &format!("it is a {kind}, not a file"))),
        }
        Ok(())
    }
}

/// Why a change's lines are never effective, if so.
fn excluded(change: &TreeChange, difference: &Difference, facts: &PathFacts) -> Option<&'static str> {
    let by_content = || {
        let counted = facts.attributes.generated != Some(false) && difference.counts.generated;
        counted.then_some(exclude::GENERATED)
    };
    let by_kind = || {
        let is = |wanted| [change.old, change.new].into_iter().flatten().any(|side| side.kind == wanted);
        let link = is(EntryKind::Link).then_some(exclude::SYMBOLIC_LINK);
        if is(EntryKind::Commit) { Some(exclude::SUBMODULE) } else { link }
    };
    facts.excluded.or_else(by_kind).or_else(by_content)
}

fn file_change(
    change: &TreeChange,
    difference: &Difference,
    excluded: Option<&'static str>,
    outcome: Outcome,
) -> FileChange {
    let text = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    // To git a submodule is a line that names its commit.
    let submodule = |side: Option<Side>| u64::from(side.is_some_and(|side| side.kind == EntryKind::Commit));
    FileChange {
        path: text(&change.path),
        renamed_from: change.renamed_from.as_deref().map(text),
        added: difference.counts.added + submodule(change.new),
        deleted: difference.counts.deleted + submodule(change.old),
        born: outcome.born,
        added_effective: outcome.born_effective,
        died: outcome.died,
        deleted_effective: outcome.died_effective,
        moved: outcome.moved,
        restored: outcome.restored,
        respaced: u64::from(difference.respaced),
        binary: difference.counts.binary,
        excluded,
    }
}

//! Sightings: the same request seen on several lines and in several files, combined into one record.
//!
//! Combining is commutative and associative, so files may be read in any order and by any number of threads:
//! the earliest sighting gives time, session and model; each token bucket takes its largest value.

use std::collections::hash_map::Entry;

use super::name::{Name, NameMap};
use super::origin::FileId;
use super::usage::{IdMap, RecordId, UsageRecord};

/// How often one file showed a record under one provider request.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    file: FileId,
    request: Option<u64>,
    count: u64,
}

/// A record with everything that was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The earliest sighting, with the largest count of each bucket.
    pub record: UsageRecord,
    first: Seen,
    /// Under other requests or in other files: mostly nowhere, and then nothing is allocated.
    others: Vec<Seen>,
    /// Visible output by content block: hash of the block, characters.
    visible: Vec<(u64, u32)>,
    /// The source says that the record no longer grows.
    finished: bool,
}

/// Placeholder counts are called out when the visible output is at least this many times the recorded tokens …
const DOUBT_FACTOR: u64 = 2;
/// … and at least this many tokens more. Both keep ordinary tokenizer variance (0.6 to 1.4) out.
const DOUBT_TOKENS: u64 = 50;
/// Characters per token of the estimate: coarse, and named as an estimate wherever it is shown.
const CHARS_PER_TOKEN: u64 = 4;

impl Sighting {
    /// A first sighting; `visible` holds a hash and a character count per visible content block.
    #[must_use]
    pub fn new(record: UsageRecord, visible: Vec<(u64, u32)>) -> Self {
        let first = Seen { file: record.origin.file, request: record.request, count: 1 };
        Self { record, first, others: Vec::new(), visible, finished: false }
    }

    /// The same for a record of which the source says that it no longer grows: its first copy in input order stands.
    #[must_use]
    pub fn finished(self) -> Self {
        Self { finished: true, ..self }
    }

    /// Combines another sighting of the same id into this one.
    pub fn absorb(&mut self, other: Self) {
        debug_assert_eq!(self.record.id, other.record.id);
        if self.finished || other.finished {
            if (!other.finished, other.record.origin) < (!self.finished, self.record.origin) {
                self.record = other.record;
            }
            self.finished = true;
            self.count(other.first, other.others);
            return;
        }
        if self.record.bill.revises && other.record.bill.revises {
            // A corrected row stands for itself; the larger of two counts may be the wrong one.
            if revision(&other.record) > revision(&self.record) {
                self.record = other.record;
            }
            self.count(other.first, other.others);
            return;
        }
        let tokens = self.record.tokens.max(other.record.tokens);
        let billed = self.record.billed_cost.max(other.record.billed_cost);
        let reported = self.record.reported_cost.max(other.record.reported_cost);
        if rank(&other.record) < rank(&self.record) {
            self.record = other.record;
        }
        self.record.tokens = tokens;
        self.record.billed_cost = billed;
        self.record.reported_cost = reported;
        self.count(other.first, other.others);
        for (hash, chars) in other.visible {
            if !self.visible.iter().any(|(ours, _)| *ours == hash) {
                self.visible.push((hash, chars));
            }
        }
    }

    fn count(&mut self, first: Seen, others: Vec<Seen>) {
        for theirs in std::iter::once(first).chain(others) {
            let mut all = std::iter::once(&mut self.first).chain(&mut self.others);
            match all.find(|ours| ours.file == theirs.file && ours.request == theirs.request) {
                Some(ours) => ours.count += theirs.count,
                None => self.others.push(theirs),
            }
        }
    }

    /// Sightings beyond the one kept, per file: `(file, duplicate, replayed)`.
    ///
    /// A replay carries another request id than the record that was kept; everything else is a duplicate.
    pub fn repeats(&self) -> impl Iterator<Item = (FileId, u64, u64)> + '_ {
        let kept = (self.record.origin.file, self.record.request);
        std::iter::once(&self.first).chain(&self.others).map(move |seen| {
            let replay = seen.request.is_some() && kept.1.is_some() && seen.request != kept.1;
            let surplus = seen.count - u64::from((seen.file, seen.request) == kept);
            if replay { (seen.file, 0, surplus) } else { (seen.file, surplus, 0) }
        })
    }

    /// The record, with an output estimate where the recorded count is a placeholder.
    #[must_use]
    pub fn into_record(mut self) -> UsageRecord {
        let chars: u64 = self.visible.iter().map(|(_, chars)| u64::from(*chars)).sum();
        let estimate = chars / CHARS_PER_TOKEN;
        if let Some(recorded) = self.record.tokens.output
            && estimate >= recorded.saturating_mul(DOUBT_FACTOR)
            && estimate >= recorded.saturating_add(DOUBT_TOKENS)
        {
            self.record.output_estimate = Some(estimate);
        }
        self.record
    }
}

/// Earliest first; at the same instant the main thread before a sidechain, then input order.
fn rank(record: &UsageRecord) -> impl Ord + use<> {
    (record.charge_period_start, record.subagent, record.origin)
}

/// The newer of two states of a row that its vendor revises.
fn revision(record: &UsageRecord) -> impl Ord + use<> {
    (record.bill.revised_at, record.origin)
}

/// All sightings by id, in the order of first insertion.
#[derive(Debug, Default)]
pub struct Sightings {
    index: IdMap<usize>,
    all: Vec<Sighting>,
}

impl Sightings {
    /// Adds a sighting, combining it with earlier ones of the same id.
    pub fn add(&mut self, sighting: Sighting) {
        match self.index.entry(sighting.record.id) {
            Entry::Occupied(at) => self.all[*at.get()].absorb(sighting),
            Entry::Vacant(free) => {
                free.insert(self.all.len());
                self.all.push(sighting);
            }
        }
    }

    /// Whether a record of that id was seen.
    #[must_use]
    pub fn has(&self, id: RecordId) -> bool {
        self.index.contains_key(&id)
    }

    /// Moves all sightings of another table into this one, re-pointing their names.
    pub fn merge(&mut self, mut other: Self, map: &NameMap) {
        if self.all.is_empty() {
            if !map.is_identity() {
                other.all.iter_mut().for_each(|sighting| sighting.record.rename(map));
            }
            *self = other;
            return;
        }
        for mut sighting in other.all {
            sighting.record.rename(map);
            self.add(sighting);
        }
    }

    /// How many distinct records were seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether nothing was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Iterates in insertion order.
    pub fn iter(&self) -> impl Iterator<Item = &Sighting> {
        self.all.iter()
    }

    /// Gives up the sightings.
    #[must_use]
    pub fn into_vec(self) -> Vec<Sighting> {
        self.all
    }

    /// The distinct sessions seen.
    #[must_use]
    pub fn sessions(&self) -> std::collections::HashSet<Name> {
        self.all.iter().filter_map(|s| s.record.session).collect()
    }
}

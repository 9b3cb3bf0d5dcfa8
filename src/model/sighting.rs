//! Sightings: the same request seen on several lines and in several files, combined into one record.
//!
//! Combining is commutative and associative, so files may be read in any order and by any number of threads:
//! the earliest sighting gives time, session and model; each token bucket takes its largest value.

use super::by_id::Places;
use super::name::NameMap;
use super::origin::FileId;
use super::packed::{Packed, Place};
use super::usage::UsageRecord;

/// How often one file showed a record under one provider request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) file: FileId,
    pub(super) request: Option<u64>,
    pub(super) count: u64,
}

/// A record with everything that was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The earliest sighting, with the largest count of each bucket.
    pub record: UsageRecord,
    pub(super) rest: Rest,
}

/// What was seen of a record beside itself: nothing of most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rest {
    /// Further sightings in the record's own file and under its own request.
    pub(super) again: u64,
    /// Under other requests or in other files: mostly nowhere, and then nothing is allocated.
    pub(super) others: Vec<Seen>,
    /// Visible output by content block: hash of the block, characters.
    pub(super) visible: Vec<(u64, u32)>,
    /// The source says that the record no longer grows.
    pub(super) finished: bool,
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
        Self { record, rest: Rest { visible, ..Rest::default() } }
    }

    /// The same for a record of which the source says that it no longer grows: its first copy in input order stands.
    #[must_use]
    pub fn finished(mut self) -> Self {
        self.rest.finished = true;
        self
    }

    /// Combines another sighting of the same id into this one.
    pub fn absorb(&mut self, mut other: Self) {
        debug_assert_eq!(self.record.id, other.record.id);
        if self.rest.finished || other.rest.finished {
            let earlier = (!other.rest.finished, other.record.origin) < (!self.rest.finished, self.record.origin);
            self.rest.finished = true;
            self.count(other, earlier);
            return;
        }
        if self.record.bill.revises && other.record.bill.revises {
            // A corrected row stands for itself; the larger of two counts may be the wrong one.
            let newer = revision(&other.record) > revision(&self.record);
            self.count(other, newer);
            return;
        }
        let tokens = self.record.tokens.max(other.record.tokens);
        let billed = self.record.billed_cost.max(other.record.billed_cost);
        let reported = self.record.reported_cost.max(other.record.reported_cost);
        for (hash, chars) in std::mem::take(&mut other.rest.visible) {
            if !self.rest.visible.iter().any(|(ours, _)| *ours == hash) {
                self.rest.visible.push((hash, chars));
            }
        }
        let earlier = rank(&other.record) < rank(&self.record);
        self.count(other, earlier);
        self.record.tokens = tokens;
        self.record.billed_cost = billed;
        self.record.reported_cost = reported;
    }

    /// Counts the sightings of another, whose record takes the place of ours where it is `better`.
    fn count(&mut self, mut other: Self, better: bool) {
        if better {
            std::mem::swap(&mut self.record, &mut other.record);
            std::mem::swap(&mut self.rest.again, &mut other.rest.again);
        }
        let (file, request) = (other.record.origin.file, other.record.request);
        let seen = std::iter::once(Seen { file, request, count: 1 + other.rest.again });
        let Rest { again, others, .. } = &mut self.rest;
        for seen in seen.chain(other.rest.others).chain(std::mem::take(others)) {
            if (seen.file, seen.request) == (self.record.origin.file, self.record.request) {
                *again += seen.count;
                continue;
            }
            match others.iter_mut().find(|known| (known.file, known.request) == (seen.file, seen.request)) {
                Some(known) => known.count += seen.count,
                None => others.push(seen),
            }
        }
    }

    /// Sightings beyond the one kept, per file: `(file, duplicate, replayed)`.
    ///
    /// A replay carries another request id than the record that was kept; everything else is a duplicate.
    pub fn repeats(&self) -> impl Iterator<Item = (FileId, u64, u64)> + '_ {
        let request = self.record.request;
        let others = self.rest.others.iter().map(move |seen| {
            let replay = seen.request.is_some() && request.is_some() && seen.request != request;
            if replay { (seen.file, 0, seen.count) } else { (seen.file, seen.count, 0) }
        });
        std::iter::once((self.record.origin.file, self.rest.again, 0)).chain(others)
    }

    /// The record, with an output estimate where the recorded count is a placeholder.
    #[must_use]
    pub fn into_record(mut self) -> UsageRecord {
        let chars: u64 = self.rest.visible.iter().map(|(_, chars)| u64::from(*chars)).sum();
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

/// All sightings by id.
#[derive(Debug, Default)]
pub struct Sightings {
    places: Places<Place>,
    all: Packed,
    count: usize,
}

impl Sightings {
    /// Adds a sighting, combining it with earlier ones of the same id.
    pub fn add(&mut self, sighting: Sighting) {
        if let Some(known) = self.add_first(&sighting.record, &sighting.rest) {
            self.combine(known, sighting);
        }
    }

    /// The same for a record of which nothing else was seen; it is copied only to be combined.
    pub fn add_record(&mut self, record: &UsageRecord) {
        if let Some(known) = self.add_first(record, &Rest::default()) {
            self.combine(known, Sighting::new(record.clone(), Vec::new()));
        }
    }

    /// Adds a record whose id was not seen before; `false` when it was, and then nothing is added.
    pub fn add_new(&mut self, record: &UsageRecord) -> bool {
        self.add_first(record, &Rest::default()).is_none()
    }

    /// Combines a sighting with the earlier one at a place that stands under a number.
    fn combine(&mut self, (place, number): (Place, u64), sighting: Sighting) {
        let (mut known, end) = self.all.get(place);
        known.absorb(sighting);
        let new = self.all.replace(place, end, &known.record, &known.rest);
        self.places.moved(number, new);
    }

    /// Adds a first sighting; else tells where the earlier one lies, and under which number.
    fn add_first(&mut self, record: &UsageRecord, rest: &Rest) -> Option<(Place, u64)> {
        let Self { places, all, count } = self;
        let next = all.next(rest);
        let known = places.known_or(record.id, next, |place| all.id(place));
        if known.is_none() {
            all.push(record, rest);
            *count += 1;
        }
        known
    }

    /// Moves all sightings of another table into this one, re-pointing their names.
    pub fn merge(&mut self, other: Self, map: &NameMap) {
        if self.is_empty() && map.is_identity() {
            *self = other;
            return;
        }
        for mut sighting in other.into_all() {
            sighting.record.rename(map);
            self.add(sighting);
        }
    }

    /// How many distinct records were seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether nothing was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Gives up the sightings, in an order that depends on that of adding them.
    pub fn into_all(self) -> impl Iterator<Item = Sighting> {
        self.all.into_all()
    }
}

#[cfg(test)]
mod tests;

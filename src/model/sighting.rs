//! Sightings: the same request seen on several lines and in several files, combined into one record.
//!
//! Combining is commutative and associative, so files may be read in any order and by any number of threads:
//! the earliest sighting gives time, session and model; each token bucket takes its largest value.

use super::by_id::Places;
use super::name::NameMap;
use super::origin::FileId;
use super::packed::Packed;
use super::usage::{RecordId, UsageRecord};

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
        Self { record, again: 0, others: Vec::new(), visible, finished: false }
    }

    /// The same for a record of which the source says that it no longer grows: its first copy in input order stands.
    #[must_use]
    pub fn finished(self) -> Self {
        Self { finished: true, ..self }
    }

    /// Combines another sighting of the same id into this one.
    pub fn absorb(&mut self, mut other: Self) {
        debug_assert_eq!(self.record.id, other.record.id);
        if self.finished || other.finished {
            let earlier = (!other.finished, other.record.origin) < (!self.finished, self.record.origin);
            self.finished = true;
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
        for (hash, chars) in std::mem::take(&mut other.visible) {
            if !self.visible.iter().any(|(ours, _)| *ours == hash) {
                self.visible.push((hash, chars));
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
            std::mem::swap(&mut self.again, &mut other.again);
        }
        let (file, request) = (other.record.origin.file, other.record.request);
        let seen = std::iter::once(Seen { file, request, count: 1 + other.again });
        for seen in seen.chain(other.others).chain(std::mem::take(&mut self.others)) {
            if (seen.file, seen.request) == (self.record.origin.file, self.record.request) {
                self.again += seen.count;
                continue;
            }
            match self.others.iter_mut().find(|known| (known.file, known.request) == (seen.file, seen.request)) {
                Some(known) => known.count += seen.count,
                None => self.others.push(seen),
            }
        }
    }

    /// Sightings beyond the one kept, per file: `(file, duplicate, replayed)`.
    ///
    /// A replay carries another request id than the record that was kept; everything else is a duplicate.
    pub fn repeats(&self) -> impl Iterator<Item = (FileId, u64, u64)> + '_ {
        let request = self.record.request;
        let others = self.others.iter().map(move |seen| {
            let replay = seen.request.is_some() && request.is_some() && seen.request != request;
            if replay { (seen.file, 0, seen.count) } else { (seen.file, seen.count, 0) }
        });
        std::iter::once((self.record.origin.file, self.again, 0)).chain(others)
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

/// All sightings by id.
#[derive(Debug, Default)]
pub struct Sightings {
    places: Places,
    all: Packed,
    count: usize,
}

impl Sightings {
    /// Adds a sighting, combining it with earlier ones of the same id.
    pub fn add(&mut self, sighting: Sighting) {
        let Self { places, all, count } = self;
        match places.known_or(sighting.record.id, all.end(), |place| all.id(place)) {
            Some(place) => {
                let (mut known, end) = all.get(*place);
                known.absorb(sighting);
                *place = all.replace(*place, end, &known);
            }
            None => {
                all.push(&sighting);
                *count += 1;
            }
        }
    }

    /// Whether a record of that id was seen.
    #[must_use]
    pub fn has(&self, id: RecordId) -> bool {
        self.places.has(id, |place| self.all.id(place))
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

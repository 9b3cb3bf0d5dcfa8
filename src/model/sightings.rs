//! The table of all sightings of a run, one per record id.

use super::by_id::IdIndex;
use super::name::NameMap;
use super::packed::{Location, Packed};
use super::sighting::{Rest, Sighting};
use super::usage::UsageRecord;

/// All sightings of a run, those of one record combined.
#[derive(Debug, Default)]
pub struct Sightings {
    index: IdIndex<Location>,
    all: Packed,
    count: usize,
}

impl Sightings {
    /// Adds a sighting, or combines it with the earlier ones of its record.
    pub fn add(&mut self, sighting: Sighting) {
        if let Some(known) = self.add_first(&sighting.record, &sighting.rest) {
            self.combine(known, sighting);
        }
    }

    /// The same for a record alone, which is copied only if it has to be combined.
    pub fn add_record(&mut self, record: &UsageRecord) {
        if let Some(known) = self.add_first(record, &Rest::default()) {
            self.combine(known, Sighting::new(record.clone(), Vec::new()));
        }
    }

    /// Adds a record with a new id; returns `false` and adds nothing if the id is known.
    pub fn add_new(&mut self, record: &UsageRecord) -> bool {
        self.add_first(record, &Rest::default()).is_none()
    }

    /// Combines a sighting with the earlier one at a location, which the index has under `key`.
    fn combine(&mut self, (location, key): (Location, u64), sighting: Sighting) {
        let (mut known, words) = self.all.get(location);
        known.absorb(sighting);
        let new = self.all.replace(location, words, &known.record, &known.rest);
        self.index.relocate(key, new);
    }

    /// Adds the first sighting of a record; for a known record returns its location and its key in the index instead.
    fn add_first(&mut self, record: &UsageRecord, rest: &Rest) -> Option<(Location, u64)> {
        let Self { index, all, count } = self;
        let next = all.reserve(rest);
        let known = index.get_or_insert(record.id, next, |location| all.id(location));
        if known.is_none() {
            all.push(record, rest);
            *count += 1;
        }
        known
    }

    /// Moves all sightings of another table into this one and maps their names.
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

    /// How many distinct records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether it holds no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The sightings, in an order that depends on the order in which they were added.
    pub fn into_all(self) -> impl Iterator<Item = Sighting> {
        self.all.into_all()
    }
}

#[cfg(test)]
mod tests;

//! The table of all observations of a run, one per record id.

use super::by_id::IdIndex;
use super::name::NameMap;
use super::observation::{Observation, Rest};
use super::packed::{Location, Packed};
use super::usage::UsageRecord;

/// All observations of a run, those of one record combined.
#[derive(Debug, Default)]
pub struct Observations {
    index: IdIndex<Location>,
    all: Packed,
    count: usize,
}

impl Observations {
    /// Adds an observation, or combines it with the earlier ones of its record.
    pub fn add(&mut self, observation: Observation) {
        if let Some(known) = self.add_first(&observation.record, &observation.rest) {
            self.combine(known, observation);
        }
    }

    /// The same for a record alone, which is copied only if it has to be combined.
    pub fn add_record(&mut self, record: &UsageRecord) {
        if let Some(known) = self.add_first(record, &Rest::default()) {
            self.combine(known, Observation::new(record.clone(), Vec::new()));
        }
    }

    /// Adds a record with a new id; returns `false` and adds nothing if the id is known.
    pub fn add_new(&mut self, record: &UsageRecord) -> bool {
        self.add_first(record, &Rest::default()).is_none()
    }

    /// Combines an observation with the earlier one at a location, which the index has under `key`.
    fn combine(&mut self, (location, key): (Location, u64), observation: Observation) {
        let (mut known, words) = self.all.get(location);
        known.absorb(observation);
        let new = self.all.replace(location, words, &known.record, &known.rest);
        self.index.relocate(key, new);
    }

    /// Adds the first observation of a record; for a known record returns its location and its key in the index instead.
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

    /// Moves all observations of another table into this one and maps their names.
    pub fn merge(&mut self, other: Self, map: &NameMap) {
        if self.is_empty() && map.is_identity() {
            *self = other;
            return;
        }
        for mut observation in other.into_all() {
            observation.record.rename(map);
            self.add(observation);
        }
    }

    /// Calls `each` with every record, in the order in which they were added.
    pub fn each_record(&self, mut each: impl FnMut(&UsageRecord)) {
        self.all.each(|observation| each(&observation.record));
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

    /// The observations, in an order that depends on the order in which they were added.
    pub fn into_all(self) -> impl Iterator<Item = Observation> {
        self.all.into_all()
    }
}

#[cfg(test)]
mod tests;

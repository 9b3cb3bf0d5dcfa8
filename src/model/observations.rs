//! The table of all observations of a run, one per record id.

use super::by_id::IdIndex;
use super::elsewhere::{Elsewhere, Figures, Repeat};
use super::name::NameMap;
use super::observation::{Observation, Rest};
use super::origin::FileId;
use super::packed::{Location, Packed};
use super::usage::{RecordId, UsageRecord};

/// The row of another file that is kept in place of a vendor's older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replacement {
    /// Its file.
    pub file: FileId,
    /// Its figures.
    pub figures: Figures,
}

/// All observations of a run, those of one record combined.
#[derive(Debug, Default)]
pub struct Observations {
    index: IdIndex<Location>,
    all: Packed,
    count: usize,
    elsewhere: Elsewhere,
}

impl Observations {
    /// Adds an observation, or combines it with the earlier ones of its record.
    pub fn add(&mut self, mut observation: Observation) {
        self.elsewhere.limit_visible(observation.record.id, &mut observation.rest.visible);
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
        known.absorb(observation, &mut self.elsewhere);
        let new = self.all.replace(location, words, &known.record, &known.rest);
        self.index.relocate(key, new);
    }

    /// Adds the first observation of a record; for a known record returns its location and its key in the index instead.
    fn add_first(&mut self, record: &UsageRecord, rest: &Rest) -> Option<(Location, u64)> {
        let Self { index, all, count, .. } = self;
        let next = all.reserve(rest);
        let known = index.get_or_insert(record.id, next, |location| all.id(location));
        if known.is_none() {
            all.push(record, rest);
            *count += 1;
        }
        known
    }

    /// Moves all observations of another table into this one and maps their names.
    pub fn merge(&mut self, mut other: Self, map: &NameMap) {
        if self.is_empty() && map.is_identity() {
            *self = other;
            return;
        }
        self.elsewhere.merge(other.elsewhere.take_repeats());
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

    /// The location of a record.
    fn find(&self, id: RecordId) -> Option<Location> {
        self.index.get(id, |location| self.all.id(location))
    }

    /// Takes out the repeats that are not [`Observation::own_repeats`], with what they are: `(repeat, is a replay, what replaced it)`.
    /// Only a vendor's row with other figures is replaced.
    ///
    /// A replay has another request id than the kept record; everything else is a duplicate.
    pub fn take_repeats(&mut self) -> Vec<(Repeat, bool, Option<Replacement>)> {
        let repeats: Vec<Repeat> = self.elsewhere.take_repeats().collect();
        let of_kept = |repeat: &Repeat| {
            let Some(location) = self.find(repeat.id) else { return (false, None) };
            let kept = self.all.get(location).0.record;
            let is_replay = repeat.request.is_some() && kept.request.is_some() && repeat.request != kept.request;
            let by = Replacement { file: kept.origin.file, figures: Figures::of(&kept) };
            (is_replay, (by.figures != repeat.figures && by.file != repeat.file).then_some(by))
        };
        let with_kept = |repeat: Repeat| {
            let (is_replay, by) = of_kept(&repeat);
            (repeat, is_replay, by)
        };
        repeats.into_iter().map(with_kept).collect()
    }

    /// Adds repeats that another table counted.
    pub(super) fn add_repeats(&mut self, repeats: impl Iterator<Item = Repeat>) {
        self.elsewhere.merge(repeats);
    }

    /// The observations, in an order that depends on the order in which they were added.
    pub fn into_all(mut self) -> impl Iterator<Item = Observation> {
        let mut further = self.elsewhere.take_visible();
        self.all.into_all().map(move |mut observation| {
            if !further.is_empty()
                && let Some(mut blocks) = further.remove(&observation.record.id)
            {
                let own = &mut observation.rest.visible;
                blocks.retain(|(hash, _)| !own.iter().any(|(known, _)| known == hash));
                blocks.sort_unstable();
                own.extend(blocks);
            }
            observation
        })
    }
}

#[cfg(test)]
mod tests;

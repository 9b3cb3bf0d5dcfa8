//! Usage that counts only where nothing nearer tells of it: the total of an agent beside the calls that it sums, a span
//! beside the event of the same call. What tells and what waits may stand in different files.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::hash::IdHasher;
use super::name::NameMap;
use super::sighting::Sighting;
use super::sightings::Sightings;
use super::usage::{RecordId, UsageRecord};

/// What was told, and the records that count unless it was.
#[derive(Debug, Default)]
pub struct Substitutes {
    told: IdSet,
    waiting: Sightings,
    /// A record and what it waits for; one that is told in several ways waits for as many things.
    waits: Vec<(RecordId, RecordId)>,
}

type IdSet = HashSet<RecordId, BuildHasherDefault<IdHasher>>;

impl Substitutes {
    /// Notes that usage was told of something.
    pub fn tell(&mut self, what: RecordId) {
        self.told.insert(what);
    }

    /// Whether usage was told of something so far.
    #[must_use]
    pub fn is_told(&self, what: RecordId) -> bool {
        self.told.contains(&what)
    }

    /// Keeps a record that counts unless usage is told of something.
    pub fn wait(&mut self, what: RecordId, record: &UsageRecord) {
        self.waits.push((record.id, what));
        self.waiting.add_record(record);
    }

    /// Moves what another file told and keeps waiting into this one, re-pointing the names of records.
    pub fn merge(&mut self, other: Self, map: &NameMap) {
        self.told.extend(other.told);
        self.waits.extend(other.waits);
        self.waiting.merge(other.waiting, map);
    }

    /// Adds the records that wait for anything that was not told to the usage, and gives up the others in input order.
    pub fn settle(self, usage: &mut Sightings) -> Vec<Sighting> {
        let Self { told, waiting, waits } = self;
        let untold: IdSet = waits.into_iter().filter(|(_, what)| !told.contains(what)).map(|(id, _)| id).collect();
        let mut repeats = Vec::new();
        for sighting in waiting.into_all() {
            if untold.contains(&sighting.record.id) {
                usage.add(sighting);
            } else {
                repeats.push(sighting);
            }
        }
        repeats.sort_unstable_by_key(|sighting| sighting.record.origin);
        repeats
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::name::Names;
    use crate::model::origin::{FileId, Origin};

    #[test]
    fn what_another_file_told_is_not_counted_again() {
        let record = |file: u32, line: u64| {
            let at = DateTime::from_timestamp_secs(1_780_000_000).unwrap_or_default();
            let mut record = UsageRecord::blank("a-format", Origin { file: FileId(file), line }, at);
            record.id = RecordId(u128::from(line));
            record
        };
        let (told, untold) = (RecordId::of(&["told"]), RecordId::of(&["untold"]));
        let (mut one, mut other) = (Substitutes::default(), Substitutes::default());
        one.wait(told, &record(1, 8));
        one.wait(untold, &record(1, 9));
        one.wait(told, &record(0, 7));
        // The same record in two ways, of which one was told.
        one.wait(untold, &record(1, 6));
        other.wait(told, &record(2, 6));
        other.tell(told);
        assert!(other.is_told(told) && !other.is_told(untold));
        let mut names = Names::default();
        let map = names.absorb(Names::default());
        one.merge(other, &map);
        let mut usage = Sightings::default();
        let place = |sighting: &Sighting| (sighting.record.origin.file.0, sighting.record.origin.line);
        assert_eq!(one.settle(&mut usage).iter().map(place).collect::<Vec<_>>(), [(0, 7), (1, 8)]);
        let mut counted: Vec<Sighting> = usage.into_all().collect();
        counted.sort_unstable_by_key(|sighting| sighting.record.origin);
        assert_eq!(counted.iter().map(place).collect::<Vec<_>>(), [(1, 6), (1, 9)]);
        assert_eq!(counted[0].repeats().map(|(_, duplicate, _)| duplicate).sum::<u64>(), 1);
    }
}

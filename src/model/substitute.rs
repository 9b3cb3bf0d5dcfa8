//! Usage that counts only where nothing nearer tells of it: the total of an agent beside the calls that it sums, a span
//! beside the event of the same call. What tells and what waits may stand in different files.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::name::NameMap;
use super::origin::Origin;
use super::sighting::{Sighting, Sightings};
use super::usage::{IdHasher, RecordId, UsageRecord};

/// What was told, and the records that count unless it was.
#[derive(Debug, Default)]
pub struct Substitutes {
    told: HashSet<RecordId, BuildHasherDefault<IdHasher>>,
    waiting: Vec<(RecordId, UsageRecord)>,
}

impl Substitutes {
    /// Notes that usage was told of something.
    pub fn tell(&mut self, what: RecordId) {
        self.told.insert(what);
    }

    /// Whether usage was told of something, which is forgotten then.
    pub fn take(&mut self, what: RecordId) -> bool {
        self.told.remove(&what)
    }

    /// Keeps a record that counts unless usage is told of something.
    pub fn wait(&mut self, what: RecordId, record: UsageRecord) {
        self.waiting.push((what, record));
    }

    /// Moves what another file told and keeps waiting into this one, re-pointing the names of records.
    pub fn merge(&mut self, other: Self, map: &NameMap) {
        self.told.extend(other.told);
        self.waiting.extend(other.waiting.into_iter().map(|(what, mut record)| {
            record.rename(map);
            (what, record)
        }));
    }

    /// Adds the records that nothing else told of to the usage, and gives the places of the others, in input order.
    pub fn settle(self, usage: &mut Sightings) -> Vec<Origin> {
        let Self { told, waiting } = self;
        let mut repeats = Vec::new();
        for (what, record) in waiting {
            if told.contains(&what) {
                repeats.push(record.origin);
            } else {
                usage.add(Sighting::new(record, Vec::new()));
            }
        }
        repeats.sort_unstable();
        repeats
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::name::Names;
    use crate::model::origin::FileId;

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
        one.wait(told, record(1, 8));
        one.wait(untold, record(1, 9));
        one.wait(told, record(0, 7));
        other.tell(told);
        other.tell(RecordId::of(&["taken"]));
        assert!(other.take(RecordId::of(&["taken"])) && !other.take(untold));
        let mut names = Names::default();
        let map = names.absorb(Names::default());
        one.merge(other, &map);
        let mut usage = Sightings::default();
        let repeats: Vec<(u32, u64)> = one.settle(&mut usage).iter().map(|at| (at.file.0, at.line)).collect();
        assert_eq!(repeats, [(0, 7), (1, 8)]);
        assert_eq!(usage.into_all().map(|sighting| sighting.record.origin.line).collect::<Vec<_>>(), [9]);
    }
}

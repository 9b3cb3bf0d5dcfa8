//! Usage that counts only if no more direct source has it: an agent's total next to the calls that it sums, or a span next
//! to the event of the same call. Both may be in different files.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

use chrono::{DateTime, Utc};

use super::elsewhere::Repeat;
use super::hash::IdHasher;
use super::money::Money;
use super::name::{Name, NameMap};
use super::observation::Observation;
use super::observations::Observations;
use super::origin::{FileId, Origin};
use super::usage::{IdMap, RecordId, TokenCounts, UsageRecord};

/// What was read directly, and the records that count unless it was.
#[derive(Debug, Default)]
pub struct Pending {
    direct: IdSet,
    deferred: Observations,
    /// Ids that come with others: the first was read directly if the second is.
    chains: Vec<(RecordId, RecordId)>,
    /// A record, and the id whose direct usage replaces it; a record that was logged in several ways has several.
    waits: Vec<(RecordId, RecordId)>,
    /// Parts of sums that were read directly: the id of the sums, that of the record, and what it used.
    parts: Vec<(RecordId, RecordId, Used)>,
    /// Records whose counts go on from those of another session …
    continuing: Observations,
    /// … and when theirs began.
    begun: Vec<(RecordId, DateTime<Utc>)>,
    /// Records that say nothing of their time …
    undated: Observations,
    /// … what does …
    dated_by: Vec<(RecordId, RecordId)>,
    /// … and what it says.
    times: IdMap<DateTime<Utc>>,
}

type IdSet = HashSet<RecordId, BuildHasherDefault<IdHasher>>;

impl Pending {
    /// Notes that usage with this id was read directly.
    pub fn resolve(&mut self, what: RecordId) {
        self.direct.insert(what);
    }

    /// Notes a record that was read directly and is a part of the sums with the id `what`, with what it used as they have it:
    /// they count for what is beyond their parts.
    pub fn resolve_part(&mut self, what: RecordId, record: RecordId, used: Used) {
        self.parts.push((what, record, used));
    }

    /// Notes that usage with the id `with` was read directly if usage with the id `what` was, whichever is read first.
    pub fn resolve_with(&mut self, what: RecordId, with: RecordId) {
        self.chains.push((what, with));
    }

    /// Whether usage with this id was read directly so far.
    #[must_use]
    pub fn is_resolved(&self, what: RecordId) -> bool {
        self.direct.contains(&what)
    }

    /// Keeps a record that counts unless usage with this id is read directly.
    pub fn defer(&mut self, what: RecordId, record: &UsageRecord) {
        self.waits.push((record.id, what));
        self.deferred.add_record(record);
    }

    /// Keeps a record that counts all since its parent session began, which that session had used when its own `began`.
    pub fn continues(&mut self, began: DateTime<Utc>, record: &UsageRecord) {
        self.begun.push((record.id, began));
        self.continuing.add_record(record);
    }

    /// Keeps a record without a time of its own, whose time is for now only assumed; what `dates` it says.
    pub fn date_by(&mut self, dates: RecordId, record: &UsageRecord) {
        self.dated_by.push((record.id, dates));
        self.undated.add_record(record);
    }

    /// Notes a time; the latest one counts.
    pub fn note_time(&mut self, dates: RecordId, time: DateTime<Utc>) {
        let latest = self.times.entry(dates).or_insert(time);
        *latest = time.max(*latest);
    }

    /// Adds what another file has, and maps the names of its records.
    pub fn merge(&mut self, other: Self, map: &NameMap) {
        self.direct.extend(other.direct);
        self.chains.extend(other.chains);
        self.waits.extend(other.waits);
        self.parts.extend(other.parts);
        self.deferred.merge(other.deferred, map);
        self.begun.extend(other.begun);
        self.continuing.merge(other.continuing, map);
        self.undated.merge(other.undated, map);
        self.dated_by.extend(other.dated_by);
        #[expect(clippy::iter_over_hash_type, reason = "the latest time of each is the same in any order")]
        for (dates, time) in other.times {
            self.note_time(dates, time);
        }
    }

    /// Adds what was read directly because something else was.
    fn follow_chains(&mut self) {
        let mut chains = std::mem::take(&mut self.chains);
        chains.sort_unstable();
        chains.dedup();
        let known = chains.iter().map(|(what, _)| *what).filter(|what| self.direct.contains(what));
        let mut open: Vec<RecordId> = known.collect();
        while let Some(what) = open.pop() {
            let first = chains.partition_point(|(one, _)| *one < what);
            for (_, with) in chains[first..].iter().take_while(|(one, _)| *one == what) {
                if self.direct.insert(*with) {
                    open.push(*with);
                }
            }
        }
    }

    /// Adds the records without direct usage to `usage`, and returns the others.
    pub fn finish(mut self, usage: &mut Observations) -> SetAside {
        self.follow_chains();
        if !self.waits.is_empty() {
            // Some wait for single records.
            self.direct.extend(self.parts.iter().map(|(_, record, _)| *record));
        }
        let Self { direct, mut deferred, waits, parts, continuing, begun, undated, dated_by, times, .. } = self;
        let mut parts = summed(parts);
        let undated = add_dated(undated, dated_by, &times, usage);
        add_continuing(continuing, begun, usage);
        let is_sum = |what: &RecordId| parts.contains_key(what) && !direct.contains(what);
        let sums: IdMap<RecordId> = waits.iter().filter(|(_, what)| is_sum(what)).copied().collect();
        let is_open = |what: &RecordId| !parts.contains_key(what) && !direct.contains(what);
        let mut counted: IdSet = waits.into_iter().filter(|(_, what)| is_open(what)).map(|(id, _)| id).collect();
        let repeats: Vec<Repeat> = deferred.take_repeats().into_iter().map(|(repeat, ..)| repeat).collect();
        let mut set_aside = SetAside { records: Vec::new(), undated, repeats: Vec::new() };
        let mut of_parts = Vec::new();
        for observation in deferred.into_all() {
            match sums.get(&observation.record.id) {
                _ if counted.contains(&observation.record.id) => usage.add(observation),
                Some(what) => of_parts.push((*what, observation)),
                None => set_aside.add(observation),
            }
        }
        let mut wholes: IdMap<Used> = IdMap::default();
        for (what, observation) in &of_parts {
            wholes.entry(*what).or_default().add(&Used::by(&observation.record));
        }
        // Parts that are more than the sums show that these are sums of something else.
        parts.retain(|what, part| wholes.get(what).is_some_and(|whole| part.is_part_of(whole)));
        // A tool that began to log requests later has the newest of them.
        of_parts.sort_unstable_by_key(|(_, one)| (Reverse(one.record.charge_period_start), one.record.id));
        for (what, mut observation) in of_parts {
            match parts.get_mut(&what).and_then(|part| part.take_from(&observation.record)) {
                Some(rest) => {
                    counted.insert(rest.id);
                    observation.record = rest;
                    usage.add(observation);
                }
                None => set_aside.add(observation),
            }
        }
        let (again, aside): (Vec<Repeat>, Vec<Repeat>) =
            repeats.into_iter().partition(|repeat| counted.contains(&repeat.id));
        usage.add_repeats(again.into_iter());
        set_aside.repeats.extend(aside.iter().map(|one| (one.file, one.count)));
        set_aside.records.sort_unstable_by_key(|record| record.origin);
        set_aside
    }
}

/// What was used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    /// The tokens.
    pub tokens: TokenCounts,
    /// What the tool says that it cost.
    pub cost: Option<Money>,
    /// How many requests there were; zero if that is not known.
    pub requests: u64,
}

impl Used {
    fn by(record: &UsageRecord) -> Self {
        Self { tokens: record.tokens, cost: record.reported_cost, requests: record.request_count.unwrap_or(0) }
    }

    fn add(&mut self, other: &Self) {
        self.tokens = self.tokens.plus(other.tokens);
        self.cost = self.cost.into_iter().chain(other.cost).reduce(|ours, theirs| ours + theirs);
        self.requests += other.requests;
    }

    /// Whether another usage has all of these tokens.
    fn is_part_of(&self, whole: &Self) -> bool {
        let (mut own, mut whole) = (self.tokens, whole.tokens);
        own.take_common(&mut whole);
        own.total() == 0
    }

    /// Takes a record away from what was read directly; returns what of the record is beyond it, if that is a token.
    fn take_from(&mut self, record: &UsageRecord) -> Option<UsageRecord> {
        let mut rest = record.clone();
        rest.tokens.take_common(&mut self.tokens);
        if rest.tokens.output.is_some() {
            rest.tokens.reasoning = rest.tokens.reasoning.min(rest.tokens.output);
        }
        if let (Some(whole), Some(part)) = (&mut rest.reported_cost, &mut self.cost) {
            let common = (*whole).min(*part);
            (*whole, *part) = (*whole - common, *part - common);
        }
        rest.reported_cost = rest.reported_cost.filter(|cost| *cost != Money::ZERO);
        let requests = record.request_count.unwrap_or(0);
        // That there were some is known, but not how many.
        rest.request_count = requests.checked_sub(self.requests).filter(|left| *left > 0);
        self.requests = self.requests.saturating_sub(requests);
        (rest.tokens.total() > 0).then_some(rest)
    }
}

/// The sums of parts, by the id of what they are parts of; of copies of a part the one with most tokens counts.
fn summed(mut parts: Vec<(RecordId, RecordId, Used)>) -> IdMap<Used> {
    parts.sort_unstable_by_key(|(what, record, used)| (*what, *record, Reverse(used.tokens.total())));
    parts.dedup_by_key(|(what, record, _)| (*what, *record));
    let mut sums: IdMap<Used> = IdMap::default();
    for (what, _, used) in &parts {
        sums.entry(*what).or_default().add(used);
    }
    sums
}

/// Adds records with the times that others say; returns where those are that keep the assumed one.
fn add_dated(
    mut undated: Observations,
    dated_by: Vec<(RecordId, RecordId)>,
    times: &IdMap<DateTime<Utc>>,
    usage: &mut Observations,
) -> Vec<Origin> {
    usage.add_repeats(undated.take_repeats().into_iter().map(|(repeat, ..)| repeat));
    let dated_by: IdMap<RecordId> = dated_by.into_iter().collect();
    let mut assumed = Vec::new();
    for mut observation in undated.into_all() {
        let record = &mut observation.record;
        match dated_by.get(&record.id).and_then(|dates| times.get(dates)) {
            Some(time) => record.charge_period_start = *time,
            None => assumed.push(record.origin),
        }
        usage.add(observation);
    }
    assumed.sort_unstable();
    assumed
}

/// Adds records whose counts go on from those of another session, less what that one had used, and those that it goes on from.
fn add_continuing(mut continuing: Observations, begun: Vec<(RecordId, DateTime<Utc>)>, usage: &mut Observations) {
    usage.add_repeats(continuing.take_repeats().into_iter().map(|(repeat, ..)| repeat));
    let begun: IdMap<DateTime<Utc>> = begun.into_iter().collect();
    let mut all: Vec<Observation> = continuing.into_all().collect();
    let mut known = UsedBySession::of_parents(&all, usage);
    let mut taken_off: HashMap<Name, Used> = HashMap::new();
    // What a session goes on from began before it.
    all.sort_by_key(|observation| (observation.record.charge_period_start, observation.record.origin));
    for mut observation in all {
        let record = &mut observation.record;
        if let (Some(began), Some(parent)) = (begun.get(&record.id), record.parent_session) {
            let mut before = known.before(parent, *began);
            if let Some(more) = taken_off.get(&parent) {
                before.add(more);
            }
            if before.tokens.less(record.tokens).total() == 0 {
                record.tokens = record.tokens.less(before.tokens);
                let cost = record.reported_cost.zip(before.cost);
                if let Some((all, before)) = cost.filter(|(all, before)| before.nanos() <= all.nanos()) {
                    record.reported_cost = Some(all - before);
                }
                if let Some(session) = record.session {
                    taken_off.insert(session, before);
                }
            }
        }
        known.add(record);
        usage.add(observation);
    }
}

/// What sessions used from which others go on, with the times at which they had used all of it.
struct UsedBySession(HashMap<Name, Vec<(DateTime<Utc>, Used)>>);

impl UsedBySession {
    fn of_parents(all: &[Observation], usage: &Observations) -> Self {
        let parents = all.iter().filter_map(|observation| observation.record.parent_session);
        let mut used = Self(parents.map(|parent| (parent, Vec::new())).collect());
        if !used.0.is_empty() {
            usage.each_record(|record| used.add(record));
        }
        used
    }

    fn add(&mut self, record: &UsageRecord) {
        if let Some(of_session) = record.session.and_then(|session| self.0.get_mut(&session)) {
            let known_at = record.charge_period_end.unwrap_or(record.charge_period_start);
            of_session.push((known_at, Used::by(record)));
        }
    }

    /// What a session used up to a time.
    fn before(&self, session: Name, end: DateTime<Utc>) -> Used {
        let mut sum = Used::default();
        let of_session = self.0.get(&session).into_iter().flatten();
        of_session.filter(|(at, _)| *at <= end).for_each(|(_, used)| sum.add(used));
        sum
    }
}

/// Records that do not count because the same usage was read directly.
#[derive(Debug)]
pub struct SetAside {
    /// Each once, in input order.
    pub records: Vec<UsageRecord>,
    /// Records whose time nothing says, in input order; they count at the assumed one.
    pub undated: Vec<Origin>,
    /// How often each file repeats one of them, in no order.
    pub repeats: Vec<(FileId, u64)>,
}

impl SetAside {
    fn add(&mut self, observation: Observation) {
        self.repeats.push((observation.record.origin.file, observation.own_repeats()));
        self.records.push(observation.record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::name::Names;

    #[test]
    fn usage_that_another_file_has_directly_is_not_counted_again() {
        let record = |file: u32, line: u64| {
            let at = DateTime::from_timestamp_secs(1_780_000_000).unwrap_or_default();
            let mut record = UsageRecord::blank("a-format", Origin { file: FileId(file), line }, at);
            record.id = RecordId(u128::from(line));
            record
        };
        let (direct_id, other_id) = (RecordId::of(&["direct"]), RecordId::of(&["other"]));
        let (mut one, mut other) = (Pending::default(), Pending::default());
        one.defer(direct_id, &record(1, 8));
        one.defer(other_id, &record(1, 9));
        one.defer(direct_id, &record(0, 7));
        // The same record in two ways, one of which was read directly.
        one.defer(other_id, &record(1, 6));
        other.defer(direct_id, &record(2, 6));
        other.resolve(direct_id);
        assert!(other.is_resolved(direct_id) && !other.is_resolved(other_id));
        let mut names = Names::default();
        let map = names.absorb(Names::default());
        one.merge(other, &map);
        let mut usage = Observations::default();
        let line = |record: &UsageRecord| (record.origin.file.0, record.origin.line);
        assert_eq!(one.finish(&mut usage).records.iter().map(line).collect::<Vec<_>>(), [(0, 7), (1, 8)]);
        let repeats = usage.take_repeats();
        assert_eq!(repeats.iter().map(|(repeat, ..)| (repeat.file.0, repeat.count)).collect::<Vec<_>>(), [(2, 1)]);
        let mut counted: Vec<UsageRecord> = usage.into_all().map(|observation| observation.record).collect();
        counted.sort_unstable_by_key(|record| record.origin);
        assert_eq!(counted.iter().map(line).collect::<Vec<_>>(), [(1, 6), (1, 9)]);
    }

    #[test]
    fn sums_count_for_what_is_beyond_the_requests_that_were_read() {
        let record = |line: u64, hour: i64, input: u64, requests: u64| {
            let at = DateTime::from_timestamp_secs(1_780_000_000 + 3_600 * hour).unwrap_or_default();
            let mut record = UsageRecord::blank("a-format", Origin { file: FileId(0), line }, at);
            record.id = RecordId(u128::from(line));
            record.tokens.input = Some(input);
            record.request_count = Some(requests);
            record
        };
        let sum = RecordId::of(&["sum"]);
        let (mut pending, mut usage) = (Pending::default(), Observations::default());
        // Two runs, and the requests of the second one and a half.
        pending.defer(sum, &record(1, 0, 1_000, 4));
        pending.defer(sum, &record(2, 5, 600, 2));
        for (line, input) in [(3, 200), (4, 600)] {
            usage.add_record(&record(line, 6, input, 1));
            let used = Used::by(&record(line, 6, input, 1));
            // As a copy of the file says once more.
            (0..2).for_each(|_| pending.resolve_part(sum, RecordId(u128::from(line)), used));
        }
        let aside = pending.finish(&mut usage);
        assert_eq!(aside.records.iter().map(|record| record.origin.line).collect::<Vec<_>>(), [2]);
        let mut counted: Vec<UsageRecord> = usage.into_all().map(|observation| observation.record).collect();
        counted.sort_unstable_by_key(|record| record.origin);
        let figures = |one: &UsageRecord| (one.origin.line, one.tokens.input, one.request_count);
        assert_eq!(
            counted.iter().map(figures).collect::<Vec<_>>(),
            [(1, Some(800), Some(4)), (3, Some(200), Some(1)), (4, Some(600), Some(1))]
        );
    }
}

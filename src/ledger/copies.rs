//! Records that a session repeats of another one under new ids: forks, and logs that were copied under another name.
//!
//! - In: the records of a run in ledger order. Out: which records of agents are copies.
//! - A copy starts its session: from its first record on, models and all counts are those of another session at the same
//!   times, or, for a session whose log names its parent, those of the parent from its start, whatever the times.
//! - One record alone may agree by chance where clocks are coarse, so it is a copy only if the log names the parent, or if the
//!   clock is fine enough.
//! - History that the log itself marks as its parent's is a copy if the parent was read; otherwise it counts once.
//!
//! Nothing depends on the order of reading: sessions are compared by what they say and by the order of inputs.

mod sessions;

use std::collections::{HashMap, HashSet};

use crate::model::name::Name;
use crate::model::usage::UsageRecord;
use sessions::{Content, Sessions, content, is_comparable};

/// Agents that log milliseconds, so that a time of a whole second is a fine one, too.
const FINE_CLOCKS: [&str; 6] = ["amp", "cline", "codebuff", "droid", "opencode", "zed"];

/// What repeats other sessions, as indexes of records in ascending order.
#[derive(Debug, Default)]
pub(super) struct Copies {
    pub(super) copied: Vec<usize>,
    /// The kept records of history whose own session was not read.
    pub(super) orphans: Vec<usize>,
}

/// Records that agree in time, model and counts, one per session.
type Moment = Vec<usize>;

/// Finds the copies among records in ledger order.
pub(super) fn find(records: &[UsageRecord]) -> Copies {
    let moments = moments(records);
    if moments.is_empty() && !records.iter().any(|record| record.parent_session.is_some()) {
        return Copies::default();
    }
    let sessions = Sessions::new(records, moments.iter().flatten().copied());
    let mut copied = copies_in_time(&sessions, &moments);
    let mut orphans = Vec::new();
    find_history(&sessions, &mut copied, &mut orphans);
    orphans.retain(|at| !copied.contains(at));
    orphans.sort_unstable();
    let mut copied: Vec<usize> = copied.into_iter().collect();
    copied.sort_unstable();
    Copies { copied, orphans }
}

/// The records of one time that agree over several sessions: the first of each session together, the second, and so on.
fn moments(records: &[UsageRecord]) -> Vec<Moment> {
    let mut moments = Vec::new();
    let mut start = 0;
    for same_time in records.chunk_by(|a, b| a.charge_period_start == b.charge_period_start) {
        let end = start + same_time.len();
        if same_time.len() > 1 {
            add_moments(records, start..end, &mut moments);
        }
        start = end;
    }
    moments
}

fn add_moments(records: &[UsageRecord], range: std::ops::Range<usize>, moments: &mut Vec<Moment>) {
    let mut here: Vec<usize> = range.filter(|at| is_comparable(&records[*at])).collect();
    let session = |at: usize| records[at].session.map(Name::code);
    here.sort_unstable_by_key(|at| (content(&records[*at]), session(*at), records[*at].origin));
    for equal in here.chunk_by(|a, b| content(&records[*a]) == content(&records[*b])) {
        let mut nth: Vec<Moment> = Vec::new();
        for of_session in equal.chunk_by(|a, b| session(*a) == session(*b)) {
            nth.resize_with(nth.len().max(of_session.len()), Vec::new);
            of_session.iter().zip(&mut nth).for_each(|(at, moment)| moment.push(*at));
        }
        moments.extend(nth.into_iter().filter(|moment| moment.len() > 1));
    }
}

/// The records with which sessions start that are those of other sessions at the same times. Of each such record one is no
/// copy: one in the middle of a session, or that of the session that ranks first.
fn copies_in_time(sessions: &Sessions<'_>, moments: &[Moment]) -> HashSet<usize> {
    let timed = Timed::new(sessions, moments);
    let candidates: HashSet<usize> =
        (0..sessions.all.len()).flat_map(|at| timed.leading_copies(at).iter().copied()).collect();
    let mut copied = HashSet::new();
    for moment in moments {
        let rank = |at: &&usize| sessions.of(**at).map(|session| sessions.all[session].rank());
        let kept = if moment.iter().all(|at| candidates.contains(at)) { moment.iter().min_by_key(rank) } else { None };
        copied.extend(moment.iter().filter(|at| candidates.contains(at) && Some(*at) != kept));
    }
    copied
}

/// Which sessions agree at which times.
struct Timed<'a> {
    sessions: &'a Sessions<'a>,
    /// The moment of a record.
    moments: HashMap<usize, usize>,
    /// The two sessions of each moment that rank first.
    first: Vec<[usize; 2]>,
    holds: HashSet<(usize, usize)>,
}

impl<'a> Timed<'a> {
    fn new(sessions: &'a Sessions<'a>, moments: &[Moment]) -> Self {
        let mut timed = Self { sessions, moments: HashMap::new(), first: Vec::new(), holds: HashSet::new() };
        for (number, moment) in moments.iter().enumerate() {
            let mut holders: Vec<usize> = moment.iter().filter_map(|at| sessions.of(*at)).collect();
            holders.sort_unstable_by_key(|session| sessions.all[*session].rank());
            holders.dedup();
            timed.holds.extend(holders.iter().map(|session| (*session, number)));
            // A moment of one session comes of two agents that name their sessions alike.
            let Some(first) = holders.first_chunk::<2>() else { continue };
            timed.first.resize(number, [usize::MAX; 2]);
            timed.first.push(*first);
            timed.moments.extend(moment.iter().map(|at| (*at, number)));
        }
        timed
    }

    /// The records from the start of a session that agree with those of other sessions, if they are enough not to be chance.
    fn leading_copies(&self, session: usize) -> &'a [usize] {
        let own = &self.sessions.all[session];
        let mut before: Option<(usize, usize)> = None;
        let mut run = 0;
        for at in &own.records {
            let Some(moment) = self.moments.get(at).copied() else { break };
            let [first, second] = self.first[moment];
            let other = if first == session { second } else { first };
            // The run goes on with the same session, or with one that has the record before as well.
            before = match before {
                None => Some((other, moment)),
                Some((same, _)) if self.holds.contains(&(same, moment)) => Some((same, moment)),
                Some((_, last)) if self.holds.contains(&(other, last)) => Some((other, moment)),
                Some(_) => break,
            };
            run += 1;
        }
        let records = self.sessions.records;
        let times =
            own.records[..run].chunk_by(|a, b| records[*a].charge_period_start == records[*b].charge_period_start);
        match (times.count(), before) {
            (0, _) | (_, None) => &[],
            (1, Some((other, moment))) if !self.is_sure(session, run, other, moment) => &[],
            _ => &own.records[..run],
        }
    }

    /// Whether records of a single time are copies.
    fn is_sure(&self, session: usize, run: usize, other: usize, moment: usize) -> bool {
        let [own, theirs] = [session, other].map(|at| &self.sessions.all[at]);
        let is_stated = own.parent.is_some_and(|parent| match self.sessions.find(parent) {
            Some(parent) => self.holds.contains(&(parent, moment)),
            None => !own.is_subagent(self.sessions.records),
        });
        let record = &self.sessions.records[own.records[0]];
        let is_whole = own.records.len() == run && theirs.records.len() == run;
        let is_fine = record.charge_period_start.timestamp_subsec_nanos() != 0;
        is_stated || is_fine || is_whole && FINE_CLOCKS.contains(&record.source)
    }
}

/// The records that children repeat of their parents from the start, and history whose session was not read.
fn find_history(sessions: &Sessions<'_>, copied: &mut HashSet<usize>, orphans: &mut Vec<usize>) {
    let mut without_parent: Vec<(usize, usize)> = Vec::new();
    for (at, child) in sessions.all.iter().enumerate() {
        let Some(parent) = child.parent else { continue };
        let Some(parent) = sessions.find(parent).filter(|parent| *parent != at) else {
            without_parent.push((parent.code() as usize, at));
            continue;
        };
        let pairs = child.records.iter().zip(&sessions.all[parent].records);
        let run = pairs.take_while(|(ours, theirs)| sessions.content(**ours) == sessions.content(**theirs)).count();
        if is_history(sessions, at, run) {
            copied.extend(&child.records[..run]);
        }
        copied.extend(child.records.iter().filter(|at| sessions.records[**at].is_history));
    }
    without_parent.sort_unstable_by_key(|(parent, at)| (*parent, sessions.all[*at].rank()));
    for siblings in without_parent.chunk_by(|(a, _), (b, _)| a == b) {
        find_shared_history(sessions, siblings.iter().map(|(_, at)| *at), copied, orphans);
    }
}

/// Whether so many equal records at the start of a session are those of its parent. A fork always starts with its parent's, but
/// one request of a subagent may be like its parent's.
fn is_history(sessions: &Sessions<'_>, child: usize, run: usize) -> bool {
    run > 1 || run == 1 && !sessions.all[child].is_subagent(sessions.records)
}

/// History that several sessions repeat of one that was not read counts in the first of them.
fn find_shared_history(
    sessions: &Sessions<'_>,
    siblings: impl Iterator<Item = usize>,
    copied: &mut HashSet<usize>,
    orphans: &mut Vec<usize>,
) {
    // The starts of sessions as a tree: the step from a start to one that is longer by a record.
    let mut steps: HashMap<(usize, Content), usize> = HashMap::new();
    for child in siblings {
        let own = &sessions.all[child];
        let (mut start, mut run) = (0, 0);
        while let Some(next) = own.records.get(run).and_then(|at| steps.get(&(start, sessions.content(*at)))) {
            (start, run) = (*next, run + 1);
        }
        let is_all_history = is_history(sessions, child, run);
        let is_marked = |at: &&usize| sessions.records[**at].is_history;
        copied.extend(own.records[..run].iter().filter(|at| is_all_history || is_marked(at)));
        orphans.extend(own.records[run..].iter().filter(is_marked));
        for at in &own.records[run..] {
            let next = steps.len() + 1;
            start = *steps.entry((start, sessions.content(*at))).or_insert(next);
        }
    }
}

#[cfg(test)]
mod tests;

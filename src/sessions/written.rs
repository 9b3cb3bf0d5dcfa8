//! Lines that sessions wrote, followed to the commits that hold them and to the day on which they were 30 days old.
//!
//! - In: what sessions did, their links, the commits of the repositories. Out: [`Written`], in counts without text.
//! - A text that a session writes into a file counts once, however often it writes it. Lines that do not count anywhere (blank,
//!   shorter than four characters, brackets alone) are left out.
//! - A line is committed if a commit that the session is linked to adds it, to a file of the same name. Which single lines are
//!   alive is not known: each commit's lines are split by the share of its lines that lived for 30 days.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

use chrono::{DateTime, Utc};

use crate::history::History;
use crate::ledger::Spent;
use crate::link::{Account, Links};
use crate::model::activity::{Event, Hashed, What, line_hash};
use crate::model::hash::hash_text;
use crate::model::line_life::Death;
use crate::model::link::{Tier, Unlinked};
use crate::model::name::{Name, Names};
use crate::model::period::{HORIZON, Period};
use crate::model::work::Work;

/// Lines of brackets that are longer than the generated ones.
const CLOSERS: [&str; 6] = ["}));", "})),", "]));", "})})", "})();", "});});"];

type Set = HashSet<u64, BuildHasherDefault<Hashed>>;

/// Where some lines went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Went {
    /// Into files of no repository that was read, as far as anything shows.
    Elsewhere,
    /// No commit has them.
    Uncommitted,
    /// Into a commit that did not land: the index of the link.
    Open(usize),
    /// Into a landing, by repository and index.
    Landed(usize, usize),
}

/// Lines of one record's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lines {
    /// Index of the last record before they were written; `None` if the session has none.
    pub record: Option<usize>,
    /// Where they went.
    pub went: Went,
    /// When the last of them was written.
    pub at: DateTime<Utc>,
    /// How many.
    pub count: u64,
    /// Of those that landed, those alive after 30 days, if they are old enough; `None` if the history does not show it.
    pub alive: Option<u64>,
}

/// The lines of all sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The lines, in the order of sessions and records.
    pub lines: Vec<Lines>,
    /// Sessions with recorded edits.
    pub sessions: HashSet<Name>,
}

/// What lines are followed through.
#[derive(Clone, Copy)]
pub struct WrittenInput<'a> {
    /// What sessions did, by session and time.
    pub events: &'a [Event],
    /// What the spend is linked to.
    pub links: &'a Links,
    /// The weakest evidence that counts.
    pub least: Tier,
    /// The repositories …
    pub histories: &'a [History],
    /// … and their commits.
    pub works: &'a [Work],
    /// The period.
    pub period: &'a Period,
    /// The texts.
    pub names: &'a Names,
}

/// A commit that may hold lines of a session: repository, index, and the link.
type Target = (usize, usize, usize);

/// The order in which commits are asked: whether it did not land, when it was made, and which it is.
type Order = (bool, DateTime<Utc>, Target);

/// Lines of commits that were alive after 30 days, and all of them, by the ids of the commits.
type Lived<'a> = HashMap<&'a str, (u64, u64)>;

/// Lines of a commit, counted by record and place.
type Counts = BTreeMap<(Option<usize>, Option<Target>, bool), (u64, DateTime<Utc>)>;

impl Written {
    /// Follows the lines.
    #[must_use]
    pub fn follow(input: &WrittenInput<'_>) -> Self {
        let mut found = Self::default();
        let mut holds = Holdings::new(input);
        let is_edit = |event: &&Event| matches!(event.what, What::Edit { .. }) && input.period.contains(event.at);
        found.sessions = input.events.iter().filter(is_edit).filter_map(|event| event.session).collect();
        let records = records_of(&input.links.records, &found.sessions);
        let accounts = in_repository(input);
        let targets = targets(input);
        let mut of_commits: Vec<(Option<Target>, Lines)> = Vec::new();
        for events in input.events.chunk_by(|a, b| a.session == b.session) {
            let Some(session) = events.first().and_then(|event| event.session) else { continue };
            if !found.sessions.contains(&session) {
                continue;
            }
            let own = records.get(&session).map_or(&[][..], Vec::as_slice);
            let targets = targets.get(input.names.text(session)).map_or(&[][..], Vec::as_slice);
            let mut counts = Counts::new();
            let mut seen = Set::default();
            for event in events.iter().filter(is_edit) {
                let What::Edit { path, added, .. } = &event.what else { continue };
                let after = own.partition_point(|&at| input.links.records[at].at <= event.at);
                let record = own.get(after.saturating_sub(1)).copied();
                let is_inside = !targets.is_empty() || record.is_some_and(|at| accounts[at]);
                let file = file_name(input.names.text(*path));
                for hash in added.iter().filter(|hash| !trivial().contains(hash)) {
                    let key = key(file, *hash);
                    if seen.insert(key) {
                        let target = targets.iter().find(|target| holds.has(**target, key)).copied();
                        let count = counts.entry((record, target, is_inside)).or_insert((0, event.at));
                        *count = (count.0 + 1, count.1.max(event.at));
                    }
                }
            }
            for ((record, target, is_inside), (count, at)) in counts {
                let went = match target {
                    None if is_inside => Went::Uncommitted,
                    None => Went::Elsewhere,
                    Some((repository, commit, link)) => match input.works[repository].commits[commit].landing {
                        Some(landing) => Went::Landed(repository, landing as usize),
                        None => Went::Open(link),
                    },
                };
                of_commits.push((target, Lines { record, went, at, count, alive: None }));
            }
        }
        set_alive(input, &mut of_commits);
        found.lines = of_commits.into_iter().map(|(_, lines)| lines).collect();
        found
    }
}

/// The records of sessions, in order of time.
fn records_of(records: &[Spent], sessions: &HashSet<Name>) -> HashMap<Name, Vec<usize>> {
    let mut found: HashMap<Name, Vec<usize>> = HashMap::new();
    for (at, record) in records.iter().enumerate() {
        if let Some(session) = record.session.filter(|session| sessions.contains(session)) {
            found.entry(session).or_default().push(at);
        }
    }
    found.values_mut().for_each(|own| own.sort_by_key(|&at| (records[at].at, at)));
    found
}

/// Whether each record's work was in a repository that was read.
fn in_repository(input: &WrittenInput<'_>) -> Vec<bool> {
    let mut found = vec![false; input.links.records.len()];
    for posting in &input.links.journal {
        found[posting.record] |= match posting.account {
            Account::Link(_) | Account::Unlinked(Unlinked::Uncommitted) => true,
            Account::Unlinked(_) => false,
        };
    }
    found
}

/// The commits that each session is linked to: those that landed first, then by time.
fn targets<'a>(input: &WrittenInput<'a>) -> HashMap<&'a str, Vec<Target>> {
    let mut found: HashMap<&str, BTreeSet<Order>> = HashMap::new();
    let mut by_landing: HashMap<(usize, u32), Vec<usize>> = HashMap::new();
    let mut by_branch: HashMap<(usize, &str), Vec<usize>> = HashMap::new();
    let mut by_id: HashMap<(usize, &str), usize> = HashMap::new();
    for (repository, work) in input.works.iter().enumerate() {
        for (at, one) in work.commits.iter().enumerate().filter(|(_, one)| !one.is_merge()) {
            by_id.insert((repository, &one.commit.id), at);
            match one.landing {
                Some(landing) => by_landing.entry((repository, landing)).or_default().push(at),
                None => {
                    for name in &one.branches {
                        by_branch.entry((repository, name)).or_default().push(at);
                    }
                }
            }
        }
    }
    for (at, link) in input.links.links.iter().enumerate().filter(|(_, link)| link.tier <= input.least) {
        let of_id = link.commit.as_deref().and_then(|id| by_id.get(&(link.repository, id)));
        let commits = match (of_id, link.landing, link.branch.as_deref()) {
            (Some(commit), ..) => std::slice::from_ref(commit),
            (None, Some(landing), _) => {
                let landing = u32::try_from(landing).unwrap_or(u32::MAX);
                by_landing.get(&(link.repository, landing)).map_or(&[][..], Vec::as_slice)
            }
            (None, None, Some(name)) => by_branch.get(&(link.repository, name)).map_or(&[][..], Vec::as_slice),
            (None, None, None) => &[],
        };
        for &commit in commits {
            let one = &input.works[link.repository].commits[commit];
            let order = (one.landing.is_none(), one.commit.commit_time, (link.repository, commit, at));
            found.entry(link.session.as_str()).or_default().insert(order);
        }
    }
    let ordered = |set: BTreeSet<Order>| set.into_iter().map(|(.., target)| target).collect();
    found.into_iter().map(|(session, set)| (session, ordered(set))).collect()
}

/// What commits add, read once a session may have written it.
struct Holdings<'a> {
    works: &'a [Work],
    files: HashMap<(usize, u32), u64>,
    commits: HashMap<(usize, usize), Set>,
}

impl<'a> Holdings<'a> {
    fn new(input: &WrittenInput<'a>) -> Self {
        Self { works: input.works, files: HashMap::new(), commits: HashMap::new() }
    }

    fn has(&mut self, (repository, commit, _): Target, wanted: u64) -> bool {
        let (work, files) = (&self.works[repository], &mut self.files);
        let lines = self.commits.entry((repository, commit)).or_insert_with(|| {
            let lines = work.commits[commit].lines.iter();
            lines
                .map(|&(path, hash)| {
                    let file = files.entry((repository, path));
                    key(*file.or_insert_with(|| file_name(&work.paths[path as usize])), hash)
                })
                .collect()
        });
        lines.contains(&wanted)
    }
}

/// A hash of the last part of a path.
fn file_name(path: &str) -> u64 {
    hash_text(path.rsplit(['/', '\\']).next().unwrap_or(path))
}

/// A line of a file of some name.
fn key(file: u64, line: u64) -> u64 {
    file.rotate_left(17) ^ line
}

/// Hashes of lines that are never effective: at most three characters, or brackets alone.
fn trivial() -> &'static Set {
    static TRIVIAL: OnceLock<Set> = OnceLock::new();
    TRIVIAL.get_or_init(|| {
        let marks = "(){}[]<>;:,.=+-*/&|\"'`#%!?@\\$^~_";
        let letters = "abcdefghijklmnopqrstuvwxyz";
        let mut found: Set = CLOSERS.iter().filter_map(|line| line_hash(line)).collect();
        for alphabet in [marks, letters] {
            let mut ends = vec![String::new()];
            for _ in 0..3 {
                ends = ends.iter().flat_map(|end| alphabet.chars().map(move |mark| format!("{end}{mark}"))).collect();
                found.extend(ends.iter().filter_map(|line| line_hash(line)));
            }
        }
        found
    })
}

/// Splits the lines of each commit by the share of its lines that lived for 30 days.
fn set_alive(input: &WrittenInput<'_>, lines: &mut [(Option<Target>, Lines)]) {
    let mut commits: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (at, (target, one)) in lines.iter().enumerate() {
        if let (Some((repository, commit, _)), Went::Landed(..)) = (target, one.went) {
            commits.entry((*repository, *commit)).or_default().push(at);
        }
    }
    let mut lived: Option<(usize, Lived<'_>)> = None;
    for ((repository, commit), parts) in commits {
        if lived.as_ref().is_none_or(|(of, _)| *of != repository) {
            lived = Some((repository, lived_by_commit(&input.histories[repository])));
        }
        let id = input.works[repository].commits[commit].commit.id.as_str();
        let Some(&(alive, born)) = lived.as_ref().and_then(|(_, lived)| lived.get(id)) else { continue };
        let mut before = 0;
        for at in parts {
            let after = before + lines[at].1.count;
            // Differences of rounded running sums, so that the parts sum to the whole.
            lines[at].1.alive = Some(scaled(after, alive, born) - scaled(before, alive, born));
            before = after;
        }
    }
}

fn scaled(count: u64, part: u64, whole: u64) -> u64 {
    let scaled = (u128::from(count) * u128::from(part) + u128::from(whole) / 2) / u128::from(whole.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// Lines of each commit that were alive 30 days after they landed, and all of them.
fn lived_by_commit(history: &History) -> Lived<'_> {
    let mut sums: HashMap<u32, (u64, u64)> = HashMap::new();
    let time = |at: u32| history.commits[at as usize].commit_time;
    for life in history.lives.iter().filter(|life| !life.excluded && life.effective > 0) {
        let (Some(origin), Some(born)) = (life.origin, life.born) else { continue };
        let ended = life.died.filter(|_| matches!(life.death, Some(Death::Deleted | Death::Reverted)));
        let sum = sums.entry(origin).or_default();
        let count = u64::from(life.effective);
        sum.1 += count;
        sum.0 += if ended.is_some_and(|died| time(died) - time(born) <= HORIZON) { 0 } else { count };
    }
    sums.into_iter().map(|(origin, sum)| (history.contributions[origin as usize].id.as_str(), sum)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_short_words_are_no_lines() {
        let is_trivial = |line: &str| line_hash(line).is_some_and(|hash| trivial().contains(&hash));
        assert!(["}", "  });", "end", "fi", "}));", "]"].into_iter().all(is_trivial));
        assert!(!["return x;", "x = 1"].into_iter().any(is_trivial));
    }

    #[test]
    fn parts_of_a_commit_s_lines_sum_to_the_whole() {
        let parts: Vec<u64> = (0..10).map(|at| scaled(at + 1, 1, 3) - scaled(at, 1, 3)).collect();
        assert_eq!(parts.iter().sum::<u64>(), 3);
    }
}

//! The line ledger against a replay that is as plain as can be, over random repositories.
//!
//! Exact, for every repository: how many lines share a birth, a death, its kind and a path; what each commit did to
//! each path; git's numstat; and the files at the head.

mod oracle;
mod patch;
mod random_repository;

use std::collections::{BTreeMap, HashMap};
use std::fmt::{Debug, Write};
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;
use tokaudit::history::{self, History, HistoryOptions};

use crate::program::arg;
use oracle::{Deeds, Oracle};
use random_repository::{git, output, write};

/// `first..end`: the seeds to try instead of the usual ones.
const SEEDS: &str = "LINE_ORACLE_SEEDS";
const USUAL: Range<u64> = 0..60;

/// Born, ended and how, path of birth.
type Fate = (usize, Option<(usize, &'static str)>, String);

fn index(number: u32) -> usize {
    usize::try_from(number).expect("a usize is no smaller")
}

fn read(path: &Path) -> History {
    history::read(path, &HistoryOptions::default()).expect("a readable history")
}

fn fates(history: &History) -> BTreeMap<Fate, u64> {
    let mut fates = BTreeMap::new();
    for life in &history.lives {
        let born = index(life.born.expect("a history that was read from its root"));
        let end = life.died.map(|died| (index(died), life.death.expect("a death").word()));
        *fates.entry((born, end, history.paths[index(life.path)].clone())).or_default() += u64::from(life.lines);
    }
    fates
}

fn deeds(history: &History) -> Vec<BTreeMap<String, Deeds>> {
    let of = |change: &tokaudit::model::commit::FileChange| Deeds {
        born: change.born,
        died: change.died,
        moved: change.moved,
        restored: change.restored,
        respaced: change.respaced,
    };
    let commits = history.commits.iter();
    commits.map(|commit| commit.changes.iter().map(|change| (change.path.clone(), of(change))).collect()).collect()
}

/// Every content of a repository by its name.
fn contents(batch: &[u8]) -> HashMap<&str, &[u8]> {
    let mut all = HashMap::new();
    let mut rest = batch;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let head: Vec<&str> = std::str::from_utf8(&rest[..end]).expect("a name, kind and size").split(' ').collect();
        let size: usize = head[2].parse().expect("a size");
        let (content, after) = rest[end + 1..].split_at(size);
        if head[1] == "blob" {
            all.insert(head[0], content);
        }
        rest = &after[1..];
    }
    all
}

/// Path → old path if renamed, added, deleted; by commit.
type Numstat = Vec<BTreeMap<String, (Option<String>, u64, u64)>>;

fn numstat(folder: &Path) -> Numstat {
    let text = output(folder, &[patch::LOG, &["--numstat", "-z", "--format=%x01"]].concat());
    let text = String::from_utf8(text).expect("UTF-8 paths");
    let mut commits = Numstat::new();
    let mut fields = text.split('\0');
    while let Some(field) = fields.next() {
        let field = field.trim_start_matches('\n');
        if field.starts_with('\u{1}') {
            commits.push(BTreeMap::new());
        }
        let row: Vec<&str> = field.trim_start_matches(['\u{1}', '\n']).split('\t').collect();
        let &[added, deleted, path] = row.as_slice() else { continue };
        // git counts no lines of binary files.
        let count = |text: &str| text.parse().unwrap_or(0);
        let (from, to) = if path.is_empty() {
            (fields.next().map(str::to_owned), fields.next().expect("the new path").to_owned())
        } else {
            (None, path.to_owned())
        };
        let commit = commits.last_mut().expect("a commit");
        commit.insert(to, (from, count(added), count(deleted)));
    }
    commits
}

/// The rows that are not in both, for people.
fn difference<K: Ord + Debug, V: Eq + Debug>(ledger: &BTreeMap<K, V>, expected: &BTreeMap<K, V>) -> String {
    let mut text = String::new();
    for (sign, one, other) in [("ledger  ", ledger, expected), ("expected", expected, ledger)] {
        for (key, value) in one.iter().filter(|(key, value)| other.get(*key) != Some(*value)) {
            writeln!(text, "  {sign} {key:?}: {value:?}").expect("a string takes it");
        }
    }
    text
}

fn listed<T>(all: Vec<T>) -> BTreeMap<usize, T> {
    all.into_iter().enumerate().collect()
}

/// What the ledger says otherwise than git and the oracle; empty when all is well.
fn disagreement(folder: &Path) -> String {
    let history = read(folder);
    let patches = patch::parse(&output(folder, &[patch::LOG, patch::PATCH].concat()));
    let batch = output(folder, &["cat-file", "--batch", "--batch-all-objects", "--unordered"]);
    let contents = contents(&batch);
    let oracle = Oracle::replay(&patches, contents.clone());
    let mut text = String::new();
    let mut compare = |what: &str, difference: String| {
        if !difference.is_empty() {
            writeln!(text, "{what}:\n{difference}").expect("a string takes it");
        }
    };

    let ids = |all: Vec<String>| listed(all);
    let commits = history.commits.iter().map(|commit| commit.id.clone()).collect();
    compare("commits", difference(&ids(commits), &ids(patches.iter().map(|patch| patch.id.clone()).collect())));
    let counts = history.commits.iter().map(|commit| {
        let rows = commit.changes.iter();
        rows.map(|row| (row.path.clone(), (row.renamed_from.clone(), row.added, row.deleted))).collect()
    });
    let mut expected = numstat(folder);
    for ((commit, path), (added, deleted)) in &oracle.kept_ends {
        let (_, old_added, old_deleted) = expected[*commit].get_mut(path).expect("a row of git's");
        (*old_added, *old_deleted) = (*added, *deleted);
    }
    compare("git's counts", difference(&listed(counts.collect()), &listed(expected)));
    compare("deeds", difference(&listed(deeds(&history)), &listed(oracle.deeds.clone())));
    let mut expected: BTreeMap<Fate, u64> = BTreeMap::new();
    for line in &oracle.lines {
        *expected.entry((line.born, line.end, line.path.clone())).or_default() += 1;
    }
    compare("lives", difference(&fates(&history), &expected));

    // The head, as git has it.
    let listing = String::from_utf8(output(folder, &["ls-tree", "-r", "-z", "main"])).expect("UTF-8 paths");
    let rows = listing.split_terminator('\0').map(|row| row.split_once('\t').expect("a path"));
    let head: BTreeMap<&str, &str> = rows.map(|(entry, path)| (path, &entry[entry.len() - 40..])).collect();
    compare("the oracle's files at the head", difference(&oracle.head(), &head));
    let lines_of = |name: &&str| {
        let content = contents[*name];
        let lines = content.split_inclusive(|byte| *byte == b'\n').count();
        if content.contains(&0) { 0 } else { lines as u64 }
    };
    let at_head: u64 = head.values().map(lines_of).sum();
    let alive_lives = history.lives.iter().filter(|life| life.died.is_none()).map(|life| u64::from(life.lines)).sum();
    let totals = history.totals;
    let sums = [
        ("alive, as told", history.alive_lines.unwrap_or_default()),
        ("alive, by lives", alive_lives),
        ("alive, by the oracle", oracle.alive() as u64),
        ("born - died + restored", totals.born + totals.restored - totals.died),
    ];
    for (what, sum) in sums.into_iter().filter(|(_, sum)| *sum != at_head) {
        compare("sums", format!("  {what}: {sum}, at the head: {at_head}\n"));
    }
    text
}

fn seeds() -> Range<u64> {
    let Ok(wanted) = std::env::var(SEEDS) else { return USUAL };
    let (first, end) = wanted.split_once("..").expect("first..end");
    first.parse().expect("a number")..end.parse().expect("a number")
}

/// Names the seed when a test panics on the way.
struct Trying(u64);

impl Drop for Trying {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this was with {SEEDS}={}..{}", self.0, self.0 + 1);
        }
    }
}

#[test]
fn the_ledger_agrees_with_a_replay_line_by_line() {
    let seeds = seeds();
    let wrong: Vec<(u64, String)> = seeds
        .clone()
        .into_par_iter()
        .filter_map(|seed| {
            let _trying = Trying(seed);
            let folder = tempfile::tempdir().expect("a temporary folder");
            write(seed, folder.path());
            let text = disagreement(folder.path());
            (!text.is_empty()).then_some((seed, text))
        })
        .collect();
    let numbers: Vec<u64> = wrong.iter().map(|(seed, _)| *seed).collect();
    if let Some((seed, text)) = wrong.first() {
        let again = format!("{SEEDS}={seed}..{}", seed + 1);
        panic!("{} of {} seeds: {numbers:?}\nseed {seed} ({again}):\n{text}", wrong.len(), seeds.count());
    }
}

#[test]
fn any_number_of_threads_reads_the_same() {
    for seed in 0..4 {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write(seed, folder.path());
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| read(folder.path()))
        };
        let one = with(1);
        assert_eq!(one, with(2), "seed {seed}");
        assert_eq!(one, with(8), "seed {seed}");
    }
}

#[test]
fn packed_loose_and_checked_out_copies_read_the_same() {
    for seed in 4..7 {
        let root = tempfile::tempdir().expect("a temporary folder");
        let bare = root.path().join("bare");
        std::fs::create_dir(&bare).expect("a new folder");
        write(seed, &bare);
        let copy = |kind: &str, options: &[&str]| {
            let from = arg(&bare);
            output(root.path(), &[&["clone", "-q", "--no-local"], options, &[from, kind]].concat());
            root.path().join(kind)
        };
        let packed = copy("packed", &["--bare"]);
        output(&packed, &["repack", "-q", "-adf", "--depth=50", "--window=50"]);
        // Objects leave a pack only into a repository that lacks them.
        let loose = copy("loose", &["--bare"]);
        let packs = loose.join("objects/pack");
        std::fs::rename(&packs, root.path().join("taken")).expect("packs that move");
        std::fs::create_dir(&packs).expect("a new folder");
        for entry in std::fs::read_dir(root.path().join("taken")).expect("packs") {
            let path = entry.expect("a pack").path();
            if path.extension().is_some_and(|extension| extension == "pack") {
                let pack = std::fs::File::open(&path).expect("a pack");
                let status = git(&loose, &["unpack-objects", "-q"]).stdin(pack).status().expect("git runs");
                assert!(status.success(), "git unpacks");
            }
        }
        let checked_out = copy("worktree", &[]);
        let expected = read(&bare);
        for folder in [packed, loose, checked_out] {
            let found = read(&folder);
            let kind = folder.display();
            assert_eq!(found.lives, expected.lives, "seed {seed}: {kind}");
            assert_eq!(
                (found.commits, found.paths),
                (expected.commits.clone(), expected.paths.clone()),
                "seed {seed}: {kind}"
            );
            assert_eq!(
                (found.totals, found.alive_lines),
                (expected.totals, expected.alive_lines),
                "seed {seed}: {kind}"
            );
        }
    }
}

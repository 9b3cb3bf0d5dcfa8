//! What the line ledger tells of each landing: lines that lasted, lines that it took away and whose they were.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::Thresholds;
use crate::history::History;
use crate::model::commit::{Commit, conventional};
use crate::model::line_life::Death;

/// Words of a subject that say that something is mended.
const MENDS: &[&str] =
    &["fix", "fixes", "fixed", "fixing", "bug", "bugs", "bugfix", "hotfix", "regression", "revert", "reverts"];
/// Words that may say so.
const MAY_MEND: &[&str] = &[
    "error", "errors", "crash", "crashes", "broken", "correct", "repair", "resolve", "resolves", "issue", "fail",
    "fails", "failing", "failure", "wrong",
];
/// Conventional types of mending.
const MENDING_TYPES: &[&str] = &["fix", "hotfix", "bugfix", "revert"];
/// Conventional types of upkeep.
const UPKEEP_TYPES: &[&str] = &["chore", "ci", "build", "docs", "doc", "deps", "style", "release"];

/// How readily a landing is taken for a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mending {
    /// A conventional type, or a revert.
    Typed,
    /// Also words that say so.
    Worded,
    /// Also words that may say so.
    Hinted,
}

/// Whose code a fix replaced, by line evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mended {
    /// Mostly recent assisted lines.
    Assisted,
    /// Mostly others, or old ones.
    Other,
    /// It replaced nothing whose birth is known: it only adds lines, or its lines are older than what was read.
    Unknown,
}

impl Mended {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 3] = [Self::Assisted, Self::Other, Self::Unknown];

    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Assisted => "assisted",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }

    pub(super) fn of(lines: &Lines, blamed: bool) -> Self {
        match (blamed, lines.killed_known) {
            (true, _) => Self::Assisted,
            (false, 0) => Self::Unknown,
            (false, _) => Self::Other,
        }
    }
}

/// Lines of a landing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lines {
    /// Effective lines that it brought.
    pub(super) born: u64,
    /// Of those, the ones that died before the horizon.
    pub(super) dead: u64,
    /// Effective lines that it took away.
    pub(super) killed: u64,
    /// Of those, the ones whose birth was read.
    pub(super) killed_known: u64,
    /// Of those, assisted ones young enough to be its subject when it mends.
    pub(super) killed_assisted: u64,
    /// Of those taken away, assisted ones young enough to make it a rewrite.
    pub(super) killed_recent: u64,
}

/// The landings of one repository.
pub(super) struct Landings {
    pub(super) lines: Vec<Lines>,
    /// Lines born in one landing that another took away before the horizon: (born, died) → lines.
    pub(super) replaced: BTreeMap<(u32, u32), u64>,
    /// The one that took back each.
    pub(super) reverted: Vec<bool>,
    /// Up to here the mainline was watched.
    pub(super) watched: Option<DateTime<Utc>>,
}

impl Landings {
    /// Reads the lives of lines; `linked` are landings that assistants' sessions are tied to.
    pub(super) fn of(history: &History, linked: &BTreeSet<usize>, limits: &Thresholds) -> Self {
        let mut lines = vec![Lines::default(); history.commits.len()];
        let mut replaced: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        let time = |at: u32| history.commits[at as usize].commit_time;
        let contribution = |at: Option<u32>| at.map(|at| &history.contributions[at as usize]);
        for life in history.lives.iter().filter(|life| !life.excluded && life.effective > 0) {
            let count = u64::from(life.effective);
            if let Some(born) = life.born {
                lines[born as usize].born += count;
            }
            let Some(died) = life.died.filter(|_| matches!(life.death, Some(Death::Deleted | Death::Reverted))) else {
                continue;
            };
            lines[died as usize].killed += count;
            let Some(born) = life.born else { continue };
            lines[died as usize].killed_known += count;
            let age = time(died) - time(born);
            if age <= limits.horizon {
                lines[born as usize].dead += count;
                *replaced.entry((born, died)).or_default() += count;
            }
            let named =
                contribution(life.origin).or(contribution(life.born)).is_some_and(|one| !one.assisted.is_empty());
            if named || linked.contains(&(born as usize)) {
                if age <= limits.blamed_within {
                    lines[died as usize].killed_assisted += count;
                }
                if age <= limits.recent {
                    lines[died as usize].killed_recent += count;
                }
            }
        }
        let watched = history.commits.last().map(|commit| commit.commit_time);
        let index: BTreeMap<&str, usize> =
            history.commits.iter().enumerate().map(|(at, commit)| (commit.id.as_str(), at)).collect();
        // A revert that was itself reverted takes nothing back.
        let reverted = history.commits.iter().map(|commit| {
            let by = commit.reverted_by.as_ref().and_then(|id| index.get(id.as_str()));
            by.is_some_and(|&by| history.commits[by].reverted_by.is_none())
        });
        Self { lines, replaced, reverted: reverted.collect(), watched }
    }

    /// Whether a landing was watched for so long.
    pub(super) fn is_mature(&self, commit: &Commit, until: DateTime<Utc>, horizon: TimeDelta) -> bool {
        self.watched.is_some_and(|watched| watched.min(until) - commit.commit_time >= horizon)
    }
}

fn has_word(subject: &str, words: &[&str]) -> bool {
    subject
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// Whether a landing mends something.
pub(super) fn mends(commit: &Commit, how: Mending) -> bool {
    let of_type = |types: &[&str]| {
        conventional(&commit.subject).is_some_and(|kind| types.iter().any(|known| kind.eq_ignore_ascii_case(known)))
    };
    if !commit.reverts.is_empty() || of_type(MENDING_TYPES) {
        return true;
    }
    // `docs: fix a typo` mends no function.
    how != Mending::Typed
        && !of_type(UPKEEP_TYPES)
        && (has_word(&commit.subject, MENDS) || how == Mending::Hinted && has_word(&commit.subject, MAY_MEND))
}

/// Whether a landing mends something or is upkeep, by its message and paths alone.
#[must_use]
pub fn is_mending_or_upkeep(commit: &Commit, how: Mending) -> bool {
    mends(commit, how) || is_upkeep(commit)
}

/// Whether a landing is upkeep: by its type, or because it changes nothing but documents, automation and settings.
pub(super) fn is_upkeep(commit: &Commit) -> bool {
    if let Some(kind) = conventional(&commit.subject)
        && UPKEEP_TYPES.iter().any(|known| kind.eq_ignore_ascii_case(known))
    {
        return true;
    }
    !commit.changes.is_empty()
        && commit.changes.iter().all(|change| change.excluded.is_some() || is_upkeep_path(&change.path))
}

fn is_upkeep_path(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    path.starts_with(".github/")
        || path.starts_with(".circleci/")
        || path.starts_with("docs/")
        || name.starts_with('.')
        || ends(&[".md", ".rst", ".adoc", ".yml", ".yaml", ".toml", ".lock", ".cfg", ".ini"])
        || matches!(name, "LICENSE" | "Makefile" | "Dockerfile" | "package.json" | "go.mod" | "requirements.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_words() {
        assert!(has_word("Merge pull request #3 from acme/fix-login", MENDS));
        assert!(!has_word("Add prefix and debug output", MENDS));
    }

    #[test]
    fn upkeep_is_documents_and_settings() {
        for path in ["README.md", ".github/workflows/ci.yml", "docs/a.txt", "Cargo.toml"] {
            assert!(is_upkeep_path(path), "{path}");
        }
        assert!(!is_upkeep_path("src/main.rs"));
    }
}

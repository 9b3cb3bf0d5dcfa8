//! Lines of each landing: which lasted, which it replaced, and whose those were.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Rule, Thresholds};
use crate::history::History;
use crate::model::commit::{Commit, conventional};
use crate::model::line_life::Death;

/// Words in a subject that say that something was fixed.
const FIX_WORDS: &[&str] =
    &["fix", "fixes", "fixed", "fixing", "bug", "bugs", "bugfix", "hotfix", "regression", "revert", "reverts"];
/// Words that may say so.
const POSSIBLE_FIX_WORDS: &[&str] = &[
    "error", "errors", "crash", "crashes", "broken", "correct", "repair", "resolve", "resolves", "issue", "fail",
    "fails", "failing", "failure", "wrong",
];
/// Words in a title that say that something was taken back.
const REVERT_WORDS: &[&str] = &["revert", "reverts", "reverted", "reverting", "backout", "rollback", "undo"];
/// Conventional types of fixes.
const FIX_TYPES: &[&str] = &["fix", "hotfix", "bugfix", "revert"];
/// Conventional types of maintenance.
const MAINTENANCE_TYPES: &[&str] = &["chore", "ci", "build", "docs", "doc", "deps", "style", "release"];

/// What makes a landing a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixRule {
    /// A conventional type, or a revert.
    Typed,
    /// Also a word for a fix in the subject.
    Worded,
    /// Also a word that may mean a fix.
    Hinted,
}

/// Whose code a fix replaced, by its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixedCode {
    /// Mostly recent assisted lines.
    Assisted,
    /// Mostly other or older lines.
    Other,
    /// No replaced line has a known origin: the fix only adds lines, or the lines are older than what was read.
    Unknown,
}

impl FixedCode {
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

    pub(super) fn rule(self) -> Rule {
        match self {
            Self::Assisted => Rule::FixOfAssisted,
            Self::Other => Rule::FixOfOther,
            Self::Unknown => Rule::FixOfUnknown,
        }
    }

    fn new(lines: &LineCounts, blamed: bool) -> Self {
        match (blamed, lines.killed_known) {
            (true, _) => Self::Assisted,
            (false, 0) => Self::Unknown,
            (false, _) => Self::Other,
        }
    }
}

/// Lines that count of a landing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineCounts {
    /// Lines that it brought.
    pub born: u64,
    /// Those of them that died before the horizon.
    pub dead: u64,
    /// Lines that it deleted or replaced.
    pub killed: u64,
    /// Those of them with a known origin.
    pub killed_known: u64,
    /// Those of them that are assisted, and young enough to be blamed by a fix.
    pub killed_assisted: u64,
    /// Those of the killed lines that are assisted, and young enough to make it a rewrite.
    pub killed_recent: u64,
}

impl LineCounts {
    /// Lines that it changed: a new line in the place of an old one is one.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.born.max(self.killed)
    }

    /// Lines that it removed and put nothing in their place.
    #[must_use]
    pub fn removed(&self) -> u64 {
        self.killed.saturating_sub(self.born)
    }
}

/// Lines of the landings of one repository.
pub(super) struct LandingLines {
    pub(super) lines: Vec<LineCounts>,
    /// Lines born in one landing that another replaced before the horizon: (born, died) → lines.
    pub(super) replaced: BTreeMap<(u32, u32), u64>,
    /// Whether each is reverted in the end; a revert that was itself reverted does not count.
    pub(super) reverted: Vec<bool>,
    /// Until when the mainline was observed.
    pub(super) observed: Option<DateTime<Utc>>,
}

impl LandingLines {
    /// Counts the lines; `linked` are the landings with sessions of assistants.
    pub(super) fn new(history: &History, linked: &BTreeSet<usize>, limits: &Thresholds) -> Self {
        let mut lines = vec![LineCounts::default(); history.commits.len()];
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
        let observed = history.observed_until;
        let index: BTreeMap<&str, usize> =
            history.commits.iter().enumerate().map(|(at, commit)| (commit.id.as_str(), at)).collect();
        // A revert that was itself reverted has no effect, and so on: what takes back is later than what it takes back.
        let mut reverted = vec![false; history.commits.len()];
        for (at, commit) in history.commits.iter().enumerate().rev() {
            let by = commit.reverted_by.as_ref().and_then(|id| index.get(id.as_str()));
            reverted[at] = by.is_some_and(|&by| by > at && !reverted[by]);
        }
        Self { lines, replaced, reverted, observed }
    }

    /// Whether a landing was observed for the horizon.
    pub(super) fn is_mature(&self, commit: &Commit, until: DateTime<Utc>, horizon: TimeDelta) -> bool {
        self.observed.is_some_and(|observed| observed.min(until) - commit.commit_time >= horizon)
    }
}

fn has_word(subject: &str, words: &[&str]) -> bool {
    subject
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// Whether a landing is a fix.
fn is_fix(commit: &Commit, how: FixRule) -> bool {
    let headline = commit.headline();
    let of_type = |types: &[&str]| {
        conventional(headline).is_some_and(|kind| types.iter().any(|known| kind.eq_ignore_ascii_case(known)))
    };
    if brings_back(headline) {
        return false;
    }
    // A pull request in which one commit reverts something is not a revert, unless its title says so.
    let is_revert = !commit.reverts.is_empty() && commit.title.as_deref().is_none_or(says_revert);
    if is_revert || of_type(FIX_TYPES) {
        return true;
    }
    // `docs: fix a typo` is not a fix.
    how != FixRule::Typed
        && !of_type(MAINTENANCE_TYPES)
        && (has_word(headline, FIX_WORDS) || how == FixRule::Hinted && has_word(headline, POSSIBLE_FIX_WORDS))
}

fn says_revert(title: &str) -> bool {
    has_word(title, REVERT_WORDS) || title.to_ascii_lowercase().contains("back out")
}

/// Whether a headline says that something is back: the revert of a revert mends nothing.
fn brings_back(headline: &str) -> bool {
    let mut rest = headline;
    let mut reverts = 0;
    while let Some(quoted) = rest.strip_prefix("Revert \"") {
        (rest, reverts) = (quoted, reverts + 1);
    }
    // git 2.43 and later call the revert of a revert so.
    reverts % 2 == 0 && (reverts > 0 || rest.starts_with("Reapply \""))
}

/// Whose code a landing fixed; `None` if it counts as no fix.
///
/// Broader thresholds must never accuse less. So a fix that only strict ones do not believe stays one, which accuses nobody;
/// and a landing that only broad ones take for a fix is one where it blames assisted lines, and else what it is for all others.
pub(super) fn fixed_code(
    commit: &Commit,
    is_labelled: bool,
    lines: &LineCounts,
    limits: &Thresholds,
) -> Option<FixedCode> {
    let is_believed = is_labelled || is_fix(commit, limits.fix_rule);
    let blames = lines.killed > 0 && lines.killed_assisted * 100 >= lines.killed * limits.blamed_percent;
    let is_blamed = is_believed && blames;
    (is_blamed || is_labelled || is_fix(commit, FixRule::Worded)).then(|| FixedCode::new(lines, is_blamed))
}

/// Whether a landing is a fix or maintenance, by its message and paths alone.
#[must_use]
pub fn is_fix_or_maintenance(commit: &Commit, how: FixRule) -> bool {
    is_fix(commit, how) || is_maintenance(commit)
}

/// Whether a landing is maintenance: by its type, or because it changes only documents, automation and settings.
pub(super) fn is_maintenance(commit: &Commit) -> bool {
    if let Some(kind) = conventional(commit.headline())
        && MAINTENANCE_TYPES.iter().any(|known| kind.eq_ignore_ascii_case(known))
    {
        return true;
    }
    !commit.changes.is_empty()
        && commit.changes.iter().all(|change| change.excluded.is_some() || is_maintenance_path(&change.path))
}

fn is_maintenance_path(path: &str) -> bool {
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
        assert!(has_word("Merge pull request #3 from acme/fix-login", FIX_WORDS));
        assert!(!has_word("Add prefix and debug output", FIX_WORDS));
    }

    #[test]
    fn documents_and_settings_are_maintenance() {
        for path in ["README.md", ".github/workflows/ci.yml", "docs/a.txt", "Cargo.toml"] {
            assert!(is_maintenance_path(path), "{path}");
        }
        assert!(!is_maintenance_path("src/main.rs"));
    }
}

//! Whether a figure may be said: the one gatekeeper of metrics, documents, pages, gates and comparisons.
//!
//! - In: what a figure needs ([`Need`]), and how much of it the run has ([`Evidence`]). Out: nothing, or the reason why the figure
//!   stays unknown ([`Unknown`]), with the day from which it can be judged or the number that it takes.
//! - A share of nothing is not zero: what is too early or rests on too little is unknown in every output alike.

use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::fate::{Cluster, Tone, Waterfall};
use crate::history::History;
use crate::measure::lifetimes::Lifetimes;
use crate::model::money::Money;
use crate::model::period::{Period, day_of};

/// Shares of the spend that can be judged rest on at least this many merged changes.
pub const LEAST_JUDGED: u64 = 5;
/// Shares and medians of lines rest on at least this many lines.
pub const LEAST_LINES: u64 = 100;
/// A median or a percentile of pull requests rests on at least this many.
pub const LEAST_PULL_REQUESTS: u64 = 5;
/// The days that lines are followed for in a metric.
const LINE_DAYS: [u32; 3] = [14, 30, 90];
/// Whose lines a fix replaced is looked up this far back.
const BLAMED_DAYS: i64 = 90;

/// What must hold before a figure may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The history of every repository, back to the first day of the window.
    History,
    /// Merged changes that are old enough to be judged, and spend on them.
    Judged,
    /// Lines that could be watched for this many days.
    Lines(u32),
    /// At least this many of the units that the figure rests on.
    Units(u64, &'static str),
}

/// Why a figure is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// An input, or what the figure divides by, is missing: which, and how to bring it.
    Missing(&'static str),
    /// A repository is a shallow clone that does not reach back far enough.
    CutHistory,
    /// It rests on too little.
    TooFew {
        /// How many there are.
        found: u64,
        /// How many it takes.
        needed: u64,
        /// Of what.
        what: &'static str,
    },
    /// What it rests on is too young.
    TooEarly {
        /// How many are old enough.
        found: u64,
        /// How many it takes.
        needed: u64,
        /// Of what.
        what: &'static str,
        /// The day from which enough of them are.
        from: NaiveDate,
    },
}

impl Unknown {
    /// Its word in machine output.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Missing(_) => "missing",
            Self::CutHistory => "cut_history",
            Self::TooFew { .. } => "too_few",
            Self::TooEarly { .. } => "too_early",
        }
    }

    /// The day from which the figure can be judged, where only age is missing.
    #[must_use]
    pub fn from(&self) -> Option<NaiveDate> {
        if let Self::TooEarly { from, .. } = self { Some(*from) } else { None }
    }

    /// How many units it takes, where there are too few.
    #[must_use]
    pub fn needed(&self) -> Option<u64> {
        match self {
            Self::TooFew { needed, .. } | Self::TooEarly { needed, .. } => Some(*needed),
            Self::Missing(_) | Self::CutHistory => None,
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(text) => f.write_str(text),
            Self::CutHistory => f.write_str("the git history is cut off: run `git fetch --unshallow`"),
            Self::TooFew { found, needed, what } => write!(f, "too few {what}: {found}, needs {needed}"),
            Self::TooEarly { found, needed, what, from } => {
                write!(f, "too early: {found} {what}, needs {needed}; can be judged from {from} on")
            }
        }
    }
}

/// What the gatekeeper knows of a run.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    has_repository: bool,
    /// Whether a history does not reach back to the window.
    is_cut: bool,
    /// Whether it does not reach back to the lines that fixes of the window replaced.
    is_cut_for_fixes: bool,
    judged: Maturity,
    /// By number of days.
    lines: Vec<(u32, Maturity)>,
}

/// How much is old enough, and when the rest will be.
#[derive(Debug, Clone, Copy, Default)]
struct Maturity {
    found: u64,
    /// The day from which there is enough; `None` where there will not be, as far as is known.
    from: Option<NaiveDate>,
}

/// What to say without a repository.
pub const NEEDS_REPOSITORY: &str = "needs a repository: pass --repo PATH";

impl Evidence {
    /// Looks at what a run has.
    #[must_use]
    pub fn new(histories: &[History], fates: &Waterfall, lifetimes: Option<&Lifetimes>, window: &Period) -> Self {
        let tz = window.tz;
        let heads = histories.iter().filter_map(|history| history.observed_until);
        let end = heads.max();
        let lines = |days| (days, lifetimes.map(|all| old_lines(all, days, end, tz)).unwrap_or_default());
        Self {
            has_repository: !histories.is_empty(),
            is_cut: histories.iter().any(|history| is_cut(history, window.from)),
            is_cut_for_fixes: histories
                .iter()
                .any(|history| is_cut(history, window.from.map(|from| from - TimeDelta::days(BLAMED_DAYS)))),
            judged: judged(histories, fates, tz),
            lines: LINE_DAYS.into_iter().map(lines).collect(),
        }
    }

    /// Whether a history is cut off within the window.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Why a figure with these needs, that rests on `n` units, may not be said.
    #[must_use]
    pub fn refusal(&self, needs: &[Need], n: u64) -> Option<Unknown> {
        needs.iter().find_map(|need| self.refused(*need, n))
    }

    fn refused(&self, need: Need, n: u64) -> Option<Unknown> {
        if !self.has_repository && !matches!(need, Need::Units(..)) {
            return Some(Unknown::Missing(NEEDS_REPOSITORY));
        }
        match need {
            Need::History => self.is_cut.then_some(Unknown::CutHistory),
            Need::Judged if self.is_cut_for_fixes => Some(Unknown::CutHistory),
            Need::Judged => self.judged.refusal(LEAST_JUDGED, "merged changes with spend and 30 days of age"),
            Need::Lines(_) if self.is_cut => Some(Unknown::CutHistory),
            Need::Lines(days) => {
                let found = self.lines.iter().find(|(one, _)| *one == days).map(|(_, found)| *found);
                found.unwrap_or_default().refusal(LEAST_LINES, "lines of that age")
            }
            Need::Units(needed, what) => (n < needed).then_some(Unknown::TooFew { found: n, needed, what }),
        }
    }
}

impl Maturity {
    fn refusal(self, needed: u64, what: &'static str) -> Option<Unknown> {
        let found = self.found;
        if found >= needed {
            return None;
        }
        Some(self.from.map_or(Unknown::TooFew { found, needed, what }, |from| Unknown::TooEarly {
            found,
            needed,
            what,
            from,
        }))
    }
}

/// Whether a history lacks commits after an instant. At the cut of a shallow clone stands a commit that was not counted.
fn is_cut(history: &History, from: Option<DateTime<Utc>>) -> bool {
    let first = history.commits.first().map(|commit| commit.commit_time);
    history.shallow && first.zip(from).is_none_or(|(first, from)| first > from)
}

/// Merged changes with spend that are judged, and the day on which five are.
fn judged(histories: &[History], fates: &Waterfall, tz: Tz) -> Maturity {
    let is_spend_judged = fates.known_fate() > Money::ZERO;
    let mut ready: Vec<DateTime<Utc>> = Vec::new();
    let mut found = 0;
    for (cluster, by_class) in &fates.clusters {
        let Cluster::Landing(repository, at) = cluster else { continue };
        let Some(commit) = histories.get(*repository).and_then(|history| history.commits.get(*at)) else { continue };
        ready.push(commit.commit_time + fates.limits.horizon);
        found += u64::from(by_class.keys().any(|class| class.tone() != Tone::Open));
    }
    ready.sort_unstable();
    let at = usize::try_from(LEAST_JUDGED - 1).unwrap_or(usize::MAX);
    let from = ready.get(at).map(|at| day_of(*at, tz));
    Maturity { found: if is_spend_judged { found } else { 0 }, from }
}

/// Lines that could be watched for a number of days, and the day on which there are enough of them.
fn old_lines(lifetimes: &Lifetimes, days: u32, end: Option<DateTime<Utc>>, tz: Tz) -> Maturity {
    let wait = lifetimes.seconds_until(days, LEAST_LINES);
    let from = end.zip(wait).map(|(end, wait)| day_of(end + TimeDelta::seconds(wait), tz));
    Maturity { found: lifetimes.churn(days).born, from }
}

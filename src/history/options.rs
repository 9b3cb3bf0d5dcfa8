//! What to read of a repository.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::mainline::MainlineStep;

/// Receives the progress of the work as (done, total). The total grows as more work becomes known.
/// Called from any thread and not always in order.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// What to read of a repository.
#[derive(Clone, Copy, Default)]
pub struct HistoryOptions<'a> {
    /// The mainline's branch (`--branch`): a branch, a remote's branch, or any revision. By default the remote's HEAD,
    /// then HEAD's branch, then `main` or `master`.
    pub branch: Option<&'a str>,
    /// First instant whose commits have their lines counted, by commit time.
    pub since: Option<DateTime<Utc>>,
    /// First instant after them.
    pub until: Option<DateTime<Utc>>,
    /// Where to find the result of an earlier run and to store this one's.
    pub cache: Option<Cache<'a>>,
    /// Follow each line to the merged commit that wrote it, however many merged commits there are.
    pub follow_all_merged: bool,
    /// Up to how many unmerged branches and pull requests to examine; if there are more, none is. 0 by default.
    pub max_branches: usize,
    /// The clock of the run: a mainline that ends far beyond it was written by a wrong clock.
    pub now: Option<DateTime<Utc>>,
    /// The time at which a branch is in flight or abandoned; by default that until which the mainline was observed.
    pub as_of: Option<DateTime<Utc>>,
    /// Days without a commit after which a branch counts as abandoned; by default 30.
    pub idle_days: Option<u32>,
    /// Receives progress.
    pub progress: Option<Progress<'a>>,
}

/// Where results are stored, and which program made them.
#[derive(Debug, Clone, Copy)]
pub struct Cache<'a> {
    /// The folder; created if it is missing.
    pub folder: &'a Path,
    /// Identifies the build of the program: each build trusts only its own results.
    pub program: &'a str,
}

/// How long before a period reading begins. A line deleted in the period counts as rework only while it is young, so its
/// age must be known up to the longest span for which churn and rework are reported.
const LEAD_IN: TimeDelta = TimeDelta::days(30);

impl HistoryOptions<'_> {
    /// Index of the first commit to read.
    pub(super) fn first_read(&self, steps: &[MainlineStep]) -> usize {
        let from = self.since.map(|since| since - LEAD_IN);
        from.and_then(|from| steps.iter().position(|step| step.commit.commit_time >= from))
            .unwrap_or_else(|| if from.is_some() { steps.len() } else { 0 })
    }

    /// Whether a commit of that time has its lines counted.
    pub(super) fn contains(&self, at: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until)
    }
}

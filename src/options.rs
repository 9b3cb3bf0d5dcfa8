//! What a run is asked to do: plain and validated, without a trace of the command line.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::company::config::Config;
use crate::model::link::Tier;
use crate::model::period::Period;

/// Everything a run depends on besides the files themselves.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Log files and folders; `-` is standard input.
    pub logs: Vec<PathBuf>,
    /// Whether `logs` are the agents' default places, so that a missing one is no error.
    pub default_places: bool,
    /// Read the transcripts that a checkpoint tool keeps in the repositories, too.
    pub checkpoints: bool,
    /// A folder that reports leave out of the names of the files below it.
    pub shown_below: Option<PathBuf>,
    /// Read every file as this format.
    pub format: Option<&'static str>,
    /// Repositories to read.
    pub repositories: Vec<PathBuf>,
    /// The branch to take for the mainline, if not the repository's own.
    pub branch: Option<String>,
    /// Where results of histories are kept for the next run, and which program this is.
    pub cache: Option<(PathBuf, String)>,
    /// Follow each line to the merged commit that wrote it, however many merged commits there are.
    pub follow_all_merged: bool,
    /// Up to how many branches and pull requests beside the mainline to find out about.
    pub most_branches: usize,
    /// Evidence of this tier or surer makes the headline.
    pub min_tier: Tier,
    /// Exports of pull requests.
    pub pull_requests: Vec<PathBuf>,
    /// Exports of issues and other outcomes.
    pub outcomes: Vec<PathBuf>,
    /// Exports of seats.
    pub seats: Vec<PathBuf>,
    /// Show the shape of a vendor's published figure beside the bar.
    pub preset: Option<Preset>,
    /// Whether to look at what prompts are about; their text stays in memory while its line is read.
    pub off_task: bool,
    /// What the configuration says; the default one says nothing.
    pub config: Config,
    /// Keep what came close to being linked, to explain it.
    pub explain: bool,
    /// The period of the report, with its time zone.
    pub period: Period,
    /// Prices over the embedded book.
    pub prices: Option<PathBuf>,
    /// The clock of the run.
    pub as_of: DateTime<Utc>,
}

/// A vendor's published figure whose shape can be shown beside the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Entelligence, May 2026: fixing, rewriting and review friction of a dollar.
    Entelligence,
}

/// What a run tells while it works; the library never draws.
pub trait Watcher: Sync {
    /// Reading the logs: bytes so far of bytes in all.
    fn logs(&self, _done: u64, _total: u64) {}
    /// Reading a repository: commits so far of commits in all.
    fn history(&self, _done: u64, _total: u64) {}
}

/// Watches nothing.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl Watcher for Unwatched {}

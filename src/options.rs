//! The options of a run, plain and validated, independent of the command line.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};

use crate::company::config::Config;
use crate::measure::vendor_shape::Preset;
use crate::model::link::Tier;
use crate::model::period::Period;
use crate::sources::Place;

/// Everything a run depends on besides the files themselves.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Log files and folders; `-` is standard input.
    pub logs: Vec<PathBuf>,
    /// The agents' own places that were looked at because no logs were named, each with the paths that are there; `logs` are these
    /// paths. `None` if logs were named.
    pub places: Option<Vec<(Place, Vec<PathBuf>)>>,
    /// Also read the transcripts that a checkpoint tool keeps in the repositories.
    pub checkpoints: bool,
    /// A folder that is left out of the displayed names of the files in it.
    pub shown_below: Option<PathBuf>,
    /// Read every file as this format.
    pub format: Option<&'static str>,
    /// Repositories to read.
    pub repositories: Vec<PathBuf>,
    /// The main branch, if not the repository's own.
    pub branch: Option<String>,
    /// The folder that caches histories, and a name for this build of the program.
    pub cache: Option<(PathBuf, String)>,
    /// Trace each line to the merged commit that wrote it, however many merged commits there are.
    pub follow_all_merged: bool,
    /// Unmerged branches and pull requests are looked at only when there are no more than this.
    pub most_branches: usize,
    /// The weakest evidence that counts in the headline.
    pub min_tier: Tier,
    /// Exports of pull requests.
    pub pull_requests: Vec<PathBuf>,
    /// Exports of issues and other outcomes.
    pub outcomes: Vec<PathBuf>,
    /// Exports of deployments.
    pub deployments: Vec<PathBuf>,
    /// Exports of seats.
    pub seats: Vec<PathBuf>,
    /// Show a vendor's published figure beside the company's own.
    pub preset: Option<Preset>,
    /// Whether to classify prompts; their text is in memory only while its line is read.
    pub off_task: bool,
    /// The configuration; the default one is an empty file.
    pub config: Config,
    /// Keep links that were rejected, to explain them.
    pub explain: bool,
    /// The period of the report, with its time zone.
    pub period: Period,
    /// A file of prices that replace or extend the built-in ones.
    pub prices: Option<PathBuf>,
    /// The day from which the prices of a catalogue hold; `None` is always.
    pub prices_from: Option<NaiveDate>,
    /// The clock of the run.
    pub as_of: DateTime<Utc>,
}

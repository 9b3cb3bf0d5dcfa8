//! From flags to a run: paths, defaults and the example are sorted out here, and every setting is checked before the work.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use clap::CommandFactory;

use super::args::{Cli, InputArgs, PresetName, RunArgs, tier};
use super::configuration::Found;
use super::output::{Inputs, Output};
use super::{cache, clock, example, progress};
use crate::company::config::Config;
use crate::error::{Error, Result};
use crate::measure::vendor_shape::Preset;
use crate::model::edit_distance::nearest;
use crate::options::RunOptions;
use crate::sources::places::{self, Environment, Place, System};

/// With more unmerged branches than this, they are read only with `--branches`, because that takes a while.
const FEW_BRANCHES: usize = 300;

/// A run's options, with what must live as long as the run.
pub(super) struct Prepared<'a> {
    pub(super) options: RunOptions,
    flags: &'a RunArgs,
    /// What must not be written over.
    pub(super) inputs: Inputs,
    _example: Option<example::Unpacked>,
}

/// What a run reads, once defaults and the example are sorted out.
struct Paths {
    logs: Vec<PathBuf>,
    /// The agents' own places with what is there, if these are they.
    places: Option<Vec<(Place, Vec<PathBuf>)>>,
    repositories: Vec<PathBuf>,
    pull_requests: Vec<PathBuf>,
    /// What the example brings: its issues …
    outcomes: Option<PathBuf>,
    /// … and its deployments.
    deployments: Option<PathBuf>,
    shown_below: Option<PathBuf>,
    /// The date to use as today, unless a flag gives one.
    as_of: Option<NaiveDate>,
}

impl<'a> Prepared<'a> {
    /// Checks the flags and the configuration of a run.
    ///
    /// # Errors
    /// When they make no sense.
    pub(super) fn new(input: &InputArgs, flags: &'a RunArgs) -> Result<Self> {
        let example = if flags.example { Some(example::Unpacked::new()?) } else { None };
        let paths = match &example {
            Some(example) => example_paths(example, input, flags)?,
            None => paths(input, flags)?,
        };
        // The example is the same everywhere, whatever configuration is near.
        let found = Found::find(flags.config.as_deref(), !flags.example && !flags.no_config)?;
        let options = options(paths, input, flags, found.as_ref())?;
        let inputs = Inputs::new(&options, found.as_ref().map(|found| found.path.as_path()));
        Ok(Self { options, flags, inputs, _example: example })
    }

    /// The output that --out names.
    ///
    /// # Errors
    /// As [`Output::open`].
    pub(super) fn output(&self) -> Result<Output> {
        Output::open(self.flags.out.as_deref(), &self.inputs)
    }

    /// Runs on a pool of the wanted size, with progress on stderr.
    ///
    /// # Errors
    /// Those of the work; also when there can be no such pool.
    pub(super) fn install<T: Send>(
        &self,
        work: impl FnOnce(&RunOptions, &progress::Bars) -> Result<T> + Send,
    ) -> Result<T> {
        let pool = pool(self.flags.threads)?;
        let bars = progress::Bars::new(self.flags);
        let options = &self.options;
        let result = pool.install(|| work(options, &bars));
        bars.finish();
        result
    }
}

/// A pool of the wanted number of threads; one per processor by default.
pub(super) fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
    pool.map_err(|err| Error::usage(format!("--threads: {err}"), "try a smaller number"))
}

fn example_paths(example: &example::Unpacked, input: &InputArgs, flags: &RunArgs) -> Result<Paths> {
    if !input.logs.is_empty() || !flags.repo.is_empty() {
        let hint = "leave out the paths, or leave out --example";
        return Err(Error::usage("--example brings its own logs and repositories", hint));
    }
    let own = example.pull_requests().into_iter().collect();
    Ok(Paths {
        logs: example.logs(),
        places: None,
        repositories: example.repositories(),
        pull_requests: if flags.pull_requests.is_empty() { own } else { flags.pull_requests.clone() },
        outcomes: Some(example.outcomes()).filter(|_| flags.outcomes.is_empty()),
        deployments: Some(example.deployments()).filter(|_| flags.deployments.is_empty()),
        shown_below: Some(example.folder()),
        as_of: Some(example.as_of()),
    })
}

fn paths(input: &InputArgs, flags: &RunArgs) -> Result<Paths> {
    for path in &input.logs {
        if let Some(command) = mistyped_command(path) {
            return Err(Error::usage(
                format!("`{}` is neither a command nor an existing file", path.display()),
                format!("did you mean `tokaudit {command}`? `tokaudit --help` lists the commands"),
            ));
        }
    }
    let places = input.logs.is_empty().then(default_places);
    let logs = places.as_deref().map_or_else(|| input.logs.clone(), places::outermost);
    Ok(Paths {
        logs,
        places,
        repositories: if flags.repo.is_empty() { current_repository() } else { flags.repo.clone() },
        pull_requests: flags.pull_requests.clone(),
        outcomes: None,
        deployments: None,
        shown_below: None,
        as_of: None,
    })
}

/// The validated options of a run: a flag wins over the configuration.
fn options(paths: Paths, input: &InputArgs, flags: &RunArgs, found: Option<&Found>) -> Result<RunOptions> {
    let mut config = found.map_or_else(|| Ok(Config::default()), Found::parse)?;
    config.rules.separate.clone_from(&flags.separate);
    config.rules.here = std::env::current_dir().map_or_else(|_| String::new(), |here| here.display().to_string());
    let folder = found.map_or(Path::new(""), Found::folder);
    let in_config = |message: String| {
        let shown = found.map_or_else(String::new, |found| found.path.display().to_string());
        Error::usage(format!("{shown}: {message}"), "`tokaudit explain config` lists every key")
    };
    let config_tz = config.tz.as_deref().map(clock::zone).transpose().map_err(in_config)?;
    let config_tier = config.min_tier.as_deref().map(tier).transpose().map_err(in_config)?;
    let tz = flags.tz.or(config_tz).unwrap_or(Tz::UTC);
    let as_of = flags.as_of.or(paths.as_of).map_or_else(clock::now, clock::end_of_day);
    let period = clock::period(flags.since, flags.until, flags.last, flags.month.as_deref(), tz, as_of)
        .map_err(|message| Error::usage(message, "`tokaudit audit --help` shows the flags of a period"))?;
    // Paths of the configuration are relative to its folder, those of flags to the current one.
    let files = |named: &[PathBuf], configured: &[String]| match named {
        [] => configured.iter().map(|file| folder.join(file)).collect(),
        named => named.to_vec(),
    };
    let prices = flags.prices.clone().or(config.prices.as_ref().map(|file| folder.join(file)));
    Ok(RunOptions {
        checkpoints: flags.checkpoints || paths.places.is_some(),
        off_task: flags.off_task || config.off_task.unwrap_or(paths.places.is_some() || flags.example),
        logs: paths.logs,
        places: paths.places,
        shown_below: paths.shown_below,
        format: input.format(),
        repositories: paths.repositories,
        branch: flags.branch.clone(),
        cache: if flags.no_cache || flags.example { None } else { cache::place(flags.cache_dir.as_deref()) },
        follow_all_merged: false,
        most_branches: if flags.branches { usize::MAX } else { FEW_BRANCHES },
        min_tier: flags.min_tier.or(config_tier).unwrap_or_default(),
        pull_requests: paths.pull_requests,
        outcomes: paths.outcomes.map_or_else(|| files(&flags.outcomes, &config.outcomes), |own| vec![own]),
        deployments: paths.deployments.map_or_else(|| files(&flags.deployments, &config.deployments), |own| vec![own]),
        seats: files(&flags.seats, &config.seats),
        preset: flags.preset.map(|PresetName::Entelligence| Preset::Entelligence),
        explain: false,
        period,
        prices_from: prices_from(prices.as_deref(), flags.prices_from.or(config.prices_from)),
        prices,
        config,
        as_of,
    })
}

/// The day from which a catalogue of prices holds: as asked for, else the day in its name, else that on which the file was written.
fn prices_from(path: Option<&Path>, asked: Option<NaiveDate>) -> Option<NaiveDate> {
    let path = path?;
    let named = || {
        let name = path.file_name()?.to_str()?;
        (0..name.len()).find_map(|at| name.get(at..at + 10)?.parse().ok())
    };
    let written = || Some(DateTime::<Utc>::from(std::fs::metadata(path).ok()?.modified().ok()?).date_naive());
    asked.or_else(named).or_else(written)
}

/// Where the agents keep their logs on this machine, with what is there.
fn default_places() -> Vec<(Place, Vec<PathBuf>)> {
    let home = std::env::home_dir();
    let environment = Environment {
        system: System::OWN,
        home: home.as_deref(),
        env: &|name| std::env::var(name).ok(),
        drives: Path::new("/mnt"),
    };
    places::places(&environment).into_iter().map(|place| (place.clone(), place.found())).collect()
}

/// The repository of the current folder, if it is in one.
fn current_repository() -> Vec<PathBuf> {
    let here = std::env::current_dir().ok();
    here.filter(|here| crate::history::identify(here).is_some()).into_iter().collect()
}

/// The command that a missing path was probably meant to be.
fn mistyped_command(path: &Path) -> Option<String> {
    let text = path.to_str().filter(|text| !text.contains(['/', '.']) && !path.exists())?;
    let names = Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect::<Vec<_>>();
    nearest(text, names.iter().map(String::as_str)).map(str::to_owned)
}

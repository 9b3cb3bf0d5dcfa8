//! The whole pipeline: read → ledger → link → sessions → fate → measure → metrics, one call an arrow.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc, Weekday};

use crate::classify;
use crate::company::deployments;
use crate::company::outcomes::{self, Outcomes};
use crate::company::pull_requests;
use crate::company::released::Released;
use crate::company::reviewed::Reviewed;
use crate::company::seats::{self, Seats};
use crate::diagnostics::{Diagnostics, Severity};
use crate::error::{Error, Result};
use crate::history::{self, History, HistoryOptions, Opened};
use crate::ledger::{KnownRepository, Ledger, LedgerContext, Spent};
use crate::link;
use crate::measure::Measured;
use crate::measure::fates::Fates;
use crate::measure::material::{Linking, Material, Run, Settings};
use crate::measure::sums::Sums;
use crate::measure::verdicts::Verdicts;
use crate::metrics::Figures;
use crate::model::activity::Event;
use crate::model::name::Name;
use crate::model::privacy::MIN_PEOPLE_OFF_TASK;
use crate::model::prompt::PromptReader;
use crate::model::work::Work;
use crate::options::RunOptions;
use crate::pricing::{Catalogue, PriceBook};
use crate::sessions::change_type::Changes;
use crate::sessions::counts;
use crate::sessions::off_task::{self, OffTask};
use crate::sessions::turns::Turns;
use crate::sessions::waste::{Waste, WasteContext};
use crate::sessions::work_types::WorkTypes;
use crate::sessions::written::{Written, WrittenInput};
use crate::sources::known_unread::{self, KnownUnread, NOT_READ};
use crate::sources::reading::inputs::{self, InputFile};
use crate::sources::{self, ReadOptions, Reading};

const OUTCOMES_HINT: &str = "pass CSV with a header: `key` (of an issue) or `count`, `type`, and `closed_at` as 2026-05-31; or `key` with `priority` or `initiative`";
const DEPLOYMENTS_HINT: &str =
    "pass CSV with a header: `at` as 2026-05-31T09:00:00Z, `commit` or `tag`, and perhaps `repository`";
const SEATS_HINT: &str =
    "pass CSV with a header: `user`, and perhaps `assigned_at`, `monthly_usd` and `last_activity_at`";
const PULL_REQUESTS_HINT: &str = "pass the output of `gh pr list --state all --limit 9999 --json \
    number,url,headRefName,mergeCommit,state,createdAt,mergedAt,isDraft,author,labels,reviews,commits`, or the pages \
    of GitHub's or GitLab's API as they are";

/// Follows the progress of a run; the library never draws.
pub trait Watcher: Sync {
    /// Bytes of logs read so far, and in total.
    fn logs(&self, _done: u64, _total: u64) {}
    /// Commits of a repository read so far, and in total.
    fn history(&self, _done: u64, _total: u64) {}
}

/// All that one run found out: the material, the figures, and the metrics made of them.
pub struct Audited {
    /// What the stages found.
    pub material: Material,
    /// Every figure of it.
    pub measured: Measured,
    /// The figures with a definition.
    pub metrics: Figures,
}

/// The whole pipeline.
///
/// # Errors
/// As [`run_links`]; also when groups or fates do not sum to the ledger.
pub fn audit(options: &RunOptions, watcher: &dyn Watcher) -> Result<Audited> {
    let material = run_links(options, watcher)?;
    let sums = Sums::new(&material.run)?;
    let fates = Fates::judge(&material, &sums.development)?;
    let measured = Measured::new(&material, sums, fates)?;
    let metrics = Figures::compute(&measured);
    Ok(Audited { material, measured, metrics })
}

/// The pipeline up to what became of the spend, with what decided it.
///
/// # Errors
/// As [`audit`].
pub fn run_verdicts(options: &RunOptions, watcher: &dyn Watcher) -> Result<(Material, Verdicts)> {
    let material = run_links(options, watcher)?;
    let sums = Sums::new(&material.run)?;
    let fates = Fates::judge(&material, &sums.development)?;
    let verdicts = Verdicts::new(&material, &fates)?;
    Ok((material, verdicts))
}

/// The pipeline up to the ledger.
///
/// # Errors
/// When nothing can be reported: no input with a recognised format, an unusable price file, a repository that cannot
/// be read, or sums that do not reconcile.
pub fn run(options: &RunOptions, watcher: &dyn Watcher) -> Result<Run> {
    let reading = read_logs(options, false, watcher)?;
    Ok(enter(reading, options, watcher)?.0)
}

/// The same, with what the sessions did.
///
/// # Errors
/// As [`run`].
pub fn run_sessions(options: &RunOptions, watcher: &dyn Watcher) -> Result<(Run, Vec<Event>)> {
    let (run, _, events) = run_active(options, watcher)?;
    Ok((run, events))
}

fn run_active(options: &RunOptions, watcher: &dyn Watcher) -> Result<(Run, Vec<Opened>, Vec<Event>)> {
    let mut reading = read_logs(options, true, watcher)?;
    let events = std::mem::take(&mut reading.activity).into_events(&reading.names);
    let (run, opened) = enter(reading, options, watcher)?;
    Ok((run, opened, events))
}

/// The pipeline up to what sessions were about; spend is tied to commits where there is a repository.
///
/// # Errors
/// As [`run`]; also when the parts of a split do not sum to the whole, or an export cannot be read.
pub fn run_links(options: &RunOptions, watcher: &dyn Watcher) -> Result<Material> {
    let (run, opened, events) = run_active(options, watcher)?;
    let by_seat = run.ledger.by_seat();
    let (events, prompts) = apart(&by_seat, events);
    let Linked { run, links, works, reviewed, released } = tie(run, &opened, &events, options)?;
    let unlinked = if links.is_some() { Vec::new() } else { run.ledger.spent() };
    let records = links.as_ref().map_or(&unlinked, |linking| &linking.links.records);
    let names = run.ledger.names();
    let turns = Turns::new(records, &events, names);
    let tied = links.as_ref().map(|linking| &linking.links);
    let input =
        off_task::OffTaskInput { turns: &turns, records, names, links: tied, ledger: &run.ledger, works: &works };
    let off_task = options.off_task.then(|| {
        let mut found = OffTask::judge(&input);
        found.judge_conversations(&Turns::new(&by_seat, &prompts, names), &by_seat, names);
        found
    });
    let changes = Changes::new(&run.histories, &works, &reviewed);
    let work_types = WorkTypes::find(&turns, records, tied.map_or(&[], |tied| &tied.links), &changes, names);
    let written = links.as_ref().map(|linking| {
        let (links, least, histories, period) = (&linking.links, linking.least, run.histories.as_slice(), &run.period);
        Written::follow(&WrittenInput { events: &events, links, least, histories, works: &works, period, names })
    });
    let counts = counts::count(&events, &run.period);
    let waste = Waste::find(&WasteContext::new(&turns, records, names, &work_types, &run.book));
    let seats = exports(&options.seats, "seats", SEATS_HINT, seats::parse)?;
    let outcomes = exports(&options.outcomes, "outcomes", OUTCOMES_HINT, outcomes::parse)?;
    let definition = || options.config.definition.clone();
    Ok(Material {
        seats: (!seats.is_empty()).then(|| Seats::new(seats.concat(), options.config.seat_price)),
        outcomes: (!outcomes.is_empty())
            .then(|| Outcomes::new(outcomes.concat(), definition(), &works, &run.histories)),
        settings: settings(options),
        run,
        links,
        unlinked,
        off_task,
        work_types,
        waste,
        reviewed,
        released,
        written: written.unwrap_or_default(),
        counts,
    })
}

/// The events of agents' sessions, and apart from them those of conversations with assistants.
fn apart(by_seat: &[Spent], events: Vec<Event>) -> (Vec<Event>, Vec<Event>) {
    if by_seat.is_empty() {
        return (events, Vec::new());
    }
    let conversations: HashSet<Name> = by_seat.iter().filter_map(|record| record.session).collect();
    events.into_iter().partition(|event| !event.session.is_some_and(|session| conversations.contains(&session)))
}

/// A run whose spend was tied to commits.
struct Linked {
    run: Run,
    /// `None` without a repository.
    links: Option<Linking>,
    /// What was done on the branches of each repository.
    works: Vec<Work>,
    reviewed: Reviewed,
    /// When the landings of each repository were released.
    released: Vec<Released>,
}

/// Ledger, sessions and repositories → links. Exports of pull requests complete the commits of the repositories first.
fn tie(mut run: Run, opened: &[Opened], events: &[Event], options: &RunOptions) -> Result<Linked> {
    if run.histories.is_empty() {
        let (works, reviewed) = (Vec::new(), Reviewed::default());
        return Ok(Linked { run, links: None, works, reviewed, released: Vec::new() });
    }
    let files = exports(&options.pull_requests, "pull requests", PULL_REQUESTS_HINT, pull_requests::parse)?;
    let pulls = pull_requests::join(files);
    let (from, until) =
        run.ledger.span.map_or((DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC), |(first, last)| {
            let times = || events.iter().map(|event| event.at);
            let first = times().min().map_or(first, |at| first.min(at));
            let last = times().max().map_or(last, |at| last.max(at));
            (first - link::BEFORE, last + link::AFTER)
        });
    let mut works: Vec<Work> = Vec::new();
    for (history, opened) in run.histories.iter_mut().zip(opened) {
        let mut work = opened.work(history, from, until)?;
        pull_requests::apply(&pulls, history, &mut work);
        works.push(work);
    }
    let (ledger, histories) = (&run.ledger, run.histories.as_slice());
    let input = link::LinkInput { ledger, events, histories, works: &works, explain: options.explain };
    let (links, calibration) = link::link(&input)?;
    let reviewed = Reviewed::of(&pulls, histories, &works, &options.config.spikes);
    let links = Some(Linking { calibration, links, least: options.min_tier });
    let deployments = exports(&options.deployments, "deployments", DEPLOYMENTS_HINT, deployments::parse)?.concat();
    let repositories: Vec<(&Opened, &History)> = opened.iter().zip(histories).collect();
    let released = Released::find(&repositories, &deployments, (from, options.as_of), &mut run.diagnostics)?;
    Ok(Linked { run, links, works, reviewed, released })
}

/// What the configuration and the flags ask of the figures.
fn settings(options: &RunOptions) -> Settings {
    let config = &options.config;
    Settings {
        rules: config.rules.clone(),
        budgets: config.budgets.clone(),
        limits: config.limits.clone(),
        least_users: config.least_users.unwrap_or(MIN_PEOPLE_OFF_TASK),
        hourly: config.hourly,
        weekend: config.weekend.clone().unwrap_or_else(|| vec![Weekday::Sat, Weekday::Sun]),
        changed: config.changed,
        preset: options.preset,
    }
}

/// Reads the exports of one kind, a value a file.
fn exports<T>(
    paths: &[PathBuf],
    kind: &str,
    hint: &str,
    parse: impl Fn(&[u8]) -> std::result::Result<T, String>,
) -> Result<Vec<T>> {
    let read = |path: &PathBuf| {
        let unusable = |cause: String| Error::input(format!("{kind} {}: {cause}", path.display()), hint);
        let bytes = std::fs::read(path).map_err(|err| unusable(err.to_string()))?;
        parse(&bytes).map_err(unusable)
    };
    paths.iter().map(read).collect()
}

/// What was read → ledger, with the prices and the repositories that it takes.
fn enter(mut reading: Reading, options: &RunOptions, watcher: &dyn Watcher) -> Result<(Run, Vec<Opened>)> {
    let mut diagnostics = std::mem::take(&mut reading.diagnostics);
    let (book, catalogue) = read_catalogue(options)?;
    note_catalogue(&catalogue, &mut diagnostics);
    let failed_inputs = reading.failed;
    let (histories, opened) = read_histories(options, watcher, &mut diagnostics)?;
    let repositories = KnownRepository::all(&histories);
    let context = LedgerContext {
        book: &book,
        rules: &options.config.rules,
        repositories: &repositories,
        as_of: Some(options.as_of),
    };
    let ledger = Ledger::build(reading, &context, &mut diagnostics)?;
    let (period, as_of) = (options.period, options.as_of);
    Ok((Run { ledger, histories, book, period, as_of, diagnostics, failed_inputs }, opened))
}

/// The embedded prices, with the user's over them.
///
/// # Errors
/// When the price file cannot be read or holds something else.
pub fn read_prices(options: &RunOptions) -> Result<PriceBook> {
    Ok(read_catalogue(options)?.0)
}

/// The same, with what a catalogue holds beside it.
fn read_catalogue(options: &RunOptions) -> Result<(PriceBook, Catalogue)> {
    let book = PriceBook::embedded()?;
    match &options.prices {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|err| {
                Error::input(
                    format!("price file {}: {err}", path.display()),
                    "pass a CSV file in the columns of `tokaudit ledger --table prices`",
                )
            })?;
            book.with_file(path, &text, options.prices_from)
        }
        None => Ok((book, Catalogue::default())),
    }
}

/// Says how many entries of a catalogue are no prices of the book.
fn note_catalogue(catalogue: &Catalogue, diagnostics: &mut Diagnostics) {
    for (why, (count, model)) in &catalogue.left {
        let message = "entries of the price catalogue were left out";
        diagnostics.add_many(
            Severity::Note,
            "catalogue-entries",
            message,
            *count,
            Some(format!("{why}, such as {model}")),
        );
    }
}

/// Finds and reads the logs.
///
/// # Errors
/// [`Error::Input`] when no file holds a recognised format.
pub fn read_logs(options: &RunOptions, activity: bool, watcher: &dyn Watcher) -> Result<Reading> {
    let reading = read_anything(options, activity, watcher)?;
    if reading.has_nothing() { Err(nothing_read(options, reading)) } else { Ok(reading) }
}

/// The same, where nothing that was read is an answer, too.
///
/// # Errors
/// [`Error::Input`] when a repository cannot be read.
pub fn read_anything(options: &RunOptions, activity: bool, watcher: &dyn Watcher) -> Result<Reading> {
    let mut found = inputs::list_files(&options.logs, options.shown_below.as_deref());
    if options.checkpoints {
        for input in checkpoints(options)? {
            let message = "transcripts on the checkpoint branch of a repository were read, too";
            found.diagnostics.add(Severity::Note, "checkpoint-transcripts", message, &input.display_name);
            found.files.push(input);
        }
    }
    let total: u64 = found.files.iter().map(|input| input.bytes).sum();
    let read_options = ReadOptions {
        prompts: options.off_task.then_some(classify::read as PromptReader),
        activity,
        format: options.format,
        undated: Some(sources::Undated::within(&options.period, options.as_of)),
    };
    let mut reading = sources::read(&found.files, &read_options, &|done| watcher.logs(done, total));
    reading.failed += found.failed;
    let mut diagnostics = found.diagnostics;
    if let Some(places) = &options.places {
        for (place, found) in places.iter().filter(|(place, _)| !place.is_read) {
            let known = known_unread::find(place.format).map(KnownUnread::sentence).unwrap_or_default();
            for path in found {
                let location = format_args!("{} ({known})", path.display());
                diagnostics.add(Severity::Note, "known-unread", NOT_READ, location);
            }
        }
        for place in &options.logs {
            let message = "no logs were named, so the agents' own folders on this machine were read";
            diagnostics.add(Severity::Note, "default-places", message, place.display());
        }
    }
    diagnostics.merge(std::mem::take(&mut reading.diagnostics));
    reading.diagnostics = diagnostics;
    Ok(reading)
}

/// The transcripts on the checkpoint branches of the repositories.
fn checkpoints(options: &RunOptions) -> Result<Vec<InputFile>> {
    let mut found = Vec::new();
    for path in &options.repositories {
        let opened = Arc::new(Opened::new(path)?);
        for transcript in opened.transcripts() {
            let name = format!("{}:{}", path.display(), transcript.path);
            let (opened, bytes) = (opened.clone(), transcript.bytes);
            let content = move || opened.transcript(&transcript).map_err(|err| io::Error::other(err.to_string()));
            found.push(InputFile::from_content(name, bytes, Arc::new(content)));
        }
    }
    Ok(found)
}

/// Says what was looked at and what to try.
fn nothing_read(options: &RunOptions, reading: Reading) -> Error {
    let hint = "pass log files or folders, for example `tokaudit audit ~/.claude/projects`; \
                `tokaudit explain formats` lists what is read; `tokaudit audit --example` shows a report on made-up data";
    if let Some(places) = &options.places {
        let looked_at = places.iter().filter(|(place, _)| place.is_read).count();
        let message = format!("no logs in {looked_at} places where agents keep them; `tokaudit sources` lists them");
        return Error::input(message, hint);
    }
    let places: Vec<String> = options.logs.iter().map(|path| path.display().to_string()).collect();
    let files = reading.files.len();
    let reasons: Vec<String> = reading
        .diagnostics
        .into_sorted()
        .into_iter()
        .map(|notice| format!("\n  {}: {}", notice.message, notice.examples.join(", ")))
        .collect();
    let what = if files == 0 { "no file to read" } else { "no usage log recognised" };
    Error::input(format!("{what} in {}{}", places.join(", "), reasons.concat()), hint)
}

/// Reads the named repositories.
fn read_histories(
    options: &RunOptions,
    watcher: &dyn Watcher,
    diagnostics: &mut Diagnostics,
) -> Result<(Vec<History>, Vec<Opened>)> {
    let progress = |done, total| watcher.history(done, total);
    let history_options = HistoryOptions {
        branch: options.branch.as_deref(),
        since: options.period.from,
        until: options.period.to,
        now: Some(options.as_of),
        progress: Some(&progress),
        max_branches: options.most_branches,
        cache: options.cache.as_ref().map(|(folder, program)| history::Cache { folder, program }),
        follow_all_merged: options.follow_all_merged,
        ..HistoryOptions::default()
    };
    let mut histories = Vec::new();
    for path in &options.repositories {
        let opened = Opened::new(path)?;
        let history = opened.read(&history_options)?;
        histories.push((history, opened));
    }
    let mut histories = history::without_clones(histories, diagnostics);
    for (history, _) in &mut histories {
        diagnostics.merge(std::mem::take(&mut history.diagnostics));
    }
    histories.sort_by_key(|(history, _)| (history.name(), history.common_dir.clone()));
    Ok(histories.into_iter().unzip())
}

/// Reads repositories alone, without logs.
///
/// # Errors
/// As [`run`].
pub fn run_history(options: &RunOptions, watcher: &dyn Watcher) -> Result<(Vec<History>, Diagnostics)> {
    let mut diagnostics = Diagnostics::default();
    let (histories, _) = read_histories(options, watcher, &mut diagnostics)?;
    Ok((histories, diagnostics))
}

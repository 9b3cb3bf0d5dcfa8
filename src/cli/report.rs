//! The commands that make one report: `audit`, `spend`, `sources` and `history`. Here it finds its formats and its place.

use std::path::Path;

use super::args::{FormatArgs, HistoryArgs, InputArgs, ReportArgs, RunArgs, SpendArgs};
use super::exit_code::Exit;
use super::format::{self, Choice};
use super::output::{Folder, Output};
use super::run::Prepared;
use super::{progress, terminal};
use crate::audit::{self, Audited};
use crate::error::{Error, Result};
use crate::options::RunOptions;
use crate::report::render::{self, Look, Renderer};
use crate::report::{self, Report};
use crate::sources::UNREAD_FIGURES;

pub(super) fn audit(args: &ReportArgs) -> Result<Exit> {
    write_report(&args.input, &args.run, &args.format, |options, watcher, has_tables| {
        let Audited { material, measured, metrics } = audit::audit(options, watcher)?;
        let pivot = has_tables.then(|| report::pivot(&material.run)).transpose()?;
        Ok((Report { pivot, ..report::audit(&material, &measured, &metrics) }, material.run.failed_inputs))
    })
}

pub(super) fn spend(args: &SpendArgs) -> Result<Exit> {
    let ReportArgs { input, run, format } = &args.report;
    write_report(input, run, format, |options, watcher, has_tables| {
        let mut options = options.clone();
        // Nothing is read from git but a name to group by, so a repository counts only when it is named.
        if run.repo.is_empty() && !run.example {
            options.repositories.clear();
        }
        let run = audit::run(&options, watcher)?;
        let pivot = has_tables.then(|| report::pivot(&run)).transpose()?;
        Ok((Report { pivot, ..report::spend(&run, &args.keys())? }, run.failed_inputs))
    })
}

pub(super) fn sources(args: &ReportArgs) -> Result<Exit> {
    write_report(&args.input, &args.run, &args.format, |options, watcher, _| {
        // Without logs the places that were looked at are the answer.
        let read = if options.places.is_some() { audit::read_anything } else { audit::read_logs };
        let mut reading = read(options, false, watcher)?;
        let failed = reading.failed + u64::from(reading.has_nothing());
        let mut found = std::mem::take(&mut reading.diagnostics);
        let (files, reconciliation) = crate::ledger::reconcile(reading, &mut found)?;
        Ok((report::sources(files, options.places.as_deref(), reconciliation, &options.period, found), failed))
    })
}

pub(super) fn history(args: &HistoryArgs) -> Result<Exit> {
    write_report(&InputArgs::default(), &args.run(), &args.format, |options, watcher, _| {
        if options.repositories.is_empty() {
            return Err(Error::usage("this folder is not in a git repository", "tokaudit history PATH"));
        }
        let (histories, found) = audit::run_history(options, watcher)?;
        Ok((report::history(&histories, &options.period, &options.config.rules, found), 0))
    })
}

/// Prepares a run, makes its report, and writes it. `make` is given whether formats with tables for spreadsheets are asked for.
fn write_report(
    input: &InputArgs,
    flags: &RunArgs,
    format: &FormatArgs,
    make: impl FnOnce(&RunOptions, &progress::Bars, bool) -> Result<(Report, u64)> + Send,
) -> Result<Exit> {
    let prepared = Prepared::new(input, flags)?;
    let mut destination = Destination::open(&prepared, flags, format)?;
    let has_tables = destination.renderers.iter().any(|one| one.is_tabular() || one.id() == "xlsx");
    let (report, failed) = prepared.install(|options, watcher| make(options, watcher, has_tables))?;
    destination.write(&report, flags, format)?;
    let diagnostics = &report.document.diagnostics;
    // The first screen of an audit has no room for them.
    let shows_all = report.story.is_none() || flags.details;
    terminal::notices(flags, diagnostics, destination.is_page_on_stdout() && shows_all);
    destination.publish()?;
    if failed > 0 {
        return Ok(Exit::Input);
    }
    let doubted = [report::EMPTY_PERIOD, report::NO_USAGE, UNREAD_FIGURES];
    let too_little = diagnostics.iter().any(|notice| doubted.contains(&notice.kind));
    Ok(if flags.strict && too_little { Exit::TooLittle } else { Exit::Done })
}

/// Where a report goes, and in which formats; known before the work, so that a mistake costs no time.
struct Destination<'a> {
    renderers: Vec<&'static dyn Renderer>,
    place: Place<'a>,
}

enum Place<'a> {
    One(Output),
    /// A file for each format; of CSV, one for each table.
    Folder(Folder<'a>),
}

impl<'a> Destination<'a> {
    fn open(prepared: &'a Prepared<'_>, flags: &RunArgs, format: &FormatArgs) -> Result<Self> {
        let path = flags.out.as_deref();
        let renderers = renderers(flags, format)?;
        let writes_csv = renderers.iter().any(|renderer| renderer.is_tabular());
        if format.table.is_some() && !writes_csv {
            return Err(Error::usage("--table chooses a table of --format csv", "leave out --table"));
        }
        let several = renderers.len() > 1;
        let is_folder = |path: &&Path| several || writes_csv && (path.is_dir() || ends_in_separator(path));
        if let Some(path) = path.filter(is_folder) {
            return Ok(Self { renderers, place: Place::Folder(Folder::open(path, &prepared.inputs)?) });
        }
        if several {
            return Err(Error::usage("several formats need a folder", "add --out report/"));
        }
        let out = prepared.output()?;
        if let Some(binary) = renderers.iter().find(|renderer| renderer.is_binary()).filter(|_| out.is_terminal()) {
            return Err(binary_on_terminal(binary.id(), binary.extension()));
        }
        Ok(Self { renderers, place: Place::One(out) })
    }

    fn is_page_on_stdout(&self) -> bool {
        matches!(&self.place, Place::One(out) if out.is_stdout()) && self.renderers.iter().any(|one| one.shows_notes())
    }

    fn write(&mut self, report: &Report, flags: &RunArgs, format: &FormatArgs) -> Result<()> {
        let table = match &format.table {
            None => None,
            Some(name) => Some((name.as_str(), report.topic(name).ok_or_else(|| no_table(name))?)),
        };
        match &mut self.place {
            Place::Folder(folder) => {
                let look = terminal::look(flags, false);
                for renderer in &self.renderers {
                    if !renderer.is_tabular() {
                        let name = format!("report.{}", renderer.extension());
                        folder.write(&name, |out| renderer.render(report, &look, out))?;
                        continue;
                    }
                    let tables = table.clone().map_or_else(|| report.topics(), |table| vec![table]);
                    for (name, table) in tables {
                        folder.write(&format!("{name}.csv"), |out| render::csv_table(&table, look.csv, out))?;
                    }
                }
                Ok(())
            }
            Place::One(out) => {
                let look = terminal::look(flags, out.is_terminal());
                match &table {
                    Some((_, table)) => out.write_text(|out| render::csv_table(table, look.csv, out)),
                    None => self.renderers.iter().try_for_each(|renderer| render_to(out, *renderer, report, &look)),
                }
            }
        }
    }

    fn publish(self) -> Result<()> {
        match self.place {
            Place::Folder(folder) => folder.publish(),
            Place::One(_) => Ok(()),
        }
    }
}

/// Writes a report; only the page may use colours on a terminal.
fn render_to(out: &mut Output, renderer: &dyn Renderer, report: &Report, look: &Look) -> Result<()> {
    if renderer.shows_notes() {
        out.write(|out| renderer.render(report, look, out))
    } else {
        out.write_text(|out| renderer.render(report, look, out))
    }
}

/// The renderers that --format names; without it, the one of the ending of --out.
fn renderers(flags: &RunArgs, format: &FormatArgs) -> Result<Vec<&'static dyn Renderer>> {
    let find = |id: &str| {
        let known: Vec<&str> = render::RENDERERS.iter().map(|renderer| renderer.id()).collect();
        let hint = format!("--format {}", known.join("|"));
        render::find(id).ok_or_else(|| Error::usage(format!("there is no format `{id}`"), hint))
    };
    if format.format.len() > 1 {
        return format.format.iter().map(|id| find(id)).collect();
    }
    let endings: Vec<[&'static str; 1]> = render::RENDERERS.iter().map(|renderer| [renderer.extension()]).collect();
    let choices: Vec<Choice<&str>> = render::RENDERERS
        .iter()
        .zip(&endings)
        .map(|(renderer, ending)| (renderer.id(), renderer.id(), &ending[..]))
        .collect();
    let given = format.format.first().map(|id| find(id)).transpose()?.map(|renderer| renderer.id());
    let out = flags.out.as_deref().filter(|path| !ends_in_separator(path));
    let (id, warning) = format::choose(given, out, &choices, choices[0]);
    if !flags.quiet {
        terminal::warn(warning.as_deref());
    }
    Ok(vec![find(id)?])
}

fn ends_in_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|byte| *byte == b'/' || *byte == b'\\' && cfg!(windows))
}

/// What to say when bytes would go to a terminal.
pub(super) fn binary_on_terminal(format: &str, ending: &str) -> Error {
    let name = match format {
        "parquet" => "Parquet",
        "xlsx" => "An XLSX workbook",
        other => other,
    };
    Error::usage(format!("{name} is binary: add --out FILE, or pipe it"), format!("--out report.{ending}"))
}

fn no_table(name: &str) -> Error {
    Error::usage(format!("this report has no table `{name}`"), "leave out --table, or use `tokaudit audit`")
}

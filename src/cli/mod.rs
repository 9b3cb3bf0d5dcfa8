//! The command line: the only part that knows clap, the clock, the environment and the terminal.

mod args;
mod cache;
mod classify;
mod clock;
mod comment;
mod compare;
mod configuration;
mod example;
mod exit_code;
mod explain;
mod gate;
mod ledger;
mod progress;
mod terminal;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::audit;
use crate::error::{Error, Result};
use crate::model::edit_distance::nearest;
use crate::options::RunOptions;
use crate::report::{self, Report, render};
use crate::sources::{Places, SOURCES};
use args::{Cli, Command, Common};
use exit_code::Exit;

/// Runs the program on the process's own arguments and streams.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(err) => {
            // Help and version are no errors; clap knows the stream and the words for both.
            let code = if err.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = err.print();
            return code.into();
        }
    };
    match run(&cli) {
        Ok(exit) => exit.into(),
        Err(err) if is_broken_pipe(&err) => Exit::Done.into(), // The reader left; not our failure.
        Err(err) => {
            let mut stderr = io::stderr().lock();
            let _ = writeln!(stderr, "error: {err}");
            if let Some(hint) = err.hint() {
                let _ = writeln!(stderr, "  try: {hint}");
            }
            Exit::of(&err).into()
        }
    }
}

fn run(cli: &Cli) -> Result<Exit> {
    let default = Command::Audit(args::AuditArgs { common: cli.common.clone() });
    match cli.command.as_ref().unwrap_or(&default) {
        Command::Audit(args) => with_run(&args.common, |options, watcher| {
            let (material, measured) = audit::audit(options, watcher)?;
            Ok((report::audit(&material, &measured), material.run.failed_inputs))
        }),
        Command::Spend(args) => with_run(&args.common, |options, watcher| {
            let options = RunOptions { repositories: named_repositories(&args.common, options), ..options.clone() };
            let run = audit::run(&options, watcher)?;
            Ok((report::spend(&run, &args.keys())?, run.failed_inputs))
        }),
        Command::Sources(args) => with_run(&args.common, |options, watcher| {
            let mut reading = audit::read_logs(options, false, watcher)?;
            let failed = reading.failed;
            let found = std::mem::take(&mut reading.diagnostics);
            let (files, reconciliation) = crate::ledger::reconcile(reading)?;
            Ok((report::sources(files, reconciliation, &options.period, found), failed))
        }),
        Command::History(args) => with_run(&args.common(), |options, watcher| {
            if options.repositories.is_empty() {
                return Err(Error::usage("this folder is in no git repository", "tokaudit history PATH"));
            }
            let (histories, found) = audit::run_history(options, watcher)?;
            Ok((report::history(&histories, &options.period, &options.config.rules, found), 0))
        }),
        Command::Ledger(args) => ledger::run(args),
        Command::Comment(args) => comment::run(args),
        Command::Gate(args) => gate::run(args),
        Command::Classify(args) => classify::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Completions { shell } => Output::open_path(None)?
            .write(|out| {
                let mut text = Vec::new();
                clap_complete::generate(*shell, &mut Cli::command(), "tokaudit", &mut text);
                out.write_all(&text)
            })
            .map(|()| Exit::Done),
        Command::Man => Output::open_path(None)?
            .write(|out| clap_mangen::Man::new(Cli::command()).render(&mut &mut *out))
            .map(|()| Exit::Done),
    }
}

/// `spend` looks at a repository only when one is named: it reads nothing from git, only the name to group by.
fn named_repositories(common: &Common, options: &RunOptions) -> Vec<PathBuf> {
    if common.run.repo.is_empty() && !common.run.example { Vec::new() } else { options.repositories.clone() }
}

/// Writes a report into a folder: a file a format, of CSV one a table.
fn write_all(
    folder: &Path,
    renderers: &[&dyn render::Renderer],
    common: &Common,
    report: &Report,
    look: &render::Look,
) -> Result<()> {
    let open = |name: String| Output::open_path(Some(&folder.join(name)));
    for renderer in renderers {
        if !renderer.is_tabular() {
            let mut out = open(format!("report.{}", renderer.extension()))?;
            out.write(|out| renderer.render(report, look, out))?;
            continue;
        }
        let tables = match &common.format.table {
            Some(name) => vec![(name.as_str(), report.topic(name).ok_or_else(|| no_topic(name))?)],
            None => report.topics(),
        };
        for (name, table) in tables {
            open(format!("{name}.csv"))?.write(|out| render::csv_table(&table, look.csv, out))?;
        }
    }
    Ok(())
}

/// Prepares a run, makes its report, and writes it.
fn with_run(
    common: &Common,
    make: impl FnOnce(&RunOptions, &progress::Bars) -> Result<(Report, u64)> + Send,
) -> Result<Exit> {
    let prepared = Prepared::new(common)?;
    let mut renderers = Vec::new();
    for id in &common.format.format {
        renderers.push(render::find(id).ok_or_else(|| unknown_format(id))?);
    }
    let is_tabular = renderers.iter().any(|renderer| renderer.is_tabular());
    if common.format.table.is_some() && !is_tabular {
        return Err(Error::usage("--table chooses a table of --format csv", "leave out --table"));
    }
    let several = renderers.len() > 1;
    let folder = common.run.out.as_deref().filter(|path| (several || is_tabular) && path.is_dir());
    if several && folder.is_none() {
        return Err(Error::usage("several formats need a folder that exists", "mkdir report, and add --out report"));
    }
    let mut out = Output::open_path(common.run.out.as_deref().filter(|_| folder.is_none()))?;
    if let Some(binary) = renderers.iter().find(|renderer| renderer.is_binary())
        && out.is_terminal()
        && folder.is_none()
    {
        let message = format!("{} is no text for a terminal", binary.id());
        return Err(Error::usage(message, format!("--out report.{}", binary.id())));
    }
    let (report, failed) = prepared.install(common, make)?;
    let look = terminal::look(common, folder.is_none() && out.is_terminal());
    match folder {
        Some(folder) => write_all(folder, &renderers, common, &report, &look)?,
        None => match (&common.format.table, renderers.as_slice()) {
            (Some(name), _) => {
                let table = report.topic(name).ok_or_else(|| no_topic(name))?;
                out.write(|out| render::csv_table(&table, look.csv, out))?;
            }
            (None, all) => {
                for renderer in all {
                    out.write(|out| renderer.render(&report, &look, out))?;
                }
            }
        },
    }
    let diagnostics = &report.document.diagnostics;
    let shown = renderers.iter().any(|renderer| renderer.shows_notes());
    terminal::tell(common, diagnostics, folder.is_none() && shown && out.is_stdout());
    if failed > 0 {
        return Ok(Exit::Input);
    }
    let too_little = diagnostics.iter().any(|notice| notice.kind == report::EMPTY_PERIOD);
    Ok(if common.run.strict && too_little { Exit::TooLittle } else { Exit::Done })
}

/// A run's options, with what must live as long as the run.
struct Prepared {
    options: RunOptions,
    _example: Option<example::Unpacked>,
}

impl Prepared {
    fn new(common: &Common) -> Result<Self> {
        if common.run.example {
            if !common.input.logs.is_empty() || !common.run.repo.is_empty() {
                let hint = "leave out the paths, or leave out --example";
                return Err(Error::usage("--example brings its own logs and repositories", hint));
            }
            let example = example::Unpacked::new()?;
            let options = common.options(example.logs(), false, example.repositories(), Some(example.as_of()))?;
            let mut options = RunOptions { shown_below: Some(example.folder()), ..options };
            if options.pull_requests.is_empty() {
                options.pull_requests.extend(example.pull_requests());
            }
            return Ok(Self { options, _example: Some(example) });
        }
        let (logs, default_places) =
            if common.input.logs.is_empty() { (default_places(), true) } else { (common.input.logs.clone(), false) };
        for path in &common.input.logs {
            if let Some(command) = mistyped_command(path) {
                return Err(Error::usage(
                    format!("`{}` is neither a command nor an existing file", path.display()),
                    format!("did you mean `tokaudit {command}`? `tokaudit --help` lists the commands"),
                ));
            }
        }
        let repositories = if common.run.repo.is_empty() { current_repository() } else { common.run.repo.clone() };
        Ok(Self { options: common.options(logs, default_places, repositories, None)?, _example: None })
    }

    /// Runs on a pool of the wanted size, with progress on stderr.
    fn install<T: Send>(
        &self,
        common: &Common,
        work: impl FnOnce(&RunOptions, &progress::Bars) -> Result<T> + Send,
    ) -> Result<T> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(common.run.threads.unwrap_or(0)).build();
        let pool = pool.map_err(|err| Error::usage(format!("--threads: {err}"), "try a smaller number"))?;
        let bars = progress::Bars::new(common);
        let result = pool.install(|| work(&self.options, &bars));
        bars.finish();
        result
    }
}

/// Where the agents keep their logs on this machine.
fn default_places() -> Vec<PathBuf> {
    let home = std::env::home_dir();
    let places = Places { home: home.as_deref(), env: &|name| std::env::var(name).ok() };
    SOURCES.iter().flat_map(|source| source.default_places(&places)).collect()
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

fn no_topic(name: &str) -> Error {
    Error::usage(format!("this report has no table `{name}`"), "leave out --table, or take `tokaudit audit`")
}

fn unknown_format(id: &str) -> Error {
    let known: Vec<&str> = render::RENDERERS.iter().map(|renderer| renderer.id()).collect();
    Error::usage(format!("there is no format `{id}`"), format!("--format {}", known.join("|")))
}

/// Where the report goes; opened before the work, so that a bad path fails in the first second.
struct Output {
    file: Option<(PathBuf, File)>,
}

impl Output {
    fn open(common: &Common) -> Result<Self> {
        Self::open_path(common.run.out.as_deref())
    }

    fn open_path(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Self { file: None });
        };
        match File::create(path) {
            Ok(file) => Ok(Self { file: Some((path.to_owned(), file)) }),
            Err(source) => Err(Error::Output { path: path.to_owned(), source }),
        }
    }

    fn is_stdout(&self) -> bool {
        self.file.is_none()
    }

    fn is_terminal(&self) -> bool {
        self.is_stdout() && io::IsTerminal::is_terminal(&io::stdout())
    }

    fn write(&mut self, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let (path, result) = match &mut self.file {
            Some((path, file)) => (path.clone(), finish(BufWriter::new(file), render)),
            None => (PathBuf::from("stdout"), finish(BufWriter::new(io::stdout().lock()), render)),
        };
        result.map_err(|source| Error::Output { path, source })
    }
}

fn finish<W: Write>(mut out: W, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    render(&mut out)?;
    out.flush()
}

fn is_broken_pipe(err: &Error) -> bool {
    matches!(err, Error::Output { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
}

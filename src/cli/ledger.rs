//! `ledger`: the rows behind a report, table by table.

use super::args::{LedgerArgs, LedgerFormat, LedgerTable};
use super::exit_code::Exit;
use super::format::{self, Choice};
use super::output::Output;
use super::report::binary_on_terminal;
use super::run::Prepared;
use super::terminal;
use crate::audit;
use crate::diagnostics::Diagnostics;
use crate::error::{Error, Result};
use crate::measure::material::Run;
use crate::options::RunOptions;
use crate::report::export;
use crate::report::sink::{RowFormat, Sink};
use crate::report::verdicts;

const FORMATS: &[Choice<'static, LedgerFormat>] = &[
    (LedgerFormat::Jsonl, "jsonl", &["jsonl", "ndjson"]),
    (LedgerFormat::Csv, "csv", &["csv"]),
    (LedgerFormat::Parquet, "parquet", &["parquet"]),
];

/// The rows that a table is written from.
type Rows = fn(&Run, &mut Sink<'_>) -> std::io::Result<()>;

pub(super) fn run(args: &LedgerArgs) -> Result<Exit> {
    let prepared = Prepared::new(&args.input, &args.run)?;
    let (format, warning) = format::choose(args.format, args.run.out.as_deref(), FORMATS, FORMATS[0]);
    if !args.run.quiet {
        terminal::warn(warning.as_deref());
    }
    let out = prepared.output()?;
    if format == LedgerFormat::Parquet && out.is_terminal() {
        return Err(binary_on_terminal("parquet", "parquet"));
    }
    let mut writer = TableWriter { args, format, out };
    let (found, failed) = match args.table {
        LedgerTable::Usage => writer.write_usage(&prepared, export::usage)?,
        LedgerTable::Values => writer.write_usage(&prepared, export::values)?,
        LedgerTable::Focus => writer.write_usage(&prepared, export::focus)?,
        LedgerTable::Sessions => {
            let (run, events) = prepared.install(|options, watcher| audit::run_sessions(options, watcher))?;
            writer.write(|sink| export::sessions(&run, &events, sink))?;
            (run.diagnostics, run.failed_inputs)
        }
        LedgerTable::Links | LedgerTable::Journal => writer.write_links(&prepared)?,
        LedgerTable::Verdicts | LedgerTable::SessionVerdicts => writer.write_verdicts(&prepared)?,
        LedgerTable::Commits | LedgerTable::Changes | LedgerTable::Lines => (writer.write_history(&prepared)?, 0),
        LedgerTable::Prices => {
            let book = audit::read_prices(&prepared.options)?;
            writer.write(|sink| export::prices(&book, sink))?;
            (Diagnostics::default(), 0)
        }
    };
    terminal::notices(&args.run, &found.into_sorted(), false);
    Ok(if failed > 0 { Exit::Input } else { Exit::Done })
}

/// Writes the table that was asked for.
struct TableWriter<'a> {
    args: &'a LedgerArgs,
    format: LedgerFormat,
    out: Output,
}

impl TableWriter<'_> {
    /// A table of the requests in the logs.
    fn write_usage(&mut self, prepared: &Prepared<'_>, rows: Rows) -> Result<(Diagnostics, u64)> {
        let run = prepared.install(|options, watcher| audit::run(options, watcher))?;
        self.write(|sink| rows(&run, sink))?;
        Ok((run.diagnostics, run.failed_inputs))
    }

    /// A table of what the requests are linked to.
    fn write_links(&mut self, prepared: &Prepared<'_>) -> Result<(Diagnostics, u64)> {
        let material = prepared.install(|options, watcher| audit::run_links(options, watcher))?;
        let Some(linking) = &material.links else { return Err(no_repository()) };
        let rows = if self.args.table == LedgerTable::Links { export::links } else { export::journal };
        self.write(|sink| rows(&material.run, &linking.links, sink))?;
        Ok((material.run.diagnostics, material.run.failed_inputs))
    }

    /// A table of what became of the spend.
    fn write_verdicts(&mut self, prepared: &Prepared<'_>) -> Result<(Diagnostics, u64)> {
        let (material, verdicts) = prepared.install(|options, watcher| audit::run_verdicts(options, watcher))?;
        let rows = if self.args.table == LedgerTable::Verdicts { &verdicts.units } else { &verdicts.sessions };
        self.write(|sink| verdicts::rows(rows, &material.run.histories, sink))?;
        Ok((material.run.diagnostics, material.run.failed_inputs))
    }

    /// A table of the repositories.
    fn write_history(&mut self, prepared: &Prepared<'_>) -> Result<Diagnostics> {
        let table = self.args.table;
        let (histories, found) = prepared.install(|options, watcher| {
            if options.repositories.is_empty() {
                return Err(no_repository());
            }
            let follow_all_merged = table == LedgerTable::Lines;
            audit::run_history(&RunOptions { follow_all_merged, ..options.clone() }, watcher)
        })?;
        let rows = match table {
            LedgerTable::Lines => export::lines,
            LedgerTable::Changes => export::changes,
            _ => export::commits,
        };
        self.write(|sink| rows(&histories, &prepared.options.period, sink))?;
        Ok(found)
    }

    fn write(&mut self, rows: impl FnOnce(&mut Sink<'_>) -> std::io::Result<()>) -> Result<()> {
        let format = match self.format {
            LedgerFormat::Jsonl => RowFormat::Jsonl,
            LedgerFormat::Csv => RowFormat::Csv(self.args.run.csv()),
            LedgerFormat::Parquet => RowFormat::Parquet,
        };
        let spec = self.args.table.spec();
        self.out.write_text(|out| {
            let mut sink = Sink::new(spec, format, out)?;
            rows(&mut sink)?;
            sink.finish()
        })
    }
}

fn no_repository() -> Error {
    Error::usage("this folder is not in a git repository", "add --repo PATH")
}

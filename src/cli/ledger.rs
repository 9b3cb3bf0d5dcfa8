//! `ledger`: the canonical tables.

use super::args::{LedgerArgs, LedgerFormat, LedgerTable};
use super::exit_code::Exit;
use super::{Output, Prepared, terminal};
use crate::audit;
use crate::error::{Error, Result};
use crate::options::RunOptions;
use crate::report::export;
use crate::report::sink::{RowFormat, Sink};

pub(super) fn run(args: &LedgerArgs) -> Result<Exit> {
    let common = args.common();
    let prepared = Prepared::new(&common)?;
    let mut out = Output::open(&common)?;
    if args.format == LedgerFormat::Parquet && out.is_terminal() {
        return Err(Error::usage("parquet is no text for a terminal", "--out usage.parquet"));
    }
    let mut failed = 0;
    let mut noticed = Vec::new();
    match args.table {
        LedgerTable::Usage => {
            let material = prepared.install(&common, |options, watcher| audit::run(options, watcher))?;
            write(args, &mut out, |sink| export::usage(&material, sink))?;
            failed = material.failed_inputs;
            noticed = material.diagnostics.into_sorted();
        }
        LedgerTable::Values => {
            let material = prepared.install(&common, |options, watcher| audit::run(options, watcher))?;
            write(args, &mut out, |sink| export::values(&material, sink))?;
            failed = material.failed_inputs;
            noticed = material.diagnostics.into_sorted();
        }
        LedgerTable::Focus => {
            let material = prepared.install(&common, |options, watcher| audit::run(options, watcher))?;
            write(args, &mut out, |sink| export::focus(&material, sink))?;
            failed = material.failed_inputs;
            noticed = material.diagnostics.into_sorted();
        }
        LedgerTable::Sessions => {
            let (material, events) =
                prepared.install(&common, |options, watcher| audit::run_sessions(options, watcher))?;
            write(args, &mut out, |sink| export::sessions(&material, &events, sink))?;
            failed = material.failed_inputs;
            noticed = material.diagnostics.into_sorted();
        }
        LedgerTable::Links | LedgerTable::Journal => {
            let material = prepared.install(&common, |options, watcher| audit::run_links(options, watcher))?;
            let Some(linking) = &material.links else {
                return Err(Error::usage("this folder is in no git repository", "add --repo PATH"));
            };
            let rows = if args.table == LedgerTable::Links { export::links } else { export::journal };
            write(args, &mut out, |sink| rows(&material.run, &linking.links, sink))?;
            failed = material.run.failed_inputs;
            noticed = material.run.diagnostics.into_sorted();
        }
        LedgerTable::Commits | LedgerTable::Changes | LedgerTable::Lines => {
            let (histories, found) = prepared.install(&common, |options, watcher| {
                if options.repositories.is_empty() {
                    return Err(Error::usage("this folder is in no git repository", "add --repo PATH"));
                }
                let follow_all_merged = args.table == LedgerTable::Lines;
                audit::run_history(&RunOptions { follow_all_merged, ..options.clone() }, watcher)
            })?;
            let rows = match args.table {
                LedgerTable::Lines => export::lines,
                LedgerTable::Changes => export::changes,
                _ => export::commits,
            };
            write(args, &mut out, |sink| rows(&histories, &prepared.options.period, sink))?;
            noticed = found.into_sorted();
        }
        LedgerTable::Prices => {
            let book = audit::read_prices(&prepared.options)?;
            write(args, &mut out, |sink| export::prices(&book, sink))?;
        }
    }
    terminal::tell(&common, &noticed, false);
    Ok(if failed > 0 { Exit::Input } else { Exit::Done })
}

fn write(args: &LedgerArgs, out: &mut Output, rows: impl FnOnce(&mut Sink<'_>) -> std::io::Result<()>) -> Result<()> {
    let format = match args.format {
        LedgerFormat::Jsonl => RowFormat::Jsonl,
        LedgerFormat::Csv => RowFormat::Csv(args.csv()),
        LedgerFormat::Parquet => RowFormat::Parquet,
    };
    out.write(|out| {
        let mut sink = Sink::new(args.table.spec(), format, out)?;
        rows(&mut sink)?;
        sink.finish()
    })
}

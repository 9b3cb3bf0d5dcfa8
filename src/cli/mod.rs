//! The command line: the only part that uses clap, the clock, the environment and the terminal.

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
mod format;
mod gate;
mod ledger;
mod output;
mod progress;
mod reference;
mod report;
mod run;
mod terminal;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::error::Result;
use crate::model::sanitise::sanitise_lines;
use args::{Cli, Command};
use exit_code::Exit;
use output::Output;

/// Runs the program on the process's own arguments and streams.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(err) => {
            // Help and version are not errors; clap knows the stream and the words for both.
            let code = if err.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = err.print();
            return code.into();
        }
    };
    match run(&cli) {
        Ok(exit) => exit.into(),
        Err(err) => {
            let mut stderr = io::stderr().lock();
            let _ = writeln!(stderr, "error: {}", sanitise_lines(&err.to_string()));
            if let Some(hint) = err.hint() {
                let _ = writeln!(stderr, "  try: {}", sanitise_lines(hint));
            }
            Exit::of(&err).into()
        }
    }
}

fn run(cli: &Cli) -> Result<Exit> {
    let Some(command) = &cli.command else { return report::audit(&cli.report) };
    match command {
        Command::Audit(args) => report::audit(args),
        Command::Spend(args) => report::spend(args),
        Command::Sources(args) => report::sources(args),
        Command::History(args) => report::history(args),
        Command::Ledger(args) => ledger::run(args),
        Command::Comment(args) => comment::run(args),
        Command::Gate(args) => gate::run(args),
        Command::Classify(args) => classify::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "tokaudit", &mut text);
            Output::stdout().write(|out| out.write_all(&text)).map(|()| Exit::Done)
        }
        Command::Man => {
            let mut text = Vec::new();
            let page = clap_mangen::Man::new(Cli::command());
            Output::stdout()
                .write(|out| {
                    page.render(&mut text)?;
                    out.write_all(&text)
                })
                .map(|()| Exit::Done)
        }
    }
}

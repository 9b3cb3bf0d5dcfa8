//! `compare`: two audits side by side.

use super::args::{CompareArgs, CompareFormat};
use super::exit_code::Exit;
use super::format::{self, Choice};
use super::gate::read_audit;
use super::output::{Inputs, Output};
use super::terminal;
use crate::compare;
use crate::error::{Error, Result};

const FORMATS: &[Choice<'static, CompareFormat>] = &[
    (CompareFormat::Table, "table", &["txt"]),
    (CompareFormat::Json, "json", &["json"]),
    (CompareFormat::Markdown, "markdown", &["md"]),
];

pub(super) fn run(args: &CompareArgs) -> Result<Exit> {
    let mut out = Output::open(args.out.as_deref(), &Inputs::files([args.old.as_path(), args.new.as_path()]))?;
    let (format, warning) = format::choose(args.format, args.out.as_deref(), FORMATS, FORMATS[0]);
    terminal::warn(warning.as_deref());
    let changes = compare::compare(&read_audit(&args.old)?, &read_audit(&args.new)?)?;
    let text = match format {
        CompareFormat::Table => compare::lines(&changes),
        CompareFormat::Markdown => compare::markdown(&changes),
        CompareFormat::Json => {
            let text = serde_json::to_string_pretty(&compare::document(&changes));
            text.map_err(|err| Error::Unreconciled { message: format!("changes: {err}") })? + "\n"
        }
    };
    out.write(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Done)
}

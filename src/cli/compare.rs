//! `compare`: two audits side by side.

use std::path::Path;

use serde_json::Value;

use super::Output;
use super::args::{CompareArgs, CompareFormat};
use super::exit_code::Exit;
use crate::compare;
use crate::error::{Error, Result};

pub(super) fn run(args: &CompareArgs) -> Result<Exit> {
    let changes = compare::compare(&read(&args.old)?, &read(&args.new)?)?;
    let text = match args.format {
        CompareFormat::Table => compare::lines(&changes),
        CompareFormat::Markdown => compare::markdown(&changes),
        CompareFormat::Json => {
            let text = serde_json::to_string_pretty(&compare::document(&changes));
            text.map_err(|err| Error::Unreconciled { message: format!("changes: {err}") })? + "\n"
        }
    };
    Output::open_path(args.out.as_deref())?.write(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<Value> {
    let unusable = |cause: String| {
        Error::input(format!("report {}: {cause}", path.display()), "pass the output of `tokaudit audit --format json`")
    };
    let text = std::fs::read_to_string(path).map_err(|err| unusable(err.to_string()))?;
    serde_json::from_str(&text).map_err(|err| unusable(err.to_string()))
}

//! `gate`: a report against the limits of a policy.

use std::path::Path;

use super::args::{GateArgs, GateFormat};
use super::configuration::Found;
use super::exit_code::Exit;
use super::format::{self, Choice};
use super::output::{Inputs, Output};
use super::{clock, terminal};
use crate::error::{Error, Result};
use crate::gate::{self, Gate};
use crate::report::document::METHOD_VERSION;
use crate::report::saved::SavedAudit;

const FORMATS: &[Choice<'static, GateFormat>] = &[
    (GateFormat::Table, "table", &["txt"]),
    (GateFormat::Json, "json", &["json"]),
    (GateFormat::Junit, "junit", &["xml"]),
    (GateFormat::Markdown, "markdown", &["md"]),
    (GateFormat::Github, "github", &[]),
    (GateFormat::Outputs, "outputs", &[]),
];

pub(super) fn run(args: &GateArgs) -> Result<Exit> {
    let (gates, policy) = gates(args)?;
    let report = read_audit(&args.report)?;
    let baseline = args.baseline.as_deref().map(read_audit).transpose()?;
    let inputs = [Some(args.report.as_path()), args.baseline.as_deref(), Some(policy.path.as_path())];
    let mut out = Output::open(args.out.as_deref(), &Inputs::files(inputs.into_iter().flatten()))?;
    let (format, warning) = format::choose(args.format, args.out.as_deref(), FORMATS, FORMATS[0]);
    terminal::warn(warning.as_deref());
    let today = args.as_of.unwrap_or_else(|| clock::now().date_naive());
    let judged = gate::judge(&gates, &report, baseline.as_ref(), today, METHOD_VERSION)?;
    let text = match format {
        GateFormat::Table => gate::lines(&judged),
        GateFormat::Json => {
            let text = serde_json::to_string_pretty(&gate::document(&judged, today, args.strict));
            text.map_err(|err| Error::Unreconciled { message: format!("outcomes: {err}") })? + "\n"
        }
        GateFormat::Junit => gate::junit(&judged),
        GateFormat::Markdown => gate::markdown(&judged),
        GateFormat::Github => gate::annotations(&judged),
        GateFormat::Outputs => gate::outputs(&judged, &report),
    };
    out.write(|out| out.write_all(text.as_bytes()))?;
    Ok(match gate::verdict(&judged, args.strict) {
        0 => Exit::Done,
        1 => Exit::GateFailed,
        4 => Exit::TooLittle,
        _ => Exit::Usage,
    })
}

/// The gates with the file that has them: `--policy`, else the configuration, found as every command finds it.
fn gates(args: &GateArgs) -> Result<(Vec<Gate>, Found)> {
    let found = match &args.policy {
        Some(path) => {
            let hint = "write [[gate]] tables into a file, as `tokaudit explain gate` shows, and name it with --policy";
            Some(Found { path: path.clone(), text: read(path, hint)? })
        }
        None => Found::find(args.config.as_deref(), !args.no_config)?,
    };
    let Some(found) = found else {
        return Err(Error::input(
            "there is no tokaudit.toml with [[gate]] tables",
            "write one, as `tokaudit explain gate` shows, or name a file with --config",
        ));
    };
    Ok((gate::policy(&found.path.display().to_string(), &found.text)?, found))
}

/// Reads the JSON of an audit.
pub(super) fn read_audit(path: &Path) -> Result<SavedAudit> {
    let text = read(path, "pass the output of `tokaudit audit --format json`")?;
    SavedAudit::parse(&path.display().to_string(), &text)
}

fn read(path: &Path, hint: &str) -> Result<String> {
    std::fs::read_to_string(path).map_err(|err| Error::input(format!("{}: {err}", path.display()), hint))
}

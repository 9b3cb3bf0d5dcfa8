//! `gate`: a report against the limits of a policy.

use std::path::Path;

use super::args::{GateArgs, GateFormat};
use super::exit_code::Exit;
use super::{Output, clock};
use crate::error::{Error, Result};
use crate::gate::{self, Audited};
use crate::report::document::METHOD_VERSION;

pub(super) fn run(args: &GateArgs) -> Result<Exit> {
    let shown = |path: &Path| path.display().to_string();
    let policy = read(&args.policy, "write [[gate]] tables into tokaudit.toml, or name the file with --policy")?;
    let gates = gate::policy(&shown(&args.policy), &policy)?;
    let audited = |path: &Path| -> Result<Audited> {
        Audited::parse(&shown(path), &read(path, "pass the output of `tokaudit audit --format json`")?)
    };
    let report = audited(&args.report)?;
    let baseline = args.baseline.as_deref().map(audited).transpose()?;
    let today = args.as_of.unwrap_or_else(|| clock::now().date_naive());
    let judged = gate::judge(&gates, &report, baseline.as_ref(), today, METHOD_VERSION)?;
    let text = match args.format {
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
    Output::open_path(args.out.as_deref())?.write(|out| out.write_all(text.as_bytes()))?;
    Ok(match gate::verdict(&judged, args.strict) {
        0 => Exit::Done,
        1 => Exit::GateFailed,
        4 => Exit::TooLittle,
        _ => Exit::Usage,
    })
}

fn read(path: &Path, hint: &str) -> Result<String> {
    std::fs::read_to_string(path).map_err(|err| Error::input(format!("{}: {err}", path.display()), hint))
}

//! Finds and reads `tokaudit.toml`: the one that is named, else the nearest above the current folder.

use std::path::{Path, PathBuf};

use crate::company::config::{self, Config};
use crate::error::{Error, Result};

/// The file's name.
const NAME: &str = "tokaudit.toml";

/// The configuration with the folder that its paths are relative to; the default one where there is none.
pub(super) fn read(named: Option<&Path>, search: bool) -> Result<(Config, PathBuf)> {
    let found = match named {
        Some(path) => Some(path.to_owned()),
        None if search => nearest(),
        None => None,
    };
    let Some(path) = found else { return Ok((Config::default(), PathBuf::new())) };
    let text = std::fs::read_to_string(&path).map_err(|err| {
        Error::usage(format!("configuration {}: {err}", path.display()), "check the path given to --config")
    })?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok((config::parse(&path.display().to_string(), &text)?, folder))
}

fn nearest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())
}

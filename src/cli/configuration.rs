//! Finds and reads `tokaudit.toml`: the one that is named, else the nearest above the current folder.

use std::path::{Path, PathBuf};

use crate::company::config::{self, Config};
use crate::error::{Error, Result};

/// The file's name.
const NAME: &str = "tokaudit.toml";

/// The configuration file of a run.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Found {
    /// The file that is named, else, if one is searched for, the nearest.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn find(named: Option<&Path>, search: bool) -> Result<Option<Self>> {
        let Some(path) = named.map(Path::to_owned).or_else(|| if search { nearest() } else { None }) else {
            return Ok(None);
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(Self { path, text })),
            Err(err) => Err(Error::usage(
                format!("configuration {}: {err}", path.display()),
                "check the path given to --config, or pass --no-config",
            )),
        }
    }

    /// Its content.
    pub(super) fn parse(&self) -> Result<Config> {
        config::parse(&self.path.display().to_string(), &self.text)
    }

    /// The folder that its paths are relative to.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

fn nearest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())
}

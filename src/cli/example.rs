//! The built-in company, unpacked into a temporary folder that is removed at the end.

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::example::{self, Example};

/// The unpacked company.
pub(super) struct Unpacked {
    example: Example,
    folder: tempfile::TempDir,
}

impl Unpacked {
    pub(super) fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("tokaudit-example-").tempdir().map_err(|err| {
            Error::input(
                format!("no temporary folder for the example: {err}"),
                "set TMPDIR to a folder that can be written",
            )
        })?;
        let example = example::build(folder.path())?;
        Ok(Self { example, folder })
    }

    pub(super) fn logs(&self) -> Vec<PathBuf> {
        vec![self.example.logs.clone(), self.example.assistant.clone()]
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(super) fn repositories(&self) -> Vec<PathBuf> {
        self.example.repos.clone()
    }

    pub(super) fn pull_requests(&self) -> Option<PathBuf> {
        self.example.pull_requests.clone()
    }

    pub(super) fn outcomes(&self) -> PathBuf {
        self.example.outcomes.clone()
    }

    pub(super) fn deployments(&self) -> PathBuf {
        self.example.deployments.clone()
    }

    pub(super) fn as_of(&self) -> NaiveDate {
        self.example.as_of
    }
}

//! The exit codes, which scripts rely on.

use std::process::ExitCode;

use crate::error::Error;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done.
    Done = 0,
    /// A gate failed.
    GateFailed = 1,
    /// Flags or configuration that cannot be used, reports that cannot be compared, or an output that cannot be written.
    Usage = 2,
    /// An input is missing, unreadable, or not recognised. A report of the rest may have been written.
    Input = 3,
    /// Too little data, or figures that are not read, under `--strict`.
    TooLittle = 4,
    /// An internal sum did not reconcile.
    Unreconciled = 70,
}

impl Exit {
    /// The code of an error.
    pub(super) fn of(err: &Error) -> Self {
        match err {
            Error::Usage { .. } | Error::Output { .. } => Self::Usage,
            Error::Input { .. } => Self::Input,
            Error::TooLittle { .. } => Self::TooLittle,
            Error::Unreconciled { .. } => Self::Unreconciled,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

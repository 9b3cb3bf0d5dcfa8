//! Why a run has to stop. Each error says what happened, and [`Error::hint`] says what to try.

use std::path::PathBuf;

/// An error that ends a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A flag or setting does not make sense.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to try.
        hint: Option<String>,
    },
    /// An input is missing, unreadable, or not recognised.
    #[error("{message}")]
    Input {
        /// What is wrong, with the path.
        message: String,
        /// What to try.
        hint: Option<String>,
    },
    /// There is too little data, under `--strict`.
    #[error("{message}")]
    TooLittle {
        /// What is missing.
        message: String,
    },
    /// The report could not be written.
    #[error("writing {}: {source}", path.display())]
    Output {
        /// The file, or `stdout`.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// An internal sum did not reconcile, which is a bug.
    #[error("internal: {message}")]
    Unreconciled {
        /// The two sides and the offending ids.
        message: String,
    },
}

impl Error {
    /// A usage error with a hint.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    /// An input error with a hint.
    pub fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Input { message: message.into(), hint: Some(hint.into()) }
    }

    /// What to try next.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Usage { hint, .. } | Self::Input { hint, .. } => hint.as_deref(),
            Self::Unreconciled { .. } => {
                Some("this is a bug in tokaudit: please report it with the message above and the version")
            }
            Self::TooLittle { .. } | Self::Output { .. } => None,
        }
    }
}

/// The result of anything that may have to stop a run.
pub type Result<T, E = Error> = std::result::Result<T, E>;

//! A commit whose lines reached the mainline: the landing itself, or one of those that a merge brought.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::assist::Assistance;
use super::commit::Identity;

/// Who wrote lines of a landing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Object id in hex.
    pub id: String,
    /// Index of the landing that brought it to the mainline.
    pub landing: u32,
    /// Who wrote it, after the mailmap.
    pub author: Identity,
    /// When it was committed, by the committer's clock.
    pub commit_time: DateTime<Utc>,
    /// Whether the author is an automation account, whose lines are not a person's work.
    pub bot: bool,
    /// Coding tools that assisted it, most trusted evidence first; empty does not prove that there was none.
    pub assisted: Vec<Assistance>,
}

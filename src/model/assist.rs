//! Which coding tool assisted a commit, according to the commit itself.
//!
//! The absence of a marker does not prove that a person worked alone: most tools leave none, and markers can be switched
//! off or lost in a squash.

use serde::{Deserialize, Serialize};

use super::intern;

/// Evidence of assistance, most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Evidence {
    /// A trailer of Entire, which recorded the session behind the commit.
    EntireTrailer,
    /// The author's e-mail address is the tool's.
    AuthorEmail,
    /// The author's name is the tool's or was marked by it.
    AuthorName,
    /// A co-author's e-mail address is the tool's.
    CoAuthorEmail,
    /// A co-author's name is the tool's or a model's.
    CoAuthorName,
    /// A trailer or line that points to the tool's session.
    SessionTrailer,
    /// `Assisted-by`, `Made-with`: free text that people use for people as well.
    AssistedBy,
    /// A line such as `Generated with …`, or the subject as the tool writes it.
    Footer,
    /// The name of the branch that was merged.
    BranchName,
}

impl Evidence {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::EntireTrailer => "entire-trailer",
            Self::AuthorEmail | Self::AuthorName => "author",
            Self::CoAuthorEmail | Self::CoAuthorName => "co-author",
            Self::SessionTrailer => "session-trailer",
            Self::AssistedBy => "assisted-by",
            Self::Footer => "footer",
            Self::BranchName => "branch-name",
        }
    }
}

/// One tool that assisted a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assistance {
    /// Kebab-case id of the tool; `other` if the marker names only a model, or an unknown tool.
    #[serde(deserialize_with = "intern::deserialize")]
    pub tool: intern::Text,
    /// The model as the most trusted marker with one writes it.
    pub model: Option<String>,
    /// The most trusted evidence for this tool.
    pub evidence: Evidence,
}

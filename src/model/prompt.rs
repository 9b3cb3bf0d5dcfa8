//! What is kept of a prompt: numbers and codes, never its text.

use serde::Serialize;

/// Types of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkType {
    /// New or changed function.
    Feature,
    /// Mending.
    Bugfix,
    /// The same function in better code.
    Refactor,
    /// Tests.
    Test,
    /// Documentation.
    Docs,
    /// Looking at others' work.
    Review,
    /// Releases, pipelines, version control.
    Ops,
    /// A question.
    Question,
    /// Goes on with what was said before.
    Continuation,
    /// Office work that is no development.
    Business,
}

impl WorkType {
    /// All types, in the order of the model.
    pub const ALL: [Self; 10] = [
        Self::Feature,
        Self::Bugfix,
        Self::Refactor,
        Self::Test,
        Self::Docs,
        Self::Review,
        Self::Ops,
        Self::Question,
        Self::Continuation,
        Self::Business,
    ];

    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Feature => "feature",
            Self::Bugfix => "bugfix",
            Self::Refactor => "refactor",
            Self::Test => "test",
            Self::Docs => "docs",
            Self::Review => "review",
            Self::Ops => "ops",
            Self::Question => "question",
            Self::Continuation => "continuation",
            Self::Business => "business",
        }
    }
}

/// Whether a text says anything by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Whole,
    /// It goes on with what was said before.
    Continuation,
    /// It says hello or thanks.
    Greeting,
    /// It has hardly any letters.
    Tiny,
    /// An exporter put something in its place.
    Redacted,
    /// It is in a script that nothing was learnt about.
    Script,
}

/// What was read of a prompt's text while the text was at hand.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptFacts {
    /// Whether it says anything.
    pub standing: Standing,
    /// Log-odds of being off task by words and characters …
    pub text: f64,
    /// … and by marks of code.
    pub surface: f64,
    /// Topics that it has words of, a bit each; they add to the odds and are never shown one by one where they are private.
    pub topics: u32,
    /// The type of work by its words.
    pub work: WorkType,
    /// Hashes of the names of files and of code that it mentions, in order.
    pub mentions: Vec<u64>,
}

/// Reads a prompt while its text is at hand.
pub type PromptReader = fn(&str) -> PromptFacts;

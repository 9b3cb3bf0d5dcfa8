//! What is kept of a prompt: numbers and codes, never its text.

use serde::Serialize;

/// Types of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkType {
    /// New or changed functions.
    Feature,
    /// Fixing.
    Bugfix,
    /// Better code with the same function.
    Refactor,
    /// Tests.
    Test,
    /// Documentation.
    Docs,
    /// Reviewing others' work.
    Review,
    /// Releases, pipelines, version control.
    Ops,
    /// A question.
    Question,
    /// Continues what was said before.
    Continuation,
    /// Office work other than development.
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

/// What the type of work of a session is based on, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TypeBasis {
    /// A label of the pull request that it became.
    Label,
    /// The title of the pull request.
    Title,
    /// The paths of the change, or those edited, if all are of one type.
    Paths,
    /// Subjects of commits.
    Commits,
    /// The name of a branch.
    Branch,
    /// The words of prompts.
    Prompts,
    /// Nothing: the type is unknown.
    Nothing,
}

impl TypeBasis {
    /// The words of the page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Title => "title",
            Self::Paths => "kind of files",
            Self::Commits => "commit subject",
            Self::Branch => "branch name",
            Self::Prompts => "prompt",
            Self::Nothing => "",
        }
    }
}

/// Whether a text can be judged by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Whole,
    /// It continues what was said before.
    Continuation,
    /// It says hello or thanks.
    Greeting,
    /// It is very short.
    Tiny,
    /// An exporter replaced it.
    Redacted,
    /// It is in a script that the model was not trained on.
    Script,
    /// It is in a script with few prompts for training, so it may not be flagged.
    ThinLanguage,
}

/// What was read from the text of a prompt before it was dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptFacts {
    /// Whether it can be judged by itself.
    pub standing: Standing,
    /// Log-odds of being off task by words and characters …
    pub text: f64,
    /// … and by signs of code.
    pub surface: f64,
    /// Topics of its words, a bit each. They add to the odds; private ones are never shown one by one.
    pub topics: u32,
    /// The type of work by its words.
    pub work: WorkType,
    /// Hashes of the names of files and of code that it mentions, in order.
    pub mentions: Vec<u64>,
}

/// Reads a prompt before its text is dropped.
pub type PromptReader = fn(&str) -> PromptFacts;

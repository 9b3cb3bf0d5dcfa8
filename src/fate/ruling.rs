//! What decided in which class a part of the spend is.

use super::{Class, Fate, Purpose};
use crate::model::link::{Tier, Unlinked};

/// What decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The log marks the request as failed.
    FailedRequest,
    /// The prompt is probably off task, and nothing ties it to code.
    OffTaskPrompt,
    /// The session edited and committed nothing.
    NoEdits,
    /// Nothing was committed of the edits, which are recent.
    UncommittedRecently,
    /// Nothing was committed of the edits.
    Uncommitted,
    /// The evidence for a link is weaker than what counts.
    Weaker(Tier),
    /// Nothing ties it to code.
    NotLinked(Unlinked),
    /// No repository was read.
    NoHistory,
    /// Work that was not merged and is recent.
    OpenRecently,
    /// Work that was not merged and rests.
    NotMerged,
    /// Work that was not merged and was tried out on purpose.
    TriedOut,
    /// Merged too recently.
    MergedRecently,
    /// A later change takes it back.
    TakenBack,
    /// A fix of recent AI-assisted lines.
    FixOfAssisted,
    /// A fix of other or older lines.
    FixOfOther,
    /// A fix of lines of unknown origin.
    FixOfUnknown,
    /// The share of a change that replaced or removed recent AI-assisted lines.
    RewroteAssisted,
    /// The part of a change that answered a review.
    AnsweredReview,
    /// The share of a change's lines that was gone too soon.
    GoneEarly,
    /// The share of a change that only removed lines, of other or older code.
    Removed,
    /// A change without lines that count.
    NoLines,
    /// Upkeep by its type or its paths.
    Upkeep,
    /// The share of a change's lines that lasted.
    Lasted,
}

impl Rule {
    /// All of them, in the order of the waterfall; those with a parameter once for each.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let first =
            [Self::FailedRequest, Self::OffTaskPrompt, Self::NoEdits, Self::UncommittedRecently, Self::Uncommitted];
        let last = [
            Self::NoHistory,
            Self::OpenRecently,
            Self::NotMerged,
            Self::TriedOut,
            Self::MergedRecently,
            Self::TakenBack,
            Self::FixOfAssisted,
            Self::FixOfOther,
            Self::FixOfUnknown,
            Self::RewroteAssisted,
            Self::AnsweredReview,
            Self::GoneEarly,
            Self::Removed,
            Self::NoLines,
            Self::Upkeep,
            Self::Lasted,
        ];
        let weaker = [Tier::Strong, Tier::Medium, Tier::Weak].map(Self::Weaker);
        let reasons = [Unlinked::OtherRepository, Unlinked::NoRepository, Unlinked::NoSession].map(Self::NotLinked);
        first.into_iter().chain(weaker).chain(reasons).chain(last).collect()
    }

    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::FailedRequest => "failed_request",
            Self::OffTaskPrompt => "off_task_prompt",
            Self::NoEdits => "no_edits",
            Self::UncommittedRecently => "uncommitted_recently",
            Self::Uncommitted => "uncommitted",
            Self::Weaker(Tier::Explicit | Tier::Strong) => "matched_only",
            Self::Weaker(Tier::Medium) => "branch_name_only",
            Self::Weaker(Tier::Weak) => "same_time_only",
            Self::NotLinked(reason) => reason.word(),
            Self::NoHistory => "no_history",
            Self::OpenRecently => "open_recently",
            Self::NotMerged => "not_merged",
            Self::TriedOut => "tried_out",
            Self::MergedRecently => "merged_recently",
            Self::TakenBack => "taken_back",
            Self::FixOfAssisted => "fix_of_assisted",
            Self::FixOfOther => "fix_of_other",
            Self::FixOfUnknown => "fix_of_unknown",
            Self::RewroteAssisted => "rewrote_assisted",
            Self::AnsweredReview => "answered_review",
            Self::GoneEarly => "gone_early",
            Self::Removed => "removed_lines",
            Self::NoLines => "no_lines",
            Self::Upkeep => "upkeep",
            Self::Lasted => "lasted",
        }
    }
}

/// What a part of the spend was for, what became of it, and what decided that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ruling {
    /// What it was for.
    pub purpose: Purpose,
    /// What became of it.
    pub fate: Fate,
    /// What decided.
    pub rule: Rule,
}

impl Ruling {
    pub(super) fn new(purpose: Purpose, fate: Fate, rule: Rule) -> Self {
        Self { purpose, fate, rule }
    }

    /// The ruling where no repository was read.
    #[must_use]
    pub fn without_history() -> Self {
        Self::new(Purpose::Unknown, Fate::Unattributed, Rule::NoHistory)
    }

    /// Its cell of the table.
    #[must_use]
    pub fn cell(self) -> (Purpose, Fate) {
        (self.purpose, self.fate)
    }

    /// Its class.
    #[must_use]
    pub fn class(self) -> Class {
        Class::of(self.purpose, self.fate)
    }
}

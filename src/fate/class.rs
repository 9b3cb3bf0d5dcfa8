//! The words of the bar: purposes, fates, and the classes that read their table.

/// What spend was for (METRICS 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// A request that failed or hit a limit.
    Failed,
    /// Nothing to do with work.
    OffTask,
    /// Questions, planning and reading in a repository, without edits.
    Explore,
    /// Mending what an assisted commit broke.
    AiBugFix,
    /// Mending anything else.
    OtherFix,
    /// Writing anew what an assisted commit had brought a short while ago.
    Rewrite,
    /// Answering a review.
    ReviewResponse,
    /// Dependencies, automation, configuration, documentation.
    Maintenance,
    /// New or changed function.
    Function,
    /// Nothing tells.
    Unknown,
}

impl Purpose {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::OffTask => "off_task",
            Self::Explore => "explore",
            Self::AiBugFix => "ai_bug_fix",
            Self::OtherFix => "other_fix",
            Self::Rewrite => "rewrite",
            Self::ReviewResponse => "review_response",
            Self::Maintenance => "maintenance",
            Self::Function => "function",
            Self::Unknown => "unknown",
        }
    }
}

/// What became of what spend bought (METRICS 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Alive at the horizon.
    Surviving,
    /// Modified or deleted before it.
    Churned,
    /// Taken back as a whole.
    Reverted,
    /// Never landed, and idle.
    Abandoned,
    /// Too young to tell.
    InFlight,
    /// No code was to be expected.
    NoCode,
    /// Tied to no code by evidence that counts.
    Unattributed,
}

impl Fate {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Surviving => "surviving",
            Self::Churned => "churned",
            Self::Reverted => "reverted",
            Self::Abandoned => "abandoned",
            Self::InFlight => "in_flight",
            Self::NoCode => "no_code",
            Self::Unattributed => "unattributed",
        }
    }
}

/// What a class says about the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A candidate for saving.
    Avoidable,
    /// Not known, or not yet.
    Open,
    /// Neither good nor bad.
    Neutral,
    /// What it was spent for.
    Value,
}

impl Tone {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Avoidable => "avoidable",
            Self::Open => "open",
            Self::Neutral => "neutral",
            Self::Value => "value",
        }
    }
}

/// One part of the bar, in headline order: the first that fits takes the dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Failed and limit-hit requests that cost something.
    Failed,
    /// Off-task use.
    OffTask,
    /// Exploring, planning, reviewing others.
    Explore,
    /// Tied to no code.
    Unattributed,
    /// Open work, and work that landed a short while ago.
    InFlight,
    /// Work that never landed.
    Abandoned,
    /// Work that was taken back.
    Reverted,
    /// Fixing what assisted commits broke.
    AiBugFix,
    /// Fixing anything else.
    OtherFix,
    /// Rewriting recent assisted code.
    Rewrite,
    /// Responding to review.
    ReviewResponse,
    /// New work that did not last.
    Churned,
    /// Maintenance that lasted.
    Maintenance,
    /// Work that reached the product and lasted.
    Product,
}

impl Class {
    /// All classes in headline order.
    pub const ALL: [Self; 14] = [
        Self::Failed,
        Self::OffTask,
        Self::Explore,
        Self::Unattributed,
        Self::InFlight,
        Self::Abandoned,
        Self::Reverted,
        Self::AiBugFix,
        Self::OtherFix,
        Self::Rewrite,
        Self::ReviewResponse,
        Self::Churned,
        Self::Maintenance,
        Self::Product,
    ];

    /// The class of a cell of the table.
    #[must_use]
    pub fn of(purpose: Purpose, fate: Fate) -> Self {
        match (purpose, fate) {
            (Purpose::Failed, _) => Self::Failed,
            (Purpose::OffTask, _) => Self::OffTask,
            (Purpose::Explore, _) | (_, Fate::NoCode) => Self::Explore,
            (_, Fate::Unattributed) => Self::Unattributed,
            (_, Fate::InFlight) => Self::InFlight,
            (_, Fate::Abandoned) => Self::Abandoned,
            (_, Fate::Reverted) => Self::Reverted,
            (Purpose::AiBugFix, _) => Self::AiBugFix,
            (Purpose::OtherFix, _) => Self::OtherFix,
            (Purpose::Rewrite, _) => Self::Rewrite,
            (Purpose::ReviewResponse, _) => Self::ReviewResponse,
            (_, Fate::Churned) => Self::Churned,
            (Purpose::Maintenance, Fate::Surviving) => Self::Maintenance,
            (Purpose::Function | Purpose::Unknown, Fate::Surviving) => Self::Product,
        }
    }

    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::OffTask => "off_task",
            Self::Explore => "explore_review",
            Self::Unattributed => "unattributed",
            Self::InFlight => "in_flight",
            Self::Abandoned => "abandoned",
            Self::Reverted => "reverted",
            Self::AiBugFix => "ai_bug_fix",
            Self::OtherFix => "other_fix",
            Self::Rewrite => "rewrite",
            Self::ReviewResponse => "review_response",
            Self::Churned => "churned",
            Self::Maintenance => "maintenance",
            Self::Product => "product",
        }
    }

    /// The words of the page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Failed => "failed or limit-hit requests",
            Self::OffTask => "off-task use",
            Self::Explore => "exploring, planning, questions",
            Self::Unattributed => "tied to no code",
            Self::InFlight => "in flight: too young to tell",
            Self::Abandoned => "abandoned, never landed",
            Self::Reverted => "reverted",
            Self::AiBugFix => "fixing assisted code",
            Self::OtherFix => "fixing other code",
            Self::Rewrite => "rewriting recent assisted code",
            Self::ReviewResponse => "responding to review",
            Self::Churned => "new work that did not last",
            Self::Maintenance => "maintenance that lasted",
            Self::Product => "reached the product and lasted",
        }
    }

    /// What it says about the money.
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::Failed
            | Self::OffTask
            | Self::Abandoned
            | Self::Reverted
            | Self::AiBugFix
            | Self::Rewrite
            | Self::Churned => Tone::Avoidable,
            Self::Unattributed | Self::InFlight => Tone::Open,
            Self::Explore | Self::OtherFix | Self::ReviewResponse | Self::Maintenance => Tone::Neutral,
            Self::Product => Tone::Value,
        }
    }

    /// The input without which the class is not measured, and its spend stands in others.
    #[must_use]
    pub fn needs(self) -> Option<&'static str> {
        match self {
            Self::OffTask => Some("what prompts are about is not looked at; such spend stands in the classes below"),
            Self::ReviewResponse => Some("no reviews were read; such spend stands in the classes below"),
            _ => None,
        }
    }

    /// What brings that input.
    #[must_use]
    pub fn brings(self) -> Option<&'static str> {
        match self {
            Self::OffTask => Some("--off-task looks at prompts"),
            Self::ReviewResponse => Some("--pull-requests reads reviews"),
            _ => None,
        }
    }
}

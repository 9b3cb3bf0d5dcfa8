//! Purposes and fates of spend, and the classes that summarise their table.

/// What spend was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// A request that failed or hit a limit.
    Failed,
    /// Not related to work.
    OffTask,
    /// Questions, planning and reading in a repository, without edits.
    Explore,
    /// Fixing what an assisted commit broke.
    AiBugFix,
    /// Fixing anything else.
    OtherFix,
    /// Rewriting recent assisted code.
    Rewrite,
    /// Answering a review.
    ReviewResponse,
    /// Dependencies, automation, configuration, documentation.
    Maintenance,
    /// New or changed functions.
    Function,
    /// Unknown.
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

/// What became of the work that was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Alive at the horizon.
    Surviving,
    /// Modified or deleted before it.
    Churned,
    /// Reverted as a whole.
    Reverted,
    /// Idle, and never landed.
    Abandoned,
    /// Too recent to judge.
    InFlight,
    /// No code was expected.
    NoCode,
    /// No evidence that counts ties it to code.
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

/// How a class judges the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A candidate for saving.
    Avoidable,
    /// Unknown, or not known yet.
    Open,
    /// Neither good nor bad.
    Neutral,
    /// What was wanted.
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

    /// The words of the page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Avoidable => "rework and dead ends",
            Self::Open => "not judged",
            Self::Neutral => "part of the job",
            Self::Value => "code that lasted",
        }
    }
}

/// A class of spend, in headline order: the first that fits counts the dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Requests that failed or hit a limit, and cost something.
    Failed,
    /// Off-task use.
    OffTask,
    /// Exploring, planning, reviewing others' work.
    Explore,
    /// Tied to no code.
    Unattributed,
    /// Open work, and work that landed recently.
    InFlight,
    /// Work that never landed.
    Abandoned,
    /// Work that was reverted.
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

    /// The title on the page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Failed => "failed requests",
            Self::OffTask => "off-task prompts",
            Self::Explore => "exploring and questions",
            Self::Unattributed => "not traced to code",
            Self::InFlight => "too recent to judge",
            Self::Abandoned => "never merged",
            Self::Reverted => "reverted",
            Self::AiBugFix => "fixing recent AI code",
            Self::OtherFix => "fixing other code",
            Self::Rewrite => "rewriting recent AI code",
            Self::ReviewResponse => "answering reviews",
            Self::Churned => "replaced within 30 days",
            Self::Maintenance => "upkeep that lasted",
            Self::Product => "new work that lasted",
        }
    }

    /// How it judges the money.
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

    /// What is missing if the class was not measured and its spend is in other classes.
    #[must_use]
    pub fn needs(self) -> Option<&'static str> {
        match self {
            Self::OffTask => Some("prompts were not read; such spend is in the classes below"),
            Self::ReviewResponse => Some("no reviews were read; such spend is in the classes below"),
            _ => None,
        }
    }

    /// What provides that input.
    #[must_use]
    pub fn brings(self) -> Option<&'static str> {
        match self {
            Self::OffTask => Some("--off-task reads prompts"),
            Self::ReviewResponse => Some("--pull-requests reads reviews"),
            _ => None,
        }
    }
}

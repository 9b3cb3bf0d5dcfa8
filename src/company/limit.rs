//! Limits of spend that a company thinks of setting, to be tried on what was spent.

use crate::model::money::Money;

/// What a limit is for, one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// A session, with its subagents.
    Session,
    /// What one person spends in a day.
    PersonDay,
    /// What one team spends in a month.
    TeamMonth,
    /// What is spent on one model in a month.
    ModelMonth,
}

impl Per {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Session, Self::PersonDay, Self::TeamMonth, Self::ModelMonth];

    /// The word of configuration and machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::PersonDay => "person-day",
            Self::TeamMonth => "team-month",
            Self::ModelMonth => "model-month",
        }
    }

    /// Whom or what a record has to name, so that the limit can stop it.
    #[must_use]
    pub fn owner(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::PersonDay => "person",
            Self::TeamMonth => "team",
            Self::ModelMonth => "model",
        }
    }
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub per: Per,
    /// Dollars.
    pub amount: Money,
    /// Only spend on models of this pattern counts.
    pub model: Option<String>,
}

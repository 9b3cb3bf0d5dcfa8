//! The keys by which spend can be grouped.

use super::columns::TextColumn;
use crate::model::period::Granularity;

/// Keys by which spend can be grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKey {
    /// Calendar day in the run's zone.
    Day,
    /// ISO week.
    Week,
    /// Calendar month.
    Month,
    /// The model: as logged if all logs write it in one way, else under its canonical name.
    Model,
    /// Who is paid, under one name for each vendor.
    Provider,
    /// The log format.
    Source,
    /// The session.
    Session,
    /// The repository or folder.
    Project,
    /// The branch.
    Branch,
    /// The user, as logged, or as folders name them.
    User,
    /// What says who the user is: the record, the folder of its log, a home folder.
    UserEvidence,
    /// The team, as logged or as the configuration has it.
    Team,
    /// Development, or application traffic.
    Scope,
}

impl GroupKey {
    /// All keys with their names on the command line and in machine output.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("day", Self::Day),
        ("week", Self::Week),
        ("month", Self::Month),
        ("model", Self::Model),
        ("provider", Self::Provider),
        ("source", Self::Source),
        ("session", Self::Session),
        ("project", Self::Project),
        ("branch", Self::Branch),
        ("user", Self::User),
        ("user_evidence", Self::UserEvidence),
        ("team", Self::Team),
        ("scope", Self::Scope),
    ];

    /// The key's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, key)| *key == self).map_or("", |(name, _)| name)
    }

    /// The column of the key, unless it is one of time.
    pub(super) fn column(self) -> Option<TextColumn> {
        match self {
            Self::Day | Self::Week | Self::Month => None,
            Self::Model => Some(TextColumn::CanonicalModel),
            Self::Provider => Some(TextColumn::Provider),
            Self::Source => Some(TextColumn::Source),
            Self::Session => Some(TextColumn::Session),
            Self::Project => Some(TextColumn::Project),
            Self::Branch => Some(TextColumn::Branch),
            Self::User => Some(TextColumn::User),
            Self::UserEvidence => Some(TextColumn::UserEvidence),
            Self::Team => Some(TextColumn::Team),
            Self::Scope => Some(TextColumn::Scope),
        }
    }

    /// The calendar unit of the key, if it is one of time.
    #[must_use]
    pub fn granularity(self) -> Option<Granularity> {
        match self {
            Self::Day => Some(Granularity::Day),
            Self::Week => Some(Granularity::Week),
            Self::Month => Some(Granularity::Month),
            _ => None,
        }
    }
}

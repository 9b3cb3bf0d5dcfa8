//! The keys by which spend can be grouped.

use super::columns::TextColumn;
use crate::model::period::Granularity;

/// What the key of a tag begins with.
pub const TAG: &str = "tag:";

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
    /// The same, as finance calls it.
    Vendor,
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
    /// The cost centre, as bills and tags name it.
    CostCenter,
    /// Development, or application traffic.
    Scope,
    /// The value of a tag: `tag:` and its name.
    Tag(&'static str),
}

impl GroupKey {
    /// All keys but those of tags, with their names in machine output; the command line takes dashes for the underscores, too.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("day", Self::Day),
        ("week", Self::Week),
        ("month", Self::Month),
        ("model", Self::Model),
        ("provider", Self::Provider),
        ("vendor", Self::Vendor),
        ("source", Self::Source),
        ("session", Self::Session),
        ("project", Self::Project),
        ("branch", Self::Branch),
        ("user", Self::User),
        ("user_evidence", Self::UserEvidence),
        ("team", Self::Team),
        ("cost_center", Self::CostCenter),
        ("scope", Self::Scope),
    ];

    /// The key's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tag(name) => name,
            _ => Self::ALL.iter().find(|(_, key)| *key == self).map_or("", |(name, _)| name),
        }
    }

    /// The key of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, key)| *key)
    }

    /// Whether its groups are those of who pays, which small groups may hide.
    #[must_use]
    pub fn is_payer(self) -> bool {
        matches!(self, Self::Team | Self::CostCenter | Self::Tag(_))
    }

    /// The name of the tag, if it is one of a tag.
    pub(super) fn tag(self) -> Option<&'static str> {
        if let Self::Tag(name) = self { name.strip_prefix(TAG) } else { None }
    }

    /// The column of the key, unless it is one of time.
    pub(super) fn column(self) -> Option<TextColumn> {
        match self {
            Self::Day | Self::Week | Self::Month => None,
            Self::Model => Some(TextColumn::CanonicalModel),
            Self::Provider | Self::Vendor => Some(TextColumn::Provider),
            Self::Source => Some(TextColumn::Source),
            Self::Session => Some(TextColumn::Session),
            Self::Project => Some(TextColumn::Project),
            Self::Branch => Some(TextColumn::Branch),
            Self::User => Some(TextColumn::User),
            Self::UserEvidence => Some(TextColumn::UserEvidence),
            Self::Team => Some(TextColumn::Team),
            Self::CostCenter => Some(TextColumn::CostCenter),
            Self::Scope => Some(TextColumn::Scope),
            Self::Tag(_) => Some(TextColumn::Tags),
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

//! A record as linking and sessions read it.

use chrono::{DateTime, Utc};

use crate::model::basis::Prices;
use crate::model::money::Money;
use crate::model::name::Name;
#[cfg(test)]
use crate::model::origin::FileId;
use crate::model::origin::Origin;
use crate::model::usage::{RecordId, TokenCounts};

/// A record as linking and sessions read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// The record's id.
    pub id: RecordId,
    /// Start of the charge period.
    pub at: DateTime<Utc>,
    /// The session.
    pub session: Option<Name>,
    /// The session that started it.
    pub parent_session: Option<Name>,
    /// Repository or folder in which the work was done.
    pub project: Option<Name>,
    /// Working directory.
    pub cwd: Option<Name>,
    /// Branch checked out.
    pub branch: Option<Name>,
    /// Who used it.
    pub user: Option<Name>,
    /// Whether the record itself says so, rather than a folder.
    pub names_user: bool,
    /// The commit, pull request or issue for which it was made.
    pub tag: Option<Name>,
    /// Whether a subagent made the request.
    pub subagent: bool,
    /// Whether the source says that it failed.
    pub errored: bool,
    /// Whether it sums an hour or more, so that its time is not that of a request.
    pub coarse: bool,
    /// What it adds to spend: the billed amount, else tokens × list price; `None` if it has no price.
    pub cost: Option<Money>,
    /// The prices that the cost is made of.
    pub prices: Prices,
    /// All tokens, cached ones included; zero if another record counts them.
    pub tokens: u64,
    /// Team, if the source has one.
    pub team: Option<Name>,
    /// Who bills.
    pub provider: Option<Name>,
    /// The model, as the log spells it.
    pub model: Option<Name>,
    /// The model under one name, however it was written.
    pub canonical_model: Option<Name>,
    /// The service tier, as the log spells it.
    pub service_tier: Option<Name>,
    /// Tokens by bucket, without reasoning.
    pub counts: TokenCounts,
    /// Where it was read.
    pub origin: Origin,
}

#[cfg(test)]
impl Spent {
    /// A record without texts, tokens and cost, for tests to fill in.
    pub(crate) fn blank(id: u128, at: DateTime<Utc>) -> Self {
        Self {
            id: RecordId(id),
            at,
            session: None,
            parent_session: None,
            project: None,
            cwd: None,
            branch: None,
            user: None,
            names_user: false,
            tag: None,
            subagent: false,
            errored: false,
            coarse: false,
            cost: None,
            prices: Prices::default(),
            tokens: 0,
            team: None,
            provider: None,
            model: None,
            canonical_model: None,
            service_tier: None,
            counts: TokenCounts::default(),
            origin: Origin { file: FileId(0), line: 0 },
        }
    }
}

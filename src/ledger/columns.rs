//! The columns of the ledger by name, so that a misspelt or missing column does not compile.

use super::Entry;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::usage::TokenCounts;

/// Reads a count of an entry.
pub(super) type CountOf = fn(&Entry) -> Option<u64>;
/// Reads an amount of an entry.
pub(super) type CostOf = fn(&Entry) -> Option<Money>;
/// Reads a name of an entry.
pub(super) type NameOf = fn(&Entry) -> Option<Name>;

/// Columns of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountColumn {
    /// Input tokens without a cache.
    Input,
    /// Input tokens read from a cache.
    CacheRead,
    /// Input tokens written to a cache for five minutes.
    CacheWrite5m,
    /// Input tokens written to a cache for an hour.
    CacheWrite1h,
    /// Input tokens written to a cache for an unknown time.
    CacheWriteUnspecified,
    /// Output tokens, reasoning included.
    Output,
    /// Output tokens spent on reasoning.
    Reasoning,
    /// Input tokens estimated from the prompt's text, if the log counts none.
    InputEstimate,
    /// Output tokens estimated from the visible text, if the recorded count is a placeholder or there is none.
    OutputEstimate,
    /// Requests that the record sums.
    Requests,
    /// Line or row of the source file.
    SourceRow,
    /// Billed quantity in millionths of its unit.
    QuantityMicros,
}

impl CountColumn {
    /// All columns, each at the index that it has as a number.
    pub(super) const ALL: [Self; 12] = [
        Self::Input,
        Self::CacheRead,
        Self::CacheWrite5m,
        Self::CacheWrite1h,
        Self::CacheWriteUnspecified,
        Self::Output,
        Self::Reasoning,
        Self::InputEstimate,
        Self::OutputEstimate,
        Self::Requests,
        Self::SourceRow,
        Self::QuantityMicros,
    ];

    /// Buckets of tokens that sum to a record's tokens; reasoning is a part of the output.
    pub const BUCKETS: [Self; 6] = [
        Self::Input,
        Self::CacheRead,
        Self::CacheWrite5m,
        Self::CacheWrite1h,
        Self::CacheWriteUnspecified,
        Self::Output,
    ];

    /// The name in machine output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input_tokens",
            Self::CacheRead => "cache_read_input_tokens",
            Self::CacheWrite5m => "cache_write_5m_tokens",
            Self::CacheWrite1h => "cache_write_1h_tokens",
            Self::CacheWriteUnspecified => "cache_write_unspecified_tokens",
            Self::Output => "output_tokens",
            Self::Reasoning => "reasoning_output_tokens",
            Self::InputEstimate => "input_estimate",
            Self::OutputEstimate => "output_estimate",
            Self::Requests => "request_count",
            Self::SourceRow => "source_row",
            Self::QuantityMicros => "quantity_micros",
        }
    }

    /// The count of a bucket of tokens.
    pub(super) fn of_tokens(self, tokens: &TokenCounts) -> Option<u64> {
        match self {
            Self::Input => tokens.input,
            Self::CacheRead => tokens.cache_read,
            Self::CacheWrite5m => tokens.cache_write_5m,
            Self::CacheWrite1h => tokens.cache_write_1h,
            Self::CacheWriteUnspecified => tokens.cache_write_unspecified,
            Self::Output => tokens.output,
            Self::Reasoning => tokens.reasoning,
            _ => None,
        }
    }

    pub(super) fn of(self) -> CountOf {
        match self {
            Self::Input => |e| e.record.tokens.input,
            Self::CacheRead => |e| e.record.tokens.cache_read,
            Self::CacheWrite5m => |e| e.record.tokens.cache_write_5m,
            Self::CacheWrite1h => |e| e.record.tokens.cache_write_1h,
            Self::CacheWriteUnspecified => |e| e.record.tokens.cache_write_unspecified,
            Self::Output => |e| e.record.tokens.output,
            Self::Reasoning => |e| e.record.tokens.reasoning,
            Self::InputEstimate => |e| e.record.input_estimate,
            Self::OutputEstimate => |e| e.record.output_estimate,
            Self::Requests => |e| e.record.request_count,
            Self::SourceRow => |e| Some(e.record.origin.line),
            Self::QuantityMicros => |e| e.record.bill.quantity_micros.and_then(|micros| u64::try_from(micros).ok()),
        }
    }
}

/// Columns of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostColumn {
    /// Tokens × list price.
    List,
    /// Amount on a bill.
    Billed,
    /// The tool's own estimate.
    Reported,
    /// Cost of the tokens beyond a recorded output that is a placeholder.
    Doubt,
    /// Before discounts and what a plan includes.
    Gross,
    /// What the record adds to sums of spend.
    Counted,
    /// The amount in another currency than dollars.
    OtherCurrency,
}

impl CostColumn {
    /// All columns, each at the index that it has as a number.
    pub(super) const ALL: [Self; 7] =
        [Self::List, Self::Billed, Self::Reported, Self::Doubt, Self::Gross, Self::Counted, Self::OtherCurrency];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::List => "list_cost",
            Self::Billed => "billed_cost",
            Self::Reported => "reported_cost",
            Self::Doubt => "doubt_cost",
            Self::Gross => "gross_cost",
            Self::Counted => "cost",
            Self::OtherCurrency => "other_currency_cost",
        }
    }

    pub(super) fn of(self) -> CostOf {
        match self {
            Self::List => |e| e.list_cost,
            Self::Billed => |e| e.record.billed_cost,
            Self::Reported => |e| e.record.reported_cost,
            Self::Doubt => |e| e.doubt_cost,
            Self::Gross => |e| e.record.bill.gross_cost,
            Self::Counted => |e| e.cost,
            Self::OtherCurrency => |e| e.record.bill.currency_cost,
        }
    }
}

/// Columns of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextColumn {
    /// Who is paid, under one name for each vendor.
    Provider,
    /// The provider as logged.
    LoggedProvider,
    /// The model as logged.
    Model,
    /// The model under one name, however it was logged.
    CanonicalModel,
    /// The model in the price book.
    ModelKey,
    /// Why there is no list price.
    Unpriced,
    /// Service tier.
    ServiceTier,
    /// Speed.
    Speed,
    /// Region of inference.
    InferenceGeo,
    /// The session.
    Session,
    /// The session that started it.
    ParentSession,
    /// Working directory.
    Cwd,
    /// Repository or folder.
    Project,
    /// Development or application traffic.
    Scope,
    /// Branch checked out.
    Branch,
    /// The user as reports name them.
    User,
    /// The user, even if reports use a pseudonym.
    Person,
    /// What the user is known by.
    UserEvidence,
    /// Team.
    Team,
    /// The vendor's project or workspace.
    VendorProject,
    /// The commit, pull request or issue that it was made for.
    Tag,
    /// The cost centre.
    CostCenter,
    /// The owner's tags, as JSON.
    Tags,
    /// Version of the client.
    ClientVersion,
    /// Unit of the billed quantity.
    Unit,
    /// The currency of an amount that is not in dollars.
    OtherCurrency,
    /// The log format.
    Source,
    /// The grain.
    Grain,
    /// How a bill covers it.
    Coverage,
    /// How close the source is to the invoice.
    Authority,
    /// Its role if several sources saw the same spend.
    Role,
}

impl TextColumn {
    /// All columns, each at the index that it has as a number.
    pub(super) const ALL: [Self; 31] = [
        Self::Provider,
        Self::LoggedProvider,
        Self::Model,
        Self::CanonicalModel,
        Self::ModelKey,
        Self::Unpriced,
        Self::ServiceTier,
        Self::Speed,
        Self::InferenceGeo,
        Self::Session,
        Self::ParentSession,
        Self::Cwd,
        Self::Project,
        Self::Scope,
        Self::Branch,
        Self::User,
        Self::Person,
        Self::UserEvidence,
        Self::Team,
        Self::VendorProject,
        Self::Tag,
        Self::CostCenter,
        Self::Tags,
        Self::ClientVersion,
        Self::Unit,
        Self::OtherCurrency,
        Self::Source,
        Self::Grain,
        Self::Coverage,
        Self::Authority,
        Self::Role,
    ];

    /// The name in machine output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::LoggedProvider => "logged_provider",
            Self::Model => "model",
            Self::CanonicalModel => "canonical_model",
            Self::ModelKey => "model_key",
            Self::Unpriced => "unpriced",
            Self::ServiceTier => "service_tier",
            Self::Speed => "speed",
            Self::InferenceGeo => "inference_geo",
            Self::Session => "session",
            Self::ParentSession => "parent_session",
            Self::Cwd => "cwd",
            Self::Project => "project",
            Self::Scope => "scope",
            Self::Branch => "branch",
            Self::User => "user",
            Self::Person => "person",
            Self::UserEvidence => "user_evidence",
            Self::Team => "team",
            Self::VendorProject => "vendor_project",
            Self::Tag => "tag",
            Self::CostCenter => "cost_center",
            Self::Tags => "tags",
            Self::ClientVersion => "client_version",
            Self::Unit => "unit",
            Self::OtherCurrency => "other_currency",
            Self::Source => "source",
            Self::Grain => "grain",
            Self::Coverage => "coverage",
            Self::Authority => "authority",
            Self::Role => "role",
        }
    }

    /// Reads the name; `None` for the columns whose texts are the program's own.
    pub(super) fn of(self) -> Option<NameOf> {
        let of: NameOf = match self {
            Self::Provider => |e| e.provider,
            Self::LoggedProvider => |e| e.record.provider,
            Self::Model => |e| e.record.model,
            Self::CanonicalModel => |e| e.canonical_model,
            Self::ModelKey => |e| e.model_key,
            Self::Unpriced => |e| e.unpriced,
            Self::ServiceTier => |e| e.record.service_tier,
            Self::Speed => |e| e.record.speed,
            Self::InferenceGeo => |e| e.record.inference_geo,
            Self::Session => |e| e.record.session,
            Self::ParentSession => |e| e.record.parent_session,
            Self::Cwd => |e| e.record.cwd,
            Self::Project => |e| e.project,
            Self::Scope => |e| e.scope,
            Self::Branch => |e| e.record.branch,
            Self::User => |e| e.record.user,
            Self::Person => |e| e.person,
            Self::UserEvidence => |e| e.user_evidence,
            Self::Team => |e| e.record.team,
            Self::VendorProject => |e| e.record.project,
            Self::Tag => |e| e.record.tag,
            Self::CostCenter => |e| e.record.cost_center,
            Self::Tags => |e| e.record.tags,
            Self::ClientVersion => |e| e.record.client_version,
            Self::Unit => |e| e.record.bill.unit,
            Self::OtherCurrency => |e| e.record.bill.currency,
            Self::Source | Self::Grain | Self::Coverage | Self::Authority | Self::Role => return None,
        };
        Some(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_at_its_own_index() {
        assert!(CountColumn::ALL.into_iter().enumerate().all(|(at, one)| one as usize == at));
        assert!(CostColumn::ALL.into_iter().enumerate().all(|(at, one)| one as usize == at));
        assert!(TextColumn::ALL.into_iter().enumerate().all(|(at, one)| one as usize == at));
    }
}

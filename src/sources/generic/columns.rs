//! The header of a table, or the keys of an object → which column holds which field.
//!
//! - In: names of columns. Out: [`FieldColumns`].
//! - Refuses: headers without a time or an amount, and `input_tokens` next to a cache column.

use crate::diagnostics::Severity;
use crate::model::origin::Origin;
use crate::sources::Batch;
use crate::sources::table::cells::non_empty;
use crate::sources::table::names;

/// How many fields a row may fill.
pub(super) const FIELDS: usize = 45;

/// A field of the canonical record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Start,
    End,
    Grain,
    RecordId,
    RequestId,
    Provider,
    Model,
    Input,
    /// Input that may or may not include cached tokens.
    InputPlain,
    CacheRead,
    CacheWrite5m,
    CacheWrite1h,
    CacheWrite,
    Output,
    Reasoning,
    OutputEstimate,
    Billed,
    Reported,
    RequestCount,
    Session,
    ParentSession,
    User,
    Team,
    Repository,
    Branch,
    Cwd,
    VendorProject,
    Commit,
    PullRequest,
    Issue,
    Tag,
    ServiceTier,
    Speed,
    InferenceGeo,
    ClientVersion,
    Subagent,
    Authority,
    Coverage,
    Currency,
    OtherCurrency,
    OtherCurrencyCost,
    Quantity,
    Unit,
    CostCenter,
    Tags,
    // The last, for the ids of rows depend on the order.
    InputEstimate,
}

/// The names of each field, the canonical one first; compared without case and units, with underscores for blanks.
const NAMES: &[(Field, &[&str])] = &[
    (Field::Start, &["charge_period_start", "timestamp", "time", "date", "day", "created_at", "start_time"]),
    (Field::End, &["charge_period_end", "end_time"]),
    (Field::Grain, &["grain"]),
    (Field::RecordId, &["record_id"]),
    (Field::RequestId, &["request_id", "generation_id", "id"]),
    (Field::Provider, &["provider_name", "provider"]),
    (Field::Model, &["response_model", "model", "request_model", "model_name"]),
    (Field::Input, &["input_uncached_tokens", "uncached_input_tokens"]),
    (Field::InputPlain, &["input_tokens", "prompt_tokens"]),
    (Field::CacheRead, &["cache_read_input_tokens", "cache_read_tokens"]),
    (Field::CacheWrite5m, &["cache_write_5m_tokens"]),
    (Field::CacheWrite1h, &["cache_write_1h_tokens"]),
    (Field::CacheWrite, &["cache_write_unspecified_tokens", "cache_creation_input_tokens", "cache_write_tokens"]),
    (Field::Output, &["output_tokens", "completion_tokens"]),
    (Field::Reasoning, &["reasoning_output_tokens", "reasoning_tokens"]),
    (Field::InputEstimate, &["input_tokens_estimate"]),
    (Field::OutputEstimate, &["output_tokens_estimate"]),
    (Field::Billed, &["billed_cost_usd", "billed_cost"]),
    (Field::Reported, &["reported_cost_usd", "reported_cost", "cost_usd", "cost"]),
    (Field::RequestCount, &["request_count", "requests"]),
    (Field::Session, &["session_id", "session", "conversation_id"]),
    (Field::ParentSession, &["parent_session_id"]),
    (Field::User, &["user_key", "user", "user_email", "email"]),
    (Field::Team, &["team"]),
    (Field::Repository, &["repository", "repo", "project"]),
    (Field::Branch, &["branch"]),
    (Field::Cwd, &["cwd"]),
    (Field::VendorProject, &["vendor_project", "project_id", "workspace"]),
    (Field::Commit, &["commit", "commit_sha", "git_commit"]),
    (Field::PullRequest, &["pull_request", "pr", "pr_number"]),
    (Field::Issue, &["issue", "issue_key", "ticket"]),
    (Field::Tag, &["tag"]),
    (Field::ServiceTier, &["service_tier"]),
    (Field::Speed, &["speed"]),
    (Field::InferenceGeo, &["inference_geo"]),
    (Field::ClientVersion, &["client_version"]),
    (Field::Subagent, &["subagent"]),
    (Field::Authority, &["authority"]),
    (Field::Coverage, &["coverage"]),
    (Field::Currency, &["billing_currency", "currency", "cost_currency"]),
    (Field::OtherCurrency, &["other_currency"]),
    (Field::OtherCurrencyCost, &["other_currency_cost"]),
    (Field::Quantity, &["consumed_quantity"]),
    (Field::Unit, &["consumed_unit"]),
    (Field::CostCenter, &["cost_center", "cost_centre", "cost_center_name", "costcenter"]),
    (Field::Tags, &["tags", "labels"]),
];

/// Columns of Portkey's export, whose cost is in cents, for rows or tables that are not recognised as Portkey's.
const BESIDE_CENTS: &[&str] = &["ai_org", "req_units", "res_units"];

/// Whether a cost next to this column is in cents.
pub(super) fn marks_cents(name: &str) -> bool {
    BESIDE_CENTS.iter().any(|known| known.eq_ignore_ascii_case(name.trim()))
}

impl Field {
    /// The field that a column's name means.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        // `BilledCost` is FOCUS's, whose columns mean more.
        let name = names::with_underscores(name);
        NAMES.iter().find(|(_, known)| known.contains(&name.as_str())).map(|(field, _)| *field)
    }

    /// The index of the field in arranged cells.
    pub(super) fn index(self) -> usize {
        // `InputPlain` shares the index of `Input`; see `FieldColumns::new`.
        let index = self as usize;
        if index >= Self::InputPlain as usize { index - 1 } else { index }
    }

    fn is_cache(self) -> bool {
        matches!(self, Self::CacheRead | Self::CacheWrite5m | Self::CacheWrite1h | Self::CacheWrite)
    }

    fn is_amount(self) -> bool {
        self.is_cache() || matches!(self, Self::Input | Self::InputPlain | Self::Output | Self::Billed | Self::Reported)
    }
}

/// The cells of a row in the order of [`Field`]; `None` is empty or absent.
pub(super) type ArrangedCells<'a> = [Option<&'a str>; FIELDS];

/// Which column holds which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldColumns {
    /// Fields that have a column, each with its column.
    present: Vec<(usize, usize)>,
    /// A cost is not read because it is in cents.
    has_cents: bool,
}

/// Why a header is not accepted.
#[derive(Debug)]
pub(super) struct MissingColumns {
    /// How many of its columns are known.
    pub(super) known: usize,
    /// What it lacks.
    pub(super) columns: Vec<&'static str>,
}

impl FieldColumns {
    /// Finds the columns of the fields in a header.
    ///
    /// If two columns mean the same field, the first one counts.
    pub(super) fn new<'a>(header: impl Iterator<Item = &'a str> + Clone) -> Result<Self, MissingColumns> {
        let beside_cents = header.clone().any(marks_cents);
        let is_cents = |name: &str, field: &Field| {
            beside_cents
                && matches!(field, Field::Billed | Field::Reported)
                && !names::with_underscores(name).ends_with("_usd")
        };
        let mut has_cents = false;
        let field = |name: &'a str| {
            let field = Field::from_name(name);
            let cents = field.as_ref().is_some_and(|field| is_cents(name, field));
            has_cents |= cents;
            field.filter(|_| !cents)
        };
        let fields: Vec<Option<Field>> = header.map(field).collect();
        let has = |wanted: &dyn Fn(Field) -> bool| fields.iter().flatten().any(|field| wanted(*field));
        let mut columns = Vec::new();
        if !has(&|field| field == Field::Start) {
            columns.push("charge_period_start");
        }
        if !has(&Field::is_amount) {
            columns.push(if has_cents {
                "input_uncached_tokens or output_tokens or cost_usd (a cost next to ai_org or req_units is in cents)"
            } else {
                "input_uncached_tokens or output_tokens or a cost"
            });
        }
        let plain = has(&|field| field == Field::InputPlain) && !has(&|field| field == Field::Input);
        if plain && has(&Field::is_cache) {
            columns.push("input_uncached_tokens (input_tokens may or may not include the cached ones)");
        }
        if !columns.is_empty() {
            return Err(MissingColumns { known: fields.iter().flatten().count(), columns });
        }
        let mut column_of = [None; FIELDS];
        for (at, field) in fields.iter().enumerate() {
            if let Some(field) = field.filter(|field| *field != Field::InputPlain || plain) {
                column_of[field.index()].get_or_insert(at);
            }
        }
        let present = column_of.iter().enumerate().filter_map(|(field, column)| Some((field, (*column)?))).collect();
        Ok(Self { present, has_cents })
    }

    /// Warns if a cost is left out because it is in cents.
    pub(super) fn warn_cents(&self, at: Origin, out: &mut Batch) {
        if self.has_cents {
            let message = "a cost next to ai_org, req_units or res_units is in cents and is left out; name it \
                           cost_usd if it is in dollars";
            out.notice(Severity::Warning, "cents", message, at.line);
        }
    }

    /// How many columns there are up to the last one that a row has to have: its time, tokens and amounts.
    pub(super) fn needed(&self) -> usize {
        let is_needed = |index: usize| {
            NAMES.iter().any(|(field, _)| field.index() == index && (*field == Field::Start || field.is_amount()))
        };
        let needed = self.present.iter().filter(|(field, _)| is_needed(*field));
        needed.map(|(_, column)| column + 1).max().unwrap_or(0)
    }

    /// Puts the cells of a row in the order of the fields; empty ones are `None`.
    /// Whether a field has this column.
    pub(super) fn reads(&self, column: usize) -> bool {
        self.present.iter().any(|(_, known)| *known == column)
    }

    pub(super) fn arrange<'a>(&self, cell: impl Fn(usize) -> Option<&'a str>) -> ArrangedCells<'a> {
        let mut cells = [None; FIELDS];
        for (field, column) in &self.present {
            cells[*field] = cell(*column).and_then(non_empty);
        }
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_tokens_is_refused_beside_a_cache_column() {
        let columns = |names: &[&'static str]| FieldColumns::new(names.iter().copied());
        assert!(columns(&["Timestamp", "Model", "Input Tokens", "Output Tokens"]).is_ok());
        let missing = columns(&["timestamp", "model", "input_tokens", "cache_read_tokens"]).err();
        assert!(missing.is_some_and(|m| m.columns.len() == 1 && m.columns[0].starts_with("input_uncached_tokens")));
        assert!(columns(&["timestamp", "input_tokens", "input_uncached_tokens", "cache_read_tokens"]).is_ok());
        assert!(columns(&["name", "size"]).is_err_and(|m| m.known == 0));
    }

    #[test]
    fn every_field_has_an_index_of_its_own() {
        let mut indexes: Vec<usize> = NAMES.iter().map(|(field, _)| field.index()).collect();
        indexes.sort_unstable();
        indexes.dedup();
        assert_eq!(indexes.len(), FIELDS);
        assert_eq!(indexes.last(), Some(&(FIELDS - 1)));
        assert_eq!(Field::Input.index(), Field::InputPlain.index());
    }

    #[test]
    fn cells_are_found_by_the_name_of_their_column() {
        let columns = FieldColumns::new(["cost", "x", "Date"].into_iter()).expect("a time and a cost");
        let row = columns.arrange(|column| ["1.5", "ignored", " 2026-05-01 "].get(column).copied());
        assert_eq!((row[Field::Start.index()], row[Field::Reported.index()]), (Some("2026-05-01"), Some("1.5")));
        assert_eq!(row[Field::Model.index()], None);
    }
}

//! The cells of one row → a usage record.
//!
//! - In: cells in the order of [`Field`]. Out: a record.
//! - Refuses: rows without a time, and rows with a malformed time, grain, count or amount, or an amount that is not in USD.

use chrono::TimeDelta;

use super::columns::{ArrangedCells, FIELDS, Field};
use crate::model::bill::{Authority, Bill, Coverage};
use crate::model::hash::hash_text;
use crate::model::money::Money;
use crate::model::origin::Origin;
use crate::model::tag;
use crate::model::usage::{Grain, RecordId, TokenCounts, UsageRecord};
use crate::sources::Batch;
use crate::sources::record::payer::PayerColumns;
use crate::sources::record::{Keys, set_currency};
use crate::sources::rejection::{BAD_AMOUNT, BAD_COUNT, BAD_QUANTITY, NO_TIME, Rejection};
use crate::sources::table::conventions::Conventions;
use crate::sources::values::amount;
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::values::number::Kind;

pub(super) const ID: &str = "generic";

/// Converts rows to records, and distinguishes equal rows of one file.
pub(super) struct RowReader {
    /// The rows without an id.
    keys: Keys,
    /// Who pays, by the cells of [`PAYERS`].
    payers: PayerColumns,
    /// How the file writes numbers and dates.
    pub(super) conventions: Conventions,
}

impl RowReader {
    pub(super) fn new(conventions: Conventions) -> Self {
        let payers = PayerColumns::of(["cost_center", "tags"].into_iter());
        Self { keys: Keys::default(), payers, conventions }
    }

    /// The record of a row.
    pub(super) fn record(
        &self,
        cells: &ArrangedCells<'_>,
        at: Origin,
        out: &mut Batch,
    ) -> Result<UsageRecord, Rejection> {
        CanonicalRow { cells, conventions: &self.conventions }.record(at, out)
    }

    /// Adds the record of a row, or counts the row as rejected.
    pub(super) fn keep(
        &mut self,
        cells: &ArrangedCells<'_>,
        record: &mut Result<UsageRecord, Rejection>,
        at: Origin,
        out: &mut Batch,
    ) {
        if let Ok(record) = record {
            self.payers.fill(|at| cells[PAYERS[at].index()], record, &mut out.names);
        }
        match record {
            Ok(record) if has_id(cells) => {
                out.counts.records_read += 1;
                out.usage.add_record(record);
            }
            Ok(record) => self.keys.add_with_ordinal(record, out),
            Err(rejection) => out.reject_record(*rejection, at),
        }
    }

    /// Reads a row and adds it.
    pub(super) fn add_row(&mut self, cells: &ArrangedCells<'_>, at: Origin, out: &mut Batch) {
        let mut record = self.record(cells, at, out);
        self.keep(cells, &mut record, at, out);
    }
}

/// The cells that say who pays.
const PAYERS: [Field; 2] = [Field::CostCenter, Field::Tags];

/// Whether a row has an id, so that an equal row is the same one.
fn has_id(cells: &ArrangedCells<'_>) -> bool {
    [Field::RecordId, Field::RequestId].iter().any(|field| cells[field.index()].is_some())
}

/// One row.
struct CanonicalRow<'a> {
    cells: &'a ArrangedCells<'a>,
    conventions: &'a Conventions,
}

impl<'a> CanonicalRow<'a> {
    fn record(&self, at: Origin, out: &mut Batch) -> Result<UsageRecord, Rejection> {
        // On trial only the numbers matter, and a row of totals has no time.
        let on_trial = || Some(Instant::ANY).filter(|_| self.conventions.is_trial());
        let start = self.instant(Field::Start)?.or_else(on_trial).ok_or(NO_TIME)?;
        let end = self.instant(Field::End)?;
        let grain = self.grain(&start)?;
        let next_day = || {
            start
                .at
                .checked_add_signed(TimeDelta::days(1))
                .filter(|end| grain == Grain::Day && Instant::is_possible(*end))
        };
        let tokens = self.tokens()?;
        let (billed_cost, reported_cost) = (self.dollars(Field::Billed)?, self.dollars(Field::Reported)?);
        let currency_cost = self.dollars(Field::OtherCurrencyCost)?;
        // An amount on a bill comes from an invoice, unless the row says otherwise.
        let likely = if billed_cost.is_some() { Authority::Invoice } else { Authority::Transcript };
        let authority = self.text(Field::Authority).and_then(Authority::named).unwrap_or(likely);
        let coverage = match self.text(Field::Coverage).and_then(Coverage::named).unwrap_or_default() {
            // What is billed beside a seat is paid in addition to it.
            Coverage::Seat if billed_cost.or(currency_cost).is_some() => Coverage::Overage,
            coverage => coverage,
        };
        let request_count = self.count(Field::RequestCount)?.or((grain == Grain::Request).then_some(1));
        let input_estimate = self.count(Field::InputEstimate)?;
        let output_estimate = self.count(Field::OutputEstimate)?;
        let quantity_micros = self.quantity()?;
        let names = &mut out.names;
        let tag = names.intern_some(self.tag().as_deref());
        let mut name = |field: Field| names.intern_some(self.text(field));
        let currency = name(Field::OtherCurrency).filter(|_| currency_cost.is_some());
        let mut record = UsageRecord {
            id: self.id(),
            origin: at,
            source: ID,
            grain,
            charge_period_start: start.at,
            charge_period_end: end.map(|end| end.at).or_else(next_day).filter(|end| *end != start.at),
            time_zone_assumed: start.zone_assumed,
            provider: name(Field::Provider),
            model: name(Field::Model),
            tokens,
            input_estimate,
            output_estimate,
            request_count,
            billed_cost,
            reported_cost,
            bill: Bill {
                authority,
                coverage,
                currency,
                currency_cost,
                quantity_micros,
                unit: name(Field::Unit),
                ..Bill::default()
            },
            service_tier: name(Field::ServiceTier),
            speed: name(Field::Speed),
            inference_geo: name(Field::InferenceGeo),
            session: name(Field::Session),
            parent_session: name(Field::ParentSession),
            request: self.text(Field::RequestId).map(hash_text),
            cwd: name(Field::Cwd),
            branch: name(Field::Branch),
            repository: name(Field::Repository),
            user: name(Field::User),
            team: name(Field::Team),
            project: name(Field::VendorProject),
            tag,
            cost_center: None,
            tags: None,
            client_version: name(Field::ClientVersion),
            subagent: self.text(Field::Subagent).is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1"),
            is_history: false,
        };
        if record.billed_cost.or(record.reported_cost).is_some() {
            set_currency(&mut record, self.text(Field::Currency), names);
        }
        Ok(record)
    }

    fn text(&self, field: Field) -> Option<&'a str> {
        self.cells[field.index()]
    }

    fn instant(&self, field: Field) -> Result<Option<Instant>, Rejection> {
        match self.text(field).map(|text| self.conventions.instant(text)) {
            Some(Err(_)) if self.conventions.is_trial() => Ok(None),
            instant => instant.transpose(),
        }
    }

    fn count(&self, field: Field) -> Result<Option<u64>, Rejection> {
        let Some(text) = self.text(field) else { return Ok(None) };
        if let Ok(count) = text.parse() {
            return Count::from_u64(count).or_reject(BAD_COUNT);
        }
        self.conventions.count(text).map(Some)
    }

    fn dollars(&self, field: Field) -> Result<Option<Money>, Rejection> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let nanos = self.conventions.number(text, amount::DOLLARS, Kind::Money, BAD_AMOUNT)?;
        amount::money(nanos).ok_or(BAD_AMOUNT).map(Some)
    }

    /// What was consumed besides tokens, in millionths; it means nothing without its unit.
    fn quantity(&self) -> Result<Option<i64>, Rejection> {
        let Some(text) = self.text(Field::Quantity).filter(|_| self.text(Field::Unit).is_some()) else {
            return Ok(None);
        };
        let millionths = self.conventions.number(text, 6, Kind::Money, BAD_QUANTITY)?;
        i64::try_from(millionths).map(Some).map_err(|_| BAD_QUANTITY)
    }

    /// The grain as written; without one, a bare date is a day and a time is a request.
    fn grain(&self, start: &Instant) -> Result<Grain, Rejection> {
        match self.text(Field::Grain) {
            None if start.is_day => Ok(Grain::Day),
            None => Ok(Grain::Request),
            Some(text) => Grain::ALL.iter().find(|(name, _)| *name == text).map(|(_, grain)| *grain).ok_or(BAD_GRAIN),
        }
    }

    fn tokens(&self) -> Result<TokenCounts, Rejection> {
        let tokens = TokenCounts {
            input: self.count(Field::Input)?,
            cache_read: self.count(Field::CacheRead)?,
            cache_write_5m: self.count(Field::CacheWrite5m)?,
            cache_write_1h: self.count(Field::CacheWrite1h)?,
            cache_write_unspecified: self.count(Field::CacheWrite)?,
            output: self.count(Field::Output)?,
            reasoning: self.count(Field::Reasoning)?,
        };
        if tokens.reasoning > tokens.output && tokens.output.is_some() {
            return Err(BAD_COUNT);
        }
        Ok(tokens)
    }

    /// The tag as written, or one made of the commit, pull request or issue.
    fn tag(&self) -> Option<String> {
        let fields = [("commit", Field::Commit), ("pr", Field::PullRequest), ("issue", Field::Issue)];
        let written = self.text(Field::Tag).filter(|text| tag::parse(text).is_some()).map(str::to_owned);
        written.or_else(|| fields.iter().find_map(|(key, field)| tag::spelled(key, self.text(*field)?)))
    }

    /// The id of this program's own exports as it is; any other id hashed; without one a hash of all cells.
    fn id(&self) -> RecordId {
        if let Some(text) = self.text(Field::RecordId) {
            let own = (text.len() == 32).then(|| u128::from_str_radix(text, 16).ok()).flatten();
            return own.map_or_else(|| RecordId::of(&[ID, "record", text]), RecordId);
        }
        match self.text(Field::RequestId) {
            Some(text) => RecordId::of(&[ID, "request", text]),
            None => {
                let present = self.cells.iter().enumerate().filter_map(|(at, cell)| Some((at, (*cell)?)));
                let parts = present.flat_map(|(at, cell)| [&FIELD_LETTERS[at..=at], cell]);
                RecordId::of_each(std::iter::once(ID).chain(parts))
            }
        }
    }
}

/// A letter for each field, which marks its cell in the hash of a row.
const FIELD_LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const _: () = assert!(FIELDS <= FIELD_LETTERS.len());

const BAD_GRAIN: Rejection = ("bad-grain", "a grain is not one of request, session, minute, hour, day, period");

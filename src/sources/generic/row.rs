//! Cells → a usage record.

use chrono::TimeDelta;

use super::columns::{FIELDS, Field};
use super::{Arranged, ID};
use crate::model::bill::{Authority, Bill, Coverage};
use crate::model::money::Money;
use crate::model::origin::Origin;
use crate::model::tag;
use crate::model::usage::{Grain, RecordId, TokenCounts, UsageRecord, hash_text};
use crate::sources::Batch;
use crate::sources::record::{BAD_AMOUNT, BAD_COUNT, BAD_TIME, Keys, NO_TIME, NOT_USD, Rejection};
use crate::sources::values::amount;
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;

/// Turns rows into records, and tells equal rows of one file apart.
#[derive(Default)]
pub(super) struct Rows {
    /// The rows without an id.
    keys: Keys,
    /// Whether a lone comma is the decimal sign: in tables that semicolons or tabs cut.
    comma: bool,
}

impl Rows {
    pub(super) fn with_comma(comma: bool) -> Self {
        Self { comma, ..Self::default() }
    }

    /// Takes one row: a record, or a rejection that is counted.
    pub(super) fn take(&mut self, cells: &Arranged<'_>, at: Origin, out: &mut Batch) {
        match &mut self.record(cells, at, out) {
            Ok(record) if has_id(cells) => {
                out.counts.records_read += 1;
                out.usage.add_record(record);
            }
            Ok(record) => self.keys.add_with_ordinal(record, out),
            Err((kind, message)) => out.reject(kind, message, at.line),
        }
    }

    fn record(&self, cells: &Arranged<'_>, at: Origin, out: &mut Batch) -> Result<UsageRecord, Rejection> {
        let cell = |field: Field| cells[field.at()];
        let when = cell(Field::Start).ok_or(NO_TIME)?;
        let start = Instant::parse(when).ok_or(BAD_TIME)?;
        let end = cell(Field::End).map(|text| Instant::parse(text).ok_or(BAD_TIME)).transpose()?;
        let grain = match cell(Field::Grain) {
            None if start.is_day => Grain::Day,
            None => Grain::Request,
            Some(text) => {
                Grain::ALL.iter().find(|(name, _)| *name == text).map(|(_, grain)| *grain).ok_or(BAD_GRAIN)?
            }
        };
        let next_day = || start.at.checked_add_signed(TimeDelta::days(1)).filter(|_| grain == Grain::Day);
        let count = |field: Field| cell(field).map_or(Count::Absent, Count::parse).or_reject(BAD_COUNT);
        let comma = self.comma;
        let amount = |field: Field| cell(field).map(|text| dollars(text, comma).ok_or(BAD_AMOUNT)).transpose();
        let tokens = TokenCounts {
            input: count(Field::Input)?,
            cache_read: count(Field::CacheRead)?,
            cache_write_5m: count(Field::CacheWrite5m)?,
            cache_write_1h: count(Field::CacheWrite1h)?,
            cache_write_unspecified: count(Field::CacheWrite)?,
            output: count(Field::Output)?,
            reasoning: count(Field::Reasoning)?,
        };
        if tokens.reasoning > tokens.output && tokens.output.is_some() {
            return Err(BAD_COUNT);
        }
        let (billed_cost, reported_cost) = (amount(Field::Billed)?, amount(Field::Reported)?);
        let is_dollars = cell(Field::Currency).is_none_or(|currency| currency.eq_ignore_ascii_case("USD"));
        if !is_dollars && billed_cost.or(reported_cost).is_some() {
            return Err(NOT_USD);
        }
        // An amount on a bill is a bill's, unless the row says otherwise.
        let unsaid = if billed_cost.is_some() { Authority::Invoice } else { Authority::Transcript };
        let authority = cell(Field::Authority).and_then(Authority::named).unwrap_or(unsaid);
        let coverage = cell(Field::Coverage).and_then(Coverage::named).unwrap_or_default();
        let request_count = count(Field::RequestCount)?.or((grain == Grain::Request).then_some(1));
        let output_estimate = count(Field::OutputEstimate)?;
        let tagged = [("commit", Field::Commit), ("pr", Field::PullRequest), ("issue", Field::Issue)];
        let own = cell(Field::Tag).filter(|text| tag::parse(text).is_some()).map(str::to_owned);
        let tag = own.or_else(|| tagged.iter().find_map(|(key, field)| tag::spelled(key, cell(*field)?)));
        let names = &mut out.names;
        let tag = names.intern_some(tag.as_deref());
        let mut name = |field: Field| names.intern_some(cell(field));
        Ok(UsageRecord {
            id: id(cells),
            origin: at,
            source: ID,
            grain,
            charge_period_start: start.at,
            charge_period_end: end.map(|end| end.at).or_else(next_day).filter(|end| *end != start.at),
            time_zone_assumed: start.zone_assumed,
            provider: name(Field::Provider),
            model: name(Field::Model),
            tokens,
            output_estimate,
            request_count,
            billed_cost,
            reported_cost,
            bill: Bill { authority, coverage, ..Bill::default() },
            service_tier: name(Field::ServiceTier),
            speed: name(Field::Speed),
            inference_geo: name(Field::InferenceGeo),
            session: name(Field::Session),
            parent_session: name(Field::ParentSession),
            request: cell(Field::RequestId).map(hash_text),
            cwd: name(Field::Cwd),
            branch: name(Field::Branch),
            repository: name(Field::Repository),
            user: name(Field::User),
            team: name(Field::Team),
            project: name(Field::VendorProject),
            tag,
            client_version: name(Field::ClientVersion),
            subagent: cell(Field::Subagent).is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1"),
        })
    }
}

/// Whether a row names itself, so that an equal one is the same.
fn has_id(cells: &Arranged<'_>) -> bool {
    [Field::RecordId, Field::RequestId].iter().any(|field| cells[field.at()].is_some())
}

/// The id of this program's own exports as it is; another id hashed; else the row itself.
fn id(cells: &Arranged<'_>) -> RecordId {
    if let Some(text) = cells[Field::RecordId.at()] {
        let own = (text.len() == 32).then(|| u128::from_str_radix(text, 16).ok()).flatten();
        return own.map_or_else(|| RecordId::of(&[ID, "record", text]), RecordId);
    }
    match cells[Field::RequestId.at()] {
        Some(text) => RecordId::of(&[ID, "request", text]),
        None => {
            let told = cells.iter().enumerate().filter_map(|(at, cell)| Some((at, (*cell)?)));
            RecordId::of_each(std::iter::once(ID).chain(told.flat_map(|(at, cell)| [&PLACES[at..=at], cell])))
        }
    }
}

/// A letter for each field.
const PLACES: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const _: () = assert!(FIELDS <= PLACES.len());

const BAD_GRAIN: Rejection = ("bad-grain", "a grain is none of request, session, minute, hour, day, period");

/// A decimal amount, with `comma` also where a lone comma is its sign.
fn dollars(text: &str, comma: bool) -> Option<Money> {
    if let Some(nanos) = amount::plain(text.as_bytes(), amount::DOLLARS) {
        return Some(Money::from_nanos(nanos));
    }
    match text.split_once(',') {
        Some((whole, fraction)) if comma && !fraction.contains('.') => rounded(&format!("{whole}.{fraction}")),
        _ => rounded(text),
    }
}

/// The same with a dot; what a dollar's ninth decimal cannot tell is rounded half away from zero.
fn rounded(text: &str) -> Option<Money> {
    let Some((whole, fraction)) = text.split_once('.') else { return Money::parse_usd(text).ok() };
    if fraction.len() <= 9 {
        return Money::parse_usd(text).ok();
    }
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (kept, rest) = fraction.split_at(9);
    let kept = Money::parse_usd(&format!("{whole}.{kept}")).ok()?;
    let up = i128::from(rest.as_bytes()[0] >= b'5');
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    Some(Money::from_nanos(kept.nanos() + sign * up))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_text() {
        let text = |text: &str| dollars(text, false).map(|money| money.to_string());
        assert_eq!(text("0.1").as_deref(), Some("0.1"));
        assert_eq!(text("0.000000000500000000000000000001").as_deref(), Some("0.000000001"));
        assert_eq!(text("-0.0000000005").as_deref(), Some("-0.000000001"));
        assert_eq!(text("1,000.50"), None);
        assert_eq!(text("1e-3"), None);
    }
}

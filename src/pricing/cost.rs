//! Token counts × unit prices × multipliers → the list cost of a record.

use chrono::{DateTime, NaiveDate, Utc};

use super::book::{Lookup, PriceBook, Schedule};
use super::model_name::names_no_model;
use super::modifier::{Dimension, Factor, TimeOfDay, find_factor, find_hourly_factor};
use super::resolve::Resolved;
use super::row::{Bucket, PriceRow, ServiceTier, TierScope};
use crate::model::money::Money;
use crate::model::usage::{Grain, TokenCounts};

/// Tokens per quoted price.
const TOKENS_PER_PRICE: i128 = 1_000_000;

/// What determines the price of one record, as logged.
#[derive(Debug, Clone, Copy)]
pub struct PriceRequest<'a> {
    /// Vendor or gateway.
    pub provider: Option<&'a str>,
    /// The model that answered.
    pub model: Option<&'a str>,
    /// When it was answered; the UTC day selects the price.
    pub at: DateTime<Utc>,
    /// Tokens by bucket.
    pub tokens: TokenCounts,
    /// Calls of the vendor's tools: their unit, and how many in millionths.
    pub calls: Option<(&'a str, i64)>,
    /// What the record covers. Context tiers apply to single requests only.
    pub grain: Grain,
    /// Service tier as logged.
    pub service_tier: Option<&'a str>,
    /// Speed as logged.
    pub speed: Option<&'a str>,
    /// Inference region as logged.
    pub inference_geo: Option<&'a str>,
}

/// A list cost and the price row behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priced<'a> {
    /// Exact to the nano-dollar, rounded once, half away from zero.
    pub cost: Money,
    /// The row that set the price: provider, model key, service and context tier, source.
    pub row: &'a PriceRow,
    /// Whether the price depends on something that a coarse record does not contain (the length of each prompt, the hour).
    /// The base price was used then, so the cost may be too low.
    pub base_only: bool,
}

/// Why a record has no list cost. Unpriced never means zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unpriced {
    /// The log names no model, or only a router such as `auto`.
    NoModel,
    /// No rule explains the model's name.
    UnknownModel,
    /// The log has no token count at all.
    NoTokens,
    /// The model has prices, but none for that day.
    NoPriceOnDay,
    /// The vendor lists no price for that service tier.
    NoServiceTierPrice,
    /// The vendor lists no price for that speed.
    NoSpeedPrice,
    /// The vendor lists no fee for calls of a tool.
    NoFee,
    /// A bucket holds tokens that have no price.
    NoBucketPrice(Bucket),
    /// The amount is beyond nine billion dollars; the counts or the price are absurd.
    OutOfRange,
}

impl Unpriced {
    /// The machine name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoModel => "no-model",
            Self::UnknownModel => "unknown-model",
            Self::NoTokens => "no-tokens",
            Self::NoPriceOnDay => "no-price-on-day",
            Self::NoServiceTierPrice => "no-service-tier-price",
            Self::NoSpeedPrice => "no-speed-price",
            Self::NoFee => "no-fee",
            Self::NoBucketPrice(Bucket::Input) => "no-input-price",
            Self::NoBucketPrice(Bucket::CacheRead) => "no-cache-read-price",
            Self::NoBucketPrice(Bucket::CacheWrite5m) => "no-cache-write-5m-price",
            Self::NoBucketPrice(Bucket::CacheWrite1h) => "no-cache-write-1h-price",
            Self::NoBucketPrice(Bucket::Output) => "no-output-price",
            Self::OutOfRange => "out-of-range",
        }
    }
}

impl PriceBook {
    /// List cost of a record.
    ///
    /// - Value: the sum over buckets of tokens × unit price, times the multipliers of batch, speed, region and hour, rounded
    ///   once.
    /// - Context tiers: if the prompt (fresh, read and written input) exceeds a threshold, the whole request, including its
    ///   output, is charged at the tier's row. Only records of one request are tested; see [`Priced::base_only`].
    /// - Service tier: a price row of that tier takes precedence over a multiplier.
    /// - Calls of tools cost their fee, which no multiplier changes.
    /// - Cache writes of unknown lifetime cost as much as five-minute writes. An unknown or zero count costs nothing.
    /// - Known case: one million one-hour cache-write tokens on `claude-sonnet-4-5` cost $12.00. The prompt exceeds 200,000
    ///   tokens, so the whole request is charged at the long-context row (one-hour writes at $12); splitting at the threshold
    ///   would give $10.80.
    ///
    /// # Errors
    /// The reason why there is no list cost.
    pub fn cost(&self, request: &PriceRequest<'_>) -> Result<Priced<'_>, Unpriced> {
        let model = request.model.filter(|model| !names_no_model(model)).ok_or(Unpriced::NoModel)?;
        let resolved = self.resolve(request.provider, model).ok_or(Unpriced::UnknownModel)?;
        self.cost_of(resolved, request)
    }

    /// List cost of a record whose model is already resolved; `provider` and `model` of the request are ignored.
    ///
    /// # Errors
    /// The reason why there is no list cost.
    pub fn cost_of(&self, resolved: Resolved, request: &PriceRequest<'_>) -> Result<Priced<'_>, Unpriced> {
        let tokens = PricedTokens::new(&request.tokens).ok_or(Unpriced::NoTokens)?;
        let day = request.at.date_naive();
        let (schedule, mut factor) = self.schedule_and_factor(resolved, request, day)?;
        let prompt = match request.grain {
            Grain::Request => request.tokens.prompt(),
            // The sum of a day of short requests looks like one long prompt; only the base row is safe.
            _ => 0,
        };
        let (row, amounts) = schedule.amounts(&tokens, prompt)?;
        let mut base_only = request.grain != Grain::Request && schedule.rows.len() > 1;
        if let TimeOfDay::Varies(hour) = find_hourly_factor(self.modifiers(), self.name_of(resolved), request.at) {
            match request.grain {
                Grain::Request | Grain::Minute | Grain::Hour => factor = factor.times(hour),
                Grain::Session | Grain::Day | Grain::Period => base_only = true,
            }
        }
        let fee = match request.calls {
            Some(calls) => self.fee(resolved, calls, day).ok_or(Unpriced::NoFee)?,
            None => Money::ZERO,
        };
        let cost = round(amounts.iter().sum(), factor).ok_or(Unpriced::OutOfRange)? + fee;
        Ok(Priced { cost, row, base_only })
    }

    /// What the kinds of tokens of a record cost in proportion (fresh input, reads from a cache, writes to a cache, output), and the fee of
    /// its calls of tools. Multipliers are left out: they are the same for all kinds.
    ///
    /// # Errors
    /// The reason why there is no list cost.
    pub fn kinds_of(&self, resolved: Resolved, request: &PriceRequest<'_>) -> Result<([u64; 4], Money), Unpriced> {
        let tokens = PricedTokens::new(&request.tokens).ok_or(Unpriced::NoTokens)?;
        let day = request.at.date_naive();
        let (schedule, _) = self.schedule_and_factor(resolved, request, day)?;
        let prompt = if request.grain == Grain::Request { request.tokens.prompt() } else { 0 };
        let (_, amounts) = schedule.amounts(&tokens, prompt)?;
        let fee = request.calls.and_then(|calls| self.fee(resolved, calls, day)).unwrap_or_default();
        // Nano-dollars are fine enough for proportions, and fit.
        let weight = |amount: i128| u64::try_from(amount / TOKENS_PER_PRICE).unwrap_or(u64::MAX);
        Ok((amounts.map(weight), fee))
    }

    fn schedule_and_factor(
        &self,
        resolved: Resolved,
        request: &PriceRequest<'_>,
        day: NaiveDate,
    ) -> Result<(Schedule<'_>, Factor), Unpriced> {
        let name = self.name_of(resolved);
        let modifier = |dimension, value: &str| find_factor(self.modifiers(), name, dimension, value, day);
        let tier = ServiceTier::from_log(request.service_tier).ok_or(Unpriced::NoServiceTierPrice)?;
        let (schedule, mut factor) = match self.schedule(resolved, tier, day) {
            Lookup::Found(schedule) => (schedule, Factor::ONE),
            _ if tier == ServiceTier::Standard => return Err(Unpriced::NoPriceOnDay),
            _ => match (
                modifier(Dimension::ServiceTier, tier.as_str()),
                self.schedule(resolved, ServiceTier::Standard, day),
            ) {
                (Some(factor), Lookup::Found(schedule)) => (schedule, factor),
                (Some(_), _) => return Err(Unpriced::NoPriceOnDay),
                (None, _) => return Err(Unpriced::NoServiceTierPrice),
            },
        };
        if let Some(speed) =
            non_default(request.speed, &["standard", "normal", "default"]).or(resolved.speed.map(Into::into))
        {
            factor = factor.times(modifier(Dimension::Speed, &speed).ok_or(Unpriced::NoSpeedPrice)?);
        }
        let geo = non_default(request.inference_geo, &["not_available", "global", "default"]);
        if let Some(geo) = geo.or(resolved.geo.map(Into::into)) {
            // A region without a listed uplift has the global price.
            factor = factor.times(modifier(Dimension::InferenceGeo, &geo).unwrap_or(Factor::ONE));
        }
        Ok((schedule, factor))
    }
}

/// A logged value in lower case, unless it is empty or one of the values that mean the default.
fn non_default(value: Option<&str>, defaults: &[&str]) -> Option<String> {
    let value = value?.trim().to_ascii_lowercase();
    (!value.is_empty() && !defaults.contains(&value.as_str())).then_some(value)
}

/// Counts by priced bucket. The prompt is in the order in which it is sent: cached first, fresh last.
struct PricedTokens {
    prompt: [(Bucket, u64); 4],
    output: u64,
}

impl PricedTokens {
    /// `None` if the log has no count.
    fn new(counts: &TokenCounts) -> Option<Self> {
        let buckets = [
            counts.input,
            counts.cache_read,
            counts.cache_write_5m,
            counts.cache_write_1h,
            counts.cache_write_unspecified,
            counts.output,
        ];
        buckets.iter().any(Option::is_some).then(|| {
            let count = |tokens: Option<u64>| tokens.unwrap_or(0);
            let short_writes = count(counts.cache_write_5m).saturating_add(count(counts.cache_write_unspecified));
            Self {
                prompt: [
                    (Bucket::CacheRead, count(counts.cache_read)),
                    (Bucket::CacheWrite1h, count(counts.cache_write_1h)),
                    (Bucket::CacheWrite5m, short_writes),
                    (Bucket::Input, count(counts.input)),
                ],
                output: count(counts.output),
            }
        })
    }
}

impl<'a> Schedule<'a> {
    /// The row for a prompt of that length, and the amounts in millionths of a nano-dollar: of fresh input, reads from a cache, writes to a
    /// cache, and output.
    fn amounts(&self, tokens: &PricedTokens, prompt: u64) -> Result<(&'a PriceRow, [i128; 4]), Unpriced> {
        let exceeded = |row: &&&PriceRow| prompt > row.above_input_tokens;
        let whole =
            |row: &&&PriceRow| row.above_input_tokens == 0 || (row.tier_scope == TierScope::Request && exceeded(row));
        let base = *self.rows.iter().rfind(whole).ok_or(Unpriced::NoPriceOnDay)?;
        let beyond = |row: &&&PriceRow| row.above_input_tokens > base.above_input_tokens;
        let marginal: Vec<&PriceRow> = self.rows.iter().filter(beyond).filter(exceeded).copied().collect();
        let mut amounts = [0, 0, 0, bucket_amount(base, Bucket::Output, tokens.output)?];
        let mut from = 0_u64;
        for (bucket, count) in tokens.prompt {
            let to = from.saturating_add(count);
            // Each part of the prompt between two thresholds is charged at the row that starts there.
            let mut start = from;
            let mut current = base;
            let amount = &mut amounts[kind_of(bucket)];
            for next in &marginal {
                let end = next.above_input_tokens.clamp(start, to);
                *amount += bucket_amount(current, bucket, end - start)?;
                (start, current) = (end, next);
            }
            *amount += bucket_amount(current, bucket, to - start)?;
            from = to;
        }
        Ok((marginal.last().copied().unwrap_or(base), amounts))
    }
}

/// The kind of a bucket: fresh input, reads from a cache, writes to a cache, output.
fn kind_of(bucket: Bucket) -> usize {
    match bucket {
        Bucket::Input => 0,
        Bucket::CacheRead => 1,
        Bucket::CacheWrite5m | Bucket::CacheWrite1h => 2,
        Bucket::Output => 3,
    }
}

/// Tokens of one bucket at the price of one row. No tokens cost nothing, even without a price.
fn bucket_amount(row: &PriceRow, bucket: Bucket, tokens: u64) -> Result<i128, Unpriced> {
    if tokens == 0 {
        return Ok(0);
    }
    let price = row.prices.price(bucket).ok_or(Unpriced::NoBucketPrice(bucket))?;
    price.nanos_per_mtok().checked_mul(i128::from(tokens)).ok_or(Unpriced::OutOfRange)
}

/// An amount in millionths of a nano-dollar times a factor, as money; half a nano-dollar rounds away from zero.
fn round(amount: i128, factor: Factor) -> Option<Money> {
    let divisor = factor.denominator.checked_mul(TOKENS_PER_PRICE)?;
    let doubled = amount.checked_mul(factor.numerator)?.checked_mul(2)?;
    // Amounts are never negative, so rounding half up is rounding half away from zero.
    let nanos = (doubled + divisor) / (2 * divisor);
    // The ledger's columns hold no more.
    (nanos <= i128::from(i64::MAX)).then(|| Money::from_nanos(nanos))
}

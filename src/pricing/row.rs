//! One dated price: a row of a price table.

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;

use super::columns::{TableLine, read_table};
use crate::error::Result;
use crate::model::money::parse_decimal;
use crate::model::sanitise::described;

/// A list price: nano-dollars per million tokens.
///
/// Nine decimals of a dollar represent the cheapest published price (0.0028 for cached tokens) exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPrice(i128);

/// A dollar per token, a thousand times the dearest published price; more is a slip of the decimal point.
const MAX_NANOS: i128 = 10_i128.pow(15);

impl UnitPrice {
    /// Parses USD per million tokens from a plain decimal.
    ///
    /// # Errors
    /// Returns a sentence for anything but a non-negative decimal with at most nine places, and for more than a dollar per
    /// token.
    pub fn parse(text: &str) -> Result<Self, String> {
        match parse_decimal(text, 9)? {
            nanos if nanos < 0 => Err(format!("{} is negative", described(text))),
            nanos if nanos > MAX_NANOS => Err(format!("{} is more than a dollar per token", described(text))),
            nanos => Ok(Self(nanos)),
        }
    }

    /// Twice the price.
    #[must_use]
    pub(super) const fn doubled(self) -> Self {
        Self(self.0 * 2)
    }

    /// Nano-dollars per million tokens.
    #[must_use]
    pub const fn nanos_per_mtok(self) -> i128 {
        self.0
    }
}

/// A kind of token with its own price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Fresh input.
    Input,
    /// Input read from a cache.
    CacheRead,
    /// Input written to a cache for five minutes, or for an unknown lifetime.
    CacheWrite5m,
    /// Input written to a cache for an hour.
    CacheWrite1h,
    /// Output, including reasoning.
    Output,
}

/// The prices of one row; `None` means that the vendor lists no such price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitPrices {
    /// Fresh input.
    pub input: Option<UnitPrice>,
    /// Cache reads.
    pub cache_read: Option<UnitPrice>,
    /// Five-minute cache writes. If a vendor bills writes as plain input, this is the input price.
    pub cache_write_5m: Option<UnitPrice>,
    /// One-hour cache writes.
    pub cache_write_1h: Option<UnitPrice>,
    /// Output.
    pub output: Option<UnitPrice>,
}

impl UnitPrices {
    /// The price of one bucket.
    #[must_use]
    pub const fn price(&self, bucket: Bucket) -> Option<UnitPrice> {
        match bucket {
            Bucket::Input => self.input,
            Bucket::CacheRead => self.cache_read,
            Bucket::CacheWrite5m => self.cache_write_5m,
            Bucket::CacheWrite1h => self.cache_write_1h,
            Bucket::Output => self.output,
        }
    }
}

/// How fast and how reliably a request is served, where that affects the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceTier {
    /// The default.
    Standard,
    /// Answered within a day.
    Batch,
    /// Slower, sometimes refused.
    Flex,
    /// Faster.
    Priority,
}

impl ServiceTier {
    /// All tiers with their names in tables and logs.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("standard", Self::Standard), ("batch", Self::Batch), ("flex", Self::Flex), ("priority", Self::Priority)];

    /// The name in tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, tier)| *tier == self).map_or("standard", |(name, _)| name)
    }

    /// Parses a logged tier: absent, empty, `default`, `auto` and `on_demand` are the standard tier, and `fast` is OpenAI's
    /// newer name for `priority`.
    #[must_use]
    pub fn from_log(text: Option<&str>) -> Option<Self> {
        let text = text.unwrap_or("").trim().to_ascii_lowercase();
        match text.as_str() {
            "" | "default" | "auto" | "on_demand" | "on-demand" | "ondemand" | "standard_only" => Some(Self::Standard),
            "batches" => Some(Self::Batch),
            "fast" => Some(Self::Priority),
            name => Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, tier)| *tier),
        }
    }
}

/// What is charged at a tier's price once the prompt exceeds its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TierScope {
    /// The whole request, including the output.
    Request,
    /// Only the prompt tokens beyond the threshold.
    Marginal,
}

/// Why a row exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// The vendor changed the price.
    Price,
    /// A source was wrong before; the row also applies to the past.
    Correction,
    /// The first price known.
    FirstSeen,
}

/// Where a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowOrigin {
    /// The book that is part of the program.
    Embedded,
    /// The user's file.
    User,
}

/// The price of one model in one service tier and one context tier, for a span of days (UTC).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow {
    /// The seller: `anthropic`, `openai`, …
    pub provider: Arc<str>,
    /// The model's key.
    pub model: Arc<str>,
    /// First day; `None` is always.
    pub effective_from: Option<NaiveDate>,
    /// First day after; `None` is open.
    pub effective_to: Option<NaiveDate>,
    /// The service tier.
    pub service_tier: ServiceTier,
    /// The row applies to prompts longer than this many tokens; 0 is the base row.
    pub above_input_tokens: u64,
    /// What is charged at this row's prices.
    pub tier_scope: TierScope,
    /// The prices.
    pub prices: UnitPrices,
    /// Where the price was read.
    pub source: String,
    /// The revision of the source.
    pub source_revision: String,
    /// When it was read.
    pub observed_at: Option<NaiveDate>,
    /// Why the row exists.
    pub change_kind: ChangeKind,
    /// A note for readers.
    pub note: String,
    /// Where it comes from.
    pub origin: RowOrigin,
}

impl PriceRow {
    /// The columns of a price table.
    pub const COLUMNS: &'static [&'static str] = &[
        "provider",
        "model",
        "effective_from",
        "effective_to",
        "service_tier",
        "above_input_tokens",
        "tier_scope",
        "input",
        "cache_read",
        "cache_write_5m",
        "cache_write_1h",
        "output",
        "source",
        "source_revision",
        "observed_at",
        "change_kind",
        "note",
    ];

    /// Whether the row holds on a day.
    #[must_use]
    pub fn applies_on(&self, day: NaiveDate) -> bool {
        self.effective_from.is_none_or(|from| day >= from) && self.effective_to.is_none_or(|to| day < to)
    }

    /// Reads a price table; `path` only names it in errors.
    ///
    /// # Errors
    /// Unknown or missing columns and cells that do not parse, with file and line.
    pub(super) fn read_all(path: &Path, text: &str, origin: RowOrigin) -> Result<Vec<Self>> {
        let required: &[&str] = match origin {
            RowOrigin::Embedded => Self::COLUMNS,
            RowOrigin::User => &["model", "input", "output"],
        };
        read_table(path, text, Self::COLUMNS, required, |line| Self::read(line, origin))
    }

    fn read(line: &TableLine<'_>, origin: RowOrigin) -> Result<Self> {
        let price = |column: &str| line.parse(column, UnitPrice::parse);
        let row = Self {
            provider: line.text("provider").into(),
            model: line.require("model", |text| Ok(text.into()))?,
            effective_from: line.parse("effective_from", parse_day)?,
            effective_to: line.parse("effective_to", parse_day)?,
            service_tier: line.parse("service_tier", parse_tier)?.unwrap_or(ServiceTier::Standard),
            above_input_tokens: line.parse("above_input_tokens", parse_count)?.unwrap_or(0),
            tier_scope: line.parse("tier_scope", parse_scope)?.unwrap_or(TierScope::Request),
            prices: UnitPrices {
                input: price("input")?,
                cache_read: price("cache_read")?,
                cache_write_5m: price("cache_write_5m")?,
                cache_write_1h: price("cache_write_1h")?,
                output: price("output")?,
            },
            source: line.text("source").to_owned(),
            source_revision: line.text("source_revision").to_owned(),
            observed_at: line.parse("observed_at", parse_day)?,
            change_kind: line.parse("change_kind", parse_change)?.unwrap_or(ChangeKind::Price),
            note: line.text("note").to_owned(),
            origin,
        };
        match (row.effective_from, row.effective_to) {
            (Some(from), Some(to)) if from >= to => Err(line.error("effective_to", "is not after effective_from")),
            _ => Ok(row),
        }
    }
}

/// Parses `YYYY-MM-DD`.
pub(super) fn parse_day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| format!("{} is not a date like 2026-05-01", described(text)))
}

fn parse_count(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{} is not a whole number of tokens", described(text)))
}

fn parse_tier(text: &str) -> Result<ServiceTier, String> {
    ServiceTier::from_log(Some(text))
        .ok_or_else(|| format!("{} is not standard, batch, flex or priority", described(text)))
}

fn parse_scope(text: &str) -> Result<TierScope, String> {
    match text {
        "request" => Ok(TierScope::Request),
        "marginal" => Ok(TierScope::Marginal),
        _ => Err(format!("{} is not request or marginal", described(text))),
    }
}

fn parse_change(text: &str) -> Result<ChangeKind, String> {
    match text {
        "price" => Ok(ChangeKind::Price),
        "correction" => Ok(ChangeKind::Correction),
        "first_seen" => Ok(ChangeKind::FirstSeen),
        _ => Err(format!("{} is not price, correction or first_seen", described(text))),
    }
}

//! Multipliers that stack on a price: batch discount, fast mode, inference region, hour of the day.

use std::path::Path;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc, Weekday};

use super::columns::{TableLine, read_table};
use super::row::parse_day;
use crate::error::Result;
use crate::model::money::parse_decimal;
use crate::model::sanitise::described;

/// What a multiplier depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// `batch`, `flex`, `priority`, if the vendor prices the tier as a share of the standard price.
    ServiceTier,
    /// `fast`.
    Speed,
    /// `us`, `eu`, `regional`.
    InferenceGeo,
    /// The time of the request: `01:00-04:00` or `mon-fri 01:00-04:00`, UTC.
    UtcHours,
}

/// A half-open span of hours in UTC, on all days or on working days; it may cross midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hours {
    working_days: bool,
    from: NaiveTime,
    to: NaiveTime,
}

impl Hours {
    fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("{} is not a span of hours like `mon-fri 01:00-04:00`", described(text));
        let (working_days, span) = text.strip_prefix("mon-fri ").map_or((false, text), |span| (true, span));
        let (from, to) = span.split_once('-').ok_or_else(bad)?;
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| bad());
        Ok(Self { working_days, from: time(from)?, to: time(to)? })
    }

    fn contain(self, at: DateTime<Utc>) -> bool {
        let time = at.time();
        let within = if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        };
        within && !(self.working_days && matches!(at.weekday(), Weekday::Sat | Weekday::Sun))
    }
}

/// A product of multipliers as a reduced fraction, so that stacking multipliers never rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Factor {
    pub(super) numerator: i128,
    pub(super) denominator: i128,
}

impl Factor {
    /// The factor that changes nothing.
    pub(super) const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// The product with another factor.
    pub(super) fn times(self, other: Self) -> Self {
        Self::reduced(self.numerator * other.numerator, self.denominator * other.denominator)
    }

    fn parse(text: &str) -> Result<Self, String> {
        match parse_decimal(text, 6)? {
            micros if micros <= 0 => Err(format!("{} is not above zero", described(text))),
            micros if micros > 1_000_000_000 => Err(format!("{} is too large", described(text))),
            micros => Ok(Self::reduced(micros, 1_000_000)),
        }
    }

    fn reduced(numerator: i128, denominator: i128) -> Self {
        let (mut a, mut b) = (numerator, denominator);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Self { numerator: numerator / a, denominator: denominator / a }
    }
}

/// One multiplier of a vendor for a model or a family of models, for a span of days (UTC).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modifier {
    /// The seller.
    pub provider: String,
    /// An exact model key, or a prefix followed by `*`.
    pub model: String,
    /// What it depends on.
    pub dimension: Dimension,
    /// The logged value that it applies to.
    pub value: String,
    /// The multiplier as its decimal text.
    pub multiplier: String,
    /// First day; `None` is always.
    pub effective_from: Option<NaiveDate>,
    /// First day after; `None` is open.
    pub effective_to: Option<NaiveDate>,
    /// Where it was read.
    pub source: String,
    /// When it was read.
    pub observed_at: Option<NaiveDate>,
    factor: Factor,
    hours: Option<Hours>,
}

impl Modifier {
    const COLUMNS: &'static [&'static str] = &[
        "provider",
        "model",
        "dimension",
        "value",
        "multiplier",
        "effective_from",
        "effective_to",
        "source",
        "observed_at",
    ];

    /// Reads the table of multipliers; `path` only names it in errors.
    pub(super) fn read_all(path: &Path, text: &str) -> Result<Vec<Self>> {
        read_table(path, text, Self::COLUMNS, Self::COLUMNS, Self::read)
    }

    fn read(line: &TableLine<'_>) -> Result<Self> {
        let dimension = line.require("dimension", parse_dimension)?;
        let hours = match dimension {
            Dimension::UtcHours => Some(line.require("value", Hours::parse)?),
            _ => None,
        };
        Ok(Self {
            provider: line.text("provider").to_owned(),
            model: line.text("model").to_owned(),
            dimension,
            value: line.text("value").to_owned(),
            multiplier: line.text("multiplier").to_owned(),
            effective_from: line.parse("effective_from", parse_day)?,
            effective_to: line.parse("effective_to", parse_day)?,
            source: line.text("source").to_owned(),
            observed_at: line.parse("observed_at", parse_day)?,
            factor: line.require("multiplier", Factor::parse)?,
            hours,
        })
    }

    /// How specifically this names the model: the number of matching letters, one more for an exact key; `None` if it does
    /// not match.
    fn closeness(&self, model: &str) -> Option<usize> {
        match self.model.strip_suffix('*') {
            Some(prefix) => model.starts_with(prefix).then_some(prefix.len()),
            None => (self.model == model).then_some(model.len() + 1),
        }
    }
}

/// The multiplier of a vendor's model for a value on a day; the most specific name wins.
pub(super) fn find_factor(
    modifiers: &[Modifier],
    name: (&str, &str),
    dimension: Dimension,
    value: &str,
    day: NaiveDate,
) -> Option<Factor> {
    closest(in_force(modifiers, name, dimension, day).filter(|(m, _)| m.value == value))
}

/// How the time of day affects the price of a vendor's model.
pub(super) enum TimeOfDay {
    /// Not at all, on that day.
    Ignored,
    /// The price varies during that day; at the given time it is multiplied by this.
    Varies(Factor),
}

/// The multiplier for the hour of a request.
pub(super) fn find_hourly_factor(modifiers: &[Modifier], name: (&str, &str), at: DateTime<Utc>) -> TimeOfDay {
    let hourly = || in_force(modifiers, name, Dimension::UtcHours, at.date_naive());
    if hourly().next().is_none() {
        return TimeOfDay::Ignored;
    }
    let now = hourly().filter(|(m, _)| m.hours.is_some_and(|hours| hours.contain(at)));
    TimeOfDay::Varies(closest(now).unwrap_or(Factor::ONE))
}

fn in_force<'a>(
    modifiers: &'a [Modifier],
    (provider, model): (&'a str, &'a str),
    dimension: Dimension,
    day: NaiveDate,
) -> impl Iterator<Item = (&'a Modifier, usize)> {
    modifiers
        .iter()
        .filter(move |m| m.dimension == dimension && m.provider == provider)
        .filter(move |m| m.effective_from.is_none_or(|from| day >= from) && m.effective_to.is_none_or(|to| day < to))
        .filter_map(move |m| m.closeness(model).map(|closeness| (m, closeness)))
}

fn closest<'a>(found: impl Iterator<Item = (&'a Modifier, usize)>) -> Option<Factor> {
    found.max_by_key(|(_, closeness)| *closeness).map(|(modifier, _)| modifier.factor)
}

fn parse_dimension(text: &str) -> Result<Dimension, String> {
    match text {
        "service_tier" => Ok(Dimension::ServiceTier),
        "speed" => Ok(Dimension::Speed),
        "inference_geo" => Ok(Dimension::InferenceGeo),
        "utc_hours" => Ok(Dimension::UtcHours),
        _ => Err(format!("{} is not service_tier, speed, inference_geo or utc_hours", described(text))),
    }
}

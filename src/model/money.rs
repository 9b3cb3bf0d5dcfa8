//! Money as integer nano-dollars. Nothing here goes through a float.

use std::fmt;
use std::iter::Sum;
use std::num::NonZeroU128;
use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::sanitise::described;

/// Nano-dollars in one dollar.
pub const NANOS_PER_DOLLAR: i128 = 1_000_000_000;

/// The bits of `i128::MIN`.
const OFFSET: u128 = i128::MIN.cast_unsigned();

/// An exact amount in USD.
///
/// - Shape: a signed count of nano-dollars (1e-9 USD); credits and refunds are negative.
/// - Text: a plain decimal, at most nine decimals, no trailing zeros (`"1564.36"`, `"0"`).
/// - Errors: parsing refuses exponents, more than nine significant decimals, and anything not a decimal.
/// - Nano-dollars, because a single cheap token costs less than a micro-dollar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(
    /// Nano-dollars above `i128::MIN`. The order is the same, and zero is unused, so an `Option<Money>` is not larger.
    NonZeroU128,
);

impl Money {
    /// No money at all. Free is zero; unknown is `None`, never this.
    pub const ZERO: Self = Self::from_nanos(0);

    /// Wraps a count of nano-dollars.
    ///
    /// # Panics
    /// Panics at `i128::MIN`, which no sum of amounts reaches.
    #[must_use]
    pub const fn from_nanos(nanos: i128) -> Self {
        Self(NonZeroU128::new(nanos.cast_unsigned() ^ OFFSET).expect("amounts are far above -2^127 nano-dollars"))
    }

    /// The count of nano-dollars.
    #[must_use]
    pub const fn nanos(self) -> i128 {
        (self.0.get() ^ OFFSET).cast_signed()
    }

    /// Parses a plain decimal amount in dollars.
    ///
    /// # Errors
    /// Returns a sentence saying what is wrong with the text.
    pub fn parse_usd(text: &str) -> Result<Self, String> {
        parse_decimal(text, 9).map(Self::from_nanos)
    }

    /// The amount rounded half away from zero to `decimals` (0 to 9), without a currency sign.
    #[must_use]
    pub fn to_fixed(self, decimals: u32) -> String {
        let decimals = decimals.min(9);
        let step = 10_i128.pow(9 - decimals);
        let rounded = (self.nanos().abs() + step / 2) / step;
        let unit = 10_i128.pow(decimals);
        let sign = if self.nanos() < 0 && rounded != 0 { "-" } else { "" };
        if decimals == 0 {
            return format!("{sign}{rounded}");
        }
        let width = decimals as usize;
        format!("{sign}{}.{:0width$}", rounded / unit, rounded % unit)
    }
}

/// Parses a plain decimal into an integer of `decimals` fixed places.
///
/// # Errors
/// Returns a sentence when the text is no plain decimal, has more places, or does not fit.
pub fn parse_decimal(text: &str, decimals: u32) -> Result<i128, String> {
    let bad = || format!("{} is not a plain decimal number", described(text));
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(bad());
    }
    if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    let fraction = fraction.trim_end_matches('0');
    let places = u32::try_from(fraction.len()).map_err(|_| bad())?;
    if places > decimals {
        return Err(format!("`{text}` has more than {decimals} decimals"));
    }
    let too_large = || format!("`{text}` is too large");
    let parse = |part: &str| if part.is_empty() { Ok(0) } else { part.parse::<i128>().map_err(|_| too_large()) };
    let scaled = parse(whole)?
        .checked_mul(10_i128.pow(decimals))
        .and_then(|w| w.checked_add(parse(fraction).ok()? * 10_i128.pow(decimals - places)))
        .ok_or_else(too_large)?;
    Ok(if negative { -scaled } else { scaled })
}

impl Default for Money {
    fn default() -> Self {
        Self::ZERO
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Money").field(&self.nanos()).finish()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fixed = self.to_fixed(9);
        f.write_str(fixed.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl schemars::JsonSchema for Money {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "US dollars as an exact decimal with up to nine places.",
            "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]{1,9})?$"
        })
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse_usd(&text).map_err(serde::de::Error::custom)
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::from_nanos(self.nanos() + other.nanos())
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::from_nanos(self.nanos() - other.nanos())
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self::from_nanos(-self.nanos())
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_without_a_float() {
        for text in ["0", "1564.36", "-0.000000001", "9223372036.854775807", "0.1"] {
            assert_eq!(Money::parse_usd(text).map(|m| m.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn amounts_have_the_order_of_their_nanos_and_an_unknown_one_takes_no_space() {
        let nanos = [-i128::MAX, -1_000_000_001, -1, 0, 1, 1_000_000_001, i128::MAX];
        let amounts = nanos.map(Money::from_nanos);
        assert!(amounts.is_sorted() && amounts.iter().map(|money| money.nanos()).eq(nanos));
        assert_eq!(amounts[3], Money::default());
        assert_eq!(size_of::<Option<Money>>(), 16);
    }

    #[test]
    fn rounds_half_away_from_zero_at_print_time() {
        let cents = |text: &str| Money::parse_usd(text).map(|m| m.to_fixed(2)).unwrap_or_default();
        assert_eq!(cents("0.005"), "0.01");
        assert_eq!(cents("-0.005"), "-0.01");
        assert_eq!(cents("-0.004"), "0.00");
        assert_eq!(cents("12.344999999"), "12.34");
    }

    #[test]
    fn refuses_what_is_not_a_plain_decimal() {
        for text in ["", ".", "1e3", "1,000", "$1", "0.0000000001", "--1", "1.2.3"] {
            assert!(Money::parse_usd(text).is_err(), "{text}");
        }
        assert!(Money::parse_usd(&"9".repeat(60)).is_err());
    }
}

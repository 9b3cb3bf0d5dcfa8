//! Exact values: dollars, counts and quotients that are rounded only where they are printed.

use serde::{Serialize, Serializer};

use super::money::Money;

/// A value that stays exact until it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Dollars.
    Money(Money),
    /// A whole number.
    Count(u64),
    /// A quotient, kept as its parts.
    Ratio(i128, i128),
}

impl Quantity {
    /// A quotient of money and a count, rounded to the nano-dollar.
    #[must_use]
    pub fn money_per(money: Money, count: u64) -> Option<Self> {
        let count = i128::from(count);
        (count > 0).then(|| Self::Money(Money::from_nanos((money.nanos() + count / 2).div_euclid(count))))
    }

    /// A quotient of counts.
    #[must_use]
    pub fn ratio(numerator: u64, denominator: u64) -> Option<Self> {
        (denominator > 0).then(|| Self::Ratio(i128::from(numerator), i128::from(denominator)))
    }

    /// A part of some money as a share of the whole; `None` when there is nothing to share.
    #[must_use]
    pub fn share(part: Money, whole: Money) -> Option<Self> {
        (whole > Money::ZERO).then(|| Self::Ratio(part.nanos(), whole.nanos()))
    }

    /// The number to six decimals.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the one place where an exact quotient becomes a printed number")]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Money(money) => money.nanos() as f64 / 1e9,
            Self::Count(count) => count as f64,
            Self::Ratio(numerator, denominator) => six_decimals(numerator as f64 / denominator as f64),
        }
    }
}

/// Rounds to six decimals, as every ratio is written.
#[must_use]
pub fn six_decimals(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u64(*count),
            // One type whatever the unit, so that programs can read the key as one column.
            Self::Money(_) | Self::Ratio(..) => serializer.serialize_f64(self.as_f64()),
        }
    }
}

impl schemars::JsonSchema for Quantity {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A number: dollars, a count, or a quotient to six decimals.",
            "type": "number"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_stay_exact_until_printed() {
        let dollars = Money::parse_usd("1").expect("a decimal");
        let per = Quantity::money_per(dollars, 3).map(|q| serde_json::to_string(&q).unwrap_or_default());
        assert_eq!(per.as_deref(), Some("0.333333333"));
        assert_eq!(Quantity::ratio(1, 0), None);
        assert_eq!(Quantity::ratio(2, 3).map(|q| q.as_f64().to_string()).as_deref(), Some("0.666667"));
    }

    #[test]
    fn a_share_of_nothing_is_unknown() {
        let dollars = |text: &str| Money::parse_usd(text).expect("a decimal");
        let share = Quantity::share(dollars("1"), dollars("8")).map(Quantity::as_f64);
        assert_eq!((share, Quantity::share(Money::ZERO, Money::ZERO)), (Some(0.125), None));
    }
}

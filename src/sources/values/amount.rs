//! Decimal numbers as integers with a fixed number of decimals: `0.8999999999999999`, `$1,000.50`, `5e-08`.

use super::Parsed;
use super::number::{self, Kind, Mark, Reading};
use crate::model::money::Money;
use crate::sources::json::node::{Node, Number};

/// An amount of money that is known, absent or damaged.
pub(crate) type Amount = Parsed<Money>;
/// A quantity in millionths that is known, absent or damaged.
pub(crate) type Quantity = Parsed<i64>;

/// Decimals to keep of an amount in dollars, which make it nano-dollars.
pub(crate) const DOLLARS: u32 = 9;
/// Decimals to keep of an amount in cents, which make it nano-dollars.
pub(crate) const CENTS: u32 = 7;
/// A billion dollars; a larger amount is damage. The ledger's columns hold nine times as much.
const MAX_NANOS: i128 = 10_i128.pow(18);
/// Decimals to keep of a quantity, which make it millionths.
const MILLIONTHS: u32 = 6;

impl Amount {
    /// The amount, written in the unit that `decimals` names: [`DOLLARS`] or [`CENTS`].
    pub(crate) fn from_node(node: &Node<'_>, decimals: u32) -> Self {
        match scaled_node(node, decimals) {
            Parsed::Known(nanos) => Self::Known(Money::from_nanos(nanos)).in_range(),
            Parsed::Absent => Self::Absent,
            Parsed::Invalid => Self::Invalid,
        }
    }

    pub(crate) fn parse(text: &str, decimals: u32) -> Self {
        Self::from_node(&Node::Text(text), decimals)
    }

    pub(crate) fn from_f64(amount: f64, decimals: u32) -> Self {
        Self::from_node(&Node::Number(Number::Float(amount)), decimals)
    }

    /// The amount, unless it is larger than any one record's can be: then it is damaged.
    pub(crate) fn in_range(self) -> Self {
        match self {
            Self::Known(money) if money.nanos().unsigned_abs() > MAX_NANOS.unsigned_abs() => Self::Invalid,
            amount => amount,
        }
    }

    /// The sum, to which an absent `part` adds nothing.
    pub(crate) fn plus(self, part: Self) -> Self {
        match (self, part) {
            (Self::Invalid, _) | (_, Self::Invalid) => Self::Invalid,
            (Self::Known(ours), Self::Known(part)) => Self::Known(ours + part),
            (ours, Self::Known(_) | Self::Absent) => ours,
        }
    }
}

impl Quantity {
    pub(crate) fn from_node(node: &Node<'_>) -> Self {
        match scaled_node(node, MILLIONTHS) {
            Parsed::Known(millionths) => Self::known_or_invalid(i64::try_from(millionths).ok()),
            Parsed::Absent => Self::Absent,
            Parsed::Invalid => Self::Invalid,
        }
    }

    /// The sum of those that are known, or damage if one is damaged or negative; absent if all are.
    pub(crate) fn sum(quantities: impl IntoIterator<Item = Self>) -> Self {
        quantities.into_iter().fold(Self::Absent, |sum, quantity| match (sum, quantity) {
            (Self::Invalid, _) | (_, Self::Invalid | Self::Known(..0)) => Self::Invalid,
            (Self::Known(sum), Self::Known(quantity)) => Self::known_or_invalid(sum.checked_add(quantity)),
            (Self::Absent, quantity) => quantity,
            (sum, Self::Absent) => sum,
        })
    }
}

fn scaled_node(node: &Node<'_>, decimals: u32) -> Parsed<i128> {
    let number = match node {
        Node::Null | Node::Text("") => return Parsed::Absent,
        Node::Text(text) => scaled(text, decimals),
        Node::Number(Number::Whole(number)) => times_power(i128::from(*number), decimals),
        Node::Number(Number::Negative(number)) => times_power(i128::from(*number), decimals),
        Node::Number(Number::Float(number)) => {
            scaled_float(*number, decimals).or_else(|| scaled(&Number::Float(*number).to_string(), decimals))
        }
        Node::Bool(_) | Node::List(_) | Node::Map(_) => None,
    };
    Parsed::known_or_invalid(number)
}

fn times_power(number: i128, decimals: u32) -> Option<i128> {
    number.checked_mul(10_i128.checked_pow(decimals)?)
}

/// A float times a power of ten, where its decimals are sure to round to the same integer; else it has to be read as text.
fn scaled_float(number: f64, decimals: u32) -> Option<i128> {
    let product = number * 10_f64.powi(i32::try_from(decimals).ok()?);
    // Below 8e12 the product is off by less than a thousandth, which far from a half does not change how it is rounded.
    let is_sure = (0.0..8e12).contains(&product) && (product.fract() - 0.5).abs() > 0.01;
    #[expect(clippy::cast_possible_truncation, reason = "it is below 8e12")]
    is_sure.then(|| i128::from(product.round() as i64))
}

/// The value times 10^places of a text in which a lone comma groups thousands; `None` if it is not a decimal number.
fn scaled(text: &str, places: u32) -> Option<i128> {
    if let Some(plain) = plain(text.strip_prefix('$').unwrap_or(text).as_bytes(), places) {
        return Some(plain);
    }
    match number::read(text, places, Kind::Money).ok()? {
        Reading::Sure { mark: Some(Mark::Comma), .. } => None,
        Reading::Sure { value, .. } | Reading::Either { dot: value, .. } => Some(value),
    }
}

/// Reads digits with at most one dot, which is what nearly every cell holds; the value times 10^places is rounded half up.
pub(in crate::sources) fn plain(text: &[u8], places: u32) -> Option<i128> {
    let (mut value, mut dot, mut digits) = (0_u64, None, 0_u32);
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                // The first digit that is not kept decides how the value is rounded; those after it change nothing.
                if dot.is_none_or(|whole| digits - whole <= places) {
                    value = value * 10 + u64::from(byte - b'0');
                    digits += 1;
                    // So many digits fit into the value, and it times a power into the result.
                    if digits > 18 {
                        return None;
                    }
                }
            }
            b'.' if dot.is_none() => dot = Some(digits),
            _ => return None,
        }
    }
    let decimals = dot.map_or(0, |whole| digits - whole);
    match places.checked_sub(decimals) {
        _ if digits == 0 || places > 18 => None,
        Some(shift) => Some(i128::from(value) * i128::from(10_u64.pow(shift))),
        None => Some(i128::from((value + 5) / 10)),
    }
}

/// Nano-dollars as an amount, unless they are more than any record can hold.
pub(in crate::sources) fn money(nanos: i128) -> Option<Money> {
    Amount::Known(Money::from_nanos(nanos)).in_range().known()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_as_their_decimals_are() {
        let as_text = |amount: f64, decimals| scaled(&Number::Float(amount).to_string(), decimals);
        let small = (1..40_000_u32).map(|at| f64::from(at) * 1.234_567_890_123e-7);
        let halves = (1..4_000_u32).map(|at| (f64::from(at) + 0.5) * 1e-9);
        let large = (1..4_000_u32).map(|at| f64::from(at) * 3.217_592_653_589 + 0.000_000_000_5);
        let odd = [0.0, -0.0, -1.5, 0.1 + 0.2, 7_999.999_999_999, 8_000.0, 1e9, 1e300];
        for amount in small.chain(halves).chain(large).chain(odd) {
            for decimals in [DOLLARS, CENTS] {
                let nanos = Amount::from_f64(amount, decimals).known().map(Money::nanos);
                assert_eq!(nanos, as_text(amount, decimals), "{amount}");
            }
        }
    }

    #[test]
    fn plain_digits_are_read_as_every_other_number_is() {
        for text in [
            "0.5",
            "0.0000005",
            "0.00000049999",
            "12.3456785",
            "7",
            ".25",
            "3.",
            "0.123456499999999999999",
            "19.99999995",
        ] {
            for places in [0, 6, 7, 9] {
                let read = match number::read(text, places, Kind::Money) {
                    Ok(Reading::Sure { value, .. } | Reading::Either { dot: value, .. }) => Some(value),
                    Err(_) => None,
                };
                assert_eq!(plain(text.as_bytes(), places), read, "{text} {places}");
            }
        }
        assert!([".", "", "1234567890123456789", "1-2"].iter().all(|text| plain(text.as_bytes(), 9).is_none()));
    }

    #[test]
    fn an_amount_of_another_type_is_damaged_and_an_empty_one_absent() {
        let read = |node: Node<'_>| Amount::from_node(&node, CENTS);
        assert_eq!(
            read(Node::Number(Number::Whole(250))).known().map(|money| money.to_string()).as_deref(),
            Some("2.5")
        );
        assert_eq!(
            read(Node::Number(Number::Negative(-5))).known().map(|money| money.to_string()).as_deref(),
            Some("-0.05")
        );
        assert_eq!((read(Node::Null), read(Node::Text(""))), (Amount::Absent, Amount::Absent));
        for node in [
            Node::Text("x"),
            Node::Bool(true),
            Node::List(&[]),
            Node::Number(Number::Float(1e30)),
            Node::Text("100000000001"),
        ] {
            assert_eq!(read(node), Amount::Invalid, "{node:?}");
        }
    }

    #[test]
    fn amounts_are_read_as_text() {
        let read = |text: &str, decimals| Amount::parse(text, decimals).known().map(|money| money.to_string());
        for (text, wanted) in [
            ("0.8999999999999999", "0.9"),
            ("0.036000000000000004", "0.036"),
            ("1,000.50", "1000.5"),
            ("$0.12", "0.12"),
            ("0.003835980000000000000000000000", "0.00383598"),
            ("5e-08", "0.00000005"),
            ("1.5E-3", "0.0015"),
            ("-2", "-2"),
        ] {
            assert_eq!(read(text, DOLLARS).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", "Included", "1,5", "1.2.3", "--1", "."] {
            assert_eq!(read(text, DOLLARS), None, "{text}");
        }
        assert_eq!(read("123.78912", CENTS).as_deref(), Some("1.2378912"));
        assert_eq!(read("186", CENTS).as_deref(), Some("1.86"));
    }
}

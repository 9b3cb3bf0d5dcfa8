//! Decimal numbers as integers with a fixed number of decimals: `0.8999999999999999`, `$1,000.50`, `1,5`, `5e-08`.

use super::Parsed;
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
}

fn scaled_node(node: &Node<'_>, decimals: u32) -> Parsed<i128> {
    let number = match node {
        Node::Null | Node::Text("") => return Parsed::Absent,
        Node::Text(text) => scaled(text, decimals, false),
        Node::Number(Number::Whole(number)) => times_power(i128::from(*number), decimals),
        Node::Number(Number::Negative(number)) => times_power(i128::from(*number), decimals),
        Node::Number(Number::Float(number)) => {
            scaled_float(*number, decimals).or_else(|| scaled(&Number::Float(*number).to_string(), decimals, false))
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

/// The value times 10^places, rounded half away from zero; `None` if the text is not a decimal number.
///
/// With `comma`, a single comma is the decimal sign; without it, commas only group thousands.
pub(in crate::sources) fn scaled(text: &str, places: u32, comma: bool) -> Option<i128> {
    if let Some(plain) = plain(text.as_bytes(), places) {
        return Some(plain);
    }
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let text = text.strip_prefix('$').unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let sign = decimal_sign(mantissa, comma)?;
    let mut value: i128 = 0;
    let mut shift = i32::try_from(places).ok()? + exponent;
    let (mut digits, mut fraction, mut rounding) = (0, false, None);
    for (at, byte) in mantissa.bytes().enumerate() {
        if Some(at) == sign {
            fraction = true;
            continue;
        }
        // A grouping sign is never the decimal sign of the same number.
        let groups = sign.is_none_or(|sign| mantissa.as_bytes()[sign] != byte);
        if matches!(byte, b',' | b'.') && !fraction && groups {
            continue;
        }
        if !byte.is_ascii_digit() {
            return None;
        }
        digits += 1;
        if fraction {
            if shift <= 0 {
                rounding = rounding.or((shift == 0).then_some(byte));
                shift -= 1;
                continue;
            }
            shift -= 1;
        }
        value = value.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
    }
    if digits == 0 {
        return None;
    }
    if shift > 0 {
        value = value.checked_mul(10_i128.checked_pow(u32::try_from(shift).ok()?)?)?;
    } else if exponent < 0 && i32::try_from(places).ok()? + exponent < 0 {
        let over = 10_i128.checked_pow((i32::try_from(places).ok()? + exponent).unsigned_abs())?;
        value = (value + over / 2) / over;
    } else if rounding.is_some_and(|digit| digit >= b'5') {
        value += 1;
    }
    Some(if negative { -value } else { value })
}

/// Reads digits with at most one dot that need no rounding, which is what nearly every cell holds.
pub(in crate::sources) fn plain(text: &[u8], places: u32) -> Option<i128> {
    // Eighteen digits and a dot fit into the value, and it times a power into the result.
    if text.len() > 19 || places > 18 {
        return None;
    }
    let (mut value, mut dot, mut digits) = (0_u64, None, 0_u32);
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + u64::from(byte - b'0');
                digits += 1;
            }
            b'.' if dot.is_none() => dot = Some(digits),
            _ => return None,
        }
    }
    if digits == 0 || digits > 18 {
        return None;
    }
    let shift = places.checked_sub(dot.map_or(0, |whole| digits - whole))?;
    Some(i128::from(value) * i128::from(10_u64.pow(shift)))
}

/// The position of the decimal sign; the outer `None` is a text that could be read in two ways.
#[expect(clippy::option_option, reason = "a text without a sign and a text that is ambiguous are two answers")]
fn decimal_sign(text: &str, comma: bool) -> Option<Option<usize>> {
    let (dot, last_comma) = (text.rfind('.'), text.rfind(','));
    match (dot, last_comma) {
        (Some(dot), Some(last)) => Some(Some(dot.max(last))),
        (Some(dot), None) => Some(Some(dot)),
        (None, Some(at)) if comma => Some(Some(at)),
        (None, Some(_)) => {
            let mut groups = text.split(',');
            let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
            (first && groups.all(|group| group.len() == 3)).then_some(None)
        }
        (None, None) => Some(None),
    }
}

/// An amount in USD.
pub(in crate::sources) fn money(text: &str, places: u32, comma: bool) -> Option<Money> {
    scaled(text, places, comma).map(Money::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_as_their_decimals_are() {
        let as_text = |amount: f64, decimals| scaled(&Number::Float(amount).to_string(), decimals, false);
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
        let read = |text: &str| money(text, DOLLARS, false).map(|money| money.to_string());
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
            assert_eq!(read(text).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", "Included", "1,5", "1.2.3", "--1", "."] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(money("1,5", DOLLARS, true).map(|m| m.to_string()).as_deref(), Some("1.5"));
        assert_eq!(money("1.000,50", DOLLARS, true).map(|m| m.to_string()).as_deref(), Some("1000.5"));
        assert_eq!(money("123.78912", CENTS, false).map(|m| m.to_string()).as_deref(), Some("1.2378912"));
        assert_eq!(money("186", CENTS, false).map(|m| m.to_string()).as_deref(), Some("1.86"));
    }
}

//! Decimal texts → integers of fixed places, without a float: `0.8999999999999999`, `$1,000.50`, `1,5`, `5e-08`.

use crate::model::money::Money;

/// Places of a dollar amount that is written in dollars.
pub(in crate::sources) const DOLLARS: u32 = 9;
/// Places of a dollar amount that is written in cents.
pub(in crate::sources) const CENTS: u32 = 7;

/// The value times 10^places, rounded half away from zero; `None` when the text is no decimal number.
///
/// With `comma`, a lone comma is the decimal sign; else a comma only groups thousands.
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

/// Digits with at most one dot that need no rounding: what nearly every cell holds.
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

/// Where the decimal sign stands; the outer `None` is a text that could be read two ways.
#[expect(clippy::option_option, reason = "no sign and no reading are two answers")]
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

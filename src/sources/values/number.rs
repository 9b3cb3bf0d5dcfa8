//! One number as people and spreadsheets write it → its value, and what it says about the decimal sign of its file.
//!
//! - In: a text: `1234.5`, `1.234,50`, `1 234,5`, `1'234.50`, `($1.50)`, `12.50 USD`, `1.50-`, `1.2E-05`.
//! - Out: [`Reading`]: a value, or two where only the rest of the file can say which of them is meant (`1,234`).
//! - Refuses: percentages, `2k`, groups of the wrong size, two signs, exponents beyond 99, and currencies other than USD.

use super::currency;
use crate::sources::rejection::Rejection;

/// The sign before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Mark {
    Dot,
    Comma,
}

/// What a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Kind {
    /// An amount, perhaps with the mark of its currency.
    Money,
    /// A decimal number without a currency.
    Plain,
    /// A whole number, perhaps written with a fraction of zeros.
    Whole,
}

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Reading {
    /// One value whatever the rest of the file says, and the decimal sign that this proves for the file.
    Sure { value: i128, mark: Option<Mark> },
    /// `1,234` or `1.234`: the value if the decimal sign of the file is a dot, and if it is a comma.
    Either {
        dot: i128,
        comma: i128,
        /// The sign that is written.
        written: Mark,
        /// A dollar sign stands before the number, as it does where the decimal sign is a dot.
        dollar_before: bool,
    },
}

/// Why a text is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Fault {
    /// It is not one number.
    Unreadable,
    /// It is an amount in another currency.
    Foreign(Rejection),
}

/// The largest power of ten in scientific notation.
const MAX_EXPONENT: i32 = 99;

/// Reads a text; the value is multiplied by 10^places and rounded half away from zero.
pub(in crate::sources) fn read(text: &str, places: u32, kind: Kind) -> Result<Reading, Fault> {
    // Times come here, too, before anybody knows that they are times.
    if text.contains(':') {
        return Err(Fault::Unreadable);
    }
    let frame = Frame::strip(text)?;
    if let Some(foreign) = frame.foreign {
        return Err(if kind == Kind::Money { Fault::Foreign(foreign) } else { Fault::Unreadable });
    }
    if kind != Kind::Money && frame.has_currency {
        return Err(Fault::Unreadable);
    }
    if frame.has_currency && frame.is_signed && frame.body.is_empty() {
        // The accounting format of spreadsheets writes zero as `$ -`.
        return Ok(Reading::Sure { value: 0, mark: None });
    }
    frame.reading(places).ok_or(Fault::Unreadable)
}

/// A text without its sign, brackets and currency.
struct Frame<'a> {
    body: &'a str,
    is_signed: bool,
    is_negative: bool,
    has_currency: bool,
    dollar_before: bool,
    foreign: Option<Rejection>,
}

impl<'a> Frame<'a> {
    /// Takes off one sign or pair of brackets and one currency, in any order and on either side.
    fn strip(text: &'a str) -> Result<Self, Fault> {
        let mut frame = Self {
            body: text.trim(),
            is_signed: false,
            is_negative: false,
            has_currency: false,
            dollar_before: false,
            foreign: None,
        };
        loop {
            let body = frame.body;
            if let Some(inner) = body.strip_prefix('(').and_then(|body| body.strip_suffix(')')) {
                frame.sign(true, inner)?;
            } else if let Some((is_negative, rest)) = leading_sign(body).or_else(|| trailing_sign(body)) {
                frame.sign(is_negative, rest)?;
            } else if let Some((rest, foreign)) = currency::strip_before(body) {
                frame.dollar_before = true;
                frame.currency(rest, foreign)?;
            } else if let Some((rest, foreign)) = currency::strip_after(body) {
                frame.currency(rest, foreign)?;
            } else {
                return Ok(frame);
            }
        }
    }

    fn sign(&mut self, is_negative: bool, rest: &'a str) -> Result<(), Fault> {
        if self.is_signed {
            return Err(Fault::Unreadable);
        }
        (self.is_signed, self.is_negative, self.body) = (true, is_negative, rest.trim());
        Ok(())
    }

    fn currency(&mut self, rest: &'a str, foreign: Option<Rejection>) -> Result<(), Fault> {
        if self.has_currency {
            return Err(Fault::Unreadable);
        }
        (self.has_currency, self.foreign, self.body) = (true, foreign, rest.trim());
        Ok(())
    }

    fn reading(&self, places: u32) -> Option<Reading> {
        let (mantissa, exponent) = match self.body.find(['e', 'E']) {
            Some(at) => (&self.body[..at], Some(exponent(&self.body[at + 1..])?)),
            None => (self.body, None),
        };
        let shape = Shape::of(mantissa)?;
        let value = |before: usize| {
            let value = scaled(mantissa, before, exponent.unwrap_or(0), places)?;
            Some(if self.is_negative { -value } else { value })
        };
        let whole = shape.digits_before(shape.signs);
        Some(match shape.meaning(mantissa.starts_with('0'), exponent.is_some())? {
            Meaning::Whole(mark) => Reading::Sure { value: value(whole)?, mark },
            Meaning::Decimal(mark) => {
                Reading::Sure { value: value(shape.digits_before(shape.signs - 1))?, mark: Some(mark) }
            }
            Meaning::Either(written) => {
                let (decimal, grouped) = (value(shape.digits_before(0))?, value(whole)?);
                let (dot, comma) = if written == Mark::Dot { (decimal, grouped) } else { (grouped, decimal) };
                Reading::Either { dot, comma, written, dollar_before: self.dollar_before }
            }
        })
    }
}

/// A minus of any kind, or a plus.
fn is_negative(sign: char) -> Option<bool> {
    match sign {
        '-' | '\u{2212}' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '\u{fe63}' | '\u{ff0d}' => Some(true),
        '+' | '\u{ff0b}' => Some(false),
        _ => None,
    }
}

fn leading_sign(text: &str) -> Option<(bool, &str)> {
    let sign = text.chars().next()?;
    Some((is_negative(sign)?, &text[sign.len_utf8()..]))
}

fn trailing_sign(text: &str) -> Option<(bool, &str)> {
    let sign = text.chars().next_back()?;
    Some((is_negative(sign)?, &text[..text.len() - sign.len_utf8()]))
}

fn exponent(text: &str) -> Option<i32> {
    let (negative, digits) = leading_sign(text).unwrap_or((false, text));
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent = digits.parse::<i32>().ok().filter(|exponent| *exponent <= MAX_EXPONENT)?;
    Some(if negative { -exponent } else { exponent })
}

/// The digits as a number with `before` of them before the decimal sign, times 10^(exponent + places).
fn scaled(text: &str, before: usize, exponent: i32, places: u32) -> Option<i128> {
    let kept = i64::try_from(before).ok()? + i64::from(exponent) + i64::from(places);
    let (mut value, mut at) = (0_i128, 0_i64);
    for byte in text.bytes().filter(u8::is_ascii_digit) {
        let digit = i128::from(byte - b'0');
        if at < kept {
            value = value.checked_mul(10)?.checked_add(digit)?;
        } else if at == kept {
            value += i128::from(digit >= 5);
        }
        at += 1;
    }
    match u32::try_from(kept - at) {
        Ok(zeros) if value != 0 => value.checked_mul(10_i128.checked_pow(zeros)?),
        _ => Some(value),
    }
}

/// A sign between digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Mark(Mark),
    Space,
    Apostrophe,
}

impl Between {
    fn of(letter: char) -> Option<Self> {
        match letter {
            '.' => Some(Self::Mark(Mark::Dot)),
            ',' => Some(Self::Mark(Mark::Comma)),
            ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' => Some(Self::Space),
            '\'' | '\u{2019}' | '\u{2bc}' => Some(Self::Apostrophe),
            _ => None,
        }
    }
}

/// More signs than any number has that is not refused.
const MAX_SIGNS: usize = 12;

/// How many digits stand between which signs.
struct Shape {
    runs: [usize; MAX_SIGNS + 1],
    between: [Option<Between>; MAX_SIGNS],
    signs: usize,
}

/// What the signs of a number are.
enum Meaning {
    /// All of them group digits, which proves the decimal sign to be the other one.
    Whole(Option<Mark>),
    /// The last one is the decimal sign.
    Decimal(Mark),
    /// The only one is either.
    Either(Mark),
}

impl Shape {
    fn of(text: &str) -> Option<Self> {
        let mut shape = Self { runs: [0; MAX_SIGNS + 1], between: [None; MAX_SIGNS], signs: 0 };
        for letter in text.chars() {
            if letter.is_ascii_digit() {
                shape.runs[shape.signs] += 1;
            } else {
                *shape.between.get_mut(shape.signs)? = Some(Between::of(letter)?);
                shape.signs += 1;
            }
        }
        shape.runs.iter().any(|run| *run > 0).then_some(shape)
    }

    fn digits_before(&self, sign: usize) -> usize {
        self.runs[..=sign].iter().sum()
    }

    fn meaning(&self, starts_with_zero: bool, has_exponent: bool) -> Option<Meaning> {
        let Some(last) = self.signs.checked_sub(1) else { return Some(Meaning::Whole(None)) };
        let (first_sign, last_sign) = (self.between[0]?, self.between[last]?);
        if self.signs == 1 {
            let groups = !starts_with_zero && !has_exponent && self.is_grouped(1);
            return match last_sign {
                Between::Mark(mark) if groups => Some(Meaning::Either(mark)),
                Between::Mark(mark) => Some(Meaning::Decimal(mark)),
                Between::Space | Between::Apostrophe => groups.then_some(Meaning::Whole(None)),
            };
        }
        if has_exponent || starts_with_zero {
            return None;
        }
        if first_sign == last_sign {
            let other = match last_sign {
                Between::Mark(Mark::Dot) => Some(Mark::Comma),
                Between::Mark(Mark::Comma) => Some(Mark::Dot),
                Between::Space | Between::Apostrophe => None,
            };
            return self.is_grouped(self.signs).then_some(Meaning::Whole(other));
        }
        match last_sign {
            Between::Mark(mark) if self.is_grouped(last) => Some(Meaning::Decimal(mark)),
            _ => None,
        }
    }

    /// Whether the first signs are equal and group digits by three, or, as in India, the last three and before them by two.
    fn is_grouped(&self, signs: usize) -> bool {
        let (first, rest) = (self.runs[0], &self.runs[1..=signs]);
        let same = self.between[1..signs].iter().all(|sign| *sign == self.between[0]);
        let indian = rest.split_last().is_some_and(|(last, twos)| *last == 3 && twos.iter().all(|two| *two == 2));
        let by_three = (1..=3).contains(&first) && rest.iter().all(|run| *run == 3);
        same && (by_three || (1..=2).contains(&first) && indian)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure(text: &str) -> Option<(i128, Option<Mark>)> {
        match read(text, 2, Kind::Money) {
            Ok(Reading::Sure { value, mark }) => Some((value, mark)),
            _ => None,
        }
    }

    #[test]
    fn a_number_with_two_kinds_of_signs_or_few_decimals_proves_the_decimal_sign() {
        for text in ["1,234.50", "$1,234.5", "1'234.50", "1 234.50", "1234.500", "12,34,567.8", "1.2345E+03"] {
            assert_eq!(sure(text).and_then(|(_, mark)| mark), Some(Mark::Dot), "{text}");
        }
        for text in ["1.234,50", "1\u{202f}234,50", "1\u{a0}234,500", "0,5", "0,123", "1.234.567", ",75", "12,5 $"] {
            assert_eq!(sure(text).and_then(|(_, mark)| mark), Some(Mark::Comma), "{text}");
        }
        assert_eq!(sure("1 234 567"), Some((123_456_700, None)));
    }

    #[test]
    fn a_lone_sign_before_three_digits_has_two_meanings() {
        let either = |text: &str| match read(text, 3, Kind::Money) {
            Ok(Reading::Either { dot, comma, .. }) => Some((dot, comma)),
            _ => None,
        };
        assert_eq!((either("1,234"), either("($12.345)")), (Some((1_234_000, 1_234)), Some((-12_345, -12_345_000))));
    }

    #[test]
    fn signs_and_marks_are_taken_off_on_either_side_once() {
        let minus = [
            "-1.50",
            "\u{2212}1.50",
            "1.50-",
            "(1.50)",
            "($1.50)",
            "$(1.50)",
            "$-1.50",
            "-$1.50",
            "-1.50 USD",
            "US$ -1.5",
        ];
        for text in minus {
            assert_eq!(sure(text), Some((-150, Some(Mark::Dot))), "{text}");
        }
        assert_eq!((sure("$ -"), sure("+5")), (Some((0, None)), Some((500, None))));
        for text in ["", "-", "--1", "(-1)", "$1 USD", "1-2", "(1", "5%", "2k", "1.5M", "1e2147483647", "1e", "1_000"] {
            assert_eq!(read(text, 2, Kind::Money), Err(Fault::Unreadable), "{text}");
        }
        for text in ["1,23,4", "12 34", "1.2.3", "1,234,56", "1,234.567.8", "\u{0661}", "1 e5", "Included"] {
            assert_eq!(read(text, 2, Kind::Money), Err(Fault::Unreadable), "{text}");
        }
    }

    #[test]
    fn another_currency_is_never_read_as_dollars() {
        for text in ["€1.50", "1,50 €", "-£2", "CHF 3", "5 EUR", "C$2", "A$ 2", "HK$2", "¥100", "100円", "R$ 1,50"]
        {
            assert!(matches!(read(text, 2, Kind::Money), Err(Fault::Foreign(_))), "{text}");
        }
        assert_eq!(read("$5", 2, Kind::Plain), Err(Fault::Unreadable));
    }

    #[test]
    fn digits_beyond_the_last_place_round_half_away_from_zero() {
        assert_eq!(sure("0.005").map(|(value, _)| value), Some(1));
        assert_eq!(sure("-0.0049").map(|(value, _)| value), Some(0));
        assert_eq!(sure("5e-3").map(|(value, _)| value), Some(1));
        assert_eq!(sure("5e-99").map(|(value, _)| value), Some(0));
        assert_eq!(sure("1.5E+06").map(|(value, _)| value), Some(150_000_000));
    }
}

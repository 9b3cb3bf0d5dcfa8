//! JSON values that a log may spell in several ways: a count as a number or a string, a text that is absent, null
//! or of another type. A field of an odd type never costs the whole line.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::model::money::Money;
use crate::sources::json::node::{Node, Number};

/// Visitor methods that read a value of the named kinds and give the same answer for all.
macro_rules! otherwise {
    ($answer:expr; $($kind:ident)*) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
        $(otherwise!(@ $kind $answer);)*
    };
    (@ bool $answer:expr) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok($answer) }
    };
    (@ u64 $answer:expr) => {
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok($answer) }
    };
    (@ i64 $answer:expr) => {
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok($answer) }
    };
    (@ f64 $answer:expr) => {
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok($answer) }
    };
    (@ str $answer:expr) => {
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> { Ok($answer) }
    };
    (@ unit $answer:expr) => {
        fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok($answer) }
    };
    (@ seq $answer:expr) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok($answer)
        }
    };
    (@ map $answer:expr) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok($answer)
        }
    };
}

/// More tokens than any one record can hold; a larger count is damage, not usage.
const MOST_TOKENS: u64 = 1_000_000_000_000_000;

/// A count of tokens as a log spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Count {
    /// Absent or null.
    #[default]
    Unknown,
    /// A whole number in range, whether written as a number or a string.
    Known(u64),
    /// Negative, fractional, out of range, or of another type.
    Invalid,
}

impl Count {
    /// The number, or `None` when absent.
    pub(crate) fn get(self) -> Option<u64> {
        match self {
            Self::Known(count) => Some(count),
            Self::Unknown | Self::Invalid => None,
        }
    }

    pub(crate) fn is_invalid(self) -> bool {
        self == Self::Invalid
    }

    pub(crate) fn from_u64(count: u64) -> Self {
        if count <= MOST_TOKENS { Self::Known(count) } else { Self::Invalid }
    }

    fn from_f64(count: f64) -> Self {
        // Beyond the limit a float no longer tells whole numbers apart; below it the text form is exact.
        if count.abs() < 9e15 { Self::parse(&count.to_string()) } else { Self::Invalid }
    }

    /// The count that a value is.
    pub(crate) fn of(node: &Node<'_>) -> Self {
        match node {
            Node::Null => Self::Unknown,
            Node::Number(Number::Whole(count)) => Self::from_u64(*count),
            Node::Number(Number::Float(count)) => Self::from_f64(*count),
            Node::Text(text) => Self::parse(text),
            Node::Number(Number::Negative(_)) | Node::Bool(_) | Node::List(_) | Node::Map(_) => Self::Invalid,
        }
    }

    /// Reads a whole number, also when written with a zero fraction (`3.0`).
    pub(crate) fn parse(text: &str) -> Self {
        if let Ok(count) = text.parse() {
            return Self::from_u64(count);
        }
        let text = text.trim();
        if text.is_empty() {
            return Self::Unknown;
        }
        let whole = text.split_once('.').map_or(
            text,
            |(whole, fraction)| {
                if fraction.bytes().all(|b| b == b'0') { whole } else { "" }
            },
        );
        whole.parse().map_or(Self::Invalid, Self::from_u64)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CountVisitor;
        impl<'de> Visitor<'de> for CountVisitor {
            type Value = Count;
            otherwise!(Count::Invalid; bool seq map);
            fn visit_u64<E>(self, count: u64) -> Result<Count, E> {
                Ok(Count::from_u64(count))
            }
            fn visit_i64<E>(self, count: i64) -> Result<Count, E> {
                Ok(u64::try_from(count).map_or(Count::Invalid, Count::from_u64))
            }
            fn visit_f64<E>(self, count: f64) -> Result<Count, E> {
                Ok(Count::from_f64(count))
            }
            fn visit_str<E>(self, text: &str) -> Result<Count, E> {
                Ok(Count::parse(text))
            }
            fn visit_unit<E>(self) -> Result<Count, E> {
                Ok(Count::Unknown)
            }
        }
        deserializer.deserialize_any(CountVisitor)
    }
}

/// A text, or nothing when it is absent, null or no text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Text<'a>(pub(crate) Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
            type Value = Text<'a>;
            otherwise!(Text(None); unit seq map);
            fn visit_bool<E>(self, value: bool) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Borrowed(if value { "true" } else { "false" }))))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Text<'a>, E> {
                // The shortest decimal that reads back as the same number, never with an exponent.
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }
        }
        deserializer.deserialize_any(TextVisitor(PhantomData))
    }
}

/// The text type of a shape that is read either from a slice (borrowed) or from a stream (owned).
pub(crate) trait Str: Default {
    /// The text unless it is absent or empty.
    fn get(&self) -> Option<&str>;

    /// Whether the text equals `other`.
    fn is(&self, other: &str) -> bool {
        self.get() == Some(other)
    }
}

impl Str for Text<'_> {
    fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }
}

/// [`Text`] for streams, which have nothing to borrow from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OwnedText(Option<String>);

impl Str for OwnedText {
    fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }
}

impl<'de> Deserialize<'de> for OwnedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Ok(Self(text.0.map(Cow::into_owned)))
    }
}

/// True only for the JSON value `true`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;
        impl<'de> Visitor<'de> for FlagVisitor {
            type Value = Flag;
            otherwise!(Flag(false); u64 i64 f64 str unit seq map);
            fn visit_bool<E>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }
        }
        deserializer.deserialize_any(FlagVisitor)
    }
}

/// An amount in dollars as a tool logs it: a JSON number or a decimal string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Dollars(pub(crate) Option<Money>);

impl Dollars {
    fn parse(amount: &str) -> Self {
        Self(Money::parse_usd(amount).ok())
    }

    fn from_f64(amount: f64) -> Self {
        // A JSON number is a float on arrival; nine decimals keep every nano-dollar it can tell.
        let nanos = amount * 1e9;
        // Below this the product is off by less than a thousandth, so far from a half it rounds as the decimals do.
        if (0.0..8e12).contains(&nanos) && (nanos.fract() - 0.5).abs() > 0.01 {
            #[expect(clippy::cast_possible_truncation, reason = "it is below 8e12")]
            return Self(Some(Money::from_nanos(i128::from(nanos.round() as i64))));
        }
        Self::parse(&format!("{amount:.9}"))
    }

    /// The amount that a value is.
    pub(crate) fn of(node: &Node<'_>) -> Self {
        match node {
            Node::Number(Number::Float(amount)) => Self::from_f64(*amount),
            Node::Number(amount) => Self::parse(&amount.to_string()),
            Node::Text(amount) => Self::parse(amount),
            Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => Self(None),
        }
    }
}

impl<'de> Deserialize<'de> for Dollars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DollarsVisitor;
        impl<'de> Visitor<'de> for DollarsVisitor {
            type Value = Dollars;
            otherwise!(Dollars(None); bool unit seq map);
            fn visit_u64<E>(self, amount: u64) -> Result<Dollars, E> {
                Ok(Dollars::parse(&amount.to_string()))
            }
            fn visit_i64<E>(self, amount: i64) -> Result<Dollars, E> {
                Ok(Dollars::parse(&amount.to_string()))
            }
            fn visit_f64<E>(self, amount: f64) -> Result<Dollars, E> {
                Ok(Dollars::from_f64(amount))
            }
            fn visit_str<E>(self, amount: &str) -> Result<Dollars, E> {
                Ok(Dollars::parse(amount))
            }
        }
        deserializer.deserialize_any(DollarsVisitor)
    }
}

/// An object of a known shape, or nothing when the value is null or of another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object<T>(pub(crate) Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;
            otherwise!(Object(None); bool u64 i64 f64 str unit seq);
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|value| Object(Some(value)))
            }
        }
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(json: &str) -> Count {
        serde_json::from_str(json).expect("any value is accepted")
    }

    #[test]
    fn a_count_may_be_a_number_or_a_string_but_must_be_whole_and_in_range() {
        for json in ["12", "\"12\"", "12.0", "\"12.0\"", "\" 12 \""] {
            assert_eq!(count(json), Count::Known(12), "{json}");
        }
        for json in ["-1", "1.5", "\"x\"", "1e300", "18446744073709551615", "99999999999999999999", "[1]", "{}", "true"]
        {
            assert_eq!(count(json), Count::Invalid, "{json}");
        }
        assert_eq!(count("null"), Count::Unknown);
        assert_eq!(count("\"\""), Count::Unknown);
    }

    #[test]
    fn dollars_are_rounded_as_their_decimals_are() {
        let spelled = |amount: f64| Money::parse_usd(&format!("{amount:.9}")).ok();
        let step = (1..40_000_u32).map(|at| f64::from(at) * 1.234_567_890_123e-7);
        let halves = (1..4_000_u32).map(|at| (f64::from(at) + 0.5) * 1e-9);
        let large = (1..4_000_u32).map(|at| f64::from(at) * 3.217_592_653_589 + 0.000_000_000_5);
        let odd = [0.0, -0.0, -1.5, 0.1 + 0.2, 7_999.999_999_999, 8_000.0, 1e12, 1e300, f64::NAN, f64::INFINITY];
        for amount in step.chain(halves).chain(large).chain(odd) {
            assert_eq!(Dollars::from_f64(amount).0, spelled(amount), "{amount}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_no_value() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Inner {
            n: u8,
        }
        let object = |json: &str| serde_json::from_str::<Object<Inner>>(json).map(|o| o.0).ok().flatten();
        assert_eq!(object("{\"n\":1}"), Some(Inner { n: 1 }));
        for json in ["null", "1", "\"s\"", "[1,2]", "false"] {
            assert_eq!(object(json), None, "{json}");
        }
        let text = |json: &str| serde_json::from_str::<Text<'_>>(json).map(|t| t.0.map(Cow::into_owned)).ok().flatten();
        assert_eq!(text("\"a\\nb\"").as_deref(), Some("a\nb"));
        assert_eq!(text("[1]"), None);
    }
}

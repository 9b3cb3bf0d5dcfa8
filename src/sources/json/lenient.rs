//! Serde types for fields that logs write in several ways: a count as a number or a text, a text that is absent, null or of
//! another type. A field of an unexpected type never makes the whole line unreadable.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::sources::json::node::{Node, Number};
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;

/// Visitor methods for the named kinds of values, which all give the same answer.
macro_rules! otherwise {
    ($answer:expr; $($kind:ident)*) => {
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
            while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok($answer)
        }
    };
    (@ map $answer:expr) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
            Ok($answer)
        }
    };
}

pub(in crate::sources) use otherwise;

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
                Ok(Count::Absent)
            }
        }
        deserializer.deserialize_any(CountVisitor)
    }
}

/// A text, or nothing if it is absent, null or not a text.
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

/// The text type of a shape that is read from a slice (borrowed) or from a stream (owned).
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

/// [`Text`] for streams, from which nothing can be borrowed.
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

/// An amount in dollars, as a JSON number or a decimal text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Dollars(pub(crate) Amount);

impl<'de> Deserialize<'de> for Dollars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DollarsVisitor;
        impl<'de> Visitor<'de> for DollarsVisitor {
            type Value = Dollars;
            otherwise!(Dollars(Amount::Invalid); bool seq map);
            fn visit_unit<E>(self) -> Result<Dollars, E> {
                Ok(Dollars(Amount::Absent))
            }
            fn visit_u64<E>(self, amount: u64) -> Result<Dollars, E> {
                Ok(Dollars(Amount::from_node(&Node::Number(Number::Whole(amount)), DOLLARS)))
            }
            fn visit_i64<E>(self, amount: i64) -> Result<Dollars, E> {
                Ok(Dollars(Amount::from_node(&Node::Number(Number::Negative(amount)), DOLLARS)))
            }
            fn visit_f64<E>(self, amount: f64) -> Result<Dollars, E> {
                Ok(Dollars(Amount::from_f64(amount, DOLLARS)))
            }
            fn visit_str<E>(self, amount: &str) -> Result<Dollars, E> {
                Ok(Dollars(Amount::parse(amount, DOLLARS)))
            }
        }
        deserializer.deserialize_any(DollarsVisitor)
    }
}

/// An object of a known shape, or nothing if the value is null or of another type.
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
        assert_eq!(count("null"), Count::Absent);
        assert_eq!(count("\"\""), Count::Absent);
    }

    #[test]
    fn a_value_of_another_type_is_read_as_absent() {
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

//! A JSON value that borrows its texts from the bytes it was read from. All values of a document share one arena, so that no
//! list, map or text needs an allocation of its own.

use std::collections::BTreeMap;
use std::fmt;

use bumpalo::Bump;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::model::bytes8;
use crate::sources::json::map::Map;

/// A JSON value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::sources) enum Node<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(&'a str),
    List(&'a [Node<'a>]),
    Map(&'a Map<'a>),
}

impl<'a> Node<'a> {
    /// The value of a key.
    pub(in crate::sources) fn get(&self, key: &str) -> Option<&'a Self> {
        if let Self::Map(map) = self { map.get(key) } else { None }
    }

    /// The value at a path of keys (`usage/input_tokens`); the empty path is the value itself.
    pub(in crate::sources) fn at(&'a self, path: &str) -> Option<&'a Self> {
        let (mut value, mut rest) = (self, path);
        while !rest.is_empty() {
            let (key, more) = match bytes8::position(rest.as_bytes(), b'/') {
                Some(end) => (&rest[..end], &rest[end + 1..]),
                None => (rest, ""),
            };
            value = value.get(key)?;
            rest = more;
        }
        Some(value)
    }

    /// The text, if it is one.
    pub(in crate::sources) fn as_text(&self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A text that is the same for values with equal parts in the same order, and for no others.
    pub(in crate::sources) fn identity(&self) -> String {
        let mut bytes = Vec::with_capacity(1_000);
        self.write_parts(&mut bytes);
        format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&bytes))
    }

    fn write_parts(&self, out: &mut Vec<u8>) {
        let text = |kind: u8, text: &str, out: &mut Vec<u8>| {
            out.push(kind);
            out.extend_from_slice(&(text.len() as u64).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        };
        let number = |kind: u8, bytes: [u8; 8], out: &mut Vec<u8>| {
            out.push(kind);
            out.extend_from_slice(&bytes);
        };
        match self {
            Self::Null => out.push(b'n'),
            Self::Bool(value) => out.extend_from_slice(&[b'b', u8::from(*value)]),
            Self::Number(Number::Whole(value)) => number(b'w', value.to_le_bytes(), out),
            Self::Number(Number::Negative(value)) => number(b'-', value.to_le_bytes(), out),
            Self::Number(Number::Float(value)) => number(b'f', value.to_bits().to_le_bytes(), out),
            Self::Text(value) => text(b't', value, out),
            Self::List(items) => {
                number(b'l', (items.len() as u64).to_le_bytes(), out);
                items.iter().for_each(|item| item.write_parts(out));
            }
            Self::Map(entries) => {
                number(b'm', (entries.len() as u64).to_le_bytes(), out);
                for (key, value) in entries.iter() {
                    text(b'k', key, out);
                    value.write_parts(out);
                }
            }
        }
    }

    /// The entries of a map, sorted by key.
    pub(in crate::sources) fn sorted(&self) -> BTreeMap<&'a str, &'a Self> {
        let Self::Map(entries) = self else { return BTreeMap::new() };
        entries.iter().map(|(key, value)| (*key, value)).collect()
    }
}

/// Compact JSON with sorted keys: equal values give equal texts.
impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(Number::Whole(number)) => serializer.serialize_u64(*number),
            Self::Number(Number::Negative(number)) => serializer.serialize_i64(*number),
            Self::Number(Number::Float(number)) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(*items),
            Self::Map(_) => serializer.collect_map(self.sorted()),
        }
    }
}

/// A JSON number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::sources) enum Number {
    Whole(u64),
    Negative(i64),
    Float(f64),
}

impl Number {
    pub(in crate::sources) fn as_u64(self) -> Option<u64> {
        if let Self::Whole(number) = self { Some(number) } else { None }
    }

    pub(in crate::sources) fn as_i64(self) -> Option<i64> {
        match self {
            Self::Whole(number) => i64::try_from(number).ok(),
            Self::Negative(number) => Some(number),
            Self::Float(_) => None,
        }
    }
}

/// As JSON writes it.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => number.fmt(f),
            Self::Negative(number) => number.fmt(f),
            Self::Float(number) => serde_json::Number::from_f64(*number).map_or(Ok(()), |number| number.fmt(f)),
        }
    }
}

/// Owns the values of a document.
#[derive(Default)]
pub(in crate::sources) struct Arena(Bump);

impl Arena {
    /// Reads the one value that the bytes are; `None` if they are not JSON.
    pub(in crate::sources) fn parse<'a>(&'a self, bytes: &'a [u8]) -> Option<Node<'a>> {
        // Checked once here, no text in it has to be checked again.
        self.read(std::str::from_utf8(bytes).ok()?).ok()
    }

    /// Reads the one value that the text is.
    pub(in crate::sources) fn read<'a>(&'a self, text: &'a str) -> serde_json::Result<Node<'a>> {
        let mut json = serde_json::Deserializer::from_str(text);
        // Less than a kilobyte each, which allocators hand out quickly.
        let mut builder = Builder { arena: &self.0, items: Vec::with_capacity(16), entries: Vec::with_capacity(24) };
        let node = builder.deserialize(&mut json)?;
        json.end()?;
        Ok(node)
    }

    /// Drops the values and keeps the memory.
    pub(in crate::sources) fn clear(&mut self) {
        self.0.reset();
    }
}

/// Builds a value from the inside out: open lists and maps are kept on one stack, and each is moved into the arena when it
/// ends.
struct Builder<'a> {
    arena: &'a Bump,
    items: Vec<Node<'a>>,
    entries: Vec<(&'a str, Node<'a>)>,
}

impl<'a, 'de: 'a> DeserializeSeed<'de> for &mut Builder<'a> {
    type Value = Node<'a>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'a>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a, 'de: 'a> Visitor<'de> for &mut Builder<'a> {
    type Value = Node<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Node<'a>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'a>, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'a>, E> {
        Ok(Node::Number(Number::Whole(number)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'a>, E> {
        Ok(Node::Number(Number::Negative(number)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node<'a>, E> {
        Ok(Node::Number(Number::Float(number)))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'a>, E> {
        Ok(Node::Text(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'a>, E> {
        Ok(Node::Text(self.arena.alloc_str(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node<'a>, A::Error> {
        let start = self.items.len();
        while let Some(item) = seq.next_element_seed(&mut *self)? {
            self.items.push(item);
        }
        let list = self.arena.alloc_slice_copy(&self.items[start..]);
        self.items.truncate(start);
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'a>, A::Error> {
        let start = self.entries.len();
        while let Some(key) = map.next_key_seed(Key(self.arena))? {
            let value = map.next_value_seed(&mut *self)?;
            self.entries.push((key, value));
        }
        let entries = self.arena.alloc_slice_copy(&self.entries[start..]);
        self.entries.truncate(start);
        Ok(Node::Map(self.arena.alloc(Map::new(entries))))
    }
}

/// Reads a key, borrowed where it has no escapes.
struct Key<'a>(&'a Bump);

impl<'a, 'de: 'a> DeserializeSeed<'de> for Key<'a> {
    type Value = &'a str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'a str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a, 'de: 'a> Visitor<'de> for Key<'a> {
    type Value = &'a str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<&'a str, E> {
        Ok(key)
    }

    fn visit_str<E>(self, key: &str) -> Result<&'a str, E> {
        Ok(self.0.alloc_str(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_depends_on_every_part() {
        let one = |text: &str| Arena::default().read(text).expect("JSON").identity();
        let texts = [
            r#"{"a": 1, "b": ["x", null, true]}"#,
            r#"{"a": 2, "b": ["x", null, true]}"#,
            r#"{"a": 1.0, "b": ["x", null, true]}"#,
            r#"{"a": -1, "b": ["x", null, true]}"#,
            r#"{"a": 1, "c": ["x", null, true]}"#,
            r#"{"a": 1, "b": ["y", null, true]}"#,
            r#"{"a": 1, "b": ["x", null, false]}"#,
            r#"{"a": 1, "b": ["x", null], "c": true}"#,
            r#"{"b": ["x", null, true], "a": 1}"#,
        ];
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(texts.map(one).iter().position(|other| *other == one(text)), Some(at), "{text}");
        }
    }

    #[test]
    fn texts_are_borrowed_and_the_last_of_equal_keys_counts() {
        let arena = Arena::default();
        let node = arena.parse(b"{\"a\": \"x\", \"b\\n\": \"\\u00e9\", \"a\": [null, true, 1.5]}").expect("JSON");
        assert_eq!(node.get("b\n"), Some(&Node::Text("é")));
        assert!(matches!(node.get("a"), Some(Node::List(items)) if items.len() == 3));
        assert_eq!(format!("{node:?}").matches("Number(Float(1.5))").count(), 1);
        assert_eq!(arena.parse(b"{\"a\": 1} x"), None);
        assert_eq!(arena.parse(b"{\"a\": \"\xff\"}"), None);
    }

    #[test]
    fn equal_values_are_written_alike_and_as_serde_json_writes_them() {
        let text = "{\"b\": [-1, 2.50, 1e300, 18446744073709551616, {}], \"a\": \"\\u00e9\\n\", \"b\": {\"y\": null, \"x\": true}}";
        for text in [text, &text.replacen("\"b\"", "\"c\"", 1)] {
            let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(Arena::default().read(text).expect("JSON").to_string(), value.to_string());
        }
    }
}

//! Reads JSON into values. All values of a document share one arena, so that no list, object or text needs an allocation of its
//! own.

use std::fmt;

use bumpalo::Bump;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::sources::json::node::{Map, Node, Number};

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
    fn texts_are_borrowed_and_the_last_of_equal_keys_counts() {
        let arena = Arena::default();
        let node = arena.parse(b"{\"a\": \"x\", \"b\\n\": \"\\u00e9\", \"a\": [null, true, 1.5]}").expect("JSON");
        assert_eq!(node.get("b\n"), Some(&Node::Text("é")));
        assert!(matches!(node.get("a"), Some(Node::List(items)) if items.len() == 3));
        assert_eq!(format!("{node:?}").matches("Number(Float(1.5))").count(), 1);
        assert_eq!(arena.parse(b"{\"a\": 1} x"), None);
        assert_eq!(arena.parse(b"{\"a\": \"\xff\"}"), None);
    }

    fn shape(text: &str) -> u64 {
        Arena::default().read(text).expect("JSON").shape()
    }

    #[test]
    fn a_shape_is_made_of_keys_and_not_of_values() {
        assert_ne!(shape(r#"{"type": "a"}"#), shape(r#"{"type": "b"}"#));
        let one = shape(r#"{"usage": {"a": 1, "l": [{"x": 1}, {"y": 2}]}, "content": [{"a": 1}]}"#);
        let other = r#"{"usage": {"a": "2", "l": [{"y": 1}, {"x": 2}, {"x": 3}]}, "content": [{"b": {}}]}"#;
        assert_eq!(one, shape(other));
        assert_ne!(one, shape(r#"{"usage": {"b": 1, "l": [{"x": 1}, {"y": 2}]}, "content": []}"#));
        assert_ne!(one, shape(r#"{"usage": {"a": 1, "l": [{"x": 1}, {"z": 2}]}, "content": []}"#));
        assert_ne!(shape(r#"{"a": {"b": 1}}"#), shape(r#"{"a": 1, "b": 1}"#));
        assert_ne!(shape(r#"{"cache_creation_input_tokens": 1}"#), shape(r#"{"cache_creations_input_token": 1}"#));
    }

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
    fn equal_values_are_written_alike_and_as_serde_json_writes_them() {
        let text = "{\"b\": [-1, 2.50, 1e300, 18446744073709551616, {}], \"a\": \"\\u00e9\\n\", \"b\": {\"y\": null, \"x\": true}}";
        for text in [text, &text.replacen("\"b\"", "\"c\"", 1)] {
            let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(Arena::default().read(text).expect("JSON").to_string(), value.to_string());
        }
    }
}

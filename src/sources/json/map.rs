//! The entries of a JSON object, with what finds a key quickly and says which shape the object has.

use std::ops::Deref;

use crate::model::bytes8;
use crate::sources::json::node::Node;

/// A JSON object: its entries in the order of the text. If a key is repeated, the last entry counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::sources) struct Map<'a> {
    entries: &'a [(&'a str, Node<'a>)],
    /// A bit for the hash of each key: readers ask for many keys that an object does not have.
    keys: u128,
    shape: u64,
}

impl<'a> Deref for Map<'a> {
    type Target = [(&'a str, Node<'a>)];

    fn deref(&self) -> &Self::Target {
        self.entries
    }
}

impl<'a> Map<'a> {
    pub(in crate::sources) fn new(entries: &'a [(&'a str, Node<'a>)]) -> Self {
        let (mut keys, mut shape) = (0, FACTOR);
        for (key, value) in entries {
            let hash = hash_key(key);
            keys |= bit(hash);
            shape = mix(shape, hash);
            match value {
                // What is of another kind may be read otherwise.
                Node::Text(kind) if matches!(*key, "type" | "kind" | "role") => shape = mix(shape, hash_key(kind)),
                Node::Map(_) | Node::List(_) if !is_content(key, value) => shape = mix(shape, value.shape()),
                _ => {}
            }
        }
        Self { entries, keys, shape }
    }

    /// The entries, for as long as the object lives.
    pub(in crate::sources) fn entries(&self) -> &'a [(&'a str, Node<'a>)] {
        self.entries
    }

    /// The value of a key.
    pub(in crate::sources) fn get(&self, key: &str) -> Option<&'a Node<'a>> {
        if self.keys & bit(hash_key(key)) == 0 {
            return None;
        }
        self.entries.iter().rev().find(|(name, _)| bytes8::same(name, key)).map(|(_, value)| value)
    }
}

impl Node<'_> {
    /// Equal for values of one shape: which keys are where, whatever their values, and of what kind its parts are. A list has the
    /// shape of its different items, in any order. What people and programs said to each other is left out.
    pub(in crate::sources) fn shape(&self) -> u64 {
        match self {
            Node::Map(map) => map.shape,
            Node::List(items) => {
                let mut seen = [0; 8];
                let (mut different, mut sum) = (0, 1_u64);
                for item in *items {
                    if !matches!(item, Node::Map(_) | Node::List(_)) {
                        continue;
                    }
                    let shape = item.shape();
                    if !seen.contains(&shape) {
                        seen[different % seen.len()] = shape;
                        different += 1;
                        sum = sum.wrapping_add(shape);
                    }
                }
                sum
            }
            _ => 1,
        }
    }
}

/// Whether a value is what people and programs said to each other, in which nothing is usage.
pub(in crate::sources) fn is_content(key: &str, value: &Node<'_>) -> bool {
    match key {
        // Results of pages are records; a single one is the answer of a tool.
        "result" => !matches!(value, Node::List(_)),
        "content" | "contents" | "choices" | "candidates" | "parts" | "arguments" | "args" | "parameters" | "tools"
        | "toolCalls" | "tool_calls" | "toolUseResult" => true,
        _ => false,
    }
}

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(hash: u64, more: u64) -> u64 {
    (hash.rotate_left(5) ^ more).wrapping_mul(FACTOR)
}

fn bit(hash: u64) -> u128 {
    1 << (hash >> 57)
}

/// A hash of the first, middle and last bytes, which tell the keys of a format apart.
fn hash_key(key: &str) -> u64 {
    let key = key.as_bytes();
    let bytes = match (key.first_chunk(), key.last_chunk()) {
        (Some(first), Some(last)) => {
            let ends = u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29);
            let middle = &key[(key.len() - 8) / 2..];
            if key.len() > 16 { ends ^ bytes8::load(middle).rotate_left(13) } else { ends }
        }
        _ => bytes8::load_short(key),
    };
    (bytes ^ key.len() as u64).wrapping_mul(FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::json::node::Arena;

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
    fn every_key_is_found_and_no_other() {
        let names: Vec<String> = (0..200).map(|at| format!("key_{at}")).collect();
        let entries: Vec<(&str, Node<'_>)> = names.iter().map(|name| (name.as_str(), Node::Null)).collect();
        let map = Map::new(&entries);
        assert!(names.iter().all(|name| map.get(name).is_some()) && map.get("key_200").is_none());
        assert!(Map::new(&[]).get("").is_none() && Map::new(&[("", Node::Null)]).get("").is_some());
    }
}

//! A JSON value that borrows its texts from the bytes it was read from, and its objects, which know their keys and their shape.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use serde::{Serialize, Serializer};

use crate::model::bytes8;

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

    /// Adds bytes that are the same for values with equal parts in the same order, and for no others.
    pub(in crate::sources) fn write_parts(&self, out: &mut Vec<u8>) {
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

    #[test]
    fn every_key_is_found_and_no_other() {
        let names: Vec<String> = (0..200).map(|at| format!("key_{at}")).collect();
        let entries: Vec<(&str, Node<'_>)> = names.iter().map(|name| (name.as_str(), Node::Null)).collect();
        let map = Map::new(&entries);
        assert!(names.iter().all(|name| map.get(name).is_some()) && map.get("key_200").is_none());
        assert!(Map::new(&[]).get("").is_none() && Map::new(&[("", Node::Null)]).get("").is_some());
    }
}

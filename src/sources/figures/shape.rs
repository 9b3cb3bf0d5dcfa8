//! The figures of a JSON value, and its shape: which keys are where, whatever their values, and of what kind its parts are.

use std::collections::{BTreeSet, HashSet};

use super::known::Known;
use super::{marks, words};
use crate::model::bytes8;
use crate::model::hash::hash_text;
use crate::sources::json::node::Node;
use crate::sources::values::remembered::Remembered;

/// What a value of a shape showed.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The paths of figures that nothing read and that are not left on purpose.
    pub(super) unread: BTreeSet<String>,
    /// The keys that each record has, and this one lacks.
    pub(super) absent: Vec<&'static str>,
}

impl Outcome {
    /// Of a page with several records of which `some_rejected`, those may have been left before their counts were read.
    pub(super) fn new(format: &'static str, value: &Node<'_>, some_rejected: bool, keys: &mut Keys) -> Self {
        let (known, read) = (Known::of(format), marks::sorted());
        let (mut unread, mut done) = (BTreeSet::new(), BTreeSet::new());
        each_shape(value, keys, &mut |path, node| {
            let list = if read.binary_search(&marks::address(node)).is_ok() { &mut done } else { &mut unread };
            if !list.contains(path) {
                list.insert(path.to_owned());
            }
        });
        unread.retain(|path| !(known.is_left(path) || some_rejected && done.contains(path)));
        let has = |names: &&'static str| names.split('|').any(|name| has_key(value, name));
        Self { unread, absent: known.every.iter().copied().filter(|names| !has(names)).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.unread.is_empty() && self.absent.is_empty()
    }
}

/// Whether a key is what people and programs said to each other, in which nothing is usage.
fn is_content(key: &str) -> bool {
    matches!(
        key,
        "content"
            | "contents"
            | "choices"
            | "candidates"
            | "parts"
            | "arguments"
            | "args"
            | "parameters"
            | "tools"
            | "toolCalls"
            | "tool_calls"
            | "toolUseResult"
            | "result"
    )
}

fn is_skipped(key: &str, value: &Node<'_>) -> bool {
    // Results of pages are records; a single one is the answer of a tool.
    is_content(key) && !(key == "result" && matches!(value, Node::List(_)))
}

fn has_key(value: &Node<'_>, name: &str) -> bool {
    match value {
        Node::Map(entries) => entries.iter().any(|(key, value)| *key == name || has_key(value, name)),
        Node::List(items) => items.iter().any(|item| has_key(item, name)),
        _ => false,
    }
}

/// What is known of keys by their names.
pub(super) type Keys = Remembered<KeyKind>;

/// What the name of a key says.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyKind {
    is_other: bool,
    names_usage: bool,
}

impl KeyKind {
    fn of(key: &str) -> Self {
        Self { is_other: words::is_other(key), names_usage: words::names_usage(key) }
    }
}

/// Calls `each` with the path and the node of every number, or what may be one, whose key looks like usage or money, or that is
/// inside a map whose key does. Indexes of lists are `[]`.
pub(super) fn each_figure(value: &Node<'_>, keys: &mut Keys, each: &mut dyn FnMut(&str, &Node<'_>)) {
    walk(value, &mut Walk { path: String::new(), shapes: None, keys, each }, false);
}

/// The same, of one item of each shape in a list: items of one shape are read alike.
fn each_shape(value: &Node<'_>, keys: &mut Keys, each: &mut dyn FnMut(&str, &Node<'_>)) {
    walk(value, &mut Walk { path: String::new(), shapes: Some(HashSet::new()), keys, each }, false);
}

/// What a walk through a value carries.
struct Walk<'a> {
    path: String,
    /// The shapes of items that were looked at, each with a hash of its path; `None` if all items are looked at.
    shapes: Option<HashSet<u64>>,
    keys: &'a mut Keys,
    each: &'a mut dyn FnMut(&str, &Node<'_>),
}

fn walk(value: &Node<'_>, at: &mut Walk<'_>, is_figure: bool) {
    match value {
        Node::Map(entries) => {
            for (key, value) in *entries {
                // Nothing below a text is a figure unless its key is.
                let is_leaf = matches!(value, Node::Text(_) | Node::Bool(_));
                let kind = at.keys.get(key, KeyKind::of);
                if kind.is_other || is_leaf && !(is_figure || kind.names_usage) || is_skipped(key, value) {
                    continue;
                }
                let end = at.path.len();
                if !at.path.is_empty() {
                    at.path.push('.');
                }
                at.path.push_str(key);
                walk(value, at, is_figure || kind.names_usage);
                at.path.truncate(end);
            }
        }
        Node::List(items) => {
            let end = at.path.len();
            at.path.push_str("[]");
            for item in *items {
                if let (Some(shapes), Node::Map(_)) = (&mut at.shapes, item)
                    && !shapes.insert(hash(item) ^ hash_text(&at.path))
                {
                    continue;
                }
                walk(item, at, is_figure);
            }
            at.path.truncate(end);
        }
        Node::Number(_) | Node::Text(_) | Node::Null if is_figure => (at.each)(&at.path, value),
        _ => {}
    }
}

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Equal for values of one shape. A list has the shape of its different items, in any order.
pub(super) fn hash(value: &Node<'_>) -> u64 {
    match value {
        Node::Map(entries) => {
            let mut hash = FACTOR;
            for (key, value) in *entries {
                hash = (hash.rotate_left(5) ^ hash_key(key.as_bytes())).wrapping_mul(FACTOR);
                // What is of another kind may be read otherwise.
                if let (Node::Text(kind), "type" | "kind" | "role") = (value, *key) {
                    hash = (hash.rotate_left(5) ^ hash_key(kind.as_bytes())).wrapping_mul(FACTOR);
                }
                if matches!(value, Node::Map(_) | Node::List(_)) && !is_skipped(key, value) {
                    hash = (hash.rotate_left(5) ^ self::hash(value)).wrapping_mul(FACTOR);
                }
            }
            hash
        }
        Node::List(items) => {
            let mut seen = [0; 8];
            let (mut different, mut sum) = (0, 1_u64);
            for item in *items {
                if !matches!(item, Node::Map(_) | Node::List(_)) {
                    continue;
                }
                let hash = self::hash(item);
                if !seen.contains(&hash) {
                    seen[different % seen.len()] = hash;
                    different += 1;
                    sum = sum.wrapping_add(hash);
                }
            }
            sum
        }
        _ => 1,
    }
}

/// A hash of the first, middle and last bytes, which tell the keys of a format apart.
fn hash_key(key: &[u8]) -> u64 {
    let last = key.len().saturating_sub(8);
    let ends = bytes8::load(key) ^ bytes8::load(&key[last..]).rotate_left(29);
    let middle = if key.len() > 16 { bytes8::load(&key[last / 2..]).rotate_left(13) } else { 0 };
    (ends ^ middle ^ key.len() as u64).wrapping_mul(FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::json::node::Arena;

    fn of(text: &str) -> u64 {
        hash(&Arena::default().read(text).expect("JSON"))
    }

    #[test]
    fn a_shape_is_made_of_keys_and_not_of_values() {
        assert_ne!(of(r#"{"type": "a"}"#), of(r#"{"type": "b"}"#));
        let one = of(r#"{"usage": {"a": 1, "l": [{"x": 1}, {"y": 2}]}, "content": [{"a": 1}]}"#);
        assert_eq!(one, of(r#"{"usage": {"a": "2", "l": [{"y": 1}, {"x": 2}, {"x": 3}]}, "content": [{"b": {}}]}"#));
        assert_ne!(one, of(r#"{"usage": {"b": 1, "l": [{"x": 1}, {"y": 2}]}, "content": []}"#));
        assert_ne!(one, of(r#"{"usage": {"a": 1, "l": [{"x": 1}, {"z": 2}]}, "content": []}"#));
        assert_ne!(of(r#"{"a": {"b": 1}}"#), of(r#"{"a": 1, "b": 1}"#));
        assert_ne!(of(r#"{"cache_creation_input_tokens": 1}"#), of(r#"{"cache_creations_input_token": 1}"#));
    }

    #[test]
    fn figures_are_named_by_their_path_and_content_holds_none() {
        let text = r#"{"usage": {"in": 1, "parts": [{"tokens": 9}], "of": [{"n": 2}, {"n": 3}]}, "cost": 4, "max_tokens": 5,
            "content": {"cost": 6}, "model": "x", "list": [{"fee": 7}], "consumption_by_date": [{"tokens": 8}]}"#;
        let arena = Arena::default();
        let mut paths = Vec::new();
        each_figure(&arena.read(text).expect("JSON"), &mut Keys::default(), &mut |path, _| paths.push(path.to_owned()));
        assert_eq!(
            paths,
            ["usage.in", "usage.of[].n", "usage.of[].n", "cost", "list[].fee", "consumption_by_date[].tokens"]
        );
    }
}

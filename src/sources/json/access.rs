//! Access to a JSON value by path, for every format that holds its values in an [`Arena`].

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::model::tag;
use crate::sources::figures::marks::mark;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::values::amount::{Amount, Quantity};
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;

/// A JSON value. Its parts are found by paths of keys (`usage/input_tokens`); the empty path is the value itself.
///
/// Numbers that are read as counts, amounts or quantities are noted; see [`crate::sources::figures`].
///
/// A part of an unexpected type is absent, except where a number is expected: then it is damaged.
#[derive(Clone, Copy)]
pub(in crate::sources) struct Json<'a>(pub(in crate::sources) &'a Node<'a>);

/// Compact JSON with sorted keys.
impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a> Json<'a> {
    /// The value at a path; null counts as absent.
    pub(in crate::sources) fn get(self, path: &str) -> Option<Self> {
        self.0.at(path).filter(|value| !matches!(value, Node::Null)).map(Self)
    }

    /// The value at a path, or null.
    pub(in crate::sources) fn at(self, path: &str) -> Self {
        Self(self.0.at(path).unwrap_or(&Node::Null))
    }

    pub(in crate::sources) fn has(self, path: &str) -> bool {
        self.get(path).is_some()
    }

    pub(in crate::sources) fn has_map(self, path: &str) -> bool {
        matches!(self.0.at(path), Some(Node::Map(_)))
    }

    /// The items of the list at a path.
    pub(in crate::sources) fn items(self, path: &str) -> impl Iterator<Item = Self> + use<'a> {
        let items: &'a [Node<'a>] = if let Some(Node::List(items)) = self.0.at(path) { items } else { &[] };
        items.iter().map(Json)
    }

    /// The text at a path, unless it is empty.
    pub(in crate::sources) fn text(self, path: &str) -> Option<&'a str> {
        self.0.at(path)?.as_text().filter(|text| !text.is_empty())
    }

    /// A text, or a number or a boolean as a text.
    pub(in crate::sources) fn string(self, path: &str) -> Option<Cow<'a, str>> {
        match self.0.at(path)? {
            Node::Text(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
            Node::Number(number) => Some(Cow::Owned(number.to_string())),
            Node::Bool(yes) => Some(Cow::Borrowed(if *yes { "true" } else { "false" })),
            _ => None,
        }
    }

    pub(in crate::sources) fn is_true(self, path: &str) -> bool {
        matches!(self.0.at(path), Some(Node::Bool(true)))
    }

    pub(in crate::sources) fn is_false(self, path: &str) -> bool {
        matches!(self.0.at(path), Some(Node::Bool(false)))
    }

    /// A count of tokens, requests or lines, also as a text.
    pub(in crate::sources) fn count(self, path: &str) -> Count {
        self.0.at(path).map_or(Count::Absent, |node| {
            mark(node);
            Count::from_node(node)
        })
    }

    /// Notes that all numbers in a part are left on purpose: they only repeat others, or are of something else.
    pub(in crate::sources) fn note_numbers(self) {
        match self.0 {
            Node::Map(entries) => entries.iter().for_each(|(_, value)| Self(value).note_numbers()),
            Node::List(items) => items.iter().for_each(|item| Self(item).note_numbers()),
            node => mark(node),
        }
    }

    /// The first of several counts that is not absent.
    pub(in crate::sources) fn first_count(self, paths: &[&str]) -> Count {
        paths.iter().map(|path| self.count(path)).find(|count| !count.is_absent()).unwrap_or_default()
    }

    /// A whole number that is not a count, such as a year or a status.
    pub(in crate::sources) fn number(self, path: &str) -> Option<u64> {
        self.count(path).known()
    }

    /// An amount of money, written in the unit that `decimals` names: [`DOLLARS`] or [`CENTS`].
    ///
    /// [`DOLLARS`]: crate::sources::values::amount::DOLLARS
    /// [`CENTS`]: crate::sources::values::amount::CENTS
    pub(in crate::sources) fn amount(self, path: &str, decimals: u32) -> Amount {
        self.0.at(path).map_or(Amount::Absent, |node| {
            mark(node);
            Amount::from_node(node, decimals)
        })
    }

    /// A quantity, in millionths.
    pub(in crate::sources) fn quantity(self, path: &str) -> Quantity {
        self.0.at(path).map_or(Quantity::Absent, |node| {
            mark(node);
            Quantity::from_node(node)
        })
    }

    /// A time: RFC 3339 or another form of [`Instant::parse`], a number since 1970, or a pair of seconds and nanoseconds.
    pub(in crate::sources) fn instant(self, path: &str) -> Option<DateTime<Utc>> {
        match *self.0.at(path)? {
            Node::Text(text) => Instant::parse(text).map(|instant| instant.at),
            Node::Number(number) => Instant::from_number(number),
            Node::List([Node::Number(seconds), Node::Number(nanos)]) => {
                DateTime::from_timestamp(seconds.as_i64()?, u32::try_from(nanos.as_u64()?).ok()?)
            }
            _ => None,
        }
    }

    /// What the request was made for, by the tags at the paths: texts, lists of texts, or properties, also as JSON inside a
    /// text. The most reliable tag counts.
    pub(in crate::sources) fn tag(self, paths: &[&str]) -> Option<String> {
        let mut found: Vec<String> = Vec::new();
        for path in paths {
            let Some(Json(value)) = self.get(path) else { continue };
            let arena = Arena::default();
            let inside = match value {
                Node::Text(text) if text.starts_with(['{', '[', '"']) => arena.read(text).ok(),
                _ => None,
            };
            match inside.as_ref().unwrap_or(value) {
                Node::List(items) => found.extend(items.iter().filter_map(|item| match item {
                    Node::Text(text) => tag::spelled_in_one(text),
                    _ => None,
                })),
                Node::Map(properties) => found.extend(properties.iter().filter_map(|(key, value)| match value {
                    Node::Text(text) => tag::spelled(key, text),
                    Node::Number(number) => tag::spelled(key, &number.to_string()),
                    _ => None,
                })),
                Node::Text(text) => found.extend(text.split(',').filter_map(tag::spelled_in_one)),
                _ => {}
            }
        }
        found.into_iter().min_by_key(|tag| tag::rank(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_by_path_and_null_is_absent() {
        let arena = Arena::default();
        let text = r#"{"a": {"b.c": "x", "n": null, "e": ""}, "t": [1767323045, 5], "i": 12.0, "d": -5, "l": [1, {}]}"#;
        let value = arena.read(text).expect("JSON");
        let json = Json(&value);
        assert_eq!((json.text("a/b.c"), json.text("a/e"), json.text("a")), (Some("x"), None, None));
        assert!(!json.has("a/n") && !json.has("a/x") && json.has_map("a") && json.has("a/e"));
        assert_eq!(json.instant("t").map(|at| at.timestamp_subsec_nanos()), Some(5));
        assert_eq!(
            (json.count("i"), json.count("a/n"), json.count("a/e")),
            (Count::Known(12), Count::Absent, Count::Absent)
        );
        assert_eq!(
            (json.count("d"), json.count("a"), json.count("l")),
            (Count::Invalid, Count::Invalid, Count::Invalid)
        );
        assert_eq!(json.first_count(&["a/n", "d", "i"]), Count::Invalid);
        assert_eq!(json.items("l").count() + json.items("a").count(), 2);
    }
}

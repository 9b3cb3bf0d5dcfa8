//! The figures of a JSON value, and its shape: which keys are where, whatever their values, and of what kind its parts are.

use std::cell::RefCell;
use std::collections::HashSet;

use super::known::Known;
use super::{marks, words};
use crate::model::bytes8;
use crate::sources::json::map::is_content;
use crate::sources::json::node::Node;
use crate::sources::values::remembered::Remembered;

/// What a value of a shape showed.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The ways to figures that nothing read and that are not left on purpose.
    pub(super) unread: Option<Way>,
    /// The keys that each record has, and this one lacks.
    pub(super) absent: Vec<&'static str>,
}

impl Outcome {
    /// Of a page with several records of which `some_rejected`, those may have been left before their counts were read.
    pub(super) fn new(format: &'static str, value: &Node<'_>, some_rejected: bool) -> Self {
        let known = Known::of(format);
        let mut way = Way::default();
        way.note(value, &marks::sorted(), false);
        let unread = way.keep(&mut String::new(), &|path, is_read| !(some_rejected && is_read || known.is_left(path)));
        let has = |names: &&'static str| names.split('|').any(|name| has_key(value, name));
        let absent = known.every.iter().copied().filter(|names| !has(names)).collect();
        Self { unread: unread.then_some(way), absent }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.unread.is_none() && self.absent.is_empty()
    }
}

fn has_key(value: &Node<'_>, name: &str) -> bool {
    match value {
        Node::Map(entries) => entries.iter().any(|(key, value)| *key == name || has_key(value, name)),
        Node::List(items) => items.iter().any(|item| has_key(item, name)),
        _ => false,
    }
}

/// What the name of a key says.
#[derive(Debug, Clone, Copy)]
struct KeyKind {
    is_other: bool,
    names_usage: bool,
}

impl KeyKind {
    /// What a name says, remembered because the files of a folder have the same keys.
    fn of(key: &str) -> Self {
        thread_local! {
            static KNOWN: RefCell<Remembered<KeyKind>> = RefCell::default();
        }
        let of = |key: &str| Self { is_other: words::is_other(key), names_usage: words::names_usage(key) };
        KNOWN.with_borrow_mut(|known| known.get(key, of))
    }
}

/// Where in the values of a shape there are figures: numbers, or what may be one, whose key looks like usage or money, or that
/// are inside a map whose key does.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// The ways on, by keys of a map, in its order.
    keys: Vec<(Box<str>, Way)>,
    /// The way on to the items of a list, and the shapes of those that were looked at: items of one shape are read alike.
    items: Option<(Box<Way>, HashSet<u64>)>,
    /// Whether a figure here was read, and whether one was not.
    is_read: bool,
    is_unread: bool,
    /// The path to here, if figures here are not read: keys with dots between them, `[]` for any item of a list.
    path: Option<Box<str>>,
}

impl Way {
    /// Notes the figures of a value; `read` has the addresses of the numbers that were read, sorted.
    fn note(&mut self, value: &Node<'_>, read: &[usize], is_figure: bool) {
        match value {
            Node::Map(entries) => {
                for (key, value) in entries.iter() {
                    // Nothing below a text is a figure unless its key is.
                    let is_leaf = matches!(value, Node::Text(_) | Node::Bool(_));
                    let kind = KeyKind::of(key);
                    if kind.is_other || is_leaf && !(is_figure || kind.names_usage) || is_content(key, value) {
                        continue;
                    }
                    let at = self.keys.iter().position(|(known, _)| **known == **key).unwrap_or_else(|| {
                        self.keys.push(((*key).into(), Self::default()));
                        self.keys.len() - 1
                    });
                    self.keys[at].1.note(value, read, is_figure || kind.names_usage);
                }
            }
            Node::List(list) => {
                let (way, shapes) = self.items.get_or_insert_default();
                for item in *list {
                    if !matches!(item, Node::Map(_)) || shapes.insert(item.shape()) {
                        way.note(item, read, is_figure);
                    }
                }
            }
            // What is null or a switch here may be a number in another value of the shape.
            _ if is_figure => {
                let is_read = read.binary_search(&marks::address(value)).is_ok();
                self.is_read |= is_read;
                self.is_unread |= !is_read;
            }
            _ => {}
        }
    }

    /// Leaves only the ways to figures that are not read and that `is_wanted`, by their path and by whether some are read; says
    /// whether there are any.
    fn keep(&mut self, path: &mut String, is_wanted: &dyn Fn(&str, bool) -> bool) -> bool {
        if self.is_unread && is_wanted(path, self.is_read) {
            self.path = Some(path.as_str().into());
        }
        let end = path.len();
        self.keys.retain_mut(|(key, way)| {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
            let keeps = way.keep(path, is_wanted);
            path.truncate(end);
            keeps
        });
        path.push_str("[]");
        self.items.take_if(|(way, _)| !way.keep(path, is_wanted));
        path.truncate(end);
        self.path.is_some() || !self.keys.is_empty() || self.items.is_some()
    }

    /// Calls `each` with the path and the node of every figure to which a way leads.
    pub(super) fn follow(&self, value: &Node<'_>, each: &mut dyn FnMut(&str, &Node<'_>)) {
        match value {
            Node::Map(entries) => {
                // Both are in one order, so the next key is usually found at once.
                let mut from = 0;
                for (key, way) in &self.keys {
                    let find =
                        |entries: &[(&str, Node<'_>)]| entries.iter().position(|(name, _)| bytes8::same(name, key));
                    let after = find(&entries[from..]).map(|at| from + at);
                    let Some(at) = after.or_else(|| find(entries)) else { continue };
                    way.follow(&entries[at].1, each);
                    from = at + 1;
                }
            }
            Node::List(list) => {
                if let Some((way, _)) = &self.items {
                    list.iter().for_each(|item| way.follow(item, each));
                }
            }
            _ => {
                if let Some(path) = &self.path {
                    each(path, value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::json::node::Arena;

    #[test]
    fn figures_are_named_by_their_path_and_content_holds_none() {
        let text = r#"{"usage": {"in": 1, "parts": [{"tokens": 9}], "of": [{"n": 2}, {"n": 3}]}, "cost": 4, "max_tokens": 5,
            "content": {"cost": 6}, "model": "x", "list": [{"fee": 7}], "consumption_by_date": [{"tokens": 8}]}"#;
        let arena = Arena::default();
        let value = arena.read(text).expect("JSON");
        let (mut way, mut paths) = (Way::default(), Vec::new());
        way.note(&value, &[], false);
        assert!(way.keep(&mut String::new(), &|_, _| true));
        way.follow(&value, &mut |path, _| paths.push(path.to_owned()));
        assert_eq!(
            paths,
            ["usage.in", "usage.of[].n", "usage.of[].n", "cost", "list[].fee", "consumption_by_date[].tokens"]
        );
    }
}

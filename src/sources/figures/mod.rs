//! Figures of accepted records that their format does not read: none is passed over without a word.
//!
//! - `words` knows by its name whether a key counts usage or money. `marks` notes which numbers of a JSON value were read.
//! - `known` lists for each format what is left on purpose, with the reason, and the keys that each of its records has.
//! - `shape` finds the figures of a value that nothing read. Values of one shape are searched once; further ones cost a hash.
//! - `findings` sums by format and path what was found, and writes the notices.

pub(super) mod findings;
pub(super) mod known;
pub(super) mod marks;
mod shape;
pub(super) mod words;

use std::collections::HashMap;

use crate::sources::json::node::Node;
use findings::{Finding, Findings};
use shape::Outcome;

/// How many shapes are remembered; only a format whose keys are data has more.
const MAX_SHAPES: usize = 4_096;

/// As many marks as are looked through one by one in less time than it takes to sort them.
const FEW_MARKS: usize = 128;

/// What a file holds besides what is read of it.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// What was found.
    pub(super) found: Findings,
    /// The shape of the value before, for which nothing was found.
    last: Option<(usize, u64)>,
    /// What the first value of each shape showed, by format.
    shapes: HashMap<(usize, u64), Outcome>,
}

impl Figures {
    /// Looks for figures of a value that the reader has not read since [`marks::clear`]; `some_rejected` says that
    /// records in it are damaged.
    pub(super) fn check(&mut self, format: &'static str, value: &Node<'_>, line: u64, some_rejected: bool) {
        let key = (format.as_ptr().addr(), value.shape());
        if self.last == Some(key) {
            return;
        }
        if self.shapes.len() == MAX_SHAPES {
            self.shapes.clear();
        }
        let outcome = self.shapes.entry(key).or_insert_with(|| Outcome::new(format, value, some_rejected));
        if outcome.is_empty() {
            self.last = Some(key);
            return;
        }
        for missing in &outcome.absent {
            self.found.add(Finding::Absent, format, missing, 0, line);
        }
        if let Some(unread) = &outcome.unread {
            let mut sorted = None;
            let are_few = marks::count() <= FEW_MARKS;
            let mut is_read = |node: &Node<'_>| {
                if are_few {
                    return marks::is_read(node);
                }
                sorted.get_or_insert_with(marks::sorted).binary_search(&marks::address(node)).is_ok()
            };
            unread.follow(value, &mut |path, node| {
                if let Some(nanos) = findings::nanos(node)
                    && !is_read(node)
                {
                    self.found.add(Finding::Unread, format, path, nanos, line);
                }
            });
        }
    }
}

//! What a run noticed without having to stop, counted by kind. Each kind has a page in [`notices`].

pub mod notices;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::intern;

/// How many examples are kept of each kind; the count is always complete.
const EXAMPLES: usize = 5;

/// The kind of notice that says that a file looks like an export and was not read.
pub const UNREAD_FILE: &str = "unread-file";

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; the figures are not affected.
    Note,
    /// The figures may be incomplete or in doubt.
    Warning,
    /// An input could not be used at all.
    Error,
}

/// One kind of notice with its count and first examples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Diagnostic {
    /// Stable kebab-case id.
    #[serde(deserialize_with = "intern::deserialize")]
    #[schemars(with = "String")]
    pub kind: intern::Text,
    /// How much it matters.
    pub severity: Severity,
    /// How many times.
    pub count: u64,
    /// What happened and what to try.
    pub message: String,
    /// The first places, `path:line` or a name, in input order.
    pub examples: Vec<String>,
}

/// The notices of a stage or a run, keyed by kind.
///
/// Merging in input order gives the same examples for any number of threads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(BTreeMap<&'static str, Diagnostic>);

impl Diagnostics {
    /// Counts one notice of `kind` at `place`; the first message of a kind is kept.
    ///
    /// A place is formatted only while examples are kept, because some notices come with every row.
    pub fn add(&mut self, severity: Severity, kind: &'static str, message: &str, place: impl fmt::Display) {
        let entry = self.entry(severity, kind, message);
        entry.count += 1;
        if entry.examples.len() < EXAMPLES {
            entry.examples.push(place.to_string());
        }
    }

    /// Counts `count` notices of `kind`.
    pub fn add_many(
        &mut self,
        severity: Severity,
        kind: &'static str,
        message: &str,
        count: u64,
        place: Option<String>,
    ) {
        let entry = self.entry(severity, kind, message);
        entry.count += count;
        if entry.examples.len() < EXAMPLES {
            entry.examples.extend(place);
        }
    }

    fn entry(&mut self, severity: Severity, kind: &'static str, message: &str) -> &mut Diagnostic {
        self.0.entry(kind).or_insert_with(|| {
            debug_assert!(notices::find(kind).is_some(), "{kind} has no page in src/diagnostics/notices.rs");
            Diagnostic { kind, severity, count: 0, message: message.to_owned(), examples: Vec::new() }
        })
    }

    /// Adds all notices of a later stage or file.
    pub fn merge(&mut self, other: Self) {
        for (kind, theirs) in other.0 {
            match self.0.get_mut(kind) {
                None => {
                    self.0.insert(kind, theirs);
                }
                Some(ours) => {
                    ours.count += theirs.count;
                    let room = EXAMPLES.saturating_sub(ours.examples.len());
                    ours.examples.extend(theirs.examples.into_iter().take(room));
                }
            }
        }
    }

    /// Takes back the latest notices, which equal these, because what gave them is read again.
    pub(crate) fn take_back(&mut self, latest: &Self) {
        for (kind, theirs) in &latest.0 {
            let Some(ours) = self.0.get_mut(kind) else { continue };
            ours.count = ours.count.saturating_sub(theirs.count);
            ours.examples.truncate(usize::try_from(ours.count).unwrap_or(usize::MAX));
            if ours.count == 0 {
                self.0.remove(kind);
            }
        }
    }

    /// The notices by kind.
    #[must_use]
    pub fn all(&self) -> Vec<Diagnostic> {
        self.0.values().cloned().collect()
    }

    /// Restores what [`Self::all`] returned.
    #[must_use]
    pub fn of(all: Vec<Diagnostic>) -> Self {
        Self(all.into_iter().map(|one| (one.kind, one)).collect())
    }

    /// Takes back all notices of a kind, which others make superfluous.
    pub fn remove(&mut self, kind: &str) {
        self.0.remove(kind);
    }

    /// The notices, gravest first, then by kind; before all others what was given and not read.
    #[must_use]
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        let mut all: Vec<_> = self.0.into_values().collect();
        let rank = |one: &Diagnostic| (one.kind == UNREAD_FILE, one.severity);
        all.sort_by(|a, b| rank(b).cmp(&rank(a)).then(a.kind.cmp(b.kind)));
        all
    }

    /// How often `kind` was counted.
    #[must_use]
    pub fn count(&self, kind: &str) -> u64 {
        self.0.get(kind).map_or(0, |d| d.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_counts_all_and_keeps_the_first_examples() {
        let mut all = Diagnostics::default();
        for file in 0..4 {
            let mut one = Diagnostics::default();
            one.add(Severity::Warning, "bad-line", "a line is not JSON", format!("f{file}:1"));
            one.add(Severity::Warning, "bad-line", "a line is not JSON", format!("f{file}:2"));
            all.merge(one);
        }
        let sorted = all.into_sorted();
        assert_eq!(sorted[0].count, 8);
        assert_eq!(sorted[0].examples, ["f0:1", "f0:2", "f1:1", "f1:2", "f2:1"]);
    }
}

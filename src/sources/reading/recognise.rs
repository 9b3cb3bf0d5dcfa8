//! Which format a file is, by its first bytes.
//!
//! - In: the [`Head`] of a file. Out: the first format of [`SOURCES`] that accepts it.
//! - If none does, or if the canonical columns accept what is almost a vendor's export: the formats that come closest, with
//!   the columns or keys that the file lacks.

use std::fmt;

use crate::sources::reading::detect::Head;
use crate::sources::reading::options::ReadOptions;
use crate::sources::{SOURCES, Sniff, Source};

/// How many similar formats are named for an unrecognised file.
const NAMED_FORMATS: usize = 3;

/// The format of a file: the one that the user forced, or the first that accepts the head.
pub(super) fn recognise(head: &Head<'_>, options: &ReadOptions) -> Option<&'static dyn Source> {
    match options.format {
        Some(id) => SOURCES.iter().copied().find(|source| source.id() == id),
        None => SOURCES.iter().copied().find(|source| source.sniff(head) == Sniff::Yes),
    }
}

/// A format that a file almost matches, and the columns or keys that it lacks.
pub(super) struct NearFormat {
    source: &'static dyn Source,
    missing: Vec<&'static str>,
}

impl NearFormat {
    /// The vendor's format that a file read by the canonical columns almost matches: one column or up to two keys are missing.
    pub(super) fn of_canonical(head: &Head<'_>, canonical: &dyn Source) -> Option<Self> {
        near_formats(head).into_iter().find(|near| match near.missing.len() {
            1 if !head.is_json() => true,
            1 | 2 if head.is_json() => near.is_distinctive(head, canonical),
            _ => false,
        })
    }

    /// Whether the keys that are present set the file apart from an export of the canonical columns: more are present than
    /// missing, and at least one of them is not a canonical column.
    fn is_distinctive(&self, head: &Head<'_>, canonical: &dyn Source) -> bool {
        self.source.keys().iter().any(|set| {
            let (missing, found): (Vec<&str>, Vec<&str>) = set.iter().partition(|key| self.missing.contains(key));
            missing.len() == self.missing.len()
                && found.len() > missing.len()
                && found.iter().all(|key| head.has_key(key))
                && !found.iter().all(|key| canonical.knows(key))
        })
    }
}

impl fmt::Display for NearFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, without {}", self.source.id(), join_names(&self.missing))
    }
}

/// Why no format accepts a file, in a few words.
pub(super) fn why_unrecognised(head: &Head<'_>) -> String {
    let near: Vec<String> = near_formats(head).iter().take(NAMED_FORMATS).map(NearFormat::to_string).collect();
    if head.is_sqlite() {
        "a SQLite database of another program".to_owned()
    } else if head.is_binary() {
        "binary".to_owned()
    } else if !near.is_empty() {
        format!("closest is {}", near.join("; or "))
    } else {
        let names = if head.is_json() { "keys" } else { "columns" };
        format!("no format matches: the file has fewer than half of the {names} of each")
    }
}

/// Columns or keys as people read them; `|` separates alternative names.
pub(super) fn join_names(names: &[&str]) -> String {
    names.iter().map(|name| name.replace('|', " or ")).collect::<Vec<_>>().join(", ")
}

/// The formats that a file almost matches, closest first.
fn near_formats(head: &Head<'_>) -> Vec<NearFormat> {
    let near = |source: &&'static dyn Source| match source.sniff(head) {
        Sniff::Missing(missing) => Some(NearFormat { source: *source, missing }),
        Sniff::Yes | Sniff::No => None,
    };
    let mut near: Vec<NearFormat> = SOURCES.iter().filter_map(near).collect();
    near.sort_by_key(|near| near.missing.len());
    near
}

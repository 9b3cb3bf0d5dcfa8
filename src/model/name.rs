//! Interned text: a name is stored once and passed around as four bytes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasherDefault;
use std::num::NonZeroU32;

use super::hash::{IdHasher, hash_text};

/// A handle to a text held by a [`Names`] table; `Option<Name>` is four bytes.
///
/// Handles compare by the order in which texts were first seen, so anything that reaches a report sorts by
/// [`Names::text`] instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name(NonZeroU32);

impl Name {
    /// The handle as a number, for columns.
    #[must_use]
    pub fn code(self) -> u32 {
        self.0.get()
    }

    /// The handle behind a number that [`Name::code`] gave.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        NonZeroU32::new(code).map(Self)
    }
}

/// A table of distinct texts (models, sessions, paths, branches, …). Never holds prompt text.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// All texts end to end, so that a new one needs no allocation of its own …
    texts: String,
    /// … and where each ends.
    ends: Vec<usize>,
    /// Names by the hash of their text. If two texts have the same hash, the later one has the next free key.
    index: HashMap<u64, Name, BuildHasherDefault<IdHasher>>,
}

impl Names {
    /// The handle of `text`, adding it when it is new.
    ///
    /// # Panics
    /// Panics past 2^32 - 2 distinct texts, which would need more than 64 GiB of table.
    pub fn intern(&mut self, text: &str) -> Name {
        let mut hash = hash_text(text);
        loop {
            match self.index.entry(hash) {
                Entry::Occupied(known) if held(&self.texts, &self.ends, *known.get()) == text => return *known.get(),
                Entry::Occupied(_) => hash = hash.wrapping_add(1),
                Entry::Vacant(free) => {
                    self.texts.push_str(text);
                    self.ends.push(self.texts.len());
                    let name = u32::try_from(self.ends.len()).ok().and_then(NonZeroU32::new).map(Name);
                    return *free.insert(name.expect("fewer than 2^32 distinct names"));
                }
            }
        }
    }

    /// The handle of a text that is present and not empty.
    pub fn intern_some(&mut self, text: Option<&str>) -> Option<Name> {
        text.filter(|t| !t.is_empty()).map(|t| self.intern(t))
    }

    /// The text behind a handle.
    ///
    /// # Panics
    /// Panics on a handle of another table: a bug in the caller.
    #[must_use]
    pub fn text(&self, name: Name) -> &str {
        held(&self.texts, &self.ends, name)
    }

    /// The text behind an optional handle.
    #[must_use]
    pub fn text_of(&self, name: Option<Name>) -> Option<&str> {
        name.map(|n| self.text(n))
    }

    /// The handle of `text` if it was seen before.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Name> {
        let hash = hash_text(text);
        let found = (0..).map_while(|step| self.index.get(&hash.wrapping_add(step)));
        found.copied().find(|name| self.text(*name) == text)
    }

    /// Adds every text of `other` and returns the map from its handles to ours, in its order.
    pub fn absorb(&mut self, other: Self) -> NameMap {
        if self.is_empty() {
            *self = other;
            return NameMap(None);
        }
        let mut start = 0;
        let map = other.ends.iter().map(|end| self.intern(&other.texts[std::mem::replace(&mut start, *end)..*end]));
        NameMap(Some(map.collect()))
    }

    /// Number of distinct texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no texts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// The text of a handle in a table.
fn held<'a>(texts: &'a str, ends: &[usize], name: Name) -> &'a str {
    let at = name.0.get() as usize - 1;
    let start = if at == 0 { 0 } else { ends[at - 1] };
    &texts[start..ends[at]]
}

/// A map from the handles of one table to those of another, made by [`Names::absorb`].
#[derive(Debug)]
pub struct NameMap(
    /// `None` if every handle stays the same.
    Option<Vec<Name>>,
);

impl NameMap {
    /// The handle in the absorbing table.
    #[must_use]
    pub fn get(&self, name: Name) -> Name {
        self.0.as_ref().map_or(name, |map| map[name.0.get() as usize - 1])
    }

    /// Whether every handle stays the same.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.0.is_none()
    }

    /// The same for a handle that may be absent.
    #[must_use]
    pub fn get_some(&self, name: Option<Name>) -> Option<Name> {
        name.map(|n| self.get(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absorbing_keeps_texts_and_renumbers_handles() {
        let mut ours = Names::default();
        let a = ours.intern("a");
        let mut theirs = Names::default();
        let b = theirs.intern("b");
        let other_a = theirs.intern("a");
        let map = ours.absorb(theirs);
        assert_eq!(ours.text(map.get(b)), "b");
        assert_eq!(map.get(other_a), a);
        assert_eq!(ours.len(), 2);
        assert_eq!(map.get_some(None), None);
    }

    #[test]
    fn an_empty_table_takes_over_the_handles() {
        let mut theirs = Names::default();
        let names = ["b", "", "é", "a"].map(|text| theirs.intern(text));
        let mut ours = Names::default();
        let map = ours.absorb(theirs);
        assert!(map.is_identity());
        assert_eq!(names.map(|name| ours.text(map.get(name)).to_owned()), ["b", "", "é", "a"]);
        assert_eq!((ours.find("é"), ours.find("c")), (Some(names[2]), None));
    }

    #[test]
    fn texts_with_the_same_hash_are_different_names() {
        let mut names = Names::default();
        let a = names.intern("a");
        // As if `b` had the hash of `a`.
        names.index.insert(hash_text("b"), a);
        let b = names.intern("b");
        assert_ne!(a, b);
        assert_eq!((names.intern("b"), names.find("b"), names.text(b)), (b, Some(b), "b"));
    }
}

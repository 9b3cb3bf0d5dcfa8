//! Interned text: a name is stored once and passed around as four bytes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroU32;
use std::sync::Arc;

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

/// Hashes a text in one go.
#[derive(Debug, Clone, Default)]
struct TextHasher(u64);

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = self.0.rotate_left(5) ^ xxhash_rust::xxh3::xxh3_64(bytes);
    }

    fn write_u8(&mut self, _end_of_text: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A table of distinct texts (models, sessions, paths, branches, …). Never holds prompt text.
#[derive(Debug, Clone, Default)]
pub struct Names {
    texts: Vec<Arc<str>>,
    index: HashMap<Arc<str>, Name, BuildHasherDefault<TextHasher>>,
}

impl Names {
    /// The handle of `text`, adding it when it is new.
    ///
    /// # Panics
    /// Panics past 2^32 - 2 distinct texts, which would need more than 64 GiB of table.
    pub fn intern(&mut self, text: &str) -> Name {
        if let Some(&name) = self.index.get(text) {
            return name;
        }
        let text: Arc<str> = Arc::from(text);
        self.texts.push(Arc::clone(&text));
        let name = u32::try_from(self.texts.len()).ok().and_then(NonZeroU32::new).map(Name);
        let name = name.expect("fewer than 2^32 distinct names");
        self.index.insert(text, name);
        name
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
        &self.texts[name.0.get() as usize - 1]
    }

    /// The text behind an optional handle.
    #[must_use]
    pub fn text_of(&self, name: Option<Name>) -> Option<&str> {
        name.map(|n| self.text(n))
    }

    /// The handle of `text` if it was seen before.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Name> {
        self.index.get(text).copied()
    }

    /// Adds every text of `other` and returns the map from its handles to ours, in its order.
    pub fn absorb(&mut self, other: &Self) -> NameMap {
        NameMap(other.texts.iter().map(|text| self.intern(text)).collect())
    }

    /// How many distinct texts are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether no text is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// A map from the handles of one table to those of another, made by [`Names::absorb`].
#[derive(Debug)]
pub struct NameMap(Vec<Name>);

impl NameMap {
    /// The handle in the absorbing table.
    #[must_use]
    pub fn get(&self, name: Name) -> Name {
        self.0[name.0.get() as usize - 1]
    }

    /// Whether every handle stays what it is.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.0.iter().enumerate().all(|(at, name)| name.0.get() as usize == at + 1)
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
        let map = ours.absorb(&theirs);
        assert_eq!(ours.text(map.get(b)), "b");
        assert_eq!(map.get(other_a), a);
        assert_eq!(ours.len(), 2);
        assert_eq!(map.get_some(None), None);
    }
}

//! Words that the program writes itself and reads back: one copy of each for as long as it runs.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Deserializer};

/// A word of the program's own. (Under this name, for serde would borrow a field of the plain type from its input.)
pub type Word = &'static str;

/// Words read back so far. There are as many as the program has of its own.
static WORDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The lasting copy of a word.
#[must_use]
pub fn lasting(word: &str) -> &'static str {
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = words.get(word) {
        return known;
    }
    let copy: &'static str = word.to_owned().leak();
    words.insert(copy);
    copy
}

/// Reads a word back.
///
/// # Errors
/// Those of the format.
pub fn known<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    String::deserialize(from).map(|word| lasting(&word))
}

/// Reads a word back that may be missing.
///
/// # Errors
/// Those of the format.
pub fn maybe_known<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'static str>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|word| lasting(&word)))
}

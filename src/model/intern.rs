//! Interned texts: the program's own constant texts, read back from a cache, with one copy of each.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Deserializer};

/// A constant text of the program. It has a type of its own because serde would borrow a `&'static str` from its input.
pub type Text = &'static str;

/// Texts read back so far, at most as many as the program has constants.
static TEXTS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The interned copy of a text.
#[must_use]
pub fn intern(text: &str) -> &'static str {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = texts.get(text) {
        return known;
    }
    let copy: &'static str = text.to_owned().leak();
    texts.insert(copy);
    copy
}

/// Reads a text back.
///
/// # Errors
/// Those of the format.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    String::deserialize(from).map(|text| intern(&text))
}

/// Reads a text back that may be missing.
///
/// # Errors
/// Those of the format.
pub fn deserialize_option<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'static str>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|text| intern(&text)))
}

//! Objects of a known shape in which no figure is passed over: what has a name of usage or money and is not read is noted.
//!
//! A type that serde derives skips the keys that it does not know. [`Watch`] looks at each key first. Nearly every key was seen
//! before and is let through by its hash.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, StringDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::model::hash::hash_key;
use crate::sources::Batch;
use crate::sources::figures::findings::Finding;
use crate::sources::figures::known::Known;
use crate::sources::figures::words;
use crate::sources::json::lenient::otherwise;
use crate::sources::values::amount::{Amount, DOLLARS};

/// A shape whose figures are all read, left on purpose, or noted.
pub(crate) trait Watched {
    /// The format that the shape is of.
    const FORMAT: &'static str;
    /// Where the object is in a record; empty for the record itself.
    const PATH: &'static str;
    /// Whether each number in it is a figure, whatever its name.
    const ALL: bool;
    /// The figures that are read.
    const READ: &'static [&'static str];
}

/// An object, or nothing if the value is null or of another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watch<T>(pub(crate) Option<T>);

impl<T> Default for Watch<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// Figures of the current line that are not read.
type Strays = Vec<(String, i128)>;

thread_local! {
    static STRAYS: RefCell<Strays> = const { RefCell::new(Vec::new()) };
    /// Hashes of keys that may be passed on, each in one of two neighbouring slots. There are many more slots than keys, because three
    /// keys for two slots would be looked at anew on every line.
    static PASSED: [Cell<u64>; 1024] = const { [const { Cell::new(0) }; 1024] };
}

/// Forgets the figures of the line before.
pub(crate) fn clear_strays() {
    STRAYS.with_borrow_mut(Vec::clear);
}

/// Reports the figures of the line, which was accepted.
pub(crate) fn report_strays(format: &'static str, line: u64, out: &mut Batch) {
    STRAYS.with_borrow_mut(|strays| {
        for (path, nanos) in strays.drain(..) {
            out.figures.found.add(Finding::Unread, format, &path, nanos, line);
        }
    });
}

impl<'de, T: Deserialize<'de> + Watched> Deserialize<'de> for Watch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WatchVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Watched> Visitor<'de> for WatchVisitor<T> {
            type Value = Watch<T>;
            otherwise!(Watch(None); bool u64 i64 f64 str unit seq);
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Watch<T>, A::Error> {
                let keys = Keys::<A, T> { map, shape: PhantomData };
                T::deserialize(MapAccessDeserializer::new(keys)).map(|value| Watch(Some(value)))
            }
        }
        deserializer.deserialize_any(WatchVisitor(PhantomData))
    }
}

/// The entries of an object without those that are noted.
struct Keys<A, T> {
    map: A,
    shape: PhantomData<T>,
}

impl<'de, A: MapAccess<'de>, T: Watched> MapAccess<'de> for Keys<A, T> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            let Some(key) = self.map.next_key::<Key<'de>>()? else { return Ok(None) };
            let text = key.text();
            if is_passed::<T>(text) {
                return match key {
                    Key::Borrowed(text) => seed.deserialize(BorrowedStrDeserializer::new(text)),
                    Key::Owned(text) => seed.deserialize(StringDeserializer::new(text)),
                }
                .map(Some);
            }
            let value = self.map.next_value::<serde_json::Value>()?;
            let path = path::<T>(text);
            STRAYS.with_borrow_mut(|strays| add_numbers(&value, path, strays));
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

fn path<T: Watched>(key: &str) -> String {
    if T::PATH.is_empty() { key.to_owned() } else { format!("{}.{key}", T::PATH) }
}

/// Whether a key is no figure, or one that is read or left.
fn is_passed<T: Watched>(key: &str) -> bool {
    // The addresses tell the shapes apart; every byte of the key counts, so that no new figure passes for a known key.
    let salt = (T::PATH.as_ptr().addr() as u64).rotate_left(32) ^ T::FORMAT.as_ptr().addr() as u64;
    let hash = hash_key(key) ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    PASSED.with(|passed| {
        let place = (hash >> 54) as usize;
        let (slot, other) = (&passed[place], &passed[place ^ 1]);
        if slot.get() == hash || other.get() == hash {
            return true;
        }
        let is_figure = !words::is_other(key) && (T::ALL || words::names_usage(key));
        let passes = !is_figure || T::READ.contains(&key) || Known::of(T::FORMAT).is_left(&path::<T>(key));
        if passes {
            if slot.get() == 0 { slot } else { other }.set(hash);
        }
        passes
    })
}

/// Adds the numbers of a value other than zero, with their paths.
fn add_numbers(value: &serde_json::Value, path: String, strays: &mut Strays) {
    use serde_json::Value;
    match value {
        Value::Number(_) | Value::String(_) => {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if let Amount::Known(amount) = Amount::parse(&text, DOLLARS)
                && amount.nanos() != 0
            {
                strays.push((path, amount.nanos()));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| add_numbers(item, format!("{path}[]"), strays)),
        Value::Object(entries) => {
            for (key, value) in entries.iter().filter(|(key, _)| !words::is_other(key)) {
                add_numbers(value, format!("{path}.{key}"), strays);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// A key, borrowed where it has no escapes.
enum Key<'de> {
    Borrowed(&'de str),
    Owned(String),
}

impl Key<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key::Borrowed(key))
            }
            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key::Owned(key.to_owned()))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

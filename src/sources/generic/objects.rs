//! Flat JSON objects, one per line → rows of the canonical columns.
//!
//! - In: a line. Out: its cells in the order of the fields, handed to [`RowReader`].
//! - Refuses: lines that are not one JSON object; declines objects without the necessary keys.
//!
//! Lines of one file have the same few sets of keys, so keys become numbers and each set is matched to the fields once.

use std::fmt::Write as _;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::columns::{Field, FieldColumns, marks_cents};
use super::row::{ID, RowReader};
use crate::model::origin::Origin;
use crate::sources::figures::words;
use crate::sources::table::conventions::Conventions;
use crate::sources::table::unread::UnreadColumns;
use crate::sources::{Batch, LineParser, Taken};

/// Reads one flat object per line.
pub(super) struct ObjectLines {
    rows: RowReader,
    keys: KnownKeys,
    cells: ObjectCells,
    /// The sets of keys of earlier lines, with the columns that they make up: lines of one file have few sets.
    shapes: Vec<(Vec<usize>, FieldColumns, UnreadColumns)>,
}

impl Default for ObjectLines {
    fn default() -> Self {
        Self {
            rows: RowReader::new(Conventions::of_json()),
            keys: KnownKeys::default(),
            cells: ObjectCells::default(),
            shapes: Vec::new(),
        }
    }
}

/// The keys seen so far, in order of first appearance, and whether each of them matters.
#[derive(Default)]
struct KnownKeys(Vec<(String, bool)>);

/// How many sets of keys are kept.
const MAX_SHAPES: usize = 16;
/// How many keys are kept before those that do not matter share one number.
const MAX_KEYS: usize = 200;

impl KnownKeys {
    /// The number of a key; `hint` is its number if this line is like the previous ones.
    fn number(&mut self, key: &str, hint: usize) -> usize {
        if self.0.get(hint).is_some_and(|(known, _)| known == key) {
            return hint;
        }
        let found = self.0.iter().position(|(known, _)| known == key);
        found.unwrap_or_else(|| {
            // Figures that no field has are collected, too, to say that they are not read.
            let is_unread = || self.0.len() <= MAX_KEYS && words::is_figure(key);
            let matters = Field::from_name(key).is_some() || marks_cents(key) || is_unread();
            let shared = (!matters && self.0.len() > MAX_KEYS).then(|| self.0.iter().position(|(_, matters)| !matters));
            shared.flatten().unwrap_or_else(|| {
                self.0.push((key.to_owned(), matters));
                self.0.len() - 1
            })
        })
    }
}

impl LineParser for ObjectLines {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        let mut json = serde_json::Deserializer::from_slice(line);
        self.cells.clear();
        let read =
            CellsSeed { cells: &mut self.cells, keys: &mut self.keys }.deserialize(&mut json).and_then(|()| json.end());
        self.add_row(read.is_ok(), at, out)
    }

    fn long_line(&mut self, line: &mut dyn std::io::Read, at: Origin, out: &mut Batch) -> Taken {
        let mut json = serde_json::Deserializer::from_reader(line);
        self.cells.clear();
        let read =
            CellsSeed { cells: &mut self.cells, keys: &mut self.keys }.deserialize(&mut json).and_then(|()| json.end());
        self.add_row(read.is_ok(), at, out)
    }
}

impl ObjectLines {
    fn add_row(&mut self, whole: bool, at: Origin, out: &mut Batch) -> Taken {
        if !whole {
            return Taken::Malformed;
        }
        let cells = &self.cells;
        let known = self.shapes.iter().position(|(keys, _, _)| *keys == cells.keys);
        let shape = match known {
            Some(shape) => shape,
            None => {
                let names = cells.keys.iter().map(|key| self.keys.0[*key].0.as_str());
                let Ok(columns) = FieldColumns::new(names.clone()) else { return Taken::Foreign };
                let mut unread = UnreadColumns::new(ID);
                unread.set_header(names);
                unread.keep(1, |column, _| columns.reads(column), out);
                columns.warn_cents(at, out);
                if self.shapes.len() == MAX_SHAPES {
                    self.shapes.clear();
                }
                self.shapes.push((cells.keys.clone(), columns, unread));
                self.shapes.len() - 1
            }
        };
        let (_, columns, unread) = &self.shapes[shape];
        let before = out.accepted();
        self.rows.add_row(&columns.arrange(|column| cells.get(column)), at, out);
        if out.accepted() > before {
            unread.add_row(|column| cells.get(column), at.line, out);
        }
        Taken::Yes
    }
}

/// The cells of one object: the numbers of their keys, and the values (texts, numbers, booleans) in one text.
#[derive(Default)]
struct ObjectCells {
    keys: Vec<usize>,
    text: String,
    ends: Vec<usize>,
}

impl ObjectCells {
    fn clear(&mut self) {
        self.keys.clear();
        self.text.clear();
        self.ends.clear();
    }

    fn get(&self, at: usize) -> Option<&str> {
        let start = if at == 0 { 0 } else { *self.ends.get(at - 1)? };
        self.text.get(start..*self.ends.get(at)?)
    }
}

/// Collects the cells of the keys that matter.
struct CellsSeed<'a> {
    cells: &'a mut ObjectCells,
    keys: &'a mut KnownKeys,
}

impl<'de> DeserializeSeed<'de> for CellsSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for CellsSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a flat object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { cells, keys } = self;
        let mut hint = 0;
        while let Some(number) = map.next_key_seed(KeySeed { keys, hint })? {
            hint = number + 1;
            if !keys.0[number].1 {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            map.next_value_seed(EntrySeed { cells, keys, number })?;
        }
        Ok(())
    }
}

/// Reads the value of a key: a cell, or an object whose entries are cells under longer keys.
struct EntrySeed<'a> {
    cells: &'a mut ObjectCells,
    keys: &'a mut KnownKeys,
    number: usize,
}

impl EntrySeed<'_> {
    fn push(self, write: impl FnOnce(ValueSeed<'_>)) {
        write(ValueSeed(&mut self.cells.text));
        self.cells.keys.push(self.number);
        self.cells.ends.push(self.cells.text.len());
    }
}

/// Reads a key as its number.
struct KeySeed<'a> {
    keys: &'a mut KnownKeys,
    hint: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<usize, E> {
        Ok(self.keys.number(key, self.hint))
    }
}

/// Writes into a cell.
struct ValueSeed<'a>(&'a mut String);

impl ValueSeed<'_> {
    fn push_integer(self, negative: bool, mut number: u64) {
        let mut digits = [0_u8; 21];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
            if number == 0 {
                break;
            }
        }
        if negative {
            at -= 1;
            digits[at] = b'-';
        }
        self.0.push_str(std::str::from_utf8(&digits[at..]).unwrap_or(""));
    }
}

impl<'de> DeserializeSeed<'de> for EntrySeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A text, a number or a boolean is a cell; a list is an empty one.
impl<'de> Visitor<'de> for EntrySeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.push(|cell| cell.0.push_str(text));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.push(|cell| cell.push_integer(false, number));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.push(|cell| cell.push_integer(number < 0, number.unsigned_abs()));
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        // The shortest decimal that reads back as the same number, never with an exponent.
        self.push(|cell| {
            let _ = write!(cell.0, "{number}");
        });
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.push(|cell| cell.0.push_str(if value { "true" } else { "false" }));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.push(|_| ());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.push(|_| ());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { cells, keys, number } = self;
        while let Some(key) = map.next_key::<String>()? {
            let path = format!("{}.{key}", keys.0[number].0);
            let number = keys.number(&path, 0);
            if keys.0[number].1 {
                map.next_value_seed(EntrySeed { cells: &mut *cells, keys: &mut *keys, number })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        EntrySeed { cells, keys, number }.push(|_| ());
        Ok(())
    }
}

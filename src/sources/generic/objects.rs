//! Flat JSON objects, one per line → rows of the canonical columns.
//!
//! - In: a line. Out: its cells in the order of the fields, handed to [`RowReader`].
//! - Refuses: lines that are not one JSON object; declines objects without the necessary keys.
//!
//! Lines of one file have the same few sets of keys, so keys become numbers and each set is matched to the fields once.

use std::fmt::Write as _;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::columns::{Field, FieldColumns, marks_cents};
use super::row::RowReader;
use crate::model::origin::Origin;
use crate::sources::table::conventions::Conventions;
use crate::sources::{Batch, LineParser, Taken};

/// Reads one flat object per line.
pub(super) struct ObjectLines {
    rows: RowReader,
    keys: KnownKeys,
    cells: ObjectCells,
    /// The sets of keys of earlier lines, with the columns that they make up: lines of one file have few sets.
    shapes: Vec<(Vec<usize>, FieldColumns)>,
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
            let matters = Field::from_name(key).is_some() || marks_cents(key);
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
        let known = self.shapes.iter().position(|(keys, _)| *keys == cells.keys);
        let shape = match known {
            Some(shape) => shape,
            None => {
                let names = cells.keys.iter().map(|key| self.keys.0[*key].0.as_str());
                let Ok(columns) = FieldColumns::new(names) else { return Taken::Foreign };
                columns.warn_cents(at, out);
                if self.shapes.len() == MAX_SHAPES {
                    self.shapes.clear();
                }
                self.shapes.push((cells.keys.clone(), columns));
                self.shapes.len() - 1
            }
        };
        self.rows.add_row(&self.shapes[shape].1.arrange(|column| cells.get(column)), at, out);
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
            map.next_value_seed(ValueSeed(&mut cells.text))?;
            cells.keys.push(number);
            cells.ends.push(cells.text.len());
        }
        Ok(())
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

/// Appends a text, a number or a boolean; any other value is an empty cell.
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

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.push_str(text);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.push_integer(false, number);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.push_integer(number < 0, number.unsigned_abs());
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        // The shortest decimal that reads back as the same number, never with an exponent.
        let _ = write!(self.0, "{number}");
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

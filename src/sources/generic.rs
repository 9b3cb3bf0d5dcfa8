//! The canonical columns, as CSV or as JSON lines: what brings in anything that has no format of its own.
//!
//! One row is one usage fact. Column names are those of `ledger --table usage`, so an export of this program reads
//! back, and a few spellings that mean the same everywhere. Traps:
//! - "Input" includes cached tokens with some vendors and excludes them with others. `input_tokens` is taken only
//!   where no column speaks of a cache; else the column must be `input_uncached_tokens`.
//! - An empty cell is unknown, never zero.
//! - A row without an id is told apart by its cells and by how many equal rows stand before it, so a copied file adds
//!   nothing and two equal requests count twice.

mod columns;
mod row;
mod table;

use std::fmt::Write as _;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Batch, LineParser, Parser, ReadOptions, Sniff, Source, Taken};
use crate::model::origin::Origin;
use crate::sources::reading::detect::Head;
use columns::{Columns, FIELDS, Field};
use row::Rows;

const ID: &str = "generic";

/// The format of the canonical columns.
#[derive(Debug)]
pub struct Generic;

impl Source for Generic {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Canonical columns, CSV or JSON lines"
    }

    fn about(&self) -> &'static str {
        "One row per request, or per day, hour, session; comma, semicolon, tab or bar between cells; or one flat JSON \
         object a line.\n\
         Needed: charge_period_start (or timestamp, time, date, created_at), and tokens or a cost.\n\
         Tokens, disjoint: input_uncached_tokens, cache_read_input_tokens, cache_write_5m_tokens, \
         cache_write_1h_tokens, cache_write_unspecified_tokens (or cache_creation_input_tokens), output_tokens (with \
         reasoning), reasoning_output_tokens (a part of output).\n\
         input_tokens is taken for input_uncached_tokens only where there is no cache column, for vendors differ in \
         what it includes.\n\
         Cost: billed_cost_usd (an invoice), reported_cost_usd or cost_usd (a tool's estimate). List cost is always \
         calculated. A row whose currency (or billing_currency) is not USD is rejected if it has a cost; a cost in \
         cents beside Portkey's columns is left out. A row with a billed cost is a bill's row and counts as billed; \
         authority (transcript, telemetry, gateway, vendor_usage, invoice) and coverage (included, on_demand, overage, \
         byok, free, errored) say otherwise.\n\
         Optional: record_id or request_id, model, provider_name, grain, charge_period_end, request_count, \
         session_id, parent_session_id, user_key, team, repository, branch, cwd, vendor_project, service_tier, speed, \
         inference_geo, client_version, subagent.\n\
         Times: RFC 3339; without a zone UTC is assumed; a bare date is a day; whole numbers are epoch seconds or \
         milliseconds. 05/06/26 is refused, for it could be two days.\n\
         Set aside: rows that repeat an id (duplicate), rows with damaged cells (rejected)."
    }

    fn knows(&self, name: &str) -> bool {
        Field::named(name).is_some()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let names = if head.is_json() { head.top_keys().to_vec() } else { table::header(head) };
        match Columns::of(names.iter().map(String::as_str)) {
            Ok(_) => Sniff::Yes,
            Err(missing) if missing.known >= 3 => Sniff::Missing(missing.columns),
            Err(_) => Sniff::No,
        }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        if head.is_json() {
            return Parser::Lines(Box::new(Objects::default()));
        }
        Parser::Stream(Box::new(table::TableParser::new(head)))
    }
}

/// Reads one flat object a line.
#[derive(Default)]
struct Objects {
    rows: Rows,
    known: Known,
    cells: Cells,
    /// The names of lines before with their places: lines of one file have few sets of them.
    shapes: Vec<(Vec<usize>, Columns)>,
}

/// The spellings of keys in the order of their first sight, and whether each names a field or tells of one.
#[derive(Default)]
struct Known(Vec<(String, bool)>);

/// Sets of names that are kept.
const MANY_SHAPES: usize = 16;
/// Spellings that are kept of keys that name nothing.
const MANY_KEYS: usize = 200;

impl Known {
    /// The number of a spelling; `hint` is where it would stand if this line were like the ones before.
    fn number(&mut self, key: &str, hint: usize) -> usize {
        if self.0.get(hint).is_some_and(|(known, _)| known == key) {
            return hint;
        }
        let found = self.0.iter().position(|(known, _)| known == key);
        found.unwrap_or_else(|| {
            let named = Field::named(key).is_some() || columns::tells_cents(key);
            // Many keys that name nothing are one and the same.
            let any = (!named && self.0.len() > MANY_KEYS).then(|| self.0.iter().position(|(_, named)| !named));
            any.flatten().unwrap_or_else(|| {
                self.0.push((key.to_owned(), named));
                self.0.len() - 1
            })
        })
    }
}

impl LineParser for Objects {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        let mut json = serde_json::Deserializer::from_slice(line);
        self.cells.clear();
        let read = CellsSeed { cells: &mut self.cells, known: &mut self.known }
            .deserialize(&mut json)
            .and_then(|()| json.end());
        self.take(read.is_ok(), at, out)
    }

    fn long_line(&mut self, line: &mut dyn std::io::Read, at: Origin, out: &mut Batch) -> Taken {
        let mut json = serde_json::Deserializer::from_reader(line);
        self.cells.clear();
        let read = CellsSeed { cells: &mut self.cells, known: &mut self.known }
            .deserialize(&mut json)
            .and_then(|()| json.end());
        self.take(read.is_ok(), at, out)
    }
}

impl Objects {
    fn take(&mut self, whole: bool, at: Origin, out: &mut Batch) -> Taken {
        if !whole {
            return Taken::Malformed;
        }
        let cells = &self.cells;
        let known = self.shapes.iter().position(|(names, _)| *names == cells.names);
        let shape = match known {
            Some(shape) => shape,
            None => {
                let spellings = cells.names.iter().map(|name| self.known.0[*name].0.as_str());
                let Ok(columns) = Columns::of(spellings) else { return Taken::Foreign };
                columns.notice(at, out);
                if self.shapes.len() == MANY_SHAPES {
                    self.shapes.clear();
                }
                self.shapes.push((cells.names.clone(), columns));
                self.shapes.len() - 1
            }
        };
        self.rows.take(&self.shapes[shape].1.arrange(|place| cells.get(place)), at, out);
        Taken::Yes
    }
}

/// The cells of one object: the numbers of their names, and values that are texts, numbers or booleans, end to end.
#[derive(Default)]
struct Cells {
    names: Vec<usize>,
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    fn clear(&mut self) {
        self.names.clear();
        self.text.clear();
        self.ends.clear();
    }

    fn get(&self, at: usize) -> Option<&str> {
        let start = if at == 0 { 0 } else { *self.ends.get(at - 1)? };
        self.text.get(start..*self.ends.get(at)?)
    }
}

/// Collects the known keys of an object.
struct CellsSeed<'a> {
    cells: &'a mut Cells,
    known: &'a mut Known,
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
        let Self { cells, known } = self;
        let mut hint = 0;
        while let Some(number) = map.next_key_seed(KeySeed { known, hint })? {
            hint = number + 1;
            if !known.0[number].1 {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            map.next_value_seed(ValueSeed(&mut cells.text))?;
            cells.names.push(number);
            cells.ends.push(cells.text.len());
        }
        Ok(())
    }
}

/// Reads a key as its number.
struct KeySeed<'a> {
    known: &'a mut Known,
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
        Ok(self.known.number(key, self.hint))
    }
}

/// Appends a value that is a text, a number or a boolean; anything else is an empty cell.
struct ValueSeed<'a>(&'a mut String);

impl ValueSeed<'_> {
    fn whole(self, negative: bool, mut number: u64) {
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
        self.whole(false, number);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.whole(number < 0, number.unsigned_abs());
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

/// The cells of a row in the order of [`Field`]; `None` is empty or absent.
type Arranged<'a> = [Option<&'a str>; FIELDS];

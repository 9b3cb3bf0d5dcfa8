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

use std::collections::HashMap;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::detect::Head;
use super::lenient::{OwnedText, Str, Text};
use super::{Batch, LineParser, Parser, ReadOptions, Sniff, Source, Taken};
use crate::model::origin::Origin;
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
         calculated. A row with a billed cost is a bill's row and \
         counts as billed; authority (transcript, telemetry, gateway, vendor_usage, invoice) and coverage (included, \
         on_demand, overage, byok, free, errored) say otherwise.\n\
         Optional: record_id or request_id, model, provider_name, grain, charge_period_end, request_count, \
         session_id, parent_session_id, user_key, team, repository, branch, cwd, vendor_project, service_tier, speed, \
         inference_geo, client_version, subagent.\n\
         Times: RFC 3339; without a zone UTC is assumed; a bare date is a day; whole numbers are epoch seconds or \
         milliseconds. 05/06/26 is refused, for it could be two days.\n\
         Set aside: rows that repeat an id (duplicate), rows with damaged cells (rejected)."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let names = if head.is_json() { head.top_keys() } else { table::header(head) };
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
    /// The names of the line before with their places: lines of one file mostly have the same.
    last: Option<(Vec<String>, Columns)>,
}

/// Whether a key names a field, looked up once per spelling.
type Known = HashMap<String, bool>;

impl LineParser for Objects {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        let mut json = serde_json::Deserializer::from_slice(line);
        let mut cells = Cells::default();
        let read =
            CellsSeed::<Text<'_>>::new(&mut cells, &mut self.known).deserialize(&mut json).and_then(|()| json.end());
        self.take(read.is_ok(), cells, at, out)
    }

    fn long_line(&mut self, line: &mut dyn std::io::Read, at: Origin, out: &mut Batch) -> Taken {
        let mut json = serde_json::Deserializer::from_reader(line);
        let mut cells = Cells::default();
        let read =
            CellsSeed::<OwnedText>::new(&mut cells, &mut self.known).deserialize(&mut json).and_then(|()| json.end());
        self.take(read.is_ok(), cells, at, out)
    }
}

impl Objects {
    fn take(&mut self, whole: bool, cells: Cells, at: Origin, out: &mut Batch) -> Taken {
        if !whole {
            return Taken::Malformed;
        }
        let Cells { names, values } = cells;
        if self.last.as_ref().is_none_or(|(known, _)| *known != names) {
            let Ok(columns) = Columns::of(names.iter().map(String::as_str)) else { return Taken::Foreign };
            self.last = Some((names, columns));
        }
        if let Some((_, columns)) = &self.last {
            self.rows.take(&columns.arrange(&values), at, out);
        }
        Taken::Yes
    }
}

/// The cells of one object: names in their order, and values that are texts, numbers or booleans.
#[derive(Default)]
struct Cells {
    names: Vec<String>,
    values: Vec<String>,
}

/// Collects the known keys of an object; `S` is how its texts are held while reading.
struct CellsSeed<'a, S> {
    cells: &'a mut Cells,
    known: &'a mut Known,
    text: std::marker::PhantomData<S>,
}

impl<'a, S> CellsSeed<'a, S> {
    fn new(cells: &'a mut Cells, known: &'a mut Known) -> Self {
        Self { cells, known, text: std::marker::PhantomData }
    }
}

impl<'de, S: Str + serde::Deserialize<'de>> DeserializeSeed<'de> for CellsSeed<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: Str + serde::Deserialize<'de>> Visitor<'de> for CellsSeed<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a flat object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let known = self.known.get(&key).copied().unwrap_or_else(|| {
                let known = Field::named(&key).is_some();
                self.known.insert(key.clone(), known);
                known
            });
            if !known {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value::<S>()?;
            self.cells.names.push(key);
            self.cells.values.push(value.get().unwrap_or_default().to_owned());
        }
        Ok(())
    }
}

/// The cells of a row in the order of [`Field`]; `None` is empty or absent.
type Arranged<'a> = [Option<&'a str>; FIELDS];

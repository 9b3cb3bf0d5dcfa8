//! Rows of cells under a header: one [`Sheet`] per vendor's CSV.
//!
//! The delimiter is the one that cuts the header into the most of the sheet's columns; columns are found by name, in any
//! order; a byte-order mark, CR LF, quoted line breaks and comma decimals (in files cut by semicolons or tabs) are read.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};

use chrono::{DateTime, Utc};

use super::{BAD_AMOUNT, BAD_COUNT, Keys, NO_TIME, Rejection, amount};
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{RecordId, UsageRecord};
use crate::sources::detect::Head;
use crate::sources::export::instant::Instant;
use crate::sources::lenient::Count;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, StreamParser};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What a row gives.
pub(in crate::sources) enum Taken {
    /// A usage record, keyed by the sheet's key columns.
    Record(Box<UsageRecord>),
    /// Something that is no usage of its own: an empty day, a row of the value side.
    Nothing,
}

/// A vendor's CSV.
pub(in crate::sources) struct Sheet {
    pub(in crate::sources) id: &'static str,
    pub(in crate::sources) title: &'static str,
    pub(in crate::sources) about: &'static str,
    /// Columns without which it is not this sheet, in lower case.
    pub(in crate::sources) needs: &'static [&'static str],
    /// Columns that make it another sheet.
    pub(in crate::sources) lacks: &'static [&'static str],
    /// The columns that tell rows apart: what a newer export of the same period repeats.
    pub(in crate::sources) key: &'static [&'static str],
    pub(in crate::sources) read: fn(&Row<'_>, Origin, &mut Batch) -> Result<Taken, Rejection>,
}

impl Source for Sheet {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.is_json() || head.is_binary() {
            return Sniff::No;
        }
        let header = header(head, self.delimiter(head));
        let has = |name: &&&str| header.iter().any(|column| column == **name);
        if self.lacks.iter().any(|name| has(&name)) {
            return Sniff::No;
        }
        let missing: Vec<&'static str> = self.needs.iter().filter(|name| !has(name)).copied().collect();
        match missing.len() {
            0 => Sniff::Yes,
            some if some * 2 <= self.needs.len() => Sniff::Missing(missing),
            _ => Sniff::No,
        }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Stream(Box::new(SheetParser {
            read: self.read,
            id: self.id,
            key: self.key,
            delimiter: self.delimiter(head),
        }))
    }
}

impl Sheet {
    fn delimiter(&self, head: &Head<'_>) -> u8 {
        let known =
            |delimiter: &u8| header(head, *delimiter).iter().filter(|name| self.needs.contains(&name.as_str())).count();
        DELIMITERS.into_iter().rev().max_by_key(known).unwrap_or(b',')
    }
}

/// The names in the first row, in lower case.
fn header(head: &Head<'_>, delimiter: u8) -> Vec<String> {
    let line = head.first_line();
    line.split(char::from(delimiter)).map(|name| name.trim().trim_matches('"').trim().to_lowercase()).collect()
}

struct SheetParser {
    read: fn(&Row<'_>, Origin, &mut Batch) -> Result<Taken, Rejection>,
    id: &'static str,
    key: &'static [&'static str],
    delimiter: u8,
}

impl StreamParser for SheetParser {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> io::Result<()> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(256 << 10)
            .from_reader(input);
        let mut cells = csv::ByteRecord::new();
        if !read(&mut reader, &mut cells)? {
            return Ok(());
        }
        let header: Vec<String> = cells
            .iter()
            .map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_lowercase())
            .collect();
        out.counts.lines_read += 1;
        let comma = matches!(self.delimiter, b';' | b'\t');
        let slots = RefCell::default();
        let key: Vec<Option<usize>> =
            self.key.iter().map(|name| header.iter().position(|column| column == name)).collect();
        let mut keys = Keys::default();
        while read(&mut reader, &mut cells)? {
            out.counts.lines_read += 1;
            if cells.len() == 1 && cells[0].trim_ascii().is_empty() {
                continue;
            }
            let line = cells.position().map_or(0, csv::Position::line);
            let at = Origin { file, line };
            if cells.len() != header.len() {
                out.reject("bad-row", "a row has more or fewer cells than the header; it may be cut off", line);
                continue;
            }
            let row = Row { cells: &cells, header: &header, slots: &slots, next: Cell::new(0), comma };
            match (self.read)(&row, at, out) {
                Ok(Taken::Record(record)) => {
                    let mut parts: Vec<&str> = vec![self.id];
                    parts.extend(key.iter().map(|column| column.map_or("", |column| row.at(column).unwrap_or(""))));
                    keys.add(*record, RecordId::of(&parts), out);
                }
                Ok(Taken::Nothing) => {}
                Err((kind, message)) => out.reject(kind, message, line),
            }
        }
        Ok(())
    }
}

fn read(reader: &mut csv::Reader<&mut dyn Read>, cells: &mut csv::ByteRecord) -> io::Result<bool> {
    reader.read_byte_record(cells).map_err(|err| match err.into_kind() {
        csv::ErrorKind::Io(err) => err,
        other => io::Error::other(format!("{other:?}")),
    })
}

/// What the n-th question of a row was about; the questions of all rows come in one order, so its answer is kept.
struct Slot {
    name: &'static str,
    column: Option<usize>,
    last: Vec<u8>,
    interned: Option<Name>,
    instant: Option<Instant>,
}

/// One row.
pub(in crate::sources) struct Row<'a> {
    cells: &'a csv::ByteRecord,
    header: &'a [String],
    slots: &'a RefCell<Vec<Slot>>,
    next: Cell<usize>,
    comma: bool,
}

impl<'a> Row<'a> {
    /// The cell at a place, unless it is empty.
    fn at(&self, column: usize) -> Option<&'a str> {
        let text = std::str::from_utf8(self.cells.get(column)?).ok()?.trim();
        (!text.is_empty()).then_some(text)
    }

    fn slot(&self, name: &'static str) -> usize {
        let index = self.next.get();
        self.next.set(index + 1);
        let mut slots = self.slots.borrow_mut();
        if slots.get(index).is_none_or(|slot| !std::ptr::eq(slot.name, name)) {
            let column = self.header.iter().position(|column| column == name);
            slots.truncate(index);
            slots.push(Slot { name, column, last: Vec::new(), interned: None, instant: None });
        }
        index
    }

    /// The cell of a column, unless it is empty.
    pub(in crate::sources) fn text(&self, name: &'static str) -> Option<&'a str> {
        let index = self.slot(name);
        let column = self.slots.borrow()[index].column?;
        self.at(column)
    }

    /// Whether a lone comma is the decimal sign.
    pub(in crate::sources) fn comma(&self) -> bool {
        self.comma
    }

    /// The cell as a name.
    pub(in crate::sources) fn name(&self, name: &'static str, names: &mut Names) -> Option<Name> {
        let index = self.slot(name);
        let slot = &mut self.slots.borrow_mut()[index];
        let text = self.at(slot.column?)?;
        if slot.interned.is_none() || slot.last != text.as_bytes() {
            slot.last.clear();
            slot.last.extend_from_slice(text.as_bytes());
            slot.interned = Some(names.intern(text));
        }
        slot.interned
    }

    /// The cell as a count.
    pub(in crate::sources) fn count(&self, name: &'static str) -> Result<Option<u64>, Rejection> {
        let Some(text) = self.text(name) else { return Ok(None) };
        if let Ok(count) = text.parse() {
            return Ok(Count::from_u64(count).get());
        }
        let micros = amount::scaled(text, 6, self.comma).ok_or(BAD_COUNT)?;
        let whole = (micros % 1_000_000 == 0).then(|| u64::try_from(micros / 1_000_000).ok()).flatten();
        whole.ok_or(BAD_COUNT).map(Some)
    }

    /// The cell in millionths.
    pub(in crate::sources) fn micros(&self, name: &'static str) -> Result<Option<i64>, Rejection> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let micros = amount::scaled(text, 6, self.comma).and_then(|micros| i64::try_from(micros).ok());
        micros.ok_or(("bad-count", "a quantity is no decimal number")).map(Some)
    }

    /// The cell as dollars.
    pub(in crate::sources) fn dollars(&self, name: &'static str) -> Result<Option<Money>, Rejection> {
        let Some(text) = self.text(name) else { return Ok(None) };
        amount::money(text, amount::DOLLARS, self.comma).ok_or(BAD_AMOUNT).map(Some)
    }

    /// The cell as an instant.
    pub(in crate::sources) fn instant(&self, name: &'static str) -> Result<Instant, Rejection> {
        let index = self.slot(name);
        let slot = &mut self.slots.borrow_mut()[index];
        let text = slot.column.and_then(|column| self.at(column)).ok_or(NO_TIME)?;
        if slot.instant.is_none() || slot.last != text.as_bytes() {
            slot.last.clear();
            slot.last.extend_from_slice(text.as_bytes());
            slot.instant = Some(Instant::parse(text).ok_or(BAD_TIME)?);
        }
        slot.instant.ok_or(BAD_TIME)
    }

    /// The cell as an instant, where there is one.
    pub(in crate::sources) fn end(&self, name: &'static str) -> Option<DateTime<Utc>> {
        self.instant(name).ok().map(|instant| instant.at)
    }
}

pub(in crate::sources) const BAD_TIME: Rejection =
    ("bad-time", "a time is in no form that can be told for sure; write it as 2026-05-31T12:00:00Z or 2026-05-31");

//! Rows of cells under a header: one [`Sheet`] per vendor's CSV.
//!
//! The delimiter is the one that cuts the header into the most of the sheet's columns; columns are found by name, in any
//! order; a byte-order mark, CR LF, quoted line breaks and comma decimals (in files cut by semicolons or tabs) are read.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};

use chrono::{DateTime, Utc};

use crate::model::bill::Coverage;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{RecordId, UsageRecord};
use crate::sources::reading::detect::Head;
use crate::sources::record::{BAD_AMOUNT, BAD_COUNT, BAD_QUANTITY, BAD_TIME, Keys, NO_TIME, Rejection};
use crate::sources::table::cells::{self, Cells, DELIMITERS};
use crate::sources::values::amount;
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, StreamParser};

/// What a row gives: a record, which the sheet's key columns identify; nothing when it is no usage of its own (an empty day,
/// a row of the value side); or why it cannot be read.
type Reading = Result<Option<UsageRecord>, Rejection>;

/// A vendor's CSV.
pub(in crate::sources) struct Sheet {
    pub(in crate::sources) id: &'static str,
    pub(in crate::sources) title: &'static str,
    pub(in crate::sources) about: &'static str,
    /// Columns without which it is not this sheet, in lower case; of names cut by `|` one is enough. All that tokens and
    /// money hang on stand here: without one of them they would be less, and nothing would say so.
    pub(in crate::sources) needs: &'static [&'static str],
    /// Columns that make it another sheet.
    pub(in crate::sources) lacks: &'static [&'static str],
    /// Columns of which a header has all or, in another version of the export, none.
    pub(in crate::sources) together: &'static [&'static str],
    /// The columns that tell rows apart: what a newer export of the same period repeats. A single one names its row, which is
    /// the same where it stands in a file again; rows with one key of several columns are split by a column that is not shown.
    pub(in crate::sources) key: &'static [&'static str],
    pub(in crate::sources) read: fn(&Row<'_>, Origin, &mut Batch) -> Reading,
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

    fn columns(&self) -> Vec<String> {
        let mut all: Vec<String> = self.needs.iter().map(|names| names.replace('|', " or ")).collect();
        if !self.together.is_empty() {
            all.push(format!("all or none of {}", self.together.join(", ")));
        }
        all
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.is_json() || head.is_binary() {
            return Sniff::No;
        }
        let header = self.header(head);
        let has = |name: &str| header.iter().any(|column| column == name);
        let without = |names: &[&'static str]| -> Vec<&'static str> {
            names.iter().filter(|names| !names.split('|').any(has)).copied().collect()
        };
        let (missing, apart) = (without(self.needs), without(self.together));
        if self.lacks.iter().any(|name| has(name)) || missing.len() * 2 > self.needs.len() {
            Sniff::No
        } else if !missing.is_empty() {
            Sniff::Missing(missing)
        } else if apart.is_empty() || apart.len() == self.together.len() {
            Sniff::Yes
        } else {
            Sniff::Missing(apart)
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
        let is_known = |name: &&String| self.needs.iter().any(|names| names.split('|').any(|known| known == *name));
        let known = |delimiter: &u8| header(head, *delimiter).iter().filter(is_known).count();
        DELIMITERS.into_iter().rev().max_by_key(known).unwrap_or(b',')
    }

    /// The names of a file's columns, in lower case.
    pub(in crate::sources) fn header(&self, head: &Head<'_>) -> Vec<String> {
        header(head, self.delimiter(head))
    }
}

/// The names in the first row, in lower case.
fn header(head: &Head<'_>, delimiter: u8) -> Vec<String> {
    cells::header(&head.first_line(), delimiter).iter().map(|name| name.to_lowercase()).collect()
}

struct SheetParser {
    read: fn(&Row<'_>, Origin, &mut Batch) -> Reading,
    id: &'static str,
    key: &'static [&'static str],
    delimiter: u8,
}

impl StreamParser for SheetParser {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> io::Result<()> {
        let mut rows = Rows::new(self.id, self.key, self.read, matches!(self.delimiter, b';' | b'\t'));
        cells::rows(input, self.delimiter, file, out, &mut |cells, at, out| rows.take(cells, at, out))
    }
}

/// Turns the rows of a sheet into records; the first row names the columns.
struct Rows {
    id: &'static str,
    names: &'static [&'static str],
    read: fn(&Row<'_>, Origin, &mut Batch) -> Reading,
    comma: bool,
    header: Vec<String>,
    key: Vec<Option<usize>>,
    slots: RefCell<Vec<Slot>>,
    keys: Keys,
}

impl Rows {
    fn new(
        id: &'static str,
        names: &'static [&'static str],
        read: fn(&Row<'_>, Origin, &mut Batch) -> Reading,
        comma: bool,
    ) -> Self {
        let (header, key) = (Vec::new(), Vec::new());
        Self { id, names, read, comma, header, key, slots: RefCell::default(), keys: Keys::default() }
    }

    fn take(&mut self, cells: Cells<'_>, at: Origin, out: &mut Batch) {
        if self.header.is_empty() {
            self.header = cells.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_lowercase()).collect();
            let place = |name: &&str| self.header.iter().position(|column| column == name);
            self.key = self.names.iter().map(place).collect();
            return;
        }
        if cells.len() != self.header.len() {
            out.reject("bad-row", "a row has more or fewer cells than the header; it may be cut off", at.line);
            return;
        }
        let row = Row { cells, header: &self.header, slots: &self.slots, next: Cell::new(0), comma: self.comma };
        match &mut (self.read)(&row, at, out) {
            Ok(Some(record)) => {
                let key = self.key.iter().map(|column| column.and_then(|column| row.at(column)).unwrap_or(""));
                let is_named = self.key.len() == 1 && key.clone().all(|id| !id.is_empty());
                let id = RecordId::of_each(std::iter::once(self.id).chain(key));
                if is_named { Keys::add_named(record, id, out) } else { self.keys.add(record, id, out) }
            }
            Ok(None) => {}
            Err((kind, message)) => out.reject(kind, message, at.line),
        }
    }
}

/// What is known of a column that rows are asked for. Rows are asked in much the same order, so the next question mostly
/// finds its slot at once, and the answer for an equal cell is kept.
struct Slot {
    name: &'static str,
    column: Option<usize>,
    last: String,
    interned: Option<Name>,
    lowered: Option<Name>,
    instant: Option<Instant>,
    /// The words of a column of kinds, which change from row to row.
    kinds: Vec<(String, Coverage)>,
}

/// How many kinds of a column are kept; no vendor has as many.
const MOST_KINDS: usize = 32;

impl Slot {
    /// Forgets the answer for another cell.
    fn see(&mut self, text: &str) {
        if self.last != text {
            self.last.clear();
            self.last.push_str(text);
            self.interned = None;
            self.lowered = None;
            self.instant = None;
        }
    }
}

/// One row.
pub(in crate::sources) struct Row<'a> {
    cells: Cells<'a>,
    header: &'a [String],
    slots: &'a RefCell<Vec<Slot>>,
    next: Cell<usize>,
    comma: bool,
}

impl<'a> Row<'a> {
    /// The cell at a place, unless it is empty.
    fn at(&self, column: usize) -> Option<&'a str> {
        self.cells.get(column).and_then(cells::told)
    }

    fn slot(&self, name: &'static str) -> usize {
        let hint = self.next.get();
        let mut slots = self.slots.borrow_mut();
        let same = |slot: &Slot| std::ptr::eq(slot.name, name);
        let index = if slots.get(hint).is_some_and(same) { Some(hint) } else { slots.iter().position(same) };
        let index = index.unwrap_or_else(|| {
            let column = self.header.iter().position(|column| column == name);
            let last = String::new();
            slots.push(Slot { name, column, last, interned: None, lowered: None, instant: None, kinds: Vec::new() });
            slots.len() - 1
        });
        self.next.set(index + 1);
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
        slot.see(text);
        Some(*slot.interned.get_or_insert_with(|| names.intern(text)))
    }

    /// The cell as a name in lower case.
    pub(in crate::sources) fn lowered(&self, name: &'static str, names: &mut Names) -> Option<Name> {
        let index = self.slot(name);
        let slot = &mut self.slots.borrow_mut()[index];
        let text = self.at(slot.column?)?;
        slot.see(text);
        Some(*slot.lowered.get_or_insert_with(|| names.intern(&text.to_lowercase())))
    }

    /// Who bears the row, as a word in a cell says.
    pub(in crate::sources) fn coverage(&self, name: &'static str, of: fn(&str) -> Coverage) -> Coverage {
        let index = self.slot(name);
        let slot = &mut self.slots.borrow_mut()[index];
        let text = slot.column.and_then(|column| self.at(column)).unwrap_or("");
        if let Some((_, known)) = slot.kinds.iter().find(|(kind, _)| kind == text) {
            return *known;
        }
        let coverage = of(&text.to_lowercase());
        if slot.kinds.len() < MOST_KINDS {
            slot.kinds.push((text.to_owned(), coverage));
        }
        coverage
    }

    /// The cell as a count.
    pub(in crate::sources) fn count(&self, name: &'static str) -> Result<Option<u64>, Rejection> {
        let Some(text) = self.text(name) else { return Ok(None) };
        if let Ok(count) = text.parse() {
            return Count::from_u64(count).or_reject(BAD_COUNT);
        }
        let micros = amount::scaled(text, 6, self.comma).ok_or(BAD_COUNT)?;
        let whole = (micros % 1_000_000 == 0).then(|| u64::try_from(micros / 1_000_000).ok()).flatten();
        whole.ok_or(BAD_COUNT).map(Some)
    }

    /// The cell in millionths.
    pub(in crate::sources) fn micros(&self, name: &'static str) -> Result<Option<i64>, Rejection> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let micros = amount::scaled(text, 6, self.comma).and_then(|micros| i64::try_from(micros).ok());
        micros.ok_or(BAD_QUANTITY).map(Some)
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
        slot.see(text);
        if slot.instant.is_none() {
            slot.instant = Instant::parse(text);
        }
        slot.instant.ok_or(BAD_TIME)
    }

    /// The cell as an instant, where there is one.
    pub(in crate::sources) fn end(&self, name: &'static str) -> Option<DateTime<Utc>> {
        self.instant(name).ok().map(|instant| instant.at)
    }
}

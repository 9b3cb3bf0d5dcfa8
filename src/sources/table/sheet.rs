//! A vendor's CSV: one static [`Sheet`] with the columns that identify it and a function from a row to a record.
//!
//! - In: a table with a header. The delimiter is the one that finds the most of the sheet's columns; columns are found by name,
//!   in any order and without regard to case, blanks and units. A byte-order mark, CR LF, quoted line breaks, and numbers and
//!   dates of any locale ([`Conventions`]) are accepted.
//! - Out: one record per row, identified by the sheet's key columns.
//! - Refuses: rows that lack cells of needed columns or have more than the header, and rows that the sheet's function refuses.

use std::cell::RefCell;
use std::io::{self, Read};

use chrono::{DateTime, Utc};

use crate::diagnostics::Diagnostics;
use crate::model::bill::Coverage;
use crate::model::hash::hash_text;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{RecordId, UsageRecord};
use crate::sources::reading::detect::Head;
use crate::sources::record::Keys;
use crate::sources::record::payer::PayerColumns;
use crate::sources::rejection::{BAD_AMOUNT, BAD_COUNT, BAD_QUANTITY, BAD_TIME, NO_TIME, Rejection};
use crate::sources::table::cells::{self, Cells, DELIMITERS, RAGGED, non_empty};
use crate::sources::table::conventions::Conventions;
use crate::sources::table::names;
use crate::sources::table::totals::{TOTAL_ROW, Totals, UNPROVEN_TOTAL, is_bare, is_labelled};
use crate::sources::table::undecided::{TableRows, Undecided};
use crate::sources::table::unread::UnreadColumns;
use crate::sources::values::amount;
use crate::sources::values::count::Count;
use crate::sources::values::date::{Order, Written};
use crate::sources::values::instant::Instant;
use crate::sources::values::marks::Column;
use crate::sources::values::number::Kind;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, StreamParser};

/// The record of a row; none if the row is not usage of its own (an empty day, a row of the value side); or why it is refused.
type RowResult = Result<Option<UsageRecord>, Rejection>;

/// A vendor's CSV.
pub(in crate::sources) struct Sheet {
    pub(in crate::sources) id: &'static str,
    pub(in crate::sources) title: &'static str,
    pub(in crate::sources) about: &'static str,
    /// Required columns, in lower case; `|` separates alternative names. They include every column that tokens and money depend
    /// on: without one of them the sums would silently be too low.
    pub(in crate::sources) needs: &'static [&'static str],
    /// Columns that belong to a different sheet.
    pub(in crate::sources) lacks: &'static [&'static str],
    /// Columns that a header has either all of or, in another version of the export, none of.
    pub(in crate::sources) together: &'static [&'static str],
    /// The columns that identify a row, also in a newer export of the same period. A single column is an id: a row that repeats
    /// it is the same row. Several columns are not: every other column that sets rows apart ([`Column`]) belongs to the key, too,
    /// and the vendor may split rows by a column that it omits, so equal rows of one file are counted separately.
    pub(in crate::sources) key: &'static [&'static str],
    pub(in crate::sources) read: fn(&Row<'_>, Origin, &mut Batch) -> RowResult,
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
        let header = columns(head, self.delimiter(head));
        let has = |name: &str| header.iter().any(|column| names::is(column, name));
        let without = |names: &[&'static str]| -> Vec<&'static str> {
            names.iter().filter(|names| !names.split('|').any(has)).copied().collect()
        };
        let (missing, not_together) = (without(self.needs), without(self.together));
        if self.lacks.iter().any(|name| has(name)) || missing.len() * 2 > self.needs.len() {
            Sniff::No
        } else if !missing.is_empty() {
            Sniff::Missing(missing)
        } else if not_together.is_empty() || not_together.len() == self.together.len() {
            Sniff::Yes
        } else {
            Sniff::Missing(not_together)
        }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Stream(Box::new(SheetParser {
            read: self.read,
            id: self.id,
            key: self.key,
            needs: self.needs,
            delimiter: self.delimiter(head),
        }))
    }
}

impl Sheet {
    fn delimiter(&self, head: &Head<'_>) -> u8 {
        let line = head.first_line();
        let is_known =
            |name: &&String| self.needs.iter().any(|needed| needed.split('|').any(|known| names::is(name, known)));
        let known = |delimiter: &u8| {
            let is_there = line.as_bytes().contains(delimiter);
            if is_there { columns(head, *delimiter).iter().filter(is_known).count() } else { 0 }
        };
        DELIMITERS.into_iter().rev().max_by_key(known).unwrap_or(b',')
    }

    /// The names of a file's columns, in lower case.
    pub(in crate::sources) fn header(&self, head: &Head<'_>) -> Vec<String> {
        let names = cells::header(&head.first_line(), self.delimiter(head));
        names.iter().map(|name| name.to_lowercase()).collect()
    }
}

/// The names in the first row, as names are compared.
fn columns(head: &Head<'_>, delimiter: u8) -> Vec<String> {
    cells::header(&head.first_line(), delimiter).iter().map(|name| names::normal(name)).collect()
}

struct SheetParser {
    read: fn(&Row<'_>, Origin, &mut Batch) -> RowResult,
    id: &'static str,
    key: &'static [&'static str],
    needs: &'static [&'static str],
    delimiter: u8,
}

impl StreamParser for SheetParser {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> io::Result<()> {
        let mut rows = Undecided::new(SheetReader::new(self, out));
        cells::rows(input, self.delimiter, file, out, &mut |cells, at, out| rows.add(cells, at, out))?;
        rows.finish(out);
        Ok(())
    }
}

/// Converts the rows of a sheet to records; the first row names the columns.
struct SheetReader {
    id: &'static str,
    names: &'static [&'static str],
    needs: &'static [&'static str],
    read: fn(&Row<'_>, Origin, &mut Batch) -> RowResult,
    conventions: Conventions,
    header: Vec<String>,
    key: Vec<Option<usize>>,
    /// How many columns there are up to the last one that is needed.
    needed: usize,
    slots: RefCell<Slots>,
    /// How the cells of each column set rows apart, with a hash of the column's name.
    columns: Vec<(Column, u64)>,
    /// The bytes of a row's key.
    bytes: Vec<u8>,
    keys: Keys,
    totals: Totals,
    /// Where rows are read that are not counted. It has names of its own, so its columns are cached apart.
    trial: Batch,
    trial_slots: RefCell<Slots>,
    unread: UnreadColumns,
    payers: PayerColumns,
}

impl SheetReader {
    fn new(sheet: &SheetParser, out: &Batch) -> Self {
        Self {
            id: sheet.id,
            names: sheet.key,
            needs: sheet.needs,
            read: sheet.read,
            conventions: Conventions::unknown(sheet.delimiter),
            header: Vec::new(),
            key: Vec::new(),
            needed: 0,
            slots: RefCell::default(),
            columns: Vec::new(),
            bytes: Vec::new(),
            keys: Keys::default(),
            totals: Totals::default(),
            trial: Batch { undated: out.undated, ..Batch::default() },
            trial_slots: RefCell::default(),
            unread: UnreadColumns::new(sheet.id),
            payers: PayerColumns::default(),
        }
    }

    fn read_header(&mut self, cells: Cells<'_>) {
        self.unread.set_header(cells.iter());
        self.payers = PayerColumns::of(cells.iter().map(|name| name.trim_start_matches('\u{feff}').trim()));
        self.header = cells.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_lowercase()).collect();
        self.key = self.names.iter().map(|name| names::position(&self.header, name)).collect();
        self.columns = self.header.iter().map(|name| (Column::named(name), hash_text(name))).collect();
        for column in self.key.iter().flatten() {
            self.columns[*column].0 = Column::Identifier;
        }
        let needed = self.needs.iter().flat_map(|needed| needed.split('|'));
        let last = needed.filter_map(|name| names::position(&self.header, name)).max();
        self.needed = last.map_or(0, |last| last + 1);
    }

    /// The id of a row: the format, the time, and all cells that set rows apart, with their columns.
    fn row_id(&mut self, cells: Cells<'_>, record: &UsageRecord) -> RecordId {
        let Self { id, columns, bytes, .. } = self;
        bytes.clear();
        bytes.extend_from_slice(id.as_bytes());
        bytes.extend_from_slice(&record.charge_period_start.timestamp().to_le_bytes());
        for (cell, (column, name)) in cells.iter().zip(columns.iter()) {
            let Some(text) = non_empty(cell) else { continue };
            if column.sets_apart(text) {
                bytes.extend_from_slice(&name.to_le_bytes());
                bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
        }
        RecordId::of_bytes(bytes)
    }

    /// Adds the requests that a row has beside its own.
    fn add_beside(&mut self, cells: Cells<'_>, at: Origin, out: &mut Batch) {
        for (beside, number) in std::mem::take(&mut out.beside).into_iter().zip(1..) {
            let mut record = match beside {
                Ok(record) => record,
                Err(rejection) => {
                    out.reject_record(rejection, at);
                    continue;
                }
            };
            let (header, slots) = (&self.header, &self.slots);
            let row = Row { cells, header, slots, conventions: &self.conventions };
            self.payers.fill(|column| row.at(column), &mut record, &mut out.names);
            let own = if let [Some(column)] = self.key[..] { row.at(column) } else { None };
            match own {
                Some(own) => Keys::add_named(&mut record, RecordId::of(&[self.id, own]).again(number), out),
                None => {
                    let id = self.row_id(cells, &record).again(number);
                    self.keys.add(&mut record, id, out);
                }
            }
        }
    }

    /// Reads a row without counting it.
    fn try_row(&mut self, cells: Cells<'_>, at: Origin) -> RowResult {
        let row = Row { cells, header: &self.header, slots: &self.trial_slots, conventions: &self.conventions };
        self.trial.beside.clear();
        (self.read)(&row, at, &mut self.trial)
    }

    /// Whether a row that has no time or is labelled as a total is the sum of those before it.
    fn is_total_without_time(&mut self, cells: Cells<'_>, at: Origin) -> bool {
        self.conventions.set_trial(true);
        let record = self.try_row(cells, at);
        self.conventions.set_trial(false);
        matches!(record, Ok(Some(record)) if self.totals.is_sum(&record))
    }
}

impl TableRows for SheetReader {
    fn conventions(&self) -> &Conventions {
        &self.conventions
    }

    fn examine(&mut self, cells: Cells<'_>, at: Origin) {
        if cells.fit(self.header.len(), self.needed) {
            // What matters is only what the conventions have learned.
            let _ = self.try_row(cells, at);
        }
    }

    fn add(&mut self, cells: Cells<'_>, at: Origin, out: &mut Batch) {
        if self.header.is_empty() {
            return self.read_header(cells);
        }
        if !cells.fit(self.header.len(), self.needed) {
            return out.reject_record(RAGGED, at);
        }
        out.aside.forget();
        out.unless = None;
        out.beside.clear();
        let (header, slots) = (&self.header, &self.slots);
        let row = Row { cells, header, slots, conventions: &self.conventions };
        let result = &mut (self.read)(&row, at, out);
        if self.conventions.is_open() {
            // The row is read again: what it has said by then is said then.
            self.trial.diagnostics = Diagnostics::default();
            let _ = self.try_row(cells, at);
            return out.diagnostics.take_back(&self.trial.diagnostics);
        }
        match result {
            Ok(Some(record)) => {
                let is_labelled = is_labelled(cells);
                let is_nameless = || self.key.iter().all(|column| column.and_then(|column| row.at(column)).is_none());
                if (is_labelled || is_nameless()) && self.totals.is_sum(record) {
                    return out.ignore_record(TOTAL_ROW, at);
                }
                if is_labelled && is_bare(cells) {
                    return out.reject_record(UNPROVEN_TOTAL, at);
                }
                self.totals.add(record);
                self.payers.fill(|column| row.at(column), record, &mut out.names);
                {
                    let slots = &self.slots.borrow().columns;
                    let is_read = |at, _: &str| slots.iter().any(|slot| slot.column == Some(at));
                    self.unread.keep(slots.len(), is_read, out);
                    self.unread.add_row(|column| row.at(column), at.line, out);
                }
                if let Some(unless) = out.unless.take() {
                    let id = self.row_id(cells, record);
                    return self.keys.add_unless(record, id, unless, out);
                }
                let own = if let [Some(column)] = self.key[..] { row.at(column) } else { None };
                match own {
                    Some(own) => Keys::add_named(record, RecordId::of(&[self.id, own]), out),
                    None => {
                        let id = self.row_id(cells, record);
                        self.keys.add(record, id, out);
                    }
                }
            }
            Ok(None) => out.aside.count(),
            Err(rejection) => {
                let rejection = *rejection;
                let has_no_time = rejection == NO_TIME || rejection == BAD_TIME;
                if has_no_time && self.is_total_without_time(cells, at) {
                    return out.ignore_record(TOTAL_ROW, at);
                }
                out.reject_record(rejection, at);
            }
        }
        if !out.beside.is_empty() {
            self.add_beside(cells, at, out);
        }
    }
}

/// A column that rows are asked for, with the parsed value of its last cell, so that an equal cell is not parsed again.
struct CachedColumn {
    name: &'static str,
    column: Option<usize>,
    /// The last cell, and what it was parsed to.
    last: String,
    interned: Option<Name>,
    lowered: Option<Name>,
    instant: Option<Instant>,
    /// The values of a column of kinds, which change from row to row.
    kinds: Vec<(String, Coverage)>,
    /// The same for a question that is answered by yes or no.
    answers: Vec<(String, bool)>,
}

/// How many kinds of a column are cached; no vendor has more.
const MAX_KINDS: usize = 32;

impl CachedColumn {
    fn new(name: &'static str, column: Option<usize>) -> Self {
        Self {
            name,
            column,
            last: String::new(),
            interned: None,
            lowered: None,
            instant: None,
            kinds: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Forgets the parsed values unless the cell equals the last one.
    fn expect_cell(&mut self, text: &str) {
        if self.last != text {
            self.last.clear();
            self.last.push_str(text);
            self.interned = None;
            self.lowered = None;
            self.instant = None;
        }
    }
}

/// The columns that rows were asked for. Each question names its column by a text of the program, so its address finds it.
struct Slots {
    columns: Vec<CachedColumn>,
    /// One more than the index of a column, under its name's address or behind it where that was taken.
    by_address: [u16; SLOTS],
}

/// More than the columns of any format, so that few addresses meet.
const SLOTS: usize = 512;

impl Default for Slots {
    fn default() -> Self {
        Self { columns: Vec::new(), by_address: [0; SLOTS] }
    }
}

impl Slots {
    /// The column of a name.
    fn of(&mut self, name: &'static str, header: &[String]) -> &mut CachedColumn {
        let mut at = address_hash(name);
        let index = loop {
            match usize::from(self.by_address[at % SLOTS]) {
                0 => break self.add(at % SLOTS, name, header),
                taken if std::ptr::eq(self.columns[taken - 1].name, name) => break taken - 1,
                _ => at += 1,
            }
        };
        &mut self.columns[index]
    }

    #[cold]
    fn add(&mut self, at: usize, name: &'static str, header: &[String]) -> usize {
        self.columns.push(CachedColumn::new(name, names::position(header, name)));
        self.by_address[at] = u16::try_from(self.columns.len()).unwrap_or(0);
        self.columns.len() - 1
    }
}

/// Texts of one file are beside each other, so their addresses differ in their last bits.
fn address_hash(name: &'static str) -> usize {
    let address = name.as_ptr().addr();
    address ^ address >> 9
}

/// One row.
pub(in crate::sources) struct Row<'a> {
    cells: Cells<'a>,
    header: &'a [String],
    slots: &'a RefCell<Slots>,
    conventions: &'a Conventions,
}

impl<'a> Row<'a> {
    /// The cell of a column, unless it is empty.
    fn at(&self, column: usize) -> Option<&'a str> {
        self.cells.get(column).and_then(cells::non_empty)
    }

    /// The cell under a name, unless it is empty.
    pub(in crate::sources) fn text(&self, name: &'static str) -> Option<&'a str> {
        let column = self.slots.borrow_mut().of(name, self.header).column?;
        self.at(column)
    }

    /// The cell as a name.
    pub(in crate::sources) fn name(&self, name: &'static str, names: &mut Names) -> Option<Name> {
        let mut slots = self.slots.borrow_mut();
        let slot = slots.of(name, self.header);
        let text = self.at(slot.column?)?;
        slot.expect_cell(text);
        Some(*slot.interned.get_or_insert_with(|| names.intern(text)))
    }

    /// The cell as a name in lower case.
    pub(in crate::sources) fn lowered(&self, name: &'static str, names: &mut Names) -> Option<Name> {
        let mut slots = self.slots.borrow_mut();
        let slot = slots.of(name, self.header);
        let text = self.at(slot.column?)?;
        slot.expect_cell(text);
        Some(*slot.lowered.get_or_insert_with(|| names.intern(&text.to_lowercase())))
    }

    /// Who pays for the row, by the value of a cell.
    pub(in crate::sources) fn coverage(&self, name: &'static str, parse: fn(&str) -> Coverage) -> Coverage {
        let mut slots = self.slots.borrow_mut();
        let slot = slots.of(name, self.header);
        let text = slot.column.and_then(|column| self.at(column)).unwrap_or("");
        if let Some((_, known)) = slot.kinds.iter().find(|(kind, _)| kind == text) {
            return *known;
        }
        let coverage = parse(&text.to_lowercase());
        if slot.kinds.len() < MAX_KINDS {
            slot.kinds.push((text.to_owned(), coverage));
        }
        coverage
    }

    /// Whether a cell is of some kind; an empty one is not. `judge` is always the same for a column.
    pub(in crate::sources) fn is(&self, name: &'static str, judge: fn(&str) -> bool) -> bool {
        let mut slots = self.slots.borrow_mut();
        let slot = slots.of(name, self.header);
        let Some(text) = slot.column.and_then(|column| self.at(column)) else { return false };
        if let Some((_, known)) = slot.answers.iter().find(|(known, _)| known == text) {
            return *known;
        }
        let answer = judge(text);
        if slot.answers.len() < MAX_KINDS {
            slot.answers.push((text.to_owned(), answer));
        }
        answer
    }

    /// The cell as a count.
    pub(in crate::sources) fn count(&self, name: &'static str) -> Result<Option<u64>, Rejection> {
        let Some(text) = self.text(name) else { return Ok(None) };
        if let Ok(count) = text.parse() {
            return Count::from_u64(count).or_reject(BAD_COUNT);
        }
        self.conventions.count(text).map(Some)
    }

    /// The cell as a number without a currency, times 10^places.
    pub(in crate::sources) fn scaled(&self, name: &'static str, places: u32) -> Result<Option<i128>, Rejection> {
        let Some(text) = self.text(name) else { return Ok(None) };
        self.conventions.number(text, places, Kind::Plain, BAD_QUANTITY).map(Some)
    }

    /// The cell in millionths.
    pub(in crate::sources) fn micros(&self, name: &'static str) -> Result<Option<i64>, Rejection> {
        let micros = self.scaled(name, 6)?;
        micros.map(|micros| i64::try_from(micros).map_err(|_| BAD_QUANTITY)).transpose()
    }

    /// The cell as dollars.
    pub(in crate::sources) fn dollars(&self, name: &'static str) -> Result<Option<Money>, Rejection> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let nanos = self.conventions.number(text, amount::DOLLARS, Kind::Money, BAD_AMOUNT)?;
        amount::money(nanos).ok_or(BAD_AMOUNT).map(Some)
    }

    /// The cell as an instant.
    pub(in crate::sources) fn instant(&self, name: &'static str) -> Result<Instant, Rejection> {
        self.instant_by(name, |text| self.conventions.instant(text))
    }

    /// The cell as an instant, of a vendor who writes dates in this order.
    pub(in crate::sources) fn instant_in(&self, name: &'static str, order: Order) -> Result<Instant, Rejection> {
        let in_order = |text: &str| match Instant::read(text) {
            Some(Written::Sure(instant)) => Some(instant),
            Some(Written::Ordered(date)) => date.at(order),
            None => None,
        };
        self.instant_by(name, |text| in_order(text).ok_or(BAD_TIME))
    }

    fn instant_by(
        &self,
        name: &'static str,
        read: impl Fn(&str) -> Result<Instant, Rejection>,
    ) -> Result<Instant, Rejection> {
        let mut slots = self.slots.borrow_mut();
        let slot = slots.of(name, self.header);
        // On trial only the numbers matter, and a row of totals has no time.
        let or_any = |rejection| if self.conventions.is_trial() { Ok(Instant::ANY) } else { Err(rejection) };
        let Some(text) = slot.column.and_then(|column| self.at(column)) else { return or_any(NO_TIME) };
        slot.expect_cell(text);
        if let Some(instant) = slot.instant {
            return Ok(instant);
        }
        let instant = match read(text) {
            Ok(instant) => instant,
            Err(rejection) => return or_any(rejection),
        };
        slot.instant = Some(instant).filter(|_| !self.conventions.is_trial());
        Ok(instant)
    }

    /// The cell as an instant, if there is one.
    pub(in crate::sources) fn end(&self, name: &'static str) -> Option<DateTime<Utc>> {
        self.instant(name).ok().map(|instant| instant.at)
    }
}

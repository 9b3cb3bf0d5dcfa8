//! Delimited text → rows of cells.
//!
//! - In: a stream of text as in RFC 4180. Out: its rows one by one, in bounded memory; only cells with escaped quotes are copied.
//! - Refuses: rows over 8 MiB, and rows whose quote is never closed.

use std::cell::Cell;
use std::io::{self, Read};

use crate::model::bytes8;
use crate::model::origin::{FileId, Origin};
use crate::sources::Batch;
use crate::sources::reading::lines::{Line, Lines, WHOLE_LINE_LIMIT};
use crate::sources::rejection::Rejection;

/// The characters that may separate cells.
pub(in crate::sources) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The cells of one row: a text, and the range of each cell in it.
#[derive(Clone, Copy)]
pub(in crate::sources) struct Cells<'a> {
    pub(in crate::sources) text: &'a str,
    pub(in crate::sources) ranges: &'a [(usize, usize)],
    /// The file ends in this row without a line break, so the row may be cut off.
    pub(in crate::sources) is_cut_off: bool,
}

impl<'a> Cells<'a> {
    /// Whether the cells are a row of a table with `width` columns, of which the first `needed` may not be missing.
    ///
    /// Spreadsheets leave out empty cells at the end of a row, and add some where a longer row was deleted.
    pub(in crate::sources) fn fit(&self, width: usize, needed: usize) -> bool {
        match self.len() {
            len if len == width => true,
            len if len < width => len >= needed && !self.is_cut_off,
            _ => self.iter().skip(width).all(|cell| non_empty(cell).is_none()),
        }
    }

    pub(in crate::sources) fn len(&self) -> usize {
        self.ranges.len()
    }

    pub(in crate::sources) fn get(&self, at: usize) -> Option<&'a str> {
        let (start, end) = *self.ranges.get(at)?;
        self.text.get(start..end)
    }

    pub(in crate::sources) fn iter(self) -> impl Iterator<Item = &'a str> + Clone {
        (0..self.len()).filter_map(move |at| self.get(at))
    }
}

/// Why a row with other cells than the header is refused.
pub(in crate::sources) const RAGGED: Rejection =
    ("bad-row", "a row has more or fewer cells than the header; it may be cut off");

/// A cell without surrounding white space; `None` if nothing is left.
pub(in crate::sources) fn non_empty(cell: &str) -> Option<&str> {
    let bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let text = if bare(cell.as_bytes().first()) && bare(cell.as_bytes().last()) { cell } else { cell.trim() };
    // An apostrophe in front of a sign keeps a spreadsheet from running a text as a formula, and is no part of it.
    let text = match text.as_bytes() {
        [b'\'', b'=' | b'+' | b'-' | b'@', ..] => &text[1..],
        _ => text,
    };
    (!text.is_empty()).then_some(text)
}

/// Calls `each` with every row of a table, including the header; blank rows are skipped, rows that cannot be split are rejected.
pub(in crate::sources) fn rows(
    input: &mut dyn Read,
    delimiter: u8,
    file: FileId,
    out: &mut Batch,
    each: &mut dyn FnMut(Cells<'_>, Origin, &mut Batch),
) -> io::Result<()> {
    let has_ended = Cell::new(false);
    let mut lines = Lines::new(Watched { input, has_ended: &has_ended });
    let mut splitter = Splitter::new(delimiter);
    // A quoted cell may hold line breaks: lines are joined until its quote closes.
    let mut row: Vec<u8> = Vec::new();
    let mut first = 0;
    loop {
        let number = lines.number() + 1;
        let Some(line) = lines.next()? else { break };
        out.counts.lines_read += 1;
        // Only what follows the last line break is handed out after the end was seen.
        splitter.is_cut_off = has_ended.get();
        let Line::Whole(line) = line else {
            out.reject("bad-row", TOO_LONG, number);
            row.clear();
            splitter.start();
            continue;
        };
        if row.is_empty() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            first = number;
            splitter.start();
            if splitter.advance(line) {
                splitter.finish_row(line, Origin { file, line: first }, out, each);
                continue;
            }
        } else {
            row.push(b'\n');
        }
        row.extend_from_slice(line);
        if splitter.advance(&row) {
            splitter.finish_row(&row, Origin { file, line: first }, out, each);
            row.clear();
        } else if row.len() > WHOLE_LINE_LIMIT {
            out.reject("bad-row", TOO_LONG, first);
            row.clear();
        }
    }
    if !row.is_empty() {
        out.reject("bad-row", "a quote is never closed, so the row cannot be read", first);
    }
    Ok(())
}

/// A reader that says whether it has come to its end.
struct Watched<'a> {
    input: &'a mut dyn Read,
    has_ended: &'a Cell<bool>,
}

impl Read for Watched<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(out)?;
        self.has_ended.set(read == 0);
        Ok(read)
    }
}

const TOO_LONG: &str = "a row is too long to hold; perhaps a quote is never closed";

/// The cells of a header line.
pub(in crate::sources) fn header(line: &str, delimiter: u8) -> Vec<String> {
    let mut splitter = Splitter::new(delimiter);
    splitter.advance(line.as_bytes());
    splitter.cells(line).iter().map(|name| name.trim().to_owned()).collect()
}

/// Splits rows into cells; one splitter serves a whole file. When a row grows by a line, splitting continues where it stopped.
struct Splitter {
    delimiter: u8,
    ranges: Vec<(usize, usize)>,
    /// The start of the current cell.
    at: usize,
    /// The end of the part that has been searched.
    searched: usize,
    /// Whether a quote is open.
    inside: bool,
    /// The position of the quote that closed the cell.
    close: Option<usize>,
    /// Whether a quoted cell has doubled quotes.
    doubled: bool,
    /// Whether a cell continues after its closing quote.
    irregular: bool,
    /// Splits rows with such cells; created on demand because its setup costs more than splitting most headers.
    reader: Option<Box<csv_core::Reader>>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    text: String,
    /// The row may be cut off.
    is_cut_off: bool,
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            ranges: Vec::new(),
            at: 0,
            searched: 0,
            inside: false,
            close: None,
            doubled: false,
            irregular: false,
            reader: None,
            bytes: Vec::new(),
            ends: Vec::new(),
            text: String::new(),
            is_cut_off: false,
        }
    }

    fn start(&mut self) {
        self.ranges.clear();
        self.at = 0;
        self.searched = 0;
        self.inside = false;
        self.close = None;
        self.doubled = false;
        self.irregular = false;
    }

    /// Continues to the end of the row; returns `false` if a quote is still open there.
    ///
    /// Cells are short, so searching eight bytes at a time for both characters is faster than a search for each cell's end.
    fn advance(&mut self, row: &[u8]) -> bool {
        while self.searched < row.len() {
            let word = bytes8::load(&row[self.searched..]);
            // The zeros after the end match neither character.
            let quotes = bytes8::equal(word, b'"');
            let mut marks = quotes | bytes8::equal(word, self.delimiter);
            while marks != 0 {
                let here = self.searched + bytes8::first(marks);
                if marks & marks.wrapping_neg() & quotes != 0 {
                    self.quote(here);
                } else if !self.inside {
                    self.end_cell(here);
                }
                marks &= marks - 1;
            }
            self.searched += 8;
        }
        self.searched = row.len();
        if !self.inside {
            self.end_cell(row.len());
        }
        !self.inside
    }

    /// A quote at the start of a cell opens it; inside it closes it; directly after the closing quote it is an escaped quote.
    fn quote(&mut self, here: usize) {
        if self.inside {
            self.inside = false;
            self.close = Some(here);
        } else if self.close.is_some_and(|close| here == close + 1) {
            self.inside = true;
            self.doubled = true;
        } else if here == self.at {
            self.inside = true;
        }
    }

    fn end_cell(&mut self, end: usize) {
        let cell = match self.close.take() {
            Some(close) => {
                self.irregular |= end > close + 1;
                (self.at + 1, close)
            }
            None => (self.at, end),
        };
        self.ranges.push(cell);
        self.at = end + 1;
    }

    fn finish_row(
        &mut self,
        row: &[u8],
        at: Origin,
        out: &mut Batch,
        each: &mut dyn FnMut(Cells<'_>, Origin, &mut Batch),
    ) {
        match std::str::from_utf8(row) {
            Ok(text) => each(self.cells(text), at, out),
            Err(_) => {
                // Invalid UTF-8 in one cell must not shift the other cells.
                let text = String::from_utf8_lossy(row);
                self.start();
                self.advance(text.as_bytes());
                each(self.cells(&text), at, out);
            }
        }
    }

    fn cells<'a>(&'a mut self, row: &'a str) -> Cells<'a> {
        if self.irregular {
            self.split_irregular(row.as_bytes());
        } else if self.doubled {
            self.unescape(row);
        } else {
            return Cells { text: row, ranges: &self.ranges, is_cut_off: self.is_cut_off };
        }
        Cells { text: &self.text, ranges: &self.ranges, is_cut_off: self.is_cut_off }
    }

    /// Copies the cells, replacing doubled quotes inside quoted ones.
    fn unescape(&mut self, row: &str) {
        let Self { text, ranges, .. } = self;
        text.clear();
        for (start, end) in ranges {
            let from = text.len();
            let mut rest = &row[*start..*end];
            if row.as_bytes()[..*start].last() == Some(&b'"') {
                while let Some(quote) = memchr::memchr(b'"', rest.as_bytes()) {
                    text.push_str(&rest[..=quote]);
                    rest = rest.get(quote + 2..).unwrap_or("");
                }
            }
            text.push_str(rest);
            (*start, *end) = (from, text.len());
        }
    }

    /// Splits a row in which text follows a closing quote.
    fn split_irregular(&mut self, row: &[u8]) {
        let Self { delimiter, reader, bytes, ends, text, ranges, .. } = self;
        let reader =
            reader.get_or_insert_with(|| Box::new(csv_core::ReaderBuilder::new().delimiter(*delimiter).build()));
        reader.reset();
        // Unescaping only shortens, and there is at most one cell more than bytes.
        bytes.resize(bytes.len().max(row.len() + 1), 0);
        ends.resize(row.len() + 2, 0);
        let (_, read, mut written, mut count) = reader.read_record(row, bytes, ends);
        // An empty input marks the end of the row.
        let (_, _, more, last) = reader.read_record(&row[read..], &mut bytes[written..], &mut ends[count..]);
        written += more;
        count += last;
        let (_, _, _, closing) = reader.read_record(&[], &mut bytes[written..], &mut ends[count..]);
        count += closing;
        text.clear();
        // Delimiters and quotes are ASCII, so valid UTF-8 stays valid.
        text.push_str(&String::from_utf8_lossy(&bytes[..count.checked_sub(1).map_or(0, |last| ends[last])]));
        ranges.clear();
        let mut start = 0;
        for end in &ends[..count] {
            ranges.push((start, *end));
            start = *end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> (Vec<Vec<String>>, u64) {
        let (mut all, mut out) = (Vec::new(), Batch::default());
        let mut each = |cells: Cells<'_>, _: Origin, _: &mut Batch| all.push(cells.iter().map(str::to_owned).collect());
        rows(&mut &*text, b',', FileId(0), &mut out, &mut each).expect("no errors from a slice");
        (all, out.counts.rejected)
    }

    #[test]
    fn rows_are_split_as_in_rfc_4180() {
        let one = |row: &str| read(row.as_bytes()).0.remove(0);
        assert_eq!(one("a,b,c"), ["a", "b", "c"]);
        assert_eq!(one("\"a,\"\"x\"\"\nb\",,"), ["a,\"x\"\nb", "", ""]);
        assert_eq!(one("\"a\",\"b,c\",d\r\n"), ["a", "b,c", "d"]);
        assert_eq!(one("5\" pipe,\"x\"y"), ["5\" pipe", "xy"]);
        assert_eq!(one("é,,x"), ["é", "", "x"]);
        assert_eq!(one("1234567,\0é€,,,9,-\u{80},123456789"), ["1234567", "\0é€", "", "", "9", "-\u{80}", "123456789"]);
        assert_eq!(one("123,5678,,end,\"a,b\""), ["123", "5678", "", "end", "a,b"]);
        assert_eq!(one("\"\",\"\"\"\",\"a\"\"b,\"\"\",\"x\"y\"z,\"\"q"), ["", "\"", "a\"b,\"", "xy\"z", "q"]);
        assert_eq!(read(b"\"open,b\nc"), (vec![], 1));
        // Invalid UTF-8 in one cell leaves the next one intact.
        assert_eq!(read(b"\"a\xff\",b,\xc3\xa9").0, [["a\u{fffd}", "b", "é"]]);
    }

    #[test]
    fn any_row_is_split_as_by_the_csv_library() {
        let mut seed: u32 = 7;
        let mut next = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % below
        };
        let mut same = 0;
        for _ in 0..20_000 {
            let row: String = (0..next(24)).map(|_| ["a", ",", "\"", "\"", "\"\"", "é"][next(6) as usize]).collect();
            let (ours, rejected) = read(row.as_bytes());
            let mut library = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row.as_bytes());
            let theirs: Vec<Vec<String>> =
                library.records().map(|row| row.expect("text").iter().map(str::to_owned).collect()).collect();
            // The library closes an open quote at the end; here such a row is rejected.
            if rejected == 0 {
                assert_eq!(ours, theirs, "{row:?}");
                same += 1;
            }
        }
        assert!(same > 8_000, "{same} rows");
    }

    #[test]
    fn a_line_break_in_quotes_joins_lines_and_blank_lines_are_skipped() {
        let (all, rejected) = read(b"\n\"one\n\ntwo\",x\n \n\"a\",\"\"\"\n,\"\n");
        assert_eq!((all, rejected), (vec![vec!["one\n\ntwo".into(), "x".into()], vec!["a".into(), "\"\n,".into()]], 0));
    }
}

//! Rows of cells from delimited text, as RFC 4180 says, in bounded memory and without a copy of a cell that has none to
//! unescape.

use std::io::{self, Read};

use crate::model::bytes8;
use crate::model::origin::{FileId, Origin};
use crate::sources::Batch;
use crate::sources::reading::lines::{Line, Lines, WHOLE_LINE_LIMIT};

/// The signs that may stand between cells.
pub(in crate::sources) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The cells of one row: a text, and where each stands in it.
#[derive(Clone, Copy)]
pub(in crate::sources) struct Cells<'a> {
    pub(in crate::sources) text: &'a str,
    pub(in crate::sources) ranges: &'a [(usize, usize)],
}

impl<'a> Cells<'a> {
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

/// A cell without the white space around it, unless nothing is left.
pub(in crate::sources) fn told(cell: &str) -> Option<&str> {
    let bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let text = if bare(cell.as_bytes().first()) && bare(cell.as_bytes().last()) { cell } else { cell.trim() };
    (!text.is_empty()).then_some(text)
}

/// Hands over the rows of a table one by one, the header among them; blank rows and rows that cannot be cut are left out.
pub(in crate::sources) fn rows(
    input: &mut dyn Read,
    delimiter: u8,
    file: FileId,
    out: &mut Batch,
    each: &mut dyn FnMut(Cells<'_>, Origin, &mut Batch),
) -> io::Result<()> {
    let mut lines = Lines::new(input);
    let mut splitter = Splitter::new(delimiter);
    // A quoted cell may hold line breaks: lines are joined until its quote closes.
    let mut row: Vec<u8> = Vec::new();
    let mut first = 0;
    loop {
        let number = lines.number() + 1;
        let Some(line) = lines.next()? else { break };
        out.counts.lines_read += 1;
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
                splitter.hand_over(line, Origin { file, line: first }, out, each);
                continue;
            }
        } else {
            row.push(b'\n');
        }
        row.extend_from_slice(line);
        if splitter.advance(&row) {
            splitter.hand_over(&row, Origin { file, line: first }, out, each);
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

const TOO_LONG: &str = "a row is too long to hold; a quote may be left open";

/// The cells of a header line.
pub(in crate::sources) fn header(line: &str, delimiter: u8) -> Vec<String> {
    let mut splitter = Splitter::new(delimiter);
    splitter.advance(line.as_bytes());
    splitter.cells(line).iter().map(|name| name.trim().to_owned()).collect()
}

/// Cuts rows into cells; one serves a whole file. A row that grows is cut on from where it was.
struct Splitter {
    delimiter: u8,
    ranges: Vec<(usize, usize)>,
    /// Where the cell starts that is being cut.
    at: usize,
    /// Up to where the row was searched.
    searched: usize,
    /// A quote is open.
    inside: bool,
    /// Where the quote stands that closed the cell.
    close: Option<usize>,
    /// A quoted cell has doubled quotes.
    doubled: bool,
    /// A cell goes on behind its closing quote.
    odd: bool,
    /// What cuts rows with such cells; setting it up takes longer than most headers.
    reader: Option<Box<csv_core::Reader>>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    text: String,
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
            odd: false,
            reader: None,
            bytes: Vec::new(),
            ends: Vec::new(),
            text: String::new(),
        }
    }

    fn start(&mut self) {
        self.ranges.clear();
        self.at = 0;
        self.searched = 0;
        self.inside = false;
        self.close = None;
        self.doubled = false;
        self.odd = false;
    }

    /// Cuts on to the end of the row; `false` when a quote is still open there.
    ///
    /// Cells are short, so looking for both signs in eight bytes at a time is faster than a search for each cell's end.
    fn advance(&mut self, row: &[u8]) -> bool {
        while self.searched < row.len() {
            let word = bytes8::load(&row[self.searched..]);
            // The zeros behind the end are neither sign.
            let quoting = bytes8::equal(word, b'"');
            let mut signs = quoting | bytes8::equal(word, self.delimiter);
            while signs != 0 {
                let here = self.searched + bytes8::first(signs);
                if signs & signs.wrapping_neg() & quoting != 0 {
                    self.quote(here);
                } else if !self.inside {
                    self.end_cell(here);
                }
                signs &= signs - 1;
            }
            self.searched += 8;
        }
        self.searched = row.len();
        if !self.inside {
            self.end_cell(row.len());
        }
        !self.inside
    }

    /// A quote opens a cell that it starts, closes one that is open, and is doubled right behind the one that closed.
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
                self.odd |= end > close + 1;
                (self.at + 1, close)
            }
            None => (self.at, end),
        };
        self.ranges.push(cell);
        self.at = end + 1;
    }

    fn hand_over(
        &mut self,
        row: &[u8],
        at: Origin,
        out: &mut Batch,
        each: &mut dyn FnMut(Cells<'_>, Origin, &mut Batch),
    ) {
        match std::str::from_utf8(row) {
            Ok(text) => each(self.cells(text), at, out),
            Err(_) => {
                // Bytes that are no text leave the cells beside them as they are.
                let text = String::from_utf8_lossy(row);
                self.start();
                self.advance(text.as_bytes());
                each(self.cells(&text), at, out);
            }
        }
    }

    fn cells<'a>(&'a mut self, row: &'a str) -> Cells<'a> {
        if self.odd {
            self.cut_anew(row.as_bytes());
        } else if self.doubled {
            self.unescape(row);
        } else {
            return Cells { text: row, ranges: &self.ranges };
        }
        Cells { text: &self.text, ranges: &self.ranges }
    }

    /// Copies the cells with one quote for two inside quoted ones.
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

    /// Cuts a row in which text stands behind closing quotes.
    fn cut_anew(&mut self, row: &[u8]) {
        let Self { delimiter, reader, bytes, ends, text, ranges, .. } = self;
        let reader =
            reader.get_or_insert_with(|| Box::new(csv_core::ReaderBuilder::new().delimiter(*delimiter).build()));
        reader.reset();
        // Unescaping only shortens, and there are at most as many cells as bytes, and one.
        bytes.resize(bytes.len().max(row.len() + 1), 0);
        ends.resize(row.len() + 2, 0);
        let (_, read, mut written, mut count) = reader.read_record(row, bytes, ends);
        // An empty input tells the reader that the row ends here.
        let (_, _, more, last) = reader.read_record(&row[read..], &mut bytes[written..], &mut ends[count..]);
        written += more;
        count += last;
        let (_, _, _, closing) = reader.read_record(&[], &mut bytes[written..], &mut ends[count..]);
        count += closing;
        text.clear();
        // Cut at delimiters and quotes, which are ASCII, text stays text.
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
    fn rows_are_cut_as_rfc_4180_says() {
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
        // Bytes that are no text in one cell leave the next one where it is.
        assert_eq!(read(b"\"a\xff\",b,\xc3\xa9").0, [["a\u{fffd}", "b", "é"]]);
    }

    #[test]
    fn any_row_is_cut_as_the_csv_library_cuts_it() {
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
            // The library closes a quote that is left open; here such a row is rejected.
            if rejected == 0 {
                assert_eq!(ours, theirs, "{row:?}");
                same += 1;
            }
        }
        assert!(same > 8_000, "{same} rows");
    }

    #[test]
    fn a_line_break_in_quotes_joins_lines_and_a_blank_line_is_none() {
        let (all, rejected) = read(b"\n\"one\n\ntwo\",x\n \n\"a\",\"\"\"\n,\"\n");
        assert_eq!((all, rejected), (vec![vec!["one\n\ntwo".into(), "x".into()], vec!["a".into(), "\"\n,".into()]], 0));
    }
}

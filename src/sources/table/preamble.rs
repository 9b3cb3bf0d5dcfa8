//! What stands above the header of a table: a hint such as `sep=;`, and titles that people write.
//!
//! - In: the first bytes of a file. Out: the same bytes, in which those lines are blank, so that lines keep their numbers.

use std::io::{self, Read};

use crate::sources::reading::detect::Head;
use crate::sources::table::cells::{self, DELIMITERS};

/// How many lines may stand above a header.
const MAX_TITLES: usize = 20;

/// The first bytes of a file with blank lines for what stands above the header, and how many titles that were.
pub(in crate::sources) fn without_titles(start: Vec<u8>, is_table: impl Fn(&Head<'_>) -> bool) -> (Vec<u8>, usize) {
    let head = Head::new(&start);
    if head.is_json() || head.is_binary() {
        return (start, 0);
    }
    let first = head.first_line();
    let hint = first.trim_matches('"').get(..4).is_some_and(|hint| hint.eq_ignore_ascii_case("sep="));
    if !hint && is_table(&head) {
        return (start, 0);
    }
    let ends = memchr::memchr_iter(b'\n', &start).take(MAX_TITLES);
    let header = ends.map(|end| end + 1).enumerate().find(|(_, from)| is_header(&start[*from..], &is_table));
    let Some((above, from)) = header else { return (start, 0) };
    let is_title = |line: &&[u8]| !line.trim_ascii().is_empty();
    let titles = start[..from].split(|byte| *byte == b'\n').filter(is_title).count();
    let mut blanked = vec![b'\n'; above + 1];
    blanked.extend_from_slice(&start[from..]);
    (blanked, titles - usize::from(hint))
}

/// Whether a table starts here: its header, and a row with about as many cells.
fn is_header(start: &[u8], is_table: impl Fn(&Head<'_>) -> bool) -> bool {
    let mut lines = start.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (Some(header), Some(row)) = (lines.next(), lines.next()) else { return false };
    let Some(delimiter) = DELIMITERS.into_iter().max_by_key(|sign| memchr::memchr_iter(*sign, header).count()) else {
        return false;
    };
    let width = |line: &[u8]| cells::header(&String::from_utf8_lossy(line), delimiter).len();
    let columns = width(header);
    columns > 1 && width(row) * 2 > columns && !Head::new(header).is_json() && is_table(&Head::new(header))
}

/// A text in which a carriage return alone ends a line, as old programs of the Mac write it, with the usual line breaks.
pub(in crate::sources) struct CarriageReturns<R>(pub(in crate::sources) R);

impl<R: Read> Read for CarriageReturns<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(out)?;
        out[..read].iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        Ok(read)
    }
}

/// Whether a text has carriage returns and no other line breaks.
pub(in crate::sources) fn has_only_carriage_returns(start: &[u8]) -> bool {
    memchr::memchr(b'\n', start).is_none() && memchr::memchr(b'\r', start).is_some() && !Head::new(start).is_binary()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_above_a_header_are_blanked_and_prose_is_no_header() {
        let is_table = |head: &Head<'_>| head.first_line().contains("date");
        let skipped = |text: &str| {
            let (bytes, titles) = without_titles(text.as_bytes().to_vec(), is_table);
            (String::from_utf8_lossy(&bytes).into_owned(), titles)
        };
        let table = "date,cost\n2026-05-01,1\n";
        assert_eq!(skipped(table), (table.to_owned(), 0));
        assert_eq!(skipped(&format!("Report,\n\n{table}")), (format!("\n\n{table}"), 1));
        assert_eq!(skipped(&format!("sep=,\n{table}")), (format!("\n{table}"), 0));
        let prose = "Notes\nthe date, and more\nof it\n";
        assert_eq!(skipped(prose), (prose.to_owned(), 0));
    }
}

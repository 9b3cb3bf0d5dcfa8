//! Numbered lines from any reader, in bounded memory whatever the size of a line.
//!
//! - In: a stream of bytes. Out: each line whole up to 8 MiB; a longer one as a stream.
//! - Refuses: nothing; the last line may lack its line break.

use std::io::{self, Read};

/// Lines up to this size are handed over whole; longer ones are streamed.
pub(crate) const WHOLE_LINE_LIMIT: usize = 8 << 20;
/// How much is read at a time.
const CHUNK: usize = 256 << 10;
/// How much is read at first: some tools write mostly small files.
const FIRST_CHUNK: usize = 8 << 10;

/// One line without its line break.
pub(crate) enum Line<'a, R> {
    /// The whole line.
    Whole(&'a [u8]),
    /// A line over the limit, to be read as a stream that ends where the line does.
    Long(LongLine<'a, R>),
}

/// Reads lines, growing its buffer up to [`WHOLE_LINE_LIMIT`] and no further.
pub(crate) struct Lines<R> {
    inner: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    scanned: usize,
    ended: bool,
    /// A long line was handed out and its rest has yet to be skipped.
    inside_long: bool,
    number: u64,
    limit: usize,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self::with_limit(inner, WHOLE_LINE_LIMIT)
    }

    fn with_limit(inner: R, limit: usize) -> Self {
        Self {
            inner,
            buffer: vec![0; FIRST_CHUNK.min(limit)],
            start: 0,
            end: 0,
            scanned: 0,
            ended: false,
            inside_long: false,
            number: 0,
            limit,
        }
    }

    /// The number of the last line handed out, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The next line, or `None` at the end.
    ///
    /// # Errors
    /// Passes on errors of the reader.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_, R>>> {
        if self.inside_long {
            self.skip_line()?;
        }
        loop {
            let fresh = self.start + self.scanned;
            if let Some(at) = memchr::memchr(b'\n', &self.buffer[fresh..self.end]) {
                let line = self.start..fresh + at;
                self.start = fresh + at + 1;
                self.scanned = 0;
                self.number += 1;
                return Ok(Some(Line::Whole(without_cr(&self.buffer[line]))));
            }
            self.scanned = self.end - self.start;
            if self.ended {
                if self.scanned == 0 {
                    return Ok(None);
                }
                let line = self.start..self.end;
                self.start = self.end;
                self.scanned = 0;
                self.number += 1;
                return Ok(Some(Line::Whole(without_cr(&self.buffer[line]))));
            }
            if self.scanned >= self.limit {
                self.inside_long = true;
                self.number += 1;
                return Ok(Some(Line::Long(LongLine { lines: self })));
            }
            self.fill()?;
        }
    }

    /// Appends to the buffer, moving or growing it when it is full.
    fn fill(&mut self) -> io::Result<()> {
        // The last read filled the buffer, so there is probably more.
        let full = self.end == self.buffer.len();
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() || full && self.buffer.len() < CHUNK.min(self.limit) {
            let grown = (self.buffer.len() * 2).max(CHUNK.min(self.limit)).min(self.limit.max(CHUNK));
            self.buffer.resize(grown, 0);
        }
        let read = retry(|| self.inner.read(&mut self.buffer[self.end..]))?;
        self.end += read;
        self.ended = read == 0;
        Ok(())
    }

    fn skip_line(&mut self) -> io::Result<()> {
        let mut rest = LongLine { lines: self };
        let mut sink = [0_u8; 4096];
        while rest.read(&mut sink)? > 0 {}
        self.inside_long = false;
        Ok(())
    }
}

/// The bytes of one long line; reading ends at the line break, which is left out.
pub(crate) struct LongLine<'a, R> {
    lines: &'a mut Lines<R>,
}

impl<R: Read> Read for LongLine<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let lines = &mut *self.lines;
        if !lines.inside_long {
            return Ok(0);
        }
        if lines.start == lines.end {
            lines.start = 0;
            lines.end = retry(|| lines.inner.read(&mut lines.buffer))?;
            lines.scanned = 0;
            if lines.end == 0 {
                lines.ended = true;
                lines.inside_long = false;
                return Ok(0);
            }
        }
        let want = (lines.end - lines.start).min(out.len());
        let held = &lines.buffer[lines.start..lines.start + want];
        let (taken, found) = match memchr::memchr(b'\n', held) {
            Some(at) => (at, true),
            None => (want, false),
        };
        out[..taken].copy_from_slice(&held[..taken]);
        lines.start += taken + usize::from(found);
        lines.scanned = 0;
        lines.inside_long = !found;
        Ok(taken)
    }
}

fn retry(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(text: &[u8], limit: usize) -> Vec<(u64, Vec<u8>)> {
        let mut lines = Lines::with_limit(text, limit);
        let mut all = Vec::new();
        loop {
            let bytes = match lines.next().expect("no errors from a slice") {
                None => return all,
                Some(Line::Whole(bytes)) => bytes.to_vec(),
                Some(Line::Long(mut long)) => {
                    let mut bytes = Vec::new();
                    long.read_to_end(&mut bytes).expect("no errors from a slice");
                    bytes
                }
            };
            all.push((lines.number(), bytes));
        }
    }

    #[test]
    fn long_lines_are_streamed_and_their_neighbours_kept() {
        let text = b"short\r\n0123456789abcdefghij\n\nlast without break";
        for limit in [4, 8, 16, 64] {
            let all = collect(text, limit);
            let lines: Vec<&[u8]> = all.iter().map(|(_, bytes)| bytes.as_slice()).collect();
            assert_eq!(lines[1], b"0123456789abcdefghij", "limit {limit}");
            assert_eq!(lines[2], b"");
            assert_eq!(lines[3], b"last without break");
            assert_eq!(all.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1, 2, 3, 4]);
        }
    }

    #[test]
    fn an_unread_long_line_is_skipped() {
        let mut lines = Lines::with_limit(&b"0123456789\nnext\n"[..], 6);
        assert!(matches!(lines.next(), Ok(Some(Line::Long(_)))));
        assert!(matches!(lines.next(), Ok(Some(Line::Whole(b"next")))));
        assert!(matches!(lines.next(), Ok(None)));
    }
}

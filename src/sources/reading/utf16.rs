//! UTF-16 with a byte-order mark, as spreadsheets save "Unicode text" → UTF-8.

use std::io::{self, Read};

/// How UTF-16 starts, low byte first and high byte first.
pub(in crate::sources) const MARKS: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];

/// Turns UTF-16 into UTF-8; what is no character becomes the replacement character.
pub(in crate::sources) struct Utf16<R> {
    inner: R,
    high_first: Option<bool>,
    /// Bytes that were read and not turned yet: an odd one, or half of a pair.
    left: Vec<u8>,
    ready: io::Cursor<Vec<u8>>,
}

impl<R: Read> Utf16<R> {
    /// Wraps a stream that starts with one of the [`MARKS`].
    pub(in crate::sources) fn new(inner: R) -> Self {
        Self { inner, high_first: None, left: Vec::new(), ready: io::Cursor::default() }
    }

    fn fill(&mut self) -> io::Result<bool> {
        let mut chunk = vec![0; 32 << 10];
        let read = loop {
            match self.inner.read(&mut chunk) {
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.left.extend_from_slice(&chunk[..read]);
        if self.high_first.is_none() && self.left.len() >= 2 {
            self.high_first = Some(self.left[..2] == MARKS[1]);
            self.left.drain(..2);
        }
        let high_first = self.high_first == Some(true);
        let unit = |pair: &[u8]| {
            let pair = [pair[0], pair[1]];
            if high_first { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        let mut whole = self.left.len() / 2 * 2;
        // The first half of a pair waits for the second.
        if read > 0 && whole >= 2 && (0xd800..0xdc00).contains(&unit(&self.left[whole - 2..whole])) {
            whole -= 2;
        }
        let units = self.left[..whole].chunks_exact(2).map(unit);
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.left.drain(..whole);
        self.ready = io::Cursor::new(text.into_bytes());
        Ok(read > 0)
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.ready.position() == self.ready.get_ref().len() as u64 {
            if !self.fill()? && self.ready.get_ref().is_empty() {
                return Ok(0);
            }
        }
        self.ready.read(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_and_pairs_are_read_whatever_the_chunks() {
        let text = "date,≤ 200k,🦀\r\n".repeat(9_000);
        for high_first in [false, true] {
            let mark = MARKS[usize::from(high_first)].to_vec();
            let units = text.encode_utf16();
            let bytes = units.flat_map(|unit| if high_first { unit.to_be_bytes() } else { unit.to_le_bytes() });
            let bytes: Vec<u8> = mark.into_iter().chain(bytes).collect();
            let mut read = String::new();
            Utf16::new(&bytes[..]).read_to_string(&mut read).expect("text");
            assert_eq!(read, text);
        }
    }
}

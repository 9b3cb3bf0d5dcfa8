//! UTF-16 → UTF-8: spreadsheets save "Unicode text" in it.
//!
//! - In: a stream that starts with a byte-order mark. Out: the same text in UTF-8.
//! - Refuses: nothing; an unpaired surrogate becomes the replacement character.

use std::io::{self, Read};

/// The byte-order marks of UTF-16: little-endian, big-endian.
pub(in crate::sources) const MARKS: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];

/// Converts UTF-16 to UTF-8 while reading.
pub(in crate::sources) struct Utf16<R> {
    inner: R,
    big_endian: Option<bool>,
    /// Bytes that are not converted yet: an odd one, or half of a surrogate pair.
    rest: Vec<u8>,
    ready: io::Cursor<Vec<u8>>,
}

impl<R: Read> Utf16<R> {
    /// Wraps a stream that starts with one of the [`MARKS`].
    pub(in crate::sources) fn new(inner: R) -> Self {
        Self { inner, big_endian: None, rest: Vec::new(), ready: io::Cursor::default() }
    }

    fn fill(&mut self) -> io::Result<bool> {
        let mut chunk = vec![0; 32 << 10];
        let read = loop {
            match self.inner.read(&mut chunk) {
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.rest.extend_from_slice(&chunk[..read]);
        if self.big_endian.is_none() && self.rest.len() >= 2 {
            self.big_endian = Some(self.rest[..2] == MARKS[1]);
            self.rest.drain(..2);
        }
        let big_endian = self.big_endian == Some(true);
        let unit = |pair: &[u8]| {
            let pair = [pair[0], pair[1]];
            if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        let mut whole = self.rest.len() / 2 * 2;
        // The first half of a surrogate pair waits for the second.
        if read > 0 && whole >= 2 && (0xd800..0xdc00).contains(&unit(&self.rest[whole - 2..whole])) {
            whole -= 2;
        }
        let units = self.rest[..whole].chunks_exact(2).map(unit);
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.rest.drain(..whole);
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
    fn both_byte_orders_and_surrogate_pairs_are_read() {
        let text = "date,≤ 200k,🦀\r\n".repeat(9_000);
        for big_endian in [false, true] {
            let mark = MARKS[usize::from(big_endian)].to_vec();
            let units = text.encode_utf16();
            let bytes = units.flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() });
            let bytes: Vec<u8> = mark.into_iter().chain(bytes).collect();
            let mut read = String::new();
            Utf16::new(&bytes[..]).read_to_string(&mut read).expect("text");
            assert_eq!(read, text);
        }
    }
}

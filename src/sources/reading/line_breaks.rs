//! Carriage returns → line breaks.
//!
//! - In: a text whose lines end in a carriage return alone. Out: the same text, its lines ended as usual.
//! - Refuses: nothing.

use std::io::{self, Read};

use crate::sources::reading::detect::Head;

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
    fn carriage_returns_become_line_breaks_where_there_are_no_others() {
        let mut text = String::new();
        CarriageReturns(&b"a,b\r1,2\r"[..]).read_to_string(&mut text).expect("no errors from a slice");
        assert_eq!(text, "a,b\n1,2\n");
        assert!(has_only_carriage_returns(b"a\rb") && !has_only_carriage_returns(b"a\r\nb"));
        assert!(!has_only_carriage_returns(b"\0\x01\r"));
    }
}

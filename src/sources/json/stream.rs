//! Splits a stream of JSON into its values.

use std::io::{self, Read};

use crate::model::bytes8;

/// A piece of a stream of JSON values.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sources) enum Piece<'a> {
    /// A value at the top level.
    Value(&'a [u8]),
    /// An item of an array at the top level.
    Item(&'a [u8]),
    /// The end of that array.
    ArrayEnd,
    /// A value or item of more than [`VALUE_LIMIT`], which was passed over.
    TooLong,
    /// The stream ends inside a value.
    CutOff,
}

/// How large a value may be, in bytes: it is held whole.
pub(in crate::sources) const VALUE_LIMIT: usize = 256 << 20;

/// How many bytes are read at a time; at first less, because most files are small.
const CHUNK: usize = 256 << 10;
const FIRST_CHUNK: usize = 8 << 10;

/// Calls `each` with the values of a stream, holding one at a time. The stream may have several values one after another; an
/// array at the top level is split into its items.
pub(in crate::sources) fn pieces(input: &mut dyn Read, each: &mut dyn FnMut(Piece<'_>)) -> io::Result<()> {
    pieces_up_to(VALUE_LIMIT, input, each)
}

fn pieces_up_to(limit: usize, input: &mut dyn Read, each: &mut dyn FnMut(Piece<'_>)) -> io::Result<()> {
    let mut too_long = false;
    let mut chunk = vec![0; FIRST_CHUNK];
    let mut value: Vec<u8> = Vec::new();
    let mut scan = Scan::default();
    loop {
        let read = match input.read(&mut chunk) {
            Err(err) if err.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if read == 0 {
            break;
        }
        let is_full = read == chunk.len();
        // Where the open value begins in this chunk.
        let mut start = 0;
        let mut at = 0;
        while at < read {
            let (next, event) = scan.step(&chunk[..read], at);
            match event {
                Event::Inside => {}
                Event::Start => {
                    start = at;
                    value.clear();
                }
                Event::ArrayEnd => each(Piece::ArrayEnd),
                Event::End(end) | Event::EndOfArray(end) => {
                    let bytes = if value.is_empty() {
                        &chunk[start..end]
                    } else {
                        value.extend_from_slice(&chunk[..end]);
                        &value
                    };
                    let ends_array = matches!(event, Event::EndOfArray(_));
                    each(match (std::mem::take(&mut too_long), scan.array || ends_array) {
                        (true, _) => Piece::TooLong,
                        (false, true) => Piece::Item(bytes),
                        (false, false) => Piece::Value(bytes),
                    });
                    if ends_array {
                        each(Piece::ArrayEnd);
                    }
                    value.clear();
                }
            }
            at = next;
        }
        if scan.open {
            if value.len() + (read - start) > limit {
                too_long = true;
                value = Vec::new();
            }
            if !too_long {
                value.extend_from_slice(&chunk[start..read]);
            }
        }
        if is_full && read < CHUNK {
            chunk = vec![0; CHUNK];
        }
    }
    if too_long {
        each(Piece::TooLong);
        return Ok(());
    }
    if scan.open && scan.depth == 0 && !scan.text && !scan.array {
        // A number or a word at the end of the stream has no byte that ends it.
        each(Piece::Value(&value));
    } else if scan.open || scan.array {
        each(Piece::CutOff);
    }
    Ok(())
}

/// The state of the scan between two bytes.
#[derive(Default)]
struct Scan {
    /// Inside an array at the top level.
    array: bool,
    /// Inside a value.
    open: bool,
    depth: u32,
    /// Inside a text, and after a backslash in it.
    text: bool,
    escaped: bool,
}

enum Event {
    Inside,
    Start,
    /// The value ends before that index.
    End(usize),
    /// The array ends after a number or a word that ends before that index.
    EndOfArray(usize),
    ArrayEnd,
}

impl Scan {
    /// Looks at the byte at an index, or at all bytes to the end of the open value; returns the next index and what was found.
    fn step(&mut self, bytes: &[u8], at: usize) -> (usize, Event) {
        if self.text || self.depth > 0 {
            return self.inside(bytes, at);
        }
        let byte = bytes[at];
        if !self.open {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' => return (at + 1, Event::Inside),
                b'[' if !self.array => {
                    self.array = true;
                    return (at + 1, Event::Inside);
                }
                b']' if self.array => {
                    self.array = false;
                    return (at + 1, Event::ArrayEnd);
                }
                _ => {}
            }
            self.open = true;
            match byte {
                b'{' | b'[' => self.depth = 1,
                b'"' => self.text = true,
                _ => {}
            }
            return (at + 1, Event::Start);
        }
        match byte {
            b'"' => self.text = true,
            b'{' | b'[' => self.depth = 1,
            b']' if self.array => {
                self.open = false;
                self.array = false;
                return (at + 1, Event::EndOfArray(at));
            }
            b',' | b' ' | b'\t' | b'\r' | b'\n' => {
                self.open = false;
                return (at + 1, Event::End(at));
            }
            _ => {}
        }
        (at + 1, Event::Inside)
    }

    /// Continues inside a text, a list or a map, to its end or to the end of the bytes.
    fn inside(&mut self, bytes: &[u8], mut at: usize) -> (usize, Event) {
        // A byte after a backslash does not end a text.
        let mut escaped = if self.escaped { at } else { bytes.len() + 1 };
        while at < bytes.len() {
            let word = bytes8::load(&bytes[at..]);
            let mut signs = signs(word);
            if signs == 0 && self.text {
                // A long text: only its end and escapes matter, and memchr finds them faster.
                at = memchr::memchr2(b'"', b'\\', &bytes[at..]).map_or(bytes.len(), |far| at + far);
                continue;
            }
            while signs != 0 {
                let here = at + bytes8::first(signs);
                signs &= signs - 1;
                match bytes[here] {
                    _ if here == escaped => {}
                    b'"' => self.text = !self.text,
                    b'\\' if self.text => escaped = here + 1,
                    _ if self.text => {}
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth -= 1,
                    _ => {}
                }
                if self.depth == 0 && !self.text {
                    self.open = false;
                    self.escaped = false;
                    return (here + 1, Event::End(here + 1));
                }
            }
            at += 8;
        }
        self.escaped = escaped == bytes.len();
        (bytes.len(), Event::Inside)
    }
}

/// The bytes of a word that may open or end anything.
fn signs(word: u64) -> u64 {
    // Brackets and braces differ only in this bit.
    let braces = word | bytes8::repeat(0x20);
    bytes8::equal(word, b'"') | bytes8::equal(word, b'\\') | bytes8::equal(braces, b'{') | bytes8::equal(braces, b'}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, chunk: usize) -> Vec<String> {
        /// Gives a few bytes at a time.
        struct Slow<'a>(&'a [u8], usize);
        impl Read for Slow<'_> {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                let size = self.1.min(out.len());
                self.0.read(&mut out[..size])
            }
        }
        let mut all = Vec::new();
        let mut each = |piece: Piece<'_>| {
            all.push(match piece {
                Piece::Value(bytes) => format!("v{}", String::from_utf8_lossy(bytes)),
                Piece::Item(bytes) => format!("i{}", String::from_utf8_lossy(bytes)),
                Piece::ArrayEnd => "end".to_owned(),
                Piece::CutOff => "cut".to_owned(),
                Piece::TooLong => "long".to_owned(),
            });
        };
        pieces(&mut Slow(text.as_bytes(), chunk), &mut each).expect("no errors from a slice");
        all
    }

    #[test]
    fn values_and_items_are_found_whatever_the_chunks() {
        for chunk in [1, 2, 3, 7, 8, 9, 1000] {
            assert_eq!(cut("{\"a\": [1, \"}\\\"\"]}\n {} ", chunk), ["v{\"a\": [1, \"}\\\"\"]}", "v{}"], "{chunk}");
            assert_eq!(cut("[{\"a\":1}, 2,[3]]\n{}", chunk), ["i{\"a\":1}", "i2", "i[3]", "end", "v{}"], "{chunk}");
            assert_eq!(cut("[\"x]\",1]", chunk), ["i\"x]\"", "i1", "end"], "{chunk}");
            assert_eq!(cut("[{}, {\"a\":", chunk), ["i{}", "cut"], "{chunk}");
            let text = "{\"b\\\\\": [\"a text of more than a word \\\\\\\"}] and on\", {\"\": \"\\\"\"}]}";
            assert_eq!(
                cut(&format!("[\"\\\\\",{text},7]"), chunk),
                ["i\"\\\\\"", &format!("i{text}"), "i7", "end"],
                "{chunk}"
            );
            assert_eq!(cut("[]", chunk), ["end"], "{chunk}");
            assert_eq!(cut("1", chunk), ["v1"], "{chunk}");
        }
    }

    #[test]
    fn a_value_over_the_limit_is_passed_over_and_its_neighbours_are_kept() {
        let long = format!("{{\"a\": \"{}\"}}", "x".repeat(600 << 10));
        let mut all = Vec::new();
        let text = format!("[{{}},{long},{{}}] {long} 1");
        pieces_up_to(300 << 10, &mut text.as_bytes(), &mut |piece| {
            all.push(match piece {
                Piece::Item(_) => 'i',
                Piece::Value(_) => 'v',
                Piece::ArrayEnd => 'e',
                Piece::TooLong => 'l',
                Piece::CutOff => 'c',
            });
        })
        .expect("no errors from a slice");
        assert_eq!(all, ['i', 'l', 'i', 'e', 'l', 'v']);
    }
}

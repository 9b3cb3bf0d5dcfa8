//! Hands the values of a JSON file to a format, whether they are lines, one document, or pages and arrays one after another.

use std::io::{self, Read};

use crate::diagnostics::Severity;
use crate::model::origin::{FileId, Origin};
use crate::sources::figures::marks;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::json::stream::{Piece, VALUE_LIMIT, pieces};
use crate::sources::{Batch, LineParser, Parser, StreamParser, Taken};

/// Reads the JSON values of one format.
pub(in crate::sources) trait ValueReader {
    /// The id of the format.
    fn format(&self) -> &'static str;

    /// Reads a value, or declines it as another format's. JSON inside a text can be read into the arena.
    fn value(&mut self, value: Json<'_>, arena: &Arena, at: Origin, out: &mut Batch) -> Taken;

    /// Called at the end of a file of lines.
    fn finish(&mut self, _out: &mut Batch) {}
}

/// For one value a line.
pub(in crate::sources) fn lines<R: ValueReader + 'static>(reader: R) -> Parser {
    Parser::Lines(Box::new(Values::new(reader)))
}

/// For values that do not come from a JSON file.
pub(in crate::sources) fn values<R: ValueReader + 'static>(reader: R) -> impl LineParser + 'static {
    Values::new(reader)
}

/// For a file that is one document: nothing of a damaged one is counted.
pub(in crate::sources) fn document<R: ValueReader + 'static>(reader: R) -> Parser {
    Parser::Stream(Box::new(Document(Values::new(reader))))
}

/// For values one after another and for arrays, however large: only one value or item is held at a time.
pub(in crate::sources) fn stream<R: ValueReader + 'static>(reader: R) -> Parser {
    Parser::Stream(Box::new(Values::new(reader)))
}

struct Values<R> {
    reader: R,
    arena: Arena,
}

impl<R: ValueReader> Values<R> {
    fn new(reader: R) -> Self {
        Self { reader, arena: Arena::default() }
    }

    fn read(&mut self, bytes: &[u8], at: Origin, out: &mut Batch) -> Taken {
        self.arena.clear();
        match self.arena.parse(bytes) {
            Some(value) => read_value(&mut self.reader, &value, &self.arena, at, out),
            None => Taken::Malformed,
        }
    }
}

/// Reads a value, and looks for figures of its records that were not read.
fn read_value<R: ValueReader>(reader: &mut R, value: &Node<'_>, arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
    marks::clear();
    let (before, rejected, ignored) = (out.accepted(), out.counts.rejected, out.counts.ignored);
    let taken = reader.value(Json(value), arena, at, out);
    // A record that was left out because it holds nothing must hold nothing.
    if out.accepted() > before || out.counts.ignored > ignored {
        let some_rejected = out.counts.rejected > rejected;
        out.figures.check(reader.format(), value, at.line, some_rejected);
    }
    taken
}

impl<R: ValueReader> LineParser for Values<R> {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        match self.read(line, at, out) {
            Taken::Malformed => self.read_joined(line, at, out),
            taken => taken,
        }
    }

    fn long_line(&mut self, line: &mut dyn Read, at: Origin, out: &mut Batch) -> Taken {
        match read_limited(line) {
            Ok(Some(bytes)) => self.line(&bytes, at, out),
            Ok(None) => {
                out.reject("long-value", LONG_VALUE, at.line);
                Taken::Yes
            }
            Err(_) => Taken::Malformed,
        }
    }

    fn finish(&mut self, out: &mut Batch) {
        self.reader.finish(out);
    }
}

impl<R: ValueReader> Values<R> {
    /// Reads a line that holds several values, which pages become that are saved one after another without a line break.
    fn read_joined(&mut self, mut line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        let mut whole = true;
        let is_json = |bytes: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
        let mut check = |piece: Piece<'_>| match piece {
            Piece::Value(bytes) | Piece::Item(bytes) => whole &= is_json(bytes),
            Piece::ArrayEnd => {}
            Piece::CutOff | Piece::TooLong => whole = false,
        };
        if pieces(&mut &*line, &mut check).is_err() || !whole {
            return Taken::Malformed;
        }
        let mut taken = Taken::Foreign;
        let read = pieces(&mut line, &mut |piece| {
            if let Piece::Value(bytes) | Piece::Item(bytes) = piece
                && self.read(bytes, at, out) == Taken::Yes
            {
                taken = Taken::Yes;
            }
        });
        if read.is_ok() { taken } else { Taken::Malformed }
    }
}

/// Reads a value to its end; `None` if it is too large to hold.
fn read_limited(input: &mut dyn Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    input.take(VALUE_LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= VALUE_LIMIT).then_some(bytes))
}

const LONG_VALUE: &str = "a JSON value is larger than 256 MB and was not read; split the export";
const FOREIGN: &str = "a value has another shape than the first one of the file, and was skipped";
const BAD_VALUE: &str = "a line is not JSON (cut off or damaged); the lines around it are counted";

impl<R: ValueReader> StreamParser for Values<R> {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> io::Result<()> {
        let mut number = 1;
        // Whether the reader took an item of the open array.
        let mut any = false;
        pieces(input, &mut |piece| {
            let at = Origin { file, line: number };
            let (taken, ends) = match piece {
                Piece::Value(bytes) => (self.read(bytes, at, out), true),
                Piece::Item(bytes) => {
                    let taken = self.read(bytes, at, out);
                    any |= taken == Taken::Yes;
                    (if taken == Taken::Foreign { Taken::Yes } else { taken }, false)
                }
                Piece::ArrayEnd => (if std::mem::take(&mut any) { Taken::Yes } else { Taken::Foreign }, true),
                Piece::TooLong => {
                    out.reject("long-value", LONG_VALUE, number);
                    (Taken::Yes, false)
                }
                Piece::CutOff => (Taken::Malformed, true),
            };
            match taken {
                Taken::Yes => {}
                Taken::Foreign => {
                    out.foreign += 1;
                    out.foreign_usage = true;
                    out.notice(Severity::Warning, "foreign-value", FOREIGN, number);
                }
                Taken::Malformed => out.reject("bad-line", BAD_VALUE, number),
            }
            if ends {
                number += 1;
                out.counts.lines_read += 1;
            }
        })
    }
}

struct Document<R>(Values<R>);

impl<R: ValueReader> StreamParser for Document<R> {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> io::Result<()> {
        out.counts.lines_read += 1;
        let Some(bytes) = read_limited(input)? else {
            out.reject("long-value", LONG_VALUE, 1);
            return Ok(());
        };
        let text = String::from_utf8(bytes).unwrap_or_else(|err| String::from_utf8_lossy(err.as_bytes()).into_owned());
        let Values { reader, arena } = &mut self.0;
        arena.clear();
        match arena.read(text.trim_start_matches('\u{feff}')) {
            Ok(document) => {
                if read_value(reader, &document, arena, Origin { file, line: 1 }, out) == Taken::Foreign {
                    out.foreign += 1;
                    out.foreign_usage = true;
                }
            }
            Err(err) => out.reject(
                "bad-document",
                "a file is not a whole JSON document (cut off or damaged); nothing of it is counted",
                err.line() as u64,
            ),
        }
        Ok(())
    }
}

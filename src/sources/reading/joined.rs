//! Files of lines: each line goes to the format that it is in, so that files joined into one read like their parts.
//!
//! - In: the lines of a file, and the parser that its first bytes called for.
//! - Out: whatever the parsers of the lines' formats add to the [`Batch`].
//! - Refuses: lines that are not JSON. NUL bytes around a line and invalid UTF-8 inside a text cost nothing but a notice.

use std::io::{self, Read};

use crate::diagnostics::Severity;
use crate::model::origin::{FileId, Origin};
use crate::sources::reading::detect::Head;
use crate::sources::reading::lines::{Line, Lines};
use crate::sources::reading::options::ReadOptions;
use crate::sources::{Batch, LineParser, Parser, SOURCES, Sniff, Taken};

/// The parsers that a file's lines have needed so far.
pub(super) struct LineParsers<'a> {
    options: &'a ReadOptions,
    open: Vec<(&'static str, Box<dyn LineParser>)>,
    /// The parser of the line before.
    current: usize,
}

impl<'a> LineParsers<'a> {
    /// Starts with the parser of the file's first lines.
    pub(super) fn new(options: &'a ReadOptions, format: &'static str, parser: Box<dyn LineParser>) -> Self {
        Self { options, open: vec![(format, parser)], current: 0 }
    }

    /// Reads all lines.
    ///
    /// # Errors
    /// Those of the reader.
    pub(super) fn read(mut self, text: impl Read, file: FileId, out: &mut Batch) -> io::Result<()> {
        let mut lines = Lines::new(text);
        loop {
            let at = Origin { file, line: lines.number() + 1 };
            let taken = match lines.next()? {
                None => break,
                Some(Line::Whole(line)) => {
                    let line = line.trim_ascii();
                    if line.is_empty() { Taken::Yes } else { self.parse(line, at, out) }
                }
                Some(Line::Long(mut long)) => {
                    out.notice(
                        Severity::Note,
                        "long-line",
                        "a line is too long to hold; its usage is counted, its edits and visible output are not read",
                        at.line,
                    );
                    let (_, parser) = &mut self.open[self.current];
                    parser.long_line(&mut io::BufReader::with_capacity(64 << 10, &mut long), at, out)
                }
            };
            out.counts.lines_read += 1;
            match taken {
                Taken::Yes => {}
                Taken::Foreign => out.foreign += 1,
                Taken::Malformed => {
                    let message = "a line is not JSON (cut off or damaged); the lines around it are counted";
                    out.reject("bad-line", message, at.line);
                }
            }
        }
        for (_, parser) in &mut self.open {
            parser.finish(out);
        }
        Ok(())
    }

    fn parse(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        match self.dispatch(line, at, out) {
            Taken::Malformed => self.parse_repaired(line, at, out),
            taken => taken,
        }
    }

    /// Reads a damaged line after all, if only NUL bytes surround it (a crash while writing) or a text in it is invalid UTF-8.
    fn parse_repaired(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        // A byte-order mark begins a file, and so a part of files that were joined.
        let bare = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let leading = bare.iter().take_while(|b| **b == 0).count();
        let bare = &bare[leading..];
        let bare = &bare[..bare.len() - bare.iter().rev().take_while(|b| **b == 0).count()];
        if bare.is_empty() {
            let message = "a run of NUL bytes, left by a crash while writing, was skipped";
            out.notice(Severity::Note, "nul-bytes", message, at.line);
            return Taken::Yes;
        }
        let text = String::from_utf8_lossy(bare);
        if text.as_bytes() == line {
            return Taken::Malformed;
        }
        let taken = self.dispatch(text.as_bytes(), at, out);
        if taken != Taken::Malformed && bare.len() + 3 != line.len() {
            let kind = if std::str::from_utf8(bare).is_err() { "invalid-utf8" } else { "nul-bytes" };
            out.notice(Severity::Note, kind, "a line held bytes that are not text; the rest of it is counted", at.line);
        }
        taken
    }

    /// Hands a line to the parser of the line before, and if that declines it, to the parser of the format that accepts it.
    fn dispatch(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        let taken = self.open[self.current].1.line(line, at, out);
        if taken != Taken::Foreign || self.options.format.is_some() {
            return taken;
        }
        let head = Head::new(line);
        let declined = self.current;
        for source in SOURCES.iter().filter(|source| source.sniff(&head) == Sniff::Yes) {
            let found = match self.open.iter().position(|(id, _)| *id == source.id()) {
                Some(known) => known,
                None => match source.open(&head, self.options) {
                    Parser::Lines(parser) => {
                        self.open.push((source.id(), parser));
                        self.open.len() - 1
                    }
                    Parser::Stream(_) | Parser::Database(_) => continue,
                },
            };
            if found == declined {
                continue;
            }
            let taken = self.open[found].1.line(line, at, out);
            if taken != Taken::Foreign {
                self.current = found;
                return taken;
            }
        }
        out.foreign_usage |= head.mentions_usage();
        Taken::Foreign
    }
}

//! Reads files side by side: opens, decompresses, recognises, hands the lines to the format, and merges the results.
//!
//! Every step of the merge is order-free ([`crate::model::sighting`]) or done in input order, so the number of
//! threads does not show in the result.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use crate::diagnostics::{Diagnostics, Severity};
use crate::model::activity::Activity;
use crate::model::name::Names;
use crate::model::origin::{FileId, Origin};
use crate::model::period::Period;
use crate::model::prompt::PromptReader;
use crate::model::sightings::Sightings;
use crate::model::substitute::Substitutes;
use crate::model::value_fact::ValueFacts;
use crate::sources::reading::detect::{HEAD_BYTES, Head};
use crate::sources::reading::inputs::Input;
use crate::sources::reading::lines::{Line, Lines};
use crate::sources::reading::parquet::{self, ParquetRows};
use crate::sources::reading::utf16::{self, Utf16};
use crate::sources::{Batch, Counts, LineParser, Parser, SOURCES, Sniff, Source, TOLD, TOLD_TEXT, Taken};

/// How logs are read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Keep what sessions did (edits, commits, prompts' lengths) beside what they used.
    pub activity: bool,
    /// Read every file as this format.
    pub format: Option<&'static str>,
    /// Who reads prompts, where `activity` is kept; without one only their length is.
    pub prompts: Option<PromptReader>,
    /// When records are dated that tell no time; without it they are rejected.
    pub undated: Option<Undated>,
}

/// The time of records that tell none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undated {
    /// The day of the run, or the start of the period asked for where the run lies outside it.
    pub at: DateTime<Utc>,
    /// The period asked for, where it has both ends: what an export without dates is taken to cover.
    pub period: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Undated {
    /// The dates of undated records in a run over a period.
    #[must_use]
    pub fn within(period: &Period, as_of: DateTime<Utc>) -> Self {
        let at = if period.contains(as_of) { as_of } else { period.from.unwrap_or(as_of) };
        Self { at, period: period.from.zip(period.to) }
    }
}

/// What was read of one file.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct FileReport {
    /// The file, as reports name it.
    pub path: String,
    /// Bytes before decompression.
    pub bytes: u64,
    /// The format, when one was recognised.
    pub format: Option<&'static str>,
    /// Compression, when there is one.
    pub compression: Option<&'static str>,
    /// What became of its records.
    pub counts: Counts,
    /// The earliest and the latest kept record.
    pub first: Option<chrono::DateTime<chrono::Utc>>,
    /// See `first`.
    pub last: Option<chrono::DateTime<chrono::Utc>>,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The texts that records point to.
    pub names: Names,
    /// Distinct records with their sightings.
    pub usage: Sightings,
    /// What vendors count on the value side.
    pub values: ValueFacts,
    /// What sessions did, when asked for.
    pub activity: Activity,
    /// One report per input, in input order; `kept`, `duplicate` and `replayed` are filled in by the ledger.
    pub files: Vec<FileReport>,
    /// What was noticed, in input order.
    pub diagnostics: Diagnostics,
    /// Inputs that could not be read, or were named and not recognised.
    pub failed: u64,
}

/// Reads all inputs on the current rayon pool.
///
/// `progress` is called with the bytes read so far.
#[must_use]
pub fn read(inputs: &[Input], options: &ReadOptions, progress: &(dyn Fn(u64) + Sync)) -> Reading {
    let merged = Mutex::new(Merged::default());
    let done = AtomicU64::new(0);
    let mut work: Vec<(usize, &Input)> = inputs.iter().enumerate().collect();
    // Largest first keeps the threads busy to the end.
    work.sort_by_key(|(at, input)| (std::cmp::Reverse(input.bytes), *at));
    let mut results: Vec<(usize, FileOutcome)> = work
        .into_par_iter()
        .with_max_len(1)
        .map(|(at, input)| {
            let count = |bytes: u64| progress(done.fetch_add(bytes, Ordering::Relaxed) + bytes);
            let file = FileId(u32::try_from(at).unwrap_or(u32::MAX));
            let mut batch = Batch {
                path: input.shown.clone(),
                undated: options.undated,
                prompts: options.prompts,
                ..Batch::default()
            };
            let outcome = read_file(input, file, options, &count, &mut batch);
            let mut merged = merged.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let Merged { names, usage, substitutes, values, activity } = &mut *merged;
            let map = names.absorb(batch.names);
            usage.merge(batch.usage, &map);
            substitutes.merge(batch.substitutes, &map);
            values.merge(batch.values, &map);
            activity.merge(batch.activity, &map);
            (at, FileOutcome { counts: batch.counts, diagnostics: batch.diagnostics, ..outcome })
        })
        .collect();
    results.sort_by_key(|(at, _)| *at);
    let Merged { names, mut usage, substitutes, values, activity } =
        merged.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    for repeat in substitutes.settle(&mut usage) {
        for (file, duplicate, replayed) in repeat.repeats() {
            results[file.0 as usize].1.counts.duplicate += duplicate + replayed;
        }
        let at = repeat.record.origin;
        let FileOutcome { counts, diagnostics, .. } = &mut results[at.file.0 as usize].1;
        counts.duplicate += 1;
        let shown = &inputs[at.file.0 as usize].shown;
        diagnostics.add(Severity::Note, TOLD, TOLD_TEXT, format_args!("{shown}:{}", at.line));
    }
    let mut reading = Reading { names, usage, values, activity, ..Reading::default() };
    for (at, outcome) in results {
        reading.failed += u64::from(outcome.failed);
        reading.diagnostics.merge(outcome.diagnostics);
        reading.files.push(FileReport {
            path: inputs[at].shown.clone(),
            bytes: outcome.bytes,
            format: outcome.format,
            compression: outcome.compression,
            counts: outcome.counts,
            first: None,
            last: None,
        });
    }
    reading
}

/// What the files read so far gave together.
#[derive(Default)]
struct Merged {
    names: Names,
    usage: Sightings,
    substitutes: Substitutes,
    values: ValueFacts,
    activity: Activity,
}

#[derive(Default)]
struct FileOutcome {
    bytes: u64,
    format: Option<&'static str>,
    compression: Option<&'static str>,
    counts: Counts,
    diagnostics: Diagnostics,
    failed: bool,
}

fn read_file(input: &Input, file: FileId, options: &ReadOptions, count: &dyn Fn(u64), out: &mut Batch) -> FileOutcome {
    let mut outcome = FileOutcome::default();
    let raw: Box<dyn Read + '_> = if input.is_stdin() {
        Box::new(io::stdin().lock())
    } else {
        let opened: io::Result<Box<dyn Read>> = match &input.content {
            Some(content) => content().map(|bytes| Box::new(io::Cursor::new(bytes)) as Box<dyn Read>),
            None => File::open(&input.path).map(|opened| Box::new(opened) as Box<dyn Read>),
        };
        match opened {
            Ok(opened) => opened,
            Err(err) => {
                let place = format!("{}: {err}", input.shown);
                out.diagnostics.add(
                    Severity::Error,
                    "unreadable-file",
                    "a file cannot be opened; check its permissions",
                    place,
                );
                outcome.failed = true;
                return outcome;
            }
        }
    };
    let mut bytes = 0;
    let counted = Counted { inner: raw, bytes: &mut bytes, count };
    let result = read_stream(counted, input, file, options, out, &mut outcome);
    outcome.bytes = bytes;
    if let Err(err) = result {
        // What was read before the damage stands.
        let place = format!("{}: {err}", input.shown);
        out.diagnostics.add(
            Severity::Error,
            "unreadable-file",
            "a file cannot be read to its end; what came before is counted",
            place,
        );
        outcome.failed = true;
    }
    outcome
}

fn read_stream<R: Read>(
    mut raw: R,
    input: &Input,
    file: FileId,
    options: &ReadOptions,
    out: &mut Batch,
    outcome: &mut FileOutcome,
) -> io::Result<()> {
    let start = peek(&mut raw, 4)?;
    let whole = io::Cursor::new(start.clone()).chain(raw);
    match start.as_slice() {
        [0x1f, 0x8b, ..] => {
            outcome.compression = Some("gzip");
            read_text(flate2::read::MultiGzDecoder::new(whole), input, file, options, out, outcome)
        }
        [0x28, 0xb5, 0x2f, 0xfd] => {
            outcome.compression = Some("zstd");
            let mut decoder = zstd::stream::read::Decoder::new(whole)?;
            // Frames made with --long need a larger window than the default allows.
            decoder.window_log_max(31)?;
            read_text(decoder, input, file, options, out, outcome)
        }
        _ => read_text(whole, input, file, options, out, outcome),
    }
}

/// Reads a Parquet file by the format that knows its columns. Its footer stands at the end, so it is read from disk.
fn read_parquet<R: Read>(
    mut whole: R,
    input: &Input,
    file: FileId,
    options: &ReadOptions,
    out: &mut Batch,
    outcome: &mut FileOutcome,
) -> io::Result<()> {
    let opened = if outcome.compression.is_none() && input.is_file() {
        io::copy(&mut whole, &mut io::sink())?;
        File::open(&input.path)?
    } else {
        let mut unpacked = tempfile::tempfile()?;
        io::copy(&mut whole, &mut unpacked)?;
        unpacked
    };
    let mut rows = ParquetRows::open(opened)?;
    let header = rows.header().to_vec();
    let head = Head::new(&header);
    match recognise(&head, options).map(|source| (source, source.open(&head, options))) {
        Some((source, Parser::Stream(mut parser))) => {
            outcome.format = Some(source.id());
            forced(&head, source, options, input, out);
            parser.read(&mut rows, file, out)
        }
        _ => {
            unrecognised(&head, input, out, outcome);
            Ok(())
        }
    }
}

fn read_text<R: Read>(
    mut text: R,
    input: &Input,
    file: FileId,
    options: &ReadOptions,
    out: &mut Batch,
    outcome: &mut FileOutcome,
) -> io::Result<()> {
    let start = peek(&mut text, HEAD_BYTES)?;
    if start.starts_with(parquet::MAGIC) {
        return read_parquet(io::Cursor::new(start).chain(text), input, file, options, out, outcome);
    }
    if utf16::MARKS.iter().any(|mark| start.starts_with(mark)) {
        let text: Box<dyn Read + '_> = Box::new(Utf16::new(io::Cursor::new(start).chain(text)));
        return read_text(text, input, file, options, out, outcome);
    }
    let head = Head::new(&start);
    if head.is_empty() {
        out.diagnostics.add(Severity::Note, "empty-file", "a file is empty", &input.shown);
        return Ok(());
    }
    let Some(source) = recognise(&head, options) else {
        unrecognised(&head, input, out, outcome);
        return Ok(());
    };
    outcome.format = Some(source.id());
    almost(&head, source, options, input, out);
    forced(&head, source, options, input, out);
    let parser = source.open(&head, options);
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    let mut whole = io::Cursor::new(start).chain(text);
    match parser {
        Parser::Lines(parser) => read_lines(whole, source, parser, file, options, out),
        Parser::Stream(mut parser) => parser.read(&mut whole, file, out),
        Parser::Database(mut parser) if outcome.compression.is_none() && input.is_file() => {
            io::copy(&mut whole, &mut io::sink())?;
            parser.read(&input.path, file, out)
        }
        Parser::Database(mut parser) => {
            let mut unpacked = tempfile::NamedTempFile::new()?;
            io::copy(&mut whole, &mut unpacked)?;
            parser.read(unpacked.path(), file, out)
        }
    }
}

/// The format of a file: the one asked for, or the first that knows the head.
fn recognise(head: &Head<'_>, options: &ReadOptions) -> Option<&'static dyn Source> {
    match options.format {
        Some(id) => SOURCES.iter().copied().find(|source| source.id() == id),
        None => SOURCES.iter().copied().find(|source| source.sniff(head) == Sniff::Yes),
    }
}

/// Says so when a vendor's export that lacks a column or up to two keys passes for one of the canonical columns.
fn almost(head: &Head<'_>, source: &dyn Source, options: &ReadOptions, input: &Input, out: &mut Batch) {
    if source.id() != "generic" || options.format.is_some() {
        return;
    }
    let near = nearest(head).into_iter().find(|near| match near.missing.len() {
        1 if !head.is_json() => true,
        1 | 2 if head.is_json() => near.is_telling(head, source),
        _ => false,
    });
    if let Some(near) = near {
        out.diagnostics.add(
            Severity::Warning,
            "near-format",
            "a file is read by the canonical columns, but comes close to a vendor's export; was a column or key renamed?",
            format_args!("{} ({near})", input.shown),
        );
    }
}

/// Says so when a file is read as its user says and lacks columns or keys of that format.
fn forced(head: &Head<'_>, source: &dyn Source, options: &ReadOptions, input: &Input, out: &mut Batch) {
    if let (Some(id), Sniff::Missing(names)) = (options.format, source.sniff(head)) {
        out.diagnostics.add(
            Severity::Warning,
            "missing-names",
            "a file is read as --as says and lacks columns or keys of that format; what they would tell is unknown",
            format_args!("{} ({id}, without {})", input.shown, listed(&names)),
        );
    }
}

/// Columns or keys, as people read them.
fn listed(names: &[&str]) -> String {
    names.iter().map(|name| name.replace('|', " or ")).collect::<Vec<_>>().join(", ")
}

/// How many formats an unrecognised file is compared with.
const NEAREST: usize = 3;

/// A format that a file comes close to, and the columns or keys that it lacks.
struct Near {
    source: &'static dyn Source,
    missing: Vec<&'static str>,
}

impl Near {
    /// Whether the keys that are there tell it from an export of the canonical columns: they are more than those that it
    /// lacks, and one of them is no canonical column.
    fn is_telling(&self, head: &Head<'_>, canonical: &dyn Source) -> bool {
        self.source.keys().iter().any(|set| {
            let (missing, found): (Vec<&str>, Vec<&str>) = set.iter().partition(|key| self.missing.contains(key));
            missing.len() == self.missing.len()
                && found.len() > missing.len()
                && found.iter().all(|key| head.has_key(key))
                && !found.iter().all(|key| canonical.knows(key))
        })
    }
}

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, without {}", self.source.id(), listed(&self.missing))
    }
}

/// The formats that a file comes close to, closest first.
fn nearest(head: &Head<'_>) -> Vec<Near> {
    let near = |source: &&'static dyn Source| match source.sniff(head) {
        Sniff::Missing(missing) => Some(Near { source: *source, missing }),
        Sniff::Yes | Sniff::No => None,
    };
    let mut near: Vec<Near> = SOURCES.iter().filter_map(near).collect();
    near.sort_by_key(|near| near.missing.len());
    near
}

fn unrecognised(head: &Head<'_>, input: &Input, out: &mut Batch, outcome: &mut FileOutcome) {
    let near: Vec<String> = nearest(head).iter().take(NEAREST).map(Near::to_string).collect();
    let what = match head.archived() {
        Some(names) => format!("a zip archive of {}; unpack it", names.join(", ")),
        None if head.is_binary() => "binary".to_owned(),
        None if !near.is_empty() => format!("closest is {}", near.join("; or ")),
        None if head.is_json() => "no format matches: of none does it have half of the keys".to_owned(),
        None => "no format matches: of none does it have half of the columns".to_owned(),
    };
    let (severity, kind) = if input.named {
        outcome.failed = true;
        (Severity::Error, "unrecognised-input")
    } else {
        (Severity::Note, "unrecognised-file")
    };
    out.diagnostics.add(
        severity,
        kind,
        "no usage log was recognised; `tokaudit explain formats` lists what is read, --as FORMAT forces one",
        format_args!("{} ({what})", input.shown),
    );
}

/// Reads lines; a line that is another format's goes to that format, so that joined files read like their parts.
fn read_lines<R: Read>(
    text: R,
    source: &'static dyn Source,
    parser: Box<dyn LineParser>,
    file: FileId,
    options: &ReadOptions,
    out: &mut Batch,
) -> io::Result<()> {
    let mut lines = Lines::new(text);
    let mut parsers = Parsers { options, open: vec![(source.id(), parser)], current: 0 };
    loop {
        let number = lines.number() + 1;
        let at = Origin { file, line: number };
        let taken = match lines.next()? {
            None => break,
            Some(Line::Whole(line)) => {
                let line = line.trim_ascii();
                if line.is_empty() { Taken::Yes } else { parsers.whole(line, at, out) }
            }
            Some(Line::Long(mut long)) => {
                out.notice(
                    Severity::Note,
                    "long-line",
                    "a line is too long to hold; its usage is counted, its edits and visible output are not read",
                    number,
                );
                let (_, parser) = &mut parsers.open[parsers.current];
                parser.long_line(&mut io::BufReader::with_capacity(64 << 10, &mut long), at, out)
            }
        };
        out.counts.lines_read += 1;
        if taken == Taken::Malformed {
            out.reject("bad-line", "a line is not JSON (cut off or damaged); the lines around it are counted", number);
        }
    }
    for (_, parser) in &mut parsers.open {
        parser.finish(out);
    }
    Ok(())
}

struct Parsers<'a> {
    options: &'a ReadOptions,
    open: Vec<(&'static str, Box<dyn LineParser>)>,
    current: usize,
}

impl Parsers<'_> {
    fn whole(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        match self.dispatch(line, at, out) {
            Taken::Malformed => self.mended(line, at, out),
            taken => taken,
        }
    }

    /// A line with NUL bytes around it (a crash while writing) or with invalid UTF-8 in a text is read all the same.
    fn mended(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        let bare = line.trim_ascii();
        let blank = bare.iter().take_while(|b| **b == 0).count();
        let bare = &bare[blank..];
        let bare = &bare[..bare.len() - bare.iter().rev().take_while(|b| **b == 0).count()];
        if bare.is_empty() {
            out.notice(
                Severity::Note,
                "nul-bytes",
                "a run of NUL bytes, left by a crash while writing, was passed over",
                at.line,
            );
            return Taken::Yes;
        }
        let text = String::from_utf8_lossy(bare);
        if text.as_bytes() == line {
            return Taken::Malformed;
        }
        let taken = self.dispatch(text.as_bytes(), at, out);
        if taken != Taken::Malformed {
            let kind = if std::str::from_utf8(bare).is_err() { "invalid-utf8" } else { "nul-bytes" };
            out.notice(Severity::Note, kind, "a line held bytes that are no text; the rest of it is counted", at.line);
        }
        taken
    }

    fn dispatch(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        let taken = self.open[self.current].1.line(line, at, out);
        if taken != Taken::Foreign || self.options.format.is_some() {
            return taken;
        }
        let head = Head::new(line);
        let Some(source) = SOURCES.iter().find(|source| source.sniff(&head) == Sniff::Yes) else {
            return Taken::Foreign;
        };
        let at_index = match self.open.iter().position(|(id, _)| *id == source.id()) {
            Some(index) => index,
            None => match source.open(&head, self.options) {
                Parser::Lines(parser) => {
                    self.open.push((source.id(), parser));
                    self.open.len() - 1
                }
                Parser::Stream(_) | Parser::Database(_) => return Taken::Foreign,
            },
        };
        if at_index == self.current {
            return Taken::Foreign;
        }
        self.current = at_index;
        self.open[at_index].1.line(line, at, out)
    }
}

/// Up to `wanted` bytes from the start of a stream.
fn peek(stream: &mut impl Read, wanted: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(wanted.min(4096));
    stream.by_ref().take(wanted as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Counts the bytes that pass.
struct Counted<'a, R> {
    inner: R,
    bytes: &'a mut u64,
    count: &'a dyn Fn(u64),
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        *self.bytes += read as u64;
        (self.count)(read as u64);
        Ok(read)
    }
}

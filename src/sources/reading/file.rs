//! One file → a batch of records.
//!
//! - In: an [`InputFile`]: text, Parquet or SQLite, perhaps compressed, perhaps in UTF-16.
//! - Out: its [`Batch`], and a [`FileReport`] with format, compression and size.
//! - Refuses: files that cannot be opened, files that no format accepts, and what follows a read error.

use std::fs::File;
use std::io::{self, Read, Seek};

use chrono::{DateTime, Utc};

use crate::diagnostics::Severity;
use crate::model::origin::FileId;
use crate::sources::file_version::FileVersion;
use crate::sources::reading::archive::{Archive, MOST_DEPTH};
use crate::sources::reading::containers::{Compression, Counted, peek, peek_damaged};
use crate::sources::reading::detect::{HEAD_BYTES, Head};
use crate::sources::reading::further::{FAR_BYTES, look_further};
use crate::sources::reading::inputs::InputFile;
use crate::sources::reading::joined::LineParsers;
use crate::sources::reading::line_breaks::{self, CarriageReturns};
use crate::sources::reading::options::ReadOptions;
use crate::sources::reading::parquet::{self, ParquetRows};
use crate::sources::reading::recognise::recognise;
use crate::sources::reading::sqlite;
use crate::sources::reading::utf16::{self, Utf16};
use crate::sources::{Batch, Parser, RecordCounts, Source, UnreadFigure};

/// What was read of one file.
#[derive(Debug, Clone, Default, serde::Serialize, schemars::JsonSchema)]
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
    pub counts: RecordCounts,
    /// Figures of usage or money that its records hold and that are not read.
    pub unread: Vec<UnreadFigure>,
    /// The earliest and the latest kept record.
    pub first: Option<DateTime<Utc>>,
    /// See `first`.
    pub last: Option<DateTime<Utc>>,
}

/// Reads one file.
pub(super) struct FileReader<'a> {
    pub(super) input: &'a InputFile,
    file: FileId,
    pub(super) options: &'a ReadOptions,
    pub(super) batch: Batch,
    pub(super) report: FileReport,
    pub(super) failed: bool,
    pub(super) is_empty: bool,
    members: Option<Vec<InputFile>>,
}

/// Formats that are recognised by keys or columns which files of any program may have.
const ANYBODYS: [&str; 3] = ["continue", "generic", "usage-objects"];

/// How many NUL bytes and blanks may come before the first line.
const MOST_BLANKS: usize = 64 << 20;

/// What reading one file gave.
pub(super) struct ReadFile {
    pub(super) batch: Batch,
    pub(super) report: FileReport,
    /// The file could not be read to its end, was named and not recognised, or gave nothing although it was recognised.
    pub(super) failed: bool,
    /// It says itself that it holds nothing.
    pub(super) is_empty: bool,
    /// The files in it, if it is an archive.
    pub(super) members: Option<Vec<InputFile>>,
}

impl<'a> FileReader<'a> {
    pub(super) fn new(input: &'a InputFile, file: FileId, options: &'a ReadOptions, version: FileVersion) -> Self {
        let path = input.display_name.clone();
        let report = FileReport { path: path.clone(), ..FileReport::default() };
        let batch = Batch {
            path,
            undated: options.undated,
            wants_activity: options.activity,
            prompts: options.prompts,
            version,
            ..Batch::default()
        };
        Self { input, file, options, batch, report, failed: false, is_empty: false, members: None }
    }

    /// Reads the file; `progress` is called with the size of each read.
    pub(super) fn read(mut self, progress: &dyn Fn(u64)) -> ReadFile {
        if let Some(current) = &self.batch.version.superseded_by {
            let message = "an older version of a bill lies beside the current one and is not read";
            let place = format!("{} ({current} is current)", self.input.display_name);
            self.batch.diagnostics.add(Severity::Note, "superseded-file", message, place);
            return ReadFile { batch: self.batch, report: self.report, failed: false, is_empty: false, members: None };
        }
        match self.input.open() {
            Ok(stored) => {
                let mut bytes = 0;
                let result = self.read_stored(Counted { inner: stored, bytes: &mut bytes, progress });
                self.report.bytes = bytes;
                match result {
                    Ok(()) => self.check_promise(),
                    Err(err) => self.fail("a file cannot be read to its end; what came before is counted", &err),
                }
            }
            Err(err) if self.input.depth > 0 => {
                self.fail("a file cannot be read to its end; what came before is counted", &err)
            }
            Err(err) => self.fail("a file cannot be opened; check its permissions", &err),
        }
        self.batch.aside.report(&self.input.display_name, &mut self.batch.diagnostics);
        ReadFile {
            batch: self.batch,
            report: self.report,
            failed: self.failed,
            is_empty: self.is_empty,
            members: self.members,
        }
    }

    fn fail(&mut self, message: &str, err: &io::Error) {
        let location = format!("{}: {err}", self.input.display_name);
        self.batch.diagnostics.add(Severity::Error, "unreadable-file", message, location);
        self.failed = true;
    }

    /// Reads the bytes as they are stored, perhaps compressed.
    fn read_stored(&mut self, mut stored: impl Read) -> io::Result<()> {
        let start = peek(&mut stored, Compression::MAGIC_BYTES)?;
        let compression = Compression::detect(&start);
        self.report.compression = compression.map(Compression::name);
        let whole = io::Cursor::new(start).chain(stored);
        match compression {
            Some(compression) => self.read_content(compression.decode(whole)?),
            None => self.read_content(Box::new(whole)),
        }
    }

    /// Reads the content by the format that accepts its first bytes.
    fn read_content(&mut self, content: Box<dyn Read + '_>) -> io::Result<()> {
        let (start, content) = peek_damaged(content, HEAD_BYTES)?;
        if start.starts_with(parquet::MAGIC) {
            return self.read_parquet(io::Cursor::new(start).chain(content));
        }
        if start.starts_with(sqlite::MAGIC) {
            return self.read_database(io::Cursor::new(start).chain(content));
        }
        if utf16::MARKS.iter().any(|mark| start.starts_with(mark)) {
            return self.read_content(Box::new(Utf16::new(io::Cursor::new(start).chain(content))));
        }
        if let Some(archive) = Archive::detect(&start) {
            return self.open_archive(archive, io::Cursor::new(start).chain(content));
        }
        if line_breaks::has_only_carriage_returns(&start) {
            return self.read_content(Box::new(CarriageReturns(io::Cursor::new(start).chain(content))));
        }
        let head = Head::new(&start);
        if head.is_empty() || start.starts_with(b"\0") {
            return self.read_behind_blanks(start, content);
        }
        match recognise(&head, self.options) {
            // What any file may have says little of one whose agent is known.
            Some(source) if ANYBODYS.contains(&source.id()) && self.known_unread(&head).is_some() => {
                self.note_unrecognised(&start);
                Ok(())
            }
            Some(source) => self.read_as(source, &head, &start, content),
            None => self.read_further(start, content),
        }
    }

    /// Reads a file by a format, given its first bytes and the rest of its content.
    fn read_as(&mut self, source: &dyn Source, head: &Head<'_>, start: &[u8], content: impl Read) -> io::Result<()> {
        self.claim(source, head);
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        let parser = source.open(head, self.options);
        self.parse(source, parser, io::Cursor::new(start).chain(content))
    }

    fn claim(&mut self, source: &dyn Source, head: &Head<'_>) {
        self.report.format = Some(source.id());
        self.warn_near_format(head, source);
        self.warn_forced_format(head, source);
    }

    fn parse(&mut self, source: &dyn Source, parser: Parser, mut whole: impl Read) -> io::Result<()> {
        match parser {
            Parser::Lines(parser) => {
                LineParsers::new(self.options, source.id(), parser).read(whole, self.file, &mut self.batch)
            }
            Parser::Stream(mut parser) => parser.read(&mut whole, self.file, &mut self.batch),
            Parser::Database(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "it is not a SQLite database")),
        }
    }

    /// Reads what follows a run of NUL bytes, which a crash leaves, or of blanks. The lines of the run keep their numbers.
    fn read_behind_blanks(&mut self, mut start: Vec<u8>, mut content: Box<dyn Read + '_>) -> io::Result<()> {
        let (mut lines, mut passed, mut nul) = (0, 0, false);
        loop {
            let blank = start.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == 0).count();
            lines += memchr::memchr_iter(b'\n', &start[..blank]).count() as u64;
            nul |= start[..blank].contains(&0);
            passed += blank;
            start.drain(..blank);
            if !start.is_empty() || passed > MOST_BLANKS {
                break;
            }
            start = peek(&mut content, HEAD_BYTES)?;
            if start.is_empty() {
                let message = "a file is empty";
                self.batch.diagnostics.add(Severity::Note, "empty-file", message, &self.input.display_name);
                return Ok(());
            }
        }
        if nul {
            let message = "a run of NUL bytes, left by a crash while writing, was skipped";
            self.batch.notice(Severity::Note, "nul-bytes", message, 1);
        }
        // A whole head, whatever the run has left of it.
        start.extend(peek(&mut content, HEAD_BYTES - start.len().min(HEAD_BYTES))?);
        let breaks = io::repeat(b'\n').take(lines);
        let head = Head::new(&start);
        match recognise(&head, self.options) {
            Some(source) => {
                self.claim(source, &head);
                let parser = source.open(&head, self.options);
                self.parse(source, parser, breaks.chain(io::Cursor::new(&start)).chain(content))
            }
            None => self.read_further_below(lines, start, content),
        }
    }

    fn read_further(&mut self, start: Vec<u8>, content: Box<dyn Read + '_>) -> io::Result<()> {
        self.read_further_below(0, start, content)
    }

    /// Reads a file whose head no format accepts, by the first of its lines that one does; `above` are the lines before.
    fn read_further_below(
        &mut self,
        above: u64,
        mut start: Vec<u8>,
        mut content: Box<dyn Read + '_>,
    ) -> io::Result<()> {
        if start.len() >= HEAD_BYTES {
            start.extend(peek(&mut content, FAR_BYTES - HEAD_BYTES)?);
        }
        let Some(found) = look_further(&start, self.options) else {
            self.note_unrecognised(&start);
            return Ok(());
        };
        let head = Head::new(&start[found.offset..]);
        self.claim(found.source, &head);
        let parser = found.source.open(&head, self.options);
        // Lines are read each for itself; whatever else is above would be taken for a part of what follows.
        let is_lines = matches!(parser, Parser::Lines(_));
        let offset = if is_lines { 0 } else { found.offset };
        let breaks = above + if is_lines { 0 } else { found.lines };
        if !is_lines {
            self.set_aside(&start[..offset], above, head.is_json());
        }
        let whole = io::repeat(b'\n').take(breaks).chain(io::Cursor::new(&start[offset..])).chain(content);
        self.parse(found.source, parser, whole)
    }

    /// Counts the lines above what is read: damaged JSON is rejected, titles of a table are not records.
    fn set_aside(&mut self, lines: &[u8], above: u64, json: bool) {
        for (number, line) in (above + 1..).zip(lines.split(|byte| *byte == b'\n')) {
            if line.trim_ascii().is_empty() {
                continue;
            }
            if json {
                let message = "a line is not JSON (cut off or damaged); the lines around it are counted";
                self.batch.reject("bad-line", message, number);
            } else {
                let message = "lines above the header of a table were passed over";
                self.batch.notice(Severity::Note, "title-lines", message, number);
            }
        }
    }

    /// Reads a SQLite database by the format that knows its tables.
    fn read_database(&mut self, mut whole: impl Read) -> io::Result<()> {
        let database = if self.is_plain_file() {
            // SQLite opens the file itself; this read only counts its bytes for the report and the progress.
            io::copy(&mut whole, &mut io::sink())?;
            sqlite::open(&self.input.path)?
        } else {
            sqlite::read(whole)?
        };
        let tables = database.tables()?;
        let head = Head::of_database(&tables);
        match recognise(&head, self.options).map(|source| (source, source.open(&head, self.options))) {
            Some((source, Parser::Database(mut parser))) => {
                self.claim(source, &head);
                parser.read(&database, self.file, &mut self.batch)
            }
            _ => {
                self.note_unrecognised_head(&head, true);
                Ok(())
            }
        }
    }

    /// Lists the files of an archive, which are read after this one.
    fn open_archive(&mut self, archive: Archive, whole: impl Read) -> io::Result<()> {
        if self.input.depth >= MOST_DEPTH {
            self.note_unread_at(&self.input.display_name, "an archive that lies in two others; unpack it");
            return Ok(());
        }
        self.report.compression = Some(archive.name());
        let (on_disk, cut) = self.on_disk(whole)?;
        // The list of a zip's files is at its end.
        let cut = match (archive, cut) {
            (Archive::Zip, Some(err)) => return Err(err),
            (_, cut) => cut,
        };
        let found = archive.members(on_disk, self.input)?;
        for (name, why) in found.unread {
            self.note_unread_at(&name, why);
        }
        self.members = Some(found.files);
        cut.or(found.damage).map_or(Ok(()), Err)
    }

    /// The content as a file that can be read from any place, and what cut it off.
    fn on_disk(&self, mut whole: impl Read) -> io::Result<(File, Option<io::Error>)> {
        if self.is_plain_file() {
            // Read to its end only to count its bytes.
            io::copy(&mut whole, &mut io::sink())?;
            return Ok((File::open(&self.input.path)?, None));
        }
        let mut unpacked = tempfile::tempfile()?;
        let cut = io::copy(&mut whole, &mut unpacked).err();
        unpacked.rewind()?;
        Ok((unpacked, cut))
    }

    /// Reads a Parquet file by the format that knows its columns. Its footer is at the end, so it has to be a file on disk.
    fn read_parquet(&mut self, whole: impl Read) -> io::Result<()> {
        let (on_disk, cut) = self.on_disk(whole)?;
        if let Some(err) = cut {
            return Err(err);
        }
        let mut rows = ParquetRows::open(on_disk)?;
        let header = rows.header().to_vec();
        let head = Head::new(&header);
        match recognise(&head, self.options).map(|source| (source, source.open(&head, self.options))) {
            Some((source, Parser::Stream(mut parser))) => {
                self.claim(source, &head);
                parser.read(&mut rows, self.file, &mut self.batch)
            }
            _ => {
                self.note_unrecognised_head(&head, false);
                Ok(())
            }
        }
    }

    /// Whether the content is on disk as it is.
    fn is_plain_file(&self) -> bool {
        self.report.compression.is_none() && self.input.is_file()
    }
}

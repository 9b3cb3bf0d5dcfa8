//! One file → a batch of records.
//!
//! - In: an [`InputFile`]: text, Parquet or SQLite, perhaps compressed, perhaps in UTF-16.
//! - Out: its [`Batch`], and a [`FileReport`] with format, compression and size.
//! - Refuses: files that cannot be opened, files that no format accepts, and what follows a read error.

use std::fs::File;
use std::io::{self, Read};

use chrono::{DateTime, Utc};

use crate::diagnostics::Severity;
use crate::model::origin::FileId;
use crate::sources::reading::containers::{Compression, Counted, peek};
use crate::sources::reading::detect::{HEAD_BYTES, Head};
use crate::sources::reading::inputs::InputFile;
use crate::sources::reading::joined::LineParsers;
use crate::sources::reading::options::ReadOptions;
use crate::sources::reading::parquet::{self, ParquetRows};
use crate::sources::reading::recognise::{NearFormat, is_accepted, join_names, recognise, why_unrecognised};
use crate::sources::reading::utf16::{self, Utf16};
use crate::sources::table::preamble::{self, CarriageReturns};
use crate::sources::{Batch, Parser, RecordCounts, Sniff, Source};

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
    /// The earliest and the latest kept record.
    pub first: Option<DateTime<Utc>>,
    /// See `first`.
    pub last: Option<DateTime<Utc>>,
}

/// Reads one file.
pub(super) struct FileReader<'a> {
    input: &'a InputFile,
    file: FileId,
    options: &'a ReadOptions,
    batch: Batch,
    report: FileReport,
    failed: bool,
}

/// What reading one file gave.
pub(super) struct ReadFile {
    pub(super) batch: Batch,
    pub(super) report: FileReport,
    /// The file could not be read to its end, or was named and not recognised.
    pub(super) failed: bool,
}

impl<'a> FileReader<'a> {
    pub(super) fn new(input: &'a InputFile, file: FileId, options: &'a ReadOptions) -> Self {
        let path = input.display_name.clone();
        let report = FileReport { path: path.clone(), ..FileReport::default() };
        let batch = Batch { path, undated: options.undated, prompts: options.prompts, ..Batch::default() };
        Self { input, file, options, batch, report, failed: false }
    }

    /// Reads the file; `progress` is called with the size of each read.
    pub(super) fn read(mut self, progress: &dyn Fn(u64)) -> ReadFile {
        match self.input.open() {
            Ok(stored) => {
                let mut bytes = 0;
                let result = self.read_stored(Counted { inner: stored, bytes: &mut bytes, progress });
                self.report.bytes = bytes;
                if let Err(err) = result {
                    self.fail("a file cannot be read to its end; what came before is counted", &err);
                }
            }
            Err(err) => self.fail("a file cannot be opened; check its permissions", &err),
        }
        ReadFile { batch: self.batch, report: self.report, failed: self.failed }
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
    fn read_content(&mut self, mut content: Box<dyn Read + '_>) -> io::Result<()> {
        let start = peek(&mut content, HEAD_BYTES)?;
        if start.starts_with(parquet::MAGIC) {
            return self.read_parquet(io::Cursor::new(start).chain(content));
        }
        if utf16::MARKS.iter().any(|mark| start.starts_with(mark)) {
            return self.read_content(Box::new(Utf16::new(io::Cursor::new(start).chain(content))));
        }
        if preamble::has_only_carriage_returns(&start) {
            return self.read_content(Box::new(CarriageReturns(io::Cursor::new(start).chain(content))));
        }
        let (start, titles) = preamble::without_titles(start, |head| is_accepted(head, self.options));
        let head = Head::new(&start);
        if head.is_empty() {
            self.batch.diagnostics.add(Severity::Note, "empty-file", "a file is empty", &self.input.display_name);
            return Ok(());
        }
        let Some(source) = recognise(&head, self.options) else {
            self.note_unrecognised(&head);
            return Ok(());
        };
        self.report.format = Some(source.id());
        if titles > 0 {
            let message = "lines above the header of a table were skipped";
            self.batch.diagnostics.add(Severity::Note, "title-lines", message, &self.input.display_name);
        }
        self.warn_near_format(&head, source);
        self.warn_forced_format(&head, source);
        let parser = source.open(&head, self.options);
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
        let mut whole = io::Cursor::new(start).chain(content);
        match parser {
            Parser::Lines(parser) => {
                LineParsers::new(self.options, source.id(), parser).read(whole, self.file, &mut self.batch)
            }
            Parser::Stream(mut parser) => parser.read(&mut whole, self.file, &mut self.batch),
            Parser::Database(mut parser) if self.is_plain_file() => {
                // SQLite opens the file itself; this read only counts its bytes for the report and the progress.
                io::copy(&mut whole, &mut io::sink())?;
                parser.read(&self.input.path, self.file, &mut self.batch)
            }
            Parser::Database(mut parser) => {
                let mut unpacked = tempfile::NamedTempFile::new()?;
                io::copy(&mut whole, &mut unpacked)?;
                parser.read(unpacked.path(), self.file, &mut self.batch)
            }
        }
    }

    /// Reads a Parquet file by the format that knows its columns. Its footer is at the end, so it has to be a file on disk.
    fn read_parquet(&mut self, mut whole: impl Read) -> io::Result<()> {
        let on_disk = if self.is_plain_file() {
            // Read to its end only to count its bytes.
            io::copy(&mut whole, &mut io::sink())?;
            File::open(&self.input.path)?
        } else {
            let mut unpacked = tempfile::tempfile()?;
            io::copy(&mut whole, &mut unpacked)?;
            unpacked
        };
        let mut rows = ParquetRows::open(on_disk)?;
        let header = rows.header().to_vec();
        let head = Head::new(&header);
        match recognise(&head, self.options).map(|source| (source, source.open(&head, self.options))) {
            Some((source, Parser::Stream(mut parser))) => {
                self.report.format = Some(source.id());
                self.warn_forced_format(&head, source);
                parser.read(&mut rows, self.file, &mut self.batch)
            }
            _ => {
                self.note_unrecognised(&head);
                Ok(())
            }
        }
    }

    /// Whether the content is on disk as it is.
    fn is_plain_file(&self) -> bool {
        self.report.compression.is_none() && self.input.is_file()
    }

    /// Warns when a file is read by the canonical columns but is probably a vendor's export with a renamed column.
    fn warn_near_format(&mut self, head: &Head<'_>, source: &dyn Source) {
        if source.id() != "generic" || self.options.format.is_some() {
            return;
        }
        if let Some(near) = NearFormat::of_canonical(head, source) {
            self.batch.diagnostics.add(
                Severity::Warning,
                "near-format",
                "a file is read by the canonical columns, but comes close to a vendor's export; was a column or key renamed?",
                format_args!("{} ({near})", self.input.display_name),
            );
        }
    }

    /// Warns when the format that the user forced has columns or keys that the file lacks.
    fn warn_forced_format(&mut self, head: &Head<'_>, source: &dyn Source) {
        if let (Some(id), Sniff::Missing(names)) = (self.options.format, source.sniff(head)) {
            self.batch.diagnostics.add(
                Severity::Warning,
                "missing-names",
                "a file is read as --as says and lacks columns or keys of that format; their values are unknown",
                format_args!("{} ({id}, without {})", self.input.display_name, join_names(&names)),
            );
        }
    }

    fn note_unrecognised(&mut self, head: &Head<'_>) {
        let (severity, kind) = if self.input.named {
            self.failed = true;
            (Severity::Error, "unrecognised-input")
        } else {
            (Severity::Note, "unrecognised-file")
        };
        self.batch.diagnostics.add(
            severity,
            kind,
            "no usage log was recognised; `tokaudit explain formats` lists what is read, --as FORMAT forces one",
            format_args!("{} ({})", self.input.display_name, why_unrecognised(head)),
        );
    }
}

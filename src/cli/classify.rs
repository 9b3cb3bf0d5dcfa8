//! `classify`: prompts from anywhere, judged line by line.

use std::fs::File;
use std::io::{self, Read, Write};

use super::args::{ClassifyArgs, VerdictFormat};
use super::exit_code::Exit;
use super::format::{self, Choice};
use super::output::{Inputs, Output};
use super::run::pool;
use super::terminal;
use crate::classify::lines::{self, OutputFormat, PromptCounts};
use crate::error::{Error, Result};

const HINT: &str =
    "pass JSON lines such as {\"id\": 1, \"text\": \"fix the build\"}; `tokaudit explain off-task` has the details";

const FORMATS: &[Choice<'static, VerdictFormat>] =
    &[(VerdictFormat::Jsonl, "jsonl", &["jsonl", "ndjson"]), (VerdictFormat::Csv, "csv", &["csv"])];

pub(super) fn run(args: &ClassifyArgs) -> Result<Exit> {
    let (format, warning) = format::choose(args.format, args.out.as_deref(), FORMATS, FORMATS[0]);
    if !args.quiet {
        terminal::warn(warning.as_deref());
    }
    let output_format = match format {
        VerdictFormat::Jsonl => OutputFormat::Jsonl,
        VerdictFormat::Csv => OutputFormat::Csv,
    };
    let shown = args.file.display().to_string();
    let unreadable = |err: &io::Error| Error::input(format!("prompts {shown}: {err}"), HINT);
    let mut input: Box<dyn Read + Send> = if args.file.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        unpacked(File::open(&args.file).map_err(|err| unreadable(&err))?).map_err(|err| unreadable(&err))?
    };
    let mut out = Output::open(args.out.as_deref(), &Inputs::files([args.file.as_path()]))?;
    let pool = pool(args.threads)?;
    let mut counts = PromptCounts::default();
    let mut broken = None;
    let written = out.write_text(|out| {
        let mut watched = Watched { inner: &mut input, failed: None };
        let judged = judge(&pool, &mut watched, output_format, out);
        broken = watched.failed.take();
        counts = judged?;
        Ok(())
    });
    if let Some(err) = broken {
        return Err(unreadable(&err));
    }
    written?;
    if out.has_reader_left() {
        return Ok(Exit::Done); // Nobody reads the rest, so it was not judged and there are no counts.
    }
    if counts.judged == 0 && counts.rejected > 0 {
        return Err(Error::input(format!("prompts {shown}: none of {} lines is a prompt", counts.rejected), HINT));
    }
    if !args.quiet {
        print_counts(&shown, &counts);
    }
    Ok(Exit::Done)
}

/// Reads and writes here, computes on the pool.
fn judge(
    pool: &rayon::ThreadPool,
    input: &mut Watched<'_>,
    format: OutputFormat,
    out: &mut dyn Write,
) -> io::Result<PromptCounts> {
    lines::judge_lines(input, format, out, &|work| pool.install(work))
}

/// Remembers an error of the reader, so that it is not taken for one of the writer.
struct Watched<'a> {
    inner: &'a mut (dyn Read + Send),
    failed: Option<io::Error>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).inspect_err(|err| self.failed = Some(io::Error::new(err.kind(), err.to_string())))
    }
}

/// Decompresses gzip and Zstandard, recognised by their first bytes.
fn unpacked(mut file: File) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::new();
    (&mut file).take(4).read_to_end(&mut head)?;
    let whole = io::Cursor::new(head.clone()).chain(file);
    Ok(match head.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(whole)),
        [0x28, 0xb5, 0x2f, 0xfd] => Box::new(zstd::Decoder::new(whole)?),
        _ => Box::new(whole),
    })
}

fn print_counts(shown: &str, counts: &PromptCounts) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(
        stderr,
        "{} prompts: {} likely off task, {} unclear",
        counts.judged, counts.off_task_likely, counts.unclear
    );
    if counts.rejected > 0 {
        let examples: Vec<String> =
            counts.examples.iter().map(|(line, why)| format!("{shown}:{line} ({why})")).collect();
        terminal::warn(Some(&format!("{} lines hold no prompt: {}", counts.rejected, examples.join(", "))));
    }
}

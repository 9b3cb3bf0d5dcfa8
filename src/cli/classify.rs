//! `classify`: prompts from anywhere, judged line by line.

use std::fs::File;
use std::io::{self, Read, Write};

use super::Output;
use super::args::{ClassifyArgs, VerdictFormat};
use super::exit_code::Exit;
use crate::classify::lines::{self, OutputFormat, PromptCounts};
use crate::error::{Error, Result};

const HINT: &str =
    "pass JSON lines such as {\"id\": 1, \"text\": \"fix the build\"}; `tokaudit explain off-task` tells more";

pub(super) fn run(args: &ClassifyArgs) -> Result<Exit> {
    let format = match args.format {
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
    let mut out = Output::open_path(args.out.as_deref())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.unwrap_or(0)).build();
    let pool = pool.map_err(|err| Error::usage(format!("--threads: {err}"), "try a smaller number"))?;
    let mut counts = PromptCounts::default();
    let mut broken = None;
    out.write(|out| {
        let mut watched = Watched { inner: &mut input, failed: None };
        let judged = judge(&pool, &mut watched, format, out);
        broken = watched.failed.take();
        counts = judged?;
        Ok(())
    })
    .or_else(|err| if broken.is_some() { Ok(()) } else { Err(err) })?;
    if let Some(err) = broken {
        return Err(unreadable(&err));
    }
    if counts.judged == 0 && counts.rejected > 0 {
        return Err(Error::input(format!("prompts {shown}: none of {} lines is a prompt", counts.rejected), HINT));
    }
    if !args.quiet {
        tell(&shown, &counts);
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

/// Tells errors of the reader from those of the writer.
struct Watched<'a> {
    inner: &'a mut (dyn Read + Send),
    failed: Option<io::Error>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).inspect_err(|err| self.failed = Some(io::Error::new(err.kind(), err.to_string())))
    }
}

/// Undoes gzip and Zstandard, told by their first bytes.
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

fn tell(shown: &str, counts: &PromptCounts) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(
        stderr,
        "{} prompts: {} likely off task, {} unclear",
        counts.judged, counts.off_task_likely, counts.unclear
    );
    if counts.rejected > 0 {
        let examples: Vec<String> =
            counts.examples.iter().map(|(line, why)| format!("{shown}:{line} ({why})")).collect();
        let _ = writeln!(stderr, "warning: {} lines hold no prompt: {}", counts.rejected, examples.join(", "));
    }
}

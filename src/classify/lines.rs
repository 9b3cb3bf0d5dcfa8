//! Prompts as JSON lines → verdicts, a block of lines at a time on all threads, in the order of the lines.
//!
//! - In: objects with `text` (or `prompt`, `content`), optionally `id`, and `context` with the fields of [`PromptContext`];
//!   other fields are ignored.
//! - Out: one verdict per prompt, and [`PromptCounts`]. Only one block of input and its output is in memory at a time.
//! - Refuses: lines that are not such objects; they are counted with their number. No message quotes anything from a line.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Band, Classifier, PromptContext, PromptVerdict};

/// Bytes that are read at a time.
const BLOCK: usize = 4 << 20;
/// A line longer than this is not kept.
const LONGEST_LINE: usize = 64 << 20;
/// Bytes that one task judges.
const TASK: usize = 128 << 10;
/// How many rejected lines are named.
const MAX_EXAMPLES: usize = 5;

/// How verdicts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// One JSON object per line.
    Jsonl,
    /// One row per verdict, reasons separated by blanks.
    Csv,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PromptCounts {
    /// Lines with a prompt.
    pub judged: u64,
    /// Lines without one.
    pub rejected: u64,
    /// Numbers of the first rejected lines, with the reason.
    pub examples: Vec<(u64, &'static str)>,
    /// Prompts likely off task.
    pub off_task_likely: u64,
    /// Prompts that are unclear.
    pub unclear: u64,
}

#[derive(Deserialize)]
struct PromptLine<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, alias = "prompt", alias = "content")]
    text: Option<Cow<'a, str>>,
    #[serde(default)]
    context: PromptContext,
}

/// Judges every line; `run` calls its argument on a thread pool of the caller's choice.
///
/// # Errors
/// Those of the reader and the writer.
pub fn judge_lines(
    input: &mut dyn Read,
    format: OutputFormat,
    out: &mut dyn Write,
    run: &dyn Fn(&mut (dyn FnMut() + Send)),
) -> io::Result<PromptCounts> {
    let mut counts = PromptCounts::default();
    if format == OutputFormat::Csv {
        out.write_all(b"id,band,score,work_type,reasons\n")?;
    }
    let mut held: Vec<u8> = Vec::with_capacity(BLOCK * 2);
    let mut line = 1;
    let mut skipping = false;
    loop {
        let before = held.len();
        let read = (&mut *input).take(BLOCK as u64).read_to_end(&mut held)?;
        let end = if read == 0 {
            held.len()
        } else {
            memchr::memrchr(b'\n', &held[before..]).map_or(0, |at| before + at + 1)
        };
        if end == 0 && read > 0 {
            if held.len() > LONGEST_LINE {
                held.clear();
                skipping = true;
            }
            continue;
        }
        let mut from = 0;
        if skipping {
            // Skip the rest of a line that was too long.
            from = memchr::memchr(b'\n', &held[..end]).map_or(end, |at| at + 1);
            counts.reject(line, "longer than 64 MiB");
            line += 1;
            skipping = false;
        }
        line = judge_block(&held[from..end], line, format, out, &mut counts, run)?;
        held.drain(..end);
        if read == 0 {
            return Ok(counts);
        }
    }
}

/// Judges whole lines; returns the number of the next one.
fn judge_block(
    bytes: &[u8],
    first: u64,
    format: OutputFormat,
    out: &mut dyn Write,
    counts: &mut PromptCounts,
    run: &dyn Fn(&mut (dyn FnMut() + Send)),
) -> io::Result<u64> {
    let mut tasks = Vec::new();
    let (mut rest, mut line) = (bytes, first);
    while !rest.is_empty() {
        let cut =
            rest.get(TASK..).and_then(|after| memchr::memchr(b'\n', after)).map_or(rest.len(), |at| TASK + at + 1);
        let (task, after) = rest.split_at(cut);
        tasks.push((task, line));
        line += memchr::memchr_iter(b'\n', task).count() as u64 + u64::from(!task.ends_with(b"\n"));
        rest = after;
    }
    let mut done: Vec<(Vec<u8>, PromptCounts)> = Vec::new();
    run(&mut || {
        let judged = tasks
            .par_iter()
            .map_init(Classifier::default, |classifier, (task, line)| judge_task(classifier, task, *line, format));
        done = judged.collect();
    });
    for (written, part) in done {
        out.write_all(&written)?;
        counts.add(part);
    }
    Ok(line)
}

fn judge_task(classifier: &mut Classifier, bytes: &[u8], first: u64, format: OutputFormat) -> (Vec<u8>, PromptCounts) {
    let mut written = Vec::with_capacity(bytes.len());
    let mut counts = PromptCounts::default();
    for (number, line) in (first..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        let line = line.trim_ascii();
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let parsed: PromptLine<'_> = match serde_json::from_slice(line) {
            Ok(parsed) => parsed,
            Err(_) => {
                counts.reject(number, "not a JSON object with a text");
                continue;
            }
        };
        let Some(text) = parsed.text else {
            counts.reject(number, "no field `text`");
            continue;
        };
        let verdict = classifier.judge(&text, parsed.context);
        counts.judged += 1;
        counts.off_task_likely += u64::from(verdict.band == Band::OffTaskLikely);
        counts.unclear += u64::from(verdict.band == Band::Unclear);
        // Only plain values are copied as ids; an object could hold anything.
        let id = parsed.id.map(RawValue::get).filter(|id| !id.starts_with(['{', '[']));
        match format {
            OutputFormat::Jsonl => write_json(&mut written, id, &verdict),
            OutputFormat::Csv => write_csv(&mut written, id, &verdict),
        }
    }
    (written, counts)
}

fn write_json(out: &mut Vec<u8>, id: Option<&str>, verdict: &PromptVerdict) {
    // Codes and numbers need no escaping.
    let _ = write!(
        out,
        "{{\"id\":{},\"band\":\"{}\",\"score\":{:.4},\"work_type\":\"{}\",\"reasons\":[",
        id.unwrap_or("null"),
        verdict.band.as_str(),
        verdict.score,
        verdict.work_type.word()
    );
    for (at, reason) in verdict.reasons.iter().enumerate() {
        let _ = write!(out, "{}\"{reason}\"", if at > 0 { "," } else { "" });
    }
    out.extend_from_slice(b"]}\n");
}

fn write_csv(out: &mut Vec<u8>, id: Option<&str>, verdict: &PromptVerdict) {
    let id = id.map(|id| serde_json::from_str::<String>(id).unwrap_or_else(|_| id.to_owned())).unwrap_or_default();
    // A spreadsheet would run a text that starts like a formula.
    let id = if id.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{id}") } else { id };
    let quoted = id.replace('"', "\"\"");
    let _ = writeln!(
        out,
        "\"{quoted}\",{},{:.4},{},{}",
        verdict.band.as_str(),
        verdict.score,
        verdict.work_type.word(),
        verdict.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    );
}

impl PromptCounts {
    fn reject(&mut self, line: u64, why: &'static str) {
        self.rejected += 1;
        if self.examples.len() < MAX_EXAMPLES {
            self.examples.push((line, why));
        }
    }

    fn add(&mut self, other: Self) {
        self.judged += other.judged;
        self.rejected += other.rejected;
        self.off_task_likely += other.off_task_likely;
        self.unclear += other.unclear;
        let room = MAX_EXAMPLES - self.examples.len();
        self.examples.extend(other.examples.into_iter().take(room));
    }
}

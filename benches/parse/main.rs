//! Bytes and records per second of every format: `cargo bench --bench parse`.
//!
//! Measured is `sources::read` on one thread: open, recognise, parse, combine observations; from a file in the page cache to
//! usage records. Claude Code and Codex are seeded lines with the text around their counts; every other format is its own
//! fixture, repeated with new ids, people and times ([`scale`]), so its rows hold little but what is read, save the tables that
//! are measured with all columns of a real export (and, as `few-columns`, without). Formats whose real records are mostly
//! text are measured with it too (`…/wide`).

mod agents;
mod scale;

use divan::counter::{BytesCount, ItemsCount};
use tokaudit::sources::reading::inputs::{self, InputFile};
use tokaudit::sources::{ReadOptions, SOURCES, Undated, read};

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("no pool was built before");
    divan::main();
}

/// The id of every format whose fixture can be grown, and the other shapes that some of them are written in.
fn formats() -> Vec<&'static str> {
    let ids = SOURCES.iter().map(|source| source.id());
    let mut all: Vec<&str> = ids.filter(|id| !scale::NOT_GROWN.contains(id)).collect();
    all.extend(scale::more());
    all.sort_unstable();
    all
}

#[divan::bench(args = formats(), sample_count = 10)]
fn reading(bencher: divan::Bencher<'_, '_>, name: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let copies = scale::write(name, folder.path());
    let files: Vec<InputFile> = inputs::list_files(&[folder.path().to_path_buf()], None).files;
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let at = chrono::DateTime::from_timestamp_secs(1_780_000_000).expect("a time");
    let options = ReadOptions { undated: Some(Undated { at, period: None }), ..ReadOptions::default() };
    let once = read(&files, &options, &|_| {});
    let values = once.values.into_sorted().len();
    let records = once.usage.len() + values;
    assert!(records as u64 >= copies, "{name}: {records} records of {copies} copies: {:?}", once.diagnostics);
    let format = once.files.iter().find_map(|file| file.format);
    assert!(format.is_some_and(|id| name.starts_with(id)), "{name} is read as {format:?}");
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(records))
        .bench_local(|| read(&files, &options, &|_| {}));
}

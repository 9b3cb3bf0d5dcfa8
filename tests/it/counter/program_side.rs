//! What the program makes of a file.

use std::path::Path;
use std::sync::Arc;

use chrono::DateTime;
use chrono_tz::Tz;
use tokaudit::diagnostics::Diagnostics;
use tokaudit::ledger::{Ledger, LedgerContext, Rules};
use tokaudit::model::money::Money;
use tokaudit::model::period::Period;
use tokaudit::pricing::PriceBook;
use tokaudit::sources::reading::inputs::InputFile;
use tokaudit::sources::{ReadOptions, Undated, UnreadFigure, read};

use super::count::{Sums, Tally, UNKNOWN};
use super::file::File;
use crate::program;

/// A count as billionths, as the sums are.
const ONE: i128 = 1_000_000_000;

/// What reading gave.
pub(super) struct Outcome {
    pub(super) format: Option<&'static str>,
    pub(super) tally: Tally,
    pub(super) unread: Vec<UnreadFigure>,
}

/// One file under several paths.
fn inputs(file: &File, copies: u64, folder: &Path) -> Vec<InputFile> {
    let one = |copy: u64| {
        let name = if copy == 0 { file.name.clone() } else { format!("copy-{copy}/{}", file.name) };
        let folder = folder.join(copy.to_string());
        std::fs::create_dir(&folder).expect("a folder");
        match file.write(&folder) {
            Err(path) => InputFile { path, content: None, display_name: name, bytes: 0, named: true, depth: 0 },
            Ok(content) => {
                let bytes = content.len() as u64;
                let mut input = InputFile::from_content(name, bytes, Arc::new(move || Ok(content.clone())));
                input.named = true;
                input
            }
        }
    };
    (0..copies).map(one).collect()
}

/// Reads a file that is given several times.
pub(super) fn read_copies(file: &File, copies: u64, book: &PriceBook) -> Outcome {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let undated = Some(Undated { at: DateTime::from_timestamp_secs(1_780_000_000).expect("a time"), period: None });
    let options = ReadOptions { undated, ..ReadOptions::default() };
    let reading = read(&inputs(file, copies, folder.path()), &options, &|_| {});
    let mut units = 0;
    reading.usage.each_record(|record| units += i128::from(record.bill.quantity_micros.unwrap_or(0)) * 1_000);
    let context = LedgerContext { book, rules: &Rules::default(), repositories: &[], as_of: None };
    let ledger = Ledger::build(reading, &context, &mut Diagnostics::default()).expect("a ledger");
    let total = ledger.total(&Period::all(Tz::UTC)).expect("a total");
    let mut sums = Sums::new();
    let tokens = total.tokens;
    for (kind, count) in [
        ("input", tokens.input),
        ("read", tokens.cache_read),
        ("write", tokens.cache_write_5m),
        ("write", tokens.cache_write_1h),
        ("write", tokens.cache_write_unspecified),
        ("output", tokens.output),
        ("think", tokens.reasoning),
    ] {
        *sums.entry(kind).or_default() += i128::from(count.unwrap_or(0)) * ONE;
    }
    sums.insert("cost", [total.billed_cost, total.reported_cost].iter().flatten().map(|cost| cost.nanos()).sum());
    sums.insert("units", units);
    for fact in &ledger.values {
        for (kind, count) in [
            ("added", fact.lines_added),
            ("removed", fact.lines_removed),
            ("tab", fact.ai_lines_tab),
            ("agent", fact.ai_lines_agent),
            ("non_ai", fact.non_ai_lines),
            ("sessions", fact.sessions),
            ("commits", fact.commits),
            ("pulls", fact.pull_requests),
            ("accepts", fact.accepts),
            ("rejects", fact.rejects),
        ] {
            *sums.entry(kind).or_default() += i128::from(count.unwrap_or(0)) * ONE;
        }
    }
    sums.retain(|_, sum| *sum != 0);
    let unread: Vec<UnreadFigure> = ledger.files.iter().flat_map(|file| file.unread.clone()).collect();
    let unknown = unread.iter().filter(|figure| figure.path.ends_with(UNKNOWN));
    let counts = ledger.reconciliation.counts;
    let tally = Tally {
        kept: counts.kept,
        repeats: counts.duplicate + counts.replayed,
        rejected: counts.rejected,
        ignored: counts.ignored,
        facts: ledger.values.len() as u64,
        sums,
        unknown: unknown.map(|figure| nanos(&figure.sum)).sum(),
        unknown_aside: 0,
    };
    assert_eq!(counts.records_read, tally.kept + tally.repeats + tally.rejected + tally.ignored, "{}", file.name);
    Outcome { format: ledger.files[0].format, tally, unread }
}

fn nanos(text: &str) -> i128 {
    Money::parse_usd(text).expect("a decimal number").nanos()
}

/// What the documents of `sources` and `spend` say of a file.
pub(super) fn document(file: &File) -> Tally {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(&file.name);
    let parent = path.parent().expect("a folder");
    std::fs::create_dir_all(parent).expect("a folder");
    let path = match file.write(parent) {
        Ok(content) => {
            std::fs::write(&path, content).expect("a file");
            path
        }
        Err(path) => path,
    };
    let shared = ["--format", "json", "-q", "--as-of", "2026-11-30", program::arg(&path)];
    let sources = program::run(&[&["sources"], &shared[..]].concat()).json();
    let spend = program::run(&[&["spend"], &shared[..]].concat()).json();
    let counts = &sources["files"][0]["counts"];
    assert_eq!(spend["reconciliation"]["kept"], counts["kept"], "{}", file.name);
    let count = |name: &str| counts[name].as_u64().unwrap_or_else(|| panic!("{}: no {name} in {sources}", file.name));
    let totals = &spend["totals"];
    let mut sums = Sums::new();
    for (kind, bucket) in [
        ("input", "input"),
        ("read", "cache_read"),
        ("write", "cache_write_5m"),
        ("write", "cache_write_1h"),
        ("output", "output"),
        ("think", "reasoning"),
    ] {
        *sums.entry(kind).or_default() += i128::from(totals["tokens"][bucket].as_u64().unwrap_or(0)) * ONE;
    }
    let costs = ["billed_cost_usd", "reported_cost_usd"].iter().filter_map(|name| totals[*name].as_str());
    sums.insert("cost", costs.map(nanos).sum());
    sums.retain(|_, sum| *sum != 0);
    let unread = sources["files"][0]["unread"].as_array().into_iter().flatten();
    Tally {
        kept: count("kept"),
        repeats: count("duplicate") + count("replayed"),
        rejected: count("rejected"),
        ignored: count("ignored"),
        facts: 0,
        sums,
        unknown: unread.filter_map(|figure| figure["sum"].as_str()).map(nanos).sum(),
        unknown_aside: 0,
    }
}

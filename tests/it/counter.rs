//! Every figure of a file is in exactly one place: kept, duplicate, replayed, rejected, ignored, or named as not read.
//!
//! An independent counter, which knows each format from a table of paths and shares no code with its reader, counts every fixture
//! and random variants of it: with other counts, with records that are removed, repeated, repeated under other ids and put in
//! another order, with damaged counts, with lines that are cut off, and with figures that no format knows. Records, and the sums
//! of all kinds of tokens, of cost, quantities and lines must be what the program says. So the figures of what is set aside are
//! those that the counter sets aside: the program says of them how many records they are, and of unread ones their sum.

mod count;
mod file;
mod path;
mod program_side;
mod table;
mod variants;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use tokaudit::pricing::PriceBook;
use tokaudit::sources::{SOURCES, UnreadFigure};

use crate::random::Random;
use count::{Tally, UNKNOWN, count, fits, records, undeclared};
use file::{File, fixtures};
use program_side::{document, read_copies};
use table::{Format, LEFT, formats};
use variants::variant;

/// Variants of each fixture.
const VARIANTS: u64 = 16;

/// Fixtures whose records depend on more than a table of paths can say; their numbers are worked by hand.
const BY_HAND: &[(&str, &str)] = &[
    ("chatgpt/", "prompts have no figures"),
    ("claude-chat/", "prompts have no figures"),
    ("gemini-workspace/", "prompts have no figures"),
    ("m365-copilot/", "prompts have no figures"),
    ("amp/ledger-and-messages/a.json", "the ledger's events name the messages that have the rest of their counts"),
    ("antigravity/answers-and-labels", "counts are in messages of bytes"),
    ("augment-credits/sums-without-days", "a record without a day is rejected"),
    ("aws-cost-explorer/", "groups of other services"),
    ("azure-cost-analysis/", "rows of other services, and euros"),
    ("cline-cli/compaction/session.compaction", "a copy of what the messages have"),
    ("cloudzero-cbf/", "rows of other services, and tax"),
    ("databricks-billing/", "rows of other products"),
    ("mimo-usage/", "amounts in two currencies"),
    ("snowflake-cortex/", "counts inside a cell, and sums without kinds"),
    ("aws-cur/partner-and-yuan", "a partner's model, a credit, and yuan"),
    ("aws-cur-2/line-types", "only some types of lines count tokens"),
    ("aws-cur-2/marketplace", "the kind of token is in the middle of a text"),
    ("azure-cost/partners-and-euros", "three ways to dollars"),
    ("bedrock-invocations/cloudwatch", "invocations are inside texts"),
    ("claude-code/no-message-id", "without ids, content tells answers apart"),
    ("claude-code/relay-one-id", "one id for different answers"),
    ("claude-code-headless/beside-its-transcript/run", "what a result has beyond its messages"),
    ("claude-code-headless/run-with-result/run", "what a result has beyond its messages"),
    ("claude-code-headless/turns-in-an-array/ci", "what a result has beyond its messages and the turns before"),
    ("claude-code-headless/web-searches/run", "what a result has beyond its messages"),
    ("codex/fork", "history of another session"),
    ("codex/archived-copy", "two files are one session"),
    ("codex/response-records", "a request is in a record, in a count, or in both"),
    ("codex/part-over-total", "parts that are larger than their wholes"),
    ("copilot-chat-journal/changes", "requests that later lines change and replace"),
    ("deepseek-cost/alone", "one row is in yuan"),
    ("deepseek-usage/yuan", "prices in yuan, and their costs once more"),
    ("dsh/inherited-seed/", "the order of lines says where what the parent did ends"),
    ("focus/euros", "three ways to dollars"),
    ("focus/whole-bill", "rows of AI by several columns"),
    ("focus-json/whole-bill", "rows of AI by several keys, and euros"),
    ("gemini-cli/tool-tokens", "totals that leave out a part"),
    ("generic/csv-semicolon", "a date that may be two days"),
    ("goose/ledger", "what sums have beyond requests"),
    ("gemini-batch/inline", "answers that the batch repeats"),
    ("jaeger/agent-and-calls", "sums of spans above their parts"),
    ("jaeger/stored", "sums of spans above their parts"),
    ("hermes/sums-by-model", "sums that have nothing beyond the rows by model"),
    ("hermes/tasks-and-the-gateway", "what sums have beyond tasks"),
    ("mistral-vibe/compaction/meta-2", "what a session has beyond those before it"),
    ("mistral-vibe/compaction/meta-3", "what a session has beyond those before it"),
    ("opencode/sums-beyond-messages", "what sums have beyond messages"),
    ("grok-build/turns-subagent-and-fork/sessions/%2Fsrv%2Fshop/gs3", "a turn that was killed"),
    ("junie/answers-and-a-silent-prompt/sessions/session-260710-081000-c3d4", "a prompt without usage"),
    ("kiro-log/summaries-and-a-killed-turn/sessions/4f1e/sess_b", "a turn that was killed"),
    ("langfuse/api", "other names of the same counts"),
    ("google-cost-table/euros", "the header names the currency"),
    ("langfuse/parts-apart", "parts that are beside or inside by their sums"),
    ("litellm-activity/keys-and-rests", "what keys leave of their model, and models of their day"),
    ("openai-batch/other-vendors", "answers in the forms of several vendors"),
    ("opencode/new-tables-steps-and-sums", "steps of a broken-off answer, and sums of deleted messages"),
    ("opencode/broken-off/storage/message/ses_5/msg_52", "an answer that was broken off"),
    ("opencode/fork", "history of another session"),
    ("qwen-code-headless/alone/", "what a result has beyond its answers"),
    ("qwen-code-headless/beside-its-chat/run", "what a result has beyond its answers"),
    ("qwen-code-headless/json-with-models/", "what a result has beyond its answers"),
    ("otel-spans/console", "sums of spans above their parts"),
    ("otel-spans/zipkin", "sums of spans above their parts"),
    ("otlp/parents-first", "sums of spans above their parts"),
    ("otlp/stores-and-buffers", "spans under the names of several stores"),
    ("otlp/usual-names", "counts under the names of several instrumentations"),
    ("otlp/told-twice", "calls that are in several spans and events"),
    ("otlp/agents-by-spans-alone", "spans that count for events"),
    ("usage-objects/embeddings-and-ranks", "totals that are all input"),
    ("portkey/euros", "costs in euros are of no sum"),
    ("usage-objects/mistral-cached", "one count under three names"),
    ("vertex-billing/credits-and-rates", "credits in a text, and rates"),
    ("vertex-billing-json/nested", "credits in a list, and rates"),
];

/// Figures that are named as not read where a file has no record that does read them, by format and path.
const OPEN: &[(&str, &str)] = &[];

/// What a variant is made by, each of which must have been done to at least so many formats.
const CHANGES: &[(&str, usize)] = &[
    ("counts", 60),
    ("repeated", 40),
    ("repeated under other ids", 15),
    ("removed", 25),
    ("order changed", 15),
    ("count damaged", 50),
    ("line broken", 15),
    ("unknown fields", 50),
];

/// The fixtures that the table describes.
fn files() -> Vec<File> {
    let is_by_hand = |file: &File| BY_HAND.iter().any(|(start, _)| file.name.starts_with(start));
    fixtures().into_iter().filter(|file| !is_by_hand(file)).collect()
}

fn format_of(file: &File) -> &'static Format {
    let format = formats().find(|format| format.id == file.format);
    format.unwrap_or_else(|| panic!("{} is not in the table", file.format))
}

/// What a file holds if it is given several times.
fn counted(file: &File, copies: u64) -> Tally {
    let mut wanted = count(file, format_of(file));
    let again = (copies - 1) * (wanted.kept + wanted.repeats);
    wanted.repeats += again;
    wanted.rejected *= copies;
    wanted.ignored *= copies;
    wanted
}

/// What is wrong with the program's count of a file that is given several times, if anything.
fn fault(file: &File, copies: u64, book: &PriceBook) -> Option<String> {
    let mut wanted = counted(file, copies);
    let outcome = read_copies(file, copies, book);
    let mut found = outcome.tally;
    // A record that is set aside with its figures need not name them again.
    let named = found.unknown - wanted.unknown;
    if (0..=wanted.unknown_aside).contains(&named) {
        (wanted.unknown, wanted.unknown_aside) = (found.unknown, 0);
    }
    if wanted.kept + wanted.facts + wanted.repeats + wanted.ignored == 0 {
        // Nothing that is whole is left to show what it was, or how many lines it had.
        if outcome.format.is_none() || found.rejected >= wanted.rejected.min(1) {
            found.rejected = wanted.rejected;
        }
    } else if outcome.format != Some(format_of(file).id) {
        // What nobody billed is no reason to recognise a file.
        let is_worthless = wanted.kept + wanted.facts + wanted.repeats == 0;
        return (!is_worthless).then(|| format!("read as {:?}", outcome.format));
    }
    if found != wanted {
        return Some(format!("read\n    {found:?}\n  instead of\n    {wanted:?}"));
    }
    let is_known = |one: &&UnreadFigure| one.path.ends_with(UNKNOWN) || OPEN.contains(&(one.format, one.path.as_str()));
    let others: Vec<&UnreadFigure> = outcome.unread.iter().filter(|one| !is_known(one)).collect();
    (!others.is_empty()).then(|| format!("figures that are not read: {others:?}"))
}

/// Shows the first fault of each file.
fn assert_no_faults(faults: &[String]) {
    let mut seen = BTreeSet::new();
    let first = faults.iter().filter(|fault| seen.insert(fault.split([' ', ':']).next()));
    let first: Vec<&str> = first.map(String::as_str).collect();
    assert!(faults.is_empty(), "{} faults, of each file the first:\n{}", faults.len(), first.join("\n"));
}

#[test]
fn every_figure_of_a_file_is_kept_set_aside_or_named() {
    let book = PriceBook::embedded().expect("the book");
    let faults = files().into_par_iter().filter_map(|file| {
        let fault = fault(&file, 1, &book)?;
        Some(format!("{}: {fault}", file.name))
    });
    assert_no_faults(&faults.collect::<Vec<_>>());
}

#[test]
fn a_file_and_its_copy_are_counted_once() {
    let book = PriceBook::embedded().expect("the book");
    let faults = files().into_par_iter().filter_map(|file| {
        let fault = fault(&file, 2, &book)?;
        Some(format!("{}: {fault}", file.name))
    });
    assert_no_faults(&faults.collect::<Vec<_>>());
}

#[test]
fn every_figure_of_a_changed_file_is_kept_set_aside_or_named() {
    let book = PriceBook::embedded().expect("the book");
    let files = files();
    let seeds: Vec<(usize, u64)> = (0..files.len()).flat_map(|at| (1..=VARIANTS).map(move |seed| (at, seed))).collect();
    let tried = seeds.par_iter().map(|(at, seed)| {
        let file = &files[*at];
        let made = variant(file, format_of(file), &mut Random(*seed * 1_000 + *at as u64));
        let shown = made.done.join(", ");
        let fault = fault(&made.file, 1, &book).map(|fault| format!("{} {seed} ({shown}): {fault}", file.name));
        (fault, made.done, file.format.as_str())
    });
    let tried: Vec<_> = tried.collect();
    let mut changed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut faults = Vec::new();
    for (fault, done, format) in tried {
        faults.extend(fault);
        for change in done {
            changed.entry(change).or_default().insert(format);
        }
    }
    assert_no_faults(&faults);
    for (change, formats) in CHANGES {
        let found = changed.get(change).map_or(0, BTreeSet::len);
        assert!(found >= *formats, "{change}: tried with {found} formats");
    }
}

#[test]
fn the_documents_say_what_is_counted() {
    let mut seen = BTreeSet::new();
    let first: Vec<File> = files().into_iter().filter(|file| seen.insert(file.format.clone())).collect();
    let faults = first.par_iter().filter_map(|file| {
        let mut wanted = count(file, format_of(file));
        // Quantities and the value side are in the ledger, not in these documents.
        wanted.sums.retain(|kind, _| ["input", "read", "write", "output", "think", "cost"].contains(kind));
        (wanted.facts, wanted.unknown_aside) = (0, 0);
        let found = document(file);
        (found != wanted).then(|| format!("{}:\n    {found:?}\n  instead of\n    {wanted:?}", file.name))
    });
    assert_no_faults(&faults.collect::<Vec<_>>());
}

#[test]
fn the_table_has_every_format_and_only_what_fixtures_show() {
    let known: BTreeSet<&str> = formats().map(|format| format.id).collect();
    let all: BTreeSet<&str> = SOURCES.iter().map(|source| source.id()).collect();
    assert_eq!(known, all);
    let mut met: BTreeSet<(&str, usize)> = BTreeSet::new();
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for file in files() {
        let format = format_of(&file);
        for found in records(&file, format) {
            let number = format.places.iter().position(|place| std::ptr::eq(place, found.place)).expect("its place");
            met.insert((format.id, number));
            let value = found.value(&file);
            let parts = found.place.parts.iter().filter(|(_, path)| path::first(&value, path).is_some());
            seen.extend(parts.map(|(_, path)| (format.id, *path)));
        }
    }
    let mut unseen = Vec::new();
    for format in formats() {
        for (number, place) in format.places.iter().enumerate() {
            if !met.contains(&(format.id, number)) {
                unseen.push(format!("{}: place {number}", format.id));
            }
            let parts = place.parts.iter().filter(|(_, path)| !seen.contains(&(format.id, *path)));
            unseen.extend(parts.map(|(_, path)| format!("{}: {path}", format.id)));
        }
    }
    assert!(unseen.is_empty(), "in no fixture:\n{}", unseen.join("\n"));
}

#[test]
fn every_figure_in_a_fixture_is_in_the_table() {
    let mut missing: BTreeSet<String> = BTreeSet::new();
    let mut unused: BTreeSet<(&str, &str)> =
        LEFT.iter().flat_map(|(id, paths)| paths.iter().map(|path| (*id, *path))).collect();
    for file in files() {
        let format = format_of(&file);
        let found = undeclared(&file, format);
        let (_, left) = LEFT.iter().find(|(id, _)| *id == format.id).unwrap_or(&("", &[]));
        for path in found {
            let fitting: Vec<&str> = left.iter().copied().filter(|left| fits(left, &path)).collect();
            fitting.iter().for_each(|left| _ = unused.remove(&(format.id, *left)));
            if fitting.is_empty() {
                missing.insert(format!("{}: {path}", format.id));
            }
        }
    }
    assert!(unused.is_empty(), "left by the table and in no file that it describes: {unused:?}");
    let missing: Vec<String> = missing.into_iter().collect();
    assert!(missing.is_empty(), "neither counted nor left by the table:\n{}", missing.join("\n"));
}

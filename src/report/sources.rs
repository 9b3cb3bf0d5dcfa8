//! The report of `sources`: what was read, and what became of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use super::Report;
use super::document::{Body, Document, PlaceDoc, SourcesDoc};
use super::page::{Cell, Fact, FactId, Page, Section, SectionId, Table, columns, grouped, many, notes, plural};
use crate::diagnostics::{Diagnostics, Severity};
use crate::ledger::Reconciliation;
use crate::model::period::{Period, day_of, rfc3339};
use crate::sources::{FileReport, Place, known_unread};

/// The report of `sources`.
#[must_use]
pub fn sources(
    files: Vec<FileReport>,
    places: Option<&[(Place, Vec<PathBuf>)]>,
    reconciliation: Reconciliation,
    period: &Period,
    mut found: Diagnostics,
) -> Report {
    notice_spans(&files, period, &mut found);
    let diagnostics = found.into_sorted();
    let columns = columns(&[
        ("file", "path"),
        ("format", "format"),
        ("bytes", "bytes"),
        ("read", "records_read"),
        ("kept", "kept"),
        ("repeats", "duplicate"),
        ("fork copies", "replayed"),
        ("rejected", "rejected"),
        ("ignored", "ignored"),
        ("unread", "unread"),
        ("first", "first"),
        ("last", "last"),
    ]);
    let row = |file: &FileReport, instant: &dyn Fn(DateTime<Utc>) -> String| {
        let c = file.counts;
        vec![
            Cell::text(file.path.clone()),
            Cell::Text(file.format.map(str::to_owned)),
            Cell::count(file.bytes),
            Cell::count(c.records_read),
            Cell::count(c.kept),
            Cell::count(c.duplicate),
            Cell::count(c.replayed),
            Cell::count(c.rejected),
            Cell::count(c.ignored),
            Cell::count(file.unread.iter().map(|figure| figure.count).sum()),
            Cell::Number(file.first.map(instant)),
            Cell::Number(file.last.map(instant)),
        ]
    };
    let whole = |at: DateTime<Utc>| rfc3339(at);
    let short_day = |at: DateTime<Utc>| day_of(at, period.tz).to_string();
    let table = Table { columns: columns.clone(), rows: files.iter().map(|file| row(file, &whole)).collect() };
    let recognised: Vec<_> = files.iter().filter(|file| file.format.is_some()).collect();
    let shown = Table { columns, rows: recognised.iter().map(|file| row(file, &short_day)).collect() };
    let mut facts = vec![read_fact(&reconciliation)];
    let mut formats: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for file in &files {
        let entry = formats.entry(file.format.unwrap_or("unrecognised")).or_default();
        entry.0 += 1;
        entry.1 += file.counts.kept;
    }
    let listed = formats
        .iter()
        .map(|(format, (files, kept))| format!("{format} {}, {} kept", many(*files, "file"), grouped(*kept)));
    facts.push(Fact::new(FactId::Formats, formats.len().to_string(), listed.collect::<Vec<_>>().join(" · ")));
    let places = places.map(|places| looked_at(places, &files));
    let files_section = Section { id: SectionId::Files, title: "Files".to_owned(), table: shown, rest: None };
    let mut sections: Vec<Section> =
        (!files_section.table.rows.is_empty()).then_some(files_section).into_iter().collect();
    sections.extend(places.as_deref().map(place_section));
    let page = Page { title: "Sources".to_owned(), facts, sections, notes: notes(&diagnostics) };
    let body = Body::Sources(SourcesDoc { files: files.clone(), places, reconciliation });
    Report {
        document: Document::new("tokaudit/sources", period, &files, body, diagnostics),
        story: None,
        page,
        table,
        pivot: None,
    }
}

/// The places where logs were looked for, with what was read there.
fn looked_at(places: &[(Place, Vec<PathBuf>)], files: &[FileReport]) -> Vec<PlaceDoc> {
    let doc = |(place, found): &(Place, Vec<PathBuf>)| {
        let is_below = |file: &&FileReport| found.iter().any(|path| Path::new(&file.path).starts_with(path));
        let read = files.iter().filter(|file| file.format.is_some()).filter(is_below);
        let (files, kept) = read.fold((0, 0), |(files, kept), file| (files + 1, kept + file.counts.kept));
        let (format, variable, is_there) = (place.format, place.variable, !found.is_empty());
        PlaceDoc { format, place: place.shown(), variable, is_there, files, kept, in_editors: place.in_editors }
    };
    // What is not read is of interest only where it is there.
    places.iter().filter(|(place, found)| place.is_read || !found.is_empty()).map(doc).collect()
}

/// The table of places: those that are there come first, and what no editor of VS Code's family has is one row.
fn place_section(places: &[PlaceDoc]) -> Section {
    let columns = columns(&[("place", "place"), ("agent", "format"), ("found", "files"), ("records", "kept")]);
    let row = |place: &PlaceDoc| {
        let found = match (place.is_there, place.files) {
            _ if known_unread::find(place.format).is_some() => "known, not read".to_owned(),
            (false, _) => "nothing there".to_owned(),
            (true, 0) => "no usage".to_owned(),
            (true, files) => many(files, "file"),
        };
        let shown = match place.variable {
            Some(variable) => format!("{} ({variable})", place.place),
            None => place.place.clone(),
        };
        vec![Cell::text(shown), Cell::text(place.format), Cell::text(found), Cell::count(place.kept)]
    };
    let (there, missing): (Vec<&PlaceDoc>, Vec<_>) = places.iter().partition(|place| place.is_there);
    let (editors, missing): (Vec<&PlaceDoc>, Vec<_>) = missing.into_iter().partition(|one| one.in_editors.is_some());
    let mut rows: Vec<Vec<Cell>> = there.into_iter().chain(missing).map(row).collect();
    for same in editors.chunk_by(|a, b| a.in_editors == b.in_editors) {
        let [first, ..] = same else { continue };
        // As in VS Code, VSCodium, Cursor and the others, and in their profiles.
        let shown = format!("*/User/{}", first.in_editors.unwrap_or_default());
        let found = format!("nothing in {}", many(same.len() as u64, "folder"));
        rows.push(vec![Cell::text(shown), Cell::text(first.format), Cell::text(found), Cell::count(0)]);
    }
    let table = Table { columns, rows };
    let rest = Some("A variable in brackets names the place; `*` is any name.".to_owned());
    Section { id: SectionId::Places, title: "Places where agents keep logs".to_owned(), table, rest }
}

/// By how much the first or the last days of two sources differ before that is said.
const SPAN_DAYS: i64 = 14;

/// The files of one format, and the days of the period that they cover.
struct Span {
    files: u64,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

/// The days that each format covers, if they differ: a change from month to month may be nothing but a source that is missing in
/// one of them.
fn different_spans<'a>(files: &'a [FileReport], period: &Period) -> Option<BTreeMap<&'a str, Span>> {
    let mut spans: BTreeMap<&str, Span> = BTreeMap::new();
    for file in files {
        let (Some(format), Some(first), Some(last)) = (file.format, file.first, file.last) else { continue };
        let first = period.from.map_or(first, |from| first.max(from));
        let last = period.to.map_or(last, |to| last.min(to - TimeDelta::nanoseconds(1)));
        if first <= last {
            let span = spans.entry(format).or_insert(Span { files: 0, first, last });
            *span = Span { files: span.files + 1, first: span.first.min(first), last: span.last.max(last) };
        }
    }
    let differ = |of: fn(&Span) -> DateTime<Utc>| {
        let ends = spans.values().map(of).min().zip(spans.values().map(of).max());
        ends.is_some_and(|(least, most)| (most - least).num_days() > SPAN_DAYS)
    };
    (differ(|span| span.first) || differ(|span| span.last)).then_some(spans)
}

/// Says which days each kind of source covers, if they differ.
pub(super) fn notice_spans(files: &[FileReport], period: &Period, all: &mut Diagnostics) {
    let message = "the sources cover different days, so a change from month to month may be a source that is missing";
    for (format, span) in different_spans(files, period).into_iter().flatten() {
        let [first, last] = [span.first, span.last].map(|at| day_of(at, period.tz));
        all.add(Severity::Warning, "different-spans", message, format_args!("{format}: {first} to {last}"));
    }
}

/// The table of the days that each kind of source covers, if they differ.
pub(super) fn span_section(files: &[FileReport], period: &Period) -> Option<Section> {
    let spans = different_spans(files, period)?;
    let columns = columns(&[("source", "source"), ("files", "files"), ("first day", "first"), ("last day", "last")]);
    let day = |at: DateTime<Utc>| Cell::text(day_of(at, period.tz).to_string());
    let row = |(format, span): (&str, Span)| {
        vec![Cell::text(format), Cell::count(span.files), day(span.first), day(span.last)]
    };
    let table = Table { columns, rows: spans.into_iter().map(row).collect() };
    let rest = "A change from month to month may be nothing but a source that is missing in one of them.".to_owned();
    let title = "Days that the sources cover".to_owned();
    Some(Section { id: SectionId::Spans, title, table, rest: Some(rest) })
}

pub(super) fn read_fact(reconciliation: &Reconciliation) -> Fact {
    let c = reconciliation.counts;
    let detail = format!(
        "{} in {} = {} kept + {} + {} made by forked sessions + {} rejected + {} ignored",
        plural(c.records_read, "record"),
        many(reconciliation.files, "file"),
        grouped(c.kept),
        many(c.duplicate, "repeat"),
        many(c.replayed, "copy"),
        grouped(c.rejected),
        grouped(c.ignored)
    );
    Fact::new(FactId::Read, grouped(c.records_read), detail)
}

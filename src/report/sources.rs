//! The report of `sources`: what was read, and what became of it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Report;
use super::document::{Body, Document, SourcesDoc};
use super::page::{Cell, Fact, FactId, Page, Section, SectionId, Table, columns, grouped, many, notes, plural};
use crate::diagnostics::{Diagnostics, Severity};
use crate::ledger::Reconciliation;
use crate::model::period::{Period, day_of, rfc3339};
use crate::sources::FileReport;

/// The report of `sources`.
#[must_use]
pub fn sources(
    files: Vec<FileReport>,
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
    let page = Page {
        title: "Sources".to_owned(),
        facts,
        sections: vec![Section { id: SectionId::Files, title: "Files".to_owned(), table: shown, rest: None }],
        notes: notes(&diagnostics),
    };
    let body = Body::Sources(SourcesDoc { files: files.clone(), reconciliation });
    Report { document: Document::new("tokaudit/sources", period, &files, body, diagnostics), page, table }
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

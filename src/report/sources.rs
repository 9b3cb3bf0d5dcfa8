//! The report of `sources`: what was read, and what became of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Report;
use super::document::{Body, Document, SourcesDoc};
use super::page::{Cell, Fact, FactId, Page, Section, SectionId, Table, columns, grouped, many, notes, plural};
use crate::diagnostics::Diagnostics;
use crate::ledger::Reconciliation;
use crate::model::period::{Period, day_of, rfc3339};
use crate::sources::FileReport;

/// The report of `sources`.
#[must_use]
pub fn sources(files: Vec<FileReport>, reconciliation: Reconciliation, period: &Period, found: Diagnostics) -> Report {
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

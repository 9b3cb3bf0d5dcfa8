//! The dashboard's usage export, under all its headers. The two input columns are disjoint despite their names; columns are
//! found by name, and the total must be the sum of the four.

use super::events::coverage;
use crate::diagnostics::Severity;
use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::model::usage::TokenCounts;
use crate::sources::record::blank;
use crate::sources::rejection::Rejection;
use crate::sources::table::sheet::{Row, Sheet};

pub(crate) static USAGE_CSV: Sheet = Sheet {
    id: "cursor-usage",
    title: "Cursor dashboard usage export (CSV)",
    about: "Export: Dashboard > Usage > Export CSV, all headers from 2025 on.\n\
            Counted: one record per request. Input (w/ Cache Write) is what was written to the cache, Input (w/o \
            Cache Write) the fresh input; they do not overlap. Cost bills on-demand rows; on included rows it is \
            notional and only a gross. `Included`, `Free`, `-` and an empty cell are not amounts. Requests are kept \
            as requests, never as dollars. `auto` names no model.\n\
            Lacks: sessions, repositories and branches; in personal exports the person.",
    needs: &[
        "date",
        "model",
        "input (w/ cache write)",
        "input (w/o cache write)",
        "cache read",
        "output tokens|output",
        "kind|cost to you",
        "cost|requests|cost to you",
    ],
    lacks: &[],
    together: &[],
    key: &[
        "date",
        "user",
        "cloud agent id",
        "model",
        "kind",
        "input (w/ cache write)",
        "input (w/o cache write)",
        "cache read",
        "output tokens",
    ],
    read: |row, at, out| {
        let when = row.instant("date")?;
        let mut record = blank("cursor-usage", Authority::Invoice, at, when.at);
        record.time_zone_assumed = when.zone_assumed;
        record.request_count = Some(1);
        record.tokens = TokenCounts {
            input: row.count("input (w/o cache write)")?,
            cache_read: row.count("cache read")?,
            cache_write_unspecified: row.count("input (w/ cache write)")?,
            output: row.count("output tokens")?.or(row.count("output")?),
            ..TokenCounts::default()
        };
        if row.count("total tokens")?.is_some_and(|total| total != record.tokens.total()) {
            let message = "the columns of a row do not sum to its total; the columns are counted";
            out.notice(Severity::Warning, "parts-differ", message, at.line);
        }
        record.bill.coverage = row.coverage("kind", coverage);
        let cost = amount(row, "cost")?;
        let charged = matches!(record.bill.coverage, Coverage::OnDemand | Coverage::Overage);
        record.bill.gross_cost = cost;
        record.billed_cost = amount(row, "cost to you")?.or(cost.filter(|_| charged));
        record.bill.quantity_micros = row.micros("requests")?;
        record.bill.unit = record.bill.quantity_micros.map(|_| out.names.intern("requests"));
        record.provider = Some(out.names.intern(super::PROVIDER));
        record.model = row.name("model", &mut out.names);
        record.user = row.name("user", &mut out.names);
        Ok(Some(record))
    },
};

/// An amount, unless the cell holds a word.
fn amount(row: &Row<'_>, column: &'static str) -> Result<Option<Money>, Rejection> {
    let number = row.text(column).is_some_and(|text| text.bytes().any(|byte| byte.is_ascii_digit()));
    if number { row.dollars(column) } else { Ok(None) }
}

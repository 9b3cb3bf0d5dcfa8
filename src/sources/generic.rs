//! The canonical columns, as CSV or as JSON lines: for data that has no format of its own.
//!
//! - In: rows of a table with a header, or one flat JSON object per line. Column names are those of `ledger --table usage`, so
//!   an export of this program can be read back, and a few common alternatives.
//! - Out: one record per row.
//! - Refuses: rows with damaged cells, an ambiguous date, or an amount that is not in USD.
//!
//! Traps:
//! - "Input" includes cached tokens with some vendors and excludes them with others. `input_tokens` is accepted only if no
//!   column is about a cache; otherwise the column must be `input_uncached_tokens`.
//! - An empty cell is unknown, never zero.
//! - A row without an id is identified by its cells and by how many equal rows precede it, so a copied file adds nothing and
//!   two equal requests count twice.

mod columns;
mod objects;
mod row;
mod table;

use super::{Parser, ReadOptions, Sniff, Source};
use crate::sources::reading::detect::Head;
use columns::{Field, FieldColumns};
use objects::ObjectLines;
use row::ID;

/// The format of the canonical columns.
#[derive(Debug)]
pub struct Generic;

impl Source for Generic {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Canonical columns, CSV or JSON lines"
    }

    fn about(&self) -> &'static str {
        "One row per request, or per day, hour, session; cells separated by comma, semicolon, tab or bar; or one flat \
         JSON object per line.\n\
         Needed: charge_period_start (or timestamp, time, date, created_at), and tokens or a cost.\n\
         Tokens, disjoint: input_uncached_tokens, cache_read_input_tokens, cache_write_5m_tokens, \
         cache_write_1h_tokens, cache_write_unspecified_tokens (or cache_creation_input_tokens), output_tokens (with \
         reasoning), reasoning_output_tokens (part of output).\n\
         input_tokens is taken as input_uncached_tokens only if there is no cache column, because vendors differ in \
         what it includes.\n\
         Cost: billed_cost_usd (an invoice), reported_cost_usd or cost_usd (a tool's estimate). List cost is always \
         calculated. A cost whose currency (or billing_currency) is not USD keeps it and is in no sum of dollars; a cost in \
         cents beside Portkey's columns is left out. A row with a billed cost counts as a row of a bill, unless \
         authority (transcript, telemetry, gateway, vendor_usage, invoice) and coverage (included, on_demand, overage, \
         byok, free, errored) says otherwise.\n\
         Other consumption: consumed_quantity with consumed_unit, such as web-searches.\n\
         Optional: record_id or request_id, model, provider_name, grain, charge_period_end, request_count, \
         session_id, parent_session_id, user_key, team, repository, branch, cwd, vendor_project, service_tier, speed, \
         inference_geo, client_version, subagent.\n\
         Times: RFC 3339; without a zone UTC is assumed; a bare date is a day; whole numbers are epoch seconds or \
         milliseconds. 05/06/26 is refused, because it could be two different days.\n\
         Set aside: rows that repeat an id (duplicate), rows with damaged cells (rejected)."
    }

    fn knows(&self, name: &str) -> bool {
        Field::from_name(name).is_some()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let names = if head.is_json() { head.top_keys().to_vec() } else { table::header(head) };
        match FieldColumns::new(names.iter().map(String::as_str)) {
            Ok(_) => Sniff::Yes,
            Err(missing) if missing.known >= 3 => Sniff::Missing(missing.columns),
            Err(_) => Sniff::No,
        }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        if head.is_json() {
            return Parser::Lines(Box::new(ObjectLines::default()));
        }
        Parser::Stream(Box::new(table::TableParser::new(head)))
    }
}

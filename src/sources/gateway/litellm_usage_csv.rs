//! The usage export of LiteLLM's dashboard: a row per day and team (or tag, organization, customer, agent, user), also by model or
//! by key. Amounts have four decimals and commas between thousands.

use crate::model::bill::{Authority, Coverage};
use crate::model::usage::TokenCounts;
use crate::sources::record::day;
use crate::sources::rejection::{BAD_QUANTITY, Rejection};
use crate::sources::table::sheet::{Row, Sheet};

pub(crate) static LITELLM_USAGE_CSV: Sheet = Sheet {
    id: "litellm-usage-csv",
    title: "LiteLLM dashboard usage export (CSV)",
    about: "Export: LiteLLM's dashboard > Usage > Export Data, by day, by day and model, or by day and key. One of \
            them, of one kind of owner: each holds the whole spend again.\n\
            Counted: one record per row; Spend is what the gateway charges, in dollars with four decimals. It counts as \
            billed, because nothing here can be priced: rows by model have one total of tokens, which is kept as a \
            quantity, and the others name no model. Cached input is not exported, so all of the prompt is fresh \
            input.\n\
            Lacks: the bill, single requests, sessions and cached tokens.",
    needs: &[
        "date",
        "spend",
        "requests",
        "total tokens",
        "team id|tag id|organization id|customer id|agent id|user id",
    ],
    lacks: &[],
    together: &["prompt tokens", "completion tokens"],
    key: &[
        "date",
        "team id",
        "tag id",
        "organization id",
        "customer id",
        "agent id",
        "user id",
        "model",
        "key id",
        "key alias",
    ],
    read: |row, at, out| {
        let mut record = day("litellm-usage-csv", Authority::Gateway, at, row.instant("date")?.at);
        record.time_zone_assumed = true;
        record.tokens = TokenCounts {
            input: row.count("prompt tokens")?,
            output: row.count("completion tokens")?,
            ..TokenCounts::default()
        };
        let total = total(row)?;
        if record.tokens == TokenCounts::default() {
            record.bill.quantity_micros = total;
            record.bill.unit = Some(out.names.intern("tokens"));
        }
        record.request_count = row.count("requests")?;
        record.reported_cost = row.dollars("spend")?;
        // Without a model or without parts of the total nothing else says what they cost.
        record.billed_cost = record.reported_cost;
        record.bill.coverage = Coverage::OnDemand;
        record.model = row.name("model", &mut out.names);
        let names = &mut out.names;
        record.team = row.name("team", names).or(row.name("team id", names));
        record.team = record.team.or(row.name("tag", names));
        record.project = row.name("organization", names).or(row.name("organization id", names));
        record.user = row.name("user", names).or(row.name("user id", names)).or(row.name("customer", names));
        record.user = record.user.or(row.name("agent", names));
        record.user = record.user.or(row.name("key alias", names)).or(row.name("key id", names));
        Ok(Some(record))
    },
};

/// All tokens of a row, in millionths.
fn total(row: &Row<'_>) -> Result<Option<i64>, Rejection> {
    let total = row.count("total tokens")?;
    let micros = |total: u64| i64::try_from(total).ok().and_then(|total| total.checked_mul(1_000_000));
    total.map(|total| micros(total).ok_or(BAD_QUANTITY)).transpose()
}

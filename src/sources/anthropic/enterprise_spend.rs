//! claude.ai > Analytics > Export spend report. Two headers; no date column, so the period is in a file's name at best and
//! rows are dated at the requested period; `total_prompt_tokens` includes cached tokens, so v1 fills no input bucket.

use crate::diagnostics::Severity;
use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::model::usage::{Grain, TokenCounts};
use crate::sources::record::blank;
use crate::sources::rejection::NO_TIME;
use crate::sources::table::sheet::Sheet;

pub(crate) static ENTERPRISE_SPEND: Sheet = Sheet {
    id: "claude-enterprise-spend",
    title: "Claude Enterprise spend report (CSV)",
    about: "Export: claude.ai > Analytics > Export spend report, both headers. The file has no date: its \
            period is in its name (2026-05.csv, 2026-05-01 to 2026-05-31), or name it with --month, or --since and --until; else \
            its rows are dated at the date of the run.\n\
            Counted: one record per person, product and model. Amounts are dollars: net is billed, gross is before \
            discounts; on seat plans only overage is in it.\n\
            Lacks: days and sessions; the prompt tokens of the first header include the cached ones, so \
            they fill no bucket.",
    needs: &[
        "user_email",
        "product",
        "model",
        "total_prompt_tokens",
        "total_completion_tokens",
        "total_net_spend_usd",
        "total_gross_spend_usd",
    ],
    lacks: &[],
    together: &[
        "total_uncached_input_tokens",
        "total_cache_read_tokens",
        "total_cache_write_5m_tokens",
        "total_cache_write_1h_tokens",
    ],
    key: &["user_email", "account_uuid", "product", "model", "slack_channel_id", "teams_channel_id"],
    read: |row, at, out| {
        let (start, end) = match out.version.period {
            Some((start, end)) => (start, Some(end)),
            None => {
                let undated = out.undated(at.line).ok_or(NO_TIME)?;
                let (start, end) = undated.period.unzip();
                (start.unwrap_or(undated.at), end)
            }
        };
        let mut record = blank("claude-enterprise-spend", Authority::Invoice, at, start);
        record.charge_period_end = end;
        record.grain = Grain::Period;
        record.time_zone_assumed = true;
        record.tokens = TokenCounts {
            input: row.count("total_uncached_input_tokens")?,
            cache_read: row.count("total_cache_read_tokens")?,
            cache_write_5m: row.count("total_cache_write_5m_tokens")?,
            cache_write_1h: row.count("total_cache_write_1h_tokens")?,
            output: row.count("total_completion_tokens")?,
            ..TokenCounts::default()
        };
        let prompt = row.count("total_prompt_tokens")?;
        if record.tokens.input.is_some() && prompt.is_some_and(|prompt| prompt != record.tokens.prompt()) {
            let message = "the parts of a prompt do not sum to its total; the parts are counted";
            out.notice(Severity::Warning, "parts-differ", message, at.line);
        }
        if record.tokens.input.is_none() {
            // Output alone would be priced as if the prompt had cost nothing.
            record.tokens = TokenCounts::default();
        }
        record.request_count = row.count("total_requests")?;
        record.billed_cost = row.dollars("total_net_spend_usd")?;
        record.bill.gross_cost = row.dollars("total_gross_spend_usd")?;
        let free = record.billed_cost == Some(Money::ZERO);
        record.bill.coverage = if free { Coverage::Included } else { Coverage::OnDemand };
        record.provider = Some(out.names.intern(super::PROVIDER));
        record.model = row.name("model", &mut out.names);
        record.user = row.name("user_email", &mut out.names);
        record.project = row.name("product", &mut out.names);
        Ok(Some(record))
    },
};

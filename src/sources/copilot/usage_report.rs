//! The AI usage report (June 2026 on) and the premium-request report before it.
//!
//! `unit_type` changes from requests ($0.04) to ai-credits ($0.01) inside one file. `aic_*` columns are a what-if before the
//! change and the text `0` after it, so they are never read as money. Gross is not spend: net is, and included usage nets 0.

use crate::diagnostics::Severity;
use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::model::usage::TokenCounts;
use crate::sources::record::day;
use crate::sources::table::sheet::Sheet;

pub(crate) static USAGE_REPORT: Sheet = Sheet {
    id: "copilot-usage-report",
    title: "GitHub Copilot AI usage and premium requests (CSV)",
    about: "Export: Billing > AI usage (before June 2026: Premium requests) > Get usage report; it comes by mail.\n\
            Counted: one record per day, person, model and SKU. net_amount is billed, gross_amount is kept separately; \
            quantity keeps its unit (requests or ai-credits) and is never added across units; aic_* columns are \
            not read. Tokens only where the file has them: whether its input includes cached tokens is not \
            documented, so they fill buckets only where no cache column is filled.\n\
            Lacks: time of day and sessions.",
    needs: &["date", "username", "sku", "model", "quantity", "unit_type", "gross_amount", "net_amount"],
    lacks: &[],
    together: &["input", "output", "cache_read", "cache_write"],
    key: &[
        "date",
        "username",
        "product",
        "sku",
        "model",
        "unit_type",
        "exceeds_quota",
        "organization",
        "repository",
        "cost_center_name",
    ],
    read: |row, at, out| {
        let mut record = day("copilot-usage-report", Authority::Invoice, at, row.instant("date")?.at);
        let (gross, discount) = (row.dollars("gross_amount")?, row.dollars("discount_amount")?);
        record.billed_cost = row.dollars("net_amount")?;
        record.bill.gross_cost = gross;
        record.bill.quantity_micros = row.micros("quantity")?;
        record.bill.unit = row.name("unit_type", &mut out.names);
        let cached = row.count("cache_read")?.or(row.count("cache_write")?).unwrap_or(0) > 0;
        record.tokens = TokenCounts {
            input: if cached { None } else { row.count("input")? },
            cache_read: row.count("cache_read")?,
            cache_write_unspecified: row.count("cache_write")?,
            output: row.count("output")?,
            ..TokenCounts::default()
        };
        if cached {
            // Without fresh input the rest would look like the whole request.
            record.tokens = TokenCounts::default();
        }
        let exceeds = row.text("exceeds_quota").is_some_and(|text| text.eq_ignore_ascii_case("true"));
        let net = record.billed_cost.unwrap_or_default();
        record.bill.coverage = match (net == Money::ZERO, exceeds) {
            (true, _) => Coverage::Included,
            (false, true) => Coverage::Overage,
            (false, false) => Coverage::OnDemand,
        };
        if let (Some(gross), Some(discount)) = (gross, discount)
            && (gross - discount - net).nanos().abs() > 1_000
        {
            out.notice(Severity::Warning, "parts-differ", "gross less discount is not net; net is counted", at.line);
        }
        let price = row.dollars("applied_cost_per_quantity")?;
        if let (Some(gross), Some(price), Some(quantity)) = (gross, price, record.bill.quantity_micros) {
            let product = price.nanos().saturating_mul(quantity.into()) / 1_000_000;
            if (product - gross.nanos()).abs() > 1_000 {
                let message = "quantity times price is not gross; gross is kept";
                out.notice(Severity::Warning, "parts-differ", message, at.line);
            }
        }
        record.provider = Some(out.names.intern(super::PROVIDER));
        record.model = row.text("model").map(|model| out.names.intern(model.strip_prefix("Auto: ").unwrap_or(model)));
        record.user = row.name("username", &mut out.names);
        record.project = row.name("organization", &mut out.names);
        record.repository = row.name("repository", &mut out.names);
        Ok(Some(record))
    },
};

//! The metered usage report of GitHub's billing page: every product that is billed by use; the rows of Copilot, GitHub Models
//! and Spark are taken. Seats are `user-months`, and a day's row of a seat is a part of one.

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::sources::aside::Left;
use crate::sources::record::day;
use crate::sources::table::sheet::Sheet;

pub(crate) static METERED_USAGE: Sheet = Sheet {
    id: "github-metered-usage",
    title: "GitHub metered usage (CSV)",
    about: "Export: Billing > Usage > Get usage report, summarized or detailed; it comes by mail.\n\
            Counted: one record per day, SKU, organization, repository and person of Copilot (seats and premium requests), \
            GitHub Models and Spark. net_amount is billed, gross_amount is kept separately; quantity keeps its unit. Set \
            aside: other products, such as Actions, whose sum is said.\n\
            Lacks: models, tokens, time of day and sessions; in the summarized report, people.",
    needs: &["date", "product", "sku", "quantity", "unit_type", "gross_amount", "net_amount"],
    // The report of AI usage has columns of its own.
    lacks: &["model", "exceeds_quota", "total_monthly_quota", "aic_quantity"],
    together: &[],
    key: &[
        "date",
        "product",
        "sku",
        "unit_type",
        "username",
        "organization",
        "repository",
        "workflow_path",
        "cost_center_name",
    ],
    read: |row, at, out| {
        let net = row.dollars("net_amount");
        if !row.is("product", super::is_ai_product) {
            out.aside.leave(Left::OtherService, net.ok().flatten(), None);
            return Ok(None);
        }
        let mut record = day("github-metered-usage", Authority::Invoice, at, row.instant("date")?.at);
        record.billed_cost = net?;
        record.bill.gross_cost = row.dollars("gross_amount")?;
        record.bill.quantity_micros = row.micros("quantity")?;
        record.bill.unit = row.name("unit_type", &mut out.names);
        let is_free = record.billed_cost == Some(Money::ZERO);
        record.bill.coverage = if is_free { Coverage::Included } else { Coverage::OnDemand };
        record.provider = Some(out.names.intern(super::PROVIDER));
        record.user = row.name("username", &mut out.names);
        record.project = row.name("organization", &mut out.names);
        record.repository = row.name("repository", &mut out.names);
        Ok(Some(record))
    },
};

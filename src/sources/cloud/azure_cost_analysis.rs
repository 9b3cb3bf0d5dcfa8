//! Azure's cost analysis, downloaded as CSV: a day and what it was grouped by, with the cost in dollars and in the bill's currency.

use crate::model::bill::{Authority, Coverage};
use crate::sources::aside::Left;
use crate::sources::cloud::services::is_ai;
use crate::sources::record::{day, set_currency};
use crate::sources::table::sheet::Sheet;

pub(crate) static AZURE_COST_ANALYSIS: Sheet = Sheet {
    id: "azure-cost-analysis",
    title: "Azure cost analysis (CSV)",
    about: "Export: Cost Management > Cost analysis > Download, grouped by service name, daily.\n\
            Counted: one record per day and AI service; CostUSD is billed, else Cost in its currency. Set aside: other services, whose sum \
            is said.\n\
            Lacks: models, tokens, people, requests and sessions. For these export the cost details (azure-cost).",
    needs: &["usagedate", "servicename", "costusd", "cost", "currency"],
    lacks: &["metercategory"],
    together: &[],
    key: &["usagedate", "servicename", "resourcegroupname", "resourceid"],
    read: |row, at, out| {
        let (dollars, cost) = (row.dollars("costusd")?, row.dollars("cost")?);
        let currency = row.text("currency").filter(|_| dollars.is_none());
        if !row.is("servicename", is_ai) {
            out.aside.leave(Left::OtherService, dollars.or(cost), currency);
            return Ok(None);
        }
        let mut record = day("azure-cost-analysis", Authority::Invoice, at, row.instant("usagedate")?.at);
        record.time_zone_assumed = true;
        record.billed_cost = dollars.or(cost);
        set_currency(&mut record, currency, &mut out.names);
        record.bill.coverage = Coverage::OnDemand;
        record.provider = Some(out.names.intern("azure"));
        record.project = row.name("resourcegroupname", &mut out.names).or(row.name("servicename", &mut out.names));
        Ok(Some(record))
    },
};

//! Dashboard > Usage > Export cost (`cost_<from>_<to>.csv`): dollars with 30 decimals; empty days have a blank amount.

use crate::model::bill::{Authority, Coverage};
use crate::sources::record::{blank, set_currency, set_period};
use crate::sources::table::sheet::Sheet;

pub(crate) static DASHBOARD_COST: Sheet = Sheet {
    id: "openai-dashboard-cost",
    title: "OpenAI dashboard cost (CSV)",
    about: "Export: the usage dashboard > Export > Cost.\n\
            Counted: one record per day, line item, project and person, in dollars; an amount in another \
            currency keeps it. Set aside: days without cost, which are blank rows (nothing).\n\
            Lacks: tokens and sessions.",
    needs: &["start_time_iso", "end_time_iso", "amount_value", "amount_currency", "line_item"],
    lacks: &[],
    together: &[],
    key: &[
        "start_time",
        "end_time",
        "line_item",
        "user_id",
        "user_email",
        "api_key_id",
        "project_id",
        "organization_id",
        "api_source",
    ],
    read: |row, at, out| {
        let Some(amount) = row.dollars("amount_value")? else { return Ok(None) };
        let start = row.instant("start_time_iso")?;
        let mut record = blank("openai-dashboard-cost", Authority::Invoice, at, start.at);
        record.time_zone_assumed = start.zone_assumed;
        set_period(&mut record, row.end("end_time_iso"));
        record.billed_cost = Some(amount);
        set_currency(&mut record, row.text("amount_currency"), &mut out.names);
        record.bill.coverage = Coverage::OnDemand;
        record.bill.quantity_micros = row.micros("quantity")?;
        record.bill.unit = row.name("quantity_unit", &mut out.names);
        record.provider = Some(out.names.intern(super::PROVIDER));
        let item = row.text("line_item").and_then(|item| item.split(", ").next());
        record.model = out.names.intern_some(item);
        record.user = row.name("user_email", &mut out.names).or(row.name("api_key_id", &mut out.names));
        record.project = row.name("project_id", &mut out.names);
        Ok(Some(record))
    },
};

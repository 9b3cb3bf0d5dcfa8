//! Databricks' table of what it bills, `system.billing.usage`: units of use (DBUs) of every product.
//!
//! Source: docs.databricks.com/aws/en/admin/system-tables/billing. A correction is a row that retracts an older one, with a negative
//! quantity, and a row that restates it.

use crate::model::bill::{Authority, Coverage};
use crate::sources::aside::Left;
use crate::sources::record::{blank, set_period};
use crate::sources::table::sheet::Sheet;

/// Products that serve or train models.
const AI: [&str; 9] = [
    "AGENT_BRICKS",
    "AGENT_EVALUATION",
    "AI_FUNCTIONS",
    "AI_GATEWAY",
    "AI_RUNTIME",
    "FOUNDATION_MODEL_TRAINING",
    "GENIE",
    "MODEL_SERVING",
    "VECTOR_SEARCH",
];

pub(crate) static DATABRICKS_BILLING: Sheet = Sheet {
    id: "databricks-billing",
    title: "Databricks billable usage (CSV, Parquet)",
    about: "Export: a query of system.billing.usage.\n\
            Counted: one record per row of a product that serves or trains models; DBUs are a quantity, and what one costs is in \
            system.billing.list_prices and the contract. Set aside: rows of other products.\n\
            Lacks: dollars, tokens, models and sessions; databricks-endpoint-usage has tokens.",
    needs: &[
        "record_id",
        "sku_name",
        "usage_start_time",
        "usage_end_time",
        "usage_unit",
        "usage_quantity",
        "billing_origin_product",
    ],
    lacks: &[],
    together: &[],
    key: &["record_id"],
    read: |row, at, out| {
        if !row.is("billing_origin_product", |product| AI.contains(&product)) {
            out.aside.leave(Left::OtherService, None, None);
            return Ok(None);
        }
        let start = row.instant("usage_start_time")?;
        let mut record = blank("databricks-billing", Authority::Invoice, at, start.at);
        record.time_zone_assumed = start.zone_assumed;
        set_period(&mut record, row.end("usage_end_time"));
        record.bill.coverage = Coverage::OnDemand;
        record.bill.quantity_micros = row.micros("usage_quantity")?;
        let names = &mut out.names;
        record.bill.unit = row.name("usage_unit", names);
        record.provider = Some(names.intern("databricks"));
        record.project = row.name("workspace_id", names);
        Ok(Some(record))
    },
};

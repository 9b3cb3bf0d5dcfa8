//! Google Cloud's detailed billing export as CSV. An export holds every service; the rows of Vertex AI and the Gemini API
//! are taken. A SKU's text names the model and the kind of token; it is kept as it is.

use crate::model::bill::{Authority, Coverage};
use crate::sources::record::{blank, set_period};
use crate::sources::rejection::NOT_USD;
use crate::sources::table::sheet::Sheet;

/// The services that sell models.
const SERVICES: [&str; 3] = ["Vertex AI", "Gemini API", "Generative Language"];

pub(crate) static VERTEX_BILLING: Sheet = Sheet {
    id: "vertex-billing",
    title: "Google Cloud billing export (CSV, Parquet)",
    about: "Export: the table gcp_billing_export of BigQuery, saved as CSV or Parquet. Logged responses of Vertex \
            (full_response) are read as usage-objects.\n\
            Counted: one record per hour or day, project and SKU of Vertex AI and the Gemini API. cost is billed \
            before credits; quantities keep their unit. Set aside: other services' rows (not read), other \
            currencies (rejected).\n\
            Lacks: tokens by bucket (a SKU's text is the only word on it), credits, people, requests and sessions. \
            Its names are known from documentation, not from a customer's file.",
    needs: &["service.description", "sku.description", "usage_start_time", "usage_end_time", "cost", "currency"],
    lacks: &[],
    together: &[],
    key: &["usage_start_time", "usage_end_time", "project.id", "sku.id", "sku.description", "cost_type", "labels"],
    read: |row, at, out| {
        let service = row.text("service.description").unwrap_or("");
        if !SERVICES.iter().any(|known| service.contains(known)) {
            return Ok(None);
        }
        let start = row.instant("usage_start_time")?;
        let mut record = blank("vertex-billing", Authority::Invoice, at, start.at);
        set_period(&mut record, row.end("usage_end_time"));
        if row.text("currency").is_some_and(|currency| currency != "USD") {
            return Err(NOT_USD);
        }
        record.billed_cost = row.dollars("cost")?;
        record.bill.coverage = Coverage::OnDemand;
        record.bill.quantity_micros = row.micros("usage.amount")?;
        record.bill.unit = row.name("usage.unit", &mut out.names);
        record.provider = Some(out.names.intern("google"));
        record.model = row.name("sku.description", &mut out.names);
        record.project = row.name("project.id", &mut out.names);
        Ok(Some(record))
    },
};

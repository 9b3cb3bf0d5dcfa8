//! CloudZero's Common Bill Format: costs of any vendor in the columns that CloudZero takes in.
//!
//! Source: docs.cloudzero.com, "Common Bill Format". Columns are `time/usage_start`, `cost/cost`, `resource/service` and more; tags are columns
//! of their own, as `resource/tag:model`.

use crate::model::bill::{Authority, Coverage};
use crate::sources::aside::Left;
use crate::sources::cloud::services::is_ai;
use crate::sources::record::{blank, set_period};
use crate::sources::table::sheet::Sheet;

/// The columns that may name a service, a model or its maker.
const NAMES: [&str; 6] = [
    "resource/service",
    "resource/usage_family",
    "resource/id",
    "resource/tag:model",
    "resource/tag:provider",
    "lineitem/description",
];

pub(crate) static CLOUDZERO: Sheet = Sheet {
    id: "cloudzero-cbf",
    title: "CloudZero Common Bill Format (CSV)",
    about: "Export: files in CloudZero's Common Bill Format (CBF), as gateways and scripts write them for its AnyCost.\n\
            Counted: one record per row of a service, model or maker of AI; the cost is billed, and usage keeps its unit. Set aside: rows of \
            other services, and tax; their sums are said.\n\
            Lacks: token types, requests and sessions.",
    needs: &["time/usage_start", "cost/cost"],
    lacks: &[],
    together: &[],
    key: &[
        "time/usage_start",
        "time/usage_end",
        "resource/id",
        "resource/service",
        "resource/account",
        "lineitem/type",
    ],
    read: |row, at, out| {
        let cost = row.dollars("cost/discounted_cost")?.or(row.dollars("cost/cost")?);
        let tax = row.text("lineitem/type") == Some("Tax");
        if tax || !NAMES.into_iter().any(|name| row.is(name, is_ai)) {
            out.aside.leave(if tax { Left::Tax } else { Left::OtherService }, cost, None);
            return Ok(None);
        }
        let start = row.instant("time/usage_start")?;
        let mut record = blank("cloudzero-cbf", Authority::Invoice, at, start.at);
        record.time_zone_assumed = start.zone_assumed;
        set_period(&mut record, row.end("time/usage_end"));
        record.billed_cost = cost;
        record.bill.coverage = Coverage::OnDemand;
        record.bill.quantity_micros = row.micros("usage/amount")?;
        let names = &mut out.names;
        record.bill.unit = row.name("usage/units", names);
        record.provider = row.lowered("resource/tag:provider", names).or(row.lowered("resource/service", names));
        record.model = row.name("resource/tag:model", names);
        record.project = row.name("resource/account", names);
        record.user = row.name("resource/tag:user_email", names);
        Ok(Some(record))
    },
};

//! The premium-request analytics of 2025: one row a request, 7-digit fractions of a second, fractional requests.

use crate::model::bill::{Authority, Coverage};
use crate::sources::record::blank;
use crate::sources::table::sheet::Sheet;

pub(crate) static REQUESTS: Sheet = Sheet {
    id: "copilot-requests",
    title: "GitHub Copilot premium-request analytics of 2025 (CSV)",
    about: "Export: the CSV of the premium-request analytics page, until late 2025.\n\
            Counted: one record per row: a request, a fraction or several of one, of a person and a model; overage \
            where the quota was exceeded.\n\
            Lacks: money and tokens.",
    needs: &["timestamp", "user", "model", "requests used", "exceeds monthly quota", "total monthly quota"],
    lacks: &[],
    together: &[],
    key: &["timestamp", "user", "model"],
    read: |row, at, out| {
        let mut record = blank("copilot-requests", Authority::VendorUsage, at, row.instant("timestamp")?.at);
        record.bill.quantity_micros = row.micros("requests used")?;
        record.bill.unit = Some(out.names.intern("requests"));
        let exceeds = row.text("exceeds monthly quota").is_some_and(|text| text.eq_ignore_ascii_case("true"));
        record.bill.coverage = if exceeds { Coverage::Overage } else { Coverage::Included };
        record.provider = Some(out.names.intern(super::PROVIDER));
        record.model = row.name("model", &mut out.names);
        record.user = row.name("user", &mut out.names);
        Ok(Some(record))
    },
};

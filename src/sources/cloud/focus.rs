//! FOCUS 1.0 to 1.2 cost and usage. Virtual currency is bought in purchase rows (billed) and used in usage rows (not billed):
//! only BilledCost is billed money, ListCost is the gross, and neither is added to the other. A cell without a value is the text
//! `NULL`, as the specification's null handling says; it forbids empty texts and other placeholders.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::model::bill::{Authority, Coverage};
use crate::model::name::Names;
use crate::sources::record::{blank, set_period};
use crate::sources::rejection::{BAD_TIME, NOT_USD};
use crate::sources::table::sheet::Sheet;

pub(crate) static FOCUS: Sheet = Sheet {
    id: "focus",
    title: "FOCUS cost and usage (CSV, Parquet)",
    about: "Export: FOCUS 1.0, 1.1 and 1.2 as clouds and vendors write it, as CSV or Parquet; the names of \
            providers in 1.3 are also read.\n\
            Counted: one record per row. BilledCost is billed, ListCost the gross, ConsumedQuantity keeps its \
            unit. Rows of other services than AI are kept: narrow the export or use [scope]. Credits, tokens and \
            other virtual currencies are never dollars. Dates as 4/1/25 are read as month/day/year, as the \
            specification's examples write them. Set aside: other billing currencies (rejected).\n\
            Lacks: token types, requests and sessions; the model, unless x_Model names it.",
    needs: &[
        "billedcost",
        "billingcurrency",
        "chargecategory",
        "chargeperiodstart",
        "chargeperiodend",
        "providername|serviceprovidername",
    ],
    lacks: &[],
    together: &[],
    key: &[
        "billingperiodstart",
        "chargeperiodstart",
        "chargeperiodend",
        "chargeclass",
        "billingaccountid",
        "subaccountid",
        "chargecategory",
        "chargedescription",
        "skuid",
        "skupriceid",
        "resourceid",
        "regionid",
        "tags",
    ],
    read: |row, at, out| {
        let when =
            |name: &'static str| row.instant(name).map(|instant| instant.at).ok().or_else(|| american(row.text(name)?));
        let start = when("chargeperiodstart").ok_or(BAD_TIME)?;
        let mut record = blank("focus", Authority::Invoice, at, start);
        record.time_zone_assumed = true;
        set_period(&mut record, when("chargeperiodend").filter(|end| *end > start));
        record.billed_cost = row.dollars("billedcost")?;
        let null = |name: &'static str| row.text(name).is_none_or(|text| text.eq_ignore_ascii_case("NULL"));
        let name = |name: &'static str, names: &mut Names| if null(name) { None } else { row.name(name, names) };
        let lowered = |name: &'static str, names: &mut Names| if null(name) { None } else { row.lowered(name, names) };
        record.bill.gross_cost = if null("listcost") { None } else { row.dollars("listcost")? };
        record.bill.coverage =
            if row.text("chargecategory") == Some("Usage") { Coverage::OnDemand } else { Coverage::Unknown };
        if !null("consumedquantity") {
            record.bill.quantity_micros = row.micros("consumedquantity")?;
            record.bill.unit = name("consumedunit", &mut out.names);
        }
        if row.text("billingcurrency").is_some_and(|currency| currency != "USD") {
            return Err(NOT_USD);
        }
        let names = &mut out.names;
        record.provider = lowered("providername", names).or_else(|| lowered("serviceprovidername", names));
        record.model = name("x_model", names);
        record.project = name("subaccountname", names).or_else(|| name("servicename", names));
        Ok(Some(record))
    },
};

/// `4/1/25` as the examples of FOCUS 1.2 write 1 April 2025.
fn american(text: &str) -> Option<DateTime<Utc>> {
    let day = quick(text).or_else(|| NaiveDate::parse_from_str(text, "%m/%d/%y").ok())?;
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

/// The same digit by digit, for years from 2000 to 2069.
fn quick(text: &str) -> Option<NaiveDate> {
    let number = |digits: &[u8]| match *digits {
        [one @ b'0'..=b'9'] => Some(u32::from(one - b'0')),
        [ten @ b'0'..=b'9', one @ b'0'..=b'9'] => Some(u32::from(ten - b'0') * 10 + u32::from(one - b'0')),
        _ => None,
    };
    let mut parts = text.as_bytes().split(|byte| *byte == b'/').map(number);
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    let is_whole = parts.next().is_none() && year < 70;
    NaiveDate::from_ymd_opt(2000 + i32::try_from(year).ok()?, month, day).filter(|_| is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn american_dates_read_as_chrono_reads_them() {
        for text in [
            "4/1/25", "12/31/69", "04/01/70", "1/2/5", "02/29/24", "2/29/25", "13/1/25", "4/1/2025", "4//25",
            "+4/1/25", "4/1/25/1",
        ] {
            let slow = NaiveDate::parse_from_str(text, "%m/%d/%y").ok();
            assert_eq!(american(text).map(|at| at.date_naive()), slow, "{text}");
        }
    }
}

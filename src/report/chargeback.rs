//! Who is charged for what, as the document, the page and the tables show it.

use serde::Serialize;

use super::page::{Cell, Section, SectionId, Table, columns, dollars, grouped};
use crate::measure::chargeback::{Charge, Chargeback};
use crate::model::money::Money;

/// Rows of the page; the document and the other tables have them all.
const TOP: usize = 24;

/// What one payer is charged for one vendor and month.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ChargeDoc {
    /// The calendar month.
    pub month: String,
    /// The cost centre or the team; `unassigned` where nothing says who pays.
    pub charged_to: String,
    /// What `charged_to` is: `cost_center`, `team`, `others` or `unassigned`.
    pub payer: &'static str,
    /// Who is paid; `null` where no source says.
    pub vendor: Option<String>,
    /// What was spent: the amount on a bill where there is one, else tokens × list price; each dollar once.
    pub cost_usd: Option<Money>,
    /// Of it, what bills say.
    pub billed_cost_usd: Option<Money>,
    /// Kept records.
    pub records: u64,
    /// Requests, as far as sources count them.
    pub requests: Option<u64>,
}

impl From<&Charge> for ChargeDoc {
    fn from(charge: &Charge) -> Self {
        Self {
            month: charge.month.clone(),
            charged_to: charge.charged_to.clone(),
            payer: charge.payer.word(),
            vendor: charge.vendor.clone(),
            cost_usd: charge.spend.cost,
            billed_cost_usd: charge.spend.billed_cost,
            records: charge.spend.records,
            requests: charge.spend.requests,
        }
    }
}

/// All charges as a table.
pub(super) fn table(charges: &[ChargeDoc]) -> Table {
    let names = ["month", "charged_to", "payer", "vendor", "cost_usd", "billed_cost_usd", "records", "requests"];
    let rows = charges.iter().map(|charge| {
        vec![
            Cell::text(charge.month.clone()),
            Cell::text(charge.charged_to.clone()),
            Cell::text(charge.payer),
            Cell::Text(charge.vendor.clone()),
            Cell::Money(charge.cost_usd),
            Cell::Money(charge.billed_cost_usd),
            Cell::count(charge.records),
            Cell::Count(charge.requests),
        ]
    });
    Table { columns: columns(&names.map(|name| (name, name))), rows: rows.collect() }
}

/// The table of the page; none where nothing says who pays.
pub(super) fn section(chargeback: &Chargeback) -> Option<Section> {
    let charges = &chargeback.charges;
    let titles = [
        ("charged to", "charged_to"),
        ("vendor", "vendor"),
        ("month", "month"),
        ("cost", "cost_usd"),
        ("requests", "requests"),
    ];
    let row = |charge: &Charge| {
        vec![
            Cell::text(charge.charged_to.clone()),
            Cell::Text(charge.vendor.clone()),
            Cell::text(charge.month.clone()),
            Cell::Money(charge.spend.cost),
            Cell::Count(charge.spend.requests),
        ]
    };
    let mut shown: Vec<&Charge> = charges.iter().collect();
    shown.sort_by_key(|charge| (charge.payer, &charge.charged_to, &charge.vendor, &charge.month));
    let hidden = shown.split_off(shown.len().min(TOP));
    let sum = |charges: &[&Charge]| charges.iter().filter_map(|charge| charge.spend.cost).sum::<Money>();
    let all = sum(&shown) + sum(&hidden);
    let mut rest = Vec::new();
    if !hidden.is_empty() {
        let more = grouped(hidden.len() as u64);
        rest.push(format!("and {more} more, {} together; --table chargeback has them all", dollars(sum(&hidden))));
    }
    rest.push(format!("All charges sum to {}.", dollars(all)));
    rest.push(match chargeback.min_people {
        0 | 1 => {
            "The cost of a team of one is what one person spent; `[privacy] least_team` hides small teams.".to_owned()
        }
        least => format!(
            "A team or cost centre of fewer than {least} people is not shown alone: it is one of others together, or unassigned."
        ),
    });
    chargeback.names_payers().then(|| Section {
        id: SectionId::Chargeback,
        title: "Who is charged".to_owned(),
        table: Table { columns: columns(&titles), rows: shown.into_iter().map(row).collect() },
        rest: Some(rest.join("\n")),
    })
}

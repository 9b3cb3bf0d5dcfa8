//! From the sums of the ledger.

use super::{Measurement, Metric, Quantity};

pub(super) static SPEND: Metric = Metric {
    id: "spend",
    code: "S1",
    name: "Spend",
    unit: "USD",
    about: "What all records of the period cost: the amount on a bill where one was read, else tokens times the list price of the \
            day, kind by kind.\n\
            Spend that several kinds of sources saw (bill, vendor's usage report, gateway, telemetry, session log) counts once per \
            provider and UTC day. The source nearest to the invoice sets the amount, the most detailed one splits it by session, \
            model and person, and the difference stays with the bill; see reconciliation-gap.\n\
            Records without a price are left out and counted separately; they are never priced at zero. A tool's own estimate is \
            shown beside the cost and never added to it.\n\
            On a subscription, this is what the usage would cost at list price; it is not your bill.",
    needs: &[],
    compute: |measured| Measurement {
        value: measured.spend.cost.map(Quantity::Money),
        n: measured.spend.records,
        coverage: super::price_coverage::coverage(measured),
        basis: measured.spend.prices.basis(),
        missing: measured.spend.cost.is_none().then_some("no record in the period has a price"),
        ..Measurement::default()
    },
};

//! From the links between spend and code.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};

pub(super) static COVERAGE: Metric = Metric {
    id: "coverage",
    code: "H1",
    name: "Spend traced to code",
    unit: "ratio",
    about: "Share of the cost of development that is traced to a merged change, a commit or a branch by recorded or matched evidence \
            (`explicit` and `strong`, unless --min-tier says otherwise).\n\
            The rest is not waste: it is not traced for a reason that the report names. Read every ratio over traced spend beside \
            this share.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let total = linked.attribution.total;
        let part = linked.attribution.linked(linked.attribution.least).cost;
        let value = (total.cost.nanos() > 0).then(|| Quantity::Ratio(part.nanos(), total.cost.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(part)),
            denominator: Some(Quantity::Money(total.cost)),
            n: measured.spend.records,
            basis: total.prices.basis(),
            missing: value.is_none().then_some("no record of the period has a price"),
            ..Measurement::default()
        }
    },
};

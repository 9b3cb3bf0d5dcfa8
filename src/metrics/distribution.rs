//! D1 and D2: how unequally spend is spread over sessions. Inequality is normal and no waste by itself; nobody is named.

use super::{Measurement, Metric, Quantity, View};
use crate::model::money::Money;

/// Fewer sessions tell nothing of their spread.
const LEAST: usize = 10;

/// A measure of the spread.
pub(super) struct Spread {
    id: &'static str,
    code: &'static str,
    name: &'static str,
    about: &'static str,
    of: fn(&[Money]) -> Option<Quantity>,
}

pub(super) static GINI: Spread = Spread {
    id: "session-gini",
    code: "D1",
    name: "Inequality of sessions (Gini)",
    about: "Gini coefficient of the cost of sessions: 0 when all cost the same, near 1 when one costs all.\n\
            G = sum of (2i - n - 1) x_i over n times the sum, with costs from the smallest. Needs 10 sessions. A few long \
            sessions are how agents work: read it beside what these became.",
    of: gini,
};
pub(super) static TOP_TENTH: Spread = Spread {
    id: "top-tenth-share",
    code: "D2",
    name: "Share of the dearest tenth of sessions",
    about: "Cost of the dearest tenth of sessions (rounded up) over the cost of all. Needs 10 sessions.\n\
            It tells where a look is worth most, not where waste is.",
    of: top_tenth,
};

/// Costs from the smallest.
fn gini(costs: &[Money]) -> Option<Quantity> {
    let n = i128::try_from(costs.len()).ok()?;
    let sum: i128 = costs.iter().map(|cost| cost.nanos()).sum();
    let weighed: i128 = (1..).zip(costs).map(|(i, cost): (i128, &Money)| (2 * i - n - 1) * cost.nanos()).sum();
    (sum > 0).then(|| Quantity::Ratio(weighed, n * sum))
}

fn top_tenth(costs: &[Money]) -> Option<Quantity> {
    let sum: i128 = costs.iter().map(|cost| cost.nanos()).sum();
    let top: i128 = costs.iter().rev().take(costs.len().div_ceil(10)).map(|cost| cost.nanos()).sum();
    (sum > 0).then_some(Quantity::Ratio(top, sum))
}

impl Metric for Spread {
    fn id(&self) -> &'static str {
        self.id
    }

    fn code(&self) -> &'static str {
        self.code
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let mut costs = view.session_costs.to_vec();
        costs.sort_unstable();
        let value = (costs.len() >= LEAST).then(|| (self.of)(&costs)).flatten();
        Measurement {
            value,
            n: costs.len() as u64,
            basis: "list, sessions of development",
            missing: value.is_none().then_some("fewer than 10 sessions with a cost"),
            ..Measurement::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(dollars: &[i128]) -> Vec<Money> {
        dollars.iter().map(|dollars| Money::from_nanos(dollars * 1_000_000_000)).collect()
    }

    #[test]
    fn equal_sessions_are_equal_and_one_that_costs_all_is_not() {
        let number = |quantity: Option<Quantity>| quantity.map(|one| one.as_f64().to_string());
        assert_eq!(number(gini(&costs(&[5; 10]))).as_deref(), Some("0"));
        // 0, 0, 0, 4: (2 x 4 - 4 - 1) x 4 over 4 x 4.
        assert_eq!(number(gini(&costs(&[0, 0, 0, 4]))).as_deref(), Some("0.75"));
        assert_eq!(number(top_tenth(&costs(&[1, 1, 1, 1, 1, 1, 1, 1, 1, 11]))).as_deref(), Some("0.55"));
        assert_eq!(gini(&costs(&[0, 0])), None);
    }
}

//! D1 and D2: how unequally spend is spread over sessions and over users. Inequality is normal and no waste by itself; nobody is
//! named, and no figure is that of fewer than five users.

use super::{Measurement, Metric, Quantity, View, percentile};
use crate::model::money::Money;

/// Fewer sessions, or users, tell nothing of their spread.
const LEAST: usize = 10;
/// Fewer users behind a figure could be recognised in it.
const LEAST_BEHIND: usize = 5;

/// Over what spend is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Sessions,
    Users,
}

/// A measure of the spread.
pub(super) struct Spread {
    id: &'static str,
    code: &'static str,
    name: &'static str,
    unit: &'static str,
    about: &'static str,
    over: Over,
    /// The least number it can be told of.
    least: usize,
    of: fn(&[Money]) -> Option<Quantity>,
}

pub(super) static GINI: Spread = Spread {
    id: "session-gini",
    code: "D1",
    name: "Inequality of sessions (Gini)",
    unit: "share",
    about: "Gini coefficient of the cost of sessions: 0 when all cost the same, near 1 when one costs all.\n\
            G = sum of (2i - n - 1) x_i over n times the sum, with costs from the smallest. Needs 10 sessions. A few long \
            sessions are how agents work: read it beside what these became.",
    over: Over::Sessions,
    least: LEAST,
    of: gini,
};
pub(super) static TOP_TENTH: Spread = Spread {
    id: "top-tenth-share",
    code: "D2",
    name: "Share of the dearest tenth of sessions",
    unit: "share",
    about: "Cost of the dearest tenth of sessions (rounded up) over the cost of all. Needs 10 sessions.\n\
            It tells where a look is worth most, not where waste is.",
    over: Over::Sessions,
    least: LEAST,
    of: top_tenth,
};
pub(super) static TAIL: Spread = Spread {
    id: "session-p90-over-median",
    code: "D2",
    name: "Dear sessions over middling ones",
    unit: "times",
    about: "The cost that nine of ten sessions do not exceed over that of the middle one. Needs 10 sessions.\n\
            About 13 is usual between the users of one company (Jellyfish); sessions differ more.",
    over: Over::Sessions,
    least: LEAST,
    of: tail,
};
pub(super) static USER_GINI: Spread = Spread {
    id: "user-gini",
    code: "D1",
    name: "Inequality of users (Gini)",
    unit: "share",
    about: "Gini coefficient of the spend of users, as session-gini. Needs 10 users whom the logs name; nobody is named here.\n\
            People have different work: inequality is normal, and no measure of anybody.",
    over: Over::Users,
    least: LEAST,
    of: gini,
};
pub(super) static USER_TOP_TENTH: Spread = Spread {
    id: "user-top-tenth-share",
    code: "D2",
    name: "Share of the tenth of users with the most spend",
    unit: "share",
    about: "Spend of the tenth of users with the most (rounded up) over that of all. Needs 41 users, so that at least five stand \
            behind it.\n\
            People have different work: inequality is normal, and no measure of anybody.",
    over: Over::Users,
    least: 10 * (LEAST_BEHIND - 1) + 1,
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

fn tail(costs: &[Money]) -> Option<Quantity> {
    let (middle, dear) = (percentile(costs, 50)?, percentile(costs, 90)?);
    (middle > Money::ZERO).then(|| Quantity::Ratio(dear.nanos(), middle.nanos()))
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
        self.unit
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let (costs, basis, few) = match self.over {
            Over::Sessions => {
                (&view.session_costs, "list, sessions of development", "fewer than 10 sessions with a cost")
            }
            Over::Users => (&view.user_costs, "list, users of development", "the logs name too few users with a cost"),
        };
        let mut costs = costs.clone();
        costs.sort_unstable();
        let value = (costs.len() >= self.least).then(|| (self.of)(&costs)).flatten();
        Measurement {
            value,
            n: costs.len() as u64,
            basis,
            missing: value.is_none().then_some(few),
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
        assert_eq!(number(tail(&costs(&[1, 1, 1, 1, 2, 3, 3, 3, 8, 9]))).as_deref(), Some("4"));
        // Five of 41 stand behind the tenth with the most.
        assert_eq!(USER_TOP_TENTH.least.div_ceil(10), LEAST_BEHIND);
        assert!((USER_TOP_TENTH.least - 1).div_ceil(10) < LEAST_BEHIND);
    }
}

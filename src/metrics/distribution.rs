//! From the cost of each session and of each user. Nobody is named, and no figure rests on fewer than five users.

use super::{Measured, Measurement, Metric, Need, Quantity};
use crate::measure::spread::percentile;
use crate::model::basis::Form;
use crate::model::money::Money;

/// Fewer sessions or users say nothing about how spend is spread.
const MIN_UNITS: usize = 10;
/// Fewer users behind a figure could be recognised in it.
const MIN_USERS_BEHIND: usize = 5;
/// The smallest number of users whose top tenth is that many people.
const MIN_USERS_TOP_TENTH: usize = 10 * (MIN_USERS_BEHIND - 1) + 1;

pub(super) static GINI: Metric = Metric {
    id: "session-gini",
    code: "D1",
    name: "Inequality of sessions (Gini)",
    unit: "share",
    about: "Gini coefficient of the cost of sessions: 0 when all cost the same, near 1 when one costs everything.\n\
            G = sum of (2i - n - 1) x_i over n times the sum, with costs in rising order. Needs 10 sessions. A few long sessions are \
            how agents work: read it beside what these became.",
    needs: &[Need::Units(MIN_UNITS as u64, "sessions with a cost")],
    compute: |measured| sessions(measured, gini),
};

pub(super) static USER_GINI: Metric = Metric {
    id: "user-gini",
    code: "D1",
    name: "Inequality of users (Gini)",
    unit: "share",
    about: "Gini coefficient of the spend of users, as session-gini. Needs 10 users whom the logs name; nobody is named here.\n\
            People have different work: inequality is normal and rates nobody.",
    needs: &[Need::Units(MIN_UNITS as u64, "users with a cost")],
    compute: |measured| users(measured, MIN_UNITS, gini),
};

pub(super) static TOP_TENTH: Metric = Metric {
    id: "top-tenth-share",
    code: "D2",
    name: "Share of the most expensive tenth of sessions",
    unit: "share",
    about: "Cost of the most expensive tenth of sessions (rounded up) over the cost of all. Needs 10 sessions.\n\
            It says where looking pays most, not where waste is.",
    needs: &[Need::Units(MIN_UNITS as u64, "sessions with a cost")],
    compute: |measured| sessions(measured, top_tenth),
};

pub(super) static TAIL: Metric = Metric {
    id: "session-p90-over-median",
    code: "D2",
    name: "Expensive sessions over the middle one",
    unit: "times",
    about: "The cost that nine of ten sessions do not exceed, over that of the middle one. Needs 10 sessions.\n\
            About 13 is usual between the users of one company (Jellyfish); sessions differ more.",
    needs: &[Need::Units(MIN_UNITS as u64, "sessions with a cost")],
    compute: |measured| sessions(measured, tail),
};

pub(super) static USER_TOP_TENTH: Metric = Metric {
    id: "user-top-tenth-share",
    code: "D2",
    name: "Share of the tenth of users with the most spend",
    unit: "share",
    about: "Spend of the tenth of users with the most (rounded up) over that of all. Needs 41 users, so that at least five are \
            behind it.\n\
            People have different work: inequality is normal and rates nobody.",
    needs: &[Need::Units(MIN_USERS_TOP_TENTH as u64, "users with a cost")],
    compute: |measured| users(measured, MIN_USERS_TOP_TENTH, top_tenth),
};

type Spread = fn(&[Money]) -> Option<Quantity>;

fn sessions(measured: &Measured, spread: Spread) -> Measurement {
    let value = spread_of(&measured.session_costs, MIN_UNITS, spread);
    Measurement {
        value,
        n: measured.session_costs.len() as u64,
        basis: measured.session_prices.form(Form::Sessions),
        missing: value.is_none().then_some("fewer than 10 sessions with a cost"),
        ..Measurement::default()
    }
}

fn users(measured: &Measured, min_users: usize, spread: Spread) -> Measurement {
    let value = spread_of(&measured.user_costs, min_users, spread);
    Measurement {
        value,
        n: measured.user_costs.len() as u64,
        basis: measured.user_prices.form(Form::Users),
        missing: value.is_none().then_some("the logs name too few users with a cost"),
        ..Measurement::default()
    }
}

fn spread_of(rising: &[Money], min: usize, spread: Spread) -> Option<Quantity> {
    (rising.len() >= min).then(|| spread(rising)).flatten()
}

fn gini(rising: &[Money]) -> Option<Quantity> {
    let n = i128::try_from(rising.len()).ok()?;
    let sum: i128 = rising.iter().map(|cost| cost.nanos()).sum();
    let weighted: i128 = (1..).zip(rising).map(|(i, cost): (i128, &Money)| (2 * i - n - 1) * cost.nanos()).sum();
    (sum > 0).then(|| Quantity::Ratio(weighted, n * sum))
}

fn top_tenth(rising: &[Money]) -> Option<Quantity> {
    let sum: i128 = rising.iter().map(|cost| cost.nanos()).sum();
    let top: i128 = rising.iter().rev().take(rising.len().div_ceil(10)).map(|cost| cost.nanos()).sum();
    (sum > 0).then_some(Quantity::Ratio(top, sum))
}

fn tail(rising: &[Money]) -> Option<Quantity> {
    let (median, p90) = (percentile(rising, 50)?, percentile(rising, 90)?);
    (median > Money::ZERO).then(|| Quantity::Ratio(p90.nanos(), median.nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(dollars: &[i128]) -> Vec<Money> {
        dollars.iter().map(|dollars| Money::from_nanos(dollars * 1_000_000_000)).collect()
    }

    #[test]
    fn equal_sessions_are_equal_and_one_that_costs_everything_is_not() {
        let number = |quantity: Option<Quantity>| quantity.map(|one| one.as_f64().to_string());
        assert_eq!(number(gini(&costs(&[5; 10]))).as_deref(), Some("0"));
        // 0, 0, 0, 4: (2 x 4 - 4 - 1) x 4 over 4 x 4.
        assert_eq!(number(gini(&costs(&[0, 0, 0, 4]))).as_deref(), Some("0.75"));
        assert_eq!(number(top_tenth(&costs(&[1, 1, 1, 1, 1, 1, 1, 1, 1, 11]))).as_deref(), Some("0.55"));
        assert_eq!(gini(&costs(&[0, 0])), None);
        assert_eq!(number(tail(&costs(&[1, 1, 1, 1, 2, 3, 3, 3, 8, 9]))).as_deref(), Some("4"));
    }

    #[test]
    fn at_least_five_users_are_behind_the_top_tenth() {
        assert_eq!(MIN_USERS_TOP_TENTH.div_ceil(10), MIN_USERS_BEHIND);
        assert!((MIN_USERS_TOP_TENTH - 1).div_ceil(10) < MIN_USERS_BEHIND);
    }
}

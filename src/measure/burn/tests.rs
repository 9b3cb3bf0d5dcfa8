use std::collections::BTreeMap;

use crate::measure::burn::*;

fn usd(text: &str) -> Money {
    Money::parse_usd(text).expect("dollars")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// So many days from 2026-03-02, a Monday.
fn series(costs: impl IntoIterator<Item = &'static str>) -> Series {
    Series { first: day("2026-03-02"), costs: costs.into_iter().map(usd).collect() }
}

fn weeks(count: usize, week: [&'static str; 7]) -> Series {
    series((0..count).flat_map(|_| week))
}

const WORKING: [&str; 7] = ["10", "10", "10", "10", "10", "0", "0"];

#[test]
fn days_without_records_are_days_without_spend() {
    let days = vec![(day("2026-03-05"), usd("2")), (day("2026-03-02"), usd("1")), (day("2026-03-09"), usd("9"))];
    let found = Series::of(days, day("2026-03-06")).expect("days");
    assert_eq!((found.first, found.costs), (day("2026-03-02"), vec![usd("1"), usd("0"), usd("0"), usd("2")]));
    assert_eq!(Series::of(Vec::new(), day("2026-03-06")), None);
}

#[test]
fn steady_spend_is_forecast_exactly() {
    // Four weeks up to Sunday 2026-03-29; Monday and Tuesday are left of March.
    let found = forecast(&weeks(4, WORKING));
    assert_eq!((found.until, found.spent), (day("2026-03-31"), usd("200")));
    assert_eq!((found.p10, found.p50, found.p90), (Some(usd("220")), usd("220"), Some(usd("220"))));
    assert_eq!((found.error, found.tests), (Some(0.0), 1));
}

#[test]
fn few_days_have_a_plain_average_and_no_range() {
    let found = forecast(&weeks(2, WORKING));
    // 14 days with $100: $7.14 a day for the 16 left.
    assert_eq!((found.spent, found.p50), (usd("100"), usd("214.2857")));
    assert_eq!((found.p10, found.p90, found.error, found.days), (None, None, None, 14));
}

#[test]
fn an_error_is_that_of_weeks_that_passed() {
    let mut days = weeks(4, WORKING);
    days.costs[21..26].fill(usd("20"));
    // The last week cost twice what the three before it suggested.
    assert_eq!(forecast(&days).error, Some(0.5));
}

#[test]
fn a_runway_ends_on_the_day_that_the_budget_does() {
    let budget = |amount: &str| Budget {
        name: "all".to_owned(),
        amount: usd(amount),
        from: day("2026-03-02"),
        until: day("2026-12-31"),
    };
    let steady = weeks(4, WORKING);
    // $200 are spent; $30 more are gone on Wednesday.
    let end = Some(day("2026-04-01"));
    assert_eq!(runway(&steady, &budget("230")), Runway { over: false, p10: end, p50: end, p90: end });
    let over = Some(day("2026-03-04"));
    assert_eq!(runway(&steady, &budget("30")), Runway { over: true, p10: over, p50: over, p90: over });
    assert_eq!(runway(&steady, &budget("1000000")).p10, None);
    let mut uneven = weeks(4, WORKING);
    uneven.costs[7] = usd("60");
    let found = runway(&uneven, &budget("400"));
    assert!(found.p10 < found.p90 && found.p10 <= found.p50, "{found:?}");
    assert_eq!(found, runway(&uneven, &budget("400")));
}

#[test]
fn a_budget_is_measured_by_working_days() {
    let budget =
        Budget { name: "March".to_owned(), amount: usd("400"), from: day("2026-03-02"), until: day("2026-03-31") };
    let series = weeks(2, WORKING);
    let found = Burn::of(budget, Some(&series), series.last());
    assert_eq!((found.spent, found.working_days), (usd("100"), (10, 22)));
}

#[test]
fn the_parts_of_a_change_sum_to_it() {
    let parts = |rows: &[(&str, u64, &str)]| -> BTreeMap<String, Part> {
        let part = |(model, tokens, cost): &(&str, u64, &str)| {
            ((*model).to_owned(), Part { tokens: *tokens, cost: usd(cost) })
        };
        rows.iter().map(part).collect()
    };
    // 100 tokens at $1 and 100 at $3, then 300 at $1, 100 at $4 and 100 new ones at $2: the old mean is $2.
    let before = parts(&[("small", 100, "100"), ("large", 100, "300")]);
    let after = parts(&[("small", 300, "300"), ("large", 100, "400"), ("new", 100, "200")]);
    let found = bridge(&before, &after).expect("a bridge");
    assert_eq!((found.before, found.after), (usd("400"), usd("900")));
    // 300 more tokens at $2; 300 x $1 + 100 x $3 + 100 x $2 less 500 x $2; the large model's dollar more.
    assert_eq!((found.volume, found.mix, found.price), (usd("600"), usd("-200"), usd("100")));
    assert_eq!(bridge(&BTreeMap::new(), &after), None);
    let odd =
        bridge(&parts(&[("a", 7, "0.000000003")]), &parts(&[("a", 3, "0.000000002"), ("b", 5, "1")])).expect("one");
    assert_eq!(odd.before + odd.volume + odd.mix + odd.price, odd.after);
}

#[test]
fn a_day_is_compared_with_its_weekday() {
    let mut days = weeks(6, ["10", "11", "12", "11", "10", "0", "0"]);
    days.costs[35] = usd("11");
    days.costs[36] = usd("100");
    for (at, cost) in [(1, "9"), (8, "10"), (15, "12")] {
        days.costs[at] = usd(cost);
    }
    let found = anomalies(&days);
    assert_eq!(found.iter().map(|one| one.day).collect::<Vec<_>>(), [day("2026-04-07")]);
    assert_eq!((found[0].cost, found[0].usual), (usd("100"), usd("11")));
    assert!(found[0].z.is_some_and(|z| z > 3.5));
}

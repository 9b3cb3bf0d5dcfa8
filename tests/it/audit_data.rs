//! What the pages of `audit` are drawn from: sums by group, curves, months and units, as the document has them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::{Value, json};
use tokaudit::model::money::Money;

use crate::program::{arg, command, finish, run};

static EXAMPLE: LazyLock<Value> = LazyLock::new(|| run(&["audit", "--example", "-q", "--format", "json"]).json());

fn rows(value: &Value) -> &[Value] {
    value.as_array().expect("rows")
}

fn money(value: &Value) -> Money {
    Money::parse_usd(value.as_str().expect("dollars")).expect("dollars")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Dollars of some rows by a key of two texts.
fn sums<'a>(
    rows: impl IntoIterator<Item = &'a Value>,
    key: impl Fn(&Value) -> (String, String),
) -> BTreeMap<(String, String), Money> {
    let mut sums = BTreeMap::new();
    rows.into_iter().for_each(|row| *sums.entry(key(row)).or_insert(Money::ZERO) += money(&row["cost_usd"]));
    sums.retain(|_, cost| *cost != Money::ZERO);
    sums
}

#[test]
fn what_became_of_each_week_model_and_session_sums_to_the_bar_class_by_class() {
    let report = &*EXAMPLE;
    let class = |row: &Value| (String::new(), text(&row["class"]));
    let bar = sums(rows(&report["waterfall"]), class);
    let all = rows(&report["fates"]["by"]);
    let keys: BTreeSet<String> = all.iter().map(|row| text(&row["by"])).collect();
    assert_eq!(keys.len(), 8, "{keys:?}");
    for by in &keys {
        let own = all.iter().filter(|row| row["by"].as_str() == Some(by));
        assert_eq!(sums(own, class), bar, "{by}");
    }
    // The same figures elsewhere in the document are equal to the last digit.
    let of = |by: &'static str| all.iter().filter(move |row| row["by"].as_str() == Some(by));
    let session = |name: &'static str| move |row: &Value| (text(&row[name]), text(&row["class"]));
    assert_eq!(sums(of("session"), session("key")), sums(rows(&report["session_verdicts"]), session("session_id")));
    for (by, key) in [("model", "model"), ("vendor", "vendor"), ("repository", "project"), ("branch", "branch")] {
        let spent = rows(&report["spend_by"][key]).iter().filter(|row| !row["cost_usd"].is_null());
        let spent = sums(spent, |row| (text(&row["key"][key]), String::new()));
        assert_eq!(sums(of(by), |row| (text(&row["key"]), String::new())), spent, "{by}");
    }
}

#[test]
fn everything_merged_can_be_judged_thirty_days_after_the_last_merged_change_with_spend() {
    let landed = rows(&EXAMPLE["verdicts"]).iter().filter_map(|row| row["landed_at"].as_str());
    let last: chrono::NaiveDate = landed.max().expect("a day")[..10].parse().expect("a day");
    let from: chrono::NaiveDate = text(&EXAMPLE["fates"]["judged_from"]).parse().expect("a day");
    assert_eq!((from - last).num_days(), 30);
}

#[test]
fn teams_too_small_to_be_shown_are_one_row_of_what_became_of_the_spend() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut usage = "timestamp,model,input_tokens,output_tokens,user,team\n".to_owned();
    for (user, team) in [("a", "search"), ("b", "search"), ("c", "search"), ("d", "mobile"), ("e", "design")] {
        usage += &format!("2026-03-02T09:00:00Z,claude-opus-4-6,200,0,{user},{team}\n");
    }
    std::fs::write(folder.path().join("usage.csv"), usage).expect("a file");
    std::fs::write(folder.path().join("tokaudit.toml"), "[privacy]\nleast_team = 2\n").expect("a file");
    let usage = folder.path().join("usage.csv");
    let mut command = command(&["audit", arg(&usage), "--format", "json", "-q", "--as-of", "2026-03-29"]);
    let report = finish(command.current_dir(folder.path())).json();
    let by = rows(&report["fates"]["by"]).iter().filter(|row| row["by"] == "team");
    let found: Vec<(String, String)> = by.map(|row| (text(&row["key"]), text(&row["cost_usd"]))).collect();
    // Five requests of $0.001; the two teams of one person could see each other's dollars if they were shown alone.
    let row = |team: &str, cost: &str| (team.to_owned(), cost.to_owned());
    assert_eq!(found, [row("search", "0.003"), row("2 others together", "0.002")]);
}

#[test]
fn a_survival_curve_goes_day_by_day_and_its_range_holds_it() {
    let all = rows(&EXAMPLE["survival"]);
    assert_eq!(all.iter().map(|one| text(&one["cohort"])).collect::<Vec<_>>(), ["all", "assisted", "unmarked"]);
    let count = |one: &Value, key: &str| one[key].as_u64().expect("a count");
    assert_eq!(count(&all[0], "lines"), count(&all[1], "lines") + count(&all[2], "lines"));
    for one in all {
        let (steps, band) = (rows(&one["steps"]), rows(&one["band"]));
        assert!((0..).zip(steps).all(|(day, step)| count(step, "day") == day), "{one}");
        assert_eq!(band.is_empty(), count(one, "changes") < 20, "{one}");
        let number = |value: &Value| value.as_f64().expect("a number");
        for (step, ends) in steps.iter().zip(band) {
            let (low, alive, high) = (number(&ends["lo"]), number(&step["alive"]), number(&ends["hi"]));
            assert!(step["day"] == ends["day"] && low <= alive && alive <= high, "{step} {ends}");
        }
    }
    assert!(!rows(&all[0]["band"]).is_empty());
}

#[test]
fn a_month_counts_from_twenty_changes_on_and_without_two_of_them_it_is_too_early() {
    let months = rows(&EXAMPLE["trend"]);
    let measures: BTreeSet<String> = months.iter().map(|row| text(&row["measure"])).collect();
    assert_eq!(measures.len(), 3);
    let verdicts = rows(&EXAMPLE["trend_verdicts"]);
    assert_eq!(verdicts.len(), 3);
    for row in months {
        let count = row["n"].as_u64().expect("a count");
        assert!(count >= 20 || row["lo"].is_null() && row["enough"] == false, "{row}");
        assert!(count >= 5 || row["value"].is_null(), "{row}");
    }
    for verdict in verdicts {
        let counting = months.iter().filter(|row| row["measure"] == verdict["measure"] && row["enough"] == true);
        assert_eq!(verdict["verdict"] == "too_early", counting.count() < 2, "{verdict}");
    }
    // Every change of the example is in one month of its pull request's merge.
    let of = |measure: &'static str| months.iter().filter(move |row| row["measure"] == measure);
    let pulls: u64 = of("cost_per_pull_request").filter_map(|row| row["n"].as_u64()).sum();
    let metric = rows(&EXAMPLE["metrics"]).iter().find(|row| row["id"] == "cost-per-pull-request").expect("a metric");
    assert_eq!(Some(pulls), metric["n"].as_u64());
}

#[test]
fn the_sessions_and_the_outcome_of_a_unit_sum_to_its_cost() {
    let units = rows(&EXAMPLE["units"]);
    let sum = |parts: &Value| rows(parts).iter().map(|part| money(&part["cost_usd"])).sum::<Money>();
    for unit in units {
        assert_eq!(sum(&unit["links"]), money(&unit["cost_any_tier_usd"]), "{unit}");
        let cost = if unit["cost_usd"].is_null() { Money::ZERO } else { money(&unit["cost_usd"]) };
        assert_eq!(sum(&unit["outcome"]), cost, "{unit}");
        assert_eq!(unit["title"].is_null(), unit["landing"].is_null(), "{unit}");
        assert_eq!(unit["sha"], unit["landing"], "{unit}");
        assert!(rows(&unit["links"]).iter().all(|link| !rows(&link["evidence"]).is_empty()), "{unit}");
        if let (Some(counted), Some(replaced)) = (unit["lines"]["counted"].as_u64(), unit["lines"]["replaced"].as_u64())
        {
            assert!(replaced <= counted, "{unit}");
        }
    }
    // The example has models without a price.
    let unpriced = units.iter().filter(|unit| unit["priced"] == false);
    assert!(unpriced.clone().count() > 0 && unpriced.into_iter().all(|unit| unit["cost_any_tier_usd"] == "0"));
}

#[test]
fn sessions_sum_to_the_spend_and_name_the_units_that_name_them() {
    let (sessions, units) = (rows(&EXAMPLE["sessions"]), rows(&EXAMPLE["units"]));
    let priced = sessions.iter().filter(|one| !one["cost_usd"].is_null());
    assert_eq!(priced.map(|one| money(&one["cost_usd"])).sum::<Money>(), money(&EXAMPLE["fates"]["total_usd"]));
    let mut outcomes = BTreeMap::new();
    let mut named = BTreeSet::new();
    for one in sessions {
        let session = text(&one["session_id"]);
        for part in rows(&one["outcome"]) {
            outcomes.insert((session.clone(), text(&part["class"])), money(&part["cost_usd"]));
        }
        named.extend(rows(&one["units"]).iter().map(|at| (at.as_u64().expect("a place"), session.clone())));
        assert!(one["tool"].is_string() && text(&one["first_day"]).len() == 10, "{one}");
    }
    let by = rows(&EXAMPLE["fates"]["by"]).iter().filter(|row| row["by"] == "session");
    assert_eq!(outcomes, sums(by, |row| (text(&row["key"]), text(&row["class"]))));
    let links = (0..)
        .zip(units)
        .flat_map(|(at, unit)| rows(&unit["links"]).iter().map(move |link| (at, text(&link["session"]))));
    assert_eq!(named, links.collect());
    assert!(sessions.iter().any(|one| one["prompts"].as_u64() > Some(0) && one["edits"].as_u64() > Some(0)));
}

#[test]
fn the_cost_of_pull_requests_is_of_one_population() {
    let cost = &EXAMPLE["pull_requests"]["cost"];
    let metric = |id: &str| rows(&EXAMPLE["metrics"]).iter().find(|row| row["id"] == id).expect("a metric");
    let mean = metric("cost-per-pull-request");
    for (key, of_metric) in [("n", "n"), ("mean", "value"), ("lo", "lo"), ("hi", "hi")] {
        assert_eq!(cost[key], mean[of_metric], "{key}");
    }
    assert_eq!(cost["median"], metric("cost-per-pull-request-median")["value"]);
    assert_eq!(cost["unpriced"], EXAMPLE["pull_requests"]["without_price"]);
}

#[test]
fn kinds_of_tokens_sum_to_the_list_cost() {
    let totals = &EXAMPLE["totals"];
    let kinds = totals["cost_by_kind_usd"].as_object().expect("kinds");
    assert_eq!(kinds.values().map(money).sum::<Money>(), money(&totals["list_cost_usd"]));
    assert!(["input", "cache_read", "cache_write", "output"].iter().all(|kind| money(&kinds[*kind]) > Money::ZERO));
    // 200 tokens of Opus at $5 a million, and 100 at $25.
    let folder = tempfile::tempdir().expect("a folder");
    let usage = folder.path().join("usage.csv");
    let text = "timestamp,model,input_tokens,output_tokens\n2026-03-02T09:00:00Z,claude-opus-4-6,200,100\n";
    std::fs::write(&usage, text).expect("a file");
    let mut command = command(&["audit", arg(&usage), "--format", "json", "-q", "--as-of", "2026-03-29"]);
    let report = finish(command.current_dir(folder.path())).json();
    let kinds = &report["totals"]["cost_by_kind_usd"];
    assert_eq!((text_of(&kinds["input"]), text_of(&kinds["output"])), ("0.001", "0.0025"));
    assert_eq!((text_of(&kinds["cache_read"]), text_of(&kinds["other"])), ("0", "0"));
    assert_eq!(report["headline"]["variant"], "no_repository");
    assert_eq!(
        (&report["survival"], &report["trend"], &report["trend_verdicts"]),
        (&json!([]), &json!([]), &json!([]))
    );
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn the_headline_and_the_ranges_of_classes_say_what_the_metrics_say() {
    let headline = &EXAMPLE["headline"];
    assert_eq!(headline["variant"], "judged");
    let cents: u64 = rows(&headline["cents"]).iter().filter_map(Value::as_u64).sum();
    assert_eq!(cents, 100);
    let parts = ["lasted_usd", "part_of_the_job_usd", "rework_usd"].map(|key| money(&headline[key]));
    assert_eq!(parts.into_iter().sum::<Money>(), money(&EXAMPLE["fates"]["settled_usd"]));
    let product = rows(&EXAMPLE["waterfall"]).iter().find(|row| row["class"] == "product").expect("a class");
    let metric = rows(&EXAMPLE["metrics"]).iter().find(|row| row["id"] == "yield").expect("a metric");
    for (end, of_headline) in [("lo", "lasted_lo"), ("hi", "lasted_hi")] {
        assert!(!product[end].is_null());
        assert_eq!((&product[end], &product[end]), (&metric[end], &headline[of_headline]));
    }
    for row in rows(&EXAMPLE["waterfall"]) {
        let number = |key: &str| row[key].as_f64();
        assert!(row["tone"] != "open" || row["lo"].is_null(), "{row}");
        if let (Some(low), Some(share), Some(high)) = (number("lo"), number("share_settled"), number("hi")) {
            assert!(low <= share && share <= high, "{row}");
        }
    }
    let known = ["developers", "platform team", "team leads", "application teams"];
    assert!(rows(&EXAMPLE["findings"]).iter().all(|one| known.contains(&text_of(&one["who"]))));
}

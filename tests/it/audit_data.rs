//! What the pages of `audit` are drawn from: sums by group, curves, months and units, as the document has them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;
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

//! Spend by what the company called important, to the nano-dollar.

use serde_json::{Value, json};

use super::world::{World, code};
use crate::program::{arg, command, finish, run};
use tokaudit::model::money::Money;

/// Minutes of a day.
const DAY: i64 = 24 * 60;

const FLAGS: [&str; 8] = ["--month", "2026-05", "--as-of", "2026-07-15", "--format", "json", "-q", "--no-cache"];

/// Five merged changes of $0.0015 each, watched for 45 days; half of the second was replaced after three.
fn five_changes() -> World {
    let mut world = World::new();
    let mut change = |minute: i64, name: &str, message: &str, branch: &str| {
        let path = format!("src/{name}.rs");
        world.write(&path, &code(name, 10));
        world.edit(&format!("dana-{name}"), minute - 5, branch, &path, &code(name, 10));
        world.commit(minute, "dana", message);
    };
    change(10, "alpha", "SHOP-3, SHOP-4: add alpha", "main");
    change(30, "beta", "SHOP-3: add beta", "main");
    change(50, "gamma", "Add gamma", "dana/shop-5-gamma");
    change(70, "delta", "Add delta", "main");
    change(90, "epsilon", "Add epsilon", "main");
    world.write("src/beta.rs", &(code("beta", 5) + &code("by_hand", 5)));
    world.commit(3 * DAY, "jonas", "Shorten beta");
    world.commit(45 * DAY, "jonas", "Later");
    world
}

fn audit(world: &World, issues: &str) -> Value {
    let (logs, repository) = (world.logs(), world.repository());
    let export = repository.join("../issues.csv");
    std::fs::write(&export, issues).expect("a file");
    let files = ["audit", arg(&logs), "--outcomes", arg(&export), "--repo", arg(&repository)];
    let ran = run(&[&files[..], &FLAGS].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.json()
}

/// Name or kind, cost, lasted, and share that lasted of each row.
fn rows(table: &Value) -> Vec<(String, String, String, Value)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| {
        let name = if row["name"].is_null() { &row["kind"] } else { &row["name"] };
        (text(name), text(&row["cost_usd"]), text(&row["lasted_usd"]), row["share_lasted"].clone())
    };
    table.as_array().expect("rows").iter().map(row).collect()
}

fn row(name: &str, cost: &str, lasted: &str, share: Value) -> (String, String, String, Value) {
    (name.to_owned(), cost.to_owned(), lasted.to_owned(), share)
}

const JIRA: &str = "\
Issue key,Issue id,Priority,Custom field (Epic Name),Custom field (Epic Link),Resolved,Value,Currency
SHOP-100,10100,Highest,Checkout,,,,
SHOP-3,10003,High,,SHOP-100,2026-05-20,\"1,000\",USD
SHOP-4,10004,Low,,Search,2026-05-21,500,EUR
SHOP-5,10005,high,,SHOP-100,,300,EUR
SHOP-9,10009,Medium,,,2026-05-22,,
";

#[test]
fn spend_by_initiative_and_priority_sums_to_the_spend() {
    let world = five_changes();
    let report = audit(&world, JIRA);
    let business = &report["business"];
    assert_eq!(business["total_usd"], "0.0075");
    // Half of alpha, all of beta, of which half lasted, and gamma, whose branch alone names an issue that is still open.
    let checkout = row("Checkout", "0.00375", "0.003", json!(0.8));
    let no_issue = row("no_issue", "0.003", "0.003", json!(1.0));
    let expected = [
        checkout.clone(),
        row("Search", "0.00075", "0.00075", json!(1.0)),
        row("unset", "0", "0", Value::Null),
        no_issue.clone(),
    ];
    assert_eq!(rows(&business["initiatives"]), expected);
    let expected = [
        row("High", "0.00375", "0.003", json!(0.8)),
        row("Low", "0.00075", "0.00075", json!(1.0)),
        row("Medium", "0", "0", Value::Null),
        no_issue,
    ];
    assert_eq!(rows(&business["priorities"]), expected);
    // What lasted is what the bar calls so.
    let product = report["waterfall"].as_array().and_then(|all| all.iter().find(|class| class["class"] == "product"));
    assert_eq!(product.expect("the class")["cost_usd"], "0.00675");
}

#[test]
fn values_of_several_currencies_are_never_added() {
    let world = five_changes();
    let report = audit(&world, JIRA);
    let checkout = &report["business"]["initiatives"][0];
    let values = json!([{"currency": "EUR", "amount": "300"}, {"currency": "USD", "amount": "1000"}]);
    assert_eq!(checkout["values"], values, "{checkout}");
    assert_eq!(
        (&checkout["issues"], &checkout["valued_issues"], &checkout["closed_issues"]),
        (&json!(2), &json!(2), &json!(1))
    );
    let none = &report["business"]["initiatives"][3];
    assert_eq!((&none["kind"], &none["values"], &none["issues"]), (&json!("no_issue"), &json!([]), &json!(0)));
}

#[test]
fn open_issues_and_their_importance_change_no_figure_of_closed_ones() {
    let world = five_changes();
    let plain = "Issue key,Resolved\nSHOP-3,2026-05-20\nSHOP-4,2026-05-21\nSHOP-9,2026-05-22\n";
    let (with, without) = (audit(&world, JIRA), audit(&world, plain));
    assert_eq!(with["outcomes"]["rows"], without["outcomes"]["rows"]);
    assert_eq!(with["metrics"], without["metrics"]);
    assert!(without["business"].is_null(), "{}", without["business"]);
}

#[test]
fn an_export_of_linear_needs_no_closed_issue() {
    let world = five_changes();
    let linear = "ID,Title,Priority,Project\nSHOP-3,Pay,Urgent,Checkout\nSHOP-5,Cart,No priority,Checkout\n";
    let business = audit(&world, linear)["business"].clone();
    // SHOP-4 is in no row, so all of alpha is for SHOP-3.
    assert_eq!(rows(&business["initiatives"])[0], row("Checkout", "0.0045", "0.00375", json!(0.833333)));
    let unset = row("unset", "0.0015", "0.0015", json!(1.0));
    assert_eq!(rows(&business["priorities"])[1], unset);
}

#[test]
fn without_a_repository_branches_alone_name_issues() {
    let world = five_changes();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let (logs, export) = (world.logs(), elsewhere.path().join("issues.csv"));
    std::fs::write(&export, JIRA).expect("a file");
    let arguments = [&["audit", arg(&logs), "--outcomes", arg(&export)][..], &FLAGS].concat();
    let ran = finish(command(&arguments).current_dir(elsewhere.path()));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let expected = [
        row("Checkout", "0.0015", "0", Value::Null),
        row("Search", "0", "0", Value::Null),
        row("unset", "0", "0", Value::Null),
        row("no_issue", "0.006", "0", Value::Null),
    ];
    assert_eq!(rows(&ran.json()["business"]["initiatives"]), expected);
}

#[test]
fn every_table_of_the_example_sums_to_its_spend_to_the_nano_dollar() {
    let ran = run(&["audit", "--example", "--format", "json", "-q"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let report = ran.json();
    let money = |value: &Value| Money::parse_usd(value.as_str().expect("dollars")).expect("dollars");
    let total = money(&report["fates"]["total_usd"]);
    for table in ["initiatives", "priorities"] {
        let rows = report["business"][table].as_array().expect("rows");
        assert_eq!(rows.iter().map(|row| money(&row["cost_usd"])).sum::<Money>(), total, "{table}");
        assert_eq!(rows.last().map(|row| &row["kind"]), Some(&json!("no_issue")));
    }
    let rows = report["funnel"]["rows"].as_array().expect("rows");
    for of in ["all", "tool", "model", "team", "repository"] {
        let own = rows.iter().filter(|row| row["of"] == of);
        let whole = |row: &Value| {
            money(&row["no_code_usd"]) + money(&row["not_traced_usd"]) + money(&row["steps"][0]["usd"]["reached"])
        };
        assert_eq!(own.map(whole).sum::<Money>(), total, "{of}");
    }
    // What nobody wrote code for has a row, too, and pull requests tie issues that no commit names.
    let named = |name: &str| {
        let rows = report["business"]["initiatives"].as_array().expect("rows").iter();
        rows.clone().find(|row| row["name"] == name).cloned().expect("the initiative")
    };
    assert_eq!(
        (&named("Accessible for all")["cost_usd"], &named("Accessible for all")["closed_issues"]),
        (&json!("0"), &json!(1))
    );
    assert_eq!(named("Checkout")["issues"], 4);
}

//! `tokaudit.toml`: what it changes, where it is found, and what it refuses.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{arg, command, finish, run};

/// Ten requests a day of two people and one key, $0.001 of Opus each (200 input tokens), from 2026-03-02 on.
fn logs(folder: &Path, days: u32) {
    let mut text = "timestamp,model,input_tokens,output_tokens,user,cwd\n".to_owned();
    let first: chrono::NaiveDate = "2026-03-02".parse().expect("a day");
    for day in first.iter_days().take(days as usize) {
        for (hour, user) in [(9, "dana"), (10, "kim@example.org"), (11, "sk-prod-7"), (12, "sk-prod-8")] {
            text += &format!("{day}T{hour:02}:00:00Z,claude-opus-4-6,200,0,{user},/srv/checkout-copy\n");
        }
    }
    std::fs::write(folder.join("usage.csv"), text).expect("a file");
}

const CONFIG: &str = r#"
[teams]
payments = ["dana@example.org", "kim@*"]
[identity]
"dana@example.org" = ["dana"]
[repos]
"github.com/acme/checkout" = ["/srv/checkout*"]
[scope]
application = ["key:sk-prod-*"]
[budget]
usd = "0.2"
from = 2026-03-02
until = 2026-04-30
[budget.payments]
team = "payments"
usd = "1"
from = 2026-03-02
until = 2026-12-31
[outcomes]
files = ["leads.csv"]
definition = "a lead that sales accepted"
"#;

fn audit(folder: &Path) -> Value {
    let usage = folder.join("usage.csv");
    let mut command = command(&["audit", arg(&usage), "--format", "json", "-q", "--as-of", "2026-03-29"]);
    finish(command.current_dir(folder)).json()
}

#[test]
fn one_file_names_people_repositories_scope_and_budgets() {
    let folder = tempfile::tempdir().expect("a folder");
    logs(folder.path(), 28);
    std::fs::write(folder.path().join("tokaudit.toml"), CONFIG).expect("a file");
    std::fs::write(folder.path().join("leads.csv"), "date,outcome,count\n2026-03-20,lead,7\n").expect("a file");
    let report = audit(folder.path());
    // 28 days of four requests at $0.001; half of them are the product's own.
    assert_eq!(report["totals"]["cost_usd"], "0.112");
    assert_eq!(report["scope"]["development"]["cost_usd"], "0.056");
    assert_eq!(report["scope"]["application"]["cost_usd"], "0.056");
    assert_eq!(report["fates"]["total_usd"], "0.056");
    let budgets = report["burn"]["budgets"].as_array().expect("budgets");
    assert_eq!((&budgets[0]["spent_usd"], &budgets[0]["runs_out_p50"]), (&json!("0.112"), &json!("2026-04-20")));
    assert_eq!((&budgets[1]["name"], &budgets[1]["spent_usd"]), (&json!("payments"), &json!("0.056")));
    assert_eq!(report["spend_by"]["project"][0]["key"]["project"], "github.com/acme/checkout");
    let metric = |id: &str| {
        let all = report["metrics"].as_array().expect("metrics");
        all.iter().find(|metric| metric["id"] == id).expect("a metric")["value"].clone()
    };
    assert_eq!(metric("budget-burn"), json!(0.56));
    assert_eq!(metric("runway-days"), json!(22));
    // What a lead cost is the product's own traffic.
    assert_eq!(metric("cost-per-outcome"), json!(0.008));
    assert_eq!(report["outcomes"]["definition"], "a lead that sales accepted");
    assert!(report["outcomes"]["definition_hash"].is_string());
    let usage = folder.path().join("usage.csv");
    let mut spend = command(&["spend", arg(&usage), "--by", "team", "--by", "user", "--format", "csv", "-q"]);
    let table = finish(spend.current_dir(folder.path())).stdout;
    assert!(table.contains("payments,dana@example.org") && table.contains("payments,kim@example.org"), "{table}");
}

#[test]
fn application_traffic_is_told_by_any_field_and_links_to_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let row = "2026-03-02T09:00:00Z,claude-opus-4-6,200,0,kim,checkout,bot,github.com/acme/shop\n";
    let text = "timestamp,model,input_tokens,output_tokens,user,team,vendor_project,repository\n".to_owned() + row;
    std::fs::write(folder.path().join("usage.csv"), text).expect("a file");
    for (pattern, application) in [
        ("user:kim", 1),
        ("key:kim", 1),
        ("team:check*", 1),
        ("project:bot", 1),
        ("source:generic", 1),
        ("model:claude-*", 1),
        ("repository:*acme/shop", 1),
        ("team:kim", 0),
        ("project:checkout", 0),
    ] {
        let config = format!("[scope]\napplication = [\"{pattern}\"]\n");
        std::fs::write(folder.path().join("tokaudit.toml"), config).expect("a file");
        let report = audit(folder.path());
        assert_eq!(report["scope"]["application"]["records"], application, "{pattern}");
        assert_eq!(report["scope"]["development"]["records"], 1 - application, "{pattern}");
        // What became of the spend is asked of development alone.
        assert_eq!(report["fates"]["total_usd"], if application == 1 { "0" } else { "0.001" }, "{pattern}");
    }
}

#[test]
fn without_a_file_nothing_is_renamed_and_all_is_development() {
    let folder = tempfile::tempdir().expect("a folder");
    logs(folder.path(), 28);
    let report = audit(folder.path());
    assert_eq!(report["scope"]["development"]["cost_usd"], "0.112");
    assert_eq!(report["scope"]["application"]["records"], 0);
    assert_eq!(report["burn"]["budgets"], json!([]));
    // A steady company: three days of March are left.
    assert_eq!(report["burn"]["forecast"]["p50_usd"], "0.12");
}

#[test]
fn logs_of_many_laptops_have_their_people_by_folder_and_by_home() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut request = 0;
    // $0.001 of Opus for each request; the container of everybody has the same home.
    let mut log = |laptop: &str, cwd: &str, requests: u32| {
        let lines: String = (0..requests)
            .map(|_| {
                request += 1;
                let line = json!({
                    "type": "assistant", "sessionId": laptop, "uuid": format!("u{request}"), "requestId": format!("r{request}"),
                    "timestamp": "2026-03-02T09:00:00Z", "cwd": cwd,
                    "message": {"id": format!("m{request}"), "model": "claude-opus-4-6", "role": "assistant",
                                "content": [], "usage": {"input_tokens": 200, "output_tokens": 0}},
                });
                format!("{line}\n")
            })
            .collect();
        let place = folder.path().join("laptops").join(laptop).join(".claude/projects/shop");
        std::fs::create_dir_all(&place).expect("a folder");
        std::fs::write(place.join("log.jsonl"), lines).expect("a log");
    };
    log("Dana-mbp-14", "/home/vscode/shop", 1);
    log("erin-pc", "C:\\Users\\Erin\\shop", 2);
    log("spare", "/mnt/c/Users/erin/site", 4);
    log("ci", "/root/shop", 8);
    let cost = |rows: &Value, key: &str| -> Vec<(Option<String>, String)> {
        let rows = rows.as_array().expect("rows").iter();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        rows.map(|row| (text(&row["key"][key]), text(&row["cost_usd"]).expect("a cost"))).collect()
    };
    let spend = |folder: &Path, logs: &str| {
        let spend = ["spend", logs, "--by", "user", "--format", "json", "-q"];
        finish(command(&spend).current_dir(folder)).json()
    };
    let named = |name: &str, cost: &str| (Some(name.to_owned()), cost.to_owned());
    let by_home = spend(folder.path(), "laptops");
    assert_eq!(cost(&by_home["rows"], "user"), [(None, "0.009".to_owned()), named("erin", "0.006")]);

    let config = "[people]\n\"{user}@example.org\" = [\"laptops/{user}-*\"]\n\"kim@example.org\" = [\"laptops/ci\"]\n";
    std::fs::write(folder.path().join("tokaudit.toml"), config).expect("a file");
    let from_above = spend(folder.path(), "laptops");
    let expected = [
        named("kim@example.org", "0.008"),
        named("erin", "0.004"),
        named("erin@example.org", "0.002"),
        named("dana@example.org", "0.001"),
    ];
    assert_eq!(cost(&from_above["rows"], "user"), expected);
    let evidence = [named("log_folder", "0.011"), named("home_folder", "0.004")];
    assert_eq!(cost(&from_above["user_evidence"], "user_evidence"), evidence);
    // The same from inside of the folder.
    assert_eq!(spend(&folder.path().join("laptops"), ".")["rows"], from_above["rows"]);

    let wrong = "[people]\n\"{user}\" = [\"laptops/*\"]\n";
    std::fs::write(folder.path().join("tokaudit.toml"), wrong).expect("a file");
    let ran = finish(command(&["spend", "laptops"]).current_dir(folder.path()));
    assert!(ran.stderr.contains("[people] `laptops/*` lacks {user}"), "{}", ran.stderr);
}

#[test]
fn people_have_pseudonyms_under_a_key() {
    let folder = tempfile::tempdir().expect("a folder");
    logs(folder.path(), 2);
    let (usage, config) = (folder.path().join("usage.csv"), folder.path().join("tokaudit.toml"));
    std::fs::write(&config, "[privacy]\npseudonym_key = \"a secret\"\n[teams]\npayments = [\"dana\"]\n")
        .expect("a file");
    for arguments in [
        &["spend", "--by", "user", "--by", "team", "--format", "csv"][..],
        &["ledger", "--table", "usage", "--format", "csv"],
        &["ledger", "--table", "journal", "--format", "csv"],
        &["audit", "--format", "json"],
    ] {
        let ran = run(&[arguments, &[arg(&usage), "--config", arg(&config), "-q"]].concat());
        assert!(!ran.stdout.contains("dana") && !ran.stdout.contains("kim@"), "{arguments:?}: {}", ran.stdout);
        let by_user = arguments.contains(&"user") || arguments.contains(&"usage");
        assert_eq!(ran.stdout.contains("person-"), by_user, "{arguments:?}");
    }
}

#[test]
fn a_secret_that_nobody_set_stops_the_run_instead_of_showing_names() {
    let folder = tempfile::tempdir().expect("a folder");
    logs(folder.path(), 2);
    let (usage, config) = (folder.path().join("usage.csv"), folder.path().join("tokaudit.toml"));
    for (key, said) in [("", "set the secret"), (" \t", "set the secret"), ("short", "8 characters or more")] {
        std::fs::write(&config, format!("[privacy]\npseudonym_key = \"{key}\"\n")).expect("a file");
        for command in ["spend", "audit"] {
            let ran = run(&[command, arg(&usage), "--config", arg(&config), "-q"]);
            assert!(ran.code == Some(2) && ran.stdout.is_empty(), "{command} {key:?}: {}", ran.stdout);
            assert!(ran.stderr.contains(said) && !ran.stderr.contains("short\""), "{command} {key:?}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_slip_in_a_gate_is_found_by_every_command_that_reads_the_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    logs(folder.path(), 2);
    let (usage, config) = (folder.path().join("usage.csv"), folder.path().join("tokaudit.toml"));
    std::fs::write(&config, "tz = \"UTC\"\n[[gate]]\nid = \"x\"\nmetric = \"spend\"\nmaximum = 1\n").expect("a file");
    for arguments in [&["spend"][..], &["audit"], &["ledger", "--table", "usage"], &["gate"]] {
        let ran = run(&[arguments, &[arg(&usage), "--config", arg(&config)]].concat());
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert!(ran.stderr.contains("tokaudit.toml:5: there is no key in [[gate]] `maximum`"), "{}", ran.stderr);
    }
}

#[test]
fn a_log_that_is_taken_for_a_table_is_not_quoted() {
    let folder = tempfile::tempdir().expect("a folder");
    logs(folder.path(), 2);
    let (usage, wrong) = (folder.path().join("usage.csv"), folder.path().join("wrong"));
    let rows = "{\"prompt\":\"TOPSECRET\"},a\n1,2\n";
    for (flag, text) in [
        ("--prices", rows.to_owned()),
        ("--prices", "model,input,output\nx,TOPSECRET,1\n".to_owned()),
        ("--seats", "user,assigned_at\nkim,TOPSECRET\n".to_owned()),
        ("--outcomes", "key,closed_at\nA-1,TOPSECRET\n".to_owned()),
        ("--seats", rows.to_owned()),
        ("--outcomes", rows.to_owned()),
        ("--pull-requests", rows.to_owned()),
        ("--config", rows.to_owned()),
        ("--config", "TOPSECRET and more\n".to_owned()),
    ] {
        std::fs::write(&wrong, &text).expect("a file");
        let ran = run(&["audit", arg(&usage), "--repo", env!("CARGO_MANIFEST_DIR"), flag, arg(&wrong), "-q"]);
        assert!(ran.code != Some(0), "{flag} {text}");
        assert!(!(ran.stderr + &ran.stdout).contains("TOPSECRET"), "{flag} {text}");
    }
}

#[test]
fn a_flag_wins_and_a_mistake_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    logs(folder.path(), 2);
    let (usage, config) = (folder.path().join("usage.csv"), folder.path().join("other.toml"));
    std::fs::write(&config, "tz = \"Asia/Tokyo\"\n").expect("a file");
    let zone = |more: &[&str]| {
        let flags = ["spend", arg(&usage), "--config", arg(&config), "--format", "json", "-q"];
        run(&[&flags[..], more].concat()).json()["period"]["tz"].clone()
    };
    assert_eq!(zone(&[]), "Asia/Tokyo");
    assert_eq!(zone(&["--tz", "UTC"]), "UTC");
    std::fs::write(&config, "[budgett]\nusd = 1\n").expect("a file");
    let ran = run(&["spend", arg(&usage), "--config", arg(&config)]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean `budget`?") && ran.stderr.contains("explain config"), "{}", ran.stderr);
    let ran = run(&["spend", arg(&usage), "--config", arg(&folder.path().join("none.toml"))]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
}

#[test]
fn a_change_is_told_against_the_weeks_before_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let first: chrono::NaiveDate = "2026-03-02".parse().expect("a day");
    let mut text = "timestamp,model,input_tokens,output_tokens\n".to_owned();
    for (at, day) in first.iter_days().take(14 * 7).enumerate() {
        // $0.50 of Opus a day, and a dollar from the eighth week on.
        let tokens = if at < 49 { 100_000 } else { 200_000 };
        text += &format!("{day}T09:00:00Z,claude-opus-4-6,{tokens},0\n");
    }
    std::fs::write(folder.path().join("usage.csv"), text).expect("a file");
    let told = |day: &str| {
        std::fs::write(folder.path().join("tokaudit.toml"), format!("[compare]\nfrom = {day}\n")).expect("a file");
        let mut command = command(&["audit", "usage.csv", "--format", "json", "-q", "--as-of", "2026-06-08"]);
        let document = finish(command.current_dir(folder.path())).json();
        let metrics = document["metrics"].as_array().expect("metrics").clone();
        let one = metrics.into_iter().find(|metric| metric["id"] == "change-after").expect("the metric");
        (one, document["comparison"]["before_after"]["series"][0].clone())
    };
    let (metric, series) = told("2026-04-20");
    assert_eq!((&metric["value"], &metric["n"]), (&json!(3.5), &json!(14)));
    assert_eq!((&series["mean_before"], &series["mean_after"]), (&json!(3.5), &json!(7.0)));
    assert_eq!((&series["weeks_before"], &series["weeks_after"]), (&json!(7), &json!(7)));
    assert_eq!(series["trend_before"]["value"], 0.0);
    // Five weeks before are too few.
    let (metric, series) = told("2026-04-06");
    assert!(metric["value"].is_null() && series["level_change"].is_null());
    assert_eq!(metric["missing"], "needs six whole weeks before the day and six from it on");
}

#[test]
fn few_days_say_so_and_weeks_are_tested() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = |days: u32| {
        logs(folder.path(), days);
        let mut command = command(&["audit", "usage.csv", "--details", "-q", "--as-of", "2026-06-08"]);
        finish(command.current_dir(folder.path())).stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let few = page(20);
    assert!(
        few.contains("a plain average of 20 days, without a range") && few.contains("too few weeks to test it"),
        "{few}"
    );
    let one = page(1);
    assert!(one.contains("a plain average of 1 day, without"), "{one}");
    let many = page(42);
    assert!(
        many.contains("in eight of ten simulated months") && many.contains("forecasts of past weeks were 0% off"),
        "{many}"
    );
}

#[test]
fn seats_are_summed_and_never_named() {
    let folder = tempfile::tempdir().expect("a folder");
    logs(folder.path(), 28);
    let seats = "user,assigned_at,monthly_usd\ndana,2026-01-01,30\nkim@example.org,2026-01-01,30\n\
                 zqxidle@example.org,2026-01-01,30\nzqxother@example.org,2026-01-01,\nzqxnew@example.org,2026-03-20,30\n";
    std::fs::write(folder.path().join("seats.csv"), seats).expect("a file");
    std::fs::write(folder.path().join("tokaudit.toml"), "[seats]\nfiles = [\"seats.csv\"]\nmonthly_usd = 60\n")
        .expect("a file");
    let ran = |format: &str| {
        let mut command = command(&["audit", "usage.csv", "--format", format, "-q", "--as-of", "2026-03-29"]);
        finish(command.current_dir(folder.path()))
    };
    let document = ran("json").json();
    let sum = &document["seats"];
    let of = |key: &str| sum[key].clone();
    assert_eq!((of("seats"), of("in_grace"), of("idle"), of("hardly_used")), (json!(5), json!(1), json!(2), json!(2)));
    // 28 of the 31 days of March: $27.096774193 for each of three and $54.193548387 for the one without a price of its own.
    let sums = (json!("135.483870966"), json!("81.29032258"), json!("81.29032258"));
    assert_eq!((of("cost_usd"), of("idle_usd"), of("unused_usd")), sums);
    for format in ["json", "table", "csv", "markdown"] {
        assert!(!ran(format).stdout.contains("zqx"), "{format} names a seat");
    }
}

#[test]
fn amounts_in_another_currency_are_converted_by_the_rate_of_their_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let usage = "timestamp,billed_cost,currency\n2025-12-31,8,EUR\n2026-01-01,10,EUR\n2026-04-01,20,EUR\n2026-04-02,5,GBP\n\
                 2026-04-02,1,USD\n";
    std::fs::write(folder.path().join("usage.csv"), usage).expect("a file");
    let ran = |config: &str| {
        std::fs::write(folder.path().join("tokaudit.toml"), config).expect("a file");
        finish(command(&["spend", "usage.csv", "--format", "json", "-q"]).current_dir(folder.path()))
    };
    let document = ran("[currency]\nEUR = { 2026-01-01 = 1.10, 2026-04-01 = \"1.25\" }\n").json();
    // 10 at 1.10, 20 at 1.25, and a dollar; before the first rate there is none.
    assert_eq!(document["totals"]["cost_usd"], "37");
    let left =
        json!([{"currency": "EUR", "amount": "8", "records": 1}, {"currency": "GBP", "amount": "5", "records": 1}]);
    assert_eq!(document["other_currencies"], left);
    for (config, wanted) in [
        ("[currency]\nEUR = 1.1\n", "the day from which it applies"),
        ("[currency]\neuro = { 2026-01-01 = 1.1 }\n", "code of the currency"),
        ("[currency]\nEUR = { january = 1.1 }\n", "not a date"),
        ("[currency]\nEUR = { 2026-01-01 = 0 }\n", "number above 0"),
    ] {
        let refused = ran(config);
        assert_eq!(refused.code, Some(2), "{config}");
        assert!(refused.stderr.contains(wanted), "{config}: {}", refused.stderr);
    }
}

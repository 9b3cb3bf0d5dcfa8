//! What may not be said yet is unknown in every output alike.

use serde_json::Value;
use tokaudit::metrics::METRICS;

use crate::links::world::{World, code};
use crate::program::{arg, run};

/// The youngest month of the built-in example: nothing that was merged in it is thirty days old.
const MONTH: [&str; 3] = ["--example", "--month", "2026-05"];

fn audit(more: &[&str]) -> String {
    let ran = run(&[&["audit", "--details", "-q"], &MONTH[..], more].concat());
    assert_eq!(ran.code, Some(0), "{more:?}: {}", ran.stderr);
    ran.stdout
}

#[test]
fn every_output_agrees_on_what_is_unknown_in_the_youngest_month() {
    let folder = tempfile::tempdir().expect("a folder");
    let (report, whole, policy) =
        (folder.path().join("month.json"), folder.path().join("whole.json"), folder.path().join("tokaudit.toml"));
    let text = audit(&["--format", "json"]);
    std::fs::write(&report, &text).expect("a file");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(run(&["audit", "--example", "-q", "--out", arg(&whole)]).code, Some(0));
    let gates: Vec<String> = METRICS
        .iter()
        .map(|one| format!("[[gate]]\nid = \"{0}\"\nmetric = \"{0}\"\nmax = 1e30\nmin = -1e30\n", one.id))
        .collect();
    std::fs::write(&policy, gates.concat()).expect("a file");
    let judged = run(&["gate", arg(&report), "--policy", arg(&policy), "--format", "json"]).json();
    let compared = run(&["compare", arg(&whole), arg(&report), "--format", "json"]).json();
    let csv = audit(&["--format", "csv", "--table", "metrics"]);
    let long = audit(&["--format", "csv"]);
    let gauges = audit(&["--format", "openmetrics"]);
    let mut unknown = 0;
    for (at, metric) in METRICS.iter().enumerate() {
        let found = &json["metrics"][at];
        assert_eq!(found["id"], metric.id);
        let is_unknown = found["value"].is_null();
        unknown += u64::from(is_unknown);
        assert_eq!(found["missing"].is_string() && found["unknown"]["reason"].is_string(), is_unknown, "{found}");
        assert!(!is_unknown || found["lo"].is_null() && found["hi"].is_null(), "{found}");
        let gate = &judged["gates"][at];
        assert_eq!(gate["outcome"], if is_unknown { "insufficient" } else { "pass" }, "{gate}");
        assert_eq!(gate["value"].is_null(), is_unknown, "{gate}");
        let change = compared["changes"].as_array().expect("changes").iter().find(|one| one["id"] == metric.id);
        let change = change.expect("a change");
        assert!(!is_unknown || change["verdict"] == "not_comparable_yet" && change["change"].is_null(), "{change}");
        let row = |table: &str, column: usize, value: usize| {
            let mut reader = csv::Reader::from_reader(table.as_bytes());
            let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
            let own = rows.iter().find(|row| &row[column] == metric.id).expect("the metric");
            own[value].is_empty()
        };
        assert_eq!((row(&csv, 0, 3), row(&long, 3, 4)), (is_unknown, is_unknown), "{}", metric.id);
        let gauge = format!("tokaudit_{}", metric.id.replace('-', "_"));
        let is_said = gauges.lines().any(|line| crate::reports::is_sample_of(line, &gauge));
        assert_eq!(is_said, !is_unknown, "{gauge}");
        let reason = format!("tokaudit_unknown{{metric=\"{}\"", metric.id);
        assert_eq!(gauges.contains(&reason), is_unknown, "{reason}");
    }
    assert!(unknown > 8, "{unknown} are unknown");
    let yielded = json["metrics"].as_array().expect("metrics").iter().find(|one| one["id"] == "yield").expect("it");
    assert_eq!(yielded["unknown"]["reason"], "too_early");
    assert!(yielded["unknown"]["from"].as_str().is_some_and(|day| day > "2026-05-31"), "{yielded}");
    let classes = json["waterfall"].as_array().expect("the bar");
    assert!(classes.iter().all(|class| class["share_settled"].is_null()), "{classes:?}");
    let page = audit(&["--format", "table"]);
    assert!(page.lines().any(|line| line.contains("unknown  too early: ")), "{page}");
    let strict = run(&["gate", arg(&report), "--policy", arg(&policy), "--strict"]);
    assert_eq!(strict.code, Some(4));
    assert!(strict.stdout.contains("insufficient") && strict.stdout.contains("too early"), "{}", strict.stdout);
    assert!(strict.stdout.lines().any(|line| line.starts_with("pass") && line.contains(" is ")), "{}", strict.stdout);
}

#[test]
fn pull_requests_are_the_same_ones_in_their_count_their_costs_and_the_table_of_their_sizes() {
    let ran = run(&["audit", "-q", "--example", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let sizes = &document["pull_requests"];
    let traced: u64 =
        sizes["bands"].as_array().expect("bands").iter().map(|band| band["linked"].as_u64().expect("a count")).sum();
    let n = |id: &str| {
        let metrics = document["metrics"].as_array().expect("metrics").iter();
        metrics.filter(|metric| metric["id"] == id).map(|metric| metric["n"].as_u64()).next_back().flatten()
    };
    assert_eq!(n("merged-pull-requests"), sizes["merged"].as_u64());
    for id in ["cost-per-pull-request", "cost-per-pull-request-median", "cost-per-pull-request-all-in"] {
        assert_eq!(n(id), Some(traced), "{id}");
    }
    assert!(traced + sizes["without_price"].as_u64().expect("a count") <= sizes["merged"].as_u64().expect("a count"));
}

#[test]
fn the_cost_of_a_pull_request_with_everything_is_never_below_the_traced_one() {
    let json: Value = serde_json::from_str(&audit(&["--format", "json"])).expect("JSON");
    let metric = |id: &str| {
        let all = json["metrics"].as_array().expect("metrics");
        all.iter().find(|one| one["id"] == id).expect("the metric").clone()
    };
    let (traced, all_in) = (metric("cost-per-pull-request"), metric("cost-per-pull-request-all-in"));
    assert_eq!(traced["denominator"], all_in["denominator"]);
    let usd = |one: &Value| one["value"].as_f64().expect("dollars");
    assert!(usd(&all_in) >= usd(&traced), "{all_in} {traced}");
}

/// A usage log of two requests, one of a model without a price, and a clone without the history before its last commit.
fn shallow() -> (World, tempfile::TempDir) {
    let world = World::new();
    for at in 0..6 {
        world.write(&format!("part{at}.rs"), &code(&format!("part{at}"), 30));
        world.commit(30 + at, "kim", &format!("Add part {at} (#{at})"));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", world.repository().display());
    world.git(&["clone", "-q", "--depth", "1", &url, arg(&folder.path().join("clone"))]);
    let usage = "timestamp,model,input_tokens,output_tokens,request_id\n\
                 2026-05-04T10:00:00Z,gpt-5,1000,1000,a\n2026-05-04T10:10:00Z,a-model-of-our-own,1000,1000,b\n";
    std::fs::write(folder.path().join("usage.csv"), usage).expect("a file");
    (world, folder)
}

#[test]
fn a_shallow_clone_makes_figures_of_history_unknown_and_a_comment_is_refused() {
    let (_world, folder) = shallow();
    let (usage, clone) = (folder.path().join("usage.csv"), folder.path().join("clone"));
    let flags = ["--repo", arg(&clone), "--no-cache", "--no-config", "--as-of", "2026-07-01"];
    let ran = run(&[&["audit", arg(&usage), "--format", "json", "-q"][..], &flags].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let json = ran.json();
    for one in json["metrics"].as_array().expect("metrics") {
        if ["coverage", "merged-lines", "landings", "yield", "churn-14", "cost-per-merged-line"]
            .contains(&one["id"].as_str().unwrap_or_default())
        {
            assert!(one["value"].is_null() && one["unknown"]["reason"] == "cut_history", "{one}");
        }
    }
    assert!(json["coverage"]["share"].is_null(), "{}", json["coverage"]);
    let ran = run(&[&["comment", arg(&usage), "--pull-request", "5"][..], &flags].concat());
    assert!(ran.code == Some(3) && ran.stdout.is_empty(), "{:?} {}", ran.code, ran.stdout);
    assert!(ran.stderr.contains("git fetch --unshallow") && ran.stderr.contains("fetch-depth: 0"), "{}", ran.stderr);
}

#[test]
fn alarms_come_first_and_in_their_order_in_every_document_and_page() {
    let (_world, folder) = shallow();
    let (usage, clone, broken) =
        (folder.path().join("usage.csv"), folder.path().join("clone"), folder.path().join("broken.jsonl.gz"));
    std::fs::write(&broken, [0x1f, 0x8b, 8, 0, 1]).expect("a file");
    let flags = ["--repo", arg(&clone), "--no-cache", "--no-config", "--as-of", "2026-07-01", "-q"];
    let written =
        |format: &str| run(&[&["audit", arg(&usage), arg(&broken), "--format", format][..], &flags].concat()).stdout;
    let json: Value = serde_json::from_str(&written("json")).expect("JSON");
    let alarms = json["alarms"].as_array().expect("alarms");
    let ids: Vec<&str> = alarms.iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids, ["files-not-read", "cut-history", "unpriced"], "{alarms:?}");
    assert_eq!(alarms[2]["values"]["share"], 0.5);
    assert!(alarms[0]["text"].as_str().is_some_and(|text| text.contains("broken.jsonl.gz")), "{alarms:?}");
    let table = written("table");
    let marked: Vec<usize> =
        table.lines().enumerate().filter(|(_, line)| line.starts_with("  ! ")).map(|one| one.0).collect();
    let spent = table.lines().position(|line| line.starts_with("Spent"));
    assert!(marked.len() == 3 && marked.last() < spent.as_ref(), "{table}");
    for format in ["markdown", "html"] {
        let page = written(format);
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{format}: {text}: {page}"));
        let places = [at("not read"), at("history is cut off, so what became"), at("have no price")];
        let first_figure = if format == "html" { "class=\"fig\"" } else { "at list prices" };
        assert!(places.is_sorted() && places[2] < at(first_figure), "{format}: {places:?}");
    }
    assert!(written("openmetrics").starts_with("# TYPE tokaudit_alarm gauge"));
}

#[test]
fn sources_that_cover_different_days_are_in_a_table_of_their_first_and_last_days() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = |day: &str| {
        format!(
            r#"{{"type":"assistant","timestamp":"2026-{day}T08:00:00Z","sessionId":"s","requestId":"r{day}","message":{{"id":"m{day}","model":"claude-opus-4-6","usage":{{"input_tokens":1,"output_tokens":2}}}}}}"#
        )
    };
    let page = |days: [&str; 2], billed: &str| {
        std::fs::write(folder.path().join("log.jsonl"), days.map(line).join("\n")).expect("a log");
        let columns = "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type";
        let row = format!("2026-{billed},Claude Opus 4.6,Default,k,message,≤ 200k,output,3,3,token");
        std::fs::write(folder.path().join("cost.csv"), format!("{columns}\n{row}\n")).expect("an export");
        run(&["spend", "-q", arg(folder.path())]).stdout
    };
    let differ = page(["03-02", "05-30"], "05-15");
    assert!(differ.contains("Days that the sources cover"), "{differ}");
    assert!(differ.contains("2026-03-02  2026-05-30") && differ.contains("2026-05-15  2026-05-15"), "{differ}");
    let same = page(["05-14", "05-15"], "05-15");
    assert!(same.contains("$3.00") && !same.contains("Days that the sources cover"), "{same}");
}

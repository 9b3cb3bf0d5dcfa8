//! The rules of a canonical record: grain, authority, coverage, units, revised rows, and sums
//! that a source tells.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program;

/// What the exports of the fixtures are: grain, authority, coverage, basis of the cost, unit of the quantity.
const KINDS: &[(&str, &[&str])] = &[
    ("anthropic-batch", &["request transcript unknown computed -"]),
    ("anthropic-console-cost", &["day invoice on_demand invoice -"]),
    ("anthropic-console-usage", &["day vendor_usage unknown computed -", "hour vendor_usage unknown computed -"]),
    ("anthropic-cost-report", &["day invoice on_demand invoice -"]),
    ("anthropic-usage-report", &["day vendor_usage unknown computed -"]),
    ("augment-credits", &["day vendor_usage on_demand none augment-credits"]),
    ("aws-cost-explorer", &["day invoice on_demand invoice -"]),
    ("aws-cur", &["day invoice on_demand invoice -", "day invoice on_demand none -"]),
    ("aws-cur-2", &["day invoice on_demand invoice -"]),
    ("azure-apim", &["request gateway unknown computed -"]),
    (
        "azure-cost",
        &["day invoice on_demand invoice 1K", "day invoice on_demand invoice 1M", "day invoice on_demand none 1K"],
    ),
    ("azure-cost-analysis", &["day invoice on_demand invoice -", "day invoice on_demand none -"]),
    ("bedrock-batch", &["request transcript unknown computed -", "request transcript unknown none -"]),
    ("bedrock-invocations", &["request vendor_usage unknown none -"]),
    ("chatgpt", &["request transcript seat seat -"]),
    ("claude-chat", &["request transcript seat seat -"]),
    ("claude-code-analytics", &["day vendor_usage on_demand computed -"]),
    ("claude-enterprise-spend", &["period invoice on_demand invoice -"]),
    ("cloudflare-ai-gateway", &["request gateway unknown computed -"]),
    (
        "cloudflare-logpush",
        &["request gateway errored gateway -", "request gateway free gateway -", "request gateway on_demand gateway -"],
    ),
    ("cloudzero-cbf", &["day invoice on_demand invoice tokens"]),
    ("copilot-billing", &["period invoice on_demand invoice ai-credits"]),
    ("copilot-otel", &["request telemetry unknown computed -"]),
    ("copilot-requests", &["request vendor_usage included none requests"]),
    ("copilot-usage-report", &["day invoice included invoice ai-credits", "day invoice included invoice requests"]),
    ("cursor-events", &["request invoice on_demand invoice requests"]),
    ("cursor-team", &["period invoice on_demand invoice -"]),
    (
        "cursor-usage",
        &[
            "request invoice errored computed -",
            "request invoice included computed -",
            "request invoice on_demand invoice -",
        ],
    ),
    ("databricks-billing", &["hour invoice on_demand none DBU"]),
    (
        "databricks-endpoint-usage",
        &["request vendor_usage errored computed -", "request vendor_usage unknown computed -"],
    ),
    ("deepseek-cost", &["day invoice on_demand invoice -", "day invoice on_demand none -"]),
    (
        "deepseek-usage",
        &[
            "day invoice on_demand computed -",
            "day invoice on_demand invoice -",
            "day invoice unknown none -",
            "hour invoice on_demand invoice -",
            "hour invoice unknown none -",
        ],
    ),
    ("devin-consumption", &["day vendor_usage unknown none acus"]),
    (
        "fireworks-metrics",
        &["request vendor_usage unknown none -", "request vendor_usage unknown none accelerator_seconds"],
    ),
    (
        "focus",
        &[
            "day invoice on_demand invoice -",
            "day invoice on_demand invoice Credit",
            "day invoice on_demand none -",
            "day invoice unknown invoice -",
            "hour invoice on_demand invoice Tokens",
            "period invoice unknown invoice -",
        ],
    ),
    (
        "focus-json",
        &["day gateway on_demand gateway Tokens", "day invoice on_demand invoice -", "day invoice on_demand none -"],
    ),
    ("gemini-batch", &["request transcript unknown computed -"]),
    ("gemini-workspace", &["request transcript seat seat -"]),
    (
        "github-metered-usage",
        &[
            "day invoice included invoice requests",
            "day invoice on_demand invoice requests",
            "day invoice on_demand invoice units",
            "day invoice on_demand invoice user-months",
        ],
    ),
    ("google-cost-table", &["period invoice on_demand invoice count", "period invoice on_demand none count"]),
    ("helicone", &["request gateway unknown computed -"]),
    ("jaeger", &["request telemetry unknown computed -"]),
    ("kong-ai", &["request gateway unknown computed -"]),
    ("langdock-usage", &["period invoice on_demand invoice -"]),
    ("langfuse", &["request gateway unknown computed -"]),
    ("langfuse-csv", &["request gateway unknown computed -"]),
    ("langfuse-daily", &["day gateway unknown computed -", "day gateway unknown gateway -"]),
    ("langsmith", &["request gateway unknown computed -"]),
    ("langsmith-table", &["request gateway errored computed -", "request gateway unknown computed -"]),
    ("langsmith-usage", &["period vendor_usage on_demand none traces"]),
    (
        "litellm",
        &[
            "request gateway on_demand gateway -",
            "request gateway unknown computed -",
            "request gateway unknown gateway -",
        ],
    ),
    ("litellm-activity", &["day gateway on_demand gateway -", "day gateway unknown computed -"]),
    ("litellm-csv", &["request gateway free gateway -", "request gateway unknown computed -"]),
    ("litellm-daily", &["day gateway unknown computed -"]),
    ("litellm-daily-csv", &["day gateway unknown computed -"]),
    ("litellm-report", &["day gateway on_demand gateway tokens"]),
    ("litellm-usage", &["day gateway on_demand gateway -", "day gateway on_demand gateway tokens"]),
    ("litellm-usage-csv", &["day gateway on_demand gateway -", "day gateway on_demand gateway tokens"]),
    ("m365-copilot", &["request transcript seat seat -"]),
    ("mimo-usage", &["day invoice on_demand computed -", "day invoice on_demand invoice -"]),
    ("openai-batch", &["request transcript unknown computed -", "request transcript unknown none -"]),
    ("openai-costs", &["day invoice on_demand invoice -"]),
    ("openai-dashboard-cost", &["day invoice on_demand invoice tokens"]),
    ("openai-dashboard-usage", &["minute vendor_usage unknown computed -"]),
    ("openai-legacy-usage", &["hour vendor_usage unknown computed -", "hour vendor_usage unknown none -"]),
    ("openai-usage", &["day vendor_usage unknown computed -"]),
    ("opencode-console", &["day invoice byok computed -", "day invoice on_demand invoice -"]),
    ("openrouter-activity", &["request invoice on_demand invoice -"]),
    ("openrouter-activity-api", &["day invoice byok invoice -", "day invoice on_demand invoice -"]),
    ("openrouter-daily", &["day invoice on_demand invoice -"]),
    ("openrouter-generation", &["request invoice on_demand invoice -"]),
    ("otel-spans", &["request telemetry unknown computed -"]),
    ("otlp", &["request telemetry unknown computed -"]),
    (
        "portkey",
        &["request gateway unknown computed -", "request gateway unknown gateway -", "request gateway unknown none -"],
    ),
    (
        "snowflake-cortex",
        &[
            "hour vendor_usage on_demand none snowflake-credits",
            "request vendor_usage on_demand computed -",
            "request vendor_usage on_demand none tokens",
        ],
    ),
    ("vercel-report", &["day invoice byok invoice -", "day invoice on_demand invoice -"]),
    ("vertex-billing", &["hour invoice on_demand invoice count", "hour invoice on_demand none count"]),
    ("vertex-billing-json", &["hour invoice on_demand invoice count"]),
    ("xai-batch", &["request transcript unknown none -"]),
];

/// The files of a fixture that are logs.
fn inputs(case: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(case).sort_by_file_name().into_iter().map(|entry| entry.expect("an entry"));
    let is_log = |path: &PathBuf| !["README.md", "expected.json"].iter().any(|name| path.ends_with(name));
    files.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path()).filter(is_log).collect()
}

fn ledger(paths: &[&Path]) -> Vec<Value> {
    let mut arguments = vec!["ledger", "-q", "--as-of", "2026-09-30"];
    arguments.extend(paths.iter().map(|path| program::arg(path)));
    let ran = program::run(&arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// One file of a text under a name that tells nothing.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x7q");
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

fn fixture(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources").join(path);
    std::fs::read_to_string(path).expect("a fixture")
}

#[test]
fn every_export_tells_its_grain_authority_coverage_and_basis() {
    for (id, wanted) in KINDS {
        let mut found = std::collections::BTreeSet::new();
        for case in crate::formats::cases().iter().filter(|case| case.parent().is_some_and(|one| one.ends_with(id))) {
            let files = inputs(case);
            for row in ledger(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>()) {
                let columns = ["grain", "authority", "coverage", "cost_basis", "consumed_unit"];
                found.insert(columns.map(|column| row[column].as_str().unwrap_or("-").to_owned()).join(" "));
            }
        }
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted.iter().collect::<Vec<_>>(), "{id}");
    }
}

#[test]
fn who_bears_the_cost_decides_what_counts() {
    // A million fresh tokens of Haiku 4.5 list at $1; the cell says $9.
    let header = "Date,Kind,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Cost\n";
    for (kind, coverage, billed, counted) in [
        ("Included", "included", None, "1"),
        ("On-Demand", "on_demand", Some("9"), "9"),
        ("Usage-based", "on_demand", Some("9"), "9"),
        ("User API Key", "byok", None, "1"),
        ("Free", "free", None, "0"),
        ("\"Errored, No Charge\"", "errored", None, "0"),
    ] {
        let (_folder, path) = file(&format!("{header}2026-03-04T08:00:00Z,{kind},claude-haiku-4-5,0,1000000,0,0,9\n"));
        let row = &ledger(&[&path])[0];
        assert_eq!(row["coverage"], coverage);
        assert_eq!(row["billed_cost_usd"], json!(billed), "{kind}");
        assert_eq!(row["gross_cost_usd"], "9", "{kind}");
        assert_eq!(row["counted_cost_usd"], counted, "{kind}");
    }
    let report = fixture("copilot-usage-report/transition/input.csv");
    let overage = report
        .replace("\"total_monthly_quota\"", "\"exceeds_quota\"")
        .replace("\"0.04\",\"0.04\",\"0.04\",\"0\",\"300\"", "\"0.04\",\"0.04\",\"0\",\"0.04\",\"True\"");
    let (_folder, path) = file(&overage);
    let row = &ledger(&[&path])[0];
    assert_eq!((&row["coverage"], &row["billed_cost_usd"]), (&json!("overage"), &json!("0.04")));
    let (_folder, path) = file(&fixture("copilot-requests/fraction/input.csv").replace("False", "True"));
    assert_eq!(ledger(&[&path])[0]["coverage"], "overage");
    let (_folder, path) = file(&fixture("openrouter-activity/clamp/input.csv").replace("0.25,0,", "0.25,4,"));
    let row = &ledger(&[&path])[0];
    assert_eq!((&row["coverage"], &row["counted_cost_usd"]), (&json!("byok"), &json!("0.25")));
}

#[test]
fn a_gateways_own_cache_and_failures_cost_nothing() {
    for (path, from, to, coverage) in [
        ("litellm/text-metadata/input.jsonl", "\"None\"", "\"True\"", "free"),
        ("litellm/text-metadata/input.jsonl", "\"request_id\"", "\"status\": \"failure\", \"request_id\"", "errored"),
        ("portkey/cents/input.jsonl", "\"MISS\"", "\"SEMANTIC HIT\"", "free"),
        ("portkey/cents/input.jsonl", "_code\":200", "_code\":500", "errored"),
        ("cloudflare-ai-gateway/page/input.json", "\"cached\": false", "\"cached\": true", "free"),
        ("cloudflare-ai-gateway/page/input.json", "\"success\": true\n  }", "\"success\": false\n  }", "errored"),
        ("helicone/two-vendors/input.jsonl", "\"response_status\": 200", "\"response_status\": 503", "errored"),
    ] {
        let plain = fixture(path);
        let text = plain.replace(from, to);
        assert_ne!(text, plain, "{path}");
        let (_folder, copy) = file(&text);
        for row in ledger(&[&copy]) {
            assert_eq!((&row["coverage"], &row["counted_cost_usd"]), (&json!(coverage), &json!("0")), "{path}");
        }
    }
}

#[test]
fn quantities_of_other_units_are_never_dollars() {
    for (path, from, to) in [
        ("amp/ledger-and-messages/a.json", "\"credits\": 1.5", "\"credits\": 1500"),
        ("azure-cost/american-dates/input.csv", "Tokens,600,", "Tokens,600000,"),
        ("codebuff/message-and-run-state/input.json", "\"credits\": 1.25", "\"credits\": 1250"),
        ("copilot-billing/month/input.json", "\"grossQuantity\": 350.0", "\"grossQuantity\": 350000"),
        ("copilot-requests/fraction/input.csv", "1.5", "1500"),
        ("copilot-usage-report/transition/input.csv", "\"50\",\"ai-credits\"", "\"50000\",\"ai-credits\""),
        ("copilot-usage-report/transition/input.csv", "\"9.5\",\"0.095\"", "\"9500\",\"95\""),
        ("cursor-events/cents/input.json", "\"requestsCosts\": 5", "\"requestsCosts\": 5000"),
        ("focus/purchase-and-usage/input.csv", "3/4/26,200,Credit,2.00", "3/4/26,200000,Credit,2000.00"),
        ("focus-json/litellm/input.json", "\"ConsumedQuantity\": 150", "\"ConsumedQuantity\": 150000"),
        ("openai-dashboard-cost/blank-day/input.csv", "usd,1000,tokens", "usd,1000000,tokens"),
        ("vertex-billing/two-services/input.csv", "USD,600000,count", "USD,600000000,count"),
    ] {
        let plain = fixture(path);
        let text = plain.replace(from, to);
        assert_ne!(text, plain, "{path}");
        let totals = |text: &str| {
            let (_folder, copy) = file(text);
            program::spend(&[&copy], &[]).json()["totals"].clone()
        };
        assert_eq!(totals(&text), totals(&plain), "{path}");
    }
}

#[test]
fn a_second_copy_of_a_file_adds_nothing() {
    for case in crate::formats::cases() {
        let files = inputs(&case);
        if files.iter().any(|path| path.extension().is_some_and(|one| one == "sql")) {
            continue;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (once, twice) = (folder.path().join("a"), folder.path().join("a/b"));
        let copy = |to: &Path| {
            std::fs::create_dir_all(to).expect("a folder");
            files.iter().for_each(|path| {
                let name = path.strip_prefix(&case).expect("below").to_string_lossy().replace(['/', '\\'], "-");
                std::fs::copy(path, to.join(name)).expect("a copy");
            });
        };
        let totals = || program::spend(&[&once], &["--as-of", "2026-09-30"]).json()["totals"].clone();
        copy(&once);
        let plain = totals();
        copy(&twice);
        assert_eq!(totals(), plain, "{}", case.display());
    }
}

/// Formats whose rows name themselves.
const NAMED: &[&str] = &[
    "anthropic-batch",
    "bedrock-invocations",
    "copilot-otel",
    "databricks-endpoint-usage",
    "helicone",
    "helicone-csv",
    "langfuse",
    "langfuse-csv",
    "langsmith",
    "langsmith-table",
    "litellm",
    "litellm-csv",
    "openai-batch",
    "openrouter-activity",
    "otlp",
    "portkey",
];

#[test]
fn a_row_that_names_itself_counts_once_in_one_file() {
    let mut seen = std::collections::BTreeSet::new();
    for case in crate::formats::cases() {
        let format = case.parent().and_then(Path::file_name).expect("a format").to_string_lossy().into_owned();
        let [path] = &inputs(&case)[..] else { continue };
        let kind = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if !NAMED.contains(&&*format) || !["jsonl", "csv"].contains(&&*kind) {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a fixture");
        let again = if kind == "csv" { text.split_once('\n').expect("a header").1 } else { &text };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("log");
        let read = |text: &str| {
            std::fs::write(&file, text).expect("a log");
            let document = program::spend(&[&file], &["--as-of", "2026-09-30"]).json();
            (document["totals"].clone(), document["reconciliation"]["kept"].clone())
        };
        assert_eq!(read(&format!("{}\n{again}", text.trim_end())), read(&text), "{}", case.display());
        seen.insert(format);
    }
    assert_eq!(seen.len(), NAMED.len(), "{seen:?}");
}

#[test]
fn a_revised_row_replaces_the_one_before() {
    for (path, from, to) in [
        ("anthropic-console-cost/plain/input.csv", "1.25,1.50", "9.25,9.50"),
        ("anthropic-console-usage/hour-and-day/input.csv", "1000,400", "7000,400"),
        ("anthropic-cost-report/cents/input.json", "250.5", "950.5"),
        ("anthropic-usage-report/revised/input.json", "900", "7900"),
        ("aws-cur-2/marketplace/input.csv", "0.25,USD,0.75", "0.25,USD,9.75"),
        ("aws-cur/bedrock-rows/input.csv", "12.5,USD,0.0625", "32.5,USD,0.1625"),
        ("azure-cost/american-dates/input.csv", "1.50", "9.50"),
        ("claude-code-analytics/two-models/input.json", "\"input\": 1000", "\"input\": 7000"),
        ("claude-enterprise-spend/both-channels/input.csv", "0.25,0.25", "9.25,9.25"),
        ("copilot-billing/month/input.json", "\"netAmount\": 1.25", "\"netAmount\": 9.25"),
        ("copilot-requests/fraction/input.csv", "1.5", "2.5"),
        ("copilot-usage-report/transition/input.csv", "\"0.5\",\"0\"", "\"0.4\",\"0.1\""),
        ("cursor-events/cents/input.json", "20.5", "90.5"),
        ("cursor-team/spend/input.json", "2450", "9450"),
        ("cursor-usage/kinds/input.csv", "$0.12", "$9.12"),
        ("deepseek-cost/alone/input.csv", "1.50,USD", "9.50,USD"),
        ("deepseek-usage/one-type-a-row/input.csv", "0.000001,1000", "0.000001,7000"),
        ("focus-json/litellm/input.json", "\"BilledCost\": 0.002", "\"BilledCost\": 9.002"),
        ("focus/purchase-and-usage/input.csv", "100.00,USD", "900.00,USD"),
        ("github-metered-usage/products/input.csv", "1.2,0,1.2", "9.2,0,9.2"),
        ("google-cost-table/month/input.csv", "4.0041", "9.0041"),
        ("litellm-daily/revised-day/a.json", "\"spend\": 0.0002", "\"spend\": 9.0002"),
        ("openai-costs/day/input.json", "1.75", "9.75"),
        ("openai-dashboard-cost/blank-day/input.csv", "0.50000", "9.50000"),
        ("openai-dashboard-usage/floats/input.csv", "1000.0", "7000.0"),
        ("openai-usage/completions/input.json", "\"input_tokens\": 1000", "\"input_tokens\": 7000"),
        ("openrouter-activity/clamp/input.csv", "0.25", "9.25"),
        ("openrouter-daily/day/input.csv", "\"1.5\"", "\"9.5\""),
        ("vercel-report/two-groups/input.json", "\"total_cost\": 0.0004", "\"total_cost\": 9.0004"),
        ("vertex-billing/two-services/input.csv", "0.75", "9.75"),
        ("vertex-billing-json/nested/input.jsonl", "\"cost\": 3.0", "\"cost\": 9.0"),
    ] {
        let plain = fixture(path);
        let revised = plain.replacen(from, to, 1);
        assert_ne!(revised, plain, "{path}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [first, second] = ["a", "b"].map(|name| folder.path().join(name));
        std::fs::write(&first, &plain).expect("a file");
        std::fs::write(&second, &revised).expect("a file");
        // Quantities are no totals, so the rows themselves are compared.
        let rows = |paths: &[&Path]| {
            let mut rows = ledger(paths);
            rows.iter_mut().for_each(|row| row["source_file"] = Value::Null);
            rows
        };
        let alone = rows(&[&second]);
        assert_ne!(alone, rows(&[&first]), "{path}: the revision shows");
        assert_eq!(rows(&[&first, &second]), alone, "{path}");
    }
}

#[test]
fn sums_that_do_not_hold_are_told_and_nothing_is_changed() {
    for (path, from, to, kind) in [
        ("claude-enterprise-spend/both-channels/input.csv", ",2,300,20,0.25", ",2,301,20,0.25", "parts-differ"),
        ("copilot-usage-report/transition/input.csv", "\"0.5\",\"0.5\",\"0\"", "\"0.5\",\"0.4\",\"0\"", "parts-differ"),
        ("copilot-usage-report/transition/input.csv", "\"50\",\"ai", "\"49\",\"ai", "parts-differ"),
        ("cursor-usage/kinds/input.csv", "100,5,135", "100,5,136", "parts-differ"),
        ("otlp/codex-gemini-and-spans/input.jsonl", "\"40\"", "\"4000\"", "part-over-total"),
    ] {
        let plain = fixture(path);
        let text = plain.replacen(from, to, 1);
        assert_ne!(text, plain, "{path}");
        let told = |text: &str| {
            let (_folder, copy) = file(text);
            let ran = program::spend(&[&copy], &["--as-of", "2026-09-30"]);
            (ran.noticed(kind), ran.json()["totals"]["cost_usd"].clone())
        };
        let (before, after) = (told(&plain), told(&text));
        assert_eq!((before.0, after.0), (0, 1), "{path}: {kind}");
        assert_eq!(before.1, after.1, "{path}");
    }
}

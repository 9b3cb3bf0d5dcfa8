//! The samples beside the repository, `../shared/data`: recognised by content under a name that tells nothing, and read with
//! facts worked by hand from the vendors' own documents. Skipped where they are absent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokaudit::model::money::Money;

use crate::program;

fn samples() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = [root.join("../shared/data"), root.join("../../shared/data")];
    let found = places.into_iter().find(|place| place.join("exports").is_dir());
    if found.is_none() {
        crate::skip::skip("corpora", "the samples in ../shared/data");
    }
    found
}

/// A copy under a name that tells nothing.
fn anonymous(path: &Path) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let copy = folder.path().join("x7q");
    std::fs::copy(path, &copy).expect("a copy");
    (folder, copy)
}

fn sources(path: &Path) -> Option<Value> {
    let (_folder, copy) = anonymous(path);
    let ran = program::run(&["sources", "--format", "json", "-q", "--as-of", "2026-09-30", program::arg(&copy)]);
    (ran.code == Some(0)).then(|| ran.json())
}

fn totals(path: &Path) -> Value {
    let (_folder, copy) = anonymous(path);
    program::spend(&[&copy], &["--as-of", "2026-09-30"]).json()["totals"].clone()
}

/// The format by the folder of a sample; a longer path counts before a shorter one.
const FORMATS: &[(&str, &str)] = &[
    ("exports/anthropic/analytics_cost_report", "anthropic-cost-report"),
    ("exports/anthropic/analytics_summaries", "claude-code-analytics"),
    ("exports/anthropic/analytics_usage_report", "anthropic-usage-report"),
    ("exports/anthropic/analytics_user_cost_report", "anthropic-cost-report"),
    ("exports/anthropic/analytics_user_usage_report", "anthropic-usage-report"),
    ("exports/anthropic/analytics_users", "claude-code-analytics"),
    ("exports/anthropic/console_cost", "anthropic-console-cost"),
    ("exports/anthropic/console_usage", "anthropic-console-usage"),
    ("exports/anthropic/cost_report", "anthropic-cost-report"),
    ("exports/anthropic/enterprise_spend", "claude-enterprise-spend"),
    ("exports/anthropic/usage_report_claude_code", "claude-code-analytics"),
    ("exports/anthropic/usage_report_messages", "anthropic-usage-report"),
    ("exports/aws-bedrock", "bedrock-invocations"),
    ("exports/cursor/admin_daily", "cursor-team"),
    ("exports/cursor/admin_filtered", "cursor-events"),
    ("exports/cursor/admin_spend", "cursor-team"),
    ("exports/cursor/ai_code_commits.csv", "cursor-code-commits"),
    ("exports/cursor/ai_code", "cursor-code-tracking"),
    ("exports/cursor/usage_events", "cursor-usage"),
    ("exports/deepseek", "deepseek-usage"),
    ("exports/focus/litellm", "focus-json"),
    ("exports/focus", "focus"),
    ("exports/github-copilot/ai_usage", "copilot-usage-report"),
    ("exports/github-copilot/billing", "copilot-billing"),
    ("exports/github-copilot/premium_request_analytics", "copilot-requests"),
    ("exports/github-copilot/premium_request_usage", "copilot-usage-report"),
    ("exports/github-copilot", "copilot-metrics"),
    ("exports/kong", "kong-ai"),
    ("exports/litellm", "litellm"),
    ("exports/openai/batches", "openai-batch"),
    ("exports/openai/dashboard_completions", "openai-dashboard-usage"),
    ("exports/openai/dashboard_cost", "openai-dashboard-cost"),
    ("exports/openai/organization_costs", "openai-costs"),
    ("exports/openai/organization_usage", "openai-usage"),
    ("exports/openrouter/activity_daily", "openrouter-daily"),
    ("exports/openrouter/activity", "openrouter-activity"),
    ("exports/openrouter/generation", "openrouter-generation"),
    ("exports/otel", "otlp"),
    ("exports/usage-objects", "usage-objects"),
    ("logs/aider/chat", "aider"),
    ("logs/aider/sample", "aider-analytics"),
    ("logs/amp", "amp"),
    ("logs/claude", "claude-code"),
    ("logs/codebuff", "codebuff"),
    ("logs/codex", "codex"),
    ("logs/copilot-cli", "copilot-cli"),
    ("logs/copilot-vscode", "copilot-chat"),
    ("logs/droid", "droid"),
    ("logs/gemini", "gemini-cli"),
    ("logs/goose", "goose"),
    ("logs/kimi", "kimi-cli"),
    ("logs/muse", "muse-code"),
    ("logs/openclaw", "pi"),
    ("logs/opencode", "opencode"),
    ("logs/pi", "pi"),
    ("logs/qwen", "qwen-code"),
];

/// Samples that are no usage log, with the reason.
const NO_LOGS: &[(&str, &str)] = &[
    ("exports/pricing", "prices"),
    ("exports/saas-", "the value side, read by `--prs`"),
    ("logs/git-ai-notes", "notes of git, read from the repository"),
    (
        "logs/claude/ccusage/apps__ccusage__test__test-transcript",
        "a status line's test input: no time, session, id or model",
    ),
    ("logs/droid/ccusage-inline/loader-04-session-b.jsonl", "a transcript without a count"),
    ("logs/kimi/ccusage-inline/loader-01-config.json", "a configuration"),
];

/// Samples of which records are rejected, with the reason.
const REJECTED: &[(&str, &str)] = &[
    ("exports/anthropic/analytics_cost_report.json", "its amount is the word `amount`"),
    ("exports/openai/batches.json.txt", "documentation with `{ ... }` in it, no JSON"),
    ("logs/muse/specstory/session-malformed.jsonl", "made to be cut off"),
    ("logs/qwen/specstory/session-malformed.jsonl", "made to be cut off"),
];

#[test]
fn every_sample_is_recognised_by_its_content() {
    let Some(root) = samples() else { return };
    let mut read = 0;
    for folder in ["exports", "logs"] {
        for entry in walkdir::WalkDir::new(root.join(folder)).sort_by_file_name() {
            let entry = entry.expect("an entry");
            let name =
                entry.path().strip_prefix(&root).expect("below the samples").to_string_lossy().replace('\\', "/");
            if !entry.file_type().is_file() || name.ends_with("PROVENANCE.md") {
                continue;
            }
            if NO_LOGS.iter().any(|(start, _)| name.starts_with(start)) {
                continue;
            }
            let wanted = FORMATS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, format)| *format);
            let found = sources(entry.path()).unwrap_or_else(|| panic!("{name} is not recognised"));
            assert_eq!(found["files"][0]["format"].as_str(), wanted, "{name}");
            let rejected = found["reconciliation"]["rejected"].as_u64();
            let reason = REJECTED.iter().any(|(start, _)| name.starts_with(start));
            assert_eq!(rejected > Some(0), reason, "{name}: {rejected:?} rejected");
            read += 1;
        }
    }
    assert!(read >= 120, "{read} samples");
}

#[test]
fn the_copilot_export_is_gross_and_not_spend() {
    let Some(root) = samples() else { return };
    let path = root.join("exports/github-copilot/ai_usage_report_transition_2026-05.pseudonymised.csv");
    let (_folder, copy) = anonymous(&path);
    let rows = program::run(&["ledger", "-q", program::arg(&copy)]).stdout;
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), 123);
    let sum =
        |column: &str| -> Money { rows.iter().filter_map(|row| Money::parse_usd(row[column].as_str()?).ok()).sum() };
    assert_eq!(sum("gross_cost_usd").to_fixed(2), "710.51");
    assert_eq!(sum("billed_cost_usd"), Money::ZERO);
    assert_eq!(totals(&path)["cost_usd"], "0");
    assert_eq!(totals(&path)["unpriced_records"], 0);
}

#[test]
fn cursors_columns_are_apart_and_only_on_demand_is_billed() {
    let Some(root) = samples() else { return };
    let file = |name: &str| totals(&root.join("exports/cursor").join(name));
    // $0.35 + $0.25 + $0.03 on demand.
    let v2 = file("usage_events.v2-2025-12.csv");
    assert_eq!((&v2["records"], &v2["billed_cost_usd"]), (&13.into(), &"0.63".into()));
    // w/o cache write: 0 + 0 + 1,200; with: 12,500 + 9,800 + 21,400.
    let team = file("usage_events.team-2025-09.csv");
    assert_eq!((&team["tokens"]["input"], &team["tokens"]["cache_write_5m"]), (&1_200.into(), &43_700.into()));
    assert_eq!(team["billed_cost_usd"], "0.12");
    assert_eq!(file("usage_events.v3-2026-07.csv")["billed_cost_usd"], "0.12");
    assert_eq!(file("usage_events.v3-requests-2026-05.csv")["billed_cost_usd"], Value::Null);
}

#[test]
fn cents_and_dollars_are_told_apart_by_endpoint() {
    let Some(root) = samples() else { return };
    let billed = |name: &str| totals(&root.join("exports").join(name))["billed_cost_usd"].clone();
    // "123.78912" cents.
    assert_eq!(billed("anthropic/cost_report.json"), "1.2378912");
    // Dollars: 42 + 128.
    assert_eq!(billed("anthropic/enterprise_spend_report_v1_2026.csv"), "170");
}

/// An object whose list price differs from the recorded one.
struct Otherwise {
    line: u64,
    /// Dollars per million tokens of input and of output: ours …
    ours: [&'static str; 2],
    /// … and those of the seller that the price was recorded for.
    theirs: [&'static str; 2],
    seller: &'static str,
    why: Why,
}

enum Why {
    /// The recorded price is that of the seller; ours is the maker's own.
    Seller,
    /// The recorded price is that of before: in February 2025 ours was the same.
    Before,
    /// The same of an object with cached tokens, which had no price of their own then and were recorded as fresh.
    Cached,
}

const OTHERWISE: &[Otherwise] = &[
    Otherwise { line: 48, ours: ["0.6", "2.2"], theirs: ["0.43", "1.74"], seller: "openrouter", why: Why::Seller },
    // mistral-large-2411 then, mistral-large-2512 since December 2025.
    Otherwise { line: 76, ours: ["0.5", "1.5"], theirs: ["2", "6"], seller: "mistral", why: Why::Cached },
    Otherwise {
        line: 92,
        ours: ["0.55", "2.19"],
        theirs: ["3", "7"],
        seller: "huggingface_together",
        why: Why::Seller,
    },
    Otherwise { line: 121, ours: ["0.5", "1.5"], theirs: ["2", "6"], seller: "mistral", why: Why::Before },
    // Served by R1 then, by V4 Flash since April 2026.
    Otherwise { line: 147, ours: ["0.14", "0.28"], theirs: ["0.55", "2.19"], seller: "deepseek", why: Why::Before },
    // 2 and 8 yuan at 7.25 to the dollar; Z.ai sells in dollars.
    Otherwise { line: 148, ours: ["0.6", "2.2"], theirs: ["0.276", "1.103"], seller: "zhipuai", why: Why::Seller },
    Otherwise { line: 164, ours: ["0.7", "2.8"], theirs: ["0.29", "0.59"], seller: "groq", why: Why::Seller },
    Otherwise { line: 165, ours: ["0.7", "2.8"], theirs: ["0.29", "0.59"], seller: "groq", why: Why::Seller },
    // mistral-small-2501 then, mistral-small-2603 since March 2026.
    Otherwise { line: 166, ours: ["0.15", "0.6"], theirs: ["0.1", "0.3"], seller: "mistral", why: Why::Before },
];

/// The ledger's rows of the objects by line, dated at a day, for they tell no time.
fn objects_on(day: &str, path: &Path) -> BTreeMap<u64, Value> {
    let text = std::fs::read_to_string(path).expect("the objects");
    let objects: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let rows = program::run(&["ledger", "-q", "--as-of", day, program::arg(path)]).stdout;
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let by_line = rows.map(|row| (row["source_row"].as_u64().expect("a line"), row));
    // Advisers and compactions are records of their own beside that of the object's own counts, which has a price recorded.
    let is_own = |(line, row): &(u64, Value)| {
        let usage = &objects[usize::try_from(*line).expect("a line") - 1]["body"]["usage"];
        usage["iterations"].is_null() || usage["output_tokens"] == row["output_tokens"]
    };
    by_line.filter(is_own).collect()
}

/// Prices are recorded to ten decimals.
fn is_same(a: Money, b: Money) -> bool {
    (a - b).nanos().abs() <= 1
}

#[test]
fn prices_that_differ_from_the_recorded_ones_differ_for_the_reason_that_stands() {
    let Some(root) = samples() else { return };
    let path = root.join("exports/usage-objects/provider_usage_objects.jsonl");
    let (now, before) = (objects_on("2026-07-15", &path), objects_on("2025-02-01", &path));
    let text = std::fs::read_to_string(&path).expect("the objects");
    for one in OTHERWISE {
        let line = usize::try_from(one.line).expect("a line") - 1;
        let object: Value = serde_json::from_str(text.lines().nth(line).expect("a line")).expect("JSON");
        let count = |key: &str| object["body"]["usage"][key].as_u64().map(i128::from);
        let tokens = ["prompt_tokens", "completion_tokens"].map(|key| count(key).expect("a count"));
        let cost = |prices: [&str; 2], cached: i128| -> Money {
            let million = prices.map(|price| Money::parse_usd(price).expect("a price").nanos());
            let spared = million[0] * cached * 9 / 10;
            Money::from_nanos((million[0] * tokens[0] - spared + million[1] * tokens[1]) / 1_000_000)
        };
        let list = |rows: &BTreeMap<u64, Value>| Money::parse_usd(rows[&one.line]["list_cost_usd"].as_str()?).ok();
        assert_eq!(list(&now), Some(cost(one.ours, count("num_cached_tokens").unwrap_or(0))), "line {}", one.line);
        let recorded = recorded(&object);
        let theirs = recorded.iter().find(|(seller, _)| seller == one.seller).expect("the seller").1;
        assert!(is_same(theirs, cost(one.theirs, 0)), "line {}: {theirs}", one.line);
        match one.why {
            Why::Before => assert!(list(&before).is_some_and(|then| is_same(then, theirs)), "line {}", one.line),
            Why::Cached => assert_eq!(list(&before), None, "line {}", one.line),
            Why::Seller => {
                let maker = now[&one.line]["provider_name"].as_str().expect("a provider");
                assert!(recorded.iter().all(|(seller, _)| seller != maker), "line {}: {maker}", one.line);
            }
        }
    }
}

#[test]
fn usage_objects_cost_what_was_recorded_or_a_reason_stands() {
    let Some(root) = samples() else { return };
    let path = root.join("exports/usage-objects/provider_usage_objects.jsonl");
    // Their prices are those of the catalogue before gpt-5.6 became cheaper.
    let rows = objects_on("2026-07-15", &path);
    assert_eq!(rows.len(), 188);
    let text = std::fs::read_to_string(&path).expect("the objects");
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    let mut otherwise = Vec::new();
    for (line, object) in (1..).zip(text.lines()) {
        let object: Value = serde_json::from_str(object).expect("JSON");
        let row = &rows[&line];
        let recorded = recorded(&object);
        let ours: Vec<Money> = ["list_cost_usd", "reported_cost_usd"]
            .iter()
            .filter_map(|column| Money::parse_usd(row[*column].as_str()?).ok())
            .collect();
        let fate = if recorded.is_empty() {
            "no price recorded"
        } else if ours.iter().any(|a| recorded.iter().any(|(_, b)| is_same(*a, *b))) {
            "the recorded price"
        } else if ours.is_empty() {
            row["unpriced_reason"]
                .as_str()
                .map_or("none", |reason| if reason == "unknown-model" { "unknown-model" } else { "no-price-on-day" })
        } else {
            otherwise.push(line);
            "another price"
        };
        *found.entry(fate).or_default() += 1;
    }
    let wanted = [
        ("another price", 9),
        ("no price recorded", 21),
        ("no-price-on-day", 2),
        ("the recorded price", 130),
        ("unknown-model", 26),
    ];
    assert_eq!(found.into_iter().collect::<Vec<_>>(), wanted);
    assert_eq!(otherwise, OTHERWISE.iter().map(|one| one.line).collect::<Vec<_>>());
}

/// What the catalogue's extractors made of an object, by seller, and what the provider itself said.
fn recorded(object: &Value) -> Vec<(String, Money)> {
    let extractors = object["extracted"].as_array().into_iter().flatten();
    let extractors = extractors.flat_map(|one| one["extractors"].as_array().cloned().unwrap_or_default());
    let nanos = |text: &str| -> Option<i128> {
        // `8E-8`, and up to ten decimals.
        let (mantissa, exponent) = text.split_once('E').unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let shift = 9 + exponent - i32::try_from(fraction.len()).ok()?;
        let power = 10_i128.pow(shift.unsigned_abs());
        Some(if shift >= 0 { digits * power } else { digits / power })
    };
    let mut all: Vec<(String, Money)> = extractors
        .filter_map(|one| {
            let part = |key: &str| one[key].as_str().and_then(nanos);
            let (input, output) = (part("input_price"), part("output_price"));
            let seller = one["provider_id"].as_str().unwrap_or_default().to_owned();
            // The total has searches, too.
            let total = part("total_price").unwrap_or(input.unwrap_or(0) + output.unwrap_or(0));
            (input.is_some() || output.is_some()).then(|| (seller, Money::from_nanos(total)))
        })
        .collect();
    let own = object["body"]["usage"]["cost"].as_f64().and_then(|cost| Money::parse_usd(&format!("{cost:.9}")).ok());
    all.extend(own.map(|own| ("usage".to_owned(), own)));
    all
}

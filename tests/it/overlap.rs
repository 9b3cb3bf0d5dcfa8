//! The same spend seen as an invoice, at a gateway and in a transcript counts once.
//!
//! One day of Opus 4.6 ($5 and $25 a million): the transcript holds two requests of 100 fresh and 40 output tokens, $0.0015
//! each, $0.003 together; the gateway one more request, 1,000 fresh and 40 output, $0.006 listed; the invoice says 1 cent.

use std::path::Path;

use serde_json::{Value, json};

use crate::program;

const TRANSCRIPT: &str = "t.jsonl";
const GATEWAY: &str = "g.jsonl";
const INVOICE: &str = "i.json";

/// A cost report; amounts are cents.
fn invoice(amounts: &[(&str, &str)]) -> String {
    let results: Vec<Value> = amounts
        .iter()
        .map(|(model, cents)| {
            json!({"amount": cents, "currency": "USD", "cost_type": "tokens", "description": model, "model": model,
                "token_type": "output_tokens", "workspace_id": null})
        })
        .collect();
    json!({"data": [{"starting_at": "2026-05-04T00:00:00Z", "ending_at": "2026-05-05T00:00:00Z", "results": results}],
        "has_more": false, "next_page": null})
    .to_string()
}

fn gateway(spend: f64) -> String {
    json!({"request_id": "g1", "spend": spend, "total_tokens": 1040, "prompt_tokens": 1000, "completion_tokens": 40,
        "startTime": "2026-05-04 09:20:46", "endTime": "2026-05-04 09:20:47", "model": "claude-opus-4-6",
        "custom_llm_provider": "anthropic", "user": "kim", "metadata": {}})
    .to_string()
}

fn folder(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn transcript() -> String {
    program::claude_line("m1") + &program::claude_line("m2")
}

fn all() -> [(&'static str, String); 3] {
    [(TRANSCRIPT, transcript()), (GATEWAY, gateway(0.5)), (INVOICE, invoice(&[("claude-opus-4-6", "1.0")]))]
}

fn spend(folder: &Path, by: &str) -> Value {
    let ran = program::spend(&[folder], &["--by", by]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.json()
}

/// The cost per value of a key.
fn costs(document: &Value, key: &str) -> Vec<(String, String)> {
    let rows = document["rows"].as_array().expect("rows").iter();
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let mut costs: Vec<_> = rows.map(|row| (text(&row["key"][key]), text(&row["cost_usd"]))).collect();
    costs.sort();
    costs
}

fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    wanted.iter().map(|(key, cost)| ((*key).to_owned(), (*cost).to_owned())).collect()
}

#[test]
fn a_day_seen_by_invoice_gateway_and_transcript_has_one_total_and_a_gap() {
    let folder = folder(&all());
    let document = spend(folder.path(), "source");
    let totals = &document["totals"];
    assert_eq!(totals["cost_usd"], "0.01");
    assert_eq!(totals["billed_cost_usd"], "0.01");
    assert_eq!(totals["unreconciled_usd"], "0.007");
    // The transcript's 200 tokens are among the gateway's 1,000.
    assert_eq!(totals["list_cost_usd"], "0.006");
    assert_eq!(totals["tokens"]["input"], 1000);
    assert_eq!(totals["tokens"]["output"], 80);
    assert_eq!(totals["unpriced_records"], 0);
    assert_eq!(totals["overlapping_records"], 2);
    let wanted = [("anthropic-cost-report", "0.007"), ("claude-code", "0.003"), ("litellm", "0")];
    assert_eq!(costs(&document, "source"), pairs(&wanted));
    let counts = &document["reconciliation"];
    assert_eq!((&counts["records_read"], &counts["kept"]), (&json!(4), &json!(4)));
    // Attribution is the transcript's: the session that it names.
    let by_session = spend(folder.path(), "session");
    assert_eq!(costs(&by_session, "session"), pairs(&[("none", "0.007"), ("s", "0.003")]));

    let page = program::run(&["audit", "--details", program::arg(folder.path())]).stdout;
    let fact = |label: &str| page.lines().find(|line| line.trim_start().starts_with(label)).unwrap_or("").to_owned();
    assert!(fact("Spend").contains("$0.01"), "{page}");
    assert!(fact("Unreconciled").contains("$0.0070"), "{page}");
    assert!(page.contains("anthropic 2026-05-04: invoice $0.01, gateway $0.006, transcript $0.003"), "{page}");
    let audit = program::run(&["audit", "--format", "json", "-q", program::arg(folder.path())]).json();
    let metrics = audit["metrics"].as_array().expect("metrics");
    let gap = metrics.iter().find(|metric| metric["id"] == "reconciliation-gap").expect("S9");
    // (0.003 - 0.01) / 0.01
    assert_eq!((&gap["value"], &gap["code"]), (&json!(-0.7), &json!("S9")));
}

#[test]
fn without_an_invoice_the_gateway_gives_the_money_and_alone_each_gives_its_own() {
    let [transcript, gateway, invoice] = all();
    for (files, cost, gap) in [
        (vec![transcript.clone(), gateway.clone()], "0.006", "0.003"),
        (vec![gateway.clone(), invoice.clone()], "0.01", "0.004"),
        (vec![transcript], "0.003", "0"),
        (vec![gateway], "0.006", "0"),
        (vec![invoice], "0.01", "0"),
    ] {
        let folder = folder(&files);
        let totals = &spend(folder.path(), "day")["totals"];
        assert_eq!((&totals["cost_usd"], &totals["unreconciled_usd"]), (&json!(cost), &json!(gap)), "{files:?}");
        assert_eq!(totals["unpriced_records"], 0);
    }
}

#[test]
fn models_are_compared_where_both_name_one_and_what_is_above_the_bill_is_separate() {
    // The bill: Opus 0.2 cents, less than the transcript's $0.003; Haiku 5 cents, which no log shows.
    let bill = invoice(&[("claude-opus-4-6", "0.2"), ("claude-haiku-4-5", "5")]);
    let folder = folder(&[(TRANSCRIPT, transcript()), (INVOICE, bill)]);
    let document = spend(folder.path(), "model");
    assert_eq!(costs(&document, "model"), pairs(&[("claude-haiku-4-5", "0.05"), ("claude-opus-4-6", "0.003")]));
    assert_eq!(document["totals"]["cost_usd"], "0.053");
    assert_eq!(document["totals"]["unreconciled_usd"], "0.05");
}

#[test]
fn another_day_or_another_provider_is_no_overlap() {
    let other_day = invoice(&[("claude-opus-4-6", "1.0")]).replace("05-04", "05-03").replace("05-05", "05-04");
    let openai = gateway(0.5).replace("anthropic", "openai").replace("claude-opus-4-6", "gpt-5.4");
    let folder = folder(&[(TRANSCRIPT, transcript()), (GATEWAY, openai), (INVOICE, other_day)]);
    let totals = &spend(folder.path(), "day")["totals"];
    // 0.003 + 0.01 + (1,000 x $2.50 + 40 x $15) / 1,000,000
    assert_eq!(totals["cost_usd"], "0.0161");
    assert_eq!((&totals["unreconciled_usd"], &totals["overlapping_records"]), (&json!("0"), &json!(0)));
}

#[test]
fn a_bill_of_a_month_keeps_what_its_days_do_not_explain() {
    let month = "charge_period_start,charge_period_end,grain,provider,billed_cost_usd\n\
                 2026-05-01,2026-06-01,period,anthropic,2\n";
    let folder = folder(&[
        (TRANSCRIPT, transcript()),
        (INVOICE, invoice(&[("claude-opus-4-6", "1.0")])),
        ("m.csv", month.into()),
    ]);
    let document = spend(folder.path(), "source");
    let wanted = [("anthropic-cost-report", "0.007"), ("claude-code", "0.003"), ("generic", "1.99")];
    assert_eq!(costs(&document, "source"), pairs(&wanted));
    assert_eq!((&document["totals"]["cost_usd"], &document["totals"]["billed_cost_usd"]), (&json!("2"), &json!("2")));
}

#[test]
fn an_export_of_the_ledger_reads_back_with_the_same_total() {
    let folder = folder(&all());
    let rows = program::run(&["ledger", program::arg(folder.path()), "--format", "csv"]);
    assert_eq!(rows.code, Some(0), "{}", rows.stderr);
    let again = self::folder(&[("x.csv", rows.stdout)]);
    let totals = &spend(again.path(), "day")["totals"];
    assert_eq!((&totals["cost_usd"], &totals["unreconciled_usd"]), (&json!("0.01"), &json!("0.007")));
}

#[test]
fn cents_in_a_column_of_dollars_are_caught() {
    // A million fresh tokens of Haiku 4.5 list at $1; the column says 100, 200 and 100 for one, two and one million.
    let table = |amounts: [&str; 3]| {
        let rows: Vec<String> = [1, 2, 1]
            .iter()
            .zip(amounts)
            .zip(4..)
            .map(|((millions, amount), day)| format!("2026-05-{day:02},claude-haiku-4-5,{millions}000000,{amount}\n"))
            .collect();
        "date,model,input_tokens,billed_cost_usd\n".to_owned() + &rows.concat()
    };
    for (amounts, cost, caught) in [
        (["100", "200", "100"], "4", 1),
        (["0.01", "0.02", "0.0101"], "4", 1),
        (["1", "2", "1.05"], "4.05", 0),
        // Ten times the list price is dear, and no slip of the unit.
        (["10", "20", "10"], "40", 0),
    ] {
        let folder = folder(&[("x.csv", table(amounts))]);
        let ran = program::spend(&[folder.path()], &[]);
        assert_eq!(ran.noticed("cents-or-dollars"), caught, "{amounts:?}");
        assert_eq!(ran.json()["totals"]["cost_usd"], cost, "{amounts:?}");
    }
}

#[test]
fn the_gap_is_told_per_provider_and_day() {
    // One day the bill is above the transcript, the next one below it, which is separate spend; another provider's gateway has no bill.
    let later = transcript().replace("05-04T", "05-05T").replace("\"m1\"", "\"m3\"").replace("\"m2\"", "\"m4\"");
    let bill = |day: u32, cents: &str| {
        invoice(&[("claude-opus-4-6", cents)])
            .replace("05-05", &format!("05-{:02}", day + 1))
            .replace("05-04", &format!("05-{day:02}"))
    };
    let openai = gateway(0.5).replace("anthropic", "openai").replace("claude-opus-4-6", "gpt-5.4");
    let folder = folder(&[
        (TRANSCRIPT, transcript() + &later),
        (GATEWAY, openai),
        ("i4.json", bill(4, "1")),
        ("i5.json", bill(5, "0.1")),
    ]);
    let ran = program::spend(&[folder.path()], &["--by", "provider", "--by", "day"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let document = ran.json();
    let rows = document["rows"].as_array().expect("rows");
    let gaps: std::collections::BTreeSet<String> = rows
        .iter()
        .map(|row| {
            ["provider", "day"].map(|key| row["key"][key].as_str().unwrap_or("").to_owned()).join(" ")
                + &format!(
                    " {} {}",
                    row["cost_usd"].as_str().unwrap_or(""),
                    row["unreconciled_usd"].as_str().unwrap_or("")
                )
        })
        .collect();
    let wanted = ["anthropic 2026-05-04 0.01 0.007", "anthropic 2026-05-05 0.003 0", "openai 2026-05-04 0.0031 0"];
    assert_eq!(gaps.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
}

/// A console's bill of the 4th and logs of agents on it.
fn console_and_logs() -> [(&'static str, String); 2] {
    let bill = invoice(&[("claude-haiku-4-5", "100")]);
    [("bill.json", bill), (TRANSCRIPT, transcript())]
}

#[test]
fn logs_of_a_model_that_the_bill_does_not_name_are_separate_spend() {
    let folder = folder(&console_and_logs());
    let ran = program::spend(&[folder.path()], &["--by", "source"]);
    // $1 of Haiku on the bill, $0.003 of Opus in the logs.
    assert_eq!(ran.json()["totals"]["cost_usd"], "1.003");
    assert_eq!(ran.noticed("separate-spend"), 1);
    assert!(ran.stdout.contains("anthropic: $0.003 from 2026-05-04 to 2026-05-04 in claude-code"), "{}", ran.stderr);
    assert_eq!(costs(&ran.json(), "source"), pairs(&[("anthropic-cost-report", "1"), ("claude-code", "0.003")]));
}

#[test]
fn what_is_said_to_be_on_another_account_is_no_doubt() {
    let bill = invoice(&[("claude-opus-4-6", "1.0")]);
    let config = "[accounts]\nconsole = [\"source:anthropic-cost-report\"]\nmax = [\"source:claude-code\"]\n";
    let folder = folder(&[("bill.json", bill), (TRANSCRIPT, transcript()), ("tokaudit.toml", config.to_owned())]);
    let both = |arguments: &[&str]| program::spend(&[folder.path()], arguments).json()["totals"]["cost_usd"].clone();
    let path = folder.path().join("tokaudit.toml");
    // The logs explain a part of the bill, unless they are said to be of another account.
    assert_eq!(both(&[]), "0.01");
    assert_eq!(both(&["--separate", "claude-code"]), "0.013");
    assert_eq!(both(&["--config", program::arg(&path)]), "0.013");
}

#[test]
fn a_bill_of_a_month_on_its_last_day_is_reported() {
    let rows: String = (1..=9).map(|day| format!("2026-05-0{day},anthropic,claude-opus-4-6,100000,\n")).collect();
    let logs = "date,provider,model,input_uncached_tokens,billed_cost_usd\n".to_owned() + &rows;
    let folder = folder(&[
        ("logs.csv", logs.replace(",\n", "\n").replace(",billed_cost_usd", "")),
        ("bill.csv", "date,provider,billed_cost_usd\n2026-05-31,anthropic,3200\n".to_owned()),
    ]);
    let ran = program::spend(&[folder.path()], &[]);
    assert_eq!(ran.noticed("bill-dwarfs-day"), 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("anthropic 2026-05-31: $3200"), "{}", ran.stderr);
}

#[test]
fn claude_on_bedrock_is_paid_to_aws_and_a_model_has_one_row() {
    let table = "timestamp,request_id,provider,model,input_uncached_tokens\n\
                 2026-05-04T10:00:00Z,a,bedrock,us.anthropic.claude-sonnet-4-5-20250929-v1:0,1\n\
                 2026-05-04T10:00:00Z,b,Amazon Web Services,Claude Sonnet 4.5,1\n\
                 2026-05-04T10:00:00Z,c,aws.bedrock,claude-4.5-sonnet,1\n";
    let folder = folder(&[("x.csv", table.to_owned())]);
    let keys = |by: &str| -> Vec<String> {
        let document = spend(folder.path(), by);
        let rows = document["rows"].as_array().expect("rows").iter();
        rows.map(|row| row["key"][by].as_str().unwrap_or("").to_owned()).collect()
    };
    assert_eq!((keys("provider"), keys("model")), (vec!["aws".to_owned()], vec!["claude-sonnet-4-5".to_owned()]));
    let rows = program::run(&["ledger", program::arg(folder.path()), "--format", "csv", "-q"]).stdout;
    assert!(rows.contains("claude-4.5-sonnet") && rows.contains("Amazon Web Services"), "as written: {rows}");
}

#[test]
fn a_bill_in_another_currency_is_not_set_against_the_dollars_of_logs() {
    let bill = invoice(&[("claude-opus-4-6", "1.0")]).replace("USD", "EUR");
    let folder = folder(&[(TRANSCRIPT, transcript()), (INVOICE, bill)]);
    let document = spend(folder.path(), "model");
    assert_eq!(document["totals"]["cost_usd"], "0.003");
    assert_eq!(document["other_currencies"], json!([{"currency": "EUR", "amount": "0.01", "records": 1}]));
    let alarms: Vec<&str> =
        document["alarms"].as_array().expect("alarms").iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(alarms, ["other-currency"]);
}

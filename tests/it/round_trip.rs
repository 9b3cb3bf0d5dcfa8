//! Every format of one run has the same sums, and what the program writes it reads back as the same.

use std::path::Path;

use serde_json::Value;

use crate::program::{self, arg};

/// Writes exports with bills, another currency, what a plan includes, a Cloudflare model and an unknown one.
fn plant(folder: &Path) {
    let rows = "date,model,provider,input_tokens,output_tokens,requests,billed_cost_usd,user,team,cost_center,tags\n\
                2026-05-01,claude-opus-4-6,anthropic,1000,100,3,1.234567891,dana,payments,cc-1,env=prod\n\
                2026-05-02,claude-opus-4-6,anthropic,2000,200,4,,kim,data,,\n\
                2026-06-02,@cf/meta/llama,cloudflare,10,20,1,0.10,kim,data,,env=dev\n\
                2026-06-03,nobody-knows,,10,20,1,,,,,\n";
    std::fs::write(folder.join("rows.csv"), rows).expect("a file");
    let focus = "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName,\
                 ServiceCategory\n7.5,EUR,Usage,2026-05-04T00:00:00Z,2026-05-05T00:00:00Z,Mistral AI,Chat,AI and Machine Learning\n";
    std::fs::write(folder.join("euros.csv"), focus).expect("a file");
}

fn run(folder: &Path, arguments: &[&str]) -> program::Ran {
    let whole: Vec<&str> = arguments.iter().copied().chain(["--no-config", "-q", "--as-of", "2026-07-01"]).collect();
    let ran = program::finish(program::command(&whole).current_dir(folder));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran
}

/// The sum of a column of CSV in billionths, and how many rows there are.
fn sum(csv_text: &str, column: &str) -> (i128, usize) {
    let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
    let at = reader.headers().expect("a header").iter().position(|name| name == column).expect(column);
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    (rows.iter().map(|row| nanos(&row[at])).sum(), rows.len())
}

fn nanos(text: &str) -> i128 {
    if text.is_empty() {
        return 0;
    }
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    sign * format!("{whole}{fraction:0<9}").parse::<i128>().expect("a decimal")
}

fn money(value: &Value) -> i128 {
    value.as_str().map_or(0, nanos)
}

/// Sheets of a workbook as rows of numbers and texts.
fn sheets(path: &Path) -> Vec<(String, Vec<Vec<String>>)> {
    use calamine::{Reader, Xlsx, open_workbook};
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let names = book.sheet_names();
    let rows = |name: &String, book: &mut Xlsx<_>| {
        let range = book.worksheet_range(name).expect("a sheet");
        range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
    };
    names.iter().map(|name| (name.clone(), rows(name, &mut book))).collect()
}

#[test]
fn every_format_of_one_run_sums_to_the_same_and_is_read_back_as_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let (logs, out) = (folder.path().join("logs"), folder.path().join("out"));
    std::fs::create_dir(&logs).expect("a folder");
    plant(&logs);
    let formats = "json,csv,xlsx,html,markdown,openmetrics";
    run(folder.path(), &["audit", arg(&logs), "--format", formats, "--out", arg(&out)]);
    let read = |name: &str| std::fs::read_to_string(out.join(name)).expect(name);
    let document: Value = serde_json::from_str(&read("report.json")).expect("JSON");
    let total = money(&document["totals"]["cost_usd"]);
    assert!(total > 1_334_000_000, "{total}");
    assert_eq!(document["totals"]["requests"], 9);
    for (key, rows) in document["spend_by"].as_object().expect("keys") {
        let rows = rows.as_array().expect("rows");
        assert_eq!(rows.iter().map(|row| money(&row["cost_usd"])).sum::<i128>(), total, "{key}");
    }
    for table in ["by_day", "by_model", "by_repo", "by_vendor", "by_team", "by_cost_center", "chargeback", "pivot"] {
        assert_eq!(sum(&read(&format!("{table}.csv")), "cost_usd").0, total, "{table}");
    }
    let cents = (total + 5_000_000) / 10_000_000;
    let shown = format!("${}.{:02}", cents / 100, cents % 100);
    assert!(read("report.html").contains(&shown) && read("report.md").contains(&shown), "{shown}");
    let from_prom = read("report.prom")
        .lines()
        .find(|line| line.starts_with("tokaudit_spend_usd{"))
        .map(|line| nanos(line.rsplit(' ').next().unwrap_or_default()));
    assert_eq!(from_prom, Some(total));
    for (name, rows) in sheets(&out.join("report.xlsx")) {
        let Some(at) = rows[0].iter().position(|title| title == "cost_usd") else { continue };
        if ["What could be saved", "Most expensive merged changes"].contains(&name.as_str()) {
            continue;
        }
        let body = rows.iter().skip(1).take_while(|row| row.iter().any(|cell| !cell.is_empty()));
        let sum: f64 = body.filter_map(|row| row[at].parse::<f64>().ok()).sum();
        let whole: f64 = format!("{total}e-9").parse().expect("a number");
        assert!((sum - whole).abs() < 1e-6, "{name}: {sum} for {whole}");
    }
}

#[test]
fn the_ledger_is_read_back_with_the_same_sums_whatever_its_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let logs = folder.path().join("logs");
    std::fs::create_dir(&logs).expect("a folder");
    plant(&logs);
    let spend = |path: &Path, key: &str| {
        let document = run(folder.path(), &["spend", arg(path), "--by", key, "--format", "json"]).json();
        let rows = document["rows"].as_array().expect("rows").iter();
        let rows: Vec<String> = rows
            .map(|row| format!("{} {} {} {}", row["key"], row["cost_usd"], row["requests"], row["tokens"]))
            .collect();
        (rows, document["totals"]["cost_usd"].clone(), document["other_currencies"].clone())
    };
    for name in ["back.csv", "back.jsonl", "back.parquet"] {
        let file = folder.path().join(name);
        run(folder.path(), &["ledger", arg(&logs), "--out", arg(&file)]);
        for key in ["model", "team", "cost-center", "tag:env", "day", "vendor"] {
            assert_eq!(spend(&file, key), spend(&logs, key), "{name} by {key}");
        }
    }
}

#[test]
fn the_focus_table_bills_only_what_was_billed() {
    let folder = tempfile::tempdir().expect("a folder");
    let logs = folder.path().join("logs");
    std::fs::create_dir(&logs).expect("a folder");
    plant(&logs);
    let focus = run(folder.path(), &["ledger", arg(&logs), "--table", "focus", "--format", "csv"]).stdout;
    let document = run(folder.path(), &["spend", arg(&logs), "--format", "json"]).json();
    assert_eq!(sum(&focus, "x_CountedCostInUsd").0, money(&document["totals"]["cost_usd"]));
    let mut dollars = String::new();
    for line in focus.lines().filter(|line| !line.contains(",EUR,")) {
        dollars += line;
        dollars.push('\n');
    }
    assert_eq!(sum(&dollars, "BilledCost").0, money(&document["totals"]["billed_cost_usd"]));
    // 2,000 and 200 tokens at $5 and $25 a million were billed by nobody.
    assert!(focus.lines().any(|line| line.starts_with("0.0,") && line.contains(",0.015,")), "{focus}");
    assert!(focus.lines().any(|line| line.starts_with("7.5,") && line.contains(",EUR,")), "{focus}");
}

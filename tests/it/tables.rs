//! Tables for other programs: Parquet, FOCUS and CSV hold what the ledger and the report hold.

use std::fs::File;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use tokaudit::model::money::Money;
use tokaudit::report::tables::{Kind, TABLES};

use crate::program::{arg, run, spend};

/// A field as JSON lines have it.
fn plain(field: &Field, kind: Kind) -> Value {
    match (field, kind) {
        (Field::Null, _) => Value::Null,
        (Field::Str(text), _) => text.clone().into(),
        (Field::Bool(flag), _) => (*flag).into(),
        (Field::Long(count), _) => (*count).into(),
        (Field::Double(number), _) => number.to_string().into(),
        (Field::Date(days), Kind::Day) => {
            let day = chrono::NaiveDate::default() + chrono::TimeDelta::days(i64::from(*days));
            day.to_string().into()
        }
        (Field::Decimal(decimal), Kind::Money) => {
            let bytes: [u8; 16] = decimal.data().try_into().expect("sixteen bytes");
            Money::from_nanos(i128::from_be_bytes(bytes)).to_string().into()
        }
        (Field::TimestampMicros(micros), Kind::Instant) => {
            let at = chrono::DateTime::from_timestamp_micros(*micros).expect("an instant");
            at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true).into()
        }
        (field, kind) => panic!("{field:?} is no {kind:?}"),
    }
}

#[test]
fn parquet_holds_every_table_as_json_lines_do() {
    let folder = tempfile::tempdir().expect("a folder");
    for table in TABLES {
        let path = folder.path().join(table.name);
        let flags = ["ledger", "--example", "-q", "--table", table.name];
        let ran = run(&[&flags[..], &["--format", "parquet", "--out", arg(&path)]].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let lines = run(&flags).stdout;
        let reader = SerializedFileReader::new(File::open(&path).expect("a file")).expect("Parquet");
        let schema = reader.metadata().file_metadata().schema();
        let names: Vec<&str> = schema.get_fields().iter().map(|field| field.name()).collect();
        assert_eq!(names, table.columns.iter().map(|column| column.name).collect::<Vec<_>>(), "{}", table.name);
        let mut rows = reader.get_row_iter(None).expect("rows");
        for line in lines.lines() {
            let expected: Value = serde_json::from_str(line).expect("JSON");
            let row = rows.next().expect("a row").expect("a row");
            for ((name, field), column) in row.get_column_iter().zip(table.columns) {
                let mut said = expected[name].clone();
                if column.kind == Kind::Decimal && !said.is_null() {
                    said =
                        said.as_str().and_then(|text| text.parse::<f64>().ok()).expect("a number").to_string().into();
                }
                assert_eq!(plain(field, column.kind), said, "{} {name} of {line}", table.name);
            }
        }
        assert!(rows.next().is_none(), "{}", table.name);
    }
    assert_eq!(run(&["ledger", "--example", "--table", "nothing"]).code, Some(2));
}

#[test]
fn long_tables_become_several_row_groups() {
    let folder = tempfile::tempdir().expect("a folder");
    let (usage, out) = (folder.path().join("usage.csv"), folder.path().join("usage.parquet"));
    let mut text = "timestamp,model,input_tokens,output_tokens\n".to_owned();
    for at in 0..60_000_u32 {
        text += &format!("2026-05-01T{:02}:{:02}:{:02}Z,claude-opus-4-6,{at},1\n", at / 3600, at / 60 % 60, at % 60);
    }
    std::fs::write(&usage, text).expect("a file");
    let ran = run(&["ledger", arg(&usage), "-q", "--format", "parquet", "--out", arg(&out)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let reader = SerializedFileReader::new(File::open(&out).expect("a file")).expect("Parquet");
    let sizes: Vec<i64> = reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(sizes, [50_000, 10_000]);
}

#[test]
fn focus_is_read_back_with_the_same_totals() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("focus.csv");
    let ran = run(&["ledger", "--example", "-q", "--table", "focus", "--format", "csv", "--out", arg(&path)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let before = run(&["spend", "--example", "-q", "--format", "json"]).json();
    let after = spend(&[&path], &[]).json();
    assert_eq!(after["inputs"][0]["format"], "focus");
    // Nothing of the example was billed, and nothing is so when it is read back.
    assert_eq!(after["totals"]["billed_cost_usd"], before["totals"]["billed_cost_usd"]);
    assert_eq!(after["totals"]["cost_usd"], before["totals"]["cost_usd"]);
    assert_eq!(after["totals"]["records"], before["totals"]["records"]);
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// The spend of each class in rows of CSV.
fn by_class(text: &str) -> std::collections::BTreeMap<String, Money> {
    let rows = rows(text);
    let column = |name: &str| rows[0].iter().position(|one| one == name).expect("a column");
    let (class, cost) = (column("class"), column("cost_usd"));
    let mut sums = std::collections::BTreeMap::new();
    for row in &rows[1..] {
        *sums.entry(row[class].clone()).or_default() += Money::parse_usd(&row[cost]).expect("dollars");
    }
    sums.retain(|_, sum| *sum != Money::ZERO);
    sums
}

#[test]
fn every_class_of_the_bar_can_be_traced_to_changes_branches_and_sessions() {
    let flags = ["--example", "-q", "--format", "csv", "--table"];
    let bar = by_class(&run(&[&["audit"], &flags[..], &["waterfall"]].concat()).stdout);
    assert!(bar.len() > 10, "{bar:?}");
    for (command, table) in
        [("audit", "verdicts"), ("audit", "session_verdicts"), ("ledger", "verdicts"), ("ledger", "session-verdicts")]
    {
        assert_eq!(by_class(&run(&[&[command], &flags[..], &[table]].concat()).stdout), bar, "{command} {table}");
    }
    let report = run(&["audit", "--example", "-q", "--format", "json"]).json();
    let of = |kind: &str| report["verdicts"].as_array().expect("rows").iter().filter(|row| row["of"] == kind).count();
    assert!(of("change") > 10 && of("branch") > 0 && of("session") > 0);
    // Every unit of the document with a cost has its class.
    for unit in report["units"]
        .as_array()
        .expect("units")
        .iter()
        .filter(|unit| unit["cost_usd"] != "0" && !unit["cost_usd"].is_null())
    {
        let is_its = |row: &&Value| row["landing"] == unit["landing"] && row["branch"] == unit["branch"];
        let rows = report["verdicts"].as_array().expect("rows").iter().filter(is_its);
        let sum: Money =
            rows.map(|row| Money::parse_usd(row["cost_usd"].as_str().expect("dollars")).expect("dollars")).sum();
        assert_eq!(unit["cost_usd"], sum.to_string(), "{unit}");
    }
}

#[test]
fn what_is_not_traced_to_code_is_two_rows_and_the_table_of_reasons_sums_to_them() {
    let usd = |value: &Value| Money::parse_usd(value.as_str().expect("dollars")).expect("dollars");
    let report = run(&["audit", "--example", "-q", "--format", "json"]).json();
    let classes = report["waterfall"].as_array().expect("classes");
    for class in classes {
        let parts = class["by_tier"].as_object().expect("tiers").values().map(usd);
        assert_eq!(parts.sum::<Money>(), usd(&class["cost_usd"]), "{class}");
    }
    let untraced = &classes.iter().find(|class| class["class"] == "unattributed").expect("a class")["by_tier"];
    assert_eq!(untraced.as_object().expect("tiers").len(), 2, "{untraced}");
    let by_rule = |rules: &[&str]| -> Money {
        let all = report["verdicts"].as_array().expect("rows").iter();
        all.filter(|row| rules.iter().any(|rule| row["rule"] == *rule)).map(|row| usd(&row["cost_usd"])).sum()
    };
    assert_eq!(usd(&untraced["medium"]), by_rule(&["branch_name_only"]));
    assert_eq!(usd(&untraced["none"]), by_rule(&["other_repository", "no_repository", "no_session"]));
    let page = run(&["audit", "--example", "--details", "-q"]).stdout;
    let cents = |value: &Value| format!("${}", usd(value).to_fixed(2));
    for (title, key, reason) in [
        ("known by branch name only", "medium", "branch_name_only"),
        ("other folders and sources", "none", "other_repository"),
    ] {
        let row = page.lines().find(|line| line.starts_with(title)).expect(title);
        assert!(row.contains(&cents(&untraced[key])) && row.ends_with("not traced to code"), "{row}");
        let (_, under) = page.split_once("Not traced to code, by reason").expect("a table");
        let row = under.lines().find(|line| line.starts_with(reason)).expect(reason);
        assert!(row.contains(&cents(&untraced[key])), "{row}");
        let html = run(&["audit", "--example", "-q", "--format", "html"]).stdout.to_lowercase();
        assert!(html.contains(title), "{title}");
    }
}

#[test]
fn a_folder_gets_a_table_per_topic_and_each_sums() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run(&["audit", "--example", "-q", "--format", "csv", "--out", arg(folder.path())]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let report = run(&["audit", "--example", "-q", "--format", "json"]).json();
    let sum = |topic: &str, column: &str| {
        let text = std::fs::read_to_string(folder.path().join(format!("{topic}.csv"))).expect(topic);
        let rows = rows(&text);
        let at = rows[0].iter().position(|name| name == column).expect(column);
        // An unpriced model is an empty cell.
        let money = |row: &Vec<String>| (!row[at].is_empty()).then(|| Money::parse_usd(&row[at]).expect("dollars"));
        assert!(rows.len() > 1, "{topic}");
        assert_eq!(text, run(&["audit", "--example", "-q", "--format", "csv", "--table", topic]).stdout);
        rows[1..].iter().filter_map(money).sum::<Money>().to_string()
    };
    for (topic, column, pointer) in [
        ("by_day", "cost_usd", "/totals/cost_usd"),
        ("by_model", "cost_usd", "/totals/cost_usd"),
        ("by_repo", "cost_usd", "/totals/cost_usd"),
        ("waterfall", "cost_usd", "/fates/total_usd"),
        ("verdicts", "cost_usd", "/fates/total_usd"),
        ("session_verdicts", "cost_usd", "/fates/total_usd"),
    ] {
        assert_eq!(Some(sum(topic, column).as_str()), report.pointer(pointer).and_then(Value::as_str), "{topic}");
    }
    let of = |key: &str, column: &str, filter: &dyn Fn(&Value) -> bool| -> String {
        let all = report[key].as_array().expect(key).iter().filter(|one| filter(one));
        // A cost without a price is unknown.
        let money = |one: &Value| one[column].as_str().map(|text| Money::parse_usd(text).expect("dollars"));
        all.filter_map(money).sum::<Money>().to_string()
    };
    assert_eq!(sum("commits", "cost_usd"), of("units", "cost_usd", &|_| true));
    assert_eq!(sum("prs", "cost_usd"), of("units", "cost_usd", &|unit| !unit["pull_request"].is_null()));
    assert_eq!(sum("findings", "save_most_usd"), of("findings", "save_most_usd", &|_| true));
    let long = rows(&std::fs::read_to_string(folder.path().join("long.csv")).expect("long"));
    let names = ["period", "scope_type", "scope", "metric", "value", "lo", "hi", "unit", "n", "coverage", "missing"];
    assert_eq!(long[0], names);
    for metric in report["metrics"].as_array().expect("metrics").iter().filter(|metric| !metric["lo"].is_null()) {
        let row = long.iter().find(|row| row[1] == "all" && metric["id"] == row[3].as_str()).expect("a row");
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let number = |text: &str| text.parse::<f64>().expect("a number");
        for (at, key) in [(4, "value"), (5, "lo"), (6, "hi")] {
            assert!((number(&row[at]) - number(&text(&metric[key]))).abs() < 1e-12, "{key} of {row:?}");
        }
    }
}

#[test]
fn spreadsheets_of_other_countries_are_served() {
    let flags = ["spend", "--example", "-q", "--format", "csv", "--by", "model"];
    let usual = rows(&run(&flags).stdout);
    let more = ["--csv-separator", "semicolon", "--csv-decimal", "comma", "--csv-bom"];
    let german = run(&[&flags[..], &more].concat()).stdout;
    let text = german.strip_prefix('\u{feff}').expect("a mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(b';').from_reader(text.as_bytes());
    let at = usual[0].iter().position(|name| name == "cost_usd").expect("a column");
    for (row, other) in usual.iter().zip(reader.records()) {
        let other = other.expect("a row");
        assert_eq!(row.len(), other.len());
        assert_eq!(row[at].replace('.', ","), other[at]);
        assert_eq!(row[0], other[0]);
    }
    assert_eq!(run(&["spend", "--example", "--format", "csv", "--table", "prs"]).code, Some(2));
    assert_eq!(run(&["audit", "--example", "--format", "json", "--table", "prs"]).code, Some(2));
}

#[test]
fn one_run_writes_every_format_into_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let ids: Vec<&str> = tokaudit::report::render::RENDERERS.iter().map(|renderer| renderer.id()).collect();
    let all = ids.join(",");
    let ran = run(&["audit", "--example", "-q", "--format", &all, "--out", arg(folder.path())]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect(name);
    for (name, format) in
        [("report.html", "html"), ("report.json", "json"), ("report.md", "markdown"), ("long.csv", "csv")]
    {
        let alone = run(&["audit", "--example", "-q", "--format", format]).stdout;
        assert!(read(name) == alone.as_bytes(), "{name}");
    }
    assert!(
        read("report.xlsx").starts_with(b"PK") && !read("report.prom").is_empty() && !read("report.txt").is_empty()
    );
    assert_eq!(run(&["audit", "--example", "--format", "html,json"]).code, Some(2));
    assert_eq!(run(&["audit", "--example", "--format", "html,nothing", "--out", arg(folder.path())]).code, Some(2));
}

#[test]
fn a_pull_request_has_one_cost_in_every_output() {
    let usd = |value: &Value| Money::parse_usd(value.as_str().expect("dollars")).expect("dollars");
    let report = run(&["audit", "--example", "-q", "--format", "json"]).json();
    let units: Vec<&Value> = report["units"].as_array().expect("units").iter().collect();
    let pulls: Vec<&&Value> = units.iter().filter(|unit| !unit["pull_request"].is_null()).collect();
    let csv = rows(&run(&["audit", "--example", "-q", "--format", "csv", "--table", "prs"]).stdout);
    let at = |name: &str| csv[0].iter().position(|column| column == name).expect("a column");
    assert_eq!(csv.len(), pulls.len() + 1);
    let links = run(&["ledger", "--example", "-q", "--table", "links", "--format", "csv"]).stdout;
    let links = rows(&links);
    let of_link = |name: &str| links[0].iter().position(|column| column == name).expect("a column");
    for (unit, row) in pulls.iter().zip(&csv[1..]) {
        // Spend on a model without a price is unknown, not nothing.
        let cost = unit["cost_usd"].as_str().unwrap_or_default();
        assert_eq!(row[at("cost_usd")], cost);
        assert_eq!(row[at("cost_branch_only_usd")], unit["cost_branch_only_usd"].as_str().expect("dollars"));
        assert_eq!(row[at("counted")], unit["counted"].to_string());
        let both =
            usd(&unit["cost_branch_only_usd"]) + if cost.is_empty() { Money::ZERO } else { usd(&unit["cost_usd"]) };
        assert_eq!(both, usd(&unit["cost_any_tier_usd"]));
        let of_tiers = |tiers: [&str; 2]| -> Money {
            let own = links[1..].iter().filter(|link| unit["landing"] == link[of_link("landing")].as_str());
            own.filter(|link| tiers.contains(&link[of_link("tier")].as_str()) && !link[of_link("cost_usd")].is_empty())
                .map(|link| Money::parse_usd(&link[of_link("cost_usd")]).expect("dollars"))
                .sum()
        };
        assert_eq!(
            of_tiers(["explicit", "strong"]),
            if cost.is_empty() { Money::ZERO } else { usd(&unit["cost_usd"]) }
        );
        assert_eq!(of_tiers(["medium", "weak"]), usd(&unit["cost_branch_only_usd"]));
    }
    assert!(pulls.iter().any(|unit| unit["cost_usd"].is_null()), "one used only models without a price");
    // All figures on pull requests are about the same ones.
    let counted: Vec<&&&Value> = pulls.iter().filter(|unit| unit["counted"] == true).collect();
    let priced: Vec<Money> =
        counted.iter().filter(|unit| !unit["cost_usd"].is_null()).map(|unit| usd(&unit["cost_usd"])).collect();
    let all = &report["pull_requests"];
    assert_eq!(all["merged"], counted.len());
    assert_eq!(all["without_price"], counted.len() - priced.len());
    let sum: Money = priced.iter().copied().sum();
    let bands = all["bands"].as_array().expect("bands");
    assert_eq!(bands.iter().map(|band| usd(&band["cost_usd"])).sum::<Money>(), sum);
    assert_eq!(bands.iter().filter_map(|band| band["linked"].as_u64()).sum::<u64>(), priced.len() as u64);
    let metric =
        |id: &str| report["metrics"].as_array().expect("metrics").iter().find(|one| one["id"] == id).expect(id);
    for id in ["cost-per-pull-request", "cost-per-pull-request-median", "cost-per-pull-request-all-in"] {
        assert_eq!(metric(id)["n"], priced.len(), "{id}");
    }
    assert_eq!(metric("cost-per-pull-request")["numerator"].to_string(), sum.to_string());
    // The page, `explain` and the comment say it of the one with the most by its branch alone.
    let most = pulls.iter().max_by_key(|unit| usd(&unit["cost_branch_only_usd"])).expect("one");
    let (cost, weaker) = (usd(&most["cost_usd"]), usd(&most["cost_branch_only_usd"]));
    let (cost, weaker) = (format!("${}", cost.to_fixed(2)), format!("${}", weaker.to_fixed(2)));
    let name = format!("acme/shop#{}", most["pull_request"]);
    let page = run(&["audit", "--example", "--details", "-q"]).stdout;
    let row =
        page.lines().find(|line| line.starts_with(&format!("#{} ", most["pull_request"])) || line.starts_with(&name));
    assert!(row.is_some_and(|row| row.contains(&cost) && row.contains(&weaker)), "{row:?}");
    let explained = run(&["explain", &name, "--example"]).stdout;
    assert!(explained.contains(&format!("Traced: {cost} in ")), "{explained}");
    assert!(explained.contains(&format!("{weaker} more by weaker evidence")), "{explained}");
    let number = most["pull_request"].to_string();
    let comment = run(&["comment", "--example", "-q", "--pull-request", &number]).stdout;
    assert!(comment.contains(&format!("This pull request cost {cost} in AI**")), "{comment}");
    assert!(comment.contains(&format!("{weaker} more is known by the branch name only")), "{comment}");
}

//! Reports in other formats say what the JSON says; two of them compare; the program describes itself to shells.

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;
use tokaudit::fate::Class;

use crate::links::world::{World, code};
use crate::program::{arg, run};

fn sheet(book: &mut Xlsx<std::io::BufReader<std::fs::File>>, name: &str) -> Vec<Vec<Data>> {
    book.worksheet_range(name).expect(name).rows().map(<[Data]>::to_vec).collect()
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

#[test]
fn a_workbook_holds_the_numbers_of_the_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (folder.path().join("a.xlsx"), folder.path().join("b.xlsx"));
    for (path, threads) in [(&first, "1"), (&second, "4")] {
        let flags = ["audit", "--example", "-q", "--format", "xlsx", "--threads", threads, "--out", arg(path)];
        assert_eq!(run(&flags).code, Some(0));
    }
    assert_eq!(std::fs::read(&first).expect("a file"), std::fs::read(&second).expect("a file"), "the same bytes");
    let report = run(&["audit", "--example", "-q", "--format", "json"]).json();
    let mut book: Xlsx<_> = calamine::open_workbook(&first).expect("a workbook");
    let metrics = sheet(&mut book, "Metrics");
    let all = report["metrics"].as_array().expect("metrics");
    assert_eq!(metrics.len(), all.len() + 1);
    for (row, metric) in metrics[1..].iter().zip(all) {
        assert_eq!(row[0].to_string(), metric["id"].as_str().expect("an id"));
        for (column, key) in [(2, "value"), (4, "numerator"), (5, "denominator"), (6, "n"), (7, "lo"), (8, "hi")] {
            let cell = match &row[column] {
                Data::Float(value) => Some(*value),
                Data::Int(value) => Some(f64::from(i32::try_from(*value).expect("small"))),
                _ => None,
            };
            assert_eq!(cell, number(&metric[key]), "{} {key}", row[0]);
        }
    }
    let bar = sheet(&mut book, "Where each dollar went");
    let mut rows = bar[1..].iter();
    let mut next = |title: &str, cost: &Value| {
        let row = rows.next().expect("a row");
        assert_eq!(row[0].to_string(), title);
        assert_eq!(row[2], Data::Float(number(cost).expect("dollars")));
    };
    for class in report["waterfall"].as_array().expect("classes") {
        let class_of = |one: &&Class| one.word() == class["class"].as_str().unwrap_or_default();
        match Class::ALL.iter().find(class_of).expect("a class") {
            Class::Unattributed => {
                next("known by branch name only", &class["by_tier"]["medium"]);
                next("other folders and sources", &class["by_tier"]["none"]);
            }
            class_known => next(class_known.title(), &class["cost_usd"]),
        }
    }
    let formulas = book.worksheet_formula("Where each dollar went").expect("formulas");
    assert!(formulas.rows().flatten().any(|formula| formula.contains("SUM(C2:C16)")), "a live sum");
    assert!(book.defined_names().iter().any(|(name, _)| name == "spend_total"));
    let data = sheet(&mut book, "Data");
    let csv = run(&["audit", "--example", "-q", "--format", "csv"]).stdout;
    assert_eq!(data.len(), csv.lines().count());
    assert!(sheet(&mut book, "Definitions").len() > 30);
}

#[test]
fn hostile_names_are_only_texts_in_a_workbook() {
    let folder = tempfile::tempdir().expect("a folder");
    let (usage, out) = (folder.path().join("usage.csv"), folder.path().join("out.xlsx"));
    let long = "x".repeat(10_000);
    let names = ["=cmd|' /C calc'!A1", "<script>alert(1)</script>", "a|b", "\u{202e}evil", &long, "[]:*?/\\"];
    let mut text = "timestamp,model,input_tokens,output_tokens,project\n".to_owned();
    for name in names {
        text += &format!("2026-05-01T09:00:00Z,claude-opus-4-6,200,0,\"{name}\"\n");
    }
    std::fs::write(&usage, text).expect("a file");
    let ran = run(&["spend", arg(&usage), "--by", "project", "--format", "xlsx", "-q", "--out", arg(&out)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let mut book: Xlsx<_> = calamine::open_workbook(&out).expect("a workbook");
    let found: Vec<String> = sheet(&mut book, "Data")[1..].iter().map(|row| row[0].to_string()).collect();
    for name in names {
        assert!(found.iter().any(|cell| cell == name), "{name}");
    }
    assert!(book.worksheet_formula("Data").expect("formulas").rows().flatten().all(String::is_empty));
}

#[test]
fn a_history_counts_every_class_of_branches_even_if_there_is_none() {
    let report = run(&["history", "--example", "-q", "--branches", "--format", "json"]).json();
    let classes =
        ["abandoned", "abandoned_of_bots", "in_flight", "in_flight_of_bots", "kept", "merged", "unknown", "unrelated"];
    for repo in report["repos"].as_array().expect("repositories") {
        let counts = repo["branches"].as_object().expect("counts by class");
        assert_eq!(counts.keys().collect::<Vec<_>>(), classes);
        assert!(counts.values().all(Value::is_u64) && counts["unrelated"] == 0);
    }
}

#[test]
fn two_audits_compare_and_other_methods_do_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    for (name, more) in
        [("all.json", &[][..]), ("april.json", &["--month", "2026-04"]), ("tokyo.json", &["--tz", "Asia/Tokyo"])]
    {
        let out = path(name);
        let flags = ["audit", "--example", "-q", "--format", "json", "--out", arg(&out)];
        assert_eq!(run(&[&flags[..], more].concat()).code, Some(0));
    }
    let compare =
        |old: &str, new: &str, format: &str| run(&["compare", arg(&path(old)), arg(&path(new)), "--format", format]);
    let same = compare("all.json", "all.json", "json");
    let rows: Value = serde_json::from_str(&same.stdout).expect("JSON");
    let rows = rows["changes"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["change"].is_null() || row["change"] == 0.0) && rows.len() > 40);
    assert!(rows.iter().any(|row| row["verdict"] == "within_noise"));
    assert!(compare("all.json", "april.json", "table").stdout.contains("associated, not caused"));
    assert!(compare("all.json", "april.json", "markdown").stdout.starts_with("| metric |"));
    assert_eq!(compare("all.json", "tokyo.json", "table").code, Some(2));
    assert_eq!(compare("all.json", "none.json", "table").code, Some(3));
}

/// Whether a line of OpenMetrics is a sample of a metric, whose name there ends in its unit.
pub(crate) fn is_sample_of(line: &str, name: &str) -> bool {
    let units = ["", "_usd", "_ratio", "_days", "_hours", "_tokens", "_lines"];
    let rest = line.split('{').next().and_then(|own| own.strip_prefix(name));
    rest.is_some_and(|rest| units.contains(&rest)) && line.contains("{from=\"") && line.contains("\",to=\"")
}

#[test]
fn gauges_hold_the_numbers_of_the_json() {
    let text = run(&["audit", "--example", "-q", "--format", "openmetrics"]).stdout;
    let report = run(&["audit", "--example", "-q", "--format", "json"]).json();
    assert!(text.ends_with("# EOF\n"));
    let mut known = 0;
    for metric in report["metrics"].as_array().expect("metrics") {
        let name = format!("tokaudit_{}", metric["id"].as_str().expect("an id").replace('-', "_"));
        let line = text.lines().find(|line| is_sample_of(line, &name)).and_then(|line| line.rsplit(' ').next());
        assert_eq!(line.map(|value| value.parse().expect("a number")), number(&metric["value"]), "{name}");
        known += usize::from(line.is_some());
    }
    assert!(known > 20, "{known}");
}

#[test]
fn shells_and_man_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(&["completions", shell]);
        assert!(ran.code == Some(0) && ran.stdout.contains("off-task"), "{shell}");
    }
    let page = run(&["man"]).stdout;
    assert!(page.contains(".TH") && page.contains("compare"), "{page}");
}

#[test]
fn a_pull_request_gets_a_comment_only_above_the_limit() {
    let report = run(&["audit", "--example", "-q", "--format", "json"]).json();
    let units = report["units"].as_array().expect("units");
    let unit = units.iter().find(|unit| unit["pull_request"] == 20).expect("a pull request");
    let cost: f64 = number(&unit["cost_usd"]).expect("dollars");
    let comment = |more: &[&str]| run(&[&["comment", "--example", "-q"], more].concat());
    let said = comment(&["--pull-request", "20"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let begun = format!("<!-- tokaudit -->\n**This pull request cost ${cost:.2} in AI**, ");
    assert!(said.stdout.starts_with(&begun), "{}", said.stdout);
    assert!(said.stdout.contains(" for 30 to 99 lines ("), "{}", said.stdout);
    // Sessions, models and commits each sum to the whole, to the cents that are shown.
    for what in ["session", "model", "commit"] {
        let rows = said.stdout.lines().filter(|line| line.starts_with(&format!("| {what} |")));
        let dollars = rows.filter_map(|line| line.split(" | ").nth(2)?.trim_start_matches('$').parse::<f64>().ok());
        assert!((dollars.sum::<f64>() - cost).abs() < 0.02, "{what}: {}", said.stdout);
    }
    assert_eq!(comment(&["--pull-request", "20", "--min-usd", "1000"]).stdout, "");
    assert_eq!(comment(&["--pull-request", "999999"]).stdout, "");
    let open = comment(&["--head", "spike/graphql"]).stdout;
    assert!(open.contains("cost $1.31 in AI so far.**") && open.contains("; $0.07 more is known by "), "{open}");
    assert_eq!(run(&["comment", "--example"]).code, Some(2));
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("tokaudit.toml");
    for (least, is_silent) in [("1000", true), ("0.01", false), ("\"x\"", false)] {
        std::fs::write(&config, format!("[comment]\nmin_usd = {least}\n")).expect("a configuration");
        let ran = comment(&["--pull-request", "20", "--config", arg(&config)]);
        assert_eq!(ran.code, Some(if least == "\"x\"" { 2 } else { 0 }), "{}", ran.stderr);
        assert_eq!(ran.stdout.is_empty(), is_silent || ran.code != Some(0), "{least}");
    }
}

#[test]
fn one_of_a_thing_is_not_written_in_the_plural() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 8));
    world.commit(10, "dana", "Add alpha");
    world.edit("dana-one", 5, "main", "a.rs", &code("alpha", 8));
    let (logs, repository) = (world.logs(), world.repository());
    let audit = ["audit", arg(&logs), "--repo", arg(&repository), "--as-of", "2026-05-05", "--no-cache", "-q"];
    let pages = [
        run(&audit),
        run(&[&audit[..], &["--details"]].concat()),
        run(&[&audit[..], &["--format", "html"]].concat()),
        run(&["history", arg(&repository), "--no-cache"]),
        run(&["spend", arg(&logs), "-q"]),
    ];
    let mut ones = 0;
    for page in pages {
        assert_eq!(page.code, Some(0), "{}", page.stderr);
        let words: Vec<&str> = page.stdout.split_whitespace().collect();
        for pair in words.windows(2).filter(|pair| pair[0] == "1") {
            let noun =
                pair[1].split('<').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_punctuation());
            let is_verb = ["is", "was", "has", "needs"].contains(&noun);
            assert!(is_verb || !noun.ends_with('s'), "1 {noun}: {}", page.stdout);
            ones += 1;
        }
    }
    assert!(ones >= 4, "{ones} counts of one thing");
}

#[test]
fn survival_is_known_by_month_and_folder_where_enough_lines_were_watched() {
    let report = run(&["history", "--example", "-q", "--format", "json"]).json();
    let repos = report["repos"].as_array().expect("repositories");
    for key in ["by_month", "by_path"] {
        let groups = || repos.iter().flat_map(|repo| repo[key].as_array().expect("groups"));
        let at_14 = |group: &Value| -> (bool, u64) {
            let point = group["survival"].as_array().expect("days").iter().find(|one| one["days"] == 14);
            let watched = group["churn"].as_array().expect("days").iter().find(|one| one["days"] == 14);
            let known = point.is_some_and(|point| point["alive"].is_number());
            (known, watched.and_then(|churn| churn["born"].as_u64()).expect("lines"))
        };
        assert!(groups().all(|group| at_14(group).0 == (at_14(group).1 >= 100)), "{key}");
        assert!(groups().any(|group| at_14(group).0) && groups().any(|group| !at_14(group).0), "{key}");
    }
}

//! The same reports in every format: empty, ordinary, unpriced, huge, and with hostile names. What can be read back is read
//! back and says what the JSON says; no name does harm.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;
use tokaudit::model::money::Money;
use tokaudit::report::page::dollars;
use tokaudit::report::render::RENDERERS;

use crate::program::{arg, command, finish};

/// Names that mean something to one format or another.
fn hostile() -> Vec<String> {
    let mut names: Vec<String> = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><b>bold</b>",
        "=cmd|' /C calc'!A1",
        "+1+1",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "a|b|c",
        "line one\nline two\r\n| x | y |",
        "\u{202e}evil\u{2066}",
        "\u{1b}[31mred\u{7}",
        "`code` **bold** [link](http://example.org) #1 @team",
        "--> <!-- ]]> %0A::error::x",
        "quote\"back\\slash{x=\"1\"}",
        "日本語の名前",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("x".repeat(10_000));
    names.push("<".repeat(10_000));
    names
}

struct Case {
    name: &'static str,
    arguments: Vec<String>,
}

/// Usage with one column of names in every place that takes one.
fn usage(folder: &Path, file: &str, rows: &[(String, &str)]) -> PathBuf {
    let path = folder.join(file);
    let header = ["timestamp", "model", "input_tokens", "output_tokens", "project", "branch", "session_id", "user"];
    let mut writer = csv::Writer::from_path(&path).expect("a file");
    writer.write_record(header.iter().chain(&["team", "tag", "client_version", "provider"])).expect("a row");
    for (at, (name, model)) in rows.iter().enumerate() {
        let day = format!("2026-05-{:02}T{:02}:{:02}:00Z", 1 + at / 1440 % 28, at / 60 % 24, at % 60);
        let model = if model.is_empty() { name.as_str() } else { model };
        let cells = [&day, model, "1000", "10", name, name, name, name, name, name, name, "anthropic"];
        writer.write_record(cells).expect("a row");
    }
    writer.flush().expect("a file");
    path
}

fn cases(folder: &Path) -> Vec<Case> {
    let case = |name, words: &[&str]| Case { name, arguments: words.iter().map(|word| (*word).to_owned()).collect() };
    let huge: Vec<(String, &str)> = (0..5_000).map(|at| (format!("name-{at}"), "claude-opus-4-6")).collect();
    let mut odd: Vec<(String, &str)> = hostile().into_iter().map(|name| (name, "claude-opus-4-6")).collect();
    odd.extend(hostile().into_iter().map(|name| (name, "")));
    let unpriced =
        usage(folder, "unpriced.csv", &[("one".to_owned(), "nobody-knows-1"), ("two".to_owned(), "nobody-knows-2")]);
    let (huge, odd) = (usage(folder, "huge.csv", &huge), usage(folder, "hostile.csv", &odd));
    let repo = folder.join("none");
    std::fs::create_dir_all(&repo).expect("a folder");
    let mut all =
        vec![case("empty", &["audit", "--example", "--month", "2020-01"]), case("ordinary", &["audit", "--example"])];
    for (name, path) in [("unpriced", &unpriced), ("huge", &huge), ("hostile", &odd)] {
        all.push(case(name, &["audit", arg(path), "--as-of", "2026-06-30"]));
        let by = ["--by", "project", "--by", "model", "--by", "session", "--by", "user"];
        let spend = [&["spend", arg(path), "--as-of", "2026-06-30"][..], &by[..]].concat();
        all.push(case(if name == "huge" { "huge spend" } else { "spend" }, &spend));
    }
    all
}

/// The report in a format, made in a folder without a repository.
fn render(folder: &Path, case: &Case, format: &str) -> Vec<u8> {
    render_with(folder, case, format, &[])
}

fn render_with(folder: &Path, case: &Case, format: &str, flags: &[&str]) -> Vec<u8> {
    let out = folder.join("out");
    let mut arguments: Vec<&str> = case.arguments.iter().map(String::as_str).chain(flags.iter().copied()).collect();
    arguments.extend(["-q", "--format", format, "--out", arg(&out)]);
    let ran = finish(command(&arguments).current_dir(folder.join("none")));
    assert_eq!(ran.code, Some(0), "{} {format}: {}", case.name, ran.stderr);
    std::fs::read(out).expect("a report")
}

#[test]
fn every_report_passes_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    for case in cases(folder.path()) {
        let said = render(folder.path(), &case, "json");
        let document: Value = serde_json::from_slice(&said).expect("JSON");
        let about = format!("{} {}", case.name, case.arguments[0]);
        for renderer in RENDERERS {
            let bytes = render(folder.path(), &case, renderer.id());
            let text = || String::from_utf8(bytes.clone()).expect("UTF-8");
            match renderer.id() {
                "json" => crate::schema::check(&case.arguments[0], &document),
                "table" => check_page(&about, &text()),
                "csv" => check_csv(&about, &text(), &document),
                "markdown" => {
                    check_summary(&about, &text(), &document);
                    let whole = render_with(folder.path(), &case, "markdown", &["--details"]);
                    check_markdown(&about, &String::from_utf8(whole).expect("UTF-8"), &document);
                }
                "html" => check_html(&about, &text(), &document),
                "openmetrics" => check_gauges(&about, &text()),
                "xlsx" => check_workbook(&about, bytes, &document, &render(folder.path(), &case, "csv")),
                new => panic!("say here what {new} must hold"),
            }
        }
    }
}

fn check_page(about: &str, text: &str) {
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!turns && (c == '\n' || !c.is_control()), "{about}: {c:?} on the page");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 600), "{about}: an endless line");
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn records(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn check_csv(about: &str, text: &str, document: &Value) {
    let rows = records(text);
    for cell in rows.iter().flat_map(|row| row.values()) {
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
        assert!(!formula, "{about}: {cell}");
    }
    let Some(metrics) = document["metrics"].as_array() else {
        let cost = |row: &BTreeMap<String, String>| Money::parse_usd(&row["cost_usd"]).ok();
        let sum: Money = rows.iter().filter_map(cost).sum();
        let total = document["totals"]["cost_usd"].as_str().unwrap_or("0");
        assert_eq!(sum.to_string(), total, "{about}");
        assert_eq!(rows.len(), document["rows"].as_array().expect("rows").len(), "{about}");
        return;
    };
    for metric in metrics {
        let row =
            rows.iter().find(|row| row["scope_type"] == "all" && row["metric"] == metric["id"].as_str().expect("id"));
        let row = row.expect("a row for every metric");
        for key in ["value", "lo", "hi", "n", "coverage"] {
            assert_eq!(row[key].parse().ok(), number(&metric[key]), "{about}: {key} of {}", metric["id"]);
        }
    }
    for (key, groups) in document["spend_by"].as_object().expect("groups") {
        let spend = rows.iter().filter(|row| &row["scope_type"] == key && row["metric"] == "spend");
        let said: Vec<Option<Money>> = spend.map(|row| Money::parse_usd(&row["value"]).ok()).collect();
        let known = groups.as_array().expect("rows").iter().map(|row| Money::parse_usd(row["cost_usd"].as_str()?).ok());
        assert_eq!(said, known.collect::<Vec<_>>(), "{about}: {key}");
    }
}

/// The cells of a table of Markdown.
fn cells(line: &str) -> Vec<String> {
    let bare = line.replace("\\|", "\u{0}");
    bare.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
}

/// Markdown that is safe to post, with whole tables.
fn check_marks(about: &str, text: &str) {
    assert!(text.starts_with("<!-- tokaudit -->\n") && text.len() < 65_536, "{about}: {} bytes", text.len());
    let lines: Vec<&str> = text.lines().collect();
    for pair in lines.windows(2).filter(|pair| pair[0].starts_with('|') && pair[1].starts_with('|')) {
        assert_eq!(cells(pair[0]).len(), cells(pair[1]).len(), "{about}: {pair:?}");
    }
    let tags = ["<!-- tokaudit -->", "<details>", "<summary>", "</summary>", "</details>"];
    let bare = tags.iter().fold(text.to_owned(), |text, tag| text.replace(tag, ""));
    assert!(!bare.contains(['<', '@', '\u{1b}', '\u{202e}']), "{about}: mark-up");
}

/// The rows of what the spend became sum to it and are those of the document.
fn check_summary(about: &str, text: &str, document: &Value) {
    check_marks(about, text);
    if document["coverage"].is_null() || document["totals"]["records"] == 0 {
        return;
    }
    let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
    for class in document["waterfall"].as_array().expect("classes") {
        let tone = if class["class"] == "unattributed" { "untraced" } else { class["tone"].as_str().expect("a tone") };
        *sums.entry(tone).or_default() +=
            Money::parse_usd(class["cost_usd"].as_str().expect("dollars")).expect("dollars");
    }
    let rows = text.lines().skip_while(|line| !line.starts_with("| what it became")).skip(2).map(cells);
    let shown: Vec<String> = rows.take_while(|row| row.len() == 4).map(|row| row[1].clone()).collect();
    let wanted = ["value", "neutral", "avoidable", "open", "untraced"].map(|tone| dollars(sums[tone]));
    assert_eq!(shown, wanted, "{about}");
}

fn check_markdown(about: &str, text: &str, document: &Value) {
    check_marks(about, text);
    let lines: Vec<&str> = text.lines().collect();
    // The rows of the bar are read back.
    for class in document["waterfall"].as_array().into_iter().flatten() {
        let parts = class["by_tier"].as_object().expect("tiers").values();
        let costs: Vec<&Value> = match class["class"] == "unattributed" {
            true => parts.collect(),
            false => vec![&class["cost_usd"]],
        };
        for cost in costs {
            let cost = Money::parse_usd(cost.as_str().expect("dollars")).expect("dollars");
            let row = lines.iter().skip_while(|line| !line.ends_with("Where each $1 went")).map(|line| cells(line));
            let found = row.filter(|row| row.len() == 5 && row[1] == dollars(cost)).count();
            assert!(found > 0 || cost == Money::ZERO || document["coverage"].is_null(), "{about}: {}", class["class"]);
        }
    }
}

/// The tags of a page that begin one element each, such as `<td class="n">`, with the text up to the next tag.
fn html_cells(row: &str) -> Vec<(String, Option<String>)> {
    let cells = row.split("<td").skip(1).map(|cell| {
        let (tag, rest) = cell.split_once('>').unwrap_or((cell, ""));
        let exact = tag.split_once("data-v=\"").and_then(|(_, rest)| rest.split_once('"'));
        let text = rest.split('<').next().unwrap_or_default();
        (text.to_owned(), exact.map(|(value, _)| value.to_owned()))
    });
    cells.collect()
}

/// The rows of the table with an id.
fn html_rows<'a>(text: &'a str, id: &str) -> Vec<&'a str> {
    let table = text.split_once(&format!(" id=\"{id}\" aria-labelledby")).map_or("", |(_, rest)| rest);
    table.split("</table>").next().unwrap_or_default().split("<tr").skip(2).collect()
}

/// The dollars of all cells of a row that have them first.
fn dollars_of(rows: &[&str], column: usize) -> Money {
    let exact = |row: &&str| Money::parse_usd(html_cells(row).get(column)?.1.as_deref()?).ok();
    rows.iter().filter_map(exact).sum()
}

fn check_html(about: &str, text: &str, document: &Value) {
    assert!(text.len() < 700_000, "{about}: {} bytes", text.len());
    assert!(
        text.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"),
        "{about}"
    );
    assert_eq!(["<script", "<style"].map(|tag| text.matches(tag).count()), [1, 1], "{about}");
    for tag in ["img", "iframe", "link", "object", "b>bold", "a href=\"http"] {
        assert!(!text.contains(&format!("<{tag}")), "{about}: <{tag}");
    }
    assert!(!text.contains(" style=") && !text.contains("=\"http"), "{about}: a style or an address");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains('\u{202e}'), "{about}: marks");
    check_anchors(about, text);
    for metric in document["metrics"].as_array().into_iter().flatten() {
        let id = metric["id"].as_str().expect("an id");
        let row = text.split_once(&format!(" id=\"m-{id}\">")).map(|(_, rest)| rest).expect(id);
        let cells = html_cells(row.split("</tr>").next().unwrap_or_default());
        let exact = cells[0].1.as_deref().and_then(|value| value.parse::<f64>().ok());
        assert_eq!(exact, number(&metric["value"]), "{about}: value of {id}");
        assert_eq!(cells[2].0.replace(',', "").parse().ok(), number(&metric["n"]), "{about}: n of {id}");
    }
    let total = document["totals"]["cost_usd"].as_str().unwrap_or("0");
    if document["metrics"].is_array() {
        for (id, column) in [("models", 0), ("repos", 0), ("work", 0), ("branches", 0), ("sessions", 0)] {
            let rows = html_rows(text, id);
            let sum = dollars_of(&rows, column).to_string();
            assert!(rows.is_empty() || sum == total, "{about}: {id} sums to {sum}");
        }
    }
    if let Some(rows_said) = document["rows"].as_array() {
        // What does not fit is one row, so that the column still sums to the total.
        let rows: Vec<&str> = text.split("<tr").skip(1).collect();
        assert_eq!(dollars_of(&rows, 4).to_string(), total, "{about}: {} rows", rows_said.len());
    }
}

/// Every link within the page leads somewhere, and no place has two names.
fn check_anchors(about: &str, text: &str) {
    let values = |attribute: &str| -> Vec<String> {
        let begin = format!(" {attribute}=\"");
        text.split(&begin).skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
    };
    let ids = values("id");
    let known: std::collections::BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(ids.len(), known.len(), "{about}: an id twice");
    for href in values("href") {
        assert!(href.strip_prefix('#').is_some_and(|id| known.contains(id)), "{about}: {href}");
    }
    for named in [values("for"), values("aria-labelledby")].concat() {
        assert!(known.contains(named.as_str()), "{about}: {named}");
    }
}

fn check_gauges(about: &str, text: &str) {
    assert!(text.ends_with("# EOF\n"), "{about}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').expect("a value");
        assert!(value.parse::<f64>().is_ok() && name.starts_with("tokaudit_"), "{about}: {line}");
    }
}

fn check_workbook(about: &str, bytes: Vec<u8>, document: &Value, csv: &[u8]) {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a workbook");
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).expect("formulas");
        let own = |formula: &str| {
            formula.is_empty() || ["SUM(C", "IF(ABS(C", "SUBTOTAL(109,"].iter().any(|start| formula.starts_with(start))
        };
        assert!(formulas.rows().flatten().all(|formula| own(formula)), "{about}: a formula in {name}");
    }
    let float = |cell: &Data| match cell {
        Data::Float(value) => Some(*value),
        Data::Int(value) => i32::try_from(*value).ok().map(f64::from),
        _ => None,
    };
    if let Some(metrics) = document["metrics"].as_array() {
        let sheet = book.worksheet_range("Metrics").expect("metrics");
        for (row, metric) in sheet.rows().skip(1).zip(metrics) {
            for (at, key) in [(2, "value"), (4, "numerator"), (5, "denominator"), (6, "n"), (7, "lo"), (8, "hi")] {
                assert_eq!(float(&row[at]), number(&metric[key]), "{about}: {key} of {}", metric["id"]);
            }
        }
    }
    let data = book.worksheet_range("Data").expect("data");
    let csv = records(std::str::from_utf8(csv).expect("UTF-8"));
    assert_eq!(data.rows().count(), csv.len() + 1, "{about}");
    let names: Vec<String> = data.rows().next().expect("a header").iter().map(ToString::to_string).collect();
    for (row, said) in data.rows().skip(1).zip(&csv) {
        for (name, cell) in names.iter().zip(row) {
            let text = &said[name];
            if let Data::DateTime(day) = cell {
                // Days are counted from the end of 1899.
                let origin = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).expect("a day");
                let days = format!("{:.0}", day.as_f64()).parse().expect("whole days");
                assert_eq!((origin + chrono::TimeDelta::days(days)).to_string(), *text, "{about}: {name}");
                continue;
            }
            match float(cell) {
                Some(value) => assert_eq!(text.parse().ok(), Some(value), "{about}: {name}"),
                // The apostrophe of CSV and control characters are the only differences.
                None => {
                    let plain = |text: &str| text.trim_start_matches('\'').replace(|c: char| c.is_control(), " ");
                    assert_eq!(plain(&cell.to_string()), plain(text), "{about}: {name}");
                }
            }
        }
    }
}

#[test]
fn hostile_names_do_no_harm_to_gates_and_their_outputs() {
    use tokaudit::gate::{Judgement, Outcome, annotations, junit, lines, markdown};
    for name in hostile() {
        let one = |outcome| Judgement {
            id: name.clone(),
            metric: name.clone(),
            scope: Some(name.clone()),
            outcome,
            value: None,
            why: name.clone(),
        };
        let judged = [one(Outcome::Fail), one(Outcome::Insufficient), one(Outcome::Pass)];
        let xml = junit(&judged);
        assert_eq!(xml.matches("<testcase ").count(), 3, "{name}");
        assert!(!xml.contains("<script") && !xml.contains("<img") && !xml.contains('\u{1b}'), "{name}");
        // One line a gate that does not pass; nothing in it begins another command.
        let said = annotations(&judged);
        assert_eq!(said.lines().count(), 2, "{name}");
        assert!(said.lines().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")), "{name}");
        assert_eq!(lines(&judged).lines().count(), 3, "{name}");
        let table = markdown(&judged);
        assert!(table.lines().all(|line| cells(line).len() == 4) && table.lines().count() == 5, "{name}: {table}");
        assert!(!table.contains(['<', '@', '\u{1b}', '\u{202e}']), "{name}");
    }
}

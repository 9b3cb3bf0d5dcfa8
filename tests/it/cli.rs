//! The command line: streams, exit codes, hints, and that no text of a log gets out.

use std::io::Read;
use std::process::Stdio;

use serde_json::Value;
use sha2::Digest as _;
use tokaudit::model::money::Money;

use crate::program::{arg, claude_line, clean, command, finish, run};

const COMMANDS: &[&str] = &["audit", "spend", "history", "sources", "ledger", "explain"];

#[test]
fn help_and_version_go_to_standard_output() {
    for arguments in
        [vec!["--help"], vec!["--version"]].into_iter().chain(COMMANDS.iter().map(|name| vec![*name, "--help"]))
    {
        let ran = run(&arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}");
        assert!(ran.stdout.len() > 10 && ran.stderr.is_empty(), "{arguments:?}");
    }
    let help = run(&["spend", "--help"]).stdout;
    assert!(
        help.contains("explain formats") && !help.contains("claude-code"),
        "a list of all formats fills the screen"
    );
    assert!(run(&["completions", "bash"]).stdout.contains("claude-code"));
    assert!(run(&["--help"]).stdout.contains("tokaudit audit --example"));
}

#[test]
fn a_slip_of_the_keyboard_is_met_with_the_right_word() {
    let flag = run(&["spend", "--bye", "day"]);
    assert!(flag.code == Some(2) && flag.stderr.contains("--by"), "{}", flag.stderr);
    let word = run(&["spnd"]);
    assert!(word.code == Some(2) && word.stderr.contains("tokaudit spend"), "{}", word.stderr);
    let topic = run(&["explain", "format"]);
    assert!(topic.code == Some(2) && topic.stderr.contains("explain formats"), "{}", topic.stderr);
    let format = run(&["spend", "--as", "claude-cod"]);
    assert!(format.code == Some(2) && format.stderr.contains("'claude-code'"), "{}", format.stderr);
    let zone = run(&["spend", "--example", "--tz", "Berlin"]);
    assert!(zone.code == Some(2) && zone.stderr.contains("Europe/Berlin"), "{}", zone.stderr);
    let month = run(&["spend", "--example", "--month", "May"]);
    assert!(month.code == Some(2) && month.stderr.contains("2026-05"), "{}", month.stderr);
}

#[test]
fn without_logs_and_without_a_repository_it_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut bare = command(&[]);
    let ran = finish(bare.current_dir(folder.path()).env("HOME", folder.path()));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), ""));
    assert!(ran.stderr.contains(".claude/projects") && ran.stderr.contains("--example"), "{}", ran.stderr);
    let mut history = command(&["history"]);
    let ran = finish(history.current_dir(folder.path()).env("HOME", folder.path()));
    assert!(ran.code == Some(2) && ran.stderr.contains("tokaudit history PATH"), "{}", ran.stderr);
    // With logs and no repository the page stands, and says what is missing.
    std::fs::write(folder.path().join("log.jsonl"), claude_line("a")).expect("a file");
    let mut audit = command(&["audit", "log.jsonl"]);
    let ran = finish(audit.current_dir(folder.path()).env("HOME", folder.path()));
    assert!(ran.code == Some(0) && ran.stdout.contains("pass --repo PATH"), "{}", ran.stdout);
}

#[test]
fn an_empty_month_says_what_the_logs_hold() {
    let ran = run(&["audit", "--example", "--month", "2020-01"]);
    assert_eq!(ran.code, Some(0));
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("The logs run from 2 March 2026 to 14 May 2026."), "{said}");
    assert_eq!(run(&["audit", "--example", "--month", "2020-01", "--strict", "-q"]).code, Some(4));
}

#[test]
fn the_report_alone_is_on_standard_output() {
    for format in ["json", "csv"] {
        let ran = run(&["spend", "--example", "--format", format]);
        assert!(ran.code == Some(0) && !ran.stdout.contains("warning:"), "{format}");
        assert!(ran.stderr.contains("warning: 31 × records have no list price"), "{}", ran.stderr);
        assert!(run(&["spend", "--example", "--format", format, "-q"]).stderr.is_empty());
    }
    let page = run(&["audit", "--example", "--details"]);
    assert!(page.stderr.is_empty() && page.stdout.contains("no list price"), "{}", page.stderr);
    assert!(!page.stdout.contains('\u{1b}'), "no colour in a pipe");
    assert!(run(&["audit", "--example", "--color", "always"]).stdout.contains('\u{1b}'));
}

#[test]
fn a_page_keeps_within_its_width() {
    for width in ["72", "80", "100", "160"] {
        let ran = finish(command(&["audit", "--example"]).env("COLUMNS", width));
        let limit: usize = width.parse().expect("a number");
        for line in ran.stdout.lines().filter(|line| !line.contains(".jsonl:")) {
            assert!(line.chars().count() <= limit, "{width}: {line}");
        }
    }
}

#[test]
fn a_page_is_ascii_where_asked_and_has_no_more_than_sixteen_colours() {
    let plain = finish(command(&["audit", "--example", "--ascii"]).env("COLUMNS", "80")).stdout;
    assert!(plain.is_ascii() && plain.contains("####"), "{plain}");
    assert!(plain.contains("code that lasted"), "names are shown before bars: {plain}");
    let colored = run(&["audit", "--example", "--color", "always"]).stdout;
    for code in colored.split("\u{1b}[").skip(1).filter_map(|rest| rest.split_once('m')) {
        assert!(code.0.split(';').all(|part| part != "38" && part != "48"), "{code:?}");
    }
}

#[test]
fn the_csv_sums_to_the_totals() {
    let ran = run(&["spend", "--example", "--by", "project", "--by", "month", "--format", "csv", "-q"]);
    let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
    let headers = reader.headers().expect("a header").clone();
    let column = |name: &str| headers.iter().position(|header| header == name).expect("a column");
    let (cost, output) = (column("list_cost_usd"), column("output"));
    let (mut dollars, mut tokens) = (Money::ZERO, 0);
    for record in reader.records() {
        let record = record.expect("a row");
        if !record[cost].is_empty() {
            dollars += Money::parse_usd(&record[cost]).expect("money");
        }
        tokens += record[output].parse::<u64>().unwrap_or(0);
    }
    let totals: Value = run(&["spend", "--example", "--format", "json", "-q"]).json()["totals"].clone();
    assert_eq!(totals["list_cost_usd"], dollars.to_string());
    assert_eq!(totals["tokens"]["output"], tokens);
}

#[test]
fn the_example_is_the_same_to_the_byte() {
    for arguments in [
        vec!["audit", "--example"],
        vec!["audit", "--example", "--format", "json"],
        vec!["audit", "--example", "--format", "csv"],
        vec!["spend", "--example", "--by", "session"],
        vec!["sources", "--example", "--format", "json"],
        vec!["ledger", "--example"],
        vec!["ledger", "--example", "--table", "sessions", "--format", "csv"],
        vec!["ledger", "--example", "--table", "commits"],
        vec!["history", "--example", "--format", "json"],
    ] {
        let (first, second) = (run(&arguments), run(&arguments));
        assert_eq!(first.code, Some(0), "{arguments:?}: {}", first.stderr);
        assert!(!first.stdout.is_empty());
        assert_eq!((first.stdout, first.stderr), (second.stdout, second.stderr), "{arguments:?}");
    }
}

#[test]
fn a_bad_place_for_the_report_fails_before_the_work() {
    // Folders are made, but not below a file.
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml/report.txt");
    let ran = run(&["audit", "--example", "--out", arg(&path)]);
    assert!(ran.code == Some(2) && ran.stderr.contains("Cargo.toml/report.txt"), "{}", ran.stderr);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    for arguments in [vec!["ledger", "--example"], vec!["ledger", "--example", "--format", "csv"]] {
        let mut child =
            command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut stdout = child.stdout.take().expect("a pipe");
        let mut some = [0; 64];
        assert!(stdout.read(&mut some).expect("some bytes") > 0);
        drop(stdout);
        let output = child.wait_with_output().expect("the program ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("Broken pipe"), "{arguments:?}: {said}");
    }
}

#[test]
fn a_run_asks_the_network_for_nothing() {
    // strace shows every socket that a run opens, by any library.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let trace = folder.path().join("trace");
    let mut strace = clean("strace");
    strace.args([
        "-f",
        "-e",
        "trace=socket,connect",
        "-o",
        arg(&trace),
        env!("CARGO_BIN_EXE_tokaudit"),
        "audit",
        "--example",
    ]);
    match strace.output() {
        Ok(output) if output.status.success() => {
            let calls = std::fs::read_to_string(&trace).expect("a trace");
            assert!(!calls.contains("socket(") && !calls.contains("connect("), "{calls}");
        }
        _ => crate::skip::skip("strace", "a look at the sockets that a run opens"),
    }
}

#[test]
fn no_text_of_a_log_gets_out() {
    const SECRET: &str = "canary-7f3a";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let answer = claude_line("a").replace("\"Done.\"", &format!(
        "[{{\"type\":\"text\",\"text\":\"{SECRET}\"}},{{\"type\":\"thinking\",\"thinking\":\"{SECRET}\"}},\
         {{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"Bash\",\"input\":{{\"command\":\"git commit -m {SECRET}\"}}}},\
         {{\"type\":\"tool_use\",\"id\":\"t2\",\"name\":\"Edit\",\"input\":{{\"file_path\":\"src/a.rs\",\
         \"old_string\":\"x\",\"new_string\":\"{SECRET}\"}}}}]"
    ));
    let prompt = format!(
        "{{\"type\":\"user\",\"sessionId\":\"s\",\"uuid\":\"p\",\"timestamp\":\"2026-05-04T08:59:00Z\",\
         \"message\":{{\"role\":\"user\",\"content\":\"{SECRET}\"}}}}\n"
    );
    let result = format!(
        "{{\"type\":\"user\",\"sessionId\":\"s\",\"uuid\":\"q\",\"timestamp\":\"2026-05-04T09:00:10Z\",\
         \"message\":{{\"role\":\"user\",\"content\":[{{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\
         \"content\":\"[main 1a2b3c4] {SECRET}\"}}]}}}}\n"
    );
    let damaged = format!("{{\"type\":\"user\",\"message\":{{\"content\":\"{SECRET}\n");
    let summary = format!("{{\"type\":\"summary\",\"summary\":\"{SECRET}\",\"leafUuid\":\"x\"}}\n");
    let claude = folder.path().join("claude.jsonl");
    std::fs::write(&claude, format!("{summary}{prompt}{answer}{result}{damaged}")).expect("a file");
    let codex = folder.path().join("codex.jsonl");
    let stamp = "\"timestamp\":\"2026-05-04T10:00:00Z\"";
    std::fs::write(
        &codex,
        format!(
            "{{{stamp},\"type\":\"session_meta\",\"payload\":{{\"id\":\"c\",\"instructions\":\"{SECRET}\"}}}}\n\
             {{{stamp},\"type\":\"event_msg\",\"payload\":{{\"type\":\"user_message\",\"message\":\"{SECRET}\"}}}}\n\
             {{{stamp},\"type\":\"response_item\",\"payload\":{{\"type\":\"custom_tool_call\",\"name\":\"apply_patch\",\
             \"call_id\":\"c1\",\"input\":\"*** Begin Patch\\n*** Add File: b.md\\n+{SECRET}\\n*** End Patch\"}}}}\n\
             {{{stamp},\"type\":\"event_msg\",\"payload\":{{\"type\":\"token_count\",\"info\":{{\"last_token_usage\":\
             {{\"input_tokens\":5,\"output_tokens\":1}}}}}}}}\n"
        ),
    )
    .expect("a file");
    let logs = arg(folder.path());
    let mut runs: Vec<Vec<&str>> = vec![vec!["ledger", logs, "--table", "sessions", "-v"], vec!["ledger", logs, "-v"]];
    for name in ["audit", "spend", "sources"] {
        runs.extend(["table", "json", "csv"].map(|format| vec![name, logs, "--format", format, "-v"]));
    }
    for arguments in runs {
        let ran = run(&arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{arguments:?}");
    }
    // The facts were read all the same.
    let sessions = run(&["ledger", logs, "--table", "sessions", "-q"]).stdout;
    let claude: Value = sessions
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .find(|s: &Value| s["session_id"] == "s")
        .expect("a session");
    assert_eq!((&claude["prompts"], &claude["edits"], &claude["commits"]), (&1.into(), &1.into(), &"1a2b3c4".into()));
    let codex: Value = sessions
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .find(|s: &Value| s["session_id"] == "c")
        .expect("a session");
    assert_eq!((&codex["prompts"], &codex["edits"], &codex["added_lines"]), (&1.into(), &1.into(), &1.into()));
}

/// 32 bytes in base64, six bits at a time.
fn base64(bytes: &[u8]) -> String {
    let letters: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect::<String>() + "00";
    let six = |at: usize| usize::from_str_radix(&bits[at..at + 6], 2).expect("bits");
    (0..bits.len()).step_by(6).map(|at| letters[six(at)]).collect::<String>() + "="
}

/// Nothing on the page can load anything, and nothing can run but what its policy names by hash.
#[test]
fn a_page_of_html_holds_everything_and_runs_its_own_script_alone() {
    let page = run(&["audit", "--example", "-q", "--format", "html"]).stdout;
    assert!(page.starts_with("<!DOCTYPE html>") && page.len() < 400_000, "{} bytes", page.len());
    assert_eq!(page, run(&["audit", "--example", "-q", "--format", "html"]).stdout);
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
    let inside = |tag: &str| {
        let (_, rest) = page.split_once(&format!("<{tag}>")).expect("an element without attributes");
        rest.split_once(&format!("</{tag}>")).expect("its end").0
    };
    let hash = |tag: &str| base64(&sha2::Sha256::digest(inside(tag)));
    let wanted = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash("style"),
        hash("script")
    );
    assert_eq!(policy, Some(wanted.as_str()));
    for forbidden in
        ["<link", "<img", "<iframe", " src=", "@import", "javascript:", "http://", "https://", " style=", " onclick="]
    {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let document = run(&["audit", "--example", "-q", "--format", "json"]).json();
    let summary = run(&["audit", "--example", "-q", "--format", "markdown"]).stdout;
    assert!(summary.starts_with("<!-- tokaudit -->\n### Of each dollar") && summary.lines().count() <= 60, "{summary}");
    let markdown = run(&["audit", "--example", "-q", "--format", "markdown", "--details"]).stdout;
    assert!(markdown.starts_with("<!-- tokaudit -->\n## "));
    let mut told = 0;
    for class in document["waterfall"].as_array().expect("classes") {
        let cost: f64 = class["cost_usd"].as_str().expect("an amount").parse().expect("a number");
        if cost >= 0.01 {
            told += 1;
            let shown = format!("${cost:.2}");
            assert!(page.contains(&shown) && markdown.contains(&shown), "{shown}");
        }
    }
    assert!(told > 5);
}

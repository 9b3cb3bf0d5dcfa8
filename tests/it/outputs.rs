//! Outputs: whole or not at all, in their place, in their format, and never over what the run reads.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::program::{arg, claude_line, command, git_output, run};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file")
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

#[test]
fn a_run_that_fails_leaves_the_old_report() {
    let folder = Folder::new();
    let out = folder.write("report.json", "old");
    let (missing, config) = (folder.path("none.jsonl"), folder.path("none.toml"));
    let (missing, config, out) = (arg(&missing), arg(&config), arg(&out));
    for (arguments, code) in [
        (&["audit", missing, "--format", "json", "--out", out][..], 3),
        (&["spend", missing, "--config", config, "--out", out], 2),
        (&["ledger", missing, "--out", out], 3),
        (&["gate", missing, "--policy", config, "--out", out], 3),
        (&["compare", missing, missing, "--out", out], 3),
        (&["classify", missing, "--out", out], 3),
        (&["audit", missing, "--format", "csv,json", "--out", arg(folder.0.path())], 3),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
        assert_eq!(folder.read("report.json"), "old", "{arguments:?}");
        assert_eq!(folder.names("."), ["report.json"], "{arguments:?} leaves something behind");
    }
}

#[test]
fn a_run_never_writes_over_a_file_that_it_reads() {
    let folder = Folder::new();
    let line = claude_line("a");
    let log = folder.write("logs/a.jsonl", &line);
    let config = folder.write("tokaudit.toml", "tz = \"UTC\"\n");
    let seats = folder.write("seats.csv", "user\na\nb\nc\nd\ne\n");
    let prompts = folder.write("prompts.jsonl", "{\"text\": \"fix the build\"}\n");
    let report = folder.path("report.json");
    assert_eq!(run(&["audit", arg(&log), "-q", "--out", arg(&report)]).code, Some(0));
    let other_way = folder.path("logs/../logs/./a.jsonl");
    let logs = folder.path("logs");
    let mut cases = vec![
        vec!["spend", arg(&log), "--out", arg(&log)],
        vec!["spend", arg(&log), "--out", arg(&other_way)],
        vec!["ledger", arg(&logs), "--out", arg(&log)],
        vec!["audit", arg(&logs), "--format", "json", "--out", arg(&other_way)],
        vec!["spend", arg(&log), "--config", arg(&config), "--out", arg(&config)],
        vec!["audit", arg(&log), "--seats", arg(&seats), "--out", arg(&seats)],
        vec!["gate", arg(&report), "--config", arg(&config), "--out", arg(&report)],
        vec!["compare", arg(&report), arg(&report), "--out", arg(&report)],
        vec!["classify", arg(&prompts), "--out", arg(&prompts)],
    ];
    let link = folder.path("link.jsonl");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&log, &link).expect("a link");
        cases.push(vec!["spend", arg(&log), "--out", arg(&link)]);
        cases.push(vec!["spend", arg(&link), "--out", arg(&log)]);
    }
    std::fs::write(&config, "[[gate]]\nid = \"g\"\nmetric = \"spend\"\nmax = 1\n").expect("a file");
    for arguments in cases {
        let before: Vec<String> = ["logs/a.jsonl", "tokaudit.toml", "seats.csv", "prompts.jsonl", "report.json"]
            .map(|name| folder.read(name))
            .into();
        let ran = run(&arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("would overwrite a file that this run reads"), "{arguments:?}: {}", ran.stderr);
        let after: Vec<String> = ["logs/a.jsonl", "tokaudit.toml", "seats.csv", "prompts.jsonl", "report.json"]
            .map(|name| folder.read(name))
            .into();
        assert_eq!(before, after, "{arguments:?}");
    }
    assert_eq!(folder.names("logs"), ["a.jsonl"]);
    // A report that was written among the logs is not an input and may be replaced.
    let beside = folder.path("logs/report.html");
    for _ in 0..2 {
        let ran = run(&["audit", arg(&logs), "-q", "--out", arg(&beside)]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
}

#[test]
fn missing_folders_are_made_and_the_ending_names_the_format() {
    let folder = Folder::new();
    let log = folder.write("a.jsonl", &claude_line("a"));
    for (command, name, begins) in [
        ("audit", "new/one/report.json", "{"),
        ("audit", "new/two/report.html", "<!DOCTYPE html>"),
        ("audit", "new/report.md", "<!-- tokaudit -->"),
        ("spend", "new/report.XLSX", "PK"),
        ("spend", "new/report.csv", "model,"),
        ("ledger", "new/usage.parquet", "PAR1"),
        ("ledger", "new/usage.csv", "record_id,"),
        ("ledger", "new/usage.jsonl", "{"),
    ] {
        let out = folder.path(name);
        let ran = run(&[command, arg(&log), "--out", arg(&out)]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{name}");
        let bytes = std::fs::read(&out).expect("a file");
        assert!(
            bytes.starts_with(begins.as_bytes()),
            "{name}: {:?}",
            String::from_utf8_lossy(&bytes[..40.min(bytes.len())])
        );
    }
    let report = folder.path("new/one/report.json");
    let policy = folder.write("policy.toml", "[[gate]]\nid = \"g\"\nmetric = \"spend\"\nmax = 1\n");
    for (name, begins) in [("g.json", "{"), ("g.xml", "<?xml"), ("g.md", "| gate"), ("g.txt", "pass"), ("g", "pass")] {
        let out = folder.path(&format!("gates/{name}"));
        let ran = run(&["gate", arg(&report), "--policy", arg(&policy), "--out", arg(&out)]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{name}");
        assert!(folder.read(&format!("gates/{name}")).starts_with(begins), "{name}");
    }
    let out = folder.path("changes.json");
    assert_eq!(run(&["compare", arg(&report), arg(&report), "--out", arg(&out)]).code, Some(0));
    assert!(folder.read("changes.json").starts_with('{'));
}

#[test]
fn an_ending_that_says_something_else_is_pointed_out() {
    let folder = Folder::new();
    let log = folder.write("a.jsonl", &claude_line("a"));
    let said = |name: &str, more: &[&str]| {
        let out = folder.path(name);
        let ran = run(&[&["spend", arg(&log), "--out", arg(&out)], more].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        (ran.stderr, folder.read(name))
    };
    let (said_first, text) = said("a.json", &["--format", "csv"]);
    assert!(said_first.contains("csv") && said_first.contains("json") && text.starts_with("model,"), "{said_first}");
    let (unknown, _) = said("a.foo", &[]);
    assert!(unknown.contains("`.foo`") && unknown.contains("--format"), "{unknown}");
    assert_eq!(said("a.foo", &["--format", "csv"]).0, "");
    assert_eq!(said("a.json", &["--format", "csv", "-q"]).0, "");
    assert_eq!(said("report", &[]).0, "");
}

#[test]
fn several_formats_go_into_a_folder_that_is_made() {
    let folder = Folder::new();
    let log = folder.write("a.jsonl", &claude_line("a"));
    let out = folder.path("one/two");
    let ran = run(&["audit", arg(&log), "-q", "--format", "json,html,markdown", "--out", arg(&out)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(folder.names("one/two"), ["report.html", "report.json", "report.md"]);
    let csv = format!("{}/", arg(&folder.path("tables")));
    let ran = run(&["audit", arg(&log), "-q", "--format", "csv", "--out", &csv]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(folder.names("tables").len() > 3, "{:?}", folder.names("tables"));
    let ran = run(&["audit", arg(&log), "-q", "--format", "json,html"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("--out report/"), "{}", ran.stderr);
    // One file that cannot be written leaves the others as they were.
    std::fs::remove_file(out.join("report.md")).expect("a file");
    std::fs::create_dir(out.join("report.md")).expect("a folder");
    std::fs::write(out.join("report.json"), "old").expect("a file");
    let ran = run(&["audit", arg(&log), "-q", "--format", "json,markdown", "--out", arg(&out)]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert_eq!(folder.read("one/two/report.json"), "old");
    assert_eq!(folder.names("one/two"), ["report.html", "report.json", "report.md"]);
}

#[cfg(unix)]
#[test]
fn a_new_file_keeps_the_permissions_of_the_old_one_and_a_link_its_target() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let log = folder.write("a.jsonl", &claude_line("a"));
    let (old, link) = (folder.write("old.json", "old"), folder.path("link.json"));
    std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o640)).expect("permissions");
    std::os::unix::fs::symlink(&old, &link).expect("a link");
    assert_eq!(run(&["spend", arg(&log), "-q", "--out", arg(&link)]).code, Some(0));
    assert!(link.is_symlink() && folder.read("old.json").starts_with('{'));
    let mode = |path: &Path| std::fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&old), 0o640);
    assert_eq!(run(&["spend", arg(&log), "-q", "--out", "/dev/null", "--format", "json"]).code, Some(0));
    let piped = run(&["spend", arg(&log), "-q", "--out", "/dev/stdout", "--format", "json"]);
    assert!(piped.code == Some(0) && piped.stdout.starts_with('{'), "{}", piped.stderr);
}

#[test]
fn a_reader_that_leaves_does_not_change_the_exit_code() {
    let folder = Folder::new();
    // More outcomes than a pipe holds.
    let mut text = "timestamp,model,input_tokens,output_tokens,repository\n".to_owned();
    for number in 0..2_000 {
        text += &format!("2026-05-04T09:00:00Z,claude-opus-4-6,1000,0,github.com/acme/repository-{number}\n");
    }
    let usage = folder.write("usage.csv", &text);
    let report = folder.path("report.json");
    assert_eq!(run(&["audit", arg(&usage), "-q", "--no-cache", "--out", arg(&report)]).code, Some(0));
    let limits = "[[gate]]\nid = \"a\"\nmetric = \"spend\"\nscope = \"repo:*\"\nmax = 0.0000001\n";
    let policy = folder.write("policy.toml", limits);
    let missing = folder.path("missing.jsonl");
    for (arguments, code) in [
        (vec!["gate", arg(&report), "--policy", arg(&policy)], 1),
        (vec!["ledger", arg(&usage), arg(&missing), "-q"], 3),
        (vec!["ledger", arg(&usage), "-q"], 0),
    ] {
        let mut child = command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
        let mut stdout = child.stdout.take().expect("a pipe");
        assert!(stdout.read(&mut [0; 16]).expect("some bytes") > 0, "{arguments:?}");
        drop(stdout);
        assert_eq!(child.wait().expect("an end").code(), Some(code), "{arguments:?}");
    }
}

/// Marks that a terminal obeys: colours, the clipboard, the direction of writing.
const HOSTILE: &str = "x\u{1b}]52;c;eA==\u{7}\u{1b}[31my\u{9b}z\u{202e}w\u{61c}";

fn is_safe(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !tokaudit::model::sanitise::is_unsafe(c))
}

#[test]
fn names_cannot_control_the_terminal_from_a_notice_or_an_error() {
    let folder = Folder::new();
    let name = serde_json::to_string(HOSTILE).expect("JSON");
    let line = claude_line("a").replace("\"claude-opus-4-6\"", &name);
    let log = folder.write("log.jsonl", &line);
    for arguments in [
        vec!["spend", arg(&log), "--format", "csv", "-v", "--by", "day"],
        vec!["audit", arg(&log), "--format", "html", "-v"],
        vec!["audit", arg(&log), "-v"],
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(is_safe(&ran.stderr), "{arguments:?}: {:?}", ran.stderr);
        assert!(is_safe(&ran.stdout), "{arguments:?}");
    }
    assert!(
        run(&["spend", arg(&log), "--format", "csv"]).stderr.contains("]52;c;"),
        "the model is named in the notice"
    );
    let odd = folder.path("\u{1b}[31mred\u{202e}.jsonl");
    let missing = run(&["spend", arg(&odd)]);
    assert!(
        missing.code == Some(3) && missing.stderr.contains("red") && is_safe(&missing.stderr),
        "{:?}",
        missing.stderr
    );
    let gate = run(&["gate", arg(&odd), "--policy", arg(&odd)]);
    assert!(gate.stderr.contains("red") && is_safe(&gate.stderr), "{:?}", gate.stderr);
    let bad = folder.write("\u{1b}[31mbad.jsonl", "no log\n");
    let ran = run(&["classify", arg(&bad)]);
    assert!(ran.stderr.contains("bad") && is_safe(&ran.stderr), "{:?}", ran.stderr);
    std::fs::write(&bad, "{\"text\": \"fix the build\"}\nno\n").expect("a file");
    let ran = run(&["classify", arg(&bad), "--out", arg(&folder.path("verdicts.csv"))]);
    assert!(ran.code == Some(0) && ran.stderr.contains("bad.jsonl:2") && is_safe(&ran.stderr), "{:?}", ran.stderr);
}

#[test]
fn names_cannot_control_the_terminal_from_a_chain_of_evidence() {
    let folder = Folder::new();
    let log = folder.write("log.jsonl", &claude_line("a"));
    let repository = folder.path("shop");
    std::fs::create_dir(&repository).expect("a folder");
    for arguments in
        [&["init", "-q", "-b", "main"][..], &["commit", "-q", "--allow-empty", "-m", &format!("{HOSTILE} (#12)")]]
    {
        git_output(&repository, arguments);
    }
    let ran = run(&["explain", "#12", arg(&log), "--repo", arg(&repository), "--no-cache"]);
    assert!(
        ran.code == Some(0) && ran.stdout.contains("]52;c;") && is_safe(&ran.stdout),
        "{:?} {}",
        ran.stdout,
        ran.stderr
    );
}

#[test]
fn names_cannot_control_the_terminal_from_a_report_that_is_judged_or_compared() {
    let folder = Folder::new();
    let name = serde_json::to_string(HOSTILE).expect("JSON");
    let report = folder.write(
        "report.json",
        &format!(
            "{{\"schema\":\"tokaudit/audit\",\"schema_version\":1,\"method_version\":{},\"period\":{{\"tz\":\"UTC\"}},\
             \"metrics\":[{{\"id\":\"spend\",\"value\":\"2\",\"n\":1}},{{\"id\":{name},\"value\":\"2\",\"n\":1}}],\
             \"scoped\":[{{\"scope_type\":\"team\",\"scope\":{name},\"metric\":\"spend\",\"value\":2}}]}}",
            tokaudit::report::document::METHOD_VERSION
        ),
    );
    let limits = "[[gate]]\nid = \"g\"\nmetric = \"spend\"\nscope = \"team:*\"\nmax = 1\n";
    let policy = folder.write("policy.toml", limits);
    for format in ["table", "markdown", "junit", "github", "outputs"] {
        let ran = run(&["gate", arg(&report), "--policy", arg(&policy), "--format", format]);
        assert!(ran.code == Some(1) && is_safe(&ran.stdout), "{format}: {:?} {}", ran.stdout, ran.stderr);
    }
    for format in ["table", "markdown"] {
        let ran = run(&["compare", arg(&report), arg(&report), "--format", format]);
        assert!(
            ran.code == Some(0) && ran.stdout.contains("]52;c;") && is_safe(&ran.stdout),
            "{format}: {:?}",
            ran.stdout
        );
    }
}

#[test]
fn a_date_says_how_to_write_it() {
    for (flag, value) in
        [("--as-of", "soon"), ("--since", "26-05-01"), ("--as-of", "+262142-12-31"), ("--since", "-262143-01-01")]
    {
        let ran = run(&["spend", "--example", &format!("{flag}={value}")]);
        assert!(ran.code == Some(2) && ran.stderr.contains("2026-05-31"), "{flag} {value}: {}", ran.stderr);
    }
}

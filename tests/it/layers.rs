//! The layers: a module uses only what stands above it, and only the command line touches the outside.

use std::path::{Path, PathBuf};

/// The modules of the crate by row; a row may use the rows before it, and what is named beside it.
const ROWS: &[(&[&str], &[&str])] = &[
    (&["model", "error", "diagnostics"], &["model"]),
    (&["statistics"], &[]),
    (&["sources", "history", "pricing"], &[]),
    (&["ledger"], &[]),
    (&["link", "classify"], &[]),
    (&["company", "sessions"], &[]),
    (&["fate"], &[]),
    (&["measure"], &["metrics"]),
    (&["metrics"], &[]),
    (&["report"], &[]),
    (&["gate", "compare"], &[]),
    (&["options", "example", "schema"], &[]),
    (&["audit"], &[]),
    (&["cli", "main"], &[]),
];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files =
        walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(|entry| entry.expect("an entry").into_path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a source file");
            (path.strip_prefix(&root).expect("below src").to_owned(), text)
        })
        .collect()
}

fn module(path: &Path) -> String {
    let first = path.components().next().expect("a component").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn row(name: &str) -> usize {
    ROWS.iter().position(|(modules, _)| modules.contains(&name)).unwrap_or_else(|| panic!("{name} is in no row"))
}

/// The top-level modules that a file uses.
fn uses(text: &str) -> Vec<String> {
    // The example holds made-up source files as texts, so only whole `use` lines count.
    let code = text.lines().filter(|line| line.trim_start().trim_start_matches("pub ").starts_with("use crate::"));
    let paths = code
        .flat_map(|line| line.match_indices("crate::").map(|(at, _)| line[at + 7..].to_owned()).collect::<Vec<_>>());
    paths
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn modules_use_only_what_stands_above_them() {
    let mut seen = 0;
    for (path, text) in sources() {
        let own = module(&path);
        if own == "lib" {
            continue;
        }
        for used in uses(&text) {
            let (mine, theirs) = (row(&own), row(&used));
            let inside = used == own || ROWS[mine].1.contains(&used.as_str());
            assert!(theirs < mine || inside, "{} uses crate::{used}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen} uses");
}

#[test]
fn one_file_names_polars() {
    let naming: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| text.lines().any(|line| line.contains("polars") && !line.trim_start().starts_with("//")))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert_eq!(naming, ["ledger/frame.rs"]);
}

#[test]
fn formats_do_not_know_each_other() {
    let formats =
        ["aider_analytics", "claude_code", "codex", "copilot_cli", "gemini", "generic", "opencode", "pi", "qwen"];
    for (path, text) in sources().iter().filter(|(path, _)| module(path) == "sources") {
        let own =
            path.components().nth(1).map(|part| part.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned());
        if own.as_deref() == Some("mod") {
            continue; // The registry.
        }
        for other in formats.iter().filter(|format| own.as_deref() != Some(**format)) {
            let named = text.contains(&format!("sources::{other}")) || text.contains(&format!("super::{other}"));
            assert!(!named, "{} names {other}", path.display());
        }
    }
}

#[test]
fn only_the_command_line_touches_the_outside() {
    let outside =
        ["std::env::", "println!", "print!", "SystemTime", "Utc::now", "io::stdout", "io::stderr", "dbg!", "todo!"];
    for (path, text) in sources() {
        if ["cli", "main"].contains(&module(&path).as_str()) || path.ends_with("tests.rs") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for word in outside {
            let found = code.lines().any(|line| line.contains(word) && !line.trim_start().starts_with("//"));
            assert!(!found, "{} uses {word}", path.display());
        }
    }
}

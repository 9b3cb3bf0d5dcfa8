//! Agents that are known and not read are named, with what helps instead, wherever their files or places are met.

use std::collections::BTreeSet;
use std::path::Path;

use tokaudit::sources::SOURCES;
use tokaudit::sources::known_unread::{self, KNOWN_UNREAD};
use tokaudit::sources::places::{Environment, System, places};

use crate::program;

/// A line of Claude Code with three tokens.
const LOG: &str = r#"{"type":"assistant","timestamp":"2026-05-04T08:00:00Z","sessionId":"s","requestId":"r","message":{"id":"m","model":"claude-opus-4-6","usage":{"input_tokens":1,"output_tokens":2}}}"#;

fn write(folder: &Path, path: &str, content: &str) {
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
    std::fs::write(file, content).expect("a file");
}

fn make_database(folder: &Path, path: &str, statements: &str) {
    write(folder, path, "");
    let database = rusqlite::Connection::open(folder.join(path)).expect("a database");
    database.execute_batch(statements).expect("tables");
}

const CURSOR: &str = "CREATE TABLE ItemTable (key TEXT, value BLOB); CREATE TABLE cursorDiskKV (key TEXT, value BLOB);";

#[test]
fn explain_answers_for_every_agent_that_is_not_read() {
    let page = program::run(&["explain", "formats"]).stdout;
    for known in KNOWN_UNREAD {
        for name in known.names {
            let answer = program::run(&["explain", name]);
            assert_eq!(answer.code, Some(0), "{name}: {}", answer.stderr);
            assert!(answer.stdout.contains("Known, not read.") && answer.stdout.contains(known.instead), "{name}");
            assert!(SOURCES.iter().all(|source| source.id() != *name), "{name} is read");
        }
        assert!(page.contains(known.why), "{}", known.title);
    }
    assert!(program::run(&["explain", "Warp"]).stdout.contains("sum of tokens per conversation"));
}

#[test]
fn what_is_said_instead_names_formats_that_exist() {
    for known in KNOWN_UNREAD {
        let topics = known.instead.split("`tokaudit explain ").skip(1).filter_map(|rest| rest.split('`').next());
        for topic in topics {
            assert!(SOURCES.iter().any(|source| source.id() == topic), "{}: {topic}", known.title);
        }
    }
}

#[test]
fn a_named_file_of_such_an_agent_is_an_error_that_says_what_helps() {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, statements, says) in [
        ("copy.db", CURSOR, "Export CSV"),
        ("w.db", "CREATE TABLE ai_queries (exchange_id TEXT, conversation_id TEXT, input TEXT);", "Warp"),
        ("k.sqlite3", "CREATE TABLE conversations_v2 (key TEXT, conversation_id TEXT, value TEXT);", "explain kiro"),
    ] {
        make_database(folder.path(), path, statements);
        let ran = program::run(&["spend", program::arg(&folder.path().join(path))]);
        assert_eq!(ran.code, Some(3), "{path}");
        assert!(ran.stderr.contains(says), "{path}: {}", ran.stderr);
    }
    for (path, content, says) in [
        (".gemini/antigravity/conversations/c.pb", "\u{1}\u{2}\u{3}", "encrypted"),
        (".commandcode/projects/p/s.jsonl", r#"{"role":"user","sessionId":"s","content":"a"}"#, "Command Code"),
        // It has what usage objects have, and is none all the same.
        (
            ".augment/sessions/a.json",
            r#"{"sessionId":"a","agentState":{"modelId":"m"},"chatHistory":[{"exchange":{"model":"m","response_nodes":[],"usage":{"input_tokens":5,"output_tokens":1}}}]}"#,
            "Augment",
        ),
        // Kiro grew out of Continue.
        (
            "kiro.kiroagent/dev_data/t.jsonl",
            r#"{"model":"agent","provider":"kiro","promptTokens":0,"generatedTokens":151}"#,
            "Kiro",
        ),
        ("t.json", r#"{"steps":[{"model":"m","metadata":{"committed_acu_cost":0.5}}]}"#, "devin-consumption"),
    ] {
        write(folder.path(), path, content);
        let ran = program::run(&["spend", program::arg(&folder.path().join(path))]);
        assert_eq!(ran.code, Some(3), "{path}: {}", ran.stdout);
        assert!(ran.stderr.contains(says), "{path}: {}", ran.stderr);
    }
}

#[test]
fn a_file_of_such_an_agent_in_a_folder_is_a_warning_and_the_logs_beside_it_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "logs/s.jsonl", LOG);
    make_database(folder.path(), "logs/state.vscdb", CURSOR);
    let ran = program::spend(&[folder.path()], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let document = ran.json();
    assert_eq!(document["reconciliation"]["kept"], 1);
    let notices = document["diagnostics"].as_array().expect("diagnostics");
    let found = notices.iter().find(|notice| notice["kind"] == "known-unread").expect("the notice");
    assert_eq!(found["severity"], "warning");
    assert!(found.to_string().contains("Export CSV"), "{found}");
}

#[test]
fn a_run_without_arguments_names_what_is_there_and_not_read() {
    let home = tempfile::tempdir().expect("a folder");
    write(home.path(), ".claude/projects/p/s.jsonl", LOG);
    write(home.path(), ".config/Cursor/User/globalStorage/state.vscdb", "");
    write(home.path(), ".codeium/windsurf/cascade/c.pb", "");
    let run = |arguments: &[&str]| {
        program::finish(program::command(arguments).env("HOME", home.path()).current_dir(home.path()))
    };
    let spend = run(&["spend", "--format", "json", "-q"]);
    let document = spend.json();
    let notices = document["diagnostics"].as_array().expect("diagnostics");
    let found = notices.iter().find(|notice| notice["kind"] == "known-unread").expect("the notice");
    assert_eq!((&found["severity"], &found["count"]), (&"note".into(), &2.into()), "{found}");
    assert!(found.to_string().contains("Export CSV") && found.to_string().contains("Cascade"), "{found}");
    assert_eq!(document["reconciliation"]["kept"], 1);
    let sources = run(&["sources"]).stdout;
    assert!(sources.contains("known, not read") && !sources.contains("commandcode"), "{sources}");
}

#[test]
fn every_place_that_is_not_read_is_that_of_a_known_agent() {
    let tables: [(System, &[(&str, &str)]); 3] = [
        (
            System::Linux,
            &[
                ("augment", ".augment/sessions/a.json"),
                ("command-code", ".commandcode/projects/p/s.jsonl"),
                ("cursor", ".config/Cursor/User/globalStorage/state.vscdb"),
                ("cursor", ".cursor/chats/a/b/store.db"),
                ("cursor", ".cursor/projects/p/agent-transcripts/a.jsonl"),
                ("devin", ".local/share/devin/cli/transcripts/t.json"),
                ("kiro-chats", ".local/share/kiro-cli/data.sqlite3"),
                ("trae", ".config/Trae CN/User/globalStorage/state.vscdb"),
                ("warp", ".local/state/warp-terminal/warp.sqlite"),
                ("windsurf", ".codeium/windsurf-next/cascade/c.pb"),
            ],
        ),
        (
            System::Mac,
            &[
                ("cursor", "Library/Application Support/Cursor/User/globalStorage/state.vscdb"),
                ("devin", "Library/Application Support/Devin/User/acp-events/a.ndjson"),
                ("kiro-chats", "Library/Application Support/kiro-cli/data.sqlite3"),
                ("warp", "Library/Application Support/dev.warp.Warp-Stable/warp.sqlite"),
            ],
        ),
        (
            System::Windows,
            &[
                ("cursor", "AppData/Roaming/Cursor/User/globalStorage/state.vscdb"),
                ("warp", "AppData/Local/warp/Warp/data/warp.sqlite"),
            ],
        ),
    ];
    let mut seen = BTreeSet::new();
    for (system, table) in tables {
        for (name, path) in table {
            let home = tempfile::tempdir().expect("a folder");
            write(home.path(), path, "");
            let drives = Path::new("/nowhere");
            let all = places(&Environment { system, home: Some(home.path()), env: &|_| None, drives });
            let file = home.path().join(path);
            let holds = |found: &Path| file.starts_with(found);
            let of: BTreeSet<(&str, bool)> = all
                .iter()
                .filter(|place| place.found().iter().any(|found| holds(found)))
                .map(|place| (place.format, place.is_read))
                .collect();
            assert_eq!(of, BTreeSet::from([(*name, false)]), "{system:?}: {path}");
            seen.insert(*name);
        }
        let drives = Path::new("/nowhere");
        let all = places(&Environment { system, home: Some(Path::new("/h")), env: &|_| None, drives });
        for place in all.iter().filter(|place| !place.is_read) {
            let known = known_unread::find(place.format).expect(place.format);
            assert_eq!(known.names.first(), Some(&place.format), "{}", known.title);
            assert!(seen.contains(place.format), "{system:?}: {}", place.shown());
        }
    }
}

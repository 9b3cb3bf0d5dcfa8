//! Databases of agents: recognised by content, read while their program runs, and left as they are.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::program::spend;

const TABLES: &str = "CREATE TABLE session(id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT, version TEXT);
    CREATE TABLE message(id TEXT PRIMARY KEY, session_id TEXT, data TEXT);
    INSERT INTO session VALUES('ses_1', NULL, '/home/dana/src/shop', '1.2.21');";

/// A database of OpenCode without messages, in a journal mode.
fn database(mode: &str) -> (tempfile::TempDir, PathBuf, Connection) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("anything.bin");
    let base = Connection::open(&path).expect("a database");
    base.execute_batch(&format!("PRAGMA journal_mode={mode}; {TABLES}")).expect("tables");
    (folder, path, base)
}

/// Writes messages of 1,000 fresh tokens each; their padding fills pages.
fn add(base: &Connection, ids: std::ops::Range<u64>) {
    let padding = "x".repeat(2_000);
    for id in ids {
        let data = format!(
            r#"{{"role":"assistant","time":{{"created":1777885201000}},"modelID":"gpt-5.4","providerID":"openai","path":"{padding}",
            "tokens":{{"input":1000,"output":20,"reasoning":0,"cache":{{"read":0,"write":0}}}}}}"#
        );
        base.execute("INSERT INTO message VALUES(?1, 'ses_1', ?2)", (format!("msg_{id}"), data)).expect("a row");
    }
}

/// How many messages the program counts.
fn counted(path: &Path) -> u64 {
    let ran = spend(&[path], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.json()["totals"]["records"].as_u64().expect("a count")
}

#[test]
fn rows_of_an_open_transaction_do_not_count() {
    let (_folder, path, base) = database("DELETE");
    add(&base, 0..3);
    // A cache this small spills rows into the file before they are committed.
    base.execute_batch("PRAGMA cache_size=2; BEGIN").expect("a transaction");
    let before = std::fs::metadata(&path).expect("the database").len();
    add(&base, 3..200);
    base.execute("DELETE FROM message WHERE id = 'msg_0'", []).expect("a row less");
    assert!(std::fs::metadata(&path).expect("the database").len() > before, "nothing was spilled");
    assert_eq!(counted(&path), 3);
    base.execute_batch("COMMIT").expect("a commit");
    assert_eq!(counted(&path), 199);
}

#[test]
fn rows_that_stand_in_the_write_ahead_log_are_counted_and_nothing_is_changed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("anything.bin");
    let base = Connection::open(&path).expect("a database");
    base.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;
         CREATE TABLE session(id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT, version TEXT);
         CREATE TABLE message(id TEXT PRIMARY KEY, session_id TEXT, data TEXT);
         PRAGMA wal_checkpoint(TRUNCATE);
         INSERT INTO session VALUES('ses_1', NULL, '/home/dana/src/shop', '1.2.21');",
    )
    .expect("tables");
    let data = r#"{"role":"assistant","time":{"created":1777885201000},"modelID":"gpt-5.4","providerID":"openai",
        "tokens":{"input":1000,"output":20,"reasoning":0,"cache":{"read":0,"write":0}}}"#;
    base.execute("INSERT INTO message VALUES('msg_1', 'ses_1', ?1)", [data]).expect("a row");
    let names = || {
        let entries = std::fs::read_dir(folder.path()).expect("a folder");
        let mut all: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
        all.sort();
        all
    };
    let (before, bytes) = (names(), std::fs::read(&path).expect("the database"));
    let ran = spend(&[&path], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let totals = &ran.json()["totals"];
    assert_eq!((totals["records"].as_u64(), totals["tokens"]["input"].as_u64()), (Some(1), Some(1000)));
    assert_eq!(names(), before);
    assert_eq!(std::fs::read(&path).expect("the database"), bytes);
    drop(base);
    assert_eq!(spend(&[&path], &[]).json()["totals"]["records"], 1);
}

//! Databases of agents: recognised by content, read while their program runs, and left as they are.

use rusqlite::Connection;

use crate::program::spend;

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

//! What is a copy and what only looks like one.

use chrono::{DateTime, TimeDelta};

use super::*;
use crate::model::name::Names;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::RecordId;

/// Records of made-up sessions, each in a file of its own.
#[derive(Default)]
struct Logs {
    names: Names,
    records: Vec<UsageRecord>,
    files: u32,
}

impl Logs {
    /// Adds a session with requests of `(milliseconds, output)`.
    fn session(&mut self, name: &str, parent: Option<&str>, requests: &[(i64, u64)]) -> &mut [UsageRecord] {
        self.files += 1;
        let before = self.records.len();
        for ((millis, output), line) in requests.iter().zip(1..) {
            let at =
                DateTime::from_timestamp_secs(1_780_000_000).unwrap_or_default() + TimeDelta::milliseconds(*millis);
            let mut record = UsageRecord::blank("pi", Origin { file: FileId(self.files), line }, at);
            record.id = RecordId::of(&[name, &line.to_string()]);
            record.session = Some(self.names.intern(name));
            record.parent_session = parent.map(|parent| self.names.intern(parent));
            record.model = Some(self.names.intern("m"));
            (record.tokens.input, record.tokens.output) = (Some(100), Some(*output));
            self.records.push(record);
        }
        &mut self.records[before..]
    }

    /// The copies and the orphans as `session:line`, whatever the order in which files were read.
    fn found(&mut self) -> [Vec<String>; 2] {
        self.records.sort_unstable_by_key(|record| (record.charge_period_start, record.id));
        let Copies { copied, orphans } = find(&self.records);
        [copied, orphans].map(|all| {
            let shown = |at: usize| {
                let record = &self.records[at];
                format!("{}:{}", self.names.text_of(record.session).unwrap_or_default(), record.origin.line)
            };
            let mut all: Vec<String> = all.into_iter().map(shown).collect();
            all.sort_unstable();
            all
        })
    }

    fn copied(&mut self) -> Vec<String> {
        self.found()[0].clone()
    }
}

#[test]
fn a_session_that_starts_like_another_one_at_the_same_times_repeats_it() {
    let mut logs = Logs::default();
    logs.session("fork", None, &[(0, 7), (1_000, 8), (9_000, 5)]);
    logs.session("original", None, &[(0, 7), (1_000, 8), (2_000, 9)]);
    assert_eq!(logs.copied(), ["original:1", "original:2"]);
    // Which of both names a parent shows which is the copy.
    let mut logs = Logs::default();
    logs.session("fork", Some("original"), &[(0, 7), (1_000, 8), (9_000, 5)]);
    logs.session("original", None, &[(0, 7), (1_000, 8), (2_000, 9)]);
    assert_eq!(logs.copied(), ["fork:1", "fork:2"]);
}

#[test]
fn a_fork_of_what_came_last_leaves_the_original_alone() {
    let mut logs = Logs::default();
    logs.session("fork", None, &[(5_000, 7), (6_000, 8), (9_000, 5)]);
    logs.session("original", None, &[(0, 1), (5_000, 7), (6_000, 8), (7_000, 2)]);
    assert_eq!(logs.copied(), ["fork:1", "fork:2"]);
}

#[test]
fn two_parallel_sessions_that_agree_once_in_whole_seconds_are_two() {
    let mut logs = Logs::default();
    logs.session("one", None, &[(0, 7), (1_000, 8)]);
    logs.session("other", None, &[(0, 7), (2_000, 9)]);
    logs.session("alone", None, &[(0, 7)]);
    // In the middle of their sessions neither number of agreements is a fork.
    logs.session("a", None, &[(10_000, 1), (11_000, 3), (12_000, 4)]);
    logs.session("b", None, &[(10_000, 2), (11_000, 3), (12_000, 4)]);
    assert!(logs.copied().is_empty());
}

#[test]
fn several_records_of_one_second_are_no_more_than_one() {
    let mut logs = Logs::default();
    logs.session("one", None, &[(0, 7), (0, 8), (0, 9)]);
    logs.session("other", None, &[(0, 7), (0, 8), (0, 9)]);
    assert!(logs.copied().is_empty());
}

#[test]
fn one_record_is_a_copy_if_the_log_names_its_parent_or_the_clock_is_fine() {
    let mut logs = Logs::default();
    logs.session("original", None, &[(0, 7), (5_000, 1)]);
    logs.session("stated", Some("original"), &[(0, 7), (6_000, 2)]);
    logs.session("of a lost one", Some("lost"), &[(0, 7), (7_000, 3)]);
    logs.session("fine", None, &[(20_123, 7), (26_000, 2)]);
    logs.session("fine copy", None, &[(20_123, 7)]);
    assert_eq!(logs.copied(), ["fine copy:1", "of a lost one:1", "stated:1"]);
}

#[test]
fn a_whole_log_under_another_name_is_a_copy_where_clocks_are_fine() {
    let copied = |source: &'static str| {
        let mut logs = Logs::default();
        logs.session("1", None, &[(0, 7)])[0].source = source;
        logs.session("1 (copy)", None, &[(0, 7)])[0].source = source;
        logs.copied().len()
    };
    assert_eq!((copied("droid"), copied("cline"), copied("goose")), (1, 1, 0));
}

#[test]
fn other_models_other_counts_and_other_agents_are_other_requests() {
    let mut logs = Logs::default();
    logs.session("one", None, &[(1, 7), (2, 8)]);
    let model = logs.names.intern("another");
    logs.session("model", None, &[(1, 7), (2, 8)])[0].model = Some(model);
    logs.session("counts", None, &[(1, 7), (2, 8)])[0].tokens.cache_read = Some(0);
    logs.session("agent", None, &[(1, 7), (2, 8)]).iter_mut().for_each(|record| record.source = "qwen-code");
    logs.session("empty", None, &[(1, 0)])[0].tokens = crate::model::usage::TokenCounts::default();
    assert!(logs.copied().is_empty());
}

#[test]
fn forks_of_forks_and_a_thousand_copies_leave_one() {
    let mut logs = Logs::default();
    logs.session("first", None, &[(0, 1), (1_000, 2), (2_000, 3)]);
    logs.session("second", Some("first"), &[(0, 1), (1_000, 2), (3_000, 4), (4_000, 5)]);
    logs.session("third", Some("second"), &[(0, 1), (1_000, 2), (3_000, 4), (5_000, 6)]);
    assert_eq!(logs.copied(), ["second:1", "second:2", "third:1", "third:2", "third:3"]);
    let mut logs = Logs::default();
    for at in 0..1_000 {
        logs.session(&at.to_string(), None, &[(0, 1), (1_000, 2)]);
    }
    assert_eq!(logs.copied().len(), 1_998);
}

#[test]
fn a_child_that_starts_with_its_parents_counts_repeats_it_whatever_the_times() {
    let mut logs = Logs::default();
    logs.session("parent", None, &[(0, 1), (600_000, 2), (700_000, 3)]);
    logs.session("fork", Some("parent"), &[(900_000, 1), (901_000, 2), (950_000, 9)]);
    // A subagent's first request may be like its parent's first.
    logs.session("agent", Some("parent"), &[(910_000, 1), (911_000, 8)]).iter_mut().for_each(|one| one.subagent = true);
    logs.session("fresh", Some("parent"), &[(920_000, 5), (921_000, 6)]);
    assert_eq!(logs.copied(), ["fork:1", "fork:2"]);
}

#[test]
fn history_counts_once_where_its_own_log_was_not_read() {
    let history = |logs: &mut Logs, name: &str, requests: &[(i64, u64)], of_history: usize| {
        let records = logs.session(name, Some("parent"), requests);
        records.iter_mut().for_each(|record| record.subagent = true);
        records[..of_history].iter_mut().for_each(|record| record.is_history = true);
    };
    let mut logs = Logs::default();
    history(&mut logs, "a", &[(0, 1), (1, 2), (2_000, 7)], 2);
    history(&mut logs, "b", &[(5_000, 1), (5_001, 2), (5_002, 3), (7_000, 7)], 3);
    history(&mut logs, "c", &[(8_000, 1), (9_000, 7)], 1);
    assert_eq!(logs.found(), [vec!["b:1", "b:2", "c:1"], vec!["a:1", "a:2", "b:3"]]);
    logs.session("parent", None, &[(-90_000, 1), (-80_000, 2), (-70_000, 3), (-60_000, 4)]);
    assert_eq!(logs.found(), [vec!["a:1", "a:2", "b:1", "b:2", "b:3", "c:1"], vec![]]);
}

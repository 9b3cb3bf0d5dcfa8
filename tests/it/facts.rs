//! What each agent's log says, as `src/sources/facts.rs` lists it, beside what its fixtures give.

use std::collections::{BTreeMap, BTreeSet};

use tokaudit::model::activity::What;
use tokaudit::model::usage::{Grain, UsageRecord};
use tokaudit::sources::facts::{self, Fact};
use tokaudit::sources::reading::inputs::list_files;
use tokaudit::sources::{ReadOptions, SOURCES, Undated, read};

fn facts_of_record(record: &UsageRecord) -> impl Iterator<Item = Fact> + use<> {
    let tokens = record.tokens;
    let writes = [tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_write_unspecified];
    let some = |count: Option<u64>| count.is_some_and(|count| count > 0);
    let facts = [
        (Fact::Input, some(tokens.input)),
        (Fact::CacheRead, some(tokens.cache_read)),
        (Fact::CacheWrite, writes.into_iter().any(some)),
        (Fact::Output, some(tokens.output)),
        (Fact::Reasoning, some(tokens.reasoning)),
        (Fact::Cost, record.reported_cost.is_some() || record.billed_cost.is_some()),
        (Fact::Model, record.model.is_some()),
        (Fact::Requests, record.grain == Grain::Request),
        (Fact::Session, record.session.is_some()),
        (Fact::Parent, record.parent_session.is_some()),
        (Fact::Folder, record.cwd.is_some()),
        (Fact::Branch, record.branch.is_some()),
    ];
    facts.into_iter().filter(|(_, is)| *is).map(|(fact, _)| fact)
}

fn fact_of_event(what: &What) -> Option<Fact> {
    match what {
        What::Prompt { .. } => Some(Fact::Prompts),
        What::Tool { .. } => Some(Fact::Tools),
        What::Edit { added, .. } => (!added.is_empty()).then_some(Fact::Edits),
        What::Commit { .. } => Some(Fact::Commits),
        What::PullRequest { .. } => Some(Fact::PullRequests),
        What::Result { .. } | What::Compaction => None,
    }
}

/// What the fixtures give, by format.
fn found() -> BTreeMap<&'static str, BTreeSet<Fact>> {
    let mut found: BTreeMap<&'static str, BTreeSet<Fact>> = BTreeMap::new();
    for case in crate::formats::cases() {
        let undated =
            Some(Undated { at: chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000), period: None });
        let options = ReadOptions { activity: true, undated, ..ReadOptions::default() };
        let folder = tempfile::tempdir().expect("a folder");
        crate::formats::copy_inputs(&case, folder.path());
        let files = list_files(&[folder.path().to_owned()], None).files;
        let mut reading = read(&files, &options, &|_| {});
        let mut records = Vec::new();
        reading.usage.each_record(|record| records.push(record.clone()));
        std::mem::take(&mut reading.folders).fill(&mut records, &reading.names);
        let formats: Vec<Option<&'static str>> = reading.files.iter().map(|file| file.format).collect();
        for record in &records {
            let Some(format) = formats[record.origin.file.0 as usize] else { continue };
            found.entry(format).or_default().extend(facts_of_record(record));
        }
        let mut activity = reading.activity;
        for event in std::mem::take(&mut activity).into_events(&reading.names) {
            let format = formats[event.origin.file.0 as usize];
            let (Some(format), Some(fact)) = (format, fact_of_event(&event.what)) else { continue };
            found.entry(format).or_default().insert(fact);
        }
    }
    found
}

/// The titles of facts.
fn titles(facts: impl Iterator<Item = Fact>) -> Vec<&'static str> {
    let title = |fact: Fact| Fact::ALL.iter().find(|(known, _)| *known == fact).map_or("", |(_, title)| *title);
    facts.map(title).collect()
}

#[test]
fn the_table_says_of_each_agent_what_its_fixtures_hold() {
    let found = found();
    let mut wrong = Vec::new();
    for source in SOURCES {
        let id = source.id();
        let held = found.get(id).cloned().unwrap_or_default();
        match facts::of(id).map(Iterator::collect::<BTreeSet<Fact>>) {
            None if source.about().contains("Where:") => {
                wrong.push(format!(
                    "{id} has no row in src/sources/facts.rs; its fixtures hold {:?}",
                    titles(held.into_iter())
                ));
            }
            None => {}
            Some(listed) => {
                for fact in titles(listed.difference(&held).copied()) {
                    wrong.push(format!("{id}: `{fact}` is listed and in no fixture"));
                }
                for fact in titles(held.difference(&listed).copied()) {
                    wrong.push(format!("{id}: `{fact}` is in a fixture and not listed"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(facts::TABLE.is_sorted_by_key(|(id, _)| *id), "rows are in the order of the ids");
    assert!(facts::TABLE.iter().all(|(id, _)| SOURCES.iter().any(|source| source.id() == *id)), "a row of no format");
}

/// Prompts, edits, commits and opened pull requests of fixtures.
const DONE: [(&str, [usize; 4]); 20] = [
    ("amp/what-was-done", [1, 1, 1, 1]),
    ("claude-code/what-was-done", [1, 1, 1, 1]),
    ("cline/what-was-done", [0, 2, 0, 0]),
    ("cline-cli/what-was-done", [1, 1, 1, 1]),
    ("codebuff/what-was-done", [1, 2, 1, 1]),
    ("codex/what-was-done", [1, 1, 1, 1]),
    ("continue/sessions-and-a-fork", [3, 1, 1, 1]),
    ("copilot-cli/what-was-done", [1, 1, 1, 1]),
    ("crush/messages", [1, 1, 1, 1]),
    ("droid-session/what-was-done", [1, 1, 1, 1]),
    ("dsh/what-was-done", [2, 1, 1, 1]),
    ("gemini-cli/what-was-done", [1, 1, 1, 1]),
    ("goose/what-was-done", [2, 1, 1, 0]),
    ("kimi-cli/what-was-done", [2, 2, 1, 1]),
    ("kimi-code/what-was-done", [1, 1, 1, 1]),
    ("mistral-vibe/what-was-done", [2, 2, 1, 1]),
    ("opencode/what-was-done", [0, 1, 1, 1]),
    ("pi/what-was-done", [1, 1, 1, 1]),
    ("qwen-code/what-was-done", [1, 1, 1, 1]),
    ("zed/what-was-done", [2, 2, 2, 1]),
];

#[test]
fn an_edit_that_failed_is_no_edit_and_what_a_fork_repeats_counts_once() {
    for (fixture, expected) in DONE {
        let cases = crate::formats::cases();
        let case = cases.iter().find(|case| case.ends_with(fixture)).expect("a fixture");
        let folder = tempfile::tempdir().expect("a folder");
        crate::formats::copy_inputs(case, folder.path());
        let files = list_files(&[folder.path().to_owned()], None).files;
        let undated = Some(Undated { at: chrono::DateTime::UNIX_EPOCH, period: None });
        let options = ReadOptions { activity: true, undated, ..ReadOptions::default() };
        let reading = read(&files, &options, &|_| {});
        let events = reading.activity.into_events(&reading.names);
        let count = |is_it: fn(&What) -> bool| events.iter().filter(|event| is_it(&event.what)).count();
        let found = [
            count(|what| matches!(what, What::Prompt { .. })),
            count(|what| matches!(what, What::Edit { .. })),
            count(|what| matches!(what, What::Commit { .. })),
            count(|what| matches!(what, What::PullRequest { opened: true, .. })),
        ];
        assert_eq!(found, expected, "{fixture}");
    }
}

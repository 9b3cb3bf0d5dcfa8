//! A random world of people, sessions and every way in which work lands, whose truth is known: how often a link is right, and how
//! often one is found, in all and by each rule.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::world::{Minute, World, code, stamp};
use crate::random::Random;

const WORLDS: u64 = 6;
const TASKS: usize = 16;
/// Minutes between the beginnings of two tasks; a cherry-pick or an amendment may come after the next has begun.
const APART: Minute = 75;
/// Lines that everybody writes.
const COMMON: &str = "fn main() {\n    for item in items {\n        if item.is_none() {\n            return None;\n        }\n    }\n}\n";

/// How the work of a task reaches the mainline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// A commit on the mainline.
    Direct,
    /// The same, and the session prints the id.
    Printed,
    /// A topic branch and a merge commit.
    Merge,
    /// A topic branch that is squashed and deleted.
    Squash,
    /// A commit that is amended hours later with more lines.
    Amend,
    /// A branch that is cherry-picked and stays.
    CherryPick,
    /// Two sessions with other lines for the same file, of which one lands.
    Parallel,
    /// The session is on another machine, in a folder of another name.
    Elsewhere,
    /// A person rewrites most of what the session wrote before it is committed.
    Rewritten,
    /// A person rewrites all of it.
    Redone,
    /// It only deletes lines.
    Deletion,
    /// A topic branch on which two sessions worked one after the other, squashed.
    Together,
    /// Never committed.
    Lost,
}

const WAYS: [Way; 13] = [
    Way::Direct,
    Way::Printed,
    Way::Merge,
    Way::Squash,
    Way::Amend,
    Way::CherryPick,
    Way::Parallel,
    Way::Elsewhere,
    Way::Rewritten,
    Way::Redone,
    Way::Deletion,
    Way::Together,
    Way::Lost,
];
const PEOPLE: [&str; 3] = ["dana", "kim", "lee"];

/// What is true of a world.
#[derive(Default)]
struct Truth {
    /// The task of every commit that holds its work.
    task_of: BTreeMap<String, usize>,
    /// The sessions whose work landed, and their tasks.
    landed: BTreeMap<String, (usize, Way)>,
}

/// Makes the work of one task.
fn add(world: &mut World, truth: &mut Truth, random: &mut Random, task: usize, way: Way) {
    let at = task as Minute * APART;
    let who = *random.one(&PEOPLE);
    let (tag, path) = (format!("task{task}"), format!("src/part{}.rs", random.below(4)));
    let before = std::fs::read_to_string(world.repository().join(&path)).unwrap_or_default();
    let own = [&code(&tag, 8 + random.below(20)), COMMON].concat();
    // There is nothing to delete yet.
    let way = if way == Way::Deletion && before.is_empty() { Way::Direct } else { way };
    let by_hand = code(&format!("by_hand{task}"), 16);
    let shorter = || before.lines().skip(6).map(|line| format!("{line}\n")).collect::<String>();
    let (written, text) = match way {
        Way::Rewritten => (own.clone(), [&before, &code(&tag, 4), &by_hand, COMMON].concat()),
        Way::Redone => (own.clone(), [&before, &by_hand, COMMON].concat()),
        Way::Deletion => (shorter(), shorter()),
        _ => (own.clone(), [&before, &own[..]].concat()),
    };
    let session = format!("{who}-{task}");
    let branch = format!("{who}/{tag}");
    let has_branch = matches!(way, Way::Merge | Way::Squash | Way::CherryPick | Way::Together);
    let on = if has_branch { branch.as_str() } else { "main" };
    if way == Way::Elsewhere {
        edit_elsewhere(world, &session, who, at, &path, &written);
    } else {
        world.edit(&session, at, on, &path, &written);
    }
    if way == Way::Lost {
        return;
    }
    if way == Way::Parallel {
        world.edit(&format!("{who}-{task}b"), at + 3, "main", &path, &code(&format!("other{task}"), 12));
    }
    if has_branch {
        world.git(&["checkout", "-q", "-b", &branch]);
    }
    world.write(&path, &text);
    let subject = format!("Work on {tag}");
    let first = world.commit(at + 10, who, &subject);
    if way == Way::Together {
        let more = code(&format!("{tag}more"), 9);
        let second = format!("{who}-{task}b");
        world.edit(&second, at + 20, on, &path, &more);
        world.write(&path, &[text.as_str(), &more].concat());
        world.commit(at + 25, who, "More work");
        truth.landed.insert(second, (task, way));
    }
    let mut shas = vec![first.clone()];
    match way {
        Way::Printed => world.print(&session, at + 11, "main", &first),
        Way::Merge => shas.push(world.merge(at + 60, &branch, &format!("Merge branch '{branch}'"))),
        Way::Squash | Way::Together => {
            shas.push(world.squash(at + 60, &branch, &format!("{subject} (#{})", task + 1)));
            world.git(&["branch", "-qD", &branch]);
        }
        Way::CherryPick => {
            world.git(&["checkout", "-q", "main"]);
            world.git_at(at + 90, who, &["cherry-pick", &first]);
            shas.push(world.git(&["rev-parse", "HEAD"]));
        }
        Way::Amend => {
            let more = code(&format!("{tag}more"), 6);
            world.edit(&session, at + 200, "main", &path, &more);
            world.write(&path, &[text.as_str(), &more].concat());
            world.git(&["add", "-A"]);
            world.git_at(at + 210, who, &["commit", "-q", "--amend", "--no-edit"]);
            shas.push(world.git(&["rev-parse", "HEAD"]));
        }
        Way::Direct | Way::Parallel | Way::Elsewhere | Way::Rewritten | Way::Redone | Way::Deletion | Way::Lost => {}
    }
    truth.task_of.extend(shas.into_iter().map(|sha| (sha, task)));
    truth.landed.insert(session, (task, way));
}

/// What people do without a session: they move a file, copy a part of one, or take the last change back and bring it back.
fn disturb(world: &mut World, random: &mut Random, task: usize) {
    let at = task as Minute * APART + 65;
    let path = format!("src/part{}.rs", random.below(4));
    let Ok(text) = std::fs::read_to_string(world.repository().join(&path)) else { return };
    match random.below(4) {
        0 => {
            world.git(&["mv", &path, &format!("src/old{task}.rs")]);
            world.commit(at, "max", "Move a part");
        }
        1 => {
            world.write(&format!("examples/copy{task}.rs"), &text);
            world.commit(at, "max", "Show an example");
        }
        2 => {
            let taken_back: String = text.lines().skip(8).map(|line| format!("{line}\n")).collect();
            world.write(&path, &taken_back);
            world.commit(at, "max", "Take something back");
            world.write(&path, &text);
            world.commit(at + 2, "max", "Bring it back");
        }
        _ => {}
    }
}

/// An edit on a machine whose folders have other names.
fn edit_elsewhere(world: &mut World, session: &str, who: &str, at: Minute, path: &str, text: &str) {
    let cwd = format!("/Users/{who}/src/my-shop");
    let tool = json!({"type": "tool_use", "id": format!("e-{session}"), "name": "Write",
                      "input": {"file_path": format!("{cwd}/{path}"), "content": text}});
    let line = json!({
        "type": "assistant", "sessionId": session, "uuid": format!("u-{session}"), "timestamp": stamp(at),
        "requestId": format!("r-{session}"), "cwd": cwd, "gitBranch": "main",
        "message": {"id": format!("m-{session}"), "model": "claude-opus-4-6", "role": "assistant", "content": [tool],
                    "usage": {"input_tokens": 100, "output_tokens": 40}}
    });
    world.line(session, &line);
}

#[test]
fn links_of_random_work_are_right_and_are_found() {
    // By rule: links, and those that are right. By way: sessions, and those that were found.
    let mut rules: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut ways: BTreeMap<Way, (u32, u32)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in 0..WORLDS {
        let mut random = Random(seed);
        let (mut world, mut truth) = (World::new(), Truth::default());
        for task in 0..TASKS {
            let way = WAYS.get(task).copied().unwrap_or_else(|| *random.one(&WAYS));
            add(&mut world, &mut truth, &mut random, task, way);
            disturb(&mut world, &mut random, task);
        }
        let mut found: BTreeSet<String> = BTreeSet::new();
        for row in world.links() {
            let (Some(sha), true) =
                (row["sha"].as_str(), ["explicit", "strong"].iter().any(|tier| row["tier"] == *tier))
            else {
                continue;
            };
            let session = row["session_id"].as_str().expect("a session");
            let is_right = truth.landed.get(session).is_some_and(|(task, _)| truth.task_of.get(sha) == Some(task));
            let rule = rules.entry(row["rule"].as_str().expect("a rule").to_owned()).or_default();
            *rule = (rule.0 + 1, rule.1 + u32::from(is_right));
            if is_right {
                found.insert(session.to_owned());
            } else {
                wrong.push(format!("{seed}: {session} {sha} {}", row["rule"]));
            }
        }
        for (session, (_, way)) in &truth.landed {
            let counts = ways.entry(*way).or_default();
            *counts = (counts.0 + 1, counts.1 + u32::from(found.contains(session)));
        }
    }
    let sum = |counts: Vec<&(u32, u32)>| counts.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let (links, right) = sum(rules.values().collect());
    let (sessions, found) = sum(ways.values().collect());
    assert!(right * 100 >= links * 97, "{right} of {links} links are right: {wrong:?}");
    assert!(found * 100 >= sessions * 95, "{found} of {sessions} sessions are found: {ways:?}");
    for (rule, (links, right)) in &rules {
        assert!(right * 100 >= links * 95, "{rule}: {right} of {links} links are right: {wrong:?}");
    }
    let found_by = |rule: &str| rules.get(rule).is_some_and(|(links, _)| *links >= 5);
    assert!(
        ways.len() == WAYS.len() - 1 && ["lines", "paths", "printed-commit"].iter().all(|rule| found_by(rule)),
        "{ways:?} {rules:?}"
    );
}

//! Whose lines a landing has, when several commits and sessions have them.

use serde_json::{Value, json};

use super::world::{World, code};
use super::{accounts, pair, pairs};
use crate::program::arg;

const DAY: i64 = 24 * 60;

#[test]
fn a_file_that_moves_a_change_that_returns_and_a_copy_cost_nothing_again() {
    let mut world = World::new();
    let first = world.work("dana-one", 5, "main", ("src/a.rs", &code("alpha", 12)), "Add alpha (#1)");
    world.git(&["mv", "src/a.rs", "a.rs"]);
    world.commit(100, "kim", "Move alpha (#2)");
    world.git_at(DAY, "kim", &["revert", "--no-edit", "HEAD"]);
    world.git_at(2 * DAY, "kim", &["revert", "--no-edit", &first]);
    world.git_at(3 * DAY, "kim", &["revert", "--no-edit", "HEAD"]);
    world.write("examples/a.rs", &code("alpha", 12));
    world.commit(4 * DAY, "kim", "Add an example (#3)");
    assert_eq!(pairs(&world.links()), [pair("dana-one", &first, "strong")]);
    assert_eq!(accounts(&world), [(first, 140)].into());
}

#[test]
fn a_branch_that_goes_on_after_its_squash_keeps_only_what_did_not_land() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "develop"]);
    for (task, minute) in [("alpha", 10), ("beta", 500)] {
        let (path, text) = (format!("{task}.rs"), code(task, 12));
        world.work(&format!("dana-{task}"), minute - 5, "develop", (&path, &text), &format!("Add {task}"));
    }
    let squash = world.squash(40 * DAY, "develop", "Release (#1)");
    world.git(&["checkout", "-q", "develop"]);
    world.work("dana-gamma", 41 * DAY - 5, "develop", ("gamma.rs", &code("gamma", 12)), "Add gamma");
    world.git(&["checkout", "-q", "main"]);
    assert_eq!(accounts(&world), [(squash, 280), ("develop".to_owned(), 140)].into());
}

#[test]
fn a_squash_of_a_deleted_branch_after_months_is_found_by_lines_and_by_the_pull_request() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "alpha"]);
    let sha = world.work("dana-one", 5, "alpha", ("a.rs", &code("alpha", 12)), "Add alpha");
    world.print("dana-one", 10, "alpha", &sha);
    let squash = world.squash(60 * DAY, "alpha", "Add alpha");
    world.git(&["branch", "-qD", "alpha"]);
    world.git(&["reflog", "expire", "--expire=now", "--all"]);
    world.git(&["gc", "-q", "--prune=now"]);
    assert_eq!(pairs(&world.links()), [pair("dana-one", &squash, "strong")]);
    let export = world.repository().join("../pulls.json");
    let pull = json!([{"number": 7, "headRefName": "alpha", "mergeCommit": {"oid": squash}, "state": "MERGED",
                       "commits": [{"oid": sha}]}]);
    std::fs::write(&export, pull.to_string()).expect("a file");
    let rows = world.table("links", &["--pull-requests", arg(&export)]);
    assert_eq!(pairs(&rows), [pair("dana-one", &squash, "explicit")]);
    assert_eq!((&rows[0]["pull_request"], &rows[0]["share"]), (&json!(7), &json!("1.000000")));
}

#[test]
fn what_a_session_wrote_first_and_rewrote_later_is_part_of_what_it_landed() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 51));
    let sha = world.commit(20 * 60, "dana", "Add alpha");
    world.edit("dana-one", 5, "main", "a.rs", &code("alpha", 50));
    world.edit("dana-one", 55, "main", "a.rs", &code("draft", 50));
    world.edit("dana-one", 105, "main", "a.rs", &code("alpha", 51));
    assert_eq!(accounts(&world), [(sha, 420)].into());
}

#[test]
fn a_branch_s_name_that_somebody_uses_again_ties_nothing() {
    let mut world = World::new();
    world.ask("dana-one", 5, "patch-1");
    world.git(&["checkout", "-q", "-b", "patch-1"]);
    world.write("a.rs", &code("alpha", 12));
    world.commit(10 * DAY, "kim", "Change alpha");
    world.merge(10 * DAY + 5, "patch-1", "Merge pull request #7 from kim/patch-1");
    assert_eq!(accounts(&world), [("no_edits".to_owned(), 140)].into());
}

#[test]
fn a_session_elsewhere_is_not_tied_by_names_of_files() {
    let landed = |text: &str| {
        let mut world = World::new();
        for path in ["src/order.py", "src/cart.py", "src/user.py"] {
            world.write(path, &code(&path.replace(['/', '.'], "_"), 12));
        }
        let sha = world.commit(10, "kim", "Add the shop");
        for path in ["src/order.py", "src/cart.py", "src/user.py"] {
            world.edit("dana-one", 5, "main", path, &code(&format!("{text}{}", path.replace(['/', '.'], "_")), 12));
        }
        let logs = world.logs().join("dana-one.jsonl");
        let moved = std::fs::read_to_string(&logs).expect("a log").replace("/home/dana/shop", "/home/dana/infra");
        world.forget();
        std::fs::remove_file(&logs).expect("a log");
        world.export("dana-one.jsonl", &moved);
        (sha, accounts(&world))
    };
    assert_eq!(landed("other_").1, [("other_repository".to_owned(), 420)].into());
    let (sha, paid) = landed("");
    assert_eq!(paid, [(sha, 420)].into(), "its lines are there");
}

#[test]
fn a_merged_pull_request_that_a_session_names_is_lesser_evidence_than_one_that_it_opened() {
    let tier = |command: &str, output: &str| {
        let mut world = World::new();
        world.write("a.rs", &code("alpha", 12));
        world.commit(30, "kim", "Add alpha (#7)");
        let tool = json!({"type": "tool_use", "id": "c1", "name": "Bash", "input": {"command": command}});
        world.request("dana-one", 20, "main", tool);
        let result = json!({"type": "tool_result", "tool_use_id": "c1", "content": output});
        world.line(
            "dana-one",
            &json!({"type": "user", "sessionId": "dana-one", "uuid": "r1", "timestamp": super::stamp(21),
                    "cwd": "/home/dana/shop", "message": {"role": "user", "content": [result]}}),
        );
        world.links().first().map_or(Value::Null, |row| row["tier"].clone())
    };
    assert_eq!(tier("gh pr create --fill", "https://github.com/acme/shop/pull/7"), "explicit");
    assert_eq!(tier("gh pr merge 7 --squash", "Merged"), "medium");
    assert_eq!(tier("gh api -X POST repos/acme/shop/issues/7/comments -f body=x", "{}"), "medium");
    assert_eq!(tier("gh pr view 7", "https://github.com/acme/shop/pull/7"), Value::Null);
}

#[test]
fn sessions_that_each_wrote_little_of_a_squash_show_its_branch_together() {
    let mut world = World::new();
    let parts = ["alpha", "beta", "gamma"].map(|part| code(part, 4)).concat();
    world.write("a.rs", &[parts, code("other", 40)].concat());
    let squash = world.commit(3 * DAY, "dana", "Add a (#1)");
    for (minute, part) in [(10, "alpha"), (20, "beta"), (30, "gamma")] {
        world.edit(&format!("dana-{part}"), minute, "topic", "a.rs", &code(part, 4));
    }
    // What it wrote was rewritten before it landed.
    world.edit("dana-first", 5, "topic", "a.rs", &code("draft", 40));
    world.edit("dana-elsewhere", 5, "another", "a.rs", &code("draft", 40));
    let first = pair("dana-first", &squash, "strong");
    let found = pairs(&world.links());
    assert!(found.contains(&first), "{found:?}");
    assert!(found.iter().all(|(session, ..)| session != "dana-elsewhere"), "{found:?}");
}

#[test]
fn what_was_done_before_a_branch_was_squashed_is_not_in_its_next_squash() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 12));
    let first = world.commit(DAY, "dana", "Add alpha (#1)");
    world.edit("dana-one", 10, "topic", "a.rs", &code("alpha", 12));
    world.edit("dana-early", 5, "topic", "a.rs", &code("draft", 12));
    world.write("a.rs", &[code("alpha", 12), code("beta", 12)].concat());
    let second = world.commit(2 * DAY, "dana", "Add beta (#2)");
    world.edit("dana-two", DAY + 300, "topic", "a.rs", &[code("alpha", 12), code("beta", 12)].concat());
    let expected =
        [pair("dana-early", &first, "strong"), pair("dana-one", &first, "strong"), pair("dana-two", &second, "strong")];
    assert_eq!(pairs(&world.links()), expected);
}

//! Pull requests with reviews: what answered them, how long they waited, and what landed without one; worked out by hand.

use serde_json::{Value, json};

use super::world::{Minute, World, code, stamp};
use crate::program::{arg, command, finish};

/// A request of an export; reviews are minutes and states by Eve.
fn pull(number: u64, by: &str, minutes: (Minute, Minute), reviews: &[(Minute, &str)]) -> Value {
    let review =
        |(at, state): &(Minute, &str)| json!({"author": {"login": "eve"}, "state": state, "submittedAt": stamp(*at)});
    json!({"number": number, "headRefName": format!("work{number}"), "mergeCommit": {"oid": by}, "state": "MERGED",
           "createdAt": stamp(minutes.0), "mergedAt": stamp(minutes.1), "isDraft": false, "labels": [],
           "author": {"login": "dana"}, "reviews": reviews.iter().map(review).collect::<Vec<_>>()})
}

fn audit(world: &World, pulls: &[Value], config: &str) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("pulls.json"), Value::from(pulls).to_string()).expect("a file");
    std::fs::write(folder.path().join("tokaudit.toml"), config).expect("a file");
    let (logs, repository) = (world.logs(), world.repository());
    let mut command =
        command(&["audit", arg(&logs), "--repo", arg(&repository), "--pull-requests", "pulls.json", "-q"]);
    command.args(["--no-cache", "--format", "json", "--preset", "entelligence"]);
    finish(command.current_dir(folder.path())).json()
}

fn metric<'a>(document: &'a Value, id: &str) -> &'a Value {
    let found = document["metrics"].as_array().expect("metrics").iter().find(|metric| metric["id"] == id);
    found.unwrap_or_else(|| panic!("no {id}"))
}

/// An edit and a commit that prints its hash: $0.003.
fn work(world: &mut World, minute: Minute, number: u64, path: &str) -> String {
    let (session, branch) = (format!("dana-{number}"), format!("work{number}"));
    let text = code(&format!("t{number}_{minute}"), 12);
    let sha = world.work(&session, minute, &branch, (path, &text), &format!("Add {path}"));
    world.print(&session, minute + 5, &branch, &sha);
    sha
}

fn land(world: &World, minute: Minute, number: u64) -> String {
    world.merge(minute, &format!("work{number}"), &format!("Merge pull request #{number} from acme/work{number}"))
}

#[test]
fn six_requests_are_told_to_the_minute_and_the_cent() {
    let mut world = World::new();
    // The first is answered: its second commit comes after the review and before the merge.
    world.git(&["checkout", "-q", "-b", "work1"]);
    work(&mut world, 5, 1, "src/a.rs");
    work(&mut world, 40, 1, "src/b.rs");
    let sha = land(&world, 90, 1);
    let mut pulls = vec![pull(1, &sha, (12, 90), &[(30, "CHANGES_REQUESTED"), (60, "APPROVED")])];
    // Of the others one has no review, and the rest are approved after twice to six times an hour.
    for number in 2..=6 {
        let start = 1000 * i64::try_from(number).expect("small");
        world.git(&["checkout", "-q", "-b", &format!("work{number}")]);
        work(&mut world, start, number, &format!("src/c{number}.rs"));
        let sha = land(&world, start + 400, number);
        let approved = [(start + 6 + 60 * start / 1000, "APPROVED")];
        pulls.push(pull(number, &sha, (start + 6, start + 400), if number == 5 { &[] } else { &approved }));
    }
    // Two months later all of it is old enough to be judged.
    world.write("NEWS.md", "Nothing new.\n");
    world.commit(60 * 24 * 60, "dana", "Tell the news");
    let document = audit(&world, &pulls, "[reviews]\nhourly_usd = 60\n");

    assert_eq!(document["fates"]["review_response_usd"], "0.003");
    let class = |name: &str| {
        let all = document["waterfall"].as_array().expect("classes");
        all.iter().find(|class| class["class"] == name).expect("a class")["cost_usd"].clone()
    };
    // Seven commits at $0.003, one of them an answer.
    assert_eq!((class("review_response"), class("product")), (json!("0.003"), json!("0.018")));
    assert_eq!(metric(&document, "review-response-spend")["value"], 0.142_857);
    // 18 minutes, then 2, 3, 4 and 6 hours; 30 minutes, then 274, 214, 154 and 34 from the approval on.
    assert_eq!(metric(&document, "review-wait-hours")["value"], 3.0);
    assert_eq!(metric(&document, "merge-wait-hours")["value"], 2.566_667);
    let share = metric(&document, "no-review-share");
    assert_eq!(
        (&share["value"], &share["numerator"], &share["denominator"]),
        (&json!(0.166_667), &json!(1), &json!(6))
    );
    // $0.003 of $0.021.
    assert_eq!(metric(&document, "no-review-spend")["value"], 0.142_857);
    let requests = &document["pull_requests"];
    assert_eq!((&requests["merged"], &requests["median_lines"]), (&json!(6), &json!(12)));
    assert_eq!(requests["bands"][1]["cost_usd"], "0.021");
    // 1,624 minutes at a dollar each, and in no sum of tokens.
    assert_eq!(requests["reviews"]["human_cost"]["upper_bound_usd"], "1624");
    assert_eq!(document["totals"]["cost_usd"], "0.021");
    // None mends, no line is lost, and one of seven commits answers: by counts it is the same here as by dollars.
    let parts: Vec<(&Value, &Value)> = document["preset"]["parts"]
        .as_array()
        .expect("parts")
        .iter()
        .map(|one| (&one["part"], &one["share"]))
        .collect();
    let expected = [("fixing", 0.0), ("rewriting", 0.0), ("review_friction", 0.142_857), ("product", 0.857_143)]
        .map(|(a, b)| (json!(a), json!(b)));
    assert_eq!(parts, expected.iter().map(|(a, b)| (a, b)).collect::<Vec<_>>());
    assert_eq!(document["preset"]["label"], "shape only, vendor formula unpublished");
    let text = document.to_string();
    assert!(!text.contains("\"eve\""), "a reviewer is named");
}

#[test]
fn an_amended_commit_and_a_squash_are_told_by_when_the_work_was_done() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "work1"]);
    work(&mut world, 5, 1, "src/a.rs");
    // Rebased after the review at 30: the author's time stays.
    world.git_at(50, "dana", &["commit", "-q", "--amend", "--no-edit"]);
    let merged = land(&world, 90, 1);
    world.git(&["checkout", "-q", "-b", "work2"]);
    for (minute, path) in [(105, "src/b.rs"), (140, "src/c.rs")] {
        let text = code(&format!("s{minute}"), 12);
        world.edit("dana-2", minute, "work2", path, &text);
        world.write(path, &text);
        world.commit(minute + 5, "dana", "Step");
    }
    let squashed = world.squash(190, "work2", "Two files (#2)");
    world.git(&["branch", "-q", "-D", "work2"]);
    world.commit(60 * 24 * 60, "dana", "Tell the news");
    let pulls =
        [pull(1, &merged, (12, 90), &[(30, "APPROVED")]), pull(2, &squashed, (112, 190), &[(130, "COMMENTED")])];
    // The squash holds one request before its review and one behind it.
    assert_eq!(audit(&world, &pulls, "")["fates"]["review_response_usd"], "0.0015");
}

#[test]
fn old_lines_that_were_taken_away_are_credited() {
    let mut world = World::new();
    let start = 100 * 24 * 60;
    world.git(&["checkout", "-q", "-b", "work1"]);
    work(&mut world, start, 1, "README.md");
    land(&world, start + 10, 1);
    let document = audit(&world, &[pull(9, "none", (0, 1), &[])], "");
    let credit = metric(&document, "deletion-credit");
    // The one line that the repository began with.
    assert_eq!((&credit["value"], &credit["denominator"], &credit["coverage"]), (&json!(1), &json!(1), &json!(1.0)));
}

#[test]
fn a_label_keeps_what_was_tried_out_from_waste() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "work1"]);
    work(&mut world, 5, 1, "src/a.rs");
    world.git(&["checkout", "-q", "main"]);
    world.write("NEWS.md", "Nothing new.\n");
    world.commit(60 * 24 * 60, "dana", "Tell the news");
    let mut tried = pull(1, "", (12, 90), &[]);
    tried["mergeCommit"] = Value::Null;
    tried["mergedAt"] = Value::Null;
    tried["state"] = json!("CLOSED");
    tried["labels"] = json!([{"name": "Spike"}]);
    let told = |config: &str| {
        let document = audit(&world, std::slice::from_ref(&tried), config);
        (metric(&document, "abandoned-spend")["numerator"].as_f64(), document["fates"]["tried_out_usd"].clone())
    };
    assert_eq!(told(""), (Some(0.003), json!("0")));
    assert_eq!(told("[labels]\nspike = \"not waste\"\n"), (Some(0.0), json!("0.003")));
}

//! Usage and commits: each way in which work reaches the mainline, or does not, as a small made-up world.

mod basis;
mod business;
mod conserved;
mod funnel;
mod limits;
mod random_world;
mod reviewed;
mod whose;
mod work_types;
pub(crate) mod world;

use std::path::Path;

use serde_json::{Value, json};

use world::{World, code, stamp};

use crate::program::{arg, git, run};

/// Session, commit and tier of rows that name a commit on the mainline.
fn pairs(rows: &[Value]) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let named = rows.iter().filter(|row| row["sha"].is_string());
    let mut pairs: Vec<_> =
        named.map(|row| (text(&row["session_id"]), text(&row["sha"]), text(&row["tier"]))).collect();
    pairs.sort();
    pairs
}

fn pair(session: &str, sha: &str, tier: &str) -> (String, String, String) {
    (session.to_owned(), sha.to_owned(), tier.to_owned())
}

/// Cost by account of the journal: landing, branch or reason.
fn accounts(world: &World) -> std::collections::BTreeMap<String, u64> {
    let mut sums = std::collections::BTreeMap::new();
    for row in world.table("journal", &[]) {
        let name = ["landing", "branch", "reason"].into_iter().find_map(|key| row[key].as_str());
        *sums.entry(name.expect("an account").to_owned()).or_insert(0) += row["tokens"].as_u64().expect("tokens");
    }
    sums
}

#[test]
fn a_printed_hash_links_the_session_to_the_commit() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 8));
    let sha = world.commit(10, "dana", "Add alpha");
    world.ask("dana-one", 5, "main");
    world.print("dana-one", 10, "main", &sha);
    assert_eq!(pairs(&world.links()), [pair("dana-one", &sha, "explicit")]);
    assert_eq!(accounts(&world), [(sha, 280)].into());
}

#[test]
fn a_hash_that_was_only_looked_at_links_nothing() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 8));
    let sha = world.commit(10, "dana", "Add alpha");
    let tool = json!({"type": "tool_use", "id": "c", "name": "Bash", "input": {"command": format!("git show {sha}")}});
    world.request("dana-one", 20, "main", tool);
    assert_eq!(pairs(&world.links()), []);
    assert_eq!(accounts(&world), [("no_edits".to_owned(), 140)].into());
}

#[test]
fn lines_survive_a_squash_a_rebase_and_a_deleted_branch() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "alpha"]);
    world.work("dana-one", 5, "alpha", ("src/a.rs", &code("alpha", 12)), "Add alpha");
    let squash = world.squash(60, "alpha", "Add alpha (#7)");
    world.git(&["branch", "-qD", "alpha"]);

    world.git(&["checkout", "-q", "-b", "beta", "HEAD~1"]);
    world.work("dana-two", 65, "beta", ("src/b.rs", &code("beta", 12)), "Add beta");
    world.git_at(80, "dana", &["rebase", "-q", "main"]);
    let rebased = world.git(&["rev-parse", "HEAD"]);
    world.git(&["checkout", "-q", "main"]);
    world.git(&["merge", "-q", "--ff-only", "beta"]);
    world.git(&["branch", "-qD", "beta"]);
    let expected = [pair("dana-one", &squash, "strong"), pair("dana-two", &rebased, "strong")];
    assert_eq!(pairs(&world.links()), expected);
    assert_eq!(world.links_of("dana-one")[0]["pull_request"], 7);
}

#[test]
fn a_commit_of_a_merged_branch_is_named_with_its_landing() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "alpha"]);
    let sha = world.work("dana-one", 5, "alpha", ("a.rs", &code("alpha", 8)), "Add alpha");
    let landing = world.merge(30, "alpha", "Merge pull request #3 from acme/alpha");
    let links = world.links();
    assert_eq!(pairs(&links), [pair("dana-one", &sha, "strong")]);
    assert_eq!((&links[0]["landing"], &links[0]["pull_request"]), (&json!(landing), &json!(3)));
    assert_eq!(links[0]["share"], "1.000000");
}

#[test]
fn a_tag_of_a_gateway_links_a_request_without_a_session() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 8));
    let first = world.commit(10, "dana", "Add alpha (#7)");
    world.write("b.rs", &code("beta", 8));
    let second = world.commit(20, "dana", "Add beta");
    world.write("c.rs", &code("gamma", 8));
    let third = world.commit(30, "dana", "SHOP-3: add gamma");
    let rows = [
        json!({"request_tags": "[\"pr:7\", \"prod\"]"}),
        json!({"request_tags": ["commit:".to_owned() + &second[..10]]}),
        json!({"metadata": {"spend_logs_metadata": {"ticket": "SHOP-3"}}}),
        json!({"request_tags": ["pr:8"]}),
        json!({"request_tags": ["prod"]}),
    ];
    let mut text = String::new();
    for (at, mut row) in rows.into_iter().enumerate() {
        row["request_id"] = json!(format!("r{at}"));
        row["startTime"] = json!(stamp(5));
        row["model"] = json!("claude-opus-4-6");
        (row["spend"], row["prompt_tokens"], row["completion_tokens"]) = (json!(0.01), json!(100), json!(40));
        text += &format!("{row}\n");
    }
    world.export("gateway.jsonl", &text);
    let landings = |row: &Value| (row["landing"].as_str().unwrap_or_default().to_owned(), row["rule"].clone());
    let mut found: Vec<_> = world.links().iter().map(landings).collect();
    let mut expected: Vec<_> = [first, second, third].map(|sha| (sha, json!("tag"))).into();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(found, expected);
    let accounts = accounts(&world);
    assert_eq!((accounts.len(), accounts["no_session"]), (5, 140));
    assert_eq!(accounts["no_edits"], 140, "a request of a pull request that nobody knows");
}

#[test]
fn a_person_s_only_commit_at_the_time_is_a_weak_link() {
    let mut world = World::new();
    let mut text = "timestamp,model,input_tokens,output_tokens,session_id,user_email,repo\n".to_owned();
    let mut session = |id: &str, who: &str, minutes: [i64; 2]| {
        for minute in minutes {
            text += &format!("{},claude-opus-4-6,100,40,{id},{who}@example.org,shop\n", stamp(minute));
        }
    };
    session("one", "dana", [0, 5]);
    session("two", "dana", [200, 205]);
    session("late", "dana", [500, 505]);
    session("other", "kim", [0, 5]);
    world.export("export.csv", &text);
    world.write("a.rs", &code("alpha", 8));
    let alone = world.commit(40, "dana", "Add alpha");
    for (minute, tag) in [(210, "beta"), (220, "gamma")] {
        world.write(&format!("{tag}.rs"), &code(tag, 8));
        world.commit(minute, "dana", tag);
    }
    world.write("d.rs", &code("delta", 8));
    world.commit(600, "dana", "Add delta, too late");
    assert_eq!(pairs(&world.links()), [pair("one", &alone, "weak")]);
    assert_eq!(accounts(&world), [(alone, 280), ("no_edits".to_owned(), 840)].into());
}

#[test]
fn a_pick_to_a_release_branch_takes_no_money_twice() {
    let mut world = World::new();
    world.git(&["branch", "release"]);
    let sha = world.work("dana-one", 5, "main", ("a.rs", &code("alpha", 8)), "Add alpha");
    world.git(&["checkout", "-q", "release"]);
    world.git_at(40, "dana", &["cherry-pick", "-x", &sha]);
    world.git(&["checkout", "-q", "main"]);
    assert_eq!(pairs(&world.links()), [pair("dana-one", &sha, "strong")]);
    assert_eq!(accounts(&world), [(sha, 140)].into());
}

#[test]
fn an_amended_commit_is_found_under_its_new_id() {
    let mut world = World::new();
    let old = world.work("dana-one", 5, "main", ("a.rs", &code("alpha", 8)), "Add alpha");
    world.print("dana-one", 10, "main", &old);
    world.write("a.rs", &(code("alpha", 8) + &code("more", 2)));
    world.git(&["add", "-A"]);
    world.git_at(20, "dana", &["commit", "-q", "--amend", "-m", "Add alpha and more"]);
    let new = world.git(&["rev-parse", "HEAD"]);
    assert_eq!(pairs(&world.links()), [pair("dana-one", &new, "strong")]);
}

#[test]
fn several_sessions_share_one_commit() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 10));
    world.write("b.rs", &code("beta", 10));
    let sha = world.commit(20, "dana", "Add both");
    world.edit("dana-one", 5, "main", "a.rs", &code("alpha", 10));
    world.edit("dana-two", 10, "main", "b.rs", &code("beta", 10));
    assert_eq!(pairs(&world.links()), [pair("dana-one", &sha, "strong"), pair("dana-two", &sha, "strong")]);
}

#[test]
fn one_session_on_two_branches_pays_each_by_its_part() {
    let mut world = World::new();
    let mut expected = Vec::new();
    for (at, tag) in [(0, "alpha"), (60, "beta")] {
        world.git(&["checkout", "-q", "-b", tag, "main"]);
        let sha = world.work("dana-one", at + 5, tag, (&format!("{tag}.rs"), &code(tag, 10)), tag);
        world.merge(at + 20, tag, &format!("Merge branch '{tag}'"));
        expected.push(pair("dana-one", &sha, "strong"));
    }
    expected.sort();
    let links = world.links();
    assert_eq!(pairs(&links), expected);
    assert!(links.iter().all(|link| link["share"] == "0.500000"), "{links:?}");
}

#[test]
fn parallel_sessions_on_one_branch_are_told_apart_by_their_lines() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "work"]);
    world.edit("dana-one", 1, "work", "a.rs", &code("alpha", 10));
    world.edit("dana-two", 2, "work", "b.rs", &code("beta", 10));
    world.write("a.rs", &code("alpha", 10));
    let first = world.commit(10, "dana", "alpha");
    world.write("b.rs", &code("beta", 10));
    let second = world.commit(11, "dana", "beta");
    world.merge(30, "work", "Merge branch 'work'");
    assert_eq!(pairs(&world.links()), [pair("dana-one", &first, "strong"), pair("dana-two", &second, "strong")]);
}

#[test]
fn one_session_in_two_repositories_is_followed_in_both() {
    let (mut one, two) = (World::new(), World::new());
    for (world, path, tag, minute) in [(&one, "a.rs", "alpha", 10), (&two, "lib/b.rs", "beta", 20)] {
        world.write(path, &code(tag, 10));
        world.commit(minute, "dana", tag);
    }
    one.git(&["remote", "add", "origin", "https://example.org/acme/shop.git"]);
    two.git(&["remote", "add", "origin", "https://example.org/acme/site.git"]);
    one.edit("dana-one", 5, "main", "a.rs", &code("alpha", 10));
    // The same session goes on in the other checkout.
    let file = "/home/dana/site/lib/b.rs";
    let tool = json!({"type": "tool_use", "id": "x", "name": "Write",
                      "input": {"file_path": file, "content": code("beta", 10)}});
    one.request("dana-one", 15, "main", tool);
    let logs = one.logs();
    let path = logs.join("dana-one.jsonl");
    let text = std::fs::read_to_string(&path).expect("a log");
    let lines: Vec<String> =
        text.lines()
            .map(|line| {
                if line.contains("/site/") {
                    line.replace("/home/dana/shop\"", "/home/dana/site\"")
                } else {
                    line.into()
                }
            })
            .collect();
    std::fs::write(&path, lines.join("\n")).expect("a log");
    let rows = world::table_of("links", &logs, &[&one.repository(), &two.repository()], &[]);
    let mut repos: Vec<&str> = rows.iter().filter_map(|row| row["repo"].as_str()).collect();
    repos.sort_unstable();
    assert_eq!(repos, ["example.org/acme/shop", "example.org/acme/site"], "{rows:?}");
}

#[test]
fn work_committed_outside_the_agent_is_found_and_work_that_never_was_is_said() {
    let mut world = World::new();
    world.edit("dana-one", 5, "main", "a.rs", &code("alpha", 10));
    world.edit("dana-two", 6, "main", "b.rs", &code("beta", 10));
    world.write("a.rs", &code("alpha", 10));
    let sha = world.commit(600, "dana", "By hand, hours later");
    assert_eq!(pairs(&world.links()), [pair("dana-one", &sha, "strong")]);
    assert_eq!(accounts(&world), [(sha, 140), ("uncommitted".to_owned(), 140)].into());
}

#[test]
fn work_on_a_branch_that_did_not_land_names_the_branch() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "spike"]);
    world.write("a.rs", &code("alpha", 10));
    world.commit(10, "dana", "Try alpha");
    world.git(&["checkout", "-q", "main"]);
    world.edit("dana-one", 5, "spike", "a.rs", &code("alpha", 10));
    assert_eq!(pairs(&world.links()), []);
    assert_eq!(accounts(&world), [("spike".to_owned(), 140)].into());
}

#[test]
fn a_pull_requests_head_is_mapped_to_its_squash() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "alpha"]);
    world.write("a.rs", &code("alpha", 10));
    let own = world.commit(10, "dana", "Add alpha");
    world.print("dana-one", 10, "alpha", &own);
    let squash = world.squash(60, "alpha", "Add alpha (#7)");
    world.git(&["update-ref", "refs/pull/7/head", &own]);
    world.git(&["branch", "-qD", "alpha"]);
    assert_eq!(pairs(&world.links()), [pair("dana-one", &squash, "explicit")]);
}

#[test]
fn a_worktree_and_a_fork_are_the_same_repository() {
    let mut world = World::new();
    world.write("src/deep/a.rs", &code("alpha", 10));
    world.write("src/deep/b.rs", &code("beta", 10));
    let sha = world.commit(20, "dana", "Add both");
    let write = |file: &str, tag: &str| json!({"type": "tool_use", "id": tag, "name": "Write", "input": {"file_path": file, "content": code(tag, 10)}});
    world.request("dana-one", 5, "main", write("/home/dana/shop/.worktrees/x/src/deep/a.rs", "alpha"));
    world.request("eve-fork", 6, "main", write("/home/eve/shop/src/deep/b.rs", "beta"));
    let sessions: Vec<String> = pairs(&world.links()).into_iter().map(|(session, id, _)| session + &id).collect();
    assert_eq!(sessions, [format!("dana-one{sha}"), format!("eve-fork{sha}")]);
}

#[test]
fn a_session_on_windows_is_linked_by_the_files_that_it_edited() {
    let mut world = World::new();
    world.write("src/Deep/a.rs", &(code("alpha", 6) + &code("human", 60)));
    let sha = world.commit(20, "dana", "Add alpha");
    let folder = "c:\\\\Users\\\\dana\\\\shop";
    let write = json!({"type": "tool_use", "id": "w", "name": "Write",
                       "input": {"file_path": "C:\\Users\\dana\\shop\\src\\deep\\a.rs", "content": code("alpha", 6)}});
    world.request("dana-one", 15, "main", write);
    let logs = world.logs();
    let path = logs.join("dana-one.jsonl");
    let text = std::fs::read_to_string(&path).expect("a log").replace("/home/dana/shop", folder);
    std::fs::write(&path, text).expect("a log");
    let rows = world::table_of("links", &logs, &[&world.repository()], &[]);
    assert_eq!(pairs(&rows), [pair("dana-one", &sha, "strong")]);
}

#[test]
fn a_session_whose_folder_is_in_another_file_is_linked() {
    let world = World::new();
    world.write("src/a.rs", &code("alpha", 12));
    let alpha = world.commit(10, "dana", "Add alpha");
    world.write("src/b.rs", &code("beta", 12));
    let beta = world.commit(20, "dana", "Add beta");
    let logs = world.logs();
    let write = |name: &str, text: String| {
        let path = logs.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a log");
    };
    let message = |minute: i64, role: &str, block: Value| json!({"type": "message", "id": minute.to_string(), "timestamp": stamp(minute), "message": {"role": role, "content": [block]}});
    let call = json!({"type": "tool_use", "id": "c1", "name": "Create",
                      "input": {"file_path": "/home/dana/shop/src/a.rs", "content": code("alpha", 12)}});
    let lines = [
        json!({"type": "session_start", "id": "droid-one", "title": "x", "cwd": "/home/dana/shop"}),
        message(5, "assistant", call),
        message(6, "user", json!({"type": "tool_result", "tool_use_id": "c1", "content": "written"})),
    ];
    write("droid-one.jsonl", lines.map(|line| format!("{line}\n")).concat());
    let settings = json!({"model": "claude-haiku-4-5", "providerLock": "anthropic", "providerLockTimestamp": stamp(5),
                          "tokenUsage": {"inputTokens": 100, "outputTokens": 20, "cacheCreationTokens": 0,
                                         "cacheReadTokens": 0, "thinkingTokens": 0}});
    write("droid-one.settings.json", settings.to_string());
    let at = |minute: i64| 1_777_885_200_000 + minute * 60_000;
    let request = json!({"tokensIn": 100, "tokensOut": 20, "cacheReads": 0, "cacheWrites": 0, "cost": 0.0002});
    let edit = json!({"tool": "newFileCreated", "path": "src/b.rs", "content": code("beta", 12)});
    let messages = json!([
        {"ts": at(15), "type": "say", "say": "api_req_started", "text": request.to_string(),
         "modelInfo": {"modelId": "claude-haiku-4-5"}},
        {"ts": at(16), "type": "say", "say": "tool", "text": edit.to_string()},
    ]);
    write("tasks/17/ui_messages.json", messages.to_string());
    let surroundings = "# Current Workspace Directory (/home/dana/shop) Files";
    let conversation = json!([{"role": "user", "content": [{"type": "text", "text": surroundings}]},
                              {"role": "assistant", "content": [], "modelInfo": {"modelId": "claude-haiku-4-5"}}]);
    write("tasks/17/api_conversation_history.json", conversation.to_string());
    let rows = world::table_of("links", &logs, &[&world.repository()], &[]);
    assert_eq!(pairs(&rows), [pair("17", &beta, "strong"), pair("droid-one", &alpha, "strong")]);
}

#[test]
fn thinking_before_the_work_is_its_context() {
    let mut world = World::new();
    world.ask("dana-one", 0, "main");
    world.edit("dana-one", 45, "main", "a.rs", &code("alpha", 10));
    world.write("a.rs", &code("alpha", 10));
    let sha = world.commit(50, "dana", "Add alpha");
    let rows = world.table("journal", &[]);
    let rules: Vec<&str> = rows.iter().filter_map(|row| row["rule"].as_str()).collect();
    assert_eq!(rules, ["context", "lines"]);
    assert_eq!(accounts(&world), [(sha, 280)].into());
}

#[test]
fn a_checkpoint_a_note_and_a_trailer_name_their_sessions() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 4));
    let checkpoint = world.commit(10, "dana", "Add alpha\n\nEntire-Checkpoint: 0123456789ab");
    world.write("b.rs", &code("beta", 4));
    let noted = world.commit(20, "dana", "Add beta");
    world.write("c.rs", &code("gamma", 4));
    let trailer = world.commit(30, "dana", "Add gamma\n\nClaude-Session: https://example.org/code/dana-three");
    let note = "b.rs\n  s_1::t_1 1-4\n---\n{\"schema_version\":\"authorship/3.0.0\",\"sessions\":{\"s_1\":\
                {\"agent_id\":{\"tool\":\"claude\",\"id\":\"dana-two\",\"model\":\"m\"}}}}";
    world.git(&["notes", "--ref", "ai", "add", "-m", note, &noted]);
    world.git(&["checkout", "-q", "--orphan", "entire/checkpoints/v1"]);
    world.git(&["rm", "-rqf", "."]);
    let metadata = json!({"checkpoint_id": "0123456789ab", "session_id": "2026-05-04-dana-one"});
    world.write("01/23456789ab/0/metadata.json", &metadata.to_string());
    world.commit(40, "dana", "Checkpoint");
    world.git(&["checkout", "-q", "main"]);
    for (session, minute) in [("dana-one", 9), ("dana-two", 19), ("dana-three", 29)] {
        world.ask(session, minute, "main");
    }
    let mut expected = [
        pair("dana-one", &checkpoint, "explicit"),
        pair("dana-two", &noted, "explicit"),
        pair("dana-three", &trailer, "explicit"),
    ];
    expected.sort();
    let links = world.links();
    assert_eq!(pairs(&links), expected);
    let mut rules: Vec<&str> = links.iter().filter_map(|link| link["rule"].as_str()).collect();
    rules.sort_unstable();
    assert_eq!(rules, ["checkpoint", "git-ai-note", "session-trailer"]);
}

#[test]
fn transcripts_of_the_checkpoint_branch_are_read_where_asked_for_and_count_once() {
    let mut world = World::new();
    let sha = world.work("dana-one", 5, "main", ("a.rs", &code("alpha", 8)), "Add alpha");
    world.ask("dana-one", 6, "main");
    let whole = std::fs::read_to_string(world.logs().join("dana-one.jsonl")).expect("a log");
    let (first, second) = whole.split_once('\n').expect("two lines");
    world.git(&["checkout", "-q", "--orphan", "entire/checkpoints/v1"]);
    world.git(&["rm", "-rqf", "."]);
    world.write("01/23456789ab/0/full.jsonl", &format!("{first}\n"));
    world.write("02/23456789ab/0/full.jsonl", &format!("{first}\n"));
    world.write("03/23456789ab/0/full.jsonl", &first[..100]);
    world.write("03/23456789ab/0/full.jsonl.001", &format!("{}\n{second}", &first[100..]));
    world.write("03/23456789ab/0/metadata.json", "{}");
    world.commit(40, "dana", "Checkpoint");
    world.git(&["checkout", "-q", "main"]);
    let sum = |rows: &[Value]| rows.iter().filter_map(|row| row["output_tokens"].as_u64()).sum::<u64>();
    assert_eq!(sum(&world.table("usage", &["--checkpoints"])), 80, "beside the same log in a file");
    std::fs::remove_file(world.logs().join("dana-one.jsonl")).expect("a log");
    world.forget();
    world.ask("dana-two", 6, "main");
    assert_eq!(sum(&world.table("usage", &[])), 40, "not asked for");
    assert_eq!(sum(&world.table("usage", &["--checkpoints"])), 120);
    let linked: Vec<_> = world.table("links", &["--checkpoints"]);
    assert_eq!(pairs(&linked), [pair("dana-one", &sha, "strong")]);
}

#[test]
fn a_session_that_only_a_record_names_has_no_cost_rather_than_none() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 4));
    let sha = world.commit(10, "dana", "Add alpha\n\nClaude-Session: https://example.org/code/eve-lost");
    world.ask("dana-one", 5, "main");
    let lost = world.links_of("eve-lost");
    assert_eq!((&lost[0]["sha"], &lost[0]["cost_usd"], &lost[0]["share"]), (&json!(sha), &Value::Null, &Value::Null));
}

#[test]
fn the_audit_shows_what_is_linked_and_why_the_rest_is_not() {
    let mut world = World::new();
    world.edit("dana-one", 5, "main", "a.rs", &code("alpha", 10));
    world.write("a.rs", &code("alpha", 10));
    let sha = world.commit(10, "dana", "Add alpha (#4)");
    world.ask("dana-two", 20, "main");
    let (logs, repository) = (world.logs(), world.repository());
    let arguments = ["audit", "-q", "--no-cache", "--format", "json", crate::program::arg(&logs)];
    let ran = crate::program::run(&[&arguments[..], &["--repo", crate::program::arg(&repository)]].concat());
    let document = ran.json();
    let coverage = &document["coverage"];
    assert_eq!((&coverage["total_usd"], &coverage["share"]), (&json!("0.003"), &json!(0.5)));
    assert_eq!(coverage["unlinked"][0]["key"], "no_edits");
    assert_eq!(document["units"][0]["landing"], json!(sha));
    let metric = |id: &str| {
        let all = document["metrics"].as_array().expect("metrics");
        all.iter().find(|metric| metric["id"] == id).cloned().expect("the metric")
    };
    assert_eq!(metric("cost-per-pull-request")["value"], 0.0015);
    assert_eq!(metric("cost-per-linked-line")["value"], 0.00015);
    assert_eq!(metric("link-precision")["value"], Value::Null);
}

#[test]
fn explain_shows_the_chain_and_what_was_rejected() {
    let mut world = World::new();
    world.edit("dana-1one", 5, "main", "a.rs", &code("alpha", 10));
    world.edit("dana-2two", 6, "main", "a.rs", "let unlike = some_thing_else();\n");
    world.write("a.rs", &code("alpha", 10));
    let sha = world.commit(10, "dana", "Add alpha (#4)");
    let (logs, repository) = (world.logs(), world.repository());
    let explain = |topic: &str| {
        let (logs, repository) = (crate::program::arg(&logs), crate::program::arg(&repository));
        crate::program::run(&["explain", topic, logs, "--repo", repository, "--no-cache", "-q"])
    };
    for topic in ["#4", &sha[..10]] {
        let ran = explain(topic);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        for part in ["Merged change", "(#4)", "session dana-1one", "evidence: lines, paths", "Rejected: 1", "dana-2two"]
        {
            assert!(ran.stdout.contains(part), "{topic} {part}: {}", ran.stdout);
        }
    }
    let session = explain("dana-2two");
    assert!(session.stdout.contains("has no link"), "{}", session.stdout);
    assert!(session.stdout.contains("edits that no commit or branch holds"), "{}", session.stdout);
    // Several repositories may have the same number.
    let pull = explain("shop#4").stdout;
    assert!(pull.contains("Became: $") && pull.contains("#4: merged less than 30 days"), "{pull}");
    assert_eq!(explain("other/shop#4").code, Some(3));
    let unknown = explain("0badc0ffee");
    assert_eq!(unknown.code, Some(3), "{}", unknown.stdout);
}

#[test]
fn explain_takes_peoples_branches_that_were_never_merged_and_their_repository() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 10));
    world.commit(1, "dana", "Add alpha");
    world.git(&["checkout", "-q", "-b", "feature/beta"]);
    world.write("b.rs", &code("beta", 8));
    world.commit(2, "erin", "Try beta");
    world.git(&["checkout", "-q", "main"]);
    world.write("a.rs", &code("gamma", 10));
    world.commit(60 * 24 * 40, "dana", "Replace alpha");
    world.edit("dana-1one", 3, "main", "c.rs", &code("delta", 3));
    let (logs, repository) = (world.logs(), world.repository());
    let explain = |topic: &str| {
        let (logs, repository) = (crate::program::arg(&logs), crate::program::arg(&repository));
        crate::program::run(&["explain", topic, logs, "--repo", repository, "--no-cache", "-q"])
    };
    for topic in ["feature/beta", "shop@feature/beta"] {
        let ran = explain(topic);
        assert_eq!(ran.code, Some(0), "{topic}: {}", ran.stderr);
        assert!(ran.stdout.contains("Branch feature/beta in shop: never merged"), "{}", ran.stdout);
        assert!(ran.stdout.contains("1 commit, 8 new lines that count"), "{}", ran.stdout);
        assert!(ran.stdout.contains("No spend is traced to it.") && !ran.stdout.contains("erin"), "{}", ran.stdout);
    }
    assert_eq!(explain("site@feature/beta").code, Some(3));
}

#[test]
fn an_export_of_pull_requests_names_the_branch_behind_a_squash() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "alpha"]);
    world.write("a.rs", &code("alpha", 10));
    world.commit(10, "dana", "Add alpha");
    // Nothing but the branch ties this session to the work.
    world.ask("dana-one", 5, "alpha");
    let squash = world.squash(60, "alpha", "Add alpha");
    world.git(&["branch", "-qD", "alpha"]);
    assert_eq!(accounts(&world), [("no_edits".to_owned(), 140)].into());
    let export = world.repository().join("../pulls.json");
    let pull = json!([{"number": 7, "headRefName": "alpha", "mergeCommit": {"oid": squash}, "state": "MERGED"}]);
    std::fs::write(&export, pull.to_string()).expect("a file");
    let rows = world.table("links", &["--pull-requests", crate::program::arg(&export)]);
    let row = &rows[0];
    assert_eq!((&row["landing"], &row["pull_request"], &row["tier"]), (&json!(squash), &json!(7), &json!("medium")));
    std::fs::write(&export, "number,title").expect("a file");
    let (logs, repository) = (world.logs(), world.repository());
    let flags = ["--repo", crate::program::arg(&repository), "--pull-requests", crate::program::arg(&export)];
    let ran = crate::program::run(&[&["audit", crate::program::arg(&logs), "--no-cache"][..], &flags].concat());
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("gh pr list"), "{}", ran.stderr);
}

#[test]
fn issues_and_outcomes_have_a_price() {
    let mut world = World::new();
    let both = world.work("dana-one", 5, "main", ("a.rs", &code("alpha", 10)), "SHOP-3, SHOP-4: add alpha");
    world.work("dana-two", 25, "main", ("b.rs", &code("beta", 10)), "Mend beta, fixes #12");
    let folder = world.repository().join("..");
    let (issues, leads) = (folder.join("issues.csv"), folder.join("leads.csv"));
    let rows = "Issue key,Issue Type,Resolved\nSHOP-3,Story,2026-05-04\nSHOP-4,Story,2026-05-04\n#12,Bug,2026-05-04\n\
                SHOP-5,Bug,2026-05-04\nSHOP-6,Bug,\nSHOP-7,Bug,2025-01-01\n";
    std::fs::write(&issues, rows).expect("a file");
    std::fs::write(&leads, "date,outcome,count,reversed\n2026-05-04,lead,4,1\n").expect("a file");
    let (logs, repository) = (world.logs(), world.repository());
    let flags = ["--repo", crate::program::arg(&repository), "--month", "2026-05", "--format", "json"];
    let files = ["--outcomes", crate::program::arg(&issues), "--outcomes", crate::program::arg(&leads)];
    let ran = crate::program::run(&[&["audit", crate::program::arg(&logs), "--no-cache"][..], &flags, &files].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let metric = |id: &str| {
        let found = report["metrics"].as_array().and_then(|all| all.iter().find(|metric| metric["id"] == id));
        let one = found.expect("a metric");
        (one["value"].clone(), one["n"].clone(), one["coverage"].clone())
    };
    // Two sessions of $0.0015: one split over two issues, one whole.
    assert_eq!(metric("cost-per-issue"), (json!(0.001), json!(3), json!(0.75)), "{both}");
    assert_eq!(metric("cost-per-outcome"), (json!(0.001), json!(3), Value::Null));
    let bugs = &report["outcomes"]["rows"][0];
    assert_eq!((&bugs["type"], &bugs["issues"], &bugs["linked_issues"]), (&json!("Bug"), &json!(2), &json!(1)));
    assert_eq!(bugs["cost_usd"], "0.0015");
    std::fs::write(&issues, "key,closed_at\nSHOP-3,soon\n").expect("a file");
    let ran = crate::program::run(&[&["audit", crate::program::arg(&logs), "--no-cache"][..], &flags, &files].concat());
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("line 2: a text of 4 characters is not a date"), "{}", ran.stderr);
}

#[test]
fn a_day_of_a_vendor_pays_for_no_pull_request() {
    let mut world = World::new();
    world.write("a.rs", &code("alpha", 8));
    // The first hour of the day, in which a row of a whole day stands.
    world.commit(-510, "dana", "Add alpha (#7)");
    world.export(
        "report.csv",
        "date,username,sku,model,quantity,unit_type,gross_amount,net_amount,organization,repository\n\
         2026-05-04,dana@example.org,copilot_ai_credit,GPT-5.4,500,ai-credits,5,5,acme,shop\n",
    );
    world.export(
        "usage.csv",
        "date,model,input_tokens,user,session_id,repository\n\
         2026-05-04,claude-opus-4-6,1000,dana@example.org,of-the-day,shop\n",
    );
    assert_eq!(world.links(), Vec::<Value>::new());
    let journal = world.table("journal", &[]);
    assert_eq!(journal.len(), 2, "{journal:#?}");
    assert!(journal.iter().all(|row| row["account"] == "unlinked" && row["pull_request"].is_null()), "{journal:#?}");
    // The same row at the time of its request is that of the one who committed half an hour later.
    world.export(
        "usage.csv",
        "time,model,input_tokens,user,session_id,repository\n\
         2026-05-04T00:05:00Z,claude-opus-4-6,1000,dana@example.org,of-the-day,shop\n",
    );
    let links = world.links();
    assert_eq!((links.len(), &links[0]["rule"]), (1, &json!("same-person")), "{links:#?}");
}

#[test]
fn two_repositories_of_one_name_keep_the_links_of_each() {
    let (mut one, two) = (World::new(), World::new());
    one.write("a.rs", &code("alpha", 8));
    let alpha = one.commit(10, "dana", "Add alpha");
    two.write("b.rs", &code("beta", 8));
    let beta = two.commit(10, "kim", "Add beta");
    one.print("dana-one", 10, "main", &alpha);
    one.print("kim-two", 10, "main", &beta);
    let logs = one.logs();
    let (a, b) = (one.repository(), two.repository());
    let both = [pair("dana-one", &alpha, "explicit"), pair("kim-two", &beta, "explicit")];
    for (repositories, linked) in
        [(vec![&*a], &both[..1]), (vec![&*b], &both[1..]), (vec![&*a, &*b], &both), (vec![&*b, &*a], &both)]
    {
        let mut rows = pairs(&world::table_of("links", &logs, &repositories, &[]));
        rows.sort();
        assert_eq!(rows, linked, "{repositories:?}");
    }
}

#[test]
fn two_clones_of_one_remote_count_their_lines_once() {
    let mut world = World::new();
    world.git(&["remote", "add", "origin", "https://github.com/acme/shop.git"]);
    world.write("a.rs", &code("alpha", 12));
    let sha = world.commit(10, "dana", "Add alpha");
    world.print("dana-one", 10, "main", &sha);
    let (logs, one) = (world.logs(), world.repository());
    let two = one.with_file_name("another");
    world.git(&["clone", "-q", ".", arg(&two)]);
    let copied =
        git(&two, &["remote", "set-url", "origin", "git@github.com:acme/shop.git"]).status().expect("git runs");
    assert!(copied.success());
    let merged = |repositories: &[&Path]| {
        let mut arguments = vec!["audit", "-q", "--no-cache", "--as-of", "2026-05-31", "--format", "json", arg(&logs)];
        repositories.iter().for_each(|path| arguments.extend(["--repo", arg(path)]));
        let ran = run(&arguments);
        let metrics = ran.json()["metrics"].as_array().expect("metrics").clone();
        let lines = metrics.into_iter().find(|metric| metric["id"] == "merged-lines").expect("merged-lines");
        (lines["value"].clone(), ran.noticed("same-repository"))
    };
    assert_eq!(merged(&[&one]), (json!(12), 0));
    assert_eq!(merged(&[&one, &two]), (json!(12), 1));
    assert_eq!(merged(&[&two, &one]), (json!(12), 1));
}

#[test]
fn a_pull_request_of_another_owner_is_not_linked() {
    let mut world = World::new();
    world.git(&["remote", "add", "origin", "https://github.com/notacme/shop.git"]);
    world.write("a.rs", &code("alpha", 8));
    let sha = world.commit(10, "dana", "Add alpha (#7)");
    let request = |at: usize, tag: &str| {
        json!({"request_id": format!("r{at}"), "startTime": stamp(5), "model": "claude-opus-4-6", "spend": 0.01,
               "prompt_tokens": 100, "completion_tokens": 40, "request_tags": [tag]})
    };
    let rows = ["pr:acme/shop#7", "pr:notacme/shop#7", "pr:https://github.com/acme/shop/pull/7"];
    let text: Vec<String> = rows.iter().enumerate().map(|(at, tag)| request(at, tag).to_string() + "\n").collect();
    world.export("gateway.jsonl", &text.concat());
    for (session, repository) in [("dana-one", "acme/shop"), ("dana-two", "notacme/shop")] {
        world.ask(session, 5, "main");
        let line = json!({"type": "pr-link", "sessionId": session, "timestamp": stamp(6), "prNumber": 7,
                          "prUrl": format!("https://github.com/{repository}/pull/7"), "prRepository": repository});
        world.line(session, &line);
    }
    let linked: Vec<(String, String, String)> =
        pairs(&world.links()).into_iter().filter(|(_, commit, tier)| *commit == sha && tier == "explicit").collect();
    assert_eq!(linked, [pair("dana-two", &sha, "explicit")]);
    let by_tag = world.links().into_iter().filter(|link| link["rule"] == "tag").map(|link| link["session_id"].clone());
    assert_eq!(by_tag.collect::<Vec<_>>(), [json!("pr:notacme/shop#7")]);
}

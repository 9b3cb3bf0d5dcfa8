//! What people wrote stays in memory: planted words come out nowhere, and small teams cannot be worked out.

use std::path::Path;

use serde_json::json;

use crate::program::{arg, git_output, run};

/// Nothing that the program writes by itself.
const CANARY: &str = "zqxcanaryvj";

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

/// Logs of several agents whose prompts hold the canary, whole, damaged and in unlikely places.
fn plant(folder: &Path) {
    let prompt = format!("tell me a joke about {CANARY} for a birthday");
    let user = json!({"type": "user", "sessionId": "s1", "uuid": "u1", "timestamp": "2026-05-04T09:00:00Z",
                      "cwd": "/home/dana/shop", "message": {"role": "user", "content": prompt}});
    let usage = json!({"input_tokens": 100, "output_tokens": 40});
    let answer = json!({"type": "assistant", "sessionId": "s1", "uuid": "u2", "timestamp": "2026-05-04T09:00:05Z",
                        "requestId": "r1", "cwd": "/home/dana/shop", "message": {"id": "m1", "model": "claude-opus-4-6",
                        "role": "assistant", "usage": usage,
                        "content": [{"type": "text", "text": format!("about {CANARY}")},
                                    {"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": CANARY}}]}});
    let damaged = format!("{{\"type\":\"user\",\"message\":{{\"content\":\"{CANARY}");
    write(&folder.join("claude.jsonl"), &format!("{user}\n{answer}\n{damaged}\n[\"{CANARY}\"]\n"));
    let codex = [
        json!({"timestamp": "2026-05-04T10:00:00Z", "type": "session_meta", "payload": {"id": "c1", "cwd": "/home/dana/shop",
               "originator": "codex_cli_rs", "cli_version": "0.1.0"}}),
        json!({"timestamp": "2026-05-04T10:00:01Z", "type": "event_msg", "payload": {"type": "user_message", "message": prompt}}),
        json!({"timestamp": "2026-05-04T10:00:05Z", "type": "event_msg", "payload": {"type": "token_count", "info": {
               "total_token_usage": {"input_tokens": 10, "cached_input_tokens": 0, "output_tokens": 5, "total_tokens": 15},
               "last_token_usage": {"input_tokens": 10, "cached_input_tokens": 0, "output_tokens": 5, "total_tokens": 15}}}}),
    ];
    let lines: Vec<String> = codex.iter().map(ToString::to_string).collect();
    write(&folder.join("codex.jsonl"), &(lines.join("\n") + "\n"));
    let gateway = json!({"request_id": "g1", "startTime": "2026-05-04T09:00:00Z", "model": "claude-opus-4-6", "spend": 0.01,
                         "prompt_tokens": 100, "completion_tokens": 40, "messages": [{"role": "user", "content": prompt}],
                         "response": CANARY});
    write(&folder.join("gateway.jsonl"), &format!("{gateway}\n"));
    let message = |id: &str, role: &str| {
        json!({"id": id, "author": {"role": role}, "create_time": 1_777_888_800.5, "metadata": {"model_slug": "gpt-5.2", CANARY: 1},
               "content": {"content_type": "text", "parts": [prompt]}})
    };
    let mapping = json!({"a": {"message": message("a", "user"), "children": ["b"]},
                         "b": {"message": message("b", "assistant"), "parent": "a", "children": []}});
    let chat = json!([{"title": CANARY, "conversation_id": "g1", "create_time": 1_777_888_800.5, "mapping": mapping}]);
    write(&folder.join("conversations.json"), &chat.to_string());
    let interaction = json!({"id": "i1", "sessionId": "i", "interactionType": "userPrompt", "appClass": "x", "conversationType": "bizchat",
                             "createdDateTime": "2026-05-04T11:00:00Z", "body": {"contentType": "html", "content": prompt}});
    write(&folder.join("interactions.json"), &json!({"value": [interaction]}).to_string());
    let message = json!({"uuid": "h", "sender": "human", "text": prompt, "created_at": "2026-05-04T12:00:00Z"});
    write(
        &folder.join("claude.json"),
        &json!([{"uuid": "c", "name": CANARY, "chat_messages": [message, {"sender": CANARY}]}]).to_string(),
    );
    write(&folder.join("unknown.json"), &format!("{{\"{CANARY}\": 1}}"));
    write(
        &folder.join("aider.md"),
        &format!("# aider chat started at 2026-05-04 09:00:00\n\n#### {prompt}\n\n> Tokens: 1k sent, 5 received.\n"),
    );
    write(&folder.join("prompts.ndjson"), &format!("{}\n{damaged}\n", json!({"id": "p1", "text": prompt})));
}

#[test]
fn planted_words_come_out_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let (logs, cache, repository) =
        (folder.path().join("logs"), folder.path().join("cache"), folder.path().join("shop"));
    plant(&logs);
    std::fs::create_dir_all(&repository).expect("a folder");
    git_output(&repository, &["init", "-q", "-b", "main"]);
    git_output(&repository, &["commit", "-q", "--allow-empty", "-m", "Begin"]);
    // A workbook is packed; what is in it is looked at below.
    let formats = tokaudit::report::render::RENDERERS.iter().map(|renderer| renderer.id()).filter(|id| *id != "xlsx");
    let mut runs: Vec<Vec<String>> = Vec::new();
    let mut add = |arguments: &[&str]| runs.push(arguments.iter().map(|text| (*text).to_owned()).collect());
    let everywhere = [arg(&logs), "--repo", arg(&repository), "--cache-dir", arg(&cache), "-v", "--off-task"];
    for format in formats {
        for command in ["audit", "spend", "sources"] {
            add(&[&[command], &everywhere[..], &["--format", format]].concat());
        }
        add(&["history", arg(&repository), "--cache-dir", arg(&cache), "-v", "--format", format]);
    }
    for table in ["usage", "sessions", "commits", "changes", "lines", "links", "journal", "values", "prices"] {
        for format in ["jsonl", "csv"] {
            add(&[&["ledger", "--table", table], &everywhere[..], &["--format", format]].concat());
        }
    }
    for topic in ["s1", "c1", "off-task", "formats"] {
        add(&[&["explain", topic], &everywhere[..]].concat());
    }
    for format in ["jsonl", "csv"] {
        add(&["classify", arg(&logs.join("prompts.ndjson")), "--format", format]);
    }
    add(&["audit", arg(&logs.join("unknown.json"))]);
    let policy = folder.path().join("tokaudit.toml");
    write(&policy, "[[gate]]\nmetric = \"spend\"\nmax = 1\n");
    add(&["gate", arg(&logs.join("prompts.ndjson")), "--policy", arg(&policy)]);
    let mut flagged = false;
    for arguments in &runs {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = run(&arguments);
        for (stream, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
            assert!(!text.to_ascii_lowercase().contains(CANARY), "{arguments:?} on {stream}");
        }
        flagged |= ran.stdout.contains("off_task_likely");
    }
    let book = folder.path().join("report.xlsx");
    let ran = run(&[&["audit"], &everywhere[..], &["--format", "xlsx", "--out", arg(&book)]].concat());
    assert!(book.is_file(), "{}", ran.stderr);
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&book).expect("a workbook");
    for name in calamine::Reader::sheet_names(&book) {
        let sheet = calamine::Reader::worksheet_range(&mut book, &name).expect("a sheet");
        assert!(sheet.rows().flatten().all(|cell| !cell.to_string().to_ascii_lowercase().contains(CANARY)), "{name}");
    }
    assert!(flagged, "the prompts were looked at");
    for entry in
        walkdir::WalkDir::new(&cache).into_iter().filter_map(Result::ok).filter(|one| one.file_type().is_file())
    {
        let bytes = std::fs::read(entry.path()).expect("a cached file");
        assert!(!bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()), "{}", entry.path().display());
    }
}

#[test]
fn teams_of_lines_are_shown_when_enough_people_wrote_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let repository = folder.path().join("shop");
    std::fs::create_dir_all(&repository).expect("a folder");
    let git = |author: &str, arguments: &[&str]| {
        let author = format!("user.email={author}");
        git_output(&repository, &[&["-c", "user.name=Kim", "-c", &author], arguments].concat());
    };
    git("x", &["init", "-q", "-b", "main"]);
    // Six people of one team, one of them under two addresses, five of another, two of a third and one of none.
    let teams = [("pay", 6), ("search", 5), ("ops", 2), ("elsewhere", 1)];
    let commit = |author: &str, message: &str| {
        write(&repository.join(format!("{author}-{}.txt", message.len())), "one line\nanother line\n");
        git(author, &["add", "-A"]);
        git(author, &["commit", "-q", "-m", message]);
    };
    for (team, people) in teams {
        for number in 0..people {
            commit(&format!("p{number}@{team}.example"), "Work");
        }
    }
    commit("p0@home.example", "More work");
    commit("p1@pay.example", "With help\n\nCo-Authored-By: Claude <noreply@anthropic.com>");
    let config = |teams: &str| {
        let path = folder.path().join("tokaudit.toml");
        write(&path, &format!("[teams]\n{teams}[identity]\n\"p0@pay.example\" = [\"p0@home.example\"]\n"));
        path
    };
    let by_team = |path: &Path| {
        let ran = run(&["history", arg(&repository), "--no-cache", "--config", arg(path), "--format", "json"]);
        let shown = ran.json()["repos"][0]["by_team"].clone();
        let rows = shown.as_array().expect("teams").iter().map(|row| {
            let count = |key: &str| row[key].as_u64().expect("a number");
            (row["team"].as_str().map(str::to_owned), count("people"), count("merged_lines"), count("assisted_lines"))
        });
        rows.collect::<Vec<_>>()
    };
    let named =
        |names: &[&str]| -> String { names.iter().map(|name| format!("{name} = [\"*@{name}.example\"]\n")).collect() };
    // Two and one of none are fewer than five, so the smallest of the others goes with them.
    let pay = (Some("pay".to_owned()), 6, 16, 2);
    assert_eq!(by_team(&config(&named(&["pay", "search", "ops"]))), std::slice::from_ref(&pay));
    // Five and three of none: what is hidden is three people in one group, so another one is hidden with it.
    assert_eq!(by_team(&config(&named(&["pay", "search"]))), std::slice::from_ref(&pay));
    // All but one team are eight people, and may be shown.
    assert_eq!(by_team(&config(&named(&["pay"]))), [pay, (None, 8, 16, 0)]);
    let path = config(&named(&["ops"]));
    assert_eq!(by_team(&path), []);
    let ran = run(&["history", arg(&repository), "--no-cache", "--config", arg(&path)]);
    assert!(ran.stdout.contains("No team of the configuration has enough people to be shown"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("ops"), "{}", ran.stdout);
    let none = run(&["history", arg(&repository), "--no-cache", "--format", "json"]).json();
    assert!(none["repos"][0]["by_team"].is_null());
}

#[test]
fn least_team_hides_the_spend_of_small_teams_in_every_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = "timestamp,model,input_tokens,output_tokens,user,team\n".to_owned();
    for (team, people) in [("large", 9), ("midsize", 6), ("small", 1), ("tiny", 1)] {
        for user in 0..people {
            text += &format!("2026-05-04T09:0{user}:00Z,claude-opus-4-6,100000,0,{team}-{user},{team}\n");
        }
    }
    let usage = folder.path().join("usage.csv");
    std::fs::write(&usage, text).expect("a file");
    let config = folder.path().join("company.toml");
    let outputs = |least_team: u64| {
        std::fs::write(&config, format!("[privacy]\nleast_team = {least_team}\n")).expect("a file");
        let common = [arg(&usage), "-q", "--config", arg(&config)];
        let ran = |first: &[&str], last: &[&str]| run(&[first, &common[..], last].concat()).stdout;
        [
            ran(&["spend"], &["--by", "team", "--format", "csv"]),
            ran(&["audit", "--details"], &["--as-of", "2026-06-01"]),
            ran(&["audit"], &["--as-of", "2026-06-01", "--format", "json"]),
            ran(&["ledger", "--table", "usage"], &["--format", "csv"]),
            ran(&["ledger", "--table", "focus"], &["--format", "csv"]),
        ]
    };
    // Users are called like their teams, so teams are looked for as whole cells.
    let names =
        |output: &String, team: &str| output.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == team);
    for output in outputs(1) {
        for team in ["large", "midsize", "small", "tiny"] {
            assert!(names(&output, team), "{team}: {output}");
        }
    }
    let [spend, page, ..] = outputs(5);
    // Two people alone could subtract their own spend, so the smallest of the other teams is hidden with them.
    assert!(spend.contains("3 others together") && page.contains("3 others together"), "{spend}{page}");
    for output in &outputs(5) {
        assert!(names(output, "large"), "{output}");
        for team in ["midsize", "small", "tiny"] {
            assert!(!names(output, team), "{team}: {output}");
        }
    }
}

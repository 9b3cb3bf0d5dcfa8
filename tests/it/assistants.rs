//! Conversations with assistants that seats cover: their prompts are counted and judged, and no sum of dollars or tokens changes.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokaudit::example;

use crate::program::{arg, run, spend};

const WEATHER: &str = "What will the weather be like in Lisbon this weekend?";
const BIRTHDAY: &str = "Write a birthday poem for my aunt Rosa, she turns seventy and keeps bees.";
const WORK: &str = "Write a SQL query that counts orders by customer and month";

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources").join(path)
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

/// A conversation of the compliance API with one prompt.
fn conversation(user: &str, number: usize, prompt: &str) -> String {
    let (id, at) = (format!("{user}-{number}"), 1_780_300_800 + 3_600 * number);
    let author = |role: &str| json!({"role": role});
    let text = |text: &str| json!({"type": "text", "value": text});
    let messages = json!([
        {"id": format!("{id}-p"), "author": author("user"), "content": text(prompt), "created_at": at},
        {"id": format!("{id}-a"), "author": author("assistant"), "content": text("Yes."), "created_at": at + 5, "model": "gpt-5.2"},
    ]);
    let whole = json!({"id": id, "workspace_id": "w", "user_email": format!("{user}@acme.example"), "created_at": at,
                       "last_active_at": at, "messages": {"data": messages}});
    format!("{whole}\n")
}

/// Twelve people of sales and three of legal write eight prompts each; some of sales' are not about work.
fn company(folder: &Path) {
    let mut lines = String::new();
    let people = (0..12).map(|at| format!("sale{at}")).chain((0..3).map(|at| format!("legal{at}")));
    for (at, person) in people.enumerate() {
        for number in 0..8 {
            let prompt = match (at % 2, number) {
                (0, 3) => WEATHER,
                (0, 5) => BIRTHDAY,
                _ => WORK,
            };
            lines += &conversation(&person, number, prompt);
        }
    }
    write(&folder.join("conversations.jsonl"), &lines);
    write(
        &folder.join("tokaudit.toml"),
        "[teams]\nsales = [\"sale*@acme.example\"]\nlegal = [\"legal*@acme.example\"]\n",
    );
}

#[test]
fn prompts_that_seats_cover_change_no_sum_and_raise_no_alarm() {
    let log = fixture("claude-code/one-hour-write-long-context/input.jsonl");
    let exports = fixture("chatgpt/compliance/input.jsonl");
    let both = fixture("m365-copilot/both/input.jsonl");
    let (alone, all) = (spend(&[&log], &[]).json(), spend(&[&log, &exports, &both], &[]).json());
    let without = |document: &Value| {
        let mut totals = document["totals"].clone();
        totals.as_object_mut().expect("an object").remove("by_seat");
        (totals, document["alarms"].clone())
    };
    assert_eq!(without(&alone), without(&all));
    let seats = &all["totals"]["by_seat"];
    assert_eq!(seats, &json!({"prompts": 6, "conversations": 4, "estimated_tokens": 49}));
    let kinds = |document: &Value| -> Vec<String> {
        let all = document["diagnostics"].as_array().expect("diagnostics");
        all.iter().map(|one| one["kind"].to_string()).filter(|kind| kind != "\"different-spans\"").collect()
    };
    assert_eq!(kinds(&alone), kinds(&all));
    let audit = run(&["audit", arg(&exports), "--details", "--no-config", "-q", "--as-of", "2026-07-01"]);
    assert!(audit.stdout.contains("3 prompts"), "{}", audit.stdout);
    assert_eq!(audit.stdout.matches("seats cover them").count(), 1, "{}", audit.stdout);
    assert!(!audit.stdout.contains("no price"), "{}", audit.stdout);
}

#[test]
fn a_bill_of_the_same_vendor_and_day_is_neither_explained_nor_doubled_by_prompts() {
    let folder = tempfile::tempdir().expect("a folder");
    let bill = folder.path().join("bill.csv");
    write(
        &bill,
        "charge_period_start,provider_name,response_model,input_uncached_tokens,output_tokens,billed_cost_usd\n\
         2026-06-01,openai,gpt-5.2,1000,100,10\n",
    );
    let talks = folder.path().join("talks.jsonl");
    write(&talks, &conversation("ann", 0, WORK));
    let document = spend(&[&bill, &talks], &["--by", "day"]).json();
    assert_eq!(document["totals"]["cost_usd"], "10");
    assert_eq!(document["totals"]["unreconciled_usd"], "0");
    assert_eq!(document["totals"]["overlapping_records"], 0);
    assert_eq!(document["diagnostics"], json!([]));
}

#[test]
fn off_task_prompts_to_an_assistant_are_a_share_with_a_range_and_only_a_large_team_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    company(folder.path());
    let (talks, config) = (folder.path().join("conversations.jsonl"), folder.path().join("tokaudit.toml"));
    let audit = |extra: &[&str]| {
        let own =
            ["audit", arg(&talks), "--details", "--config", arg(&config), "--off-task", "-q", "--as-of", "2026-07-01"];
        run(&[&own[..], extra].concat())
    };
    let document = audit(&["--format", "json"]).json();
    let found = &document["off_task"];
    // Eight of fifteen people wrote two such prompts of eight.
    assert_eq!((&found["prompts"], &found["likely"]), (&json!(120), &json!(16)));
    let ends = ["lo", "share", "hi"].map(|key| found[key].as_f64().expect("a share"));
    assert!(ends[0] < ends[1] && ends[1] < ends[2], "{ends:?}");
    assert_eq!(found["cost_usd"], "0");
    let page = audit(&[]).stdout;
    assert!(page.contains("of 120 prompts likely"), "{page}");
    // Legal has three people, and sales alone would leave them as the rest.
    assert_eq!(found["teams"], json!([]));
    let only_sales: String = std::fs::read_to_string(&talks)
        .expect("the export")
        .split_inclusive('\n')
        .filter(|line| line.contains("sale"))
        .collect();
    write(&talks, &only_sales);
    let teams = audit(&["--format", "json"]).json()["off_task"]["teams"].clone();
    assert_eq!(teams[0]["team"], "sales", "{teams}");
    assert_eq!(teams[0]["users"]["least"], 10, "{teams}");
    assert_eq!(teams[0]["likely_per_mille"], json!({"least": 100, "below": 250}), "{teams}");
}

#[test]
fn a_team_that_only_talks_to_an_assistant_is_no_team_of_the_spend() {
    let folder = tempfile::tempdir().expect("a folder");
    company(folder.path());
    let (talks, config) = (folder.path().join("conversations.jsonl"), folder.path().join("tokaudit.toml"));
    let log = folder.path().join("log.csv");
    write(
        &log,
        "charge_period_start,response_model,input_uncached_tokens,output_tokens,user_key\n\
         2026-06-01T08:00:00Z,claude-opus-4-6,1000000,0,legal0@acme.example\n",
    );
    write(&config, &(std::fs::read_to_string(&config).expect("a file") + "[privacy]\nleast_team = 2\n"));
    let arguments =
        ["spend", arg(&log), arg(&talks), "--config", arg(&config), "--by", "team", "-q", "--format", "json"];
    let rows = run(&arguments).json()["rows"].clone();
    // Three people of legal write prompts, and one of them spends money: not enough to show it.
    let of_legal = rows.as_array().expect("rows").iter().find(|row| row["key"]["team"] == "legal");
    assert!(of_legal.is_none(), "{rows}");
}

#[test]
fn the_ledger_of_prompts_reads_back_as_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("ledger.csv");
    let export = fixture("chatgpt/export/conversations.json");
    let ran = run(&["ledger", arg(&export), "--no-config", "-q", "--format", "csv"]);
    write(&own, &ran.stdout);
    let totals = |path: &Path| spend(&[path], &[]).json()["totals"].clone();
    assert_eq!(totals(&own), totals(&export));
    assert_eq!(totals(&own)["by_seat"]["estimated_tokens"], 54);
}

#[test]
fn an_export_reads_in_its_zip_beside_pictures_and_pages() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("export.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).expect("a file"));
    let conversations = std::fs::read(fixture("chatgpt/export/conversations.json")).expect("a fixture");
    let picture = [0x89, b'P', b'N', b'G', 0, 1, 2, 3].repeat(40);
    for (name, bytes) in [
        ("conversations-000.json", conversations.as_slice()),
        ("chat.html", b"<html><body></body></html>"),
        ("user.json", br#"{"id": "user-1", "email": "ann@acme.example"}"#),
        ("message_feedback.json", b"[]"),
        ("file-1.png", &picture),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a file in it");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("a zip");
    let ran = spend(&[&path], &[]);
    assert_eq!(ran.json()["totals"]["by_seat"]["prompts"], 5, "{}", ran.stderr);
    let noticed = ran.json()["diagnostics"].clone();
    let loud = noticed.as_array().expect("diagnostics").iter().filter(|one| one["severity"] != "note");
    let kinds: Vec<&str> = loud.filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds, ["no-timestamp"], "{noticed}");
}

#[test]
fn the_example_has_weather_questions_and_birthday_wishes() {
    let folder = tempfile::tempdir().expect("a folder");
    let built = example::build(folder.path()).expect("the example");
    let ran = run(&[
        "audit",
        arg(&built.assistant),
        "--off-task",
        "--no-config",
        "-q",
        "--format",
        "json",
        "--as-of",
        "2026-05-31",
    ]);
    let document = ran.json();
    assert_eq!(document["totals"]["by_seat"]["prompts"], built.truth.assistant_prompts);
    assert_eq!(document["off_task"]["prompts"], built.truth.assistant_prompts);
    // Flags are few, so some are missed; none is of work, and none is a finding by its text alone.
    let likely = document["off_task"]["likely"].as_u64().expect("a count");
    assert!((3..=built.truth.assistant_off_task).contains(&likely), "{likely}");
    assert_eq!(document["off_task"]["likely_by_text_alone"], likely);
    assert!(built.truth.assistant_off_task >= 5);
}

//! Avoidable spend: made-up transcripts whose dollars are worked out by hand, a kind each, and what is no waste beside it.
//!
//! Prices of claude-opus-4-6 in May 2026, per million tokens: input $5, cache read $0.50, write $6.25 (one hour $10), output
//! $25; claude-sonnet-4-6: input $3, output $15.

use serde_json::{Value, json};

use crate::program::{arg, run};

const START: i64 = 1_777_885_200;

/// One transcript in the making.
#[derive(Default)]
struct Log {
    text: String,
    serial: usize,
    session: String,
}

impl Log {
    fn new(session: &str) -> Self {
        Self { session: session.to_owned(), ..Self::default() }
    }

    fn line(&mut self, second: i64, kind: &str, message: &Value) {
        self.serial += 1;
        let at = chrono::DateTime::from_timestamp(START + second, 0).expect("an instant").to_rfc3339();
        let uuid = format!("{}-{}", self.session, self.serial);
        let line = json!({"type": kind, "sessionId": self.session, "uuid": uuid, "requestId": uuid, "timestamp": at,
                          "cwd": "/home/dana/shop", "message": message});
        self.text += &format!("{line}\n");
    }

    fn prompt(&mut self, second: i64, text: &str) {
        self.line(second, "user", &json!({"role": "user", "content": text}));
    }

    /// A request: fresh, read, written for five minutes and for an hour, output.
    fn request(&mut self, second: i64, tokens: [u64; 5], content: Value) {
        let [input, read, short, long, output] = tokens;
        let id = format!("{}-{}", self.session, self.serial);
        let usage = json!({"input_tokens": input, "cache_read_input_tokens": read, "output_tokens": output,
                           "cache_creation_input_tokens": short + long,
                           "cache_creation": {"ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": long}});
        let message =
            json!({"id": id, "model": "claude-opus-4-6", "role": "assistant", "usage": usage, "content": [content]});
        self.line(second, "assistant", &message);
    }

    fn say(&mut self, second: i64, tokens: [u64; 5]) {
        self.request(second, tokens, json!({"type": "text", "text": "So it is."}));
    }

    fn call(&mut self, second: i64, id: &str, command: &str) {
        let tool = json!({"type": "tool_use", "id": id, "name": "Bash", "input": {"command": command}});
        self.request(second, [1000, 0, 0, 0, 100], tool);
    }

    fn answer(&mut self, second: i64, id: &str, text: &str, failed: bool) {
        let block = json!({"type": "tool_result", "tool_use_id": id, "content": text, "is_error": failed});
        self.line(second, "user", &json!({"role": "user", "content": [block]}));
    }

    fn edit(&mut self, second: i64) {
        let tool = json!({"type": "tool_use", "id": format!("e{second}"), "name": "Write",
                          "input": {"file_path": "/home/dana/shop/a.rs", "content": "let a = 1;"}});
        self.request(second, [1000, 0, 0, 0, 100], tool);
    }
}

/// The findings of an audit over some transcripts: id and dollars, as they are printed.
fn findings(logs: &[Log]) -> Vec<(String, String, Value)> {
    let folder = tempfile::tempdir().expect("a folder");
    for log in logs {
        std::fs::write(folder.path().join(format!("{}.jsonl", log.session)), &log.text).expect("a file");
    }
    let empty = folder.path().join("none");
    std::fs::create_dir(&empty).expect("a folder");
    let mut command =
        crate::program::command(&["audit", arg(folder.path()), "--format", "json", "-q", "--as-of", "2026-06-01"]);
    let document = crate::program::finish(command.current_dir(&empty)).json();
    let all = document["findings"].as_array().expect("findings").clone();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    all.into_iter().map(|one| (text(&one["id"]), text(&one["cost_usd"]), one)).collect()
}

fn of(logs: &[Log], id: &str) -> Option<String> {
    findings(logs).into_iter().find(|(found, ..)| found == id).map(|(_, cost, _)| cost)
}

#[test]
fn an_expired_cache_costs_what_writing_it_again_costs_more_than_reading() {
    let mut log = Log::new("idle");
    log.prompt(0, "begin with the checkout");
    log.say(1, [0, 0, 100_000, 0, 10]);
    log.say(600, [0, 0, 101_000, 0, 10]);
    // 100,000 tokens at $6.25 - $0.50; the thousand that is new is no miss.
    assert_eq!(of(&[log], "cache-idle-expiry").as_deref(), Some("0.575"));
}

#[test]
fn a_lost_prefix_in_time_is_a_change_and_a_longer_lived_cache_counts_as_such() {
    let mut log = Log::new("changed");
    log.prompt(0, "begin with the checkout");
    log.say(1, [0, 0, 0, 100_000, 10]);
    log.say(1_801, [0, 20_000, 0, 80_000, 10]);
    let found = findings(&[log]);
    let own = found.iter().filter(|(id, ..)| id.starts_with("cache"));
    let ids: Vec<(&str, &str)> = own.map(|(id, cost, _)| (id.as_str(), cost.as_str())).collect();
    // 80,000 tokens at $10.00 - $0.50.
    assert_eq!(ids, [("cache-prefix-change", "0.76")]);
}

#[test]
fn a_prompt_from_which_old_answers_were_taken_misses_nothing() {
    let mut log = Log::new("taken");
    log.prompt(0, "begin with the checkout");
    log.say(1, [0, 0, 150_000, 0, 10]);
    log.say(60, [0, 30_000, 95_000, 0, 10]);
    assert_eq!(of(&[log], "cache-prefix-change"), None);
}

#[test]
fn a_compacted_conversation_and_a_read_prefix_miss_nothing() {
    let mut log = Log::new("fine");
    log.prompt(0, "begin with the checkout");
    log.say(1, [0, 0, 100_000, 0, 10]);
    log.say(60, [0, 100_000, 500, 0, 10]);
    log.say(120, [0, 0, 20_000, 0, 10]);
    assert!(findings(&[log]).iter().all(|(id, ..)| !id.starts_with("cache")));
}

#[test]
fn the_third_equal_call_after_failures_is_a_loop_and_an_edit_makes_it_another() {
    let mut log = Log::new("loop");
    log.prompt(0, "make the tests pass please");
    for (at, id) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let second = 10 * i64::try_from(at).expect("small");
        log.call(second, id, "make test");
        log.answer(second + 5, id, "failed", true);
    }
    // The third and the fourth: 1,000 tokens at $5 and 100 at $25, twice.
    assert_eq!(of(&[log], "retry-loops").as_deref(), Some("0.015"));
    let mut log = Log::new("work");
    log.prompt(0, "make the tests pass please");
    for (at, id) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let second = 20 * i64::try_from(at).expect("small");
        log.call(second, id, "make test");
        log.answer(second + 5, id, "failed", true);
        log.edit(second + 10);
    }
    assert_eq!(of(&[log], "retry-loops"), None);
}

#[test]
fn edits_that_do_not_mend_a_check_are_counted_from_the_sixth_failure_on() {
    let tries = |failures: usize, last: bool| {
        let mut log = Log::new(&format!("tries{failures}"));
        log.prompt(0, "make the tests pass please");
        for at in 0..failures {
            let second = 20 * i64::try_from(at).expect("small");
            let id = format!("c{at}");
            log.call(second + 1, &id, "make test");
            log.answer(second + 5, &id, "failed", last || at + 1 < failures);
            log.edit(second + 10);
        }
        of(&[log], "endless-tries")
    };
    assert_eq!(tries(5, true), None);
    // For each failure from the sixth on an edit and a call: twice 1,000 tokens at $5 and 100 at $25.
    assert_eq!(tries(6, true).as_deref(), Some("0.015"));
    assert_eq!(tries(7, true).as_deref(), Some("0.03"));
    assert_eq!(tries(6, false), None, "the sixth succeeds");
}

#[test]
fn a_prompt_sent_again_wastes_the_first_answer() {
    let mut log = Log::new("again");
    for second in [0, 60] {
        log.prompt(second, "explain how the checkout computes taxes");
        log.say(second + 1, [1000, 0, 0, 0, 100]);
        log.say(second + 2, [1000, 0, 0, 0, 100]);
    }
    assert_eq!(of(&[log], "resent-prompts").as_deref(), Some("0.015"));
    let mut log = Log::new("short");
    for second in [0, 60] {
        log.prompt(second, "continue");
        log.say(second + 1, [1000, 0, 0, 0, 100]);
    }
    assert_eq!(of(&[log], "resent-prompts"), None);
}

#[test]
fn a_prompt_sent_again_after_it_was_broken_off_is_the_same() {
    let mut log = Log::new("broken");
    log.prompt(0, "explain how the checkout computes taxes");
    log.say(1, [1000, 0, 0, 0, 100]);
    // The agent writes this as if a person had said it.
    log.prompt(5, "[Request interrupted by user for tool use]");
    log.prompt(9, "explain how the checkout computes taxes");
    log.say(10, [1000, 0, 0, 0, 100]);
    assert_eq!(of(&[log], "resent-prompts").as_deref(), Some("0.0075"));
    let mut log = Log::new("later");
    log.prompt(0, "explain how the checkout computes taxes");
    log.say(1, [1000, 0, 0, 0, 100]);
    log.prompt(5, "and what about discounts, then?");
    log.say(6, [1000, 0, 0, 0, 100]);
    log.prompt(9, "explain how the checkout computes taxes");
    assert_eq!(of(&[log], "resent-prompts"), None, "something else was asked in between");
}

#[test]
fn a_cache_of_an_hour_lives_on_when_it_is_only_read() {
    let mut log = Log::new("hour");
    log.prompt(0, "begin with the checkout");
    log.say(1, [0, 0, 0, 100_000, 10]);
    log.say(60, [10, 100_000, 0, 0, 10]);
    log.say(1_800, [0, 20_000, 0, 80_000, 10]);
    let ids: Vec<String> = findings(&[log]).into_iter().map(|(id, ..)| id).collect();
    assert!(
        ids.contains(&"cache-prefix-change".to_owned()) && !ids.contains(&"cache-idle-expiry".to_owned()),
        "{ids:?}"
    );
}

#[test]
fn failed_requests_are_what_they_were_charged() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = "timestamp,request_id,model,input_tokens,output_tokens,billed_cost_usd,authority,coverage\n\
               2026-05-04T08:00:00Z,a,claude-opus-4-6,1000,10,0.25,gateway,errored\n\
               2026-05-04T08:01:00Z,b,claude-opus-4-6,1000,0,0,gateway,errored\n\
               2026-05-04T08:02:00Z,c,claude-opus-4-6,1000,10,0.50,gateway,on_demand\n";
    std::fs::write(folder.path().join("usage.csv"), log).expect("a file");
    let mut command =
        crate::program::command(&["audit", "usage.csv", "--format", "json", "-q", "--as-of", "2026-06-01"]);
    let document = crate::program::finish(command.current_dir(folder.path())).json();
    let found = document["findings"].as_array().expect("findings");
    let failed: Vec<_> = found.iter().filter(|one| one["id"] == "failed-requests").collect();
    assert_eq!(failed.len(), 1, "{found:?}");
    assert_eq!((&failed[0]["cost_usd"], &failed[0]["requests"]), (&json!("0.25"), &json!(1)));
}

#[test]
fn a_session_of_questions_is_repriced_as_a_whole() {
    let session = |tool: &str, edits: bool| {
        let mut log = Log::new(tool);
        log.prompt(0, "where are the taxes computed?");
        log.request(1, [1000, 40_000, 0, 0, 100], json!({"type": "tool_use", "id": "a", "name": tool, "input": {}}));
        log.answer(2, "a", "tax.rs", false);
        log.say(3, [1000, 40_000, 0, 0, 100]);
        if edits {
            log.edit(4);
        }
        log
    };
    // Twice $0.0275 on the one, and $0.0165 with 26.5% on top on the other.
    assert_eq!(of(&[session("Grep", false)], "overpowered-model").as_deref(), Some("0.013255"));
    assert_eq!(of(&[session("Grep", true)], "overpowered-model"), None);
    assert_eq!(of(&[session("Task", false)], "overpowered-model"), None, "what the other agent did is not here");
}

#[test]
fn a_large_answer_is_carried_by_the_requests_behind_the_next() {
    let mut log = Log::new("large");
    log.prompt(0, "what is in the build log of yesterday");
    log.call(1, "a", "cat build.log");
    log.answer(2, "a", &"x".repeat(48_000), false);
    log.say(3, [0, 0, 20_000, 0, 10]);
    log.say(4, [0, 20_000, 10, 0, 10]);
    log.say(5, [0, 20_010, 10, 0, 10]);
    log.say(6, [0, 0, 5_000, 0, 10]);
    // (48,002 - 8,000) / 4 tokens, read twice at $0.50; the last request has left them behind.
    assert_eq!(of(&[log], "large-tool-results").as_deref(), Some("0.01"));
}

#[test]
fn a_large_answer_that_is_taken_out_of_the_context_is_carried_no_further() {
    let mut log = Log::new("taken");
    log.prompt(0, "what is in the build log of yesterday");
    log.call(1, "a", "cat build.log");
    log.answer(2, "a", &"x".repeat(48_000), false);
    log.say(3, [0, 0, 40_000, 0, 10]);
    log.say(4, [0, 40_000, 10, 0, 10]);
    // Twelve thousand tokens fewer: the answer is not among what is left.
    log.say(5, [0, 28_010, 0, 0, 10]);
    // (48,002 - 8,000) / 4 tokens, read once at $0.50.
    assert_eq!(of(&[log], "large-tool-results").as_deref(), Some("0.005"));
}

#[test]
fn context_is_measured_against_sessions_of_its_kind() {
    let mut logs = Vec::new();
    for session in 0..11 {
        let mut log = Log::new(&format!("s{session}"));
        let read = if session == 0 { 30_000 } else { 10_000 };
        log.prompt(0, "look at the checkout");
        log.call(1, "a", "ls");
        // Sessions that agree in all counts and times would be copies of one.
        log.say(2, [0, read, 0, 0, 10 + session]);
        log.say(3, [0, read, 0, 0, 10 + session]);
        logs.push(log);
    }
    // Two requests with 20,000 tokens more than the median, at $0.50.
    assert_eq!(of(&logs, "context-beyond-usual").as_deref(), Some("0.02"));
    assert_eq!(of(&logs[..9], "context-beyond-usual"), None);
}

#[test]
fn a_small_question_is_repriced_on_the_smaller_model() {
    let mut log = Log::new("question");
    log.prompt(0, "what does the http status 418 stand for?");
    log.say(1, [10_000, 0, 0, 0, 100]);
    // $0.0525 on the one, $0.0315 on the other.
    assert_eq!(of(&[log], "overpowered-model").as_deref(), Some("0.021"));
    let mut log = Log::new("work");
    log.prompt(0, "what does the http status 418 stand for?");
    log.call(1, "a", "grep -r 418");
    assert_eq!(of(&[log], "overpowered-model"), None);
}

#[test]
fn a_long_run_is_shown_and_saves_nothing_by_itself() {
    let mut log = Log::new("run");
    log.prompt(0, "go through all issues");
    for second in 1..=201 {
        log.call(second, &format!("c{second}"), &format!("show issue {second}"));
    }
    let found = findings(&[log]);
    let (_, cost, one) = found.iter().find(|(id, ..)| id == "unattended-runs").expect("a finding");
    assert_eq!(cost, "1.5075");
    assert_eq!(
        (&one["confidence"], &one["save_most_usd"], &one["requests"]),
        (&json!("look"), &json!("0"), &json!(201))
    );
    assert!(one["examples"][0]["place"].as_str().expect("a place").ends_with("run.jsonl:2"), "{one}");
}

#[test]
fn savings_never_exceed_the_spend() {
    let mut log = Log::new("all");
    for second in [0, 600, 1200, 1800] {
        log.prompt(second, "explain how the checkout computes taxes");
        log.say(second + 1, [0, 0, 100_000 + u64::try_from(second).expect("positive"), 0, 10]);
    }
    let found = findings(&[log]);
    assert!(found.len() > 1, "several kinds lie on the same requests");
    let usd = |value: &Value| value.as_str().expect("dollars").parse::<f64>().expect("a number");
    let saved: f64 = found.iter().map(|(.., one)| usd(&one["save_most_usd"])).sum();
    let spent = 4.0 * 0.625 + 0.000_25 * 4.0 + 3600.0 * 6.25e-6;
    assert!(saved <= spent, "{saved} of {spent}");
    let explained = run(&["explain", "waste", "--example"]);
    assert!(
        explained.stdout.contains("cache-idle-expiry") && explained.stdout.contains(".jsonl:"),
        "{}",
        explained.stdout
    );
}

/// The findings of a table of API requests, which have no sessions: dollars and the most that could be saved, by id.
fn findings_of(table: &str) -> Vec<(String, String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("api.csv");
    std::fs::write(&file, table).expect("a file");
    let arguments = ["audit", arg(&file), "--no-config", "-q", "--format", "json", "--as-of", "2026-06-01"];
    let ran = crate::program::finish(crate::program::command(&arguments).current_dir(folder.path()));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let document = ran.json();
    let found = document["findings"].as_array().expect("findings").iter();
    let mut found: Vec<_> =
        found.map(|one| (text(&one["id"]), text(&one["cost_usd"]), text(&one["save_most_usd"]))).collect();
    found.sort();
    found
}

#[test]
fn an_api_without_caching_without_batches_or_with_small_answers_from_a_large_model_is_found() {
    let header = "timestamp,model,provider,input_uncached_tokens,cache_read_input_tokens,output_tokens,service_tier\n";
    let row = |input: u64, read: &str, output: u64, tier: &str| {
        format!("2026-05-04T09:00:00Z,claude-opus-4-6,anthropic,{input},{read},{output},{tier}\n")
    };
    // Two million tokens cost $10, read from a cache $1, and as a batch half of that and of $2.50 for the output.
    let plain = findings_of(&(header.to_owned() + &row(2_000_000, "", 100_000, "")));
    let ids = |found: &[(String, String, String)]| found.iter().map(|(id, ..)| id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&plain), ["no-batch", "uncached-prompts"]);
    assert_eq!((plain[1].1.as_str(), plain[1].2.as_str()), ("9", "4.5"));
    assert_eq!(plain[0].1, "6.25");
    // Both are done: nothing is found.
    let done = header.to_owned() + &row(2_000_000, "1000", 100_000, "") + &row(10, "", 1_000, "batch");
    assert_eq!(ids(&findings_of(&done)), Vec::<String>::new());
    // 1,000 tokens and 100 of answer cost $0.0075 on Opus and $0.0045 on Sonnet.
    let small = findings_of(&(header.to_owned() + &row(1_000, "", 100, "") + &row(10, "", 1_000, "batch")));
    assert_eq!(small, [("small-answers".to_owned(), "0.003".to_owned(), "0.0024".to_owned())]);
}

//! Each kind of waste on a small session whose dollars are worked out by hand.
//!
//! Every request costs $1 unless a test says otherwise. Prices are those of Opus 4.6 per million tokens: input $5, output
//! $25, cache reads $0.50, five-minute writes $6.25, one-hour writes $10.

use super::*;
use crate::model::activity::{Event, What};
use crate::model::origin::{FileId, Origin};
use crate::model::usage::TokenCounts;

const DOLLAR: Money = Money::from_nanos(1_000_000_000);
/// 2026-05-04T09:00:00Z.
const START: i64 = 1_777_885_200;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(START + second, 0).expect("an instant")
}

fn input(tokens: u64) -> TokenCounts {
    TokenCounts { input: Some(tokens), output: Some(100), ..TokenCounts::default() }
}

fn read(tokens: u64) -> TokenCounts {
    TokenCounts { cache_read: Some(tokens), output: Some(100), ..TokenCounts::default() }
}

fn written(tokens: u64) -> TokenCounts {
    TokenCounts { cache_write_5m: Some(tokens), output: Some(100), ..TokenCounts::default() }
}

/// What was logged, second by second.
#[derive(Default)]
struct Log {
    names: Names,
    records: Vec<Spent>,
    events: Vec<Event>,
}

impl Log {
    /// A request of Opus 4.6.
    fn request(&mut self, session: &str, second: i64, counts: TokenCounts) -> &mut Spent {
        let (session, model) = (self.names.intern(session), self.names.intern("claude-opus-4-6"));
        let number = self.records.len();
        self.records.push(Spent {
            session: Some(session),
            cost: Some(DOLLAR),
            tokens: counts.total(),
            model: Some(model),
            counts,
            origin: Origin { file: FileId(0), line: number as u64 },
            ..Spent::blank(number as u128, at(second))
        });
        self.records.last_mut().expect("a request")
    }

    fn event(&mut self, session: &str, second: i64, what: What) {
        let session = Some(self.names.intern(session));
        let id = self.events.len() as u64;
        let origin = Origin { file: FileId(0), line: id };
        let (cwd, branch, request, subagent) = (None, None, None, false);
        self.events.push(Event { id, origin, at: at(second), session, cwd, branch, request, subagent, what });
    }

    fn prompt(&mut self, session: &str, second: i64, text: &str) {
        let digest = crate::model::hash::hash_text(text);
        let chars = u32::try_from(text.len()).expect("a short text");
        self.event(session, second, What::Prompt { chars, digest, facts: None });
    }

    /// A call of a tool with some arguments, and its answer in the same second.
    fn call(&mut self, session: &str, second: i64, arguments: u64, failed: bool) {
        let name = self.names.intern("Bash");
        let call = self.events.len() as u64;
        self.event(session, second, What::Tool { name, call, arguments });
        self.event(session, second, What::Result { call, size: 100, failed });
    }

    fn edit(&mut self, session: &str, second: i64) {
        let path = self.names.intern("src/a.rs");
        self.event(session, second, What::Edit { path, added: vec![1], deleted: 0 });
    }

    fn with<T>(&self, look: impl FnOnce(&Waste) -> T) -> T {
        let book = PriceBook::embedded().expect("the embedded prices");
        let turns = Turns::new(&self.records, &self.events, &self.names);
        let work_types = WorkTypes::default();
        look(&Waste::find(&WasteContext::new(&turns, &self.records, &self.names, &work_types, &book)))
    }

    /// The records that a kind finds, with their dollars.
    fn found(&self, id: &str) -> Vec<(usize, String)> {
        let kind = KINDS.iter().position(|kind| kind.id() == id).expect("a kind");
        self.with(|waste| waste.overlays[kind].records.iter().map(|(at, cost)| (*at, cost.to_string())).collect())
    }
}

fn dollars(found: &[(usize, &str)]) -> Vec<(usize, String)> {
    found.iter().map(|(at, cost)| (*at, (*cost).to_owned())).collect()
}

#[test]
fn failed_requests_cost_all_that_they_cost() {
    let mut log = Log::default();
    log.request("a", 0, input(100));
    log.request("a", 1, input(100)).errored = true;
    let free = log.request("a", 2, input(100));
    (free.errored, free.cost) = (true, Some(Money::ZERO));
    assert_eq!(log.found("failed-requests"), dollars(&[(1, "1")]));
}

#[test]
fn the_third_equal_call_after_two_failures_is_a_retry_loop() {
    let mut log = Log::default();
    for second in [0, 10, 20] {
        log.request("a", second, input(100));
        log.call("a", second + 1, 7, true);
    }
    log.request("a", 30, input(100));
    log.call("a", 31, 8, true);
    assert_eq!(log.found("retry-loops"), dollars(&[(2, "1")]), "the call with other arguments is a first one");
    log.edit("a", 15);
    assert_eq!(log.found("retry-loops"), [], "an edit makes the next call another try");
}

#[test]
fn a_success_ends_a_retry_loop() {
    let mut log = Log::default();
    for (second, failed) in [(0, true), (10, true), (20, false), (30, true)] {
        log.request("a", second, input(100));
        log.call("a", second + 1, 7, failed);
    }
    // The third call was already the third try; the fourth comes after a success.
    assert_eq!(log.found("retry-loops"), dollars(&[(2, "1")]));
}

#[test]
fn edits_that_do_not_fix_a_check_count_from_the_sixth_failure_on() {
    let mut log = Log::default();
    for round in 0..7 {
        log.request("a", round * 10, input(100));
        log.edit("a", round * 10 + 1);
        log.call("a", round * 10 + 2, 7, true);
        if round == 4 {
            assert_eq!(log.found("endless-tries"), []);
        }
    }
    assert_eq!(log.found("endless-tries"), dollars(&[(5, "1"), (6, "1")]));
    assert_eq!(log.found("retry-loops"), [], "each edit makes another try");
}

#[test]
fn a_prompt_sent_again_wastes_the_turn_before() {
    let long = "Please make the checkout page faster.";
    let resent = |text: &str, second: i64, edits: bool| {
        let mut log = Log::default();
        log.prompt("a", 0, text);
        log.request("a", 1, input(100));
        if edits {
            log.edit("a", 2);
        }
        log.prompt("a", second, text);
        log.request("a", second + 1, input(100));
        log.found("resent-prompts")
    };
    assert_eq!(resent(long, 60, false), dollars(&[(0, "1")]));
    assert_eq!(resent(long, 31 * 60, false), [], "half an hour later it is a new prompt");
    assert_eq!(resent(long, 60, true), [], "the first turn edited something");
    assert_eq!(resent("continue", 60, false), [], "short prompts are repeated for good reasons");
}

#[test]
fn a_cache_that_expired_while_idle_is_paid_again() {
    let after = |second: i64, first: TokenCounts, next: TokenCounts| {
        let mut log = Log::default();
        log.request("a", 0, first);
        log.request("a", second, next);
        (log.found("cache-idle-expiry"), log.found("cache-prefix-change"))
    };
    // 100,000 tokens written at $6.25 instead of read at $0.50 per million.
    let miss = || dollars(&[(1, "0.575")]);
    assert_eq!(after(600, written(100_000), written(100_000)), (miss(), vec![]));
    assert_eq!(after(240, written(100_000), written(100_000)), (vec![], miss()));
    let for_an_hour = TokenCounts { cache_write_1h: Some(100_000), ..TokenCounts::default() };
    assert_eq!(after(600, for_an_hour, written(100_000)), (vec![], miss()), "written for an hour");
    // 99,000 tokens at $5 instead of $0.50.
    assert_eq!(after(600, written(99_000), input(99_500)), (dollars(&[(1, "0.4455")]), vec![]));
    assert_eq!(after(600, written(100_000), read(100_000)), (vec![], vec![]), "it was read");
    assert_eq!(after(600, written(100_000), written(50_000)), (vec![], vec![]), "the context was cleared");
    assert_eq!(after(240, written(100_000), written(97_000)), (vec![], vec![]), "old results were removed");
    assert_eq!(after(600, written(100_000), TokenCounts { input: Some(1_000), ..read(99_000) }).0, [], "a small gap");
}

#[test]
fn requests_of_subagents_are_not_part_of_the_conversation() {
    let mut log = Log::default();
    log.request("a", 0, written(100_000));
    log.request("a", 10, written(50_000)).subagent = true;
    log.request("a", 20, read(100_000));
    assert_eq!(log.found("cache-prefix-change"), []);
}

#[test]
fn a_large_tool_result_is_carried_from_the_second_request_on() {
    let mut log = Log::default();
    log.request("a", 0, input(1_000));
    // (48,000 - 8,000) bytes are 10,000 tokens beyond what would be enough.
    log.event("a", 1, What::Result { call: 1, size: 48_000, failed: false });
    log.request("a", 2, input(20_000));
    log.request("a", 3, read(20_100));
    assert_eq!(log.found("large-tool-results"), dollars(&[(2, "0.005")]));
    log.request("a", 4, read(5_000));
    log.request("a", 5, read(5_100));
    assert_eq!(log.found("large-tool-results"), dollars(&[(2, "0.005")]), "the context was cleared");
}

#[test]
fn context_above_the_median_needs_ten_sessions() {
    let mut log = Log::default();
    for session in 0..8 {
        log.request(&format!("usual-{session}"), session, read(10_000));
    }
    log.request("large", 100, read(30_000));
    assert_eq!(log.found("context-beyond-usual"), [], "nine sessions");
    log.request("another", 200, read(10_000));
    // 20,000 tokens above the median at $0.50 per million.
    assert_eq!(log.found("context-beyond-usual"), dollars(&[(8, "0.01")]));
}

#[test]
fn a_short_question_costs_less_on_a_smaller_model() {
    let mut log = Log::default();
    log.prompt("a", 0, "What does this function do?");
    log.request("a", 1, input(1_000));
    // $0.0075 on Opus less $0.0045 on Sonnet.
    assert_eq!(log.found("overpowered-model"), dollars(&[(0, "0.003")]));
    let mut other = Log::default();
    other.prompt("a", 0, "Write it.");
    other.request("a", 1, TokenCounts { output: Some(301), ..input(1_000) });
    assert_eq!(other.found("overpowered-model"), [], "a long answer is work");
}

#[test]
fn a_session_of_questions_costs_less_on_a_smaller_model_with_retries() {
    let mut log = Log::default();
    for second in [0, 10] {
        log.prompt("a", second, &format!("What happens in step {second}?"));
        log.request("a", second + 1, input(1_000));
    }
    // $0.0075 less $0.0045 × 1.265 each.
    assert_eq!(log.found("overpowered-model"), dollars(&[(0, "0.0018075"), (1, "0.0018075")]));
    log.edit("a", 12);
    // The turn with the edit is work, the other one is still a short question.
    assert_eq!(log.found("overpowered-model"), dollars(&[(0, "0.003")]));
}

#[test]
fn two_hours_without_a_person_or_a_pause_are_unattended() {
    let run = |step: i64, last: i64| {
        let mut log = Log::default();
        log.prompt("a", 0, "Go on until all is done.");
        (0..=last).step_by(usize::try_from(step).expect("minutes")).for_each(|minute| {
            log.request("a", minute * 60, input(100));
        });
        log.found("unattended-runs").len()
    };
    assert_eq!(run(20, 120), 7);
    assert_eq!(run(20, 100), 0, "less than two hours");
    assert_eq!(run(31, 310), 0, "each pause ends a run");
    assert_eq!(run(1, 119), 0);
}

#[test]
fn no_dollar_is_saved_twice() {
    let mut log = Log::default();
    for second in [0, 10, 20] {
        log.request("a", second, input(100));
        log.call("a", second + 1, 7, true);
    }
    log.records[2].errored = true;
    let savings = log.with(|waste| {
        let all = savings::compute(waste, &log.records, &Period::all(chrono_tz::UTC));
        let row =
            |one: &savings::Saving| (one.kind.id(), one.cost.to_string(), one.least.to_string(), one.most.to_string());
        all.iter().map(row).collect::<Vec<_>>()
    });
    let row = |id: &'static str, least: &str, most: &str| (id, "1".to_owned(), least.to_owned(), most.to_owned());
    // The failed request saves 40% to 90% of its dollar, and the retry loop 50% to 100% of the 10% left.
    assert_eq!(savings, [row("failed-requests", "0.4", "0.9"), row("retry-loops", "0.05", "0.1")]);
}

#[test]
fn findings_are_cut_where_an_hour_passes() {
    let mut log = Log::default();
    for second in [0, 60, 7_200] {
        log.request("a", second, input(100)).errored = true;
    }
    let found = log.with(|waste| {
        let all = waste.overlays[0].findings(&log.records, &log.names, &Period::all(chrono_tz::UTC), 10);
        all.iter().map(|one| (one.requests, one.cost.to_string(), one.from)).collect::<Vec<_>>()
    });
    assert_eq!(found, [(2, "2".to_owned(), at(0)), (1, "1".to_owned(), at(7_200))]);
}

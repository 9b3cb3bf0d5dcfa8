//! Which lines are one answer, where the id of the message does not say so.
//!
//! - In: the lines with usage of one transcript. Out: the record id of each.
//! - Traps: a relay may answer everything under one id, or use an id again later. The chunks of one answer share an id, too, and
//!   their counts grow. So an id that the vendor did not make identifies an answer only together with its request; without
//!   a request id, a line belongs to the answer before it unless a count fell or the user spoke in between.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use chrono::{DateTime, Utc};

use crate::model::hash::{IdHasher, hash_text};
use crate::model::usage::{RecordId, TokenCounts};

pub(super) const ID: &str = "claude-code";

/// The usage of a session, which its transcript has with more detail than anything else.
pub(super) fn session_usage(session: &str) -> RecordId {
    RecordId::of(&[ID, "session", session])
}

/// How ids of messages start that the vendor made: its own, and those of its models at Amazon and Google.
const VENDOR_IDS: [&str; 3] = ["msg_01", "msg_bdrk_", "msg_vrtx_"];

/// An id that more answers share than this is no id.
const HANDFUL: u32 = 5;

type ByHash<V> = HashMap<u64, V, BuildHasherDefault<IdHasher>>;

/// The answers of a transcript whose message ids are not the vendor's.
#[derive(Default)]
pub(super) struct Answers {
    /// The latest answer by message, and by request or thread.
    latest: ByHash<Answer>,
    /// Answers of the main thread by message and counts.
    of_main: ByHash<RecordId>,
    /// How many answers a message id has.
    count: ByHash<u32>,
    /// How often the user spoke, in the main thread and in side threads.
    prompts: [u64; 2],
}

/// An answer to which further lines may belong.
struct Answer {
    id: RecordId,
    tokens: TokenCounts,
    prompts: u64,
}

/// A line with usage.
pub(super) struct AnswerLine<'a> {
    pub(super) message: &'a str,
    pub(super) request: Option<&'a str>,
    pub(super) session: &'a str,
    pub(super) time: DateTime<Utc>,
    pub(super) tokens: TokenCounts,
    pub(super) subagent: bool,
}

impl Answers {
    /// Notes that a line of the user separates answers.
    pub(super) fn separate(&mut self, subagent: bool) {
        self.prompts[usize::from(subagent)] += 1;
    }

    /// The record that a line belongs to, and whether its message id has just turned out to be none.
    pub(super) fn record_id(&mut self, line: &AnswerLine<'_>) -> (RecordId, bool) {
        if VENDOR_IDS.iter().any(|start| line.message.starts_with(start)) {
            return (RecordId::of(&[ID, "message", line.message]), false);
        }
        let message = hash_text(line.message);
        let mine = mixed([message, hash_text(&format!("{:?}", line.tokens))]);
        if line.subagent
            && let Some(parent) = self.of_main.get(&mine)
        {
            // A side thread repeats its parent's messages under requests of its own.
            return (*parent, false);
        }
        let thread = line.request.map_or(u64::from(line.subagent), hash_text);
        let prompts = if line.request.is_some() { 0 } else { self.prompts[usize::from(line.subagent)] };
        let known = self.latest.get(&mixed([message, thread]));
        let (id, is_new) = match known {
            Some(answer) if answer.prompts == prompts && grows(&answer.tokens, &line.tokens) => (answer.id, false),
            known => (line.id(known.is_none()), true),
        };
        self.latest.insert(mixed([message, thread]), Answer { id, tokens: line.tokens, prompts });
        if !line.subagent {
            self.of_main.insert(mine, id);
        }
        let count = self.count.entry(message).or_default();
        *count += u32::from(is_new);
        (id, is_new && *count == HANDFUL + 1)
    }
}

impl AnswerLine<'_> {
    /// The id of an answer that starts with this line. Copies of a log keep the request, and else session and time.
    fn id(&self, is_first: bool) -> RecordId {
        match self.request {
            Some(request) if is_first => RecordId::of(&[ID, "request", self.message, request]),
            request => {
                let time = self.time.timestamp_micros().to_string();
                RecordId::of(&[ID, "answer", self.message, request.unwrap_or(""), self.session, &time])
            }
        }
    }
}

/// Whether no count fell.
fn grows(before: &TokenCounts, now: &TokenCounts) -> bool {
    before.max(*now) == *now
}

/// One hash of two.
fn mixed([one, other]: [u64; 2]) -> u64 {
    one.rotate_left(17) ^ other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line<'a>(message: &'a str, request: Option<&'static str>, second: i64, tokens: [u64; 2]) -> AnswerLine<'a> {
        let time = DateTime::from_timestamp_secs(1_780_000_000 + second).unwrap_or_default();
        let tokens = TokenCounts { input: Some(tokens[0]), output: Some(tokens[1]), ..TokenCounts::default() };
        AnswerLine { message, request, session: "s", time, tokens, subagent: false }
    }

    #[test]
    fn chunks_of_one_answer_are_one_record_and_the_next_answer_is_another() {
        let mut answers = Answers::default();
        let mut id = |line: &AnswerLine<'_>| answers.record_id(line).0;
        let first = id(&line("relay", None, 0, [1000, 10]));
        assert_eq!(id(&line("relay", None, 2, [1000, 90])), first);
        // The count falls.
        let second = id(&line("relay", None, 9, [1200, 5]));
        assert_ne!(second, first);
        assert_eq!(id(&line("relay", None, 11, [1200, 50])), second);
        answers.separate(true);
        assert_eq!(answers.record_id(&line("relay", None, 12, [1200, 51])).0, second);
        answers.separate(false);
        assert_ne!(answers.record_id(&line("relay", None, 20, [1300, 60])).0, second);
    }

    #[test]
    fn requests_tell_answers_apart_and_hold_chunks_together() {
        let mut answers = Answers::default();
        let first = answers.record_id(&line("relay", Some("r1"), 0, [1000, 10])).0;
        let second = answers.record_id(&line("relay", Some("r2"), 1, [1000, 10])).0;
        answers.separate(false);
        assert_ne!(first, second);
        assert_eq!(answers.record_id(&line("relay", Some("r1"), 2, [1000, 90])).0, first);
        // In another transcript the same request is the same answer.
        let copy = AnswerLine { session: "copy", ..line("relay", Some("r1"), 900, [1000, 90]) };
        assert_eq!(Answers::default().record_id(&copy).0, first);
    }

    #[test]
    fn a_side_thread_repeats_its_parent_under_requests_of_its_own() {
        let mut answers = Answers::default();
        let parent = answers.record_id(&line("gen-1", Some("r1"), 0, [1000, 10])).0;
        let side = AnswerLine { subagent: true, ..line("gen-1", Some("r9"), 300, [1000, 10]) };
        assert_eq!(answers.record_id(&side).0, parent);
        let other = AnswerLine { subagent: true, ..line("gen-1", Some("r9"), 300, [1100, 10]) };
        assert_ne!(answers.record_id(&other).0, parent);
    }

    #[test]
    fn ids_of_the_vendor_are_one_answer_everywhere_and_an_id_of_many_answers_is_reported_once() {
        let mut answers = Answers::default();
        for vendor in ["msg_01Ab", "msg_bdrk_01Ab", "msg_vrtx_01Ab"] {
            let first = answers.record_id(&line(vendor, Some("r1"), 0, [1000, 10])).0;
            answers.separate(false);
            assert_eq!(answers.record_id(&line(vendor, None, 90, [10, 1])), (first, false));
        }
        let reports = (0..20_i64).filter(|at| {
            let input = 100 - at.unsigned_abs();
            answers.record_id(&line("relay", None, *at, [input, 1])).1
        });
        assert_eq!(reports.collect::<Vec<_>>(), [5]);
    }
}

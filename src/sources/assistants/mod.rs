//! Assistants in the browser and in office programs: exports of conversations, and audit records of prompts.
//!
//! - In: conversations with the texts of prompts and answers, or records of single prompts. Out: a record for each prompt of a
//!   person, and the prompt as an event of its conversation.
//! - A seat covers each of them: there is no amount, and no price of tokens applies. The exports count no tokens; those of
//!   the record are estimated from the length of the texts, in fields of their own.
//! - Refuses: prompts without any time. What the assistant, a tool or a hidden instruction wrote is not a prompt.

pub(super) mod chatgpt;
pub(super) mod claude_chat;
pub(super) mod gemini_workspace;
pub(super) mod m365_copilot;

use chrono::{DateTime, Utc};

use crate::model::bill::Coverage;
use crate::model::usage::estimated_tokens;
use crate::sources::json::page::Sink;
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::chars;
use crate::sources::transcript::session::SessionContext;

/// A prompt of a person, and what is known of the answer to it.
#[derive(Default)]
struct Prompt<'a> {
    /// Who sells the seats.
    provider: &'static str,
    /// Its own id, and what sets equal ids apart.
    id: [&'a str; 2],
    at: Option<DateTime<Utc>>,
    /// Its text, empty where it is an image, a file or deleted; `None` in a record that holds no texts.
    text: Option<String>,
    /// Length of the answer in characters; zero if it is not known.
    answer: u64,
    model: Option<&'a str>,
    conversation: Option<&'a str>,
    user: Option<&'a str>,
}

impl Prompt<'_> {
    /// Adds its record and its event. A prompt with the same id is a copy of it.
    fn add(self, sink: &mut Sink<'_>) {
        let Some(at) = self.at else { return sink.reject(NO_TIME) };
        let estimate = |length: u64| (length > 0).then(|| estimated_tokens(length).max(1));
        let mut record = sink.request(at);
        record.bill.coverage = Coverage::Seat;
        // A copy adds what it knows, for one export may have been made before the answer, or without texts.
        record.bill.revises = false;
        record.provider = sink.name(Some(self.provider));
        record.model = sink.name(self.model);
        record.session = sink.name(self.conversation);
        record.user = sink.name(self.user);
        record.input_estimate = self.text.as_deref().and_then(|text| estimate(chars(text).into()));
        record.output_estimate = estimate(self.answer);
        let before = sink.out.accepted();
        sink.add_named(record, &self.id);
        let (Some(text), true) = (self.text, sink.out.wants_activity && sink.out.accepted() > before) else { return };
        let conversation = SessionContext { id: self.conversation.map(str::to_owned), ..SessionContext::default() };
        let what = sink.out.prompt(&text);
        conversation.add_event(self.id[0], what, at, sink.at, sink.out);
    }
}

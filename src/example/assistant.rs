//! Conversations of the company's office with an assistant, as OpenAI's compliance API gives them: a conversation a line.

use std::path::Path;

use chrono::TimeDelta;
use serde_json::json;

use super::disk;
use super::random::Random;
use super::repository::instant;
use super::truth::Truth;
use crate::error::Result;

/// Who, when the conversation began, and the prompts; `~` before one that has nothing to do with work.
type Conversation = (&'static str, &'static str, &'static [&'static str]);

const MODEL: &str = "gpt-5.2";

const CONVERSATIONS: &[Conversation] = &[
    (
        "amira",
        "2026-03-09T08:12",
        &["Rewrite this email to the customer about the late delivery", "Make it shorter and keep the order number"],
    ),
    ("bela", "2026-03-10T13:40", &["Summarise the minutes of the supplier meeting for the team"]),
    ("carmen", "2026-03-12T09:05", &["~What will the weather be like in Lisbon this weekend?"]),
    ("dmitri", "2026-03-13T15:30", &["Draft a job advertisement for a warehouse planner in Utrecht"]),
    ("elif", "2026-03-17T10:20", &["Compare our return policy with that of two competitors in a table"]),
    ("farid", "2026-03-18T08:55", &["Which columns does the VAT report for the Netherlands need?"]),
    ("grete", "2026-03-20T14:02", &["~Write a funny birthday wish for my sister who loves cats"]),
    ("hugo", "2026-03-24T09:48", &["Translate the product description of the folding table into French"]),
    ("ines", "2026-03-26T11:15", &["Explain the difference between net and gross margin for the sales deck"]),
    ("jonas", "2026-03-27T16:10", &["Why does the query over orders time out when the status filter is set?"]),
    ("katya", "2026-03-31T10:33", &["Draft a release note for version 2.4 of the shop"]),
    ("lars", "2026-04-02T12:01", &["Write a polite reminder for an invoice that is thirty days overdue"]),
    ("amira", "2026-04-07T09:26", &["Turn these bullet points into a quarterly report for the board"]),
    ("bela", "2026-04-08T13:07", &["~A recipe for pasta with mushrooms for four people"]),
    ("carmen", "2026-04-09T10:45", &["Write interview questions for a customer support lead"]),
    ("dmitri", "2026-04-14T08:18", &["Create a formula that sums revenue by month and region in this sheet"]),
    ("elif", "2026-04-16T15:52", &["Proofread the press release about the new warehouse", "Also check the figures"]),
    ("farid", "2026-04-17T09:31", &["List the risks of moving the payroll to another provider"]),
    ("grete", "2026-04-21T11:58", &["Write three subject lines for the spring newsletter"]),
    ("hugo", "2026-04-22T14:44", &["~Is it going to rain in Hamburg tomorrow evening?"]),
    ("ines", "2026-04-24T10:09", &["Outline a training plan for new colleagues in purchasing"]),
    ("katya", "2026-04-28T09:14", &["Write acceptance criteria for the wish list in the shop"]),
    ("lars", "2026-04-30T13:36", &["Summarise this contract for hosting and name the notice period"]),
    ("amira", "2026-05-05T08:47", &["Draft an agenda for the budget meeting on Thursday"]),
    ("bela", "2026-05-06T12:22", &["~Suggest a birthday present for my mother in law"]),
    ("carmen", "2026-05-07T10:57", &["Turn this complaint into a ticket for the logistics team"]),
    ("elif", "2026-05-11T09:40", &["Estimate how many pallets fit into the container by these dimensions"]),
    ("hugo", "2026-05-12T15:05", &["Write a product description for the garden bench in two sentences"]),
];

/// Writes the export, and the truth about it.
pub(super) fn write(path: &Path, truth: &mut Truth) -> Result<()> {
    let mut random = Random::named("assistant");
    let mut lines = String::new();
    for (who, began, prompts) in CONVERSATIONS {
        let began = instant(began)?;
        let mut messages = Vec::new();
        let mut at = began;
        for prompt in *prompts {
            let own = prompt.strip_prefix('~');
            truth.assistant_prompts += 1;
            truth.assistant_off_task += u64::from(own.is_some());
            messages.push(message(&random.uuid(), "user", own.unwrap_or(prompt), at));
            let length = usize::try_from(random.between(30, 240)).unwrap_or(30);
            let answered = at + TimeDelta::seconds(6);
            messages.push(message(&random.uuid(), "assistant", &"word ".repeat(length), answered));
            at += TimeDelta::minutes(3);
        }
        let conversation = json!({
            "object": "compliance.workspace.conversation",
            "id": random.uuid(),
            "workspace_id": "acme",
            "user_id": format!("user-{who}"),
            "user_email": format!("{who}@acme.example"),
            "created_at": began.timestamp(),
            "last_active_at": at.timestamp(),
            "title": "Conversation",
            "messages": {"object": "list", "data": messages, "has_more": false},
        });
        lines += &format!("{conversation}\n");
    }
    disk::write(path, lines.as_bytes())
}

fn message(id: &str, role: &str, text: &str, at: chrono::DateTime<chrono::Utc>) -> serde_json::Value {
    json!({
        "object": "compliance.workspace.conversation.message",
        "id": id,
        "author": {"role": role},
        "content": {"type": "text", "value": text},
        "created_at": at.timestamp(),
        "model": if role == "assistant" { Some(MODEL) } else { None },
    })
}

//! Microsoft 365 Copilot: the interactions of Graph, with texts, and the audit records of Purview, without.
//!
//! - In: pages of `aiInteractionHistory: getAllEnterpriseInteractions`, or interactions alone; audit records of the operation
//!   `CopilotInteraction` as Purview, Graph's audit queries and the Management Activity API write them.
//! - Source: learn.microsoft.com/graph/api/resources/aiinteraction, and the schema of audit records of Copilot there
//!   (`CopilotEventData` with `Messages`, `ThreadId`, `ModelTransparencyDetails`).
//! - Refuses: prompts without a time.
//!
//! Traps:
//! - Both name a prompt by its thread and the id of its message, so a prompt in both counts once.
//! - An audit record has the ids of prompts and of answers; `isPrompt` sets them apart. Its messages have no time of their own.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Prompt;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::transcript::chars;

pub(super) const ID: &str = "m365-copilot";

pub(crate) static M365_COPILOT: Page = Page {
    id: ID,
    title: "Microsoft 365 Copilot interactions",
    about: "Export: GET /copilot/users/{id}/interactionHistory/getAllEnterpriseInteractions of Microsoft Graph; or audit records of \
            CopilotInteraction as JSON (Purview, Management Activity API).\n\
            Counted: one record per prompt, which a seat covers: no dollars, and tokens only as estimates from the length of the texts.\n\
            Set aside: answers; audit records of answers; a prompt that both exports have (duplicate).\n\
            Lacks: tokens and bill; Graph has no model, and audit records have no texts, so their prompts are not judged.",
    needs: &[&["interactionType", "appClass", "conversationType"], &["CopilotEventData"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if value.has("interactionType") {
        value.note_numbers();
        interaction(value, 0, sink);
        return true;
    }
    if let Some(data) = audit_data(value) {
        value.note_numbers();
        audited(value, data, sink);
        return true;
    }
    let mut answers: HashMap<&str, u64> = HashMap::new();
    for item in value.items("value").filter(|item| item.text("interactionType") == Some("aiResponse")) {
        *answers.entry(item.text("requestId").unwrap_or_default()).or_default() += u64::from(chars(&body(item)));
    }
    let mut any = false;
    for item in value.items("value") {
        if item.has("interactionType") {
            item.note_numbers();
            let answer = item.text("requestId").and_then(|id| answers.get(id)).copied().unwrap_or(0);
            interaction(item, answer, sink);
            any = true;
        } else if let Some(data) = audit_data(item) {
            item.note_numbers();
            audited(item, data, sink);
            any = true;
        }
    }
    any
}

/// An interaction of Graph, with the length of the answer that has its request.
fn interaction(item: Json<'_>, answer: u64, sink: &mut Sink<'_>) {
    if item.text("interactionType") != Some("userPrompt") {
        return;
    }
    Prompt {
        provider: "microsoft",
        id: [item.text("id").unwrap_or_default(), item.text("sessionId").unwrap_or_default()],
        at: item.instant("createdDateTime"),
        text: Some(body(item).into_owned()),
        answer,
        model: None,
        conversation: item.text("sessionId"),
        user: item.text("from/user/id").or_else(|| item.text("from/user/displayName")),
    }
    .add(sink);
}

/// The part of an audit record that says what happened.
fn audit_data(record: Json<'_>) -> Option<Json<'_>> {
    let data = record.get("auditData").or_else(|| record.get("AuditData")).unwrap_or(record);
    data.has_map("CopilotEventData").then_some(data)
}

/// Adds the prompts of an audit record.
pub(super) fn audited(record: Json<'_>, data: Json<'_>, sink: &mut Sink<'_>) {
    let event = data.at("CopilotEventData");
    let first = |of: Json<'_>, keys: [&str; 2]| keys.into_iter().find_map(|key| of.instant(key));
    let at =
        first(data, ["CreationTime", "CreationDate"]).or_else(|| first(record, ["createdDateTime", "CreationDate"]));
    let user = data.text("UserId").or_else(|| record.text("userPrincipalName"));
    let model = event.items("ModelTransparencyDetails").find_map(|one| one.text("ModelName"));
    for message in event.items("Messages").filter(|one| one.is_true("isPrompt")) {
        let id = message.text("Id").or_else(|| message.text("ID")).unwrap_or_default();
        Prompt {
            provider: "microsoft",
            id: [id, event.text("ThreadId").unwrap_or_default()],
            at,
            model,
            conversation: event.text("ThreadId"),
            user,
            ..Prompt::default()
        }
        .add(sink);
    }
}

/// The text of an interaction, without the tags of HTML.
fn body(item: Json<'_>) -> Cow<'_, str> {
    let text = item.text("body/content").unwrap_or_default();
    if item.text("body/contentType") != Some("html") {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut parts = text.split('<');
    plain.extend(parts.next());
    for part in parts {
        plain.push(' ');
        plain.extend(part.split_once('>').map(|(_, behind)| behind));
    }
    Cow::Owned(plain)
}

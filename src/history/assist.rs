//! Commit metadata → the coding tools that assisted it.
//!
//! - In: the author as the commit spells them, and the parsed message; never a diff, never prose.
//! - Out: one [`Assistance`] per tool, with the most trusted evidence. A commit without markers may still be assisted.
//! - E-mail first, name second: what each tool signs with is listed in `ai_tools`.

use super::bots::Account;
use super::message::Message;
use super::model_name::{OTHER_TOOL, model_in, tool_of_model};
use super::tool_lookup::{
    by_any_name, by_app, by_branch, by_email, by_hosted_session, by_name, by_name_suffix, by_session, by_subject,
    by_words,
};
use crate::model::assist::{Assistance, Evidence};
use crate::model::commit::{Identity, Trailer};

/// The tools that assisted a commit, most trusted evidence first.
///
/// - `author` is the tool that signed in the author's place, if any. Who committed shows nothing: tools also commit and
///   rebase what people wrote.
/// - `account` is what the author is: an updater's message quotes those of others.
/// - A tool with several markers is named once, with the most trusted evidence and the first model.
/// - A merge commit counts by itself: by the branch that its subject names, not by the commits that it merged.
pub(super) fn assistance(author: Option<&Signed>, account: Account, message: &Message) -> Vec<Assistance> {
    let quotes = account == Account::Updater;
    let mut found = Vec::new();
    found.extend(author.map(|tool| tool.as_evidence(Evidence::AuthorEmail, Evidence::AuthorName)));
    let mut has_recorded_session = false;
    let mut hosted = None;
    for trailer in message.trailers.iter().filter(|trailer| trailer.in_last_paragraph || !quotes) {
        let key = trailer.key.to_ascii_lowercase();
        has_recorded_session |= matches!(key.as_str(), "entire-checkpoint" | "entire-session");
        hosted = hosted.or_else(|| by_hosted_session(&key, &trailer.value));
        found.extend(by_trailer(&key, trailer));
    }
    if !quotes {
        found.extend(message.footers.iter().cloned());
        let subject = by_subject(&message.subject);
        found.extend(subject.map(|tool| Assistance { tool, model: None, evidence: Evidence::Footer }));
    }
    // Of the tools that one company runs for another, the commit names the right one elsewhere.
    if found.is_empty() {
        found.extend(hosted.map(|tool| Assistance { tool, model: None, evidence: Evidence::SessionTrailer }));
    }
    let branch = message.landed.branch.as_deref().and_then(by_branch);
    found.extend(branch.map(|tool| Assistance { tool, model: None, evidence: Evidence::BranchName }));
    let mut tools = one_per_tool(found);
    if has_recorded_session && tools.iter().all(|tool| tool.evidence != Evidence::EntireTrailer) {
        // Entire recorded a session without naming its tool: if a single tool left other markers, it was that one.
        match tools.as_mut_slice() {
            [only] => only.evidence = Evidence::EntireTrailer,
            _ => tools.insert(0, Assistance { tool: OTHER_TOOL, model: None, evidence: Evidence::EntireTrailer }),
        }
    }
    tools
}

fn by_trailer(key: &str, trailer: &Trailer) -> Option<Assistance> {
    let value = trailer.value.as_str();
    let person = || by_person(value, Evidence::CoAuthorEmail, Evidence::CoAuthorName);
    match key {
        "co-authored-by" | "coauthored-by" | "co-author" | "co-authored" | "co-developed-by" | "signed-off-by" => {
            person()
        }
        "entire-agent" => {
            let tool = by_any_name(value).unwrap_or(OTHER_TOOL);
            Some(Assistance { tool, model: None, evidence: Evidence::EntireTrailer })
        }
        "assisted-by" | "ai-assisted-by" if value.contains('@') => {
            by_person(value, Evidence::AssistedBy, Evidence::AssistedBy)
        }
        "assisted-by" | "ai-assisted-by" | "generated-by" | "generated-with" | "made-with" => by_free_text(value),
        _ if key.starts_with("ai-") => by_free_text(value),
        _ => {
            let tool = by_session(Some(key), value);
            tool.map(|tool| Assistance { tool, model: None, evidence: Evidence::SessionTrailer })
        }
    }
}

/// Splits `Name <address>`; an address closed by `)`, one in `&lt;` and `&gt;`, and a link instead of an address, do occur.
fn split_person(value: &str) -> Identity {
    let parts = value.split_once('<').or_else(|| value.split_once("&lt;")).or_else(|| value.split_once(" https://"));
    let (name, email) = parts.unwrap_or((value, ""));
    let email = email.split("&gt;").next().unwrap_or_default();
    let email = email.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    Identity { name: name.trim().to_owned(), email: email.trim().to_owned() }
}

/// The tool in a trailer that also names people.
fn by_person(value: &str, email: Evidence, name: Evidence) -> Option<Assistance> {
    let who = split_person(value);
    if let Some(tool) = signed(&who) {
        return Some(tool.as_evidence(email, name));
    }
    // People have addresses that are read, so a short name without one is a tool's: `Codex`, `Claude claude-opus-4-6`.
    if !is_nobody(&who.email) {
        return None;
    }
    Some(Assistance { evidence: name, ..by_free_text(&who.name)? })
}

/// Whether nobody reads an address.
fn is_nobody(email: &str) -> bool {
    let local = email.split(['@', '+']).next().unwrap_or_default();
    email.is_empty() || ["noreply", "no-reply"].iter().any(|word| local.eq_ignore_ascii_case(word))
}

/// A tool that signed where people sign.
pub(super) struct Signed {
    tool: &'static str,
    model: Option<String>,
    /// Recognised by the address rather than by the name.
    by_email: bool,
}

impl Signed {
    fn as_evidence(&self, email: Evidence, name: Evidence) -> Assistance {
        let evidence = if self.by_email { email } else { name };
        Assistance { tool: self.tool, model: self.model.clone(), evidence }
    }
}

/// The tool that an author is, as the commit spells it.
pub(super) fn signed(who: &Identity) -> Option<Signed> {
    let model = if who.name.is_empty() { None } else { model_in(&who.name) };
    if let Some(tool) = by_email(&who.email.to_ascii_lowercase()) {
        return Some(Signed { tool, model, by_email: true });
    }
    let lower = who.name.to_ascii_lowercase();
    // A model's name counts with an address that nobody reads, or if it begins with `Claude`.
    let by_model = || {
        let is_nobody = is_nobody(&who.email);
        let model = model.as_deref().filter(|model| is_nobody || model.to_ascii_lowercase().starts_with("claude "));
        model.map(tool_of_model)
    };
    let tool = by_via(&who.name).or_else(|| by_name(&who.name)).or_else(|| by_app(lower.trim()));
    let tool = tool.or_else(|| by_name_suffix(&lower)).or_else(by_model)?;
    Some(Signed { tool, model, by_email: false })
}

/// The tool in `Model via Tool`.
fn by_via(text: &str) -> Option<&'static str> {
    text.rsplit_once(" via ").and_then(|(_, tool)| by_any_name(tool))
}

/// The tool in free text: `Opus 4.6 via Claude Code`, `Claude:claude-opus-4 [sparse]`, `Google Antigravity with Gemini`,
/// `Claude claude-opus-4-6`.
fn by_free_text(text: &str) -> Option<Assistance> {
    let model = model_in(text);
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| !w.is_empty()).collect();
    let head = || text.split([':', '(', '[', ',', '/']).next().and_then(by_any_name);
    // `Cursor gpt-5`: the tool, then the model.
    let before_model = || {
        let (name, model) = text.trim().split_once(' ')?;
        by_any_name(name).filter(|_| model_in(model).is_some())
    };
    let tool = by_via(text).or_else(|| by_words(&words)).or_else(head).or_else(before_model);
    let tool = tool.or_else(|| model.as_deref().map(tool_of_model))?;
    Some(Assistance { tool, model, evidence: Evidence::AssistedBy })
}

/// Merges the markers of each tool: its most trusted evidence, and the model of the most trusted marker that names one.
pub(super) fn one_per_tool(mut found: Vec<Assistance>) -> Vec<Assistance> {
    found.sort_by_key(|one| one.evidence);
    let mut tools: Vec<Assistance> = Vec::new();
    for one in found {
        match tools.iter_mut().find(|known| known.tool == one.tool) {
            Some(known) => known.model = known.model.take().or(one.model),
            None => tools.push(one),
        }
    }
    tools
}

#[cfg(test)]
mod tests;

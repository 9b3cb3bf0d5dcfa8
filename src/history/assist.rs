//! Commit metadata → the coding tools that assisted it.
//!
//! - In: author and committer as the commit spells them, and the parsed message; never a diff, never prose.
//! - Out: one [`Assistance`] per tool, with the most trusted evidence. A commit without markers may still be assisted.
//! - E-mail first, name second: what each tool signs with is listed in `ai_tools`.

use super::ai_tools::{by_branch, by_email, by_name, by_name_suffix, by_session, by_short_name, by_words};
use super::message::Message;
use super::model_name::{OTHER_TOOL, model_in, tool_of_model};
use crate::model::assist::{Assistance, Evidence};
use crate::model::commit::{Identity, Trailer};

/// The tools that assisted a commit, most trusted evidence first.
///
/// - `author` and `committer` are the tools that signed in their place, if any.
/// - A tool with several markers is named once, with the most trusted evidence and the first model.
/// - A merge commit counts by itself: by the branch that its subject names, not by the commits that it merged.
pub(super) fn assistance(author: Option<&Signed>, committer: Option<&Signed>, message: &Message) -> Vec<Assistance> {
    let mut found = Vec::new();
    found.extend(author.map(|tool| tool.as_evidence(Evidence::AuthorEmail, Evidence::AuthorName)));
    found.extend(committer.map(|tool| tool.as_evidence(Evidence::CommitterEmail, Evidence::CommitterName)));
    let mut has_recorded_session = false;
    for trailer in &message.trailers {
        let key = trailer.key.to_ascii_lowercase();
        has_recorded_session |= matches!(key.as_str(), "entire-checkpoint" | "entire-session");
        found.extend(by_trailer(&key, trailer));
    }
    found.extend(message.footers.iter().cloned());
    let branch = merged_branch(&message.subject).and_then(by_branch);
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
    match key {
        "co-authored-by" | "coauthored-by" | "co-author" | "co-authored" => {
            by_person(&split_person(value), Evidence::CoAuthorEmail, Evidence::CoAuthorName)
        }
        "entire-agent" => {
            let tool = by_name(value).or_else(|| by_short_name(value)).unwrap_or(OTHER_TOOL);
            Some(Assistance { tool, model: None, evidence: Evidence::EntireTrailer })
        }
        "assisted-by" | "ai-assisted-by" if value.contains('@') => {
            by_person(&split_person(value), Evidence::AssistedBy, Evidence::AssistedBy)
        }
        "assisted-by" | "ai-assisted-by" | "generated-by" => by_free_text(value),
        _ => {
            let tool = by_session(Some(key), value);
            tool.map(|tool| Assistance { tool, model: None, evidence: Evidence::SessionTrailer })
        }
    }
}

/// Splits `Name <address>`; an address closed by `)`, and a link instead of an address, do occur.
fn split_person(value: &str) -> Identity {
    let (name, email) = value.split_once('<').or_else(|| value.split_once(" https://")).unwrap_or((value, ""));
    let email = email.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    Identity { name: name.trim().to_owned(), email: email.trim().to_owned() }
}

fn by_person(who: &Identity, email: Evidence, name: Evidence) -> Option<Assistance> {
    signed(who).map(|tool| tool.as_evidence(email, name))
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

/// The tool that an author or committer is, as the commit spells it.
pub(super) fn signed(who: &Identity) -> Option<Signed> {
    let model = if who.name.is_empty() { None } else { model_in(&who.name) };
    if let Some(tool) = by_email(&who.email.to_ascii_lowercase()) {
        return Some(Signed { tool, model, by_email: true });
    }
    let lower = who.name.to_ascii_lowercase();
    // A model's name counts with an address that nobody reads, or if it begins with `Claude`.
    let by_model = || {
        let is_nobody = who.email.to_ascii_lowercase().starts_with("noreply@") || who.email.is_empty();
        let model = model.as_deref().filter(|model| is_nobody || model.to_ascii_lowercase().starts_with("claude "));
        model.map(tool_of_model)
    };
    let tool = by_name(&who.name).or_else(|| by_name_suffix(&lower)).or_else(by_model)?;
    Some(Signed { tool, model, by_email: false })
}

/// The tool in free text: `Opus 4.6 via Claude Code`, `Claude:claude-opus-4 [sparse]`, `Google Antigravity with Gemini`.
fn by_free_text(text: &str) -> Option<Assistance> {
    let model = model_in(text);
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| !w.is_empty()).collect();
    let head = || text.split([':', '(', '[', ',', '/']).next().and_then(by_short_name);
    let tool = by_words(&words).or_else(head).or_else(|| model.as_deref().map(tool_of_model))?;
    Some(Assistance { tool, model, evidence: Evidence::AssistedBy })
}

/// The merged branch that a merge's subject names, without remote and owner.
fn merged_branch(subject: &str) -> Option<&str> {
    if let Some((_, from)) = subject.strip_prefix("Merge pull request #").and_then(|rest| rest.split_once(" from ")) {
        return from.split_whitespace().next()?.split_once('/').map(|(_, branch)| branch);
    }
    if let Some(rest) = subject.strip_prefix("Merge branch '") {
        return rest.split_once('\'').map(|(branch, _)| branch);
    }
    if let Some(rest) = subject.strip_prefix("Merge remote-tracking branch '") {
        return rest.split_once('\'')?.0.split_once('/').map(|(_, branch)| branch);
    }
    let rest = subject.strip_prefix("Merged in ")?;
    rest.split_once(" (pull request #").map(|(branch, _)| branch)
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

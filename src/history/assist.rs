//! Commit metadata → the coding tools that assisted it.
//!
//! - In: author and committer as the commit spells them, and the parsed message; never a diff, never prose.
//! - Out: one [`Assistance`] a tool, with the most trusted evidence. Absence of a marker never proves human.
//! - E-mail first, name second. People are called Claude, Jules and Devin, and people work at the companies that
//!   make the tools, so a lone first name or an address of a company's domain is no marker.
//! - Source: the tools' own commits in public repositories; each row is a spelling seen there or documented by the
//!   tool. One row per marker: to teach a tool, add its rows.

use super::message::Message;
use crate::model::assist::{Assistance, Evidence};
use crate::model::commit::{Identity, Trailer};

/// The tool's id where a marker tells of assistance but not by which tool.
const OTHER: &str = "other";

/// How a marker is recognised; all text is compared in lower case.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// A whole e-mail address.
    Email(&'static str),
    /// An app's account in a GitHub no-reply address: what follows the number, without `[bot]`. The number is not
    /// looked at, for the one of github-actions also stands before `claude[bot]`.
    Bot(&'static str),
    /// A user's account in a GitHub no-reply address.
    Account(&'static str),
    /// A name that no person bears: counts as a person's whole name and anywhere in `Assisted-by`.
    Name(&'static str),
    /// A name that people bear or words that mean other things: counts only where the place leaves no doubt, as in
    /// `Generated with X`, `Entire-Agent: X` or `Assisted-by: X`.
    ShortName(&'static str),
    /// How the tool marks the name of the person it works for.
    NameSuffix(&'static str),
    /// A trailer's key whose value begins like this.
    Session(&'static str, &'static str),
    /// How a branch begins that the tool names by itself.
    Branch(&'static str),
}

use Shape::{Account, Bot, Branch, Email, Name, NameSuffix, Session, ShortName};

/// Every marker; within a shape the first row that fits gives the tool.
const TABLE: &[(&str, Shape)] = &[
    ("claude-code", Email("noreply@anthropic.com")),
    ("claude-code", Bot("claude")),
    ("claude-code", Bot("claude-code")),
    ("claude-code", Bot("anthropic-claude")),
    ("claude-code", Name("claude code")),
    ("claude-code", ShortName("claude")),
    ("claude-code", Session("claude-session", "https://claude.ai/")),
    ("claude-code", Branch("claude/")),
    ("copilot", Account("copilot")),
    ("copilot", Bot("copilot")),
    ("copilot", Bot("copilot-swe-agent")),
    ("copilot", Bot("github-copilot")),
    ("copilot", Email("copilot@github.com")),
    ("copilot", Name("github copilot")),
    ("copilot", Name("copilot autofix")),
    ("copilot", Name("copilot-swe-agent")),
    ("copilot", Name("copilot cli")),
    ("copilot", Name("copilot")),
    ("copilot", Branch("copilot/")),
    ("cursor", Email("cursoragent@cursor.com")),
    ("cursor", Bot("cursor")),
    ("cursor", Name("cursor agent")),
    ("cursor", Name("cursor ide")),
    ("cursor", ShortName("cursor")),
    ("cursor", Branch("cursor/")),
    ("codex", Email("noreply@openai.com")),
    ("codex", Email("codex@openai.com")),
    ("codex", Email("codex@openai.local")),
    ("codex", Bot("chatgpt-codex-connector")),
    ("codex", Bot("openai-codex")),
    ("codex", Name("openai codex")),
    ("codex", Name("codex cli")),
    ("codex", ShortName("codex")),
    ("codex", Branch("codex/")),
    ("aider", Email("aider@aider.chat")),
    ("aider", Email("noreply@aider.chat")),
    ("aider", Email("noreply@aider.dev")),
    ("aider", NameSuffix(" (aider)")),
    ("aider", ShortName("aider")),
    ("amp", Email("amp@ampcode.com")),
    ("amp", Session("amp-thread-id", "https://ampcode.com/")),
    ("amp", Session("amp-thread-id", "t-")),
    ("amp", Name("sourcegraph amp")),
    ("amp", ShortName("amp")),
    ("gemini", Bot("gemini-code-assist")),
    ("gemini", Account("gemini-cli-robot")),
    ("gemini", Email("gemini-cli-robot@google.com")),
    ("gemini", Name("gemini cli")),
    ("gemini", Name("gemini code assist")),
    ("gemini", ShortName("gemini")),
    ("antigravity", Name("google antigravity")),
    ("antigravity", ShortName("antigravity")),
    ("jules", Bot("google-labs-jules")),
    ("jules", Name("google jules")),
    ("jules", ShortName("jules")),
    ("devin", Bot("devin-ai-integration")),
    ("devin", Name("devin ai")),
    ("devin", ShortName("devin")),
    ("devin", Branch("devin/")),
    ("droid", Bot("factory-droid")),
    ("droid", Name("factory droid")),
    ("droid", Name("factory ai droid")),
    ("droid", ShortName("droid")),
    ("warp", Email("oz-agent@warp.dev")),
    ("warp", Email("agent@warp.dev")),
    ("warp", ShortName("warp")),
    ("opencode", Email("noreply@opencode.ai")),
    ("opencode", Bot("opencode-agent")),
    ("opencode", Bot("opencode")),
    ("opencode", Name("opencode")),
    ("opencode", Branch("opencode/")),
    // The agent of a plugin for opencode, which signs by its own name.
    ("opencode", Email("clio-agent@sisyphuslabs.ai")),
    ("opencode", ShortName("sisyphus")),
    ("roo", Email("roomote@roocode.com")),
    ("roo", Bot("roomote")),
    ("roo", Name("roo code")),
    ("windsurf", Email("noreply@windsurf.com")),
    ("windsurf", Email("noreply@codeium.com")),
    ("windsurf", ShortName("windsurf")),
    ("crush", Email("crush@charm.land")),
    ("crush", ShortName("crush")),
    ("junie", Email("junie@jetbrains.com")),
    ("junie", Name("jetbrains junie")),
    ("junie", ShortName("junie")),
    ("mistral-vibe", Email("vibe@mistral.ai")),
    ("mistral-vibe", Name("mistral vibe")),
    ("openhands", Email("openhands@all-hands.dev")),
    ("openhands", Name("openhands")),
    ("qwen-code", Email("qwen-coder@alibabacloud.com")),
    ("qwen-code", Name("qwen code")),
    ("qwen-code", Name("qwen-coder")),
    ("claude-flow", Name("claude-flow")),
    ("codesmith", Account("codesmith-bot")),
    ("coderabbit", Bot("coderabbitai")),
    ("cubic", Bot("cubic-dev-ai")),
    ("pullfrog", Bot("pullfrog")),
    ("sageox", Email("ox@sageox.ai")),
    ("sweep", Bot("sweep-ai")),
    ("chatgpt", Name("chatgpt")),
];

/// Words that begin the names of models.
const MODEL_WORDS: &[&str] = &[
    "opus",
    "sonnet",
    "haiku",
    "fable",
    "gpt",
    "gemini",
    "glm",
    "kimi",
    "qwen",
    "grok",
    "deepseek",
    "minimax",
    "llama",
    "mistral",
    "devstral",
    "codestral",
    "mimo",
    "claude",
];

/// How a line of the body begins that names its tool next.
const FOOTERS: &[&str] = &[
    "generated with",
    "generated by",
    "generated using",
    "created with",
    "created by",
    "written with",
    "written by",
    "made with",
    "built with",
    "implemented with",
    "assisted by",
    "co-authored with",
    "ultraworked with",
];

/// The tools that assisted a commit, most trusted evidence first.
///
/// - Author and committer: the tools that they stand for.
/// - A tool with several markers is named once, with the most trusted evidence and the first model.
/// - A merge commit tells only of itself: not of the commits it merged, but of the branch that its subject names.
pub(super) fn assistance(author: Option<&Signed>, committer: Option<&Signed>, message: &Message) -> Vec<Assistance> {
    let mut found = Vec::new();
    found.extend(author.map(|tool| tool.as_evidence(Evidence::AuthorEmail, Evidence::AuthorName)));
    found.extend(committer.map(|tool| tool.as_evidence(Evidence::CommitterEmail, Evidence::CommitterName)));
    let mut recorded = false;
    for trailer in &message.trailers {
        let key = trailer.key.to_ascii_lowercase();
        recorded |= matches!(key.as_str(), "entire-checkpoint" | "entire-session");
        found.extend(by_trailer(&key, trailer));
    }
    found.extend(message.footers.iter().cloned());
    let branch = merged_branch(&message.subject).and_then(by_branch);
    found.extend(branch.map(|tool| Assistance { tool, model: None, evidence: Evidence::BranchName }));
    let mut tools = one_per_tool(found);
    if recorded && tools.iter().all(|tool| tool.evidence != Evidence::EntireTrailer) {
        // A session was recorded and its tool not named: where one tool only left other markers, it was that one.
        match tools.as_mut_slice() {
            [only] => only.evidence = Evidence::EntireTrailer,
            _ => tools.insert(0, Assistance { tool: OTHER, model: None, evidence: Evidence::EntireTrailer }),
        }
    }
    tools
}

/// The tool that names branches like this one; the name without `refs/heads/` and remote.
pub(super) fn by_branch(name: &str) -> Option<&'static str> {
    find(|shape| matches!(shape, Branch(prefix) if name.starts_with(prefix)))
}

/// What one line of a message's body tells: `Generated with X`, or the bare address of a session.
pub(super) fn footer(line: &str) -> Option<Assistance> {
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric()).trim_end();
    let begins = |opening: &str| {
        line.as_bytes().get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening.as_bytes()))
    };
    if begins("https:") {
        let lower = line.to_ascii_lowercase();
        let tool = find(|shape| matches!(shape, Session(_, start) if lower.starts_with(start)))?;
        // A link to the tool's manual is prose; one to a session says where the commit was made.
        let made = lower.contains("/session_") || lower.contains("/threads/t-");
        let lone = !line.contains(char::is_whitespace);
        return (made && lone).then_some(Assistance { tool, model: None, evidence: Evidence::SessionTrailer });
    }
    let opening = FOOTERS.iter().find(|opening| begins(opening))?;
    let rest = line[opening.len()..].strip_prefix([' ', ':'])?.trim_start();
    let (name, after) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, after)) => (name, after.split_once(')').map_or("", |(_, after)| after)),
        // Without a link the line has to end with the name, or with the model in parentheses: else it is prose.
        None => rest.find(" (").map_or((rest, ""), |at| (&rest[..at], &rest[at..])),
    };
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    let tool = by_name(name).or_else(|| by_short_name(name));
    let model = model_in(after).or_else(|| model_in(name));
    let tool = tool.or_else(|| model.as_deref().filter(|model| model.len() >= name.len()).map(tool_of_model))?;
    Some(Assistance { tool, model, evidence: Evidence::Footer })
}

fn find(fits: impl Fn(Shape) -> bool) -> Option<&'static str> {
    TABLE.iter().find(|(_, shape)| fits(*shape)).map(|(tool, _)| *tool)
}

fn by_trailer(key: &str, trailer: &Trailer) -> Option<Assistance> {
    let value = trailer.value.as_str();
    match key {
        "co-authored-by" | "coauthored-by" | "co-author" | "co-authored" => {
            person(&split_person(value), Evidence::CoAuthorEmail, Evidence::CoAuthorName)
        }
        "entire-agent" => {
            let tool = by_name(value).or_else(|| by_short_name(value)).unwrap_or(OTHER);
            Some(Assistance { tool, model: None, evidence: Evidence::EntireTrailer })
        }
        "assisted-by" | "ai-assisted-by" if value.contains('@') => {
            person(&split_person(value), Evidence::AssistedBy, Evidence::AssistedBy)
        }
        "assisted-by" | "ai-assisted-by" | "generated-by" => by_free_text(value),
        _ => {
            let begins = |start: &str| value.to_ascii_lowercase().starts_with(start);
            let tool = find(|shape| matches!(shape, Session(k, start) if key == k && begins(start)));
            tool.map(|tool| Assistance { tool, model: None, evidence: Evidence::SessionTrailer })
        }
    }
}

/// Splits `Name <address>`; a bracket closed by `)` and a link for an address are slips that happen.
fn split_person(value: &str) -> Identity {
    let (name, email) = value.split_once('<').or_else(|| value.split_once(" https://")).unwrap_or((value, ""));
    let email = email.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    Identity { name: name.trim().to_owned(), email: email.trim().to_owned() }
}

fn person(who: &Identity, email: Evidence, name: Evidence) -> Option<Assistance> {
    signed(who).map(|tool| tool.as_evidence(email, name))
}

/// A tool in a person's place.
pub(super) struct Signed {
    tool: &'static str,
    model: Option<String>,
    /// Told by the address, not by the name.
    by_email: bool,
}

impl Signed {
    fn as_evidence(&self, email: Evidence, name: Evidence) -> Assistance {
        let evidence = if self.by_email { email } else { name };
        Assistance { tool: self.tool, model: self.model.clone(), evidence }
    }
}

/// The tool that an identity stands for, as a commit spells it.
pub(super) fn signed(who: &Identity) -> Option<Signed> {
    let model = if who.name.is_empty() { None } else { model_in(&who.name) };
    if let Some(tool) = by_email(&who.email.to_ascii_lowercase()) {
        return Some(Signed { tool, model, by_email: true });
    }
    let lower = who.name.to_ascii_lowercase();
    let marked = || find(|shape| matches!(shape, NameSuffix(suffix) if lower.ends_with(suffix)));
    // A model's name in a person's place needs an address that nobody reads, or `Claude` before it.
    let speaks = || {
        let nobody = who.email.to_ascii_lowercase().starts_with("noreply@") || who.email.is_empty();
        let model = model.as_deref().filter(|model| nobody || model.to_ascii_lowercase().starts_with("claude "));
        model.map(tool_of_model)
    };
    let tool = by_name(&who.name).or_else(marked).or_else(speaks)?;
    Some(Signed { tool, model, by_email: false })
}

fn by_email(email: &str) -> Option<&'static str> {
    let email = email.trim();
    let account = email.strip_suffix("@users.noreply.github.com").unwrap_or_default();
    let account = account.split_once('+').map_or(account, |(_, account)| account);
    let bot = account.strip_suffix("[bot]");
    find(|shape| match shape {
        Email(address) => address == email,
        Account(name) => name == account,
        Bot(name) => bot == Some(name),
        _ => false,
    })
}

/// A person's or tool's whole name; `X[bot]`, `X (model)` and `X powered by AI` are X.
fn by_name(name: &str) -> Option<&'static str> {
    let plain = plain_name(name);
    find(|shape| matches!(shape, Name(known) if known == plain))
}

fn by_short_name(name: &str) -> Option<&'static str> {
    let plain = plain_name(name);
    find(|shape| matches!(shape, ShortName(known) if known == plain))
}

fn plain_name(name: &str) -> String {
    let lower = name.trim().to_ascii_lowercase();
    let head = lower.split_once(" (").map_or(lower.as_str(), |(head, _)| head);
    let head = head.strip_suffix("[bot]").unwrap_or(head);
    head.strip_suffix(" powered by ai").unwrap_or(head).to_owned()
}

/// `Opus 4.6 via Claude Code`, `Claude:claude-opus-4 [sparse]`, `Google Antigravity with Gemini`, `Opus 4.7`.
fn by_free_text(text: &str) -> Option<Assistance> {
    let model = model_in(text);
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| !w.is_empty()).collect();
    let holds = |name: &str| {
        let name: Vec<&str> = name.split(' ').collect();
        words.windows(name.len()).any(|window| window == name)
    };
    let named = find(|shape| matches!(shape, Name(name) if holds(name)));
    let head = || text.split([':', '(', '[', ',', '/']).next().and_then(by_short_name);
    let tool = named.or_else(head).or_else(|| model.as_deref().map(tool_of_model))?;
    Some(Assistance { tool, model, evidence: Evidence::AssistedBy })
}

/// Claude's models sign for Claude Code unless another tool is named with them.
fn tool_of_model(model: &str) -> &'static str {
    if model.to_ascii_lowercase().starts_with("claude") { "claude-code" } else { OTHER }
}

/// The part of a marker that names a model, as it is spelled.
///
/// Tried in this order: what stands in parentheses, before `via`, after `with` and `&`, after a colon, the whole.
/// A model's name has a word of the list and a version, or `Claude` and another word of the list.
fn model_in(text: &str) -> Option<String> {
    let inner = text.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inner, _)| inner);
    let via = text.split_once(" via ").map(|(model, _)| model);
    let with = text.split_once(" with ").or_else(|| text.split_once("& ")).map(|(_, model)| model);
    let colon = text
        .split_once(':')
        .filter(|(_, model)| !model.starts_with("//"))
        .map(|(_, model)| model.split_once(" [").map_or(model, |(model, _)| model));
    let parts = [inner, via, with, colon, Some(text)];
    // aider puts any model's name there, whoever makes it.
    let aider = text.to_ascii_lowercase().starts_with("aider (");
    let found = inner.filter(|_| aider).or_else(|| parts.into_iter().flatten().find(|part| is_model(part)))?;
    let found = found.trim().trim_matches(['.', ',', ':']).trim();
    (!found.is_empty()).then(|| found.to_owned())
}

fn is_model(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    // A gateway's name may stand before the model's.
    let lower = lower.rsplit_once('/').map_or(lower.as_str(), |(_, model)| model);
    let words = || lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_word = |word: &str| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        MODEL_WORDS.contains(&letters)
    };
    let known = words().filter(|word| is_word(word)).count();
    let version = lower.contains(|c: char| c.is_ascii_digit());
    let starts = words().next().is_some_and(is_word);
    starts && (known >= 2 || version && known >= 1)
}

/// The branch that a merge's subject says it merged, without remote and owner.
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

/// Joins the markers of each tool: the most trusted evidence, and of the models the most trusted.
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

//! A name, an address, an account, a trailer or a branch → the AI tool that it is of.

use super::ai_tools::{AI_TOOLS, AiTool};
use super::text::{strip, strip_end};

/// The first tool that a condition holds for.
fn find(matches: impl Fn(&AiTool) -> bool) -> Option<&'static str> {
    AI_TOOLS.iter().find(|tool| matches(tool)).map(|tool| tool.id)
}

/// The tool whose own address this is, or the GitHub no-reply address of its account.
///
/// The number before the account is ignored: that of github-actions also comes before `claude[bot]`.
pub(super) fn by_email(email: &str) -> Option<&'static str> {
    let email = email.trim();
    let account = email.strip_suffix("@users.noreply.github.com").unwrap_or_default();
    let account = account.split_once('+').map_or(account, |(_, account)| account);
    find(|tool| tool.emails.contains(&email) || tool.users.contains(&account)).or_else(|| by_app(account))
}

/// The tool that a GitHub app is, or is named after; the account in lower case and with its `[bot]`.
pub(super) fn by_app(account: &str) -> Option<&'static str> {
    let app = account.strip_suffix("[bot]")?;
    let word = |tool: &AiTool| app.split(['-', '.', '_']).any(|word| tool.bot_words.contains(&word));
    find(|tool| tool.apps.contains(&app) || tool.apps_named_like_people.contains(&app)).or_else(|| find(word))
}

/// The tool with this name; `X[bot]`, `X (model)` and `X powered by AI` are X.
pub(super) fn by_name(name: &str) -> Option<&'static str> {
    find(|tool| has_name(tool.names, plain_name(name)))
}

/// The tool with this name, long or short, where nothing but a tool can be meant.
pub(super) fn by_any_name(name: &str) -> Option<&'static str> {
    by_short_name(name).or_else(|| find(|tool| has_name(tool.words, plain_name(name))))
}

/// The tool with this name, long or short, if the name is no ordinary word.
pub(super) fn by_short_name(name: &str) -> Option<&'static str> {
    by_name(name).or_else(|| find(|tool| has_name(tool.short_names, plain_name(name))))
}

/// The tool that writes subjects like this one.
pub(super) fn by_subject(subject: &str) -> Option<&'static str> {
    find(|tool| tool.subjects.iter().any(|start| subject.starts_with(start)))
}

/// The tool that marks the names of people like this; the name in lower case.
pub(super) fn by_name_suffix(name: &str) -> Option<&'static str> {
    find(|tool| tool.name_suffixes.iter().any(|suffix| name.ends_with(suffix)))
}

/// The tool one of whose names occurs in a list of lower-case words.
pub(super) fn by_words(words: &[&str]) -> Option<&'static str> {
    let holds = |name: &str| {
        let parts = name.split(' ');
        words.windows(parts.clone().count()).any(|window| window.iter().copied().eq(parts.clone()))
    };
    find(|tool| tool.names.iter().any(|name| holds(name)))
}

/// The tool that a trailer links a session of; without a key, any trailer.
pub(super) fn by_session(key: Option<&str>, value: &str) -> Option<&'static str> {
    let is = |(known, start): &(&str, &str)| key.is_none_or(|key| key == *known) && strip(value, start).is_some();
    find(|tool| tool.sessions.iter().any(is))
}

/// The tool whose company links a session with this trailer, and may have run another tool in it.
pub(super) fn by_hosted_session(key: &str, value: &str) -> Option<&'static str> {
    find(|tool| tool.hosted_sessions.contains(&key)).filter(|_| value.starts_with("https://"))
}

/// The tool that names branches like this one; the name without `refs/heads/` and remote.
pub(super) fn by_branch(name: &str) -> Option<&'static str> {
    find(|tool| tool.branches.iter().any(|own| own.fits(name)))
}

/// Whether an account, in lower case and without `[bot]`, is a tool's.
pub(super) fn is_account(account: &str) -> bool {
    AI_TOOLS.iter().any(|tool| {
        [tool.apps, tool.apps_named_like_people, tool.users].iter().any(|accounts| accounts.contains(&account))
    })
}

/// Whether an account is a tool's and cannot be a person's, even if `[bot]` was left out.
pub(super) fn is_unmistakable_account(account: &str) -> bool {
    AI_TOOLS.iter().any(|tool| tool.apps.contains(&account) || tool.users.contains(&account))
}

/// Whether a list of lower-case names has one.
fn has_name(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn plain_name(name: &str) -> &str {
    let name = name.trim();
    let head = name.split_once(" (").map_or(name, |(head, _)| head);
    let head = strip_end(head, "[bot]").unwrap_or(head);
    strip_end(head, " powered by ai").unwrap_or(head)
}

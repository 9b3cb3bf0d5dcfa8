//! The AI coding tools and how each signs its work: the one list behind assisted commits, authors and reviewers.
//!
//! To add a tool, add a row. What an account in it means everywhere: its commits are assisted by the tool and are not
//! a bot's, and its reviews are a program's (see `bots`).
//!
//! - Source: the tools' own commits in public repositories; each text was seen there or is documented by the tool.
//! - People are called Claude, Jules and Devin, and people work at the companies that make the tools, so no first name
//!   and no address at a company's domain counts unless nothing else can be meant.

/// A tool with its markers; all texts are in lower case and compared in lower case.
#[derive(Debug)]
pub(super) struct AiTool {
    /// Kebab-case id in reports.
    pub(super) id: &'static str,
    /// Accounts of GitHub apps without their `[bot]`, which exports of pull requests may leave out.
    pub(super) apps: &'static [&'static str],
    /// Accounts of GitHub apps whose name without `[bot]` may be a person's account.
    pub(super) apps_named_like_people: &'static [&'static str],
    /// GitHub accounts of the tool that are not apps.
    pub(super) users: &'static [&'static str],
    /// Whole e-mail addresses.
    pub(super) emails: &'static [&'static str],
    /// Names that no person has: they count as a person's whole name and anywhere in `Assisted-by`.
    pub(super) names: &'static [&'static str],
    /// Names that people have or words that mean other things: they count only where nothing else can be meant, as in
    /// `Generated with X`, `Entire-Agent: X` or `Assisted-by: X`.
    pub(super) short_names: &'static [&'static str],
    /// What the tool appends to the name of the person it works for.
    pub(super) name_suffixes: &'static [&'static str],
    /// Trailers by which the tool links its session: the key, and how the value begins.
    pub(super) sessions: &'static [(&'static str, &'static str)],
    /// How branches begin that the tool names by itself.
    pub(super) branches: &'static [&'static str],
}

/// A row without markers.
const NO_MARKERS: AiTool = AiTool {
    id: "",
    apps: &[],
    apps_named_like_people: &[],
    users: &[],
    emails: &[],
    names: &[],
    short_names: &[],
    name_suffixes: &[],
    sessions: &[],
    branches: &[],
};

/// Every tool; where two rows have one text, the first one gets it.
pub(super) const AI_TOOLS: &[AiTool] = &[
    AiTool {
        id: "claude-code",
        apps: &["claude", "claude-code", "anthropic-claude"],
        emails: &["noreply@anthropic.com"],
        names: &["claude code"],
        short_names: &["claude"],
        sessions: &[("claude-session", "https://claude.ai/")],
        branches: &["claude/"],
        ..NO_MARKERS
    },
    AiTool {
        id: "copilot",
        apps: &["copilot", "copilot-swe-agent", "copilot-pull-request-reviewer", "github-copilot"],
        users: &["copilot"],
        emails: &["copilot@github.com"],
        names: &["github copilot", "copilot autofix", "copilot-swe-agent", "copilot cli", "copilot"],
        branches: &["copilot/"],
        ..NO_MARKERS
    },
    AiTool {
        id: "cursor",
        apps: &["cursor"],
        users: &["cursoragent"],
        emails: &["cursoragent@cursor.com"],
        names: &["cursor agent", "cursor ide"],
        short_names: &["cursor"],
        branches: &["cursor/"],
        ..NO_MARKERS
    },
    AiTool {
        id: "codex",
        apps: &["chatgpt-codex-connector", "openai-codex"],
        apps_named_like_people: &["codex"],
        emails: &["noreply@openai.com", "codex@openai.com", "codex@openai.local"],
        names: &["openai codex", "codex cli"],
        short_names: &["codex"],
        branches: &["codex/"],
        ..NO_MARKERS
    },
    AiTool {
        id: "aider",
        apps_named_like_people: &["aider"],
        emails: &["aider@aider.chat", "noreply@aider.chat", "noreply@aider.dev"],
        short_names: &["aider"],
        name_suffixes: &[" (aider)"],
        ..NO_MARKERS
    },
    AiTool {
        id: "amp",
        apps_named_like_people: &["amp", "ampcode"],
        emails: &["amp@ampcode.com"],
        names: &["sourcegraph amp"],
        short_names: &["amp"],
        sessions: &[("amp-thread-id", "https://ampcode.com/"), ("amp-thread-id", "t-")],
        ..NO_MARKERS
    },
    AiTool {
        id: "gemini",
        apps: &["gemini-code-assist"],
        users: &["gemini-cli-robot"],
        emails: &["gemini-cli-robot@google.com"],
        names: &["gemini cli", "gemini code assist"],
        short_names: &["gemini"],
        ..NO_MARKERS
    },
    AiTool { id: "antigravity", names: &["google antigravity"], short_names: &["antigravity"], ..NO_MARKERS },
    AiTool {
        id: "jules",
        apps: &["google-labs-jules"],
        names: &["google jules"],
        short_names: &["jules"],
        ..NO_MARKERS
    },
    AiTool {
        id: "devin",
        apps: &["devin-ai-integration"],
        names: &["devin ai"],
        short_names: &["devin"],
        branches: &["devin/"],
        ..NO_MARKERS
    },
    AiTool {
        id: "droid",
        apps: &["factory-droid"],
        names: &["factory droid", "factory ai droid"],
        short_names: &["droid"],
        ..NO_MARKERS
    },
    AiTool { id: "warp", emails: &["oz-agent@warp.dev", "agent@warp.dev"], short_names: &["warp"], ..NO_MARKERS },
    AiTool {
        id: "opencode",
        apps: &["opencode-agent", "opencode"],
        // The second address and the short name are of a plugin's agent, which signs with its own name.
        emails: &["noreply@opencode.ai", "clio-agent@sisyphuslabs.ai"],
        names: &["opencode"],
        short_names: &["sisyphus"],
        branches: &["opencode/"],
        ..NO_MARKERS
    },
    AiTool { id: "roo", apps: &["roomote"], emails: &["roomote@roocode.com"], names: &["roo code"], ..NO_MARKERS },
    AiTool {
        id: "windsurf",
        emails: &["noreply@windsurf.com", "noreply@codeium.com"],
        short_names: &["windsurf"],
        ..NO_MARKERS
    },
    AiTool { id: "crush", emails: &["crush@charm.land"], short_names: &["crush"], ..NO_MARKERS },
    AiTool {
        id: "junie",
        emails: &["junie@jetbrains.com"],
        names: &["jetbrains junie"],
        short_names: &["junie"],
        ..NO_MARKERS
    },
    AiTool { id: "mistral-vibe", emails: &["vibe@mistral.ai"], names: &["mistral vibe"], ..NO_MARKERS },
    AiTool {
        id: "openhands",
        apps_named_like_people: &["openhands"],
        emails: &["openhands@all-hands.dev"],
        names: &["openhands"],
        ..NO_MARKERS
    },
    AiTool {
        id: "qwen-code",
        emails: &["qwen-coder@alibabacloud.com"],
        names: &["qwen code", "qwen-coder"],
        ..NO_MARKERS
    },
    AiTool { id: "claude-flow", names: &["claude-flow"], ..NO_MARKERS },
    AiTool { id: "codesmith", users: &["codesmith-bot"], ..NO_MARKERS },
    AiTool { id: "coderabbit", apps: &["coderabbitai"], ..NO_MARKERS },
    AiTool { id: "cubic", apps: &["cubic-dev-ai"], ..NO_MARKERS },
    AiTool { id: "pullfrog", apps: &["pullfrog"], ..NO_MARKERS },
    AiTool { id: "sageox", emails: &["ox@sageox.ai"], ..NO_MARKERS },
    AiTool { id: "sweep", apps: &["sweep-ai"], ..NO_MARKERS },
    AiTool { id: "chatgpt", names: &["chatgpt"], ..NO_MARKERS },
    AiTool { id: "qodo", apps: &["qodo-merge-pro", "codiumai-pr-agent"], ..NO_MARKERS },
    AiTool { id: "bito", apps: &["bito-code-review"], ..NO_MARKERS },
    AiTool { id: "ellipsis", apps: &["ellipsis-dev"], ..NO_MARKERS },
    AiTool { id: "greptile", apps: &["greptile-apps"], ..NO_MARKERS },
    AiTool { id: "korbit", apps: &["korbit-ai"], ..NO_MARKERS },
    AiTool { id: "sourcery", apps: &["sourcery-ai"], ..NO_MARKERS },
];

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
    let app = account.strip_suffix("[bot]");
    find(|tool| {
        let is_app = |app: &str| tool.apps.contains(&app) || tool.apps_named_like_people.contains(&app);
        tool.emails.contains(&email) || tool.users.contains(&account) || app.is_some_and(is_app)
    })
}

/// The tool with this name; `X[bot]`, `X (model)` and `X powered by AI` are X.
pub(super) fn by_name(name: &str) -> Option<&'static str> {
    let plain = plain_name(name);
    find(|tool| tool.names.contains(&plain.as_str()))
}

/// The tool with this short name, where nothing but a tool can be meant.
pub(super) fn by_short_name(name: &str) -> Option<&'static str> {
    let plain = plain_name(name);
    find(|tool| tool.short_names.contains(&plain.as_str()))
}

/// The tool that marks the names of people like this; the name in lower case.
pub(super) fn by_name_suffix(name: &str) -> Option<&'static str> {
    find(|tool| tool.name_suffixes.iter().any(|suffix| name.ends_with(suffix)))
}

/// The tool one of whose names occurs in a list of lower-case words.
pub(super) fn by_words(words: &[&str]) -> Option<&'static str> {
    let holds = |name: &str| {
        let name: Vec<&str> = name.split(' ').collect();
        words.windows(name.len()).any(|window| window == name)
    };
    find(|tool| tool.names.iter().any(|name| holds(name)))
}

/// The tool that a trailer links a session of; without a key, any trailer.
pub(super) fn by_session(key: Option<&str>, value: &str) -> Option<&'static str> {
    let begins =
        |start: &str| value.as_bytes().get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start.as_bytes()));
    find(|tool| tool.sessions.iter().any(|(known, start)| key.is_none_or(|key| key == *known) && begins(start)))
}

/// The tool that names branches like this one; the name without `refs/heads/` and remote.
pub(super) fn by_branch(name: &str) -> Option<&'static str> {
    find(|tool| tool.branches.iter().any(|prefix| name.starts_with(prefix)))
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

fn plain_name(name: &str) -> String {
    let lower = name.trim().to_ascii_lowercase();
    let head = lower.split_once(" (").map_or(lower.as_str(), |(head, _)| head);
    let head = head.strip_suffix("[bot]").unwrap_or(head);
    head.strip_suffix(" powered by ai").unwrap_or(head).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_in_lower_case_and_ids_are_unique() {
        let mut ids = std::collections::BTreeSet::new();
        for tool in AI_TOOLS {
            assert!(ids.insert(tool.id), "{} has two rows", tool.id);
            assert!(tool.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", tool.id);
            let texts = [tool.apps, tool.apps_named_like_people, tool.users, tool.emails, tool.names, tool.short_names];
            for text in texts.into_iter().flatten().chain(tool.name_suffixes).chain(tool.branches) {
                assert_eq!(*text, text.to_ascii_lowercase());
            }
            for (key, start) in tool.sessions {
                assert_eq!((*key, *start), (&*key.to_ascii_lowercase(), &*start.to_ascii_lowercase()));
            }
        }
    }
}

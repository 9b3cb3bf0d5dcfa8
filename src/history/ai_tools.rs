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
    /// Words in the accounts of apps by which companies run the tool under a name of their own, as in
    /// `acme-claude[bot]`.
    pub(super) bot_words: &'static [&'static str],
    /// Short names, which count where a tool signs: in trailers that name tools, and in lines such as `Generated with X`.
    pub(super) short_names: &'static [&'static str],
    /// Names that are also ordinary words, libraries or first names: they count in trailers that name tools, and in such
    /// lines only if these look as if a tool wrote them.
    pub(super) words: &'static [&'static str],
    /// What the tool appends to the name of the person it works for.
    pub(super) name_suffixes: &'static [&'static str],
    /// How subjects begin that the tool writes.
    pub(super) subjects: &'static [&'static str],
    /// Trailers by which the tool links its session: the key, and how the value begins.
    pub(super) sessions: &'static [(&'static str, &'static str)],
    /// Trailers by which the company behind the tool links a session of any tool that it runs.
    pub(super) hosted_sessions: &'static [&'static str],
    /// How the tool names branches by itself.
    pub(super) branches: &'static [BranchName],
}

/// A branch's name as a tool makes it up.
#[derive(Debug, Clone, Copy)]
pub(super) enum BranchName {
    /// It begins like this.
    Begins(&'static str),
    /// It begins like this and ends with `-` and four hexadecimal digits: people use the same beginning for a topic.
    BeginsEndsInHex(&'static str),
    /// It begins like this, followed by the seconds since 1970: the beginning is also a first name.
    BeginsWithTime(&'static str),
}

impl BranchName {
    /// Whether the tool may have made up this name.
    pub(super) fn fits(self, branch: &str) -> bool {
        match self {
            Self::Begins(start) => branch.starts_with(start),
            Self::BeginsEndsInHex(start) => {
                let tail = branch.strip_prefix(start).and_then(|rest| rest.rsplit_once('-')).map(|(_, tail)| tail);
                tail.is_some_and(|tail| tail.len() == 4 && tail.bytes().all(|byte| byte.is_ascii_hexdigit()))
            }
            Self::BeginsWithTime(start) => {
                let time = branch.strip_prefix(start).and_then(|rest| rest.split('-').next());
                time.is_some_and(|time| time.len() == 10 && time.bytes().all(|byte| byte.is_ascii_digit()))
            }
        }
    }
}

/// A row without markers.
const NO_MARKERS: AiTool = AiTool {
    id: "",
    apps: &[],
    apps_named_like_people: &[],
    users: &[],
    emails: &[],
    names: &[],
    bot_words: &[],
    short_names: &[],
    words: &[],
    name_suffixes: &[],
    subjects: &[],
    sessions: &[],
    hosted_sessions: &[],
    branches: &[],
};

/// Every tool; where two rows have one text, the first one gets it.
pub(super) const AI_TOOLS: &[AiTool] = &[
    AiTool {
        id: "claude-code",
        apps: &["claude", "claude-code", "claude-code-action", "anthropic-claude", "anthropic-code-agent"],
        // GitHub's agent has the login of a person, but not the number before it.
        emails: &["noreply@anthropic.com", "claude@anthropic.com", "242468646+claude@users.noreply.github.com"],
        names: &["claude code"],
        bot_words: &["claude"],
        short_names: &["claude"],
        sessions: &[("claude-session", "https://claude.ai/")],
        branches: &[BranchName::Begins("claude/")],
        ..NO_MARKERS
    },
    AiTool {
        id: "copilot",
        apps: &[
            "copilot",
            "copilot-swe-agent",
            "copilot-pull-request-reviewer",
            "github-copilot",
            "github-code-quality",
        ],
        users: &["copilot"],
        emails: &["copilot@github.com"],
        names: &["github copilot", "github-copilot", "copilot autofix", "copilot-swe-agent", "copilot cli", "copilot"],
        bot_words: &["copilot"],
        hosted_sessions: &["agent-logs-url"],
        branches: &[BranchName::Begins("copilot/")],
        ..NO_MARKERS
    },
    AiTool {
        id: "cursor",
        apps: &["cursor", "cursoragent"],
        users: &["cursoragent"],
        emails: &["cursoragent@cursor.com", "noreply@cursor.com"],
        names: &["cursor agent", "cursor ide"],
        words: &["cursor"],
        branches: &[BranchName::BeginsEndsInHex("cursor/")],
        ..NO_MARKERS
    },
    AiTool {
        id: "codex",
        apps: &["chatgpt-codex-connector", "openai-codex", "openai-code-agent"],
        apps_named_like_people: &["codex"],
        emails: &[
            "noreply@openai.com",
            "codex@openai.com",
            "codex@openai.local",
            "242516109+codex@users.noreply.github.com",
        ],
        names: &["openai codex", "codex cli"],
        bot_words: &["codex"],
        short_names: &["codex"],
        branches: &[BranchName::Begins("codex/")],
        ..NO_MARKERS
    },
    AiTool {
        id: "aider",
        apps_named_like_people: &["aider"],
        emails: &["aider@aider.chat", "noreply@aider.chat", "noreply@aider.dev"],
        bot_words: &["aider"],
        short_names: &["aider"],
        name_suffixes: &[" (aider)"],
        subjects: &["aider: "],
        ..NO_MARKERS
    },
    AiTool {
        id: "amp",
        apps_named_like_people: &["amp", "ampcode"],
        emails: &["amp@ampcode.com"],
        names: &["sourcegraph amp"],
        words: &["amp"],
        sessions: &[("amp-thread-id", "https://ampcode.com/"), ("amp-thread-id", "t-")],
        ..NO_MARKERS
    },
    AiTool {
        id: "gemini",
        apps: &["gemini-code-assist", "gemini-cli", "google-labs-gemini-cli"],
        users: &["gemini-cli-robot"],
        emails: &["gemini-cli-robot@google.com"],
        names: &["gemini cli", "gemini code assist"],
        bot_words: &["gemini"],
        short_names: &["gemini"],
        ..NO_MARKERS
    },
    AiTool { id: "antigravity", names: &["google antigravity"], short_names: &["antigravity"], ..NO_MARKERS },
    AiTool {
        id: "jules",
        apps: &["google-labs-jules"],
        names: &["google jules"],
        bot_words: &["jules"],
        words: &["jules"],
        ..NO_MARKERS
    },
    AiTool {
        id: "devin",
        apps: &["devin-ai-integration"],
        names: &["devin ai"],
        bot_words: &["devin"],
        words: &["devin"],
        branches: &[BranchName::BeginsWithTime("devin/")],
        ..NO_MARKERS
    },
    AiTool {
        id: "droid",
        apps: &["factory-droid"],
        names: &["factory droid", "factory ai droid"],
        words: &["droid"],
        ..NO_MARKERS
    },
    AiTool { id: "warp", emails: &["oz-agent@warp.dev", "agent@warp.dev"], words: &["warp"], ..NO_MARKERS },
    AiTool {
        id: "opencode",
        apps: &["opencode-agent", "opencode"],
        // The second address and the short name are of a plugin's agent, which signs with its own name.
        emails: &["noreply@opencode.ai", "clio-agent@sisyphuslabs.ai"],
        names: &["opencode"],
        bot_words: &["opencode"],
        short_names: &["sisyphus"],
        branches: &[BranchName::Begins("opencode/")],
        ..NO_MARKERS
    },
    AiTool {
        id: "roo",
        apps: &["roomote"],
        emails: &["roomote@roocode.com"],
        names: &["roo code"],
        bot_words: &["roomote"],
        ..NO_MARKERS
    },
    AiTool {
        id: "windsurf",
        apps: &["windsurf-bot"],
        emails: &["noreply@windsurf.com", "noreply@codeium.com"],
        short_names: &["windsurf"],
        ..NO_MARKERS
    },
    AiTool { id: "crush", emails: &["crush@charm.land", "noreply@crush.charm.land"], words: &["crush"], ..NO_MARKERS },
    AiTool {
        id: "junie",
        apps: &["jetbrains-junie"],
        emails: &["junie@jetbrains.com"],
        names: &["jetbrains junie"],
        short_names: &["junie"],
        ..NO_MARKERS
    },
    AiTool { id: "jetbrains-ai", apps: &["jetbrains-ai"], names: &["jetbrains ai"], ..NO_MARKERS },
    AiTool { id: "mistral-vibe", emails: &["vibe@mistral.ai"], names: &["mistral vibe"], ..NO_MARKERS },
    AiTool {
        id: "openhands",
        apps: &["openhands-ai", "openhands-agent"],
        apps_named_like_people: &["openhands"],
        emails: &["openhands@all-hands.dev"],
        names: &["openhands"],
        bot_words: &["openhands"],
        ..NO_MARKERS
    },
    AiTool {
        id: "qwen-code",
        emails: &["qwen-coder@alibabacloud.com", "noreply@qwen.ai"],
        names: &["qwen code", "qwen-coder"],
        bot_words: &["qwen"],
        ..NO_MARKERS
    },
    AiTool {
        id: "cline",
        apps: &["cline-cloud"],
        apps_named_like_people: &["cline"],
        emails: &["noreply@cline.bot", "cline@cline.bot"],
        bot_words: &["cline"],
        short_names: &["cline"],
        ..NO_MARKERS
    },
    AiTool {
        id: "kilo-code",
        apps: &["kilo-code-bot", "kilocode-bot", "kiloconnect"],
        names: &["kilo code"],
        bot_words: &["kilocode"],
        ..NO_MARKERS
    },
    AiTool {
        id: "kiro",
        apps: &["kiro-agent"],
        users: &["kiro-agent"],
        emails: &["kiro@amazon.com", "noreply@kiro.dev", "kiro@kiro.dev"],
        names: &["aws kiro", "kiro agent", "kiro ai", "kiro cli"],
        short_names: &["kiro"],
        ..NO_MARKERS
    },
    AiTool { id: "amazon-q", apps: &["amazon-q-developer"], names: &["amazon q developer", "amazon q"], ..NO_MARKERS },
    AiTool {
        id: "lovable",
        apps: &["lovable-dev", "gpt-engineer-app"],
        apps_named_like_people: &["lovable"],
        bot_words: &["lovable"],
        words: &["lovable"],
        ..NO_MARKERS
    },
    AiTool {
        id: "replit",
        names: &["replit agent", "replit assistant"],
        short_names: &["replit"],
        sessions: &[("replit-commit-author", "agent"), ("replit-commit-author", "assistant")],
        ..NO_MARKERS
    },
    AiTool { id: "v0", apps_named_like_people: &["v0"], emails: &["v0@vercel.com"], words: &["v0"], ..NO_MARKERS },
    AiTool { id: "zed", emails: &["agent@zed.dev"], names: &["zed agent", "zed ai"], words: &["zed"], ..NO_MARKERS },
    AiTool {
        id: "continue",
        apps_named_like_people: &["continue"],
        emails: &["noreply@continue.dev"],
        names: &["continue.dev", "continue agent"],
        ..NO_MARKERS
    },
    AiTool { id: "cody", apps: &["sourcegraph-cody"], names: &["sourcegraph cody"], ..NO_MARKERS },
    AiTool {
        id: "augment",
        apps: &["augmentcode"],
        emails: &["agent@augmentcode.com", "augment@augmentcode.com"],
        names: &["augment code", "augment agent"],
        ..NO_MARKERS
    },
    AiTool {
        id: "goose",
        emails: &["goose@block.xyz", "goose-agent@block.xyz", "271095942+aaif-goose@users.noreply.github.com"],
        words: &["goose"],
        ..NO_MARKERS
    },
    AiTool {
        id: "grok",
        emails: &["noreply@x.ai", "grok@x.ai", "grok-build@x.ai"],
        names: &["grok build", "grok cli"],
        words: &["grok"],
        ..NO_MARKERS
    },
    AiTool { id: "kimi-code", emails: &["noreply@moonshot.ai"], names: &["kimi code", "kimi cli"], ..NO_MARKERS },
    AiTool { id: "pi", emails: &["noreply@pi.dev", "noreply@earendil.works"], ..NO_MARKERS },
    AiTool { id: "qoder", emails: &["qoder_ai@qoder.com"], names: &["qoder", "qoderai"], ..NO_MARKERS },
    AiTool { id: "codegen", apps: &["codegen-sh"], ..NO_MARKERS },
    AiTool { id: "charlie", apps: &["charliecreates"], ..NO_MARKERS },
    AiTool { id: "gitauto", apps: &["gitauto-ai"], ..NO_MARKERS },
    AiTool { id: "mentat", apps: &["mentatbot"], ..NO_MARKERS },
    AiTool { id: "tembo", apps_named_like_people: &["tembo"], ..NO_MARKERS },
    AiTool { id: "cto-new", apps: &["cto-new"], ..NO_MARKERS },
    AiTool { id: "claude-flow", names: &["claude-flow"], ..NO_MARKERS },
    AiTool { id: "codesmith", users: &["codesmith-bot"], ..NO_MARKERS },
    AiTool { id: "coderabbit", apps: &["coderabbitai"], ..NO_MARKERS },
    AiTool { id: "cubic", apps: &["cubic-dev-ai"], ..NO_MARKERS },
    AiTool { id: "pullfrog", apps: &["pullfrog"], ..NO_MARKERS },
    AiTool { id: "sageox", emails: &["ox@sageox.ai"], ..NO_MARKERS },
    AiTool { id: "sweep", apps: &["sweep-ai"], ..NO_MARKERS },
    AiTool { id: "chatgpt", names: &["chatgpt"], ..NO_MARKERS },
    AiTool {
        id: "qodo",
        apps: &["qodo-merge-pro", "qodo-code-review", "codiumai-pr-agent", "codiumai-pr-agent-free"],
        ..NO_MARKERS
    },
    AiTool { id: "bito", apps: &["bito-code-review"], ..NO_MARKERS },
    AiTool { id: "codeant", apps: &["codeant-ai"], ..NO_MARKERS },
    AiTool { id: "deepsource", apps: &["deepsource-autofix"], ..NO_MARKERS },
    AiTool { id: "ellipsis", apps: &["ellipsis-dev"], ..NO_MARKERS },
    AiTool { id: "greptile", apps: &["greptile-apps"], ..NO_MARKERS },
    AiTool { id: "korbit", apps: &["korbit-ai"], ..NO_MARKERS },
    AiTool { id: "seer", apps: &["seer-by-sentry"], ..NO_MARKERS },
    AiTool { id: "sourcery", apps: &["sourcery-ai"], ..NO_MARKERS },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_in_lower_case_and_ids_are_unique() {
        let mut ids = std::collections::BTreeSet::new();
        for tool in AI_TOOLS {
            assert!(ids.insert(tool.id), "{} has two rows", tool.id);
            assert!(tool.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", tool.id);
            let accounts = [tool.apps, tool.apps_named_like_people, tool.users, tool.emails, tool.bot_words];
            let texts = [tool.names, tool.short_names, tool.words, tool.name_suffixes, tool.subjects];
            for text in accounts.into_iter().chain(texts).flatten() {
                assert_eq!(*text, text.to_ascii_lowercase());
            }
            for own in tool.branches {
                let (BranchName::Begins(start)
                | BranchName::BeginsEndsInHex(start)
                | BranchName::BeginsWithTime(start)) = own;
                assert_eq!(*start, start.to_ascii_lowercase());
            }
            assert!(tool.hosted_sessions.iter().all(|key| *key == key.to_ascii_lowercase()));
            for (key, start) in tool.sessions {
                assert_eq!((*key, *start), (&*key.to_ascii_lowercase(), &*start.to_ascii_lowercase()));
            }
        }
    }
}

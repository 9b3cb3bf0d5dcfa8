//! Which authors are automation whose lines are nobody's work.
//!
//! A bot's commits are excluded from every ratio. An AI agent's commits are not: what they cost is the question
//! here, so agents are named first and never taken for bots.

use crate::model::commit::Identity;

/// Whether an author is a bot to leave out, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Left out.
    Bot,
    /// Kept.
    Kept,
}

use Verdict::{Bot, Kept};

/// Account names without `[bot]`, in lower case, with the verdict and the reason; the first row that fits decides.
const TABLE: &[(&str, Verdict, &str)] = &[
    ("copilot", Kept, "AI agent"),
    ("copilot-swe-agent", Kept, "AI agent"),
    ("claude", Kept, "AI agent"),
    ("claude-code", Kept, "AI agent"),
    ("anthropic-claude", Kept, "AI agent"),
    ("devin-ai-integration", Kept, "AI agent"),
    ("google-labs-jules", Kept, "AI agent"),
    ("gemini-code-assist", Kept, "AI agent"),
    ("gemini-cli-robot", Kept, "AI agent"),
    ("factory-droid", Kept, "AI agent"),
    ("chatgpt-codex-connector", Kept, "AI agent"),
    ("openai-codex", Kept, "AI agent"),
    ("codex", Kept, "AI agent"),
    ("cursor", Kept, "AI agent"),
    ("cursoragent", Kept, "AI agent"),
    ("opencode-agent", Kept, "AI agent"),
    ("amp", Kept, "AI agent"),
    ("ampcode", Kept, "AI agent"),
    ("aider", Kept, "AI agent"),
    ("roomote", Kept, "AI agent"),
    ("sweep-ai", Kept, "AI agent"),
    ("coderabbitai", Kept, "AI agent"),
    ("qodo-merge-pro", Kept, "AI agent"),
    ("openhands", Kept, "AI agent"),
    ("bors", Kept, "lands the work of people"),
    ("mergify", Kept, "lands the work of people"),
    ("kodiakhq", Kept, "lands the work of people"),
    ("github-merge-queue", Kept, "lands the work of people"),
    ("dependabot", Bot, "updates dependencies"),
    ("dependabot-preview", Bot, "updates dependencies"),
    ("renovate", Bot, "updates dependencies"),
    ("renovate-bot", Bot, "updates dependencies"),
    ("greenkeeper", Bot, "updates dependencies"),
    ("greenkeeperio-bot", Bot, "updates dependencies"),
    ("snyk-bot", Bot, "updates dependencies"),
    ("pyup-bot", Bot, "updates dependencies"),
    ("scala-steward", Bot, "updates dependencies"),
    ("pre-commit-ci", Bot, "updates dependencies"),
    ("github-actions", Bot, "runs workflows"),
    ("github action", Bot, "runs workflows"),
    ("github actions", Bot, "runs workflows"),
    ("gitlab-bot", Bot, "runs workflows"),
    ("semantic-release-bot", Bot, "releases"),
    ("allcontributors", Bot, "keeps a list"),
    ("imgbot", Bot, "squeezes images"),
    ("weblate", Bot, "carries translations"),
];

/// Whether an author, as the commit spells it, is automation to leave out.
///
/// The account is the name, or the local part of a GitHub no-reply address after its number: the number of
/// github-actions also stands in the addresses of agents that run inside it. An account ending in `[bot]` that the
/// table does not know is a bot.
pub(super) fn is_bot(author: &Identity) -> bool {
    let name = author.name.trim().to_ascii_lowercase();
    let email = author.email.trim().to_ascii_lowercase();
    let local = email.split_once('@').map_or(email.as_str(), |(local, _)| local);
    let account = local.split_once('+').map_or(local, |(_, account)| account);
    let no_reply = email.ends_with("@users.noreply.github.com");
    let accounts = [Some(name.as_str()), no_reply.then_some(account)];
    let mut verdicts = accounts.into_iter().flatten().map(|account| {
        let plain = account.strip_suffix("[bot]").unwrap_or(account);
        let known = TABLE.iter().find(|(row, _, _)| *row == plain).map(|(_, verdict, _)| *verdict);
        known.or(account.ends_with("[bot]").then_some(Bot))
    });
    let first = verdicts.next().flatten();
    let second = verdicts.next().flatten();
    first != Some(Kept) && second != Some(Kept) && (first == Some(Bot) || second == Some(Bot))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bot(name: &str, email: &str) -> bool {
        is_bot(&Identity { name: name.to_owned(), email: email.to_owned() })
    }

    #[test]
    fn automation_is_left_out() {
        assert!(bot("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"));
        assert!(bot("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com"));
        assert!(bot("GitHub Action", "41898282+github-actions[bot]@users.noreply.github.com"));
        assert!(bot("anything-new[bot]", "1+anything-new[bot]@users.noreply.github.com"));
        assert!(bot("Renovate Bot", "29139614+renovate[bot]@users.noreply.github.com"));
    }

    #[test]
    fn agents_and_people_are_kept() {
        assert!(!bot("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com"));
        assert!(!bot("claude[bot]", "41898282+claude[bot]@users.noreply.github.com"));
        assert!(!bot("google-labs-jules[bot]", "161369871+google-labs-jules[bot]@users.noreply.github.com"));
        assert!(!bot("Devin AI", "158243242+devin-ai-integration[bot]@users.noreply.github.com"));
        assert!(!bot("bors[bot]", "26634292+bors[bot]@users.noreply.github.com"));
        assert!(!bot("Claude Abbott", "claude@example.org"));
        assert!(!bot("Weblate Fan", "fan@example.org"));
    }

    #[test]
    fn every_row_is_in_lower_case_and_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for (account, _, reason) in TABLE {
            assert_eq!(*account, account.to_ascii_lowercase());
            assert!(!reason.is_empty() && seen.insert(account), "{account}");
        }
    }
}

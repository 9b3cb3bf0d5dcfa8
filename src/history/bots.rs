//! Which authors and reviewers are programs.
//!
//! A bot's commits are left out of every ratio. An AI tool's commits are not: what they cost is the question here, so
//! `ai_tools` is asked first.

use super::ai_tools;
use crate::model::commit::Identity;

/// A program's account, and whether the lines of its commits are left out.
struct Program {
    /// Without `[bot]`, in lower case.
    account: &'static str,
    /// Whether its lines are left out. False for programs that only land commits of people, whose lines are the people's.
    is_bot: bool,
}

const fn bot(account: &'static str) -> Program {
    Program { account, is_bot: true }
}

const fn lands_work(account: &'static str) -> Program {
    Program { account, is_bot: false }
}

/// Programs that are not AI tools.
const PROGRAMS: &[Program] = &[
    lands_work("bors"),
    lands_work("mergify"),
    lands_work("kodiakhq"),
    lands_work("github-merge-queue"),
    // Update dependencies.
    bot("dependabot"),
    bot("dependabot-preview"),
    bot("renovate"),
    bot("renovate-bot"),
    bot("greenkeeper"),
    bot("greenkeeperio-bot"),
    bot("snyk-bot"),
    bot("pyup-bot"),
    bot("scala-steward"),
    bot("pre-commit-ci"),
    // Run workflows.
    bot("github-actions"),
    bot("github action"),
    bot("github actions"),
    bot("gitlab-bot"),
    // Publish releases, keep lists, compress images, bring translations.
    bot("semantic-release-bot"),
    bot("allcontributors"),
    bot("imgbot"),
    bot("weblate"),
    // Comment on pull requests.
    bot("codecov"),
    bot("github-advanced-security"),
    bot("graphite-app"),
    bot("sonarcloud"),
];

/// Whether an author, as the commit spells it, is a bot whose lines are left out.
///
/// The account is the name, or the local part of a GitHub no-reply address after its number: agents that run inside
/// github-actions have its number in their addresses. An unknown account that ends in `[bot]` is a bot.
pub(super) fn is_bot(author: &Identity) -> bool {
    let name = author.name.trim().to_ascii_lowercase();
    let email = author.email.trim().to_ascii_lowercase();
    let local = email.split_once('@').map_or(email.as_str(), |(local, _)| local);
    let account = local.split_once('+').map_or(local, |(_, account)| account);
    let no_reply = email.ends_with("@users.noreply.github.com");
    let accounts = [Some(name.as_str()), no_reply.then_some(account)];
    let (mut is_bot, mut is_kept) = (false, false);
    for account in accounts.into_iter().flatten() {
        let plain = account.strip_suffix("[bot]").unwrap_or(account);
        let program = PROGRAMS.iter().find(|program| program.account == plain);
        is_kept |= ai_tools::is_account(plain) || program.is_some_and(|program| !program.is_bot);
        is_bot |= program.is_some_and(|program| program.is_bot) || (program.is_none() && account.ends_with("[bot]"));
    }
    is_bot && !is_kept
}

/// Whether a forge's account, in lower case and without `[bot]`, is a program's; a person's login never is.
#[must_use]
pub fn is_program_account(login: &str) -> bool {
    ai_tools::is_unmistakable_account(login) || PROGRAMS.iter().any(|program| program.account == login)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_left_out(name: &str, email: &str) -> bool {
        is_bot(&Identity { name: name.to_owned(), email: email.to_owned() })
    }

    #[test]
    fn automation_is_left_out() {
        assert!(is_left_out("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"));
        assert!(is_left_out("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com"));
        assert!(is_left_out("GitHub Action", "41898282+github-actions[bot]@users.noreply.github.com"));
        assert!(is_left_out("anything-new[bot]", "1+anything-new[bot]@users.noreply.github.com"));
        assert!(is_left_out("Renovate Bot", "29139614+renovate[bot]@users.noreply.github.com"));
    }

    #[test]
    fn agents_and_people_are_kept() {
        assert!(!is_left_out("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com"));
        assert!(!is_left_out("claude[bot]", "41898282+claude[bot]@users.noreply.github.com"));
        assert!(!is_left_out("google-labs-jules[bot]", "161369871+google-labs-jules[bot]@users.noreply.github.com"));
        assert!(!is_left_out("Devin AI", "158243242+devin-ai-integration[bot]@users.noreply.github.com"));
        assert!(!is_left_out("bors[bot]", "26634292+bors[bot]@users.noreply.github.com"));
        assert!(!is_left_out("Claude Abbott", "claude@example.org"));
        assert!(!is_left_out("Weblate Fan", "fan@example.org"));
    }

    #[test]
    fn every_row_is_in_lower_case_and_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for Program { account, .. } in PROGRAMS {
            assert_eq!(*account, account.to_ascii_lowercase());
            assert!(seen.insert(account) && !ai_tools::is_account(account), "{account}");
        }
    }
}

//! Which authors and reviewers are programs, and which of their commits are automation.
//!
//! What an account is follows from what it is known to do and from the marks of each commit:
//!
//! - Automation is left out of every ratio. An AI tool's commits are not: what they cost is the question here, so
//!   `ai_tools` is asked first, and an account of automation that commits what an AI tool signed is none.
//! - Programs that only land what people wrote are not automation.
//! - A merge has no lines of its own: `contributions` judges it by the commits that it merged.

use super::tool_lookup::{by_app, is_account, is_unmistakable_account};
use crate::model::assist::{Assistance, Evidence};
use crate::model::commit::Identity;

/// What the author of a commit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Account {
    /// A person, an AI tool, or a program that lands what people wrote.
    Author,
    /// A program whose commits are automation, unless an AI tool signed them.
    Automation,
    /// A program that updates dependencies: automation whose messages quote the notes of other projects, so that only
    /// trailers at their end are its own.
    Updater,
}

impl Account {
    /// Whether a commit by this account with this assistance is automation.
    pub(super) fn is_bot(self, assisted: &[Assistance]) -> bool {
        self != Self::Author && assisted.iter().all(|one| one.evidence == Evidence::BranchName)
    }
}

/// Programs that are not AI tools: accounts without `[bot]`, in lower case.
const PROGRAMS: &[(Account, &[&str])] = &[
    // Land commits of people.
    (
        Account::Author,
        &[
            "aviator-app",
            "bors",
            "bors-servo",
            "bulldozer",
            "copybara-service",
            "facebook-github-bot",
            "github merge button",
            "github-merge-queue",
            "graphite-app",
            "k8s-merge-robot",
            "kodiakhq",
            "mergify",
            "openshift-merge-robot",
            "pytorchmergebot",
            "trunk-io",
        ],
    ),
    (
        Account::Updater,
        &[
            "dependabot",
            "dependabot-preview",
            "depfu",
            "greenkeeper",
            "greenkeeperio-bot",
            "mend renovate",
            "pyup-bot",
            "renovate",
            "renovate bot",
            "renovate-bot",
            "scala-steward",
            "snyk-bot",
            "whitesource renovate",
        ],
    ),
    // Run workflows, publish releases, keep lists, compress images, bring translations, comment on pull requests.
    (
        Account::Automation,
        &[
            "actions-user",
            "allcontributors",
            "azure-pipelines",
            "circleci",
            "codecov",
            "dotnet bot",
            "dotnet-maestro",
            "github action",
            "github actions",
            "github-actions",
            "github-advanced-security",
            "gitlab-bot",
            "imgbot",
            "k8s-ci-robot",
            "pre-commit-ci",
            "semantic-release-bot",
            "sonarcloud",
            "travis ci",
            "travis-ci",
            "weblate",
        ],
    ),
];

/// Whole addresses of such programs, in lower case.
const ADDRESSES: &[(Account, &[&str])] = &[
    (Account::Author, &["merge-button@github.com"]),
    (
        Account::Updater,
        &[
            "adodependabot@microsoft.com",
            "bot@renovateapp.com",
            "github-bot@pyup.io",
            "me@scala-steward.org",
            "renovate@whitesourcesoftware.com",
            "snyk-bot@snyk.io",
            "support@dependabot.com",
            "support@greenkeeper.io",
        ],
    ),
    (
        Account::Automation,
        &[
            "action@github.com",
            "actions@github.com",
            "bot@stepsecurity.io",
            "builds@travis-ci.com",
            "builds@travis-ci.org",
            "dn-bot@microsoft.com",
            "dotnet-bot@dotnetfoundation.org",
            "dotnet-bot@microsoft.com",
            "dotnet-maestro-bot@microsoft.com",
            "github-actions@github.com",
            "hosted@weblate.org",
            "imgbothelp@gmail.com",
            "noreply@weblate.org",
            "semantic-release-bot@martynus.net",
        ],
    ),
];

/// What an author is, as the commit spells them.
///
/// The account is the name, or the local part of a GitHub no-reply address after its number: agents that run inside
/// github-actions have its number in their addresses. An unknown account that ends in `[bot]` is automation.
pub(super) fn account(author: &Identity) -> Account {
    let name = author.name.trim().to_ascii_lowercase();
    let email = author.email.trim().to_ascii_lowercase();
    let (local, domain) = email.split_once('@').unwrap_or((&email, ""));
    let own = local.split_once('+').map_or(local, |(_, account)| account);
    let no_reply = domain == "users.noreply.github.com";
    let mut found = of(ADDRESSES, &email);
    for account in [Some(name.as_str()), no_reply.then_some(own)].into_iter().flatten() {
        let plain = account.strip_suffix("[bot]").unwrap_or(account);
        if is_account(plain) || by_app(account).is_some() {
            return Account::Author;
        }
        let unknown_app = (plain != account).then_some(Account::Automation);
        found = match (found, of(PROGRAMS, plain)) {
            // An account that lands commits is not automation, whatever name it gives itself.
            (Some(Account::Author), _) | (_, Some(Account::Author)) => Some(Account::Author),
            (found, known) => found.max(known.or(unknown_app)),
        };
    }
    let by_form = || (is_of_gitlab_token(local) || is_named_bot(&name, own)).then_some(Account::Automation);
    found.or_else(by_form).unwrap_or(Account::Author)
}

fn of(list: &[(Account, &[&str])], text: &str) -> Option<Account> {
    list.iter().find(|(_, texts)| texts.contains(&text)).map(|(account, _)| *account)
}

/// Whether GitLab made the address for an access token of a project or a group: `project_7_bot_0a1b`, `group_7_bot`.
fn is_of_gitlab_token(local: &str) -> bool {
    let rest = local.strip_prefix("project_").or_else(|| local.strip_prefix("group_"));
    let number = rest.and_then(|rest| rest.split_once("_bot")).map(|(number, after)| (number, after.as_bytes()));
    number.is_some_and(|(number, after)| {
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(after.first(), None | Some(b'_'))
    })
}

/// Whether both name and address say that this is a bot: `Acme Bot <bot@acme.example>`, `acme-bot <acme-bot@…>`.
///
/// People have `Bot` as a surname, so the name is not enough.
fn is_named_bot(name: &str, account: &str) -> bool {
    let ends = |text: &str, between: &[char]| {
        ["bot", "robot"]
            .iter()
            .any(|word| text.strip_suffix(word).is_some_and(|before| before.is_empty() || before.ends_with(between)))
    };
    ends(name, &[' ', '-', '_']) && ends(account, &['-', '_', '+'])
}

/// Whether a forge's account, in lower case and without `[bot]`, is a program's; a person's login never is.
#[must_use]
pub fn is_program_account(login: &str) -> bool {
    is_unmistakable_account(login) || of(PROGRAMS, login).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_left_out(name: &str, email: &str) -> bool {
        account(&Identity { name: name.to_owned(), email: email.to_owned() }) != Account::Author
    }

    #[test]
    fn automation_is_left_out() {
        assert!(is_left_out("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"));
        assert!(is_left_out("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com"));
        assert!(is_left_out("GitHub Action", "41898282+github-actions[bot]@users.noreply.github.com"));
        assert!(is_left_out("anything-new[bot]", "1+anything-new[bot]@users.noreply.github.com"));
        assert!(is_left_out("Renovate Bot", "29139614+renovate[bot]@users.noreply.github.com"));
        // Self-hosted, or signed otherwise than by its account.
        assert!(is_left_out("Updates", "bot@renovateapp.com"));
        assert!(is_left_out("dotnet bot", "dotnet-bot@dotnetfoundation.org"));
        assert!(is_left_out("release token", "project_31_bot_5c0ffee@noreply.gitlab.example"));
        assert!(is_left_out("Deploy", "group_8_bot@noreply.gitlab.example"));
        assert!(is_left_out("Nightly Bot", "bot@nightly.example"));
        assert!(is_left_out("acme-ci-robot", "7+acme-ci-robot@users.noreply.github.com"));
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
        assert!(!is_left_out("Ben Bot", "ben.bot@example.org"));
        assert!(!is_left_out("Ann Talbot", "talbot@example.org"));
        assert!(!is_left_out("Project Lead", "project_bot@example.org"));
        assert!(!is_left_out("copybara-service[bot]", "56741989+copybara-service[bot]@users.noreply.github.com"));
    }

    #[test]
    fn apps_named_after_an_agent_are_the_agents() {
        for app in ["acme-claude", "roomote-v0", "cline-cloud", "qwen.ai", "openhands-ai", "lovable-next", "my-codex"] {
            assert!(!is_left_out(&format!("{app}[bot]"), &format!("5+{app}[bot]@users.noreply.github.com")), "{app}");
        }
        assert!(is_left_out("declaude[bot]", "5+declaude[bot]@users.noreply.github.com"));
    }

    #[test]
    fn automation_that_commits_what_an_agent_signed_is_none() {
        let by = |evidence| [Assistance { tool: "claude-code", model: None, evidence }];
        assert!(Account::Automation.is_bot(&[]) && Account::Automation.is_bot(&by(Evidence::BranchName)));
        assert!(!Account::Automation.is_bot(&by(Evidence::CoAuthorEmail)));
        assert!(!Account::Updater.is_bot(&by(Evidence::CoAuthorEmail)));
        assert!(!Account::Author.is_bot(&[]));
    }

    #[test]
    fn every_row_is_in_lower_case_and_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for text in PROGRAMS.iter().chain(ADDRESSES).flat_map(|(_, texts)| *texts) {
            assert_eq!(*text, text.to_ascii_lowercase());
            assert!(seen.insert(text) && !is_account(text), "{text}");
        }
    }
}

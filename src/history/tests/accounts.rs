//! The accounts of AI tools, in each place that asks for them.

use crate::history::ai_tools::AI_TOOLS;
use crate::history::{assist, bots, is_program_account};
use crate::model::commit::Identity;

#[test]
fn an_account_means_the_same_to_commits_authors_and_reviews() {
    for tool in AI_TOOLS {
        for app in tool.apps.iter().chain(tool.apps_named_like_people) {
            let name = format!("{app}[bot]");
            let email = format!("1+{name}@users.noreply.github.com");
            let author = Identity { name: name.clone(), email };
            assert!(assist::signed(&author).is_some(), "{name} assists the commits that it writes");
            assert_eq!(bots::account(&author), bots::Account::Author, "{name} is not a bot whose lines are left out");
        }
        for account in tool.apps.iter().chain(tool.users) {
            assert!(is_program_account(account), "a review by {account} is not a person's");
        }
    }
}

//! Tags from gateways and log columns: the commit, pull request or issue that a request was made for.

use std::collections::BTreeSet;

use super::candidate::{Candidate, Target};
use super::context::LinkContext;
use super::session::SessionFacts;
use super::{Evidence, LinkInput};
use crate::history::may_name;
use crate::model::link::Tier;
use crate::model::name::Names;
use crate::model::tag::{self, Tag as Parsed};

/// Weight of a tagged request.
const TAGGED: u64 = 1;

/// The evidence of tags.
#[derive(Debug)]
pub(super) struct Tag;

impl Evidence for Tag {
    fn id(&self) -> &'static str {
        "tag"
    }

    fn about(&self) -> &'static str {
        "the request is tagged with the commit, the pull request, or the issue that a commit or its branch names"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        for &at in &context.repo.here {
            for (time, name) in &context.repo.sessions[at].tags {
                let Some(parsed) = tag::parse(context.repo.names.text(*name)) else { continue };
                for target in targets(context, parsed) {
                    let acts = vec![(*time, TAGGED)];
                    out.push(Candidate { session: at, target, tier: Tier::Explicit, rule: self.id(), acts });
                }
            }
        }
    }
}

fn targets(context: &LinkContext<'_>, tag: Parsed<'_>) -> BTreeSet<Target> {
    match tag {
        Parsed::Commit(sha) => context.repo.target_of_id(sha).into_iter().collect(),
        Parsed::PullRequest { number, repository } => {
            if !may_name(repository, &context.repo.history.remotes) {
                return BTreeSet::new();
            }
            if let Some(&landing) = context.repo.landing_of_pull.get(&number) {
                return [Target::Landing(landing)].into();
            }
            let open = (0u32..).zip(&context.repo.work.commits).filter(|(_, one)| one.pull_requests.contains(&number));
            open.map(|(index, _)| context.repo.target(index)).collect()
        }
        Parsed::Issue(key) => {
            let named = (0u32..).zip(&context.repo.work.commits).filter(|(index, one)| {
                let texts = std::iter::once(&one.commit.subject).chain(&one.branches);
                context.repo.counts(*index) && texts.into_iter().any(|text| names_issue(text, key))
            });
            named.map(|(index, _)| context.repo.target(index)).collect()
        }
    }
}

/// Whether a text names an issue: its key as a whole word, ignoring case; a bare number only after `#`.
pub(super) fn names_issue(text: &str, key: &str) -> bool {
    let (text, key) = (text.to_ascii_lowercase(), key.to_ascii_lowercase());
    let bare = key.bytes().all(|byte| byte.is_ascii_digit());
    let wanted = if bare { format!("#{key}") } else { key };
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(&wanted)
        .any(|(at, _)| !is_word(text[..at].chars().next_back()) && !is_word(text[at + wanted.len()..].chars().next()))
}

/// The repositories that the tags of a session name.
pub(super) fn repositories(session: &SessionFacts, input: &LinkInput<'_>, names: &Names) -> BTreeSet<usize> {
    let mut repositories = BTreeSet::new();
    for (_, name) in &session.tags {
        let found = |at: &usize| match tag::parse(names.text(*name)) {
            Some(Parsed::Commit(sha)) => input.works[*at].commits.iter().any(|one| one.commit.id.starts_with(sha)),
            Some(Parsed::PullRequest { repository, .. }) => {
                may_name(repository, &input.histories[*at].remotes)
                    && (repository.is_some() || input.histories.len() == 1)
            }
            Some(Parsed::Issue(_)) => input.histories.len() == 1,
            None => false,
        };
        repositories.extend((0..input.histories.len()).filter(found));
    }
    repositories
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_named_by_its_key_as_a_whole_word() {
        assert!(names_issue("Fix checkout (SHOP-3)", "shop-3"));
        assert!(names_issue("dana/shop-3-checkout", "SHOP-3"));
        assert!(!names_issue("Fix checkout (SHOP-31)", "SHOP-3"));
        assert!(names_issue("Fixes #12", "12") && !names_issue("Fixes #120 and 12", "12"));
    }
}

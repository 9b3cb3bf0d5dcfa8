//! Which issues code names: in subjects, titles, trailers and branches of commits, by the key that a tracker gave them.

use std::collections::{BTreeMap, BTreeSet};

use super::importance::Importance;
use crate::history::{History, may_name};
use crate::model::work::{Work, WorkCommit};

/// The issues that landings and open work name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// By repository and landing.
    landings: BTreeMap<(usize, usize), BTreeSet<String>>,
    /// By repository and branch, or the id of a commit without one.
    open: BTreeMap<(usize, String), BTreeSet<String>>,
}

impl Mentions {
    /// Reads the commits of all repositories for the keys of issues, and for the pull requests that an export ties to them.
    pub(super) fn find(works: &[Work], histories: &[History], issues: &BTreeMap<&str, &Importance>) -> Self {
        let mut by_pull: BTreeMap<u64, Vec<(Option<&str>, &str)>> = BTreeMap::new();
        for (key, issue) in issues {
            for (repository, number) in &issue.pulls {
                by_pull.entry(*number).or_default().push((repository.as_deref(), key));
            }
        }
        let mut found = Self::default();
        for (repository, (work, history)) in works.iter().zip(histories).enumerate() {
            for one in &work.commits {
                let keys = texts(one).flat_map(|text| keys(&text)).filter(|key| issues.contains_key(key.as_str()));
                let mut named: BTreeSet<String> = keys.collect();
                let pulls = one.pull_requests.iter().filter_map(|number| by_pull.get(number)).flatten();
                let own = pulls.filter(|(name, _)| may_name(*name, &history.remotes));
                named.extend(own.map(|(_, key)| (*key).to_owned()));
                if named.is_empty() {
                    continue;
                }
                let Some(landing) = one.landing else {
                    for name in one.branches.iter().chain([&one.commit.id]) {
                        found.open.entry((repository, name.clone())).or_default().extend(named.iter().cloned());
                    }
                    continue;
                };
                found.landings.entry((repository, landing as usize)).or_default().extend(named);
            }
        }
        found
    }

    /// The issues that a landing names.
    #[must_use]
    pub fn of_landing(&self, repository: usize, landing: usize) -> Option<&BTreeSet<String>> {
        self.landings.get(&(repository, landing))
    }

    /// The issues that the commits of open work name, by its branch or commit.
    #[must_use]
    pub fn of_open(&self, repository: usize, name: &str) -> Option<&BTreeSet<String>> {
        self.open.get(&(repository, name.to_owned()))
    }
}

/// The texts of a commit in which issues are named.
fn texts(one: &WorkCommit) -> impl Iterator<Item = String> + '_ {
    let trailers = one.commit.trailers.iter().map(|trailer| format!("{} {}", trailer.key, trailer.value));
    let titles = [Some(&one.commit.subject), one.commit.title.as_ref()].into_iter().flatten();
    titles.chain(&one.branches).cloned().chain(trailers)
}

/// The keys of issues that a text may name, in capitals: `SHOP-12`, and numbers after a closing word (`fixes #12`).
#[must_use]
pub fn keys(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut closes = false;
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '#')) {
        let lower = word.to_ascii_lowercase();
        if let Some(number) = word.strip_prefix('#').filter(|_| closes) {
            found.push(number.to_owned());
        }
        let parts: Vec<&str> = word.split('-').collect();
        for pair in parts.windows(2) {
            let is_project = pair[0].len() >= 2
                && pair[0].bytes().all(|byte| byte.is_ascii_alphanumeric())
                && pair[0].as_bytes()[0].is_ascii_alphabetic();
            if is_project && !pair[1].is_empty() && pair[1].bytes().all(|byte| byte.is_ascii_digit()) {
                found.push(format!("{}-{}", pair[0], pair[1]).to_ascii_uppercase());
            }
        }
        if !word.is_empty() {
            closes = matches!(
                lower.as_str(),
                "close" | "closes" | "closed" | "fix" | "fixes" | "fixed" | "resolve" | "resolves" | "resolved"
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_messages_and_branches() {
        assert_eq!(keys("SHOP-3: mend checkout (#7)"), ["SHOP-3"]);
        assert_eq!(keys("dana/shop-3-checkout"), ["SHOP-3"]);
        assert_eq!(keys("Mend checkout, fixes #12"), ["12"]);
        assert_eq!(keys("Closes: #12"), ["12"]);
        assert_eq!(keys("Add checkout (#12)"), Vec::<String>::new());
    }
}

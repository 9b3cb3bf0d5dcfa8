//! Which authors a session's user commits as: learned from the commits whose lines are plainly that user's.
//!
//! Logs name a machine's user, commits an e-mail address. Nobody has to write a table of both: a user whose edits are
//! half of a commit, or who printed its id, is its author as far as that tells, and over all sessions of that user the
//! right ones stand out.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Session};
use super::meeting::{LINE, Meeting};
use crate::model::name::Names;

/// Percent of a commit's lines that make its author the session's user.
const PLAINLY: u64 = 50;
/// What a printed id weighs, in lines.
const PRINTED: u64 = 20 * LINE;
/// Percent of the most likely author's weight that another address of the same person reaches.
const ALSO: u64 = 20;

/// The authors of each user.
pub(super) struct People<'a> {
    of_session: Vec<Option<&'a str>>,
    authors: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> People<'a> {
    /// Learns from a repository.
    pub(super) fn learn(case: &Case<'a>, meetings: &[Meeting]) -> Self {
        let of_session: Vec<Option<&str>> = case.sessions.iter().map(|one| user(one, case.names)).collect();
        let mut weights: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
        let mut add = |session: usize, commit: u32, weight: u64| {
            if let Some(user) = of_session[session] {
                let author = case.commit(commit).commit.author.email.as_str();
                *weights.entry(user).or_default().entry(author).or_default() += weight;
            }
        };
        for meeting in meetings.iter().filter(|meeting| meeting.wrote_of_commit(PLAINLY)) {
            add(meeting.session, meeting.commit, meeting.matched);
        }
        for &at in &case.here {
            for (_, sha) in &case.sessions[at].printed {
                if let Some(index) = case.abbreviated(case.names.text(*sha)) {
                    add(at, index, PRINTED);
                }
            }
        }
        let authors = weights.into_iter().map(|(user, weights)| {
            let most = weights.values().copied().max().unwrap_or_default();
            let likely = weights.into_iter().filter(|(_, weight)| weight * 100 >= most * ALSO);
            (user, likely.map(|(author, _)| author).collect())
        });
        Self { authors: authors.collect(), of_session }
    }

    /// Whether a session's user is known as the commit's author: by an e-mail address in the log, or as learned.
    pub(super) fn is(&self, case: &Case<'_>, session: usize, commit: u32) -> bool {
        let author = case.commit(commit).commit.author.email.as_str();
        let named = case.names.text_of(case.sessions[session].user);
        if named.is_some_and(|user| user.contains('@')) {
            return named.is_some_and(|user| user.eq_ignore_ascii_case(author));
        }
        let known = self.of_session[session].and_then(|user| self.authors.get(user));
        known.is_some_and(|authors| authors.contains(author))
    }

    /// Whether a session's user is likely the commit's author; nothing learned speaks against nobody.
    pub(super) fn may_be(&self, case: &Case<'_>, session: usize, commit: u32) -> bool {
        let known = self.of_session[session].and_then(|user| self.authors.get(user));
        known.is_none_or(|authors| authors.contains(case.commit(commit).commit.author.email.as_str()))
    }
}

/// Who a session's user is: the home folder that its work lies in.
fn user<'a>(session: &Session, names: &'a Names) -> Option<&'a str> {
    let mut homes: Vec<&str> = session.folders.iter().filter_map(|folder| home(names.text(*folder))).collect();
    homes.sort_unstable();
    homes.first().copied()
}

/// `/home/dana`, `/Users/dana`, `C:\Users\dana`.
fn home(folder: &str) -> Option<&str> {
    let is_cut = |c: char| matches!(c, '/' | '\\');
    let start = ["/home/", "/Users/", ":\\Users\\", ":/Users/"]
        .iter()
        .find_map(|prefix| folder.find(prefix).filter(|at| *at <= 1).map(|at| at + prefix.len()))?;
    let end = folder[start..].find(is_cut).map_or(folder.len(), |end| start + end);
    (end > start).then_some(&folder[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_the_first_folder_below_the_homes() {
        assert_eq!(home("/home/dana/src/shop"), Some("/home/dana"));
        assert_eq!(home("/Users/dana"), Some("/Users/dana"));
        assert_eq!(home("C:\\Users\\dana\\shop"), Some("C:\\Users\\dana"));
        assert_eq!(home("/workspace/shop"), None);
        assert_eq!(home("/srv/home/x/y"), None);
    }
}

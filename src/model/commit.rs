//! A commit on the mainline and what it changed.
//!
//! Times are UTC and as recorded: an author's clock may lie, so landings use `commit_time`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::assist::Assistance;
use super::intern;

/// A person as a commit names them, after the mailmap.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Identity {
    /// Display name.
    pub name: String,
    /// E-mail address as written.
    pub email: String,
}

impl Identity {
    /// Whether both have the same e-mail address, ignoring case.
    #[must_use]
    pub fn has_email_of(&self, other: &Self) -> bool {
        let (a, b) = (&self.email, &other.email);
        a.eq_ignore_ascii_case(b) || !(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase()
    }
}

/// One `Key: value` line of a commit message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trailer {
    /// The key as written; compare without case.
    pub key: String,
    /// The value, trimmed.
    pub value: String,
    /// Whether it stands in the last paragraph, where git itself looks; squash merges leave trailers mid-body.
    pub in_last_paragraph: bool,
}

/// Added and deleted lines of one path in one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Path after the change, or before a deletion; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// Path before a rename, as git's default detection finds it.
    pub renamed_from: Option<String>,
    /// Text lines added, as git's histogram diff counts them.
    pub added: u64,
    /// Text lines deleted.
    pub deleted: u64,
    /// Added lines that did not move here, were not restored, and differ in more than white space.
    pub born: u64,
    /// Those of the born lines that are effective and not automation's; none in an excluded file.
    pub added_effective: u64,
    /// Deleted lines that did not move elsewhere and changed in more than white space.
    pub died: u64,
    /// Those of the lines that died that are effective and that automation did not delete; none in an excluded file.
    pub deleted_effective: u64,
    /// Lines that the same commit moved here, ignoring white space.
    pub moved: u64,
    /// Lines that an earlier commit deleted and this one restored.
    pub restored: u64,
    /// Lines that changed only in white space; git counts them as added and deleted.
    pub respaced: u64,
    /// Whether git calls the content binary; its lines are not counted.
    pub binary: bool,
    /// Why the path's lines are never effective, if so (lock file, generated, vendored, …).
    #[serde(deserialize_with = "intern::deserialize_option")]
    pub excluded: Option<intern::Text>,
}

/// One first-parent commit of the mainline: a landing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Object id in hex.
    pub id: String,
    /// All parents in hex; the first is the mainline's, and more than one means a merge landed here.
    pub parents: Vec<String>,
    /// Who wrote it.
    pub author: Identity,
    /// Who committed it.
    pub committer: Identity,
    /// When it was written, by the author's clock.
    pub author_time: DateTime<Utc>,
    /// When it was committed: the time of landing.
    pub commit_time: DateTime<Utc>,
    /// First line of the message.
    pub subject: String,
    /// Trailers anywhere in the message.
    pub trailers: Vec<Trailer>,
    /// Changes against the first parent, in byte order of their paths; empty when not `counted`.
    pub changes: Vec<FileChange>,
    /// Whether `changes` was read: not outside the window, nor at the cut of a shallow clone, where every line
    /// would look new.
    pub counted: bool,
    /// Whether it is automation, whose lines are not a person's work: the author is such an account and no AI tool signed;
    /// for a merge, whether that is true of all that it merged.
    pub bot: bool,
    /// Coding tools that assisted it or a commit that it merged, most trusted evidence first; empty does not prove that
    /// there was none.
    pub assisted: Vec<Assistance>,
    /// Number of the pull request that this commit landed, from its message.
    pub pull_request: Option<u64>,
    /// Title of that pull request, where the subject is the forge's own words.
    pub title: Option<String>,
    /// The branch that its message says it merged, without owner and remote.
    pub merged_branch: Option<String>,
    /// Object ids in hex of the commits that this one, or a commit that it merged, says it reverts.
    pub reverts: Vec<String>,
    /// Lines that merged commits wrote and then rewrote or deleted before landing here; `None` if those commits were not
    /// followed.
    pub reworked_before_landing: Option<u64>,
    /// Object id in hex of the first landing that says it reverts this one or undoes it exactly.
    pub reverted_by: Option<String>,
}

impl Commit {
    /// What its author calls the change: the title of the pull request, else the subject.
    #[must_use]
    pub fn headline(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.subject)
    }
}

#[cfg(test)]
impl Commit {
    /// A commit without changes, written and committed by one person at once, for tests to fill in.
    pub(crate) fn blank(id: String, who: Identity, at: DateTime<Utc>) -> Self {
        Self {
            id,
            parents: Vec::new(),
            author: who.clone(),
            committer: who,
            author_time: at,
            commit_time: at,
            subject: String::new(),
            trailers: Vec::new(),
            changes: Vec::new(),
            counted: true,
            bot: false,
            assisted: Vec::new(),
            pull_request: None,
            title: None,
            merged_branch: None,
            reverts: Vec::new(),
            reworked_before_landing: None,
            reverted_by: None,
        }
    }
}

/// The conventional type of a subject, as in `fix(parser)!: …`.
#[must_use]
pub fn conventional(subject: &str) -> Option<&str> {
    let (head, _) = subject.split_once(':')?;
    let head = head.trim_end_matches('!');
    let kind = head.split_once('(').map_or(head, |(kind, _)| kind);
    (!kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_not_any_word_before_a_colon() {
        assert_eq!(conventional("fix(parser)!: x"), Some("fix"));
        assert_eq!(conventional("feat: y"), Some("feat"));
        assert_eq!(conventional("Merge branch 'a': b"), None);
        assert_eq!(conventional("no colon"), None);
    }
}

//! What a session did, without text: the facts that later stages use to link and classify.
//!
//! An edit is kept as a path and a hash of each added line, a commit as the hash that a commit command printed, a prompt as
//! a length and codes. Nothing here can be turned back into text.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use chrono::{DateTime, Utc};

use super::hash::{hash_bytes, hash_text};
use super::name::{Name, NameMap, Names};
use super::origin::Origin;
use super::prompt::PromptFacts;
use super::usage::RecordId;

/// One thing that happened in a session.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Identity of the logged line, so that copies in other files count once.
    pub id: u64,
    /// Where it was read.
    pub origin: Origin,
    /// When.
    pub at: DateTime<Utc>,
    /// The session.
    pub session: Option<Name>,
    /// Working directory at that time.
    pub cwd: Option<Name>,
    /// Branch at that time.
    pub branch: Option<Name>,
    /// The request whose answer it was part of, if there is one.
    pub request: Option<RecordId>,
    /// Whether a subagent did it.
    pub subagent: bool,
    /// What happened.
    pub what: What,
}

/// The kinds of events.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A person wrote a prompt of this many characters.
    Prompt {
        /// Length in characters.
        chars: u32,
        /// Hash of the text: equal for equal texts.
        digest: u64,
        /// Facts about its text, if prompts are read.
        facts: Option<Box<PromptFacts>>,
    },
    /// The agent called a tool.
    Tool {
        /// The tool's name.
        name: Name,
        /// Identifies the call within the session; its result has the same number.
        call: u64,
        /// Hash of the arguments: equal for equal arguments.
        arguments: u64,
    },
    /// A tool answered.
    Result {
        /// Which call.
        call: u64,
        /// Approximate length of the answer in bytes.
        size: u32,
        /// Whether it reported an error.
        failed: bool,
    },
    /// The agent edited a file.
    Edit {
        /// Path as the tool names it.
        path: Name,
        /// [`line_hash`] of each added line that is not blank.
        added: Vec<u64>,
        /// Number of deleted lines that are not blank, if the tool logs it.
        deleted: u32,
    },
    /// A commit command printed this (abbreviated) hash.
    Commit {
        /// Hex digits.
        sha: Name,
    },
    /// The session opened a pull request or acted on it.
    PullRequest {
        /// Its number.
        number: u64,
        /// `owner/name`, if the log has it.
        repository: Option<Name>,
        /// Whether it opened it, or the log ties it to it; otherwise it merged it, commented on it or edited it.
        opened: bool,
    },
    /// The context was compacted or cleared.
    Compaction,
}

/// The hash of a line of code without its white space, so that re-indenting does not change it; `None` for a blank line.
#[must_use]
pub fn line_hash(line: &str) -> Option<u64> {
    line_hash_of_bytes(line.as_bytes())
}

/// The same for bytes, which need not be UTF-8.
#[must_use]
pub fn line_hash_of_bytes(line: &[u8]) -> Option<u64> {
    // Nearly every line is ASCII and needs no decoding.
    if line.is_ascii() {
        // A vertical tab is white space for `char` but not for `u8`.
        let is_blank = |byte: u8| byte.is_ascii_whitespace() || byte == b'\x0b';
        let trimmed = line.trim_ascii();
        let mut bare = vec![0; trimmed.len()];
        let mut length = 0;
        for &byte in trimmed {
            bare[length] = byte;
            length += usize::from(!is_blank(byte));
        }
        return (length > 0).then(|| hash_bytes(&bare[..length]));
    }
    let bare: String = String::from_utf8_lossy(line).chars().filter(|c| !c.is_whitespace()).collect();
    (!bare.is_empty()).then(|| hash_text(&bare))
}

/// Number of occurrences of each hash.
pub type HashCounts = HashMap<u64, u32, BuildHasherDefault<Hashed>>;

/// Uses a key that is a hash already as its own hash.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_bytes(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// All events of a run.
#[derive(Debug, Default)]
pub struct Activity {
    events: Vec<Event>,
    /// Sessions that the files of their events name otherwise.
    sessions: Vec<NamedSession>,
}

/// What one file of a session says of the events that another file has.
#[derive(Debug, Clone, Copy)]
pub struct NamedSession {
    /// How the file with the events names the session.
    pub alias: Name,
    /// Its name elsewhere.
    pub session: Option<Name>,
    /// Its working directory.
    pub cwd: Option<Name>,
    /// Its branch.
    pub branch: Option<Name>,
    /// When it began, which is the time of events that are [`UNDATED`].
    pub began: Option<DateTime<Utc>>,
}

/// The time of events whose file has none. Where no other file says when their session began, they are left out.
pub const UNDATED: DateTime<Utc> = DateTime::<Utc>::MIN_UTC;

impl Activity {
    /// Adds an event.
    pub fn push(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Notes the session of events that are in another file.
    pub fn name_session(&mut self, session: NamedSession) {
        self.sessions.push(session);
    }

    /// Adds all events of another file, and maps their names.
    pub fn merge(&mut self, other: Self, map: &NameMap) {
        self.sessions.extend(other.sessions.into_iter().map(|named| NamedSession {
            alias: map.get(named.alias),
            session: map.get_some(named.session),
            cwd: map.get_some(named.cwd),
            branch: map.get_some(named.branch),
            began: named.began,
        }));
        self.events.extend(other.events.into_iter().map(|mut event| {
            event.session = map.get_some(event.session);
            event.cwd = map.get_some(event.cwd);
            event.branch = map.get_some(event.branch);
            match &mut event.what {
                What::Tool { name, .. } | What::Edit { path: name, .. } | What::Commit { sha: name } => {
                    *name = map.get(*name);
                }
                What::PullRequest { repository, .. } => *repository = map.get_some(*repository),
                What::Prompt { .. } | What::Result { .. } | What::Compaction => {}
            }
            event
        }));
    }

    /// The distinct events by session and time, independent of the order of reading.
    #[must_use]
    pub fn into_events(mut self, names: &Names) -> Vec<Event> {
        if !self.sessions.is_empty() {
            self.fill_sessions(names);
        }
        self.events.sort_by(|a, b| {
            let by_session = names.text_of(a.session).cmp(&names.text_of(b.session));
            by_session.then((a.at, a.origin).cmp(&(b.at, b.origin)))
        });
        let mut seen = HashSet::new();
        self.events.retain(|event| event.at != UNDATED && seen.insert(event.id));
        self.events
    }

    /// Fills in the sessions that other files name; what a later session has again stays with the first.
    fn fill_sessions(&mut self, names: &Names) {
        let key = |named: &NamedSession| {
            ([named.session, named.cwd, named.branch].map(|name| names.text_of(name)), named.began)
        };
        self.sessions.sort_by(|a, b| key(b).cmp(&key(a)));
        let known: HashMap<Name, NamedSession> = self.sessions.iter().map(|named| (named.alias, *named)).collect();
        let mut first: HashMap<u64, (DateTime<Utc>, Origin)> = HashMap::new();
        for event in &mut self.events {
            let Some(named) = event.session.and_then(|alias| known.get(&alias)) else { continue };
            event.session = named.session.or(event.session);
            event.cwd = event.cwd.or(named.cwd);
            event.branch = event.branch.or(named.branch);
            if event.at == UNDATED {
                event.at = named.began.unwrap_or(UNDATED);
            }
            let place = (event.at, event.origin);
            first.entry(event.id).and_modify(|first| *first = place.min(*first)).or_insert(place);
        }
        self.events.retain(|event| first.get(&event.id).is_none_or(|first| *first == (event.at, event.origin)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_does_not_change_a_line() {
        assert_eq!(line_hash("  let x = 1;"), line_hash("\tlet x=1;"));
        assert_ne!(line_hash("let x = 1;"), line_hash("let x = 2;"));
        assert_eq!(line_hash(" \t "), None);
    }
}

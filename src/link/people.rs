//! Which commit authors a session's user is, learned from the commits whose lines that user clearly wrote.
//!
//! Logs name a user of a machine, commits an e-mail address. Users need not write a table of both: if a user's edits are
//! half of a commit, or a session printed its id, the user is probably its author, and over all sessions of the user the
//! right addresses weigh most. A name or login that the user's name is part of is theirs, too. The people of a commit are
//! its author and those whom its trailers name as co-authors, as a squash does.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidate::LINE;
use super::overlap::Overlap;
use super::repository_index::RepositoryIndex;
use super::session::SessionFacts;
use crate::model::commit::{Commit, Identity, Trailer};
use crate::model::name::Names;
use crate::model::path::home_user;

/// With this percentage of a commit's lines, the session's user is its author.
const CLEARLY: u64 = 50;
/// Weight of a printed id: as many lines.
const PRINTED: u64 = 20 * LINE;
/// Another address with this percentage of the most likely author's weight is the same person's.
const ALIAS: u64 = 20;

/// A user's name that is shorter than this is not looked for within longer ones.
const MIN_NAME: usize = 4;
/// Keys of trailers that name another author of a commit.
const CO_AUTHOR: &[&str] = &["co-authored-by", "co-developed-by"];

/// What a user is known by.
struct Known<'a> {
    /// Addresses of authors, as learned.
    authors: BTreeSet<&'a str>,
    /// Numbers of what identifies them in other commits, and persons of the user's name.
    marks: BTreeSet<u32>,
}

/// The authors of each user.
pub(super) struct People<'a> {
    /// The user of each session, by number; none of those that worked elsewhere.
    of_session: Vec<Option<usize>>,
    users: Vec<Known<'a>>,
    /// Numbers of what identifies the people of each commit.
    of_commit: Vec<Vec<u32>>,
}

impl<'a> People<'a> {
    /// Learns the authors of each user from a repository.
    pub(super) fn learn(repo: &RepositoryIndex<'a>, overlaps: &[Overlap]) -> Self {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        let mut of_session: Vec<Option<usize>> = vec![None; repo.sessions.len()];
        for &at in &repo.here {
            if let Some(name) = user(&repo.sessions[at], repo.names) {
                let next = names.len();
                of_session[at] = Some(*names.entry(name).or_insert(next));
            }
        }
        let mut weights: Vec<BTreeMap<&str, u64>> = vec![BTreeMap::new(); names.len()];
        let mut add = |session: usize, commit: u32, weight: u64| {
            if let Some(user) = of_session[session] {
                *weights[user].entry(repo.commit(commit).commit.author.email.as_str()).or_default() += weight;
            }
        };
        for overlap in overlaps.iter().filter(|overlap| overlap.wrote_of_commit(CLEARLY)) {
            add(overlap.session, overlap.commit, overlap.matched);
        }
        for &at in &repo.here {
            for (_, sha) in &repo.sessions[at].printed {
                if let Some(index) = repo.find_abbreviated(repo.names.text(*sha)) {
                    add(at, index, PRINTED);
                }
            }
        }
        let mut marks = Marks::default();
        let of_commit = repo.work.commits.iter().map(|one| marks.of_commit(&one.commit)).collect();
        let mut users: Vec<Known<'_>> = weights.into_iter().map(Known::by_weight).collect();
        for (name, user) in names {
            let known = &mut users[user];
            let is_theirs = |one: &Identity| known.authors.contains(one.email.as_str()) || is_named(one, &name);
            let theirs = marks.of_author.iter().filter(|(one, _)| is_theirs(one));
            known.marks = theirs.flat_map(|(_, marks)| marks.iter().copied()).collect();
        }
        Self { of_session, users, of_commit }
    }

    /// Whether a session's user is known to be the commit's author: by the e-mail address in the log, or as learned.
    pub(super) fn is_author(&self, repo: &RepositoryIndex<'_>, session: usize, commit: u32) -> bool {
        let author = repo.commit(commit).commit.author.email.as_str();
        let named = repo.names.text_of(repo.sessions[session].user);
        if let Some(user) = named.filter(|user| user.contains('@')) {
            return user.eq_ignore_ascii_case(author);
        }
        self.of_session[session].is_some_and(|user| self.users[user].authors.contains(author))
    }

    /// Whether a session's user may be an author of the commit. Without evidence, assume that any author is possible.
    pub(super) fn may_be_author(&self, session: usize, commit: u32) -> bool {
        let Some(user) = self.of_session[session] else { return true };
        let known = &self.users[user].marks;
        known.is_empty() || self.of_commit[commit as usize].iter().any(|mark| known.contains(mark))
    }
}

impl<'a> Known<'a> {
    /// The likely authors, by the weight of what shows each of them.
    fn by_weight(weights: BTreeMap<&'a str, u64>) -> Self {
        let most = weights.values().copied().max().unwrap_or_default();
        let likely = weights.into_iter().filter(|(_, weight)| weight * 100 >= most * ALIAS);
        Self { authors: likely.map(|(author, _)| author).collect(), marks: BTreeSet::new() }
    }
}

/// Numbers of what identifies people.
#[derive(Default)]
struct Marks<'a> {
    numbers: HashMap<String, u32>,
    of_author: BTreeMap<&'a Identity, Vec<u32>>,
}

impl<'a> Marks<'a> {
    /// What identifies the people of a commit.
    fn of_commit(&mut self, commit: &'a Commit) -> Vec<u32> {
        let mut found = match self.of_author.get(&commit.author) {
            Some(known) => known.clone(),
            None => {
                let new: Vec<u32> = marks(&commit.author).map(|mark| self.number(mark)).collect();
                self.of_author.insert(&commit.author, new.clone());
                new
            }
        };
        for other in commit.trailers.iter().filter_map(co_author) {
            found.extend(marks(&other).map(|mark| self.number(mark)));
        }
        found
    }

    fn number(&mut self, mark: String) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(mark).or_insert(next)
    }
}

/// Whom a trailer names as another author.
fn co_author(trailer: &Trailer) -> Option<Identity> {
    let (name, email) = trailer.value.split_once('<')?;
    let (name, email) = (name.trim().to_owned(), email.trim_end().trim_end_matches('>').trim().to_owned());
    CO_AUTHOR.iter().any(|key| trailer.key.eq_ignore_ascii_case(key)).then_some(Identity { name, email })
}

/// What identifies a person: the address, the login of an address that a forge gave, and the name.
fn marks(identity: &Identity) -> impl Iterator<Item = String> + use<> {
    let email = identity.email.to_lowercase();
    let login = login(&email).map(|login| format!("login {login}"));
    let name = identity.name.trim().to_lowercase();
    let name = (!name.is_empty()).then(|| format!("name {name}"));
    [Some(format!("email {email}")), login, name].into_iter().flatten()
}

/// The login in an address such as `12345+dana@users.noreply.github.com`, in lower case.
fn login(email: &str) -> Option<&str> {
    let (local, host) = email.split_once('@')?;
    host.starts_with("users.noreply.").then(|| local.split_once('+').map_or(local, |(_, login)| login))
}

/// Whether a user's name, in lower case, is a person's address, or part of the name, login or address.
fn is_named(identity: &Identity, user: &str) -> bool {
    let email = identity.email.to_lowercase();
    let local = login(&email).or_else(|| email.split('@').next()).unwrap_or_default();
    let name = identity.name.to_lowercase();
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let mut parts = name.split_whitespace().chain(local.split(['.', '-', '_', '+']));
    let initial = name.split_whitespace().next().and_then(|first| first.chars().next());
    let by_initial = || Some(format!("{}{}", initial?, name.split_whitespace().last()?));
    email == user
        || parts.any(|part| part == user)
        || letters(&name) == letters(user)
        || letters(local) == letters(user)
        || user.len() >= MIN_NAME && letters(local).starts_with(user)
        || by_initial().is_some_and(|text| text == user)
}

/// The session's user, as the ledger knows it; of a session without records, whom its home folder names.
fn user(session: &SessionFacts, names: &Names) -> Option<String> {
    let known = names.text_of(session.user).map(str::to_lowercase);
    known.or_else(|| session.folders.iter().filter_map(|folder| home_user(names.text(*folder))).min())
}

//! What a company says about its own records: who a user is, which team and repository, and what is not development.

use std::collections::HashMap;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::history::normalise_remote;
use crate::ledger::currencies::Rates;
use crate::model::name::{Name, Names};
use crate::model::path::{self, Drives};
use crate::model::pattern::fits;
use crate::model::tags;
use crate::model::usage::UsageRecord;

/// Spend on building software.
pub const DEVELOPMENT: &str = "development";
/// Spend of a product's own requests.
pub const APPLICATION: &str = "application";

/// A name and the patterns that it replaces.
pub(super) type Named = (String, Vec<String>);

/// The rules of a configuration; empty ones change nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// A person's e-mail address and the names of that person in logs.
    pub identity: Vec<Named>,
    /// A person and the folders of that person's logs; `{user}` in a person's name is what it is in a folder's.
    pub people: Vec<Named>,
    /// The folder in which relative paths begin.
    pub here: String,
    /// A team and its users.
    pub teams: Vec<Named>,
    /// A repository and its folders and remotes.
    pub repos: Vec<Named>,
    /// What is application traffic: a field and a pattern.
    pub application: Vec<(Field, String)>,
    /// Accounts at vendors, and what is on each: fields and patterns.
    pub accounts: Vec<(String, Vec<(Field, String)>)>,
    /// Log formats whose spend no other source shows.
    pub separate: Vec<String>,
    /// Rates of exchange for amounts that are not in dollars.
    pub rates: Rates,
    /// The secret for pseudonyms of people in all output; without one they have their names.
    pub pseudonym_key: Option<String>,
    /// People that a team needs for its spend to be shown.
    pub least_team: Option<u64>,
}

/// Fields that can identify application traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The user or key.
    User,
    /// The team.
    Team,
    /// The vendor's project or workspace.
    Project,
    /// The log format.
    Source,
    /// The model.
    Model,
    /// The repository.
    Repository,
}

impl Rules {
    /// The person whom a text names by `[identity]`, else the text itself; in lower case.
    #[must_use]
    pub fn person(&self, text: &str) -> String {
        let is_it = |(own, others): &&Named| fits(own, text) || others.iter().any(|other| fits(other, text));
        self.identity.iter().find(is_it).map_or(text, |(own, _)| own).to_lowercase()
    }
}

impl Field {
    /// All fields with their names in a configuration.
    pub const ALL: [(&'static str, Self); 7] = [
        ("user", Self::User),
        ("key", Self::User),
        ("team", Self::Team),
        ("project", Self::Project),
        ("source", Self::Source),
        ("model", Self::Model),
        ("repository", Self::Repository),
    ];
}

impl Rules {
    /// The person and the team of a commit author, the same as for records of that person.
    #[must_use]
    pub fn person_and_team(&self, email: &str) -> (String, Option<&str>) {
        let named = |rules: &'_ [Named], text: &str| {
            rules.iter().position(|(own, patterns)| fits(own, text) || patterns.iter().any(|one| fits(one, text)))
        };
        let person = named(&self.identity, email).map_or(email, |at| &self.identity[at].0);
        let team = named(&self.teams, person).or_else(|| named(&self.teams, email));
        (person.to_lowercase(), team.map(|at| self.teams[at].0.as_str()))
    }
}

/// Applies the rules and returns the scope of each record.
pub(super) fn apply(rules: &Rules, records: &mut [UsageRecord], names: &mut Names) -> Vec<Name> {
    let (development, application) = (names.intern(DEVELOPMENT), names.intern(APPLICATION));
    let mut people = Replacements::new(&rules.identity);
    let mut teams = Replacements::new(&rules.teams);
    let mut repos = Replacements::new(&rules.repos);
    let mut scopes = Vec::with_capacity(records.len());
    for record in records {
        if let Some(user) = record.user {
            let known = people.get(user, names);
            record.user = Some(known.unwrap_or(user));
            record.team = teams.get(known.unwrap_or(user), names).or_else(|| teams.get(user, names)).or(record.team);
        }
        let repository = [record.repository, record.cwd].into_iter().flatten().find_map(|name| repos.get(name, names));
        record.repository = repository.or(record.repository);
        let is_application = rules.application.iter().any(|one| is_fit(one, record, names));
        scopes.push(if is_application { application } else { development });
    }
    scopes
}

/// Whether a field of a record fits a pattern.
fn is_fit((field, pattern): &(Field, String), record: &UsageRecord, names: &Names) -> bool {
    let text = match field {
        Field::User => names.text_of(record.user),
        Field::Team => names.text_of(record.team),
        Field::Project => names.text_of(record.project),
        Field::Model => names.text_of(record.model),
        Field::Repository => names.text_of(record.repository),
        Field::Source => Some(record.source),
    };
    text.is_some_and(|text| fits(pattern, text))
}

/// The accounts of the configuration.
pub(super) struct Accounts<'a> {
    rules: &'a Rules,
    names: Vec<Name>,
}

impl<'a> Accounts<'a> {
    pub(super) fn new(rules: &'a Rules, names: &mut Names) -> Self {
        Self { rules, names: rules.accounts.iter().map(|(name, _)| names.intern(name)).collect() }
    }

    /// The account of a record, and whether its spend is in no other source.
    pub(super) fn of(&self, record: &UsageRecord, names: &Names) -> (Option<Name>, bool) {
        let mut accounts = self.rules.accounts.iter().zip(&self.names);
        let account = accounts.find(|((_, patterns), _)| patterns.iter().any(|one| is_fit(one, record, names)));
        let apart = self.rules.separate.iter().any(|source| source == record.source);
        (account.map(|(_, name)| *name), apart)
    }
}

/// Pseudonyms of people. The hash has a key, because without one anybody could try out names.
pub(super) struct Pseudonyms<'a> {
    key: Option<&'a str>,
    known: HashMap<Name, Name>,
}

impl<'a> Pseudonyms<'a> {
    pub(super) fn new(rules: &'a Rules) -> Self {
        Self { key: rules.pseudonym_key.as_deref(), known: HashMap::new() }
    }

    /// The pseudonym of a person, or the name itself without a key.
    pub(super) fn get(&mut self, user: Name, names: &mut Names) -> Name {
        let Some(key) = self.key else { return user };
        *self.known.entry(user).or_insert_with(|| {
            let text = pseudonym(key, names.text(user));
            names.intern(&text)
        })
    }
}

/// Tags without what may name a person; each is looked up once.
pub(super) struct PlainTags(HashMap<Name, Option<Name>>);

impl PlainTags {
    /// The tag of a key: people name keys after themselves, and where people have pseudonyms, it would undo them.
    const KEY: &str = "key";

    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    pub(super) fn get(&mut self, text: Name, names: &mut Names) -> Option<Name> {
        *self.0.entry(text).or_insert_with(|| {
            let mut all = tags::read(names.text(text));
            if all.remove(Self::KEY).is_none() {
                return Some(text);
            }
            names.intern_some(tags::written(all.iter()).as_deref())
        })
    }
}

/// `person-` and 12 hex digits of HMAC-SHA256 (RFC 2104).
fn pseudonym(key: &str, user: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key of any length is one");
    mac.update(user.to_lowercase().as_bytes());
    let digest = mac.finalize().into_bytes();
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("person-{hex}")
}

/// The names that replace others by their patterns, each looked up once.
struct Replacements<'a> {
    rules: &'a [Named],
    known: HashMap<Name, Option<Name>>,
}

impl<'a> Replacements<'a> {
    fn new(rules: &'a [Named]) -> Self {
        Self { rules, known: HashMap::new() }
    }

    fn get(&mut self, name: Name, names: &mut Names) -> Option<Name> {
        if self.rules.is_empty() {
            return None;
        }
        if let Some(known) = self.known.get(&name) {
            return *known;
        }
        let text = names.text(name).to_owned();
        let remote = normalise_remote(&text);
        let folder = path::clean(&text, Drives::ALL);
        let is_it = |pattern: &String| {
            fits(pattern, &text)
                || remote.as_ref().is_some_and(|text| fits(pattern, text))
                || fits(&path::clean(pattern, Drives::ALL), &folder)
        };
        let found = self.rules.iter().find(|(own, patterns)| is_it(own) || patterns.iter().any(is_it));
        let found = found.map(|(own, _)| names.intern(own));
        self.known.insert(name, found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_the_person_of_the_logs() {
        let named = |own: &str, patterns: &[&str]| {
            (own.to_owned(), patterns.iter().map(|one| (*one).to_owned()).collect::<Vec<String>>())
        };
        let rules = Rules {
            identity: vec![named("dana@example.org", &["dana", "dana@old.example"])],
            teams: vec![named("payments", &["dana@example.org"]), named("old", &["*@old.example"])],
            ..Rules::default()
        };
        let dana = ("dana@example.org".to_owned(), Some("payments"));
        assert_eq!(rules.person_and_team("Dana@Old.example"), dana);
        assert_eq!(rules.person_and_team("dana@example.org"), dana);
        assert_eq!(rules.person_and_team("Kim@old.example"), ("kim@old.example".to_owned(), Some("old")));
        assert_eq!(rules.person_and_team("x@y"), ("x@y".to_owned(), None));
    }

    #[test]
    fn a_pseudonym_depends_on_the_key() {
        // HMAC-SHA256 of RFC 4231, case 2: 5bdcc146bf60…
        assert_eq!(pseudonym("Jefe", "what do ya want for nothing?"), "person-5bdcc146bf60");
        assert_ne!(pseudonym("a", "dana@example.org"), pseudonym("b", "dana@example.org"));
        assert_eq!(pseudonym("a", "Dana@example.org"), pseudonym("a", "dana@example.org"));
    }
}

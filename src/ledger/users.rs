//! Who used what: whom the record names, else whom the folder of its log names by `[people]`, else whose home folder it was used in.
//!
//! - In: records as logged, in the order of the ledger, and the paths of their files. Out: their users, each with its evidence.
//! - Refuses: home folders that many people share; they name nobody.
//! - The paths of logs are those of the command line, so the same files in another place can have other users.

use crate::ledger::rules::{Named, Rules};
use crate::model::name::{Name, Names};
use crate::model::path::{self, Drives, home_user};
use crate::model::pattern::fits;
use crate::model::usage::UsageRecord;
use crate::sources::FileReport;

/// What in a pattern stands for the user.
const USER: &str = "{user}";

/// What says who used a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UserEvidence {
    /// The record itself.
    Record,
    /// The folder of its log, by `[people]`.
    LogFolder,
    /// The home folder that it was used in.
    HomeFolder,
}

impl UserEvidence {
    pub(super) const ALL: [Self; 3] = [Self::Record, Self::LogFolder, Self::HomeFolder];

    /// The name in machine output.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::LogFolder => "log_folder",
            Self::HomeFolder => "home_folder",
        }
    }
}

type User = (Name, UserEvidence);

/// Fills in the user of records that do not name one, and returns what each user is known by.
pub(super) fn find(
    rules: &Rules,
    records: &mut [UsageRecord],
    files: &[FileReport],
    names: &mut Names,
) -> Vec<Option<UserEvidence>> {
    let mut by_file: Vec<Option<Name>> = vec![None; files.len()];
    if !rules.people.is_empty() {
        for (file, user) in files.iter().zip(&mut by_file) {
            *user = person_of_log(rules, &file.path).map(|person| names.intern(&person));
        }
    }
    let room = names.len() + 1;
    let mut by_folder: Vec<Option<Option<User>>> = vec![None; room];
    // A session that leaves its home is still that person's.
    let mut by_session: Vec<Option<User>> = vec![None; room];
    for record in records.iter().filter(|record| record.user.is_none()) {
        let Some(cwd) = record.cwd else { continue };
        let slot = &mut by_folder[cwd.code() as usize];
        let user = match slot {
            Some(known) => *known,
            None => {
                let found = person_of_folder(rules, names.text(cwd));
                *slot.insert(found.map(|(person, evidence)| (names.intern(&person), evidence)))
            }
        };
        if let Some(session) = record.session {
            let known = &mut by_session[session.code() as usize];
            *known = known.or(user);
        }
    }
    let held = |known: &[Option<User>], name: Option<Name>| known.get(name?.code() as usize).copied().flatten();
    let mut evidence = Vec::with_capacity(records.len());
    for record in records {
        let by_log = || Some((by_file.get(record.origin.file.0 as usize).copied().flatten()?, UserEvidence::LogFolder));
        let by_home = || by_folder.get(record.cwd?.code() as usize).copied().flatten().flatten();
        let found = match record.user {
            Some(user) => Some((user, UserEvidence::Record)),
            None => by_log()
                .or_else(by_home)
                .or_else(|| held(&by_session, record.session))
                .or_else(|| held(&by_session, record.parent_session)),
        };
        record.user = found.map(|(user, _)| user);
        evidence.push(found.map(|(_, evidence)| evidence));
    }
    evidence
}

/// Whom `[people]` names by the path of a log.
fn person_of_log(rules: &Rules, file: &str) -> Option<String> {
    let named = path::clean(file, Drives::default());
    let whole = (!path::is_absolute(&named)).then(|| format!("{}/{named}", rules.here));
    let whole = whole.as_deref().map(|whole| path::clean(whole, Drives::default()));
    rules.people.iter().find_map(|(person, patterns)| {
        patterns.iter().find_map(|pattern| {
            let found = capture(pattern, &named);
            // Above the folder that was named anything may fit a pattern that begins with any name.
            let is_exact = !pattern.split(['/', '\\']).next().is_some_and(|part| part.contains(['*', '{']));
            let found = found.or_else(|| whole.as_deref().filter(|_| is_exact).and_then(|path| capture(pattern, path)));
            found.map(|user| person.replace(USER, &user.to_lowercase()))
        })
    })
}

/// Whom a working directory names.
fn person_of_folder(rules: &Rules, folder: &str) -> Option<(String, UserEvidence)> {
    let clean = path::clean(folder, Drives::ALL);
    let by_pattern = rules.people.iter().find_map(|(person, patterns)| {
        let user = patterns.iter().find_map(|pattern| capture(pattern, &clean))?;
        Some((person.replace(USER, &user.to_lowercase()), UserEvidence::LogFolder))
    });
    by_pattern.or_else(|| Some((home_user(folder)?, UserEvidence::HomeFolder)))
}

/// What `{user}` is where the parts of a pattern fit parts of a clean path that follow each other; empty if the pattern has none.
fn capture<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let pattern = path::clean(pattern, Drives::default());
    let wanted: Vec<&str> = pattern.split('/').collect();
    let parts: Vec<&str> = path.split('/').filter(|part| *part != ".").collect();
    parts.windows(wanted.len()).find_map(|parts| {
        let mut user = "";
        for (wanted, part) in wanted.iter().zip(parts) {
            match wanted.split_once(USER) {
                None if fits(wanted, part) => {}
                None => return None,
                Some((before, after)) => user = between(before, after, part)?,
            }
        }
        Some(user)
    })
}

/// The shortest text that has these patterns before and after it.
fn between<'a>(before: &str, after: &str, text: &'a str) -> Option<&'a str> {
    let cuts = || text.char_indices().map(|(at, _)| at).chain([text.len()]);
    cuts().filter(|start| fits(before, &text[..*start])).find_map(|start| {
        let end = cuts().find(|end| *end > start && fits(after, &text[*end..]))?;
        Some(&text[start..end])
    })
}

/// What is wrong with the folders of `[people]`, if anything.
#[must_use]
pub fn fault_of_people(rules: &Rules) -> Option<String> {
    rules.people.iter().find_map(fault)
}

fn fault((person, patterns): &Named) -> Option<String> {
    let wants_user = person.contains(USER);
    patterns.iter().find_map(|pattern| match pattern.matches(USER).count() {
        0 if wants_user => Some(format!("`{pattern}` lacks {USER}, which `{person}` takes from it")),
        0 | 1 => None,
        _ => Some(format!("`{pattern}` has {USER} more than once")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::origin::{FileId, Origin};

    #[test]
    fn a_pattern_of_folders_names_its_user() {
        for (pattern, path, user) in [
            ("laptops/{user}-*", "/srv/laptops/Dana-mbp-14/.claude/projects/x.jsonl", Some("Dana")),
            ("laptops/{user}-*", "laptops/dana-mbp/x.jsonl", Some("dana")),
            ("laptops\\{user}-*", "D:/laptops/dana-pc/x.jsonl", Some("dana")),
            ("laptops/{user}-*", "/srv/laptops/dana/x.jsonl", None),
            ("laptops/{user}-*", "/srv/desktops/dana-mbp/x.jsonl", None),
            ("/srv/*/home/{user}", "/srv/box7/home/erin/.codex/x.jsonl", Some("erin")),
            ("/srv/*/home/{user}", "/mnt/srv/box7/home/erin/x.jsonl", None),
            ("exports/mac-{user}.csv", "./exports/mac-erin.csv", Some("erin")),
            ("laptops/mbp-17", "laptops/mbp-17/x.jsonl", Some("")),
        ] {
            assert_eq!(capture(pattern, path), user, "{pattern} {path}");
        }
    }

    #[test]
    fn the_record_wins_over_the_folder_of_its_log_and_that_over_a_home_folder() {
        let named = |person: &str, pattern: &str| (person.to_owned(), vec![pattern.to_owned()]);
        let people = vec![named("kim@example.org", "box-17"), named("{user}@example.org", "laptops/{user}-*")];
        let rules = Rules { people, here: "/srv/laptops".to_owned(), ..Rules::default() };
        let file = |path: &str| FileReport { path: path.to_owned(), ..FileReport::default() };
        let files = [file("erin-mbp/a.jsonl"), file("/data/b.jsonl"), file("/data/box-17/c.jsonl")];
        let mut names = Names::default();
        let mut record = |file: u32, user: Option<&str>, cwd: Option<&str>, session: &str| {
            let origin = Origin { file: FileId(file), line: 1 };
            let mut record = UsageRecord::blank("test", origin, chrono::DateTime::UNIX_EPOCH);
            record.user = names.intern_some(user);
            record.cwd = names.intern_some(cwd);
            record.session = names.intern_some(Some(session));
            record
        };
        let mut records = vec![
            record(0, Some("Lee"), Some("/home/dana/shop"), "s0"),
            record(0, None, Some("/home/dana/shop"), "s1"),
            record(1, None, Some("C:\\Users\\Dana\\shop"), "s2"),
            record(1, None, Some("D:\\work"), "s2"),
            record(1, None, Some("/home/vscode/shop"), "s3"),
            record(2, None, None, "s4"),
        ];
        let evidence = find(&rules, &mut records, &files, &mut names);
        let found: Vec<_> =
            records.iter().zip(evidence).map(|(one, by)| Some((names.text_of(one.user)?, by?.as_str()))).collect();
        let expected = [
            Some(("Lee", "record")),
            Some(("erin@example.org", "log_folder")),
            Some(("dana", "home_folder")),
            Some(("dana", "home_folder")),
            None,
            Some(("kim@example.org", "log_folder")),
        ];
        assert_eq!(found, expected);
    }
}

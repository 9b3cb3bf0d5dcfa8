//! Session → repository: from the projects of its records, or from what the sessions of its folder did.
//!
//! A log from another machine names a folder that does not exist here. But its edits name files that the repository has,
//! and its commit commands print ids that the repository has.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::repository_index::may_ignore_case;
use super::session::SessionFacts;
use super::{LinkInput, tag};
use crate::ledger::Spent;
use crate::model::name::{Name, Names};
use crate::model::path::{self, Drives};
use crate::model::work::Work;

/// Percentage of a folder's edited paths that the repository must have …
const MIN_PERCENT: usize = 30;
/// … and how many at least.
const MIN_PATHS: usize = 2;
/// Or how many printed ids.
const MIN_PRINTED: usize = 1;

/// The indexes of the repositories that each session worked in.
pub(super) fn find(records: &[Spent], sessions: &[SessionFacts], input: &LinkInput<'_>) -> Vec<BTreeSet<usize>> {
    let names = input.ledger.names();
    let mut found = vec![BTreeSet::new(); sessions.len()];
    let mut unknown: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, session) in sessions.iter().enumerate() {
        let mut projects: Vec<Name> = session.records.iter().filter_map(|&record| records[record].project).collect();
        projects.sort_unstable_by_key(|name| name.code());
        projects.dedup();
        for project in projects {
            match input.ledger.repository_of(project) {
                Some(repository) => {
                    found[at].insert(repository);
                }
                None => unknown.entry(names.text(project)).or_default().push(at),
            }
        }
    }
    let by_content = by_content(sessions, &unknown, input.works, names);
    for (project, members) in unknown {
        if let Some(&repository) = by_content.get(project) {
            members.into_iter().for_each(|at| {
                found[at].insert(repository);
            });
        }
    }
    for (at, session) in sessions.iter().enumerate().filter(|(_, session)| !session.tags.is_empty()) {
        if found[at].is_empty() {
            found[at] = tag::repositories(session, input, names);
        }
    }
    found
}

/// Finds the repository of folders that no record ties to one, by content.
fn by_content(
    sessions: &[SessionFacts],
    unknown: &BTreeMap<&str, Vec<usize>>,
    works: &[Work],
    names: &Names,
) -> BTreeMap<String, usize> {
    let known: Vec<HashSet<&str>> = works.iter().map(|work| work.paths.iter().map(String::as_str).collect()).collect();
    let lower = |work: &Work| work.paths.iter().map(|path| path.to_lowercase()).collect();
    let lower: LazyCell<Vec<HashSet<String>>, _> = LazyCell::new(|| works.iter().map(lower).collect());
    let ids: Vec<BTreeSet<&str>> =
        works.iter().map(|work| work.commits.iter().map(|one| one.commit.id.as_str()).collect()).collect();
    let mut found = BTreeMap::new();
    for (&project, members) in unknown {
        let mut edited: BTreeSet<EditedPath> = BTreeSet::new();
        let mut printed: BTreeSet<&str> = BTreeSet::new();
        for &at in members {
            let texts = sessions[at].edits.iter().map(|edit| names.text(edit.path));
            edited.extend(texts.filter_map(|path| below(path, project, &sessions[at], names)));
            printed.extend(sessions[at].printed.iter().map(|(_, sha)| names.text(*sha)));
        }
        let score = |at: usize| {
            let is_known = |EditedPath { path, is_loose }: &&EditedPath| {
                if *is_loose { lower[at].contains(path) } else { known[at].contains(path.as_str()) }
            };
            let paths = edited.iter().filter(is_known).count();
            let shas =
                printed.iter().filter(|sha| ids[at].range(**sha..).next().is_some_and(|id| id.starts_with(**sha)));
            let shas = shas.count();
            let enough = paths >= MIN_PATHS && paths * 100 >= edited.len() * MIN_PERCENT;
            (enough || shas >= MIN_PRINTED).then_some((shas, paths))
        };
        let best = (0..works.len()).filter_map(|at| Some((score(at)?, std::cmp::Reverse(at)))).max();
        if let Some((_, std::cmp::Reverse(at))) = best {
            found.insert(project.to_owned(), at);
        }
    }
    found
}

/// An edited path as the repository may have it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct EditedPath {
    /// In lower case if its system ignores case.
    path: String,
    is_loose: bool,
}

/// A path below the root or a working directory of the session.
fn below(path: &str, root: &str, session: &SessionFacts, names: &Names) -> Option<EditedPath> {
    let clean = path::clean(path, Drives::ALL);
    let folders = || session.folders.iter().map(|folder| path::clean(names.text(*folder), Drives::ALL));
    let rest = if path::is_absolute(&clean) {
        let root = path::clean(root, Drives::ALL);
        // Of nested folders the outermost is the root of the repository, except for the name of a worktree.
        folders().chain([root]).filter_map(|root| path::below(&clean, &root)).max_by_key(|rest| rest.len())?
    } else {
        clean.trim_start_matches("./")
    };
    let is_loose = may_ignore_case(&clean) || !path::is_absolute(&clean) && folders().any(|one| may_ignore_case(&one));
    Some(EditedPath { path: if is_loose { rest.to_lowercase() } else { rest.to_owned() }, is_loose })
}

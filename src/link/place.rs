//! Session → repository, where the working directory alone does not tell: by what its folder's sessions did.
//!
//! A log from another machine names a folder that is not here. Its edits name files that the repository has, and its
//! commit commands print ids that the repository has.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::case::Session;
use crate::model::name::Names;
use crate::model::work::Work;

/// Percent of a folder's edited paths that a repository has to know.
const KNOWN: usize = 30;
/// How many at least.
const AT_LEAST: usize = 2;
/// Printed ids that settle it.
const PRINTED: usize = 1;

/// Finds the repository of each folder that no name tells, by content.
pub(super) fn by_content(
    sessions: &[Session],
    unknown: &BTreeMap<&str, Vec<usize>>,
    works: &[&Work],
    names: &Names,
) -> BTreeMap<String, usize> {
    let known: Vec<HashSet<&str>> = works.iter().map(|work| work.paths.iter().map(String::as_str).collect()).collect();
    let ids: Vec<BTreeSet<&str>> =
        works.iter().map(|work| work.commits.iter().map(|one| one.commit.id.as_str()).collect()).collect();
    let mut found = BTreeMap::new();
    for (&project, members) in unknown {
        let root = project.trim_end_matches('/');
        let mut edited: BTreeSet<&str> = BTreeSet::new();
        let mut printed: BTreeSet<&str> = BTreeSet::new();
        for &at in members {
            let texts = sessions[at].edits.iter().map(|edit| names.text(edit.path));
            edited.extend(texts.filter_map(|path| below(path, root, &sessions[at], names)));
            printed.extend(sessions[at].printed.iter().map(|(_, sha)| names.text(*sha)));
        }
        let score = |at: usize| {
            let paths = edited.iter().filter(|path| known[at].contains(**path)).count();
            let shas =
                printed.iter().filter(|sha| ids[at].range(**sha..).next().is_some_and(|id| id.starts_with(**sha)));
            let shas = shas.count();
            let enough = paths >= AT_LEAST && paths * 100 >= edited.len() * KNOWN;
            (enough || shas >= PRINTED).then_some((shas, paths))
        };
        let best = (0..works.len()).filter_map(|at| Some((score(at)?, std::cmp::Reverse(at)))).max();
        if let Some((_, std::cmp::Reverse(at))) = best {
            found.insert(project.to_owned(), at);
        }
    }
    found
}

/// A path below the root or a working directory of the session.
fn below<'a>(path: &'a str, root: &str, session: &Session, names: &Names) -> Option<&'a str> {
    if !path.starts_with('/') && !path.contains(":\\") {
        return Some(path.trim_start_matches("./"));
    }
    let mut tops: Vec<&str> = session.folders.iter().map(|folder| names.text(*folder).trim_end_matches('/')).collect();
    tops.push(root);
    // The outermost folder that holds it is the repository's top, a worktree's name aside.
    tops.sort_by_key(|top| std::cmp::Reverse(top.len()));
    let inside = tops.iter().filter_map(|top| path.strip_prefix(top)?.strip_prefix('/'));
    inside.max_by_key(|rest| rest.len())
}

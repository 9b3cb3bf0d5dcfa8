//! Session → repository: from the projects of its records, or from what the sessions of its folder did.
//!
//! A log from another machine names a folder that does not exist here. But its edits wrote lines that commits of the
//! repository add to files with such names, and its commit commands print ids that the repository has. Names of files alone
//! prove nothing: repositories of one kind have the same ones.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::repository_index::may_ignore_case;
use super::session::SessionFacts;
use super::{LinkInput, tag};
use crate::history::normalise_remote;
use crate::ledger::Spent;
use crate::model::name::{Name, Names};
use crate::model::path::{self, Drives};
use crate::model::work::Work;

/// Percentage of the lines written in a folder that commits of the repository must add …
const MIN_PERCENT: usize = 10;
/// … and of those that were written in a repository of another address.
const MIN_PERCENT_ELSEWHERE: usize = 50;
/// … and how many at least.
const MIN_LINES: usize = 3;
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
    if unknown.is_empty() {
        return BTreeMap::new();
    }
    let edits = || unknown.values().flatten().flat_map(|&at| &sessions[at].edits);
    let written: HashSet<u64> = edits().flat_map(|edit| edit.added.iter().copied()).collect();
    let added: Vec<HashMap<u64, BTreeSet<u32>>> = works.iter().map(|work| files_of(work, &written)).collect();
    let ids: Vec<BTreeSet<&str>> =
        works.iter().map(|work| work.commits.iter().map(|one| one.commit.id.as_str()).collect()).collect();
    let mut found = BTreeMap::new();
    for (&project, members) in unknown {
        let mut printed: BTreeSet<&str> = BTreeSet::new();
        let mut files: HashMap<Name, BTreeSet<u64>> = HashMap::new();
        for &at in members {
            printed.extend(sessions[at].printed.iter().map(|(_, sha)| names.text(*sha)));
            for edit in &sessions[at].edits {
                files.entry(edit.path).or_default().extend(&edit.added);
            }
        }
        let all: BTreeSet<u64> = files.values().flatten().copied().collect();
        let least = if normalise_remote(project).is_some() { MIN_PERCENT_ELSEWHERE } else { MIN_PERCENT };
        let score = |at: usize| {
            let mut lines: BTreeSet<u64> = BTreeSet::new();
            let mut suffixes = 0;
            #[expect(clippy::iter_over_hash_type, reason = "a set and a sum are the same in any order")]
            for (path, written) in &files {
                let path = path::clean(names.text(*path), Drives::ALL).into_owned();
                for line in written {
                    let known = added[at].get(line).into_iter().flatten();
                    let longest = known.map(|&known| common_suffix(&path, &works[at].paths[known as usize])).max();
                    if let Some(longest) = longest.filter(|longest| *longest > 0) {
                        lines.insert(*line);
                        suffixes += longest;
                    }
                }
            }
            let is_known = |sha: &&&str| ids[at].range(**sha..).next().is_some_and(|id| id.starts_with(**sha));
            let shas = printed.iter().filter(is_known).count();
            let enough = lines.len() >= MIN_LINES && lines.len() * 100 >= all.len() * least;
            (enough || shas >= MIN_PRINTED).then_some((shas, lines.len(), suffixes))
        };
        let best = (0..works.len()).filter_map(|at| Some((score(at)?, std::cmp::Reverse(at)))).max();
        if let Some((_, std::cmp::Reverse(at))) = best {
            found.insert(project.to_owned(), at);
        }
    }
    found
}

/// The files to which commits add some lines.
fn files_of(work: &Work, lines: &HashSet<u64>) -> HashMap<u64, BTreeSet<u32>> {
    let mut files: HashMap<u64, BTreeSet<u32>> = HashMap::new();
    if !lines.is_empty() {
        let added = work.commits.iter().flat_map(|one| &one.lines);
        added.filter(|(_, line)| lines.contains(line)).for_each(|(path, line)| {
            files.entry(*line).or_default().insert(*path);
        });
    }
    files
}

/// How many parts the ends of two clean paths have in common, from the name of the file on.
fn common_suffix(logged: &str, known: &str) -> usize {
    let is_loose = may_ignore_case(logged);
    let is_same = |(a, b): &(&str, &str)| a == b || is_loose && a.to_lowercase() == b.to_lowercase();
    logged.rsplit('/').zip(known.rsplit('/')).take_while(is_same).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_paths_are_compared_part_by_part() {
        assert_eq!(common_suffix("/home/dana/shop/src/a.rs", "src/a.rs"), 2);
        assert_eq!(common_suffix("/home/dana/shop/lib/a.rs", "src/a.rs"), 1);
        assert_eq!(common_suffix("/home/dana/shop/src/ba.rs", "src/a.rs"), 0);
        assert_eq!(common_suffix("C:/shop/SRC/A.rs", "src/a.rs"), 2);
        assert_eq!(common_suffix("/home/dana/shop/src/A.rs", "src/a.rs"), 0);
    }
}

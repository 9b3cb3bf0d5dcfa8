//! Where work was done: working directory and remote → one project per repository.
//!
//! Logs name the directory that the agent stood in, which may be a subfolder or a worktree and need not exist on
//! this machine. A project is, in this order of trust: the remote that the log records; a repository that was named
//! with `--repo` and holds the directory; the remote that another session recorded for the same directory; a named
//! repository of the same name as the directory; else the session's root directory itself.

use std::collections::HashMap;

use crate::history::normalise_remote;
use crate::model::name::{Name, Names};
use crate::model::usage::UsageRecord;

/// A repository that was named for this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRepository {
    /// How reports name it: the normalised remote, else the folder's name.
    pub name: String,
    /// Its working directories on this machine, worktrees included.
    pub directories: Vec<String>,
    /// Its remotes, normalised.
    pub remotes: Vec<String>,
}

/// Folders in which tools keep worktrees of the repository above them.
const WORKTREE_FOLDERS: &[&str] = &["/.worktrees/", "/.claude/worktrees/", "/.codex/worktrees/", "/.git/worktrees/"];
/// Endings of a folder beside the repository that holds its worktrees: `shop-wt/feature` belongs to `shop`.
const WORKTREE_ENDINGS: &[&str] = &["-wt", "-worktrees", "-worktree", ".worktrees", "_worktrees"];
/// Folders that hold worktrees of several repositories: `wt/shop/feature` belongs to the `shop` beside `wt`.
const SHARED_WORKTREE_FOLDERS: &[&str] = &["wt", "worktrees"];

/// The project of each record, in the order of the records (which is by time).
pub(super) fn resolve(records: &[UsageRecord], names: &mut Names, known: &[KnownRepository]) -> Vec<Option<Name>> {
    let roots = Roots::of(records, names);
    let mut remotes: HashMap<Name, String> = HashMap::new();
    for record in records {
        let remote = names.text_of(record.repository).and_then(normalise_remote);
        if let (Some(root), Some(remote)) = (roots.of_record(record), remote) {
            remotes.entry(root).or_insert(remote);
        }
    }
    let mut memo: HashMap<(Option<Name>, Option<Name>), Option<Name>> = HashMap::new();
    let mut projects = Vec::with_capacity(records.len());
    for record in records {
        let root = roots.of_record(record);
        let project = *memo.entry((root, record.repository)).or_insert_with(|| {
            let logged =
                names.text_of(record.repository).map(|raw| normalise_remote(raw).unwrap_or_else(|| raw.to_owned()));
            let directory = root.map(|root| names.text(root).to_owned());
            let project = choose(logged, directory.as_deref(), root.and_then(|root| remotes.get(&root)), known);
            project.map(|text| names.intern(&text))
        });
        projects.push(project);
    }
    projects
}

fn choose(
    logged: Option<String>,
    directory: Option<&str>,
    shared: Option<&String>,
    known: &[KnownRepository],
) -> Option<String> {
    let by_remote = |remote: &str| known.iter().find(|repo| repo.remotes.iter().any(|r| r == remote));
    if let Some(remote) = logged {
        return Some(by_remote(&remote).map_or(remote, |repo| repo.name.clone()));
    }
    let directory = directory?;
    let inside = known.iter().find(|repo| repo.directories.iter().any(|top| is_within(directory, top)));
    if let Some(repo) = inside {
        return Some(repo.name.clone());
    }
    if let Some(remote) = shared {
        return Some(by_remote(remote).map_or_else(|| remote.clone(), |repo| repo.name.clone()));
    }
    let folder = last_part(directory);
    let same_name = known.iter().find(|repo| {
        let mut own = repo.remotes.iter().chain(&repo.directories).chain(std::iter::once(&repo.name));
        own.any(|text| last_part(text) == folder)
    });
    Some(same_name.map_or_else(|| directory.to_owned(), |repo| repo.name.clone()))
}

/// The root directory of each session: the first directory it was seen in, with worktrees folded into their origin.
struct Roots {
    by_session: HashMap<Name, Name>,
    by_directory: HashMap<Name, Name>,
    /// The root per directory and session, where the directory lies under the session's root.
    under: HashMap<(Name, Name), Name>,
}

impl Roots {
    fn of(records: &[UsageRecord], names: &mut Names) -> Self {
        let mut roots = Self { by_session: HashMap::new(), by_directory: HashMap::new(), under: HashMap::new() };
        for record in records {
            let Some(cwd) = record.cwd else { continue };
            let folded = *roots.by_directory.entry(cwd).or_insert_with(|| {
                let origin = fold_worktree(names.text(cwd));
                names.intern(&origin)
            });
            let Some(session) = record.session else { continue };
            let root = *roots.by_session.entry(session).or_insert(folded);
            roots
                .under
                .entry((session, cwd))
                .or_insert_with(|| if is_within(names.text(folded), names.text(root)) { root } else { folded });
        }
        roots
    }

    fn of_record(&self, record: &UsageRecord) -> Option<Name> {
        let Some(cwd) = record.cwd else {
            return record.session.and_then(|session| self.by_session.get(&session).copied());
        };
        let under = record.session.and_then(|session| self.under.get(&(session, cwd)));
        under.or_else(|| self.by_directory.get(&cwd)).copied()
    }
}

/// The repository's own directory, as far as the name of a worktree tells it.
fn fold_worktree(directory: &str) -> String {
    let trimmed = directory.trim_end_matches(['/', '\\']);
    if trimmed.is_empty() {
        return directory.to_owned();
    }
    if let Some(cut) = WORKTREE_FOLDERS.iter().filter_map(|folder| trimmed.find(folder)).min() {
        return trimmed[..cut].to_owned();
    }
    let parts: Vec<&str> = trimmed.split('/').collect();
    for (at, part) in parts.iter().enumerate() {
        let above = parts[..at].join("/");
        let bare = WORKTREE_ENDINGS.iter().find_map(|ending| part.strip_suffix(ending)).filter(|bare| !bare.is_empty());
        if let (Some(bare), true) = (bare, at + 1 < parts.len()) {
            return format!("{above}/{bare}");
        }
        if SHARED_WORKTREE_FOLDERS.contains(part) && at + 2 < parts.len() {
            return format!("{above}/{}", parts[at + 1]);
        }
    }
    trimmed.to_owned()
}

fn is_within(directory: &str, top: &str) -> bool {
    let rest = directory.strip_prefix(top.trim_end_matches(['/', '\\']));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '\\']))
}

fn last_part(path: &str) -> &str {
    let path = path.trim_end_matches(['/', '\\']);
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".git").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> KnownRepository {
        KnownRepository {
            name: "github.com/acme/shop".into(),
            directories: vec!["/srv/checkouts/shop".into(), "/srv/wt/feature".into()],
            remotes: vec!["github.com/acme/shop".into()],
        }
    }

    #[test]
    fn worktrees_and_subfolders_collapse() {
        assert_eq!(fold_worktree("/h/dana/shop/.worktrees/dana/x"), "/h/dana/shop");
        assert_eq!(fold_worktree("/h/dana/shop/"), "/h/dana/shop");
        assert_eq!(fold_worktree("/h/dana/shop-wt/feature-x"), "/h/dana/shop");
        assert_eq!(fold_worktree("/h/dana/wt/shop/feature-x/src"), "/h/dana/shop");
        assert_eq!(fold_worktree("/h/dana/shop-wt"), "/h/dana/shop-wt");
        assert_eq!(fold_worktree("/h/dana/wt/shop"), "/h/dana/wt/shop");
        assert!(is_within("/h/shop/src", "/h/shop"));
        assert!(!is_within("/h/shopping", "/h/shop"));
    }

    #[test]
    fn the_most_trusted_evidence_names_the_project() {
        let known = [shop()];
        let pick = |logged: Option<&str>, dir: &str| choose(logged.map(str::to_owned), Some(dir), None, &known);
        assert_eq!(pick(Some("github.com/acme/site"), "/h/shop").as_deref(), Some("github.com/acme/site"));
        assert_eq!(pick(None, "/srv/wt/feature/src").as_deref(), Some("github.com/acme/shop"));
        assert_eq!(pick(None, "/h/eve/shop").as_deref(), Some("github.com/acme/shop"));
        assert_eq!(pick(None, "/h/eve/poems").as_deref(), Some("/h/eve/poems"));
        assert_eq!(choose(None, None, None, &known), None);
    }
}

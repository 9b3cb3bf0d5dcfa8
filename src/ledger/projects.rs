//! Where work was done: working directory and remote → one project per repository.
//!
//! Logs have the agent's working directory, which may be a subfolder or a worktree and need not exist on this machine.
//! In this order of trust, the project is: the remote in the log; a repository given with `--repo` that contains the
//! directory; the remote that another session has for the same directory; the only given repository with the name of the
//! directory; otherwise the session's root directory. Directories are compared as [`crate::model::path`] cleans them.

use std::collections::{HashMap, HashSet};

use crate::history::{History, normalise_remote};
use crate::model::name::{Name, Names};
use crate::model::path::{self, Drives};
use crate::model::usage::UsageRecord;

/// A repository of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRepository {
    /// The project of its records, different for each repository.
    pub name: String,
    /// Its working directories on this machine, worktrees included.
    pub directories: Vec<String>,
    /// Its remotes, normalised.
    pub remotes: Vec<String>,
}

impl KnownRepository {
    /// The repositories of a run, in their order. If several would have the same name, each has its folder as its name.
    #[must_use]
    pub fn all(histories: &[History]) -> Vec<Self> {
        let names: Vec<String> = histories.iter().map(History::name).collect();
        let unique = |name: &String| names.iter().filter(|other| *other == name).count() == 1;
        let known = |(history, name): (&History, &String)| Self {
            name: if unique(name) { name.clone() } else { folder(history) },
            directories: history.directories.iter().map(|folder| folder.display().to_string()).collect(),
            remotes: history.remotes.clone(),
        };
        histories.iter().zip(&names).map(known).collect()
    }
}

/// The folder of a repository, the same for all its worktrees.
fn folder(history: &History) -> String {
    let shared = history.common_dir.as_path();
    let is_inside = shared.file_name().is_some_and(|name| name == ".git");
    shared.parent().filter(|_| is_inside).unwrap_or(shared).display().to_string()
}

/// Folders in which tools keep worktrees of the repository that contains them.
const WORKTREE_FOLDERS: &[&str] = &["/.worktrees/", "/.claude/worktrees/", "/.codex/worktrees/", "/.git/worktrees/"];
/// Endings of a folder next to the repository that contains its worktrees: `shop-wt/feature` belongs to `shop`.
const WORKTREE_ENDINGS: &[&str] = &["-wt", "-worktrees", "-worktree", ".worktrees", "_worktrees"];
/// Folders that contain worktrees of several repositories: `wt/shop/feature` belongs to the `shop` next to `wt`.
const SHARED_WORKTREE_FOLDERS: &[&str] = &["wt", "worktrees"];

/// What work in home folders themselves is called.
const HOME_FOLDERS: &str = "home folders";

/// Resolves the project of each record, in the order of the records, which is by time.
pub(super) fn resolve(records: &[UsageRecord], names: &mut Names, known: &[KnownRepository]) -> Vec<Option<Name>> {
    let roots = Roots::new(records, names, known);
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
            let logged = names.text_of(record.repository).and_then(repository_in_log);
            let directory = root.map(|root| names.text(root).to_owned());
            let shared = root.and_then(|root| remotes.get(&root));
            let project = choose(logged, directory.as_deref(), shared, known, roots.drives);
            project.map(|text| names.intern(&text))
        });
        projects.push(project);
    }
    projects
}

/// The repository that a log names: the remote in one form, or a name as it is written. An address of a host without owner
/// and name is none.
fn repository_in_log(raw: &str) -> Option<String> {
    let is_damaged = || {
        let scheme = raw.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        scheme.is_some_and(|scheme| scheme != "file") || raw.contains('@') || raw.trim().is_empty()
    };
    normalise_remote(raw).or_else(|| (!is_damaged()).then(|| raw.to_owned()))
}

/// Chooses the project by the most trusted evidence.
fn choose(
    logged: Option<String>,
    directory: Option<&str>,
    shared: Option<&String>,
    known: &[KnownRepository],
    drives: Drives,
) -> Option<String> {
    let by_remote = |remote: &str| known.iter().find(|repo| repo.remotes.iter().any(|r| r == remote));
    if let Some(remote) = logged {
        return Some(by_remote(&remote).map_or(remote, |repo| repo.name.clone()));
    }
    let directory = directory?;
    let is_inside = |top: &String| path::below(directory, &path::clean(top, drives)).is_some();
    let inside = known.iter().find(|repo| repo.directories.iter().any(is_inside));
    if let Some(repo) = inside {
        return Some(repo.name.clone());
    }
    if let Some(remote) = shared {
        return Some(by_remote(remote).map_or_else(|| remote.clone(), |repo| repo.name.clone()));
    }
    let folder = repository_name(directory);
    let is_loose = path::ignores_case(directory);
    let is_it = |text: &String| {
        let text = path::clean(text, drives);
        let name = repository_name(&text);
        name == folder || is_loose && name.to_lowercase() == folder.to_lowercase()
    };
    let by_name = |repo: &&KnownRepository| is_it(&repo.name);
    let by_folder_or_remote = |repo: &&KnownRepository| repo.remotes.iter().chain(&repo.directories).any(is_it);
    // With several of one name, what the sessions did decides later.
    let same_name = match known.iter().filter(by_name).count() {
        0 => only(known.iter().filter(by_folder_or_remote)),
        _ => only(known.iter().filter(by_name)),
    };
    // A home folder is no project, and its name is a person's.
    let folder = || if path::is_home(directory) { HOME_FOLDERS.to_owned() } else { directory.to_owned() };
    Some(same_name.map_or_else(folder, |repo| repo.name.clone()))
}

/// The only one of several.
fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    all.next().filter(|_| all.next().is_none())
}

/// The root directory of each session: its first directory, with worktrees folded into their repository.
struct Roots {
    by_session: HashMap<Name, Name>,
    by_directory: HashMap<Name, Name>,
    /// The root by session and directory; the session's root if it contains the directory.
    under: HashMap<(Name, Name), Name>,
    /// The drives that the directories of the run name.
    drives: Drives,
}

impl Roots {
    fn new(records: &[UsageRecord], names: &mut Names, known: &[KnownRepository]) -> Self {
        let directories: HashSet<Name> = records.iter().filter_map(|record| record.cwd).collect();
        let here = known.iter().flat_map(|repo| &repo.directories).map(String::as_str);
        let drives = Drives::of(directories.iter().map(|cwd| names.text(*cwd)).chain(here));
        let (by_session, by_directory, under) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut roots = Self { by_session, by_directory, under, drives };
        let mut spellings: HashMap<String, Name> = HashMap::new();
        for record in records {
            let Some(cwd) = record.cwd else { continue };
            let folded = *roots.by_directory.entry(cwd).or_insert_with(|| {
                let origin = fold_worktree(&path::clean(names.text(cwd), drives));
                // Where case does not matter, the first spelling is shown.
                *spellings.entry(path::comparable(&origin).into_owned()).or_insert_with(|| names.intern(&origin))
            });
            let Some(session) = record.session else { continue };
            let root = *roots.by_session.entry(session).or_insert(folded);
            let is_below = || path::below(names.text(folded), names.text(root)).is_some();
            roots.under.entry((session, cwd)).or_insert_with(|| if is_below() { root } else { folded });
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

/// The directory of the repository, if the clean path is recognisably a worktree.
fn fold_worktree(directory: &str) -> String {
    if let Some(cut) = WORKTREE_FOLDERS.iter().filter_map(|folder| directory.find(folder)).min() {
        return directory[..cut].to_owned();
    }
    let parts: Vec<&str> = directory.split('/').collect();
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
    directory.to_owned()
}

/// The name of the repository that a clean path or a remote ends with.
fn repository_name(path: &str) -> &str {
    let name = path::last_part(path);
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
        assert_eq!(fold_worktree("/h/dana/shop-wt/feature-x"), "/h/dana/shop");
        assert_eq!(fold_worktree("/h/dana/wt/shop/feature-x/src"), "/h/dana/shop");
        assert_eq!(fold_worktree("/h/dana/shop-wt"), "/h/dana/shop-wt");
        assert_eq!(fold_worktree("/h/dana/wt/shop"), "/h/dana/wt/shop");
        assert_eq!(fold_worktree("C:/src/shop/.worktrees/x"), "C:/src/shop");
    }

    #[test]
    fn one_folder_is_one_project_however_it_is_written() {
        let mut names = Names::default();
        let origin = crate::model::origin::Origin { file: crate::model::origin::FileId(0), line: 1 };
        let mut record = |cwd: &str| {
            let mut record = UsageRecord::blank("test", origin, chrono::DateTime::UNIX_EPOCH);
            record.cwd = Some(names.intern(cwd));
            record
        };
        let folders = [
            "C:\\src\\Site",
            "c:/src/site",
            "/mnt/c/src/site",
            "/c/src/site",
            "C:\\src\\site\\.worktrees\\x",
            "\\\\wsl$\\Ubuntu\\home\\x\\site",
            "/home/x/site",
            "/w/site",
            "C:\\work\\SHOP",
        ];
        let records: Vec<UsageRecord> = folders.map(&mut record).into();
        let found = resolve(&records, &mut names, &[shop()]);
        let found: Vec<&str> = found.iter().map(|name| names.text_of(*name).unwrap_or_default()).collect();
        assert_eq!(found[..5], ["C:/src/Site"; 5]);
        assert_eq!(found[5..], ["/home/x/site", "/home/x/site", "/w/site", "github.com/acme/shop"]);
    }

    #[test]
    fn an_address_without_owner_and_name_is_no_repository() {
        for raw in ["https://github.com/..git", "https://github.com/", "ssh://git@host/x", "git@github.com:.git", " "] {
            assert_eq!(repository_in_log(raw), None, "{raw}");
        }
        for (raw, known) in [
            ("git@github.com:acme/shop.git", "github.com/acme/shop"),
            ("shop", "shop"),
            ("acme/shop", "acme/shop"),
            ("file:///srv/git/shop.git", "file:///srv/git/shop.git"),
        ] {
            assert_eq!(repository_in_log(raw).as_deref(), Some(known));
        }
    }

    #[test]
    fn the_most_trusted_evidence_chooses_the_project() {
        let known = [shop()];
        let pick = |logged: Option<&str>, dir: &str| {
            choose(logged.map(str::to_owned), Some(dir), None, &known, Drives::default())
        };
        assert_eq!(pick(Some("github.com/acme/site"), "/h/shop").as_deref(), Some("github.com/acme/site"));
        assert_eq!(pick(None, "/srv/wt/feature/src").as_deref(), Some("github.com/acme/shop"));
        assert_eq!(pick(None, "/h/eve/shop").as_deref(), Some("github.com/acme/shop"));
        assert_eq!(pick(None, "/h/eve/poems").as_deref(), Some("/h/eve/poems"));
        assert_eq!(choose(None, None, None, &known, Drives::default()), None);
    }

    #[test]
    fn a_directory_with_the_name_of_two_repositories_belongs_to_neither_by_name() {
        let named = |name: &str, directory: &str| KnownRepository {
            name: name.into(),
            directories: vec![directory.into()],
            remotes: Vec::new(),
        };
        let known = [named("/srv/a/shop", "/srv/a/shop"), named("/srv/b/shop", "/srv/b/shop")];
        let pick = |directory: &str| choose(None, Some(directory), None, &known, Drives::default());
        assert_eq!(pick("/home/dana/shop").as_deref(), Some("/home/dana/shop"));
        for home in ["/home/dana", "/Users/dana/", "C:\\Users\\dana"] {
            assert_eq!(pick(home).as_deref(), Some("home folders"), "{home}");
        }
        assert_eq!(pick("/srv/b/shop/src").as_deref(), Some("/srv/b/shop"));
        let only_one = choose(None, Some("/home/dana/shop"), None, &known[..1], Drives::default());
        assert_eq!(only_one.as_deref(), Some("/srv/a/shop"));
    }
}

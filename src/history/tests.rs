//! Whole repositories that git made at fixed dates, read back.

mod accounts;
mod clones;
mod headers;
mod landings;
mod letters;
mod machine_written;
mod missing;
mod nested;
mod renames;
mod shapes;
mod tips;

use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::DateTime;

use super::*;
use crate::diagnostics::{Diagnostics, Severity};
use crate::error::{Error, Result};
use crate::model::commit::{Commit, FileChange};
use crate::model::line_life::LineLife;

/// A repository in a temporary folder, made by the `git` command with fixed identity, dates and settings.
pub(super) struct Fixture {
    root: tempfile::TempDir,
    pub(super) clock: i64,
}

impl Fixture {
    /// 2026-05-01T00:00:00Z, an hour before the first commit; each later one is an hour after the last.
    pub(super) const START: i64 = 1_777_593_600;

    pub(super) fn without_repository() -> Self {
        Self { root: tempfile::tempdir().expect("a temporary folder"), clock: Self::START }
    }

    pub(super) fn new() -> Self {
        let fixture = Self::without_repository();
        std::fs::create_dir(fixture.path()).expect("a new folder");
        fixture.git(&["init", "-q", "-b", "main"]);
        fixture
    }

    pub(super) fn path(&self) -> PathBuf {
        self.root.path().join("repo")
    }

    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        let date = format!("@{} +0200", self.clock);
        command
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("TZ", "UTC")])
            .envs([("GIT_AUTHOR_NAME", "Ann"), ("GIT_AUTHOR_EMAIL", "ann@example.org")])
            .envs([("GIT_COMMITTER_NAME", "Cy"), ("GIT_COMMITTER_EMAIL", "cy@example.org")])
            .envs([("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)])
            .args(["-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"])
            .args(arguments);
        command
    }

    pub(super) fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let output = self.command(folder, arguments).output().expect("git runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.path(), arguments)
    }

    pub(super) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a new folder");
        std::fs::write(path, content).expect("a new file");
    }

    /// Commits everything in the worktree an hour after the last commit.
    pub(super) fn commit(&mut self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.clock += 3_600;
        self.git(&["commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Removes a loose object.
    fn lose(&self, id: &str) {
        let file = self.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
        std::fs::remove_file(file).expect("a loose object");
    }

    fn read(&self) -> History {
        read_at(&self.path())
    }
}

fn read_at(path: &Path) -> History {
    read(path, &HistoryOptions::default()).expect("a readable history")
}

/// Added, deleted, path of each change of one commit.
fn rows(commit: &Commit) -> Vec<(u64, u64, &str)> {
    commit.changes.iter().map(|change| (change.added, change.deleted, change.path.as_str())).collect()
}

fn subjects(history: &History) -> Vec<&str> {
    history.commits.iter().map(|commit| commit.subject.as_str()).collect()
}

fn change<'a>(commit: &'a Commit, path: &str) -> &'a FileChange {
    commit.changes.iter().find(|change| change.path == path).expect("a change of that path")
}

fn hint_of(result: Result<History>) -> (String, String) {
    let error: Error = result.expect_err("an unreadable history");
    (error.to_string(), error.hint().unwrap_or_default().to_owned())
}

#[test]
fn the_root_commit_is_compared_with_nothing() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "one line\n}\nno newline");
    fixture.write("empty", "");
    let id = fixture.commit("Begin");
    let history = fixture.read();
    let root = &history.commits[0];
    assert_eq!(rows(root), [(3, 0, "a.txt"), (0, 0, "empty")]);
    assert_eq!((root.changes[0].added_effective, root.id.as_str(), root.parents.len()), (2, id.as_str(), 0));
    assert_eq!(root.commit_time.timestamp(), Fixture::START + 3_600);
    assert_eq!((root.author.name.as_str(), root.committer.email.as_str()), ("Ann", "cy@example.org"));
    assert_eq!((history.head.as_str(), history.branch.as_deref()), (id.as_str(), Some("main")));
    assert_eq!((history.totals.added, history.totals.added_effective, history.commits_all), (3, 2, 1));
}

#[test]
fn a_merge_lands_its_branch_as_one_commit() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    fixture.commit("Begin");
    fixture.git(&["checkout", "-q", "-b", "side"]);
    fixture.write("b.txt", "second\nthird\n");
    fixture.commit("Work");
    fixture.write("b.txt", "second\nthird\nfourth\n");
    fixture.commit("More work");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.clock += 60;
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge pull request #12 from x/side", "side"]);
    let history = fixture.read();
    assert_eq!(subjects(&history), ["Begin", "Merge pull request #12 from x/side"]);
    let merge = &history.commits[1];
    assert_eq!((merge.parents.len(), merge.pull_request, merge.counted), (2, Some(12), true));
    assert_eq!(rows(merge), [(3, 0, "b.txt")]);
    assert_eq!((history.commits_all, history.totals.merges), (4, 1));
}

#[test]
fn a_squash_keeps_the_trailers_in_its_body() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    let message = "Add a (#34)\n\n* step\n\nco-authored-by: Bo <bo@x>\n\n* more\n\nSigned-off-by: Ann <ann@x>\n";
    fixture.commit(message);
    let history = fixture.read();
    let squash = &history.commits[0];
    assert_eq!(squash.pull_request, Some(34));
    let trailers: Vec<_> = squash.trailers.iter().map(|t| (t.key.as_str(), t.in_last_paragraph)).collect();
    assert_eq!(trailers, [("co-authored-by", false), ("Signed-off-by", true)]);
}

#[test]
fn reverts_are_named_by_id_or_by_subject() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    fixture.commit("Begin");
    fixture.write("a.txt", "other\n");
    let bad = fixture.commit("Change a (#2)");
    fixture.clock += 60;
    fixture.git(&["revert", "--no-edit", &bad]);
    fixture.write("a.txt", "again\n");
    fixture.commit("Revert \"Change a (#2)\" (#3)\n\nReverts x/y#2");
    let history = fixture.read();
    assert_eq!(history.commits[2].reverts, [bad.as_str()]);
    assert_eq!((&history.commits[3].reverts[..], history.commits[3].pull_request), (&[bad][..], Some(3)));
    assert!(history.commits[1].reverts.is_empty());
}

#[test]
fn renames_are_those_that_git_finds() {
    let mut fixture = Fixture::new();
    fixture.write("old/a.txt", "first\nsecond\n");
    fixture.write("b.txt", "third\nfourth\n");
    fixture.write("old.bin", b"a\0b");
    fixture.write("empty", "");
    fixture.commit("Begin");
    fixture.git(&["mv", "old/a.txt", "new.txt"]);
    fixture.git(&["mv", "b.txt", "c.txt"]);
    fixture.git(&["mv", "empty", "void"]);
    fixture.git(&["mv", "old.bin", "new.bin"]);
    fixture.write("c.txt", "third\nfifth\n");
    fixture.commit("Move");
    let history = fixture.read();
    let moved = &history.commits[1];
    // `c.txt` has less than half of `third\nfourth\n`.
    let expected = [(0, 2, "b.txt"), (2, 0, "c.txt"), (0, 0, "new.bin"), (0, 0, "new.txt"), (0, 0, "void")];
    assert_eq!(rows(moved), expected);
    assert!(change(moved, "new.bin").binary && !change(moved, "new.txt").binary);
    assert_eq!(change(moved, "new.txt").renamed_from.as_deref(), Some("old/a.txt"));
    assert_eq!(change(moved, "void").renamed_from.as_deref(), Some("empty"));
    assert_eq!(history.totals.renamed_files, 3);
}

#[test]
fn among_equal_files_the_first_unpaired_one_is_the_source_as_in_git() {
    let mut fixture = Fixture::new();
    fixture.write("p/x.txt", "same content\n");
    fixture.write("q/y.txt", "same content\n");
    fixture.commit("Begin");
    fixture.git(&["mv", "p", "r"]);
    fixture.git(&["mv", "q/y.txt", "a.txt"]);
    fixture.commit("Move");
    let history = fixture.read();
    let from = |path| change(&history.commits[1], path).renamed_from.as_deref();
    assert_eq!((from("a.txt"), from("r/x.txt")), (Some("p/x.txt"), Some("q/y.txt")));
}

#[test]
fn binary_files_are_recognised_and_not_counted() {
    let mut fixture = Fixture::new();
    fixture.write("a.bin", b"a\0b\n");
    fixture.write(".gitattributes", "*.dat -diff\n*.forced diff\n");
    fixture.write("b.dat", "text\n");
    fixture.write("c.forced", b"a\0b\n");
    fixture.commit("Begin");
    let history = fixture.read();
    let binary = |path| (change(&history.commits[0], path).binary, change(&history.commits[0], path).added);
    assert_eq!((binary("a.bin"), binary("b.dat"), binary("c.forced")), ((true, 0), (true, 0), (false, 1)));
    assert_eq!(history.totals.binary_files, 2);
}

#[test]
fn links_count_one_line_as_in_git_which_is_not_effective() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    let id = fixture.commit("Begin");
    fixture.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},sub")]);
    let target = fixture.beside("target");
    std::fs::write(&target, "a.txt").expect("a new file");
    let blob = fixture.git(&["hash-object", "-w", &target.display().to_string()]);
    fixture.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{blob},link")]);
    fixture.clock += 60;
    fixture.git(&["commit", "-q", "-m", "Link"]);
    let history = fixture.read();
    let commit = &history.commits[1];
    assert_eq!(rows(commit), [(1, 0, "link"), (1, 0, "sub")]);
    assert_eq!(change(commit, "sub").excluded, Some("submodule"));
    assert_eq!(change(commit, "link").excluded, Some("symbolic-link"));
}

#[test]
fn a_padded_tree_mode_is_the_same_mode() {
    let mut fixture = Fixture::new();
    fixture.write("docs/a.txt", "first\nsecond\n");
    fixture.write("b.txt", "third\n");
    fixture.commit("Begin");
    // git writes `40000 docs`; historic tools wrote `040000 docs`. Both are the folder.
    let folder = fixture.git(&["rev-parse", "HEAD:docs"]);
    let blob = fixture.git(&["rev-parse", "HEAD:b.txt"]);
    let raw = |hex: &str| -> Vec<u8> {
        (0..20).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex digits")).collect()
    };
    let tree = [&b"100664 b.txt\0"[..], &raw(&blob), b"040000 docs\0", &raw(&folder)].concat();
    let file = fixture.beside("tree");
    std::fs::write(&file, tree).expect("a new file");
    let file = file.display().to_string();
    let tree = fixture.git(&["hash-object", "-t", "tree", "--literally", "-w", &file]);
    let commit = fixture.git(&["commit-tree", &tree, "-p", "HEAD", "-m", "Pad"]);
    fixture.git(&["update-ref", "refs/heads/main", &commit]);
    let history = fixture.read();
    assert_eq!(rows(&history.commits[1]), [(0, 0, "b.txt")]);
    assert_eq!(history.totals.added, 3);
}

#[test]
fn the_mailmap_renames_people_in_worktrees_and_bare_repositories() {
    let mut fixture = Fixture::new();
    fixture.write(".mailmap", "Ann Real <ann@home> <ann@example.org>\n");
    fixture.commit("Begin");
    fixture.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    for path in [fixture.path(), fixture.beside("bare.git")] {
        let history = read_at(&path);
        let author = &history.commits[0].author;
        assert_eq!((author.name.as_str(), author.email.as_str()), ("Ann Real", "ann@home"));
        assert_eq!(history.commits[0].committer.name, "Cy");
    }
}

#[test]
fn bots_are_left_out_of_effective_totals() {
    let fixture = Fixture::new();
    fixture.write("a.txt", "first line\n");
    fixture.git(&["add", "-A"]);
    let author = "--author=dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>";
    fixture.git(&["commit", "-q", author, "-m", "Bump"]);
    let history = fixture.read();
    assert!(history.commits[0].bot);
    assert_eq!((history.totals.added, history.totals.added_effective, history.totals.bot_commits), (1, 0, 1));
}

#[test]
fn excluded_files_keep_their_lines_but_not_as_effective() {
    let mut fixture = Fixture::new();
    fixture.write("Cargo.lock", "[[package]]\nname = \"x\"\n");
    fixture.write("gen.rs", "// @generated by x\nfn x() {}\n");
    fixture.write("api/made.ts", "const a = 1;\n");
    fixture.write("api/.gitattributes", "made.ts linguist-generated\nkept.js linguist-vendored=false\n");
    fixture.write("src/lib.rs", "fn long() {}\n");
    fixture.commit("Begin");
    let history = fixture.read();
    let of = |path| {
        let change = change(&history.commits[0], path);
        (change.added, change.added_effective, change.excluded)
    };
    assert_eq!(of("Cargo.lock"), (2, 0, Some("lock-file")));
    assert_eq!(of("gen.rs"), (2, 0, Some("generated")));
    assert_eq!(of("api/made.ts"), (1, 0, Some("generated")));
    assert_eq!(of("src/lib.rs"), (1, 1, None));
}

#[test]
fn a_shallow_clone_has_a_notice_and_its_cut_is_not_counted() {
    let mut fixture = Fixture::new();
    for at in 0..4 {
        fixture.write("a.txt", "line\n".repeat(at + 1));
        fixture.commit(&format!("Commit {at}"));
    }
    let address = format!("file://{}", fixture.path().display());
    fixture.git(&["clone", "-q", "--depth", "2", &address, "../shallow"]);
    let history = read_at(&fixture.beside("shallow"));
    assert!(history.shallow);
    assert_eq!(subjects(&history), ["Commit 2", "Commit 3"]);
    assert_eq!(history.commits.iter().map(|commit| commit.counted).collect::<Vec<_>>(), [false, true]);
    assert_eq!((history.totals.added, history.commits_all), (1, 2));
    let notices = history.diagnostics.into_sorted();
    assert_eq!((notices[0].kind, notices[0].severity), ("shallow-clone", Severity::Warning));
    assert!(notices[0].message.contains("git fetch --unshallow"));
}

#[test]
fn worktrees_subfolders_and_bare_clones_are_found() {
    let mut fixture = Fixture::new();
    fixture.write("deep/er/a.txt", "first\n");
    fixture.commit("Begin");
    fixture.git(&["remote", "add", "origin", "https://user:secret@GitHub.com/Org/repo.git"]);
    fixture.git(&["worktree", "add", "-q", "-b", "other", "../linked"]);
    let main = fixture.read();
    let inside = read_at(&fixture.path().join("deep/er"));
    assert_eq!(inside, main);
    assert_eq!(main.remotes, ["github.com/Org/repo"]);
    let linked = read_at(&fixture.beside("linked"));
    assert_eq!((&linked.common_dir, &linked.head), (&main.common_dir, &main.head));
    assert_eq!(linked.branch.as_deref(), Some("main"));
    assert_ne!(linked.git_dir, main.git_dir);
    assert_eq!((linked.directories.len(), &linked.directories), (2, &main.directories));
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    assert_eq!(linked.top_level.as_deref().and_then(name).as_deref(), Some("linked"));

    let identity = identify(&fixture.path().join("deep")).expect("a repository");
    assert_eq!(identity.common_dir, main.common_dir);
    assert_eq!(identity.top_level, main.top_level);
    let of_linked = identify(&fixture.beside("linked")).expect("a repository");
    assert_eq!((of_linked.common_dir, of_linked.top_level), (main.common_dir, linked.top_level));
    assert_eq!(identify(&fixture.beside("missing")), None);
    assert_eq!(identify(fixture.root.path()), None);

    fixture.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let bare = read_at(&fixture.beside("bare.git"));
    assert!(bare.directories.is_empty());
    assert_eq!((bare.top_level, bare.commits), (None, main.commits));
    fixture.git(&["remote", "remove", "origin"]);
    assert_eq!(read_at(&fixture.beside("linked")).name(), fixture.read().name());
}

#[test]
fn an_empty_repository_says_so() {
    let fixture = Fixture::new();
    let (message, hint) = hint_of(read(&fixture.path(), &HistoryOptions::default()));
    assert!(message.contains("has no commits"), "{message}");
    assert!(!hint.is_empty());
    let (message, _) = hint_of(read(&fixture.beside("missing"), &HistoryOptions::default()));
    assert!(message.contains("missing"), "{message}");
    let (message, _) = hint_of(read(fixture.root.path(), &HistoryOptions::default()));
    assert!(message.contains("not in a git repository"), "{message}");
}

#[test]
fn a_detached_or_unborn_head_falls_back_to_the_usual_branch() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    let first = fixture.commit("Begin");
    fixture.write("a.txt", "second\n");
    let second = fixture.commit("Go on");
    fixture.git(&["checkout", "-q", &first]);
    let history = fixture.read();
    assert_eq!((history.head.as_str(), history.branch.as_deref()), (second.as_str(), Some("main")));
    assert_eq!(history.diagnostics.count("mainline-guessed"), 1);

    fixture.git(&["symbolic-ref", "HEAD", "refs/heads/nothing"]);
    assert_eq!(fixture.read().head, second);

    fixture.git(&["update-ref", "--no-deref", "HEAD", &first]);
    fixture.git(&["branch", "-q", "-D", "main"]);
    let history = fixture.read();
    assert_eq!((history.head.as_str(), history.branch), (first.as_str(), None));
}

#[test]
fn several_branches_and_no_head_ask_for_a_choice() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    let first = fixture.commit("Begin");
    fixture.git(&["branch", "one"]);
    fixture.git(&["branch", "-q", "-m", "main", "two"]);
    fixture.git(&["symbolic-ref", "HEAD", "refs/heads/nothing"]);
    let (message, hint) = hint_of(read(&fixture.path(), &HistoryOptions::default()));
    assert!(message.contains("HEAD names no branch"), "{message}");
    assert!(hint.contains("one, two"), "{hint}");
    let options = HistoryOptions { branch: Some("one"), ..HistoryOptions::default() };
    let history = read(&fixture.path(), &options).expect("a readable history");
    assert_eq!((history.head.as_str(), history.branch.as_deref()), (first.as_str(), Some("one")));
    let options = HistoryOptions { branch: Some("three"), ..HistoryOptions::default() };
    let (message, hint) = hint_of(read(&fixture.path(), &options));
    assert!(message.contains("no branch `three`") && hint.contains("one, two"), "{message} {hint}");
}

#[test]
fn the_remotes_head_goes_before_the_branch_checked_out() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    let landed = fixture.commit("Begin");
    fixture.git(&["clone", "-q", ".", "../clone"]);
    let clone = fixture.beside("clone");
    fixture.git_in(&clone, &["checkout", "-q", "-b", "feature"]);
    fixture.git_in(&clone, &["commit", "-q", "--allow-empty", "-m", "Not landed"]);
    let history = read_at(&clone);
    assert_eq!((history.head.as_str(), history.branch.as_deref()), (landed.as_str(), Some("main")));
}

#[test]
fn commits_outside_the_period_have_only_metadata() {
    let mut fixture = Fixture::new();
    for at in 0..4 {
        fixture.write("a.txt", "line\n".repeat(at + 1));
        fixture.commit(&format!("Commit {at}"));
    }
    let hour = |hour: i64| DateTime::from_timestamp(Fixture::START + 3_600 * hour, 0);
    let options = HistoryOptions { since: hour(2), until: hour(4), ..HistoryOptions::default() };
    let history = read(&fixture.path(), &options).expect("a readable history");
    let counted: Vec<_> = history.commits.iter().map(|commit| (commit.counted, commit.changes.len())).collect();
    assert_eq!(counted, [(false, 0), (true, 1), (true, 1), (false, 0)]);
    assert_eq!((history.totals.commits, history.totals.added), (2, 2));
}

#[test]
fn a_missing_folder_is_an_error_that_names_it() {
    let mut fixture = Fixture::new();
    fixture.write("a/b.txt", "first\n");
    fixture.commit("Begin");
    fixture.write("a/b.txt", "second\n");
    fixture.commit("Go on");
    let tree = fixture.git(&["rev-parse", "HEAD~:a"]);
    fixture.lose(&tree);
    let (message, hint) = hint_of(read(&fixture.path(), &HistoryOptions::default()));
    assert!(message.contains(&tree) && message.contains("repo"), "{message}");
    assert!(hint.contains("git fsck"), "{hint}");
    // Outside the period the missing folder is not needed.
    let after = DateTime::from_timestamp(fixture.clock + 40 * 86_400, 0);
    let options = HistoryOptions { since: after, ..HistoryOptions::default() };
    assert_eq!(read(&fixture.path(), &options).map(|history| history.totals.commits).ok(), Some(0));
}

#[test]
fn a_branch_whose_commit_is_missing_is_not_replaced_by_another() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    fixture.commit("Begin");
    fixture.git(&["branch", "master"]);
    let lost = fixture.commit("Lost");
    let file = fixture.path().join(".git/objects").join(&lost[..2]).join(&lost[2..]);
    std::fs::remove_file(file).expect("a loose object");
    let (message, _) = hint_of(read(&fixture.path(), &HistoryOptions::default()));
    assert!(message.contains(&lost), "{message}");
}

#[test]
fn a_tag_can_be_the_mainline() {
    let mut fixture = Fixture::new();
    let first = fixture.commit("Begin");
    fixture.git(&["tag", "-a", "-m", "One", "v1"]);
    fixture.commit("Go on");
    for name in ["v1", "refs/tags/v1", first.as_str()] {
        let options = HistoryOptions { branch: Some(name), ..HistoryOptions::default() };
        assert_eq!(read(&fixture.path(), &options).map(|history| history.head).ok(), Some(first.clone()), "{name}");
    }
}

#[test]
fn references_in_another_format_are_refused_with_a_hint() {
    let fixture = Fixture::without_repository();
    std::fs::create_dir(fixture.path()).expect("a new folder");
    let made = fixture.command(&fixture.path(), &["init", "-q", "--ref-format=reftable"]).status();
    if !made.is_ok_and(|status| status.success()) {
        return; // This git cannot make such a repository.
    }
    let (message, hint) = hint_of(read(&fixture.path(), &HistoryOptions::default()));
    assert!(message.contains("references") && hint.contains("git refs migrate"), "{message}: {hint}");
}

#[test]
fn a_partial_clone_with_missing_files_is_refused() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    fixture.commit("Begin");
    fixture.write("a.txt", "second\n");
    fixture.commit("Go on");
    fixture.git(&["config", "uploadpack.allowFilter", "true"]);
    let address = format!("file://{}", fixture.path().display());
    fixture.git(&["clone", "-q", "--bare", "--filter=blob:none", &address, "../partial.git"]);
    let (message, hint) = hint_of(read(&fixture.beside("partial.git"), &HistoryOptions::default()));
    assert!(message.contains("cannot read object"), "{message}");
    assert!(hint.contains("partial clone"), "{hint}");
}

#[test]
fn any_number_of_threads_gives_the_same_history() {
    let mut fixture = Fixture::new();
    for at in 0..12_usize {
        fixture.write("a.txt", "line a\n".repeat(at + 1));
        fixture.write(&format!("f{}.txt", at % 3), format!("{at}\nsame\n"));
        fixture.commit(&format!("Commit {at}"));
    }
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| fixture.read())
    };
    assert_eq!(with_threads(1), with_threads(4));
}

#[test]
fn progress_ends_at_its_total() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    fixture.commit("Begin");
    let seen = std::sync::Mutex::new(Vec::new());
    let record = |done, total| seen.lock().expect("no panic elsewhere").push((done, total));
    let options = HistoryOptions { progress: Some(&record), ..HistoryOptions::default() };
    read(&fixture.path(), &options).expect("a readable history");
    assert_eq!(seen.into_inner().expect("no panic elsewhere"), [(1, 1), (2, 2)]);
}

#[test]
fn counts_equal_gits_own_numstat() {
    let mut fixture = Fixture::new();
    for at in 0..8_usize {
        let body: String = (0..40).map(|line| format!("line {}\n", (line * (at + 3)) % 17)).collect();
        fixture.write("a.txt", body);
        fixture.write("crlf.txt", if at % 2 == 0 { "x\r\ny\r\n" } else { "x\ny\n" });
        fixture.write("cr.txt", format!("x\ry\r{at}"));
        fixture.write("end.txt", if at % 2 == 0 { "x\ny" } else { "x\ny\n" });
        // A file becomes a folder and back. Its content changes, because git would otherwise find a rename.
        fixture.write(if at % 2 == 0 { "kind" } else { "kind/file" }, format!("{at}\n"));
        fixture.commit(&format!("Commit {at}"));
        std::fs::remove_file(fixture.path().join("kind"))
            .or_else(|_| std::fs::remove_dir_all(fixture.path().join("kind")))
            .expect("a path to remove");
    }
    let log = ["log", "--first-parent", "-m", "--reverse", "--histogram", "--numstat", "--no-renames", "--format="];
    let expected = fixture.git(&log);
    let history = fixture.read();
    let changes = history.commits.iter().flat_map(|commit| &commit.changes);
    let ours: Vec<_> = changes.map(|change| format!("{}\t{}\t{}", change.added, change.deleted, change.path)).collect();
    let expected: Vec<_> = expected.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(ours, expected);
}

/// The path, the subjects of the landings of birth and death, the kind of death, and the number of lines.
type Life<'a> = (&'a str, &'a str, Option<&'a str>, Option<&'a str>, u32);

fn lives(history: &History) -> Vec<Life<'_>> {
    let subject = |at: Option<u32>| at.map(|at| history.commits[at as usize].subject.as_str());
    let life = |life: &LineLife| {
        let death = life.death.map(crate::model::line_life::Death::word);
        let path = history.paths[life.path as usize].as_str();
        (path, subject(life.born).unwrap_or("before"), subject(life.died), death, life.lines)
    };
    history.lives.iter().map(life).collect()
}

fn text(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_line_dies_by_the_commit_that_replaces_it() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", text(&["one line", "two lines", "three lines"]));
    fixture.commit("Begin");
    fixture.write("a.txt", text(&["one line", "2 lines", "three lines"]));
    fixture.commit("Replace");
    fixture.git(&["rm", "-q", "a.txt"]);
    fixture.commit("Delete");
    let history = fixture.read();
    let expected = [
        ("a.txt", "Begin", Some("Delete"), Some("deleted"), 1),
        ("a.txt", "Begin", Some("Replace"), Some("deleted"), 1),
        ("a.txt", "Begin", Some("Delete"), Some("deleted"), 1),
        ("a.txt", "Replace", Some("Delete"), Some("deleted"), 1),
    ];
    assert_eq!(lives(&history), expected);
    assert_eq!((history.alive_lines, history.totals.born, history.totals.died), (Some(0), 4, 4));
}

#[test]
fn renamed_moved_and_respaced_lines_live_on() {
    let mut fixture = Fixture::new();
    let body: Vec<String> = (0..12).map(|at| format!("let value_{at} = {at};")).collect();
    let body: Vec<&str> = body.iter().map(String::as_str).collect();
    fixture.write("old.rs", text(&body));
    fixture.write("other.rs", "// other\n");
    fixture.commit("Begin");
    // Renames and edits a file, moves three lines to another file, and indents one.
    fixture.git(&["mv", "old.rs", "new.rs"]);
    let indented = format!("    {}", body[4]);
    let kept: Vec<&str> = [&body[..4], &[indented.as_str()], &body[8..]].concat();
    fixture.write("new.rs", text(&kept));
    fixture.write("other.rs", text(&[&["// other"], &body[5..8]].concat()));
    fixture.commit("Tidy");
    let history = fixture.read();
    let tidy = &history.commits[1];
    assert_eq!(change(tidy, "new.rs").renamed_from.as_deref(), Some("old.rs"));
    assert_eq!((change(tidy, "other.rs").moved, change(tidy, "new.rs").respaced), (3, 1));
    assert_eq!((history.totals.born, history.totals.died, history.alive_lines), (13, 0, Some(13)));
    assert!(lives(&history).iter().all(|life| life.1 == "Begin" && life.2.is_none()), "{:?}", lives(&history));
}

#[test]
fn a_revert_brings_lines_back_and_marks_both_commits() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", text(&["first line", "second line", "third line"]));
    fixture.commit("Begin");
    fixture.write("a.txt", text(&["first line", "changed line", "third line"]));
    let bad = fixture.commit("Change");
    fixture.write("b.txt", "other work\n");
    fixture.commit("Go on");
    // The file changed since, so it does not return to an earlier content.
    fixture.write("a.txt", text(&["first line", "changed line", "third line", "fourth line"]));
    fixture.commit("Add");
    fixture.write("a.txt", text(&["first line", "second line", "third line", "fourth line"]));
    let back = fixture.commit(&format!("Revert \"Change\"\n\nThis reverts commit {bad}."));
    let history = fixture.read();
    let of = |born: &str| lives(&history).into_iter().filter(|life| life.1 == born).collect::<Vec<_>>();
    assert_eq!(of("Begin"), [("a.txt", "Begin", None, None, 3)]);
    assert_eq!(of("Change"), [("a.txt", "Change", Some("Revert \"Change\""), Some("reverted"), 1)]);
    assert_eq!(history.commits[1].reverted_by.as_deref(), Some(back.as_str()));
    assert_eq!((history.totals.restored, history.alive_lines), (1, Some(5)));
}

#[test]
fn undoing_a_landing_exactly_is_a_revert_without_a_message() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", text(&["first line", "second line"]));
    fixture.commit("Begin");
    fixture.write("a.txt", text(&["first line"]));
    fixture.write("b.txt", "new file\n");
    fixture.commit("Change");
    fixture.write("a.txt", text(&["first line", "second line"]));
    fixture.git(&["rm", "-q", "b.txt"]);
    let back = fixture.commit("Better not");
    let history = fixture.read();
    assert_eq!(history.commits[1].reverted_by.as_deref(), Some(back.as_str()));
    let expected = [("a.txt", "Begin", None, None, 2), ("b.txt", "Change", Some("Better not"), Some("reverted"), 1)];
    assert_eq!(lives(&history), expected);
}

#[test]
fn lines_live_on_through_commits_of_ignore_revs() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", text(&["call(a, b)", "call(c, d)"]));
    fixture.commit("Begin");
    fixture.write("a.txt", text(&["call(", "  a, b", ")", "call(c, d)"]));
    let reformat = fixture.commit("Reformat");
    fixture.write(".git-blame-ignore-revs", format!("# formatting\n{reformat}\n"));
    fixture.commit("Ignore it");
    let history = fixture.read();
    let excluded: u32 = history.lives.iter().filter(|life| life.excluded).map(|life| life.lines).sum();
    assert_eq!((excluded, history.alive_lines), (2, Some(6)), "one line lives on, and two are new");
    assert!(lives(&history).iter().all(|life| life.2.is_none()));
}

#[test]
fn lines_live_on_through_a_reformatting_of_many_files() {
    let many = |fixture: &Fixture, files: usize, line: fn(usize, usize) -> String| {
        for file in 0..files {
            let lines: String = (0..10).map(|at| line(file, at)).collect();
            fixture.write(&format!("src/f{file}.py"), lines);
        }
    };
    let before: fn(usize, usize) -> String = |file, at| format!("call_{file}(first_{at}, 'second')\n");
    let broken: fn(usize, usize) -> String = |file, at| format!("call_{file}(\n    first_{at},\n    \"second\",\n)\n");
    let renamed: fn(usize, usize) -> String = |file, at| format!("call_{file}(\n    other_{at},\n    \"second\",\n)\n");
    let format = |files: usize, after: fn(usize, usize) -> String| {
        let mut fixture = Fixture::new();
        many(&fixture, files, before);
        fixture.commit("Begin");
        many(&fixture, files, after);
        fixture.write("notes.txt", "made by a formatter\n");
        let id = fixture.commit("Format");
        let history = fixture.read();
        let notice = history.diagnostics.clone().into_sorted().into_iter().find(|one| one.kind == "reformatting");
        (notice.map(|one| one.examples), history, id)
    };
    let (notes, history, id) = format(10, broken);
    let note = format!("{id}: 99% of 501 changed lines in 10 files have the same text as before");
    assert_eq!(notes, Some(vec![note]));
    let dead = history.lives.iter().filter(|life| life.died.is_some()).count();
    let first: u32 = history.lives.iter().filter(|life| life.born == Some(0)).map(|life| life.lines).sum();
    assert_eq!((dead, first, history.alive_lines), (0, 100, Some(401)), "each line lives on as the first of its four");
    assert_eq!((history.totals.born, history.totals.added_effective, history.totals.deleted_effective), (401, 100, 0));
    // The text changed, or there are too few files.
    for (files, after) in [(10, renamed), (9, broken)] {
        let (notes, history, _) = format(files, after);
        let dead: u32 = history.lives.iter().filter(|life| life.died.is_some()).map(|life| life.lines).sum();
        assert_eq!((notes, dead as usize), (None, files * 10), "{files} files");
    }
}

#[test]
fn merged_lines_belong_to_the_commits_that_wrote_them() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", text(&["base line"]));
    fixture.commit("Begin");
    fixture.git(&["checkout", "-q", "-b", "side"]);
    fixture.write("a.txt", text(&["base line", "from one", "to be rewritten"]));
    fixture.commit("One\n\nCo-authored-by: Claude <noreply@anthropic.com>");
    fixture.write("a.txt", text(&["base line", "from one", "from two"]));
    fixture.write("only-two.txt", "from two alone\n");
    let two = fixture.commit("Two");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.write("a.txt", text(&["top line", "base line"]));
    fixture.commit("Main goes on");
    fixture.clock += 60;
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Land", "side"]);
    let history = fixture.read();
    let of = |life: &LineLife| {
        (history.paths[life.path as usize].as_str(), life.origin.map(|at| &history.contributions[at as usize]))
    };
    let landed: Vec<_> = history.lives.iter().filter(|life| life.born == Some(2)).map(of).collect();
    let [("a.txt", Some(one)), ("a.txt", Some(second)), ("only-two.txt", Some(third))] = landed.as_slice() else {
        panic!("{landed:?}");
    };
    assert_eq!((second.id.as_str(), third.id.as_str()), (two.as_str(), two.as_str()));
    assert_eq!((one.assisted.len(), second.assisted.len(), one.landing), (1, 0, 2));
    let land = &history.commits[2];
    assert_eq!((land.reworked_before_landing, land.assisted[0].tool), (Some(1), "claude-code"));
    assert_eq!((history.alive_lines, history.contributions.len(), history.commits_all), (Some(5), 5, 5));
}

#[test]
fn reading_a_period_begins_a_month_before_it() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", text(&["oldest line", "second line"]));
    fixture.commit("Begin");
    fixture.clock += 60 * 86_400;
    fixture.write("a.txt", text(&["oldest line", "second line", "young line"]));
    fixture.commit("Lead in");
    fixture.clock += 10 * 86_400;
    fixture.write("a.txt", text(&["new line"]));
    fixture.commit("Counted");
    let since = DateTime::from_timestamp(fixture.clock - 3_600, 0);
    let options = HistoryOptions { since, ..HistoryOptions::default() };
    let history = read(&fixture.path(), &options).expect("a readable history");
    let expected = [
        ("a.txt", "before", Some("Counted"), Some("deleted"), 2),
        ("a.txt", "Lead in", Some("Counted"), Some("deleted"), 1),
        ("a.txt", "Counted", None, None, 1),
    ];
    assert_eq!(lives(&history), expected);
    assert_eq!((history.alive_lines, history.totals.born, history.totals.died), (None, 1, 3));
}

#[test]
fn lines_of_a_file_that_turns_binary_die_as_binary() {
    let mut fixture = Fixture::new();
    fixture.write("a.dat", "some text\n");
    fixture.commit("Begin");
    fixture.write("a.dat", b"some\0thing\n");
    fixture.commit("Binary");
    let history = fixture.read();
    assert_eq!(lives(&history), [("a.dat", "Begin", Some("Binary"), Some("binary"), 1)]);
    assert_eq!((history.alive_lines, rows(&history.commits[1])[0]), (Some(0), (0, 0, "a.dat")));
}

fn cached<'a>(folder: &'a Path, program: &'a str) -> HistoryOptions<'a> {
    HistoryOptions { cache: Some(Cache { folder, program }), max_branches: 9, ..HistoryOptions::default() }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()).collect();
    files.sort();
    files
}

#[test]
fn a_cached_result_equals_a_fresh_reading_whatever_happens_in_between() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", text(&["first line", "second line"]));
    fixture.write("package-lock.json", "{}\n");
    fixture.commit("Begin");
    fixture.write("a.txt", text(&["first line", "other line"]));
    fixture.commit("Go on\n\nCo-authored-by: Claude <noreply@anthropic.com>");
    fixture.git(&["branch", "side"]);
    let folder = fixture.beside("cache");
    let plain = HistoryOptions { max_branches: 9, ..HistoryOptions::default() };
    let both = |fixture: &Fixture| {
        let expected = read(&fixture.path(), &plain).expect("a readable history");
        for _ in 0..2 {
            assert_eq!(read(&fixture.path(), &cached(&folder, "one")).expect("a readable history"), expected);
        }
    };
    both(&fixture);
    assert_eq!(files_in(&folder).len(), 1);
    fixture.write("b.txt", "more work\n");
    fixture.commit("A new commit");
    both(&fixture);
    fixture.git(&["reset", "-q", "--hard", "HEAD~2"]);
    fixture.write("c.txt", "another history\n");
    fixture.commit("After a forced push");
    both(&fixture);
    fixture.write(".mailmap", "Ann Other <ann@new.example> <ann@example.org>\n");
    both(&fixture);
    assert_eq!(read(&fixture.path(), &plain).expect("a history").commits[0].author.email, "ann@new.example");
    fixture.git(&["branch", "-D", "side"]);
    both(&fixture);
    assert_eq!(files_in(&folder).len(), 5);
    let since = DateTime::from_timestamp(fixture.clock, 0);
    let windowed = read(&fixture.path(), &HistoryOptions { since, ..cached(&folder, "one") }).expect("a history");
    assert_eq!(windowed.totals.commits, 1);
    let _ = read(&fixture.path(), &cached(&folder, "another build")).expect("a history");
    assert_eq!(files_in(&folder).len(), 7);
}

#[test]
fn the_result_of_a_history_that_ends_in_the_future_holds_for_a_day() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first line\n");
    fixture.commit("Begin");
    let folder = fixture.beside("cache");
    let files_after = |hours: i64| {
        let now = DateTime::from_timestamp(Fixture::START - 40 * 86_400 + hours * 3_600, 0);
        let _ = read(&fixture.path(), &HistoryOptions { now, ..cached(&folder, "one") }).expect("a history");
        files_in(&folder).len()
    };
    assert_eq!([files_after(0), files_after(1), files_after(23), files_after(24)], [1, 1, 1, 2]);
}

#[test]
fn a_damaged_result_counts_as_missing_and_the_number_of_results_is_limited() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first line\n");
    fixture.commit("Begin");
    let folder = fixture.beside("cache");
    let expected = read(&fixture.path(), &cached(&folder, "one")).expect("a history");
    let path = files_in(&folder).remove(0);
    let sound = std::fs::read(&path).expect("a cached result");
    for at in 0..sound.len() {
        let mut damaged = sound.clone();
        damaged[at] ^= 4;
        for content in [&damaged[..], &sound[..at]] {
            std::fs::write(&path, content).expect("a cached result");
            assert_eq!(read(&fixture.path(), &cached(&folder, "one")).expect("a history"), expected);
        }
    }
    assert_eq!(std::fs::read(&path).expect("a cached result"), sound, "written again");
    for build in 0..12 {
        let _ = read(&fixture.path(), &cached(&folder, &format!("build {build}")));
    }
    assert_eq!(files_in(&folder).len(), 8);
}

#[test]
fn a_folder_that_cannot_be_written_has_a_notice_and_does_no_harm() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first line\n");
    fixture.commit("Begin");
    let file = fixture.beside("not-a-folder");
    std::fs::write(&file, "").expect("a file");
    let history = read(&fixture.path(), &cached(&file, "one")).expect("a history");
    assert_eq!(history.commits.len(), 1);
    let kinds: Vec<_> = history.diagnostics.into_sorted().into_iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, ["cache-not-written"]);
}

#[test]
fn concurrent_runs_do_not_disturb_each_other() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first line\n");
    fixture.commit("Begin");
    let folder = fixture.beside("cache");
    let expected = fixture.read().lives;
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..4 {
                    let history = read(&fixture.path(), &cached(&folder, "one")).expect("a history");
                    assert_eq!(history.lives, expected);
                }
            });
        }
    });
    assert_eq!(files_in(&folder).len(), 1);
}

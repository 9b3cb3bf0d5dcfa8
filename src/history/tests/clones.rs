//! Which of several named folders count as one repository.

use std::path::Path;

use super::*;

/// A repository with two commits, and a clone of it beside it with its own clock.
fn with_clone(name: &str) -> Fixture {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    fixture.commit("Begin");
    fixture.write("a.txt", "first\nsecond\n");
    fixture.commit("More");
    fixture.git(&["clone", "-q", &fixture.path().display().to_string(), &format!("../{name}")]);
    fixture
}

fn set_remote(fixture: &Fixture, folder: &Path, address: &str) {
    fixture.git_in(folder, &["config", "remote.origin.url", address]);
}

fn commit_in(fixture: &mut Fixture, folder: &Path, file: &str) {
    std::fs::write(folder.join(file), "third\n").expect("a new file");
    fixture.clock += 3_600;
    fixture.git_in(folder, &["add", "-A"]);
    fixture.git_in(folder, &["commit", "-q", "-m", "Add a file"]);
}

/// What is kept of folders that are named in this order, and the notices.
fn kept(folders: &[&Path]) -> (Vec<History>, Vec<&'static str>) {
    let open = |folder: &&Path| {
        let opened = Opened::new(folder).expect("a repository");
        let options = HistoryOptions { branch: Some("main"), ..HistoryOptions::default() };
        let history = opened.read(&options).expect("a readable history");
        (history, opened)
    };
    let mut diagnostics = Diagnostics::default();
    let kept = without_clones(folders.iter().map(open).collect(), &mut diagnostics);
    let kinds = diagnostics.into_sorted().into_iter().map(|notice| notice.kind).collect();
    (kept.into_iter().map(|(history, _)| history).collect(), kinds)
}

#[test]
fn two_clones_of_one_remote_count_their_lines_once() {
    let mut fixture = with_clone("clone");
    let clone = fixture.beside("clone");
    set_remote(&fixture, &fixture.path(), "git@github.com:acme/shop.git");
    set_remote(&fixture, &clone, "https://github.com/Acme/shop");
    commit_in(&mut fixture, &clone, "b.txt");
    for folders in [[fixture.path(), clone.clone()], [clone.clone(), fixture.path()]] {
        let (histories, notices) = kept(&[&folders[0], &folders[1]]);
        assert_eq!(notices, ["same-repository"]);
        let [history] = &histories[..] else { panic!("{} repositories", histories.len()) };
        assert_eq!((history.commits.len(), history.totals.added), (3, 3), "the longer history stays");
        assert_eq!(history.directories.len(), 2, "sessions in either folder belong to it");
        assert_eq!(history.remotes[0], "github.com/Acme/shop");
    }
}

#[test]
fn a_copy_without_remotes_is_the_same_repository_until_both_go_on() {
    let mut fixture = with_clone("copy");
    let copy = fixture.beside("copy");
    let folders = [fixture.path(), copy.clone()];
    assert_eq!(kept(&[&folders[0], &folders[1]]).0.len(), 1, "equal");
    commit_in(&mut fixture, &copy, "b.txt");
    let (histories, _) = kept(&[&folders[0], &folders[1]]);
    assert_eq!(histories.iter().map(|one| one.commits.len()).collect::<Vec<_>>(), [3], "one is ahead");
    commit_in(&mut fixture, &folders[0], "c.txt");
    let (histories, notices) = kept(&[&folders[0], &folders[1]]);
    assert_eq!((histories.len(), notices), (2, vec!["forks"]), "each has commits that the other lacks");
    assert_ne!(histories[0].id, histories[1].id);
}

#[test]
fn a_shallow_clone_gives_way_to_a_full_one_of_its_remote() {
    let fixture = with_clone("full");
    let address = format!("file://{}", fixture.path().display());
    fixture.git(&["clone", "-q", "--depth", "1", &address, "../shallow"]);
    for name in ["full", "shallow"] {
        set_remote(&fixture, &fixture.beside(name), "https://github.com/acme/shop");
    }
    let (histories, _) = kept(&[&fixture.beside("shallow"), &fixture.beside("full")]);
    assert_eq!(histories.iter().map(|one| (one.shallow, one.commits.len())).collect::<Vec<_>>(), [(false, 2)]);
}

#[test]
fn repositories_that_share_only_a_name_or_an_address_stay_two() {
    let mut one = Fixture::new();
    one.write("a.txt", "first\n");
    one.commit("Begin");
    let mut two = Fixture::new();
    two.write("a.txt", "other\n");
    two.commit("Begin");
    let (histories, notices) = kept(&[&one.path(), &two.path()]);
    assert_eq!((histories.len(), histories[0].name(), notices.len()), (2, histories[1].name(), 0));
    assert_ne!(histories[0].id, histories[1].id);
    for fixture in [&one, &two] {
        fixture.git(&["remote", "add", "origin", "https://github.com/acme/shop"]);
    }
    assert_eq!(kept(&[&one.path(), &two.path()]).0.len(), 2, "another project may have taken the address");
}

#[test]
fn worktrees_of_one_repository_are_one_without_a_notice() {
    let fixture = with_clone("clone");
    fixture.git(&["worktree", "add", "-q", "-b", "other", "../linked"]);
    let (histories, notices) = kept(&[&fixture.path(), &fixture.beside("linked")]);
    assert_eq!((histories.len(), notices.len()), (1, 0));
}

//! Which branch is the mainline, and what is said where that is in doubt.

use super::*;

/// A commit on `main` and one on a branch that starts there.
fn with_topic() -> (Fixture, String) {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    let landed = fixture.commit("Begin");
    fixture.git(&["checkout", "-q", "-b", "topic"]);
    fixture.commit("Not landed");
    (fixture, landed)
}

/// The branch that is read, how many commits it has, and the notices about it.
fn found(path: &Path) -> (String, usize, Vec<&'static str>) {
    let history = read_at(path);
    let kinds = ["mainline-guessed", "mainline-not-pushed", "remote-head-stale"];
    let noticed = kinds.into_iter().filter(|kind| history.diagnostics.count(kind) > 0).collect();
    (history.branch.unwrap_or_default(), history.commits.len(), noticed)
}

fn expected(branch: &str, commits: usize, notices: &[&'static str]) -> (String, usize, Vec<&'static str>) {
    (branch.to_owned(), commits, notices.to_vec())
}

#[test]
fn who_stands_on_a_topic_branch_still_reads_the_main_one() {
    let (mut fixture, _) = with_topic();
    assert_eq!(found(&fixture.path()), expected("main", 1, &["mainline-guessed"]));
    for name in ["master", "trunk"] {
        fixture.git(&["branch", "-q", "-M", if name == "master" { "main" } else { "master" }, name]);
        assert_eq!(found(&fixture.path()), expected(name, 1, &["mainline-guessed"]));
    }
    fixture.git(&["branch", "-q", "-M", "trunk", "develop"]);
    assert_eq!(found(&fixture.path()), expected("develop", 1, &["mainline-guessed"]));
    // Nothing but HEAD says which of two unusual names is right.
    fixture.git(&["branch", "-q", "-M", "develop", "elsewhere"]);
    assert_eq!(found(&fixture.path()), expected("topic", 2, &["mainline-guessed"]));
    fixture.git(&["branch", "-q", "-D", "elsewhere"]);
    assert_eq!(found(&fixture.path()), expected("topic", 2, &[]));
    // The usual names are no doubt.
    fixture.git(&["branch", "-q", "-m", "main"]);
    fixture.git(&["branch", "develop"]);
    fixture.commit("On main");
    assert_eq!(found(&fixture.path()), expected("main", 3, &[]));
    fixture.git(&["checkout", "-q", "develop"]);
    assert_eq!(found(&fixture.path()), expected("develop", 2, &["mainline-guessed"]));
}

/// A clone whose record of the remote's HEAD is as old as its origin's first commit.
fn clone_of(fixture: &mut Fixture) -> PathBuf {
    fixture.git(&["clone", "-q", ".", "../clone"]);
    fixture.beside("clone")
}

#[test]
fn a_renamed_main_branch_is_read_though_the_clone_remembers_the_old_name() {
    let mut fixture = Fixture::new();
    fixture.git(&["checkout", "-q", "-b", "master"]);
    fixture.commit("Begin");
    fixture.commit("Go on");
    let clone = clone_of(&mut fixture);
    assert_eq!(found(&clone), expected("master", 2, &[]));
    fixture.git(&["checkout", "-q", "-b", "main"]);
    fixture.git(&["checkout", "-q", "-b", "side"]);
    fixture.commit("On the side");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    fixture.git_in(&clone, &["fetch", "-q"]);
    assert_eq!(found(&clone), expected("main", 3, &["remote-head-stale"]));
    // The same for who stands on a branch of neither name.
    fixture.git_in(&clone, &["checkout", "-q", "-b", "topic"]);
    assert_eq!(found(&clone), expected("main", 3, &["remote-head-stale"]));
    fixture.git_in(&clone, &["remote", "set-head", "origin", "main"]);
    assert_eq!(found(&clone), expected("main", 3, &[]));
    // A branch that never came back to the main one did not replace it.
    fixture.git_in(&clone, &["remote", "set-head", "origin", "master"]);
    fixture.git_in(&clone, &["checkout", "-q", "--detach", "origin/master"]);
    fixture.git_in(&clone, &["commit", "-q", "--allow-empty", "-m", "Only on master"]);
    fixture.git_in(&clone, &["update-ref", "refs/remotes/origin/master", "HEAD"]);
    assert_eq!(found(&clone), expected("master", 3, &[]));
}

#[test]
fn a_release_branch_that_merged_the_default_branch_is_not_the_mainline() {
    let mut fixture = Fixture::new();
    fixture.commit("Begin");
    fixture.git(&["checkout", "-q", "-b", "develop"]);
    fixture.commit("Develop");
    let clone = clone_of(&mut fixture);
    fixture.git(&["checkout", "-q", "main"]);
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Release", "develop"]);
    fixture.git_in(&clone, &["fetch", "-q"]);
    assert_eq!(found(&clone), expected("develop", 2, &[]));
}

#[test]
fn commits_that_were_not_pushed_did_not_land_and_this_is_said() {
    let mut fixture = Fixture::new();
    fixture.commit("Begin");
    let clone = clone_of(&mut fixture);
    fixture.git_in(&clone, &["commit", "-q", "--allow-empty", "-m", "Not pushed"]);
    assert_eq!(found(&clone), expected("main", 1, &["mainline-not-pushed"]));
    // A clone of a fork, which follows the repository that it was forked from.
    fixture.git_in(&clone, &["update-ref", "refs/remotes/upstream/main", "HEAD"]);
    fixture.git_in(&clone, &["remote", "add", "upstream", "../upstream"]);
    fixture.git_in(&clone, &["commit", "-q", "--allow-empty", "-m", "Not pushed"]);
    assert_eq!(found(&clone), expected("main", 2, &["remote-head-stale"]));
    // A colleague's fork is not.
    fixture.git_in(&clone, &["remote", "rename", "upstream", "erin"]);
    assert_eq!(found(&clone), expected("main", 1, &["mainline-not-pushed"]));
}

#[test]
fn worktrees_of_a_bare_clone_read_its_main_branch() {
    let mut fixture = Fixture::new();
    fixture.git(&["checkout", "-q", "-b", "product"]);
    fixture.commit("Begin");
    fixture.git(&["branch", "topic"]);
    let shop = fixture.beside("shop");
    std::fs::create_dir(&shop).expect("a new folder");
    fixture.git(&["clone", "-q", "--bare", ".", "../shop/.bare"]);
    fixture.git_in(&shop.join(".bare"), &["remote", "remove", "origin"]);
    fixture.git_in(&shop.join(".bare"), &["worktree", "add", "-q", "../topic", "topic"]);
    fixture.git_in(&shop.join("topic"), &["commit", "-q", "--allow-empty", "-m", "Not landed"]);
    for folder in ["topic", ".bare"] {
        assert_eq!(found(&shop.join(folder)), expected("product", 1, &[]), "{folder}");
        assert_eq!(read_at(&shop.join(folder)).name(), "shop", "{folder}");
    }
}

#[test]
fn a_build_that_checked_out_a_commit_reads_the_branch_that_it_fetched() {
    let (mut fixture, landed) = with_topic();
    let clone = clone_of(&mut fixture);
    fixture.git_in(&clone, &["remote", "set-head", "origin", "--delete"]);
    fixture.git_in(&clone, &["checkout", "-q", "--detach", "origin/topic"]);
    fixture.git_in(&clone, &["branch", "-q", "-D", "topic"]);
    assert_eq!(found(&clone), expected("main", 1, &["mainline-guessed"]));
    assert_eq!(read_at(&clone).head, landed);
    // Only the branch that is built was fetched.
    fixture.git_in(&clone, &["update-ref", "-d", "refs/remotes/origin/main"]);
    assert_eq!(found(&clone), expected("topic", 2, &["mainline-guessed"]));
}

#[test]
fn a_search_for_another_main_branch_that_takes_too_long_ends_with_a_notice() {
    let mut fixture = Fixture::new();
    let commits: Vec<gix::ObjectId> = (0..5)
        .map(|at| {
            fixture.write("a.txt", format!("line {at}\n"));
            gix::ObjectId::from_hex(fixture.commit("Go on").as_bytes()).expect("an id")
        })
        .collect();
    let store = repository::open(&fixture.path()).expect("a repository");
    for (limit, is_found, notices) in [(4, true, 0), (3, false, 1)] {
        let mut diagnostics = crate::diagnostics::Diagnostics::default();
        let found = tip::is_ahead(&store.objects(), commits[4], commits[0], limit, &mut diagnostics);
        assert_eq!((found, diagnostics.count("mainline-search-ended")), (is_found, notices), "{limit}");
    }
}

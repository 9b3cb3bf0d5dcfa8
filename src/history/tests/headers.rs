//! Commits that no current git would write, and times that cannot be true.

use std::io::Write;
use std::process::Stdio;

use super::*;

/// Commits the worktree with these lines between the parent and the message, on the branch checked out.
fn raw_commit(fixture: &mut Fixture, headers: &str) -> String {
    fixture.git(&["add", "-A"]);
    let (tree, parent) = (fixture.git(&["write-tree"]), fixture.git(&["rev-parse", "HEAD"]));
    let text = format!("tree {tree}\nparent {parent}\n{headers}\n\nRaw\n");
    let mut command =
        fixture.command(&fixture.path(), &["hash-object", "-t", "commit", "-w", "--stdin", "--literally"]);
    let mut made = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git runs");
    made.stdin.take().expect("a piped input").write_all(text.as_bytes()).expect("git reads");
    let id = String::from_utf8(made.wait_with_output().expect("git ends").stdout).expect("an id").trim().to_owned();
    fixture.git(&["update-ref", "HEAD", &id]);
    id
}

#[test]
fn a_malformed_author_or_committer_names_nobody_and_the_history_goes_on() {
    let good = "A <a@b> 1777885200 +0000";
    for (author, committer) in [
        ("author B <b@example.org 1777885200 +0000", "committer A <a@b> 1777885200 +0000"),
        ("author B b@example.org 1777885200 +0000", "committer B b@example.org> 1777885200 +0000"),
        ("author B <b@\nexample.org> 1777885200 +0000", "committer B <b@\nexample.org> 1777885200 +0000"),
        ("author B", "committer A <a@b> 1777885200 +0000"),
        ("author A <a@b> 1777885200 +0000", "committer"),
        ("author A <a@b> 1777885200 +0000", "encoding latin1"),
        ("committer A <a@b> 1777885200 +0000", "encoding latin1"),
    ] {
        let mut fixture = Fixture::new();
        fixture.write("a.txt", "one\n");
        fixture.commit("Begin");
        fixture.write("a.txt", "one\ntwo\n");
        raw_commit(&mut fixture, &format!("{author}\n{committer}"));
        fixture.write("a.txt", "one\ntwo\nthree\n");
        fixture.commit("Go on");
        let shown = fixture.git(&["log", "--reverse", "--format=%an|%ae|%cn|%ce"]);
        let history = fixture.read();
        let read = history.commits.iter().map(|commit| {
            let [author, committer] = [&commit.author, &commit.committer];
            format!("{}|{}|{}|{}", author.name, author.email, committer.name, committer.email)
        });
        assert_eq!(read.collect::<Vec<_>>(), shown.lines().collect::<Vec<_>>(), "{author}");
        assert_eq!((history.alive_lines, history.diagnostics.count("commit-names-nobody")), (Some(3), 1), "{author}");
        assert_eq!(history.commits[1].commit_time.timestamp(), 1_777_885_200, "{author}");
    }
    let mut fixture = Fixture::new();
    fixture.commit("Begin");
    raw_commit(&mut fixture, &format!("author {good}\ncommitter {good}"));
    assert_eq!(fixture.read().diagnostics.count("commit-names-nobody"), 0);
}

#[test]
fn a_branch_of_a_malformed_commit_is_read() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "one\n");
    fixture.commit("Begin");
    fixture.git(&["checkout", "-q", "-b", "side"]);
    fixture.write("b.txt", "two\n");
    let merged = raw_commit(&mut fixture, "author B <b@example.org 1777593600 +0000\ncommitter B <b 1777593600");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    let history = fixture.read();
    let life = history.lives.iter().find(|life| life.born == Some(1)).expect("a line of the merge");
    assert_eq!(history.contributions[life.origin.expect("an origin") as usize].id, merged);
}

#[test]
fn a_commit_of_the_wrong_century_is_not_the_clock() {
    for (wrong, is_last) in [(4_102_444_800, false), (4_102_444_800, true), (0, true)] {
        let mut fixture = Fixture::new();
        fixture.write("a.txt", "one line\n");
        fixture.commit("Begin");
        fixture.commit("Go on");
        fixture.git(&["branch", "young"]);
        let clock = fixture.clock;
        if !is_last {
            fixture.clock = wrong;
            fixture.commit("Wrong");
            fixture.clock = clock;
        }
        fixture.commit("Last");
        let last = fixture.clock;
        if is_last {
            fixture.clock = wrong - 3_600;
            fixture.commit("Wrong");
            fixture.clock = last;
        }
        fixture.git(&["checkout", "-q", "young"]);
        fixture.write("b.txt", "another line\n");
        fixture.commit("Young");
        let now = DateTime::from_timestamp(last + 86_400, 0);
        let options = HistoryOptions { branch: Some("main"), now, max_branches: 9, ..HistoryOptions::default() };
        let history = read(&fixture.path(), &options).expect("a readable history");
        assert_eq!(history.observed_until.map(|at| at.timestamp()), Some(last), "{wrong} {is_last}");
        assert_eq!(history.diagnostics.count("commit-clock-wrong"), 1, "{wrong} {is_last}");
        let fates: Vec<_> = history.branches.iter().flatten().map(|branch| branch.fate.clone()).collect();
        assert_eq!(fates, [crate::model::branch::Fate::InFlight], "{wrong} {is_last}");
    }
}

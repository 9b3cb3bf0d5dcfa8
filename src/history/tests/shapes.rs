//! The shapes of repositories: how commits are connected, and where their objects are.

use std::io::Write;
use std::process::Stdio;

use super::*;

/// A mainline with an octopus merge and a merge of another root, and git's own counts of it.
fn of_many_parents() -> (Fixture, String) {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "one\ntwo\nthree\n");
    fixture.commit("Begin");
    for side in ["left", "right"] {
        fixture.git(&["checkout", "-q", "-b", side, "main"]);
        fixture.write(&format!("{side}.txt"), format!("{side} one\n{side} two\n"));
        fixture.commit(&format!("On {side}"));
    }
    fixture.git(&["checkout", "-q", "main"]);
    fixture.write("a.txt", "one\n2\nthree\n");
    fixture.commit("Between");
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge both", "left", "right"]);
    fixture.git(&["checkout", "-q", "--orphan", "elsewhere"]);
    fixture.git(&["rm", "-rfq", "."]);
    fixture.write("other.txt", "from another root\n");
    fixture.commit("Another root");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.git(&["merge", "-q", "--allow-unrelated-histories", "-m", "Merge the other root", "elsewhere"]);
    let log = ["log", "--first-parent", "-m", "--reverse", "--histogram", "--numstat", "--no-renames", "--format=%s"];
    let counts = fixture.git(&log);
    (fixture, counts)
}

/// The counts in git's form.
fn counts(history: &History) -> String {
    let mut text = String::new();
    for commit in &history.commits {
        text += &format!("{}\n", commit.subject);
        for change in &commit.changes {
            text += &format!("{}\t{}\t{}\n", change.added, change.deleted, change.path);
        }
    }
    text
}

fn without_blanks(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.is_empty()).collect()
}

#[test]
fn merges_of_many_parents_and_of_other_roots_are_landings() {
    let (fixture, expected) = of_many_parents();
    let history = fixture.read();
    assert_eq!(without_blanks(&counts(&history)), without_blanks(&expected));
    assert_eq!(subjects(&history), ["Begin", "Between", "Merge both", "Merge the other root"]);
    assert_eq!((history.commits[2].parents.len(), history.commits_all), (3, 7));
    // Each line of a landing belongs to the commit that wrote it.
    let authors: Vec<_> = history
        .lives
        .iter()
        .filter(|life| life.born == Some(2))
        .map(|life| history.contributions[life.origin.expect("an origin") as usize].id.clone())
        .collect();
    assert_eq!(authors, [fixture.git(&["rev-parse", "left"]), fixture.git(&["rev-parse", "right"])]);
    assert_eq!(history.alive_lines, Some(8));
}

#[test]
fn a_multi_pack_index_changes_nothing() {
    let (mut fixture, _) = of_many_parents();
    fixture.git(&["repack", "-adq"]);
    fixture.write("late.txt", "late\n");
    fixture.commit("Late");
    fixture.git(&["repack", "-dq"]);
    let expected = fixture.read();
    fixture.git(&["multi-pack-index", "write"]);
    assert_eq!(fixture.read(), expected);
    fixture.git(&["commit-graph", "write", "--reachable"]);
    assert_eq!(fixture.read(), expected);
    fixture.git(&["multi-pack-index", "repack", "--batch-size=0"]);
    fixture.git(&["multi-pack-index", "expire"]);
    assert_eq!(fixture.read(), expected);
}

#[test]
fn a_clone_that_borrows_its_objects_reads_the_same() {
    let (fixture, expected) = of_many_parents();
    fixture.git(&["clone", "-q", "--bare", "--shared", ".", "../borrowing.git"]);
    let history = read_at(&fixture.beside("borrowing.git"));
    assert_eq!(without_blanks(&counts(&history)), without_blanks(&expected));
    assert_eq!(history.lives, fixture.read().lives);
}

#[test]
fn a_replaced_commit_that_descends_from_itself_ends_the_history_with_a_warning() {
    let mut fixture = Fixture::new();
    for text in ["one\n", "two\n", "three\n"] {
        fixture.write("a.txt", text);
        fixture.commit(text.trim());
    }
    let [first, last] = ["HEAD~2", "HEAD"].map(|name| fixture.git(&["rev-parse", name]).trim().to_owned());
    fixture.git(&["replace", "--graft", &first, &last]);
    let history = fixture.read();
    assert_eq!(subjects(&history), ["one", "two", "three"]);
    assert_eq!(history.diagnostics.count("circular-history"), 1);
}

#[test]
fn a_replaced_commit_has_the_parents_that_git_gives_it() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "old\n");
    let old = fixture.commit("Old");
    fixture.git(&["checkout", "-q", "--orphan", "fresh"]);
    fixture.write("a.txt", "old\nnew\n");
    let root = fixture.commit("New");
    fixture.git(&["branch", "-qf", "main", &root]);
    fixture.git(&["checkout", "-q", "main"]);
    assert_eq!(subjects(&fixture.read()), ["New"]);
    fixture.git(&["replace", "--graft", &root, &old]);
    let history = fixture.read();
    assert_eq!(subjects(&history), ["Old", "New"]);
    assert_eq!((history.commits[1].id.as_str(), history.commits[1].changes[0].added), (root.as_str(), 1));
}

#[test]
fn grafts_are_refused_and_read_once_converted() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "old\n");
    let old = fixture.commit("Old");
    fixture.git(&["checkout", "-q", "--orphan", "fresh"]);
    fixture.write("a.txt", "old\nnew\n");
    let root = fixture.commit("New");
    let info = fixture.path().join(".git/info");
    std::fs::create_dir_all(&info).expect("a new folder");
    std::fs::write(info.join("grafts"), "# none\n\n").expect("a new file");
    assert_eq!(fixture.read().commits.len(), 1);
    std::fs::write(info.join("grafts"), format!("{root} {old}\n")).expect("a new file");
    let (message, hint) = hint_of(read(&fixture.path(), &HistoryOptions::default()));
    assert!(message.contains("grafts") && hint.contains("git replace --convert-graft-file"), "{message}: {hint}");
    fixture.git(&["replace", "--convert-graft-file"]);
    let options = HistoryOptions { branch: Some("fresh"), ..HistoryOptions::default() };
    let history = read(&fixture.path(), &options).expect("a readable history");
    assert_eq!(subjects(&history), ["Old", "New"]);
}

#[test]
fn sha_256_ids_are_refused_and_the_hint_helps() {
    let mut fixture = Fixture::without_repository();
    std::fs::create_dir(fixture.path()).expect("a new folder");
    let made = fixture.command(&fixture.path(), &["init", "-q", "-b", "main", "--object-format=sha256"]).status();
    if !made.is_ok_and(|status| status.success()) {
        return; // This git cannot make such a repository.
    }
    fixture.write("a.txt", "one\n");
    fixture.commit("Begin");
    fixture.write("a.txt", "two\n");
    fixture.commit("Go on");
    let (message, hint) = hint_of(read(&fixture.path(), &HistoryOptions::default()));
    assert!(message.contains("SHA-256"), "{message}");
    for part in ["git init --bare", "git fast-export --all", "fast-import"] {
        assert!(hint.contains(part), "{hint}");
    }
    fixture.git(&["init", "-q", "--bare", "--object-format=sha1", "-b", "main", "../copy.git"]);
    let stream = fixture.git(&["fast-export", "--all", "--signed-tags=strip"]);
    let mut import = fixture.command(&fixture.beside("copy.git"), &["fast-import", "--quiet"]);
    let mut import = import.stdin(Stdio::piped()).spawn().expect("git fast-import");
    import.stdin.take().expect("a piped input").write_all(format!("{stream}\n").as_bytes()).expect("git reads");
    assert!(import.wait().expect("git fast-import ends").success());
    let history = read_at(&fixture.beside("copy.git"));
    assert_eq!((subjects(&history).len(), history.totals.added, history.alive_lines), (2, 2, Some(1)));
}

//! Clones that lack the content of a file: it is one counted file without lines, and everything else is read.

use super::*;

#[test]
fn a_missing_file_is_left_out_with_a_warning_and_the_history_goes_on() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first line\n");
    fixture.write("big.txt", "one line\nsecond line\n");
    fixture.commit("Begin");
    fixture.write("big.txt", "one line\nsecond line\nthird line\n");
    fixture.commit("Grow");
    fixture.git(&["mv", "big.txt", "moved.txt"]);
    fixture.commit("Move");
    fixture.write("moved.txt", "one line\nsecond line\nthird line\nfourth line\n");
    fixture.write("a.txt", "first line\nanother line\n");
    fixture.commit("Go on");
    let whole = fixture.read();
    let lost = fixture.git(&["rev-parse", "HEAD~2:big.txt"]);
    fixture.lose(&lost);
    let history = fixture.read();
    let read = |at: usize, path: &str| {
        let one = change(&history.commits[at], path);
        (one.added, one.added_effective, one.deleted_effective, one.excluded)
    };
    assert_eq!(read(0, "big.txt"), (2, 2, 0, None));
    for (at, path) in [(1, "big.txt"), (2, "moved.txt"), (3, "moved.txt")] {
        assert_eq!(read(at, path), (0, 0, 0, Some("missing")), "{at}");
    }
    assert_eq!(read(3, "a.txt"), (1, 1, 0, None));
    assert_eq!((history.totals.files, history.alive_lines), (whole.totals.files, whole.alive_lines));
    assert_eq!(history.diagnostics.count("missing-file"), 1);
    let notices = history.diagnostics.into_sorted();
    assert!(notices[0].examples[0].contains(&lost) && notices[0].examples[0].contains("big.txt"), "{notices:?}");
}

#[test]
fn attribute_files_and_files_of_merged_branches_may_be_missing() {
    let mut fixture = Fixture::new();
    fixture.write(".gitattributes", "*.x linguist-generated\n");
    fixture.write(".git-blame-ignore-revs", "# none\n");
    fixture.write("a.txt", "first line\n");
    fixture.commit("Begin");
    fixture.git(&["checkout", "-q", "-b", "side"]);
    for text in ["one line\n", "one line\nsecond line\n", "one line\nsecond line\nthird line\n"] {
        fixture.write("b.txt", text);
        fixture.commit("Work");
    }
    fixture.git(&["checkout", "-q", "main"]);
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    for name in ["HEAD:.gitattributes", "HEAD:.git-blame-ignore-revs", "side~1:b.txt"] {
        fixture.lose(&fixture.git(&["rev-parse", name]));
    }
    let history = fixture.read();
    assert_eq!((history.commits.len(), history.totals.added_effective), (2, 4));
    assert_eq!(history.diagnostics.count("missing-file"), 3);
    let notices = history.diagnostics.into_sorted();
    let named = |path: &str| notices[0].examples.iter().any(|example| example.starts_with(&format!("{path} (")));
    for path in [".gitattributes", ".git-blame-ignore-revs", "b.txt"] {
        assert!(named(path), "{path}: {notices:?}");
    }
}

#[test]
fn a_file_of_an_unmerged_branch_may_be_missing_with_a_warning() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first line\n");
    fixture.commit("Begin");
    fixture.git(&["checkout", "-q", "-b", "side"]);
    fixture.write("b.txt", "one line\nsecond line\n");
    fixture.commit("Work");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.write("b.txt", "one line\nanother line\n");
    fixture.commit("Go on");
    let lost = fixture.git(&["rev-parse", "side:b.txt"]);
    fixture.lose(&lost);
    let options = HistoryOptions { max_branches: 9, ..HistoryOptions::default() };
    let history = read(&fixture.path(), &options).expect("a readable history");
    let notices = history.diagnostics.into_sorted();
    let missing = notices.iter().find(|notice| notice.kind == "missing-file").expect("a notice");
    assert_eq!(missing.examples, [format!("b.txt ({lost})")]);
}

#[test]
fn a_file_of_a_merged_branch_that_is_fetched_later_is_read_though_results_are_stored() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first line\n");
    fixture.commit("Begin");
    fixture.git(&["checkout", "-q", "-b", "side"]);
    fixture.write("b.txt", "one line\n");
    fixture.commit("Work");
    fixture.write("b.txt", "one line\nsecond line\n");
    fixture.commit("More work");
    fixture.write("b.txt", "one line\nsecond line\nthird line\n");
    fixture.commit("Yet more");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    let lost = fixture.git(&["rev-parse", "side~1:b.txt"]);
    let content = fixture.git(&["show", "side~1:b.txt"]);
    fixture.lose(&lost);
    let folder = fixture.beside("cache");
    let cache = Some(Cache { folder: &folder, program: "tokaudit" });
    let options = HistoryOptions { cache, ..HistoryOptions::default() };
    let opened = Opened::new(&fixture.path()).expect("a repository");
    let authors = || {
        let history = opened.read(&options).expect("a readable history");
        let authors = history.lives.iter().map(|life| life.origin).collect::<std::collections::BTreeSet<_>>().len();
        (authors, history.diagnostics.count("missing-file"))
    };
    assert_eq!(authors(), (2, 1));
    fixture.write("found.txt", format!("{content}\n"));
    assert_eq!(fixture.git(&["hash-object", "-w", "found.txt"]), lost);
    assert_eq!(authors(), (4, 0));
}

#[test]
fn a_file_that_is_fetched_later_is_read_though_results_are_stored() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first line\n");
    fixture.commit("Begin");
    let blob = fixture.git(&["rev-parse", "HEAD:a.txt"]);
    fixture.lose(&blob);
    let folder = fixture.beside("cache");
    let cache = Some(Cache { folder: &folder, program: "tokaudit" });
    let options = HistoryOptions { cache, ..HistoryOptions::default() };
    let added = || read(&fixture.path(), &options).expect("a readable history").totals.added_effective;
    assert_eq!(added(), 0);
    assert_eq!(fixture.git(&["hash-object", "-w", "a.txt"]), blob);
    assert_eq!(added(), 1);
}

#[test]
fn a_branch_that_is_fetched_later_is_examined_though_results_are_stored() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first line\n");
    fixture.commit("Begin");
    fixture.git(&["checkout", "-q", "-b", "side"]);
    fixture.write("folder/b.txt", "one line\n");
    fixture.commit("Work");
    fixture.git(&["checkout", "-q", "main"]);
    let folder = fixture.beside("cache");
    let cache = Some(Cache { folder: &folder, program: "tokaudit" });
    let options = HistoryOptions { cache, max_branches: 9, ..HistoryOptions::default() };
    let lost = fixture.git(&["rev-parse", "side"]);
    let commit = fixture.git(&["cat-file", "commit", "side"]);
    fixture.lose(&lost);
    let added = || {
        let branches = read(&fixture.path(), &options).expect("a readable history").branches.unwrap_or_default();
        branches.iter().map(|branch| branch.added).collect::<Vec<_>>()
    };
    assert_eq!(added(), [None]);
    fixture.write("found", format!("{commit}\n"));
    assert_eq!(fixture.git(&["hash-object", "-t", "commit", "-w", "found"]), lost);
    assert_eq!(added(), [Some(1)]);
}

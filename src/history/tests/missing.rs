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
    assert_eq!(history.diagnostics.count("missing-file"), 2);
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

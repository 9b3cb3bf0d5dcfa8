//! Lines that nobody wrote: outputs of notebooks, pointers, imports of other repositories, and other encodings.

use super::*;

/// By path of a commit: lines added and deleted, and those of them that are effective.
fn counts(commit: &Commit) -> Vec<(&str, [u64; 4])> {
    let count = |one: &FileChange| [one.added, one.deleted, one.added_effective, one.deleted_effective];
    commit.changes.iter().map(|one| (one.path.as_str(), count(one))).collect()
}

/// A notebook with a cell of this source, which was run so often and printed so many rows.
fn notebook(source: &[&str], run: usize, rows: usize) -> String {
    let list = |lines: &[String]| lines.iter().map(|line| format!("    {line:?}")).collect::<Vec<_>>().join(",\n");
    let source = list(&source.iter().map(|line| format!("{line}\n")).collect::<Vec<_>>());
    let rows = list(&(0..rows).map(|row| format!("printed {row} by run {run}\n")).collect::<Vec<_>>());
    format!(
        "{{\n \"cells\": [\n  {{\n   \"cell_type\": \"code\",\n   \"execution_count\": {run},\n   \"metadata\": {{}},\n   \
         \"outputs\": [\n    {{\n     \"name\": \"stdout\",\n     \"text\": [\n  {rows}\n     ]\n    }}\n   ],\n   \
         \"source\": [\n{source}\n   ]\n  }}\n ],\n \"nbformat\": 4\n}}\n"
    )
}

#[test]
fn of_a_notebook_only_the_sources_of_its_cells_count() {
    let mut fixture = Fixture::new();
    fixture.write("study.ipynb", notebook(&["x = load()", "plot(x)"], 1, 20));
    fixture.commit("Begin");
    fixture.write("study.ipynb", notebook(&["x = load()", "plot(x)"], 2, 30));
    fixture.commit("Run it again");
    fixture.write("study.ipynb", notebook(&["x = load()", "y = clean(x)", "show(y)"], 3, 5));
    fixture.commit("Edit it");
    let history = fixture.read();
    let effective = |at: usize| {
        let change = change(&history.commits[at], "study.ipynb");
        (change.added_effective, change.deleted_effective)
    };
    assert_eq!([effective(0), effective(1), effective(2)], [(2, 0), (0, 0), (2, 1)]);
    assert_eq!(history.commits[1].changes[0].added, 31);
    fixture.write(".gitattributes", "*.ipynb -linguist-generated\n");
    fixture.commit("Count all of it");
    assert!(fixture.read().commits[1].changes[0].added_effective > 20);
    // The same for a branch that was never merged.
    std::fs::remove_file(fixture.path().join(".gitattributes")).expect("a file");
    fixture.commit("Count the sources");
    fixture.git(&["checkout", "-q", "-b", "side"]);
    fixture.write("study.ipynb", notebook(&["x = load()", "y = clean(x)", "tell(y)"], 4, 40));
    fixture.commit("Try");
    let options = HistoryOptions { branch: Some("main"), max_branches: 9, ..HistoryOptions::default() };
    let history = read(&fixture.path(), &options).expect("a readable history");
    let added: Vec<_> = history.branches.iter().flatten().map(|branch| branch.added_effective).collect();
    assert_eq!(added, [Some(1)]);
}

#[test]
fn a_pointer_to_a_large_file_is_nobodys_line() {
    let mut fixture = Fixture::new();
    let pointer =
        |size: u32| format!("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a{size}\nsize {size}\n");
    fixture.write("model.csv", pointer(1));
    fixture.commit("Begin");
    fixture.write("model.csv", pointer(2));
    fixture.commit("Train again");
    fixture.write("model.csv", "first,second\n1111,2222\n");
    fixture.commit("Keep it here");
    let history = fixture.read();
    let of = |at: usize| counts(&history.commits[at])[0].1;
    assert_eq!([of(0), of(1), of(2)], [[3, 0, 0, 0], [2, 2, 0, 0], [2, 3, 2, 0]]);
    assert_eq!(history.commits[1].changes[0].excluded, Some("lfs-pointer"));
    assert_eq!(history.commits[2].changes[0].excluded, None);
}

/// Commits the library in a folder, as `git subtree add` or `pull` with `--squash` does, and gives the merge.
fn import(fixture: &mut Fixture, last: Option<&str>, text: &str) -> String {
    fixture.clock += 3_600;
    let blob = fixture.beside("library");
    std::fs::write(&blob, text).expect("a new file");
    let blob = fixture.git(&["hash-object", "-w", arg(&blob)]);
    fixture.git(&["read-tree", "--empty"]);
    fixture.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},big.c")]);
    let tree = fixture.git(&["write-tree"]);
    let mark = "git-subtree-dir: ext/lib\ngit-subtree-split: 0123456789012345678901234567890123456789";
    let mut squash = vec!["commit-tree", &tree, "-m", "Squashed 'ext/lib/' content from commit 0123456", "-m", mark];
    squash.extend(last.iter().flat_map(|last| ["-p", last]));
    let squash = fixture.git(&squash);
    fixture.git(&["read-tree", "HEAD"]);
    fixture.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},ext/lib/big.c")]);
    let tree = fixture.git(&["write-tree"]);
    let merge = fixture.git(&["commit-tree", &tree, "-p", "HEAD", "-p", &squash, "-m", "Merge the library"]);
    fixture.git(&["reset", "-q", "--hard", &merge]);
    squash
}

fn arg(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}

#[test]
fn a_subtree_import_is_vendored_and_later_work_in_its_folder_counts() {
    let mut fixture = Fixture::new();
    fixture.write("src/mine.rs", "let mine = 1;\n");
    fixture.commit("Begin");
    let first = import(&mut fixture, None, "int one = 1;\nint two = 2;\nint three = 3;\n");
    import(&mut fixture, Some(&first), "int one = 1;\nint two = 22;\nint three = 3;\n");
    fixture.write("ext/lib/big.c", "int one = 1;\nint two = 22;\nint three = 33;\n");
    fixture.write("ext/library.c", "int other = 4;\n");
    fixture.commit("Patch it");
    // A branch that brings another import, and work beside it, is one landing.
    fixture.git(&["checkout", "-q", "-b", "side"]);
    fixture.write("src/mine.rs", "let mine = 2;\n");
    fixture.commit("Work");
    import(&mut fixture, Some(&first), "int none = 0;\n");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge side", "side"]);
    let history = fixture.read();
    let found: Vec<_> = history.commits.iter().map(counts).collect();
    assert_eq!(found[1], [("ext/lib/big.c", [3, 0, 0, 0])]);
    assert_eq!(found[2], [("ext/lib/big.c", [1, 1, 0, 0])]);
    assert_eq!(found[3], [("ext/lib/big.c", [1, 1, 1, 1]), ("ext/library.c", [1, 0, 1, 0])]);
    assert_eq!(found[4], [("ext/lib/big.c", [1, 3, 0, 0]), ("src/mine.rs", [1, 1, 1, 1])]);
    assert_eq!(history.commits[1].changes[0].excluded, Some("vendored"));
}

#[test]
fn a_folder_that_a_copying_tool_wrote_is_vendored() {
    let mut fixture = Fixture::new();
    fixture.write("libs/zlib/.gitrepo", "[subrepo]\n\tremote = https://example.org/zlib\n");
    fixture.write("libs/zlib/src/inflate.c", "int inflate = 1;\n");
    fixture.write("libs/zlib.c", "int mine = 1;\n");
    fixture.commit("Begin");
    let history = fixture.read();
    let excluded: Vec<_> = history.commits[0].changes.iter().map(|one| (one.path.as_str(), one.excluded)).collect();
    let vendored = Some("vendored");
    let expected = [("libs/zlib.c", None), ("libs/zlib/.gitrepo", vendored), ("libs/zlib/src/inflate.c", vendored)];
    assert_eq!(excluded, expected);
    fixture.write(".gitattributes", "libs/zlib/src/** -linguist-vendored\n");
    fixture.commit("It is ours");
    assert_eq!(change(&fixture.read().commits[0], "libs/zlib/src/inflate.c").excluded, None);
}

#[test]
fn a_text_in_another_encoding_is_not_written_anew() {
    let mut fixture = Fixture::new();
    let text = "let first = 1;\nlet second = 2;\n";
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (content, message) in [(&wide[..], "UTF-16"), (text.as_bytes(), "UTF-8"), (&wide, "Back"), (b"", "Empty")] {
        fixture.write("a.rs", content);
        fixture.commit(message);
    }
    fixture.write("a.rs", text);
    fixture.commit("Written");
    let history = fixture.read();
    for commit in &history.commits[..4] {
        assert_eq!(counts(commit)[0].1, [0; 4], "{}", commit.subject);
    }
    assert_eq!(history.alive_lines, Some(2));
    assert_eq!(history.lives.iter().map(|life| u64::from(life.effective)).sum::<u64>(), history.totals.added_effective);
}

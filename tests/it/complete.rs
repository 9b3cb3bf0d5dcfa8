//! Nothing is forgotten: each file of tests is compiled, and each fixture is read by a test.

use std::path::Path;

use tokaudit::sources::SOURCES;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Every Rust file of the integration tests, below `tests/it`.
pub(crate) fn test_files() -> Vec<String> {
    let folder = root().join("tests/it");
    let entries = walkdir::WalkDir::new(&folder).sort_by_file_name().into_iter().map(|entry| entry.expect("an entry"));
    let below = entries.map(|entry| entry.path().strip_prefix(&folder).expect("below").display().to_string());
    below.filter(|path| path.ends_with(".rs")).collect()
}

#[test]
fn every_file_of_tests_is_compiled() {
    let files = test_files();
    assert!(files.len() > 30, "{} files", files.len());
    for file in files.iter().filter(|file| *file != "main.rs") {
        let (parent, name) =
            file.trim_end_matches(".rs").rsplit_once('/').unwrap_or(("main", file.trim_end_matches(".rs")));
        let parent = std::fs::read_to_string(root().join(format!("tests/it/{parent}.rs"))).expect(parent);
        let wanted = format!("mod {name};");
        let declared = parent.lines().any(|line| line.trim_start_matches("pub(crate) ") == wanted);
        assert!(declared, "tests/it/{file} is never compiled: nothing says `{wanted}`");
    }
    // Another file or folder here would be a binary of its own, or be read by nothing.
    assert_eq!(names(&root().join("tests")), ["independent_cost.py", "it"]);
}

#[test]
fn every_fixture_belongs_to_a_format_and_is_a_case() {
    assert_eq!(names(&root().join("fixtures")), ["sources"]);
    let sources = root().join("fixtures/sources");
    for format in names(&sources) {
        assert!(SOURCES.iter().any(|source| source.id() == format), "fixtures/sources/{format} belongs to no format");
        for case in names(&sources.join(&format)) {
            // Every folder with an expectation is a case of `formats`; anything else is read by nothing.
            let files = names(&sources.join(&format).join(&case));
            let has = |name: &str| files.iter().any(|file| file == name);
            assert!(has("expected.json") && has("README.md") && files.len() > 2, "fixtures/sources/{format}/{case}");
        }
    }
}

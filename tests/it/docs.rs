//! The documents: generated pages are what the program writes, links resolve, and nothing cites a page that is not here.

use std::path::{Path, PathBuf};

use crate::bless::assert_kept;
use crate::program::run;

/// What the top of the repository may hold: the layout that users know, and files that a tool finds only there.
const TOP: &[&str] = &[
    ".ci",
    ".github",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "deny.toml",
    "docs",
    "fixtures",
    "packaging",
    "rustfmt.toml",
    "src",
    "tests",
    "typos.toml",
];

/// Beginnings of citations of documents that are not in the repository.
const ELSEWHERE: &[&str] =
    &["METRICS ", "FORMATS-", "OFFTASK ", "FAULTS-", "INTERFACE.md", "REPORT.md", "STYLE.md", "GIT.md"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("docs")).expect("docs").map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<PathBuf> = entries.chain([root().join("README.md")]).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    pages
}

#[test]
fn generated_pages_are_what_the_program_writes() {
    for topic in ["metrics", "formats", "notices"] {
        let ran = run(&["explain", topic, "--markdown"]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert_kept(&format!("docs/{topic}.md"), &ran.stdout);
    }
    let ran = run(&["explain", "links", "--markdown"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("metrics|formats|notices"), "{}", ran.stderr);
}

#[test]
fn links_between_documents_resolve() {
    let mut seen = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a page");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.starts_with("http") || target.starts_with('#') {
                continue;
            }
            let file = target.split('#').next().unwrap_or_default();
            assert!(page.parent().expect("a folder").join(file).exists(), "{}: {target}", page.display());
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen} links");
}

#[test]
fn nothing_cites_a_document_that_is_not_here() {
    let mut files = pages();
    for folder in ["src", "tests", "benches"] {
        let all =
            walkdir::WalkDir::new(root().join(folder)).into_iter().map(|entry| entry.expect("an entry").into_path());
        files.extend(all.filter(|path| {
            let named = |end: &str| path.extension().is_some_and(|extension| extension == end);
            (named("rs") || named("json") || named("py")) && !path.ends_with("tests/it/docs.rs")
        }));
    }
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a text");
        for (at, line) in text.lines().enumerate() {
            for cited in ELSEWHERE {
                let is_cited = line.match_indices(cited).any(|(start, _)| {
                    let rest = &line[start + cited.len()..];
                    !cited.ends_with(' ') || rest.starts_with(|c: char| c.is_ascii_digit() || c == '§')
                });
                assert!(!is_cited, "{}:{} cites {cited}", path.display(), at + 1);
            }
        }
    }
}

#[test]
fn the_top_level_holds_what_is_named_here() {
    let output = std::process::Command::new("git").arg("-C").arg(root()).args(["ls-files", "-z"]).output();
    let listed = output.ok().filter(|output| output.status.success()).map(|output| output.stdout).unwrap_or_default();
    let names: std::collections::BTreeSet<String> = String::from_utf8(listed)
        .expect("names in UTF-8")
        .split('\0')
        .filter_map(|path| path.split('/').next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    for name in names {
        assert!(TOP.contains(&name.as_str()), "{name} stands at the top; move it, or add it to the list with a reason");
    }
}

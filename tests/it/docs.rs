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

/// The anchor that Markdown gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn links_between_documents_resolve() {
    let mut seen = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a page");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.starts_with("http") {
                continue;
            }
            let (file, section) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { page.clone() } else { page.parent().expect("a folder").join(file) };
            assert!(path.exists(), "{}: {target}", page.display());
            if !section.is_empty() {
                let linked = std::fs::read_to_string(&path).expect("a page");
                let mut headings = linked.lines().filter(|line| line.starts_with('#'));
                let found = headings.any(|line| anchor(line.trim_start_matches('#').trim()) == section);
                assert!(found, "{}: {target}", page.display());
            }
            seen += 1;
        }
    }
    assert!(seen >= 100, "{seen} links");
}

/// What stands between back-quotes on one line, outside fenced blocks.
fn quoted(text: &str) -> Vec<&str> {
    let outside = text.split("```").step_by(2).flat_map(str::lines);
    outside.flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn files_that_the_guides_name_exist() {
    // What the recipes tell a newcomer to write, and what is not in a checkout.
    const OTHERS: &[&str] = &["acme", "tokens_per_session.rs", "render/notes.rs", "target/", "/tmp"];
    let mut seen = 0;
    for page in ["architecture", "contributing"] {
        let text = std::fs::read_to_string(root().join(format!("docs/{page}.md"))).expect("a page");
        for name in quoted(&text) {
            let is_path = name.ends_with(['/']) || [".rs", ".py", ".csv", ".md"].iter().any(|end| name.ends_with(end));
            if !is_path || name.contains(' ') || OTHERS.iter().any(|other| name.contains(other)) {
                continue;
            }
            let places = ["", "src", "src/sources", "docs", "fixtures/sources"];
            let found = places.iter().any(|place| root().join(place).join(name).exists());
            assert!(found, "docs/{page}.md names {name}");
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} names");
}

#[test]
fn the_walks_through_the_architecture_name_what_the_code_has() {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).expect("a page");
    let walks = text.split("## Three walks").nth(1).and_then(|rest| rest.split("## ").next()).expect("the walks");
    let code: Vec<String> = crate::source_code::files().into_iter().map(|file| file.code).collect();
    let is_item = |name: &str| {
        let items = ["fn", "struct", "enum", "trait", "static"].map(|kind| format!("{kind} {name}"));
        code.iter().any(|code| {
            items.iter().any(|item| {
                let mut ends = code.match_indices(item).map(|(at, _)| code[at + item.len()..].chars().next());
                ends.any(|next| next.is_none_or(|c| !c.is_alphanumeric() && c != '_'))
            })
        })
    };
    let mut seen = 0;
    for name in quoted(walks).into_iter().filter(|name| !name.contains(['/', '.']) && *name != "src") {
        let mut parts = name.split("::");
        assert!(parts.all(is_item), "docs/architecture.md names {name}");
        seen += 1;
    }
    assert!(seen > 25, "{seen} names");
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
    // A checkout has its list; a packed source archive has none.
    assert!(!names.is_empty() || !root().join(".git").exists(), "git lists no file");
    for name in names {
        assert!(TOP.contains(&name.as_str()), "{name} stands at the top; move it, or add it to the list with a reason");
    }
}

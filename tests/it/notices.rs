//! The manual of notices: a page for each id that the program can report, and none for others.

use std::collections::BTreeSet;
use std::path::Path;

use tokaudit::diagnostics::notices::NOTICES;

use crate::program::run;

/// The program's source without tests and the made-up company, with each run of white space as one space.
fn sources() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(&root).into_iter().map(|entry| entry.expect("an entry").into_path());
    let is_code = |path: &Path| {
        let name = path.strip_prefix(&root).expect("below src").to_string_lossy().into_owned();
        name.ends_with(".rs")
            && !name.starts_with("example/")
            && !name.contains("tests")
            && !name.ends_with("notices.rs")
    };
    files
        .filter(|path| is_code(path))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            code.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// The ids that stand where the code reports a notice.
fn emitted(code: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for before in [
        "Severity::Note, ",
        "Severity::Warning, ",
        "Severity::Error, ",
        "reject(",
        "ignore(",
        "fail(",
        ": Rejection = (",
    ] {
        for (at, _) in code.match_indices(before) {
            let rest = code[at + before.len()..].trim_start();
            let Some(rest) = rest.strip_prefix('"') else { continue };
            let id = rest.split('"').next().unwrap_or_default();
            if rest[id.len()..].starts_with("\",") && !id.contains(' ') {
                ids.insert(id.to_owned());
            }
        }
    }
    ids
}

#[test]
fn every_notice_has_a_page_and_every_page_a_notice() {
    let code = sources();
    let known: BTreeSet<String> = NOTICES.iter().map(|notice| notice.id.to_owned()).collect();
    let emitted: BTreeSet<String> = code.iter().flat_map(|code| emitted(code)).collect();
    assert!(emitted.len() > 40, "{emitted:?}");
    let without: Vec<_> = emitted.difference(&known).collect();
    assert!(without.is_empty(), "{without:?} have no page in src/diagnostics/notices.rs");
    for notice in NOTICES {
        let quoted = format!("\"{}\"", notice.id);
        assert!(code.iter().any(|code| code.contains(&quoted)), "nothing reports {}", notice.id);
        let texts = [notice.title, notice.meaning, notice.what_to_do];
        assert!(texts.iter().all(|text| text.len() > 5 && text.starts_with(|c: char| !c.is_lowercase())), "{notice:?}");
        assert!(notice.meaning.ends_with('.') && notice.what_to_do.ends_with('.'), "{notice:?}");
    }
}

#[test]
fn explain_prints_the_page_of_a_notice_and_lists_all() {
    let page = run(&["explain", "bad-count"]);
    assert!(
        page.code == Some(0) && page.stdout.contains("rejected") && page.stdout.contains("What to do:"),
        "{}",
        page.stderr
    );
    let list = run(&["explain", "notices"]).stdout;
    for notice in NOTICES {
        assert!(list.contains(notice.id), "{}", notice.id);
    }
    let slip = run(&["explain", "bad-counts"]);
    assert!(slip.code == Some(2) && slip.stderr.contains("explain bad-count"), "{}", slip.stderr);
}

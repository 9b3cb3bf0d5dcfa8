//! The registries: ids are unique and kebab-case, everything is described, has a fixture, and stands in the README.

use tokaudit::metrics::METRICS;
use tokaudit::report::render::RENDERERS;
use tokaudit::sources::SOURCES;

fn check(kind: &str, entries: &[(&str, &str)]) {
    let mut ids: Vec<&str> = entries.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), entries.len(), "{kind}: an id stands twice");
    for (id, text) in entries {
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{kind} {id}");
        assert!(text.len() > 15, "{kind} {id}: {text}");
    }
}

#[test]
fn every_entry_is_named_and_described() {
    check("format", &SOURCES.iter().map(|source| (source.id(), source.about())).collect::<Vec<_>>());
    check("metric", &METRICS.iter().map(|metric| (metric.id(), metric.about())).collect::<Vec<_>>());
    check("renderer", &RENDERERS.iter().map(|renderer| (renderer.id(), renderer.describe())).collect::<Vec<_>>());
}

#[test]
fn every_format_has_a_fixture() {
    let cases = crate::formats::cases();
    for source in SOURCES {
        let found = cases.iter().any(|case| case.components().any(|part| part.as_os_str() == source.id()));
        assert!(found, "fixtures/sources/{}", source.id());
    }
}

#[test]
fn the_readme_names_every_format_and_metric() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).expect("the README");
    for id in SOURCES.iter().map(|source| source.id()).chain(METRICS.iter().map(|metric| metric.id())) {
        assert!(readme.contains(&format!("| `{id}` |")), "{id}");
    }
}

#[test]
fn the_readme_shows_the_page_as_it_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).expect("the README");
    let page = crate::program::run(&["audit", "--example"]).stdout;
    let screen = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a screen");
    let shown: Vec<&str> = screen.lines().skip(1).filter(|line| *line != "…").collect();
    assert!(shown.len() > 20, "{} lines", shown.len());
    for line in shown {
        assert!(page.lines().any(|of_page| of_page == line), "not on the page: {line}");
    }
}

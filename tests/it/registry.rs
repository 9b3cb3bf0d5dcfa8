//! The registries: ids are unique and kebab-case, everything is described, has a fixture, and the README shows the page as it is.

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
    check("metric", &METRICS.iter().map(|metric| (metric.id, metric.about)).collect::<Vec<_>>());
    check("renderer", &RENDERERS.iter().map(|renderer| (renderer.id(), renderer.describe())).collect::<Vec<_>>());
}

#[test]
fn every_format_says_where_it_comes_from_and_what_it_lacks() {
    // The canonical columns come from anywhere.
    for source in SOURCES.iter().filter(|source| source.id() != "generic") {
        let has = |start: &str| source.about().lines().any(|line| line.starts_with(start) && line.len() > start.len());
        assert!(has("Where: ") || has("Export: "), "{}: where from?\n{}", source.id(), source.about());
        assert!(has("Lacks: "), "{}: what does it lack?\n{}", source.id(), source.about());
    }
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

#[test]
fn every_metric_is_explained_by_its_id_and_by_the_code_of_machine_output() {
    let explain = |topic: &str| crate::program::run(&["explain", topic]).stdout;
    let all = explain("metrics");
    for metric in METRICS {
        let title = format!("{} ({}; {})\n", metric.id, metric.name, metric.unit);
        assert!(all.contains(&title), "{title}");
    }
    // `coverage` is a topic as well.
    for topic in ["coverage", "H1", "h1"] {
        assert!(explain(topic).contains("coverage (Coverage; ratio)\n"), "{topic}");
    }
    let shared = explain("V4");
    assert!(shared.contains("cost-per-merged-line (") && shared.contains("tokens-per-linked-line ("), "{shared}");
    assert!(explain("intervals").contains("bootstrap"));
}

#[test]
fn a_metric_without_its_input_says_what_brings_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("usage.csv");
    std::fs::write(&log, "timestamp,model,input_tokens,output_tokens\n2026-05-01T08:00:00Z,claude-opus-4-6,1000,10\n")
        .expect("a file");
    let mut command =
        crate::program::command(&["audit", "usage.csv", "--format", "json", "-q", "--as-of", "2026-06-01"]);
    let document = crate::program::finish(command.current_dir(folder.path())).json();
    let metrics = document["metrics"].as_array().expect("metrics");
    assert_eq!(metrics.len(), METRICS.len());
    for metric in metrics {
        assert_eq!(metric["value"].is_null(), metric["missing"].is_string(), "{metric}");
    }
    let missing = |id: &str| {
        let found = metrics.iter().find(|metric| metric["id"] == id).expect(id);
        found["missing"].as_str().unwrap_or_default().to_owned()
    };
    for (id, input) in [
        ("review-response-spend", "--repo"),
        ("review-wait-hours", "--pull-requests"),
        ("no-review-share", "--pull-requests"),
        ("idle-seats", "--seats"),
        ("cost-per-issue", "--outcomes"),
        ("change-after", "[compare]"),
        ("budget-burn", "[budget]"),
        ("output-concentration", "--repo"),
        ("user-gini", "users"),
    ] {
        assert!(missing(id).contains(input), "{id}: {}", missing(id));
    }
}

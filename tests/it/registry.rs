//! The registries: ids are unique and kebab-case, everything is described, has a fixture, and the README shows the page as it is.

use tokaudit::diagnostics::notices::NOTICES;
use tokaudit::fate::Class;
use tokaudit::metrics::METRICS;
use tokaudit::model::link::Tier;
use tokaudit::report::page::FactId;
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

/// Words that pages had before the glossary, whole and in lower case; docs/words.md has what took their place.
const RETIRED: &[&str] = &[
    "all-in",
    "abandoned",
    "avoidable",
    "candidate",
    "candidates",
    "churn",
    "churned",
    "coverage",
    "duplicate",
    "duplicates",
    "effective",
    "explicit",
    "finer",
    "foretold",
    "in doubt",
    "in flight",
    "landed",
    "landing",
    "landings",
    "mature",
    "medium",
    "net of pairs",
    "overlay",
    "replayed",
    "segment",
    "segments",
    "settled",
    "strong",
    "tied to no code",
    "told",
    "unattributed",
    "unlinked",
    "unpriced",
    "upper bound",
    "weak",
];

/// The retired words of a text for readers. Commands, ids and keys, which keep their older names, stand in backquotes.
fn retired(text: &str) -> Vec<&'static str> {
    let prose: String = text.split('`').step_by(2).collect::<Vec<_>>().join(" ").to_lowercase();
    let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/');
    let padded =
        format!(" {} ", prose.split(|c| !is_of_word(c)).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "));
    RETIRED.iter().copied().filter(|word| padded.contains(&format!(" {word} "))).collect()
}

#[test]
fn labels_titles_and_notices_use_the_words_of_the_glossary() {
    assert_eq!(retired("41.6%  of Settled spend, all-in; net of pairs"), ["all-in", "net of pairs", "settled"]);
    let labels = FactId::ALL.iter().map(|fact| fact.label());
    let classes = Class::ALL.iter().flat_map(|class| [class.title(), class.tone().title()]);
    let metrics = METRICS.iter().flat_map(|metric| [metric.name, metric.about]);
    let notices = NOTICES.iter().flat_map(|notice| [notice.title, notice.meaning, notice.what_to_do]);
    let evidence = Tier::ALL.iter().map(|tier| tier.title());
    for text in labels.chain(classes).chain(metrics).chain(notices).chain(evidence) {
        assert!(retired(text).is_empty(), "{:?} in: {text}", retired(text));
    }
}

#[test]
fn pages_of_the_example_use_the_words_of_the_glossary() {
    let pages: [&[&str]; 6] = [
        &["audit", "--example"],
        &["audit", "--example", "--format", "markdown"],
        &["spend", "--example", "--by", "model"],
        &["history", "--example"],
        &["sources", "--example"],
        &["explain", "waste", "--example"],
    ];
    for arguments in pages {
        let page = crate::program::run(arguments).stdout;
        assert!(page.len() > 200, "{arguments:?}: {page}");
        for line in page.lines() {
            assert!(retired(line).is_empty(), "{arguments:?}: {:?} in: {line}", retired(line));
        }
    }
}

#[test]
fn codes_are_for_programs_and_on_no_page() {
    let waste = crate::program::run(&["explain", "waste", "--example"]).stdout;
    let gauges = crate::program::run(&["audit", "--example", "--format", "openmetrics"]).stdout;
    for code in METRICS.iter().map(|metric| metric.code).chain(["W11", "W14"]) {
        let is_there = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == code);
        assert!(!is_there(&waste), "{code} in: {waste}");
        for help in gauges.lines().filter(|line| line.starts_with("# HELP")) {
            assert!(!is_there(help), "{code} in: {help}");
        }
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
        assert!(explain(topic).contains("coverage (Spend traced to code; ratio)\n"), "{topic}");
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

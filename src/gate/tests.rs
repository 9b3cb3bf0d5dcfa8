use super::*;
use crate::report::saved::{Figure, SavedAudit as Audited};

const METHOD: u32 = 1;

fn report(value: &str, extra: &str) -> Audited {
    let text = format!(
        r#"{{"schema":"tokaudit/audit","schema_version":1,"method_version":1,"period":{{"tz":"UTC"}},"metrics":[
            {{"id":"cost-per-pull-request-median","value":{value},"n":30,"coverage":0.8,"lo":null,"hi":null,"basis":"list"{extra}}}]}}"#
    );
    Audited::parse("r.json", &text).expect("a report")
}

fn day() -> NaiveDate {
    "2026-06-15".parse().expect("a day")
}

fn outcome(gate: &str, report: &Audited, baseline: Option<&Audited>) -> Outcome {
    let text = format!("[[gate]]\nid = \"g\"\nmetric = \"cost_per_merged_pr.median\"\n{gate}");
    let gates = policy("p.toml", &text).expect("a policy");
    judge(&gates, report, baseline, day(), METHOD).expect("judgements")[0].outcome
}

#[test]
fn limits_waivers_and_severities_decide() {
    let now = report("\"41.5\"", "");
    assert_eq!(outcome("max = 41.5", &now, None), Outcome::Pass);
    assert_eq!(outcome("max = 40.0", &now, None), Outcome::Fail);
    assert_eq!(outcome("min = 42.0", &now, None), Outcome::Fail);
    assert_eq!(outcome("max = 40.0\nseverity = \"warn\"", &now, None), Outcome::Warn);
    assert_eq!(outcome("max = 40.0\nwaive_until = \"2026-06-15\"\nreason = \"x\"", &now, None), Outcome::Waived);
    assert_eq!(outcome("max = 40.0\nwaive_until = \"2026-06-14\"\nreason = \"x\"", &now, None), Outcome::Fail);
}

#[test]
fn too_little_is_neither_pass_nor_fail() {
    let now = report("\"41.5\"", "");
    assert_eq!(outcome("max = 1.0\nmin_n = 31", &now, None), Outcome::Insufficient);
    assert_eq!(outcome("max = 1.0\nmin_coverage = 0.81", &now, None), Outcome::Insufficient);
    assert_eq!(outcome("max = 1.0\ntest = \"ci\"", &now, None), Outcome::Insufficient);
    assert_eq!(outcome("max = 1.0\nscope = \"team:*\"", &now, None), Outcome::Insufficient);
    assert_eq!(outcome("max_increase = \"20%\"", &now, None), Outcome::Insufficient);
    assert_eq!(outcome("max = 1.0", &report("null", ""), None), Outcome::Insufficient);
}

#[test]
fn an_interval_must_lie_beyond_the_limit() {
    let text = r#"{"schema":"tokaudit/audit","schema_version":1,"method_version":1,"period":{"tz":"UTC"},"metrics":[
        {"id":"cost-per-pull-request-median","value":41.5,"n":30,"coverage":1.0,"lo":39.0,"hi":44.0,"basis":"list"}]}"#;
    let now = Audited::parse("r.json", text).expect("a report");
    assert_eq!(outcome("max = 40.0\ntest = \"ci\"", &now, None), Outcome::Pass);
    assert_eq!(outcome("max = 38.0\ntest = \"ci\"", &now, None), Outcome::Fail);
    assert_eq!(outcome("min = 43.0\ntest = \"ci\"", &now, None), Outcome::Pass);
    assert_eq!(outcome("min = 45.0\ntest = \"ci\"", &now, None), Outcome::Fail);
}

#[test]
fn growth_is_judged_against_a_comparable_report() {
    let (before, now) = (report("\"40\"", ""), report("\"50\"", ""));
    assert_eq!(outcome("max_increase = \"25%\"", &now, Some(&before)), Outcome::Pass);
    assert_eq!(outcome("max_increase = \"24%\"", &now, Some(&before)), Outcome::Fail);
    let mut other = before.clone();
    other.method_version = Some(2);
    assert_eq!(outcome("max_increase = \"24%\"", &now, Some(&other)), Outcome::Refused);
    assert_eq!(outcome("max = 1000.0", &other, None), Outcome::Refused);
    let mut other = before;
    other.period.tz = Some("Europe/Berlin".to_owned());
    assert_eq!(outcome("max_increase = \"24%\"", &now, Some(&other)), Outcome::Refused);
}

#[test]
fn policies_that_make_no_sense_are_refused_with_a_hint() {
    for (text, word) in [
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"\nmaxx = 1", "maxx"),
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"", "no limit"),
        ("[budgets]\nx = 1", "did you mean `budget`"),
        ("", "no [[gate]]"),
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"\nmax = 1\nwaive_until = \"2026-01-01\"", "without a reason"),
        ("= 3", "p.toml"),
        ("gate = 3", "[[gate]]"),
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"\nmax = 1\nwaive_until = \"soon\"\nreason = \"x\"", "2026-07-01"),
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"\nmax_increase = \"lots\"", "max_increase = \"20%\""),
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"\nmax_increase = 20", "max_increase = \"20%\""),
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"\nmax = \"lots\"", "max = 40"),
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"\nmax = nan", "max = 40"),
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"\nmax = 1\nmin_coverage = 80", "0.8 for 80%"),
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"\nmax = 1\nscope = \"tema:x\"", "team:NAME"),
        ("[[gate]]\nid = \"g\"\nmetric = \"x\"\nmax = 1\nseverity = \"eror\"", "gate `g`"),
    ] {
        let err = policy("p.toml", text).expect_err(text).to_string();
        assert!(err.contains(word), "{err}");
    }
}

#[test]
fn exit_codes_follow_the_worst_outcome() {
    let one = |outcome| Judgement {
        id: "<g>".into(),
        metric: "m".into(),
        scope: None,
        outcome,
        value: None,
        why: "a\n& b".into(),
    };
    let code =
        |outcomes: &[Outcome], strict| verdict(&outcomes.iter().map(|one_| one(*one_)).collect::<Vec<_>>(), strict);
    assert_eq!(code(&[Outcome::Pass, Outcome::Warn, Outcome::Waived, Outcome::Insufficient], false), 0);
    assert_eq!(code(&[Outcome::Insufficient], true), 4);
    assert_eq!(code(&[Outcome::Refused], false), 2);
    assert_eq!(code(&[Outcome::Refused, Outcome::Fail], true), 1);
    let xml = junit(&[one(Outcome::Fail), one(Outcome::Insufficient)]);
    assert!(
        xml.contains("failures=\"1\" skipped=\"1\"") && xml.contains("name=\"&lt;g&gt;\"") && xml.contains("a &amp; b")
    );
    assert_eq!(annotations(&[one(Outcome::Warn)]), "::warning title=tokaudit gate::<g> warn: a & b\n");
}

fn with(scoped: &str, units: &str) -> Audited {
    let text = format!(
        r#"{{"schema":"tokaudit/audit","schema_version":1,"method_version":1,"period":{{"tz":"UTC"}},"metrics":[
            {{"id":"cost-per-pull-request","value":"40","n":30,"coverage":0.8,"lo":null,"hi":null,"basis":"list"}},
            {{"id":"spend","value":"40","n":30,"coverage":0.8,"lo":null,"hi":null,"basis":"list"}}],
            "scoped":[{scoped}],"units":[{units}]}}"#
    );
    Audited::parse("r.json", &text).expect("a report")
}

#[test]
fn each_scope_that_fits_is_judged_alone() {
    let figure = |kind: &str, name: &str, value: &str| {
        format!(r#"{{"scope_type":"{kind}","scope":"{name}","metric":"spend","value":"{value}","n":9,"basis":"list"}}"#)
    };
    let report = with(
        &[figure("team", "payments", "50"), figure("team", "search", "5"), figure("repo", "payments", "90")].join(","),
        "",
    );
    let gates =
        policy("p.toml", "[[gate]]\nid = \"g\"\nmetric = \"spend\"\nscope = \"team:*\"\nmax = 10").expect("gates");
    let judged = judge(&gates, &report, None, day(), METHOD).expect("judgements");
    let said: Vec<(Option<&str>, Outcome)> = judged.iter().map(|one| (one.scope.as_deref(), one.outcome)).collect();
    assert_eq!(said, [(Some("team:payments"), Outcome::Fail), (Some("team:search"), Outcome::Pass)]);
    assert!(lines(&judged).contains("g [team:payments]"));
}

#[test]
fn growth_beyond_noise_alone_breaks_a_limit() {
    let report = |factor: f64| {
        let unit = |at: u32| {
            let cost = (10.0 + f64::from(at % 11)) * factor;
            format!(r#"{{"repo":"r","pull_request":{at},"landing":"{at}","cost_usd":"{cost}"}}"#)
        };
        let units: Vec<String> = (0..40).map(unit).collect();
        let mut report = with("", &units.join(","));
        let value = 15.0 * factor;
        report.metrics[0].measured.value = Some(Figure { text: value.to_string(), value });
        report
    };
    let outcome = |factor: f64, test: &str| {
        let text = format!(
            "[[gate]]\nid = \"g\"\nmetric = \"cost-per-pull-request\"\nmax_increase = \"20%\"\ntest = \"{test}\""
        );
        let gates = policy("p.toml", &text).expect("gates");
        judge(&gates, &report(factor), Some(&report(1.0)), day(), METHOD).expect("judgements")[0].clone()
    };
    assert_eq!(outcome(1.25, "value").outcome, Outcome::Fail);
    // A quarter more with a spread of a tenth: the near end of the interval is below a fifth.
    assert_eq!(outcome(1.25, "ci").outcome, Outcome::Pass);
    let beyond = outcome(2.0, "ci");
    assert!(beyond.outcome == Outcome::Fail && beyond.why.contains("+100.0% (+"), "{}", beyond.why);
    let gates = policy("p.toml", "[[gate]]\nid = \"g\"\nmetric = \"spend\"\nmax_increase = \"20%\"\ntest = \"ci\"")
        .expect("gates");
    let judged = judge(&gates, &report(2.0), Some(&report(1.0)), day(), METHOD).expect("judgements");
    assert_eq!(judged[0].outcome, Outcome::Insufficient);
}

#[test]
fn every_section_of_a_configuration_may_stand_beside_the_gates() {
    for section in crate::company::config::SECTIONS {
        let beside = match section.name {
            "" => "tz = \"UTC\"\nmin_tier = \"strong\"".to_owned(),
            "gate" => String::new(),
            "limit" => "[[limit]]\nper = \"session\"\nusd = 1".to_owned(),
            name => format!("[{name}]"),
        };
        let text = format!(
            "{beside}\n[[gate]]\nid = \"g\"\nmetric = \"x\"\nmax = 1\nwaive_until = 2026-07-01\nreason = \"r\""
        );
        let gates = policy("p.toml", &text).unwrap_or_else(|err| panic!("{}: {err}", section.name));
        assert_eq!(gates[0].waive_until, NaiveDate::from_ymd_opt(2026, 7, 1));
    }
}

#[test]
fn the_keys_of_a_gate_are_those_that_explain_lists() {
    let err = toml::from_str::<super::Gate>("none = 1").expect_err("an unknown key").to_string();
    let err = err.trim();
    let known: Vec<&str> = err.split("expected one of ").nth(1).expect("the keys").split(", ").collect();
    let known: Vec<&str> = known.iter().map(|key| key.trim_matches(|c: char| !c.is_ascii_alphanumeric())).collect();
    let section = crate::company::config::SECTIONS.iter().find(|one| one.name == "gate").expect("the section");
    let listed: Vec<&str> = section.keys.iter().map(|(key, ..)| *key).collect();
    assert_eq!(known, listed);
}

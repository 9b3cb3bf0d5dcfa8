//! `gate`: each outcome with its exit code, on a report of the example.

use std::path::Path;

use crate::program::{arg, command, finish, run};

fn gate(folder: &Path, limits: &str, more: &[&str]) -> (Option<i32>, String) {
    let policy = folder.join("policy.toml");
    std::fs::write(&policy, format!("[[gate]]\nid = \"spend\"\nmetric = \"spend\"\n{limits}\n")).expect("a policy");
    let report = folder.join("report.json");
    let flags = ["gate", arg(&report), "--policy", arg(&policy), "--as-of", "2026-06-01"];
    let ran = run(&[&flags[..], more].concat());
    (ran.code, ran.stdout + &ran.stderr)
}

#[test]
fn every_outcome_has_its_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let report = path.join("report.json");
    assert_eq!(run(&["audit", "--example", "-q", "--format", "json", "--out", arg(&report)]).code, Some(0));
    let text = std::fs::read_to_string(&report).expect("a report");
    let other = path.join("other.json");
    std::fs::write(&other, text.replace("\"method_version\": 3", "\"method_version\": 1")).expect("a report");
    assert_ne!(text, std::fs::read_to_string(&other).expect("a report"));
    let other = arg(&other);
    let same = arg(&report);

    for (limits, more, code, word) in [
        ("max = 1000.0", &[][..], 0, "pass"),
        ("max = 1.0\nseverity = \"warn\"", &[], 0, "warn"),
        ("max = 1.0\nwaive_until = \"2026-07-01\"\nreason = \"migration\"", &[], 0, "migration"),
        ("max = 1.0", &[], 1, "fail"),
        ("max_increase = \"20%\"", &[], 0, "insufficient"),
        ("max_increase = \"20%\"", &["--strict"], 4, "insufficient"),
        ("max_increase = \"20%\"", &["--baseline", same], 0, "pass"),
        ("max_increase = \"20%\"", &["--baseline", other], 2, "refused"),
        ("max = 1.0\nmetrik = 1", &[], 2, "metrik"),
    ] {
        let (exit, text) = gate(path, limits, more);
        assert_eq!(exit, Some(code), "{limits}: {text}");
        assert!(text.contains(word), "{limits}: {text}");
    }
    let (_, text) = gate(path, "max = 1.0", &["--format", "junit"]);
    assert!(text.contains("<failure message=\"fail:"), "{text}");
    let (_, text) = gate(path, "max = 1.0", &["--format", "github"]);
    assert!(text.starts_with("::error title=tokaudit gate::spend fail:"), "{text}");
    let (_, text) = gate(path, "max = 1.0", &["--format", "json"]);
    assert!(text.contains("\"outcome\": \"fail\""), "{text}");
    let (code, text) = gate(path, "max = 1.0\nscope = \"repo:*shop\"", &[]);
    assert!(code == Some(1) && text.contains("spend [repo:github.com/acme/shop]"), "{text}");
    let (code, text) = gate(path, "max = 1.0\nscope = \"team:*\"", &[]);
    assert!(code == Some(0) && text.contains("insufficient"), "{text}");
    let (_, text) = gate(path, "max = 1.0", &["--format", "outputs"]);
    let document: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&report).expect("the report")).expect("JSON");
    let coverage = document["metrics"].as_array().expect("metrics").iter().find(|one| one["id"] == "coverage");
    let expected = format!("spend_usd=25.7291005\ncoverage={}\ngate=fail\n", coverage.expect("a metric")["value"]);
    assert_eq!(text, expected);
    let (_, text) = gate(path, "max = 1.0", &["--format", "markdown"]);
    assert!(text.contains("| spend | spend | fail | "), "{text}");
    let missing = run(&["gate", "/nowhere.json", "--policy", "/nowhere.toml"]);
    assert_eq!(missing.code, Some(3));
    assert!(missing.stderr.contains("/nowhere.toml") && missing.stderr.contains("try:"), "{}", missing.stderr);
}

/// Usage of users in teams, a request each.
fn team_usage(folder: &Path, teams: &[(&str, usize)]) -> std::path::PathBuf {
    let mut text = "timestamp,model,input_tokens,output_tokens,user,team\n".to_owned();
    for (team, users) in teams {
        for user in 0..*users {
            text += &format!("2026-05-04T09:{user:02}:00Z,claude-opus-4-6,100000,0,{team}-{user},{team}\n");
        }
    }
    let path = folder.join("usage.csv");
    std::fs::write(&path, text).expect("a file");
    path
}

#[test]
fn teams_are_judged_one_by_one_and_those_below_least_team_are_in_no_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let usage = team_usage(folder.path(), &[("large", 9), ("middle", 6), ("small", 2)]);
    let config = folder.path().join("company.toml");
    std::fs::write(&config, "[privacy]\nleast_team = 5\n").expect("a file");
    let audit = ["audit", arg(&usage), "--details", "--as-of", "2026-06-01", "-q", "--config", arg(&config)];
    let report = run(&[&audit[..], &["--format", "json"]].concat()).json();
    let teams: Vec<&str> = report["scoped"]
        .as_array()
        .expect("figures")
        .iter()
        .filter(|one| one["scope_type"] == "team")
        .filter_map(|one| one["scope"].as_str())
        .collect();
    // The small team alone could be worked out from the whole, so the next larger one is hidden with it.
    assert_eq!(teams, ["large"]);
    let page = run(&audit).stdout;
    assert!(page.contains("2 others together") && !page.contains("middle") && !page.contains("small "), "{page}");
    std::fs::write(folder.path().join("report.json"), report.to_string()).expect("a report");
    let (code, text) = gate(folder.path(), "max = 4.0\nscope = \"team:*\"", &[]);
    assert!(code == Some(1) && text.contains("[team:large]") && !text.contains("middle"), "{text}");
}

#[test]
fn a_configuration_that_audit_takes_is_a_policy() {
    let folder = tempfile::tempdir().expect("a folder");
    let usage = team_usage(folder.path(), &[("large", 9)]);
    let report = folder.path().join("report.json");
    assert_eq!(run(&["audit", arg(&usage), "--as-of", "2026-06-01", "-q", "--out", arg(&report)]).code, Some(0));
    let config = folder.path().join("tokaudit.toml");
    let text = "tz = \"UTC\"\nmin_tier = \"strong\"\n[labels]\nspike = \"not waste\"\n[reviews]\nhourly_usd = 90\n\
                [seats]\nmonthly_usd = 19\n[compare]\nfrom = 2026-04-01\n[[gate]]\nid = \"g\"\nmetric = \"spend\"\nmax = 1\n";
    std::fs::write(&config, text).expect("a file");
    assert_eq!(run(&["audit", arg(&usage), "--config", arg(&config), "-q", "--no-cache"]).code, Some(0));
    let gate = |arguments: &[&str], folder: &Path| {
        let mut command = command(&[&["gate", arg(&report)], arguments].concat());
        finish(command.current_dir(folder))
    };
    let below = folder.path().join("below");
    std::fs::create_dir(&below).expect("a folder");
    for (arguments, place) in [
        (&[][..], folder.path()),
        (&[], &below),
        (&["--config", arg(&config)], &below),
        (&["--policy", arg(&config)], &below),
    ] {
        let ran = gate(arguments, place);
        assert!(ran.code == Some(1) && ran.stdout.starts_with("fail"), "{arguments:?}: {}", ran.stderr);
    }
    let without = gate(&["--no-config"], folder.path());
    assert!(without.code == Some(3) && without.stderr.contains("explain gate"), "{}", without.stderr);
    // A slip in one section is a mistake for every command, and the line is not printed: it may hold a secret.
    std::fs::write(&config, text.replace("[labels]", "[lables]")).expect("a file");
    assert!(gate(&[], folder.path()).stderr.contains("did you mean `labels`?"));
    std::fs::write(&config, "[privacy]\npseudonym_key = \"TOPSECRET\n").expect("a file");
    let ran = gate(&[], folder.path());
    assert!(
        ran.code == Some(2) && ran.stderr.contains("toml:2:") && !ran.stderr.contains("TOPSECRET"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_slip_in_a_policy_is_found_before_it_matters() {
    let folder = tempfile::tempdir().expect("a folder");
    let usage = team_usage(folder.path(), &[("large", 9)]);
    let (report, policy) = (folder.path().join("report.json"), folder.path().join("policy.toml"));
    let audit = ["audit", arg(&usage), "--as-of", "2026-06-01", "-q", "--format", "json", "--out", arg(&report)];
    assert_eq!(run(&audit).code, Some(0));
    // The limit holds, or the metric is unknown: neither slip has come into play yet.
    for (metric, limits, said) in [
        ("spend", "max = 1000\nwaive_until = \"soon\"\nreason = \"x\"", "Use YYYY-MM-DD"),
        ("cost-per-merged-line", "max_increase = \"lots\"", "Write max_increase = \"20%\""),
    ] {
        std::fs::write(&policy, format!("[[gate]]\nid = \"g\"\nmetric = \"{metric}\"\n{limits}\n")).expect("a policy");
        let ran = run(&["gate", arg(&report), "--policy", arg(&policy)]);
        assert!(ran.code == Some(2) && ran.stderr.contains(said), "{limits}: {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn the_program_itself_explains_how_to_write_a_gate() {
    let config = run(&["explain", "config"]).stdout;
    let gate = run(&["explain", "gate"]).stdout;
    for key in ["metric", "scope", "max_increase", "min_coverage", "waive_until", "severity"] {
        assert!(config.contains(key) && gate.contains(key), "{key}");
    }
    // The example of the page is a policy that works.
    let example = gate.split("Keys:").next().expect("the example");
    let start = example.find("[[gate]]\n").expect("a gate");
    tokaudit::gate::policy("explain gate", &example[start..]).expect("a policy");
}

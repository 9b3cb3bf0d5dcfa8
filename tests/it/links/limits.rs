//! What a limit would have stopped, by what became of it.

use super::world::{World, code};
use crate::program::{arg, run};

const DAY: i64 = 24 * 60;

const CONFIG: &str = r#"
[[limit]]
name = "half"
per = "session"
usd = 0.0015
[[limit]]
per = "model-month"
usd = "0.0045"
model = "claude-*"
[[limit]]
name = "teams"
per = "team-month"
usd = 1
"#;

#[test]
fn a_limit_says_what_it_would_have_stopped_and_how_much_of_that_lasted() {
    let mut world = World::new();
    // Two sessions of three requests of $0.0015 each in all; the first goes on after it spent $0.0015.
    for (minute, session, name) in [(10, "one", "alpha"), (30, "one", "beta"), (50, "two", "gamma")] {
        let path = format!("src/{name}.rs");
        world.write(&path, &code(name, 10));
        world.edit(session, minute - 5, "main", &path, &code(name, 10));
        world.commit(minute, "dana", &format!("Add {name}"));
    }
    world.write("src/beta.rs", &(code("beta", 5) + &code("by_hand", 5)));
    world.commit(3 * DAY, "jonas", "Shorten beta");
    world.commit(45 * DAY, "jonas", "Later");
    let (logs, repository) = (world.logs(), world.repository());
    let config = repository.join("../tokaudit.toml");
    std::fs::write(&config, CONFIG).expect("a file");
    let all = ["audit", arg(&logs), "--repo", arg(&repository), "--config", arg(&config), "--month", "2026-05"];
    let with = |more: &[&str]| run(&[&all[..], &["--as-of", "2026-07-15", "-q", "--no-cache"], more].concat());
    let report = with(&["--format", "json"]).json();
    let limits = &report["limits"];
    let of = |at: usize| {
        let keys = ["name", "units", "stopped", "covered_usd", "nameless_usd", "after_usd", "after_judged_usd"];
        let values = keys.iter().chain(&["after_lasted_usd"]).map(|key| limits[at][*key].to_string());
        values.collect::<Vec<_>>().join(" ").replace('"', "")
    };
    // Both requests of the session are one part of it, which both changes share; half of beta did not last.
    assert_eq!(of(0), "half 2 1 0.0045 0 0.0015 0.0015 0.001125");
    assert_eq!(of(1), "limit 2 1 0 0.0045 0 0 0 0");
    assert_eq!(of(2), "teams 0 0 0 0.0045 0 0 0");
    let page = with(&["--details"]).stdout;
    assert!(page.contains("half: $0.0015 a session") && page.contains("1 of 2 "), "{page}");
    assert!(page.contains("$0.0045 of the spend names no team: \"teams\" cannot stop it."), "{page}");
    let table = with(&["--format", "csv", "--table", "limits"]).stdout;
    assert_eq!(table.lines().count(), 4, "{table}");
}

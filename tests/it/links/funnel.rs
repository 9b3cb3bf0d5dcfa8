//! From written to lasting: each step in lines and dollars, worked by hand.

use serde_json::{Value, json};

use super::world::{World, code};
use crate::program::{Ran, arg, run};

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// Sessions of $0.0015 and ten lines each, and what became of each. The last commit is of day 48.
struct Shop {
    world: World,
    /// The change that no tag has.
    gamma: String,
}

impl Shop {
    fn new(tags: bool) -> Self {
        let mut world = World::new();
        let change = |world: &mut World, day: i64, name: &str, branch: &str| {
            let path = format!("src/{name}.rs");
            world.write(&path, &code(name, 10));
            world.edit(&format!("dana-{name}"), day * DAY + 5, branch, &path, &code(name, 10));
            world.commit(day * DAY + 10, "dana", &format!("Add {name}"))
        };
        let tag = |world: &World, day: i64, name: &str| {
            if tags {
                world.git_at(day * DAY, "dana", &["tag", "-a", "-m", "A release", name]);
            }
        };
        change(&mut world, 0, "alpha", "main");
        tag(&world, 1, "v1");
        // Half of it is replaced after two days.
        change(&mut world, 2, "beta", "main");
        // Its session only ran git: the log has no edits.
        world.write("src/eta.rs", &code("eta", 4));
        let eta = world.commit(3 * DAY, "jonas", "Add eta");
        world.print("jonas-eta", 3 * DAY + 1, "main", &eta);
        world.write("src/beta.rs", &(code("beta", 5) + &code("by_hand", 5)));
        world.commit(4 * DAY, "jonas", "Shorten beta");
        tag(&world, 5, "v2");
        let gamma = change(&mut world, 6, "gamma", "main");
        world.git(&["checkout", "-q", "-b", "dana/delta"]);
        change(&mut world, 7, "delta", "dana/delta");
        world.git(&["checkout", "-q", "main"]);
        world.edit("dana-epsilon", 8 * DAY, "main", "src/epsilon.rs", &code("epsilon", 10));
        world.ask("dana-asks", 9 * DAY, "main");
        change(&mut world, 44, "zeta", "main");
        world.commit(48 * DAY, "jonas", "Later");
        Self { world, gamma }
    }

    fn audit(&self, more: &[&str]) -> Ran {
        let (logs, repository) = (self.world.logs(), self.world.repository());
        let flags = ["--since", "2026-05-01", "--until", "2026-06-30", "--as-of", "2026-06-23", "--no-cache"];
        let files = ["audit", arg(&logs), "--repo", arg(&repository), "--branch", "main"];
        let ran = run(&[&files[..], &flags, more].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran
    }

    fn report(&self, more: &[&str]) -> Value {
        self.audit(&[&["--format", "json"][..], more].concat()).json()
    }
}

/// Reached, lost, too early and unknown of each step.
fn steps(row: &Value, of: &str) -> Vec<[Value; 4]> {
    let steps = row["steps"].as_array().expect("steps").iter();
    steps.map(|step| ["reached", "lost", "too_early", "unknown"].map(|key| step[of][key].clone())).collect()
}

#[test]
fn each_step_says_what_it_loses_in_lines_and_dollars() {
    let report = Shop::new(true).report(&[]);
    let all = &report["funnel"]["rows"][0];
    let lines = [
        [json!(60), json!(0), json!(0), json!(0)],
        // Epsilon is in no commit, delta on a branch that rested, gamma in no tag, and zeta may still come into one.
        [json!(50), json!(10), json!(0), json!(0)],
        [json!(40), json!(10), json!(0), json!(0)],
        [json!(20), json!(10), json!(10), json!(0)],
        [json!(15), json!(5), json!(0), json!(0)],
    ];
    assert_eq!(steps(all, "lines"), lines, "{all:#}");
    let dollars = [
        ["0.0105", "0", "0", "0"],
        ["0.009", "0.0015", "0", "0"],
        ["0.0075", "0.0015", "0", "0"],
        ["0.0045", "0.0015", "0.0015", "0"],
        ["0.00375", "0.00075", "0", "0"],
    ];
    assert_eq!(steps(all, "usd"), dollars.map(|row| row.map(|text| json!(text))), "{all:#}");
    assert_eq!((&all["no_code_usd"], &all["not_traced_usd"]), (&json!("0.0015"), &json!("0")));
    assert_eq!(report["fates"]["total_usd"], "0.012");
    assert_eq!(all["steps"][4]["lines"]["share_lost"], 0.25);
}

#[test]
fn a_session_whose_log_has_no_edits_has_spend_and_no_lines() {
    let shop = Shop::new(true);
    let all = &shop.report(&[])["funnel"]["rows"][0];
    assert_eq!((&all["unrecorded_sessions"], &all["unrecorded_usd"]), (&json!(1), &json!("0.0015")));
    let page = shop.audit(&["--format", "html"]).stdout;
    let remark = "Lines not recorded: the logs of 1 session with $0.0015 of this spend have no edits.";
    assert!(page.contains(remark), "{page}");
}

#[test]
fn without_tags_and_deployments_nothing_says_what_was_released() {
    let report = Shop::new(false).report(&[]);
    let all = &report["funnel"]["rows"][0];
    let expected = [json!(null), json!(0), json!(0), json!(40)];
    assert_eq!(steps(all, "lines")[3], expected, "{all:#}");
    // What was merged goes on: gamma lasted, and zeta is too young.
    assert_eq!(steps(all, "lines")[4], [json!(25), json!(5), json!(10), json!(0)]);
    assert_eq!(steps(all, "usd")[3], [json!(null), json!("0"), json!("0"), json!("0.0075")]);
}

#[test]
fn deployments_say_what_was_released_instead_of_tags() {
    let shop = Shop::new(true);
    let export = shop.world.repository().join("../deployments.csv");
    let rows = format!(
        "at,repository,commit,tag\n2026-05-12,shop,{},\n2026-05-13,shop,,v9\n2026-05-14,site,,v1\n",
        &shop.gamma[..10]
    );
    std::fs::write(&export, rows).expect("a file");
    let report = shop.report(&["--deployments", arg(&export)]);
    let all = &report["funnel"]["rows"][0];
    assert_eq!(steps(all, "lines")[3], [json!(30), json!(0), json!(10), json!(0)], "{all:#}");
    let notices = report["diagnostics"].as_array().expect("notices");
    let unknown = notices.iter().find(|notice| notice["kind"] == "unknown-deployment").expect("a notice");
    assert_eq!(unknown["count"], 2, "{unknown}");
    std::fs::write(&export, "at,commit\nsoon,abc\n").expect("a file");
    let logs = shop.world.logs();
    let repository = shop.world.repository();
    let ran = run(&["audit", arg(&logs), "--repo", arg(&repository), "--deployments", arg(&export), "--no-cache"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("line 2"), "{}", ran.stderr);
}

#[test]
fn a_project_that_rests_without_a_release_stopped_before_it() {
    let report = Shop::new(true).report(&[]);
    let projects = &report["projects"];
    let rows = projects["rows"].as_array().expect("rows").iter();
    let row = |row: &Value| {
        ["repository", "name", "cost_usd", "merged_usd", "released_usd", "state"].map(|key| row[key].clone())
    };
    // All but delta was done on main, zeta on day 44; delta's branch rests since day 7.
    let expected = [
        [json!("shop"), Value::Null, json!("0.0105"), json!("0.0075"), json!("0.0045"), json!("released")],
        [json!("shop"), json!("dana"), json!("0.0015"), json!("0"), json!("0"), json!("stopped_before_release")],
    ];
    assert_eq!(rows.map(row).collect::<Vec<_>>(), expected, "{projects:#}");
    assert_eq!(projects["rows"][1]["at_rest_since"], "2026-05-11T09:05:00Z");
    assert_eq!(
        (&projects["ended"], &projects["stopped"], &projects["share_stopped"]),
        (&json!(2), &json!(1), &json!(0.5))
    );
    assert_eq!((&projects["stopped_usd"], &projects["share_stopped_usd"]), (&json!("0.0015"), &json!(0.125)));
    // Without tags nothing says whether main was released; what was never merged was not.
    let unknown = Shop::new(false).report(&[])["projects"].clone();
    assert_eq!((&unknown["rows"][0]["state"], &unknown["rows"][0]["released_usd"]), (&json!("unknown"), &Value::Null));
    assert_eq!((&unknown["ended"], &unknown["stopped"]), (&json!(1), &json!(1)));
}

#[test]
fn the_rows_of_each_kind_sum_to_everything() {
    let report = Shop::new(true).report(&[]);
    let rows = report["funnel"]["rows"].as_array().expect("rows");
    let all = steps(&rows[0], "lines");
    for of in ["tool", "model", "team", "repository"] {
        let own: Vec<&Value> = rows.iter().filter(|row| row["of"] == of).collect();
        assert!(!own.is_empty(), "{of}");
        for (at, step) in all.iter().enumerate() {
            for (column, whole) in step.iter().enumerate() {
                let sum: u64 = own.iter().filter_map(|row| steps(row, "lines")[at][column].as_u64()).sum();
                assert_eq!(Some(sum), whole.as_u64(), "{of}, step {at}, column {column}");
            }
        }
    }
    let names: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["claude-code", "claude-opus-4-6", "shop"], "{rows:#?}");
}

#[test]
fn a_release_branch_that_merges_main_releases_what_it_merged() {
    let mut world = World::new();
    world.write("src/alpha.rs", &code("alpha", 10));
    world.edit("dana-alpha", 5, "main", "src/alpha.rs", &code("alpha", 10));
    world.git(&["checkout", "-q", "-b", "release"]);
    world.git(&["checkout", "-q", "main"]);
    world.commit(10, "dana", "Add alpha");
    world.git(&["checkout", "-q", "release"]);
    world.git_at(DAY, "dana", &["merge", "-q", "--no-ff", "-m", "Bring main", "main"]);
    world.git(&["tag", "v1"]);
    world.git(&["checkout", "-q", "main"]);
    world.commit(40 * DAY, "jonas", "Later");
    let shop = Shop { world, gamma: String::new() };
    let report = shop.report(&[]);
    assert_eq!(steps(&report["funnel"]["rows"][0], "lines")[3], [json!(10), json!(0), json!(0), json!(0)]);
}

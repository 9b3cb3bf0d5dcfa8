//! Figures say whether they rest on list prices or on bills, and those of different bases are not compared.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::world::{World, code};
use crate::program::{arg, run};

/// One merged pull request, and its requests as an export, with amounts on a bill or without.
struct Billing {
    world: World,
    folder: tempfile::TempDir,
    commit: String,
}

impl Billing {
    fn new() -> Self {
        let world = World::new();
        world.write("src/cart.rs", &code("cart", 20));
        let commit = world.commit(60, "dana", "Add the cart (#7)");
        // The cart can be judged when it is 30 days old.
        world.commit(60 + 40 * 24 * 60, "eve", "Go on");
        Self { world, folder: tempfile::tempdir().expect("a folder"), commit }
    }

    /// Writes the report of an audit; `billed` are the amounts on the bill of each request, if it has one.
    fn report(&self, name: &str, billed: &[Option<&str>]) -> (PathBuf, Value) {
        let mut text =
            "timestamp,model,input_tokens,output_tokens,session_id,repository,commit,billed_cost_usd\n".to_owned();
        for (at, amount) in billed.iter().enumerate() {
            let (commit, amount) = (&self.commit, amount.unwrap_or_default());
            text +=
                &format!("2026-05-04T09:{at:02}:00Z,claude-opus-4-6,100000,1000,dana-{at},shop,{commit},{amount}\n");
        }
        let usage = self.folder.path().join(format!("{name}.csv"));
        std::fs::write(&usage, text).expect("a file");
        let repository = self.world.repository();
        let flags = ["--as-of", "2026-08-01", "-q", "--no-cache", "--format", "json"];
        let ran = run(&[&["audit", arg(&usage), "--repo", arg(&repository)], &flags[..]].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let path = self.folder.path().join(format!("{name}.json"));
        std::fs::write(&path, &ran.stdout).expect("a report");
        (path, ran.json())
    }

    fn gate(&self, metric: &str, report: &Path, baseline: &Path) -> (Option<i32>, String) {
        let policy = self.folder.path().join("policy.toml");
        let text = format!("[[gate]]\nid = \"it\"\nmetric = \"{metric}\"\nmax_increase = \"20%\"\n");
        std::fs::write(&policy, text).expect("a policy");
        let ran =
            run(&["gate", arg(report), "--policy", arg(&policy), "--baseline", arg(baseline), "--as-of", "2026-08-01"]);
        (ran.code, ran.stdout + &ran.stderr)
    }
}

fn metric<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["metrics"].as_array().and_then(|all| all.iter().find(|one| one["id"] == id)).expect("a metric")
}

/// Figures of money that all follow the prices of the spend.
const FIGURES: [(&str, &str); 8] = [
    ("spend", ""),
    ("coverage", ""),
    ("maturity", ""),
    ("cost-per-merged-line", ", all-in"),
    ("cost-per-linked-line", ", linked"),
    ("cost-per-pull-request", ", linked"),
    ("yield", ", linked and settled"),
    ("month-end-forecast", ", all days"),
];

#[test]
fn figures_of_bills_are_not_called_list_prices() {
    let billing = Billing::new();
    for (name, billed, price) in [
        ("list", [None, None], "list"),
        ("billed", [Some("7"), Some("5")], "billed"),
        ("mixed", [Some("7"), None], "billed, else list"),
    ] {
        let (_, report) = billing.report(name, &billed);
        for (id, form) in FIGURES {
            let one = metric(&report, id);
            // One merged change is too few for a share; what it would rest on is said all the same.
            assert_eq!(one["value"].is_null(), id == "yield", "{name}: {one}");
            assert_eq!(one["basis"], format!("{price}{form}"), "{name}: {id}");
        }
        assert_eq!(metric(&report, "effective-price")["basis"], "list", "{name}: it is about list prices");
        let scoped = report["scoped"].as_array().expect("figures");
        assert!(scoped.iter().any(|one| one["metric"] == "cost-per-pull-request"), "{scoped:?}");
        for one in scoped {
            let form = if one["metric"] == "spend" { "" } else { ", linked" };
            assert_eq!(one["basis"], format!("{price}{form}"), "{name}: {one}");
        }
    }
}

#[test]
fn a_gate_refuses_to_compare_billed_figures_with_list_prices() {
    let billing = Billing::new();
    let (list, _) = billing.report("list", &[None, None]);
    let (billed, _) = billing.report("billed", &[Some("7"), Some("5")]);
    for id in ["spend", "cost-per-merged-line", "cost-per-pull-request"] {
        let (code, text) = billing.gate(id, &billed, &list);
        assert!(code == Some(2) && text.contains("refused"), "{id}: {text}");
        assert!(text.contains("not comparable: one is list price, the other billed"), "{id}: {text}");
        let (code, text) = billing.gate(id, &billed, &billed);
        assert!(code == Some(0) && text.contains("pass"), "{id}: {text}");
    }
}

#[test]
fn compare_gives_no_change_between_billed_figures_and_list_prices() {
    let billing = Billing::new();
    let (list, _) = billing.report("list", &[None, None]);
    let (billed, _) = billing.report("billed", &[Some("7"), Some("5")]);
    let document = run(&["compare", arg(&list), arg(&billed), "--format", "json"]).json();
    let change = |id: &str| {
        let changes = document["changes"].as_array().expect("changes");
        changes.iter().find(|change| change["id"] == id).expect("a change").clone()
    };
    for (id, _) in FIGURES {
        let one = change(id);
        assert_eq!(one["verdict"], "other_basis", "{one}");
        assert!(one["change"].is_null() && one["relative"].is_null(), "{one}");
        assert_eq!(one["before"].is_null() || one["after"].is_null(), id == "yield", "{one}");
    }
    assert_eq!(change("class:product")["verdict"], "other_basis");
    assert_eq!(change("merged-lines")["change"], 0.0, "lines have no price");
    for format in ["table", "markdown"] {
        let text = run(&["compare", arg(&list), arg(&billed), "--format", format]).stdout;
        let line = text.lines().find(|line| line.contains("cost-per-merged-line")).unwrap_or_default();
        assert!(line.contains("other basis"), "{text}");
    }
}

//! Random logs and repositories: every level sums to the ledger, whatever the order, the threads and what is hidden.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokaudit::model::money::Money;

use super::world::{World, code, table_of};
use crate::program::{arg, run};

/// Seeds that every run looks at.
const SEEDS: std::ops::Range<u64> = 1..7;

struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Sessions that edit, ask and commit at random, on branches that land in any way or not at all.
fn world(seed: u64) -> World {
    let mut random = Random(seed);
    let mut world = World::new();
    let mut minute = 0;
    for round in 0..5 {
        let branch = format!("work{round}");
        world.git(&["checkout", "-q", "-b", &branch, "main"]);
        for step in 0..1 + random.below(3) {
            minute += i64::try_from(5 + random.below(90)).expect("minutes");
            let who = ["dana", "eve"][usize::try_from(random.below(2)).expect("an index")];
            let session = format!("{who}-{}", random.below(4));
            let (tag, path) = (format!("t{seed}_{round}_{step}"), format!("src/f{}.rs", random.below(3)));
            let text = code(&tag, 3 + usize::try_from(random.below(9)).expect("a count"));
            match random.below(4) {
                0 => world.ask(&session, minute, &branch),
                1 => world.edit(&session, minute, &branch, &path, &text),
                _ => {
                    world.edit(&session, minute, &branch, &path, &text);
                    world.write(&path, &text);
                    let sha = world.commit(minute + 2, who, &format!("Step {step}"));
                    if random.below(2) == 0 {
                        world.print(&session, minute + 2, &branch, &sha);
                    }
                }
            }
        }
        let ahead = world.git(&["rev-list", "--count", "main..HEAD"]);
        world.git(&["checkout", "-q", "main"]);
        if ahead != "0" {
            match random.below(3) {
                0 => {
                    drop(world.merge(minute + 10, &branch, &format!("Merge pull request #{round} from acme/{branch}")))
                }
                1 => drop(world.squash(minute + 10, &branch, &format!("Round {round} (#{round})"))),
                _ => {}
            }
        }
    }
    world.ask("dana-0", minute + 200, "main");
    world
}

/// An export of the requests that landed, each reviewed while it was made, or not at all.
fn reviews(world: &World) -> String {
    let log = world.git(&["log", "--first-parent", "--format=%H %ct %s", "main"]);
    let landed = log.lines().filter_map(|line| {
        let (id, rest) = line.split_once(' ')?;
        let (seconds, subject) = rest.split_once(' ')?;
        let number: u64 = subject.split_once('#')?.1.split([' ', ')']).next()?.parse().ok()?;
        let seconds: i64 = seconds.parse().ok()?;
        let at = |seconds: i64| chrono::DateTime::from_timestamp(seconds, 0).expect("an instant").to_rfc3339();
        let review = json!({"author": {"login": "finn"}, "state": "APPROVED", "submittedAt": at(seconds - 60 * 60)});
        Some(json!({"number": number, "state": "MERGED", "mergeCommit": {"oid": id}, "mergedAt": at(seconds),
                    "createdAt": at(seconds - 200 * 60), "author": {"login": "dana"}, "commits": [],
                    "reviews": if number.is_multiple_of(2) { vec![review] } else { Vec::new() }}))
    });
    Value::Array(landed.collect()).to_string()
}

fn money(value: &Value) -> Money {
    Money::parse_usd(value.as_str().unwrap_or("0")).expect("an amount")
}

/// Cost and tokens by a key of a table's rows.
fn sums<'a>(rows: &'a [Value], key: &str) -> BTreeMap<&'a str, (Money, u64)> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let (cost, tokens) = sums.entry(row[key].as_str().unwrap_or_default()).or_insert((Money::ZERO, 0));
        *cost += money(&row["cost_usd"]);
        *tokens += row["tokens"].as_u64().unwrap_or(0);
    }
    sums
}

#[test]
fn every_level_sums_to_the_ledger() {
    let mut answered = Money::ZERO;
    for seed in SEEDS {
        let world = world(seed);
        if seed.is_multiple_of(2) {
            // Two months later all of it is old enough to be judged.
            world.write("NEWS.md", "Nothing new.\n");
            world.commit(60 * 24 * 60, "dana", "Tell the news");
        }
        let usage = world.table("usage", &[]);
        let journal = world.table("journal", &[]);
        let by_record = sums(&journal, "record_id");
        assert_eq!(by_record.len(), usage.len(), "seed {seed}");
        let mut total = Money::ZERO;
        for row in &usage {
            let (cost, tokens) = by_record[row["record_id"].as_str().expect("an id")];
            assert_eq!((cost, tokens), (money(&row["list_cost_usd"]), 140), "seed {seed}");
            total += cost;
        }
        let linked: Money =
            journal.iter().filter(|row| row["account"] == "linked").map(|row| money(&row["cost_usd"])).sum();
        let links = world.table("links", &[]);
        assert_eq!(links.iter().map(|row| money(&row["cost_usd"])).sum::<Money>(), linked, "seed {seed}");
        assert!(linked > Money::ZERO && linked <= total, "seed {seed}");
        let (logs, repository) = (world.logs(), world.repository());
        let folder = tempfile::tempdir().expect("a folder");
        let export = folder.path().join("pulls.json");
        std::fs::write(&export, reviews(&world)).expect("a file");
        let audit = |tier: &str| {
            let flags = [
                "--pull-requests",
                arg(&export),
                "-q",
                "--no-cache",
                "--format",
                "json",
                "--min-tier",
                tier,
                "--repo",
                arg(&repository),
            ];
            run(&[&["audit", arg(&logs)][..], &flags].concat()).json()
        };
        let mut last = Money::ZERO;
        for tier in ["explicit", "strong", "medium", "weak"] {
            let document = audit(tier);
            let coverage = &document["coverage"];
            let parts = ["tiers", "unlinked"].iter().flat_map(|key| coverage[key].as_array().expect("parts"));
            assert_eq!(parts.map(|part| money(&part["cost_usd"])).sum::<Money>(), total, "seed {seed}");
            let of = |rows: &Value| -> Money {
                rows.as_array().expect("rows").iter().map(|row| money(&row["cost_usd"])).sum()
            };
            assert_eq!(of(&document["waterfall"]), total, "seed {seed}");
            assert_eq!(of(&document["fates"]["cells"]), total, "seed {seed}");
            let classes = document["waterfall"].as_array().expect("classes");
            let settled = classes.iter().filter(|class| class["tone"] != "open").map(|class| money(&class["cost_usd"]));
            assert_eq!(settled.sum::<Money>(), money(&document["fates"]["settled_usd"]), "seed {seed}");
            answered += money(&document["fates"]["review_response_usd"]);
            let units = document["units"].as_array().expect("units");
            assert_eq!(units.iter().map(|unit| money(&unit["cost_any_tier_usd"])).sum::<Money>(), linked);
            let shown: Money = units.iter().map(|unit| money(&unit["cost_usd"])).sum();
            assert!(shown >= last && shown <= linked, "seed {seed}: hiding a tier made money");
            last = shown;
        }
        assert_eq!(last, linked, "seed {seed}");
    }
    assert!(answered > Money::ZERO, "nothing was reviewed");
}

#[test]
fn order_and_threads_change_no_byte() {
    for seed in SEEDS.take(3) {
        let world = world(seed);
        let logs = world.logs();
        let written = |threads: &str, paths: &[&str]| {
            let repository = world.repository();
            let mut arguments = vec![
                "ledger",
                "--table",
                "journal",
                "-q",
                "--no-cache",
                "--threads",
                threads,
                "--repo",
                arg(&repository),
            ];
            arguments.extend(paths);
            run(&arguments).stdout
        };
        let mut files: Vec<std::path::PathBuf> =
            std::fs::read_dir(&logs).expect("logs").map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        let forwards: Vec<&str> = files.iter().map(|path| arg(path)).collect();
        let backwards: Vec<&str> = forwards.iter().rev().copied().collect();
        let first = written("1", &forwards);
        assert!(!first.is_empty());
        assert_eq!(first, written("2", &backwards), "seed {seed}");
        assert_eq!(first, written("8", &[arg(&logs)]), "seed {seed}");
    }
    let world = world(1);
    let once = table_of("links", &world.logs(), &[&world.repository()], &[]);
    assert!(!once.is_empty());
}

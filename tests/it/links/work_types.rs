//! What types of work spend is of, by the pull requests and commits that sessions became.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::world::{World, code};
use crate::program::{arg, run};

/// Tokens by type of work and what most of it is based on.
fn types(world: &World, more: &[&str]) -> BTreeMap<String, (u64, Vec<String>)> {
    let (logs, repository) = (world.logs(), world.repository());
    let mut arguments = vec!["audit", "-q", "--no-cache", "--format", "json", arg(&logs), "--repo", arg(&repository)];
    arguments.extend(more);
    let ran = run(&arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let document: Value = serde_json::from_str(&ran.stdout).expect("a document");
    let rows = document["work_types"].as_array().expect("rows").iter();
    rows.map(|row| {
        let basis = row["cost_by_basis_usd"].as_object().expect("an object").keys().cloned().collect();
        (row["type"].as_str().unwrap_or("unknown").to_owned(), (row["tokens"].as_u64().expect("tokens"), basis))
    })
    .collect()
}

fn expected(rows: &[(&str, u64, &[&str])]) -> BTreeMap<String, (u64, Vec<String>)> {
    rows.iter()
        .map(|(kind, tokens, basis)| {
            ((*kind).to_owned(), (*tokens, basis.iter().map(|one| (*one).to_owned()).collect()))
        })
        .collect()
}

#[test]
fn a_fix_inside_the_pull_request_of_a_feature_is_a_part_of_the_feature() {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "cart"]);
    world.write("cart.rs", &code("cart", 12));
    world.commit(10, "dana", "Add cart");
    world.edit("dana-cart", 5, "cart", "cart.rs", &code("cart", 12));
    world.write("cart.rs", &code("cart", 18));
    world.commit(100, "dana", "Fix cart");
    world.edit("dana-fix", 95, "cart", "cart.rs", &code("cart", 18));
    let merge = world.merge(200, "cart", "Merge pull request #3 from dana/cart\n\nLet customers fill a cart");
    assert_eq!(types(&world, &[]), expected(&[("feature", 280, &["title"])]));

    // What the label says comes before the title.
    let export = world.repository().join("../pulls.json");
    let pull = json!([{"number": 3, "headRefName": "cart", "mergeCommit": {"oid": merge}, "state": "MERGED",
                       "labels": [{"name": "type: bug"}]}]);
    std::fs::write(&export, pull.to_string()).expect("a file");
    assert_eq!(types(&world, &["--pull-requests", arg(&export)]), expected(&[("bugfix", 280, &["label"])]));
}

#[test]
fn paths_of_one_kind_say_more_than_the_words_of_a_title_and_a_branch_less() {
    let mut world = World::new();
    for (minute, branch, path, subject) in [
        (0, "main", "tests/cart_test.go", "Support carts"),
        (100, "main", "cart.rs", "refactor: fix the names of carts"),
        (200, "dana/fix-tax", "tax.rs", "Taxes"),
        (300, "main", "shop.rs", "Shop"),
    ] {
        let tag = path.replace(['/', '.'], "_");
        world.write(path, &code(&tag, 12));
        world.commit(minute + 10, "dana", subject);
        world.edit(&format!("dana-{minute}"), minute + 5, branch, path, &code(&tag, 12));
    }
    let expected = expected(&[
        ("test", 140, &["paths"]),
        ("refactor", 140, &["commits"]),
        ("bugfix", 140, &["branch"]),
        ("unknown", 140, &["nothing"]),
    ]);
    assert_eq!(types(&world, &[]), expected);
}

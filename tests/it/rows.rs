//! Rows of exports are told apart by all that sets them apart, and a newer export of the same rows replaces the older one.

use std::path::Path;

use serde_json::{Value, json};

use crate::program;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

fn totals(folder: &Path) -> (Value, program::Ran) {
    let ran = program::spend(&[folder], &["--as-of", "2026-11-30"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    (ran.json()["totals"].clone(), ran)
}

const GCP: &str = "service.description,sku.id,sku.description,usage_start_time,usage_end_time,project.id,location.location,cost,\
                   currency,usage.amount,usage.unit,export_time\n";

fn gcp(location: &str, cost: &str, exported: &str) -> String {
    format!(
        "Vertex AI,A,Claude Opus 4.6 Input Tokens,2026-05-04 10:00:00 UTC,2026-05-04 11:00:00 UTC,p,{location},{cost},USD,1,\
         tokens,{exported}\n"
    )
}

#[test]
fn rows_that_differ_in_a_text_add_up_across_files_and_a_copy_adds_nothing() {
    let one = GCP.to_owned() + &gcp("us", "3", "2026-05-04 14:00:00 UTC") + &gcp("eu", "4", "2026-05-04 14:00:00 UTC");
    let two = GCP.to_owned() + &gcp("us", "0.5", "2026-05-05 02:00:00 UTC");
    let apart = folder(&[("a.csv", &one), ("b.csv", &two), ("copy.csv", &one)]);
    let (totals, ran) = totals(apart.path());
    assert_eq!((&totals["cost_usd"], &totals["records"]), (&json!("7.5"), &json!(3)));
    assert_eq!(ran.noticed("replaced-rows"), 0);
}

#[test]
fn parts_of_one_export_never_replace_each_other() {
    let row = |cost: &str| GCP.to_owned() + &gcp("us", cost, "2026-05-04 14:00:00 UTC");
    let parts = folder(&[("b-000000000000.csv", &row("3")), ("b-000000000001.csv", &row("4"))]);
    assert_eq!(totals(parts.path()).0["cost_usd"], "7");
}

#[test]
fn a_newer_export_replaces_an_older_one_and_says_what_became_of_the_money() {
    let row = |cost: &str| GCP.to_owned() + &gcp("us", cost, "2026-05-04 14:00:00 UTC");
    // The older export has the later path.
    let both = folder(&[("a 2026-06-02.csv", &row("150")), ("b 2026-05-20.csv", &row("120"))]);
    let (totals, ran) = totals(both.path());
    assert_eq!((&totals["cost_usd"], &totals["records"]), (&json!("150"), &json!(1)));
    assert!(ran.stdout.contains("$120 became $150"), "{}", ran.stderr);
    assert!(ran.stdout.contains("a 2026-06-02.csv") && ran.stdout.contains("b 2026-05-20.csv"), "{}", ran.stderr);
    let counts = &ran.json()["reconciliation"];
    assert_eq!((&counts["records_read"], &counts["duplicate"]), (&json!(2), &json!(1)));
}

#[test]
fn a_spend_report_without_dates_is_of_the_month_in_its_name() {
    let report = |spend: &str| {
        "user_email,account_uuid,product,model,total_requests,total_prompt_tokens,total_completion_tokens,total_net_spend_usd,\
         total_gross_spend_usd\n"
            .to_owned()
            + &format!("ann@x.example,u-1,claude_code,claude-opus-4-6,10,1000,100,{spend},{spend}\n")
            + &format!("Total,,,,10,1000,100,{spend},{spend}\n")
    };
    let months = folder(&[("2026-04.csv", &report("100")), ("2026-05.csv", &report("130"))]);
    let (totals, ran) = totals(months.path());
    assert_eq!((&totals["cost_usd"], &totals["records"]), (&json!("230"), &json!(2)));
    assert_eq!((ran.noticed("total-row"), ran.noticed("replaced-rows")), (2, 0));
}

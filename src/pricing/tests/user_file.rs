use std::path::Path;

use super::{dollars, input, request};
use crate::error::{Error, Result};
use crate::pricing::{PriceBook, PriceRequest};

const M: u64 = 1_000_000;

fn with(table: &str) -> Result<PriceBook> {
    PriceBook::embedded()?.with_csv(Path::new("own.csv"), table)
}

fn refused(table: &str) -> (String, String) {
    let error: Error = with(table).expect_err("the table is refused");
    (error.to_string(), error.hint().unwrap_or_default().to_owned())
}

#[test]
fn a_user_s_price_replaces_the_list_price_and_its_tiers() {
    let book = with("model,input,output\nclaude-sonnet-4.5,2,10\n").expect("a valid table");
    let cost = |request: &PriceRequest<'_>| dollars(&book, request);
    assert_eq!(cost(&request("claude-sonnet-4-5-20250929", "2026-01-15", input(M))), "2");
    // Multipliers of the vendor still apply to it.
    let batch = PriceRequest { service_tier: Some("batch"), ..request("claude-sonnet-4-5", "2026-01-15", input(M)) };
    assert_eq!(cost(&batch), "1");
    assert_eq!(cost(&request("claude-sonnet-4-6", "2026-01-15", input(100))), "0.0003");
}

#[test]
fn a_user_s_price_holds_from_its_day_to_its_day() {
    let table = "model,input,output,effective_from,effective_to\ngpt-5,1,8,2026-03-01,2026-06-01\n";
    let book = with(table).expect("a valid table");
    let cost = |day| dollars(&book, &request("gpt-5", day, input(M)));
    assert_eq!([cost("2026-02-28"), cost("2026-03-01")], ["1.25", "1"]);
    assert_eq!([cost("2026-05-31"), cost("2026-06-01")], ["1", "1.25"]);
}

#[test]
fn a_new_model_needs_no_provider() {
    let table = "model,provider,input,output\nour-llama,,0.5,0.5\nllama-3.3-70b,groq,0.59,0.79\n";
    let book = with(table).expect("a valid table");
    let cost = |model| dollars(&book, &request(model, "2026-01-01", input(M)));
    assert_eq!(cost("our-llama"), "0.5");
    assert_eq!(cost("my-proxy/Our-Llama"), "0.5");
    assert_eq!(cost("groq/llama-3.3-70b"), "0.59");
    assert_eq!(cost("our-llama-2"), "unknown-model");
}

#[test]
fn a_name_with_a_place_is_a_price_of_its_own() {
    let table = "model,input,output\nus.anthropic.claude-sonnet-4-5-20250929-v1:0,3,15\n";
    let book = with(table).expect("a valid table");
    let cost = |model| dollars(&book, &request(model, "2026-01-01", input(100)));
    assert_eq!(cost("us.anthropic.claude-sonnet-4-5-20250929-v1:0"), "0.0003");
    assert_eq!(cost("eu.anthropic.claude-sonnet-4-5-20250929-v1:0"), "0.00033");
}

#[test]
fn free_is_zero() {
    let book = with("model,input,output\ngpt-oss-20b:free,0,0\n").expect("a valid table");
    assert_eq!(dollars(&book, &request("gpt-oss-20b:free", "2026-01-01", input(M))), "0");
}

#[test]
fn errors_name_the_line_and_the_column_that_was_meant() {
    let (message, hint) = refused("model,input,ouput\nx,1,2\n");
    assert_eq!(message, "own.csv:1: column 3 is not known: its name is a text of 5 characters");
    assert!(hint.starts_with("did you mean `output`?"), "{hint}");
    assert_eq!(refused("model,input\nx,1\n").0, "own.csv:1: column `output` is missing");
    assert_eq!(refused("model,input,output,input\nx,1,2,3\n").0, "own.csv:1: column `input` appears twice");
    let (message, _) = refused("model,input,output\nx,1,2\ny,$1,2\n");
    assert_eq!(message, "own.csv:3: column `input`: `$1` is not a plain decimal number");
    assert_eq!(refused("model,input,output\n,1,2\n").0, "own.csv:2: column `model`: is empty");
    assert_eq!(refused("model,input,output\nx,-1,2\n").0, "own.csv:2: column `input`: `-1` is negative");
    let dated = "model,input,output,effective_from\nx,1,2,1.5.2026\n";
    assert!(refused(dated).0.contains("`1.5.2026` is not a date like 2026-05-01"));
    let twice = "model,input,output\nx,1,2\nx,1,3\n";
    assert_eq!(refused(twice).0, "own.csv: `x` has two rows for the same tier and day");
    assert!(refused("model,input,output\n\"x,1,2\n").0.starts_with("own.csv:2"));
}

use std::path::Path;

use chrono::NaiveDate;

use super::{dollars, input, request};
use crate::error::Result;
use crate::model::usage::TokenCounts;
use crate::pricing::{Catalogue, PriceBook, PriceRequest};

const M: u64 = 1_000_000;

fn with(text: &str) -> Result<(PriceBook, Catalogue)> {
    let from = NaiveDate::from_ymd_opt(2026, 9, 1);
    PriceBook::embedded()?.with_file(Path::new("catalogue.json"), text, from)
}

fn cost(book: &PriceBook, model: &str, day: &str, tokens: TokenCounts) -> String {
    dollars(book, &request(model, day, tokens))
}

const LITELLM: &str = r#"{
    "sample_spec": {"litellm_provider": "one of them", "input_cost_per_token": 0},
    "claude-opus-4-6": {"litellm_provider": "anthropic", "input_cost_per_token": 7e-06, "output_cost_per_token": 3.5e-05,
        "cache_read_input_token_cost": 7.000000000000001e-07, "cache_creation_input_token_cost": 8.75e-06,
        "input_cost_per_token_above_200k_tokens": 1.4e-05, "input_cost_per_token_batches": 1e-06,
        "output_cost_per_token_batches": 2e-06},
    "gemini/made-up-9": {"litellm_provider": "gemini", "input_cost_per_token": 0.000002, "output_cost_per_token": 1e-5},
    "azure/gpt-9": {"litellm_provider": "azure", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
    "dall-e": {"litellm_provider": "openai", "output_cost_per_image": 0.04}
}"#;

#[test]
fn litellm_s_prices_are_per_token_with_tiers_caches_and_services_and_hold_from_their_day() {
    let (book, catalogue) = with(LITELLM).expect("a catalogue");
    assert_eq!(cost(&book, "claude-opus-4-6", "2026-08-31", input(100_000)), "0.5");
    assert_eq!(cost(&book, "claude-opus-4-6", "2026-09-01", input(100_000)), "0.7");
    assert_eq!(cost(&book, "claude-opus-4-6", "2026-09-01", input(300_000)), "4.2");
    let read = TokenCounts { cache_read: Some(100_000), ..input(0) };
    assert_eq!(cost(&book, "claude-opus-4-6", "2026-09-01", read), "0.07");
    let hour = TokenCounts { cache_write_1h: Some(100_000), ..input(0) };
    assert_eq!(cost(&book, "claude-opus-4-6", "2026-09-01", hour), "1.4");
    let batch =
        PriceRequest { service_tier: Some("batch"), ..request("claude-opus-4-6", "2026-09-02", input(100_000)) };
    assert_eq!(dollars(&book, &batch), "0.1");
    // A model that the book does not have has no other price for the days before.
    assert_eq!(cost(&book, "google/made-up-9", "2026-03-01", input(100_000)), "0.2");
    assert_eq!(cost(&book, "gpt-9", "2026-09-01", input(M)), "unknown-model");
    let left: Vec<(u64, &str)> = catalogue.left.values().map(|(count, model)| (*count, model.as_str())).collect();
    assert_eq!(left, [(1, "azure/gpt-9"), (1, "dall-e")]);
}

#[test]
fn models_dev_s_prices_are_per_million() {
    let text = r#"{"openai": {"id": "openai", "models": {"gpt-made-up": {"id": "gpt-made-up", "cost": {"input": 1.25, "output": 10,
        "cache_read": 0.125, "context_over_200k": {"input": 2.5, "output": 15}}}, "free": {"id": "free"}}}}"#;
    let (book, catalogue) = with(text).expect("a catalogue");
    assert_eq!(cost(&book, "gpt-made-up", "2026-09-01", input(100_000)), "0.125");
    assert_eq!(cost(&book, "gpt-made-up", "2026-09-01", input(400_000)), "1");
    let written = TokenCounts { cache_write_5m: Some(100_000), ..input(0) };
    assert_eq!(cost(&book, "gpt-made-up", "2026-09-01", written), "0.125");
    assert_eq!(catalogue.left.values().map(|(count, _)| count).sum::<u64>(), 1);
}

#[test]
fn genai_prices_have_steps_and_days() {
    let text = r#"[{"id": "mistral", "models": [
        {"id": "made-up-7", "prices": {"input_mtok": {"base": 1, "tiers": [{"start": 100000, "price": 3}]}, "output_mtok": 2}},
        {"id": "made-up-8", "prices": [{"prices": {"input_mtok": 1, "output_mtok": 2}},
            {"constraint": {"start_date": "2026-10-01"}, "prices": {"input_mtok": 5, "output_mtok": 6}},
            {"constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z"}, "prices": {"input_mtok": 9, "output_mtok": 9}}]}]}]"#;
    let (book, catalogue) = with(text).expect("a catalogue");
    assert_eq!(cost(&book, "made-up-7", "2026-09-01", input(50_000)), "0.05");
    assert_eq!(cost(&book, "made-up-7", "2026-09-01", input(200_000)), "0.6");
    assert_eq!(cost(&book, "made-up-8", "2026-09-30", input(M)), "1");
    assert_eq!(cost(&book, "made-up-8", "2026-10-01", input(M)), "5");
    assert_eq!(catalogue.left.len(), 1);
}

#[test]
fn a_catalogue_that_is_wrong_is_refused_with_its_file_and_model() {
    for (text, says) in [
        (
            r#"{"m": {"litellm_provider": "openai", "input_cost_per_token": -1, "output_cost_per_token": 1}}"#,
            "model `m`",
        ),
        (
            r#"{"m": {"litellm_provider": "openai", "input_cost_per_token": "x", "output_cost_per_token": 1}}"#,
            "model `m`",
        ),
        (
            r#"{"m": {"litellm_provider": "openai", "input_cost_per_token": 5, "output_cost_per_token": 1}}"#,
            "model `m`",
        ),
        (r#"{"data": [1]}"#, "no catalogue that is known"),
        ("{", "not readable as JSON"),
    ] {
        let error = with(text).expect_err("refused").to_string();
        assert!(error.contains("catalogue.json") && error.contains(says), "{text}: {error}");
    }
}

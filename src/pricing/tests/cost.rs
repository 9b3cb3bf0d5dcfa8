use chrono::NaiveDate;

use super::{at, book, dollars, input, request};
use crate::model::usage::{Grain, TokenCounts};
use crate::pricing::{Bucket, PriceBook, PriceRequest, Unpriced};

const M: u64 = 1_000_000;

#[test]
fn each_bucket_has_its_own_price() {
    let book = book();
    let cost = |tokens| dollars(&book, &request("claude-opus-4-5", "2026-01-15", tokens));
    assert_eq!(cost(input(M)), "5");
    assert_eq!(cost(TokenCounts { cache_read: Some(M), ..TokenCounts::default() }), "0.5");
    assert_eq!(cost(TokenCounts { cache_write_5m: Some(M), ..TokenCounts::default() }), "6.25");
    assert_eq!(cost(TokenCounts { cache_write_1h: Some(M), ..TokenCounts::default() }), "10");
    assert_eq!(cost(TokenCounts { cache_write_unspecified: Some(M), ..TokenCounts::default() }), "6.25");
    assert_eq!(cost(TokenCounts { output: Some(M), reasoning: Some(M / 2), ..TokenCounts::default() }), "25");
    // 12 x 5 + 20,000 x 0.5 + 1,000 x 6.25 + 300 x 25 = 60 + 10,000 + 6,250 + 7,500 = 23,810 millionths.
    let turn = TokenCounts {
        input: Some(12),
        cache_read: Some(20_000),
        cache_write_5m: Some(1_000),
        output: Some(300),
        ..TokenCounts::default()
    };
    assert_eq!(cost(turn), "0.02381");
}

#[test]
fn one_hour_writes_above_the_threshold_move_the_whole_request() {
    let writes = TokenCounts { cache_write_1h: Some(M), ..TokenCounts::default() };
    assert_eq!(dollars(&book(), &request("claude-sonnet-4-5", "2026-02-01", writes)), "12");
}

#[test]
fn the_threshold_itself_is_still_the_base_price() {
    let book = book();
    let prompt = |cached: u64| TokenCounts {
        input: Some(100_000),
        cache_read: Some(cached),
        output: Some(1_000),
        ..TokenCounts::default()
    };
    let cost = |tokens| dollars(&book, &request("claude-sonnet-4-5", "2026-02-01", tokens));
    // 0.3 + 0.03 + 0.015; one token more: 0.6 + 0.0600006 + 0.0225.
    assert_eq!(cost(prompt(100_000)), "0.345");
    assert_eq!(cost(prompt(100_001)), "0.6825006");
    // OpenAI's threshold, output included: 0.272001 x 5 + 0.01 x 22.5.
    let tokens = TokenCounts { input: Some(272_001), output: Some(10_000), ..TokenCounts::default() };
    assert_eq!(dollars(&book, &request("gpt-5.4", "2026-05-01", tokens)), "1.585005");
    // Several tiers: the highest one that is exceeded.
    assert_eq!(dollars(&book, &request("qwen3-coder-plus", "2026-01-01", input(128_001))), "0.384003");
}

#[test]
fn coarser_records_use_the_base_row_and_say_so() {
    let book = book();
    let day = PriceRequest { grain: Grain::Day, ..request("claude-sonnet-4-5", "2026-02-01", input(M)) };
    let priced = book.cost(&day).expect("priced");
    assert_eq!((priced.cost.to_string(), priced.base_only), ("3".to_owned(), true));
    let flat = PriceRequest { grain: Grain::Day, ..request("claude-opus-4-5", "2026-02-01", input(M)) };
    assert!(!book.cost(&flat).expect("priced").base_only);
    let request = request("claude-sonnet-4-5", "2026-02-01", input(M));
    let priced = book.cost(&request).expect("priced");
    assert_eq!((priced.row.above_input_tokens, priced.base_only), (200_000, false));
}

#[test]
fn the_price_of_the_day_holds() {
    let book = book();
    let cost = |model, day| dollars(&book, &request(model, day, input(M)));
    assert_eq!([cost("o3", "2025-06-09"), cost("o3", "2025-06-10")], ["10", "2"]);
    assert_eq!([cost("gpt-4o", "2024-10-01"), cost("gpt-4o", "2024-10-02")], ["5", "2.5"]);
    assert_eq!([cost("claude-3-5-haiku", "2024-12-02"), cost("claude-3-5-haiku", "2024-12-03")], ["1", "0.8"]);
    // The long-context price of the 4.6 models ended on 2026-03-13.
    assert_eq!([cost("claude-opus-4-6", "2026-03-12"), cost("claude-opus-4-6", "2026-03-13")], ["10", "5"]);
    // An introductory price ends with its last day, in UTC.
    assert_eq!(cost("gemini-3.8-flash", "2026-12-31T23:59:59Z"), "0.75");
    assert_eq!(cost("gemini-3.8-flash", "2027-01-01T00:00:00Z"), "1.5");
    // An increase that was announced and then cancelled must not be reachable.
    assert_eq!([cost("claude-sonnet-5", "2026-08-31"), cost("claude-sonnet-5", "2026-09-01")], ["2", "2"]);
    // Before its first row a model costs what its first row says.
    assert_eq!(cost("claude-opus-4-5", "2025-11-01"), "5");
}

#[test]
fn multipliers_stack() {
    let book = book();
    let plain = request("claude-opus-4-8", "2026-06-15", input(M));
    let cost = |request: PriceRequest<'_>| dollars(&book, &request);
    assert_eq!(cost(PriceRequest { service_tier: Some("batch"), ..plain }), "2.5");
    assert_eq!(cost(PriceRequest { inference_geo: Some("us"), ..plain }), "5.5");
    assert_eq!(cost(PriceRequest { speed: Some("fast"), ..plain }), "10");
    let all = PriceRequest { service_tier: Some("batch"), inference_geo: Some("us"), speed: Some("fast"), ..plain };
    assert_eq!(cost(all), "5.5");
    // Five web searches at a cent each, which a discount on tokens does not lower.
    let searches = PriceRequest { calls: Some(("web-searches", 5_000_000)), service_tier: Some("batch"), ..plain };
    assert_eq!(cost(searches), "2.55");
    let nothing = PriceRequest {
        service_tier: Some("standard"),
        inference_geo: Some("not_available"),
        speed: Some("standard"),
        ..plain
    };
    assert_eq!(cost(nothing), "5");
    // Fast mode of Opus 4.6 multiplies the long-context price, too: 6 x 10.
    let long = PriceRequest { speed: Some("fast"), ..request("claude-opus-4-6", "2026-03-01", input(M)) };
    assert_eq!(cost(long), "60");
    // A regional endpoint shows in the name; models before Sonnet 4.5 have no uplift.
    assert_eq!(cost(request("us.anthropic.claude-haiku-4-5-20251001-v1:0", "2026-06-15", input(M))), "1.1");
    assert_eq!(cost(request("us.anthropic.claude-opus-4-1-20250805-v1:0", "2025-09-15", input(M))), "15");
    assert_eq!(cost(request("global.anthropic.claude-haiku-4-5-20251001-v1:0", "2026-06-15", input(M))), "1");
}

#[test]
fn a_price_row_of_a_service_tier_wins_over_a_multiplier() {
    let book = book();
    let with = |model, tier| {
        dollars(&book, &PriceRequest { service_tier: Some(tier), ..request(model, "2026-05-01", input(M)) })
    };
    assert_eq!(with("gpt-4o-mini", "priority"), "0.25");
    assert_eq!(with("gpt-5.5", "priority"), "12.5");
    assert_eq!(with("gpt-5", "priority"), "2.5");
    assert_eq!(with("gpt-5", "flex"), "0.625");
    assert_eq!(with("gpt-5", "batch"), "0.625");
    for standard in ["standard", "default", "auto", "on_demand", "", "Default"] {
        assert_eq!(with("gpt-5", standard), "1.25", "{standard}");
    }
    assert_eq!(with("gpt-5-codex", "flex"), "no-service-tier-price");
    assert_eq!(with("claude-opus-4-5", "priority"), "no-service-tier-price");
    assert_eq!(with("gpt-5", "surprise"), "no-service-tier-price");
}

#[test]
fn deepseek_costs_twice_in_its_peak_hours() {
    let book = book();
    let cost = |model, instant| dollars(&book, &request(model, instant, input(M)));
    // A Monday, then a Saturday.
    assert_eq!(cost("deepseek-v4-pro", "2026-10-26T00:59:59Z"), "0.66");
    assert_eq!(cost("deepseek-v4-pro", "2026-10-26T01:00:00Z"), "1.32");
    assert_eq!(cost("deepseek-v4-pro", "2026-10-26T04:00:00Z"), "0.66");
    assert_eq!(cost("deepseek-v4-pro", "2026-10-24T02:00:00Z"), "0.66");
    // At first the peak hours counted at the weekend, too.
    assert_eq!(cost("deepseek-v4-pro", "2026-08-22T02:00:00Z"), "1.32");
    // The discount of 2025 crossed midnight.
    assert_eq!(cost("deepseek-chat", "2025-04-01T00:29:59Z"), "0.135");
    assert_eq!(cost("deepseek-chat", "2025-04-01T00:30:00Z"), "0.27");
    let day = PriceRequest { grain: Grain::Day, ..request("deepseek-flash", "2026-10-26T02:00:00Z", input(M)) };
    let priced = book.cost(&day).expect("priced");
    assert_eq!((priced.cost.to_string(), priced.base_only), ("0.15".to_owned(), true));
}

#[test]
fn fast_mode_without_a_listed_price_is_unpriced() {
    let book = book();
    let fast = |model, day| dollars(&book, &PriceRequest { speed: Some("fast"), ..request(model, day, input(M)) });
    assert_eq!(fast("claude-opus-4-7", "2026-07-23"), "30");
    assert_eq!(fast("claude-opus-4-7", "2026-07-24"), "no-speed-price");
    assert_eq!(fast("claude-haiku-4-5", "2026-07-23"), "no-speed-price");
    let short = PriceRequest { speed: Some("fast"), ..request("gpt-5.6-sol", "2026-08-01", input(100_000)) };
    assert_eq!(dollars(&book, &short), "1");
    assert_eq!(dollars(&book, &request("claude-opus-4.8-fast", "2026-06-15", input(M))), "10");
}

#[test]
fn what_cannot_be_priced_says_why() {
    let book = book();
    let day = "2026-05-01";
    let reason = |request: &PriceRequest<'_>| book.cost(request).err();
    for model in ["", "auto", "default", "<synthetic>", " AUTO "] {
        assert_eq!(reason(&request(model, day, input(M))), Some(Unpriced::NoModel), "{model}");
    }
    let nameless = PriceRequest { model: None, ..request("", day, input(M)) };
    assert_eq!(reason(&nameless), Some(Unpriced::NoModel));
    assert_eq!(reason(&request("claude-opus-9", day, input(M))), Some(Unpriced::UnknownModel));
    assert_eq!(reason(&request("claude-opus-4-5", day, TokenCounts::default())), Some(Unpriced::NoTokens));
    let cached = TokenCounts { cache_read: Some(1), ..TokenCounts::default() };
    assert_eq!(reason(&request("gpt-4", day, cached)), Some(Unpriced::NoBucketPrice(Bucket::CacheRead)));
    let write = TokenCounts { cache_write_1h: Some(1), ..TokenCounts::default() };
    assert_eq!(reason(&request("gpt-5", day, write)), Some(Unpriced::NoBucketPrice(Bucket::CacheWrite1h)));
    let none_cached = TokenCounts { input: Some(M), cache_read: Some(0), ..TokenCounts::default() };
    assert_eq!(dollars(&book, &request("gpt-4", day, none_cached)), "30");
    assert_eq!(dollars(&book, &request("claude-opus-4-5", day, input(0))), "0");
    let absurd = TokenCounts { input: Some(u64::MAX), cache_read: Some(u64::MAX), ..TokenCounts::default() };
    assert_eq!(reason(&request("claude-opus-4-5", day, absurd)), Some(Unpriced::OutOfRange));
    assert!(book.cost(&request("claude-opus-4-5", day, input(1_000_000_000_000))).is_ok());
    assert_eq!(reason(&request("mistral-medium-latest", "2026-05-15", input(M))), Some(Unpriced::NoPriceOnDay));
}

#[test]
fn half_a_nano_dollar_rounds_away_from_zero_once() {
    let book = book();
    let cost = |model, tokens| dollars(&book, &request(model, "2026-10-15", tokens));
    // One token at 0.0028 USD per million is 2.8 nano-dollars; cached on gpt-6.1-terra it is 50.
    assert_eq!(
        dollars(
            &book,
            &request("deepseek-v4-flash", "2026-06-01", TokenCounts { cache_read: Some(1), ..TokenCounts::default() })
        ),
        "0.000000003"
    );
    assert_eq!(cost("claude-haiku-5-5", input(1)), "0.0000001");
    // Batch halves 125 nano-dollars to 62.5, which rounds up; each bucket rounded alone would give 63 twice.
    let writes = TokenCounts { cache_write_5m: Some(1), ..TokenCounts::default() };
    let batch = PriceRequest { service_tier: Some("batch"), ..request("claude-haiku-5-5", "2026-10-15", writes) };
    assert_eq!(dollars(&book, &batch), "0.000000063");
    let both = TokenCounts { cache_write_5m: Some(1), cache_write_unspecified: Some(1), ..TokenCounts::default() };
    let batch = PriceRequest { tokens: both, ..batch };
    assert_eq!(dollars(&book, &batch), "0.000000125");
}

#[test]
fn a_marginal_tier_prices_only_the_end_of_the_prompt() {
    let table = "model,input,output,cache_read,above_input_tokens,tier_scope\n\
                 tiered,1,10,0.1,0,request\n\
                 tiered,2,20,0.2,1000000,marginal\n";
    let book = PriceBook::embedded().and_then(|book| book.with_csv("own.csv".as_ref(), table)).expect("a valid table");
    let tokens = TokenCounts { input: Some(M), cache_read: Some(500_000), output: Some(M), ..TokenCounts::default() };
    // The cached half million and half of the fresh million at the base price, the rest at the tier's, output at base.
    assert_eq!(dollars(&book, &request("tiered", "2026-01-01", tokens)), "11.55");
    assert_eq!(dollars(&book, &request("tiered", "2026-01-01", input(M))), "1");
}

#[test]
fn resolving_once_gives_the_same_cost() {
    let book = book();
    let request = request("eu.anthropic.claude-sonnet-4-6", "2026-06-01", input(M));
    let resolved = book.resolve(None, "eu.anthropic.claude-sonnet-4-6").expect("known");
    assert_eq!(book.name_of(resolved), ("anthropic", "claude-sonnet-4-6"));
    assert_eq!(book.cost_of(resolved, &request), book.cost(&request));
    assert_eq!(at("2026-06-01").date_naive(), NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date"));
}

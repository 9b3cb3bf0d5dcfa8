use std::collections::BTreeMap;

use super::book;
use crate::pricing::model_name::comparable;
use crate::pricing::{PriceRow, RowOrigin, UnitPrice};

fn schedule(row: &PriceRow) -> (String, String, &'static str, u64) {
    let (provider, model) = (row.provider.to_string(), row.model.to_string());
    (provider, model, row.service_tier.as_str(), row.above_input_tokens)
}

#[test]
fn rows_are_sorted_and_do_not_overlap() {
    let book = book();
    let rows: Vec<_> = book.rows().collect();
    assert!(rows.len() > 300, "{} rows", rows.len());
    let order = |row: &PriceRow| {
        let (provider, model, tier, above) = schedule(row);
        (provider, model, tier, row.effective_from, above)
    };
    assert!(rows.windows(2).all(|pair| order(pair[0]) < order(pair[1])), "prices.csv is not sorted");
    let mut spans: BTreeMap<_, Vec<&PriceRow>> = BTreeMap::new();
    for row in rows {
        assert_eq!(row.origin, RowOrigin::Embedded);
        spans.entry(schedule(row)).or_default().push(row);
    }
    for (name, rows) in spans {
        for pair in rows.windows(2) {
            let ends = pair[0].effective_to.unwrap_or_else(|| panic!("{name:?} never ends but has a successor"));
            assert!(Some(ends) <= pair[1].effective_from, "{name:?} overlaps at {ends}");
        }
    }
}

#[test]
fn every_row_says_what_it_costs_since_when_and_where_that_was_read() {
    for row in book().rows() {
        let name = schedule(row);
        assert!(row.prices.input.is_some() && row.prices.output.is_some(), "{name:?} lacks input or output");
        assert!(row.effective_from.is_some() && row.observed_at.is_some(), "{name:?} lacks a date");
        assert!(!row.source.is_empty() && !row.source_revision.is_empty(), "{name:?} lacks its source");
        assert_eq!(*row.model, *row.model.to_lowercase(), "keys are lower case");
    }
}

#[test]
fn a_context_tier_has_a_base_row_of_the_same_span() {
    let book = book();
    for tier in book.rows().filter(|row| row.above_input_tokens > 0) {
        let base = book.rows().find(|row| {
            row.above_input_tokens == 0
                && (&row.provider, &row.model, row.service_tier) == (&tier.provider, &tier.model, tier.service_tier)
                && (row.effective_from, row.effective_to) == (tier.effective_from, tier.effective_to)
        });
        let base = base.unwrap_or_else(|| panic!("{:?} has no base row", schedule(tier)));
        assert!(tier.prices.input >= base.prices.input, "{:?} is cheaper than its base", schedule(tier));
        assert_eq!(
            tier.prices.cache_read.is_some(),
            base.prices.cache_read.is_some(),
            "{:?} prices other buckets than its base",
            schedule(tier)
        );
    }
}

#[test]
fn anthropic_cache_prices_follow_the_vendor_s_multiples() {
    for row in book().rows().filter(|row| &*row.provider == "anthropic") {
        let price = |price: Option<UnitPrice>| price.map(|p| p.nanos_per_mtok()).unwrap_or_default();
        let (input, write_1h) = (price(row.prices.input), price(row.prices.cache_write_1h));
        assert_eq!(write_1h, 2 * input, "{:?}", schedule(row));
        // The one exception was published as 0.30 for an input price of 0.25.
        if &*row.model != "claude-3-haiku" {
            assert_eq!(4 * price(row.prices.cache_write_5m), 5 * input, "{:?}", schedule(row));
        }
        assert!(price(row.prices.cache_read) * 7 <= input, "{:?}", schedule(row));
    }
}

#[test]
fn automatic_caches_are_written_at_the_input_price() {
    let book = book();
    let free_writes = ["google", "xai", "deepseek", "moonshotai", "zai"];
    for row in book.rows().filter(|row| free_writes.contains(&&*row.provider)) {
        if row.prices.cache_read.is_some() {
            assert_eq!(row.prices.cache_write_5m, row.prices.input, "{:?}", schedule(row));
        }
    }
    let write = |model: &str| book.rows().find(|row| &*row.model == model).map(|row| row.prices.cache_write_5m);
    assert_eq!(write("gpt-5.4-mini"), write_price("0.75"));
    assert_eq!(write("gpt-6-sol"), write_price("2.5"));
}

fn write_price(text: &str) -> Option<Option<UnitPrice>> {
    Some(Some(UnitPrice::parse(text).expect("a price")))
}

#[test]
fn no_two_models_share_a_comparable_name() {
    let book = book();
    let mut keys: Vec<_> = book.rows().map(|row| (row.provider.to_string(), row.model.to_string())).collect();
    keys.dedup();
    let mut seen = BTreeMap::new();
    for (provider, model) in keys {
        let before = seen.insert(comparable(&model), model.clone());
        assert_eq!(before, None, "{provider} {model}");
    }
    for line in include_str!("../aliases.csv").lines().skip(1) {
        let (alias, _) = line.split_once(',').expect("three columns");
        assert!(!seen.contains_key(&comparable(alias)), "alias {alias} is a key already");
    }
}

#[test]
fn multipliers_name_models_that_exist() {
    let book = book();
    for modifier in book.modifiers() {
        let prefix = modifier.model.strip_suffix('*').unwrap_or(&modifier.model);
        let known = book.rows().any(|row| *row.provider == *modifier.provider && row.model.starts_with(prefix));
        assert!(known, "{} {}", modifier.provider, modifier.model);
    }
}

#[test]
fn the_book_s_date_is_its_newest_observation() {
    assert_eq!(book().date().to_string(), "2026-11-30");
}

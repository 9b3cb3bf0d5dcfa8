//! Tests of the price book: costs worked by hand, names of models, the tables themselves.

mod book;
mod catalogue;
mod cost;
mod resolve;
mod user_file;

use chrono::{DateTime, Utc};

use super::{PriceBook, PriceRequest};
use crate::model::usage::{Grain, TokenCounts};

fn book() -> PriceBook {
    PriceBook::embedded().expect("the embedded tables are well formed")
}

fn at(text: &str) -> DateTime<Utc> {
    let text = if text.len() == 10 { format!("{text}T12:00:00Z") } else { text.to_owned() };
    text.parse().expect("an instant")
}

/// One standard request; tests change the fields they are about.
fn request<'a>(model: &'a str, day: &str, tokens: TokenCounts) -> PriceRequest<'a> {
    PriceRequest {
        provider: None,
        model: Some(model),
        at: at(day),
        tokens,
        calls: None,
        grain: Grain::Request,
        service_tier: None,
        speed: None,
        inference_geo: None,
    }
}

fn input(tokens: u64) -> TokenCounts {
    TokenCounts { input: Some(tokens), ..TokenCounts::default() }
}

/// The cost in dollars, or the machine name of the reason.
fn dollars(book: &PriceBook, request: &PriceRequest<'_>) -> String {
    match book.cost(request) {
        Ok(priced) => priced.cost.to_string(),
        Err(reason) => reason.as_str().to_owned(),
    }
}

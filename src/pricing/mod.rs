//! The price book: what a request costs at the vendor's list price of its day.
//!
//! - In: a model's name as logged, a time, token counts, and what changes the price (service tier, speed, inference region).
//! - Out: an exact [`Money`](crate::model::money::Money) with the price row behind it, or the reason why there is none.
//! - Refuses: guesses. A name that no rule explains is unpriced, and so is a token bucket without a price. Images, audio, seats and negotiated discounts are not priced; of tool calls, those in `fees.csv` are.
//!
//! The book is four embedded tables in this folder: `prices.csv` (dated prices), `modifiers.csv` (multipliers that stack) and
//! `aliases.csv` (irregular names), made by `generate_book.py`, and `fees.csv` (what a call of a vendor's tool costs). A price file of the user's takes precedence,
//! be it a table or one of three public catalogues (`catalogue.rs`).

mod book;
mod catalogue;
mod columns;
mod cost;
mod fee;
mod model_name;
mod modifier;
mod resolve;
mod row;
mod vendor;
mod write;

#[cfg(test)]
mod tests;

pub use book::PriceBook;
pub use catalogue::Catalogue;
pub use cost::{PriceRequest, Priced, Unpriced};
pub use model_name::{names_no_model, reduced, without_billing_words};
pub use modifier::{Dimension, Modifier};
pub use resolve::Resolved;
pub use row::{Bucket, ChangeKind, PriceRow, RowOrigin, ServiceTier, TierScope, UnitPrice, UnitPrices};
pub use vendor::payee;

//! The price book: what a request costs at the vendor's list price on its day.
//!
//! In: the spelling of a model in a log, an instant, token counts and what changes the price (service tier, speed,
//! place of inference). Out: an exact [`Money`](crate::model::money::Money) with the row that made it, or the reason
//! why there is none.
//!
//! The book is three tables beside this file, made by `generate_book.py` and embedded: `prices.csv` (dated prices),
//! `modifiers.csv` (multipliers that stack) and `aliases.csv` (irregular names). A file of the user's goes on top.
//!
//! This module refuses to guess: a name that no rule explains is unpriced, and so is a token bucket without a price.
//! It prices no tool calls, images or audio, no seats and no negotiated discount.

mod book;
mod columns;
mod cost;
mod modifier;
mod resolve;
mod row;
mod spelling;
mod write;

#[cfg(test)]
mod tests;

pub use book::PriceBook;
pub use cost::{PriceRequest, Priced, Unpriced};
pub use modifier::{Dimension, Modifier};
pub use resolve::Resolved;
pub use row::{Bucket, ChangeKind, PriceRow, RowOrigin, ServiceTier, TierScope, UnitPrice, UnitPrices};

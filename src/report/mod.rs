//! Reports: the figures of a run, ordered and put into words, and the renderers that write them.
//!
//! - In: [`Measured`](crate::measure::Measured) and the material behind it. Out: a [`Report`] in its shapes.
//! - A report orders, words and formats; it computes no figure. A renderer formats alone, so every format says the same.

pub mod alarms;
mod attribution;
mod audit;
mod burn;
mod business;
pub mod chain;
mod chargeback;
pub mod charts;
pub mod comment;
mod comparison;
pub mod document;
pub mod export;
mod fates;
mod findings;
mod funnel;
mod headline;
mod ids;
mod limits;
mod lorenz;
mod mainline;
mod merged;
mod models;
pub mod page;
mod pivot;
mod preset;
mod projects;
mod prose;
pub mod render;
mod reviews;
pub mod saved;
mod scoped;
mod seats;
mod sessions_used;
pub mod sink;
mod sources;
mod spend;
mod spread;
pub mod story;
mod survival;
pub mod tables;
pub mod topics;
mod trend;
mod use_of;
pub mod verdicts;

pub use audit::audit;
pub use findings::explained as waste;
pub use mainline::history;
pub use pivot::pivot;
pub use sources::sources;
pub use spend::spend;

use document::Document;
use page::Page;
use story::Story;

/// The kind of notice that says that no record lies in the period.
pub const EMPTY_PERIOD: &str = "empty-period";

/// The kind of notice that says that no usage was found at all.
pub const NO_USAGE: &str = "no-usage";

/// One report in its shapes.
#[derive(Debug)]
pub struct Report {
    /// For machines: the JSON document.
    pub document: Document,
    /// For people: the first screen of an audit.
    pub story: Option<Story>,
    /// For people: the page.
    pub page: Page,
    /// For spreadsheets: one flat table.
    pub table: page::Table,
    /// For pivot tables: a row per day, vendor, model, team, user and repository; only where it was asked for.
    pub pivot: Option<page::Table>,
}

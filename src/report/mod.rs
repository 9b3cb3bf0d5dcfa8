//! Reports: what a run found, ready to be shown, and the renderers that show it.
//!
//! A report holds numbers and their order; a renderer formats and does nothing else, so every format says the same.

mod attribution;
mod audit;
mod burn;
pub mod chain;
pub mod charts;
pub mod comment;
mod comparison;
pub mod document;
pub mod export;
mod fates;
mod findings;
pub mod lorenz;
mod mainline;
pub mod page;
mod preset;
pub mod render;
mod reviews;
pub mod saved;
pub mod scoped;
mod seats;
pub mod sink;
mod sources;
mod spend;
mod spread;
pub mod tables;
pub mod topics;
mod use_of;

pub use audit::audit;
pub use findings::explained as waste;
pub use mainline::history;
pub use sources::sources;
pub use spend::spend;

use chrono::{DateTime, NaiveDate, Utc, Weekday};

use document::Document;
use page::Page;

use crate::company::budget::BudgetOf;
use crate::company::outcomes::Outcomes;
use crate::company::reviewed::Reviewed;
use crate::company::seats::Seats;
use crate::diagnostics::Diagnostics;
use crate::history::History;
use crate::ledger::{Ledger, Rules};
use crate::link::{Calibration, Links};
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::period::{Period, day_of};
use crate::pricing::PriceBook;
use crate::sessions::off_task::OffTask;
use crate::sessions::waste::Waste;
use crate::sessions::work_types::WorkTypes;

/// What the pipeline found out: the material of every report.
#[derive(Debug)]
pub struct Material {
    /// Usage, de-duplicated, priced and placed.
    pub ledger: Ledger,
    /// The repositories that were read.
    pub histories: Vec<History>,
    /// What the spend is linked to; `None` when nobody asked or no repository was read.
    pub links: Option<Linking>,
    /// What prompts are about; `None` when nobody looked.
    pub off_task: Option<OffTask>,
    /// The types of work of sessions; `None` when what they did was not read.
    pub work_types: Option<WorkTypes>,
    /// What sessions wasted; `None` when what they did was not read.
    pub waste: Option<Waste>,
    /// What the configuration says of people, teams and repositories.
    pub rules: Rules,
    /// Budgets of the configuration.
    pub budgets: Vec<BudgetOf>,
    /// Users that a team needs to be shown in off-task shares.
    pub least_users: u64,
    /// What came out of it besides code; `None` when no export was given.
    pub outcomes: Option<Outcomes>,
    /// Pull requests with their reviews; an empty one when no export was given.
    pub reviewed: Reviewed,
    /// Seats of subscriptions; `None` when no export was given.
    pub seats: Option<Seats>,
    /// What the configuration asks of the report.
    pub asked: Asked,
    /// The prices used.
    pub book: PriceBook,
    /// The period of the report.
    pub period: Period,
    /// The clock of the run.
    pub as_of: DateTime<Utc>,
    /// What was noticed.
    pub diagnostics: Diagnostics,
    /// Inputs that could not be used; the report stands for the rest.
    pub failed_inputs: u64,
}

impl Material {
    /// The window that logs and history share: the period asked for, an open end closed by the first or last record's day.
    fn window(&self) -> Period {
        let Some((first, last)) = self.ledger.span else { return self.period };
        let tz = self.period.tz;
        let days = Period::days(Some(day_of(first, tz)), Some(day_of(last, tz)), tz);
        Period { from: self.period.from.or(days.from), to: self.period.to.or(days.to), tz }
    }

    fn shown_period(&self) -> String {
        page::open_period(&self.window())
    }
}

/// What the configuration and the flags ask of a report.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Who is who.
    pub rules: Rules,
    /// What an hour of waiting for a review is put at.
    pub hourly: Option<Money>,
    /// Days that do not count as waiting.
    pub weekend: Vec<Weekday>,
    /// The day of a change to compare before and after.
    pub changed: Option<NaiveDate>,
    /// Whether to show the shape of Entelligence's figure beside the bar.
    pub entelligence: bool,
}

/// Links, and how right they are.
#[derive(Debug)]
pub struct Linking {
    /// Every record's cost, split over what it paid for.
    pub links: Links,
    /// The scores of lesser evidence.
    pub calibration: Calibration,
    /// Evidence of this tier or surer makes the headline.
    pub least: Tier,
}

/// The kind of notice that says that no record lies in the period.
pub const EMPTY_PERIOD: &str = "empty-period";

/// One report in its shapes.
#[derive(Debug)]
pub struct Report {
    /// For machines: the JSON document.
    pub document: Document,
    /// For people: the page.
    pub page: Page,
    /// For spreadsheets: one flat table.
    pub table: page::Table,
}

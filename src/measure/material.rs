//! What the stages before this one found out: the material that every figure is computed from.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc, Weekday};

use crate::company::budget::BudgetOf;
use crate::company::limit::Limit;
use crate::company::outcomes::Outcomes;
use crate::company::released::Released;
use crate::company::reviewed::Reviewed;
use crate::company::seats::Seats;
use crate::diagnostics::Diagnostics;
use crate::history::History;
use crate::ledger::{Ledger, Rules, Spent};
use crate::link::{Calibration, Links};
use crate::measure::vendor_shape::Preset;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::period::{Period, day_of};
use crate::pricing::PriceBook;
use crate::sessions::counts::Counts;
use crate::sessions::off_task::OffTask;
use crate::sessions::waste::Waste;
use crate::sessions::work_types::WorkTypes;
use crate::sessions::written::Written;

/// What one run read: usage in the ledger, the repositories that it was placed in, the prices, and the run's period and clock.
#[derive(Debug)]
pub struct Run {
    /// Usage, de-duplicated, priced and placed.
    pub ledger: Ledger,
    /// The repositories that were read.
    pub histories: Vec<History>,
    /// The prices used.
    pub book: PriceBook,
    /// The period of the report.
    pub period: Period,
    /// The clock of the run.
    pub as_of: DateTime<Utc>,
    /// What was noticed on the way.
    pub diagnostics: Diagnostics,
    /// Inputs that could not be used; the report covers the rest.
    pub failed_inputs: u64,
}

impl Run {
    /// The window that logs and history share: the period, with an open end closed by the day of the first or last record.
    #[must_use]
    pub fn window(&self) -> Period {
        let Some((first, last)) = self.ledger.span else { return self.period };
        let tz = self.period.tz;
        let days = Period::days(Some(day_of(first, tz)), Some(day_of(last, tz)), tz);
        Period { from: self.period.from.or(days.from), to: self.period.to.or(days.to), tz }
    }
}

/// Everything that a run with links and sessions found out.
#[derive(Debug)]
pub struct Material {
    /// What was read.
    pub run: Run,
    /// What the spend is linked to; `None` without a repository.
    pub links: Option<Linking>,
    /// The cost of each record where there are no links to hold it; see [`Self::records`].
    pub unlinked: Vec<Spent>,
    /// What prompts are about; `None` unless asked for.
    pub off_task: Option<OffTask>,
    /// The type of work of each session.
    pub work_types: WorkTypes,
    /// What sessions wasted.
    pub waste: Waste,
    /// Pull requests with their reviews; empty without an export of them.
    pub reviewed: Reviewed,
    /// Seats of subscriptions; `None` without an export of them.
    pub seats: Option<Seats>,
    /// Closed issues and other outcomes; `None` without an export of them.
    pub outcomes: Option<Outcomes>,
    /// The lines that sessions wrote; empty without a repository.
    pub written: Written,
    /// How many prompts and edits each session of development has.
    pub counts: HashMap<Name, Counts>,
    /// When the landings of each repository were first released.
    pub released: Vec<Released>,
    /// What the configuration and the flags ask for.
    pub settings: Settings,
}

impl Material {
    /// The records with their cost.
    #[must_use]
    pub fn records(&self) -> &[Spent] {
        self.links.as_ref().map_or(&self.unlinked, |linking| &linking.links.records)
    }
}

/// Links, and how right they are.
#[derive(Debug)]
pub struct Linking {
    /// Every record's cost, split over what it paid for.
    pub links: Links,
    /// The scores of weaker evidence against explicit evidence.
    pub calibration: Calibration,
    /// The headline takes evidence of this tier or surer.
    pub least: Tier,
}

/// What the configuration and the flags ask of the figures.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Who is who: people, teams, repositories.
    pub rules: Rules,
    /// Budgets.
    pub budgets: Vec<BudgetOf>,
    /// Limits to be tried on the spend.
    pub limits: Vec<Limit>,
    /// How many users a team needs before its off-task share is shown.
    pub least_users: u64,
    /// The hourly rate for people who wait for a review.
    pub hourly: Option<Money>,
    /// Days that do not count as waiting.
    pub weekend: Vec<Weekday>,
    /// The day of a change to compare before and after.
    pub changed: Option<NaiveDate>,
    /// A vendor's published figure to show beside the company's own.
    pub preset: Option<Preset>,
}

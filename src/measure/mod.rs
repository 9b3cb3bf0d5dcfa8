//! Every figure of a run, computed once, before any word is written.
//!
//! - In: the [`Material`] of the stages before, and the [`Fates`] of its spend. Out: [`Measured`], which metrics read and
//!   reports put into words.
//! - Refuses: groups, fates or links that do not sum to the ledger.
//! - One file per subject. Nothing here formats, orders for display or names a person.

pub mod before_after;
pub mod burn;
pub mod business;
pub mod chargeback;
pub mod cohorts;
pub mod cost_kinds;
pub mod fates;
pub mod fates_by;
pub mod funnel;
pub mod headline;
pub mod landed;
pub mod lifetimes;
pub mod limits;
pub mod line_groups;
pub mod line_teams;
pub mod linked;
pub mod mainline;
pub mod material;
pub mod models;
pub mod off_task;
pub mod paid_work;
pub mod projects;
pub mod pull_request_costs;
pub mod reviews;
pub mod sayable;
pub mod scoped;
pub mod size_bands;
pub mod spend_by;
pub mod spread;
pub mod sums;
pub mod survival;
pub mod trend;
pub mod vendor_shape;
pub mod verdicts;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::company::outcomes::OutcomeSum;
use crate::company::seats::SeatSum;
use crate::error::Result;
use crate::fate::{ClassSums, Waterfall};
use crate::ledger::{Reconciliation, Spend};
use crate::model::basis::Prices;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::period::Period;
use crate::model::prompt::WorkType;
use crate::model::quantity::Quantity;
use crate::sessions::off_task::Team;
use crate::sessions::waste::savings::{self, Saving};
use crate::sessions::work_types::TypeSum;
use before_after::BeforeAfter;
use burn::Outlook;
use business::Business;
use chargeback::Chargeback;
use cohorts::Cohorts;
use cost_kinds::CostKinds;
use fates::{ClassRanges, Fates};
use fates_by::FateOf;
use funnel::Funnel;
use headline::Headline;
use landed::Landed;
use lifetimes::Lifetimes;
use limits::Tried;
use linked::Linked;
use mainline::Mainline;
use material::Material;
use models::Models;
use off_task::OffTaskPeriod;
use paid_work::PaidWork;
use projects::Project;
use reviews::Reviews;
use sayable::{Evidence, Need, Unknown};
use scoped::{ScopedFigure, Teams};
use size_bands::SizeBands;
use spend_by::SpendBy;
use spread::{LinesPoint, LorenzPoint};
use sums::Sums;
use survival::Survival;
use trend::Trend;
use vendor_shape::VendorShape;
use verdicts::Verdicts;

/// Every figure of a run. Metrics read it and compute from nothing else.
pub struct Measured {
    /// What decides which figures may be said.
    pub evidence: Evidence,
    /// The sums of the ledger over the period.
    pub spend: Spend,
    /// Of it, the spend of development.
    pub development: Spend,
    /// Of it, that of application traffic.
    pub application: Spend,
    /// What became of the records that were read.
    pub reconciliation: Reconciliation,
    /// The window that both sides of a ratio share.
    pub window: Period,
    /// What landed in the window, over all repositories; `None` without a repository.
    pub landed: Option<Landed>,
    /// Lifetimes of the lines born in the window, over all repositories; `None` without a repository.
    pub lifetimes: Option<Lifetimes>,
    /// What prompts of the window are about; `None` unless asked for.
    pub off_task: Option<OffTaskPeriod>,
    /// What prompts of the whole period are about, with the teams that may be shown; `None` unless asked for.
    pub off_task_of_period: Option<(OffTaskPeriod, Vec<Team>)>,
    /// Where spend is going; `None` without a priced day.
    pub outlook: Option<Outlook>,
    /// The figures of `outlook` that metrics report.
    pub burn: Option<burn::Figures>,
    /// What each session of development cost in the window, cheapest first.
    pub session_costs: Vec<Money>,
    /// The prices of these costs.
    pub session_prices: Prices,
    /// What each user's development cost in the window, cheapest first, as far as logs name users.
    pub user_costs: Vec<Money>,
    /// The prices of these costs.
    pub user_prices: Prices,
    /// How unequally sessions cost.
    pub lorenz: Vec<LorenzPoint>,
    /// Dollars over the lines that lasted, landing by landing.
    pub lines_curve: Vec<LinesPoint>,
    /// Merged pull requests by size; `None` without a repository.
    pub size_bands: Option<SizeBands>,
    /// What reviews show; `None` without an export that has some.
    pub reviews: Option<Reviews>,
    /// How long new lines live; empty without a repository.
    pub survival: Vec<Survival>,
    /// Whether it gets better from month to month.
    pub trend: Trend,
    /// Seats of subscriptions; `None` without an export of five or more.
    pub seats: Option<SeatSum>,
    /// Weekly figures around the day in `[compare]`; `None` without one.
    pub before_after: Option<BeforeAfter>,
    /// Assisted landings beside others; `None` without a repository.
    pub cohorts: Option<Cohorts>,
    /// What sessions wasted, in the order in which savings are taken.
    pub savings: Vec<Saving>,
    /// Spend by type of work; the key is `None` where nothing says.
    pub work_types: BTreeMap<Option<WorkType>, TypeSum>,
    /// Closed issues and other outcomes of the window, all types together; `None` without an export of them.
    pub outcomes: Option<OutcomeSum>,
    /// `outcomes` by type.
    pub outcomes_by_type: Option<BTreeMap<String, OutcomeSum>>,
    /// Spend by what the company called important; `None` without an export that says it.
    pub business: Option<Business>,
    /// From what sessions wrote to what lasted; `None` without a repository.
    pub funnel: Option<Funnel>,
    /// What was worked on, and whether it came to a release; `None` without a repository.
    pub projects: Option<Vec<Project>>,
    /// Where each dollar went.
    pub fates: Waterfall,
    /// `fates` by the evidence that ties the spend to code, `None` where none does.
    pub fates_by_tier: BTreeMap<Option<Tier>, ClassSums>,
    /// The ranges of its shares.
    pub class_ranges: ClassRanges,
    /// Which sentence a report begins with.
    pub headline: Headline,
    /// List cost by kind of token.
    pub cost_kinds: CostKinds,
    /// `fates` by week, month, model, vendor, repository, branch, session and team; the rows of each sum to it.
    pub fates_by: Vec<FateOf>,
    /// The day from which all merged changes with spend can be judged; `None` without one.
    pub judged_from: Option<NaiveDate>,
    /// `fates` under other thresholds.
    pub other_fates: Vec<Waterfall>,
    /// What became of every merged change, branch and session, and what decided it.
    pub verdicts: Verdicts,
    /// What the spend is linked to; `None` without a repository.
    pub linked: Option<Linked>,
    /// What stands behind units and sessions.
    pub paid_work: PaidWork,
    /// Spend by each key of a report.
    pub spend_by: SpendBy,
    /// One per repository, in the order of the histories.
    pub mainlines: Vec<Mainline>,
    /// Which model did which work; `None` without a repository.
    pub models: Option<Models>,
    /// What limits of spend would have stopped.
    pub limits: Vec<Tried>,
    /// Spend by team.
    pub teams: Teams,
    /// Who is charged for what.
    pub chargeback: Chargeback,
    /// Figures of single teams, repositories and models.
    pub scoped: Vec<ScopedFigure>,
    /// The shape of a vendor's published figure; `None` unless asked for.
    pub vendor_shape: Option<VendorShape>,
}

impl Measured {
    /// Computes every figure.
    ///
    /// # Errors
    /// When groups or links do not sum to the ledger.
    pub fn new(material: &Material, sums: Sums, fates: Fates) -> Result<Self> {
        let (run, settings, records) = (&material.run, &material.settings, material.records());
        let (histories, names) = (run.histories.as_slice(), run.ledger.names());
        let window = run.window();
        let linked = material.links.as_ref().map(|linking| Linked::of(linking, run)).transpose()?;
        let attribution = linked.as_ref().map(|linked| &linked.attribution);
        let lifetimes = Lifetimes::within(histories, &window);
        let outlook = Outlook::new(run, &settings.budgets)?;
        let teams = Teams::new(run)?;
        let (session_costs, session_prices) = spread::costs_by(records, &window, |record| record.session);
        let (user_costs, user_prices) = spread::costs_by(records, &window, |record| record.user);
        let outcomes_by_type = material.outcomes.as_ref().map(|all| all.within(&window, attribution));
        let shape = |preset| VendorShape::of(preset, histories, &material.reviewed, lifetimes.as_ref(), &window);
        let (fates_by, spend_by) = (fates_by::fates_by(material, &fates)?, SpendBy::new(run)?);
        let paid_work = PaidWork::new(material, attribution, &fates.usual, &fates_by, &spend_by);
        let evidence = Evidence::new(histories, &fates.usual, lifetimes.as_ref(), &window);
        let is_cut = evidence.is_cut();
        let class_ranges = ClassRanges::of(&fates.usual);
        Ok(Self {
            reconciliation: run.ledger.reconciliation,
            landed: Landed::within(histories, &window),
            off_task: material.off_task.as_ref().map(|found| OffTaskPeriod::new(found, &window)),
            off_task_of_period: material.off_task.as_ref().map(|found| {
                let teams = found.teams(&run.period, settings.least_users);
                (OffTaskPeriod::new(found, &run.period), teams)
            }),
            burn: outlook.as_ref().map(Outlook::figures),
            outlook,
            lorenz: spread::lorenz(&session_costs),
            lines_curve: linked.as_ref().map(|linked| spread::lines_curve(&linked.landings)).unwrap_or_default(),
            session_costs,
            session_prices,
            user_costs,
            user_prices,
            size_bands: (!histories.is_empty()).then(|| SizeBands::within(histories, attribution, &window)),
            reviews: Reviews::within(&material.reviewed, histories, attribution, &window, &settings.weekend),
            seats: material.seats.as_ref().and_then(|all| all.within(&window, records, names, &settings.rules)),
            before_after: settings.changed.map(|day| BeforeAfter::of(day, records, histories, &window)),
            survival: survival::survival(histories, &window, is_cut),
            trend: Trend::new(material, &fates, linked.as_ref(), &window, is_cut)?,
            cohorts: Cohorts::of(histories, attribution, &window),
            savings: savings::compute(&material.waste, records, &run.period),
            work_types: material.work_types.within(records, &run.period),
            outcomes: outcomes_by_type.as_ref().map(|by_type| OutcomeSum::total(by_type.values())),
            outcomes_by_type,
            business: Business::new(material, &fates)?,
            funnel: Funnel::new(material, &fates)?,
            projects: projects::projects(material, &fates)?,
            mainlines: histories.iter().map(|one| Mainline::new(one, &run.period, &settings.rules)).collect(),
            scoped: scoped::scoped(run, &teams, linked.as_ref(), is_cut)?,
            teams,
            chargeback: Chargeback::new(run)?,
            limits: limits::tried(material, &fates)?,
            models: Models::new(material, &fates),
            headline: Headline::new(&sums.spend, &fates.usual, &class_ranges, &evidence),
            class_ranges,
            cost_kinds: CostKinds::of(run),
            evidence,
            verdicts: Verdicts::new(material, &fates)?,
            vendor_shape: settings.preset.and_then(shape),
            lifetimes,
            spend_by,
            window,
            linked,
            spend: sums.spend,
            development: sums.development,
            application: sums.application,
            fates_by_tier: fates.by_tier(material)?,
            paid_work,
            fates_by,
            judged_from: fates.judged_from(&run.histories, run.period.tz),
            fates: fates.usual,
            other_fates: fates.others,
        })
    }

    /// Why shares of the spend that can be judged may not be said.
    #[must_use]
    pub fn unjudged(&self) -> Option<Unknown> {
        self.evidence.refusal(&[Need::History, Need::Judged], 0)
    }

    /// Whether a history is cut off within the window, so that nothing of it may be said.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.evidence.is_cut()
    }

    /// The prices of the spend that is traced to merged changes.
    #[must_use]
    pub fn linked_prices(&self) -> Prices {
        self.linked.as_ref().map(Linked::prices).unwrap_or_default()
    }

    /// Share of the cost that the headline's evidence links.
    #[must_use]
    pub fn linked_share(&self) -> Option<Quantity> {
        self.linked.as_ref()?.share()
    }
}

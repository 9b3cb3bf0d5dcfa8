//! Before and after a change, and assisted landings beside others, for the audit. Associations, and called so.

use chrono::NaiveDate;
use serde::Serialize;

use super::page::{Fact, FactId, many};
use crate::measure::before_after::{BeforeAfter, LEAST_WEEKS, Series};
use crate::measure::cohorts::{Cohorts, Difference};
use crate::model::quantity::six_decimals;
use crate::statistics::regression::Estimate;

/// Other explanations of a difference.
const CONFOUNDERS: [&str; 6] = [
    "who takes a tool for which task",
    "mix of tasks",
    "prices of models",
    "age of the repository",
    "holidays",
    "people",
];

/// Comparisons.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ComparisonDoc {
    /// Around the day in `[compare]`; `null` without one.
    pub before_after: Option<BeforeAfterDoc>,
    /// Assisted landings beside others; `null` without a repository.
    pub assisted: Option<AssistedDoc>,
    /// What an association may come from instead.
    pub confounders: [&'static str; 6],
}

/// Weekly figures around a day.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BeforeAfterDoc {
    /// The day.
    pub day: NaiveDate,
    /// The figures.
    pub series: Vec<SeriesDoc>,
}

/// One weekly figure around a day.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SeriesDoc {
    /// What it is.
    pub id: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Whole weeks before with a value.
    pub weeks_before: usize,
    /// Whole weeks from the day on.
    pub weeks_after: usize,
    /// Mean of the weeks before.
    pub mean_before: Option<f64>,
    /// Mean of the weeks after.
    pub mean_after: Option<f64>,
    /// Trend of the weeks before, a week.
    pub trend_before: Option<EstimateDoc>,
    /// Level from the day on, less what the trend before would have come to.
    pub level_change: Option<EstimateDoc>,
    /// Change of the trend, a week.
    pub trend_change: Option<EstimateDoc>,
    /// Why there is no figure, if there is none.
    pub missing: Option<&'static str>,
}

/// A figure with its 95% interval.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct EstimateDoc {
    /// The middle.
    pub value: f64,
    /// The lower end.
    pub lo: f64,
    /// The upper end.
    pub hi: f64,
}

/// Assisted landings beside others.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AssistedDoc {
    /// Assisted landings that were watched for 30 days.
    pub assisted: usize,
    /// The others.
    pub other: usize,
    /// Strata of author, repository and size that hold both.
    pub strata: usize,
    /// Landings in them.
    pub landings_in_strata: usize,
    /// What the error assumes to be independent: `authors` or `landings`.
    pub clusters: &'static str,
    /// Share of lines that died within 30 days, mean over assisted landings, unadjusted; `null` unless the adjusted one is known.
    pub unadjusted_assisted: Option<f64>,
    /// The same of the others.
    pub unadjusted_other: Option<f64>,
    /// The difference within strata.
    pub adjusted_difference: Option<EstimateDoc>,
    /// How often lines die, assisted over others, within strata.
    pub hazard_ratio: Option<EstimateDoc>,
}

fn estimate(value: f64, lo: f64, hi: f64) -> EstimateDoc {
    EstimateDoc { value: six_decimals(value), lo: six_decimals(lo), hi: six_decimals(hi) }
}

fn series(one: &Series) -> SeriesDoc {
    let of = |found: Estimate| estimate(found.value, found.lo, found.hi);
    SeriesDoc {
        id: one.id,
        unit: one.unit,
        weeks_before: one.weeks.0,
        weeks_after: one.weeks.1,
        mean_before: one.means.0.map(six_decimals),
        mean_after: one.means.1.map(six_decimals),
        trend_before: one.change.map(|found| of(found.trend_before)),
        level_change: one.change.map(|found| of(found.level)),
        trend_change: one.change.map(|found| of(found.trend_change)),
        missing: one.change.is_none().then_some("fewer than six whole weeks on one side"),
    }
}

impl ComparisonDoc {
    pub(super) fn new(before_after: Option<&BeforeAfter>, cohorts: Option<&Cohorts>) -> Self {
        let difference = |one: Difference| estimate(one.value, one.lo, one.hi);
        let assisted = |one: &Cohorts| AssistedDoc {
            assisted: one.landings.0,
            other: one.landings.1,
            strata: one.strata.0,
            landings_in_strata: one.strata.1,
            clusters: if one.by_author { "authors" } else { "landings" },
            unadjusted_assisted: one.means.0.map(six_decimals).filter(|_| one.adjusted.is_some()),
            unadjusted_other: one.means.1.map(six_decimals).filter(|_| one.adjusted.is_some()),
            adjusted_difference: one.adjusted.map(difference),
            hazard_ratio: one.hazard_ratio.map(difference),
        };
        Self {
            before_after: before_after
                .map(|one| BeforeAfterDoc { day: one.day, series: one.series.iter().map(series).collect() }),
            assisted: cohorts.map(assisted),
            confounders: CONFOUNDERS,
        }
    }

    /// Lines of the page.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let since = self.before_after.as_ref().and_then(BeforeAfterDoc::fact);
        since.into_iter().chain(self.assisted.as_ref().and_then(AssistedDoc::fact)).collect()
    }
}

impl BeforeAfterDoc {
    /// Weekly spend, which is the first figure.
    fn fact(&self) -> Option<Fact> {
        let spend = self.series.first()?;
        let detail = match spend.level_change.as_ref().zip(spend.trend_before.as_ref()) {
            None => format!(
                "{} before and {} from it on: {LEAST_WEEKS} are needed on each side",
                many(spend.weeks_before as u64, "whole week"),
                spend.weeks_after
            ),
            Some((level, trend)) => {
                let (sign, size) = if level.value < 0.0 { ("-", -level.value) } else { ("+", level.value) };
                format!(
                    "associated with {sign}${size:.2} a week against the trend before ({:.2} to {:.2}; that trend {:+.2} a week) · \
                     other things change, too: {}",
                    level.lo,
                    level.hi,
                    trend.value,
                    CONFOUNDERS[..3].join(", ")
                )
            }
        };
        Some(Fact::new(FactId::Since, self.day.to_string(), detail))
    }
}

impl AssistedDoc {
    fn fact(&self) -> Option<Fact> {
        let (adjusted, hazard) = self.adjusted_difference.as_ref().zip(self.hazard_ratio.as_ref())?;
        let percent = |share: f64| share * 100.0;
        let detail = format!(
            "of lines lost in 30 days are associated with AI assistance ({:+.1} to {:+.1}), within author, repository and size over {}; \
             unadjusted {:.1}% against {:.1}% · lines die {:.2} times as often ({:.2} to {:.2})",
            percent(adjusted.lo),
            percent(adjusted.hi),
            many(self.landings_in_strata as u64, "merged change"),
            percent(self.unadjusted_assisted.unwrap_or_default()),
            percent(self.unadjusted_other.unwrap_or_default()),
            hazard.value,
            hazard.lo,
            hazard.hi
        );
        Some(Fact::new(FactId::Assisted, format!("{:+.1} pts", percent(adjusted.value)), detail))
    }
}

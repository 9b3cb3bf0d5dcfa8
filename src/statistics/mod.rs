//! Intervals and regressions, for any figure.

pub mod interval;
pub mod regression;
pub mod strata;
pub mod survival_band;

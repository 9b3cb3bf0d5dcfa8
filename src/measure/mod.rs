//! Every figure of a run, computed once, before any word is written.

pub mod burn;
pub mod lifetimes;
pub mod line_groups;
pub mod line_teams;
pub mod linked;
pub mod reviews;
pub mod size_bands;

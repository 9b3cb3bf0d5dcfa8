//! What a company says about itself: its configuration, pull requests with their reviews, seats and outcomes.

pub mod budget;
pub mod config;
pub mod deployments;
pub mod importance;
pub mod limit;
pub mod mentions;
pub mod outcomes;
pub mod pull_requests;
pub mod released;
pub mod reviewed;
pub mod seats;

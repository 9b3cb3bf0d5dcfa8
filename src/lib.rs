//! tokaudit reads exported LLM usage logs and a git history, joins them, and reports where tokens and money went.
//!
//! ```text
//!  usage logs ──▶ sources ─┐
//!                          ├─▶ ledger ─▶ link ─▶ classify ─▶ metrics ─▶ report ─▶ render
//!  git repo ────▶ history ─┘      ▲
//!  price book ──▶ pricing ────────┘          every stage also hands on what it set aside
//! ```
//!
//! The library is a pure function of options, files and price book: it never prints, reads the clock or the
//! environment, or opens a socket. A module uses only modules above it in the list below.

pub mod diagnostics;
pub mod error;
pub mod model;
pub mod statistics;

pub mod history;
pub mod pricing;
pub mod sources;

pub mod ledger;

pub mod classify;
pub mod link;

pub mod company;
pub mod sessions;

pub mod fate;

pub mod measure;

pub mod metrics;

pub mod report;

pub mod compare;
pub mod gate;

pub mod options;

pub mod schema;

pub mod audit;

pub mod example;

pub mod cli;

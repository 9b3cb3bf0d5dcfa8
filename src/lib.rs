//! tokaudit reads exported LLM usage logs and a git history, joins them, and reports where tokens and money went.
//!
//! ```text
//! usage logs ─▶ sources ─┐
//! git ────────▶ history ─┼─▶ ledger ─▶ link ─▶ sessions ─▶ fate ─▶ measure ─▶ metrics ─▶ report
//! price book ─▶ pricing ─┘
//! ```
//!
//! [`audit`] is this pipeline, one call an arrow; every stage also hands on what it set aside. The library is a pure function of
//! options, files and price book: it never prints, reads the clock or the environment, or opens a socket.
//!
//! The modules in layers. A module uses only modules on lines above its own; a test reads this list.
//!
//! ```text
//! model                      what all stages speak of: money, periods, records, commits, links
//! diagnostics error          what a run noticed, and what stopped it
//! statistics                 intervals and regression
//! history pricing sources    what is read: repositories, price books, usage logs
//! ledger                     usage, de-duplicated, priced and placed in repositories
//! classify link              what prompts are about; which commits spend is tied to
//! company                    what a company's exports add
//! sessions                   what sessions were about
//! fate                       what became of each dollar
//! measure                    every figure of a run, computed once
//! metrics                    figures with a definition of their own
//! report                     words, tables and documents
//! compare gate               two reports side by side; a report against a policy
//! example options schema     made-up data; what a run is asked to do; shapes of the documents
//! audit                      the pipeline
//! cli main                   the command line, alone with the clock, the environment and the terminal
//! ```

pub mod model;

pub mod diagnostics;
pub mod error;

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

pub mod example;
pub mod options;
pub mod schema;

pub mod audit;

pub mod cli;

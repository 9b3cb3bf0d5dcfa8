//! The issues of both repositories, as a tracker exports them, and the days on which the shop was deployed.

use std::fmt::Write as _;
use std::path::Path;

use super::disk;
use super::repo::Repo;
use super::repository::MadeHistory;
use super::truth::LandingTruth;
use crate::error::Result;
use crate::model::period::rfc3339;

/// Number of the pull request, type, priority, epic, and value with its currency.
type Planned = (Repo, u32, &'static str, &'static str, &'static str, &'static str);

/// Issues are solved by the pull request of their number. Nobody filed one for the others.
#[rustfmt::skip]
const ISSUES: &[Planned] = &[
    (Repo::Shop, 1, "Story", "Normal", "Stock", ","),
    (Repo::Shop, 2, "Story", "High", "International prices", "40000,EUR"),
    (Repo::Shop, 3, "Story", "High", "Checkout", ","),
    (Repo::Shop, 5, "Story", "Highest", "Checkout", "120000,USD"),
    (Repo::Shop, 6, "Story", "Normal", "Checkout", ","),
    (Repo::Shop, 7, "Bug", "Highest", "Stock", ","),
    (Repo::Shop, 8, "Story", "Low", "Marketing", "8000,EUR"),
    (Repo::Shop, 10, "Story", "High", "Search", ","),
    (Repo::Shop, 11, "Story", "High", "Search", "60000,USD"),
    (Repo::Shop, 12, "Spike", "Low", "", ","),
    (Repo::Shop, 13, "Story", "Normal", "Checkout", ","),
    (Repo::Shop, 15, "Story", "Highest", "International prices", "90000,EUR"),
    (Repo::Shop, 16, "Story", "Low", "Marketing", ","),
    (Repo::Shop, 17, "Story", "High", "International prices", ","),
    (Repo::Shop, 18, "Bug", "Low", "Marketing", ","),
    (Repo::Shop, 20, "Story", "Normal", "Marketing", "15000,USD"),
    (Repo::Shop, 22, "Story", "Low", "Marketing", ","),
    (Repo::Shop, 23, "Story", "High", "Returns", "30000,EUR"),
    (Repo::Shop, 24, "Story", "Normal", "Marketing", ","),
    (Repo::Shop, 26, "Story", "Normal", "Marketing", ","),
    (Repo::Shop, 27, "Story", "Highest", "Pickup in the shop", "200000,EUR"),
    (Repo::Shop, 28, "Story", "Normal", "Marketing", ","),
    (Repo::Site, 2, "Story", "High", "Pickup in the shop", ","),
];

/// The days on which what was on main in the morning was deployed.
const DEPLOYED: [&str; 5] = [
    "2026-03-16T06:00:00Z",
    "2026-03-30T06:00:00Z",
    "2026-04-13T06:00:00Z",
    "2026-04-27T06:00:00Z",
    "2026-05-11T06:00:00Z",
];

/// Writes the export of the tracker.
pub(super) fn write(path: &Path, history: &MadeHistory) -> Result<()> {
    let mut text = "Key,Type,Priority,Epic,Value,Currency,Resolved,Pull requests\n".to_owned();
    for (repo, number, kind, priority, epic, value) in ISSUES {
        let pull = history.pulls.iter().find(|pull| pull.repo == *repo && pull.number == *number);
        let closed = pull.and_then(|pull| pull.landed.as_ref().map(|(at, ..)| *at).or(pull.closed));
        let closed = closed.map(rfc3339).unwrap_or_default();
        let name = repo.name();
        let key = name.to_uppercase();
        let _ = writeln!(text, "{key}-{},{kind},{priority},{epic},{value},{closed},acme/{name}#{number}", 100 + number);
    }
    // What was asked for most and closed without a line of code.
    text.push_str("SHOP-190,Story,Highest,Accessible for all,50000,EUR,2026-05-06T10:00:00Z,\n");
    disk::write(path, text.as_bytes())
}

/// Writes the deployments of the shop; the site has neither these nor tags.
pub(super) fn write_deployments(path: &Path, landings: &[LandingTruth]) -> Result<()> {
    let mut text = "at,repository,commit\n".to_owned();
    for at in DEPLOYED {
        let before = |landing: &&LandingTruth| {
            landing.repository == Repo::Shop.name() && rfc3339(landing.landed_at).as_str() < at
        };
        if let Some(landing) = landings.iter().rfind(before) {
            let _ = writeln!(text, "{at},acme/shop,{}", landing.sha);
        }
    }
    disk::write(path, text.as_bytes())
}

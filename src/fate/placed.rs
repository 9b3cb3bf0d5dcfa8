//! A part of a record's cost → the merged change or the open work that it paid for, or the cell of the table where it is.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Fate, FateInput, Purpose, Rule, Ruling, Thresholds};
use crate::link::{Account, Posting};
use crate::model::link::Unlinked;

/// Where a part of the spend belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// No code is judged: what it was for and what became of it are known.
    Cell(Ruling),
    /// A landing, by repository and index.
    Landing(usize, usize),
    /// Work that did not land, by repository and the name of its branch or commit.
    Open(usize, &'a str),
}

/// Places the parts of one run.
pub(super) struct Placer<'a> {
    input: &'a FateInput<'a>,
    horizon: TimeDelta,
    /// The last instant in the inputs, but not after the clock.
    pub(super) end: DateTime<Utc>,
}

impl<'a> Placer<'a> {
    pub(super) fn new(input: &'a FateInput<'a>, limits: &Thresholds) -> Self {
        Self { input, horizon: limits.horizon, end: observed_until(input) }
    }

    pub(super) fn place(&self, posting: &Posting) -> Place<'a> {
        let input = self.input;
        let record = &input.links.records[posting.record];
        let cell = |purpose, fate, rule| Place::Cell(Ruling::new(purpose, fate, rule));
        if record.errored {
            return cell(Purpose::Failed, Fate::NoCode, Rule::FailedRequest);
        }
        let is_off_task = || input.off_task.is_some_and(|likely| likely.contains(&posting.record));
        match posting.account {
            Account::Unlinked(_) if is_off_task() => cell(Purpose::OffTask, Fate::NoCode, Rule::OffTaskPrompt),
            Account::Unlinked(Unlinked::NoEdits) => cell(Purpose::Explore, Fate::NoCode, Rule::NoEdits),
            Account::Unlinked(Unlinked::Uncommitted) if self.end - record.at < self.horizon => {
                cell(Purpose::Unknown, Fate::InFlight, Rule::UncommittedRecently)
            }
            Account::Unlinked(Unlinked::Uncommitted) => cell(Purpose::Unknown, Fate::Abandoned, Rule::Uncommitted),
            Account::Unlinked(reason) => cell(Purpose::Unknown, Fate::Unattributed, Rule::NotLinked(reason)),
            Account::Link(at) => {
                let link = &input.links.links[at];
                match (link.tier <= input.least, link.landing) {
                    (false, _) => cell(Purpose::Unknown, Fate::Unattributed, Rule::Weaker(link.tier)),
                    (true, Some(landing)) => Place::Landing(link.repository, landing),
                    (true, None) => {
                        let name = link.branch.as_deref().or(link.commit.as_deref()).unwrap_or_default();
                        Place::Open(link.repository, name)
                    }
                }
            }
        }
    }
}

/// The last instant in the inputs, but not after the clock.
#[must_use]
pub fn observed_until(input: &FateInput<'_>) -> DateTime<Utc> {
    let records = input.links.records.iter().map(|record| record.at).max();
    let heads = input.histories.iter().filter_map(|history| history.observed_until);
    heads.chain(records).max().map_or(input.as_of, |last| last.min(input.as_of))
}

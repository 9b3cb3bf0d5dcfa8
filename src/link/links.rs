//! What linking gives: links between sessions and code, and every record's cost split over them.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::ledger::Spent;
use crate::model::basis::Prices;
use crate::model::link::{Tier, Unlinked};
use crate::model::money::Money;

/// A session tied to code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The session's id.
    pub session: String,
    /// Index of the repository.
    pub repository: usize,
    /// The commit on the mainline, or merged into it; `None` if only the landing or the branch is known, or the commit did
    /// not land. It is also set for a commit that git metadata names and this clone does not have: it may have landed.
    pub sha: Option<String>,
    /// The commit, landed or not; `None` if only the landing or the branch is known.
    pub commit: Option<String>,
    /// Index of the landing in the history; `None` if the work did not land.
    pub landing: Option<usize>,
    /// The branch that did not land.
    pub branch: Option<String>,
    /// How sure it is.
    pub tier: Tier,
    /// The evidence that decided it.
    pub rule: &'static str,
    /// All kinds of evidence for it.
    pub rules: Vec<&'static str>,
    /// Its part of the session's cost.
    pub cost: Money,
    /// The part of `cost` from segments without evidence of their own, before or after the work.
    pub context_cost: Money,
    /// Its part of the session's tokens.
    pub tokens: u64,
    /// Whether the session has records. Without them its cost is unknown, not zero.
    pub has_log: bool,
}

/// What became of a part of a record's cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Index of a link.
    Link(usize),
    /// It is tied to nothing.
    Unlinked(Unlinked),
}

impl Account {
    /// The index of the link, if it is one.
    #[must_use]
    pub fn link(self) -> Option<usize> {
        if let Self::Link(at) = self { Some(at) } else { None }
    }
}

/// One line of the journal: a part of a record and where it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// Index of the record in [`Links::records`].
    pub record: usize,
    /// Where it went.
    pub account: Account,
    /// Whether it comes from a segment without evidence, next to the work.
    pub context: bool,
    /// Its part of the record's cost; `None` if the record has no price.
    pub cost: Option<Money>,
    /// Its part of the tokens.
    pub tokens: u64,
}

/// Every record's cost, split over what it paid for.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// By session, repository and target.
    pub links: Vec<Link>,
    /// The records, in ledger order.
    pub records: Vec<Spent>,
    /// By record, then link.
    pub journal: Vec<Posting>,
    /// Cost of each session, with the subagents that count under it.
    pub totals: BTreeMap<String, Sum>,
    /// Links that were considered and not made; empty unless asked for.
    pub rejected: Vec<Rejected>,
}

/// A sum of parts of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Cost of the priced parts.
    pub cost: Money,
    /// The prices that the cost is made of.
    pub prices: Prices,
    /// Tokens, unpriced ones included.
    pub tokens: u64,
    /// Whether any of the parts has a price.
    pub is_priced: bool,
}

impl Sum {
    /// The cost; unknown where there was use and none of it has a price.
    #[must_use]
    pub fn known_cost(&self) -> Option<Money> {
        (self.is_priced || self.tokens == 0).then_some(self.cost)
    }

    pub(super) fn add(&mut self, cost: Option<Money>, tokens: u64, prices: Prices) {
        self.cost += cost.unwrap_or_default();
        self.is_priced |= cost.is_some();
        self.prices += prices;
        self.tokens += tokens;
    }
}

impl std::ops::AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.cost += other.cost;
        self.prices += other.prices;
        self.tokens += other.tokens;
        self.is_priced |= other.is_priced;
    }
}

/// A link that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The link as it would have been, with the tier and rule of the evidence that was not enough.
    pub link: Link,
    /// Why it was not.
    pub why: &'static str,
    /// What the session and the commit have in common.
    pub common: Option<Common>,
}

/// What a session and a commit have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Common {
    /// Common lines.
    pub lines: u64,
    /// Percentage of the commit's lines, weighted.
    pub of_commit: u64,
    /// Percentage of the session's lines, weighted.
    pub of_session: u64,
    /// Files of the commit that the session edited before it.
    pub files: usize,
    /// All of the commit's files.
    pub of_files: usize,
}

impl Links {
    /// Checks that the parts of every record sum to it.
    pub(super) fn check(&self, records: &[Spent]) -> Result<()> {
        let mut sums: Vec<(Option<Money>, u64)> = vec![(None, 0); records.len()];
        for posting in &self.journal {
            let (cost, tokens) = &mut sums[posting.record];
            if let Some(part) = posting.cost {
                *cost = Some(cost.unwrap_or_default() + part);
            }
            *tokens += posting.tokens;
        }
        let wrong = records.iter().zip(&sums).filter(|(record, sum)| (record.cost, record.tokens) != **sum);
        let ids: Vec<String> = wrong.map(|(record, _)| record.id.to_string()).take(5).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let message = format!("links: the parts of records do not sum to them: {}", ids.join(", "));
        Err(Error::Unreconciled { message })
    }
}

//! Sums of spend, and groups of records with theirs.

use super::columns::CountColumn;
use crate::model::basis::Prices;
use crate::model::money::Money;
use crate::model::usage::TokenCounts;

/// Sums over some records.
///
/// `None` is unknown: no record has the count, or no record has a price. Sums cover the records that have one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spend {
    /// Kept records, without those that a seat covers.
    pub records: u64,
    /// Requests, as far as records count them: those of spend that two sources report are counted once. `None` where none does.
    pub requests: Option<u64>,
    /// Their distinct sessions.
    pub sessions: u64,
    /// Tokens by bucket.
    pub tokens: TokenCounts,
    /// What was spent: the billed amount if there is one, else tokens × list price. Each dollar counts once, even if
    /// several sources saw it.
    pub cost: Option<Money>,
    /// The prices that `cost` is made of.
    pub prices: Prices,
    /// The part of `cost` from records that a more authoritative source covers, too …
    pub explained: Money,
    /// … and what that source has in addition; negative if it has less.
    pub unreconciled: Money,
    /// Records whose spend another record counts.
    pub overlapping_records: u64,
    /// Tokens × list price, over priced records.
    pub list_cost: Option<Money>,
    /// Invoiced amounts, over records that come from a bill.
    pub billed_cost: Option<Money>,
    /// The tools' own estimates, over records that have one.
    pub reported_cost: Option<Money>,
    /// Records without a list price or an amount on a bill.
    pub unpriced_records: u64,
    /// Their tokens.
    pub unpriced_tokens: u64,
    /// Records whose output count is a placeholder.
    pub doubtful_records: u64,
    /// Their recorded output.
    pub doubtful_recorded: u64,
    /// Their output as estimated from the visible text.
    pub doubtful_estimated: u64,
    /// Cost of the difference at list price.
    pub doubt_cost: Money,
    /// What seats cover; it is in no other sum.
    pub seats: BySeat,
}

/// Prompts to assistants that seats cover, so that no price of tokens applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BySeat {
    /// Prompts.
    pub prompts: u64,
    /// Distinct conversations.
    pub conversations: u64,
    /// Tokens as estimated from the length of prompts and answers, for the exports count none.
    pub estimated_tokens: u64,
}

impl Spend {
    /// Whether seats cover all of it.
    #[must_use]
    pub fn is_by_seat(&self) -> bool {
        self.records == 0 && self.seats.prompts > 0
    }

    /// Adds a record whose output count is a placeholder, if there is an estimate of it.
    pub(super) fn doubt(&mut self, recorded: Option<u64>, estimate: Option<u64>) {
        let Some(estimate) = estimate else { return };
        self.doubtful_records += 1;
        self.doubtful_recorded += recorded.unwrap_or(0);
        self.doubtful_estimated += estimate;
    }

    /// The same; where nothing was used, that is known, and it is zero. How many tokens seats covered is unknown.
    pub(super) fn or_nothing(self) -> Self {
        let zero = Some(Money::ZERO);
        match self.records {
            0 if self.is_by_seat() => Self { cost: zero, ..self },
            0 => Self::nothing(),
            _ => self,
        }
    }

    /// The spend of no record.
    fn nothing() -> Self {
        let (tokens, zero) = (token_counts(|_| Some(0)), Some(Money::ZERO));
        Self { tokens, requests: Some(0), list_cost: zero, cost: zero, ..Self::default() }
    }
}

impl std::ops::AddAssign for Spend {
    fn add_assign(&mut self, other: Self) {
        let add = |own: &mut Option<Money>, other: Option<Money>| {
            *own = own.iter().copied().chain(other).reduce(|a, b| a + b);
        };
        // Every field by name, so that a new one cannot be left out.
        let Self {
            records,
            requests,
            sessions,
            tokens,
            cost,
            prices,
            explained,
            unreconciled,
            overlapping_records,
            list_cost,
            billed_cost,
            reported_cost,
            unpriced_records,
            unpriced_tokens,
            doubtful_records,
            doubtful_recorded,
            doubtful_estimated,
            doubt_cost,
            seats,
        } = other;
        self.records += records;
        self.requests = self.requests.into_iter().chain(requests).reduce(u64::saturating_add);
        self.sessions += sessions;
        self.tokens = self.tokens.plus(tokens);
        add(&mut self.cost, cost);
        self.prices += prices;
        self.explained += explained;
        self.unreconciled += unreconciled;
        self.overlapping_records += overlapping_records;
        add(&mut self.list_cost, list_cost);
        add(&mut self.billed_cost, billed_cost);
        add(&mut self.reported_cost, reported_cost);
        self.unpriced_records += unpriced_records;
        self.unpriced_tokens += unpriced_tokens;
        self.doubtful_records += doubtful_records;
        self.doubtful_recorded += doubtful_recorded;
        self.doubtful_estimated += doubtful_estimated;
        self.doubt_cost += doubt_cost;
        self.seats.prompts += seats.prompts;
        self.seats.conversations += seats.conversations;
        self.seats.estimated_tokens += seats.estimated_tokens;
    }
}

/// One group of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// One value per key, in the order of the keys; `None` is unknown.
    pub key: Vec<Option<String>>,
    /// The sums.
    pub spend: Spend,
    /// Number of small groups that it joins; zero for a group of its own.
    pub joined: usize,
}

/// Checks that the groups sum to the total, to the nano-dollar.
pub(super) fn check_sums(groups: &[Group], total: &Spend) -> Result<(), String> {
    type Part = fn(&Spend) -> i128;
    let sum = |of: Part| groups.iter().map(|group| of(&group.spend)).sum::<i128>();
    let checks: [(&str, Part); 7] = [
        ("records", |s| i128::from(s.records)),
        ("tokens", |s| i128::from(s.tokens.total())),
        ("list cost", |s| s.list_cost.unwrap_or_default().nanos()),
        ("cost", |s| s.cost.unwrap_or_default().nanos()),
        ("unreconciled", |s| s.unreconciled.nanos()),
        ("unpriced records", |s| i128::from(s.unpriced_records)),
        ("prompts by seat", |s| i128::from(s.seats.prompts)),
    ];
    for (what, of) in checks {
        if sum(of) != of(total) {
            return Err(format!("{what}: the groups sum to {}, the ledger to {}", sum(of), of(total)));
        }
    }
    Ok(())
}

/// The buckets of tokens, read column by column.
pub(super) fn token_counts(of: impl Fn(CountColumn) -> Option<u64>) -> TokenCounts {
    TokenCounts {
        input: of(CountColumn::Input),
        cache_read: of(CountColumn::CacheRead),
        cache_write_5m: of(CountColumn::CacheWrite5m),
        cache_write_1h: of(CountColumn::CacheWrite1h),
        cache_write_unspecified: of(CountColumn::CacheWriteUnspecified),
        output: of(CountColumn::Output),
        reasoning: of(CountColumn::Reasoning),
    }
}

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
    /// Kept records.
    pub records: u64,
    /// Requests, as far as records count them: those of spend that two sources report are counted once. `None` where none does.
    pub requests: Option<u64>,
    /// Distinct sessions.
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
}

impl Spend {
    /// The spend of no record.
    pub(super) fn nothing() -> Self {
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
    let checks: [(&str, Part); 6] = [
        ("records", |s| i128::from(s.records)),
        ("tokens", |s| i128::from(s.tokens.total())),
        ("list cost", |s| s.list_cost.unwrap_or_default().nanos()),
        ("cost", |s| s.cost.unwrap_or_default().nanos()),
        ("unreconciled", |s| s.unreconciled.nanos()),
        ("unpriced records", |s| i128::from(s.unpriced_records)),
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

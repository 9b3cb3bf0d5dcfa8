//! Seats of subscriptions, for the audit: sums alone.

use serde::Serialize;

use super::page::{Fact, FactId, dollars, grouped, many};
use crate::company::seats::{FEW_DAYS, GRACE_DAYS, SeatSum};
use crate::model::money::Money;

/// Seats over the window; never part of the tokens' dollars.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SeatsDoc {
    /// All of them.
    pub seats: u64,
    /// Of the last days, not asked yet.
    pub in_grace: u64,
    /// Days of grace.
    pub grace_days: i64,
    /// Whose use nothing tells.
    pub unknown: u64,
    /// Without a price.
    pub unpriced: u64,
    /// Without any use.
    pub idle: u64,
    /// With fewer than three active days in 30, idle ones included.
    pub hardly_used: u64,
    /// Days of the window.
    pub days: u64,
    /// Price of those asked, over the window.
    pub cost_usd: Money,
    /// Price of the idle ones.
    pub idle_usd: Money,
    /// Price of the working days on which hardly used ones were not used.
    pub unused_usd: Money,
}

impl From<&SeatSum> for SeatsDoc {
    fn from(sum: &SeatSum) -> Self {
        Self {
            seats: sum.seats,
            in_grace: sum.in_grace,
            grace_days: GRACE_DAYS,
            unknown: sum.unknown,
            unpriced: sum.unpriced,
            idle: sum.idle,
            hardly_used: sum.hardly_used,
            days: sum.days,
            cost_usd: sum.cost,
            idle_usd: sum.idle_cost,
            unused_usd: sum.unused_cost,
        }
    }
}

impl SeatsDoc {
    /// The line of the page.
    pub(super) fn fact(&self) -> Fact {
        let asked = self.seats - self.in_grace - self.unknown;
        let detail = format!(
            "for working days without use of {} (under {FEW_DAYS} active days in 30), {} of them idle, of {} asked and {} in all · \
             {} over {}, beside the tokens",
            many(self.hardly_used, "hardly used seat"),
            grouped(self.idle),
            grouped(asked),
            grouped(self.seats),
            dollars(self.cost_usd),
            many(self.days, "day")
        );
        Fact::new(FactId::Seats, dollars(self.unused_usd), detail)
    }
}

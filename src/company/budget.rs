//! Budgets: dollars for a range of days, for everybody or for one team or repository.

use chrono::NaiveDate;

use crate::model::money::Money;

/// A budget for a range of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Its name.
    pub name: String,
    /// Its amount in dollars.
    pub amount: Money,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included.
    pub until: NaiveDate,
}

/// A budget with the spend that counts against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetOf {
    /// The budget.
    pub budget: Budget,
    /// Only this team's spend.
    pub team: Option<String>,
    /// Only this repository's spend.
    pub project: Option<String>,
}

//! Budgets: dollars for a stretch of days, of everybody or of one team or repository.

use chrono::NaiveDate;

use crate::model::money::Money;

/// A budget for a stretch of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// What it is called.
    pub name: String,
    /// Dollars.
    pub amount: Money,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included.
    pub until: NaiveDate,
}

/// A budget with whose spend counts against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetOf {
    /// The budget.
    pub budget: Budget,
    /// Only this team's spend.
    pub team: Option<String>,
    /// Only this repository's spend.
    pub project: Option<String>,
}

//! What a figure rests on: list prices, bills or both, and which part of the spend or of the code it covers.
//!
//! Two figures compare only when they rest on the same: a ratio over billed spend moves with discounts and plans, one over
//! list prices does not.

use std::borrow::Cow;
use std::fmt;
use std::iter::Sum;
use std::ops::AddAssign;

use serde::{Serialize, Serializer};

use super::money::Money;

/// Which prices an amount of money is made of; sums collect them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prices {
    /// Some of it is tokens times list price.
    pub list: bool,
    /// Some of it is an amount on a bill.
    pub billed: bool,
}

impl Prices {
    /// The prices of one record, from what it costs and from the amount on its bill.
    ///
    /// A record that costs nothing and has no bill adds neither: it was free, or another record counts it.
    #[must_use]
    pub fn of_record(cost: Option<Money>, billed: Option<Money>) -> Self {
        match (cost, billed) {
            (None, _) => Self::default(),
            (Some(_), Some(_)) => Self { list: false, billed: true },
            (Some(cost), None) => Self { list: cost != Money::ZERO, billed: false },
        }
    }

    /// The same with list prices added.
    #[must_use]
    pub fn and_list(self) -> Self {
        Self { list: true, ..self }
    }

    /// The price basis of a figure made of these; without any money it is that of the price book.
    #[must_use]
    pub fn price(self) -> Price {
        match (self.list, self.billed) {
            (_, false) => Price::List,
            (false, true) => Price::Billed,
            (true, true) => Price::Mixed,
        }
    }

    /// The basis of an amount that covers everything.
    #[must_use]
    pub fn basis(self) -> Basis {
        Basis { price: Some(self.price()), form: None }
    }

    /// The basis of an amount that covers a part, or is computed in a certain way.
    #[must_use]
    pub fn form(self, form: Form) -> Basis {
        Basis { price: Some(self.price()), form: Some(form) }
    }
}

impl AddAssign for Prices {
    fn add_assign(&mut self, other: Self) {
        self.list |= other.list;
        self.billed |= other.billed;
    }
}

impl Sum for Prices {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        let mut sum = Self::default();
        all.for_each(|one| sum += one);
        sum
    }
}

/// The prices behind a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Tokens times the list price of the day.
    List,
    /// Amounts on bills.
    Billed,
    /// Amounts on bills where there are some, else list prices.
    Mixed,
}

impl Price {
    const ALL: [Self; 3] = [Self::Mixed, Self::Billed, Self::List];

    /// The text of machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Billed => "billed",
            Self::Mixed => "billed, else list",
        }
    }

    /// The same for people.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::List => "list price",
            Self::Billed => "billed",
            Self::Mixed => "billed, else list price",
        }
    }
}

/// What a figure covers, or how it is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// All spend over all output.
    AllIn,
    /// Spend that is traced to code.
    Linked,
    /// Spend whose outcome can be judged.
    LinkedAndSettled,
    /// Spend that lies over other figures and is not added to them.
    Overlay,
    /// Every day that was read, not only those of the period.
    AllDays,
    /// Whole weeks.
    WholeWeeks,
    /// Sessions of development.
    Sessions,
    /// Users of development.
    Users,
    /// Code of the main branch.
    Mainline,
    /// Code of the main branch that spend is traced to.
    MainlineLinked,
    /// Code of the main branch, compared within one author, repository and size.
    WithinStrata,
    /// Counts as they were logged.
    Recorded,
    /// All files that were read.
    AllFiles,
    /// An estimate.
    Estimated,
    /// Prompts.
    Prompts,
    /// Seats of subscriptions.
    Seats,
    /// Merged pull requests.
    PullRequests,
    /// The median over merged pull requests.
    PullRequestMedian,
}

impl Form {
    /// The text of machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllIn => "all-in",
            Self::Linked => "linked",
            Self::LinkedAndSettled => "linked and settled",
            Self::Overlay => "overlay",
            Self::AllDays => "all days",
            Self::WholeWeeks => "whole weeks",
            Self::Sessions => "sessions of development",
            Self::Users => "users of development",
            Self::Mainline => "mainline",
            Self::MainlineLinked => "mainline, linked",
            Self::WithinStrata => "mainline, within author, repository and size",
            Self::Recorded => "recorded",
            Self::AllFiles => "all files",
            Self::Estimated => "estimated",
            Self::Prompts => "prompts",
            Self::Seats => "seats",
            Self::PullRequests => "merged pull requests",
            Self::PullRequestMedian => "merged pull requests, median",
        }
    }
}

impl From<Form> for Basis {
    fn from(form: Form) -> Self {
        Self { price: None, form: Some(form) }
    }
}

/// What a figure rests on. Machine output has it as one text, such as `list, linked`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Basis {
    /// The prices; `None` when the figure holds no money of the ledger.
    pub price: Option<Price>,
    /// What it covers; `None` when it covers everything.
    pub form: Option<Form>,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.price, self.form) {
            (None, None) => Ok(()),
            (Some(price), None) => f.write_str(price.as_str()),
            (None, Some(form)) => f.write_str(form.as_str()),
            (Some(price), Some(form)) => write!(f, "{}, {}", price.as_str(), form.as_str()),
        }
    }
}

impl Serialize for Basis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl schemars::JsonSchema for Basis {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Basis".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

/// Why two figures with these bases, as documents have them, do not compare; `None` when they do.
///
/// A figure without a value has an empty basis, which says nothing about the other one.
#[must_use]
pub fn why_not_comparable(before: &str, after: &str) -> Option<String> {
    if before == after || before.is_empty() || after.is_empty() {
        return None;
    }
    let price = |text: &str| Price::ALL.into_iter().find(|price| text.starts_with(price.as_str()));
    let (was, is) = match (price(before), price(after)) {
        (Some(was), Some(is)) if was != is => (was.describe().to_owned(), is.describe().to_owned()),
        _ => (format!("`{before}`"), format!("`{after}`")),
    };
    Some(format!("not comparable: one is {was}, the other {is}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOLLAR: Option<Money> = Some(Money::from_nanos(1_000_000_000));

    #[test]
    fn only_list_prices_are_called_list_prices() {
        let (list, billed) = (Prices::of_record(DOLLAR, None), Prices::of_record(DOLLAR, DOLLAR));
        assert_eq!(list.form(Form::Linked).to_string(), "list, linked");
        assert_eq!(billed.form(Form::AllIn).to_string(), "billed, all-in");
        let both: Prices = [list, billed].into_iter().sum();
        assert_eq!(both.basis().to_string(), "billed, else list");
        assert_eq!(Basis::from(Form::Mainline).to_string(), "mainline");
        assert_eq!(Basis::default().to_string(), "");
    }

    #[test]
    fn free_and_unpriced_records_have_no_price() {
        assert_eq!(Prices::of_record(Some(Money::ZERO), None), Prices::default());
        assert_eq!(Prices::of_record(None, DOLLAR), Prices::default());
        // Nothing on a bill is an amount on a bill: a plan covers it.
        assert!(Prices::of_record(Some(Money::ZERO), Some(Money::ZERO)).billed);
    }

    #[test]
    fn figures_of_different_bases_do_not_compare() {
        assert_eq!(why_not_comparable("list, linked", "list, linked"), None);
        assert_eq!(why_not_comparable("", "list, linked"), None);
        let why = |before, after| why_not_comparable(before, after).unwrap_or_default();
        assert_eq!(why("list, linked", "billed, linked"), "not comparable: one is list price, the other billed");
        assert_eq!(
            why("billed, else list", "list"),
            "not comparable: one is billed, else list price, the other list price"
        );
        assert_eq!(why("all-in", "list, all-in"), "not comparable: one is `all-in`, the other `list, all-in`");
        assert_eq!(
            why("list, linked", "list, all-in"),
            "not comparable: one is `list, linked`, the other `list, all-in`"
        );
    }
}

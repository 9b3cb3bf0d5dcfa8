//! Rows of a bill that are left out: how many, and their money by currency, which is said once for each file.
//!
//! - In: rows that a format does not count. Out: a notice for each reason.

use std::fmt::Write;

use crate::diagnostics::{Diagnostics, Severity};
use crate::model::money::Money;
use crate::sources::values::currency::other_than_usd;

/// Why a row of a bill is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Left {
    /// It is of another service than AI.
    OtherService,
    /// It is tax, which is no price of anything that was used.
    Tax,
}

impl Left {
    /// The kind of the notice, and its sentence.
    fn notice(self) -> (&'static str, &'static str) {
        match self {
            Self::OtherService => {
                ("other-services", "rows of a bill are of other services than AI and are in no figure")
            }
            Self::Tax => ("tax-rows", "rows of a bill are tax and are in no figure"),
        }
    }
}

/// The rows of one file that were left out.
#[derive(Debug, Default)]
pub(in crate::sources) struct Aside {
    sums: Vec<Sum>,
    /// The row that was left out last and is not counted yet: its place in `sums`, and its amount.
    last: Option<(usize, Option<Money>)>,
}

#[derive(Debug)]
struct Sum {
    why: Left,
    /// As the file writes it.
    currency: String,
    rows: u64,
    money: Money,
}

impl Aside {
    /// Remembers a row that is left out, until [`Self::count`].
    pub(in crate::sources) fn leave(&mut self, why: Left, amount: Option<Money>, currency: Option<&str>) {
        let currency = currency.unwrap_or("");
        let known = self.sums.iter().position(|sum| sum.why == why && sum.currency == currency);
        let at = known.unwrap_or_else(|| {
            self.sums.push(Sum { why, currency: currency.to_owned(), rows: 0, money: Money::ZERO });
            self.sums.len() - 1
        });
        self.last = Some((at, amount));
    }

    /// Counts the row that was left out last. A row that is read again is counted once.
    pub(in crate::sources) fn count(&mut self) {
        if let Some((at, amount)) = self.last.take() {
            let sum = &mut self.sums[at];
            sum.rows += 1;
            sum.money += amount.unwrap_or_default();
        }
    }

    /// Forgets the row that was left out last.
    pub(in crate::sources) fn forget(&mut self) {
        self.last = None;
    }

    /// Says what was left out of a file.
    pub(in crate::sources) fn report(&self, path: &str, diagnostics: &mut Diagnostics) {
        for why in [Left::OtherService, Left::Tax] {
            let sums: Vec<&Sum> = self.sums.iter().filter(|sum| sum.why == why && sum.rows > 0).collect();
            if sums.is_empty() {
                continue;
            }
            let mut place = path.to_owned();
            for (at, sum) in sums.iter().enumerate() {
                let unit = other_than_usd(&sum.currency);
                let unit = unit.as_deref().unwrap_or("USD");
                let before = if at == 0 { ": " } else { ", " };
                // Writing to a text cannot fail.
                let _ = write!(place, "{before}{} {unit} in {} rows", sum.money, sum.rows);
            }
            let (kind, message) = why.notice();
            let rows = sums.iter().map(|sum| sum.rows).sum();
            diagnostics.add_many(Severity::Note, kind, message, rows, Some(place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_said_with_its_money_by_currency() {
        let mut aside = Aside::default();
        let mut leave = |why, cents: i128, currency| {
            aside.leave(why, Some(Money::from_nanos(cents * 10_000_000)), currency);
            aside.count();
        };
        leave(Left::OtherService, 250, Some("USD"));
        leave(Left::OtherService, -50, Some("USD"));
        leave(Left::OtherService, 100, Some("EUR"));
        leave(Left::Tax, 7, None);
        // A row that turned out to be read again.
        aside.leave(Left::Tax, Some(Money::from_nanos(1)), None);
        aside.forget();
        aside.count();
        let mut said = Diagnostics::default();
        aside.report("bill.csv", &mut said);
        let said: Vec<(String, u64)> = said.all().into_iter().map(|one| (one.examples.concat(), one.count)).collect();
        assert_eq!(
            said,
            [
                ("bill.csv: 2 USD in 2 rows, 1 EUR in 1 rows".to_owned(), 3),
                ("bill.csv: 0.07 USD in 1 rows".to_owned(), 1)
            ]
        );
    }
}

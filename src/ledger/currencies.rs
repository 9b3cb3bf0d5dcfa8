//! Amounts in other currencies than US dollars.
//!
//! - In: priced records, of which some name another currency, and the rates of the configuration.
//! - Out: amounts in dollars where a rate applies on their day. All others stay what they are, and are in no sum of dollars:
//!   each currency has a sum of its own.
//! - A price list of DeepSeek names no currency. Where its prices are a multiple of those in dollars, they are yuan.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::columns::{CostColumn, TextColumn};
use super::row::LedgerRow;
use super::{Entry, own_cost};
use crate::diagnostics::{Diagnostics, Severity};
use crate::model::bill::Authority;
use crate::model::money::{Money, NANOS_PER_DOLLAR};
use crate::model::name::{Name, Names};
use crate::sources::FileReport;

/// The format whose prices name no currency …
const UNNAMED: &str = "deepseek-usage";
/// … which is this one …
const YUAN: &str = "CNY";
/// … if they are this many times the list price in dollars: half of a dollar's price in yuan, because hours of little use have
/// half the price.
const LEAST_TIMES: i128 = 3;

/// Rates of exchange: what a unit of a currency is in dollars, from a day on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rates(BTreeMap<String, BTreeMap<NaiveDate, Money>>);

impl Rates {
    /// Adds a rate: from `day` on, until the next one, a unit of `currency` (a code in capitals) is so many dollars.
    pub fn add(&mut self, currency: String, day: NaiveDate, dollars: Money) {
        self.0.entry(currency).or_default().insert(day, dollars);
    }

    /// The rate on a day, if one applies.
    #[must_use]
    pub fn on(&self, currency: &str, day: NaiveDate) -> Option<Money> {
        self.0.get(currency)?.range(..=day).next_back().map(|(_, dollars)| *dollars)
    }
}

/// The sum of amounts that are not in dollars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherCurrency {
    /// The code of the currency, as far as it is known.
    pub currency: String,
    /// The sum, in the currency.
    pub amount: Money,
    /// How many records it is of.
    pub records: u64,
}

/// The amounts of rows that are in other currencies and in no sum of dollars, by currency.
pub(super) fn sums<'a>(rows: impl Iterator<Item = LedgerRow<'a>>) -> Vec<OtherCurrency> {
    let mut sums: BTreeMap<&str, (Money, u64)> = BTreeMap::new();
    for row in rows {
        let is_converted = row.cost(CostColumn::Billed).or(row.cost(CostColumn::Reported)).is_some();
        let amount = row.text(TextColumn::OtherCurrency).zip(row.cost(CostColumn::OtherCurrency));
        if let Some((currency, amount)) = amount.filter(|_| !is_converted) {
            let sum = sums.entry(currency).or_default();
            *sum = (sum.0 + amount, sum.1 + 1);
        }
    }
    let other = |(currency, (amount, records)): (&str, (Money, u64))| OtherCurrency {
        currency: currency.to_owned(),
        amount,
        records,
    };
    sums.into_iter().map(other).collect()
}

/// Takes the amounts of a file for yuan where its prices are.
pub(super) fn find_yuan(entries: &mut [Entry], files: &[FileReport], names: &mut Names, out: &mut Diagnostics) {
    let mut ratios: BTreeMap<u32, Vec<(i128, i128)>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.record.source == UNNAMED) {
        let positive = |money: Option<Money>| money.map(Money::nanos).filter(|nanos| *nanos > 0);
        if let (Some(billed), Some(list)) = (positive(entry.record.billed_cost), positive(entry.list_cost)) {
            ratios.entry(entry.record.origin.file.0).or_default().push((billed, list));
        }
    }
    for (file, amounts) in ratios {
        let above = amounts.iter().filter(|(billed, list)| *billed >= list.saturating_mul(LEAST_TIMES)).count();
        if above * 2 <= amounts.len() {
            continue;
        }
        let path = files.get(file as usize).map_or("", |file| file.path.as_str());
        let message =
            "the prices of an export name no currency and are several times those in dollars: they are taken for yuan";
        out.add(Severity::Note, "prices-in-yuan", message, path);
        let yuan = names.intern(YUAN);
        let own = |entry: &&mut Entry| entry.record.source == UNNAMED && entry.record.origin.file.0 == file;
        for entry in entries.iter_mut().filter(own) {
            let bill = &mut entry.record.bill;
            (bill.currency_cost, bill.currency) = (entry.record.billed_cost.take(), Some(yuan));
            entry.cost = own_cost(&entry.record, entry.list_cost);
        }
    }
}

/// Converts the amounts for which there is a rate. The others make their record one without a price, unless it has a list price.
pub(super) fn convert(entries: &mut [Entry], rates: &Rates, names: &mut Names, out: &mut Diagnostics) {
    let mut converted: BTreeMap<u32, (u64, Money, Money)> = BTreeMap::new();
    for entry in entries.iter_mut() {
        let bill = entry.record.bill;
        let (Some(currency), Some(amount)) = (bill.currency, bill.currency_cost) else { continue };
        let day = entry.record.charge_period_start.date_naive();
        let dollars = rates.on(names.text(currency), day).and_then(|rate| exchanged(amount, rate));
        let Some(dollars) = dollars else {
            if entry.cost.is_none() {
                let why = format!("billed in {}", names.text(currency));
                entry.unpriced = Some(names.intern(&why));
            }
            continue;
        };
        let is_bill = bill.authority == Authority::Invoice;
        *(if is_bill { &mut entry.record.billed_cost } else { &mut entry.record.reported_cost }) = Some(dollars);
        entry.cost = own_cost(&entry.record, entry.list_cost);
        let sum = converted.entry(currency.code()).or_insert((0, Money::ZERO, Money::ZERO));
        *sum = (sum.0 + 1, sum.1 + amount, sum.2 + dollars);
    }
    let text = |code| Name::from_code(code).map_or("", |name| names.text(name));
    let mut said: Vec<(&str, u64, Money, Money)> = converted
        .into_iter()
        .map(|(code, (records, amount, dollars))| (text(code), records, amount, dollars))
        .collect();
    said.sort_unstable();
    for (currency, records, amount, dollars) in said {
        let message = "amounts in another currency were converted by the rates of [currency]";
        let place = format!("{amount} {currency} became {dollars} USD");
        out.add_many(Severity::Note, "converted-currency", message, records, Some(place));
    }
}

/// An amount at a rate, rounded to a nano-dollar.
fn exchanged(amount: Money, rate: Money) -> Option<Money> {
    let scaled = amount.nanos().checked_mul(rate.nanos())?;
    let half = if scaled < 0 { -NANOS_PER_DOLLAR / 2 } else { NANOS_PER_DOLLAR / 2 };
    Some(Money::from_nanos((scaled + half) / NANOS_PER_DOLLAR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_applies_from_its_day_until_the_next_one() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let usd = |text: &str| Money::parse_usd(text).expect("an amount");
        let mut rates = Rates::default();
        rates.add("EUR".to_owned(), day("2026-04-01"), usd("1.25"));
        rates.add("EUR".to_owned(), day("2026-01-01"), usd("1.10"));
        let on = |text: &str| rates.on("EUR", day(text));
        assert_eq!(on("2025-12-31"), None);
        assert_eq!((on("2026-01-01"), on("2026-03-31")), (Some(usd("1.10")), Some(usd("1.10"))));
        assert_eq!((on("2026-04-01"), rates.on("GBP", day("2026-04-01"))), (Some(usd("1.25")), None));
        assert_eq!(exchanged(usd("-2.5"), usd("1.10")), Some(usd("-2.75")));
    }
}

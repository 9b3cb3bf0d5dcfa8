//! Spend that appears in a bill, at a gateway and in a transcript counts once, and no match makes a sum negative.
//!
//! A case is one vendor ([`crate::pricing::payee`]) and UTC day that several kinds of sources cover. Its sources are matched one
//! after the other, the one nearest to the invoice ([`Authority`]) last, by model, and by key, workspace or account where both
//! name one (see [`matching`]):
//! - the most detailed source (request, session, … day; at the same grain the transcript) keeps its rows with their cost;
//! - every other source keeps what the detailed rows do not explain, in dollars and in tokens; that part is unreconciled;
//! - what a source has above the bill, and what is of a model that the bill does not name, is separate spend: on another
//!   account or plan. It is counted and reported.
//!
//! So a case costs what its bill says and, in addition, what the bill cannot include. Amounts differ for other reasons, too: a
//! bill rounded to cents, within one percent, with the same tokens, or lower by the same share on all days (a discount) is of
//! the same spend, and the detailed rows are scaled to it.
//!
//! Transcripts of several tools add up, and so do gateways. Two bills, two counts by a vendor, and two cuts of one report (by day
//! and by hour, by model and by user) are matched like different sources, the more detailed one first. A row of a longer period
//! (a month's bill) is matched with the days in it. Usage that a plan includes has no money, so detailed rows are not above it.

mod cases;
mod discount;
mod groups;
mod matching;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use self::cases::{day_levels, longer_cases};
use self::matching::Matcher;
use super::Entry;
use crate::model::bill::Authority;
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::usage::TokenCounts;

/// The role of a row when several sources cover the same spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Role {
    /// No other source covers it.
    #[default]
    Alone,
    /// A detailed row: its cost explains a part of the money.
    Explains,
    /// Not in the bill, or above it: on another account or plan.
    Separate,
    /// Sets the money and keeps the unreconciled part.
    Bills,
    /// The same, but a bill of a longer period covers it, too.
    BillsWithin,
    /// Other records count all of it.
    Aside,
}

impl Role {
    /// The machine names, in the order of the variants.
    pub(super) const TEXTS: [&'static str; 6] =
        ["alone", "explains", "separate", "unreconciled", "unreconciled", "aside"];
}

/// What is counted of a row if it is not the whole row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Part {
    /// The part of its cost that a bill covers, if the row explains only a part of its cost.
    pub(crate) explained: Option<Money>,
    /// The tokens and the list cost that no other record counts, if other records count some.
    pub(crate) left: Option<Left>,
}

/// What no other record counts of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Left {
    pub(crate) tokens: TokenCounts,
    pub(crate) list: Option<Money>,
    /// Whether other records count a part.
    pub(crate) is_reduced: bool,
    /// Whether another bill of the same kind sets the money, so that only what is left is billed in addition.
    pub(crate) is_second: bool,
}

/// What was found, each part as sorted lines for people.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The cases.
    pub(super) cases: Vec<String>,
    /// Spend that is not in the bills.
    pub(super) separate: Vec<String>,
    /// Bills that are too large for their day.
    pub(super) dwarfing: Vec<String>,
}

/// What the matching has found so far, by the index of the entry.
#[derive(Default)]
struct State {
    /// How much of a detailed row a bill covers, and whether that bill is the vendor's.
    explained: HashMap<usize, (bool, Money)>,
    /// What is left of rows that others explain.
    left: HashMap<usize, Left>,
    /// Rows that explain something at another kind of source.
    explaining: HashSet<usize>,
    /// Rows that set money which others explain.
    billing: HashSet<usize>,
    /// Rows that a bill of a longer period covers.
    within: HashSet<usize>,
    /// Rows that a vendor's bill or count should cover.
    below_bill: HashSet<usize>,
}

/// Resolves all cases.
pub(super) fn resolve(entries: &mut [Entry], names: &Names) -> Found {
    let mut found = Found::default();
    if entries.iter().all(|entry| entry.record.bill.authority == Authority::Transcript || entry.apart) {
        return found;
    }
    let (days, longer) = cases::split(entries, names);
    found.dwarfing = cases::dwarfing(entries, &days);
    let mut matcher = Matcher::new(entries, names, &days, &longer);
    for ((payee, day), rows) in &days {
        let levels = day_levels(matcher.entries, rows);
        if levels.len() > 1 {
            found.cases.extend(cases::text(matcher.entries, &levels).map(|text| format!("{payee} {day}: {text}")));
            matcher.day(payee, &levels);
        }
    }
    matcher.uncovered_days(&days);
    for case in longer_cases(&longer, matcher.entries, names) {
        let (payee, day) = (case.payee, case.start.date_naive());
        found.cases.extend(matcher.longer(case).map(|text| format!("{payee} from {day}: {text}")));
    }
    let state = std::mem::take(&mut matcher.state);
    found.separate = finish(entries, names, &state);
    found.cases.sort();
    found
}

/// Gives the rows their roles and describes the separate spend of each vendor.
fn finish(entries: &mut [Entry], names: &Names, state: &State) -> Vec<String> {
    let mut separate: BTreeMap<&str, (Money, NaiveDate, NaiveDate, BTreeSet<&str>)> = BTreeMap::new();
    let touched: BTreeSet<usize> = state
        .explained
        .keys()
        .chain(state.left.keys())
        .chain(&state.explaining)
        .chain(&state.billing)
        .chain(&state.below_bill)
        .copied()
        .collect();
    for at in touched {
        let explained = state.explained.get(&at).map_or(Money::ZERO, |(_, money)| *money);
        let left = state.left.get(&at).copied();
        let below = state.below_bill.contains(&at);
        let entry = &mut entries[at];
        let cost = entry.cost.unwrap_or_default();
        let beyond = cost - explained;
        let is_gone = !state.billing.contains(&at)
            && left.is_some_and(|left| left.is_reduced && left.tokens.total() == 0)
            && cost == Money::ZERO;
        let has_more = below && beyond > Money::ZERO;
        entry.role = if is_gone {
            Role::Aside
        } else if state.within.contains(&at) && state.billing.contains(&at) {
            Role::BillsWithin
        } else if left.is_none() && (explained > Money::ZERO || (state.explaining.contains(&at) && !has_more)) {
            Role::Explains
        } else if has_more {
            Role::Separate
        } else if left.is_some() || state.billing.contains(&at) {
            Role::Bills
        } else {
            Role::Alone
        };
        if left.is_some_and(|left| left.is_reduced) && entry.cost.is_none() && is_gone {
            entry.cost = Some(Money::ZERO);
        }
        let partly = (entry.role == Role::Explains && explained < cost).then_some(explained);
        if partly.is_some() || left.is_some() {
            entry.part = Some(Box::new(Part { explained: partly, left }));
        }
        if has_more {
            let day = entry.record.charge_period_start.date_naive();
            let payee = names.text_of(entry.provider).unwrap_or("");
            let sum = separate.entry(payee).or_insert((Money::ZERO, day, day, BTreeSet::new()));
            (sum.0, sum.1, sum.2) = (sum.0 + beyond, sum.1.min(day), sum.2.max(day));
            sum.3.insert(entry.record.source);
        }
    }
    let line = |(payee, (money, first, last, sources)): (&str, (Money, NaiveDate, NaiveDate, BTreeSet<&str>))| {
        let sources = sources.into_iter().collect::<Vec<_>>().join(", ");
        format!("{payee}: ${money} from {first} to {last} in {sources}")
    };
    separate.into_iter().map(line).collect()
}

//! Rows of one side of a case that are matched together, and the rules of what matches what.

use std::collections::BTreeSet;

use crate::ledger::Entry;
use crate::model::money::Money;
use crate::model::usage::TokenCounts;

/// Half a cent: the most by which an amount in whole cents differs from the exact one.
pub(super) const HALF_A_CENT: i128 = 5_000_000;
/// Sides that differ by no more than this share are the same spend.
pub(super) const SAME_PERCENT: i128 = 1;
/// What a row names besides its model: key or user, workspace or project, and the account of the configuration.
pub(super) type Marks<'a> = [Option<&'a str>; 3];

/// Rows of one side with the same model and marks.
#[derive(Default)]
pub(super) struct Group<'a> {
    pub(super) model: Option<&'a str>,
    pub(super) marks: Marks<'a>,
    /// Known buckets of tokens, for two cuts of one report: embeddings do not match completions.
    pub(super) shape: Option<(&'static str, u8)>,
    pub(super) rows: Vec<usize>,
    /// What is not matched yet.
    pub(super) money: Money,
    pub(super) list: Money,
    pub(super) tokens: TokenCounts,
    /// What was matched in all, and what the other side takes over.
    pub(super) matched: Money,
    pub(super) taken: Money,
    pub(super) taken_list: Money,
    pub(super) taken_tokens: TokenCounts,
    /// Whether its rows keep their cost, and the other side loses it.
    pub(super) wins: bool,
    /// Whether a plan includes it.
    pub(super) is_plan: bool,
    pub(super) on_plan: bool,
}

/// One pass of matching.
pub(super) struct Pass {
    pub(super) same_model: bool,
    pub(super) same_marks: bool,
}

pub(super) const PASSES: [Pass; 4] = [
    Pass { same_model: true, same_marks: true },
    Pass { same_model: true, same_marks: false },
    Pass { same_model: false, same_marks: true },
    Pass { same_model: false, same_marks: false },
];

impl Pass {
    pub(super) fn fits(&self, x: &Group<'_>, y: &Group<'_>) -> bool {
        let shape = match (x.shape, y.shape) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => true,
        };
        let marks = |(ours, theirs): (&Option<&str>, &Option<&str>)| match (ours, theirs) {
            (Some(ours), Some(theirs)) => ours == theirs,
            (ours, theirs) => !self.same_marks || ours == theirs,
        };
        shape && x.marks.iter().zip(&y.marks).all(marks)
    }
}

/// Matches two groups by the smaller of their amounts.
pub(super) fn pair(x: &mut Group<'_>, y: &mut Group<'_>) {
    let money = x.money.min(y.money);
    let list = x.list.min(y.list).max(Money::ZERO);
    x.on_plan |= y.is_plan;
    (x.money, y.money) = (x.money - money, y.money - money);
    (x.matched, y.matched) = (x.matched + money, y.matched + money);
    let before = y.tokens;
    let has_tokens = x.tokens.take_common(&mut y.tokens);
    if has_tokens {
        (x.list, y.list) = (x.list - list, y.list - list);
    }
    if x.wins {
        y.taken += money;
        if has_tokens {
            y.taken_list += list;
            y.taken_tokens = y.taken_tokens.plus(before.less(y.tokens));
        }
    }
}

/// Whether what one side has beyond the other is no spend of its own: rounded cents, one percent, or the same tokens.
pub(super) fn is_same_spend(x: &Group<'_>, theirs: &[Group<'_>], entries: &[Entry]) -> bool {
    let same = theirs.iter().filter(|y| y.matched > Money::ZERO && (y.model == x.model || y.model.is_none()));
    let rows: Vec<usize> = same.flat_map(|y| &y.rows).copied().collect();
    let is_cents =
        |at: &usize| entries[*at].record.billed_cost.is_none_or(|cost| cost.nanos() % (2 * HALF_A_CENT) == 0);
    let rounding = if rows.iter().all(is_cents) { HALF_A_CENT * rows.len() as i128 } else { 0 };
    let beyond = x.money.nanos();
    if beyond <= rounding || beyond * 100 <= x.matched.nanos() * SAME_PERCENT {
        return true;
    }
    let tokens =
        |rows: &[usize]| -> u128 { rows.iter().map(|at| u128::from(entries[*at].record.tokens.total())).sum() };
    let (logged, billed) = (tokens(&x.rows), tokens(&rows));
    billed > 0 && logged > 0 && x.tokens.total() == 0 && billed * 100 >= logged * 99
}

/// Whether two sides write a mark in the same way.
pub(super) fn mean_the_same(ours: &BTreeSet<&str>, theirs: &BTreeSet<&str>) -> bool {
    let form = |all: &BTreeSet<&str>| {
        let mut forms = all.iter().map(|text| id_form(text));
        let first = forms.next().flatten()?;
        forms.all(|form| form == Some(first)).then_some(first)
    };
    ours.iter().any(|text| theirs.contains(text) && !is_default(text))
        || form(ours).is_some_and(|ours| form(theirs) == Some(ours))
}

/// Names that every account has.
pub(super) fn is_default(text: &str) -> bool {
    text.eq_ignore_ascii_case("default") || text.eq_ignore_ascii_case("default workspace") || text.is_empty()
}

/// The kind of id that a text is by its form; two sides that write ids of one kind mean the same by equal ones.
pub(super) fn id_form(text: &str) -> Option<&'static str> {
    const PREFIXES: [&str; 7] = ["wrkspc_", "proj_", "apikey_", "key_", "org-", "user-", "sk-"];
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some("account");
    }
    PREFIXES.into_iter().find(|prefix| text.starts_with(prefix))
}

/// Which buckets are known.
pub(super) fn shape(tokens: &TokenCounts) -> u8 {
    u8::from(tokens.input.is_some()) | u8::from(tokens.output.is_some()) << 1
}

//! Whether it gets better from month to month, as the document has it.

use serde::Serialize;

use crate::measure::trend::{ChangeOf, MonthOf};
use crate::model::quantity::Quantity;

/// One measure in one month.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct TrendDoc {
    /// `cost_per_pull_request` (dollars, by the month of the merge), `lines_replaced_14_days` (share of the lines of the month that are old
    /// enough to tell), or `share_that_lasted` (of the month's judged spend).
    pub measure: &'static str,
    /// The month.
    pub month: String,
    /// Its value; `null` under five merged changes, and for `share_that_lasted` where less than half of the month's spend is judged.
    pub value: Option<Quantity>,
    /// Lower end of the 95% range; `null` under 20 merged changes.
    pub lo: Option<Quantity>,
    /// Upper end.
    pub hi: Option<Quantity>,
    /// Merged changes behind it.
    pub n: u64,
    /// Whether the month counts: 20 merged changes, and spend that is at least half judged.
    pub enough: bool,
}

/// How the last two months that count differ.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct TrendVerdictDoc {
    /// As in `trend`.
    pub measure: &'static str,
    /// The earlier month; `null` where no two months count.
    pub from: Option<String>,
    /// The later month.
    pub to: Option<String>,
    /// `better` or `worse` (the range leaves out zero), `no_clear_change`, or `too_early`.
    pub verdict: &'static str,
    /// The later month less the earlier one.
    pub difference: Option<Quantity>,
    /// Lower end of its 95% range, for which changes were drawn as wholes.
    pub lo: Option<Quantity>,
    /// Upper end.
    pub hi: Option<Quantity>,
}

impl From<&MonthOf> for TrendDoc {
    fn from(one: &MonthOf) -> Self {
        Self {
            measure: one.measure.word(),
            month: one.month.clone(),
            value: one.value,
            lo: one.range.map(|ends| ends.0),
            hi: one.range.map(|ends| ends.1),
            n: one.n,
            enough: one.is_enough,
        }
    }
}

impl From<&ChangeOf> for TrendVerdictDoc {
    fn from(one: &ChangeOf) -> Self {
        let of = |at: usize| one.difference.map(|all| all[at]);
        let (from, to) = one.months.clone().unzip();
        Self {
            measure: one.measure.word(),
            from,
            to,
            verdict: one.direction.word(),
            difference: of(0),
            lo: of(1),
            hi: of(2),
        }
    }
}

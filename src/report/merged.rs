//! What the page says of the lines that were merged, and of the spend over them.

use super::page::{Fact, FactId, dollars, grouped, many, plural, short};
use crate::measure::Measured;
use crate::measure::sayable::Unknown;
use crate::metrics::{COST_PER_MERGED_LINE, DEL_ADD_RATIO, Figures, Quantity, TOKENS_PER_MERGED_LINE};

/// What landed in the window, and the spend over it.
pub(super) fn facts(measured: &Measured, metrics: &Figures) -> Vec<Fact> {
    let Some(landed) = measured.landed else {
        let detail = "no repository: pass --repo PATH to see what the spend became";
        return vec![Fact::new(FactId::Merged, "unknown", detail)];
    };
    if measured.is_cut() {
        return vec![Fact::new(FactId::Merged, "unknown", Unknown::CutHistory.to_string())];
    }
    let totals = landed.totals;
    let days = match (measured.window.first_day(), measured.window.last_day()) {
        (Some(first), Some(last)) => format!("{first}..{last}"),
        _ => "the period".to_owned(),
    };
    let detail = format!(
        "that count, of {} added and {} deleted in {} of {days}",
        grouped(totals.added),
        grouped(totals.deleted),
        many(totals.commits, "merged change")
    );
    let merged = format!("{} {}", short(totals.added_effective), plural(totals.added_effective, "line"));
    let mut facts = vec![Fact::new(FactId::Merged, merged, detail)];
    if let Some(Quantity::Money(per_line)) = metrics.value(&COST_PER_MERGED_LINE) {
        let tokens = metrics.value(&TOKENS_PER_MERGED_LINE).map_or_else(|| "?".to_owned(), shown_quantity);
        let ratio = metrics.value(&DEL_ADD_RATIO).map_or_else(|| "?".to_owned(), shown_quantity);
        let detail =
            format!("{tokens} tokens, everything included: all spend over all merged lines · deleted to added {ratio}");
        facts.push(Fact::new(FactId::PerLine, format!("${}", per_line.to_fixed(4)), detail));
    }
    facts
}

fn shown_quantity(quantity: Quantity) -> String {
    match quantity {
        Quantity::Money(money) => dollars(money),
        Quantity::Count(count) => grouped(count),
        Quantity::Ratio(numerator, denominator) => match u64::try_from(numerator / denominator.max(1)) {
            Ok(whole) if whole >= 100 => grouped(whole),
            _ => format!("{:.2}", quantity.as_f64()),
        },
    }
}

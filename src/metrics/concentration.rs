//! From the merged changes that spend is traced to: whether the dollars are where the lasting lines are.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::measure::spread::by_cost_per_line;
use crate::model::basis::Form;
use crate::model::money::Money;

/// Fewer merged changes make no curve.
const MIN_LANDINGS: usize = 10;

pub(super) static CONCENTRATION: Metric = Metric {
    id: "output-concentration",
    code: "D3",
    name: "Distance of dollars from lasting lines",
    unit: "index",
    about: "Traced changes that are at least 30 days old, from the cheapest lasting line to the most expensive: the Lorenz curve of \
            dollars against that of lines that lived for 30 days, as one minus twice the area below.\n\
            0: every lasting line cost the same; near 1: the dollars went to changes of which no line lasted. `spread.landings` has \
            points of the curve. Needs 10 changes. Hard problems cost much and leave few lines, and deleting leaves none: a large \
            value is a question, not a verdict, and says nothing about people.",
    needs: &[Need::History, Need::Units(MIN_LANDINGS as u64, "traced changes that are 30 days old")],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let old = linked.landings.iter().filter_map(|one| Some((one.cost, one.surviving?)));
        let sorted = by_cost_per_line(old);
        let value = index(&sorted);
        Measurement {
            value,
            n: sorted.len() as u64,
            coverage: measured.linked_share(),
            basis: linked.prices().form(Form::Linked),
            missing: value.is_none().then_some("fewer than 10 traced changes are 30 days old"),
            ..Measurement::default()
        }
    },
};

/// One minus twice the area under cumulative dollars over cumulative lines; `None` for few changes or no lasting line.
fn index(sorted: &[(Money, u64)]) -> Option<Quantity> {
    let dollars: i128 = sorted.iter().map(|(cost, _)| cost.nanos()).sum();
    let lines: i128 = sorted.iter().map(|(_, lines)| i128::from(*lines)).sum();
    if sorted.len() < MIN_LANDINGS || lines == 0 {
        return None;
    }
    let mut below = 0;
    let mut area = 0;
    for (cost, lines) in sorted {
        area += i128::from(*lines) * (below + below + cost.nanos());
        below += cost.nanos();
    }
    Some(Quantity::Ratio(dollars * lines - area, dollars * lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lines_give_zero_and_lost_dollars_nearly_one() {
        let index_of = |parts: &[(i128, u64)]| {
            let landings = parts.iter().map(|(cost, lines)| (Money::from_nanos(*cost), *lines));
            index(&by_cost_per_line(landings)).map(|one| one.as_f64().to_string())
        };
        assert_eq!(index_of(&[(3, 6); 10]).as_deref(), Some("0"));
        // Half of the dollars brought all lines: 1 - 2 x 1/4.
        let half = [[(1, 1); 5], [(1, 0); 5]].concat();
        assert_eq!(index_of(&half).as_deref(), Some("0.5"));
        // Nine of ten dollars brought none: half a tenth is below the curve of the rest.
        let most = [vec![(1, 4)], vec![(1, 0); 9]].concat();
        assert_eq!(index_of(&most).as_deref(), Some("0.9"));
        assert_eq!((index_of(&[(1, 1); 9]), index_of(&[(1, 0); 10])), (None, None));
    }
}

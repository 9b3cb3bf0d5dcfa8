//! D3 Output against spend: whether the dollars lie where the lasting lines are.

use super::{Measurement, Metric, Quantity, View};
use crate::measure::spread::by_cost_of_a_line;
use crate::model::money::Money;

/// Fewer landings make no curve.
const LEAST: usize = 10;

/// See [`Metric::about`].
pub(super) struct Concentration;

/// One less twice the area under cumulative dollars over cumulative lines; `None` for few landings or no lasting line.
fn index(sorted: &[(Money, u64)]) -> Option<Quantity> {
    let dollars: i128 = sorted.iter().map(|(cost, _)| cost.nanos()).sum();
    let lines: i128 = sorted.iter().map(|(_, lines)| i128::from(*lines)).sum();
    if sorted.len() < LEAST || lines == 0 {
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

impl Metric for Concentration {
    fn id(&self) -> &'static str {
        "output-concentration"
    }

    fn code(&self) -> &'static str {
        "D3"
    }

    fn name(&self) -> &'static str {
        "Distance of dollars from lasting lines"
    }

    fn unit(&self) -> &'static str {
        "index"
    }

    fn about(&self) -> &'static str {
        "Linked landings watched for 30 days, from the cheapest lasting line to the dearest: the Lorenz curve of dollars \
         against that of lines that lived for 30 days, as one less twice the area below.\n\
         0: every lasting line cost the same; near 1: the dollars lie on landings of which no line lasted. `spread.landings` \
         has points of the curve. Needs 10 landings. Hard problems take much and leave few lines, and deleting leaves none: \
         a large value is a question and no verdict, and says nothing of persons."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let old = linked.landings.iter().filter_map(|one| Some((one.cost, one.surviving?)));
        let sorted = by_cost_of_a_line(old);
        let value = index(&sorted);
        Measurement {
            value,
            n: sorted.len() as u64,
            coverage: view.linked_share(),
            basis: "list, linked",
            missing: value.is_none().then_some("fewer than 10 linked landings could be watched for 30 days"),
            ..Measurement::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lines_are_near_and_lost_dollars_far() {
        let of = |parts: &[(i128, u64)]| {
            let landings = parts.iter().map(|(cost, lines)| (Money::from_nanos(*cost), *lines));
            index(&by_cost_of_a_line(landings)).map(|one| one.as_f64().to_string())
        };
        assert_eq!(of(&[(3, 6); 10]).as_deref(), Some("0"));
        // Half of the dollars brought all lines: 1 - 2 x 1/4.
        let half = [[(1, 1); 5], [(1, 0); 5]].concat();
        assert_eq!(of(&half).as_deref(), Some("0.5"));
        // Nine of ten dollars brought none: below the curve of the rest lies half a tenth.
        let most = [vec![(1, 4)], vec![(1, 0); 9]].concat();
        assert_eq!(of(&most).as_deref(), Some("0.9"));
        assert_eq!((of(&[(1, 1); 9]), of(&[(1, 0); 10])), (None, None));
    }
}

//! How much of the use of a period was off task, with the share corrected for the classifier's errors.

use crate::link::calibrate::wilson;
use crate::model::period::Period;
use crate::model::quantity::Quantity;
use crate::sessions::off_task::{OffTask, Sums, corrected};
use crate::statistics::interval::{self, Clusters};

/// With fewer flagged sessions than this, there is too little spread to resample.
const FEW_FLAGGED: usize = 5;

/// The prompts of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffTaskPeriod {
    /// Counts and cost by band.
    pub sums: Sums,
    /// The corrected share with the ends of its interval; `None` with too few sessions.
    pub share: Option<(Quantity, Quantity, Quantity)>,
}

impl OffTaskPeriod {
    /// Sums the prompts of a period.
    #[must_use]
    pub fn new(found: &OffTask, period: &Period) -> Self {
        Self { sums: found.within(period), share: corrected_share(found, period) }
    }
}

/// The corrected share of a period's prompts, and the ends of its interval; `None` with too few sessions.
///
/// If only a handful of sessions are flagged, the interval is Wilson's with one trial per session, which is wider than one
/// trial per prompt would make it: the prompts of a session are not independent.
fn corrected_share(found: &OffTask, period: &Period) -> Option<(Quantity, Quantity, Quantity)> {
    let by_session = found.by_session(period);
    let (likely, prompts) = by_session.iter().fold((0, 0), |(a, b), (x, y)| (a + x, b + y));
    if by_session.len() < interval::MIN_CLUSTERS {
        return None;
    }
    let sessions = by_session.len() as u64;
    let rate = Quantity::ratio(likely, prompts)?.as_f64();
    let rates = found.rates(period)?;
    let flagged = by_session.iter().filter(|(likely, _)| *likely > 0).count();
    let (lo, hi) = if flagged < FEW_FLAGGED {
        wilson((likely * sessions).div_ceil(prompts), sessions)?
    } else {
        Clusters::of_counts(by_session.into_iter()).interval()?
    };
    let (lo, hi) = interval::share(Some((corrected(lo, rates), corrected(hi, rates))))?;
    let (share, _) = interval::share(Some((corrected(rate, rates), 0.0)))?;
    Some((share, lo, hi))
}

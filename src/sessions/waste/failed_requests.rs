//! W11 Failed requests: what was charged for answers that never came.

use crate::model::money::Money;
use crate::sessions::waste::{Case, Confidence, Kind};

/// See [`Kind::about`].
pub(super) struct FailedRequests;

impl Kind for FailedRequests {
    fn id(&self) -> &'static str {
        "failed-requests"
    }

    fn code(&self) -> &'static str {
        "W11"
    }

    fn name(&self) -> &'static str {
        "Failed and limit-hit requests"
    }

    fn about(&self) -> &'static str {
        "Requests that their source calls failed and that cost something: all of it. Gateways and billing exports say so; agents' own \
         logs keep failed requests without tokens, and those are left out and counted as `not-billed` among the notes."
    }

    fn action(&self) -> &'static str {
        "see what fails: limits, timeouts, prompts that are too long; wait before trying again, and keep within the limits"
    }

    fn confidence(&self) -> Confidence {
        Confidence::Likely
    }

    fn range(&self) -> (u32, u32) {
        (40, 90)
    }

    fn find(&self, case: &Case<'_>, out: &mut Vec<(usize, Money)>) {
        let failed = case.records.iter().enumerate().filter(|(_, record)| record.errored);
        out.extend(failed.map(|(at, record)| (at, record.cost.unwrap_or_default())));
    }
}

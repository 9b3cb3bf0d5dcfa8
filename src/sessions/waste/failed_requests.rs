//! Failed requests: what was charged for requests without an answer.

use crate::model::money::Money;
use crate::sessions::waste::{Confidence, Kind, WasteContext};

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
        "The whole cost of requests that failed according to their source. Gateways and billing exports say so; agents' own \
         logs have failed requests without tokens, which are left out and counted in the note `not-billed`."
    }

    fn advice(&self) -> &'static str {
        "Find out why requests fail"
    }

    fn action(&self) -> &'static str {
        "find out what fails: limits, timeouts, prompts that are too long; wait before retrying, and stay within the limits"
    }

    fn who(&self) -> &'static str {
        "platform team"
    }

    fn confidence(&self) -> Confidence {
        Confidence::Likely
    }

    fn range(&self) -> (u32, u32) {
        (40, 90)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        let failed = context.records.iter().enumerate().filter(|(_, record)| record.errored);
        out.extend(failed.map(|(at, record)| (at, record.cost.unwrap_or_default())));
    }
}

//! H6 Output in doubt: Share of records whose recorded output is a placeholder: the text that the log shows is at
//! least twice as long as the recorded tokens, and at least 50 tokens longer, at four characters a token.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct DoubtfulOutput;

impl Metric for DoubtfulOutput {
    fn id(&self) -> &'static str {
        "doubtful-output"
    }

    fn code(&self) -> &'static str {
        "H6"
    }

    fn name(&self) -> &'static str {
        "Output in doubt"
    }

    fn unit(&self) -> &'static str {
        "share of records"
    }

    fn about(&self) -> &'static str {
        "Share of records whose recorded output is a placeholder: the text that the log shows is at least \
         twice as long as the recorded tokens, and at least 50 tokens longer, at four characters a token.\n\
         Some versions of Claude Code write such counts. The headline uses the recorded figure; the page says \
         what the estimate would add."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let value = Quantity::ratio(view.spend.doubtful_records, view.spend.records);
        Measurement {
            value,
            numerator: Some(Quantity::Count(view.spend.doubtful_records)),
            denominator: Some(Quantity::Count(view.spend.records)),
            n: view.spend.records,
            basis: "estimated",
            missing: value.is_none().then_some("no records in the period"),
            ..Measurement::default()
        }
    }
}

//! W15 Idle seats: what subscriptions cost that nobody uses, or hardly anybody.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct IdleSeats;

impl Metric for IdleSeats {
    fn id(&self) -> &'static str {
        "idle-seats"
    }

    fn code(&self) -> &'static str {
        "W15"
    }

    fn name(&self) -> &'static str {
        "Idle part of hardly used seats"
    }

    fn unit(&self) -> &'static str {
        "USD"
    }

    fn about(&self) -> &'static str {
        "Price of the working days on which seats with fewer than 3 active days in 30 were not used; a month has 30 days. \
         The denominator is the price of all seats that could be asked, over the period.\n\
         Seats of the last 14 days are in grace. Use is a record in these logs, else the last activity that the export tells. \
         Leave and use that these logs do not hold look idle. Not a part of the tokens' dollars; seats are never named, and \
         fewer than five are not counted."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(sum) = view.seats else {
            let missing = Some("needs seats: pass --seats FILE.csv with five or more of them");
            return Measurement { missing, ..Measurement::default() };
        };
        let asked = sum.seats - sum.in_grace - sum.unknown;
        let priced = asked > sum.unpriced;
        Measurement {
            value: priced.then_some(Quantity::Money(sum.unused_cost)),
            numerator: Some(Quantity::Count(sum.hardly_used)),
            denominator: Some(Quantity::Money(sum.cost)),
            n: asked,
            coverage: Quantity::ratio(asked, sum.seats),
            basis: "seats",
            missing: (!priced)
                .then_some("no seat has a price: add monthly_usd to the export or to [seats], or its use is unknown"),
            ..Measurement::default()
        }
    }
}

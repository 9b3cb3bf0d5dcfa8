//! From an export of seats and the use that the logs show.

use super::{Measurement, Metric, Quantity};
use crate::model::basis::Form;

pub(super) static IDLE_SEATS: Metric = Metric {
    id: "idle-seats",
    code: "W15",
    name: "Unused part of hardly used seats",
    unit: "USD",
    about: "Price of the working days on which seats with fewer than 3 active days in 30 were not used; a day costs its part of its month. The \
            denominator is the price, over the period, of all seats whose use is known.\n\
            Seats of the last 14 days are left out. A seat was used when these logs have a record of it, or else when the export has \
            a last activity. Holidays, and use on machines whose logs were not read, look idle. Not a part of token spend. Seats are \
            never named, and fewer than five are not counted.",
    needs: &[],
    compute: |measured| {
        let Some(sum) = measured.seats else {
            return Measurement::missing("needs seats: pass --seats FILE.csv with five or more of them");
        };
        let known = sum.seats - sum.in_grace - sum.unknown;
        let priced = known > sum.unpriced;
        Measurement {
            value: priced.then_some(Quantity::Money(sum.unused_cost)),
            numerator: Some(Quantity::Count(sum.hardly_used)),
            denominator: Some(Quantity::Money(sum.cost)),
            n: known,
            coverage: Quantity::ratio(known, sum.seats),
            basis: Form::Seats.into(),
            missing: (!priced)
                .then_some("no seat has a known use and a price: add monthly_usd to the export or to [seats]"),
            ..Measurement::default()
        }
    },
};

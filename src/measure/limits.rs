//! What a limit of spend would have stopped, had it been in force in the period.
//!
//! - A limit stops a session, a person's day or a month of a team or model after the request that reaches it. What was spent in it
//!   from then on is what it would have stopped, by what became of it.
//! - Spend that is of no session, person or team cannot be stopped by such a limit; its sum is kept apart.
//! - Nothing here names a person, a session or a team.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};

use crate::company::limit::{Limit, Per};
use crate::error::Result;
use crate::fate::ClassSums;
use crate::ledger::Spent;
use crate::measure::fates::Fates;
use crate::measure::material::Material;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::pattern::fits;
use crate::model::period::{Period, day_of};

/// What one limit would have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The limit.
    pub limit: Limit,
    /// Sessions, days or months with spend in them.
    pub units: u64,
    /// Of these, those in which spend went on after the limit was reached.
    pub stopped: u64,
    /// The spend of all of them.
    pub covered: Money,
    /// Spend that the limit cannot stop: it names no session, person, team or model.
    pub nameless: Money,
    /// What was spent after the limit was reached, by what became of it.
    pub after: ClassSums,
}

/// A session, a day or a month: whose it is, and when it began.
type Unit = (Name, NaiveDate);

/// Tries every limit on the spend of development.
///
/// # Errors
/// When what became of the spend does not sum to it.
pub fn tried(material: &Material, fates: &Fates) -> Result<Vec<Tried>> {
    material.settings.limits.iter().map(|limit| try_one(limit, material, fates)).collect()
}

fn try_one(limit: &Limit, material: &Material, fates: &Fates) -> Result<Tried> {
    let records = material.records();
    let found = Found::new(limit, records, &material.run.period, material.run.ledger.names());
    let by_group = fates.by_group(material, |part, groups| groups.push((found.is_after[part.index], part.cost)))?;
    let after = by_group.into_iter().find_map(|(is_after, classes)| is_after.then_some(classes));
    Ok(Tried {
        limit: limit.clone(),
        units: found.units.len() as u64,
        stopped: found.units.values().filter(|unit| unit.is_stopped).count() as u64,
        covered: found.units.values().map(|unit| unit.spent).sum(),
        nameless: found.nameless,
        after: after.unwrap_or_default(),
    })
}

/// The spend of one unit.
#[derive(Debug, Default)]
struct Spending {
    spent: Money,
    is_stopped: bool,
}

struct Found {
    units: HashMap<Unit, Spending>,
    nameless: Money,
    /// For each record whether it came after its unit had reached the limit.
    is_after: Vec<bool>,
}

impl Found {
    fn new(limit: &Limit, records: &[Spent], period: &Period, names: &Names) -> Self {
        let mut found = Self { units: HashMap::new(), nameless: Money::ZERO, is_after: vec![false; records.len()] };
        let mut order: Vec<usize> = (0..records.len())
            .filter(|at| period.contains(records[*at].at) && concerns(limit, &records[*at], names))
            .collect();
        order.sort_unstable_by_key(|at| (records[*at].at, records[*at].id));
        for at in order {
            let record = &records[at];
            let Some(cost) = record.cost else { continue };
            let Some(unit) = unit(limit.per, record, period) else {
                found.nameless += cost;
                continue;
            };
            let unit = found.units.entry(unit).or_default();
            if unit.spent >= limit.amount {
                found.is_after[at] = true;
                unit.is_stopped |= cost != Money::ZERO;
            }
            unit.spent += cost;
        }
        found
    }
}

fn concerns(limit: &Limit, record: &Spent, names: &Names) -> bool {
    let Some(pattern) = &limit.model else { return true };
    [record.canonical_model, record.model].into_iter().flatten().any(|model| fits(pattern, names.text(model)))
}

fn unit(per: Per, record: &Spent, period: &Period) -> Option<Unit> {
    let day = || day_of(record.at, period.tz);
    let month = || day().with_day(1).unwrap_or_default();
    Some(match per {
        // A subagent spends what its session may spend.
        Per::Session => (record.parent_session.or(record.session)?, NaiveDate::default()),
        Per::PersonDay => (record.user?, day()),
        Per::TeamMonth => (record.team?, month()),
        Per::ModelMonth => (record.canonical_model.or(record.model)?, month()),
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use chrono_tz::Tz;

    use super::*;

    fn usd(dollars: &str) -> Money {
        Money::parse_usd(dollars).expect("dollars")
    }

    fn at(day: u32, hour: u32) -> DateTime<Utc> {
        NaiveDate::from_ymd_opt(2026, 3, day).and_then(|day| day.and_hms_opt(hour, 0, 0)).expect("a time").and_utc()
    }

    fn limit(per: Per, dollars: &str) -> Limit {
        Limit { name: "l".to_owned(), per, amount: usd(dollars), model: None }
    }

    /// Two sessions of one person, the second with a subagent, and a record of nobody.
    fn records(names: &mut Names) -> Vec<Spent> {
        let [one, two, sub, dana, opus] = ["one", "two", "sub", "dana", "opus"].map(|text| Some(names.intern(text)));
        let spent = |id, time, session, cost: &str| Spent {
            session,
            user: session.and(dana),
            canonical_model: opus,
            cost: Some(usd(cost)),
            ..Spent::blank(id, time)
        };
        vec![
            spent(4, at(2, 3), one, "4"),
            spent(1, at(1, 1), one, "2"),
            spent(2, at(1, 2), one, "3"),
            spent(3, at(2, 1), two, "5"),
            Spent { parent_session: two, ..spent(5, at(2, 2), sub, "1") },
            spent(6, at(2, 4), None, "10"),
        ]
    }

    fn found(limit: &Limit) -> (usize, usize, Money, Vec<bool>) {
        let mut names = Names::default();
        let records = records(&mut names);
        let found = Found::new(limit, &records, &Period::all(Tz::UTC), &names);
        let stopped = found.units.values().filter(|unit| unit.is_stopped).count();
        (found.units.len(), stopped, found.nameless, found.is_after)
    }

    #[test]
    fn a_session_is_stopped_after_the_request_that_reaches_the_limit() {
        // In time, session one spends 2, 3 and 4, and session two 5, then 1 by its subagent.
        let after = |records: &[usize]| (0..6).map(|at| records.contains(&at)).collect::<Vec<bool>>();
        assert_eq!(found(&limit(Per::Session, "2")), (2, 2, usd("10"), after(&[0, 2, 4])));
        assert_eq!(found(&limit(Per::Session, "5")), (2, 2, usd("10"), after(&[0, 4])));
        assert_eq!(found(&limit(Per::Session, "5.01")), (2, 0, usd("10"), after(&[])));
    }

    #[test]
    fn days_of_a_person_and_months_of_a_model_begin_anew_each_time() {
        // On the second day the person spends 5, 1 and 4.
        let (units, stopped, nameless, after) = found(&limit(Per::PersonDay, "5"));
        assert_eq!((units, stopped, nameless), (2, 1, usd("10")));
        assert_eq!(after, [true, false, false, false, true, false]);
        let (units, stopped, nameless, after) = found(&limit(Per::ModelMonth, "15"));
        assert_eq!((units, stopped, nameless), (1, 1, Money::ZERO));
        assert_eq!(after, [false, false, false, false, false, true]);
        assert_eq!(found(&limit(Per::TeamMonth, "1")).2, usd("25"));
    }

    #[test]
    fn a_limit_for_a_model_concerns_no_other() {
        let of = |pattern: &str| Limit { model: Some(pattern.to_owned()), ..limit(Per::Session, "5") };
        assert_eq!(found(&of("opus*")).0, 2);
        assert_eq!(found(&of("haiku*")), (0, 0, Money::ZERO, vec![false; 6]));
    }
}

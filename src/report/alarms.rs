//! Alarms: what a reader must know before the first figure, in order of how much it can move it.
//!
//! - In: the notices of a run, and the few sums that make an alarm by themselves. Out: [`Alarm`]s for every document and renderer.
//! - A notice becomes an alarm by its id in `OF_NOTICES`, if it is more than a note. A new one is a line there.

use serde::Serialize;

use super::page::{dollars, many, notes, percent};
use crate::diagnostics::{Diagnostic, Severity};
use crate::ledger::Spend;
use crate::measure::Measured;
use crate::measure::material::Material;
use crate::model::link::Unlinked;
use crate::model::money::Money;
use crate::model::quantity::Quantity;

/// What must be said before the first figure.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Alarm {
    /// Stable id: `files-not-read`, `unread-figures`, `total-differs`, `other-currency`, `separate-spend`, `cut-history`, `unpriced`, `no-people` or
    /// `repositories-not-given`, always in this order.
    pub id: &'static str,
    /// What it is made of.
    pub values: AlarmValues,
    /// One sentence for people.
    pub text: String,
}

/// What an alarm is made of; what does not apply is `null`.
#[derive(Debug, Clone, Default, Serialize, schemars::JsonSchema)]
pub struct AlarmValues {
    /// How many times, or how many files.
    pub count: Option<u64>,
    /// Money that it is about.
    pub usd: Option<Money>,
    /// Its share of all spend, or of all tokens.
    pub share: Option<Quantity>,
    /// The first names or places.
    pub examples: Vec<String>,
}

/// The alarms that notices make, in order: the alarm, and the kinds of its notices.
const OF_NOTICES: [(&str, &[&str]); 5] = [
    (FILES, &["unread-file", "unreadable-file", "unreadable-folder", "unrecognised-input"]),
    ("unread-figures", &["unread-figures"]),
    ("total-differs", &["total-differs"]),
    ("other-currency", &["other-currency"]),
    ("separate-spend", &["separate-spend"]),
];

/// The alarm that files were not read.
const FILES: &str = "files-not-read";
/// How many files a sentence names.
const MOST_NAMES: usize = 3;
/// From this percentage on, what has no price or belongs to other repositories is an alarm.
const LEAST_PERCENT: u64 = 5;

/// The alarms that the notices of a run make.
pub(super) fn of_notices(diagnostics: &[Diagnostic]) -> Vec<Alarm> {
    let alarm = |(id, kinds): &(&'static str, &[&str])| {
        let is_own = |one: &&Diagnostic| one.severity > Severity::Note && kinds.contains(&one.kind);
        let own: Vec<Diagnostic> = diagnostics.iter().filter(is_own).cloned().collect();
        let count = own.iter().map(|one| one.count).sum();
        let examples: Vec<String> = own.iter().flat_map(|one| one.examples.iter().cloned()).collect();
        let text = if *id == FILES {
            let more = if count > MOST_NAMES as u64 { ", …" } else { "" };
            let named = examples.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
            let were = if count == 1 { "was" } else { "were" };
            format!("{} {were} not read: {named}{more}", many(count, "file"))
        } else {
            notes(&own).into_iter().map(|note| note.text).collect::<Vec<_>>().join("; ")
        };
        let values = AlarmValues { count: Some(count), examples, ..AlarmValues::default() };
        (!own.is_empty()).then_some(Alarm { id, values, text })
    };
    OF_NOTICES.iter().filter_map(alarm).collect()
}

/// The alarms of an audit.
pub(super) fn of_audit(diagnostics: &[Diagnostic], material: &Material, measured: &Measured) -> Vec<Alarm> {
    let mut alarms = of_notices(diagnostics);
    if measured.is_cut() {
        let text = "The git history is cut off, so what became of the money is unknown: run `git fetch --unshallow`";
        alarms.push(Alarm { id: "cut-history", values: AlarmValues::default(), text: text.to_owned() });
    }
    alarms.extend(unpriced(&measured.spend));
    let has_people = material.records().iter().any(|record| record.user.is_some());
    alarms.extend((!material.settings.rules.teams.is_empty() && !has_people).then(no_people));
    alarms.extend(elsewhere(measured));
    alarms
}

/// The alarms of `spend`; `lacks_people` when it was asked for people or teams and the logs name none.
pub(super) fn of_spend(diagnostics: &[Diagnostic], total: &Spend, lacks_people: bool) -> Vec<Alarm> {
    let mut alarms = of_notices(diagnostics);
    alarms.extend(unpriced(total));
    alarms.extend(lacks_people.then(no_people));
    alarms
}

fn unpriced(total: &Spend) -> Option<Alarm> {
    let (part, whole) = (total.unpriced_tokens, total.tokens.total());
    let text = format!("{} of tokens have no price and are in no dollar figure", percent(part, whole));
    let values = AlarmValues {
        count: Some(total.unpriced_records),
        share: Quantity::ratio(part, whole),
        ..AlarmValues::default()
    };
    is_much(part.into(), whole.into()).then_some(Alarm { id: "unpriced", values, text })
}

fn no_people() -> Alarm {
    let text = "The logs name no people, so there are no figures by person or team".to_owned();
    Alarm { id: "no-people", values: AlarmValues::default(), text }
}

/// Spend of folders that belong to repositories that were not given.
fn elsewhere(measured: &Measured) -> Option<Alarm> {
    let attribution = &measured.linked.as_ref()?.attribution;
    let part = attribution.unlinked.get(&Unlinked::OtherRepository)?.cost;
    let whole = attribution.total.cost;
    let text = format!("{} is about repositories that were not given; name them with --repo", dollars(part));
    let values = AlarmValues { usd: Some(part), share: Quantity::share(part, whole), ..AlarmValues::default() };
    is_much(part.nanos(), whole.nanos()).then_some(Alarm { id: "repositories-not-given", values, text })
}

fn is_much(part: i128, whole: i128) -> bool {
    part > 0 && part * 100 >= whole * i128::from(LEAST_PERCENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;

    #[test]
    fn alarms_come_in_their_order_and_notes_are_none() {
        let mut found = Diagnostics::default();
        for place in ["b.zip", "c.zip", "d.zip", "e.zip"] {
            found.add(Severity::Error, "unreadable-file", "the file cannot be read", place);
        }
        found.add(Severity::Note, "unrecognised-input", "no usage log was recognised", "notes.txt");
        found.add(Severity::Warning, "unreadable-folder", "the folder cannot be read", "a");
        let alarms = of_notices(&found.into_sorted());
        let ids: Vec<&str> = alarms.iter().map(|one| one.id).collect();
        assert_eq!(ids, [FILES]);
        assert_eq!(alarms[0].text, "5 files were not read: b.zip, c.zip, d.zip, …");
        let total = Spend { unpriced_records: 1, unpriced_tokens: 1, ..Spend::default() };
        assert!(of_spend(&[], &Spend::default(), false).is_empty());
        let ids: Vec<&str> = of_spend(&[], &total, true).iter().map(|one| one.id).collect();
        assert_eq!(ids, ["unpriced", "no-people"]);
    }

    #[test]
    fn five_percent_is_much() {
        assert!(is_much(5, 100) && !is_much(4, 100) && !is_much(0, 0));
    }
}

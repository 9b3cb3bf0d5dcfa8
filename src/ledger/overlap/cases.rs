//! Which rows are looked at together: by vendor and day, and by vendor and longer period.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use crate::ledger::{Entry, Identity};
use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::origin::FileId;
use crate::model::usage::Grain;

/// Rows by vendor and day.
pub(super) type Days<'a> = BTreeMap<(&'a str, NaiveDate), Vec<usize>>;
/// Rows of longer periods, the shorter periods first: they explain a part of the longer ones.
pub(super) type Longer<'a> = BTreeMap<(TimeDelta, DateTime<Utc>, &'a str), Vec<usize>>;

/// The rows of one kind of source in a case.
pub(super) struct Level {
    pub(super) authority: Authority,
    /// Set for bills and vendors' counts, which do not add up; other sources of one kind do.
    pub(super) source: Option<&'static str>,
    pub(super) rows: Vec<usize>,
    /// Whether it is the most detailed one.
    pub(super) is_finest: bool,
}

/// A case of a longer period.
pub(super) struct LongerCase<'a> {
    pub(super) payee: &'a str,
    pub(super) start: DateTime<Utc>,
    pub(super) levels: Vec<Level>,
    /// The rows inside it.
    pub(super) inside: Vec<usize>,
}

/// Rows by vendor and day, and those of longer periods; rows that are kept apart or cannot be matched are in neither.
pub(super) fn split<'a>(entries: &[Entry], names: &'a Names) -> (Days<'a>, Longer<'a>) {
    let (mut days, mut longer) = (Days::new(), Longer::new());
    // Rows come in the order of time, so a vendor's rows of a day are found by its last day.
    let mut last: HashMap<u32, (NaiveDate, Vec<usize>)> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        let Some(payee) = entry.provider.filter(|_| !entry.apart && !is_without_dollars(entry)) else { continue };
        let start = entry.record.charge_period_start;
        let length = entry.record.charge_period_end.map_or(TimeDelta::zero(), |end| end - start);
        if length > TimeDelta::days(1) && entry.record.bill.authority >= Authority::VendorUsage {
            longer.entry((length, start, names.text(payee))).or_default().push(at);
            continue;
        }
        let day = start.date_naive();
        let (known, rows) = last.entry(payee.code()).or_insert_with(|| (day, Vec::new()));
        if *known != day {
            days.insert((names.text(payee), *known), std::mem::take(rows));
            *known = day;
        }
        rows.push(at);
    }
    #[expect(clippy::iter_over_hash_type, reason = "each payee has a place of its own in an ordered map")]
    for (code, (day, rows)) in last {
        if let Some(name) = crate::model::name::Name::from_code(code) {
            days.insert((names.text(name), day), rows);
        }
    }
    (days, longer)
}

/// Whether a row has nothing that can be matched: a bill in another currency, without tokens.
fn is_without_dollars(entry: &Entry) -> bool {
    let record = &entry.record;
    entry.cost.is_none() && record.bill.currency_cost.is_some() && record.tokens.total() == 0
}

/// The rows of a day by kind of source in the order in which they are matched.
pub(super) fn day_levels(entries: &[Entry], rows: &[usize]) -> Vec<Level> {
    let first = rows.first().map(|at| kind(entries, *at));
    if rows.iter().all(|at| Some(kind(entries, *at)) == first) && first.is_some_and(|(_, source)| source.is_none()) {
        return Vec::new();
    }
    let cuts = Cuts::new(entries, rows);
    let mut by_kind: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for at in rows {
        let (authority, source) = kind(entries, *at);
        by_kind.entry((authority, source, cuts.of(entries, *at))).or_default().push(*at);
    }
    let mut levels: Vec<Level> = by_kind
        .into_iter()
        .map(|((authority, source, _), rows)| Level { authority, source, rows, is_finest: false })
        .collect();
    order(&mut levels, entries);
    levels
}

fn kind(entries: &[Entry], at: usize) -> (Authority, Option<&'static str>) {
    let record = &entries[at].record;
    let alone = record.bill.authority >= Authority::VendorUsage;
    (record.bill.authority, alone.then_some(record.source))
}

/// Puts levels in the order of matching: by authority, then the more detailed, then the larger one.
fn order(levels: &mut [Level], entries: &[Entry]) {
    levels.sort_by(|a, b| {
        let key = |level: &Level| {
            let has_model = level.rows.iter().any(|at| entries[*at].identity > Identity::Unnamed);
            (level.authority, level.money(entries).is_none(), grain(entries, &level.rows), !has_model)
        };
        let larger = b.money(entries).cmp(&a.money(entries));
        let of_one_report = match (a.source, b.source) {
            // Of two cuts of one report the one with the model counts.
            (Some(source), Some(other)) if source == other => key(a).3.cmp(&key(b).3),
            _ => std::cmp::Ordering::Equal,
        };
        key(a).0.cmp(&key(b).0).then(of_one_report).then(key(a).cmp(&key(b))).then(larger).then(a.source.cmp(&b.source))
    });
    let detail = |at: &usize| {
        let level: &Level = &levels[*at];
        let has_cost = level.rows.iter().any(|row| entries[*row].cost.is_some());
        (!has_cost, grain(entries, &level.rows), *at)
    };
    if let Some(finest) = (0..levels.len()).min_by_key(detail) {
        levels[finest].is_finest = true;
    }
}

fn grain(entries: &[Entry], rows: &[usize]) -> Grain {
    rows.iter().map(|at| entries[*at].record.grain).min().unwrap_or(Grain::Period)
}

impl Level {
    /// Its money, if it has any.
    pub(super) fn money(&self, entries: &[Entry]) -> Option<Money> {
        let charged = |at: &&usize| !is_included(entries[**at].record.bill.coverage) && entries[**at].cost.is_some();
        self.rows.iter().any(|at| charged(&at)).then(|| self.sum(entries))
    }

    /// The sum of its costs.
    pub(super) fn sum(&self, entries: &[Entry]) -> Money {
        self.rows.iter().filter_map(|at| entries[*at].cost).sum()
    }
}

/// Whether somebody else than the account of a bill bears the cost.
pub(super) fn is_included(coverage: Coverage) -> bool {
    matches!(coverage, Coverage::Included | Coverage::Free | Coverage::Errored | Coverage::OwnKey)
}

/// How each file of a day cuts its report, for vendors' reports that were asked for in several cuts.
struct Cuts(BTreeMap<(&'static str, FileId), (bool, Grain)>);

impl Cuts {
    fn new(entries: &[Entry], rows: &[usize]) -> Self {
        let mut cuts: BTreeMap<(&'static str, FileId), (bool, Grain)> = BTreeMap::new();
        for at in rows {
            if let (_, Some(source)) = kind(entries, *at) {
                let entry = &entries[*at];
                let unnamed = entry.identity == Identity::Unnamed;
                let cut = cuts.entry((source, entry.record.origin.file)).or_insert((unnamed, entry.record.grain));
                *cut = (cut.0 && unnamed, cut.1.min(entry.record.grain));
            }
        }
        Self(cuts)
    }

    /// The cut of a row's file: whether it lacks the model, and its grain.
    fn of(&self, entries: &[Entry], at: usize) -> Option<(bool, Grain)> {
        let (_, source) = kind(entries, at);
        self.0.get(&(source?, entries[at].record.origin.file)).copied()
    }
}

/// The cases of longer periods.
pub(super) fn longer_cases<'a>(longer: &Longer<'a>, entries: &[Entry], names: &'a Names) -> Vec<LongerCase<'a>> {
    let payees: BTreeSet<&str> = longer.keys().map(|(_, _, payee)| *payee).collect();
    let mut by_payee: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.apart && !is_without_dollars(entry)) {
        if let Some(payee) = names.text_of(entry.provider).filter(|payee| payees.contains(payee)) {
            by_payee.entry(payee).or_default().push(at);
        }
    }
    let mut cases = Vec::new();
    for ((length, start, payee), rows) in longer {
        let Some(end) = start.checked_add_signed(*length) else { continue };
        let sources: BTreeSet<&str> = rows.iter().map(|at| entries[*at].record.source).collect();
        let all = by_payee.get(payee).map_or(&[][..], Vec::as_slice);
        let from = all.partition_point(|at| entries[*at].record.charge_period_start < *start);
        let to = all.partition_point(|at| entries[*at].record.charge_period_start < end);
        let inside = all[from..to].iter().copied().filter(|at| {
            let record = &entries[*at].record;
            // Rows of different lengths in one export add up.
            let is_other = record.bill.authority < Authority::VendorUsage || !sources.contains(record.source);
            is_other && record.charge_period_end.is_none_or(|own| own <= end)
        });
        cases.push(LongerCase { payee, start: *start, levels: day_levels(entries, rows), inside: inside.collect() });
    }
    cases
}

/// The levels of a day with their money, the nearest to the invoice first.
pub(super) fn text(entries: &[Entry], levels: &[Level]) -> Option<String> {
    let amount =
        |level: &Level| level.money(entries).map_or_else(|| "no money".to_owned(), |money| format!("${money}"));
    let texts: Vec<String> =
        levels.iter().rev().map(|level| format!("{} {}", level.authority.as_str(), amount(level))).collect();
    (texts.len() > 1).then(|| texts.join(", "))
}

/// Logged usage on this many days of a month …
const LOGGED_DAYS: usize = 4;
/// … beside one bill that is this many times the usage of its day looks like the bill of the month.
const DWARFS: i128 = 3;

/// A payee, a year and a month.
type Month<'a> = (&'a str, i32, u32);

/// Bills that are the only one of their month and far above the usage of their day, while other days have usage, too.
pub(super) fn dwarfing(entries: &[Entry], days: &Days<'_>) -> Vec<String> {
    let mut months: BTreeMap<Month<'_>, Vec<(NaiveDate, Money, Money)>> = BTreeMap::new();
    for ((payee, day), rows) in days {
        let sum = |is_bill: bool| -> Money {
            let of = |at: &&usize| (entries[**at].record.bill.authority == Authority::Invoice) == is_bill;
            rows.iter().filter(of).filter_map(|at| entries[*at].cost).sum()
        };
        months.entry((payee, day.year(), day.month())).or_default().push((*day, sum(true), sum(false)));
    }
    let mut found = Vec::new();
    for ((payee, ..), days) in months {
        let mut billed = days.iter().filter(|(_, billed, _)| *billed > Money::ZERO);
        let (Some((day, bill, logged)), None) = (billed.next(), billed.next()) else { continue };
        let others: Vec<Money> =
            days.iter().filter(|(other, _, logged)| other != day && *logged > Money::ZERO).map(|one| one.2).collect();
        if others.len() >= LOGGED_DAYS && bill.nanos() > logged.nanos() * DWARFS {
            found.push(format!(
                "{payee} {day}: ${bill} on a day with ${logged} of usage; {} other days of its month have ${}",
                others.len(),
                others.iter().copied().sum::<Money>()
            ));
        }
    }
    found
}

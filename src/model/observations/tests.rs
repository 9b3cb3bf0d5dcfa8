//! Observations come out of their table as they went in, and combined as their doc says.

use chrono::DateTime;

use super::*;
use crate::model::bill::{Authority, Bill, Coverage};
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{Grain, RecordId, TokenCounts};

/// A record with a different value in every column, derived from `seed`.
fn full(seed: u64, names: &mut Names) -> UsageRecord {
    let number = |at: u64| Some(seed * 1_000 + at);
    let money = |at: i128| Some(Money::from_nanos(i128::from(seed) * 1_000 - at));
    let at = |seconds: i64, nanos: u32| DateTime::from_timestamp(1_780_000_000 + seconds, nanos).unwrap_or_default();
    let mut record = UsageRecord {
        id: RecordId(u128::from(seed) << 64 | 5),
        origin: Origin { file: FileId(3), line: 1 << 40 },
        source: "a-format",
        grain: Grain::Session,
        charge_period_start: at(0, 999_999_999),
        charge_period_end: Some(at(-2_000_000_000, 1)),
        time_zone_assumed: true,
        provider: None,
        model: None,
        tokens: TokenCounts {
            input: number(1),
            cache_read: number(2),
            cache_write_5m: number(3),
            cache_write_1h: number(4),
            cache_write_unspecified: number(5),
            output: number(6),
            reasoning: Some(u64::MAX),
        },
        input_estimate: number(25),
        output_estimate: number(8),
        request_count: Some(0),
        billed_cost: money(1),
        reported_cost: Some(Money::from_nanos(-i128::MAX)),
        bill: Bill {
            authority: Authority::Gateway,
            coverage: Coverage::Overage,
            gross_cost: Some(Money::from_nanos(1 << 100)),
            currency: None,
            currency_cost: Some(Money::from_nanos(-3)),
            quantity_micros: Some(i64::MIN),
            unit: None,
            revises: false,
            revised_at: Some(at(7, 0)),
        },
        service_tier: None,
        speed: None,
        inference_geo: None,
        session: None,
        parent_session: None,
        request: Some(u64::MAX - 1),
        cwd: None,
        branch: None,
        repository: None,
        user: None,
        team: None,
        project: None,
        tag: None,
        cost_center: None,
        tags: None,
        client_version: None,
        subagent: true,
        is_history: true,
    };
    for (at, name) in record.names_mut().into_iter().enumerate() {
        *name = Some(names.intern(&format!("name {at}")));
    }
    record
}

/// A record with only the columns that every record has.
fn bare(seed: u64, names: &mut Names) -> UsageRecord {
    let mut record = UsageRecord {
        charge_period_start: DateTime::default(),
        charge_period_end: None,
        tokens: TokenCounts::default(),
        input_estimate: None,
        output_estimate: None,
        request_count: None,
        billed_cost: None,
        reported_cost: None,
        bill: Bill::default(),
        request: None,
        time_zone_assumed: false,
        subagent: false,
        is_history: false,
        source: "another",
        ..full(seed, names)
    };
    record.names_mut().into_iter().for_each(|name| *name = None);
    record
}

#[test]
fn an_observation_comes_out_as_it_went_in() {
    let names = &mut Names::default();
    let mut told: Vec<Observation> = Vec::new();
    for (_, grain) in Grain::ALL {
        told.push(Observation::new(UsageRecord { grain: *grain, ..full(told.len() as u64, names) }, Vec::new()));
    }
    for coverage in Coverage::ALL {
        let mut record = bare(told.len() as u64, names);
        record.bill.coverage = coverage;
        told.push(Observation::new(record, vec![(u64::MAX, u32::MAX), (1, 2)]));
    }
    for authority in Authority::ALL {
        let mut record = full(told.len() as u64, names);
        record.bill.authority = authority;
        record.bill.revises = true;
        told.push(Observation::new(record, Vec::new()).finished());
    }
    // Each name alone comes back in its own column.
    for (at, name) in full(0, names).names().into_iter().enumerate() {
        let mut record = bare(told.len() as u64, names);
        *record.names_mut()[at] = name;
        told.push(Observation::new(record, Vec::new()));
    }
    let mut all = Observations::default();
    told.iter().for_each(|observation| all.add(observation.clone()));
    assert_eq!(all.len(), told.len());
    assert!(!told.iter().any(|observation| all.add_new(&observation.record)));
    assert!(all.into_all().eq(told));
}

/// A sighting of record `seed` in `file`, with a block that no other output has.
fn seen(seed: u64, output: u64, file: u32, names: &mut Names) -> Observation {
    let mut record = bare(seed, names);
    record.tokens.output = Some(output);
    record.origin.file = FileId(file);
    record.request = Some(u64::from(file));
    Observation::new(record, vec![(output, 9)])
}

/// `(file, duplicate, replayed)` of all repeats, in order.
fn repeats(all: &mut Observations) -> Vec<(u32, u64, u64)> {
    let mut repeats: Vec<_> = all
        .take_repeats()
        .into_iter()
        .map(|(one, replay, _)| if replay { (one.file.0, 0, one.count) } else { (one.file.0, one.count, 0) })
        .collect();
    repeats.sort_unstable();
    repeats
}

#[test]
fn a_record_that_grows_is_combined_in_its_table() {
    let names = &mut Names::default();
    let mut all = Observations::default();
    // Enough for several blocks, and one observation with more output than a record holds itself.
    for seed in 0..1_000 {
        let mut one = seen(seed, 1, 2, names);
        if seed == 500 {
            one.rest.visible.extend((100..40_000).map(|hash| (hash, 1)));
        }
        all.add(one);
    }
    // Twice in one file, once more in another, and in an earlier one that stands for it then.
    for (output, file) in [(5, 2), (7, 3), (2, 1)] {
        (0..1_000).for_each(|seed| all.add(seen(seed, output, file, names)));
    }
    assert_eq!(all.len(), 1_000);
    let all_repeats = repeats(&mut all);
    assert_eq!((all_repeats.len(), all_repeats[0], all_repeats[1_999]), (2_000, (2, 0, 2), (3, 0, 1)));
    for observation in all.into_all() {
        assert_eq!(observation.record.tokens.output, Some(7));
        assert_eq!(observation.record.origin.file, FileId(1));
        assert_eq!(observation.own_repeats(), 0);
        let is_long = observation.record.id.0 >> 64 == 500;
        assert_eq!(observation.rest.visible.len(), if is_long { 39_904 } else { 4 });
    }
}

#[test]
fn sightings_combine_to_the_same_record_in_any_order_and_grouping() {
    let names = &mut Names::default();
    let mut sightings: Vec<Observation> = (0..60_u64)
        .map(|at| {
            let mut one = seen(7, at % 40, u32::try_from(at % 6).unwrap_or(0), names);
            one.record.request = [None, Some(1), Some(2)][usize::try_from(at).unwrap_or(0) % 3];
            one
        })
        .collect();
    let mut results = Vec::new();
    for order in 0..6 {
        // Several tables, as several threads have them, merged in another order each time.
        let mut tables: Vec<Observations> = (0..=order).map(|_| Observations::default()).collect();
        let count = tables.len();
        sightings.rotate_left(order * 7 + 1);
        for (at, one) in sightings.iter().enumerate() {
            tables[at % count].add(one.clone());
        }
        let map = Names::default().absorb(Names::default());
        let mut all = tables.pop().expect("one");
        tables.into_iter().for_each(|table| all.merge(table, &map));
        let repeats = repeats(&mut all);
        let mut kept: Vec<Observation> = all.into_all().collect();
        kept[0].rest.visible.sort_unstable();
        assert_eq!(kept[0].rest.visible.len(), 40);
        let own = kept[0].own_repeats();
        assert_eq!(repeats.iter().map(|(_, duplicate, replayed)| duplicate + replayed).sum::<u64>() + own, 59);
        // A repeat under the kept request may be counted in either place.
        let mut by_file = std::collections::BTreeMap::<u32, (u64, u64)>::new();
        for (file, duplicate, replayed) in repeats.into_iter().chain([(kept[0].record.origin.file.0, own, 0)]) {
            let sums = by_file.entry(file).or_default();
            *sums = (sums.0 + duplicate, sums.1 + replayed);
        }
        results.push((kept[0].record.clone(), kept[0].rest.visible.clone(), by_file));
    }
    assert!(results.iter().all(|result| *result == results[0]));
}

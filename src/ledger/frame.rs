//! The columnar frame behind the ledger: the only file, with its folder, that names polars.
//!
//! Instants are `Int64` milliseconds UTC, money is `Int64` nano-dollars, tokens are `Int64`, texts are `UInt32` codes of
//! the run's name table. `null` is unknown. Sums of money are `i128`, so they cannot overflow.

mod cells;
mod sums;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate};
use polars::prelude::*;

use self::cells::Cells;
use self::sums::{SummedColumns, prices};
use super::Entry;
use super::columns::{CostColumn, CountColumn, TextColumn};
use super::freeing::Freeing;
use super::group_key::GroupKey;
use super::overlap::{Left, Part};
use super::spend::{Group, check_sums, token_counts};
use super::spent::Spent;
use crate::model::bill::Coverage;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::origin::{FileId, Origin};
use crate::model::period::{Period, day_of};
use crate::model::tags;
use crate::model::usage::{Grain, TokenCounts};

type IntOf = Box<dyn Fn(&Entry) -> Result<Option<i64>, String>>;
type CodeOf<'a> = Box<dyn FnMut(&Entry) -> Option<u32> + 'a>;

/// Entries are read in blocks of this size, column by column, so that a block stays in the processor's cache.
const BLOCK: usize = 1 << 9;

#[derive(Debug)]
pub(super) struct Frame {
    data: DataFrame,
    /// Its columns, for reading cell by cell; they share its memory.
    pub(super) cells: Cells,
    /// Texts of the columns whose codes are indexes into a list of the program's own texts.
    pub(super) sources: Vec<&'static str>,
    pub(super) grains: Vec<&'static str>,
    pub(super) coverages: Vec<&'static str>,
    pub(super) authorities: Vec<&'static str>,
    /// What is counted of rows that are not counted whole; rows have an index into this list.
    parts: Vec<Part>,
}

impl Frame {
    /// Moves entries into columns, in their order.
    pub(super) fn build(entries: Vec<Entry>) -> Result<Self, String> {
        let (mut sources, mut grains) = (Vec::new(), Vec::new());
        let (mut coverages, mut authorities) = (Vec::new(), Vec::new());
        let mut parts: Vec<Part> = Vec::new();
        let mut ints: Vec<(&str, IntOf)> = vec![
            ("start", Box::new(|e| Ok(Some(e.record.charge_period_start.timestamp_millis())))),
            ("end", Box::new(|e| Ok(e.record.charge_period_end.map(|at| at.timestamp_millis())))),
            ("id_high", Box::new(|e| Ok(Some(e.record.id.halves()[0].cast_signed())))),
            ("id_low", Box::new(|e| Ok(Some(e.record.id.halves()[1].cast_signed())))),
        ];
        for column in CountColumn::ALL {
            let (name, of) = (column.name(), column.of());
            let fits = move |count: u64| i64::try_from(count).map_err(|_| format!("{name}: {count} does not fit"));
            ints.push((name, Box::new(move |e| of(e).map(fits).transpose())));
        }
        for column in CostColumn::ALL {
            let (name, of) = (column.name(), column.of());
            let fits = move |m: Money| i64::try_from(m.nanos()).map_err(|_| format!("{name}: {m} USD does not fit"));
            ints.push((name, Box::new(move |e| of(e).map(fits).transpose())));
        }
        let mut codes: Vec<(&str, CodeOf<'_>)> = vec![
            (
                TextColumn::Coverage.name(),
                Box::new(|e| Some(position(&mut coverages, e.record.bill.coverage.as_str()))),
            ),
            (
                TextColumn::Authority.name(),
                Box::new(|e| Some(position(&mut authorities, e.record.bill.authority.as_str()))),
            ),
            (TextColumn::Source.name(), Box::new(|e| Some(position(&mut sources, e.record.source)))),
            (TextColumn::Grain.name(), Box::new(|e| Some(position(&mut grains, e.record.grain.as_str())))),
            (TextColumn::Role.name(), Box::new(|e| Some(e.role as u32))),
            (
                "part",
                Box::new(|e| {
                    let index = u32::try_from(parts.len()).ok();
                    parts.extend(e.part.as_deref().cloned());
                    index.filter(|_| e.part.is_some())
                }),
            ),
            ("file", Box::new(|e| Some(e.record.origin.file.0))),
            ("subagent", Box::new(|e| Some(u32::from(e.record.subagent)))),
            ("time_zone_assumed", Box::new(|e| Some(u32::from(e.record.time_zone_assumed)))),
        ];
        codes.extend(TextColumn::ALL.into_iter().filter_map(|column| -> Option<(&str, CodeOf<'_>)> {
            let of = column.of()?;
            Some((column.name(), Box::new(move |e: &Entry| of(e).map(Name::code))))
        }));
        let rows = entries.len();
        let mut int_columns: Vec<_> = ints.iter().map(|(name, _)| builder::<Int64Type>(name, rows)).collect();
        let mut code_columns: Vec<_> = codes.iter().map(|(name, _)| builder::<UInt32Type>(name, rows)).collect();
        let mut entries = Freeing::new(entries);
        let mut part = Vec::with_capacity(BLOCK);
        while !entries.is_empty() {
            part.clear();
            part.extend(entries.by_ref().take(BLOCK));
            for ((_, of), column) in ints.iter().zip(&mut int_columns) {
                for entry in &part {
                    column.append_option(of(entry)?);
                }
            }
            for ((_, of), column) in codes.iter_mut().zip(&mut code_columns) {
                part.iter().for_each(|entry| column.append_option(of(entry)));
            }
        }
        drop(codes);
        let ints = int_columns.into_iter().map(|column| column.finish().into_column());
        let columns = ints.chain(code_columns.into_iter().map(|column| column.finish().into_column())).collect();
        let data = DataFrame::new(rows, columns).map_err(|err| err.to_string())?;
        let cells = Cells::new(&data).map_err(|err| err.to_string())?;
        Ok(Self { data, cells, sources, grains, coverages, authorities, parts })
    }

    pub(super) fn len(&self) -> usize {
        self.data.height()
    }

    /// Whether a row has an amount in another currency; most ledgers have none.
    pub(super) fn has_other_currencies(&self) -> bool {
        !self.cells.text(TextColumn::OtherCurrency).is_unknown()
    }

    pub(super) fn group(&self, keys: &[GroupKey], period: &Period, names: &Names) -> Result<Vec<Group>, String> {
        let view = self.within(period)?;
        let mut labels = Labels::default();
        let mut key_columns = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            let codes = self.key_codes(&view, *key, period, names, &mut labels)?;
            key_columns.push(code_column(&format!("key{at}"), codes.into_iter()));
        }
        let columns = SummedColumns::new(&view, &self.parts, self.seat()).map_err(|err| err.to_string())?;
        let total = columns.sum(0..view.height())?;
        let mut groups = if keys.is_empty() {
            vec![Group { key: Vec::new(), spend: total.clone(), joined: 0 }]
        } else {
            let table = DataFrame::new(view.height(), key_columns).map_err(|err| err.to_string())?;
            let by: Vec<PlSmallStr> = table.get_column_names_owned();
            let grouped = table.group_by(by).map_err(|err| err.to_string())?;
            let codes = table.columns().iter().map(|c| Ok(c.u32()?.clone())).collect::<PolarsResult<Vec<_>>>();
            let codes = codes.map_err(|err| err.to_string())?;
            let rows_of_groups = grouped.get_groups();
            let mut groups = Vec::with_capacity(rows_of_groups.len());
            for rows in rows_of_groups.iter() {
                let rows: Vec<usize> = match rows {
                    GroupsIndicator::Idx((_, all)) => all.iter().map(|at| *at as usize).collect(),
                    GroupsIndicator::Slice([first, len]) => (first as usize..(first + len) as usize).collect(),
                };
                let first = rows.first().copied().unwrap_or_default();
                let key = codes.iter().map(|codes| codes.get(first).map(|code| labels.text(code).to_owned())).collect();
                groups.push(Group { key, spend: columns.sum(rows.into_iter())?, joined: 0 });
            }
            groups
        };
        let by_time = keys.iter().any(|key| key.granularity().is_some());
        groups.sort_by(|a, b| {
            let cost = |group: &Group| group.spend.cost;
            let by_cost = if by_time { std::cmp::Ordering::Equal } else { cost(b).cmp(&cost(a)) };
            // Unknown comes last.
            let text = |group: &Group| group.key.iter().map(|k| (k.is_none(), k.clone())).collect::<Vec<_>>();
            by_cost.then_with(|| text(a).cmp(&text(b)))
        });
        check_sums(&groups, &total)?;
        Ok(groups)
    }

    /// Models that rows of a period write in one way only, by their canonical names.
    pub(super) fn written_models(&self, period: &Period) -> Result<HashMap<Name, Name>, String> {
        let view = self.within(period)?;
        let canonical = view.column(TextColumn::CanonicalModel.name()).and_then(|c| c.u32());
        let found = canonical.and_then(|codes| single_names(&view, codes)).map_err(|err| err.to_string())?;
        let name = |(code, written): (u32, Option<u32>)| Some((Name::from_code(code)?, Name::from_code(written?)?));
        Ok(found.into_iter().filter_map(name).collect())
    }

    /// The rows that start in the period.
    fn within(&self, period: &Period) -> Result<DataFrame, String> {
        if period.is_all() {
            return Ok(self.data.clone());
        }
        let start = &self.cells.start;
        let inside = |ms: i64| DateTime::from_timestamp_millis(ms).is_some_and(|at| period.contains(at));
        let mask: BooleanChunked = (0..self.len()).map(|at| start.get(at).is_some_and(inside)).collect();
        self.data.filter(&mask).map_err(|err| err.to_string())
    }

    fn key_codes(
        &self,
        view: &DataFrame,
        key: GroupKey,
        period: &Period,
        names: &Names,
        labels: &mut Labels,
    ) -> Result<Vec<Option<u32>>, String> {
        let fail = |err: PolarsError| err.to_string();
        if let Some(granularity) = key.granularity() {
            let start = view.column("start").and_then(|c| c.i64()).map_err(fail)?;
            let mut days: BTreeMap<NaiveDate, u32> = BTreeMap::new();
            let label = |ms: i64| {
                let day = day_of(DateTime::from_timestamp_millis(ms)?, period.tz);
                Some(*days.entry(day).or_insert_with(|| labels.code(&granularity.label(day))))
            };
            let mut label = label;
            return Ok(start.iter().map(|ms| ms.and_then(&mut label)).collect());
        }
        let Some(column) = key.column() else { return Err(format!("{} is not a column", key.as_str())) };
        let codes = view.column(column.name()).and_then(|c| c.u32()).map_err(fail)?;
        let written = if key == GroupKey::Model { single_names(view, codes).map_err(fail)? } else { HashMap::new() };
        let mut known: BTreeMap<u32, Option<u32>> = BTreeMap::new();
        Ok(codes
            .iter()
            .map(|code| {
                let code = code?;
                *known.entry(code).or_insert_with(|| {
                    let text = |code: u32| Name::from_code(code).map_or("", |name| names.text(name));
                    match (key, key.tag()) {
                        (GroupKey::Source, _) => Some(labels.code(self.sources[code as usize])),
                        (_, Some(tag)) => tags::value(text(code), tag).map(|value| labels.code(&value)),
                        _ => Some(labels.code(text(written.get(&code).copied().flatten().unwrap_or(code)))),
                    }
                })
            })
            .collect())
    }

    /// The part of the cost of a row that a bill covers, where that is not all of it.
    pub(super) fn explained(&self, at: usize) -> Option<Money> {
        self.parts.get(self.cells.part.get(at)? as usize)?.explained
    }

    /// What other records leave of a row, where they count some of it.
    pub(super) fn left(&self, at: usize) -> Option<Left> {
        self.parts.get(self.cells.part.get(at)? as usize)?.left
    }

    /// Whether a seat covers a row.
    pub(super) fn is_by_seat(&self, at: usize) -> bool {
        let seat = self.seat();
        seat.is_some() && self.cells.text(TextColumn::Coverage).get(at) == seat
    }

    /// Whether the cost of a row is an amount of a bill.
    pub(super) fn is_billed(&self, at: usize) -> bool {
        let cost = |column| self.cells.cost(column, at);
        prices(cost(CostColumn::Counted), cost(CostColumn::Billed), self.cells.text(TextColumn::Role).get(at)).billed
    }

    /// The code of what a seat covers, if there is such a row.
    fn seat(&self) -> Option<u32> {
        index_of(&self.coverages, Coverage::Seat.as_str())
    }

    /// Every row but those of one scope and those that a seat covers; `named` is the evidence of records that name their user.
    pub(super) fn spent(&self, without: Option<Name>, named: Option<Name>) -> Vec<Spent> {
        let scope = self.cells.text(TextColumn::Scope);
        let is_left_out = |at: usize| without.is_some_and(|name| scope.get(at) == Some(name.code()));
        let (coverage, seat) = (self.cells.text(TextColumn::Coverage), self.seat());
        self.rows_of(named, |at| !is_left_out(at) && (seat.is_none() || coverage.get(at) != seat))
    }

    /// The rows that a seat covers.
    pub(super) fn by_seat(&self, named: Option<Name>) -> Vec<Spent> {
        let coverage = self.cells.text(TextColumn::Coverage);
        let Some(seat) = self.seat() else { return Vec::new() };
        self.rows_of(named, |at| coverage.get(at) == Some(seat))
    }

    fn rows_of(&self, named: Option<Name>, is_wanted: impl Fn(usize) -> bool) -> Vec<Spent> {
        let cells = &self.cells;
        let errored = index_of(&self.coverages, Coverage::Errored.as_str());
        // Sums of an hour or more.
        let coarse: Vec<Option<u32>> = Grain::ALL
            .iter()
            .filter(|(_, grain)| *grain > Grain::Session)
            .map(|(name, _)| index_of(&self.grains, name))
            .filter(Option::is_some)
            .collect();
        let is_one_of = |column: TextColumn, at: usize, codes: &[Option<u32>]| {
            let code = cells.text(column).get(at);
            code.is_some() && codes.contains(&code)
        };
        let name = |column: TextColumn, at: usize| cells.text(column).get(at).and_then(Name::from_code);
        (0..self.len())
            .filter(|at| is_wanted(*at))
            .map(|at| {
                let counts = TokenCounts { reasoning: None, ..token_counts(|column| cells.count(column, at)) };
                Spent {
                    id: cells.id(at),
                    at: cells.start(at),
                    session: name(TextColumn::Session, at),
                    parent_session: name(TextColumn::ParentSession, at),
                    project: name(TextColumn::Project, at),
                    cwd: name(TextColumn::Cwd, at),
                    branch: name(TextColumn::Branch, at),
                    user: name(TextColumn::Person, at),
                    names_user: named.is_some() && name(TextColumn::UserEvidence, at) == named,
                    tag: name(TextColumn::Tag, at),
                    team: name(TextColumn::Team, at),
                    provider: name(TextColumn::Provider, at),
                    model: name(TextColumn::Model, at),
                    canonical_model: name(TextColumn::CanonicalModel, at),
                    service_tier: name(TextColumn::ServiceTier, at),
                    counts,
                    origin: Origin {
                        file: FileId(cells.file.get(at).unwrap_or_default()),
                        line: cells.count(CountColumn::SourceRow, at).unwrap_or(0),
                    },
                    subagent: cells.subagent.get(at) == Some(1),
                    coarse: is_one_of(TextColumn::Grain, at, &coarse),
                    errored: is_one_of(TextColumn::Coverage, at, &[errored]),
                    cost: cells.cost(CostColumn::Counted, at),
                    prices: prices(
                        cells.cost(CostColumn::Counted, at),
                        cells.cost(CostColumn::Billed, at),
                        cells.text(TextColumn::Role).get(at),
                    ),
                    tokens: self.left(at).map_or(counts, |left| left.tokens).total(),
                }
            })
            .collect()
    }
}

/// The texts of the keys of a grouping.
#[derive(Default)]
struct Labels(Names);

impl Labels {
    fn code(&mut self, text: &str) -> u32 {
        self.0.intern(text).code()
    }

    fn text(&self, code: u32) -> &str {
        Name::from_code(code).map_or("", |name| self.0.text(name))
    }
}

/// The names of models that logs write in one way only, by their canonical names: those are shown as written.
fn single_names(view: &DataFrame, canonical: &UInt32Chunked) -> PolarsResult<HashMap<u32, Option<u32>>> {
    let written = view.column(TextColumn::Model.name())?.u32()?;
    let mut names: HashMap<u32, Option<u32>> = HashMap::new();
    let (mut last, mut last_written) = (None, None);
    for (code, written) in canonical.iter().zip(written.iter()) {
        if (code, written) == (last, last_written) {
            continue;
        }
        (last, last_written) = (code, written);
        if let Some(code) = code {
            names.entry(code).and_modify(|known| *known = known.filter(|_| *known == written)).or_insert(written);
        }
    }
    Ok(names)
}

/// The code of a text in a list that [`position`] filled.
fn index_of(texts: &[&'static str], text: &str) -> Option<u32> {
    texts.iter().position(|known| *known == text).and_then(|at| u32::try_from(at).ok())
}

fn builder<T: PolarsNumericType>(name: &str, rows: usize) -> PrimitiveChunkedBuilder<T> {
    PrimitiveChunkedBuilder::new(name.into(), rows)
}

fn code_column(name: &str, values: impl Iterator<Item = Option<u32>>) -> Column {
    UInt32Chunked::from_iter_options(name.into(), values).into_column()
}

fn position(texts: &mut Vec<&'static str>, text: &'static str) -> u32 {
    let at = texts.iter().position(|known| *known == text).unwrap_or_else(|| {
        texts.push(text);
        texts.len() - 1
    });
    u32::try_from(at).unwrap_or(u32::MAX)
}

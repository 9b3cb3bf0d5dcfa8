//! The columnar frame behind the ledger: the only file that names polars.
//!
//! Instants are `Int64` milliseconds UTC, money is `Int64` nano-dollars, tokens are `Int64`, texts are `UInt32` codes of
//! the run's name table. `null` is unknown. Sums of money are `i128`, so they cannot overflow.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::*;

use super::Entry;
use super::columns::{CostColumn, CountColumn, TextColumn};
use super::currencies::OtherCurrency;
use super::overlap::{Left, Part, Role};
use crate::model::basis::Prices;
use crate::model::bill::Coverage;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::origin::{FileId, Origin};
use crate::model::period::{Granularity, Period, day_of};
use crate::model::usage::{Grain, RecordId, TokenCounts};

/// Keys by which spend can be grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKey {
    /// Calendar day in the run's zone.
    Day,
    /// ISO week.
    Week,
    /// Calendar month.
    Month,
    /// The model: as logged if all logs write it in one way, else under its canonical name.
    Model,
    /// Who is paid, under one name for each vendor.
    Provider,
    /// The log format.
    Source,
    /// The session.
    Session,
    /// The repository or folder.
    Project,
    /// The branch.
    Branch,
    /// The user, as logged.
    User,
    /// The team, as logged or as the configuration has it.
    Team,
    /// Development, or application traffic.
    Scope,
}

impl GroupKey {
    /// All keys with their names on the command line and in machine output.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("day", Self::Day),
        ("week", Self::Week),
        ("month", Self::Month),
        ("model", Self::Model),
        ("provider", Self::Provider),
        ("source", Self::Source),
        ("session", Self::Session),
        ("project", Self::Project),
        ("branch", Self::Branch),
        ("user", Self::User),
        ("team", Self::Team),
        ("scope", Self::Scope),
    ];

    /// The key's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, key)| *key == self).map_or("", |(name, _)| name)
    }

    /// The column of the key, unless it is one of time.
    fn column(self) -> Option<TextColumn> {
        match self {
            Self::Day | Self::Week | Self::Month => None,
            Self::Model => Some(TextColumn::CanonicalModel),
            Self::Provider => Some(TextColumn::Provider),
            Self::Source => Some(TextColumn::Source),
            Self::Session => Some(TextColumn::Session),
            Self::Project => Some(TextColumn::Project),
            Self::Branch => Some(TextColumn::Branch),
            Self::User => Some(TextColumn::User),
            Self::Team => Some(TextColumn::Team),
            Self::Scope => Some(TextColumn::Scope),
        }
    }

    /// The calendar unit of the key, if it is one of time.
    #[must_use]
    pub fn granularity(self) -> Option<Granularity> {
        match self {
            Self::Day => Some(Granularity::Day),
            Self::Week => Some(Granularity::Week),
            Self::Month => Some(Granularity::Month),
            _ => None,
        }
    }
}

/// Sums over some records.
///
/// `None` is unknown: no record has the count, or no record has a price. Sums cover the records that have one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spend {
    /// Kept records.
    pub records: u64,
    /// Distinct sessions.
    pub sessions: u64,
    /// Tokens by bucket.
    pub tokens: TokenCounts,
    /// What was spent: the billed amount if there is one, else tokens × list price. Each dollar counts once, even if
    /// several sources saw it.
    pub cost: Option<Money>,
    /// The prices that `cost` is made of.
    pub prices: Prices,
    /// The part of `cost` from records that a more authoritative source covers, too …
    pub explained: Money,
    /// … and what that source has in addition; negative if it has less.
    pub unreconciled: Money,
    /// Records whose spend another record counts.
    pub overlapping_records: u64,
    /// Tokens × list price, over priced records.
    pub list_cost: Option<Money>,
    /// Invoiced amounts, over records that come from a bill.
    pub billed_cost: Option<Money>,
    /// The tools' own estimates, over records that have one.
    pub reported_cost: Option<Money>,
    /// Records without a list price or an amount on a bill.
    pub unpriced_records: u64,
    /// Their tokens.
    pub unpriced_tokens: u64,
    /// Records whose output count is a placeholder.
    pub doubtful_records: u64,
    /// Their recorded output.
    pub doubtful_recorded: u64,
    /// Their output as estimated from the visible text.
    pub doubtful_estimated: u64,
    /// Cost of the difference at list price.
    pub doubt_cost: Money,
}

impl Spend {
    /// The spend of no record.
    fn nothing() -> Self {
        let (tokens, zero) = (token_counts(|_| Some(0)), Some(Money::ZERO));
        Self { tokens, list_cost: zero, cost: zero, ..Self::default() }
    }
}

impl std::ops::AddAssign for Spend {
    fn add_assign(&mut self, other: Self) {
        let add = |own: &mut Option<Money>, other: Option<Money>| {
            *own = own.iter().copied().chain(other).reduce(|a, b| a + b);
        };
        // Every field by name, so that a new one cannot be left out.
        let Self {
            records,
            sessions,
            tokens,
            cost,
            prices,
            explained,
            unreconciled,
            overlapping_records,
            list_cost,
            billed_cost,
            reported_cost,
            unpriced_records,
            unpriced_tokens,
            doubtful_records,
            doubtful_recorded,
            doubtful_estimated,
            doubt_cost,
        } = other;
        self.records += records;
        self.sessions += sessions;
        self.tokens = self.tokens.plus(tokens);
        add(&mut self.cost, cost);
        self.prices += prices;
        self.explained += explained;
        self.unreconciled += unreconciled;
        self.overlapping_records += overlapping_records;
        add(&mut self.list_cost, list_cost);
        add(&mut self.billed_cost, billed_cost);
        add(&mut self.reported_cost, reported_cost);
        self.unpriced_records += unpriced_records;
        self.unpriced_tokens += unpriced_tokens;
        self.doubtful_records += doubtful_records;
        self.doubtful_recorded += doubtful_recorded;
        self.doubtful_estimated += doubtful_estimated;
        self.doubt_cost += doubt_cost;
    }
}

/// One group of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// One value per key, in the order of the keys; `None` is unknown.
    pub key: Vec<Option<String>>,
    /// The sums.
    pub spend: Spend,
    /// Number of small groups that it joins; zero for a group of its own.
    pub joined: usize,
}

type IntOf = Box<dyn Fn(&Entry) -> Result<Option<i64>, String>>;
type CodeOf<'a> = Box<dyn FnMut(&Entry) -> Option<u32> + 'a>;

/// Entries are read in blocks of this size, column by column, so that a block stays in the processor's cache.
const BLOCK: usize = 1 << 9;

#[derive(Debug)]
pub(super) struct Frame {
    data: DataFrame,
    /// Its columns, for reading cell by cell; they share its memory.
    cells: Cells,
    /// Texts of the columns whose codes are indexes into a list of the program's own texts.
    sources: Vec<&'static str>,
    grains: Vec<&'static str>,
    coverages: Vec<&'static str>,
    authorities: Vec<&'static str>,
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
        for part in entries.chunks(BLOCK) {
            for ((_, of), column) in ints.iter().zip(&mut int_columns) {
                for entry in part {
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

    pub(super) fn group(&self, keys: &[GroupKey], period: &Period, names: &Names) -> Result<Vec<Group>, String> {
        let view = self.within(period)?;
        let mut labels = Labels::default();
        let mut key_columns = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            let codes = self.key_codes(&view, *key, period, names, &mut labels)?;
            key_columns.push(code_column(&format!("key{at}"), codes.into_iter()));
        }
        let columns = SummedColumns::new(&view, &self.parts).map_err(|err| err.to_string())?;
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

    /// The rows that start in the period.
    fn within(&self, period: &Period) -> Result<DataFrame, String> {
        if period.is_all() {
            return Ok(self.data.clone());
        }
        let start = &self.cells.start;
        let inside = |ms: i64| DateTime::from_timestamp_millis(ms).is_some_and(|at| period.contains(at));
        let mask: BooleanChunked = start.iter().map(|ms| ms.is_some_and(inside)).collect();
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
        let mut known: BTreeMap<u32, u32> = BTreeMap::new();
        Ok(codes
            .iter()
            .map(|code| {
                let code = code?;
                Some(*known.entry(code).or_insert_with(|| match key {
                    GroupKey::Source => labels.code(self.sources[code as usize]),
                    _ => {
                        let shown = written.get(&code).copied().flatten().unwrap_or(code);
                        labels.code(Name::from_code(shown).map_or("", |name| names.text(name)))
                    }
                }))
            })
            .collect())
    }

    /// Every row but those of one scope.
    pub(super) fn spent(&self, without: Option<Name>) -> Vec<Spent> {
        let cells = &self.cells;
        let scope = cells.text(TextColumn::Scope);
        let is_left_out = |at: &usize| without.is_some_and(|name| scope.get(*at) == Some(name.code()));
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
        let left_of = |at: usize| self.parts.get(cells.part.get(at)? as usize)?.left;
        (0..self.len())
            .filter(|at| !is_left_out(at))
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
                    tag: name(TextColumn::Tag, at),
                    team: name(TextColumn::Team, at),
                    provider: name(TextColumn::Provider, at),
                    model: name(TextColumn::Model, at),
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
                    tokens: left_of(at).map_or(counts, |left| left.tokens).total(),
                }
            })
            .collect()
    }

    /// The amounts of a period that are in other currencies than dollars, by currency.
    pub(super) fn other_currencies(&self, period: &Period, names: &Names) -> Vec<OtherCurrency> {
        // Most ledgers have none.
        if self.cells.text(TextColumn::OtherCurrency).null_count() == self.len() {
            return Vec::new();
        }
        let mut sums: BTreeMap<&str, (Money, u64)> = BTreeMap::new();
        for row in self.rows(period, names) {
            let is_converted = row.cost(CostColumn::Billed).or(row.cost(CostColumn::Reported)).is_some();
            if let (false, Some(currency), Some(amount)) =
                (is_converted, row.text(TextColumn::OtherCurrency), row.cost(CostColumn::OtherCurrency))
            {
                let sum = sums.entry(currency).or_default();
                *sum = (sum.0 + amount, sum.1 + 1);
            }
        }
        let other = |(currency, (amount, records)): (&str, (Money, u64))| OtherCurrency {
            currency: currency.to_owned(),
            amount,
            records,
        };
        sums.into_iter().map(other).collect()
    }

    /// The rows of a period.
    pub(super) fn rows<'a>(&'a self, period: &Period, names: &'a Names) -> impl Iterator<Item = LedgerRow<'a>> {
        let period = *period;
        (0..self.len())
            .map(move |at| LedgerRow { frame: self, names, at })
            .filter(move |row| period.contains(row.start()))
    }
}

/// A record as linking and sessions read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// The record's id.
    pub id: RecordId,
    /// Start of the charge period.
    pub at: DateTime<Utc>,
    /// The session.
    pub session: Option<Name>,
    /// The session that started it.
    pub parent_session: Option<Name>,
    /// Repository or folder in which the work was done.
    pub project: Option<Name>,
    /// Working directory.
    pub cwd: Option<Name>,
    /// Branch checked out.
    pub branch: Option<Name>,
    /// Who used it.
    pub user: Option<Name>,
    /// The commit, pull request or issue for which it was made.
    pub tag: Option<Name>,
    /// Whether a subagent made the request.
    pub subagent: bool,
    /// Whether the source says that it failed.
    pub errored: bool,
    /// Whether it sums an hour or more, so that its time is not that of a request.
    pub coarse: bool,
    /// What it adds to spend: the billed amount, else tokens × list price; `None` if it has no price.
    pub cost: Option<Money>,
    /// The prices that the cost is made of.
    pub prices: Prices,
    /// All tokens, cached ones included; zero if another record counts them.
    pub tokens: u64,
    /// Team, if the source has one.
    pub team: Option<Name>,
    /// Who bills.
    pub provider: Option<Name>,
    /// The model, as the log spells it.
    pub model: Option<Name>,
    /// Tokens by bucket, without reasoning.
    pub counts: TokenCounts,
    /// Where it was read.
    pub origin: Origin,
}

#[cfg(test)]
impl Spent {
    /// A record without texts, tokens and cost, for tests to fill in.
    pub(crate) fn blank(id: u128, at: DateTime<Utc>) -> Self {
        Self {
            id: RecordId(id),
            at,
            session: None,
            parent_session: None,
            project: None,
            cwd: None,
            branch: None,
            user: None,
            tag: None,
            subagent: false,
            errored: false,
            coarse: false,
            cost: None,
            prices: Prices::default(),
            tokens: 0,
            team: None,
            provider: None,
            model: None,
            counts: TokenCounts::default(),
            origin: Origin { file: FileId(0), line: 0 },
        }
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

/// The columns of a frame, for reading single cells.
#[derive(Debug)]
struct Cells {
    start: Int64Chunked,
    end: Int64Chunked,
    id: [Int64Chunked; 2],
    counts: Vec<Int64Chunked>,
    costs: Vec<Int64Chunked>,
    texts: Vec<UInt32Chunked>,
    file: UInt32Chunked,
    part: UInt32Chunked,
    subagent: UInt32Chunked,
    time_zone_assumed: UInt32Chunked,
}

impl Cells {
    fn new(data: &DataFrame) -> PolarsResult<Self> {
        Ok(Self {
            start: ints(data, "start")?,
            end: ints(data, "end")?,
            id: [ints(data, "id_high")?, ints(data, "id_low")?],
            counts: CountColumn::ALL.into_iter().map(|one| ints(data, one.name())).collect::<PolarsResult<_>>()?,
            costs: CostColumn::ALL.into_iter().map(|one| ints(data, one.name())).collect::<PolarsResult<_>>()?,
            texts: TextColumn::ALL.into_iter().map(|one| codes(data, one.name())).collect::<PolarsResult<_>>()?,
            file: codes(data, "file")?,
            part: codes(data, "part")?,
            subagent: codes(data, "subagent")?,
            time_zone_assumed: codes(data, "time_zone_assumed")?,
        })
    }

    fn start(&self, at: usize) -> DateTime<Utc> {
        self.start.get(at).and_then(DateTime::from_timestamp_millis).unwrap_or_default()
    }

    fn id(&self, at: usize) -> RecordId {
        let half = |column: &Int64Chunked| u128::from(column.get(at).unwrap_or_default().cast_unsigned());
        RecordId(half(&self.id[0]) << 64 | half(&self.id[1]))
    }

    fn count(&self, column: CountColumn, at: usize) -> Option<u64> {
        self.counts[column as usize].get(at).and_then(|count| u64::try_from(count).ok())
    }

    fn cost(&self, column: CostColumn, at: usize) -> Option<Money> {
        self.costs[column as usize].get(at).map(|nanos| Money::from_nanos(nanos.into()))
    }

    fn text(&self, column: TextColumn) -> &UInt32Chunked {
        &self.texts[column as usize]
    }
}

/// The columns of a view that are summed.
struct SummedColumns<'a> {
    counts: Vec<Int64Chunked>,
    costs: Vec<Int64Chunked>,
    session: UInt32Chunked,
    role: UInt32Chunked,
    part: UInt32Chunked,
    parts: &'a [Part],
}

impl<'a> SummedColumns<'a> {
    fn new(view: &DataFrame, parts: &'a [Part]) -> PolarsResult<Self> {
        Ok(Self {
            counts: CountColumn::ALL.into_iter().map(|one| ints(view, one.name())).collect::<PolarsResult<_>>()?,
            costs: CostColumn::ALL.into_iter().map(|one| ints(view, one.name())).collect::<PolarsResult<_>>()?,
            session: codes(view, TextColumn::Session.name())?,
            role: codes(view, TextColumn::Role.name())?,
            part: codes(view, "part")?,
            parts,
        })
    }

    /// What is counted of a row that is not counted whole.
    fn part_of(&self, row: usize) -> Option<&Part> {
        if self.parts.is_empty() {
            return None;
        }
        self.parts.get(self.part.get(row)? as usize)
    }

    /// Adds a row of which other records count a part: the rest of its tokens and estimates are those of other records.
    fn add_left(&self, row: usize, left: &Left, spend: &mut Spend, sums: &mut Sums<'_>) {
        let role = self.role.get(row);
        let is = |wanted: Role| role == Some(wanted as u32);
        let nanos = |column: CostColumn| self.costs[column as usize].get(row).map(i128::from);
        let (cost, billed) = (nanos(CostColumn::Counted), nanos(CostColumn::Billed));
        spend.overlapping_records += u64::from(left.is_reduced);
        if !is(Role::Separate) {
            spend.unreconciled += Money::from_nanos(cost.unwrap_or(0));
        }
        spend.prices += prices(cost.map(Money::from_nanos), billed.map(Money::from_nanos), role);
        let counted = if is(Role::Bills) && !left.is_second { billed } else { billed.and(cost) };
        let counted = counted.filter(|_| !is(Role::BillsWithin) && !is(Role::Aside));
        let list = left.list.map(Money::nanos);
        for (column, more) in [(CostColumn::Counted, cost), (CostColumn::Billed, counted), (CostColumn::List, list)] {
            add(&mut sums.costs[column as usize], more);
        }
        for column in CountColumn::BUCKETS.into_iter().chain([CountColumn::Reasoning]) {
            if let Some(value) = column.of_tokens(&left.tokens) {
                let sum = &mut sums.counts[column as usize];
                *sum = Some(sum.unwrap_or(0) + u128::from(value));
            }
        }
    }

    /// The sums over rows; an error if one of them does not fit.
    fn sum(&self, rows: impl Iterator<Item = usize>) -> Result<Spend, String> {
        const COUNTED: usize = CostColumn::Counted as usize;
        const BILLED: usize = CostColumn::Billed as usize;
        let mut counts = [None::<u128>; CountColumn::ALL.len()];
        let mut unpriced_tokens = 0_u128;
        let mut costs = [None::<i128>; CostColumn::ALL.len()];
        let mut sessions = HashSet::new();
        let mut spend = Spend::default();
        for row in rows {
            spend.records += 1;
            let cost = self.costs[COUNTED].get(row).map(i128::from);
            let priced = |billed: Option<i64>| {
                let money = |nanos: i64| Money::from_nanos(nanos.into());
                prices(cost.map(Money::from_nanos), billed.map(money), self.role.get(row))
            };
            let role = self.role.get(row);
            let is = |wanted: Role| role == Some(wanted as u32);
            let part = self.part_of(row);
            let whole = Money::from_nanos(cost.unwrap_or(0));
            let explained = part.and_then(|part| part.explained).unwrap_or(whole);
            if is(Role::Explains) {
                spend.explained += explained;
            }
            if let Some(left) = part.and_then(|part| part.left) {
                self.add_left(row, &left, &mut spend, &mut Sums { counts: &mut counts, costs: &mut costs });
                if cost.is_none() {
                    spend.unpriced_records += 1;
                    unpriced_tokens += u128::from(left.tokens.total());
                }
                continue;
            }
            let mut own = [None::<u64>; CountColumn::ALL.len()];
            for ((sum, one), column) in counts.iter_mut().zip(&mut own).zip(&self.counts) {
                if let Some(value) = column.get(row).and_then(|v| u64::try_from(v).ok()) {
                    *sum = Some(sum.unwrap_or(0) + u128::from(value));
                    *one = Some(value);
                }
            }
            let mut billed = None;
            for (at, (sum, column)) in costs.iter_mut().zip(&self.costs).enumerate() {
                let Some(value) = column.get(row) else { continue };
                if at == BILLED {
                    billed = Some(value);
                    // A record that explains a part of a bill is not billed again.
                    if is(Role::Explains) {
                        add(sum, (explained < whole).then(|| (whole - explained).nanos()));
                        continue;
                    }
                }
                *sum = Some(sum.unwrap_or(0) + i128::from(value));
            }
            spend.prices += priced(billed);
            let own = |column: CountColumn| own[column as usize];
            if cost.is_none() {
                spend.unpriced_records += 1;
                unpriced_tokens += u128::from(token_counts(own).total());
            }
            if let Some(estimate) = own(CountColumn::OutputEstimate) {
                spend.doubtful_records += 1;
                spend.doubtful_recorded += own(CountColumn::Output).unwrap_or(0);
                spend.doubtful_estimated += estimate;
            }
            sessions.extend(self.session.get(row));
        }
        let cost = |column: CostColumn| costs[column as usize].map(Money::from_nanos);
        spend.sessions = sessions.len() as u64;
        let counts = counts_that_fit(counts, unpriced_tokens)?;
        spend.unpriced_tokens = u64::try_from(unpriced_tokens).unwrap_or(u64::MAX);
        spend.tokens = token_counts(|column| counts[column as usize]);
        spend.list_cost = cost(CostColumn::List);
        spend.billed_cost = cost(CostColumn::Billed);
        spend.reported_cost = cost(CostColumn::Reported);
        spend.cost = cost(CostColumn::Counted);
        spend.doubt_cost = cost(CostColumn::Doubt).unwrap_or_default();
        // Where nothing was used, that is known, and it is zero.
        Ok(if spend.records == 0 { Spend::nothing() } else { spend })
    }
}

/// Sums as they are kept; an error if they do not fit, all tokens together included.
fn counts_that_fit<const N: usize>(sums: [Option<u128>; N], unpriced_tokens: u128) -> Result<[Option<u64>; N], String> {
    let all = sums.iter().flatten().sum::<u128>().max(unpriced_tokens);
    u64::try_from(all).map_err(|_| format!("a sum of {all} tokens and requests does not fit"))?;
    Ok(sums.map(|sum| sum.and_then(|sum| u64::try_from(sum).ok())))
}

/// The sums of the columns so far.
struct Sums<'a> {
    counts: &'a mut [Option<u128>; CountColumn::ALL.len()],
    costs: &'a mut [Option<i128>; CostColumn::ALL.len()],
}

/// Adds what is known.
fn add(sum: &mut Option<i128>, more: Option<i128>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0) + more);
    }
}

/// The prices of a row's cost. A bill whose amount did not become the cost was in the wrong unit: it counts at list price.
fn prices(cost: Option<Money>, billed: Option<Money>, role: Option<u32>) -> Prices {
    let is = |wanted: Role| role == Some(wanted as u32);
    if is(Role::Aside) {
        return Prices::default();
    }
    let billed = billed.filter(|_| is(Role::Bills) || is(Role::BillsWithin) || is(Role::Separate) || cost == billed);
    Prices::of_record(cost, billed)
}

/// The buckets of tokens, read column by column.
fn token_counts(of: impl Fn(CountColumn) -> Option<u64>) -> TokenCounts {
    TokenCounts {
        input: of(CountColumn::Input),
        cache_read: of(CountColumn::CacheRead),
        cache_write_5m: of(CountColumn::CacheWrite5m),
        cache_write_1h: of(CountColumn::CacheWrite1h),
        cache_write_unspecified: of(CountColumn::CacheWriteUnspecified),
        output: of(CountColumn::Output),
        reasoning: of(CountColumn::Reasoning),
    }
}

/// Checks that the groups sum to the total, to the nano-dollar.
fn check_sums(groups: &[Group], total: &Spend) -> Result<(), String> {
    type Part = fn(&Spend) -> i128;
    let sum = |of: Part| groups.iter().map(|group| of(&group.spend)).sum::<i128>();
    let checks: [(&str, Part); 6] = [
        ("records", |s| i128::from(s.records)),
        ("tokens", |s| i128::from(s.tokens.total())),
        ("list cost", |s| s.list_cost.unwrap_or_default().nanos()),
        ("cost", |s| s.cost.unwrap_or_default().nanos()),
        ("unreconciled", |s| s.unreconciled.nanos()),
        ("unpriced records", |s| i128::from(s.unpriced_records)),
    ];
    for (what, of) in checks {
        if sum(of) != of(total) {
            return Err(format!("{what}: the groups sum to {}, the ledger to {}", sum(of), of(total)));
        }
    }
    Ok(())
}

/// One row of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct LedgerRow<'a> {
    frame: &'a Frame,
    names: &'a Names,
    at: usize,
}

impl<'a> LedgerRow<'a> {
    /// Start of the charge period.
    #[must_use]
    pub fn start(&self) -> DateTime<Utc> {
        self.frame.cells.start(self.at)
    }

    /// End of the charge period; for a request, its start.
    #[must_use]
    pub fn end(&self) -> DateTime<Utc> {
        self.frame.cells.end.get(self.at).and_then(DateTime::from_timestamp_millis).unwrap_or_else(|| self.start())
    }

    /// The record's id, 32 hex digits.
    #[must_use]
    pub fn id(&self) -> String {
        self.frame.cells.id(self.at).to_string()
    }

    /// A count; `None` is unknown.
    #[must_use]
    pub fn count(&self, column: CountColumn) -> Option<u64> {
        self.frame.cells.count(column, self.at)
    }

    /// An amount; `None` is unknown.
    #[must_use]
    pub fn cost(&self, column: CostColumn) -> Option<Money> {
        self.frame.cells.cost(column, self.at)
    }

    /// A text; `None` is unknown.
    #[must_use]
    pub fn text(&self, column: TextColumn) -> Option<&'a str> {
        let code = self.frame.cells.text(column).get(self.at)?;
        let own = |texts: &[&'static str]| texts.get(code as usize).copied();
        match column {
            TextColumn::Source => own(&self.frame.sources),
            TextColumn::Grain => own(&self.frame.grains),
            TextColumn::Coverage => own(&self.frame.coverages),
            TextColumn::Authority => own(&self.frame.authorities),
            TextColumn::Role => own(&Role::TEXTS),
            _ => Name::from_code(code).map(|name| self.names.text(name)),
        }
    }

    /// Index of the file that it was read from.
    #[must_use]
    pub fn file(&self) -> Option<usize> {
        self.frame.cells.file.get(self.at).map(|file| file as usize)
    }

    /// Whether a subagent made the request.
    #[must_use]
    pub fn is_subagent(&self) -> bool {
        self.frame.cells.subagent.get(self.at) == Some(1)
    }

    /// Whether the source has no time zone and UTC was assumed.
    #[must_use]
    pub fn is_time_zone_assumed(&self) -> bool {
        self.frame.cells.time_zone_assumed.get(self.at) == Some(1)
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

/// An integer column in one piece; a single piece is shared, not copied.
fn ints(data: &DataFrame, name: &str) -> PolarsResult<Int64Chunked> {
    Ok(data.column(name)?.i64()?.rechunk().into_owned())
}

/// A column of codes in one piece.
fn codes(data: &DataFrame, name: &str) -> PolarsResult<UInt32Chunked> {
    Ok(data.column(name)?.u32()?.rechunk().into_owned())
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

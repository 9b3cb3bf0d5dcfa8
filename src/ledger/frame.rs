//! The columnar frame behind the ledger: the only file that names polars.
//!
//! Columns: instants as `Int64` milliseconds UTC, money as `Int64` nano-dollars, tokens as `Int64`, texts as `UInt32`
//! codes of the run's name table. `null` is unknown. Sums go through `i128`, so nothing wraps.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::*;

use super::Entry;
use super::overlap::Role;
use crate::model::basis::Prices;
use crate::model::bill::Coverage;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::origin::{FileId, Origin};
use crate::model::period::{Granularity, Period, day_of};
use crate::model::usage::{Grain, RecordId, TokenCounts};

/// What spend can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Calendar day in the run's zone.
    Day,
    /// ISO week.
    Week,
    /// Calendar month.
    Month,
    /// The model, as logged.
    Model,
    /// Who bills.
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

impl Key {
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

    /// Whether the key cuts time.
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
/// `None` is unknown: no record told the bucket, or no record had a price. Sums cover the records that did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spend {
    /// Kept records.
    pub records: u64,
    /// Distinct sessions.
    pub sessions: u64,
    /// Tokens by bucket.
    pub tokens: TokenCounts,
    /// What was spent: the amount on a bill where there is one, else tokens × list price; each dollar once, however many
    /// sources saw it.
    pub cost: Option<Money>,
    /// The prices that `cost` is made of.
    pub prices: Prices,
    /// The part of `cost` that a more authoritative source was compared with …
    pub explained: Money,
    /// … and what that source has beyond it (negative: what it lacks).
    pub unreconciled: Money,
    /// Records of spend that another record counts.
    pub overlapping_records: u64,
    /// Tokens × list price, over priced records.
    pub list_cost: Option<Money>,
    /// Invoiced, over records that come from a bill.
    pub billed_cost: Option<Money>,
    /// The tools' own estimates, over records that carry one.
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
    /// What the difference would cost at list price.
    pub doubt_cost: Money,
}

/// One group of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The value per key, in the order of the keys; `None` is unknown.
    pub key: Vec<Option<String>>,
    /// The sums.
    pub spend: Spend,
}

type CountOf = fn(&Entry) -> Option<u64>;
type MoneyOf = fn(&Entry) -> Option<Money>;
type NameOf = fn(&Entry) -> Option<Name>;
type IntOf = Box<dyn Fn(&Entry) -> Result<Option<i64>, String>>;
type CodeOf<'a> = Box<dyn FnMut(&Entry) -> Option<u32> + 'a>;

/// Entries that are read for one column after the other: what a processor's cache holds.
const AT_ONCE: usize = 1 << 9;

const COUNTS: &[(&str, CountOf)] = &[
    ("input_tokens", |e| e.record.tokens.input),
    ("cache_read_input_tokens", |e| e.record.tokens.cache_read),
    ("cache_write_5m_tokens", |e| e.record.tokens.cache_write_5m),
    ("cache_write_1h_tokens", |e| e.record.tokens.cache_write_1h),
    ("cache_write_unspecified_tokens", |e| e.record.tokens.cache_write_unspecified),
    ("output_tokens", |e| e.record.tokens.output),
    ("reasoning_output_tokens", |e| e.record.tokens.reasoning),
    ("output_estimate", |e| e.record.output_estimate),
    ("request_count", |e| e.record.request_count),
    ("source_row", |e| Some(e.record.origin.line)),
    ("quantity_micros", |e| e.record.bill.quantity_micros.and_then(|micros| u64::try_from(micros).ok())),
];

const MONEY: &[(&str, MoneyOf)] = &[
    ("list_cost", |e| e.list_cost),
    ("billed_cost", |e| e.record.billed_cost),
    ("reported_cost", |e| e.record.reported_cost),
    ("doubt_cost", |e| e.doubt_cost),
    ("gross_cost", |e| e.record.bill.gross_cost),
    ("cost", |e| e.cost),
];

/// Where the amount on a bill and the counted cost stand in [`MONEY`].
const BILLED: usize = 1;
const COST: usize = 5;

const NAMES: &[(&str, NameOf)] = &[
    ("provider", |e| e.provider),
    ("model", |e| e.record.model),
    ("model_key", |e| e.model_key),
    ("unpriced", |e| e.unpriced),
    ("service_tier", |e| e.record.service_tier),
    ("speed", |e| e.record.speed),
    ("inference_geo", |e| e.record.inference_geo),
    ("session", |e| e.record.session),
    ("parent_session", |e| e.record.parent_session),
    ("cwd", |e| e.record.cwd),
    ("project", |e| e.project),
    ("scope", |e| e.scope),
    ("branch", |e| e.record.branch),
    ("user", |e| e.record.user),
    ("person", |e| e.person),
    ("team", |e| e.record.team),
    ("vendor_project", |e| e.record.project),
    ("tag", |e| e.record.tag),
    ("client_version", |e| e.record.client_version),
    ("unit", |e| e.record.bill.unit),
];

#[derive(Debug)]
pub(super) struct Frame {
    data: DataFrame,
    /// Its columns by name, for reading cell by cell.
    ints: HashMap<String, Int64Chunked>,
    codes: HashMap<String, UInt32Chunked>,
    /// The constant texts of a column each: formats and grains.
    sources: Vec<&'static str>,
    grains: Vec<&'static str>,
    coverages: Vec<&'static str>,
    authorities: Vec<&'static str>,
}

impl Frame {
    /// Moves entries into columns, in their order.
    pub(super) fn build(entries: Vec<Entry>) -> Result<Self, String> {
        let (mut sources, mut grains) = (Vec::new(), Vec::new());
        let (mut coverages, mut authorities) = (Vec::new(), Vec::new());
        let mut ints: Vec<(&str, IntOf)> = vec![
            ("start", Box::new(|e| Ok(Some(e.record.charge_period_start.timestamp_millis())))),
            ("end", Box::new(|e| Ok(e.record.charge_period_end.map(|at| at.timestamp_millis())))),
            ("id_high", Box::new(|e| Ok(Some(e.record.id.halves()[0].cast_signed())))),
            ("id_low", Box::new(|e| Ok(Some(e.record.id.halves()[1].cast_signed())))),
        ];
        for &(name, of) in COUNTS {
            let fits = move |count: u64| i64::try_from(count).map_err(|_| format!("{name}: {count} does not fit"));
            ints.push((name, Box::new(move |e| of(e).map(fits).transpose())));
        }
        for &(name, of) in MONEY {
            let fits = move |m: Money| i64::try_from(m.nanos()).map_err(|_| format!("{name}: {m} USD does not fit"));
            ints.push((name, Box::new(move |e| of(e).map(fits).transpose())));
        }
        let mut codes: Vec<(&str, CodeOf<'_>)> = vec![
            ("coverage", Box::new(|e| Some(position(&mut coverages, e.record.bill.coverage.as_str())))),
            ("authority", Box::new(|e| Some(position(&mut authorities, e.record.bill.authority.as_str())))),
            ("source", Box::new(|e| Some(position(&mut sources, e.record.source)))),
            ("grain", Box::new(|e| Some(position(&mut grains, e.record.grain.as_str())))),
            ("role", Box::new(|e| Some(e.role as u32))),
            ("file", Box::new(|e| Some(e.record.origin.file.0))),
            ("subagent", Box::new(|e| Some(u32::from(e.record.subagent)))),
            ("time_zone_assumed", Box::new(|e| Some(u32::from(e.record.time_zone_assumed)))),
        ];
        codes.extend(
            NAMES
                .iter()
                .map(|(name, of)| -> (&str, CodeOf<'_>) { (name, Box::new(|e: &Entry| of(e).map(Name::code))) }),
        );
        let rows = entries.len();
        let mut int_columns: Vec<_> = ints.iter().map(|(name, _)| builder::<Int64Type>(name, rows)).collect();
        let mut code_columns: Vec<_> = codes.iter().map(|(name, _)| builder::<UInt32Type>(name, rows)).collect();
        for part in entries.chunks(AT_ONCE) {
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
        // They share the columns' memory.
        let named = |column: &Column| column.name().to_string();
        let ints = data.columns().iter().filter_map(|one| Some((named(one), one.i64().ok()?.clone()))).collect();
        let codes = data.columns().iter().filter_map(|one| Some((named(one), one.u32().ok()?.clone()))).collect();
        Ok(Self { data, ints, codes, sources, grains, coverages, authorities })
    }

    pub(super) fn len(&self) -> usize {
        self.data.height()
    }

    pub(super) fn group(&self, keys: &[Key], period: &Period, names: &Names) -> Result<Vec<Group>, String> {
        let view = self.within(period)?;
        let mut labels = Labels::default();
        let mut key_columns = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            let codes = self.key_codes(&view, *key, period, names, &mut labels)?;
            key_columns.push(code_column(&format!("key{at}"), codes.into_iter()));
        }
        let columns = Columns::of(&view)?;
        let total = columns.sum(0..view.height());
        let mut groups = if keys.is_empty() {
            vec![Group { key: Vec::new(), spend: total.clone() }]
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
                groups.push(Group { key, spend: columns.sum(rows.into_iter()) });
            }
            groups
        };
        let by_time = keys.iter().any(|key| key.granularity().is_some());
        groups.sort_by(|a, b| {
            let cost = |group: &Group| group.spend.cost;
            let by_cost = if by_time { std::cmp::Ordering::Equal } else { cost(b).cmp(&cost(a)) };
            // Unknown comes last in either order.
            let text = |group: &Group| group.key.iter().map(|k| (k.is_none(), k.clone())).collect::<Vec<_>>();
            by_cost.then_with(|| text(a).cmp(&text(b)))
        });
        conserve(&groups, &total)?;
        Ok(groups)
    }

    /// The rows whose start lies in the period.
    fn within(&self, period: &Period) -> Result<DataFrame, String> {
        if period.is_all() {
            return Ok(self.data.clone());
        }
        let start = self.data.column("start").and_then(|c| c.i64()).map_err(|err| err.to_string())?;
        let inside = |ms: i64| DateTime::from_timestamp_millis(ms).is_some_and(|at| period.contains(at));
        let mask: BooleanChunked = start.iter().map(|ms| ms.is_some_and(inside)).collect();
        self.data.filter(&mask).map_err(|err| err.to_string())
    }

    fn key_codes(
        &self,
        view: &DataFrame,
        key: Key,
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
        let codes = view.column(key.as_str()).and_then(|c| c.u32()).map_err(fail)?;
        let mut known: BTreeMap<u32, u32> = BTreeMap::new();
        Ok(codes
            .iter()
            .map(|code| {
                let code = code?;
                Some(*known.entry(code).or_insert_with(|| match key {
                    Key::Source => labels.code(self.sources[code as usize]),
                    _ => labels.code(Name::from_code(code).map_or("", |name| names.text(name))),
                }))
            })
            .collect())
    }

    /// Every row but those of one scope, the columns looked up once.
    pub(super) fn spent(&self, without: Option<Name>) -> Vec<Spent> {
        let ints = |name: &str| self.data.column(name).and_then(|column| column.i64().cloned()).unwrap_or_default();
        let codes = |name: &str| self.data.column(name).and_then(|column| column.u32().cloned()).unwrap_or_default();
        let (start, high, low) = (ints("start"), ints("id_high"), ints("id_low"));
        let (cost, billed) = (ints("cost"), ints("billed_cost"));
        let buckets: Vec<Int64Chunked> = COUNTS[..6].iter().map(|(name, _)| ints(name)).collect();
        let [provider, model, team, file, scope] = ["provider", "model", "team", "file", "scope"].map(codes);
        let left_out = |at: &usize| without.is_some_and(|name| scope.get(*at) == Some(name.code()));
        let line = ints("source_row");
        let [session, parent, project, cwd, branch, user, tag, subagent, coverage, role] =
            ["session", "parent_session", "project", "cwd", "branch", "person", "tag", "subagent", "coverage", "role"]
                .map(codes);
        let errored = self.coverages.iter().position(|word| *word == Coverage::Errored.as_str());
        let is_coarse = |grain: Option<&&str>| {
            Grain::ALL.iter().any(|(name, known)| grain == Some(name) && *known > Grain::Session)
        };
        let grain = codes("grain");
        let coarse = |at: usize| is_coarse(grain.get(at).and_then(|code| self.grains.get(code as usize)));
        let counted = |at: usize| role.get(at).is_none_or(|role| role < Role::Bills as u32);
        let name = |column: &UInt32Chunked, at: usize| column.get(at).and_then(Name::from_code);
        let half = |column: &Int64Chunked, at: usize| u128::from(column.get(at).unwrap_or_default().cast_unsigned());
        let maybe = |column: &Int64Chunked, at: usize| column.get(at).and_then(|n| u64::try_from(n).ok());
        let count = |column: &Int64Chunked, at: usize| maybe(column, at).unwrap_or(0);
        let known = |at: usize| {
            let of = |bucket: usize| maybe(&buckets[bucket], at);
            TokenCounts {
                input: of(0),
                cache_read: of(1),
                cache_write_5m: of(2),
                cache_write_1h: of(3),
                cache_write_unspecified: of(4),
                output: of(5),
                reasoning: None,
            }
        };
        (0..self.len())
            .filter(|at| !left_out(at))
            .map(|at| Spent {
                id: RecordId(half(&high, at) << 64 | half(&low, at)),
                at: start.get(at).and_then(DateTime::from_timestamp_millis).unwrap_or_default(),
                session: name(&session, at),
                parent_session: name(&parent, at),
                project: name(&project, at),
                cwd: name(&cwd, at),
                branch: name(&branch, at),
                user: name(&user, at),
                tag: name(&tag, at),
                team: name(&team, at),
                provider: name(&provider, at),
                model: name(&model, at),
                counts: known(at),
                origin: Origin {
                    file: FileId(file.get(at).unwrap_or_default()),
                    line: line.get(at).and_then(|line| u64::try_from(line).ok()).unwrap_or(0),
                },
                subagent: subagent.get(at) == Some(1),
                coarse: coarse(at),
                errored: errored.is_some() && coverage.get(at).map(|code| code as usize) == errored,
                cost: cost.get(at).map(|nanos| Money::from_nanos(nanos.into())),
                prices: prices(cost.get(at), billed.get(at), role.get(at)),
                tokens: buckets
                    .iter()
                    .filter(|_| counted(at))
                    .fold(0, |sum, column| sum.saturating_add(count(column, at))),
            })
            .collect()
    }

    /// The rows of a period, as they are written out.
    pub(super) fn rows<'a>(&'a self, period: &Period, names: &'a Names) -> impl Iterator<Item = Row<'a>> {
        let period = *period;
        (0..self.len()).map(move |at| Row { frame: self, names, at }).filter(move |row| period.contains(row.start()))
    }
}

/// A record as linking needs it.
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
    /// Repository or folder that the work was done in.
    pub project: Option<Name>,
    /// Working directory.
    pub cwd: Option<Name>,
    /// Branch checked out.
    pub branch: Option<Name>,
    /// Who used it.
    pub user: Option<Name>,
    /// The commit, pull request or issue that it was made for.
    pub tag: Option<Name>,
    /// Whether a subagent made the request.
    pub subagent: bool,
    /// Whether the source calls it failed.
    pub errored: bool,
    /// Whether it sums an hour, a day or more, so that its time is no request's.
    pub coarse: bool,
    /// What it counts: billed, else tokens × list price; `None` when unpriced.
    pub cost: Option<Money>,
    /// The prices that the cost is made of.
    pub prices: Prices,
    /// All tokens, cached ones included, unless another record counts them.
    pub tokens: u64,
    /// Team, when the source has one.
    pub team: Option<Name>,
    /// Who bills.
    pub provider: Option<Name>,
    /// The model, as the log spells it.
    pub model: Option<Name>,
    /// Tokens by bucket, reasoning aside.
    pub counts: TokenCounts,
    /// Where it was read.
    pub origin: Origin,
}

/// The texts of a grouping's keys.
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

/// The summed columns of a view.
struct Columns {
    counts: Vec<Int64Chunked>,
    money: Vec<Int64Chunked>,
    session: UInt32Chunked,
    role: UInt32Chunked,
}

impl Columns {
    fn of(view: &DataFrame) -> Result<Self, String> {
        let int = |name: &str| Ok(view.column(name)?.i64()?.rechunk().into_owned());
        let read = || -> PolarsResult<Self> {
            Ok(Self {
                counts: COUNTS.iter().map(|(name, _)| int(name)).collect::<PolarsResult<_>>()?,
                money: MONEY.iter().map(|(name, _)| int(name)).collect::<PolarsResult<_>>()?,
                session: view.column("session")?.u32()?.rechunk().into_owned(),
                role: view.column("role")?.u32()?.rechunk().into_owned(),
            })
        };
        read().map_err(|err| err.to_string())
    }

    fn sum(&self, rows: impl Iterator<Item = usize>) -> Spend {
        let mut counts = [None::<u64>; COUNTS.len()];
        let mut money = [None::<i128>; MONEY.len()];
        let mut sessions = HashSet::new();
        let mut spend = Spend::default();
        for row in rows {
            spend.records += 1;
            let own_cost = self.money[COST].get(row);
            let cost = own_cost.map(i128::from);
            let role = self.role.get(row);
            let is = |wanted: Role| role == Some(wanted as u32);
            if is(Role::Explains) {
                spend.explained += Money::from_nanos(cost.unwrap_or(0));
            }
            if is(Role::Bills) || is(Role::BillsWithin) || is(Role::Aside) {
                // Its tokens and estimates are those of other records.
                spend.overlapping_records += 1;
                money[COST] = Some(money[COST].unwrap_or(0) + cost.unwrap_or(0));
                spend.unreconciled += Money::from_nanos(cost.unwrap_or(0));
                spend.prices += prices(own_cost, self.money[BILLED].get(row), role);
                if let Some(billed) = self.money[BILLED].get(row).filter(|_| is(Role::Bills)) {
                    money[BILLED] = Some(money[BILLED].unwrap_or(0) + i128::from(billed));
                }
                continue;
            }
            let mut tokens = [None::<u64>; COUNTS.len()];
            for ((sum, one), column) in counts.iter_mut().zip(&mut tokens).zip(&self.counts) {
                if let Some(value) = column.get(row).and_then(|v| u64::try_from(v).ok()) {
                    *sum = Some(sum.unwrap_or(0).saturating_add(value));
                    *one = Some(value);
                }
            }
            let mut billed = None;
            for (at, (sum, column)) in money.iter_mut().zip(&self.money).enumerate() {
                let Some(value) = column.get(row) else { continue };
                if at == BILLED {
                    billed = Some(value);
                    // What explains a bill is not billed beside it.
                    if is(Role::Explains) {
                        continue;
                    }
                }
                *sum = Some(sum.unwrap_or(0) + i128::from(value));
            }
            spend.prices += prices(own_cost, billed, role);
            if cost.is_none() {
                spend.unpriced_records += 1;
                spend.unpriced_tokens = spend.unpriced_tokens.saturating_add(buckets(&tokens).total());
            }
            if let Some(estimate) = tokens[7] {
                spend.doubtful_records += 1;
                spend.doubtful_recorded += tokens[5].unwrap_or(0);
                spend.doubtful_estimated += estimate;
            }
            sessions.extend(self.session.get(row));
        }
        spend.sessions = sessions.len() as u64;
        spend.tokens = buckets(&counts);
        [spend.list_cost, spend.billed_cost, spend.reported_cost, spend.cost] =
            [money[0], money[1], money[2], money[COST]].map(|sum| sum.map(Money::from_nanos));
        spend.doubt_cost = Money::from_nanos(money[3].unwrap_or(0));
        if spend.records == 0 {
            // Nothing was used: that is known, and it is zero.
            spend.tokens = buckets(&[Some(0); COUNTS.len()]);
            spend.list_cost = Some(Money::ZERO);
            spend.cost = Some(Money::ZERO);
        }
        spend
    }
}

/// The prices of a row's cost. A bill whose amount did not become the cost was in the wrong unit and counts at list price.
fn prices(cost: Option<i64>, billed: Option<i64>, role: Option<u32>) -> Prices {
    let is = |wanted: Role| role == Some(wanted as u32);
    if is(Role::Aside) {
        return Prices::default();
    }
    let billed = billed.filter(|billed| is(Role::Bills) || is(Role::BillsWithin) || cost == Some(*billed));
    let money = |nanos: i64| Money::from_nanos(nanos.into());
    Prices::of_record(cost.map(money), billed.map(money))
}

/// The first columns of [`COUNTS`], as buckets.
fn buckets(counts: &[Option<u64>; COUNTS.len()]) -> TokenCounts {
    TokenCounts {
        input: counts[0],
        cache_read: counts[1],
        cache_write_5m: counts[2],
        cache_write_1h: counts[3],
        cache_write_unspecified: counts[4],
        output: counts[5],
        reasoning: counts[6],
    }
}

/// The groups must sum to the total, nano-dollar for nano-dollar.
fn conserve(groups: &[Group], total: &Spend) -> Result<(), String> {
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
pub struct Row<'a> {
    frame: &'a Frame,
    names: &'a Names,
    at: usize,
}

impl<'a> Row<'a> {
    /// Start of the charge period.
    #[must_use]
    pub fn start(&self) -> DateTime<Utc> {
        self.int("start").and_then(DateTime::from_timestamp_millis).unwrap_or_default()
    }

    /// End of the charge period; for a request, its start.
    #[must_use]
    pub fn end(&self) -> DateTime<Utc> {
        self.int("end").and_then(DateTime::from_timestamp_millis).unwrap_or_else(|| self.start())
    }

    /// The record's id, 32 hex digits.
    #[must_use]
    pub fn id(&self) -> String {
        let half = |name| self.int(name).unwrap_or_default();
        format!("{:016x}{:016x}", half("id_high"), half("id_low"))
    }

    /// An integer column: a count, or nano-dollars.
    #[must_use]
    pub fn int(&self, column: &str) -> Option<i64> {
        self.frame.ints.get(column)?.get(self.at)
    }

    /// A money column.
    #[must_use]
    pub fn money(&self, column: &str) -> Option<Money> {
        self.int(column).map(|nanos| Money::from_nanos(i128::from(nanos)))
    }

    /// A text column.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&'a str> {
        let code = self.code(column)?;
        match column {
            "source" => self.frame.sources.get(code as usize).copied(),
            "grain" => self.frame.grains.get(code as usize).copied(),
            "coverage" => self.frame.coverages.get(code as usize).copied(),
            "authority" => self.frame.authorities.get(code as usize).copied(),
            "role" => Role::TEXTS.get(code as usize).copied(),
            _ => Name::from_code(code).map(|name| self.names.text(name)),
        }
    }

    /// A column of small numbers: `file`, `subagent`, `time_zone_assumed`.
    #[must_use]
    pub fn code(&self, column: &str) -> Option<u32> {
        self.frame.codes.get(column)?.get(self.at)
    }
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

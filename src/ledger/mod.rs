//! The ledger: every kept record once, in a stable order, with its price and project, in a columnar frame.
//!
//! - In: what [`crate::sources`] read. Out: a [`Ledger`] whose sums reconcile with what was read.
//! - No record is dropped without being counted.

mod columns;
mod copies;
mod currencies;
mod dedupe;
mod frame;
mod freeing;
mod group_key;
mod overlap;
mod projects;
mod reconcile;
mod row;
mod rules;
mod small_teams;
mod spend;
mod spent;
mod units;
mod users;

pub use columns::{CostColumn, CountColumn, TextColumn};
pub use currencies::{OtherCurrency, Rates};
pub use group_key::{GroupKey, TAG};
pub use projects::KnownRepository;
pub use reconcile::Reconciliation;
pub use row::LedgerRow;
pub use rules::{APPLICATION, DEVELOPMENT, Field, Rules};
pub use spend::{BySeat, Group, Spend};
pub use spent::Spent;
pub use users::fault_of_people;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use self::users::UserEvidence;
use crate::diagnostics::{Diagnostics, Severity};
use crate::error::{Error, Result};
use crate::model::bill::Coverage;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::period::Period;
use crate::model::privacy::MIN_PEOPLE_MONEY;
use crate::model::usage::{TokenCounts, UsageRecord};
use crate::model::value_fact::ValueFact;
use crate::pricing::{self, PriceBook, PriceRequest, Resolved, Unpriced};
use crate::sources::{FileReport, Reading};

/// A record and what the ledger adds to it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) record: UsageRecord,
    /// Tokens × list price; `None` if there is no price.
    pub(crate) list_cost: Option<Money>,
    /// Why there is no list price.
    pub(crate) unpriced: Option<Name>,
    /// The price book's key for the model.
    pub(crate) model_key: Option<Name>,
    /// Who is paid, under one name for each vendor.
    pub(crate) provider: Option<Name>,
    /// The model under one name, however it was written.
    pub(crate) canonical_model: Option<Name>,
    /// How sure that name is.
    pub(crate) identity: Identity,
    /// Cost of the estimated output beyond the recorded one, if the recorded count is a placeholder.
    pub(crate) doubt_cost: Option<Money>,
    /// Who used it, even if the record has a pseudonym …
    pub(crate) person: Option<Name>,
    /// … and what that is known by.
    pub(crate) user_evidence: Option<Name>,
    /// Whether the record itself names its user. Others are called as on their machine and not as on a bill.
    pub(crate) names_user: bool,
    /// Development or application traffic.
    pub(crate) scope: Option<Name>,
    /// The repository or folder in which the work was done.
    pub(crate) project: Option<Name>,
    /// What the record adds to spend: the billed amount, else the list cost; see [`overlap`] for several sources.
    pub(crate) cost: Option<Money>,
    /// Its role if several sources saw the same spend.
    pub(crate) role: overlap::Role,
    /// What is counted of it if that is not the whole.
    pub(crate) part: Option<Box<overlap::Part>>,
    /// The account that the configuration gives it; different ones are never the same spend.
    pub(crate) account: Option<Name>,
    /// Whether it is never the same spend as what other sources show.
    pub(crate) apart: bool,
}

impl Entry {
    /// Who used it, if the record itself says so.
    pub(crate) fn named_user(&self) -> Option<Name> {
        self.record.user.filter(|_| self.names_user)
    }
}

/// What a record's model is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Identity {
    /// Nothing, or a word such as `auto` that names no model.
    #[default]
    Unnamed,
    /// A name that is in no book.
    Unknown,
    /// A model of the price book, priced or not.
    Known,
}

/// What a record adds to spend by itself: the billed amount, nothing if it was free, else its list cost.
fn own_cost(record: &UsageRecord, list_cost: Option<Money>) -> Option<Money> {
    match record.bill.coverage {
        Coverage::Free | Coverage::Errored | Coverage::Seat => record.billed_cost.or(Some(Money::ZERO)),
        _ => record.billed_cost.or(list_cost),
    }
}

/// All usage of a run: de-duplicated, ordered and priced.
#[derive(Debug)]
pub struct Ledger {
    names: Names,
    frame: frame::Frame,
    /// What was read, per file.
    pub files: Vec<FileReport>,
    /// The sums over all files.
    pub reconciliation: Reconciliation,
    /// What vendors count on the value side, by time; never added to spend.
    pub values: Vec<ValueFact>,
    /// People that a team needs for its spend to be shown.
    min_people: u64,
    /// Index of the repository of each project that is one.
    repositories: HashMap<Name, usize>,
    /// Earliest and latest kept record.
    pub span: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// What the ledger needs besides the records.
#[derive(Debug)]
pub struct LedgerContext<'a> {
    /// The prices.
    pub book: &'a PriceBook,
    /// What the configuration says about records.
    pub rules: &'a Rules,
    /// The repositories of the run, to match working directories with.
    pub repositories: &'a [KnownRepository],
    /// The clock of the run, if there is one: records after it are reported.
    pub as_of: Option<DateTime<Utc>>,
}

impl Ledger {
    /// Builds the ledger from what was read.
    ///
    /// # Errors
    /// [`Error::Unreconciled`] if the parts do not sum to what was read, or a sum is too large.
    pub fn build(reading: Reading, context: &LedgerContext<'_>, diagnostics: &mut Diagnostics) -> Result<Self> {
        let Reading { mut names, usage, values, mut files, folders, .. } = reading;
        let mut records = dedupe::resolve(usage, &mut files, diagnostics);
        folders.fill(&mut records, &names);
        let reconciliation = reconcile::check(&files)?;
        let span = records.first().zip(records.last()).map(|(a, b)| (a.charge_period_start, b.charge_period_start));
        report_future_dates(&records, context, diagnostics);
        let evidence = users::find(context.rules, &mut records, &files, &mut names);
        let evidence_names = UserEvidence::ALL.map(|one| names.intern(one.as_str()));
        let scopes = rules::apply(context.rules, &mut records, &mut names);
        let projects = projects::resolve(&records, &mut names, context.repositories);
        let known = context.repositories.iter().enumerate();
        let repositories = known.filter_map(|(at, one)| Some((names.find(&one.name)?, at))).collect();
        let mut pricer = Pricer::new(context.book);
        let mut entries = Vec::with_capacity(records.len());
        let mut pseudonyms = rules::Pseudonyms::new(context.rules);
        let mut plain_tags = context.rules.pseudonym_key.is_some().then(rules::PlainTags::new);
        let accounts = rules::Accounts::new(context.rules, &mut names);
        let resolved = projects.into_iter().zip(scopes).zip(evidence);
        for (mut record, ((project, scope), by)) in freeing::Freeing::new(records).zip(resolved) {
            let (account, apart) = accounts.of(&record, &names);
            // Nobody bills what a seat covers, so no bill can be the same spend.
            let apart = apart || record.bill.coverage == Coverage::Seat;
            let person = record.user;
            record.user = person.map(|user| pseudonyms.get(user, &mut names));
            if let Some(plain) = &mut plain_tags {
                record.tags = record.tags.and_then(|tags| plain.get(tags, &mut names));
            }
            entries.push(Entry {
                scope: Some(scope),
                person,
                user_evidence: by.map(|by| evidence_names[by as usize]),
                names_user: by == Some(UserEvidence::Record),
                account,
                apart,
                ..pricer.price(record, project, &mut names)
            });
        }
        let mut values = values.into_sorted();
        for fact in &mut values {
            fact.user = fact.user.map(|user| pseudonyms.get(user, &mut names));
        }
        if pricer.base_only > 0 {
            diagnostics.add_many(
                Severity::Note,
                "base-price",
                "records that sum many requests were priced at the base rate, because the length of each prompt is unknown",
                pricer.base_only,
                None,
            );
        }
        currencies::find_yuan(&mut entries, &files, &mut names, diagnostics);
        units::check(&mut entries, &files, diagnostics);
        currencies::convert(&mut entries, &context.rules.rates, &mut names, diagnostics);
        report_overlap(overlap::resolve(&mut entries, &names), diagnostics);
        let frame = frame::Frame::build(entries).map_err(|message| Error::Unreconciled { message })?;
        let min_people = context.rules.least_team.unwrap_or(MIN_PEOPLE_MONEY);
        Ok(Self { names, frame, files, reconciliation, values, min_people, repositories, span })
    }

    /// Spend and tokens by the given keys, within a period, without groups of which seats cover every record.
    ///
    /// Rows are ordered by time if a key is one of time, else by cost, largest first; ties by text. Teams that are too
    /// small to be shown are one row together.
    ///
    /// # Errors
    /// [`Error::Unreconciled`] if the groups do not sum to the total.
    pub fn group(&self, keys: &[GroupKey], period: &Period) -> Result<Vec<Group>> {
        self.joined(self.group_all(keys, period)?, keys, period)
    }

    /// The same with groups of which seats cover every record.
    ///
    /// # Errors
    /// As [`Ledger::group`].
    pub fn group_with_seats(&self, keys: &[GroupKey], period: &Period) -> Result<Vec<Group>> {
        self.joined(self.group_records(keys, period)?, keys, period)
    }

    /// The same groups, the teams that are too small to be shown as one.
    fn joined(&self, groups: Vec<Group>, keys: &[GroupKey], period: &Period) -> Result<Vec<Group>> {
        if self.min_people <= 1 || !keys.iter().any(|key| key.is_payer()) {
            return Ok(groups);
        }
        let by_user = self.group_all(&[keys, &[GroupKey::User]].concat(), period)?;
        Ok(small_teams::join(groups, &by_user, keys, self.min_people))
    }

    /// The same with every team, however small: for the budget of a team, which the configuration asks for by its name.
    ///
    /// # Errors
    /// As [`Ledger::group`].
    pub fn group_all(&self, keys: &[GroupKey], period: &Period) -> Result<Vec<Group>> {
        let mut groups = self.group_records(keys, period)?;
        groups.retain(|group| keys.is_empty() || !group.spend.is_by_seat());
        Ok(groups)
    }

    fn group_records(&self, keys: &[GroupKey], period: &Period) -> Result<Vec<Group>> {
        self.frame.group(keys, period, &self.names).map_err(|message| Error::Unreconciled { message })
    }

    /// People that a team needs for its spend to be shown.
    #[must_use]
    pub fn min_people(&self) -> u64 {
        self.min_people
    }

    /// The teams, or the cost centres, that may be shown in rows of a period; `None` if all may.
    ///
    /// # Errors
    /// As [`Ledger::group`].
    pub fn visible(&self, key: GroupKey, period: &Period) -> Result<Option<BTreeSet<String>>> {
        if self.min_people <= 1 {
            return Ok(None);
        }
        let visible = self.group(&[key], period)?.into_iter().filter(|group| group.joined == 0);
        Ok(Some(visible.filter_map(|group| group.key.into_iter().next().flatten()).collect()))
    }

    /// Models that the records of a period write in one way only, by their canonical names: groups by model show them as written.
    ///
    /// # Errors
    /// When columns cannot be read.
    pub fn written_models(&self, period: &Period) -> Result<HashMap<Name, Name>> {
        self.frame.written_models(period).map_err(|message| Error::Unreconciled { message })
    }

    /// The sums over a period.
    ///
    /// # Errors
    /// As [`Ledger::group`].
    pub fn total(&self, period: &Period) -> Result<Spend> {
        Ok(self.group(&[], period)?.pop().map(|group| group.spend).unwrap_or_default())
    }

    /// The rows within a period, in ledger order.
    pub fn rows(&self, period: &Period) -> impl Iterator<Item = LedgerRow<'_>> {
        row::rows(&self.frame, period, &self.names)
    }

    /// The records of development, in ledger order. Application traffic is left out, for it builds no code, and so are
    /// prompts to assistants that seats cover.
    #[must_use]
    pub fn spent(&self) -> Vec<Spent> {
        self.frame.spent(self.names.find(rules::APPLICATION), self.names.find(UserEvidence::Record.as_str()))
    }

    /// The prompts to assistants that seats cover, in ledger order.
    #[must_use]
    pub fn by_seat(&self) -> Vec<Spent> {
        self.frame.by_seat(self.names.find(UserEvidence::Record.as_str()))
    }

    /// The models without a price within a period, as `model (reason)`, in the order of their texts.
    #[must_use]
    pub fn unpriced_models(&self, period: &Period) -> Vec<String> {
        let unpriced = self.rows(period).filter_map(|row| {
            let reason = row.text(TextColumn::Unpriced).filter(|_| row.cost(CostColumn::Counted).is_none())?;
            Some(format!("{} ({reason})", row.text(TextColumn::Model).unwrap_or("no model")))
        });
        unpriced.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The sums of amounts in other currencies that no rate converted, within a period, by the code of the currency.
    #[must_use]
    pub fn other_currencies(&self, period: &Period) -> Vec<OtherCurrency> {
        if self.frame.has_other_currencies() { currencies::sums(self.rows(period)) } else { Vec::new() }
    }

    /// The index of the repository that a project is, in the order of [`LedgerContext::repositories`].
    #[must_use]
    pub fn repository_of(&self, project: Name) -> Option<usize> {
        self.repositories.get(&project).copied()
    }

    /// The texts of the rows.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Number of kept records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frame.len()
    }

    /// Whether there are no records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Counts what became of the records that were read, without pricing them.
///
/// # Errors
/// [`Error::Unreconciled`] if the parts do not sum to what was read.
pub fn reconcile(reading: Reading, diagnostics: &mut Diagnostics) -> Result<(Vec<FileReport>, Reconciliation)> {
    let Reading { usage, mut files, .. } = reading;
    dedupe::resolve(usage, &mut files, diagnostics);
    let reconciliation = reconcile::check(&files)?;
    Ok((files, reconciliation))
}

/// Prices records and finds out who is paid for which model, looking up each pair of names once.
struct Pricer<'a> {
    book: &'a PriceBook,
    known: HashMap<(Option<Name>, Option<Name>), Known>,
    /// The first way to write each model that is in no book, by its reduced name.
    unknown: HashMap<String, Name>,
    /// Records of many requests, priced without the tiers of long prompts.
    base_only: u64,
}

/// What a provider and a model mean, as they were written.
#[derive(Clone, Copy)]
struct Known {
    resolved: Option<Resolved>,
    payee: Option<Name>,
    model: Option<Name>,
    identity: Identity,
}

impl<'a> Pricer<'a> {
    fn new(book: &'a PriceBook) -> Self {
        Self { book, known: HashMap::new(), unknown: HashMap::new(), base_only: 0 }
    }

    fn known(&mut self, record: &UsageRecord, names: &mut Names) -> Known {
        let key = (record.provider, record.model);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let (provider, text) = (names.text_of(record.provider), names.text_of(record.model));
        let resolved = text.and_then(|text| self.book.resolve(provider, text));
        let model = resolved.or_else(|| self.book.identify(text?)).map(|model| self.book.name_of(model));
        let payee = pricing::payee(provider, text, model.map(|(maker, _)| maker)).map(|payee| payee.into_owned());
        let reduced = text.filter(|text| model.is_none() && !pricing::names_no_model(text)).map(pricing::reduced);
        let payee = payee.map(|payee| names.intern(&payee));
        let (model, identity) = match (model, reduced, record.model) {
            (Some((_, key)), ..) => (Some(names.intern(key)), Identity::Known),
            (None, Some(reduced), Some(written)) => {
                let plain = pricing::without_billing_words(names.text(written)).map(|plain| names.intern(&plain));
                (Some(*self.unknown.entry(reduced).or_insert(plain.unwrap_or(written))), Identity::Unknown)
            }
            (None, _, written) => (written, Identity::Unnamed),
        };
        let known = Known { resolved, payee, model, identity };
        self.known.insert(key, known);
        known
    }

    fn price(&mut self, record: UsageRecord, project: Option<Name>, names: &mut Names) -> Entry {
        let Known { resolved, payee, model: canonical_model, identity } = self.known(&record, names);
        let model = names.text_of(record.model);
        let request = PriceRequest {
            provider: names.text_of(record.provider),
            model,
            at: record.charge_period_start,
            tokens: record.tokens,
            calls: names.text_of(record.bill.unit).zip(record.bill.quantity_micros),
            grain: record.grain,
            service_tier: names.text_of(record.service_tier),
            speed: names.text_of(record.speed),
            inference_geo: names.text_of(record.inference_geo),
        };
        let cost = |request: &PriceRequest<'_>| match resolved {
            Some(resolved) => self.book.cost_of(resolved, request),
            None => Err(if model.is_some() { Unpriced::UnknownModel } else { Unpriced::NoModel }),
        };
        let by_seat = record.bill.coverage == Coverage::Seat;
        let priced = cost(&request);
        let doubt_cost = record.output_estimate.filter(|_| !by_seat).and_then(|estimate| {
            let tokens = TokenCounts { output: Some(estimate), ..record.tokens };
            let estimated = cost(&PriceRequest { tokens, ..request }).ok()?;
            Some(estimated.cost - priced.as_ref().ok()?.cost)
        });
        let (list_cost, unpriced, row) = match priced {
            _ if by_seat => (None, None, None),
            Ok(priced) => {
                self.base_only += u64::from(priced.base_only);
                (Some(priced.cost), None, Some(priced.row))
            }
            Err(reason) => (None, Some(reason.as_str()), None),
        };
        let unpriced = unpriced.map(|reason| names.intern(reason));
        let model_key = row.map(|row| names.intern(&row.model));
        let cost = own_cost(&record, list_cost);
        let role = overlap::Role::Alone;
        let (scope, person, user_evidence) = (None, None, None);
        Entry {
            names_user: record.user.is_some(),
            user_evidence,
            person,
            record,
            list_cost,
            unpriced,
            model_key,
            provider: payee,
            canonical_model,
            identity,
            doubt_cost,
            project,
            scope,
            cost,
            role,
            part: None,
            account: None,
            apart: false,
        }
    }
}

/// Reports what several sources show of the same spend, and what only one of them shows.
fn report_overlap(found: overlap::Found, diagnostics: &mut Diagnostics) {
    let same = "days that several kinds of sources cover for one provider were counted once: money from the source closest to \
                the invoice, the rest from the most detailed; the difference is unreconciled";
    let separate = "usage is in logs and not in the vendor's bill: it is on another account or plan, and is counted in \
                    addition. If it is the same spend, check the bill; if not, name the accounts in [accounts] or with --separate";
    let dwarfing = "a bill is far above the usage of its day and the only one of its month; if it is the bill of the month, give \
                    its period (charge_period_start and charge_period_end), else other days are counted in addition";
    for (severity, kind, message, lines) in [
        (Severity::Note, "sources-overlap", same, found.cases),
        (Severity::Warning, "separate-spend", separate, found.separate),
        (Severity::Warning, "bill-dwarfs-day", dwarfing, found.dwarfing),
    ] {
        for line in lines {
            diagnostics.add(severity, kind, message, line);
        }
    }
}

/// Reports records that are dated after the run.
fn report_future_dates(records: &[UsageRecord], context: &LedgerContext<'_>, diagnostics: &mut Diagnostics) {
    let Some(as_of) = context.as_of else { return };
    let late = records.iter().rev().take_while(|record| record.charge_period_start > as_of).count();
    if late > 0 {
        diagnostics.add_many(
            Severity::Warning,
            "future-date",
            "records are dated after this run; they are counted, but check the clock of their machine",
            late as u64,
            records.last().map(|record| record.charge_period_start.to_rfc3339()),
        );
    }
}

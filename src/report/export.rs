//! The canonical tables, row by row: written as they are walked, so that a long table needs no memory.

mod focus;

pub use focus::focus;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::page::Cell;
use super::sink::Sink;
use super::tables::{self, Kind};
use crate::history::{History, Totals};
use crate::ledger::{CostColumn, CountColumn, GroupKey, LedgerRow, TextColumn};
use crate::link::{Account, Link, Links, Sum};
use crate::measure::material::Run;
use crate::model::activity::{Event, What};
use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::period::{Period, rfc3339};
use crate::pricing::PriceBook;

/// One row per kept usage record, in ledger order.
///
/// # Errors
/// Those of the writer.
pub fn usage(run: &Run, sink: &mut Sink<'_>) -> io::Result<()> {
    let payers = Payers::of(run)?;
    for row in run.ledger.rows(&run.period) {
        let file = row.file().and_then(|at| run.ledger.files.get(at));
        let text = |column: TextColumn| (column.name(), Cell::Text(row.text(column).map(str::to_owned)));
        let count = |column: CountColumn| (column.name(), Cell::Count(row.count(column)));
        let yes = |is: bool| Cell::text(if is { "true" } else { "false" });
        let cells = [
            ("record_id", Cell::text(row.id())),
            ("source_format", Cell::Text(row.text(TextColumn::Source).map(str::to_owned))),
            ("source_file", Cell::Text(file.map(|file| file.path.clone()))),
            count(CountColumn::SourceRow),
            text(TextColumn::Grain),
            ("charge_period_start", Cell::text(rfc3339(row.start()))),
            ("charge_period_end", Cell::text(rfc3339(row.end()))),
            ("time_zone_assumed", yes(row.is_time_zone_assumed())),
            ("provider_name", Cell::Text(row.text(TextColumn::Provider).map(str::to_owned))),
            ("response_model", Cell::Text(row.text(TextColumn::Model).map(str::to_owned))),
            text(TextColumn::ModelKey),
            text(TextColumn::CanonicalModel),
            text(TextColumn::LoggedProvider),
            count(CountColumn::Requests),
            ("input_uncached_tokens", Cell::Count(row.count(CountColumn::Input))),
            count(CountColumn::CacheRead),
            count(CountColumn::CacheWrite5m),
            count(CountColumn::CacheWrite1h),
            count(CountColumn::CacheWriteUnspecified),
            count(CountColumn::Output),
            count(CountColumn::Reasoning),
            ("input_tokens_estimate", Cell::Count(row.count(CountColumn::InputEstimate))),
            ("output_tokens_estimate", Cell::Count(row.count(CountColumn::OutputEstimate))),
            ("list_cost_usd", Cell::Money(row.cost(CostColumn::List))),
            ("billed_cost_usd", Cell::Money(row.cost(CostColumn::Billed))),
            ("reported_cost_usd", Cell::Money(row.cost(CostColumn::Reported))),
            ("gross_cost_usd", Cell::Money(row.cost(CostColumn::Gross))),
            text(TextColumn::OtherCurrency),
            ("other_currency_cost", Cell::Money(row.cost(CostColumn::OtherCurrency))),
            text(TextColumn::Coverage),
            text(TextColumn::Authority),
            ("counted_cost_usd", Cell::Money(row.cost(CostColumn::Counted))),
            ("overlap", Cell::Text(row.text(TextColumn::Role).filter(|role| *role != "alone").map(str::to_owned))),
            ("consumed_quantity", Cell::Text(row.count(CountColumn::QuantityMicros).map(quantity))),
            ("consumed_unit", Cell::Text(row.text(TextColumn::Unit).map(str::to_owned))),
            ("cost_basis", Cell::text(cost_basis(&row))),
            ("unpriced_reason", Cell::Text(row.text(TextColumn::Unpriced).map(str::to_owned))),
            text(TextColumn::ServiceTier),
            text(TextColumn::Speed),
            text(TextColumn::InferenceGeo),
            ("session_id", Cell::Text(row.text(TextColumn::Session).map(str::to_owned))),
            ("parent_session_id", Cell::Text(row.text(TextColumn::ParentSession).map(str::to_owned))),
            text(TextColumn::Cwd),
            text(TextColumn::Project),
            text(TextColumn::Branch),
            ("user_key", Cell::Text(row.text(TextColumn::User).map(str::to_owned))),
            text(TextColumn::UserEvidence),
            (TextColumn::Team.name(), Cell::Text(payers.team(&row).map(str::to_owned))),
            text(TextColumn::VendorProject),
            text(TextColumn::Tag),
            text(TextColumn::ClientVersion),
            ("subagent", yes(row.is_subagent())),
            (TextColumn::CostCenter.name(), Cell::Text(payers.cost_center(&row).map(str::to_owned))),
            (TextColumn::Tags.name(), Cell::Text(payers.tags(&row).map(str::to_owned))),
        ];
        sink.row(&cells)?;
    }
    Ok(())
}

/// What may be shown in rows of who pays for them; a set that is `None` holds all.
struct Payers {
    teams: Option<BTreeSet<String>>,
    cost_centers: Option<BTreeSet<String>>,
}

impl Payers {
    fn of(run: &Run) -> io::Result<Self> {
        let visible = |key| run.ledger.visible(key, &run.period).map_err(|err| io::Error::other(err.to_string()));
        Ok(Self { teams: visible(GroupKey::Team)?, cost_centers: visible(GroupKey::CostCenter)? })
    }

    fn team<'a>(&self, row: &LedgerRow<'a>) -> Option<&'a str> {
        row.text(TextColumn::Team).filter(|team| self.teams.as_ref().is_none_or(|visible| visible.contains(*team)))
    }

    fn cost_center<'a>(&self, row: &LedgerRow<'a>) -> Option<&'a str> {
        let is_visible = |one: &&str| self.cost_centers.as_ref().is_none_or(|visible| visible.contains(*one));
        row.text(TextColumn::CostCenter).filter(is_visible)
    }

    /// The tags: any of them could name a small team, so they are shown where every team may be.
    fn tags<'a>(&self, row: &LedgerRow<'a>) -> Option<&'a str> {
        row.text(TextColumn::Tags).filter(|_| self.teams.is_none())
    }
}

/// Millionths as a decimal.
fn quantity(micros: u64) -> String {
    Money::from_nanos(i128::from(micros) * 1_000).to_string()
}

/// One row per value fact in the period: lines, commits, pull requests and accepts as vendors count them.
///
/// # Errors
/// Those of the writer.
pub fn values(run: &Run, sink: &mut Sink<'_>) -> io::Result<()> {
    let names = run.ledger.names();
    let text = |name| Cell::Text(names.text_of(name).map(str::to_owned));
    for fact in run.ledger.values.iter().filter(|fact| run.period.contains(fact.at)) {
        let file = run.ledger.files.get(fact.origin.file.0 as usize);
        let cells = [
            ("record_id", Cell::text(fact.id.to_string())),
            ("source_format", Cell::text(fact.source)),
            ("source_file", Cell::Text(file.map(|file| file.path.clone()))),
            ("at", Cell::text(rfc3339(fact.at))),
            ("user_key", text(fact.user)),
            ("repository", text(fact.repository)),
            ("commit_sha", text(fact.commit)),
            ("lines_added", Cell::Count(fact.lines_added)),
            ("lines_removed", Cell::Count(fact.lines_removed)),
            ("ai_lines_tab", Cell::Count(fact.ai_lines_tab)),
            ("ai_lines_agent", Cell::Count(fact.ai_lines_agent)),
            ("non_ai_lines", Cell::Count(fact.non_ai_lines)),
            ("sessions", Cell::Count(fact.sessions)),
            ("commits", Cell::Count(fact.commits)),
            ("pull_requests", Cell::Count(fact.pull_requests)),
            ("accepts", Cell::Count(fact.accepts)),
            ("rejects", Cell::Count(fact.rejects)),
        ];
        sink.row(&cells)?;
    }
    Ok(())
}

/// Which figure is the record's cost.
fn cost_basis(row: &LedgerRow<'_>) -> &'static str {
    let is_gateways = row.text(TextColumn::Authority) == Some(Authority::Gateway.as_str());
    if row.cost(CostColumn::Billed).is_some() {
        if is_gateways { "gateway" } else { "invoice" }
    } else if is_by_seat(row) {
        "seat"
    } else if row.cost(CostColumn::List).is_some() {
        "computed"
    } else if row.cost(CostColumn::Reported).is_some() {
        if is_gateways { "gateway" } else { "tool_estimate" }
    } else {
        "none"
    }
}

/// Whether a seat covers the record.
fn is_by_seat(row: &LedgerRow<'_>) -> bool {
    row.text(TextColumn::Coverage) == Some(Coverage::Seat.as_str())
}

/// What one session used and did.
#[derive(Default)]
struct Session<'a> {
    source: Option<&'a str>,
    parent: Option<&'a str>,
    projects: BTreeSet<&'a str>,
    branches: BTreeSet<&'a str>,
    span: Option<(chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>)>,
    requests: u64,
    subagent_requests: u64,
    tokens: u64,
    list_cost: Option<Money>,
    unpriced: u64,
    did: Did,
}

#[derive(Default)]
struct Did {
    prompts: u64,
    prompt_chars: u64,
    tool_calls: u64,
    tool_errors: u64,
    edits: u64,
    files: BTreeSet<String>,
    added: u64,
    deleted: u64,
    commits: BTreeSet<String>,
    pull_requests: BTreeSet<u64>,
    compactions: u64,
}

impl Did {
    fn take(&mut self, event: &Event, names: &Names) {
        match &event.what {
            What::Prompt { chars, .. } => {
                self.prompts += 1;
                self.prompt_chars += u64::from(*chars);
            }
            What::Tool { .. } => self.tool_calls += 1,
            What::Result { failed, .. } => self.tool_errors += u64::from(*failed),
            What::Edit { path, added, deleted } => {
                self.edits += 1;
                self.files.insert(names.text(*path).to_owned());
                self.added += added.len() as u64;
                self.deleted += u64::from(*deleted);
            }
            What::Commit { sha } => {
                self.commits.insert(names.text(*sha).to_owned());
            }
            What::PullRequest { number, .. } => {
                self.pull_requests.insert(*number);
            }
            What::Compaction => self.compactions += 1,
        }
    }
}

/// One row per session, by id: what it used, and what it did as counts without text.
///
/// # Errors
/// Those of the writer.
pub fn sessions(run: &Run, events: &[Event], sink: &mut Sink<'_>) -> io::Result<()> {
    let names = run.ledger.names();
    let mut sessions: BTreeMap<Option<&str>, Session<'_>> = BTreeMap::new();
    for row in run.ledger.rows(&run.period) {
        let session = sessions.entry(row.text(TextColumn::Session)).or_default();
        session.source = row.text(TextColumn::Source);
        session.parent = session.parent.or(row.text(TextColumn::ParentSession));
        session.projects.extend(row.text(TextColumn::Project));
        session.branches.extend(row.text(TextColumn::Branch));
        let at = row.start();
        session.span = Some(session.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        session.requests += 1;
        session.subagent_requests += u64::from(row.is_subagent());
        session.tokens += CountColumn::BUCKETS.into_iter().filter_map(|bucket| row.count(bucket)).sum::<u64>();
        match row.cost(CostColumn::List) {
            _ if is_by_seat(&row) => {}
            Some(cost) => session.list_cost = Some(session.list_cost.unwrap_or_default() + cost),
            None => session.unpriced += 1,
        }
    }
    for event in events.iter().filter(|event| run.period.contains(event.at)) {
        sessions.entry(names.text_of(event.session)).or_default().did.take(event, names);
    }
    for (id, session) in &sessions {
        let did = &session.did;
        let joined = |texts: &BTreeSet<&str>| Cell::text(texts.iter().copied().collect::<Vec<_>>().join(" "));
        let instant = |at: Option<chrono::DateTime<chrono::Utc>>| Cell::Text(at.map(rfc3339));
        let pulls: Vec<String> = did.pull_requests.iter().map(ToString::to_string).collect();
        let commits: Vec<&str> = did.commits.iter().map(String::as_str).collect();
        let cells = [
            ("session_id", Cell::Text(id.map(str::to_owned))),
            ("parent_session_id", Cell::Text(session.parent.map(str::to_owned))),
            ("source_format", Cell::Text(session.source.map(str::to_owned))),
            ("projects", joined(&session.projects)),
            ("branches", joined(&session.branches)),
            ("first", instant(session.span.map(|span| span.0))),
            ("last", instant(session.span.map(|span| span.1))),
            ("requests", Cell::count(session.requests)),
            ("subagent_requests", Cell::count(session.subagent_requests)),
            ("tokens", Cell::count(session.tokens)),
            ("list_cost_usd", Cell::Money(session.list_cost)),
            ("unpriced_records", Cell::count(session.unpriced)),
            ("prompts", Cell::count(did.prompts)),
            ("prompt_chars", Cell::count(did.prompt_chars)),
            ("tool_calls", Cell::count(did.tool_calls)),
            ("tool_errors", Cell::count(did.tool_errors)),
            ("edits", Cell::count(did.edits)),
            ("edited_files", Cell::count(did.files.len() as u64)),
            ("added_lines", Cell::count(did.added)),
            ("deleted_lines", Cell::count(did.deleted)),
            ("commits", Cell::text(commits.join(" "))),
            ("pull_requests", Cell::text(pulls.join(" "))),
            ("compactions", Cell::count(did.compactions)),
        ];
        sink.row(&cells)?;
    }
    Ok(())
}

/// One row per first-parent commit in the period, oldest first; people are left out.
///
/// # Errors
/// Those of the writer.
pub fn commits(histories: &[History], period: &Period, sink: &mut Sink<'_>) -> io::Result<()> {
    for history in histories {
        for commit in history.commits.iter().filter(|commit| period.contains(commit.commit_time)) {
            let totals = Totals::of(commit);
            let cells = [
                ("repo", Cell::text(history.name())),
                ("sha", Cell::text(commit.id.clone())),
                ("landed_at", Cell::text(rfc3339(commit.commit_time))),
                ("parents", Cell::count(commit.parents.len() as u64)),
                ("pull_request", Cell::Count(commit.pull_request)),
                ("bot", Cell::text(if commit.bot { "true" } else { "false" })),
                ("files", Cell::count(totals.files)),
                ("added", Cell::count(totals.added)),
                ("deleted", Cell::count(totals.deleted)),
                ("added_effective", Cell::count(totals.added_effective)),
                ("deleted_effective", Cell::count(totals.deleted_effective)),
                ("born", Cell::count(totals.born)),
                ("died", Cell::count(totals.died)),
                ("moved", Cell::count(totals.moved)),
                ("restored", Cell::count(totals.restored)),
                ("respaced", Cell::count(totals.respaced)),
                ("reworked_before_landing", Cell::Count(commit.reworked_before_landing)),
                ("assisted", Cell::text(commit.assisted.iter().map(|one| one.tool).collect::<Vec<_>>().join(" "))),
                ("reverts", Cell::text(commit.reverts.join(" "))),
                ("reverted_by", Cell::Text(commit.reverted_by.clone())),
                ("subject", Cell::text(commit.subject.clone())),
            ];
            sink.row(&cells)?;
        }
    }
    Ok(())
}

/// One row per changed path of a first-parent commit in the period, oldest first, as git's `--numstat` counts it.
///
/// # Errors
/// Those of the writer.
pub fn changes(histories: &[History], period: &Period, sink: &mut Sink<'_>) -> io::Result<()> {
    for history in histories {
        for commit in history.commits.iter().filter(|commit| period.contains(commit.commit_time)) {
            for change in &commit.changes {
                let cells = [
                    ("repo", Cell::text(history.name())),
                    ("sha", Cell::text(commit.id.clone())),
                    ("path", Cell::text(change.path.clone())),
                    ("renamed_from", Cell::Text(change.renamed_from.clone())),
                    ("added", Cell::Count((!change.binary).then_some(change.added))),
                    ("deleted", Cell::Count((!change.binary).then_some(change.deleted))),
                    ("born", Cell::count(change.born)),
                    ("died", Cell::count(change.died)),
                    ("moved", Cell::count(change.moved)),
                    ("restored", Cell::count(change.restored)),
                    ("respaced", Cell::count(change.respaced)),
                    ("added_effective", Cell::count(change.added_effective)),
                    ("deleted_effective", Cell::count(change.deleted_effective)),
                    ("excluded", Cell::Text(change.excluded.map(str::to_owned))),
                ];
                sink.row(&cells)?;
            }
        }
    }
    Ok(())
}

/// One row per group of lines with the same birth and death that stood together; people are left out.
///
/// Lines that were born in the period or died in it, in the order of their births; a line from before what was read
/// has no birth.
///
/// # Errors
/// Those of the writer.
pub fn lines(histories: &[History], period: &Period, sink: &mut Sink<'_>) -> io::Result<()> {
    for history in histories {
        let name = history.name();
        let landing = |at: Option<u32>| at.map(|at| &history.commits[at as usize]);
        let within = |at: Option<u32>| landing(at).is_some_and(|commit| period.contains(commit.commit_time));
        let contribution = |at: Option<u32>| at.map(|at| &history.contributions[at as usize]);
        for life in history.lives.iter().filter(|life| within(life.born) || within(life.died)) {
            let (born, died) = (landing(life.born), landing(life.died));
            let (origin, killer) = (contribution(life.origin), contribution(life.killer));
            let same_author = origin.zip(killer).map(|(a, b)| a.author.email.eq_ignore_ascii_case(&b.author.email));
            let tools = origin.map(|origin| origin.assisted.iter().map(|one| one.tool).collect::<Vec<_>>().join(" "));
            let cells = [
                ("repo", Cell::text(name.clone())),
                ("path", Cell::text(history.paths[life.path as usize].clone())),
                ("lines", Cell::count(u64::from(life.lines))),
                ("effective", Cell::count(u64::from(life.effective))),
                ("excluded", Cell::text(if life.excluded { "true" } else { "false" })),
                ("born", Cell::Text(born.map(|commit| commit.id.clone()))),
                ("born_at", Cell::Text(born.map(|commit| rfc3339(commit.commit_time)))),
                ("written_in", Cell::Text(origin.map(|origin| origin.id.clone()))),
                ("assisted", Cell::Text(tools)),
                ("bot", Cell::Text(origin.map(|origin| origin.bot.to_string()))),
                ("died", Cell::Text(died.map(|commit| commit.id.clone()))),
                ("died_at", Cell::Text(died.map(|commit| rfc3339(commit.commit_time)))),
                ("deleted_in", Cell::Text(killer.map(|killer| killer.id.clone()))),
                ("death", Cell::Text(life.death.map(|death| death.word().to_owned()))),
                ("same_author", Cell::Text(same_author.map(|same| same.to_string()))),
            ];
            sink.row(&cells)?;
        }
    }
    Ok(())
}

/// One row per session and the commit, landing or branch that it is tied to.
///
/// - `sha` is the commit on the mainline or one merged into it; `landing` the first-parent commit.
/// - `cost_usd` and `tokens` are the session's part; unknown for a session that only a record in git names.
/// - `share` is the part of the session's cost, else of its tokens.
///
/// # Errors
/// Those of the writer.
pub fn links(run: &Run, links: &Links, sink: &mut Sink<'_>) -> io::Result<()> {
    for link in &links.links {
        let history = &run.histories[link.repository];
        let landing = link.landing.map(|at| &history.commits[at]);
        let total = links.totals.get(&link.session).copied().unwrap_or_default();
        let share = link.has_log.then(|| share(link, total)).flatten();
        let cells = [
            ("session_id", Cell::text(link.session.clone())),
            ("sha", Cell::Text(link.sha.clone())),
            ("landing", Cell::Text(landing.map(|commit| commit.id.clone()))),
            ("tier", Cell::text(link.tier.word())),
            ("rule", Cell::text(link.rule)),
            ("share", Cell::Number(share)),
            ("cost_usd", Cell::Money(link.has_log.then_some(link.cost))),
            ("tokens", Cell::Count(link.has_log.then_some(link.tokens))),
            ("context_cost_usd", Cell::Money(link.has_log.then_some(link.context_cost))),
            ("evidence", Cell::text(link.rules.join(" "))),
            ("repo", Cell::text(history.name())),
            ("branch", Cell::Text(link.branch.clone())),
            ("commit", Cell::Text(link.commit.clone())),
            ("pull_request", Cell::Count(landing.and_then(|commit| commit.pull_request))),
        ];
        sink.row(&cells)?;
    }
    Ok(())
}

/// A link's part of its session, with six decimals.
fn share(link: &Link, Sum { cost, tokens, .. }: Sum) -> Option<String> {
    const ONE: i128 = 1_000_000;
    let (part, whole) = match cost.nanos() {
        0 => (i128::from(link.tokens), i128::from(tokens)),
        nanos => (link.cost.nanos(), nanos),
    };
    (whole != 0).then(|| {
        let parts = part * ONE / whole;
        format!("{}.{:06}", parts / ONE, parts % ONE)
    })
}

/// One row per record and what a part of it went to: the parts of a record sum to it.
///
/// # Errors
/// Those of the writer.
pub fn journal(run: &Run, links: &Links, sink: &mut Sink<'_>) -> io::Result<()> {
    let names = run.ledger.names();
    for posting in &links.journal {
        let record = &links.records[posting.record];
        if !run.period.contains(record.at) {
            continue;
        }
        let (link, reason) = match posting.account {
            Account::Link(at) => (Some(&links.links[at]), None),
            Account::Unlinked(reason) => (None, Some(reason.word())),
        };
        let history = link.map(|link| &run.histories[link.repository]);
        let landing = link.and_then(|link| Some(&history?.commits[link.landing?]));
        let rule = if posting.context { Some("context") } else { link.map(|link| link.rule) };
        let cells = [
            ("record_id", Cell::text(record.id.to_string())),
            ("at", Cell::text(rfc3339(record.at))),
            ("session_id", Cell::Text(names.text_of(record.session).map(str::to_owned))),
            ("account", Cell::text(if link.is_some() { "linked" } else { "unlinked" })),
            ("reason", Cell::Text(reason.map(str::to_owned))),
            ("repo", Cell::Text(history.map(crate::history::History::name))),
            ("sha", Cell::Text(link.and_then(|link| link.sha.clone()))),
            ("landing", Cell::Text(landing.map(|commit| commit.id.clone()))),
            ("branch", Cell::Text(link.and_then(|link| link.branch.clone()))),
            ("pull_request", Cell::Count(landing.and_then(|commit| commit.pull_request))),
            ("tier", Cell::Text(link.map(|link| link.tier.word().to_owned()))),
            ("rule", Cell::Text(rule.map(str::to_owned))),
            ("cost_usd", Cell::Money(posting.cost)),
            ("tokens", Cell::count(posting.tokens)),
        ];
        sink.row(&cells)?;
    }
    Ok(())
}

/// The price book, in the columns that `--prices` reads.
///
/// # Errors
/// Those of the writer.
pub fn prices(book: &PriceBook, sink: &mut Sink<'_>) -> io::Result<()> {
    for row in book.rows() {
        let cells: Vec<(&'static str, Cell)> = row
            .cells()
            .into_iter()
            .map(|(name, text)| Ok((name, price_cell(name, text)?)))
            .collect::<io::Result<_>>()?;
        sink.row(&cells)?;
    }
    Ok(())
}

/// A cell of the price book in the kind of its column; an empty text is unknown.
fn price_cell(name: &'static str, text: String) -> io::Result<Cell> {
    let kind = tables::PRICES.columns.iter().find(|column| column.name == name).map(|column| column.kind);
    let odd = |what: String| io::Error::other(format!("{name}: {what}"));
    if text.is_empty() {
        return Ok(Cell::Text(None));
    }
    match kind {
        Some(Kind::Money) => Money::parse_usd(&text).map(|money| Cell::Money(Some(money))).map_err(odd),
        Some(Kind::Count) => text.parse().map(Cell::count).map_err(|_| odd(text)),
        _ => Ok(Cell::text(text)),
    }
}

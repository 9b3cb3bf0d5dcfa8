//! Usage ↔ commits: evidence between sessions and commits, and every nano-dollar split along it.
//!
//! - In: the ledger's records, what sessions did, repositories with their commits.
//! - Out: [`Links`]: which commits, landings and branches each record paid for, by which evidence, and why the rest
//!   paid for none. Shares of a record sum to its cost.
//! - A kind of evidence is one file here and one line in `EVIDENCE`.
//! - Source: METRICS section 5.

mod allocate;
mod attribution;
mod branch;
pub mod calibrate;
mod case;
mod edited_paths;
mod line_overlap;
mod meeting;
mod people;
mod place;
mod printed_commit;
mod pull_request;
mod rejected;
mod same_person;
mod session_names;
mod tag;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;

use crate::error::{Error, Result};
use crate::history::History;
use crate::ledger::{Ledger, Spent};
use crate::model::activity::Event;
use crate::model::link::{Tier, Unlinked};
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::work::Work;
pub use attribution::{Attribution, Sum, Unit};
pub use calibrate::Calibration;
pub use rejected::{Figures, Rejected};

pub(crate) use allocate::split;
use allocate::{Pair, Segments};
use case::{Candidate, Case, Session, Target};

/// Every kind of evidence that is searched for, surest first.
static EVIDENCE: &[&dyn Evidence] = &[
    &tag::Tag,
    &printed_commit::PrintedCommit,
    &pull_request::PullRequest,
    &line_overlap::LineOverlap,
    &edited_paths::EditedPaths,
    &branch::Branch,
    &same_person::SamePerson,
];

/// A kind of evidence between sessions and code.
trait Evidence: Sync {
    /// Stable kebab-case id: the `rule` of a link.
    fn id(&self) -> &'static str;

    /// What it looks for, for `explain`.
    fn about(&self) -> &'static str;

    /// Adds what it finds to what surer kinds found.
    fn gather(&self, case: &Case<'_>, out: &mut Vec<Candidate>);
}

/// What linking looks at.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The spend.
    pub ledger: &'a Ledger,
    /// What sessions did.
    pub events: &'a [Event],
    /// The repositories.
    pub histories: &'a [History],
    /// Their commits, in the same order.
    pub works: &'a [Work],
    /// Keep what came close to being linked.
    pub explain: bool,
}

/// A session tied to code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The session's id.
    pub session: String,
    /// Index of the repository.
    pub repository: usize,
    /// The commit as it stands on the mainline or was merged into it; `None` when only the landing or the branch is known,
    /// or the commit did not land. A commit that a record in git names and this clone does not reach may have landed, and
    /// stands here.
    pub sha: Option<String>,
    /// The commit wherever it stands; `None` when only the landing or the branch is known.
    pub commit: Option<String>,
    /// Index of the landing in the history; `None` when the work did not land.
    pub landing: Option<usize>,
    /// The branch that did not land.
    pub branch: Option<String>,
    /// How sure it is.
    pub tier: Tier,
    /// The evidence that decided it.
    pub rule: &'static str,
    /// All evidence for it.
    pub rules: Vec<&'static str>,
    /// Its part of the session's cost.
    pub cost: Money,
    /// Of that, what was spent thinking about it in segments without evidence of their own.
    pub context_cost: Money,
    /// Its part of the session's tokens.
    pub tokens: u64,
    /// Whether the session has records; without them its cost is unknown, not zero.
    pub has_log: bool,
}

/// What became of a part of a record's cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Index of a link.
    Link(usize),
    /// Nothing is tied to it.
    Unlinked(Unlinked),
}

/// One line of the journal: a part of a record and where it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// Index of the record in [`Links::records`].
    pub record: usize,
    /// Where it went.
    pub account: Account,
    /// Whether it was thinking about a neighbouring segment.
    pub context: bool,
    /// Its part of the cost; `None` when the record has no price.
    pub cost: Option<Money>,
    /// Its part of the tokens.
    pub tokens: u64,
}

/// Every record's cost, split over what it paid for.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// By session, repository and target.
    pub links: Vec<Link>,
    /// The records, in ledger order.
    pub records: Vec<Spent>,
    /// By record, then link.
    pub journal: Vec<Posting>,
    /// What each session cost, with the subagents that are counted under it.
    pub totals: BTreeMap<String, Sum>,
    /// What came close to being linked and was not; empty unless asked for.
    pub rejected: Vec<Rejected>,
}

/// How long before the first sign of a session commits are looked at: a commit cannot hold what was not written yet.
pub const BEFORE: TimeDelta = TimeDelta::days(1);
/// How long after the last one: work waits for its review, and is squashed then.
pub const AFTER: TimeDelta = TimeDelta::days(45);

/// The kinds of evidence: id and meaning.
pub fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    session_names::kinds().chain(EVIDENCE.iter().map(|kind| (kind.id(), kind.about())))
}

/// Ties spend to code, and scores the lesser evidence against the explicit.
///
/// # Errors
/// [`Error::Unreconciled`] when the parts do not sum to the ledger.
pub fn link(input: &Input<'_>) -> Result<(Links, Calibration)> {
    let names = input.ledger.names();
    let records = input.ledger.spent();
    let (sessions, by_name) = sessions(&records, input.events, names);
    let places = places(&records, &sessions, input, names);
    let ground = Ground { input, records: &records, sessions: &sessions, by_name: &by_name, places: &places };
    let (mut pairs, mut blind_pairs) = (Vec::new(), Vec::new());
    let (mut namings, mut rejected) = (Vec::new(), Vec::new());
    for (at, (history, work)) in input.histories.iter().zip(input.works).enumerate() {
        let here: Vec<usize> = (0..sessions.len()).filter(|session| places[*session].contains(&at)).collect();
        let case = Case::new(names, history, work, &sessions, here);
        let (named, complete) = session_names::all(work);
        let mut found = Vec::new();
        session_names::candidates(&case, &named, &mut found);
        gather(&case, None, &mut found);
        let overruled = overrule(&case, &complete, &mut found);
        if input.explain {
            rejected.extend(rejected::of(&case, at, &found, overruled));
        }
        pairs.extend(allocate::join(at, found));
        let mut blind = Vec::new();
        gather(&case, Some(Tier::Explicit), &mut blind);
        blind_pairs.extend(allocate::join(at, blind));
        namings.push(named);
    }
    let mut links = ground.settle(&pairs, &mut rejected)?;
    let blind = ground.settle(&blind_pairs, &mut Vec::new())?;
    let calibration = Calibration::of(&links, &blind, &records);
    add_namings(input, &namings, &mut links.links);
    Ok((Links { records, rejected, ..links }, calibration))
}

/// Every kind of evidence, without those of a tier.
fn gather(case: &Case<'_>, hidden: Option<Tier>, found: &mut Vec<Candidate>) {
    for kind in EVIDENCE {
        kind.gather(case, found);
        found.retain(|one| Some(one.tier) != hidden);
    }
}

/// What does not depend on the evidence.
struct Ground<'a> {
    input: &'a Input<'a>,
    records: &'a [Spent],
    sessions: &'a [Session],
    by_name: &'a HashMap<Name, usize>,
    places: &'a [BTreeSet<usize>],
}

impl Ground<'_> {
    /// Splits every record over what its session is tied to, and checks the sums.
    fn settle(&self, pairs: &[Pair], rejected: &mut Vec<Rejected>) -> Result<Links> {
        let mut of_session: Vec<Vec<usize>> = vec![Vec::new(); self.sessions.len()];
        for (index, pair) in pairs.iter().enumerate() {
            of_session[pair.session].push(index);
        }
        let segments: Vec<Option<Segments>> = self
            .sessions
            .iter()
            .zip(&of_session)
            .map(|(session, own)| (!own.is_empty()).then(|| Segments::of(session, pairs, own)))
            .collect();
        let kept: BTreeSet<usize> = segments.iter().flatten().flat_map(Segments::chosen).collect();
        if self.input.explain {
            rejected.extend((0..pairs.len()).filter(|index| !kept.contains(index)).map(|index| Rejected {
                link: self.describe(&pairs[index]),
                why: "surer evidence took each part of the session that it stands on",
                figures: None,
            }));
        }
        let mut number: HashMap<usize, usize> = HashMap::new();
        let mut links = Links::default();
        for index in kept {
            number.insert(index, links.links.len());
            links.links.push(self.describe(&pairs[index]));
        }
        for (index, record) in self.records.iter().enumerate() {
            self.post(index, record, &segments, &number, &mut links);
        }
        links.check(self.records)?;
        Ok(links)
    }

    fn describe(&self, pair: &Pair) -> Link {
        let repository = pair.repository;
        describe(pair, self.sessions, &self.input.histories[repository], &self.input.works[repository])
    }

    /// Writes a record's parts to the journal.
    fn post(
        &self,
        index: usize,
        record: &Spent,
        segments: &[Option<Segments>],
        number: &HashMap<usize, usize>,
        links: &mut Links,
    ) {
        let whole = Posting {
            record: index,
            account: Account::Unlinked(Unlinked::NoSession),
            context: false,
            cost: record.cost,
            tokens: record.tokens,
        };
        let Some(&session) = key(record).and_then(|name| self.by_name.get(&name)) else {
            links.journal.push(whole);
            return;
        };
        let leader = allocate::leader(self.sessions, self.by_name, &|at| segments[at].is_some(), session);
        let total = links.totals.entry(self.sessions[leader].id.clone()).or_default();
        *total += Sum { cost: record.cost.unwrap_or_default(), tokens: record.tokens, prices: record.prices };
        let at = if leader == session { record.at } else { self.sessions[session].first };
        let Some(choice) = segments[leader].as_ref().and_then(|segments| segments.choice(at)) else {
            let account = Account::Unlinked(reason(record, &self.sessions[session], &self.places[session]));
            links.journal.push(Posting { account, ..whole });
            return;
        };
        let weights: Vec<u64> = choice.shares.iter().map(|(_, weight)| *weight).collect();
        let costs = record.cost.map(|cost| split(cost.nanos(), &weights));
        let tokens = split(i128::from(record.tokens), &weights);
        for (at, (pair, _)) in choice.shares.iter().enumerate() {
            let cost = costs.as_ref().map(|costs| Money::from_nanos(costs[at]));
            let tokens = u64::try_from(tokens[at]).unwrap_or(0);
            let link = number[pair];
            let sum = &mut links.links[link];
            sum.cost += cost.unwrap_or_default();
            sum.tokens += tokens;
            if choice.context {
                sum.context_cost += cost.unwrap_or_default();
            }
            links.journal.push(Posting {
                account: Account::Link(link),
                context: choice.context,
                cost,
                tokens,
                ..whole
            });
        }
    }
}

/// Lets records that name all sessions of a commit overrule lesser evidence, and gives back what they overruled.
fn overrule(case: &Case<'_>, complete: &BTreeSet<String>, found: &mut Vec<Candidate>) -> Vec<Candidate> {
    let known = complete.iter().filter_map(|sha| case.index_of(sha));
    let closed: BTreeSet<u32> = known.map(|index| case.canonical[index as usize]).collect();
    let is_overruled = |one: &Candidate| match one.target {
        Target::Commit(index) => one.tier != Tier::Explicit && closed.contains(&index),
        Target::Landing(_) | Target::Branch(_) => false,
    };
    let (overruled, rest) = std::mem::take(found).into_iter().partition(is_overruled);
    *found = rest;
    if !closed.is_empty() {
        // A tool that records the session of every commit did not record this one: its word and the printed hash speak
        // against each other.
        let printed = found.iter_mut().filter(|one| one.rule == printed_commit::ID);
        printed.for_each(|one| one.tier = Tier::Strong);
    }
    overruled
}

/// Why nothing is tied to a record of a session.
fn reason(record: &Spent, session: &Session, places: &BTreeSet<usize>) -> Unlinked {
    if !places.is_empty() {
        return if session.edits.is_empty() { Unlinked::NoEdits } else { Unlinked::Uncommitted };
    }
    if record.project.is_some() { Unlinked::OtherRepository } else { Unlinked::NoRepository }
}

/// What a record is followed by: its session, else what it was tagged with.
fn key(record: &Spent) -> Option<Name> {
    record.session.or(record.tag)
}

/// The sessions of records and events, by id, and their indexes by name.
fn sessions(records: &[Spent], events: &[Event], names: &Names) -> (Vec<Session>, HashMap<Name, usize>) {
    let mut found: BTreeMap<&str, (Name, Session)> = BTreeMap::new();
    let new = |name: Name| (name, Session { id: names.text(name).to_owned(), ..Session::default() });
    for (index, record) in records.iter().enumerate() {
        let Some(name) = key(record) else { continue };
        let session = &mut found.entry(names.text(name)).or_insert_with(|| new(name)).1;
        session.tags.extend(record.tag.map(|tag| (record.at, tag)));
        session.user = session.user.or(record.user);
        session.seen(record.at);
        session.alive.push(record.at);
        session.coarse |= record.coarse;
        session.on_branch(record.at, record.branch.filter(|_| !record.subagent));
        session.parent = session.parent.or(record.parent_session);
        session.folders.extend(record.cwd);
        session.records.push(index);
    }
    for event in events {
        let Some(name) = event.session else { continue };
        found.entry(names.text(name)).or_insert_with(|| new(name)).1.take(event);
    }
    let mut sessions = Vec::with_capacity(found.len());
    let mut by_name = HashMap::new();
    for (name, mut session) in found.into_values() {
        session.settle();
        by_name.insert(name, sessions.len());
        sessions.push(session);
    }
    (sessions, by_name)
}

/// The repositories that each session worked in, by index.
fn places(records: &[Spent], sessions: &[Session], input: &Input<'_>, names: &Names) -> Vec<BTreeSet<usize>> {
    let known: HashMap<String, usize> =
        input.histories.iter().enumerate().map(|(at, history)| (history.name(), at)).collect();
    let mut places = vec![BTreeSet::new(); sessions.len()];
    let mut unknown: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, session) in sessions.iter().enumerate() {
        let projects = session.records.iter().filter_map(|&record| names.text_of(records[record].project));
        for project in projects.collect::<BTreeSet<&str>>() {
            match known.get(project) {
                Some(&repository) => {
                    places[at].insert(repository);
                }
                None => unknown.entry(project).or_default().push(at),
            }
        }
    }
    let works: Vec<&Work> = input.works.iter().collect();
    let found = place::by_content(sessions, &unknown, &works, names);
    for (project, members) in unknown {
        if let Some(&repository) = found.get(project) {
            members.into_iter().for_each(|at| {
                places[at].insert(repository);
            });
        }
    }
    for (at, session) in sessions.iter().enumerate().filter(|(_, session)| !session.tags.is_empty()) {
        if places[at].is_empty() {
            places[at] = tag::places(session, input, names);
        }
    }
    places
}

fn describe(pair: &Pair, sessions: &[Session], history: &History, work: &Work) -> Link {
    let session = &sessions[pair.session];
    let mut link = Link {
        session: session.id.clone(),
        repository: pair.repository,
        sha: None,
        commit: None,
        landing: None,
        branch: None,
        tier: pair.tier,
        rule: pair.rule,
        rules: pair.rules.clone(),
        cost: Money::ZERO,
        context_cost: Money::ZERO,
        tokens: 0,
        has_log: !session.records.is_empty(),
    };
    match pair.target {
        Target::Commit(index) => {
            let one = &work.commits[index as usize];
            link.commit = Some(one.commit.id.clone());
            link.sha = link.commit.clone().filter(|_| one.landing.is_some());
            link.landing = one.landing.map(|landing| landing as usize);
            let pull = || one.pull_requests.first().map(|number| format!("#{number}"));
            link.branch = one.branches.first().cloned().or_else(pull).filter(|_| one.landing.is_none());
        }
        Target::Landing(landing) => link.landing = Some(landing as usize).filter(|at| *at < history.commits.len()),
        Target::Branch(at) => {
            link.branch = case::branch_names(history, work).get(at as usize).map(|name| (*name).to_owned())
        }
    }
    link
}

/// Adds what records in git name and nobody has a log of, or this clone does not reach.
fn add_namings(input: &Input<'_>, namings: &[Vec<session_names::Naming>], links: &mut Vec<Link>) {
    for (repository, named) in namings.iter().enumerate() {
        let known: BTreeSet<(String, String)> = links
            .iter()
            .filter(|link| link.repository == repository)
            .filter_map(|link| Some((link.session.clone(), link.commit.clone()?)))
            .collect();
        let landings: HashMap<&str, Option<u32>> =
            input.works[repository].commits.iter().map(|one| (one.commit.id.as_str(), one.landing)).collect();
        for naming in named {
            if known.contains(&(naming.session.clone(), naming.sha.clone())) {
                continue;
            }
            links.push(Link {
                session: naming.session.clone(),
                repository,
                sha: Some(naming.sha.clone()).filter(|sha| landings.get(sha.as_str()).is_none_or(Option::is_some)),
                commit: Some(naming.sha.clone()),
                landing: landings.get(naming.sha.as_str()).copied().flatten().map(|landing| landing as usize),
                branch: None,
                tier: Tier::Explicit,
                rule: naming.rule,
                rules: vec![naming.rule],
                cost: Money::ZERO,
                context_cost: Money::ZERO,
                tokens: 0,
                has_log: false,
            });
        }
    }
}

impl Links {
    /// Every record's parts must sum to it, and all parts to the ledger.
    fn check(&self, records: &[Spent]) -> Result<()> {
        let mut sums: Vec<(Option<Money>, u64)> = vec![(None, 0); records.len()];
        for posting in &self.journal {
            let (cost, tokens) = &mut sums[posting.record];
            if let Some(part) = posting.cost {
                *cost = Some(cost.unwrap_or_default() + part);
            }
            *tokens += posting.tokens;
        }
        let wrong = records.iter().zip(&sums).filter(|(record, sum)| (record.cost, record.tokens) != **sum);
        let ids: Vec<String> = wrong.map(|(record, _)| record.id.to_string()).take(5).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let message = format!("links: the parts of records do not sum to them: {}", ids.join(", "));
        Err(Error::Unreconciled { message })
    }
}

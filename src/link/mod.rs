//! Usage ↔ commits: evidence between sessions and commits, and every nano-dollar split along it.
//!
//! - In: the ledger's records, what sessions did, repositories with their commits.
//! - Out: [`Links`]: which commits, landings and branches each record paid for, by which evidence, and why the rest
//!   paid for none. Shares of a record sum to its cost.
//! - A kind of evidence is one file here and one line in [`EVIDENCE`].
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
mod session_names;

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

use allocate::{Pair, Segments, split};
use case::{Candidate, Case, Session, Target};

/// Every kind of evidence that is searched for, surest first.
static EVIDENCE: &[&dyn Evidence] = &[
    &printed_commit::PrintedCommit,
    &pull_request::PullRequest,
    &line_overlap::LineOverlap,
    &edited_paths::EditedPaths,
    &branch::Branch,
];

/// A kind of evidence between sessions and code.
trait Evidence: Sync {
    /// Stable kebab-case id: the `rule` of a link.
    fn id(&self) -> &'static str;

    /// What it looks for, for `explain`.
    fn about(&self) -> &'static str;

    /// Adds what it finds.
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
    /// Evidence of this tier or surer is not used; `None` uses all. For calibration.
    pub hidden: Option<Tier>,
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
    /// Its part of the session's list cost.
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
    /// Its part of the list cost; `None` when the record has no price.
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

/// Ties spend to code.
///
/// # Errors
/// [`Error::Unreconciled`] when the parts do not sum to the ledger.
pub fn link(input: &Input<'_>) -> Result<Links> {
    let names = input.ledger.names();
    let records = input.ledger.spent();
    let (sessions, by_name) = sessions(&records, input.events, names);
    let places = places(&records, &sessions, input, names);
    let mut pairs: Vec<Pair> = Vec::new();
    let mut namings = Vec::new();
    let mut rejected = Vec::new();
    for (at, (history, work)) in input.histories.iter().zip(input.works).enumerate() {
        let here: Vec<usize> = (0..sessions.len()).filter(|session| places[*session].contains(&at)).collect();
        let case = Case::new(names, history, work, &sessions, here);
        let (named, complete) = session_names::all(work);
        let mut found = Vec::new();
        if input.hidden.is_none() {
            session_names::candidates(&case, &named, &mut found);
        }
        for kind in EVIDENCE {
            kind.gather(&case, &mut found);
        }
        let mut overruled = Vec::new();
        match input.hidden {
            Some(hidden) => found.retain(|one| one.tier > hidden),
            None => {
                overruled = overrule(&case, &complete, &mut found);
                namings.push(named);
            }
        }
        if input.explain {
            rejected.extend(rejected::of(&case, at, &found, overruled));
        }
        pairs.extend(allocate::join(at, found));
    }
    let mut of_session: Vec<Vec<usize>> = vec![Vec::new(); sessions.len()];
    for (index, pair) in pairs.iter().enumerate() {
        of_session[pair.session].push(index);
    }
    let segments: Vec<Option<Segments>> = sessions
        .iter()
        .zip(&of_session)
        .map(|(session, own)| (!own.is_empty()).then(|| Segments::of(session, &pairs, own)))
        .collect();
    let kept: BTreeSet<usize> = segments.iter().flatten().flat_map(Segments::chosen).collect();
    if input.explain {
        rejected.extend((0..pairs.len()).filter(|index| !kept.contains(index)).map(|index| {
            let pair = &pairs[index];
            let link = describe(pair, &sessions, &input.histories[pair.repository], &input.works[pair.repository]);
            Rejected { link, why: "surer evidence took each part of the session that it stands on", figures: None }
        }));
    }
    let mut parts: Vec<Part> = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let tokens = i128::from(record.tokens);
        let cost = record.cost.map(Money::nanos);
        let part =
            Part { record: index, session: None, account: Err(Unlinked::NoSession), context: false, cost, tokens };
        let Some(&session) = record.session.as_ref().and_then(|name| by_name.get(name)) else {
            parts.push(part);
            continue;
        };
        let leader = allocate::leader(&sessions, &by_name, &|at| segments[at].is_some(), session);
        let part = Part { session: Some(leader), ..part };
        let at = if leader == session { record.at } else { sessions[session].first };
        let Some(choice) = segments[leader].as_ref().and_then(|segments| segments.choice(at)) else {
            parts.push(Part { account: Err(reason(record, &sessions[session], &places[session])), ..part });
            continue;
        };
        let weights: Vec<u64> = choice.shares.iter().map(|(_, weight)| *weight).collect();
        let costs = cost.map(|cost| split(cost, &weights));
        let tokens = split(tokens, &weights);
        parts.extend(choice.shares.iter().enumerate().map(|(at, (pair, _))| Part {
            account: Ok(*pair),
            context: choice.context,
            cost: costs.as_ref().map(|costs| costs[at]),
            tokens: tokens[at],
            ..part
        }));
    }
    let links = assemble(input, &sessions, &pairs, &kept, parts, &namings, records)?;
    Ok(Links { rejected, ..links })
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

/// The sessions of records and events, by id, and their indexes by name.
fn sessions(records: &[Spent], events: &[Event], names: &Names) -> (Vec<Session>, HashMap<Name, usize>) {
    let mut found: BTreeMap<&str, (Name, Session)> = BTreeMap::new();
    let new = |name: Name| (name, Session { id: names.text(name).to_owned(), ..Session::default() });
    for (index, record) in records.iter().enumerate() {
        let Some(name) = record.session else { continue };
        let session = &mut found.entry(names.text(name)).or_insert_with(|| new(name)).1;
        session.seen(record.at);
        session.alive.push(record.at);
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
    places
}

/// A part of a record, before its pair has become a link.
#[derive(Debug, Clone, Copy)]
struct Part {
    record: usize,
    /// The session that it is counted under: a subagent's is its parent.
    session: Option<usize>,
    /// The pair, or why there is none.
    account: std::result::Result<usize, Unlinked>,
    context: bool,
    /// Nano-dollars.
    cost: Option<i128>,
    tokens: i128,
}

/// Turns pairs into links, adds the namings without money, and checks every sum.
fn assemble(
    input: &Input<'_>,
    sessions: &[Session],
    pairs: &[Pair],
    kept: &BTreeSet<usize>,
    parts: Vec<Part>,
    namings: &[Vec<session_names::Naming>],
    records: Vec<Spent>,
) -> Result<Links> {
    let mut links = Vec::with_capacity(kept.len());
    let mut number: HashMap<usize, usize> = HashMap::new();
    for &index in kept {
        let pair = &pairs[index];
        let (history, work) = (&input.histories[pair.repository], &input.works[pair.repository]);
        number.insert(index, links.len());
        links.push(describe(pair, sessions, history, work));
    }
    let mut journal = Vec::with_capacity(parts.len());
    let mut totals: BTreeMap<String, Sum> = BTreeMap::new();
    for part in parts {
        let Part { record, context, .. } = part;
        let tokens = u64::try_from(part.tokens).unwrap_or(0);
        let cost = part.cost.map(Money::from_nanos);
        if let Some(session) = part.session {
            *totals.entry(sessions[session].id.clone()).or_default() += Sum { cost: cost.unwrap_or_default(), tokens };
        }
        let account = match part.account {
            Ok(pair) => {
                let at = number[&pair];
                let link: &mut Link = &mut links[at];
                link.cost += cost.unwrap_or_default();
                link.tokens += tokens;
                if context {
                    link.context_cost += cost.unwrap_or_default();
                }
                Account::Link(at)
            }
            Err(reason) => Account::Unlinked(reason),
        };
        journal.push(Posting { record, account, context, cost, tokens });
    }
    add_namings(input, namings, &mut links);
    let links = Links { links, records, journal, totals, rejected: Vec::new() };
    links.check()?;
    Ok(links)
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
            link.branch = one.branches.first().filter(|_| one.landing.is_none()).cloned();
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
    fn check(&self) -> Result<()> {
        let mut sums: Vec<(Option<i128>, u64)> = vec![(None, 0); self.records.len()];
        for posting in &self.journal {
            let (cost, tokens) = &mut sums[posting.record];
            if let Some(part) = posting.cost {
                *cost = Some(cost.unwrap_or(0) + part.nanos());
            }
            *tokens += posting.tokens;
        }
        let wrong = self
            .records
            .iter()
            .zip(&sums)
            .filter(|(record, (cost, tokens))| record.cost.map(Money::nanos) != *cost || record.tokens != *tokens);
        let ids: Vec<String> = wrong.map(|(record, _)| record.id.to_string()).take(5).collect();
        if ids.is_empty() {
            return Ok(());
        }
        Err(Error::Unreconciled {
            message: format!("links: the parts of records do not sum to them: {}", ids.join(", ")),
        })
    }
}

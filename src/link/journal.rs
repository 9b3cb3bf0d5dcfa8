//! Evidence → journal: every record's cost split over what its session is tied to.

use std::collections::{BTreeSet, HashMap};

use super::allocate::{self, Pair, Segments, split};
use super::candidate::Target;
use super::links::{Account, Link, Links, Posting, Rejected};
use super::repository_index;
use super::session::{self, SessionFacts};
use crate::error::Result;
use crate::history::History;
use crate::ledger::Spent;
use crate::model::link::Unlinked;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::work::Work;

/// Writes the journal of a run for any set of evidence.
pub(super) struct JournalBuilder<'a> {
    pub(super) histories: &'a [History],
    pub(super) works: &'a [Work],
    pub(super) records: &'a [Spent],
    pub(super) sessions: &'a [SessionFacts],
    /// Indexes of the sessions by name.
    pub(super) by_name: &'a HashMap<Name, usize>,
    /// The repositories that each session worked in.
    pub(super) repositories: &'a [BTreeSet<usize>],
    /// Whether to keep links that were considered and not made.
    pub(super) explain: bool,
}

impl JournalBuilder<'_> {
    /// Splits every record over what its session is tied to.
    ///
    /// # Errors
    /// [`crate::error::Error::Unreconciled`] if the parts of a record do not sum to it.
    pub(super) fn build(&self, pairs: &[Pair], rejected: &mut Vec<Rejected>) -> Result<Links> {
        let mut of_session: Vec<Vec<usize>> = vec![Vec::new(); self.sessions.len()];
        for (index, pair) in pairs.iter().enumerate() {
            of_session[pair.session].push(index);
        }
        let segments: Vec<Option<Segments>> = self
            .sessions
            .iter()
            .zip(&of_session)
            .map(|(session, own)| (!own.is_empty()).then(|| Segments::new(session, pairs, own)))
            .collect();
        let kept: BTreeSet<usize> = segments.iter().flatten().flat_map(Segments::chosen).collect();
        if self.explain {
            rejected.extend((0..pairs.len()).filter(|index| !kept.contains(index)).map(|index| Rejected {
                link: self.describe(&pairs[index]),
                why: "surer evidence claimed each part of the session that this one rests on",
                common: None,
            }));
        }
        let mut link_of_pair: HashMap<usize, usize> = HashMap::new();
        let mut links = Links::default();
        for index in kept {
            link_of_pair.insert(index, links.links.len());
            links.links.push(self.describe(&pairs[index]));
        }
        for (index, record) in self.records.iter().enumerate() {
            self.post(index, record, &segments, &link_of_pair, &mut links);
        }
        links.check(self.records)?;
        Ok(links)
    }

    fn describe(&self, pair: &Pair) -> Link {
        let repository = pair.repository;
        describe(pair, self.sessions, &self.histories[repository], &self.works[repository])
    }

    /// Writes a record's parts to the journal.
    fn post(
        &self,
        index: usize,
        record: &Spent,
        segments: &[Option<Segments>],
        link_of_pair: &HashMap<usize, usize>,
        links: &mut Links,
    ) {
        let whole = Posting {
            record: index,
            account: Account::Unlinked(Unlinked::NoSession),
            context: false,
            cost: record.cost,
            tokens: record.tokens,
        };
        let Some(&session) = session::key(record).and_then(|name| self.by_name.get(&name)) else {
            links.journal.push(whole);
            return;
        };
        let leader = allocate::leader(self.sessions, self.by_name, &|at| segments[at].is_some(), session);
        let total = links.totals.entry(self.sessions[leader].id.clone()).or_default();
        total.add(record.cost, record.tokens, record.prices);
        let at = if leader == session { record.at } else { self.sessions[session].first };
        let Some(choice) = segments[leader].as_ref().and_then(|segments| segments.choice(at)) else {
            let account = Account::Unlinked(reason(record, &self.sessions[session], &self.repositories[session]));
            links.journal.push(Posting { account, ..whole });
            return;
        };
        let weights: Vec<u64> = choice.shares.iter().map(|(_, weight)| *weight).collect();
        let costs = record.cost.map(|cost| split(cost.nanos(), &weights));
        let tokens = split(i128::from(record.tokens), &weights);
        for (at, (pair, _)) in choice.shares.iter().enumerate() {
            let cost = costs.as_ref().map(|costs| Money::from_nanos(costs[at]));
            let tokens = u64::try_from(tokens[at]).unwrap_or(0);
            let link = link_of_pair[pair];
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

/// Why nothing is tied to a record of a session.
fn reason(record: &Spent, session: &SessionFacts, repositories: &BTreeSet<usize>) -> Unlinked {
    if !repositories.is_empty() {
        return if session.edits.is_empty() { Unlinked::NoEdits } else { Unlinked::Uncommitted };
    }
    if record.project.is_some() { Unlinked::OtherRepository } else { Unlinked::NoRepository }
}

/// The link of a pair, before any cost is posted to it.
pub(super) fn describe(pair: &Pair, sessions: &[SessionFacts], history: &History, work: &Work) -> Link {
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
            link.branch = repository_index::branch_names(history, work).get(at as usize).map(|name| (*name).to_owned())
        }
    }
    link
}

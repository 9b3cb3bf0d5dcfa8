//! Prompts of sessions → how much of the use was off task. Circumstances count before text, and nobody is named.
//!
//! - In: turns whose prompts were read, the links of their sessions, the paths of the repositories.
//! - Out: [`OffTask`]: counts and cost by band, a share corrected for the errors of the classifier, coarse shares of teams.
//! - A session with an edit, or linked to a commit, a landing or a branch, is never flagged.
//! - Records are flagged by turn, so that [`crate::fate`] can separate their cost. A flag without context, that is of a session
//!   whose log shows neither a repository nor any use of a tool, counts in the share and is never a finding.

mod teams;

use std::collections::{BTreeSet, HashSet};

use chrono::TimeDelta;

pub use teams::{Range, Team};

use crate::classify::{self, Band, PromptContext, PromptKind, PromptVerdict, Rates};
use crate::ledger::{Ledger, Spent};
use crate::link::Links;
use crate::model::activity::What;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::period::Period;
use crate::model::quantity::Quantity;
use crate::model::work::Work;
use crate::sessions::turns::{SessionTurns, Turn, Turns};

/// A prompt within this time after work probably continues it.
const SOON: TimeDelta = TimeDelta::minutes(15);
/// Tools whose use is not a sign of work in a repository.
const OUTSIDE: [&str; 6] = ["WebSearch", "WebFetch", "web_search", "web_fetch", "google_web_search", "TodoWrite"];

/// The input of judging.
#[derive(Debug, Clone, Copy)]
pub struct OffTaskInput<'a> {
    /// The sessions.
    pub turns: &'a Turns<'a>,
    /// The records of the turns.
    pub records: &'a [Spent],
    /// The texts of names.
    pub names: &'a Names,
    /// The links of sessions, if there are repositories.
    pub links: Option<&'a Links>,
    /// The repositories of projects.
    pub ledger: &'a Ledger,
    /// The commits of the repositories, for their paths.
    pub works: &'a [Work],
}

/// A judged turn.
#[derive(Debug, Clone)]
pub struct Judged {
    /// When it began.
    pub at: chrono::DateTime<chrono::Utc>,
    /// Index of its session.
    pub session: usize,
    /// How likely it is off task.
    pub band: Band,
    /// Whether the classifier had nothing to judge by.
    pub abstained: bool,
    /// Where it comes from.
    pub kind: PromptKind,
    /// Whether its session shows more than the text: a repository or the use of tools.
    pub has_context: bool,
    /// The cost of its requests.
    pub cost: Money,
    /// Indexes of its requests.
    pub records: Vec<usize>,
    /// Team of its requests.
    pub team: Option<String>,
    /// A number for the user, without a meaning outside the run.
    pub user: Option<u32>,
}

impl Judged {
    /// A turn without its records.
    fn new(turn: &Turn<'_>, session: usize, verdict: &PromptVerdict, records: &[Spent], names: &Names) -> Self {
        let first = turn.records.first().map(|&record| &records[record]);
        Self {
            at: turn.at,
            session,
            band: verdict.band,
            abstained: verdict.abstains(),
            kind: PromptKind::Conversation,
            has_context: false,
            cost: turn.cost(records),
            records: Vec::new(),
            team: first.and_then(|record| names.text_of(record.team)).map(str::to_owned),
            user: first.and_then(|record| record.user).map(crate::model::name::Name::code),
        }
    }
}

/// All judged turns.
#[derive(Debug, Clone, Default)]
pub struct OffTask {
    /// By session and time.
    pub turns: Vec<Judged>,
}

/// Sums over the turns of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Judged prompts.
    pub prompts: u64,
    /// Those likely off task.
    pub likely: u64,
    /// Those of the likely ones with nothing but their text to go by, which are no finding.
    pub likely_by_text_alone: u64,
    /// Those unclear.
    pub unclear: u64,
    /// Those of the unclear ones that the classifier had nothing to judge by.
    pub abstained: u64,
    /// Cost of all judged turns.
    pub cost: Money,
    /// Cost of turns likely off task.
    pub likely_cost: Money,
    /// Cost of unclear turns.
    pub unclear_cost: Money,
}

impl OffTask {
    /// Judges every turn with a prompt that was read.
    #[must_use]
    pub fn judge(input: &OffTaskInput<'_>) -> Self {
        let tied: BTreeSet<&str> = input
            .links
            .iter()
            .flat_map(|links| &links.links)
            .filter(|link| link.tier <= Tier::Medium)
            .map(|link| link.session.as_str())
            .collect();
        let paths = input.works.iter().flat_map(|work| &work.paths);
        let known: HashSet<u64> = paths.filter_map(|path| classify::mention_hash(path)).collect();
        let mut found = Self::default();
        for (at, session) in input.turns.sessions.iter().enumerate() {
            let edits = session.turns.iter().any(|turn| turn.count(|what| matches!(what, What::Edit { .. })) > 0);
            let commits = session.turns.iter().any(|turn| turn.count(|what| matches!(what, What::Commit { .. })) > 0);
            let around = PromptContext {
                linked_commit: tied.contains(session.id) || commits,
                edit: edits,
                in_repo: is_in_repository(session, input),
                ..PromptContext::default()
            };
            found.session(at, session, around, &known, input);
        }
        found
    }

    fn session(
        &mut self,
        at: usize,
        session: &SessionTurns<'_>,
        around: PromptContext,
        known: &HashSet<u64>,
        input: &OffTaskInput<'_>,
    ) {
        let mut last_work = None;
        let uses_tools = session.turns.iter().any(|turn| turn.count(|what| matches!(what, What::Tool { .. })) > 0);
        for turn in &session.turns {
            let Some(prompt) = turn.prompt else { continue };
            let context = PromptContext {
                repo_tool_call: turn.count(|what| is_inside(what, input.names)) > 0,
                shares_identifiers: prompt.mentions.iter().any(|name| known.contains(name)),
                continues_on_task: last_work.is_some_and(|last| turn.at - last <= SOON),
                ..around
            };
            let verdict = classify::judge(prompt, context);
            if verdict.band == Band::OnTask {
                last_work = Some(ends(turn, input.records));
            }
            let records = turn.records.clone();
            let judged = Judged::new(turn, at, &verdict, input.records, input.names);
            let has_context = around.in_repo || uses_tools;
            self.turns.push(Judged { records, kind: PromptKind::Agent, has_context, ..judged });
        }
    }

    /// Judges the prompts to assistants, which have no repository and no tools, and whose records cost nothing.
    pub fn judge_conversations(&mut self, turns: &Turns<'_>, records: &[Spent], names: &Names) {
        let before = self.turns.last().map_or(0, |turn| turn.session + 1);
        for (at, session) in turns.sessions.iter().enumerate() {
            let mut last_work = None;
            for turn in &session.turns {
                let Some(prompt) = turn.prompt else { continue };
                let continues_on_task = last_work.is_some_and(|last| turn.at - last <= SOON);
                let verdict = classify::judge(prompt, PromptContext { continues_on_task, ..PromptContext::default() });
                if verdict.band == Band::OnTask {
                    last_work = Some(ends(turn, records));
                }
                self.turns.push(Judged::new(turn, before + at, &verdict, records, names));
            }
        }
    }

    /// The sums of a period.
    #[must_use]
    pub fn within(&self, period: &Period) -> Sums {
        let mut sums = Sums::default();
        for turn in self.turns.iter().filter(|turn| period.contains(turn.at)) {
            sums.prompts += 1;
            sums.cost += turn.cost;
            sums.abstained += u64::from(turn.abstained);
            match turn.band {
                Band::OffTaskLikely => {
                    sums.likely += 1;
                    sums.likely_by_text_alone += u64::from(!turn.has_context);
                    sums.likely_cost += turn.cost;
                }
                Band::Unclear => {
                    sums.unclear += 1;
                    sums.unclear_cost += turn.cost;
                }
                Band::OnTask => {}
            }
        }
        sums
    }

    /// Flagged and judged prompts of a period by session, for a confidence interval.
    #[must_use]
    pub fn by_session(&self, period: &Period) -> Vec<(u64, u64)> {
        let mut found: std::collections::BTreeMap<usize, (u64, u64)> = std::collections::BTreeMap::new();
        for turn in self.turns.iter().filter(|turn| period.contains(turn.at) && !turn.abstained) {
            let (likely, prompts) = found.entry(turn.session).or_default();
            *likely += u64::from(turn.band == Band::OffTaskLikely);
            *prompts += 1;
        }
        found.into_values().collect()
    }

    /// The rates of the classifier over the judged prompts of a period, by where they come from; `None` without prompts.
    #[must_use]
    pub fn rates(&self, period: &Period) -> Option<Rates> {
        let inside = || self.turns.iter().filter(|turn| period.contains(turn.at) && !turn.abstained);
        let of_agents = inside().filter(|turn| turn.kind == PromptKind::Agent).count() as u64;
        let share = Quantity::ratio(of_agents, inside().count() as u64)?.as_f64();
        let (agent, conversation) = (classify::rates(PromptKind::Agent), classify::rates(PromptKind::Conversation));
        let mean = |one: f64, other: f64| share * one + (1.0 - share) * other;
        Some(Rates {
            hits: mean(agent.hits, conversation.hits),
            false_alarms: mean(agent.false_alarms, conversation.false_alarms),
        })
    }

    /// The records of turns that are likely off task by their context too.
    #[must_use]
    pub fn likely(&self) -> HashSet<usize> {
        let likely = self.turns.iter().filter(|turn| turn.band == Band::OffTaskLikely && turn.has_context);
        likely.flat_map(|turn| turn.records.iter().copied()).collect()
    }

    /// Coarse shares of the teams that may be shown.
    #[must_use]
    pub fn teams(&self, period: &Period, min_people: u64) -> Vec<Team> {
        teams::visible_teams(self.turns.iter().filter(|turn| period.contains(turn.at)), min_people)
    }
}

/// The share of prompts that is off task, from the share that was flagged, corrected for misses and false alarms:
/// (rate − false alarms) / (hits − false alarms), clamped to 0..1.
///
/// Source: Rogan and Gladen (1978), the correction of a prevalence for an imperfect test.
#[must_use]
pub fn corrected(rate: f64, rates: Rates) -> f64 {
    ((rate - rates.false_alarms) / (rates.hits - rates.false_alarms)).clamp(0.0, 1.0)
}

fn is_in_repository(session: &SessionTurns<'_>, input: &OffTaskInput<'_>) -> bool {
    let mut projects = session.turns.iter().flat_map(|turn| &turn.records).filter_map(|&at| input.records[at].project);
    projects.any(|project| input.ledger.repository_of(project).is_some())
}

/// Whether it is a call of a tool that works in the repository.
fn is_inside(what: &What, names: &Names) -> bool {
    match what {
        What::Tool { name, .. } => !OUTSIDE.contains(&names.text(*name)),
        _ => false,
    }
}

fn ends(turn: &Turn<'_>, records: &[Spent]) -> chrono::DateTime<chrono::Utc> {
    let events = turn.events.iter().map(|event| event.at);
    turn.records.iter().map(|&at| records[at].at).chain(events).max().unwrap_or(turn.at).max(turn.at)
}

//! Prompts of sessions → how much of the use was no work, with circumstances before text and without anybody's name.
//!
//! - In: turns whose prompts were read, the links of their sessions, the names of the repositories' files.
//! - Out: [`OffTask`]: counts and cost by band, a share corrected for how often the scorer errs, coarse shares of teams.
//! - A session with an edit, or tied to a commit, a landing or a branch, is never flagged.
//! - Records are flagged by turn, so that the bar of [`crate::fate`] can tell their cost apart.
//! - Source: OFFTASK sections 3 and 4, METRICS W9.

mod teams;

use std::collections::{BTreeSet, HashSet};

use chrono::TimeDelta;

pub use teams::{Range, Team};

use crate::classify::{self, Band, PromptContext};
use crate::ledger::{Ledger, Spent};
use crate::link::Links;
use crate::model::activity::What;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::period::Period;
use crate::model::work::Work;
use crate::sessions::turns::{SessionTurns, Turn, Turns};

/// A prompt so soon after work is likely its continuation.
const SOON: TimeDelta = TimeDelta::minutes(15);
/// Tools that look things up outside and speak for no repository.
const OUTSIDE: [&str; 6] = ["WebSearch", "WebFetch", "web_search", "web_fetch", "google_web_search", "TodoWrite"];

/// What judging needs beside the turns.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The sessions.
    pub turns: &'a Turns<'a>,
    /// The records that turns name.
    pub records: &'a [Spent],
    /// The texts of names.
    pub names: &'a Names,
    /// What sessions are tied to, with repositories.
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
    /// Index of its session, for shares by session.
    pub session: usize,
    /// How far from work.
    pub band: Band,
    /// Whether nothing could be told.
    pub abstained: bool,
    /// What its requests cost.
    pub cost: Money,
    /// Indexes of its requests.
    pub records: Vec<usize>,
    /// Team of its requests, as their source or the policy has it.
    pub team: Option<String>,
    /// A number for who used it, unlike for each and without meaning outside the run.
    pub user: Option<u32>,
}

/// Every turn with a prompt that was looked at.
#[derive(Debug, Clone, Default)]
pub struct OffTask {
    /// By session and time.
    pub turns: Vec<Judged>,
}

/// The turns of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Prompts looked at.
    pub prompts: u64,
    /// Of these, likely off task.
    pub likely: u64,
    /// Of these, unclear.
    pub unclear: u64,
    /// Of the unclear ones, those of which nothing can be told.
    pub abstained: u64,
    /// Cost of the turns looked at.
    pub cost: Money,
    /// Of it, of turns likely off task.
    pub likely_cost: Money,
    /// Of it, of unclear turns.
    pub unclear_cost: Money,
}

impl OffTask {
    /// Judges every turn with a prompt that was read.
    #[must_use]
    pub fn of(input: &Input<'_>) -> Self {
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
        input: &Input<'_>,
    ) {
        let mut last_work = None;
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
            let first = turn.records.first().map(|&record| &input.records[record]);
            self.turns.push(Judged {
                at: turn.at,
                session: at,
                band: verdict.band,
                abstained: verdict.abstains(),
                cost: turn.cost(input.records),
                records: turn.records.clone(),
                team: first.and_then(|record| input.names.text_of(record.team)).map(str::to_owned),
                user: first.and_then(|record| record.user).map(crate::model::name::Name::code),
            });
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

    /// Flagged and all prompts of a period by session, for an interval.
    #[must_use]
    pub fn by_session(&self, period: &Period) -> Vec<(u64, u64)> {
        let mut found: std::collections::BTreeMap<usize, (u64, u64)> = std::collections::BTreeMap::new();
        for turn in self.turns.iter().filter(|turn| period.contains(turn.at)) {
            let (likely, prompts) = found.entry(turn.session).or_default();
            *likely += u64::from(turn.band == Band::OffTaskLikely);
            *prompts += 1;
        }
        found.into_values().collect()
    }

    /// The records whose turns are likely off task.
    #[must_use]
    pub fn likely(&self) -> HashSet<usize> {
        let likely = self.turns.iter().filter(|turn| turn.band == Band::OffTaskLikely);
        likely.flat_map(|turn| turn.records.iter().copied()).collect()
    }

    /// Coarse shares of teams that are large enough to hide in.
    #[must_use]
    pub fn teams(&self, period: &Period, least_users: u64) -> Vec<Team> {
        teams::published(self.turns.iter().filter(|turn| period.contains(turn.at)), least_users)
    }
}

/// Flagged prompts of prompts → the share that is off task, corrected for misses and false alarms: (rate − false alarms)
/// over (hits − false alarms), held to 0..1; thousandths. `None` where the scorer's figures tell nothing.
///
/// Source: Rogan and Gladen (1978), the correction of a prevalence for an imperfect test.
#[must_use]
pub fn corrected(rate: f64) -> f64 {
    let rates = classify::rates();
    ((rate - rates.false_alarms) / (rates.hits - rates.false_alarms)).clamp(0.0, 1.0)
}

fn is_in_repository(session: &SessionTurns<'_>, input: &Input<'_>) -> bool {
    let mut projects = session.turns.iter().flat_map(|turn| &turn.records).filter_map(|&at| input.records[at].project);
    projects.any(|project| input.ledger.repository_of(project).is_some())
}

/// A call of a tool that works on what is here.
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

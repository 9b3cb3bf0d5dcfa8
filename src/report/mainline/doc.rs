//! One repository as the documents have it.

use std::collections::BTreeMap;

use crate::history::History;
use crate::measure::lifetimes::{CHURN_DAYS, Churn, Curve, Lifetimes, REWORK_DAYS, SURVIVAL_DAYS, Survival};
use crate::measure::line_groups::{Deaths, Group, LineGroups, Tool};
use crate::measure::line_teams::LineTeam;
use crate::measure::mainline::Mainline;
use crate::measure::sayable::LEAST_LINES;
use crate::model::branch::{BranchFate, Fate, KeptBy};
use crate::model::period::rfc3339;
use crate::model::quantity::{Quantity, six_decimals};
use crate::report::document::{
    ChurnDoc, DeathsDoc, KeptBranchDoc, LineGroupDoc, LineTeamDoc, RepoDoc, SurvivalDoc, ToolDoc,
};

/// Folders that have a row of their own; the others share one.
const MAX_FOLDERS: usize = 24;

impl RepoDoc {
    /// One repository for the documents.
    pub(in crate::report) fn new(history: &History, mainline: &Mainline) -> Self {
        let Mainline { totals, lines, curve, .. } = mainline;
        let assistance = |assisted: bool| if assisted { "assisted" } else { "no marker" }.to_owned();
        let by_fate = history.branches.as_deref().map(branches_by_fate);
        Self {
            repo: history.name(),
            head: history.head.clone(),
            branch: history.branch.clone(),
            ledger: "mainline",
            commits_mainline: history.commits.len() as u64,
            commits_all: history.commits_all,
            landings: mainline.landings,
            merge_landings: totals.merges,
            bot_landings: totals.bot_commits,
            pull_requests: mainline.pull_requests,
            merged_lines: totals.added,
            merged_lines_effective: totals.added_effective,
            deleted_lines: totals.deleted,
            deleted_lines_effective: totals.deleted_effective,
            lines_born: totals.born,
            lines_died: totals.died,
            lines_moved: totals.moved,
            lines_restored: totals.restored,
            lines_respaced: totals.respaced,
            alive_lines: history.alive_lines,
            binary_files: totals.binary_files,
            reverted_commits: mainline.reverted,
            reworked_before_landing: mainline.reworked,
            churn: churn(&lines.born),
            churn_effective: churn(&lines.born_effective),
            survival: survival(&lines.born, curve),
            half_life_days: half_life(&lines.born, curve),
            del_add_ratio: Quantity::ratio(totals.deleted_effective, totals.added_effective),
            deaths: DeathsDoc::from(&lines.deaths),
            by_month: lines.by_month.iter().map(|(month, group)| group_doc(month.clone(), group)).collect(),
            by_path: by_path(lines),
            by_assistance: lines.by_assistance.iter().map(|(is, group)| group_doc(assistance(*is), group)).collect(),
            by_team: mainline.teams.as_ref().map(|teams| teams.iter().map(team_doc).collect()),
            assisted: lines.by_tool.iter().map(|(tool, did)| tool_doc(tool, did)).collect(),
            abandoned_branches: by_fate.as_ref().map(|by_fate| by_fate.get("abandoned").copied().unwrap_or(0)),
            kept_branches: history.branches.as_ref().map(|all| all.iter().filter_map(kept_doc).collect()),
            branches: by_fate,
            observed_until: history.observed_until.map(rfc3339),
            shallow: history.shallow,
        }
    }
}

impl From<&Deaths> for DeathsDoc {
    fn from(deaths: &Deaths) -> Self {
        Self {
            lines: deaths.lines,
            same_author: deaths.same_author,
            other_author: deaths.other_author,
            reverted: deaths.reverted,
            unknown_author: deaths.unknown_author,
            rework_days: REWORK_DAYS,
            rework: deaths.young,
            rework_share: Quantity::ratio(deaths.young, deaths.lines).map(Quantity::as_f64),
        }
    }
}

fn tool_doc(tool: &'static str, did: &Tool) -> ToolDoc {
    ToolDoc { tool, commits: did.commits, merged_lines: did.merged_lines, evidence: did.evidence.word() }
}

/// What can become of a branch: all are counted, so that a reader finds every key.
const BRANCH_FATES: [&str; 8] =
    ["abandoned", "abandoned_of_bots", "in_flight", "in_flight_of_bots", "kept", "merged", "unknown", "unrelated"];

fn branches_by_fate(branches: &[BranchFate]) -> BTreeMap<&'static str, u64> {
    let mut by_fate = BTreeMap::from(BRANCH_FATES.map(|fate| (fate, 0)));
    for branch in branches {
        *by_fate.entry(fate_word(branch)).or_insert(0) += 1;
    }
    by_fate
}

fn kept_doc(branch: &BranchFate) -> Option<KeptBranchDoc> {
    let Fate::Kept { by } = &branch.fate else { return None };
    let detail = match by {
        KeptBy::Release(tag) => Some(tag.clone()),
        KeptBy::Copies(copies) => Some(copies.to_string()),
        KeptBy::Name => None,
    };
    Some(KeptBranchDoc { names: branch.names.clone(), commits: branch.commits, evidence: by.word(), detail })
}

pub(super) fn fate_word(branch: &BranchFate) -> &'static str {
    match branch.fate {
        Fate::Merged { .. } => "merged",
        Fate::Kept { .. } => "kept",
        Fate::InFlight if branch.bot => "in_flight_of_bots",
        Fate::InFlight => "in_flight",
        Fate::Abandoned if branch.bot => "abandoned_of_bots",
        Fate::Abandoned => "abandoned",
        Fate::Unrelated => "unrelated",
        Fate::Unknown => "unknown",
    }
}

/// The largest folders, then one row for all others.
fn by_path(groups: &LineGroups) -> Vec<LineGroupDoc> {
    let mut folders: Vec<(&String, &Group)> = groups.by_folder.iter().collect();
    folders.sort_by_key(|(folder, group)| (std::cmp::Reverse(group.lifetimes.lines()), folder.as_str()));
    let named = folders.iter().take(MAX_FOLDERS).map(|(folder, group)| group_doc((*folder).clone(), group));
    let mut all: Vec<LineGroupDoc> = named.collect();
    if folders.len() > MAX_FOLDERS {
        let mut rest = Group::default();
        for (_, group) in &folders[MAX_FOLDERS..] {
            rest.lifetimes.extend(&group.lifetimes);
        }
        all.push(group_doc(format!("({} more)", folders.len() - MAX_FOLDERS), &rest));
    }
    all
}

fn group_doc(key: String, group: &Group) -> LineGroupDoc {
    let survival = survival(&group.lifetimes, &group.curve());
    LineGroupDoc { key, merged_lines: group.lifetimes.lines(), churn: churn(&group.lifetimes), survival }
}

fn team_doc(team: &LineTeam) -> LineTeamDoc {
    LineTeamDoc {
        people: team.people,
        merged_lines: team.lifetimes.lines(),
        assisted_lines: team.assisted_lines,
        churn: churn(&team.lifetimes),
        survival: survival(&team.lifetimes, &team.lifetimes.curve()),
        team: team.team.clone(),
    }
}

/// The half-life, where it rests on enough lines that could be watched for as long.
fn half_life(lifetimes: &Lifetimes, curve: &Curve) -> Option<f64> {
    let days = curve.half_life_days()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days of a history")]
    let whole = days.ceil() as u32;
    (lifetimes.churn(whole).born >= LEAST_LINES).then(|| six_decimals(days))
}

fn churn(lifetimes: &Lifetimes) -> Vec<ChurnDoc> {
    let one = |churn: Churn| ChurnDoc {
        days: churn.days,
        born: churn.born,
        dead: churn.dead,
        ratio: churn.ratio().filter(|_| churn.born >= LEAST_LINES).map(six_decimals),
        censored: churn.censored,
    };
    CHURN_DAYS.iter().map(|&days| one(lifetimes.churn(days))).collect()
}

fn survival(lifetimes: &Lifetimes, curve: &Curve) -> Vec<SurvivalDoc> {
    let known = |point: Survival| {
        let is_enough = lifetimes.churn(point.days).born >= LEAST_LINES;
        if is_enough { point } else { Survival { alive: None, lo: None, hi: None, ..point } }
    };
    let one = |point: Survival| SurvivalDoc {
        days: point.days,
        alive: point.alive.map(six_decimals),
        lo: point.lo.map(six_decimals),
        hi: point.hi.map(six_decimals),
        at_risk: point.at_risk,
    };
    SURVIVAL_DAYS.iter().map(|&days| one(known(curve.after(days)))).collect()
}

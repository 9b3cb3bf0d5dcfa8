//! The report of `history`: mainlines, the lives of their lines, who assisted.

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use super::document::{
    Body, ChurnDoc, DeathsDoc, Document, HistoryDoc, KeptBranchDoc, LineGroupDoc, LineTeamDoc, RepoDoc, SurvivalDoc,
    ToolDoc, rfc3339,
};
use super::page::{Cell, Fact, Note, Page, Section, Table, grouped, percent};
use super::page::{columns, notes, open_period};
use crate::diagnostics::{Diagnostics, Severity};
use crate::history::{History, Totals};
use crate::ledger::Rules;
use crate::measure::lifetimes::{Churn, Curve, Lifetimes, REWORK_DAYS, SURVIVAL_DAYS, Survival};
use crate::measure::line_groups::{Group, LineGroups};
use crate::measure::line_teams::{LineTeam, line_teams};
use crate::model::branch::{BranchFate, Fate, KeptBy};
use crate::model::period::Period;
use crate::model::privacy::MIN_PEOPLE_QUALITY;
use crate::model::quantity::Quantity;

/// Folders shown by name; the rest is one row.
const FOLDERS: usize = 24;
/// Folders on a page.
const FOLDERS_SHOWN: usize = 8;
/// Months on a page.
const MONTHS_SHOWN: usize = 12;
/// Points of a drawn curve, from birth to the last day that survival is told for.
const POINTS: u32 = 36;
/// A page tells no share of fewer lines than this (METRICS 3.0).
const FEWEST: u64 = 20;
/// The churn that headlines tell.
const HEADLINE_DAYS: u32 = 14;

/// The report of `history`.
#[must_use]
pub fn history(histories: &[History], period: &Period, rules: &Rules, found: Diagnostics) -> Report {
    let diagnostics = found.into_sorted();
    let mut repos = Vec::new();
    let mut page = Page { title: format!("History   {}", open_period(period)), ..Page::default() };
    for history in histories {
        let groups = LineGroups::of(history, period);
        let curve = groups.born.curve();
        let repo = repo(history, &groups, &curve, period, rules);
        page.facts.extend(facts(&repo, &groups, &curve));
        let prefix = if histories.len() > 1 { format!("{}: ", repo.repo) } else { String::new() };
        page.sections.extend(sections(&repo, &prefix));
        repos.push(repo);
    }
    let table = flat_table(&repos);
    page.sections.insert(0, Section { title: "Mainlines".to_owned(), table: mainlines(&repos), rest: None });
    page.notes = notes(&diagnostics);
    if repos.iter().any(|repo| repo.by_team.as_ref().is_some_and(Vec::is_empty)) {
        let text = format!("No team of the configuration has enough people to be shown: {MIN_PEOPLE_QUALITY}.");
        page.notes.push(Note { severity: Severity::Note, text });
    }
    let document = Document::new("tokaudit/history", period, &[], Body::History(HistoryDoc { repos }), diagnostics);
    Report { document, page, table }
}

/// One repository for the documents.
///
/// `curve` is the survival of the lines born.
pub(super) fn repo(history: &History, groups: &LineGroups, curve: &Curve, period: &Period, rules: &Rules) -> RepoDoc {
    let mut totals = Totals::default();
    let mut pulls = BTreeSet::new();
    let (mut landings, mut reverted, mut reworked) = (0, 0, Some(0));
    for commit in history.commits.iter().filter(|commit| period.contains(commit.commit_time)) {
        totals += Totals::of(commit);
        landings += 1;
        pulls.extend(commit.pull_request);
        reverted += u64::from(commit.reverted_by.is_some());
        // Commits outside the period were not looked into, so the sum is over the counted ones.
        if commit.counted {
            reworked = reworked.zip(commit.reworked_before_landing).map(|(sum, lines)| sum + lines);
        }
    }
    let deaths = groups.deaths;
    let branches = history.branches.as_ref().map(|branches| {
        let mut by_fate = BTreeMap::new();
        for branch in branches {
            *by_fate.entry(fate_word(branch)).or_insert(0) += 1;
        }
        by_fate
    });
    let assistance = |assisted: &bool| if *assisted { "assisted" } else { "no marker" }.to_owned();
    RepoDoc {
        repo: history.name(),
        head: history.head.clone(),
        branch: history.branch.clone(),
        ledger: "mainline",
        commits_mainline: history.commits.len() as u64,
        commits_all: history.commits_all,
        landings,
        merge_landings: totals.merges,
        bot_landings: totals.bot_commits,
        pull_requests: pulls.len() as u64,
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
        reverted_commits: reverted,
        reworked_before_landing: reworked,
        churn: churn(&groups.born),
        churn_effective: churn(&groups.born_effective),
        survival: survival(curve),
        half_life_days: curve.half_life_days().map(rounded),
        del_add_ratio: Quantity::ratio(totals.deleted_effective, totals.added_effective),
        deaths: DeathsDoc {
            lines: deaths.lines,
            same_author: deaths.same_author,
            other_author: deaths.other_author,
            reverted: deaths.reverted,
            unknown_author: deaths.unknown_author,
            rework_days: REWORK_DAYS,
            rework: deaths.young,
            rework_share: Quantity::ratio(deaths.young, deaths.lines).map(Quantity::as_f64),
        },
        by_month: groups.by_month.iter().map(|(month, group)| group_doc(month.clone(), group, false)).collect(),
        by_path: by_path(groups),
        by_assistance: groups.by_assistance.iter().map(|(is, group)| group_doc(assistance(is), group, true)).collect(),
        by_team: (!rules.teams.is_empty()).then(|| {
            let teams = line_teams(history, period, rules, MIN_PEOPLE_QUALITY);
            teams.into_iter().map(team_doc).collect()
        }),
        assisted: groups
            .by_tool
            .iter()
            .map(|(tool, did)| ToolDoc {
                tool,
                commits: did.commits,
                merged_lines: did.merged_lines,
                evidence: did.evidence.word(),
            })
            .collect(),
        abandoned_branches: branches.as_ref().map(|by_fate| by_fate.get("abandoned").copied().unwrap_or(0)),
        kept_branches: history.branches.as_ref().map(|all| all.iter().filter_map(kept_doc).collect()),
        branches,
        observed_until: history.commits.last().map(|commit| rfc3339(commit.commit_time)),
        shallow: history.shallow,
    }
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

fn fate_word(branch: &BranchFate) -> &'static str {
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
    let named = folders.iter().take(FOLDERS).map(|(folder, group)| group_doc((*folder).clone(), group, false));
    let mut all: Vec<LineGroupDoc> = named.collect();
    if folders.len() > FOLDERS {
        let mut rest = Group::default();
        for (_, group) in &folders[FOLDERS..] {
            rest.lifetimes.extend(&group.lifetimes);
        }
        all.push(group_doc(format!("({} more)", folders.len() - FOLDERS), &rest, false));
    }
    all
}

fn group_doc(key: String, group: &Group, with_survival: bool) -> LineGroupDoc {
    let survival = if with_survival { survival(&group.curve()) } else { Vec::new() };
    LineGroupDoc { key, merged_lines: group.lifetimes.lines(), churn: churn(&group.lifetimes), survival }
}

fn team_doc(team: LineTeam) -> LineTeamDoc {
    LineTeamDoc {
        people: team.people,
        merged_lines: team.lifetimes.lines(),
        assisted_lines: team.assisted_lines,
        churn: churn(&team.lifetimes),
        survival: survival(&team.lifetimes.curve()),
        team: team.team,
    }
}

fn churn(lifetimes: &Lifetimes) -> Vec<ChurnDoc> {
    let one = |churn: Churn| ChurnDoc {
        days: churn.days,
        born: churn.born,
        dead: churn.dead,
        ratio: churn.ratio().map(rounded),
        censored: churn.censored,
    };
    crate::measure::lifetimes::CHURN_DAYS.iter().map(|&days| one(lifetimes.churn(days))).collect()
}

fn survival(curve: &Curve) -> Vec<SurvivalDoc> {
    let one = |point: Survival| SurvivalDoc {
        days: point.days,
        alive: point.alive.map(rounded),
        lo: point.lo.map(rounded),
        hi: point.hi.map(rounded),
        at_risk: point.at_risk,
    };
    SURVIVAL_DAYS.iter().map(|&days| one(curve.after(days))).collect()
}

/// To six decimals, as all ratios are written.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn facts(repo: &RepoDoc, groups: &LineGroups, curve: &Curve) -> Vec<Fact> {
    let mut facts = vec![Fact {
        label: "Merged",
        value: format!("{} lines", grouped(repo.merged_lines_effective)),
        detail: format!(
            "effective, of {} added, {} deleted, in {} landings on the mainline of {}",
            grouped(repo.merged_lines),
            grouped(repo.deleted_lines),
            grouped(repo.landings),
            repo.repo
        ),
    }];
    let told = [30, HEADLINE_DAYS].map(|days| curve.after(days)).into_iter().find(|point| point.alive.is_some());
    if let Some(Survival { days, alive: Some(alive), lo: Some(lo), hi: Some(hi), .. }) = told {
        let last = SURVIVAL_DAYS.iter().copied().max().unwrap_or(1);
        let points = (0..=POINTS).map(|at| curve.after(at * last / POINTS).alive);
        facts.push(Fact {
            label: if days == HEADLINE_DAYS { "Alive at 14 days" } else { "Alive at 30 days" },
            value: share(alive),
            detail: format!("[{} .. {}] of lines born; a year: {}", share(lo), share(hi), sparkline(points, 1.0)),
        });
    }
    let headline = groups.born.churn(HEADLINE_DAYS);
    if let Some(ratio) = headline.ratio() {
        let of_month = |group: &Group| {
            let churn = group.lifetimes.churn(HEADLINE_DAYS);
            churn.ratio().filter(|_| churn.born >= FEWEST)
        };
        let months: Vec<Option<f64>> = groups.by_month.values().map(of_month).collect();
        let shown = &months[months.len().saturating_sub(POINTS as usize)..];
        let most = shown.iter().flatten().copied().fold(0.0, f64::max);
        facts.push(Fact {
            label: "Dead within 14 days",
            value: share(ratio),
            detail: format!(
                "{} of {} lines; {} too young to tell; by month: {} (most {})",
                grouped(headline.dead),
                grouped(headline.born),
                grouped(headline.censored),
                sparkline(shown.iter().copied(), most),
                share(most)
            ),
        });
    }
    facts
}

fn sections(repo: &RepoDoc, prefix: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut push = |title: &str, table: Table, rest: Option<String>| {
        if !table.rows.is_empty() {
            sections.push(Section { title: format!("{prefix}{title}"), table, rest });
        }
    };
    push("Survival of lines, from their landing", survival_table(repo), repo.half_life_days.map(half_life));
    let older = repo.by_month.len().saturating_sub(MONTHS_SHOWN);
    let hidden = |hidden: usize, of: &str| {
        let more = if hidden > 0 { format!("{hidden} more {of}; --format json has them. ") } else { String::new() };
        Some(format!("{more}Each share is of the lines that were watched for as many days."))
    };
    push("Churn by month of landing", group_table("month", &repo.by_month[older..]), hidden(older, "months"));
    let folders = &repo.by_path[..repo.by_path.len().min(FOLDERS_SHOWN)];
    let rest = hidden(repo.by_path.len() - folders.len(), "folders");
    push("Churn by folder", group_table("folder", folders), rest);
    if !repo.assisted.is_empty() {
        push("Churn by what commits say of assistance", group_table("commits", &repo.by_assistance), None);
        push("Assisted by", tool_table(repo), Some("No marker never proves that a person worked alone.".to_owned()));
    }
    if let Some(teams) = &repo.by_team {
        let rest =
            format!("Teams of fewer than {MIN_PEOPLE_QUALITY} people, and what would tell of them, are not shown.");
        push("Churn by team of the author", team_table(teams), Some(rest));
    }
    push("How lines died", death_table(repo), None);
    push("Branches and pull requests beside the mainline", branch_table(repo), None);
    sections
}

fn half_life(days: f64) -> String {
    format!("Half of the lines are gone after {days:.0} days.")
}

fn survival_table(repo: &RepoDoc) -> Table {
    let columns =
        columns(&[("days", "days"), ("alive", "alive"), ("95%", "interval"), ("watched", "at_risk"), ("", "bar")]);
    let row = |point: &SurvivalDoc| {
        let interval = point.lo.zip(point.hi).map(|(lo, hi)| format!("{} .. {}", share(lo), share(hi)));
        vec![
            Cell::count(u64::from(point.days)),
            Cell::Number(point.alive.map(share)),
            Cell::Number(interval),
            Cell::count(point.at_risk),
            Cell::Bar(mille(point.alive)),
        ]
    };
    let known = repo.survival.iter().any(|point| point.alive.is_some());
    Table { columns, rows: if known { repo.survival.iter().map(row).collect() } else { Vec::new() } }
}

fn group_table(what: &'static str, groups: &[LineGroupDoc]) -> Table {
    let columns = columns(&[
        (what, "key"),
        ("lines born", "merged_lines"),
        ("dead in 7d", "churn_7"),
        ("14d", "churn_14"),
        ("21d", "churn_21"),
        ("30d", "churn_30"),
        ("14d", "bar"),
    ]);
    let at_headline = |group: &LineGroupDoc| {
        let headline = group.churn.iter().find(|churn| churn.days == HEADLINE_DAYS && churn.born >= FEWEST);
        headline.and_then(|churn| churn.ratio)
    };
    let most = groups.iter().filter_map(at_headline).fold(0.0, f64::max);
    let row = |group: &LineGroupDoc| {
        let mut row = vec![Cell::text(group.key.clone()), Cell::count(group.merged_lines)];
        row.extend(group.churn.iter().map(told));
        row.push(Cell::Bar(mille(at_headline(group).filter(|_| most > 0.0).map(|ratio| ratio / most))));
        row
    };
    Table { columns, rows: groups.iter().map(row).collect() }
}

/// The share that died, where enough lines tell of it.
fn told(churn: &ChurnDoc) -> Cell {
    Cell::Number(churn.ratio.filter(|_| churn.born >= FEWEST).map(share))
}

fn team_table(teams: &[LineTeamDoc]) -> Table {
    let columns = columns(&[
        ("team", "team"),
        ("people", "people"),
        ("lines born", "merged_lines"),
        ("assisted", "assisted_lines"),
        ("dead in 7d", "churn_7"),
        ("14d", "churn_14"),
        ("21d", "churn_21"),
        ("30d", "churn_30"),
    ]);
    let row = |team: &LineTeamDoc| {
        let mut row = vec![
            Cell::text(team.team.clone().unwrap_or_else(|| "(no team)".to_owned())),
            Cell::count(team.people),
            Cell::count(team.merged_lines),
            Cell::Number(Some(percent(team.assisted_lines, team.merged_lines))),
        ];
        row.extend(team.churn.iter().map(told));
        row
    };
    Table { columns, rows: teams.iter().map(row).collect() }
}

fn tool_table(repo: &RepoDoc) -> Table {
    let columns = columns(&[
        ("tool", "tool"),
        ("commits", "commits"),
        ("lines born", "merged_lines"),
        ("best evidence", "evidence"),
    ]);
    let row = |tool: &ToolDoc| {
        vec![
            Cell::text(tool.tool),
            Cell::count(tool.commits),
            Cell::count(tool.merged_lines),
            Cell::text(tool.evidence),
        ]
    };
    Table { columns, rows: repo.assisted.iter().map(row).collect() }
}

fn death_table(repo: &RepoDoc) -> Table {
    let deaths = &repo.deaths;
    let columns = columns(&[("how", "how"), ("lines", "lines"), ("share", "share")]);
    let rows = [
        ("by their author", deaths.same_author),
        ("by another author", deaths.other_author),
        ("taken back by a revert", deaths.reverted),
        ("older than what was read", deaths.unknown_author),
        ("of all: younger than 21 days (rework)", deaths.rework),
    ];
    let row = |(how, lines): (&str, u64)| {
        vec![Cell::text(how), Cell::count(lines), Cell::Number(Some(percent(lines, deaths.lines)))]
    };
    let shown = rows.into_iter().filter(|(_, lines)| deaths.lines > 0 && *lines > 0);
    Table { columns, rows: shown.map(row).collect() }
}

fn branch_table(repo: &RepoDoc) -> Table {
    let columns = columns(&[("what became of them", "fate"), ("branches", "branches")]);
    let text = |word: &'static str| match word {
        "merged" => "landed in other commits",
        "kept" => "kept on purpose, as release branches are",
        "in_flight" => "in flight",
        "in_flight_of_bots" => "in flight, by bots",
        "abandoned" => "abandoned",
        "abandoned_of_bots" => "abandoned, by bots",
        "unrelated" => "share nothing with the mainline",
        _ => "not known: objects are missing",
    };
    let row = |(word, count): (&&'static str, &u64)| vec![Cell::text(text(word)), Cell::count(*count)];
    Table { columns, rows: repo.branches.iter().flatten().map(row).collect() }
}

fn mainlines(repos: &[RepoDoc]) -> Table {
    let columns = columns(&[
        ("repository", "repo"),
        ("branch", "branch"),
        ("landings", "landings"),
        ("PRs", "pull_requests"),
        ("added", "merged_lines"),
        ("deleted", "deleted_lines"),
        ("born", "lines_born"),
        ("died", "lines_died"),
        ("alive", "alive_lines"),
        ("reverted", "reverted_commits"),
        ("abandoned", "abandoned_branches"),
    ]);
    let row = |repo: &RepoDoc| {
        vec![
            Cell::text(repo.repo.clone()),
            Cell::Text(repo.branch.clone()),
            Cell::count(repo.landings),
            Cell::count(repo.pull_requests),
            Cell::count(repo.merged_lines),
            Cell::count(repo.deleted_lines),
            Cell::count(repo.lines_born),
            Cell::count(repo.lines_died),
            Cell::Count(repo.alive_lines),
            Cell::count(repo.reverted_commits),
            Cell::Count(repo.abandoned_branches),
        ]
    };
    Table { columns, rows: repos.iter().map(row).collect() }
}

/// One row a repository, for spreadsheets.
fn flat_table(repos: &[RepoDoc]) -> Table {
    let columns = columns(&[
        ("repository", "repo"),
        ("branch", "branch"),
        ("landings", "landings"),
        ("merges", "merge_landings"),
        ("PRs", "pull_requests"),
        ("added", "merged_lines"),
        ("of it eff.", "merged_lines_effective"),
        ("deleted", "deleted_lines"),
        ("of it eff.", "deleted_lines_effective"),
        ("born", "lines_born"),
        ("died", "lines_died"),
        ("moved", "lines_moved"),
        ("restored", "lines_restored"),
        ("respaced", "lines_respaced"),
        ("alive", "alive_lines"),
        ("churn 7d", "churn_7"),
        ("churn 14d", "churn_14"),
        ("churn 21d", "churn_21"),
        ("churn 30d", "churn_30"),
        ("alive 14d", "survival_14"),
        ("alive 30d", "survival_30"),
        ("alive 90d", "survival_90"),
        ("alive 180d", "survival_180"),
        ("alive 365d", "survival_365"),
        ("half-life", "half_life_days"),
        ("rework", "rework_share"),
        ("reverted", "reverted_commits"),
        ("abandoned", "abandoned_branches"),
        ("commits", "commits_all"),
    ]);
    let number = |value: Option<f64>| Cell::Number(value.map(|value| value.to_string()));
    let row = |repo: &RepoDoc| {
        let mut row = vec![
            Cell::text(repo.repo.clone()),
            Cell::Text(repo.branch.clone()),
            Cell::count(repo.landings),
            Cell::count(repo.merge_landings),
            Cell::count(repo.pull_requests),
            Cell::count(repo.merged_lines),
            Cell::count(repo.merged_lines_effective),
            Cell::count(repo.deleted_lines),
            Cell::count(repo.deleted_lines_effective),
            Cell::count(repo.lines_born),
            Cell::count(repo.lines_died),
            Cell::count(repo.lines_moved),
            Cell::count(repo.lines_restored),
            Cell::count(repo.lines_respaced),
            Cell::Count(repo.alive_lines),
        ];
        row.extend(repo.churn.iter().map(|churn| number(churn.ratio)));
        row.extend(repo.survival.iter().map(|point| number(point.alive)));
        row.extend([
            number(repo.half_life_days),
            number(repo.deaths.rework_share),
            Cell::count(repo.reverted_commits),
            Cell::Count(repo.abandoned_branches),
            Cell::count(repo.commits_all),
        ]);
        row
    };
    Table { columns, rows: repos.iter().map(row).collect() }
}

/// A share of 0..=1 as a percentage with one decimal.
fn share(value: f64) -> String {
    format!("{:.1}%", value * 100.0)
}

/// A share of 0..=1 as parts per thousand.
fn mille(value: Option<f64>) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1,000")]
    value.map_or(0, |value| (value.clamp(0.0, 1.0) * 1000.0).round() as u16)
}

/// One sign a value, from the lowest block to the full one; what is unknown is a blank.
fn sparkline(values: impl Iterator<Item = Option<f64>>, most: f64) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let sign = |value: Option<f64>| match value {
        Some(value) if most > 0.0 => BLOCKS[usize::from(mille(Some(value / most)) / 126).min(7)],
        Some(_) => BLOCKS[0],
        None => ' ',
    };
    values.map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_goes_from_the_lowest_block_to_the_full_one() {
        let line = sparkline([Some(0.0), None, Some(0.5), Some(1.0)].into_iter(), 1.0);
        assert_eq!(line, "▁ ▄█");
        assert_eq!(sparkline([Some(0.0)].into_iter(), 0.0), "▁");
    }
}

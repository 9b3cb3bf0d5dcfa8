//! The facts and tables of `history`, from the document.

use crate::measure::lifetimes::{Curve, SURVIVAL_DAYS, Survival};
use crate::measure::line_groups::{Group, LineGroups};
use crate::measure::mainline::Mainline;
use crate::model::privacy::MIN_PEOPLE_QUALITY;
use crate::model::quantity::Quantity;
use crate::report::document::{ChurnDoc, LineGroupDoc, LineTeamDoc, RepoDoc, SurvivalDoc, ToolDoc};
use crate::report::page::{Cell, Fact, FactId, Section, SectionId, Table, columns, grouped, many};

/// Folders on a page.
const FOLDERS_SHOWN: usize = 8;
/// Months on a page.
const MONTHS_SHOWN: usize = 12;
/// Points of a drawn curve, from birth to the last day of the survival table.
const POINTS: u32 = 36;
/// A page shows no share of fewer lines than this.
const MIN_LINES: u64 = 20;
/// The churn of the headlines.
const HEADLINE_DAYS: u32 = 14;

/// The lines of the page for one repository.
pub(super) fn facts(repo: &RepoDoc, mainline: &Mainline) -> Vec<Fact> {
    let mut facts = vec![merged_fact(repo)];
    facts.extend(alive_fact(&mainline.curve));
    facts.extend(churn_fact(&mainline.lines));
    facts
}

fn merged_fact(repo: &RepoDoc) -> Fact {
    let detail = format!(
        "that count, of {} added, {} deleted, in {} on the main branch of {}",
        grouped(repo.merged_lines),
        grouped(repo.deleted_lines),
        many(repo.landings, "merged change"),
        repo.repo
    );
    Fact::new(FactId::Merged, many(repo.merged_lines_effective, "line"), detail)
}

/// The share alive after 30 days, or after 14 where nothing was watched for longer.
fn alive_fact(curve: &Curve) -> Option<Fact> {
    let points = [(FactId::AliveAfter30, 30), (FactId::AliveAfter14, HEADLINE_DAYS)];
    let mut known =
        points.map(|(id, days)| (id, curve.after(days))).into_iter().filter(|(_, point)| point.alive.is_some());
    let (id, Survival { alive: Some(alive), lo: Some(lo), hi: Some(hi), .. }) = known.next()? else { return None };
    let last = SURVIVAL_DAYS.iter().copied().max().unwrap_or(1);
    let points = (0..=POINTS).map(|at| curve.after(at * last / POINTS).alive);
    let detail = format!("[{} .. {}] of new lines; over a year: {}", share(lo), share(hi), sparkline(points, 1.0));
    Some(Fact::new(id, share(alive), detail))
}

fn churn_fact(lines: &LineGroups) -> Option<Fact> {
    let headline = lines.born.churn(HEADLINE_DAYS);
    let ratio = headline.ratio()?;
    let of_month = |group: &Group| {
        let churn = group.lifetimes.churn(HEADLINE_DAYS);
        churn.ratio().filter(|_| churn.born >= MIN_LINES)
    };
    let months: Vec<Option<f64>> = lines.by_month.values().map(of_month).collect();
    let shown = &months[months.len().saturating_sub(POINTS as usize)..];
    let most = shown.iter().flatten().copied().fold(0.0, f64::max);
    let detail = format!(
        "{} of {}; {} too recent to judge; by month: {} (most {})",
        grouped(headline.dead),
        many(headline.born, "line"),
        grouped(headline.censored),
        sparkline(shown.iter().copied(), most),
        share(most)
    );
    Some(Fact::new(FactId::DeadWithin14, share(ratio), detail))
}

/// The tables of the page for one repository; `prefix` names it where there are several.
pub(super) fn sections(repo: &RepoDoc, prefix: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut push = |id: SectionId, title: &str, table: Table, rest: Option<String>| {
        if !table.rows.is_empty() {
            sections.push(Section { id, title: format!("{prefix}{title}"), table, rest });
        }
    };
    let half_life = repo.half_life_days.map(half_life);
    push(SectionId::Survival, "How long lines last after their merge", survival_table(repo), half_life);
    let older = repo.by_month.len().saturating_sub(MONTHS_SHOWN);
    let hidden = |hidden: usize, what: &str| {
        let more = many(hidden as u64, &format!("more {what}"));
        let more = if hidden > 0 { format!("{more}; --format json has them. ") } else { String::new() };
        Some(format!("{more}Each share is of the lines that were watched for as many days."))
    };
    let months = group_table("month", &repo.by_month[older..]);
    push(SectionId::Churn, "Lines gone, by month of their merge", months, hidden(older, "month"));
    let folders = &repo.by_path[..repo.by_path.len().min(FOLDERS_SHOWN)];
    let rest = hidden(repo.by_path.len() - folders.len(), "folder");
    push(SectionId::Churn, "Lines gone, by folder", group_table("folder", folders), rest);
    if !repo.assisted.is_empty() {
        let (title, table) = ("Lines gone, by AI mark of the commit", group_table("commits", &repo.by_assistance));
        push(SectionId::Churn, title, table, None);
        let rest = "A missing marker does not prove that a person worked alone.".to_owned();
        push(SectionId::Tools, "AI tools that commits name", tool_table(repo), Some(rest));
    }
    if let Some(teams) = &repo.by_team {
        let rest = format!(
            "Teams of fewer than {MIN_PEOPLE_QUALITY} people are not shown, nor is anything that would reveal them."
        );
        push(SectionId::ChurnByTeam, "Lines gone, by team of the author", team_table(teams), Some(rest));
    }
    push(SectionId::Deaths, "How lines went", death_table(repo), None);
    push(SectionId::Branches, "Branches and pull requests beside the main branch", branch_table(repo), None);
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
            share_cell(point.alive),
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
        ("new lines", "merged_lines"),
        ("gone in 7d", "churn_7"),
        ("14d", "churn_14"),
        ("21d", "churn_21"),
        ("30d", "churn_30"),
        ("14d", "bar"),
    ]);
    let at_headline = |group: &LineGroupDoc| {
        let headline = group.churn.iter().find(|churn| churn.days == HEADLINE_DAYS && churn.born >= MIN_LINES);
        headline.and_then(|churn| churn.ratio)
    };
    let most = groups.iter().filter_map(at_headline).fold(0.0, f64::max);
    let row = |group: &LineGroupDoc| {
        let mut row = vec![Cell::text(group.key.clone()), Cell::count(group.merged_lines)];
        row.extend(group.churn.iter().map(churn_cell));
        row.push(Cell::Bar(mille(at_headline(group).filter(|_| most > 0.0).map(|ratio| ratio / most))));
        row
    };
    Table { columns, rows: groups.iter().map(row).collect() }
}

/// The share that died, where there are enough lines.
fn churn_cell(churn: &ChurnDoc) -> Cell {
    share_cell(churn.ratio.filter(|_| churn.born >= MIN_LINES))
}

fn team_table(teams: &[LineTeamDoc]) -> Table {
    let columns = columns(&[
        ("team", "team"),
        ("people", "people"),
        ("new lines", "merged_lines"),
        ("AI-assisted", "assisted_lines"),
        ("gone in 7d", "churn_7"),
        ("14d", "churn_14"),
        ("21d", "churn_21"),
        ("30d", "churn_30"),
    ]);
    let row = |team: &LineTeamDoc| {
        let mut row = vec![
            Cell::text(team.team.clone().unwrap_or_else(|| "(no team)".to_owned())),
            Cell::count(team.people),
            Cell::count(team.merged_lines),
            Cell::percent(team.assisted_lines, team.merged_lines),
        ];
        row.extend(team.churn.iter().map(churn_cell));
        row
    };
    Table { columns, rows: teams.iter().map(row).collect() }
}

fn tool_table(repo: &RepoDoc) -> Table {
    let columns = columns(&[
        ("tool", "tool"),
        ("commits", "commits"),
        ("new lines", "merged_lines"),
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
    let row = |(how, lines): (&str, u64)| vec![Cell::text(how), Cell::count(lines), Cell::percent(lines, deaths.lines)];
    let shown = rows.into_iter().filter(|(_, lines)| deaths.lines > 0 && *lines > 0);
    Table { columns, rows: shown.map(row).collect() }
}

/// What became of branches, in words.
pub(super) fn became(word: &str) -> &'static str {
    match word {
        "merged" => "merged in other commits",
        "kept" => "kept on purpose, as release branches are",
        "in_flight" => "too recent to judge",
        "in_flight_of_bots" => "too recent to judge, by bots",
        "abandoned" => "never merged",
        "abandoned_of_bots" => "never merged, by bots",
        "unrelated" => "share nothing with the main branch",
        _ => "not known: objects are missing",
    }
}

fn branch_table(repo: &RepoDoc) -> Table {
    let columns = columns(&[("what became of them", "fate"), ("branches", "branches")]);
    let row = |(word, count): (&&'static str, &u64)| vec![Cell::text(became(word)), Cell::count(*count)];
    let found = repo.branches.iter().flatten().filter(|(_, count)| **count > 0);
    Table { columns, rows: found.map(row).collect() }
}

/// One row a repository, for the page.
pub(super) fn mainline_table(repos: &[RepoDoc]) -> Table {
    let columns = columns(&[
        ("repository", "repo"),
        ("branch", "branch"),
        ("merged changes", "landings"),
        ("PRs", "pull_requests"),
        ("added", "merged_lines"),
        ("deleted", "deleted_lines"),
        ("new", "lines_born"),
        ("gone", "lines_died"),
        ("alive", "alive_lines"),
        ("reverted", "reverted_commits"),
        ("never merged", "abandoned_branches"),
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
pub(super) fn flat_table(repos: &[RepoDoc]) -> Table {
    let columns = columns(&[
        ("repository", "repo"),
        ("branch", "branch"),
        ("merged changes", "landings"),
        ("merges", "merge_landings"),
        ("PRs", "pull_requests"),
        ("added", "merged_lines"),
        ("that count", "merged_lines_effective"),
        ("deleted", "deleted_lines"),
        ("that count", "deleted_lines_effective"),
        ("new", "lines_born"),
        ("gone", "lines_died"),
        ("moved", "lines_moved"),
        ("restored", "lines_restored"),
        ("respaced", "lines_respaced"),
        ("alive", "alive_lines"),
        ("gone in 7d", "churn_7"),
        ("gone in 14d", "churn_14"),
        ("gone in 21d", "churn_21"),
        ("gone in 30d", "churn_30"),
        ("alive 14d", "survival_14"),
        ("alive 30d", "survival_30"),
        ("alive 90d", "survival_90"),
        ("alive 180d", "survival_180"),
        ("alive 365d", "survival_365"),
        ("half-life", "half_life_days"),
        ("rework", "rework_share"),
        ("reverted", "reverted_commits"),
        ("never merged", "abandoned_branches"),
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

/// A share of 0..=1, or nothing.
fn share_cell(value: Option<f64>) -> Cell {
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and a million")]
    let parts = |value: f64| Quantity::Ratio((value * 1e6).round() as i128, 1_000_000);
    Cell::figure(value.map(parts), || value.map(share).unwrap_or_default())
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

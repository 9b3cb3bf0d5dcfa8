//! The lines of one mainline in a period, in the groups that reports show: by month, path and assistance.

use std::collections::BTreeMap;

use crate::history::History;
use crate::measure::lifetimes::{Curve, Lifetimes, REWORK_DAYS, Span, age_at_death, counts};
use crate::model::assist::Evidence;
use crate::model::commit::Commit;
use crate::model::line_life::{Death, LineLife};
use crate::model::period::{Period, day_of};

/// Everything that a history report says about lines.
#[derive(Debug)]
pub struct LineGroups {
    /// Lines born in the period.
    pub born: Lifetimes,
    /// The same, effective lines only.
    pub born_effective: Lifetimes,
    /// Lines born in the period that are alive at the head.
    pub alive: u64,
    /// By month of birth (`2026-05`), in the period's time zone.
    pub by_month: BTreeMap<String, Group>,
    /// By the first folder of the path they were born in; `.` is the root.
    pub by_folder: BTreeMap<String, Group>,
    /// Lines whose commit says a tool assisted it, and all others: of those it is not known.
    pub by_assistance: BTreeMap<bool, Group>,
    /// By tool.
    pub by_tool: BTreeMap<&'static str, Tool>,
    /// How lines died in the period.
    pub deaths: Deaths,
}

/// Lines of one group.
#[derive(Debug, Default)]
pub struct Group {
    /// Their lifetimes.
    pub lifetimes: Lifetimes,
}

impl Group {
    /// The survival curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.lifetimes.curve()
    }
}

/// What one tool had a hand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tool {
    /// Commits that landed in the period and say so, merged ones included.
    pub commits: u64,
    /// Lines they brought, in files that count.
    pub merged_lines: u64,
    /// The most trusted marker met.
    pub evidence: Evidence,
}

/// Lines that died in a period, in files that count, bots' landings left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deaths {
    /// All of them.
    pub lines: u64,
    /// By the author who wrote them.
    pub same_author: u64,
    /// By another author.
    pub other_author: u64,
    /// By a commit that takes another one back.
    pub reverted: u64,
    /// Of lines older than what was read, whose author is not known.
    pub unknown_author: u64,
    /// Lines that died younger than [`REWORK_DAYS`] days.
    pub young: u64,
    /// Lines older than what was read; none of them is young, for reading begins a month before the period.
    pub older_than_read: u64,
}

impl LineGroups {
    /// Groups the lines of a mainline.
    #[must_use]
    pub fn of(history: &History, period: &Period) -> Self {
        let landed = |landing: Option<u32>| {
            landing.is_some_and(|at| {
                let commit = &history.commits[at as usize];
                commit.counted && period.contains(commit.commit_time)
            })
        };
        let mut groups = Self {
            born: Lifetimes::default(),
            born_effective: Lifetimes::default(),
            alive: 0,
            by_month: BTreeMap::new(),
            by_folder: BTreeMap::new(),
            by_assistance: BTreeMap::new(),
            by_tool: BTreeMap::new(),
            deaths: Deaths::default(),
        };
        groups.count_commits(history, &landed);
        let month = |commit: &Commit| day_of(commit.commit_time, period.tz).format("%Y-%m").to_string();
        let mut months = Numbered::of(history.commits.iter().map(month));
        let mut folders = Numbered::of(history.paths.iter().map(|path| folder(path).to_owned()));
        for life in &history.lives {
            if landed(life.died) {
                groups.deaths.add(history, life);
            }
            if landed(life.born) && counts(history, life) {
                groups.add(history, life, &mut months, &mut folders);
            }
        }
        (groups.by_month, groups.by_folder) = (months.into_named(), folders.into_named());
        groups
    }

    fn count_commits(&mut self, history: &History, landed: &impl Fn(Option<u32>) -> bool) {
        for contribution in history.contributions.iter().filter(|one| landed(Some(one.landing))) {
            for assistance in &contribution.assisted {
                let first = Tool { commits: 0, merged_lines: 0, evidence: assistance.evidence };
                let tool = self.by_tool.entry(assistance.tool).or_insert(first);
                tool.commits += 1;
                tool.evidence = tool.evidence.min(assistance.evidence);
            }
        }
    }

    fn add(&mut self, history: &History, life: &LineLife, months: &mut Numbered, folders: &mut Numbered) {
        let (Some(born), Some(origin)) = (life.born, life.origin) else { return };
        let lines = u64::from(life.lines);
        let span = Span::of(history, life);
        self.born.push(span, lines);
        self.born_effective.push(span, u64::from(life.effective));
        self.alive += if life.died.is_none() { lines } else { 0 };
        months.group(born).lifetimes.push(span, lines);
        folders.group(life.path).lifetimes.push(span, lines);
        let assisted = &history.contributions[origin as usize].assisted;
        self.by_assistance.entry(!assisted.is_empty()).or_default().lifetimes.push(span, lines);
        for assistance in assisted {
            if let Some(tool) = self.by_tool.get_mut(assistance.tool) {
                tool.merged_lines += lines;
            }
        }
    }
}

/// Groups that many things share, found by the number of a thing: names are compared once for each.
struct Numbered {
    /// By thing: the number of its group.
    of: Vec<usize>,
    groups: Vec<Group>,
    names: BTreeMap<String, usize>,
}

impl Numbered {
    /// Things in order, by the names of their groups.
    fn of(names_of: impl Iterator<Item = String>) -> Self {
        let mut names = BTreeMap::new();
        let number = |name| {
            let next = names.len();
            *names.entry(name).or_insert(next)
        };
        let of = names_of.map(number).collect();
        Self { of, groups: names.iter().map(|_| Group::default()).collect(), names }
    }

    fn group(&mut self, thing: u32) -> &mut Group {
        &mut self.groups[self.of[thing as usize]]
    }

    /// The groups that hold lines.
    fn into_named(mut self) -> BTreeMap<String, Group> {
        let named = self.names.into_iter().map(|(name, number)| (name, std::mem::take(&mut self.groups[number])));
        named.filter(|(_, group)| group.lifetimes.lines() > 0).collect()
    }
}

impl Deaths {
    fn add(&mut self, history: &History, life: &LineLife) {
        let killer = life.killer.map(|at| &history.contributions[at as usize]);
        let counted = matches!(life.death, Some(Death::Deleted | Death::Reverted)) && !life.excluded;
        if !counted || killer.is_none_or(|killer| killer.bot) {
            return;
        }
        let lines = u64::from(life.lines);
        self.lines += lines;
        let author = life.origin.map(|at| &history.contributions[at as usize].author);
        match author {
            _ if life.death == Some(Death::Reverted) => self.reverted += lines,
            None => self.unknown_author += lines,
            Some(author) if killer.is_some_and(|killer| killer.author.has_email_of(author)) => {
                self.same_author += lines
            }
            Some(_) => self.other_author += lines,
        }
        match age_at_death(history, life) {
            Some(age) if age < i64::from(REWORK_DAYS) * 86_400 => self.young += lines,
            Some(_) => {}
            None => self.older_than_read += lines,
        }
    }
}

fn folder(path: &str) -> &str {
    path.split_once('/').map_or(".", |(folder, _)| folder)
}

//! Writes the planned history to a git directory and records what each landing really changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use gix::ObjectId;

use super::files::{self, Book, Content, FileEdit, Files, LineId, Op, misplanned};
use super::git::{Keep, Stamp, Store};
use super::history_plan::{self, BranchFate, Change, How, PlanStep, PlannedCommit};
use super::people::Actor;
use super::random::Random;
use super::repo::Repo;
use super::text;
use super::truth::{BranchTruth, LandingTruth, Produced, Truth};
use crate::error::Result;

/// A commit as its author made it, with what an agent's log may contain of it.
pub(super) struct Made {
    pub(super) repo: Repo,
    pub(super) branch: &'static str,
    pub(super) pull: Option<u32>,
    pub(super) subject: &'static str,
    pub(super) at: DateTime<Utc>,
    pub(super) edits: Vec<FileEdit>,
    /// Files changed, lines added and deleted, as in git's summary after a commit.
    pub(super) stat: (usize, usize, usize),
    pub(super) produced: Produced,
}

/// A pull request, for the export.
pub(super) struct Pull {
    pub(super) repo: Repo,
    pub(super) number: u32,
    pub(super) branch: &'static str,
    pub(super) works: Vec<(&'static PlannedCommit, String)>,
    /// When it landed, who landed it, and as what.
    pub(super) landed: Option<(DateTime<Utc>, Actor, String)>,
    /// When it was closed without landing.
    pub(super) closed: Option<DateTime<Utc>>,
    pub(super) lines: (usize, usize),
}

/// The contents of the repositories: commits by the key of the plan, and pull requests.
#[derive(Default)]
pub(super) struct MadeHistory {
    pub(super) commits: BTreeMap<&'static str, Made>,
    pub(super) pulls: Vec<Pull>,
}

/// Reads a time of the plan.
pub(super) fn instant(text: &str) -> Result<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M")
        .map(|at| at.and_utc())
        .map_err(|_| misplanned(&format!("`{text}` is not a time")))
}

/// Writes one repository and adds its contents to the history and the truth.
pub(super) fn write(repo: Repo, path: &Path, history: &mut MadeHistory, truth: &mut Truth) -> Result<()> {
    let mut player = Player {
        repo,
        store: Store::create(path, &repo.remote())?,
        book: Book::default(),
        random: Random::named(repo.name()),
        main: Vec::new(),
        done: BTreeMap::new(),
        births: BTreeMap::new(),
        history,
        truth,
    };
    for step in history_plan::steps(repo) {
        player.play(step)?;
    }
    player.finish()
}

/// Main after a landing.
#[derive(Clone)]
struct Point {
    at: DateTime<Utc>,
    id: ObjectId,
    files: Files,
}

/// A branch with its commits made.
struct Branch {
    tip: Option<ObjectId>,
    files: Files,
    ops: Vec<Op>,
    works: Vec<(&'static PlannedCommit, String)>,
}

struct Player<'a> {
    repo: Repo,
    store: Store,
    book: Book,
    random: Random,
    main: Vec<Point>,
    done: BTreeMap<&'static str, Vec<Op>>,
    /// By line that is alive on main: the landing that added it, as an index into the truth.
    births: BTreeMap<LineId, usize>,
    history: &'a mut MadeHistory,
    truth: &'a mut Truth,
}

impl Player<'_> {
    fn play(&mut self, step: &'static PlanStep) -> Result<()> {
        match step {
            PlanStep::Direct(work) => self.direct(work),
            &PlanStep::Land { branch, pull, how, at, by, works } => {
                self.land(branch, pull, how, instant(at)?, by, works)
            }
            &PlanStep::Branch { branch, pull, fate, works } => self.leave_open(branch, pull, fate, works),
        }
    }

    fn direct(&mut self, work: &'static PlannedCommit) -> Result<()> {
        let made = self.work_on("main", None, self.main.last().cloned(), std::slice::from_ref(work), Keep::Stored)?;
        let id = made.tip.ok_or_else(|| misplanned(work.key))?;
        self.landed(id, instant(work.at)?, made.files, None, false);
        self.credit(&made.works, id, |sha| sha.to_owned());
        for change in work.changes {
            if let Change::Revert(of) = change {
                self.mark_reverted(of);
            }
        }
        Ok(())
    }

    fn land(
        &mut self,
        branch: &'static str,
        pull: u32,
        how: How,
        at: DateTime<Utc>,
        by: Actor,
        works: &'static [PlannedCommit],
    ) -> Result<()> {
        let keep = if how == How::Squash { Keep::NameOnly } else { Keep::Stored };
        let made = self.work_on(branch, Some(pull), self.base_of(works)?, works, keep)?;
        let (Some(head), Some(tip)) = (self.main.last().cloned(), made.tip) else { return Err(misplanned(branch)) };
        let mut files = head.files;
        for op in &made.ops {
            files::apply(op, &mut files)?;
        }
        let first = &works[0];
        let (author, parents, message) = if how == How::Merge {
            let message = format!("Merge pull request #{pull} from acme/{branch}\n\n{}\n", first.subject);
            (by, vec![head.id, tip], message)
        } else {
            (first.who, vec![head.id], squash_message(pull, works))
        };
        let author = Stamp { who: author, seconds: at.timestamp() };
        let committer = Stamp { who: Actor::Forge, seconds: at.timestamp() };
        let tree = self.book.render(&files);
        let id = self.store.commit(&tree, &parents, author, committer, &message, Keep::Stored)?;
        self.landed(id, at, files, Some(pull), first.who == Actor::Dependabot);
        let landing = id.to_string();
        self.credit(&made.works, id, |sha| if how == How::Merge { sha.to_owned() } else { landing.clone() });
        if how == How::SquashKept {
            self.add_branch(branch, tip, Some(landing.clone()), false)?;
        }
        self.pull_request(pull, branch, made, Some((at, by, landing)), None);
        Ok(())
    }

    /// Makes a branch that never lands.
    fn leave_open(
        &mut self,
        branch: &'static str,
        pull: u32,
        fate: BranchFate,
        works: &'static [PlannedCommit],
    ) -> Result<()> {
        let made = self.work_on(branch, Some(pull), self.base_of(works)?, works, Keep::Stored)?;
        let tip = made.tip.ok_or_else(|| misplanned(branch))?;
        self.add_branch(branch, tip, None, fate == BranchFate::Open)?;
        let closed = match fate {
            BranchFate::Closed(at) => Some(instant(at)?),
            BranchFate::Open => None,
        };
        self.pull_request(pull, branch, made, None, closed);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let head = self.main.last().ok_or_else(|| misplanned("a repository without commits"))?;
        self.store.branch("main", head.id)?;
        for &landing in self.births.values() {
            self.truth.landings[landing].alive += 1;
        }
        Ok(())
    }

    /// Main at the time of the first of these commits.
    fn base_of(&self, works: &[PlannedCommit]) -> Result<Option<Point>> {
        let started = instant(works[0].at)?;
        Ok(self.main.iter().rev().find(|point| point.at < started).cloned())
    }

    /// Makes commits one after the other on top of main at some point.
    fn work_on(
        &mut self,
        branch: &'static str,
        pull: Option<u32>,
        base: Option<Point>,
        works: &'static [PlannedCommit],
        keep: Keep,
    ) -> Result<Branch> {
        let (tip, files) = base.map_or_else(|| (None, Files::new()), |point| (Some(point.id), point.files));
        let mut made = Branch { tip, files, ops: Vec::new(), works: Vec::new() };
        for work in works {
            let at = instant(work.at)?;
            let mut ops = Vec::new();
            let mut edits = Vec::new();
            for &change in work.changes {
                for op in self.book.plan(work.key, change, &made.files, &self.done, &mut self.random)? {
                    edits.extend(self.book.as_edit(&op, &made.files));
                    files::apply(&op, &mut made.files)?;
                    ops.push(op);
                }
            }
            let stamp = Stamp { who: work.who, seconds: at.timestamp() };
            let parents: Vec<ObjectId> = made.tip.into_iter().collect();
            let tree = self.book.render(&made.files);
            let id = self.store.commit(&tree, &parents, stamp, stamp, &self.message(work)?, keep)?;
            made.tip = Some(id);
            made.works.push((work, id.to_string()));
            let stat = files::stat(&ops);
            let produced = Produced { printed: id.to_string(), stored: keep == Keep::Stored, sha: None, landing: None };
            let subject = work.subject;
            self.history
                .commits
                .insert(work.key, Made { repo: self.repo, branch, pull, subject, at, edits, stat, produced });
            made.ops.extend(ops.iter().cloned());
            self.done.insert(work.key, ops);
        }
        Ok(made)
    }

    fn message(&self, work: &PlannedCommit) -> Result<String> {
        let mut message = format!("{}\n", work.subject);
        let known =
            |key: &str| self.history.commits.get(key).ok_or_else(|| misplanned(&format!("no commit {key} yet")));
        for change in work.changes {
            if let Change::Revert(of) = change {
                let landing = known(of)?.produced.landing.clone().unwrap_or_default();
                message.push_str(&format!("\nThis reverts commit {landing}.\n"));
            }
        }
        if let Some(of) = work.fixes {
            let broken = known(of)?;
            let sha = broken.produced.sha.clone().unwrap_or_default();
            message.push_str(&format!("\nFixes: {} (\"{}\")\n", sha.get(..12).unwrap_or_default(), broken.subject));
        }
        if work.co_authored {
            let separator = if work.fixes.is_some() { "" } else { "\n" };
            message.push_str(&format!("{separator}{CO_AUTHOR}\n"));
        }
        Ok(message)
    }

    /// Advances main and records what the landing changed, by the identity of lines rather than by comparing text.
    fn landed(&mut self, id: ObjectId, at: DateTime<Utc>, files: Files, pull: Option<u32>, bot: bool) {
        let before: BTreeSet<LineId> = self.main.last().map(|point| lines_of(&point.files)).unwrap_or_default();
        let after = lines_of(&files);
        let landing = self.truth.landings.len();
        let mut booked = LandingTruth {
            repository: self.repo.name(),
            sha: id.to_string(),
            landed_at: at,
            pull,
            bot,
            added: 0,
            deleted: 0,
            added_effective: 0,
            dead_in_14_days: 0,
            alive: 0,
            reverted: false,
        };
        for (path, content) in &files {
            let Content::Text(lines) = content else { continue };
            for &line in lines.iter().filter(|line| !before.contains(line)) {
                booked.added += 1;
                booked.added_effective +=
                    u64::from(!text::is_excluded(path) && text::is_effective(self.book.text(line)));
                self.births.insert(line, landing);
            }
        }
        for line in before.difference(&after) {
            booked.deleted += 1;
            if let Some(birth) = self.births.remove(line) {
                let birth = &mut self.truth.landings[birth];
                birth.dead_in_14_days += u64::from(at - birth.landed_at <= TimeDelta::days(14));
            }
        }
        self.truth.landings.push(booked);
        self.main.push(Point { at, id, files });
    }

    /// Records what the commits of a landing became on main.
    fn credit(&mut self, works: &[(&'static PlannedCommit, String)], landing: ObjectId, sha: impl Fn(&str) -> String) {
        for (work, printed) in works {
            if let Some(made) = self.history.commits.get_mut(work.key) {
                made.produced.sha = Some(sha(printed));
                made.produced.landing = Some(landing.to_string());
            }
        }
    }

    fn mark_reverted(&mut self, of: &str) {
        let landing = self.history.commits.get(of).and_then(|made| made.produced.landing.clone());
        for booked in self.truth.landings.iter_mut().filter(|booked| Some(&booked.sha) == landing.as_ref()) {
            booked.reverted = true;
        }
    }

    /// Records a branch that is not on main.
    fn add_branch(&mut self, name: &'static str, tip: ObjectId, squashed_as: Option<String>, open: bool) -> Result<()> {
        self.store.branch(name, tip)?;
        let repository = self.repo.name();
        self.truth.branches.push(BranchTruth { repository, name, tip: tip.to_string(), squashed_as, open });
        Ok(())
    }

    fn pull_request(
        &mut self,
        number: u32,
        branch: &'static str,
        made: Branch,
        landed: Option<(DateTime<Utc>, Actor, String)>,
        closed: Option<DateTime<Utc>>,
    ) {
        let (_, added, deleted) = files::stat(&made.ops);
        let (repo, works, lines) = (self.repo, made.works, (added, deleted));
        self.history.pulls.push(Pull { repo, number, branch, works, landed, closed, lines });
    }
}

const CO_AUTHOR: &str = "Co-Authored-By: Claude <noreply@anthropic.com>";

fn squash_message(pull: u32, works: &[PlannedCommit]) -> String {
    let mut message = format!("{} (#{pull})\n", works[0].subject);
    if works.len() > 1 {
        for work in works {
            message.push_str(&format!("\n* {}\n", work.subject));
        }
    }
    if works.iter().any(|work| work.co_authored) {
        message.push_str(&format!("\n{CO_AUTHOR}\n"));
    }
    message
}

fn lines_of(files: &Files) -> BTreeSet<LineId> {
    let texts = files.values().filter_map(|content| match content {
        Content::Text(lines) => Some(lines),
        Content::Binary(_) => None,
    });
    texts.flatten().copied().collect()
}

//! From what sessions wrote to what lasted: written → committed → merged → released → alive after 30 days, in lines and dollars.
//!
//! - Dollars go where the waterfall sends them, so they sum to the spend of development; lines are those of `sessions/written.rs`.
//! - What may still take the next step is too early, not lost: open work that is not idle yet, and changes younger than 30 days.
//! - Where neither tags nor deployments say what was released, that is unknown, and what was merged goes on to the next step.
//! - Work of sessions whose log has no edits has dollars and no lines.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::error::Result;
use crate::fate::{ClassSums, Fate, Place};
use crate::ledger::{GroupKey, Spent};
use crate::measure::fates::Fates;
use crate::measure::material::{Linking, Material};
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::period::HORIZON;
use crate::sessions::written::{Lines, Went};

/// What a funnel is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FunnelOf {
    /// Everything.
    All,
    /// A tool: the format of its log.
    Tool,
    /// A model.
    Model,
    /// A team.
    Team,
    /// A repository or folder.
    Repository,
}

impl FunnelOf {
    /// All of them, in the order of tables.
    pub const ALL: [Self; 5] = [Self::All, Self::Tool, Self::Model, Self::Team, Self::Repository];

    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Tool => "tool",
            Self::Model => "model",
            Self::Team => "team",
            Self::Repository => "repository",
        }
    }
}

/// What did not take a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Missed {
    /// It had its time.
    pub lost: i128,
    /// It may still take it.
    pub early: i128,
    /// Nothing says whether it did.
    pub unknown: i128,
}

/// Lines, or nano-dollars, by how far they came. Every part is in one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flow {
    /// Outside of code: questions, failed requests, off-task use. No line is.
    pub no_code: i128,
    /// Tied to no code that was read.
    pub not_traced: i128,
    /// Written and in no commit.
    pub uncommitted: Missed,
    /// Committed and not merged.
    pub unmerged: Missed,
    /// Merged and not released; `unknown` came further and is in the fields below, too.
    pub unreleased: Missed,
    /// Released, or merged where releases are unknown, and not alive after 30 days.
    pub gone: Missed,
    /// Alive after 30 days.
    pub alive: i128,
}

/// One step of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its word in machine output.
    pub word: &'static str,
    /// What took it; `None` if nothing says.
    pub reached: Option<i128>,
    /// What did not.
    pub missed: Missed,
}

impl Step {
    /// What was lost, and that with what took the step.
    #[must_use]
    pub fn lost_of(&self) -> Option<(i128, i128)> {
        let reached = self.reached?;
        Some((self.missed.lost, self.missed.lost + reached)).filter(|(_, whole)| *whole > 0)
    }
}

impl Flow {
    /// The steps, from written to alive.
    #[must_use]
    pub fn steps(&self) -> [Step; 5] {
        let left = |missed: &Missed| missed.lost + missed.early;
        let merged_on = self.alive + left(&self.gone) + self.gone.unknown;
        let released = merged_on - self.unreleased.unknown;
        let merged = merged_on + left(&self.unreleased);
        let committed = merged + left(&self.unmerged);
        let written = committed + left(&self.uncommitted);
        let is_unknown = self.unreleased.unknown != 0 && released == 0 && left(&self.unreleased) == 0;
        let step = |word, reached, missed| Step { word, reached: Some(reached), missed };
        let release = step("released", released, self.unreleased);
        [
            step("written", written, Missed::default()),
            step("committed", committed, self.uncommitted),
            step("merged", merged, self.unmerged),
            Step { reached: release.reached.filter(|_| !is_unknown), ..release },
            step("alive_30_days", self.alive, self.gone),
        ]
    }

    /// All of it.
    #[must_use]
    pub fn total(&self) -> i128 {
        self.no_code + self.not_traced + self.steps()[0].reached.unwrap_or(0)
    }

    fn add(&mut self, other: &Self) {
        self.no_code += other.no_code;
        self.not_traced += other.not_traced;
        self.alive += other.alive;
        let missed = [
            (&mut self.uncommitted, other.uncommitted),
            (&mut self.unmerged, other.unmerged),
            (&mut self.unreleased, other.unreleased),
            (&mut self.gone, other.gone),
        ];
        for (own, other) in missed {
            own.lost += other.lost;
            own.early += other.early;
            own.unknown += other.unknown;
        }
    }
}

impl Missed {
    fn of(amount: i128, is_early: bool) -> Self {
        if is_early { Self { early: amount, ..Self::default() } } else { Self { lost: amount, ..Self::default() } }
    }
}

/// The funnel of one tool, model, team or repository, or of everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunnelRow {
    /// What `name` is.
    pub of: FunnelOf,
    /// Which one; `None` is unknown, and a team that is too small to be shown.
    pub name: Option<String>,
    /// Lines that count.
    pub lines: Flow,
    /// Nano-dollars.
    pub dollars: Flow,
    /// Sessions with spend on code whose log has no edits, so that their lines are not recorded.
    pub unrecorded_sessions: u64,
    /// What they spent on code.
    pub unrecorded_cost: Money,
}

/// Whether a landing was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Release {
    Yes,
    No,
    /// Not yet, and it is young.
    Early,
    Unknown,
}

/// How far spend came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// It is in no commit, or for no code.
    Nowhere,
    /// Into open work, by the index of the link.
    Open(Option<usize>),
    Landed(Release),
}

/// What spend or lines have in common: tool, model, team and repository.
type Labels = [Option<u32>; 4];

/// The sums of some labels.
#[derive(Default)]
struct Sums {
    lines: Flow,
    dollars: Flow,
    unrecorded: HashSet<Name>,
    unrecorded_cost: Money,
}

/// The funnel; the rows of each kind sum to the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funnel {
    /// Everything first, then the rows of each kind, the most expensive first.
    pub rows: Vec<FunnelRow>,
}

impl Funnel {
    /// The funnel of a run; `None` without a repository.
    ///
    /// # Errors
    /// When the parts do not sum to the spend.
    pub fn new(material: &Material, fates: &Fates) -> Result<Option<Self>> {
        let Some(linking) = &material.links else { return Ok(None) };
        let mut labels = Labeller::new(material)?;
        let mut sums: BTreeMap<Labels, Sums> = BTreeMap::new();
        let found = fates.by_group(material, |part, groups| {
            let (stage, repository) = match part.place {
                Place::Cell(..) => (Stage::Nowhere, None),
                Place::Open(repository, _) => (Stage::Open(part.link), Some(repository)),
                Place::Landing(repository, landing) => {
                    (Stage::Landed(release(material, repository, landing)), Some(repository))
                }
            };
            let labels = labels.of(Some(part.record), repository);
            groups.push(((labels, stage), part.cost));
            let is_code = match part.place {
                Place::Cell(ruling) => matches!(ruling.fate, Fate::InFlight | Fate::Abandoned),
                Place::Landing(..) | Place::Open(..) => true,
            };
            let session = part.record.session.filter(|one| is_code && !material.written.sessions.contains(one));
            if let Some(session) = session {
                let sum = sums.entry(labels).or_default();
                sum.unrecorded.insert(session);
                sum.unrecorded_cost += part.cost;
            }
        })?;
        let mut open = HashMap::new();
        for ((labels, stage), classes) in &found {
            add_dollars(&mut sums.entry(*labels).or_default().dollars, *stage, classes);
            if let Stage::Open(Some(link)) = stage {
                let is_early = classes.cells().any(|((_, fate), _)| fate == Fate::InFlight);
                open.insert(*link, is_early);
            }
        }
        for one in &material.written.lines {
            let record = one.record.map(|at| &linking.links.records[at]);
            let (repository, flow) = flow_of_lines(material, linking, one, |link| {
                let is_idle = fates.end - one.at >= HORIZON;
                link.and_then(|link| open.get(&link).copied()).unwrap_or(!is_idle)
            });
            sums.entry(labels.of(record, repository)).or_default().lines.add(&flow);
        }
        Ok(Some(Self { rows: rows(&labels, &sums) }))
    }
}

/// Whether a landing is too young to be judged, as the waterfall says it.
fn is_young(material: &Material, repository: usize, landing: usize) -> bool {
    let history = &material.run.histories[repository];
    let landed = history.commits[landing].commit_time;
    let observed = history.observed_until.map(|observed| observed.min(material.run.as_of));
    observed.is_none_or(|observed| observed - landed < HORIZON)
}

fn release(material: &Material, repository: usize, landing: usize) -> Release {
    match material.released.get(repository).and_then(|released| released.of(landing)) {
        None => Release::Unknown,
        Some(Some(_)) => Release::Yes,
        Some(None) if is_young(material, repository, landing) => Release::Early,
        Some(None) => Release::No,
    }
}

/// Adds spend of one stage to a flow.
fn add_dollars(flow: &mut Flow, stage: Stage, classes: &ClassSums) {
    for ((_, fate), cost) in classes.cells() {
        let amount = cost.nanos();
        let missed = Missed::of(amount, fate == Fate::InFlight);
        flow.add(&match (stage, fate) {
            (Stage::Nowhere, Fate::InFlight | Fate::Abandoned) => Flow { uncommitted: missed, ..Flow::default() },
            (Stage::Nowhere, Fate::Unattributed) => Flow { not_traced: amount, ..Flow::default() },
            (Stage::Nowhere, _) => Flow { no_code: amount, ..Flow::default() },
            (Stage::Open(_), _) => Flow { unmerged: missed, ..Flow::default() },
            (Stage::Landed(release), Fate::Surviving) => {
                released(release, amount, Flow { alive: amount, ..Flow::default() })
            }
            (Stage::Landed(release), _) => released(release, amount, Flow { gone: missed, ..Flow::default() }),
        });
    }
}

/// The repository of some lines, and where they went. `is_early` says whether work that did not land is too young to be given up.
fn flow_of_lines(
    material: &Material,
    linking: &Linking,
    one: &Lines,
    is_early: impl FnOnce(Option<usize>) -> bool,
) -> (Option<usize>, Flow) {
    let amount = i128::from(one.count);
    let flow = Flow::default();
    match one.went {
        Went::Elsewhere => (None, Flow { not_traced: amount, ..flow }),
        Went::Uncommitted => (None, Flow { uncommitted: Missed::of(amount, is_early(None)), ..flow }),
        Went::Open(link) => {
            let unmerged = Missed::of(amount, is_early(Some(link)));
            (Some(linking.links.links[link].repository), Flow { unmerged, ..flow })
        }
        Went::Landed(repository, landing) => {
            let end = match one.alive.map(i128::from) {
                _ if is_young(material, repository, landing) => Flow { gone: Missed::of(amount, true), ..flow },
                None => Flow { gone: Missed { unknown: amount, ..Missed::default() }, ..flow },
                Some(alive) => Flow { alive, gone: Missed::of(amount - alive, false), ..flow },
            };
            (Some(repository), released(release(material, repository, landing), amount, end))
        }
    }
}

/// The flow of what landed: `end` is what became of it, if it was released or may have been.
fn released(release: Release, amount: i128, end: Flow) -> Flow {
    match release {
        Release::No | Release::Early => {
            Flow { unreleased: Missed::of(amount, release == Release::Early), ..Flow::default() }
        }
        Release::Yes => end,
        Release::Unknown => Flow { unreleased: Missed { unknown: amount, ..Missed::default() }, ..end },
    }
}

/// Names of tools, models, teams and repositories, as numbers.
struct Labeller<'a> {
    material: &'a Material,
    texts: Vec<String>,
    numbers: HashMap<String, u32>,
    of_names: HashMap<(FunnelOf, Name), Option<u32>>,
    repositories: Vec<u32>,
    /// The way in which logs write each model that they write in one way only.
    models: HashMap<Name, Option<Name>>,
    /// The teams that may be shown; `None` if all may.
    teams: Option<BTreeSet<String>>,
}

impl<'a> Labeller<'a> {
    fn new(material: &'a Material) -> Result<Self> {
        let teams = material.run.ledger.visible(GroupKey::Team, &material.run.period)?;
        let mut models: HashMap<Name, Option<Name>> = HashMap::new();
        for record in material.records() {
            let (Some(canonical), Some(model)) = (record.canonical_model, record.model) else { continue };
            let single = models.entry(canonical).or_insert(Some(model));
            *single = single.filter(|single| *single == model);
        }
        let (texts, numbers, of_names) = (Vec::new(), HashMap::new(), HashMap::new());
        let mut found = Self { material, texts, numbers, of_names, repositories: Vec::new(), models, teams };
        let repositories = material.run.histories.iter().map(|history| found.number(&history.name()));
        found.repositories = repositories.collect();
        Ok(found)
    }

    fn of(&mut self, record: Option<&Spent>, repository: Option<usize>) -> Labels {
        let name = |name: fn(&Spent) -> Option<Name>| record.and_then(name);
        let model = name(|one| one.canonical_model).or(name(|one| one.model));
        let model = model.map(|model| self.models.get(&model).copied().flatten().unwrap_or(model));
        let files = &self.material.run.ledger.files;
        let tool = record.and_then(|one| files.get(one.origin.file.0 as usize)?.format);
        let tool = tool.map(|tool| self.number(tool));
        let place = match repository {
            Some(repository) => Some(self.repositories[repository]),
            None => self.named(FunnelOf::Repository, name(|one| one.project)),
        };
        [tool, self.named(FunnelOf::Model, model), self.named(FunnelOf::Team, name(|one| one.team)), place]
    }

    fn named(&mut self, of: FunnelOf, name: Option<Name>) -> Option<u32> {
        let name = name?;
        if let Some(known) = self.of_names.get(&(of, name)) {
            return *known;
        }
        let text = self.material.run.ledger.names().text(name);
        let is_shown = of != FunnelOf::Team || self.teams.as_ref().is_none_or(|teams| teams.contains(text));
        let number = is_shown.then(|| self.number(text));
        self.of_names.insert((of, name), number);
        number
    }

    fn number(&mut self, text: &str) -> u32 {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), next);
        next
    }
}

/// The rows: everything, then those of each kind.
fn rows(labels: &Labeller<'_>, sums: &BTreeMap<Labels, Sums>) -> Vec<FunnelRow> {
    let mut rows = Vec::new();
    for (at, of) in FunnelOf::ALL.into_iter().enumerate() {
        let mut of_kind: BTreeMap<Option<&str>, (FunnelRow, HashSet<Name>)> = BTreeMap::new();
        for (key, sum) in sums {
            let number = at.checked_sub(1).and_then(|at| key[at]);
            let name = number.map(|number| labels.texts[number as usize].as_str());
            let (row, sessions) = of_kind.entry(name).or_insert_with(|| (FunnelRow::new(of, name), HashSet::new()));
            row.lines.add(&sum.lines);
            row.dollars.add(&sum.dollars);
            row.unrecorded_cost += sum.unrecorded_cost;
            sessions.extend(&sum.unrecorded);
        }
        let mut of_kind: Vec<FunnelRow> = of_kind
            .into_values()
            .map(|(row, sessions)| FunnelRow { unrecorded_sessions: sessions.len() as u64, ..row })
            .collect();
        of_kind.sort_by_key(|row| (row.name.is_none(), std::cmp::Reverse(row.dollars.total())));
        rows.extend(of_kind);
    }
    rows
}

impl FunnelRow {
    fn new(of: FunnelOf, name: Option<&str>) -> Self {
        Self {
            of,
            name: name.map(str::to_owned),
            lines: Flow::default(),
            dollars: Flow::default(),
            unrecorded_sessions: 0,
            unrecorded_cost: Money::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_the_one_before_it_without_what_was_lost_early_or_unknown() {
        let flow = Flow {
            no_code: 5,
            not_traced: 7,
            uncommitted: Missed { lost: 10, early: 1, unknown: 0 },
            unmerged: Missed { lost: 20, early: 2, unknown: 0 },
            unreleased: Missed { lost: 30, early: 3, unknown: 4 },
            gone: Missed { lost: 40, early: 5, unknown: 6 },
            alive: 100,
        };
        let reached = flow.steps().map(|step| step.reached);
        // 151 came to the last step, of which nothing says whether 4 were released.
        assert_eq!(reached, [Some(217), Some(206), Some(184), Some(147), Some(100)]);
        assert_eq!(flow.total(), 229);
        assert_eq!(flow.steps()[2].lost_of(), Some((20, 204)));
    }

    #[test]
    fn without_tags_and_deployments_what_was_released_is_unknown_and_not_zero() {
        let flow = Flow { unreleased: Missed { unknown: 9, ..Missed::default() }, alive: 9, ..Flow::default() };
        let steps = flow.steps();
        assert_eq!((steps[2].reached, steps[3].reached, steps[4].reached), (Some(9), None, Some(9)));
        assert_eq!(steps[3].lost_of(), None);
    }
}

//! The ledger of projects, as the document, the page and the tables show it.

use serde::Serialize;

use super::page::{Cell, Section, SectionId, Table, columns, columns_with_spare, dollars, grouped, nanos, percent};
use crate::measure::projects::{Project, State};
use crate::model::money::Money;
use crate::model::period::rfc3339;
use crate::model::quantity::Quantity;

/// Rows of the page; the document and the table have them all.
const TOP: usize = 12;

/// Columns that a narrow page leaves out.
const SPARE: [&str; 2] = ["first", "merged_usd"];

/// The projects, and how many of them stopped before a release.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ProjectsDoc {
    /// The projects, the most expensive first; they sum to the spend of development.
    pub rows: Vec<ProjectDoc>,
    /// Projects whose end is known: released, or stopped before a release.
    pub ended: u64,
    /// What they cost.
    pub ended_usd: Money,
    /// Of these, projects that stopped before a release.
    pub stopped: u64,
    /// What those cost.
    pub stopped_usd: Money,
    /// Stopped over ended; `null` if none has ended.
    pub share_stopped: Option<Quantity>,
    /// The same of dollars.
    pub share_stopped_usd: Option<Quantity>,
}

/// One project.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ProjectDoc {
    /// The repository, or the folder; `null` is unknown.
    pub repository: Option<String>,
    /// The initiative of its issues, or the first part of its branches' names; `null` is the repository's own work.
    pub name: Option<String>,
    /// Its first spend.
    pub first: String,
    /// Its last.
    pub last: String,
    /// Its spend.
    pub cost_usd: Money,
    /// Of it, what paid for merged changes.
    pub merged_usd: Money,
    /// Of that, what was released; `null` where nothing says it.
    pub released_usd: Option<Money>,
    /// `released`, `stopped_before_release`, `active` or `unknown` (nothing says whether its merged work was released).
    pub state: &'static str,
    /// Its last spend, if it had none for as long as makes open work abandoned; `null` while it is active.
    pub at_rest_since: Option<String>,
}

impl ProjectsDoc {
    /// The document.
    #[must_use]
    pub fn new(projects: &[Project]) -> Self {
        let sum = |of: &dyn Fn(State) -> bool| {
            let own = projects.iter().filter(|one| of(one.state()));
            own.fold((0, Money::ZERO), |(count, cost), one| (count + 1, cost + one.cost))
        };
        let (stopped, stopped_usd) = sum(&|state| state == State::Stopped);
        let (ended, ended_usd) = sum(&|state| matches!(state, State::Stopped | State::Released));
        Self {
            rows: projects.iter().map(ProjectDoc::from).collect(),
            ended,
            ended_usd,
            stopped,
            stopped_usd,
            share_stopped: Quantity::ratio(stopped, ended),
            share_stopped_usd: Quantity::share(stopped_usd, ended_usd),
        }
    }

    /// The table of the page; none without projects beside the repositories' own work.
    pub(super) fn section(&self) -> Option<Section> {
        self.rows.iter().find(|row| row.name.is_some())?;
        let titles = [
            ("repository", "repository"),
            ("project", "name"),
            ("first", "first"),
            ("last", "last"),
            ("cost", "cost_usd"),
            ("merged", "merged_usd"),
            ("released", "released_usd"),
            ("state", "state"),
        ];
        let day = |at: &str| Cell::text(at.get(..10).unwrap_or(at));
        let row = |row: &ProjectDoc| {
            vec![
                Cell::Text(row.repository.as_ref().map(|name| name.rsplit('/').next().unwrap_or(name).to_owned())),
                Cell::text(row.name.clone().unwrap_or_else(|| "(main branch)".to_owned())),
                day(&row.first),
                day(&row.last),
                Cell::Money(Some(row.cost_usd)),
                Cell::Money(Some(row.merged_usd)),
                row.released_usd.map_or(Cell::Number(None), |cost| Cell::Money(Some(cost))),
                Cell::text(row.state.split('_').next().unwrap_or_default()),
            ]
        };
        let (shown, hidden) = self.rows.split_at(self.rows.len().min(TOP));
        let mut rest = Vec::new();
        if !hidden.is_empty() {
            let cost: Money = hidden.iter().map(|row| row.cost_usd).sum();
            let more = grouped(hidden.len() as u64);
            rest.push(format!("and {more} more, {} together; --table projects has them all", dollars(cost)));
        }
        if self.ended > 0 {
            rest.push(format!(
                "Stopped before a release: {} of {} projects whose end is known, and {} of {} ({}).",
                grouped(self.stopped),
                grouped(self.ended),
                dollars(self.stopped_usd),
                dollars(self.ended_usd),
                percent(nanos(self.stopped_usd), nanos(self.ended_usd))
            ));
        }
        Some(Section {
            id: SectionId::Projects,
            title: "Projects".to_owned(),
            table: Table { columns: columns_with_spare(&titles, &SPARE), rows: shown.iter().map(row).collect() },
            rest: (!rest.is_empty()).then(|| rest.join("\n")),
        })
    }
}

impl From<&Project> for ProjectDoc {
    fn from(project: &Project) -> Self {
        let last = rfc3339(project.last);
        Self {
            repository: project.repository.clone(),
            name: project.name.clone(),
            first: rfc3339(project.first),
            cost_usd: project.cost,
            merged_usd: project.merged,
            released_usd: Some(project.released)
                .filter(|_| project.unknown == Money::ZERO || project.state() == State::Released),
            state: project.state().word(),
            at_rest_since: project.is_at_rest.then(|| last.clone()),
            last,
        }
    }
}

/// All projects as a table for programs.
pub(super) fn table(projects: Option<&ProjectsDoc>) -> Table {
    let names =
        ["repository", "name", "first", "last", "cost_usd", "merged_usd", "released_usd", "state", "at_rest_since"];
    let row = |row: &ProjectDoc| {
        vec![
            Cell::Text(row.repository.clone()),
            Cell::Text(row.name.clone()),
            Cell::text(row.first.clone()),
            Cell::text(row.last.clone()),
            Cell::Money(Some(row.cost_usd)),
            Cell::Money(Some(row.merged_usd)),
            Cell::Money(row.released_usd),
            Cell::text(row.state),
            Cell::Text(row.at_rest_since.clone()),
        ]
    };
    let rows = projects.iter().flat_map(|projects| &projects.rows).map(row).collect();
    Table { columns: columns(&names.map(|name| (name, name))), rows }
}

//! What all sections of the page look things up in: the document, what became of each part of the spend, and where the rows of
//! changes and sessions are.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::words::{self, Outcome};
use super::{plain, shown};
use crate::fate::Class;
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::report::Report;
use crate::report::attribution::UnitDoc;
use crate::report::document::AuditDoc;
use crate::report::ids::SectionId;
use crate::report::page::Section;
use crate::report::verdicts::VerdictDoc;

/// Changes that the page lists, and of these, those whose row opens.
pub(super) const MOST_CHANGES: usize = 150;
pub(super) const MOST_DETAILS: usize = 100;
/// Sessions that the page lists.
pub(super) const MOST_SESSIONS: usize = 150;

/// Links in one cell.
const MOST_LINKS: usize = 4;

/// An audit with what its sections look up in it.
pub(super) struct Story<'a> {
    /// The report.
    pub report: &'a Report,
    /// Its document.
    pub audit: &'a AuditDoc,
    /// What each part of the spend became, by key and value.
    became: BTreeMap<(&'a str, &'a str), BTreeMap<Outcome, Money>>,
    /// The rows of sessions, from one on.
    sessions: BTreeMap<&'a str, usize>,
    /// Merged changes and branches, the most expensive first.
    pub changes: Vec<Change<'a>>,
    /// The rows of changes that a session was spent on, of those that open.
    went_to: BTreeMap<&'a str, Vec<usize>>,
    /// Whether enough is judged for cents of a judged dollar.
    pub is_judged: bool,
}

/// A repository, and the commit or branch that money bought there.
type Bought<'a> = (&'a str, Option<&'a str>);

/// A merged change or a branch, with what its row says.
pub(super) struct Change<'a> {
    /// Its figures.
    pub unit: &'a UnitDoc,
    /// What it is called.
    pub title: String,
    /// Its repository, and its commit where the title names none.
    pub place: String,
    /// What its money became and why, the largest part first.
    pub parts: Vec<Part<'a>>,
    /// The sessions that it was spent in, the most expensive first.
    pub sessions: Vec<(&'a str, Money)>,
}

/// A part of what a change cost: what it became, its dollars, and what decided it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    /// What it became.
    pub class: Class,
    /// Its dollars.
    pub cost: Money,
    /// What decided it, in words.
    pub why: &'a str,
}

/// What is known of what money bought.
#[derive(Default)]
struct Known<'a> {
    parts: BTreeMap<Bought<'a>, Vec<Part<'a>>>,
    sessions: BTreeMap<Bought<'a>, BTreeMap<&'a str, Money>>,
}

impl<'a> Known<'a> {
    fn new(audit: &'a AuditDoc) -> Self {
        let mut known = Self::default();
        for one in &audit.verdicts {
            if let (Some(bought), Some(class)) = (bought(one), words::class(one.class)) {
                known.parts.entry(bought).or_default().push(Part { class, cost: one.cost_usd, why: &one.why });
            }
        }
        for one in &audit.session_verdicts {
            if let (Some(bought), Some(id)) = (bought(one), one.session_id.as_deref()) {
                *known.sessions.entry(bought).or_default().entry(id).or_default() += one.cost_usd;
            }
        }
        known
    }
}

/// What a verdict is about, if money bought a change or a branch.
fn bought(one: &VerdictDoc) -> Option<Bought<'_>> {
    Some((one.repo.as_deref()?, one.landing.as_deref().or(one.branch.as_deref())))
}

impl<'a> Change<'a> {
    fn new(unit: &'a UnitDoc, known: &Known<'a>) -> Self {
        let repository = words::repository(&unit.repo);
        let short = unit.landing.as_deref().map(|id| id.chars().take(10).collect::<String>());
        let (title, place) = match (unit.pull_request, &short, &unit.branch) {
            (Some(number), ..) => (unit.title.clone().unwrap_or_default(), format!("{repository}#{number}")),
            (None, Some(id), _) => (unit.title.clone().unwrap_or_default(), format!("{repository} {id}")),
            (None, None, branch) => (branch.clone().unwrap_or_else(|| "unknown".to_owned()), repository.to_owned()),
        };
        // A change without words is called by its number or commit.
        let title = if title.trim().is_empty() { place.clone() } else { title };
        let bought = (unit.repo.as_str(), unit.landing.as_deref().or(unit.branch.as_deref()));
        let mut parts = known.parts.get(&bought).cloned().unwrap_or_default();
        parts.sort_by_key(|part| std::cmp::Reverse(part.cost));
        let own = known.sessions.get(&bought).into_iter().flatten();
        let mut sessions: Vec<(&str, Money)> = own.map(|(id, cost)| (*id, *cost)).collect();
        sessions.sort_by_key(|(id, cost)| (std::cmp::Reverse(*cost), *id));
        Self { unit, title, place, parts, sessions }
    }

    /// Its number, else its branch, else its commit.
    pub(super) fn name(&self) -> String {
        let short = |id: &str| id.chars().take(10).collect::<String>();
        match (self.unit.pull_request, &self.unit.branch, &self.unit.landing) {
            (Some(number), ..) => format!("#{number}"),
            (None, Some(branch), _) => branch.clone(),
            (None, None, Some(id)) => short(id),
            (None, None, None) => "unknown".to_owned(),
        }
    }

    /// Whether any of its spend has a price.
    pub(super) fn is_priced(&self) -> bool {
        self.unit.cost_usd.is_some()
    }

    /// What it cost by recorded and matched evidence, as far as that has a price.
    pub(super) fn cost(&self) -> Money {
        self.unit.cost_usd.unwrap_or_default()
    }

    /// What most of its money became: the class, its part and the whole.
    pub(super) fn mostly(&self) -> Option<(Class, i128, i128)> {
        let whole = self.parts.iter().map(|part| part.cost.nanos()).sum();
        self.parts.first().map(|part| (part.class, part.cost.nanos(), whole))
    }

    /// The same in words.
    pub(super) fn became(&self) -> String {
        self.mostly()
            .map_or_else(String::new, |(class, part, whole)| words::mostly(words::class_became(class), part, whole))
    }
}

impl<'a> Story<'a> {
    /// The story of an audit.
    pub(super) fn new(report: &'a Report, audit: &'a AuditDoc) -> Self {
        let rows = audit.spend_by.get("session").map_or(&[][..], Vec::as_slice);
        let ids = rows.iter().take(MOST_SESSIONS).filter_map(|row| row.key.values().next()?.as_deref());
        let sessions = ids.zip(1..).collect();
        let units = audit.units.as_deref().unwrap_or_default();
        let known = Known::new(audit);
        let changes: Vec<Change<'a>> = units.iter().map(|unit| Change::new(unit, &known)).collect();
        let mut went_to: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (change, number) in changes.iter().zip(1..=MOST_DETAILS) {
            change.sessions.iter().for_each(|(id, _)| went_to.entry(id).or_default().push(number));
        }
        let mut became: BTreeMap<(&str, &str), BTreeMap<Outcome, Money>> = BTreeMap::new();
        for one in &audit.fates.by {
            let Some(class) = words::class(one.class) else { continue };
            let key = (one.by, one.key.as_deref().unwrap_or_default());
            *became.entry(key).or_default().entry(Outcome::of(class)).or_default() += one.cost_usd;
        }
        let is_judged = audit.headline.variant == "judged";
        Self { report, audit, became, sessions, changes, went_to, is_judged }
    }

    /// What the spend of a value of a key became.
    pub(super) fn became(&self, key: &str, value: &str) -> Vec<(Outcome, Money)> {
        let found = self.became.get(&(key, value));
        found.into_iter().flatten().map(|(outcome, cost)| (*outcome, *cost)).collect()
    }

    /// A session, as a link where its row is on the page.
    pub(super) fn session(&self, id: &str) -> Markup {
        let short = words::short_id(id);
        html! {
            @match self.sessions.get(id) {
                Some(number) => a href={ "#s" (number) } { (short) },
                None => code { (short) },
            }
        }
    }

    /// The changes that a session was spent on, as links to their rows.
    pub(super) fn went_to(&self, id: &str) -> Markup {
        let numbers = self.went_to.get(id).map_or(&[][..], Vec::as_slice);
        html! {
            @if numbers.is_empty() { "–" }
            @for (at, number) in numbers.iter().take(MOST_LINKS).enumerate() {
                @if at > 0 { ", " }
                a href={ "#u" (number) "d" } { (shown(&self.changes[number - 1].name())) }
            }
            @if numbers.len() > MOST_LINKS { ", …" }
        }
    }

    /// The repositories and the period.
    pub(super) fn scope(&self) -> String {
        let names: Vec<&str> = self.audit.repos.iter().map(|repo| words::repository(&repo.repo)).collect();
        let (from, to) = (self.audit.window.from.as_deref(), self.audit.window.to.as_deref());
        let period = words::period(from.and_then(words::day), to.and_then(words::day));
        let period = format!("{period} ({})", self.audit.window.tz);
        if names.is_empty() { period } else { format!("{} · {period}", names.join(", ")) }
    }

    /// The dollars of an outcome.
    pub(super) fn of_outcome(&self, outcome: Outcome) -> Money {
        let own = self.audit.waterfall.iter().filter(|one| words::class(one.class).map(Outcome::of) == Some(outcome));
        own.map(|one| one.cost_usd).sum()
    }

    /// What lasted, was part of the job, and was rework, in cents of a judged dollar that sum to 100.
    pub(super) fn cents(&self) -> [u64; 3] {
        self.audit.headline.cents.unwrap_or_default()
    }

    /// A metric, where it is known.
    pub(super) fn metric(&self, id: &str) -> Option<Quantity> {
        self.audit.metrics.iter().find(|one| one.id == id).and_then(|one| one.value)
    }

    /// What the spend is priced by.
    pub(super) fn basis(&self) -> String {
        let totals = &self.audit.totals.fields;
        match (totals.cost_usd, totals.billed_cost_usd) {
            (None, _) => "no usage has a price".to_owned(),
            (Some(_), None) => "at list prices".to_owned(),
            (Some(cost), Some(billed)) if cost <= billed => "as invoiced".to_owned(),
            (Some(cost), Some(billed)) => format!(
                "{} as invoiced and {} at list prices",
                words::prose_dollars(billed),
                words::prose_dollars(cost - billed)
            ),
        }
    }

    /// What is likely to be saved, at least and at most.
    pub(super) fn likely_savings(&self) -> (Money, Money) {
        let likely = self.audit.findings.iter().filter(|one| one.confidence == "likely");
        likely.fold((Money::ZERO, Money::ZERO), |(a, b), one| (a + one.save_least_usd, b + one.save_most_usd))
    }

    /// What the spend of every value of a key became.
    pub(super) fn all_became(&self, key: &str) -> impl Iterator<Item = (&'a str, &BTreeMap<Outcome, Money>)> {
        self.became.iter().filter(move |((own, _), _)| *own == key).map(|((_, value), parts)| (*value, parts))
    }

    /// The tables that belong to a section and that its own pictures and tables do not show.
    pub(super) fn more(&self, belongs: impl Fn(SectionId) -> bool) -> Markup {
        let own: Vec<&Section> = self.report.page.sections.iter().filter(|one| belongs(one.id)).collect();
        html! { @for section in own { (plain::section(section)) } }
    }
}

//! The report of `history`: mainlines, the lives of their lines, who assisted.

mod doc;
mod page;

use self::page::{facts, flat_table, mainline_table, sections};
use super::Report;
use super::document::{Body, Document, HistoryDoc, RepoDoc};
use super::page::{Note, Page, Section, SectionId, notes, open_period};
use crate::diagnostics::{Diagnostics, Severity};
use crate::history::History;
use crate::ledger::Rules;
use crate::measure::mainline::Mainline;
use crate::model::period::Period;
use crate::model::privacy::MIN_PEOPLE_QUALITY;

/// The report of `history`.
#[must_use]
pub fn history(histories: &[History], period: &Period, rules: &Rules, found: Diagnostics) -> Report {
    let mainlines: Vec<Mainline> = histories.iter().map(|one| Mainline::new(one, period, rules)).collect();
    let diagnostics = found.into_sorted();
    let mut repos = Vec::new();
    let mut page = Page { title: format!("History   {}", open_period(period)), ..Page::default() };
    for (history, mainline) in histories.iter().zip(&mainlines) {
        let repo = RepoDoc::new(history, mainline);
        page.facts.extend(facts(&repo, mainline));
        let prefix = if histories.len() > 1 { format!("{}: ", repo.repo) } else { String::new() };
        page.sections.extend(sections(&repo, &prefix));
        repos.push(repo);
    }
    let table = flat_table(&repos);
    let (id, title) = (SectionId::Mainlines, "Main branches".to_owned());
    page.sections.insert(0, Section { id, title, table: mainline_table(&repos), rest: None });
    page.notes = notes(&diagnostics);
    if repos.iter().any(|repo| repo.by_team.as_ref().is_some_and(Vec::is_empty)) {
        let text = format!("No team of the configuration has enough people to be shown: {MIN_PEOPLE_QUALITY}.");
        page.notes.push(Note { severity: Severity::Note, text });
    }
    let document = Document::new("tokaudit/history", period, &[], Body::History(HistoryDoc { repos }), diagnostics);
    Report { document, story: None, page, table, pivot: None }
}

//! Whether code lasts: curves of new lines that stay, with their bands, and how many were replaced soon by folder.

use maud::{Markup, html};

use super::curves::{self, Curve};
use super::draw::cell_bar;
use super::story::Story;
use super::table::{self, Head, Listing};
use super::words;
use crate::model::quantity::Quantity;
use crate::report::document::{ChurnDoc, LineGroupDoc};
use crate::report::ids::SectionId;
use crate::report::page::grouped;

/// Folders that the page lists.
const MOST_FOLDERS: usize = 50;
/// Days that replaced lines are counted in.
const SOON: u32 = 14;
/// A share of fewer lines is shown in grey, and of fewer still not at all.
const ENOUGH_LINES: u64 = 200;
const FEWEST_LINES: u64 = 20;

/// Lines of one kind: what the table says of them.
#[derive(Debug, Clone)]
pub(super) struct Cohort {
    /// Its name.
    pub title: &'static str,
    /// New lines, and the changes that brought them.
    pub lines: u64,
    /// See `lines`.
    pub changes: u64,
    /// After 14 and 30 days: the share that is still there, and its range.
    pub after: [(Option<String>, Option<String>); 2],
    /// Lines watched for 30 days.
    pub watched: u64,
}

/// Everything that the section draws.
#[derive(Debug, Clone, Default)]
pub(super) struct View<'a> {
    /// The curves.
    pub curves: Vec<Curve<'a>>,
    /// The last day of the axis.
    pub last: u32,
    /// The rows of the table.
    pub cohorts: Vec<Cohort>,
}

/// Whether a table of the report is shown here beside those of its own.
pub(super) fn is_own(id: SectionId) -> bool {
    matches!(id, SectionId::Funnel | SectionId::FunnelParts)
}

/// The pictures and tables of the section.
pub(super) fn body(story: &Story<'_>, view: &View<'_>) -> Markup {
    html! {
        div.main { @if view.curves.is_empty() {
            p.fn { "Too few lines could be watched for 14 days to draw how long they last." }
        } @else { (survival(view)) } }
        div.full { (folders(story)) (story.more(is_own)) }
    }
}

fn survival(view: &View<'_>) -> Markup {
    let columns: [Head; 6] = [
        ("Lines", ""),
        ("New lines", "n w"),
        ("Changes", "n w"),
        ("After 14 days", "n"),
        ("After 30 days", "n"),
        ("Watched 30 days", "n w"),
    ];
    let spoken: Vec<String> = view.curves.iter().map(|one| format!("{} {}", one.title, one.last)).collect();
    let label = format!("Share of new lines still there after {} days: {}", view.last, spoken.join(", "));
    let floor = curves::floor(&view.curves) / 10_000;
    html! {
        figure {
            h3 { "Share of new lines still there, by days since the merge" }
            (curves::chart(&view.curves, (30, view.last), &label))
            figcaption {
                "Bands are 95% ranges that count a merged change, not a line, as one observation; none below 20 changes. The axis starts at "
                (floor) "%. Moved lines count as the same line; generated, vendored and lock files are left out."
            }
            (table::numbers("Share of new lines still there, with 95% ranges where 20 changes or more", &columns, &html! {
                @for one in &view.cohorts { tr {
                    th scope="row" { (one.title) } td.n.w { (grouped(one.lines)) } td.n.w { (grouped(one.changes)) }
                    @for (share, range) in &one.after {
                        td.n { (share.as_deref().unwrap_or("–")) @if let Some(range) = range { " " small { (range) } } }
                    }
                    td.n.w { (grouped(one.watched)) }
                } }
            }))
        }
    }
}

/// New lines by folder, the largest first.
fn folders(story: &Story<'_>) -> Markup {
    let columns: [Head; 5] =
        [("Folder", ""), ("New lines", "n"), ("", "g w"), ("Replaced in 14 days", "n"), ("Old enough to tell", "n w")];
    let of_repo = |repo: &'_ crate::report::document::RepoDoc| -> Vec<(String, String, u64, Option<(u64, u64)>)> {
        let place = words::repository(&repo.repo).to_owned();
        let folder = |group: &LineGroupDoc| {
            let name = if group.key.is_empty() || group.key == "." { "top folder" } else { &group.key };
            (name.to_owned(), place.clone(), group.merged_lines, soon(&group.churn))
        };
        repo.by_path.iter().filter(|group| group.merged_lines > 0).map(folder).collect()
    };
    let mut all: Vec<_> = story.audit.repos.iter().flat_map(of_repo).collect();
    all.sort_by_key(|(.., lines, _)| std::cmp::Reverse(*lines));
    let largest = all.first().map_or(1, |(.., lines, _)| i128::from(*lines));
    let (seen, rest) = table::cut(&all, MOST_FOLDERS);
    let row = |(name, place, lines, told): &(String, String, u64, Option<(u64, u64)>)| {
        let (dead, born) = told.unwrap_or_default();
        let share = Quantity::ratio(dead, born).filter(|_| born >= FEWEST_LINES);
        html! {
            tr.r {
                (table::name(name, Some(place)))
                td data-v=(lines) { (grouped(*lines)) }
                td { (cell_bar([("f-acc", i128::from(*lines))], largest)) }
                @match share {
                    Some(share) => td class=[(born < ENOUGH_LINES).then_some("few")] data-v=(share.as_f64()) { (table::percent(share)) },
                    None => td.few data-v="" { "–" },
                }
                (table::count(Some(born)))
            }
        }
    };
    let more = || {
        let lines: u64 = rest.iter().map(|(.., lines, _)| *lines).sum();
        html! {
            tr.sum {
                th scope="row" { (grouped(rest.len() as u64)) " more folders" small { "in the JSON, by_path of each repository" } }
                td data-v=(lines) { (grouped(lines)) } td {} td {} td {}
            }
        }
    };
    html! {
        @if !all.is_empty() {
            (Listing {
                id: "folders",
                noun: "folders",
                title: "New lines by folder, and how many were replaced within 14 days",
                columns: &columns,
                controls: html! {},
                key: html! {},
                rows: seen.iter().map(row).collect(),
                rest: (!rest.is_empty()).then(more),
                opens: false,
            }.markup())
        }
    }
}

/// Lines gone within two weeks, of those old enough to tell.
fn soon(churn: &[ChurnDoc]) -> Option<(u64, u64)> {
    churn.iter().find(|one| one.days == SOON).map(|one| (one.dead, one.born))
}

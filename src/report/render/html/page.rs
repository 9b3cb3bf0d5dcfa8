//! The page of an audit: the answers first, then a section for each question.

use maud::{Markup, html};

use super::story::Story;
use super::{Content, became, changes, defs, hero, lasting, plain, said, savings, shown, spend, sure, trend};
use crate::report::Report;
use crate::report::document::AuditDoc;
use crate::report::page::dollars;

/// A section: its anchor, its name in the bar of links, and its question.
struct Part {
    id: &'static str,
    name: &'static str,
    question: &'static str,
}

const FLOW: Part = Part { id: "flow", name: "Outcome", question: "What did it become?" };
const TREND: Part = Part { id: "trend", name: "Trend", question: "Is it getting better?" };
const SAVINGS: Part = Part { id: "savings", name: "Savings", question: "What should we do?" };
const CHANGES: Part = Part { id: "changes", name: "Changes", question: "Which work cost most?" };
const LASTING: Part = Part { id: "lasting", name: "Lasting", question: "Does the code last?" };
const SPEND: Part = Part { id: "spend", name: "Spend", question: "Where is it spent?" };
const SURE: Part = Part { id: "sure", name: "Confidence", question: "How sure are we?" };
const DEFS: Part = Part { id: "defs", name: "Definitions", question: "What do the words mean?" };
const PARTS: [&Part; 8] = [&FLOW, &TREND, &SAVINGS, &CHANGES, &LASTING, &SPEND, &SURE, &DEFS];

/// What stands beside the pictures of a section.
pub(super) struct Side {
    /// The answer, as a sentence.
    pub heading: String,
    /// Up to three short paragraphs.
    pub lines: Vec<String>,
    /// How to read the pictures, a paragraph each.
    pub how: &'static [&'static str],
}

/// The page.
pub(super) fn page(report: &Report, audit: &AuditDoc) -> Content {
    let story = Story::new(report, audit);
    let scope = story.scope();
    let words = said::first_screen(&story);
    let weeks = story.weeks();
    let lasting = story.lasting();
    let sums: Vec<i128> = weeks.weeks.iter().map(|week| week.parts.iter().map(|cost| cost.nanos()).sum()).collect();
    let points: &[_] = weeks.measures.first().map_or(&[], |measure| &measure.points);
    let definitions = Side {
        heading: "Definitions".to_owned(),
        lines: vec!["One meaning per word, the same in every report.".to_owned()],
        how: &[],
    };
    let body = html! {
        header.mast { p.wm { "tokaudit " span { "AI spend report" } } p.sc { (shown(&scope)) } }
        nav aria-label="Sections" { @for part in PARTS { a href={ "#" (part.id) } { (part.name) } } }
        main id="main" {
            (hero::section(&story, &words, &sums, points))
            section.flowsec id=(FLOW.id) aria-labelledby="flow-h" {
                p.q { (FLOW.question) }
                h2 id="flow-h" { "Where the " (dollars(audit.fates.total_usd)) " went" }
                (became::body(&story))
            }
            (part(&TREND, &said::trend(&story), &trend::body(&story, &weeks)))
            (part(&SAVINGS, &said::savings(&story), &savings::body(&story)))
            (part(&CHANGES, &said::changes(&story), &changes::body(&story)))
            (part(&LASTING, &said::lasting(&story), &lasting::body(&story, &lasting)))
            (part(&SPEND, &said::spend(&story), &spend::body(&story)))
            (part(&SURE, &said::sure(&story), &sure::body(&story)))
            (part(&DEFS, &definitions, &defs::body(&story)))
        }
        (plain::footer(report))
    };
    Content {
        description: words.heading.clone(),
        title: format!("AI spend report, {}", scope.replace(" · ", ", ")),
        body,
    }
}

/// A section with its question, its answer and its pictures.
fn part(part: &Part, side: &Side, body: &Markup) -> Markup {
    let heading = format!("{}-h", part.id);
    html! {
        section id=(part.id) aria-labelledby=(heading) {
            div.side {
                p.q { (part.question) }
                h2 id=(heading) { (shown(&side.heading)) }
                @for line in &side.lines { p { (shown(line)) } }
                @if !side.how.is_empty() {
                    details.how { summary { "How to read this" } @for line in side.how { p { (line) } } }
                }
            }
            (body)
        }
    }
}

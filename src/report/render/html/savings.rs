//! What to do: savings ranked on one scale of dollars, who has to act, and where each was found.

use maud::{Markup, html};

use super::bars::{self, Saving};
use super::story::Story;
use super::{shown, table, words};
use crate::model::quantity::Quantity;
use crate::report::findings::{ExampleDoc, FindingDoc};
use crate::report::page::{dollars, many};

/// The list, with its scale above it.
pub(super) fn body(story: &Story<'_>) -> Markup {
    let findings = &story.audit.findings;
    let all: Vec<Saving> = findings.iter().map(measured).collect();
    let end = bars::savings_end(&all);
    html! {
        div.main {
            @if findings.is_empty() {
                p.fn { "Nothing that could be saved was found, or what sessions did was not read." }
            } @else {
                div.savx aria-hidden="true" { div.sb { (bars::savings_axis(end, words::axis_dollars)) } }
                ol.sav { @for (finding, saving) in findings.iter().zip(&all) { (item(story, finding, *saving, end)) } }
            }
        }
    }
}

fn measured(finding: &FindingDoc) -> Saving {
    Saving {
        from: finding.save_least_usd.nanos(),
        to: finding.save_most_usd.nanos(),
        of: finding.cost_usd.nanos(),
        is_likely: finding.confidence == "likely",
    }
}

/// One saving: what to do and how much, and below it why and where.
fn item(story: &Story<'_>, finding: &FindingDoc, saving: Saving, end: i128) -> Markup {
    let (least, most) = (dollars(finding.save_least_usd), dollars(finding.save_most_usd));
    let of = dollars(finding.cost_usd);
    let label = match finding.confidence {
        "likely" => format!("{}: {least} to {most} of the {of} that it concerns", finding.name),
        "upper_bound" => format!("{}: up to {most} of the {of} that it concerns", finding.name),
        _ => format!("{}: it concerns {of}", finding.name),
    };
    let (amount, sure) = match finding.confidence {
        "likely" => (format!("{least} – {most}"), "likely"),
        "upper_bound" => (format!("up to {most}"), "a ceiling"),
        _ => (of.clone(), "no claim"),
    };
    let share = Quantity::share(finding.save_most_usd, story.audit.fates.total_usd);
    html! {
        li { details {
            summary {
                div.sn { h3 { (finding.advice) } p { b { (words::upper_first(finding.who)) } ": " (finding.action) "." } }
                div.sb { (bars::saving(saving, end, &label)) }
                div.sv2 {
                    b { (amount) }
                    span { (sure) @if let Some(share) = share.filter(|_| sure != "no claim") { " · " (table::percent(share)) " of spend" } }
                }
            }
            div.bd {
                p {
                    (finding.name) ". Seen in " (many(finding.requests, "request")) " of " (many(finding.sessions, "session")) ", which cost " (of) ". "
                    (meaning(finding.confidence))
                }
                ul { @for one in &finding.examples { (example(story, one)) } }
                @if finding.sessions > finding.examples.len() as u64 { p.mut { "The most expensive ones." } }
            }
        } }
    }
}

/// How sure a saving is, as a sentence.
fn meaning(confidence: &str) -> &'static str {
    match confidence {
        "likely" => "Measured on your logs; the range is how much of it a change of habit usually recovers.",
        "upper_bound" => "A ceiling: the real saving may be zero.",
        _ => "Worth a look, and no saving by itself.",
    }
}

fn example(story: &Story<'_>, one: &ExampleDoc) -> Markup {
    let at = words::instant(&one.from);
    html! {
        li {
            (dollars(one.cost_usd)) " in " (many(one.requests as u64, "request")) " · " (shown(&at)) " · session "
            (story.session(&one.session))
        }
    }
}

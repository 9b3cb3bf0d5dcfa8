//! The first screen: one sentence, and five answers, each with a small picture and a way to its section.

use maud::{Markup, html};

use super::bars;
use super::columns::{self, Point};
use super::story::Story;
use super::words::Outcome;
use super::{plain, shown, sure};
use crate::model::money::Money;

/// What the first screen says.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    /// The sentence.
    pub heading: String,
    /// What qualifies it.
    pub below: String,
    /// A figure and its text for each question, in the order of the page.
    pub answers: [(String, String); 5],
}

/// The questions, and the sections that answer them.
const QUESTIONS: [(&str, &str); 5] = [
    ("What did we spend?", "#trend"),
    ("What did it become?", "#flow"),
    ("Is it getting better?", "#trend"),
    ("What should we do?", "#savings"),
    ("How sure are we?", "#sure"),
];

/// The first screen. `weeks` are sums of spend, `points` the measure of the third answer.
pub(super) fn section(story: &Story<'_>, words: &Words, weeks: &[i128], points: &[Point]) -> Markup {
    let pictures = [columns::spark(weeks), became(story), columns::two_months(points), savings(story), evidence(story)];
    html! {
        section.hero aria-labelledby="h1" {
            h1 id="h1" { (emphasised(&words.heading)) }
            @if !words.below.is_empty() { p.sub { (shown(&words.below)) } }
            (plain::alarms(story.report))
            ul.answers {
                @for (((question, href), (figure, text)), picture) in QUESTIONS.iter().zip(&words.answers).zip(pictures) {
                    li { a href=(href) {
                        h2 { (question) }
                        p.fig { (shown(figure)) }
                        (picture)
                        p.tx { (shown(text)) }
                    } }
                }
            }
        }
    }
}

/// A sentence with its cents in the colours of what lasted and of what did not.
fn emphasised(sentence: &str) -> Markup {
    let sentence = shown(sentence);
    let mut classes = ["t-lasted", "t-avoid"].into_iter();
    let words = sentence.split_inclusive(' ').map(|word| {
        let figure = word.trim_end();
        let class = figure.ends_with('¢').then(|| classes.next()).flatten();
        html! { @match class { Some(class) => { em class=(class) { (figure) } " " }, None => (word) } }
    });
    html! { @for word in words { (word) } }
}

/// What the judged dollars became, or all of them where too few are judged.
fn became(story: &Story<'_>) -> Markup {
    let outcomes = Outcome::ALL.into_iter().filter(|one| story.is_judged || one.is_judged());
    let parts: Vec<(&str, i128)> = outcomes.map(|one| (one.fill(), story.of_outcome(one).nanos())).collect();
    bars::small(&parts)
}

fn savings(story: &Story<'_>) -> Markup {
    let sum = |confidence: &str, of: fn(&crate::report::findings::FindingDoc) -> Money| -> i128 {
        let own = story.audit.findings.iter().filter(|one| one.confidence == confidence);
        own.map(|one| of(one).nanos()).sum()
    };
    let likely = (sum("likely", |one| one.save_least_usd), sum("likely", |one| one.save_most_usd));
    bars::small_savings(likely, sum("upper_bound", |one| one.save_most_usd))
}

fn evidence(story: &Story<'_>) -> Markup {
    let coverage = story.audit.coverage.as_ref();
    let parts: Vec<(&str, i128)> = coverage.map_or_else(Vec::new, |coverage| {
        let tiers = coverage.tiers.iter().map(|part| (sure::kind(part.key).0, part.cost_usd.nanos()));
        let unlinked = coverage.unlinked.iter().map(|part| part.cost_usd.nanos()).sum();
        tiers.chain([(sure::NO_LINK.0, unlinked)]).collect()
    });
    bars::small(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cents_of_the_sentence_are_coloured_and_nothing_else_is() {
        let said =
            emphasised("Of each dollar old enough to judge, 42¢ became code that lasted and 27¢ went into rework.");
        let said = said.into_string();
        assert!(
            said.contains("<em class=\"t-lasted\">42¢</em> became") && said.contains("<em class=\"t-avoid\">27¢</em>"),
            "{said}"
        );
        assert_eq!(emphasised("$5 was <b>spent</b>.").into_string(), "$5 was &lt;b&gt;spent&lt;/b&gt;.");
    }
}

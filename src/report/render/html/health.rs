//! The health of the data: what is fine, what more input would tell, and what is wrong.

use maud::{Markup, html};

use super::shown;
use super::story::Story;
use crate::model::money::Money;
use crate::report::page::{dollars, grouped, many, percent};

/// How a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fine,
    /// More input would tell more.
    More,
    /// For information.
    Note,
    Problem,
}

impl State {
    /// Its class, its mark, and the mark in words.
    fn mark(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Fine => ("hl-ok", "✓", "fine"),
            Self::More => ("hl-todo", "＋", "would tell more"),
            Self::Note => ("hl-note", "·", "for information"),
            Self::Problem => ("hl-bad", "!", "a problem"),
        }
    }
}

/// One thing that figures rest on.
struct Row {
    state: State,
    title: &'static str,
    value: String,
    advice: Option<String>,
}

impl Row {
    fn new(state: State, title: &'static str, value: impl Into<String>) -> Self {
        Self { state, title, value: value.into(), advice: None }
    }

    fn advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// The table.
pub(super) fn table(story: &Story<'_>) -> Markup {
    let rows: Vec<Row> = [money(story), tokens(story), company(story), history(story)].into_iter().flatten().collect();
    html! {
        div.tw { table.health {
            caption { "Health of the data " small { "✓ fine, + more input would tell more, ! a problem" } }
            tbody { @for row in &rows {
                @let (class, mark, words) = row.state.mark();
                tr class=(class) {
                    td.mk { span aria-hidden="true" { (mark) } span.vh { (words) } }
                    th scope="row" { (row.title) }
                    td { (shown(&row.value)) @if let Some(advice) = &row.advice { small { (shown(advice)) } } }
                }
            } }
        } }
    }
}

/// What dollars rest on.
fn money(story: &Story<'_>) -> Vec<Row> {
    let totals = &story.audit.totals.fields;
    let invoice = match totals.billed_cost_usd {
        None => Row::new(State::More, "Compared with an invoice", "no invoice was read")
            .advice("Add the vendor’s bill to the inputs; until then dollars are list prices, not what you paid."),
        Some(billed) if totals.unreconciled_usd == Money::ZERO => {
            Row::new(State::Fine, "Compared with an invoice", format!("{} as invoiced", dollars(billed)))
        }
        Some(billed) => Row::new(State::Note, "Compared with an invoice", format!("{} as invoiced", dollars(billed)))
            .advice(format!("{} of it is explained by no log.", dollars(totals.unreconciled_usd))),
    };
    vec![Row::new(State::Fine, "Sums reconcile", "yes, to a billionth of a dollar"), invoice]
}

/// What tokens rest on.
fn tokens(story: &Story<'_>) -> Vec<Row> {
    let totals = &story.audit.totals.fields;
    let metric = |id: &str| story.audit.metrics.iter().find(|metric| metric.id == id).and_then(|metric| metric.value);
    let price = match (totals.unpriced_records, metric("price-coverage")) {
        (0, _) => Row::new(State::Fine, "Tokens with a price", "all of them"),
        (some, share) => {
            let value = share.map_or_else(|| "not all of them".to_owned(), super::table::percent);
            let verb = if some == 1 { "costs something and is" } else { "cost something and are" };
            Row::new(State::More, "Tokens with a price", value).advice(format!(
                "{} without a price {verb} in no dollar figure. Give the price with --prices.",
                many(some, "request")
            ))
        }
    };
    let doubt = &totals.output_in_doubt;
    let output = if doubt.records == 0 {
        Row::new(State::Fine, "Output tokens recorded in full", "yes")
    } else {
        let state = if doubt.records * 50 >= totals.records { State::Problem } else { State::Note };
        Row::new(
            state,
            "Output tokens recorded in full",
            format!("all but {} of requests", percent(doubt.records, totals.records)),
        )
        .advice(format!(
            "Their logs hold a placeholder. Judging by the text they would add about {}, which is not in the spend.",
            dollars(doubt.estimated_extra_usd)
        ))
    };
    vec![price, output]
}

/// What a company's own exports add.
fn company(story: &Story<'_>) -> Vec<Row> {
    let audit = story.audit;
    let reviews = audit.pull_requests.as_ref().and_then(|all| all.reviews.as_ref());
    let reviews = match reviews {
        Some(_) => Row::new(State::Fine, "Reviews of pull requests", "read"),
        None => Row::new(State::More, "Reviews of pull requests", "none were read")
            .advice("Add --pull-requests FILE for waiting times, approvals and what answering reviews cost."),
    };
    let off_task = match &audit.off_task {
        Some(_) => Row::new(State::Fine, "Off-task prompts", "looked for"),
        None => Row::new(State::Note, "Off-task prompts", "not looked for")
            .advice("--off-task reads prompts; their text never leaves memory."),
    };
    let budgets = audit.burn.as_ref().map_or(0, |burn| burn.budgets.len());
    let budget = match budgets {
        0 => Row::new(State::More, "Budget", "none is set")
            .advice("Add [budget] to tokaudit.toml to see how far it lasts."),
        some => Row::new(State::Fine, "Budget", many(some as u64, "budget")),
    };
    let outcomes = match &audit.outcomes {
        None => Row::new(State::Note, "Issues or business outcomes", "none were read")
            .advice("Add --outcomes FILE for the cost per closed issue or outcome."),
        Some(found) => {
            let count = found.rows.iter().map(|row| row.issues + row.counted).sum();
            Row::new(State::Fine, "Issues or business outcomes", grouped(count))
        }
    };
    vec![reviews, off_task, budget, outcomes]
}

/// What is known of code.
fn history(story: &Story<'_>) -> Vec<Row> {
    let repos = &story.audit.repos;
    let row = if repos.is_empty() {
        Row::new(State::More, "Git history", "no repository was read")
            .advice("Add --repo PATH: without it nothing shows what the money became.")
    } else if repos.iter().any(|repo| repo.shallow) {
        Row::new(State::Problem, "Git history", "cut off").advice("Run git fetch --unshallow before the report.")
    } else {
        Row::new(State::Fine, "Git history", "complete")
    };
    vec![row]
}

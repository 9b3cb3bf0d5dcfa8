//! The sentences of the page: the one that heads it, its five answers, and what stands beside the pictures of each section.

use super::hero;
use super::story::Story;
use super::words::{self, Outcome};
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::report::page::{dollars, grouped, many};

/// What stands beside the pictures of a section.
pub(super) struct Side {
    /// The answer, as a sentence.
    pub heading: String,
    /// Up to three short paragraphs.
    pub lines: Vec<String>,
    /// How to read the pictures, a paragraph each.
    pub how: &'static [&'static str],
}

/// What the first screen says.
pub(super) fn first_screen(story: &Story<'_>) -> hero::Words {
    let said = story.report.story.as_ref();
    hero::Words {
        heading: said.map(|said| said.heading.clone()).unwrap_or_default(),
        below: said.map(|said| said.below.clone()).unwrap_or_default(),
        answers: answers(story),
    }
}

fn answers(story: &Story<'_>) -> [(String, String); 5] {
    let audit = story.audit;
    let total = audit.fates.total_usd;
    let [lasted, job, avoid] = story.cents();
    let open = words::of(total - audit.fates.settled_usd, total);
    let became = if story.is_judged {
        (
            format!("{lasted}¢ of $1 lasted"),
            format!("{job}¢ was part of the job, {avoid}¢ rework and dead ends. {open} of spend is not judged yet."),
        )
    } else {
        let lasted = words::prose_dollars(story.of_outcome(Outcome::Lasted));
        (format!("{lasted} lasted"), format!("{open} of spend is not judged yet."))
    };
    let (least, most) = story.likely_savings();
    let save = if most > Money::ZERO {
        let first = audit.findings.iter().find(|one| one.confidence == "likely").map_or("", |one| one.advice);
        let (lo, hi) = (words::of(least, total), words::of(most, total));
        let text = format!("{lo} to {hi} of spend is likely savings. First: {}.", words::lower_first(first));
        (format!("Save {}–{}", dollars(least), dollars(most)), text)
    } else {
        ("Nothing to save found".to_owned(), String::new())
    };
    let traced = audit.coverage.as_ref().and_then(|coverage| coverage.share);
    let sure = match traced {
        Some(share) => (
            format!("{} traced", words::whole_percent(share)),
            "of spend is tied to code by recorded or matched evidence.".to_owned(),
        ),
        None => ("Not traced".to_owned(), "No repository was read, or its history is cut off.".to_owned()),
    };
    [(words::prose_dollars(total), spent_text(story)), became, better(story), save, sure]
}

/// Whether it gets better, with the measure that it rests on as a sentence.
fn better(story: &Story<'_>) -> (String, String) {
    let Some(said) = &story.report.story else { return Default::default() };
    let (head, text) = &said.better;
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    (head.clone(), format!("{first}{}.", letters.as_str()))
}

/// The basis of the spend, its sessions, and the month so far.
fn spent_text(story: &Story<'_>) -> String {
    let sessions = many(story.audit.totals.fields.sessions, "session");
    let mut text = format!("{}, {sessions}.", words::upper_first(&story.basis()));
    let burn = story.audit.burn.as_ref().filter(|burn| burn.until < burn.forecast.until);
    if let Some(forecast) = burn.map(|burn| &burn.forecast) {
        let (month, spent) = (forecast.until.format("%B"), words::prose_dollars(forecast.spent_usd));
        text += &format!(" {month}: {spent} so far, about {} by its end.", words::prose_dollars(forecast.p50_usd));
    }
    text
}

/// What stands beside the weeks.
pub(super) fn trend() -> Side {
    Side {
        heading: "Spend by week, and what it became".to_owned(),
        lines: Vec::new(),
        how: &[
            "Columns are weeks. Colours say what the money of that week became; grey is merged too recently to tell.",
            "Dots below are months with a 95% range; a hollow dot rests on fewer than 20 changes and has no range. “No clear \
             change” means that the range of the difference holds zero.",
        ],
    }
}

/// What stands beside the savings.
pub(super) fn savings(story: &Story<'_>) -> Side {
    let (least, most) = story.likely_savings();
    let heading = if most > Money::ZERO {
        format!("{} to {} is likely to be had", dollars(least), dollars(most))
    } else {
        "Nothing to save is likely".to_owned()
    };
    Side {
        heading,
        lines: vec!["Ranked by the most that each could save. Dollars are those of this report’s period.".to_owned()],
        how: &[
            "Solid: measured on your logs; the range is how much of it a change of habit usually recovers. Hollow: a ceiling: the \
             real saving may be zero. The short upright mark is the spend that the finding concerns.",
            "Savings are taken one after another, so none is counted twice; they are about how tools are used, while rework and \
             dead ends are about what work became. The two overlap and do not add up.",
        ],
    }
}

/// What stands beside the dots.
pub(super) fn changes(story: &Story<'_>) -> Side {
    let metric = |id: &str| match story.metric(id) {
        Some(Quantity::Money(cost)) => Some(dollars(cost)),
        _ => None,
    };
    let heading = match (metric("cost-per-pull-request-median"), metric("cost-per-pull-request-p90")) {
        (Some(half), Some(most)) => {
            format!("Half of merged pull requests cost less than {half}; one in ten cost more than {most}")
        }
        _ => "Merged changes and branches, and what they cost".to_owned(),
    };
    Side {
        heading,
        lines: vec!["Open a row for its sessions, its evidence and what its money became.".to_owned()],
        how: &[
            "One row is one merged pull request, one direct commit, or one branch that was never merged. Cost counts recorded and \
             matched evidence; the bar also shows, dotted, what is known by the branch name only.",
        ],
    }
}

/// What stands beside the curves.
pub(super) fn lasting(story: &Story<'_>) -> Side {
    let heading = match story.metric("surviving-lines-30") {
        Some(share) => {
            let of = words::whole_percent(share);
            format!("{} of 100 new lines are still there after 30 days", of.trim_end_matches('%'))
        }
        None => "Too early to say how long new lines last".to_owned(),
    };
    Side {
        heading,
        lines: vec![
            "“AI-assisted” means that the commit carries a mark of a tool. Unmarked commits may hold AI code as well."
                .to_owned(),
        ],
        how: &[
            "The line falls when lines are changed or deleted. Lines too young to be watched for so long leave the calculation at \
             their age (Kaplan–Meier), so recent merges do not distort it.",
        ],
    }
}

/// What stands beside tokens and tables.
pub(super) fn spend(story: &Story<'_>) -> Side {
    let audit = story.audit;
    let models = audit.spend_by.get("model").map_or(&[][..], Vec::as_slice);
    let first = models
        .iter()
        .filter_map(|row| Some((row.key.values().next()?.as_deref()?, row.fields.cost_usd?)))
        .max_by_key(|(_, cost)| *cost);
    let heading = match first {
        Some((name, cost)) => format!("{} of spend went to {name}", words::of(cost, audit.fates.total_usd)),
        None => "Where the money was spent".to_owned(),
    };
    let counts = [
        many(models.len() as u64, "model"),
        many(audit.totals.fields.sessions, "session"),
        many(audit.totals.fields.requests.unwrap_or(audit.totals.fields.records), "request"),
    ];
    Side {
        heading,
        lines: vec![format!("{}.", counts.join(", "))],
        how: &[
            "“Became” shows what the money of the row turned into, in the colours used throughout. Models are given different \
             tasks, so this compares no models.",
        ],
    }
}

/// What stands beside the evidence.
pub(super) fn sure(story: &Story<'_>) -> Side {
    let heading = match story.audit.coverage.as_ref().and_then(|coverage| coverage.share) {
        Some(share) => {
            format!("{} of spend is tied to code, and every record is counted once", words::whole_percent(share))
        }
        None => "Every record is counted once".to_owned(),
    };
    Side {
        heading,
        lines: vec![
            "Fills mean the same everywhere on this page: solid is recorded or measured, hatched is matched by content, dotted is \
             likely at most, hollow is unknown. Thin lines are 95% ranges."
                .to_owned(),
            "Not measured at all: time saved, business value, and quality beyond what git shows.".to_owned(),
        ],
        how: &[],
    }
}

/// Below the flow: what judged means, and when all of it can be.
pub(super) fn below_the_flow(story: &Story<'_>) -> Vec<(&'static str, String)> {
    let fates = &story.audit.fates;
    let from = fates.judged_from.as_deref().and_then(words::day);
    let all = from.map_or_else(String::new, |day| {
        format!(" All that is merged can be judged from {} on.", day.format("%-d %b %Y"))
    });
    vec![
        (
            "Judged",
            format!(
                ": merged at least {} days before the data ends, so that good and bad news had equal time; work that never merged \
                 is judged after {} quiet days. ",
                grouped(fates.horizon_days.unsigned_abs()),
                grouped(fates.idle_days.unsigned_abs())
            ),
        ),
        ("Not judged", format!(": too recent, or not traced to code. Cents are of each judged dollar.{all}")),
    ]
}

/// Forecast and budgets.
pub(super) fn month(story: &Story<'_>) -> Vec<String> {
    let Some(burn) = &story.audit.burn else { return Vec::new() };
    let forecast = &burn.forecast;
    let mut lines = Vec::new();
    if let (Some(lo), Some(hi)) = (forecast.p10_usd, forecast.p90_usd) {
        let mut line = format!("Eight of ten simulated months end between {} and {}.", dollars(lo), dollars(hi));
        if let Some(error) = forecast.backtest_error {
            let weeks = many(forecast.backtest_weeks as u64, "week");
            line +=
                &format!(" For the last {weeks} the same method was {} off on average.", words::whole_percent(error));
        }
        lines.push(line);
    }
    lines
}

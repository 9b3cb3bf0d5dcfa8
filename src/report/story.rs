//! The first screen of an audit: what was spent, what it became, whether it gets better, what to do, and how sure that is. Every
//! renderer for people shows these words and figures; none makes its own.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::document::AuditDoc;
use super::page::{dollars, many, nanos, percent};
use super::prose;
use crate::fate::{Class, Tone};
use crate::model::basis::Price;
use crate::model::money::Money;
use crate::model::quantity::Quantity;

/// Fewer judged changes say nothing about what money became.
const LEAST_JUDGED: u64 = 5;
/// A wider range, in cents, is worth a word in the second sentence.
const WIDE: i128 = 20;
/// Savings that the first screen names.
const MOST_ACTIONS: usize = 3;

/// What a part of the spend became, in the five groups that pages show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Code that lasted.
    Lasted,
    /// Needed work without new lasting lines.
    Job,
    /// Rework and dead ends.
    Rework,
    /// Too early to judge.
    Early,
    /// Not traced to code.
    Untraced,
}

impl Outcome {
    /// All of them, in the order of pages.
    pub const ALL: [Self; 5] = [Self::Lasted, Self::Job, Self::Rework, Self::Early, Self::Untraced];

    /// The outcome of a class.
    #[must_use]
    pub fn of(class: Class) -> Self {
        match (class, class.tone()) {
            (Class::Unattributed, _) => Self::Untraced,
            (_, Tone::Open) => Self::Early,
            (_, Tone::Value) => Self::Lasted,
            (_, Tone::Neutral) => Self::Job,
            (_, Tone::Avoidable) => Self::Rework,
        }
    }

    /// Its name in the middle of a line.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Lasted => "code that lasted",
            Self::Job => "part of the job",
            Self::Rework => "rework and dead ends",
            Self::Early => "too early to judge",
            Self::Untraced => "not traced to code",
        }
    }

    /// Whether its money is old enough, and close enough to code, to be judged.
    #[must_use]
    pub fn is_judged(self) -> bool {
        matches!(self, Self::Lasted | Self::Job | Self::Rework)
    }
}

/// One row of what the money became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Became {
    /// The outcome.
    pub outcome: Outcome,
    /// Its spend.
    pub cost: Money,
    /// Its share of all, in whole percent.
    pub of_all: String,
    /// Its cents of each judged dollar; `None` where it is not judged, or too little is.
    pub cents: Option<i128>,
    /// Its classes, the most expensive first.
    pub classes: Vec<(&'static str, Money)>,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What, as an imperative.
    pub what: &'static str,
    /// Who and how.
    pub how: String,
    /// What it saves.
    pub saves: String,
}

/// The first screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Story {
    /// The repositories, or where the records are from.
    pub scope: String,
    /// The days that it is about.
    pub period: String,
    /// The sentence that says it all.
    pub heading: String,
    /// What it rests on.
    pub below: String,
    /// What was spent, at which prices, and what the month will be.
    pub spent: String,
    /// Rows that sum to the spend; empty without a priced dollar.
    pub became: Vec<Became>,
    /// Where there is no repository: spend by model, the most expensive first.
    pub models: Vec<(String, Money)>,
    /// How much could be saved.
    pub to_save: String,
    /// What to do first.
    pub actions: Vec<Action>,
    /// How sure all this is, a line each.
    pub sure: Vec<String>,
    /// The most expensive work.
    pub costliest: String,
}

/// What a story needs besides the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// The first and the last day, where known.
    pub(super) days: Option<(NaiveDate, NaiveDate)>,
    /// The days of all that was read.
    pub(super) read: Option<(NaiveDate, NaiveDate)>,
    /// The time zone of days.
    pub(super) tz: Tz,
    /// The prices of the spend.
    pub(super) price: Price,
    /// Tokens of all kinds.
    pub(super) tokens: u64,
}

impl Story {
    /// The first screen of a document.
    pub(super) fn new(audit: &AuditDoc, frame: &Frame) -> Self {
        let figures = Figures::of(audit, frame);
        Self {
            scope: scope(audit),
            period: frame
                .days
                .map(|(first, last)| format!("{} ({})", prose::days(first, last), frame.tz))
                .unwrap_or_default(),
            heading: figures.heading(frame),
            below: figures.below(frame),
            spent: spent(audit, frame),
            became: figures.became(audit),
            models: if figures.has_code { Vec::new() } else { by_model(audit) },
            to_save: to_save(audit),
            actions: actions(audit),
            sure: figures.sure(audit),
            costliest: costliest(audit),
        }
    }
}

/// The figures that the sentences choose by.
#[derive(Debug, Clone, Default)]
struct Figures {
    /// All spend; `None` if nothing has a price.
    spent: Option<Money>,
    tokens: u64,
    records: u64,
    /// Spend by outcome.
    outcomes: [Money; 5],
    judged: Money,
    total: Money,
    /// Merged changes that are old enough.
    changes: u64,
    has_code: bool,
    /// Whether shares of what is judged may be said.
    may_say: bool,
    /// The range of what lasted, in cents.
    range: Option<(i128, i128)>,
}

impl Figures {
    fn of(audit: &AuditDoc, frame: &Frame) -> Self {
        let mut outcomes = [Money::ZERO; 5];
        for class in &audit.waterfall {
            let known = Class::ALL.into_iter().find(|one| one.word() == class.class);
            if let Some(at) = known.and_then(|one| Outcome::ALL.iter().position(|outcome| *outcome == Outcome::of(one)))
            {
                outcomes[at] += class.cost_usd;
            }
        }
        let metric = audit.metrics.iter().find(|metric| metric.id == "yield");
        #[expect(clippy::cast_possible_truncation, reason = "a number of cents")]
        let in_cents = |share: Quantity| (share.as_f64() * 100.0).round() as i128;
        Self {
            spent: audit.totals.fields.cost_usd,
            tokens: frame.tokens,
            records: audit.totals.fields.records,
            outcomes,
            judged: audit.fates.settled_usd,
            total: audit.fates.total_usd,
            changes: audit.fates.judged_landings,
            has_code: audit.coverage.is_some(),
            may_say: audit.waterfall.iter().any(|class| class.share_settled.is_some()),
            range: metric.and_then(|metric| Some((in_cents(metric.lo?), in_cents(metric.hi?)))),
        }
    }

    /// Whether at least half of the spend is judged, by enough changes.
    fn is_judged(&self) -> bool {
        self.may_say && self.changes >= LEAST_JUDGED && self.judged.nanos() * 2 >= self.total.nanos()
    }

    fn cents(&self) -> [i128; 3] {
        let [lasted, job, rework, ..] = self.outcomes;
        prose::cents([lasted, job, rework])
    }

    fn amount(&self) -> String {
        self.spent.map_or_else(|| many(self.tokens, "token"), prose::usd)
    }

    fn heading(&self, frame: &Frame) -> String {
        let amount = self.amount();
        if self.records == 0 {
            let between = frame.days.map_or_else(String::new, |(first, last)| {
                format!(" between {} and {}", prose::day(first), prose::day(last))
            });
            let read = frame.read.map_or_else(String::new, |(first, last)| {
                format!(" The logs run from {} to {}.", prose::day(first), prose::day(last))
            });
            return format!("No usage{between}.{read}");
        }
        if self.spent.is_none() {
            return format!("{amount} were used. No usage has a price, so no dollar is known.");
        }
        if !self.has_code {
            return format!(
                "{amount} was spent on AI coding tools. Without a repository, nothing tells what it became."
            );
        }
        if self.changes < LEAST_JUDGED || !self.may_say {
            return format!("{amount} was spent. It is too early to say what it became.");
        }
        if self.is_judged() {
            let [lasted, _, rework] = self.cents();
            return format!(
                "Of each dollar old enough to judge, {lasted}¢ became code that lasted and {rework}¢ went into rework and dead ends."
            );
        }
        let open = Money::from_nanos(self.total.nanos() - self.judged.nanos());
        let open = prose::percent(open, self.total).unwrap_or_default();
        format!("{amount} was spent. {open} of it is too recent, or too loosely tied to code, to judge.")
    }

    fn below(&self, frame: &Frame) -> String {
        if self.records == 0 || self.spent.is_none() || !self.has_code || !self.may_say || self.changes < LEAST_JUDGED {
            return String::new();
        }
        let changes = many(self.changes, "merged change");
        let [lasted, _, rework, ..] = self.outcomes;
        if !self.is_judged() {
            return format!(
                "Of the {} that can be judged, {} became code that lasted, and {} went into rework and dead ends. That rests on {changes}.",
                prose::usd(self.judged),
                prose::usd(lasted),
                prose::usd(rework),
            );
        }
        let time = frame.days.map_or_else(String::new, |(first, last)| format!(" in {}", prose::length(first, last)));
        let [cents, ..] = self.cents();
        let range = match self.range {
            Some((low, high)) if high - low > WIDE => {
                format!(": few, so the {cents}¢ may be anything from {low}¢ to {high}¢")
            }
            Some((low, high)) => format!(" ({low}¢ to {high}¢)"),
            None => String::new(),
        };
        format!(
            "{} was spent on AI coding tools{time}, {}. {} of it is old enough to judge and rests on {changes}{range}.",
            self.amount(),
            basis(frame.price),
            prose::usd(self.judged),
        )
    }

    fn became(&self, audit: &AuditDoc) -> Vec<Became> {
        if self.total == Money::ZERO || !self.has_code {
            return Vec::new();
        }
        let cents = self.is_judged().then(|| self.cents());
        let row = |(at, outcome): (usize, Outcome)| Became {
            outcome,
            cost: self.outcomes[at],
            of_all: prose::percent(self.outcomes[at], self.total).unwrap_or_default(),
            cents: cents.and_then(|cents| cents.get(at).copied()),
            classes: classes(audit, outcome),
        };
        Outcome::ALL.into_iter().enumerate().map(row).collect()
    }

    fn sure(&self, audit: &AuditDoc) -> Vec<String> {
        let mut first = Vec::new();
        if let Some(coverage) = &audit.coverage {
            first.push(match coverage.share {
                Some(share) => format!("{:.0}% traced to code", share.as_f64() * 100.0),
                None => "not known how much is traced to code".to_owned(),
            });
            first.push(match (self.is_judged(), self.range) {
                (true, Some((low, high))) => {
                    format!("{} judged: {}¢ may be {low}¢ to {high}¢", many(self.changes, "change"), self.cents()[0])
                }
                _ => format!("{} judged", many(self.changes, "change")),
            });
        } else {
            first.push("no repository was read: nothing is traced to code".to_owned());
        }
        let mut second = Vec::new();
        let totals = &audit.totals.fields;
        second.push(if totals.unpriced_tokens > 0 {
            format!("{} of tokens have no price", percent(totals.unpriced_tokens, self.tokens))
        } else {
            "all tokens have a price".to_owned()
        });
        second.push(match totals.billed_cost_usd {
            Some(billed) if billed != Money::ZERO => format!("{} on invoices", prose::usd(billed)),
            _ => "no invoice read".to_owned(),
        });
        second.push("every sum reconciles".to_owned());
        vec![first.join(" · "), second.join(" · ")]
    }
}

/// The classes of an outcome that have spend, the most expensive first.
fn classes(audit: &AuditDoc, outcome: Outcome) -> Vec<(&'static str, Money)> {
    let of = |word: &str| Class::ALL.into_iter().find(|class| class.word() == word);
    let own = audit.waterfall.iter().filter_map(|one| Some((of(one.class)?, one.cost_usd)));
    let own = own.filter(|(class, cost)| Outcome::of(*class) == outcome && *cost != Money::ZERO);
    let mut found: Vec<_> = own.map(|(class, cost)| (class.title(), cost)).collect();
    found.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
    found
}

/// Models with their spend, those behind the first ones together.
fn by_model(audit: &AuditDoc) -> Vec<(String, Money)> {
    const NAMED: usize = 4;
    let rows = audit.spend_by.get("model").map_or(&[][..], Vec::as_slice);
    let name = |row: &super::document::RowDoc| row.key.values().next().cloned().flatten();
    let mut found: Vec<(String, Money)> = rows
        .iter()
        .filter_map(|row| Some((name(row).unwrap_or_else(|| "no model named".to_owned()), row.fields.cost_usd?)))
        .filter(|(_, cost)| *cost != Money::ZERO)
        .collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    if found.len() > NAMED + 1 {
        let rest = found.split_off(NAMED);
        found.push((format!("{} more models", rest.len()), rest.iter().map(|(_, cost)| *cost).sum()));
    }
    found
}

/// The prices, in a sentence.
fn basis(price: Price) -> &'static str {
    match price {
        Price::List => "at list prices",
        Price::Billed => "as invoiced",
        Price::Mixed => "as invoiced where there is an invoice, else at list prices",
    }
}

fn scope(audit: &AuditDoc) -> String {
    const NAMED: usize = 3;
    let mut names: Vec<&str> = audit.repos.iter().map(|repo| repo.repo.as_str()).collect();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let short = names.iter().map(|name| {
        // The host says nothing where the owner is named.
        let parts: Vec<&str> = name.split('/').collect();
        if parts.len() == 3 && parts[0].contains('.') { parts[1..].join("/") } else { (*name).to_owned() }
    });
    let mut text = short.collect::<Vec<_>>().join(", ");
    if more > 0 {
        text += &format!(" and {more} more");
    }
    text
}

fn spent(audit: &AuditDoc, frame: &Frame) -> String {
    let Some(cost) = audit.totals.fields.cost_usd else { return "no usage has a price".to_owned() };
    let mut text = format!("{} {}", prose::usd(cost), basis(frame.price));
    let Some(burn) = &audit.burn else { return text };
    let forecast = &burn.forecast;
    if burn.until < forecast.until && forecast.p50_usd > forecast.spent_usd {
        let month = prose::month(forecast.until);
        text += &format!(
            " · {month}: {} so far, about {} in all",
            prose::usd(forecast.spent_usd),
            prose::usd(forecast.p50_usd)
        );
    }
    for budget in &burn.budgets {
        let used = format!("{:.0}%", budget.burned.as_f64() * 100.0);
        let over = if budget.over { "used up" } else { used.as_str() };
        text += &format!(" · budget {}: {over} of {}", budget.name, prose::usd(budget.budget_usd));
    }
    text
}

/// What could be saved in all.
fn to_save(audit: &AuditDoc) -> String {
    let sums = |confidence: &str| {
        let own = audit.findings.iter().filter(|one| one.confidence == confidence);
        own.fold((Money::ZERO, Money::ZERO), |(least, most), one| {
            (least + one.save_least_usd, most + one.save_most_usd)
        })
    };
    let (least, most) = sums("likely");
    let (_, ceiling) = sums("upper_bound");
    let total = audit.fates.total_usd;
    let share = |part| prose::percent(part, total).unwrap_or_default();
    match (most > Money::ZERO, ceiling > Money::ZERO) {
        (true, more) => {
            let more = if more { format!("; at best {} more", prose::usd(ceiling)) } else { String::new() };
            format!("save {}–{} ({}–{}), likely{more}", prose::usd(least), prose::usd(most), share(least), share(most))
        }
        (false, true) => format!("save up to {}", prose::usd(ceiling)),
        (false, false) => "nothing to save found".to_owned(),
    }
}

fn actions(audit: &AuditDoc) -> Vec<Action> {
    let worth = audit.findings.iter().filter(|one| one.save_most_usd > Money::ZERO && one.confidence != "look");
    let mut worth: Vec<_> = worth.collect();
    worth.sort_by_key(|one| std::cmp::Reverse(one.save_most_usd));
    let action = |one: &super::findings::FindingDoc| Action {
        what: one.advice,
        how: one.action.to_owned(),
        saves: match one.confidence {
            "likely" => format!("{}–{}", dollars(one.save_least_usd), dollars(one.save_most_usd)),
            _ => format!("up to {}", dollars(one.save_most_usd)),
        },
    };
    worth.into_iter().take(MOST_ACTIONS).map(action).collect()
}

/// The two most expensive changes or branches.
fn costliest(audit: &AuditDoc) -> String {
    let mut units: Vec<_> = audit.units.iter().flatten().filter(|unit| nanos(unit.cost_usd) > 0).collect();
    units.sort_by_key(|unit| std::cmp::Reverse(unit.cost_usd));
    let one = |unit: &super::attribution::UnitDoc| {
        let name = match (unit.pull_request, &unit.branch, &unit.landing) {
            (Some(number), ..) => format!("#{number}"),
            (None, Some(branch), _) => {
                branch.trim_start_matches("refs/heads/").trim_start_matches("refs/remotes/").to_owned()
            }
            (None, None, Some(landing)) => landing.chars().take(12).collect(),
            (None, None, None) => "?".to_owned(),
        };
        let became = if unit.landing.is_none() { " not merged" } else { "" };
        format!("{name} {}{became}", dollars(unit.cost_usd))
    };
    units.into_iter().take(2).map(one).collect::<Vec<_>>().join(" · ")
}

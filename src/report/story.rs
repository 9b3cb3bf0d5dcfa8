//! The first screen of an audit: what was spent, what it became, whether it gets better, what to do, and how sure that is. Every
//! renderer for people shows these words and figures; none makes its own.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::document::AuditDoc;
use super::headline::HeadlineDoc;
use super::page::{dollars, many, percent};
use super::prose;
use crate::fate::{Class, Tone};
use crate::model::basis::Price;
use crate::model::money::Money;
use crate::model::quantity::Quantity;

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
    pub cents: Option<u64>,
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
    /// Whether it gets better: a word or two, and what it rests on.
    pub better: (String, String),
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
        let (heading, below) = (figures.heading(frame), figures.below(frame));
        let period =
            frame.days.map(|(first, last)| format!("{} ({})", prose::days(first, last), frame.tz)).unwrap_or_default();
        if !figures.has_records {
            return Self { scope: scope(audit), period, heading, below, ..Self::default() };
        }
        Self {
            scope: scope(audit),
            period,
            heading,
            below,
            spent: spent(audit, frame),
            became: figures.became(audit),
            models: if figures.has_code { Vec::new() } else { by_model(audit) },
            better: better(audit),
            to_save: to_save(audit),
            actions: actions(audit),
            sure: figures.sure(audit),
            costliest: costliest(audit),
        }
    }
}

/// The figures that the sentences are about.
struct Figures<'a> {
    /// What the document says of it.
    headline: &'a HeadlineDoc,
    tokens: u64,
    has_records: bool,
    /// Spend by outcome.
    outcomes: [Money; 5],
    has_code: bool,
}

impl<'a> Figures<'a> {
    fn of(audit: &'a AuditDoc, frame: &Frame) -> Self {
        let mut outcomes = [Money::ZERO; 5];
        for class in &audit.waterfall {
            let known = Class::ALL.into_iter().find(|one| one.word() == class.class);
            if let Some(at) = known.and_then(|one| Outcome::ALL.iter().position(|outcome| *outcome == Outcome::of(one)))
            {
                outcomes[at] += class.cost_usd;
            }
        }
        Self {
            headline: &audit.headline,
            tokens: frame.tokens,
            has_records: audit.totals.fields.records > 0,
            outcomes,
            has_code: audit.coverage.is_some(),
        }
    }

    /// Whether at least half of the spend is judged, by enough changes.
    fn is_judged(&self) -> bool {
        self.headline.variant == "judged"
    }

    fn cents(&self) -> [u64; 3] {
        self.headline.cents.unwrap_or_default()
    }

    /// The range of what lasted, in cents.
    fn range(&self) -> Option<(i128, i128)> {
        #[expect(clippy::cast_possible_truncation, reason = "a number of cents")]
        let in_cents = |share: Quantity| (share.as_f64() * 100.0).round() as i128;
        Some((in_cents(self.headline.lasted_lo?), in_cents(self.headline.lasted_hi?)))
    }

    fn amount(&self) -> String {
        self.headline.spend_usd.map_or_else(|| many(self.tokens, "token"), prose::usd)
    }

    fn heading(&self, frame: &Frame) -> String {
        let (amount, headline) = (self.amount(), self.headline);
        if !self.has_records {
            let between = frame.days.map_or_else(String::new, |(first, last)| {
                format!(" between {} and {}", prose::day(first), prose::day(last))
            });
            let read = frame.read.map_or_else(String::new, |(first, last)| {
                format!(" The logs run from {} to {}.", prose::day(first), prose::day(last))
            });
            return format!("No usage{between}.{read}");
        }
        if headline.spend_usd.is_none() {
            return format!("{amount} were used. No usage has a price, so no dollar is known.");
        }
        match headline.variant {
            "no_repository" => {
                format!("{amount} was spent on AI coding tools. Without a repository, nothing tells what it became.")
            }
            "cut_history" => format!("{amount} was spent. The git history is cut off, so what it became is unknown."),
            "judged" => {
                let [lasted, _, rework] = self.cents();
                format!(
                    "Of each dollar old enough to judge, {lasted}¢ became code that lasted and {rework}¢ went into rework and dead ends."
                )
            }
            "mostly_not_judged" => {
                let open = Money::from_nanos(headline.development_usd.nanos() - headline.judged_usd.nanos());
                let open = prose::percent(open, headline.development_usd).unwrap_or_default();
                format!("{amount} was spent. {open} of it is too recent, or too loosely tied to code, to judge.")
            }
            _ => format!("{amount} was spent. It is too early to say what it became."),
        }
    }

    fn below(&self, frame: &Frame) -> String {
        let headline = self.headline;
        if headline.spend_usd.is_none() {
            return String::new();
        }
        let changes = many(headline.judged_changes, "merged change");
        let from = headline.judged_from.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
        let from = from.map_or_else(String::new, |day| {
            format!(" Everything merged so far can be judged from {} on.", prose::day(day))
        });
        match headline.variant {
            "mostly_not_judged" => format!(
                "Of the {} that can be judged, {} became code that lasted, and {} went into rework and dead ends. That rests on \
                 {changes}.{from}",
                prose::usd(headline.judged_usd),
                prose::usd(headline.lasted_usd),
                prose::usd(headline.rework_usd),
            ),
            "judged" => {
                let time =
                    frame.days.map_or_else(String::new, |(first, last)| format!(" in {}", prose::length(first, last)));
                let [cents, ..] = self.cents();
                let range = match self.range() {
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
                    prose::usd(headline.judged_usd),
                )
            }
            "too_early" => from.trim_start().to_owned(),
            _ => String::new(),
        }
    }

    fn became(&self, audit: &AuditDoc) -> Vec<Became> {
        let total = self.headline.development_usd;
        if total == Money::ZERO || !self.has_code {
            return Vec::new();
        }
        let cents = self.is_judged().then(|| self.cents());
        let row = |(at, outcome): (usize, Outcome)| Became {
            outcome,
            cost: self.outcomes[at],
            of_all: prose::percent(self.outcomes[at], total).unwrap_or_default(),
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
            first.push(match (self.is_judged(), self.range()) {
                (true, Some((low, high))) => {
                    format!(
                        "{} judged: {}¢ may be {low}¢ to {high}¢",
                        many(self.headline.judged_changes, "change"),
                        self.cents()[0]
                    )
                }
                _ => format!("{} judged", many(self.headline.judged_changes, "change")),
            });
        } else {
            first.push("no repository was read: pass --repo PATH to trace spend to code".to_owned());
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

/// Whether it gets better: a word or two, and the measure that it rests on.
fn better(audit: &AuditDoc) -> (String, String) {
    let verdicts = &audit.trend_verdicts;
    if verdicts.is_empty() {
        return ("Not known".to_owned(), "It takes a repository with its history.".to_owned());
    }
    let has = |word: &str| verdicts.iter().any(|one| one.verdict == word);
    let head = match (has("better"), has("worse"), has("no_clear_change")) {
        (true, true, _) => "Mixed",
        (true, false, _) => "Better",
        (false, true, _) => "Worse",
        (false, false, true) => "No clear change",
        (false, false, false) => "Too early to say",
    };
    // What decided, else the measure that needs the least time.
    let decided = verdicts.iter().find(|one| matches!(one.verdict, "better" | "worse"));
    let measure = decided.map_or("lines_replaced_14_days", |one| one.measure);
    let months: Vec<_> = audit.trend.iter().filter(|one| one.measure == measure && one.value.is_some()).collect();
    let shown = |value: Option<Quantity>| match value {
        Some(Quantity::Money(money)) => prose::usd(money),
        Some(share) => format!("{:.0}%", share.as_f64() * 100.0),
        None => String::new(),
    };
    let month = |text: &str| text.parse::<NaiveDate>().or_else(|_| format!("{text}-01").parse()).map(prose::month);
    let named =
        |one: &super::trend::TrendDoc| format!("{} in {}", shown(one.value), month(&one.month).unwrap_or_default());
    let name = match measure {
        "cost_per_pull_request" => "cost of a merged pull request",
        "share_that_lasted" => "share of judged spend that lasted",
        _ => "lines replaced within 14 days",
    };
    let text = match months[..] {
        [.., before, after] => format!("{name}: {}, {}", named(before), named(after)),
        [only] => format!("{name}: {}", named(only)),
        [] => "no month has five merged changes that are old enough".to_owned(),
    };
    let why = match head {
        "Too early to say" => "; no measure has two months with 20 merged changes",
        "No clear change" => "; both moved no more than chance would",
        _ => "",
    };
    (head.to_owned(), text + why)
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
    let units = audit.units.iter().flatten().filter_map(|unit| Some((unit, unit.cost_usd?)));
    let mut units: Vec<_> = units.filter(|(_, cost)| *cost > Money::ZERO).collect();
    units.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
    let one = |(unit, cost): (&super::attribution::UnitDoc, Money)| {
        let name = match (unit.pull_request, &unit.branch, &unit.landing) {
            (Some(number), ..) => format!("#{number}"),
            (None, Some(branch), _) => {
                branch.trim_start_matches("refs/heads/").trim_start_matches("refs/remotes/").to_owned()
            }
            (None, None, Some(landing)) => landing.chars().take(12).collect(),
            (None, None, None) => "?".to_owned(),
        };
        let became = if unit.landing.is_none() { " not merged" } else { "" };
        format!("{name} {}{became}", dollars(cost))
    };
    units.into_iter().take(2).map(one).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(dollars: &str) -> Money {
        Money::parse_usd(dollars).expect("dollars")
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn headline(variant: &'static str) -> HeadlineDoc {
        HeadlineDoc {
            variant,
            spend_usd: Some(money("1564.2")),
            prices: Some("list price"),
            sessions: 64,
            development_usd: money("1564.2"),
            judged_usd: money("235"),
            lasted_usd: money("70"),
            part_of_the_job_usd: money("31"),
            rework_usd: money("134"),
            rework_counted_once_usd: money("120"),
            cents: Some([42, 31, 27]),
            lasted_lo: Some(Quantity::Ratio(17, 100)),
            lasted_hi: Some(Quantity::Ratio(64, 100)),
            judged_changes: 24,
            judged_from: Some("2026-06-14".to_owned()),
            logs_from: None,
            logs_to: None,
            trend: "too_early",
        }
    }

    fn said(headline: &HeadlineDoc, has_records: bool) -> (String, String) {
        let frame = Frame {
            days: Some((date("2026-03-02"), date("2026-05-14"))),
            read: Some((date("2026-01-05"), date("2026-02-01"))),
            tz: Tz::UTC,
            price: Price::List,
            tokens: 5_000,
        };
        let figures = Figures { headline, tokens: 5_000, has_records, outcomes: [Money::ZERO; 5], has_code: true };
        (figures.heading(&frame), figures.below(&frame))
    }

    #[test]
    fn each_variant_has_its_sentence() {
        let of = |variant| said(&headline(variant), true);
        let (first, below) = of("judged");
        assert_eq!(
            first,
            "Of each dollar old enough to judge, 42¢ became code that lasted and 27¢ went into rework and dead ends."
        );
        assert_eq!(
            below,
            "$1,564 was spent on AI coding tools in 11 weeks, at list prices. $235 of it is old enough to judge and rests on 24 merged \
             changes: few, so the 42¢ may be anything from 17¢ to 64¢."
        );
        let (first, below) = of("mostly_not_judged");
        assert_eq!(first, "$1,564 was spent. 85% of it is too recent, or too loosely tied to code, to judge.");
        assert_eq!(
            below,
            "Of the $235 that can be judged, $70.00 became code that lasted, and $134 went into rework and dead ends. That rests on 24 merged \
             changes. Everything merged so far can be judged from 14 June 2026 on."
        );
        let (first, below) = of("too_early");
        assert_eq!(first, "$1,564 was spent. It is too early to say what it became.");
        assert_eq!(below, "Everything merged so far can be judged from 14 June 2026 on.");
        assert!(of("no_repository").0.ends_with("Without a repository, nothing tells what it became."));
        assert!(of("cut_history").0.contains("The git history is cut off"));
        assert_eq!(
            said(&headline("no_usage"), false).0,
            "No usage between 2 March 2026 and 14 May 2026. The logs run from 5 January 2026 to 1 February 2026."
        );
        let unpriced = HeadlineDoc { spend_usd: None, ..headline("judged") };
        assert_eq!(
            said(&unpriced, true),
            ("5,000 tokens were used. No usage has a price, so no dollar is known.".to_owned(), String::new())
        );
    }

    #[test]
    fn one_change_is_singular_and_a_narrow_range_is_short() {
        let narrow = HeadlineDoc {
            lasted_lo: Some(Quantity::Ratio(40, 100)),
            lasted_hi: Some(Quantity::Ratio(44, 100)),
            judged_changes: 1,
            ..headline("judged")
        };
        assert!(said(&narrow, true).1.ends_with("rests on 1 merged change (40¢ to 44¢)."));
        let none = HeadlineDoc { lasted_lo: None, lasted_hi: None, ..headline("judged") };
        assert!(said(&none, true).1.ends_with("rests on 24 merged changes."));
    }
}

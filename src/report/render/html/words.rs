//! Words and colours of what money became, and short forms of names and days.

use chrono::{Datelike, NaiveDate};

use crate::fate::{Class, Tone};
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::report::page::dollars;

/// What a part of the spend became, in the five groups that carry all colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// Code that lasted.
    Lasted,
    /// Needed work without new lasting lines.
    Job,
    /// Rework and dead ends.
    Avoid,
    /// Too early to judge.
    Early,
    /// Not traced to code.
    Untraced,
}

impl Outcome {
    /// All of them, in the order of the page.
    pub(super) const ALL: [Self; 5] = [Self::Lasted, Self::Job, Self::Avoid, Self::Early, Self::Untraced];

    /// The outcome of a class.
    pub(super) fn of(class: Class) -> Self {
        match (class, class.tone()) {
            (Class::Unattributed, _) => Self::Untraced,
            (_, Tone::Open) => Self::Early,
            (_, Tone::Value) => Self::Lasted,
            (_, Tone::Neutral) => Self::Job,
            (_, Tone::Avoidable) => Self::Avoid,
        }
    }

    /// The end of its classes of colour.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Lasted => "lasted",
            Self::Job => "job",
            Self::Avoid => "avoid",
            Self::Early => "early",
            Self::Untraced => "untraced",
        }
    }

    /// Its name.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Lasted => "Code that lasted",
            Self::Job => "Part of the job",
            Self::Avoid => "Rework and dead ends",
            Self::Early => "Too early to judge",
            Self::Untraced => "Not traced to code",
        }
    }

    /// Whether its money is old enough, and close enough to code, to be judged.
    pub(super) fn is_judged(self) -> bool {
        matches!(self, Self::Lasted | Self::Job | Self::Avoid)
    }

    /// Its name in the middle of a line.
    pub(super) fn short(self) -> &'static str {
        match self {
            Self::Lasted => "lasted",
            Self::Job => "part of the job",
            Self::Avoid => "rework and dead ends",
            Self::Early => "too early to judge",
            Self::Untraced => "not traced",
        }
    }

    /// The class of a rectangle in its colour.
    pub(super) fn fill(self) -> &'static str {
        match self {
            Self::Lasted => "f-lasted",
            Self::Job => "f-job",
            Self::Avoid => "f-avoid",
            Self::Early => "f-early",
            Self::Untraced => "f-untraced",
        }
    }

    /// The class of a small square in its colour.
    pub(super) fn square(self) -> &'static str {
        match self {
            Self::Lasted => "k-lasted",
            Self::Job => "k-job",
            Self::Avoid => "k-avoid",
            Self::Early => "k-early",
            Self::Untraced => "k-untraced",
        }
    }
}

/// The class of that word.
pub(super) fn class(word: &str) -> Option<Class> {
    Class::ALL.into_iter().find(|class| class.word() == word)
}

/// A class as the head of a row.
pub(super) fn class_title(class: Class) -> &'static str {
    match class {
        Class::Product => "New work that lasted",
        Class::Explore => "Exploring and questions",
        Class::ReviewResponse => "Answering reviews",
        Class::Maintenance => "Upkeep",
        Class::OtherFix => "Fixing other code",
        Class::Abandoned => "Never merged",
        Class::AiBugFix => "Fixing recent AI code",
        Class::Churned => "Replaced within 30 days",
        Class::Reverted => "Reverted",
        Class::Rewrite => "Rewriting recent AI code",
        Class::OffTask => "Off-task prompts",
        Class::Failed => "Failed requests",
        Class::InFlight => "Too recent",
        Class::Unattributed => "Not traced to code",
    }
}

/// What a class means.
pub(super) fn class_about(class: Class) -> &'static str {
    match class {
        Class::Product => "New or changed code, merged, and still there 30 days later.",
        Class::Explore => "Sessions in a repository that read, planned or answered questions and edited nothing.",
        Class::ReviewResponse => "Commits written after the first review of a pull request and before its merge.",
        Class::Maintenance => {
            "Merged dependency, build, settings and documentation changes whose lines were still there after 30 days."
        }
        Class::OtherFix => "Bug fixes that replaced mostly older code, code without an AI mark, or nothing.",
        Class::Abandoned => "Edits or branches that reached no merge and rested for 30 days.",
        Class::AiBugFix => {
            "Bug fixes where at least half of the replaced lines came from AI-assisted changes of the last 90 days."
        }
        Class::Churned => "New lines that were changed or deleted within 30 days of their merge.",
        Class::Reverted => "Merged, then taken back as a whole.",
        Class::Rewrite => {
            "The part of a change that replaced AI-assisted lines younger than 21 days, other than in fixes."
        }
        Class::OffTask => "Prompts that very likely had nothing to do with work.",
        Class::Failed => "Requests that failed or hit a limit and still cost money.",
        Class::InFlight => "Merged less than 30 days before the data ends, or not merged and touched within 30 days.",
        Class::Unattributed => "Known by a branch name only, or done in folders and repositories that were not read.",
    }
}

/// What most of the money of a change became, in the middle of a line.
pub(super) fn class_became(class: Class) -> &'static str {
    match class {
        Class::Product => "lasted",
        Class::Explore => "explored",
        Class::ReviewResponse => "answered a review",
        Class::Maintenance => "upkeep that lasted",
        Class::OtherFix => "fixed other code",
        Class::Abandoned => "never merged",
        Class::AiBugFix => "fixed recent AI code",
        Class::Churned => "replaced within 30 days",
        Class::Reverted => "reverted",
        Class::Rewrite => "rewrote recent AI code",
        Class::OffTask => "off task",
        Class::Failed => "failed requests",
        Class::InFlight => "too early to judge",
        Class::Unattributed => "not traced",
    }
}

/// Dollars in a sentence: cents below $100, whole dollars from there on, millions as `$1.2M`.
pub(super) fn prose_dollars(cost: Money) -> String {
    let nanos = cost.nanos();
    match nanos.abs() {
        small if small < 100_000_000_000 => dollars(cost),
        large if large >= 1_000_000_000_000_000 => {
            let tenths = (nanos + 50_000_000_000_000) / 100_000_000_000_000;
            format!("${}.{}M", tenths / 10, tenths % 10)
        }
        _ => {
            let shown = dollars(Money::from_nanos((nanos + 500_000_000).div_euclid(1_000_000_000) * 1_000_000_000));
            shown.trim_end_matches(".00").to_owned()
        }
    }
}

/// A name in the middle of a sentence; what is all capitals stays so.
pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), text.chars().nth(1)) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// A text at the beginning of a sentence.
pub(super) fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A part of the spend in whole percent.
pub(super) fn of(part: Money, whole: Money) -> String {
    Quantity::share(part, whole).map_or_else(|| "–".to_owned(), whole_percent)
}

/// A period by its first day and the first day after it: `2 March – 14 May 2026`.
pub(super) fn period(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    let last = to.and_then(|day| day.pred_opt());
    match (from, last) {
        (Some(from), Some(last)) if from.year() == last.year() => {
            format!("{} – {}", from.format("%-d %B"), last.format("%-d %B %Y"))
        }
        (Some(from), Some(last)) => format!("{} – {}", from.format("%-d %B %Y"), last.format("%-d %B %Y")),
        (Some(from), None) => format!("from {}", from.format("%-d %B %Y")),
        (None, Some(last)) => format!("until {}", last.format("%-d %B %Y")),
        (None, None) => "all time".to_owned(),
    }
}

/// Cents of a judged dollar.
pub(super) fn cents(share: Quantity) -> String {
    format!("{:.0}¢", share.as_f64() * 100.0)
}

/// An amount at a tick of an axis: no cents where there are none.
pub(super) fn axis_dollars(nanos: i128) -> String {
    let shown = dollars(Money::from_nanos(nanos));
    shown.strip_suffix(".00").map_or_else(|| shown.clone(), str::to_owned)
}

/// What one line cost, in cents.
pub(super) fn per_line(cost: Money) -> String {
    let cents = Quantity::Money(cost).as_f64() * 100.0;
    if cents < 10.0 { format!("{cents:.1}¢") } else { format!("{cents:.0}¢") }
}

/// A share in whole percent, never rounded to none or all.
pub(super) fn whole_percent(share: Quantity) -> String {
    let value = share.as_f64() * 100.0;
    match value {
        value if value > 0.0 && value < 0.5 => "<1%".to_owned(),
        value if (99.5..100.0).contains(&value) => ">99%".to_owned(),
        value => format!("{value:.0}%"),
    }
}

/// The largest part of a whole in words, with its share where it is not nearly all.
pub(super) fn mostly(words: &str, part: i128, whole: i128) -> String {
    if part * 1000 >= whole * 955 {
        words.to_owned()
    } else {
        format!("{words} ({})", whole_percent(Quantity::Ratio(part, whole)))
    }
}

/// A type of work as a row of a table.
pub(super) fn work_type(word: Option<&str>) -> &str {
    match word {
        Some("feature") => "New features",
        Some("bugfix") => "Bug fixes",
        Some("refactor") => "Restructuring",
        Some("test") => "Tests",
        Some("docs") => "Documentation",
        Some("review") => "Reviews",
        Some("ops") => "Build and operations",
        Some("question") => "Questions and exploring",
        Some("continuation") => "Going on with earlier work",
        Some("business") => "Other business work",
        Some(other) => other,
        None => "Not known",
    }
}

/// A repository without its host.
pub(super) fn repository(name: &str) -> &str {
    let mut parts = name.splitn(2, '/');
    match (parts.next(), parts.next()) {
        (Some(host), Some(rest)) if host.contains('.') && rest.contains('/') => rest,
        _ => name,
    }
}

/// Whether a name is a folder of somebody's machine; such names are of people and stay out of the page.
pub(super) fn is_folder(name: &str) -> bool {
    name.starts_with(['/', '~', '\\']) || name.get(1..3).is_some_and(|drive| drive == ":\\" || drive == ":/")
}

/// The first eight characters of an id.
pub(super) fn short_id(id: &str) -> String {
    id.chars().take(8).collect()
}

/// A day of an instant as the documents write it.
pub(super) fn day(instant: &str) -> Option<NaiveDate> {
    instant.get(..10)?.parse().ok()
}

/// The first day of a week such as `2026-W10`.
pub(super) fn monday(week: &str) -> Option<NaiveDate> {
    let (year, number) = week.split_once("-W")?;
    NaiveDate::from_isoywd_opt(year.parse().ok()?, number.parse().ok()?, chrono::Weekday::Mon)
}

/// An instant as `2 Apr 10:27`, in UTC.
pub(super) fn instant(text: &str) -> String {
    match (day(text), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{} {time}", short_day(day)),
        _ => text.to_owned(),
    }
}

/// A day without its year: `24 Apr`.
pub(super) fn short_day(day: NaiveDate) -> String {
    day.format("%-d %b").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_lose_their_host_and_folders_are_known() {
        assert_eq!(
            ["github.com/acme/shop", "acme/shop", "shop", "git.acme.com/shop"].map(repository),
            ["acme/shop", "acme/shop", "shop", "git.acme.com/shop"]
        );
        assert_eq!(
            ["/home/dana", "C:\\src", "acme/shop", "~/x", "é:"].map(is_folder),
            [true, true, false, true, false]
        );
    }

    #[test]
    fn every_class_is_in_one_outcome() {
        assert_eq!(Outcome::of(Class::Unattributed), Outcome::Untraced);
        assert_eq!(Outcome::of(Class::InFlight), Outcome::Early);
        assert_eq!(Class::ALL.into_iter().filter(|class| Outcome::of(*class) == Outcome::Avoid).count(), 7);
        assert!(Class::ALL.into_iter().all(|one| class(one.word()) == Some(one)));
    }
}

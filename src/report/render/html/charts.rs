//! The charts as inline SVG: they stretch with the page, so words are beside them and not in them.
//!
//! Each one has a label for those who do not see it, and its numbers in a table or a caption.

use maud::{Markup, html};

use super::{data, money, quantity, shown};
use crate::fate::{Class, Tone};
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::report::charts::DayChart;
use crate::report::document::{AuditDoc, SurvivalDoc};
use crate::report::lorenz::LorenzDoc;
use crate::report::page::dollars;
use crate::report::reviews::BandDoc;

/// A drawing between its axes: the texts at the top and the bottom of the left one, and those below.
fn plot(label: &str, left: [&str; 2], below: &[String], inner: &Markup) -> Markup {
    html! {
        div.plot {
            div.left aria-hidden="true" { span { (left[0]) } span { (left[1]) } }
            svg viewBox="0 0 1000 160" role="img" aria-label=(label) preserveAspectRatio="none" { (inner) }
            div.below aria-hidden="true" { @for text in below { span { (text) } } }
        }
    }
}

/// The dollar, cut into its classes.
pub(super) fn bar(audit: &AuditDoc) -> Markup {
    let total: i128 = audit.waterfall.iter().map(|class| class.cost_usd.nanos()).sum();
    if total <= 0 || audit.waterfall.iter().any(|class| class.cost_usd.nanos() < 0) {
        return html! {};
    }
    let mut left = 0;
    let classes = audit.waterfall.iter().filter(|class| class.cost_usd != Money::ZERO);
    let parts: Vec<_> = classes
        .map(|class| {
            let from = left;
            left += class.cost_usd.nanos();
            (from, class)
        })
        .collect();
    // Hundredths of a unit of 1,000.
    let scaled = |nanos: i128| fixed(nanos * 100_000 / total);
    let tones = [Tone::Avoidable, Tone::Open, Tone::Neutral, Tone::Value].map(|tone| (tone.word(), tone.title()));
    let title =
        |word: &'static str| Class::ALL.into_iter().find(|class| class.word() == word).map_or(word, Class::title);
    let of_tone = |tone: &str| -> Money {
        audit.waterfall.iter().filter(|class| class.tone == tone).map(|class| class.cost_usd).sum()
    };
    let spoken: Vec<String> = tones.iter().map(|(tone, words)| format!("{words} {}", dollars(of_tone(tone)))).collect();
    html! {
        figure {
            svg viewBox="0 0 1000 64" role="img" aria-label=(format!("Where each dollar went: {}", spoken.join(", "))) preserveAspectRatio="none" {
                @for (from, class) in &parts {
                    rect class=(format!("tone-{}", class.tone)) x=(scaled(*from)) y="0" width=(scaled(class.cost_usd.nanos())) height="64" {
                        title { (title(class.class)) ": " (dollars(class.cost_usd)) }
                    }
                }
            }
            figcaption {
                @for (tone, words) in tones {
                    span.name { span class=(format!("key tone-{tone}")) {} (words) " " (money(of_tone(tone))) } " "
                }
            }
        }
    }
}

/// Columns of spend by day, what is expected, and what a budget allows.
pub(super) fn days(chart: &DayChart) -> Markup {
    let (Some(first), Some(last)) = (chart.days.first(), chart.days.last()) else { return html! {} };
    let ahead = chart.forecast.as_ref();
    let end = ahead.map_or(last.0, |ahead| ahead.until);
    let budget = chart.budget.as_ref().map(|(_, amount)| *amount);
    let top = ahead.and_then(|ahead| ahead.range).map(|(_, p90)| p90);
    let most = chart.days.iter().map(|(_, cost)| *cost).chain(budget).chain(top).max().unwrap_or_default();
    let slots = i128::from((end - first.0).num_days() + 1);
    if most <= Money::ZERO {
        return html! {};
    }
    let x = |day: chrono::NaiveDate| fixed(i128::from((day - first.0).num_days()) * 100_000 / slots);
    let height = |cost: Money| cost.nanos().max(0) * 15_600 / most.nanos();
    let y = |cost: Money| fixed(16_000 - height(cost));
    let inner = html! {
        @for (day, cost) in &chart.days {
            rect.day x=(x(*day)) y=(y(*cost)) width=(fixed(80_000 / slots)) height=(fixed(height(*cost))) {
                title { (day) ": " (dollars(*cost)) }
            }
        }
        @if let Some(ahead) = ahead {
            @if let Some((p10, p90)) = ahead.range {
                rect.interval x=(x(ahead.from)) y=(y(p90)) width=(fixed(i128::from((end - ahead.from).num_days() + 1) * 100_000 / slots)) height=(fixed(height(p90) - height(p10))) {
                    title { "expected: " (dollars(p10)) " to " (dollars(p90)) " a day" }
                }
            }
            line.curve x1=(x(ahead.from)) x2="1000" y1=(y(ahead.p50)) y2=(y(ahead.p50)) {}
        }
        @if let Some(budget) = budget {
            line.budget x1="0" x2="1000" y1=(y(budget)) y2=(y(budget)) { title { "budget: " (dollars(budget)) " a day" } }
        }
    };
    let below = [first.0.to_string(), end.to_string()];
    html! {
        figure {
            h3 { "Spend by day" }
            (plot(&format!("Spend by day from {} to {}, at most {}", first.0, last.0, dollars(most)), [&dollars(most), "$0"], &below, &inner))
            figcaption {
                span.name { span.key.day {} "spent until " (last.0) } " "
                @if let Some(ahead) = ahead {
                    span.name {
                        span.key.ahead {} "expected by " (ahead.until) ": " (money(ahead.p50)) " a day"
                        @if let Some((p10, p90)) = ahead.range { " (" (money(p10)) " to " (money(p90)) ")" }
                    } " "
                }
                @match &chart.budget {
                    Some((name, amount)) => span.name { span.key.line {} "budget " (shown(name)) ": " (money(*amount)) " a day" },
                    None => span.name { "no budget is set" },
                }
            }
            details.behind.long {
                summary { "Spend by day: the numbers" }
                div.wide { table {
                    thead { tr { th scope="col" { "day" } th.number scope="col" { "cost" } } }
                    tbody { @for (day, cost) in &chart.days { tr { td { (day) } td.number { (money(*cost)) } } } }
                } }
            }
        }
    }
}

/// Lines alive by age, with their interval.
pub(super) fn survival(name: &str, points: &[SurvivalDoc]) -> Markup {
    let known: Vec<(u32, f64, f64, f64)> =
        points.iter().filter_map(|point| Some((point.days, point.alive?, point.lo?, point.hi?))).collect();
    let (Some(last), true) = (known.last(), known.len() > 1) else { return html! {} };
    let end = f64::from(last.0);
    // The axis begins at a full tenth below the lowest point, and says so.
    let least = known.iter().map(|(_, _, lo, _)| *lo).fold(1.0, f64::min);
    let floor = ((least * 10.0 - 0.5).floor() / 10.0).clamp(0.0, 0.9);
    let x = |days: u32| format!("{:.1}", f64::from(days) / end * 1000.0);
    let y = |share: f64| format!("{:.1}", 158.0 - ((share - floor) / (1.0 - floor)).clamp(0.0, 1.0) * 156.0);
    let start = || std::iter::once("0.0,2.0".to_owned());
    let line = start().chain(known.iter().map(|(days, alive, ..)| format!("{},{}", x(*days), y(*alive))));
    let upper = start().chain(known.iter().map(|(days, _, _, hi)| format!("{},{}", x(*days), y(*hi))));
    let lower = known.iter().rev().map(|(days, _, lo, _)| format!("{},{}", x(*days), y(*lo)));
    let inner = html! {
        polygon.interval points=(upper.chain(lower).collect::<Vec<_>>().join(" ")) {}
        polyline.curve points=(line.collect::<Vec<_>>().join(" ")) {}
    };
    let spoken: Vec<String> =
        known.iter().map(|(days, alive, ..)| format!("{days} days {:.1}%", alive * 100.0)).collect();
    let label = format!("Lines alive by age in {}: {}", shown(name), spoken.join(", "));
    let below = ["0 days".to_owned(), format!("{} days", last.0)];
    html! {
        figure {
            h3 { "How long lines live in " (shown(name)) }
            (plot(&label, ["100%", &format!("{:.0}%", floor * 100.0)], &below, &inner))
            figcaption { "Of the new lines of the period; the band is the 95% range." }
            details.behind {
                summary { "Lines alive: the numbers" }
                div.wide { table {
                    thead { tr {
                        th.number scope="col" { "days" } th.number scope="col" { "alive" }
                        th.number scope="col" { "95% range" } th.number scope="col" { "watched" }
                    } }
                    tbody { @for point in points { tr {
                        td.number { (point.days) }
                        td.number { @if let Some(alive) = point.alive { (share(alive)) } @else { "unknown" } }
                        td.number { @if let (Some(lo), Some(hi)) = (point.lo, point.hi) { (share(lo)) " to " (share(hi)) } }
                        td.number { (data(point.at_risk, &point.at_risk.to_string())) }
                    } } }
                } }
            }
        }
    }
}

pub(super) fn share(share: f64) -> Markup {
    data(share, &format!("{:.1}%", share * 100.0))
}

/// The middle cost of pull requests by size.
pub(super) fn sizes(sizes: &[BandDoc]) -> Markup {
    let most = sizes.iter().filter_map(|one| one.median_cost_usd).max().unwrap_or_default();
    if most <= Money::ZERO {
        return html! {};
    }
    let inner = html! {
        @for (at, one) in (0_i128..).zip(sizes) {
            @if let Some(median) = one.median_cost_usd {
                @let height = median.nanos() * 15_600 / most.nanos();
                rect.day x=(fixed(at * 20_000 + 3_000)) y=(fixed(16_000 - height)) width="140" height=(fixed(height)) {
                    title { (one.band) ": " (dollars(median)) ", of " (one.linked) }
                }
            }
        }
    };
    let below: Vec<String> = sizes.iter().map(|one| format!("{} ({})", one.band, one.linked)).collect();
    let spoken = sizes.iter().filter_map(|one| Some(format!("{} {}", one.band, dollars(one.median_cost_usd?))));
    let label = format!("Median cost of pull requests by size: {}", spoken.collect::<Vec<_>>().join(", "));
    html! {
        figure.bands {
            h3 { "Median cost per pull request by size" }
            (plot(&label, [&dollars(most), "$0"], &below, &inner))
            figcaption { "In brackets, the number of pull requests; no column for fewer than five. The table is below." }
        }
    }
}

/// How unequally sessions cost.
pub(super) fn lorenz(points: &[LorenzDoc]) -> Markup {
    let known: Vec<(f64, f64)> = points
        .iter()
        .filter_map(|point| Some((point.sessions.map(Quantity::as_f64)?, point.cost.map(Quantity::as_f64)?)))
        .collect();
    if known.is_empty() {
        return html! {};
    }
    let line: Vec<String> = known.iter().map(|(x, y)| format!("{:.1},{:.1}", x * 1000.0, 158.0 - y * 156.0)).collect();
    let inner = html! {
        line.budget x1="0" y1="158" x2="1000" y2="2" { title { "if every session cost the same" } }
        polyline.curve points=(line.join(" ")) {}
    };
    let half = known.iter().find(|(x, _)| *x >= 0.5).map_or(0.0, |(_, y)| *y);
    let label = format!("Lorenz curve: the cheaper half of the sessions has {:.1}% of the cost", half * 100.0);
    html! {
        figure {
            h3 { "How unequally sessions cost" }
            (plot(&label, ["100% of cost", "0%"], &["cheapest session".to_owned(), "most expensive".to_owned()], &inner))
            figcaption {
                "The cheaper half of the sessions has " (format!("{:.1}%", half * 100.0))
                " of the cost; the dashed line is equality. It is normal that few sessions cost most."
            }
            details.behind.long {
                summary { "Sessions by cost: the numbers" }
                div.wide { table {
                    thead { tr { th.number scope="col" { "share of sessions" } th.number scope="col" { "share of cost" } } }
                    tbody { @for point in points { tr {
                        td.number { (quantity(point.sessions)) } td.number { (quantity(point.cost)) }
                    } } }
                } }
            }
        }
    }
}

/// Hundredths as a decimal number.
fn fixed(hundredths: i128) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundredths_are_printed_exactly() {
        assert_eq!([fixed(0), fixed(5), fixed(12_345)], ["0.00", "0.05", "123.45"]);
    }
}

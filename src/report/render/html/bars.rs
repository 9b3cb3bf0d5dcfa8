//! Bars that lie: what a whole is made of, and what a saving may come to.

use maud::Markup;

use super::draw::{Anchor, Drawing, Num, round_up};

/// One part of a whole.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    /// Its class of fill.
    pub class: &'a str,
    /// How much it is.
    pub amount: i128,
    /// Its name.
    pub title: &'a str,
    /// How much in a word, above or inside it.
    pub short: String,
    /// What it says when it is pointed at.
    pub text: String,
}

/// A part from this width on has words beside it.
const WORDS: Num = Num::whole(4);

/// A small bar without words.
pub(super) fn small(parts: &[(&str, i128)]) -> Markup {
    let mut out = Drawing::default();
    let whole = parts.iter().map(|(_, amount)| (*amount).max(0)).sum();
    let mut sum = 0;
    for (class, amount) in parts.iter().filter(|(_, amount)| *amount > 0) {
        let from = Num::part(sum, whole, Num::FULL);
        sum += amount;
        let to = Num::part(sum, whole, Num::FULL);
        out.rect((from, Num::whole(5)), (to - from, Num::whole(18)), class);
    }
    out.beside_words("mi", Num::whole(28))
}

/// How a bar is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// The class of the chart.
    pub class: &'static str,
    /// How high the bar is.
    pub height: i64,
}

/// A bar whose parts have their share above and their name below, where they are wide enough.
pub(super) fn named(parts: &[Part<'_>], shape: Shape, label: &str) -> Markup {
    let mut out = Drawing::default();
    let whole = parts.iter().map(|part| part.amount.max(0)).sum();
    let (top, height) = (Num::whole(22), Num::whole(shape.height));
    let mut sum = 0;
    for part in parts.iter().filter(|part| part.amount > 0) {
        let from = Num::part(sum, whole, Num::FULL);
        sum += part.amount;
        let to = Num::part(sum, whole, Num::FULL);
        out.marked(&part.text, |out| out.rect((from, top), (to - from, height), part.class));
        if to - from >= WORDS {
            // What begins near the right end ends there.
            let (x, anchor) = if from > Num::whole(88) { (Num::FULL, Anchor::End) } else { (from, Anchor::Start) };
            out.text((x, Num::whole(14)), anchor, "vl", &part.short);
            out.text((x, top + height + Num::whole(16)), anchor, "ax", part.title);
        }
    }
    out.image(shape.class, top + height + Num::whole(24), label)
}

/// Two bars of the same parts, one above the other, each with its whole above it and shares inside.
pub(super) fn pair(bars: &[(&str, Vec<Part<'_>>)], label: &str) -> Markup {
    let mut out = Drawing::default();
    let mut top = Num::whole(18);
    for (title, parts) in bars {
        let whole = parts.iter().map(|part| part.amount.max(0)).sum();
        let mut sum = 0;
        out.text((Num::ZERO, top - Num::whole(6)), Anchor::Start, "vl", title);
        for part in parts.iter().filter(|part| part.amount > 0) {
            let from = Num::part(sum, whole, Num::FULL);
            sum += part.amount;
            let to = Num::part(sum, whole, Num::FULL);
            out.marked(&part.text, |out| {
                out.rect((from, top), (to - from, Num::whole(22)), part.class);
                if to - from >= Num::whole(7) {
                    let class = format!("in {}t", part.class);
                    out.text(((from + to).half(), top + Num::milli(15_500)), Anchor::Middle, &class, &part.short);
                }
            });
        }
        top += Num::whole(56);
    }
    out.image("tk", top - Num::whole(28), label)
}

/// What a saving may come to, in billionths of a dollar.
#[derive(Debug, Clone, Copy)]
pub(super) struct Saving {
    /// At least.
    pub from: i128,
    /// At most.
    pub to: i128,
    /// The spend that it concerns.
    pub of: i128,
    /// Whether it is measured; else it is a ceiling.
    pub is_likely: bool,
}

/// The end of the scale that all savings share.
pub(super) fn savings_end(all: &[Saving]) -> i128 {
    round_up(all.iter().map(|one| one.to.max(one.of)).max().unwrap_or_default())
}

/// The scale above the savings. `axis` puts an amount into words.
pub(super) fn savings_axis(end: i128, axis: impl Fn(i128) -> String) -> Markup {
    let mut out = Drawing::default();
    for (at, anchor) in [(0, Anchor::Start), (1, Anchor::Middle), (2, Anchor::End)] {
        let x = Num::FULL.scaled(at, 2);
        out.upright(x, Num::whole(14), Num::whole(20), "axis");
        out.text((x, Num::whole(10)), anchor, "ax", &axis(end * i128::from(at) / 2));
    }
    out.beside_words("sr", Num::whole(20))
}

/// One saving on the scale: solid where it is likely, hollow where it is a ceiling, and a mark at the spend that it concerns.
pub(super) fn saving(one: Saving, end: i128, label: &str) -> Markup {
    let mut out = Drawing::default();
    let x = |nanos: i128| Num::part(nanos, end, Num::FULL);
    out.level(Num::whole(13), "grid");
    out.upright(Num::ZERO, Num::whole(4), Num::whole(22), "axis");
    out.marked(label, |out| {
        let (from, to) = (x(one.from), x(one.to));
        if one.is_likely {
            out.rect((from, Num::whole(8)), (to - from, Num::whole(10)), "sv");
        } else {
            out.rect((from, Num::milli(8_500)), (to - from, Num::whole(9)), "svh");
        }
    });
    out.upright(x(one.of), Num::whole(6), Num::whole(20), "on");
    out.image("sr", Num::whole(26), label)
}

/// What is likely to be saved and what at best, without words.
pub(super) fn small_savings((least, most): (i128, i128), ceiling: i128) -> Markup {
    let mut out = Drawing::default();
    let end = round_up(most + ceiling);
    let x = |nanos: i128| Num::part(nanos, end, Num::FULL);
    out.level(Num::whole(14), "grid");
    out.rect((x(least), Num::whole(9)), (x(most) - x(least), Num::whole(10)), "sv");
    out.rect((x(most), Num::milli(9_500)), (x(most + ceiling) - x(most), Num::whole(9)), "svh");
    out.beside_words("mi", Num::whole(28))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(amount: i128) -> Part<'static> {
        Part { class: "e-strong", amount, title: "matched", short: "1%".to_owned(), text: "matched: $1".to_owned() }
    }

    #[test]
    fn parts_fill_the_whole_width() {
        for amounts in [&[1_i128, 1, 1][..], &[7, 0, 13, 1], &[1_000_000_007, 3]] {
            let parts: Vec<Part<'_>> = amounts.iter().map(|one| part(*one)).collect();
            let chart = named(&parts, Shape { class: "evb", height: 30 }, "").into_string();
            let widths =
                chart.split(" width=\"").skip(2).filter_map(|rest| rest.split('%').next()?.parse::<f64>().ok());
            assert!((widths.sum::<f64>() - 100.0).abs() < 1e-9, "{chart}");
        }
    }

    #[test]
    fn nothing_at_all_is_drawn_without_harm() {
        let none = Saving { from: 0, to: 0, of: 0, is_likely: true };
        let all =
            [small(&[]), named(&[], Shape { class: "rc", height: 22 }, ""), saving(none, savings_end(&[none]), "")];
        assert!(all.into_iter().all(|chart| chart.into_string().ends_with("</svg>")));
    }

    #[test]
    fn a_likely_saving_is_solid_and_a_ceiling_is_hollow() {
        let one = Saving { from: 55, to: 117, of: 137, is_likely: true };
        let end = savings_end(&[one]);
        assert_eq!(end, 150);
        let solid = saving(one, end, "").into_string();
        assert!(solid.contains("x=\"36.667%\"") && solid.contains("class=\"sv\""), "{solid}");
        assert!(saving(Saving { is_likely: false, ..one }, end, "").into_string().contains("class=\"svh\""));
    }
}

//! A dot per merged change on an axis of cost: stacked upwards where several cost the same, none over another.

use maud::Markup;

use super::draw::{Anchor, Drawing, Num, round_up};

/// The axis, within the width.
const LEFT: Num = Num::milli(1_500);
const ROOM: Num = Num::whole(97);
/// The narrowest chart on which no dot covers another, in pixels.
const NARROWEST: i64 = 760;
/// From this many dots on they are small.
const MANY: usize = 150;
/// The axis is logarithmic if the most expensive change costs more than this many times the middle one.
const SPREAD: i128 = 8;

/// A merged change.
#[derive(Debug, Clone)]
pub(super) struct Dot<'a> {
    /// Billionths of a dollar.
    pub nanos: i128,
    /// Its class of colour.
    pub key: &'a str,
    /// Where its row is, if it has one that opens, and what it is.
    pub row: Option<(String, String)>,
}

/// A cost to compare with, in billionths of a dollar and in words.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    /// Half cost less.
    pub half: Option<(i128, String)>,
    /// Nine in ten cost less.
    pub nine_in_ten: Option<(i128, String)>,
}

/// An axis of cost.
#[derive(Debug, PartialEq, Eq)]
enum Axis {
    /// From nothing to an end, in steps.
    Even { end: i128, steps: i128 },
    /// From one power of ten to another.
    Powers { from: i128, to: i128 },
}

impl Axis {
    fn of(sorted: &[i128]) -> Self {
        let most = sorted.last().copied().unwrap_or_default().max(1);
        let middle = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        if middle > 0 && most > middle * SPREAD {
            let least = sorted.iter().copied().find(|one| *one > 0).unwrap_or(1);
            let (mut from, mut to) = (1, 1);
            while from * 10 <= least {
                from *= 10;
            }
            while to < most {
                to *= 10;
            }
            return Self::Powers { from, to };
        }
        let end = round_up(most);
        let digit = leading(end);
        Self::Even { end, steps: if [15, 30, 60].contains(&digit) { 3 } else { 2 } }
    }

    fn x(&self, nanos: i128) -> Num {
        match self {
            Self::Even { end, .. } => LEFT + Num::part(nanos, *end, ROOM),
            Self::Powers { from, to } => {
                let bits = |value: i128| i128::from(log2(value.max(1)));
                LEFT + Num::part(bits(nanos) - bits(*from), bits(*to) - bits(*from), ROOM)
            }
        }
    }

    fn ticks(&self) -> Vec<i128> {
        match self {
            Self::Even { end, steps } => (0..=*steps).map(|step| end * step / steps).collect(),
            Self::Powers { from, to } => {
                std::iter::successors(Some(*from), |one| Some(one * 10)).take_while(|one| one <= to).collect()
            }
        }
    }
}

/// The first two digits of a round number.
fn leading(mut value: i128) -> i128 {
    while value >= 100 {
        value /= 10;
    }
    value
}

/// The logarithm to base two in parts of 65,536, from whole numbers alone.
fn log2(value: i128) -> i64 {
    let value = value.unsigned_abs().max(1);
    let whole = 127 - value.leading_zeros();
    // Between 2^63 and 2^64.
    let mut mantissa = if whole > 63 { value >> (whole - 63) } else { value << (63 - whole) };
    let mut bits = i64::from(whole);
    for _ in 0..16 {
        mantissa = (mantissa * mantissa) >> 63;
        bits *= 2;
        if mantissa >> 64 != 0 {
            mantissa >>= 1;
            bits += 1;
        }
    }
    bits
}

/// Places of dots from the left: each one as low as no other is in its way. Answers with the level of each.
fn stack(places: &[Num], apart: i64) -> Vec<usize> {
    let mut ends: Vec<Num> = Vec::new();
    let gap = Num::FULL.scaled(apart, NARROWEST);
    let level = |x: &Num| {
        let free = ends.iter().position(|end| *x >= *end);
        let at = free.unwrap_or(ends.len());
        if at == ends.len() {
            ends.push(Num::ZERO);
        }
        ends[at] = *x + gap;
        at
    };
    places.iter().map(level).collect()
}

/// The chart. `axis` puts an amount at a tick into words.
pub(super) fn chart(dots: &[Dot<'_>], marks: &Marks, label: &str, axis: impl Fn(i128) -> String) -> Markup {
    let mut sorted: Vec<&Dot<'_>> = dots.iter().collect();
    sorted.sort_by_key(|dot| dot.nanos);
    let costs: Vec<i128> = sorted.iter().map(|dot| dot.nanos).collect();
    let scale = Axis::of(&costs);
    let (radius, apart) = if dots.len() > MANY { (Num::milli(3_200), 7) } else { (Num::milli(5_200), 11) };
    let places: Vec<Num> = costs.iter().map(|cost| scale.x(*cost)).collect();
    let levels = stack(&places, apart);
    let highest = levels.iter().max().map_or(0, |most| most + 1);
    let up = |level: usize| Num::whole(apart).scaled(i64::try_from(level).unwrap_or(0), 1);
    let zero = Num::whole(38) + up(highest.max(3));
    let mut out = Drawing::default();
    let ticks = scale.ticks();
    for (at, tick) in ticks.iter().enumerate() {
        let x = scale.x(*tick);
        let anchor = match at {
            0 => Anchor::Start,
            at if at + 1 == ticks.len() => Anchor::End,
            _ => Anchor::Middle,
        };
        out.upright(x, Num::whole(34), zero, "grid");
        out.text((x, zero + Num::whole(16)), anchor, "ax", &axis(*tick));
    }
    for (mark, y) in [(&marks.half, 10), (&marks.nine_in_ten, 26)] {
        let Some((nanos, words)) = mark else { continue };
        let x = scale.x(*nanos);
        out.upright(x, Num::whole(y - 9), zero, "tick");
        let (dx, anchor) = if x > Num::whole(50) { (-5, Anchor::End) } else { (5, Anchor::Start) };
        out.text_beside((x, Num::whole(y)), dx, anchor, "vl", words);
    }
    for ((dot, x), level) in sorted.iter().zip(&places).zip(levels) {
        let at = (*x, zero - Num::whole(10) - up(level));
        let class = format!("sd f-{}", dot.key);
        match &dot.row {
            Some((href, text)) => out.link(href, " tabindex=\"-1\"", text, |out| out.dot(at, radius, &class)),
            None => out.dot(at, radius, &class),
        }
    }
    out.group("dots", zero + Num::whole(28), label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_of_one_cost_are_stacked_and_never_overlap() {
        let places: Vec<Num> = [0, 0, 0, 500, 1_400, 1_450, 9_000].map(Num::milli).to_vec();
        let levels = stack(&places, 11);
        assert_eq!(levels, [0, 1, 2, 3, 4, 0, 0]);
        for (a, x) in places.iter().enumerate() {
            for (b, y) in places.iter().enumerate().skip(a + 1) {
                assert!(levels[a] != levels[b] || *y >= *x + Num::FULL.scaled(11, NARROWEST), "{a} {b}");
            }
        }
    }

    #[test]
    fn a_wide_spread_has_an_axis_of_powers() {
        assert_eq!(Axis::of(&[10, 20, 131]), Axis::Even { end: 150, steps: 3 });
        let powers = Axis::of(&[3, 20, 20, 5_000]);
        assert_eq!(powers, Axis::Powers { from: 1, to: 10_000 });
        assert_eq!(powers.ticks(), [1, 10, 100, 1_000, 10_000]);
        assert_eq!(powers.x(100), LEFT + ROOM.half());
        assert_eq!([powers.x(0), powers.x(10_000)], [LEFT, LEFT + ROOM]);
    }

    #[test]
    fn logarithms_are_right_to_a_part_in_thousands() {
        for (value, wanted) in [(1, 0.0), (2, 1.0), (1_000, 9.965_784), (1_000_000_000_000, 39.863_137)] {
            let found = f64::from(i32::try_from(log2(value)).expect("small")) / 65_536.0;
            assert!((found - wanted).abs() < 1e-4, "{value}: {found}");
        }
    }

    #[test]
    fn five_hundred_changes_are_small_dots_and_only_those_with_a_row_lead_to_it() {
        let row = |at| Some((format!("#u{at}d"), "a change".to_owned()));
        let dots: Vec<Dot<'_>> = (0..500)
            .map(|at| Dot { nanos: at % 40, key: "lasted", row: (at < 150).then(|| row(at)).flatten() })
            .collect();
        let marks = Marks { half: Some((20, "$20: half".to_owned())), nine_in_ten: None };
        let chart = chart(&dots, &marks, "", |_| String::new()).into_string();
        assert_eq!([chart.matches("<circle").count(), chart.matches("<a ").count()], [500, 150]);
        assert!(!chart.contains("NaN"));
    }
}

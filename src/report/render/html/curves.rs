//! How long new lines stay, as curves that fall in daily steps, with bands for their 95% ranges.

use std::fmt::Write as _;

use maud::Markup;

use super::draw::{Anchor, Drawing, Num};

/// The plot, within the width; names of curves are to its right.
const LEFT: Num = Num::whole(6);
const WIDTH: Num = Num::whole(75);
/// All lines, and the floor of the axis.
const TOP: Num = Num::whole(18);
const FLOOR: Num = Num::whole(214);
const HEIGHT: Num = Num::whole(250);
/// All of them, in millionths.
const ALL: i128 = 1_000_000;

/// Lines of one kind.
#[derive(Debug, Clone)]
pub(super) struct Curve<'a> {
    /// The end of its classes of colour: `ai` or `ot`.
    pub key: &'static str,
    /// Its name.
    pub title: &'a str,
    /// Its last value in words.
    pub last: String,
    /// Days, and the share that is still there from then on, in millionths.
    pub steps: Vec<(u32, i128)>,
    /// Days, and the ends of the range.
    pub band: Vec<(u32, i128, i128)>,
}

/// Where the axis begins: a full twentieth at or below everything that is drawn, in millionths.
pub(super) fn floor(curves: &[Curve<'_>]) -> i128 {
    let steps = curves.iter().flat_map(|curve| curve.steps.iter().map(|(_, share)| *share));
    let bands = curves.iter().flat_map(|curve| curve.band.iter().map(|(_, lo, _)| *lo));
    let least = steps.chain(bands).min().unwrap_or(ALL).clamp(0, ALL - 1);
    least / 50_000 * 50_000
}

/// The chart, up to a day. `watched` is the day that headlines speak of.
pub(super) fn chart(curves: &[Curve<'_>], (watched, last): (u32, u32), label: &str) -> Markup {
    let floor = floor(curves);
    let y = |share: i128| TOP + Num::part(ALL - share, ALL - floor, FLOOR - TOP);
    let x = |day: u32| Num::part(i128::from(day), i128::from(last), Num::whole(1000));
    let mut out = Drawing::default();
    for share in [ALL, (ALL + floor) / 2, floor] {
        let at = y(share);
        out.line((Num::ZERO, at), (LEFT + WIDTH, at), if share == floor { "axis" } else { "grid" });
        let percent = Num::milli(i64::try_from(share / 10).unwrap_or(0));
        out.text((Num::ZERO, at - Num::whole(4)), Anchor::Start, "ax", &format!("{percent}%"));
    }
    out.stretched(LEFT, WIDTH, HEIGHT, 1000, |out| {
        for curve in curves {
            out.path(&format!("s-{}b", curve.key), &band(curve, last, &x, &y));
        }
        for curve in curves {
            out.path(&format!("s-{}", curve.key), &steps(curve, last, &x, &y));
        }
    });
    let mut below = Num::ZERO;
    let mut named: Vec<(&Curve<'_>, Num)> =
        curves.iter().filter_map(|one| Some((one, y(one.steps.last()?.1)))).collect();
    named.sort_by_key(|(_, at)| *at);
    for (curve, at) in named {
        // The value and the name take two lines; those of the next curve are below them.
        let at = at.max(below);
        let right = LEFT + WIDTH + Num::whole(1);
        out.text((right, at), Anchor::Start, &format!("vl s-{}t", curve.key), &curve.last);
        out.text((right, at + Num::whole(14)), Anchor::Start, &format!("ax s-{}t", curve.key), curve.title);
        below = at + Num::whole(32);
    }
    let under = FLOOR + Num::whole(16);
    if watched < last {
        let at = LEFT + Num::part(i128::from(watched), i128::from(last), WIDTH);
        out.upright(at, Num::whole(8), FLOOR, "hz");
        out.text((at, under), Anchor::Middle, "ax", &format!("{watched} days"));
    }
    out.text((LEFT, under), Anchor::Start, "ax", "merge");
    out.text((LEFT + WIDTH, under), Anchor::End, "ax", &format!("{last} days"));
    out.image("km", HEIGHT, label)
}

/// The way of a curve: level between the days on which it falls.
fn steps(curve: &Curve<'_>, last: u32, x: &impl Fn(u32) -> Num, y: &impl Fn(i128) -> Num) -> String {
    let mut way = format!("M0 {TOP}");
    let mut at = TOP;
    for (day, share) in curve.steps.iter().filter(|(day, _)| *day <= last) {
        let to = y(*share);
        if to != at {
            // Writing to a text cannot fail.
            let _ = write!(way, "H{}V{to}", x(*day));
            at = to;
        }
    }
    way + "H1000"
}

/// The way around a band.
fn band(curve: &Curve<'_>, last: u32, x: &impl Fn(u32) -> Num, y: &impl Fn(i128) -> Num) -> String {
    let own: Vec<&(u32, i128, i128)> = curve.band.iter().filter(|(day, ..)| *day <= last).collect();
    if own.is_empty() {
        return String::new();
    }
    let mut way = format!("M0 {TOP}");
    for (day, _, hi) in &own {
        let _ = write!(way, "L{} {}", x(*day), y(*hi));
    }
    for (day, lo, _) in own.iter().rev() {
        let _ = write!(way, "L{} {}", x(*day), y(*lo));
    }
    way + "Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(key: &'static str, share: i128) -> Curve<'static> {
        Curve {
            key,
            title: "unmarked",
            last: "90%".to_owned(),
            steps: vec![(0, ALL), (3, 950_000), (30, share)],
            band: vec![(0, ALL, ALL), (30, share - 100_000, share + 10_000)],
        }
    }

    #[test]
    fn the_axis_begins_at_or_below_everything_drawn() {
        assert_eq!(floor(&[curve("ai", 900_000)]), 800_000);
        assert_eq!(floor(&[curve("ai", 890_000), curve("ot", 960_000)]), 750_000);
        assert_eq!(floor(&[]), 950_000);
        assert_eq!(floor(&[curve("ai", 100_000)]), 0);
    }

    #[test]
    fn a_curve_falls_on_the_day_and_is_level_between() {
        let chart = chart(&[curve("ai", 900_000)], (30, 60), "").into_string();
        assert!(chart.contains("d=\"M0 18H50V67H500V116H1000\""), "{chart}");
        assert!(chart.contains(">80%<") && chart.contains("30 days") && chart.contains("60 days"), "{chart}");
    }

    #[test]
    fn names_of_curves_that_end_together_are_apart() {
        let all = [curve("ai", 900_000), curve("ot", 900_001)];
        let chart = chart(&all, (30, 30), "").into_string();
        let texts = chart.split("<text x=\"82%\" y=\"").skip(1);
        let mut places: Vec<f64> = texts.filter_map(|one| one.split('"').next()?.parse().ok()).collect();
        places.sort_by(f64::total_cmp);
        assert!(places.len() == 4 && places.windows(2).all(|pair| pair[1] - pair[0] >= 14.0), "{places:?}");
    }

    #[test]
    fn no_line_at_all_is_drawn_without_harm() {
        assert!(!chart(&[], (30, 0), "").into_string().contains("NaN"));
    }
}

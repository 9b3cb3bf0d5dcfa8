//! Charts over time: spend by week as stacked columns, a measure by month as dots with ranges, the month so far.

use maud::Markup;

use super::draw::{Anchor, Drawing, Num, round_up};

/// Columns begin here, so that none covers the labels of the axis.
const LEFT: Num = Num::whole(6);
/// The upper end of the scale of weeks, and its zero.
const TOP: Num = Num::whole(22);
const ZERO: Num = Num::whole(200);
/// Up to this many columns are all labelled.
const LABELLED: usize = 13;

/// A column of the chart of weeks.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Its label below.
    pub label: String,
    /// Its sum in words.
    pub amount: String,
    /// What it says when it is pointed at.
    pub text: String,
    /// Class of colour and billionths of a dollar, from the bottom up.
    pub parts: Vec<(&'static str, i128)>,
}

impl Column {
    fn sum(&self) -> i128 {
        self.parts.iter().map(|(_, nanos)| (*nanos).max(0)).sum()
    }
}

/// Where judging ends: days after the first day of the first column, and its words.
#[derive(Debug, Clone)]
pub(super) struct Border {
    /// Days after the first column's first day.
    pub days: i64,
    /// What is before it.
    pub before: String,
    /// What is after it.
    pub after: &'static str,
}

/// Weeks as stacked columns. `axis` puts an amount at a gridline into words.
pub(super) fn weeks(columns: &[Column], border: Option<&Border>, label: &str, axis: impl Fn(i128) -> String) -> Markup {
    let mut out = Drawing::default();
    let end = round_up(columns.iter().map(Column::sum).max().unwrap_or_default());
    let height = |nanos: i128| Num::part(nanos, end, ZERO - TOP);
    for amount in [end / 2, end] {
        let y = ZERO - height(amount);
        out.level(y, "grid");
        out.text((Num::ZERO, y - Num::whole(4)), Anchor::Start, "ax", &axis(amount));
    }
    out.level(ZERO, "axis");
    let count = i64::try_from(columns.len().max(1)).unwrap_or(1);
    let room = Num::FULL - LEFT;
    let left = |at: usize| LEFT + room.scaled(i64::try_from(at).unwrap_or(0), count);
    let highest = columns.iter().enumerate().max_by_key(|(at, one)| (one.sum(), *at)).map_or(0, |(at, _)| at);
    let step = columns.len().div_ceil(LABELLED).max(1);
    for (at, column) in columns.iter().enumerate() {
        let (from, to) = (left(at), left(at + 1));
        let middle = (from + to).half();
        let is_important = at == highest || at + 1 == columns.len();
        out.marked(&column.text, |out| {
            out.rect((from, Num::whole(20)), (to - from, Num::whole(180)), "hit");
            let mut sum = 0;
            let bar = (from + (to - from).scaled(14, 100), (to - from).scaled(72, 100));
            for (class, nanos) in column.parts.iter().filter(|(_, nanos)| *nanos > 0) {
                let below = height(sum);
                sum += nanos;
                let above = height(sum);
                out.rect((bar.0, ZERO - above), (bar.1, above - below), &format!("f-{class}"));
            }
            if columns.len() <= LABELLED || is_important {
                let class = if is_important { "vl imp" } else { "vl" };
                out.text((middle, ZERO - height(sum) - Num::whole(5)), Anchor::Middle, class, &column.amount);
            }
        });
        if at.is_multiple_of(step) {
            let class = if at / step % 2 == 1 { "ax odd" } else { "ax" };
            out.text((middle, Num::whole(216)), Anchor::Middle, class, &column.label);
        }
    }
    if let Some(border) = border {
        let x = LEFT + room.scaled(border.days, count * 7);
        if x > LEFT && x < Num::FULL {
            out.upright(x, Num::whole(6), ZERO, "hz");
            out.text_beside((x, Num::whole(12)), -6, Anchor::End, "ax", &border.before);
            out.text_beside((x, Num::whole(12)), 6, Anchor::Start, "ax", border.after);
        }
    }
    out.image("cols", Num::whole(230), label)
}

/// The sums of weeks as small columns without words.
pub(super) fn spark(sums: &[i128]) -> Markup {
    let mut out = Drawing::default();
    let most = sums.iter().copied().max().unwrap_or_default();
    let count = i64::try_from(sums.len().max(1)).unwrap_or(1);
    let full = Num::whole(28);
    for (at, sum) in sums.iter().enumerate() {
        let at = i64::try_from(at).unwrap_or(0);
        let (from, to) = (Num::FULL.scaled(at, count), Num::FULL.scaled(at + 1, count));
        let height = Num::part(*sum, most, full);
        let width = to - from;
        out.rect((from + width.scaled(12, 100), full - height), (width.scaled(76, 100), height), "f-acc");
    }
    out.beside_words("mi", full)
}

/// A measure in one month, in millionths or billionths of its unit.
#[derive(Debug, Clone)]
pub(super) struct Point {
    /// The month, short.
    pub label: String,
    /// The value with its 95% range, and in words; nothing where there are too few cases.
    pub value: Option<(i128, Option<(i128, i128)>, String)>,
    /// Whether it rests on enough cases for a verdict.
    pub is_enough: bool,
    /// What it rests on, short.
    pub cases: String,
    /// What it says when it is pointed at.
    pub text: String,
}

/// A measure by month: a dot a month with its range, from zero.
pub(super) fn months(points: &[Point], label: &str) -> Markup {
    let (zero, room) = (Num::whole(112), Num::whole(88));
    let mut out = Drawing::default();
    out.level(zero, "axis");
    let end = most(points);
    let height = |value: i128| Num::part(value, end, room);
    let count = i64::try_from(points.len().max(1)).unwrap_or(1);
    let step = points.len().div_ceil(6).max(1);
    for (at, point) in points.iter().enumerate() {
        let place = i64::try_from(at).unwrap_or(0);
        let (from, to) = (Num::FULL.scaled(place, count), Num::FULL.scaled(place + 1, count));
        let x = (from + to).half();
        if at.is_multiple_of(step) {
            out.text((x, Num::whole(128)), Anchor::Middle, "ax", &point.label);
            let cases = if point.value.is_some() { &point.cases } else { "too few" };
            out.text((x, Num::whole(144)), Anchor::Middle, "ax", cases);
        }
        let Some((value, range, words)) = &point.value else { continue };
        out.marked(&point.text, |out| {
            out.rect((from, Num::ZERO), (to - from, zero), "hit");
            if let Some((lo, hi)) = range {
                out.upright(x, zero - height(*lo), zero - height(*hi), "wh");
            }
            let (dot, text) = if point.is_enough { ("dot", "vl") } else { ("dot few", "ax") };
            let y = zero - height(*value);
            out.dot((x, y), Num::whole(5), dot);
            if points.len() <= 6 || at + 1 == points.len() {
                out.text_beside((x, y + Num::milli(4_500)), 10, Anchor::Start, text, words);
            }
        });
    }
    out.image("tr", Num::whole(150), label)
}

/// The same without words, of the two months that are compared.
pub(super) fn two_months(points: &[Point]) -> Markup {
    let (zero, room) = (Num::whole(27), Num::whole(24));
    let mut out = Drawing::default();
    out.level(zero, "axis");
    let end = most(points);
    let height = |value: i128| Num::part(value, end, room);
    let count = i64::try_from(points.len().max(1)).unwrap_or(1) * 2;
    for (place, point) in (0..).zip(points) {
        let x = Num::FULL.scaled(place * 2 + 1, count);
        let Some((value, range, words)) = &point.value else { continue };
        if let Some((lo, hi)) = range {
            out.upright(x, zero - height(*lo), zero - height(*hi), "wh");
        }
        let y = zero - height(*value);
        out.dot((x, y), Num::whole(4), if point.is_enough { "dot" } else { "dot few" });
        out.text_beside((x, y.max(Num::whole(8)) + Num::whole(4)), 8, Anchor::Start, "ax", words);
    }
    out.beside_words("mi", Num::whole(28))
}

/// The end of the scale: the highest value or upper end of a range.
fn most(points: &[Point]) -> i128 {
    let tops = points.iter().filter_map(|point| point.value.as_ref());
    tops.map(|(value, range, _)| range.map_or(*value, |(_, hi)| hi.max(*value))).max().unwrap_or_default()
}

/// A month so far and what to expect by its end, in billionths of a dollar.
#[derive(Debug, Clone)]
pub(super) struct Month<'a> {
    /// Spent so far, and in words.
    pub spent: (i128, &'a str),
    /// Expected by the end, with its range, and in words; nothing where the month is over.
    pub expected: Option<(i128, Option<(i128, i128)>, &'a str)>,
    /// Other amounts to compare with, such as the month before and a budget.
    pub marks: Vec<(i128, &'a str)>,
    /// A sentence for those who do not see it.
    pub label: &'a str,
}

/// The strip of a month.
pub(super) fn month(month: &Month<'_>) -> Markup {
    let mut out = Drawing::default();
    let tops = month.expected.iter().map(|(value, range, _)| range.map_or(*value, |(_, hi)| hi));
    let marks = month.marks.iter().map(|(amount, _)| *amount);
    let end = round_up(tops.chain(marks).chain([month.spent.0]).max().unwrap_or_default());
    let x = |nanos: i128| Num::part(nanos, end, Num::FULL);
    let (top, height) = (Num::whole(20), Num::whole(18));
    out.rect((Num::ZERO, top), (Num::FULL, height), "track");
    let spent = x(month.spent.0);
    out.rect((Num::ZERO, top), (spent, height), "f-ink");
    out.text((Num::ZERO, Num::whole(13)), Anchor::Start, "vl", month.spent.1);
    if let Some((value, range, words)) = &month.expected {
        let at = x(*value);
        out.rect((spent, Num::milli(20_500)), ((at - spent).max(Num::ZERO), Num::whole(17)), "hollow");
        let middle = Num::whole(29);
        if let Some((lo, hi)) = range {
            out.line((x(*lo), middle), (x(*hi), middle), "wh");
            for end in [lo, hi] {
                out.upright(x(*end), Num::whole(23), Num::whole(35), "wh");
            }
        }
        out.dot((at, middle), Num::milli(4_500), "dot");
        // Beside the words of what is spent, or at the right end.
        let (at, anchor) =
            if at > Num::whole(80) { (Num::FULL, Anchor::End) } else { (at.max(Num::whole(30)), Anchor::Middle) };
        out.text((at, Num::whole(13)), anchor, "vl", words);
    }
    for (place, (amount, words)) in month.marks.iter().enumerate() {
        let at = x(*amount);
        out.upright(at, Num::whole(16), Num::whole(42), "tick");
        let anchor = if at < Num::whole(25) { Anchor::Start } else { Anchor::End };
        let y = Num::whole(56 + 16 * i64::try_from(place).unwrap_or(0));
        out.text((at, y), anchor, "ax", words);
    }
    let lines = i64::try_from(month.marks.len().max(1)).unwrap_or(1);
    out.image("ms", Num::whole(46 + 16 * lines), month.label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(parts: &[i128]) -> Column {
        let keys = ["lasted", "job", "avoid", "early", "untraced"];
        Column {
            label: "2 Mar".to_owned(),
            amount: "$1".to_owned(),
            text: String::new(),
            parts: keys.into_iter().zip(parts.iter().copied()).collect(),
        }
    }

    fn heights(chart: &str, class: &str) -> Vec<i64> {
        let marks = chart.split("<rect ").filter(|one| one.contains(&format!("class=\"{class}\"")));
        let height = |one: &str| {
            let text = one.split("height=\"").nth(1)?.split('"').next()?;
            let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
            format!("{whole}{rest:0<3}").parse().ok()
        };
        marks.filter_map(height).collect()
    }

    #[test]
    fn a_column_is_as_high_as_its_parts_together() {
        let chart = weeks(&[column(&[1, 1, 1]), column(&[3])], None, "", |_| String::new()).into_string();
        let parts: i64 = heights(&chart, "f-job").iter().chain(&heights(&chart, "f-avoid")).sum();
        let lasted = heights(&chart, "f-lasted");
        assert_eq!(lasted[0] + parts, lasted[1]);
        assert_eq!(lasted[1], 178_000, "{chart}");
    }

    #[test]
    fn of_many_weeks_the_highest_and_the_last_have_amounts() {
        let all: Vec<Column> = (0..60).map(|at| column(&[at % 7])).collect();
        let chart = weeks(&all, None, "", |_| String::new()).into_string();
        assert_eq!(chart.matches("class=\"vl imp\"").count(), 2);
        assert_eq!(chart.matches("class=\"vl\"").count(), 0);
        assert!(chart.matches("2 Mar").count() <= LABELLED);
        assert!(!chart.contains("NaN"));
    }

    #[test]
    fn nothing_at_all_is_drawn_without_harm() {
        let border = Border { days: 3, before: String::new(), after: "" };
        for chart in [weeks(&[], Some(&border), "", |_| String::new()), spark(&[]), months(&[], ""), spark(&[0, 0])] {
            assert!(chart.into_string().ends_with("</svg>"));
        }
    }

    #[test]
    fn a_month_shows_what_is_spent_below_what_is_expected() {
        let one = Month {
            spent: (372, "$3.72 so far"),
            expected: Some((861, Some((705, 1_006)), "about $8.61")),
            marks: vec![(1_023, "April $10.23")],
            label: "May",
        };
        let chart = month(&one).into_string();
        assert!(chart.contains("width=\"24.8%\"") && chart.contains("cx=\"57.4%\""), "{chart}");
    }
}

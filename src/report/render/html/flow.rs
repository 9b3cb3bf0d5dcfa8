//! Where the money went, from all spend to outcomes to what became of it in detail: heights are dollars, and every column sums
//! to the spend.

use super::draw::{Anchor, Drawing, Num};

/// The height of all spend.
const SCALE: Num = Num::whole(230);
/// Where the first row begins, below the heads of the columns.
const TOP: Num = Num::whole(30);
/// A row is at least as high, so that its text fits.
const ROW: Num = Num::whole(24);
/// Above and below a bar that is higher than its text.
const BESIDE: Num = Num::whole(5);
/// An outcome is at least as high: its name and its dollars.
const OUTCOME: Num = Num::whole(44);
/// Between outcomes.
const GAP: Num = Num::whole(12);
/// Between what is judged and what is not.
const SPLIT: Num = Num::whole(10);
/// Below a bar of this height its name is above it and its dollars below.
const LOW: Num = Num::whole(20);
/// The columns of bars: their left edges, and how wide they are.
const COLUMNS: [Num; 3] = [Num::whole(12), Num::whole(35), Num::milli(57_500)];
const BAR: Num = Num::milli(1_300);
/// Where amounts and shares end.
const AMOUNTS: Num = Num::milli(88_500);

/// An outcome with what it is made of.
#[derive(Debug, Clone)]
pub(super) struct Outcome<'a> {
    /// The end of its classes of colour.
    pub key: &'a str,
    /// Its name.
    pub title: &'a str,
    /// Its dollars, and what share that is of what.
    pub words: String,
    /// Whether its money can be judged.
    pub judged: bool,
    /// What it is made of.
    pub rows: Vec<Row<'a>>,
}

/// One row at the right edge.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    /// The class, as the filter of the table of changes knows it.
    pub class: &'a str,
    /// Its name.
    pub title: &'a str,
    /// What it means.
    pub about: &'a str,
    /// Billionths of a dollar.
    pub nanos: i128,
    /// The same in words.
    pub amount: String,
    /// Its share of all spend.
    pub share: String,
}

impl Outcome<'_> {
    fn nanos(&self) -> i128 {
        self.rows.iter().map(|row| row.nanos).sum()
    }
}

/// A stretch from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    top: Num,
    height: Num,
}

impl Span {
    fn middle(self) -> Num {
        self.top + self.height.half()
    }

    fn bottom(self) -> Num {
        self.top + self.height
    }
}

/// The two bars of the first column, with their words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged<'a> {
    /// What is judged.
    pub judged: &'a str,
    /// What is not.
    pub open: &'a str,
}

/// Where everything of the wide picture is.
#[derive(Debug)]
struct Layout {
    /// The first column, as far as there is any: what is judged, and what is not.
    judged: [Option<Span>; 2],
    /// Where in the first column each outcome leaves it.
    leaves: Vec<Span>,
    /// The second column.
    outcomes: Vec<Span>,
    /// The third column, by outcome: the row, and its bar.
    rows: Vec<Vec<(Span, Span)>>,
    height: Num,
}

/// Cuts a height so that the parts sum to it exactly.
struct Cutter {
    total: i128,
    before: i128,
    span: Num,
}

impl Cutter {
    fn cut(&mut self, part: i128) -> Num {
        let from = Num::part(self.before, self.total, self.span);
        self.before += part;
        Num::part(self.before, self.total, self.span) - from
    }
}

fn layout(outcomes: &[Outcome<'_>]) -> Layout {
    let total = outcomes.iter().map(Outcome::nanos).sum();
    let mut cutter = Cutter { total, before: 0, span: SCALE };
    let (mut rows, mut bars, mut y) = (Vec::new(), Vec::new(), TOP);
    for outcome in outcomes {
        let heights: Vec<Num> = outcome.rows.iter().map(|row| cutter.cut(row.nanos)).collect();
        let slot = |height: &Num| (*height + BESIDE).max(ROW);
        let all: Num = heights.iter().map(slot).sum();
        let own = all.max(OUTCOME);
        let mut at = y + (own - all).half();
        let placed = heights.iter().map(|height| {
            let row = Span { top: at, height: slot(height) };
            at += row.height;
            (row, Span { top: row.middle() - height.half(), height: *height })
        });
        rows.push(placed.collect());
        let height: Num = heights.into_iter().sum();
        bars.push(Span { top: y + own.half() - height.half(), height });
        y = y + own + GAP;
    }
    let end = y - GAP;
    let height_of = |judged: bool| {
        let own = outcomes.iter().zip(&bars).filter(|(outcome, _)| outcome.judged == judged);
        own.map(|(_, bar)| bar.height).sum::<Num>()
    };
    let (judged, open) = (height_of(true), height_of(false));
    let split = if judged > Num::ZERO && open > Num::ZERO { SPLIT } else { Num::ZERO };
    let first = (TOP + end).half() - (judged + split + open).half();
    let second = first + judged + split;
    let (mut at_judged, mut at_open) = (first, second);
    let leaves = outcomes.iter().zip(&bars).map(|(outcome, bar)| {
        let at = if outcome.judged { &mut at_judged } else { &mut at_open };
        let span = Span { top: *at, height: bar.height };
        *at += bar.height;
        span
    });
    let leaves = leaves.collect();
    let some = |top, height| (height > Num::ZERO).then_some(Span { top, height });
    Layout {
        judged: [some(first, judged), some(second, open)],
        leaves,
        outcomes: bars,
        rows,
        height: end + Num::whole(6),
    }
}

/// The picture for wide screens and paper.
pub(super) fn wide(outcomes: &[Outcome<'_>], words: Judged<'_>) -> maud::Markup {
    let layout = layout(outcomes);
    let mut out = Drawing::default();
    let [first, second, third] = COLUMNS;
    let y = Num::whole(18);
    out.text((first + BAR, y), Anchor::End, "th", "Spent");
    out.text((second + BAR, y), Anchor::End, "th", "What it became");
    out.text((third, y), Anchor::Start, "th", "In detail");
    out.text((AMOUNTS, y), Anchor::End, "th", "$");
    out.text((Num::FULL, y), Anchor::End, "th", "of all");
    out.stretched(first + BAR, second - first - BAR, layout.height, 100, |out| {
        for ((outcome, leaf), bar) in outcomes.iter().zip(&layout.leaves).zip(&layout.outcomes) {
            let (a, b, c, d) = (leaf.top, bar.top, bar.bottom(), leaf.bottom());
            let way = format!("M0 {a}C26 {a} 22 {b} 56 {b}H100V{c}H56C22 {c} 26 {d} 0 {d}Z");
            out.path(&format!("r-{}", outcome.key), &way);
        }
    });
    let named = [("Judged", words.judged, "f-ink"), ("Not judged", words.open, "f-open")];
    for (span, (title, amount, class)) in layout.judged.iter().zip(named) {
        let Some(span) = span else { continue };
        out.rect((first, span.top), (BAR, span.height), class);
        out.text((Num::whole(11), span.middle() - Num::whole(3)), Anchor::End, "gl", title);
        out.text((Num::whole(11), span.middle() + Num::whole(14)), Anchor::End, "gs", amount);
    }
    for (outcome, bar) in outcomes.iter().zip(&layout.outcomes) {
        out.rect((second, bar.top), (BAR, bar.height), &format!("f-{}", outcome.key));
        let (above, below) = if bar.height < LOW {
            (bar.top - Num::whole(5), bar.bottom() + Num::whole(14))
        } else {
            (bar.middle() - Num::whole(3), bar.middle() + Num::whole(14))
        };
        out.text((Num::whole(34), above), Anchor::End, &format!("gl t-{}", outcome.key), outcome.title);
        out.text((Num::whole(34), below), Anchor::End, "gs", &outcome.words);
    }
    for ((outcome, bar), rows) in outcomes.iter().zip(&layout.outcomes).zip(&layout.rows) {
        let mut from = bar.top;
        for (row, (slot, end)) in outcome.rows.iter().zip(rows) {
            detail(&mut out, outcome.key, row, (from, *slot, *end), layout.height);
            from += end.height;
        }
    }
    let label = "Where the money went, from all spend to outcomes to details. The table below has the same numbers.";
    out.group("flow wide", layout.height, label)
}

/// One row at the right edge with its ribbon, from where it leaves its outcome.
fn detail(out: &mut Drawing, key: &str, row: &Row<'_>, (from, slot, end): (Num, Span, Span), height: Num) {
    let [_, second, third] = COLUMNS;
    let left = second + BAR;
    let text = format!("{}: {}, {} of all spend. {}", row.title, row.amount, row.share, row.about);
    let attributes = format!(" class=\"fl\" data-f=\"{}\"", row.class);
    out.link("#changes", &attributes, &text, |out| {
        out.rect((left, slot.middle() - ROW.half()), (Num::FULL - left, ROW), "hit");
        out.stretched(left, third - left, height, 100, |out| {
            let (a, b, c, d) = (from, end.top, end.bottom(), from + end.height);
            let way = format!("M0 {a}C50 {a} 50 {b} 100 {b}V{c}C50 {c} 50 {d} 0 {d}Z");
            out.path(&format!("r-{key}"), &way);
        });
        out.rect((third, end.top), (BAR, end.height), &format!("f-{key}"));
        let y = slot.middle() + Num::milli(4_500);
        out.text((third + Num::milli(2_300), y), Anchor::Start, "cn", row.title);
        out.text((AMOUNTS, y), Anchor::End, "cv", &row.amount);
        out.text((Num::FULL, y), Anchor::End, "cp", &row.share);
    });
}

/// The picture for narrow screens: one stacked bar, and thin ribbons to a list.
pub(super) fn narrow(outcomes: &[Outcome<'_>], amounts: &[String]) -> maud::Markup {
    let lines: Vec<(Num, Vec<Num>)> = lines(outcomes);
    let last = lines.last().map_or(TOP, |(head, rows)| rows.last().copied().unwrap_or(*head));
    let height = last + Num::whole(19);
    let (top, bottom) = (Num::whole(8), height - Num::whole(8));
    let total = outcomes.iter().map(Outcome::nanos).sum();
    let mut cutter = Cutter { total, before: 0, span: bottom - top };
    let mut out = Drawing::default();
    let (bar, list) = (Num::milli(4_400), Num::whole(24));
    let mut bars = Vec::new();
    let mut y = top;
    out.stretched(bar, Num::milli(17_600), height, 100, |out| {
        for (outcome, (head, rows)) in outcomes.iter().zip(&lines) {
            let from = y;
            for (at, row) in outcome.rows.iter().enumerate() {
                let own = cutter.cut(row.nanos);
                let end = rows.get(at).unwrap_or(head);
                let (a, b, c, d) = (y, *end - Num::whole(6), *end - Num::whole(3), y + own);
                let way = format!("M0 {a}C50 {a} 50 {b} 100 {b}V{c}C50 {c} 50 {d} 0 {d}Z");
                out.path(&format!("r-{}", outcome.key), &way);
                y += own;
            }
            bars.push((from, y - from));
        }
    });
    for (outcome, (from, own)) in outcomes.iter().zip(bars) {
        out.rect((Num::ZERO, from), (bar, own), &format!("f-{}", outcome.key));
    }
    for ((outcome, (head, rows)), amount) in outcomes.iter().zip(&lines).zip(amounts) {
        out.text((list, *head), Anchor::Start, &format!("gl t-{}", outcome.key), outcome.title);
        out.text((Num::FULL, *head), Anchor::End, "cv gl", amount);
        for (row, y) in outcome.rows.iter().zip(rows) {
            out.text((list, *y), Anchor::Start, "cn", row.title);
            out.text((Num::FULL, *y), Anchor::End, "cv", &row.amount);
        }
    }
    out.image("flow narrow", height, "Where the money went. The table below has the same numbers.")
}

/// The base lines of the list: each outcome, and its rows where it has more than one.
fn lines(outcomes: &[Outcome<'_>]) -> Vec<(Num, Vec<Num>)> {
    let mut y = Num::whole(24);
    let mut found = Vec::new();
    for outcome in outcomes {
        let head = y;
        let count = if outcome.rows.len() > 1 { outcome.rows.len() } else { 0 };
        let rows: Vec<Num> = (0..count)
            .scan(head + Num::whole(1), |at, _| {
                *at += Num::whole(25);
                Some(*at)
            })
            .collect();
        y = rows.last().map_or(head + Num::whole(36), |last| *last + Num::whole(35));
        found.push((head, rows));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(nanos: i128) -> Row<'static> {
        Row { class: "product", title: "a row", about: "", nanos, amount: String::new(), share: String::new() }
    }

    fn outcomes(nanos: &[&[i128]]) -> Vec<Outcome<'static>> {
        let outcome = |(at, own): (usize, &&[i128])| Outcome {
            key: "job",
            title: "an outcome",
            words: String::new(),
            judged: at < 3,
            rows: own.iter().map(|one| row(*one)).collect(),
        };
        nanos.iter().enumerate().map(outcome).collect()
    }

    #[test]
    fn every_column_is_as_high_as_the_spend() {
        for all in
            [&[&[7_i128][..], &[3, 1, 1], &[1_000_000_007, 2], &[5], &[1, 0]][..], &[&[1]], &[&[], &[1, 1, 1], &[]]]
        {
            let layout = layout(&outcomes(all));
            let sum = |spans: &[Span]| spans.iter().map(|span| span.height).sum::<Num>();
            let rows: Vec<Span> = layout.rows.iter().flatten().map(|(_, bar)| *bar).collect();
            let judged: Vec<Span> = layout.judged.iter().flatten().copied().collect();
            assert_eq!([sum(&judged), sum(&layout.leaves), sum(&layout.outcomes), sum(&rows)], [SCALE; 4], "{all:?}");
        }
    }

    #[test]
    fn rows_never_overlap_and_hold_their_text() {
        let layout = layout(&outcomes(&[&[700], &[3, 1, 1], &[90, 2], &[1], &[5, 1]]));
        let rows: Vec<Span> = layout.rows.iter().flatten().map(|(row, _)| *row).collect();
        assert!(rows.iter().all(|row| row.height >= ROW));
        assert!(rows.windows(2).all(|pair| pair[0].bottom() <= pair[1].top));
        assert!(layout.outcomes.windows(2).all(|pair| pair[1].middle() - pair[0].middle() >= OUTCOME));
        assert!(rows.last().is_some_and(|row| row.bottom() < layout.height));
    }

    #[test]
    fn the_picture_is_the_same_each_time() {
        let all = outcomes(&[&[700], &[3, 1, 1], &[90, 2], &[1], &[5, 1]]);
        let words = Judged { judged: "$1", open: "$2" };
        assert_eq!(wide(&all, words).into_string(), wide(&all, words).into_string());
        let amounts = vec![String::new(); 5];
        let text = wide(&all, words).into_string() + &narrow(&all, &amounts).into_string();
        assert!(!text.contains("NaN") && !text.contains("style="), "{text}");
    }
}

//! Marks of a chart: x and widths in percent, y and heights in pixels, so that text never scales.
//!
//! Coordinates are whole thousandths, so the same figures give the same bytes on every machine.

use std::fmt::{self, Write as _};
use std::ops::{Add, AddAssign, Sub};

use maud::{Escaper, Markup, PreEscaped};

/// A coordinate in thousandths, of a pixel or of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Num(i64);

impl Num {
    /// Nothing.
    pub(super) const ZERO: Self = Self(0);
    /// The whole width.
    pub(super) const FULL: Self = Self(100_000);

    /// From thousandths.
    pub(super) const fn milli(thousandths: i64) -> Self {
        Self(thousandths)
    }

    /// A whole number of pixels or percent.
    pub(super) const fn whole(value: i64) -> Self {
        Self(value * 1000)
    }

    /// The part of a span that `part` is of `whole`, from nothing to the whole span; nothing where there is no whole.
    pub(super) fn part(part: i128, whole: i128, span: Self) -> Self {
        if whole <= 0 {
            return Self::ZERO;
        }
        let part = part.clamp(0, whole);
        Self(i64::try_from((part * i128::from(span.0) + whole / 2) / whole).unwrap_or(span.0))
    }

    /// Half of it.
    pub(super) const fn half(self) -> Self {
        Self(self.0 / 2)
    }

    /// It, `times` over `parts`.
    pub(super) const fn scaled(self, times: i64, parts: i64) -> Self {
        Self(self.0 * times / parts)
    }

    /// To the nearest tenth.
    pub(super) const fn tenths(self) -> Self {
        Self((self.0 + 50) / 100 * 100)
    }
}

impl Add for Num {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Num {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for Num {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for Num {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Num {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, value) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        write!(out, "{sign}{}", value / 1000)?;
        match value % 1000 {
            0 => Ok(()),
            rest if rest.is_multiple_of(100) => write!(out, ".{}", rest / 100),
            rest if rest.is_multiple_of(10) => write!(out, ".{:02}", rest / 10),
            rest => write!(out, ".{rest:03}"),
        }
    }
}

/// Where a text is, of its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Anchor {
    fn attribute(self) -> &'static str {
        match self {
            Self::Start => "",
            Self::Middle => " text-anchor=\"middle\"",
            Self::End => " text-anchor=\"end\"",
        }
    }
}

/// The marks of one chart, in the order in which they are painted.
#[derive(Debug, Default)]
pub(super) struct Drawing(String);

impl Drawing {
    /// A rectangle with something to say on hover, if it has.
    pub(super) fn rect(&mut self, (x, y): (Num, Num), (width, height): (Num, Num), class: &str) {
        self.put(format_args!("<rect x=\"{x}%\" y=\"{y}\" width=\"{width}%\" height=\"{height}\" class=\"{class}\"/>"));
    }

    /// A line.
    pub(super) fn line(&mut self, (x1, y1): (Num, Num), (x2, y2): (Num, Num), class: &str) {
        self.put(format_args!("<line x1=\"{x1}%\" y1=\"{y1}\" x2=\"{x2}%\" y2=\"{y2}\" class=\"{class}\"/>"));
    }

    /// An upright line.
    pub(super) fn upright(&mut self, x: Num, from: Num, to: Num, class: &str) {
        self.line((x, from), (x, to), class);
    }

    /// A level line over the whole width.
    pub(super) fn level(&mut self, y: Num, class: &str) {
        self.line((Num::ZERO, y), (Num::FULL, y), class);
    }

    /// A dot.
    pub(super) fn dot(&mut self, (x, y): (Num, Num), radius: Num, class: &str) {
        self.put(format_args!("<circle cx=\"{x}%\" cy=\"{y}\" r=\"{radius}\" class=\"{class}\"/>"));
    }

    /// A text.
    pub(super) fn text(&mut self, at: (Num, Num), anchor: Anchor, class: &str, text: &str) {
        self.text_beside(at, 0, anchor, class, text);
    }

    /// A text some pixels beside a point.
    pub(super) fn text_beside(&mut self, (x, y): (Num, Num), dx: i8, anchor: Anchor, class: &str, text: &str) {
        self.put(format_args!("<text x=\"{x}%\" y=\"{y}\""));
        if dx != 0 {
            self.put(format_args!(" dx=\"{dx}\""));
        }
        self.put(format_args!("{} class=\"{class}\">", anchor.attribute()));
        self.words(text);
        self.0.push_str("</text>");
    }

    /// Marks that say something when they are pointed at.
    pub(super) fn marked(&mut self, text: &str, inner: impl FnOnce(&mut Self)) {
        self.0.push_str("<g class=\"h\">");
        self.title(text);
        inner(self);
        self.0.push_str("</g>");
    }

    /// Marks that lead somewhere, and say what they are.
    pub(super) fn link(&mut self, href: &str, attributes: &str, text: &str, inner: impl FnOnce(&mut Self)) {
        self.put(format_args!("<a href=\"{href}\"{attributes}>"));
        self.title(text);
        inner(self);
        self.0.push_str("</a>");
    }

    /// A part of the chart whose marks stretch with the width: its left edge, its width, its height, and how wide one unit is.
    pub(super) fn stretched(&mut self, x: Num, width: Num, height: Num, units: u32, inner: impl FnOnce(&mut Self)) {
        self.put(format_args!(
            "<svg x=\"{x}%\" y=\"0\" width=\"{width}%\" height=\"{height}\" viewBox=\"0 0 {units} {height}\" \
             preserveAspectRatio=\"none\">"
        ));
        inner(self);
        self.0.push_str("</svg>");
    }

    /// A path inside a stretched part.
    pub(super) fn path(&mut self, class: &str, way: &str) {
        self.put(format_args!("<path class=\"{class}\" d=\"{way}\"/>"));
    }

    /// The chart with a sentence for those who do not see it.
    pub(super) fn image(self, class: &str, height: Num, label: &str) -> Markup {
        self.finish(class, height, "img", label)
    }

    /// A chart that holds links.
    pub(super) fn group(self, class: &str, height: Num, label: &str) -> Markup {
        self.finish(class, height, "group", label)
    }

    /// A chart that says nothing which the words beside it do not.
    pub(super) fn beside_words(self, class: &str, height: Num) -> Markup {
        let inner = self.0;
        PreEscaped(format!(
            "<svg class=\"c {class}\" width=\"100%\" height=\"{height}\" aria-hidden=\"true\">{inner}</svg>"
        ))
    }

    fn finish(self, class: &str, height: Num, role: &str, label: &str) -> Markup {
        let mut out = Self::default();
        out.put(format_args!(
            "<svg class=\"c {class}\" width=\"100%\" height=\"{height}\" role=\"{role}\" aria-label=\""
        ));
        out.words(label);
        out.put(format_args!("\">{}</svg>", self.0));
        PreEscaped(out.0)
    }

    fn title(&mut self, text: &str) {
        self.0.push_str("<title>");
        self.words(text);
        self.0.push_str("</title>");
    }

    fn words(&mut self, text: &str) {
        // Writing to a text cannot fail.
        let _ = Escaper::new(&mut self.0).write_str(text);
    }

    fn put(&mut self, part: fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(part);
    }
}

/// A bar in a cell of a table; the words beside it say what it shows.
pub(super) fn cell_bar<'a>(parts: impl IntoIterator<Item = (&'a str, i128)>, whole: i128) -> Markup {
    let mut out = Drawing::default();
    let (mut sum, mut from) = (0, Num::ZERO);
    for (class, part) in parts {
        sum += part.max(0);
        let to = Num::part(sum, whole, Num::FULL).tenths();
        if to > from {
            let width = to - from;
            if from == Num::ZERO {
                out.put(format_args!("<rect class=\"{class}\" width=\"{width}%\"/>"));
            } else {
                out.put(format_args!("<rect class=\"{class}\" x=\"{from}%\" width=\"{width}%\"/>"));
            }
        }
        from = to;
    }
    PreEscaped(format!("<svg class=\"b\" aria-hidden=\"true\">{}</svg>", out.0))
}

/// A round number at or above a value, for the end of an axis: 1, 1.5, 2, 3, 4, 5, 6, 8 or 10 times a power of ten.
pub(super) fn round_up(value: i128) -> i128 {
    let mut unit = 1_i128;
    while unit.saturating_mul(10) < value {
        unit = unit.saturating_mul(10);
    }
    let steps = [10_i128, 15, 20, 30, 40, 50, 60, 80, 100];
    steps.into_iter().map(|step| unit.saturating_mul(step) / 10).find(|end| *end >= value).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_three_decimals_at_most() {
        let shown = |milli| Num::milli(milli).to_string();
        assert_eq!(
            [shown(0), shown(5), shown(12_300), shown(12_340), shown(-1_500)],
            ["0", "0.005", "12.3", "12.34", "-1.5"]
        );
    }

    #[test]
    fn a_part_stays_within_its_span() {
        let part = |part, whole| Num::part(part, whole, Num::FULL);
        assert_eq!(part(1, 3), Num::milli(33_333));
        assert_eq!([part(-1, 3), part(5, 3), part(1, 0)], [Num::ZERO, Num::FULL, Num::ZERO]);
        assert_eq!(part(i128::from(u64::MAX) * 1_000_000_000, i128::from(u64::MAX) * 2_000_000_000), Num::whole(50));
    }

    #[test]
    fn axes_end_at_round_numbers() {
        assert_eq!([1, 11, 37, 368, 1_023, 1_000].map(round_up), [1, 15, 40, 400, 1_500, 1_000]);
        assert_eq!(round_up(0), 1);
    }

    #[test]
    fn words_of_a_chart_are_escaped() {
        let mut drawing = Drawing::default();
        drawing.marked("<b>\"", |inner| inner.text((Num::ZERO, Num::ZERO), Anchor::Start, "ax", "a & b"));
        let chart = drawing.image("x", Num::whole(9), "\"><script>").into_string();
        assert!(!chart.contains("<b>") && !chart.contains("<script") && chart.contains("a &amp; b"), "{chart}");
    }
}

//! Tables: those beside a chart, and long ones that are searched, sorted and opened row by row.

use maud::{Markup, html};

use super::{draw::cell_bar, shown};
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::report::page::{dollars, grouped, short};

/// The title of a column and its classes: `n` for numbers, `w` for what narrow screens leave out, `g` for bars.
pub(super) type Head = (&'static str, &'static str);

/// Rows that are seen before the button below the table is used.
const SEEN: usize = 10;

/// The head of a table.
pub(super) fn head(columns: &[Head]) -> Markup {
    html! {
        thead { tr {
            @for (title, class) in columns {
                th scope="col" class=[(!class.is_empty()).then_some(class)] {
                    @if title.is_empty() { span.vh { "Bar" } } @else { (title) }
                }
            }
        } }
    }
}

/// A table beside a chart, with a button that copies it.
pub(super) fn numbers(caption: &str, columns: &[Head], rows: &Markup) -> Markup {
    html! {
        div.tw { table data-tools="1" { caption { (caption) } (head(columns)) tbody { (rows) } } }
    }
}

/// A long table.
pub(super) struct Listing<'a> {
    /// Its id, which the style sheet knows.
    pub id: &'static str,
    /// What its rows are, more than one.
    pub noun: &'static str,
    /// Its title.
    pub title: &'a str,
    /// Its columns.
    pub columns: &'a [Head],
    /// Controls beside the title, and what explains its fills.
    pub controls: Markup,
    /// What explains the fills.
    pub key: Markup,
    /// The rows.
    pub rows: Vec<Markup>,
    /// The row that sums what is left out.
    pub rest: Option<Markup>,
    /// Whether each row is followed by one that opens.
    pub opens: bool,
}

impl Listing<'_> {
    /// The table with its title and its button.
    pub(super) fn markup(self) -> Markup {
        let (all, heading) = (format!("{}-all", self.id), format!("{}-h", self.id));
        let count = self.rows.len();
        let is_long = count > SEEN;
        html! {
            div.tbl data-noun=(self.noun) {
                @if is_long { input type="checkbox" class="vh all" id=(all); }
                div.th { h3 id=(heading) { (self.title) } (self.controls) }
                (self.key)
                div.tw {
                    table class=(if self.opens { "t pr" } else { "t" }) data-tools="2" id=(self.id) aria-labelledby=(heading) {
                        (head(self.columns))
                        tbody { @for row in &self.rows { (row) } @if let Some(rest) = &self.rest { (rest) } }
                    }
                }
                @if is_long {
                    label.btn for=(all) {
                        span.a { "Show all " (count) } span.b { "Show " (SEEN) } span.p { (count - SEEN) " more in the file" }
                    }
                }
            }
        }
    }
}

/// The rows that a table shows and those that it sums.
pub(super) fn cut<T>(rows: &[T], limit: usize) -> (&[T], &[T]) {
    rows.split_at(rows.len().min(limit))
}

/// A cell of dollars; a word where there is no price.
pub(super) fn money(cost: Option<Money>) -> Markup {
    html! {
        @match cost {
            Some(cost) => td data-v=(cost) { (dollars(cost)) },
            None => td data-v="" { "no price" },
        }
    }
}

/// A cell of dollars in a table without rules by column.
pub(super) fn amount(cost: Money) -> Markup {
    html! { td.n data-v=(cost) { (dollars(cost)) } }
}

/// A cell of a count.
pub(super) fn count(count: Option<u64>) -> Markup {
    html! {
        @match count {
            Some(count) if count >= 1000 => td data-v=(count) { (grouped(count)) },
            Some(count) => td { (count) },
            None => td { "–" },
        }
    }
}

/// A cell of a large count in a few characters.
pub(super) fn tokens(count: u64) -> Markup {
    html! { td data-v=(count) { (short(count)) } }
}

/// A cell of a share with one decimal.
pub(super) fn share(share: Option<Quantity>) -> Markup {
    html! {
        @match share {
            Some(share) => td data-v=(share.as_f64()) { (percent(share)) },
            None => td data-v="" { "–" },
        }
    }
}

/// A share as a percentage with one decimal.
pub(super) fn percent(share: Quantity) -> String {
    let value = share.as_f64() * 100.0;
    match value {
        value if value > 0.0 && value < 0.05 => "<0.1%".to_owned(),
        value if value < 100.0 && value >= 99.95 => ">99.9%".to_owned(),
        value => format!("{value:.1}%"),
    }
}

/// A cell with a bar that compares the row with the largest.
pub(super) fn bar(part: i128, largest: i128) -> Markup {
    html! { td { @if part > 0 { (cell_bar([("f-acc", part)], largest)) } } }
}

/// The head of a row, with a smaller line below its name.
pub(super) fn name(name: &str, below: Option<&str>) -> Markup {
    html! { th scope="row" { (shown(name)) @if let Some(below) = below { small { (shown(below)) } } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(count: usize) -> String {
        let rows = (0..count).map(|at| html! { tr { th scope="row" { (at) } } }).collect();
        let columns = [("Session", ""), ("", "g w")];
        let listing = Listing {
            id: "sessions",
            noun: "sessions",
            title: "By session",
            columns: &columns,
            controls: html! {},
            key: html! {},
            rows,
            rest: None,
            opens: false,
        };
        listing.markup().into_string()
    }

    #[test]
    fn long_tables_have_a_button_that_needs_no_script() {
        let long = listing(12);
        assert!(
            long.contains("Show all 12") && long.contains("2 more in the file") && long.contains("<label"),
            "{long}"
        );
        assert!(!listing(10).contains("<input"));
    }

    #[test]
    fn names_stay_text() {
        let one = name("<script>alert(1)</script>\u{202e}\n", Some("\"><b>")).into_string();
        assert_eq!(
            one,
            "<th scope=\"row\">&lt;script&gt;alert(1)&lt;/script&gt;  <small>&quot;&gt;&lt;b&gt;</small></th>"
        );
    }

    #[test]
    fn shares_are_never_rounded_to_none_or_all() {
        let shown = |part, whole| percent(Quantity::Ratio(part, whole));
        assert_eq!(
            [shown(0, 9), shown(1, 9_999), shown(1, 3), shown(9_999, 10_000), shown(1, 1)],
            ["0.0%", "<0.1%", "33.3%", ">99.9%", "100.0%"]
        );
    }

    #[test]
    fn unknown_is_a_word_and_never_nothing() {
        assert_eq!(money(None).into_string(), "<td data-v=\"\">no price</td>");
        assert_eq!(count(None).into_string(), "<td>–</td>");
        assert!(money(Some(Money::from_nanos(1_234_567_890))).into_string().contains("data-v=\"1.23456789\""));
    }
}

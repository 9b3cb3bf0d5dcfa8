//! A page for people, without a format: lines, tables of typed cells, notes.

use std::borrow::Cow;

pub use super::ids::{FactId, Part, Parts, Place, Question, Reader, SectionId};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::money::Money;
use crate::model::period::Period;
use crate::model::quantity::Quantity;

/// A page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// What it is and of what period.
    pub title: String,
    /// The figures to read first.
    pub facts: Vec<Fact>,
    /// Tables.
    pub sections: Vec<Section>,
    /// What to know about the numbers.
    pub notes: Vec<Note>,
}

/// One headline: a label, a figure, and what qualifies it.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Which figure it is.
    pub id: FactId,
    /// The figure.
    pub value: String,
    /// What it rests on.
    pub detail: String,
}

impl Fact {
    /// A figure with what it rests on.
    pub(super) fn new(id: FactId, value: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { id, value: value.into(), detail: detail.into() }
    }

    /// A word or two before it.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.id.label()
    }
}

/// A table with its title.
#[derive(Debug, Clone)]
pub struct Section {
    /// Which table it is; tables of several repositories share an id.
    pub id: SectionId,
    /// The title.
    pub title: String,
    /// The table.
    pub table: Table,
    /// What was left out or qualifies the table, one remark a line.
    pub rest: Option<String>,
}

/// A table of typed cells.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Header and kind of each column.
    pub columns: Vec<Column>,
    /// Rows as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Header on a page.
    pub title: &'static str,
    /// Name in a CSV file.
    pub name: &'static str,
    /// Whether a page may leave it out where the width is short.
    pub spare: bool,
}

/// A value that each renderer writes in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A text; `None` is unknown.
    Text(Option<String>),
    /// A whole number; `None` is unknown.
    Count(Option<u64>),
    /// Dollars; `None` is unpriced.
    Money(Option<Money>),
    /// A number that is printed as it is.
    Number(Option<String>),
    /// A number that pages write in this form, and tables for programs in full.
    Figure(String, Quantity),
    /// Parts per thousand of the table's largest value, for a bar; only pages show it.
    Bar(u16),
}

impl Table {
    /// At most `limit` rows; the others become one row that sums their counts and dollars.
    #[must_use]
    pub fn cut(&self, limit: usize) -> Cow<'_, Self> {
        if self.rows.len() <= limit {
            return Cow::Borrowed(self);
        }
        let (shown, hidden) = self.rows.split_at(limit.saturating_sub(1));
        let rest = (0..self.columns.len()).map(|at| {
            let cells = || hidden.iter().filter_map(|row| row.get(at));
            let known = cells().fold(None, |sum: Option<Cell>, cell| match (sum, cell) {
                (Some(Cell::Money(Some(sum))), Cell::Money(Some(more))) => Some(Cell::Money(Some(sum + *more))),
                (Some(Cell::Count(Some(sum))), Cell::Count(Some(more))) => Some(Cell::count(sum.saturating_add(*more))),
                (None, Cell::Money(Some(_)) | Cell::Count(Some(_))) => Some(cell.clone()),
                (sum, _) => sum,
            });
            match cells().next() {
                _ if at == 0 => Cell::text(format!("and {} more", grouped(hidden.len() as u64))),
                Some(Cell::Text(_)) => Cell::text(""),
                Some(Cell::Bar(_)) => Cell::Bar(0),
                _ => known.unwrap_or(Cell::Number(None)),
            }
        });
        let rows = shown.iter().cloned().chain([rest.collect()]).collect();
        Cow::Owned(Self { columns: self.columns.clone(), rows })
    }
}

/// A remark about the numbers.
#[derive(Debug, Clone)]
pub struct Note {
    /// How much it matters.
    pub severity: Severity,
    /// One sentence.
    pub text: String,
}

impl Cell {
    /// A text that is known.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Some(text.into()))
    }

    /// A figure with its form on pages; unknown without a value.
    #[must_use]
    pub fn figure(value: Option<Quantity>, shown: impl FnOnce() -> String) -> Self {
        value.map_or(Self::Number(None), |value| Self::Figure(shown(), value))
    }

    /// A part of a whole, which pages write as a percentage.
    #[must_use]
    pub fn percent(part: u64, whole: u64) -> Self {
        Self::figure(Quantity::ratio(part, whole), || percent(part, whole))
    }

    /// A count that pages write in a few characters.
    #[must_use]
    pub fn short(count: Option<u64>) -> Self {
        Self::figure(count.map(Quantity::Count), || count.map(short).unwrap_or_default())
    }

    /// A count that is known.
    #[must_use]
    pub fn count(count: u64) -> Self {
        Self::Count(Some(count))
    }
}

/// A count in a few characters: `754.9M`, `12.3k`, `812`.
#[must_use]
pub fn short(count: u64) -> String {
    for (unit, suffix) in [(1_000_000_000_000_u64, "T"), (1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")] {
        // What rounds to a whole unit is shown in it: 999,960 is 1.0M and not 1000.0k.
        if u128::from(count) * 20_000 >= u128::from(unit) * 19_999 && (count >= unit || unit > 1_000) {
            let tenths = (u128::from(count) * 10 + u128::from(unit) / 2) / u128::from(unit);
            return format!("{}.{}{suffix}", tenths / 10, tenths % 10);
        }
    }
    count.to_string()
}

/// A count with its thousands separated: `12,345`.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Dollars for people: `$1,234.50`, four decimals below a cent.
#[must_use]
pub fn dollars(money: Money) -> String {
    let cent = 10_000_000;
    let small = money.nanos() != 0 && money.nanos().abs() < cent;
    let fixed = money.to_fixed(if small { 4 } else { 2 });
    let (sign, digits) = fixed.strip_prefix('-').map_or(("", fixed.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "00"));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    format!("{sign}${whole}.{fraction}")
}

/// A share as a percentage with one decimal, `<0.1%` when it would round to nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "n/a".to_owned();
    }
    let mille = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole);
    match mille {
        0 if part > 0 => "<0.1%".to_owned(),
        1000 if part < whole => ">99.9%".to_owned(),
        mille => format!("{}.{}%", mille / 10, mille % 10),
    }
}

/// A count with its noun: `1 landing`, `2 landings`, `3 branches`, `4 repositories`.
#[must_use]
pub fn many(count: u64, noun: &str) -> String {
    format!("{} {}", grouped(count), plural(count, noun))
}

/// A noun in the number that a count asks for.
#[must_use]
pub fn plural(count: u64, noun: &str) -> String {
    if count == 1 {
        return noun.to_owned();
    }
    let is_vowel = |c: char| "aeiou".contains(c);
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(is_vowel) => format!("{stem}ies"),
        _ if noun.ends_with("ch") => format!("{noun}es"),
        _ => format!("{noun}s"),
    }
}

/// Money as a count for [`percent`]; a negative amount is none.
pub(super) fn nanos(money: Money) -> u64 {
    u64::try_from(money.nanos()).unwrap_or(0)
}

/// How many examples a note on a page names; the documents and `-v` name more.
const MAX_EXAMPLES: usize = 2;

/// Notices as a page shows them.
pub(super) fn notes(diagnostics: &[Diagnostic]) -> Vec<Note> {
    diagnostics
        .iter()
        .map(|notice| {
            let mut text = format!("{} × {}", grouped(notice.count), notice.message);
            let shown = &notice.examples[..notice.examples.len().min(MAX_EXAMPLES)];
            if !shown.is_empty() {
                let more = if shown.len() < notice.examples.len() { ", …" } else { "" };
                text += &format!(" ({}{more})", shown.join(", "));
            }
            Note { severity: notice.severity, text }
        })
        .collect()
}

/// Columns of their titles and names.
pub(super) fn columns(titles: &[(&'static str, &'static str)]) -> Vec<Column> {
    titles.iter().map(|(title, name)| Column { title, name, spare: false }).collect()
}

/// The same, of which pages may leave out those of some names where the width is short.
pub(super) fn columns_with_spare(titles: &[(&'static str, &'static str)], spare: &[&str]) -> Vec<Column> {
    titles.iter().map(|(title, name)| Column { title, name, spare: spare.contains(name) }).collect()
}

/// A period in words; its end is the last day in it.
pub(super) fn open_period(period: &Period) -> String {
    let tz = period.tz;
    let shown = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    match (shown(period.first_day()), shown(period.last_day())) {
        (None, None) => format!("all time {}", tz.name()),
        (from, to) => format!("{}..{} {}", from.unwrap_or_default(), to.unwrap_or_default(), tz.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_is_summed() {
        let column = |name| Column { title: name, name, spare: false };
        let row = |name: &str, nanos: i128, count| {
            vec![Cell::text(name), Cell::Money(Some(Money::from_nanos(nanos))), Cell::count(count), Cell::Money(None)]
        };
        let columns = ["key", "cost_usd", "records", "billed"].map(column).to_vec();
        let table = Table { columns, rows: vec![row("a", 3, 1), row("b", 2, 10), row("c", 1, 100)] };
        assert_eq!(table.cut(3).rows, table.rows);
        let rest = vec![
            Cell::text("and 2 more"),
            Cell::Money(Some(Money::from_nanos(3))),
            Cell::count(110),
            Cell::Number(None),
        ];
        assert_eq!(table.cut(2).rows, [row("a", 3, 1), rest]);
    }

    #[test]
    fn figures_for_people() {
        assert_eq!(short(999), "999");
        assert_eq!(short(754_942_184), "754.9M");
        assert_eq!(short(999_960), "1.0M");
        assert_eq!(short(999_940), "999.9k");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(
            [many(1, "session"), many(0, "session"), many(1_000, "day")],
            ["1 session", "0 sessions", "1,000 days"]
        );
        assert_eq!([many(2, "repository"), many(2, "branch")], ["2 repositories", "2 branches"]);
        let usd = |text: &str| dollars(Money::parse_usd(text).unwrap_or_default());
        assert_eq!(usd("1234.5"), "$1,234.50");
        assert_eq!(usd("-0.0021"), "-$0.0021");
        assert_eq!(usd("0"), "$0.00");
        assert_eq!(percent(1, 3), "33.3%");
        assert_eq!(percent(1, 100_000), "<0.1%");
        assert_eq!(percent(99_999, 100_000), ">99.9%");
    }
}

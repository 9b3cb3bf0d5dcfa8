//! What was found besides the figures that are read: counted and summed by format and path, and written as notices.

use std::collections::BTreeMap;
use std::fmt;

use crate::diagnostics::{Diagnostics, Severity};
use crate::model::money::Money;
use crate::sources::figures::words;
use crate::sources::json::node::Node;
use crate::sources::values::amount::{Amount, DOLLARS};

/// The id of the notice on figures that are not read.
pub const UNREAD_FIGURES: &str = "unread-figures";

/// From this share of what is read on, unread figures may move a total.
const SHARE: f64 = 0.02;

/// How many paths are kept of one file; only keys that are data make more.
const MAX_PATHS: usize = 200;

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sources) enum Finding {
    /// A number other than zero that nothing read.
    Unread,
    /// A key that every record of the format has.
    Absent,
    /// A total of a record that is not the sum of its parts.
    Differs,
    /// A record that sums its parts in another way than its format usually does.
    Convention,
}

/// Findings by kind, format and path.
#[derive(Debug, Default)]
pub(in crate::sources) struct Findings(BTreeMap<(Finding, &'static str, String), Tally>);

/// How often something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tally {
    count: u64,
    /// In billionths.
    sum: i128,
    /// The first line.
    line: u64,
}

/// A figure that accepted records of a file hold, and that their format does not read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct UnreadFigure {
    /// The format of the records.
    pub format: &'static str,
    /// Where it is in a record: keys with dots between them, `[]` for any item of a list; or the name of a column.
    pub path: String,
    /// How many values other than zero.
    pub count: u64,
    /// Their sum, as a decimal number.
    pub sum: String,
    /// The line, row or value of the first one.
    pub first_line: u64,
}

impl Findings {
    /// Counts a finding; `sum` is in billionths.
    pub(in crate::sources) fn add(&mut self, kind: Finding, format: &'static str, path: &str, sum: i128, line: u64) {
        let known = self.0.iter_mut().find(|((a, b, c), _)| *a == kind && *b == format && c == path);
        if let Some((_, tally)) = known {
            tally.count += 1;
            tally.sum = tally.sum.saturating_add(sum);
        } else if self.0.len() < MAX_PATHS {
            self.0.insert((kind, format, path.to_owned()), Tally { count: 1, sum, line });
        }
    }

    /// Counts a figure that nothing read, unless it is zero or no number.
    pub(in crate::sources) fn add_number(&mut self, format: &'static str, path: &str, node: &Node<'_>, line: u64) {
        if let Some(nanos) = nanos(node) {
            self.add(Finding::Unread, format, path, nanos, line);
        }
    }

    /// The same for a cell of a table.
    pub(in crate::sources) fn add_cell(&mut self, format: &'static str, column: &str, cell: &str, line: u64) {
        self.add_number(format, column, &Node::Text(cell), line);
    }

    /// Adds the sum of a column.
    pub(in crate::sources) fn add_column(
        &mut self,
        format: &'static str,
        column: &str,
        count: u64,
        sum: &str,
        line: u64,
    ) {
        self.add_cell(format, column, sum, line);
        if let Some(tally) = self.0.get_mut(&(Finding::Unread, format, column.to_owned())) {
            tally.count += count.saturating_sub(1);
        }
    }

    /// Drops what was found in a column that turned out to be read.
    pub(in crate::sources) fn forget(&mut self, format: &'static str, column: &str) {
        self.0.remove(&(Finding::Unread, format, column.to_owned()));
    }

    /// The figures that were not read.
    pub(in crate::sources) fn unread(&self) -> Vec<UnreadFigure> {
        let unread = self.0.iter().filter(|((kind, _, _), _)| *kind == Finding::Unread);
        unread
            .map(|((_, format, path), tally)| UnreadFigure {
                format,
                path: path.clone(),
                count: tally.count,
                sum: Money::from_nanos(tally.sum).to_string(),
                first_line: tally.line,
            })
            .collect()
    }
}

/// The findings of all files, by kind, format and path, each with its first place.
#[derive(Debug, Default)]
pub(in crate::sources) struct AllFindings(BTreeMap<(Finding, &'static str, String), (Tally, String)>);

/// What was read of a format.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::sources) struct FormatTotal {
    pub(in crate::sources) tokens: u64,
    pub(in crate::sources) money: Money,
}

impl AllFindings {
    /// Adds those of a file; files come in the order of the inputs.
    pub(in crate::sources) fn absorb(&mut self, path: &str, found: Findings) {
        for (key, tally) in found.0 {
            self.0
                .entry(key)
                .and_modify(|(all, _)| {
                    all.count += tally.count;
                    all.sum = all.sum.saturating_add(tally.sum);
                })
                .or_insert_with(|| (tally, format!("{path}:{}", tally.line)));
        }
    }

    /// Whether nothing was found.
    pub(in crate::sources) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes a notice for each kind, with an example for each format and path.
    pub(in crate::sources) fn report(&self, totals: &BTreeMap<&'static str, FormatTotal>, out: &mut Diagnostics) {
        let of_kind = |wanted: Finding| {
            self.0
                .iter()
                .filter(move |((kind, _, _), _)| *kind == wanted)
                .map(|((_, format, path), found)| (*format, path.as_str(), found.0, found.1.as_str()))
        };
        let mut unread: Vec<(Option<f64>, String)> = of_kind(Finding::Unread)
            .map(|(format, path, tally, place)| {
                let share = share(path, &tally, totals.get(format).copied().unwrap_or_default());
                let part = match share {
                    Some(share) if share >= SHARE => {
                        format!(" ({:.0}% of what is read of {format})", share * 100.0)
                    }
                    _ => String::new(),
                };
                (share, format!("{format}: {path}: {tally}{part}, not read; first at {place}"))
            })
            .collect();
        // The largest part comes first; what has no whole to compare with comes before all.
        unread.sort_by(|a, b| {
            b.0.unwrap_or(f64::INFINITY).total_cmp(&a.0.unwrap_or(f64::INFINITY)).then_with(|| a.1.cmp(&b.1))
        });
        let moves = unread.iter().any(|(share, _)| share.is_none_or(|share| share >= SHARE));
        let message = if moves {
            "records hold figures of usage or money, under keys or in columns that are not read, and they may move the total by 2% or \
             more"
        } else {
            "records hold figures of usage or money, under keys or in columns that are not read"
        };
        for (_, example) in unread {
            out.add(Severity::Warning, UNREAD_FIGURES, message, example);
        }
        for (format, path, tally, place) in of_kind(Finding::Absent) {
            let message = "records lack a key that every record of their format has; was it renamed?";
            let example =
                format_args!("{format}: {}: {} records; first at {place}", path.replace('|', " or "), tally.count);
            out.add(Severity::Warning, "absent-key", message, example);
        }
        for (format, path, tally, place) in of_kind(Finding::Differs) {
            let message = "records have a total that is not the sum of their parts; the parts are counted";
            let example = format_args!(
                "{format}: {path}: {} records, {} more than the parts; first at {place}",
                Grouped(i128::from(tally.count) * 1_000_000_000),
                Grouped(tally.sum)
            );
            out.add(Severity::Warning, "total-differs", message, example);
        }
        for (format, path, tally, place) in of_kind(Finding::Convention) {
            let message =
                "the totals of records show that their parts overlap in another way than usual; they are read so";
            let example = format_args!("{format}: {path}: {} records; first at {place}", tally.count);
            out.add(Severity::Note, "convention-differs", message, example);
        }
    }
}

/// A number other than zero, in billionths.
pub(super) fn nanos(node: &Node<'_>) -> Option<i128> {
    // Most texts are words.
    if matches!(node, Node::Text(text) if !may_be_number(text)) {
        return None;
    }
    let amount = Amount::from_node(node, DOLLARS).known()?;
    (amount != Money::ZERO).then(|| amount.nanos())
}

/// Whether a text may be a number other than zero, as far as its letters show.
fn may_be_number(text: &str) -> bool {
    // `1.5E3 US dollars`
    const MAX_LETTERS: usize = 10;
    let (mut digits, mut letters) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
            b'_' | b'@' | b':' | b'/' => return false,
            _ => {}
        }
    }
    digits > 0 && letters <= MAX_LETTERS
}

/// The share of an unread figure in what was read of its format; `None` if nothing of its kind was.
#[expect(clippy::cast_precision_loss, reason = "a share is shown in whole percent")]
fn share(path: &str, tally: &Tally, total: FormatTotal) -> Option<f64> {
    let whole = if words::is_money(path) { total.money.nanos() } else { i128::from(total.tokens) * 1_000_000_000 };
    (whole != 0).then(|| (tally.sum as f64 / whole as f64).abs())
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.count == 1 { "value" } else { "values" };
        write!(f, "{} {noun}, sum {}", Grouped(i128::from(self.count) * 1_000_000_000), Grouped(self.sum))
    }
}

/// Billionths as a decimal number with commas between thousands.
struct Grouped(i128);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Money::from_nanos(self.0).to_string();
        let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
        let (whole, fraction) = text.find('.').map_or((text, ""), |at| text.split_at(at));
        f.write_str(sign)?;
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        f.write_str(fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_summed_over_files_and_the_largest_share_comes_first() {
        let mut all = AllFindings::default();
        for (file, tokens) in [("a", 4_000), ("b", 520)] {
            let mut found = Findings::default();
            for line in 1..=6 {
                found.add(Finding::Unread, "x", "usage.small", 1_000_000_000, line);
                found.add_cell("x", "usage.zero", "0", line);
            }
            found.add_column("x", "usage.advisor_tokens", 6, &tokens.to_string(), 3);
            all.absorb(file, found);
        }
        let totals = BTreeMap::from([("x", FormatTotal { tokens: 10_000, money: Money::ZERO })]);
        let mut out = Diagnostics::default();
        all.report(&totals, &mut out);
        let notices = out.into_sorted();
        assert_eq!(notices.len(), 1);
        assert!(notices[0].message.contains("2% or more"), "{}", notices[0].message);
        let wanted = [
            "x: usage.advisor_tokens: 12 values, sum 4,520 (45% of what is read of x), not read; first at a:3",
            "x: usage.small: 12 values, sum 12, not read; first at a:1",
        ];
        assert_eq!(notices[0].examples, wanted);
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let grouped = |nanos: i128| Grouped(nanos).to_string();
        assert_eq!(grouped(1_234_567_500_000_000), "1,234,567.5");
        assert_eq!((grouped(-999_000_000_000), grouped(0)), ("-999".to_owned(), "0".to_owned()));
    }
}

//! Counts of tokens, requests and lines.

use super::Parsed;
use super::amount::Quantity;
use crate::sources::json::node::{Node, Number};

/// A count that is known, absent or damaged.
pub(crate) type Count = Parsed<u64>;

/// More than any one record can hold; a larger count is damage, not usage. Its cost and sums of millions of such counts still
/// fit into the ledger's columns.
const MAX_COUNT: u64 = 1_000_000_000_000;

impl Count {
    pub(crate) fn from_u64(count: u64) -> Self {
        if count <= MAX_COUNT { Self::Known(count) } else { Self::Invalid }
    }

    pub(crate) fn from_f64(count: f64) -> Self {
        // Larger floats skip whole numbers, so their text is not exact.
        if count.abs() < 9e15 { Self::parse(&count.to_string()) } else { Self::Invalid }
    }

    pub(crate) fn from_node(node: &Node<'_>) -> Self {
        match node {
            Node::Null => Self::Absent,
            Node::Number(Number::Whole(count)) => Self::from_u64(*count),
            Node::Number(Number::Float(count)) => Self::from_f64(*count),
            Node::Text(text) => Self::parse(text),
            Node::Number(Number::Negative(_)) | Node::Bool(_) | Node::List(_) | Node::Map(_) => Self::Invalid,
        }
    }

    /// Reads a whole number, also when written with a zero fraction (`3.0`).
    pub(crate) fn parse(text: &str) -> Self {
        if let Ok(count) = text.parse() {
            return Self::from_u64(count);
        }
        let text = text.trim();
        if text.is_empty() {
            return Self::Absent;
        }
        let whole = text.split_once('.').map_or(
            text,
            |(whole, fraction)| {
                if fraction.bytes().all(|b| b == b'0') { whole } else { "" }
            },
        );
        whole.parse().map_or(Self::Invalid, Self::from_u64)
    }

    /// The sum, to which an absent `part` adds nothing.
    pub(crate) fn plus(self, part: Self) -> Self {
        self.combine(part, |whole, part| whole.checked_add(part))
    }

    /// What is left without `part`; a part that is larger than the whole is damage.
    pub(crate) fn minus(self, part: Self) -> Self {
        self.combine(part, |whole, part| whole.checked_sub(part))
    }

    /// The smaller one; an absent `limit` is zero.
    pub(crate) fn at_most(self, limit: Self) -> Self {
        self.combine(limit, |count, limit| Some(count.min(limit)))
    }

    /// Zero where it is absent.
    pub(crate) fn or_zero(self) -> Self {
        self.or(Self::Known(0))
    }

    /// The count in millionths.
    pub(crate) fn to_quantity(self) -> Quantity {
        let millionths = |count: u64| i64::try_from(count).ok().and_then(|count| count.checked_mul(1_000_000));
        match self {
            Self::Known(count) => Quantity::known_or_invalid(millionths(count)),
            Self::Absent => Quantity::Absent,
            Self::Invalid => Quantity::Invalid,
        }
    }

    /// The numbers of several counts, absent ones as zero; `None` if one of them is damaged.
    pub(crate) fn all_or_zero<const N: usize>(counts: [Self; N]) -> Option<[u64; N]> {
        let damaged = counts.iter().any(Self::is_invalid);
        (!damaged).then(|| counts.map(|count| count.known().unwrap_or(0)))
    }

    /// The sum of those that are known, or damage if one is damaged; absent if all are.
    pub(crate) fn sum(counts: impl IntoIterator<Item = Self>) -> Self {
        counts.into_iter().fold(Self::Absent, |sum, count| if sum.is_absent() { count } else { sum.plus(count) })
    }

    fn combine(self, other: Self, combined: impl FnOnce(u64, u64) -> Option<u64>) -> Self {
        match (self, other) {
            (Self::Invalid, _) | (_, Self::Invalid) => Self::Invalid,
            (Self::Absent, _) => Self::Absent,
            (Self::Known(ours), other) => Self::known_or_invalid(combined(ours, other.known().unwrap_or(0))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_differences_keep_what_is_damaged_or_absent() {
        let (two, five) = (Count::Known(2), Count::Known(5));
        assert_eq!((five.minus(two), two.minus(five)), (Count::Known(3), Count::Invalid));
        assert_eq!((five.minus(Count::Absent), Count::Absent.minus(five)), (five, Count::Absent));
        assert_eq!((five.plus(two), five.at_most(two)), (Count::Known(7), two));
        assert_eq!((two.minus(Count::Invalid), Count::Absent.plus(Count::Invalid)), (Count::Invalid, Count::Invalid));
        assert_eq!(Count::sum([Count::Absent, two, Count::Absent, five]), Count::Known(7));
        assert_eq!(Count::sum([Count::Absent, Count::Absent]), Count::Absent);
        assert_eq!(Count::sum([Count::Invalid, two]), Count::Invalid);
        assert_eq!(Count::all_or_zero([two, Count::Absent]), Some([2, 0]));
        assert_eq!(Count::all_or_zero([two, Count::Invalid]), None);
    }
}

//! Numbers and times as logs write them: counts, amounts of money and instants, each in several spellings.

pub(super) mod amount;
pub(super) mod count;
pub(super) mod currency;
pub(super) mod date;
pub(super) mod instant;
pub(super) mod marks;
pub(super) mod number;
pub(super) mod remembered;

use crate::sources::rejection::Rejection;

/// A number that a record may have: known, absent, or damaged.
///
/// A damaged number is kept as such until the record is finished, which rejects it; it never becomes an absent one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Parsed<T> {
    /// Missing, null or an empty text.
    #[default]
    Absent,
    /// A number that makes sense.
    Known(T),
    /// Anything else: another type, or a number that cannot be.
    Invalid,
}

impl<T: Default + PartialEq> Parsed<T> {
    /// Absent where it is zero: for tools that write a zero for what they do not know.
    pub(crate) fn unless_zero(self) -> Self {
        if self == Self::Known(T::default()) { Self::Absent } else { self }
    }
}

impl<T> Parsed<T> {
    /// What a parser made of a text: nothing is damage.
    pub(crate) fn known_or_invalid(parsed: Option<T>) -> Self {
        parsed.map_or(Self::Invalid, Self::Known)
    }

    /// A number that may be missing.
    pub(crate) fn known_or_absent(number: Option<T>) -> Self {
        number.map_or(Self::Absent, Self::Known)
    }

    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub(crate) fn is_invalid(&self) -> bool {
        matches!(self, Self::Invalid)
    }

    /// The other number where this one is absent.
    pub(crate) fn or(self, other: Self) -> Self {
        if self.is_absent() { other } else { self }
    }

    /// The same; the other number is only looked up where it is needed.
    pub(crate) fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if self.is_absent() { other() } else { self }
    }

    /// For a number without which a record makes no sense: absent is damaged.
    pub(crate) fn required(self) -> Self {
        if self.is_absent() { Self::Invalid } else { self }
    }

    /// The number to compare with, or to build a key from. What a record keeps goes through its draft, which rejects
    /// damage; this does not.
    pub(crate) fn known(self) -> Option<T> {
        if let Self::Known(number) = self { Some(number) } else { None }
    }

    /// The number or its absence; damage is a rejection.
    pub(crate) fn or_reject(self, rejection: Rejection) -> Result<Option<T>, Rejection> {
        match self {
            Self::Absent => Ok(None),
            Self::Known(number) => Ok(Some(number)),
            Self::Invalid => Err(rejection),
        }
    }
}

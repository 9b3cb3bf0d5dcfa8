//! Indexes and counts in 32 bits, which halve the memory of a history.

/// An index or count in 32 bits. Texts are below 512 MiB, and histories have fewer commits than that; what is larger all
/// the same becomes the largest number, which is the index of nothing.
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

//! A pack's index reversed: from the starts of entries to their positions in the index.

use gix::odb::pack::index;

/// Sorted entry starts, eight bytes each.
pub(super) struct Starts {
    /// By the high half of the offset: the low half, shifted above the position in the index.
    segments: Vec<Vec<u64>>,
}

/// A pack of a pebibyte has this many segments. An index that claims more is damaged.
const MAX_SEGMENTS: u64 = 1 << 18;

impl Starts {
    pub(super) fn new(index: &index::File) -> Self {
        let mut segments: Vec<Vec<u64>> = Vec::new();
        for position in 0..index.num_objects() {
            let offset = index.pack_offset_at_index(position);
            let Some(segment) = usize::try_from(offset >> 32).ok().filter(|_| offset >> 32 < MAX_SEGMENTS) else {
                continue;
            };
            if segments.len() <= segment {
                segments.resize(segment + 1, Vec::new());
            }
            segments[segment].push(offset << 32 | u64::from(position));
        }
        for segment in &mut segments {
            segment.sort_unstable();
            segment.shrink_to_fit();
        }
        Self { segments }
    }

    /// Where the next entry after an offset starts; `None` after the last one.
    pub(super) fn next(&self, offset: u64) -> Option<u64> {
        let first = usize::try_from(offset >> 32).ok()?;
        let after = |segment: &Vec<u64>| segment.partition_point(|&entry| entry >> 32 <= offset & u64::from(u32::MAX));
        let mut segments = self.segments.iter().enumerate().skip(first);
        segments.find_map(|(at, segment)| {
            let entry = segment.get(if at == first { after(segment) } else { 0 })?;
            Some((at as u64) << 32 | entry >> 32)
        })
    }

    /// Position in the index of the entry that starts at an offset.
    pub(super) fn position(&self, offset: u64) -> Option<u32> {
        let segment = self.segments.get(usize::try_from(offset >> 32).ok()?)?;
        let low = offset << 32;
        let found = *segment.get(segment.partition_point(|&entry| entry < low))?;
        (found >> 32 == low >> 32).then(|| u32::try_from(found & u64::from(u32::MAX)).ok())?
    }
}

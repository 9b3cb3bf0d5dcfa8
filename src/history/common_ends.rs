//! The lines that two texts share at their beginnings and ends.

/// How many bytes of whole lines two texts share: at their beginnings, and at the ends of what is left.
pub(super) type Ends = (usize, usize);

/// Both texts without the lines that they share at either end.
pub(super) fn without_common_ends<'a>(old: &'a [u8], new: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let (start, end) = common_ends(old, new);
    (&old[start..old.len() - end], &new[start..new.len() - end])
}

/// Finds the whole lines that both texts begin and end with.
///
/// The comparison of lines would skip them as well, but only after hashing each of them.
pub(super) fn common_ends(old: &[u8], new: &[u8]) -> Ends {
    let same = common_prefix(old, new);
    let whole = same == old.len() && same == new.len();
    // Back to the last line end; a last line without one is shared only when both texts end with it.
    let start = if whole { same } else { memchr::memrchr(b'\n', &old[..same]).map_or(0, |end| end + 1) };
    let (old, new) = (&old[start..], &new[start..]);
    let same = common_suffix(old, new);
    let starts_line = |text: &[u8]| same == text.len() || text[text.len() - same - 1] == b'\n';
    let kept = if starts_line(old) && starts_line(new) {
        same
    } else {
        // Forward to the first line that begins inside the shared bytes.
        let tail = &old[old.len() - same..];
        memchr::memchr(b'\n', tail).map_or(0, |end| same - end - 1)
    };
    (start, kept)
}

/// How many first bytes two texts share.
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    // Large steps compare fastest, small ones without a call.
    let mut same = equal_steps::<1024>(a, b);
    same += equal_steps::<32>(&a[same..], &b[same..]);
    same + equal_steps::<1>(&a[same..], &b[same..])
}

fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    let mut same = equal_steps_back::<1024>(a, b);
    same += equal_steps_back::<32>(&a[..a.len() - same], &b[..b.len() - same]);
    same + equal_steps_back::<1>(&a[..a.len() - same], &b[..b.len() - same])
}

/// How many bytes of whole steps are the same from the first one on.
fn equal_steps<const STEP: usize>(a: &[u8], b: &[u8]) -> usize {
    let steps = a.as_chunks::<STEP>().0.iter().zip(b.as_chunks::<STEP>().0);
    steps.take_while(|(a, b)| a == b).count() * STEP
}

/// How many bytes of whole steps are the same from the last one back.
fn equal_steps_back<const STEP: usize>(a: &[u8], b: &[u8]) -> usize {
    let steps = a.as_rchunks::<STEP>().1.iter().rev().zip(b.as_rchunks::<STEP>().1.iter().rev());
    steps.take_while(|(a, b)| a == b).count() * STEP
}

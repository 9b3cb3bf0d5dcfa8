//! Two versions of a file → how many lines came and went.
//!
//! This is the place where a line ledger takes the hunks instead of their sizes: [`count`] is all that reads them.

use gix::diff::blob::{Algorithm, Diff, InternedInput, sources::byte_lines};

use super::effective::{count_effective, count_lines, is_effective};
use super::exclude::has_generated_header;

/// How much of a content git looks at for a NUL, which makes it binary.
const BINARY_PROBE: usize = 8_000;

/// What one pair of versions amounts to.
///
/// - Unit: lines. The effective ones ignore what the path says; the caller knows whether the file is excluded.
/// - Source: git's `--numstat` with the histogram algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LineCounts {
    pub(super) added: u64,
    pub(super) deleted: u64,
    pub(super) added_effective: u64,
    pub(super) deleted_effective: u64,
    /// Either side is binary: no lines are counted.
    pub(super) binary: bool,
    /// The newer side says that a program wrote it.
    pub(super) generated: bool,
}

/// Compares two versions; `None` is no file. `text` overrides the look for NUL, as the `diff` attribute does.
pub(super) fn count(old: Option<&[u8]>, new: Option<&[u8]>, text: Option<bool>) -> LineCounts {
    let binary = match text {
        Some(text) => !text,
        None => old.is_some_and(is_binary) || new.is_some_and(is_binary),
    };
    if binary {
        return LineCounts { binary, ..LineCounts::default() };
    }
    let generated = new.or(old).is_some_and(has_generated_header);
    let (old, new) = trim_common_lines(old.unwrap_or_default(), new.unwrap_or_default());
    let counts = if old.is_empty() || new.is_empty() {
        LineCounts {
            added: count_lines(new),
            deleted: count_lines(old),
            added_effective: count_effective(new),
            deleted_effective: count_effective(old),
            ..LineCounts::default()
        }
    } else {
        count_hunks(old, new)
    };
    LineCounts { generated, ..counts }
}

fn count_hunks(old: &[u8], new: &[u8]) -> LineCounts {
    let input = InternedInput::new(byte_lines(old), byte_lines(new));
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let mut counts = LineCounts::default();
    for hunk in diff.hunks() {
        for at in hunk.before {
            counts.deleted += 1;
            counts.deleted_effective += u64::from(is_effective(input.interner[input.before[at as usize]]));
        }
        for at in hunk.after {
            counts.added += 1;
            counts.added_effective += u64::from(is_effective(input.interner[input.after[at as usize]]));
        }
    }
    counts
}

/// Whether git would call a content binary.
pub(super) fn is_binary(content: &[u8]) -> bool {
    memchr::memchr(0, &content[..content.len().min(BINARY_PROBE)]).is_some()
}

/// Cuts off the whole lines that both texts begin with, then those that both rests end with.
///
/// The differ would drop the same lines itself, but only after hashing each of them.
fn trim_common_lines<'a>(old: &'a [u8], new: &'a [u8]) -> (&'a [u8], &'a [u8]) {
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
    (&old[..old.len() - kept], &new[..new.len() - kept])
}

/// How many bytes two texts begin with alike.
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 64;
    let steps = a.chunks_exact(STEP).zip(b.chunks_exact(STEP)).take_while(|(a, b)| a == b).count() * STEP;
    steps + a[steps..].iter().zip(&b[steps..]).take_while(|(a, b)| a == b).count()
}

fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 64;
    let steps = a.rchunks_exact(STEP).zip(b.rchunks_exact(STEP)).take_while(|(a, b)| a == b).count() * STEP;
    let rest = a[..a.len() - steps].iter().rev().zip(b[..b.len() - steps].iter().rev());
    steps + rest.take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(old: &str, new: &str) -> (u64, u64) {
        let counts = count(Some(old.as_bytes()), Some(new.as_bytes()), None);
        (counts.added, counts.deleted)
    }

    #[test]
    fn counts_lines_as_git_does() {
        assert_eq!(lines("a\nb\nc\n", "a\nx\nc\n"), (1, 1));
        assert_eq!(lines("a\n", "a"), (1, 1));
        assert_eq!(lines("a", "a\nb"), (2, 1));
        assert_eq!(lines("a\nb", "b"), (0, 1));
        assert_eq!(lines("b", "a\nb"), (1, 0));
        assert_eq!(lines("xb", "b"), (1, 1));
        assert_eq!(lines("a\rb\r", "a\rc\r"), (1, 1));
        assert_eq!(lines("a\r\n", "a\n"), (1, 1));
        assert_eq!(lines("", "a\n\n"), (2, 0));
        assert_eq!(lines("same", "same"), (0, 0));
        assert_eq!(lines("a\na\n", "a\na\na\n"), (1, 0));
    }

    #[test]
    fn trimming_keeps_the_counts_of_the_untrimmed_texts() {
        // All pairs of short texts over a small alphabet, ends included.
        let mut texts = vec![Vec::new()];
        for length in 1..=5 {
            for code in 0..3_usize.pow(length) {
                texts.push((0..length).map(|at| b"ab\n"[code / 3_usize.pow(at) % 3]).collect::<Vec<u8>>());
            }
        }
        for old in texts.iter().step_by(3) {
            for new in &texts {
                let trimmed = count(Some(old), Some(new), None);
                let untrimmed = count_hunks(old, new);
                assert_eq!(trimmed, untrimmed, "{old:?} {new:?}");
            }
        }
    }

    #[test]
    fn a_nul_in_the_first_bytes_or_an_attribute_makes_binary() {
        let far = [vec![b'x'; BINARY_PROBE], vec![0]].concat();
        let near = [vec![b'x'; BINARY_PROBE - 1], vec![0]].concat();
        assert!(!count(None, Some(&far), None).binary);
        assert!(count(None, Some(&near), None).binary);
        assert!(count(Some(&near), Some(b"text\n"), None).binary);
        assert!(count(None, Some(b"text\n"), Some(false)).binary);
        assert_eq!(count(None, Some(&near), Some(true)).added, 1);
    }

    #[test]
    fn effective_lines_are_counted_on_both_sides() {
        let counts = count(Some(b"let a = 1;\n}\n"), Some(b"let b = 2;\n\n}\n"), None);
        assert_eq!((counts.added, counts.added_effective, counts.deleted_effective), (2, 1, 1));
    }
}

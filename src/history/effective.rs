//! Which lines of a text are effective, that is, count as work; and the lines of a text.

/// Longer lines are data or minified code, whatever the file's name.
const LONGEST: usize = 1_000;

/// Shorter lines are mostly brackets.
const SHORTEST: usize = 4;

/// Whether a line is effective, unless its file is excluded.
///
/// - Value: true for a line that has 4 to 1,000 characters after trimming, one of them a letter or digit.
/// - Unit: characters are Unicode scalar values; bytes that are not UTF-8 count one each.
/// - Moved lines and changes of only white space are not judged here: this needs both sides of a difference and is done
///   by the line ledger (`lines`).
pub(super) fn is_effective(line: &[u8]) -> bool {
    if line.is_ascii() {
        return has_effective_length(line) && line.iter().any(u8::is_ascii_alphanumeric);
    }
    let text = String::from_utf8_lossy(line);
    let text = text.trim();
    let length = text.chars().take(LONGEST + 1).count();
    (SHORTEST..=LONGEST).contains(&length) && text.chars().any(char::is_alphanumeric)
}

/// Whether an ASCII line has the length of an effective one.
pub(super) fn has_effective_length(line: &[u8]) -> bool {
    (SHORTEST..=LONGEST).contains(&line.trim_ascii().len())
}

/// The lines of a text as git counts them: each ends with `\n`, which the last one may lack.
///
/// A lone `\r` does not end a line.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

/// The number of lines of a text.
pub(super) fn count_lines(text: &[u8]) -> u64 {
    let ends = memchr::memchr_iter(b'\n', text).count() as u64;
    ends + u64::from(text.last().is_some_and(|&byte| byte != b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_blanks_and_short_lines_are_not_effective() {
        for line in ["", "\n", "   }\n", "});\n", "=======\n", "  ab;\n", "[[[[]]]]", "\t\r\n", "—————"] {
            assert!(!is_effective(line.as_bytes()), "{line:?}");
        }
        for line in ["else\n", "  x = 1\n", "ab()", "größe", "四文字列"] {
            assert!(is_effective(line.as_bytes()), "{line:?}");
        }
    }

    #[test]
    fn a_very_long_line_is_not_effective() {
        assert!(is_effective("x".repeat(1_000).as_bytes()));
        assert!(!is_effective("x".repeat(1_001).as_bytes()));
        assert!(is_effective("ö".repeat(1_000).as_bytes()));
        assert!(!is_effective("ö".repeat(1_001).as_bytes()));
    }

    #[test]
    fn lines_are_counted_as_git_counts_them() {
        for (text, count) in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\rb\rc", 1), ("\n\n", 2)] {
            assert_eq!(count_lines(text.as_bytes()), count, "{text:?}");
            assert_eq!(lines(text.as_bytes()).count() as u64, count, "{text:?}");
        }
    }
}

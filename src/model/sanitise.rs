//! Makes text from logs, repositories and paths safe to show.
//!
//! A model name may hold an escape sequence that writes to the clipboard, a commit subject one that moves the cursor, and a
//! direction mark that makes a path read backwards. Every text that leaves the program for a terminal, a page or a notice
//! passes through here; formats that escape such characters themselves (JSON) do not need it.

use std::borrow::Cow;

/// Whether a character could move the cursor, start an escape sequence, break a line or turn the direction of writing.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text with a space for each unsafe character, so that words on two lines do not run together.
#[must_use]
pub fn sanitise(text: &str) -> Cow<'_, str> {
    replace(text, is_unsafe)
}

/// The same for a text of several lines: line breaks stay.
#[must_use]
pub fn sanitise_lines(text: &str) -> Cow<'_, str> {
    replace(text, |c| c != '\n' && is_unsafe(c))
}

/// What a message says of a cell that cannot be used. Figures and dates are quoted; of anything else only the length is said, for
/// a log that is given by mistake has prompts where a table has its cells.
#[must_use]
pub fn described(cell: &str) -> String {
    let is_figure = |c: char| c.is_ascii_digit() || "-+.,:/$% ".contains(c);
    match cell.chars().count() {
        0 => "an empty text".to_owned(),
        1..=LONGEST_FIGURE if cell.chars().all(is_figure) => format!("`{cell}`"),
        1 => "a text of 1 character".to_owned(),
        count => format!("a text of {count} characters"),
    }
}

/// Longer figures are not quoted: they may be a key.
const LONGEST_FIGURE: usize = 20;

fn replace(text: &str, is_wrong: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.contains(&is_wrong) {
        Cow::Owned(text.chars().map(|c| if is_wrong(c) { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_quotes_figures_and_dates_and_no_words() {
        assert_eq!(described("-1.50"), "`-1.50`");
        assert_eq!(described("2026/05/01"), "`2026/05/01`");
        assert_eq!(described("my secret"), "a text of 9 characters");
        assert_eq!(described("4111111111111111111111"), "a text of 22 characters");
        assert_eq!(described(""), "an empty text");
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let text = "a\u{1b}]52;c;eA==\u{7}b\u{9b}31mc\r\nd\u{202e}e\u{61c}f\u{2029}g";
        assert_eq!(sanitise(text), "a ]52;c;eA== b 31mc  d e f g");
        assert_eq!(sanitise_lines("one\ntwo\r\u{1b}[2J"), "one\ntwo  [2J");
        assert!(matches!(sanitise("plain – text, ½ ünïcode 日本"), Cow::Borrowed(_)));
    }
}

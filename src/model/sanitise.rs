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
    fn nothing_that_a_terminal_obeys_is_left() {
        let text = "a\u{1b}]52;c;eA==\u{7}b\u{9b}31mc\r\nd\u{202e}e\u{61c}f\u{2029}g";
        assert_eq!(sanitise(text), "a ]52;c;eA== b 31mc  d e f g");
        assert_eq!(sanitise_lines("one\ntwo\r\u{1b}[2J"), "one\ntwo  [2J");
        assert!(matches!(sanitise("plain – text, ½ ünïcode 日本"), Cow::Borrowed(_)));
    }
}

//! Names of columns as exports and people write them: `Cost ($)`, `cost_usd` and `Cost USD` are compared without regard to
//! case, blanks, underscores and units.

/// Units in brackets that change nothing about a number that is in dollars or counted anyway.
const UNITS: [&str; 12] =
    ["($)", "(usd)", "(us$)", "(in usd)", "[$]", "[usd]", "(#)", "(count)", "(utc)", "[utc]", "(tokens)", "[tokens]"];

/// A name in the form in which names are compared.
pub(in crate::sources) fn normal(column: &str) -> String {
    letters(without_unit(column.trim_matches(|letter: char| letter == '\u{feff}' || letter.is_whitespace()))).collect()
}

/// A name in lower case without its unit, with underscores between words.
pub(in crate::sources) fn with_underscores(column: &str) -> String {
    without_unit(column.trim()).to_lowercase().replace([' ', '-', '\u{a0}'], "_")
}

/// Whether a column, in the form of [`normal`], has this name.
pub(in crate::sources) fn is(normal: &str, name: &str) -> bool {
    normal.chars().eq(letters(name))
}

/// The letters that count.
fn letters(name: &str) -> impl Iterator<Item = char> {
    // A dot separates the names of nested columns.
    let is_blank = |letter: &char| matches!(letter, ' ' | '_' | '-' | '.' | '\u{a0}');
    name.chars().filter(move |letter| !is_blank(letter)).flat_map(char::to_lowercase)
}

/// A name without the unit at its end.
fn without_unit(column: &str) -> &str {
    let bare = |unit: &&str| {
        let at = column.len().checked_sub(unit.len())?;
        column.get(at..).filter(|end| end.eq_ignore_ascii_case(unit)).map(|_| column[..at].trim_end())
    };
    UNITS.iter().find_map(bare).unwrap_or(column)
}

/// The column of a name: the one that is written so in lower case, else one that means the same.
pub(in crate::sources) fn position(header: &[String], name: &str) -> Option<usize> {
    let exact = header.iter().position(|column| column == name);
    exact.or_else(|| header.iter().position(|column| is(&normal(column), name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_without_regard_to_blanks_and_units_but_not_to_other_currencies() {
        let header = ["cost ($)", "output tokens", "cost (eur)"].map(str::to_owned);
        assert_eq!((position(&header, "cost"), position(&header, "output_tokens")), (Some(0), Some(1)));
        let same = |column: &str, name: &str| is(&normal(column), name);
        assert!(
            same("\u{feff}Start\u{a0}Time", "start_time") && same("Input (w/o Cache Write)", "input (w/o cache write)")
        );
        // Nested columns, as they are written and as queries flatten them.
        assert!(
            same("service_description", "service.description") && same("Service description", "service.description")
        );
        assert!(!same("cost (eur)", "cost") && !same("tokens (k)", "tokens") && !same("costs", "cost"));
    }
}

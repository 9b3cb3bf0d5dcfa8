//! Edit distance, to suggest the word that was meant.

/// Single-character edits between two words (Levenshtein).
#[must_use]
pub fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, from) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (at, to) in right.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[right.len()]
}

/// The nearest known word, if it is at most two edits away; of equally near ones the first in alphabetical order.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.map(|name| (edits(word, name), name)).filter(|(far, _)| *far <= 2).min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_the_word_that_was_meant() {
        let known = ["audit", "spend", "sources"];
        assert_eq!(nearest("spnd", known.into_iter()), Some("spend"));
        assert_eq!(nearest("adit", known.into_iter()), Some("audit"));
        assert_eq!(nearest("logs", known.into_iter()), None);
        assert_eq!((edits("", "ab"), edits("kitten", "sitting")), (2, 3));
    }
}

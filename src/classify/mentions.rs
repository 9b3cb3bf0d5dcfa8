//! The names of files and of code that a text mentions, as hashes to compare with those of a repository.

use crate::model::usage::hash_text;

/// So many are enough to tell that a text is about a repository.
const MOST: usize = 16;
/// Shorter names are too common.
const SHORTEST: usize = 4;
/// Characters that are looked at.
const LOOKED_AT: usize = 4096;

/// The hash under which a name is compared: its last part, without case.
#[must_use]
pub(crate) fn name(path: &str) -> Option<u64> {
    let last = path.rsplit(['/', '\\']).next()?;
    (last.len() >= SHORTEST).then(|| hash_text(&last.to_ascii_lowercase()))
}

/// Mentions of a text: words with a mark of code inside.
pub(super) fn of(text: &str) -> Vec<u64> {
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '\\');
    let words = text[..end].split(|c: char| !is_inside(c)).map(|word| word.trim_matches(['.', '-', '/']));
    words.filter(|word| is_name(word)).filter_map(name).take(MOST).collect()
}

/// A path, a file, an identifier: `src/main.rs`, `main.rs`, `parse_line`, `parseLine`.
fn is_name(word: &str) -> bool {
    let bytes = word.as_bytes();
    let inner = |wanted: &[u8]| {
        bytes.windows(3).any(|three| {
            wanted.contains(&three[1]) && three[0].is_ascii_alphanumeric() && three[2].is_ascii_alphanumeric()
        })
    };
    let camel = bytes.windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    camel || inner(b"_./\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_with_a_mark_of_code() {
        let hashes = |names: &[&str]| names.iter().filter_map(|one| name(one)).collect::<Vec<_>>();
        assert_eq!(of("look at src/Main.rs, then at parse_line."), hashes(&["main.rs", "parse_line"]));
        assert_eq!(of("what is the weather in Lisbon today? 20-25 degrees"), hashes(&[]));
        assert_eq!(of("the parseLine of a.b"), hashes(&["parseline"]));
    }
}

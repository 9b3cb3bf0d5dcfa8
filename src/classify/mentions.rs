//! The names of files and code that a text mentions, as hashes to compare with those of a repository.

use crate::model::hash::hash_text;

/// How many mentions are kept; these are enough to recognise a text about a repository.
const MAX_MENTIONS: usize = 16;
/// Shorter names are too common to mean anything.
const MIN_LENGTH: usize = 4;
/// How many characters of a text are searched.
const MAX_CHARS: usize = 4096;

/// The hash by which a file is compared: of its name without folders and case.
#[must_use]
pub(super) fn name_hash(path: &str) -> Option<u64> {
    let last = path.rsplit(['/', '\\']).next()?;
    (last.len() >= MIN_LENGTH).then(|| hash_text(&last.to_ascii_lowercase()))
}

/// The hashes of the words that look like code.
pub(super) fn extract(text: &str) -> Vec<u64> {
    let end = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(at, _)| at);
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '\\');
    let words = text[..end].split(|c: char| !is_inside(c)).map(|word| word.trim_matches(['.', '-', '/']));
    words.filter(|word| looks_like_code(word)).filter_map(name_hash).take(MAX_MENTIONS).collect()
}

/// A path, a file, an identifier: `src/main.rs`, `main.rs`, `parse_line`, `parseLine`.
fn looks_like_code(word: &str) -> bool {
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
    fn mentions_are_words_that_look_like_code() {
        let hashes = |names: &[&str]| names.iter().filter_map(|name| name_hash(name)).collect::<Vec<_>>();
        assert_eq!(extract("look at src/Main.rs, then at parse_line."), hashes(&["main.rs", "parse_line"]));
        assert_eq!(extract("what is the weather in Lisbon today? 20-25 degrees"), hashes(&[]));
        assert_eq!(extract("the parseLine of a.b"), hashes(&["parseline"]));
    }
}

//! What is worked out of texts that repeat from row to row, remembered instead of worked out anew.

use crate::model::hash::hash_text;

/// How many texts are remembered. Names of keys and columns are fewer; a text that is data takes the place of another.
const PLACES: usize = 512;

/// What a function makes of a text, by the text.
#[derive(Debug, Clone)]
pub(in crate::sources) struct Remembered<T>(Vec<Option<(Box<str>, T)>>);

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Remembered<T> {
    /// What `of` makes of a text. It must always make the same of it.
    pub(in crate::sources) fn get(&mut self, text: &str, of: impl FnOnce(&str) -> T) -> T {
        if self.0.is_empty() {
            self.0.resize(PLACES, None);
        }
        let place = usize::try_from(hash_text(text) % PLACES as u64).unwrap_or_default();
        let place = &mut self.0[place];
        match place {
            Some((known, made)) if **known == *text => *made,
            _ => place.insert((text.into(), of(text))).1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_taken_for_another_however_many_there_are() {
        let mut known = Remembered::default();
        for at in (0..=2 * PLACES).chain(0..=2 * PLACES) {
            assert_eq!(known.get(&at.to_string(), |text| text.parse::<usize>().ok()), Some(at));
        }
    }

    #[test]
    fn a_known_text_is_not_worked_out_again() {
        let mut known = Remembered::default();
        known.get("abc", |_| 1);
        assert_eq!(known.get("abc", |_| 2), 1);
    }
}

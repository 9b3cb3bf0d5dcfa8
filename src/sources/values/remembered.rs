//! What is worked out of texts that repeat from row to row, remembered instead of worked out anew.

use std::collections::HashMap;

/// How many texts are remembered; only those that are data are more.
const MOST: usize = 4_096;

/// What a function makes of a text, by the text.
#[derive(Debug, Clone)]
pub(in crate::sources) struct Remembered<T>(HashMap<Box<str>, T>);

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Copy> Remembered<T> {
    /// What `of` makes of a text. It must always make the same of it.
    pub(in crate::sources) fn get(&mut self, text: &str, of: impl FnOnce(&str) -> T) -> T {
        if let Some(known) = self.0.get(text) {
            return *known;
        }
        let made = of(text);
        if self.0.len() < MOST {
            self.0.insert(text.into(), made);
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_worked_out_once_and_texts_beyond_the_most_each_time() {
        let (mut known, mut worked) = (Remembered::default(), 0);
        let mut ask = |text: &str| {
            known.get(text, |text| {
                worked += 1;
                text.len()
            })
        };
        assert_eq!((ask("abc"), ask("abc"), ask("ab")), (3, 3, 2));
        for at in 0..=MOST {
            ask(&at.to_string());
        }
        assert_eq!(ask(&MOST.to_string()), 4);
        assert_eq!(worked, 2 + MOST + 1 + 1);
    }
}

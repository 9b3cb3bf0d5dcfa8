//! The weights: one embedded file, written by `src/classify/training/train.py`, which tells how they were measured in `weights.json`.

use super::features::{CHAR_BITS, Features, SURFACE, TYPE_BITS, WORD_BITS};

/// The file: a line of text; bias and two scales; surface and topic weights; words; characters; then the types' scale, their
/// biases and one row of weights a slot. Numbers are little-endian.
static BYTES: &[u8] = include_bytes!("weights.bin");
const MAGIC: &[u8] = b"tokaudit-classify-1\n";
/// Columns of the types: six types of development, and what is asked first.
pub(super) const COLUMNS: usize = 9;

/// Where a score comes from, in log-odds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Parts {
    pub(super) bias: f64,
    pub(super) text: f64,
    pub(super) surface: f64,
}

/// The weights, as they lie in the file.
#[derive(Debug)]
pub(super) struct Model {
    bias: f64,
    word_scale: f64,
    char_scale: f64,
    surface: [f64; SURFACE],
    /// Per topic, in the order of the lists.
    pub(super) topics: Vec<f64>,
    words: &'static [u8],
    chars: &'static [u8],
    type_scale: f64,
    type_bias: [f64; COLUMNS],
    types: &'static [u8],
}

impl Model {
    /// Cuts the embedded file; `topics` is how many lists there are.
    ///
    /// # Panics
    /// Never in a build whose tests passed: the file is a part of the program.
    pub(super) fn new(topics: usize) -> Self {
        let mut rest = BYTES.strip_prefix(MAGIC).expect("the weights begin with their name");
        let mut take = |length: usize| {
            let (part, after) = rest.split_at_checked(length).expect("the weights are whole");
            rest = after;
            part
        };
        let mut float = {
            let take = &mut take;
            move || f64::from(f32::from_le_bytes(take(4).try_into().expect("four bytes")))
        };
        let (bias, word_scale, char_scale) = (float(), float(), float());
        let surface = std::array::from_fn(|_| float());
        let topics = (0..topics).map(|_| float()).collect();
        let (words, chars) = (take(1 << WORD_BITS), take(1 << CHAR_BITS));
        let mut float = || f64::from(f32::from_le_bytes(take(4).try_into().expect("four bytes")));
        let type_scale = float();
        let type_bias = std::array::from_fn(|_| float());
        let types = take(COLUMNS << TYPE_BITS);
        assert!(rest.is_empty(), "the weights end where they should");
        Self { bias, word_scale, char_scale, surface, topics, words, chars, type_scale, type_bias, types }
    }

    /// The log-odds of being off task, topics aside.
    pub(super) fn score(&self, features: &Features) -> Parts {
        let mean = |sum: i32, scale: f64, count: usize| {
            if count == 0 { 0.0 } else { f64::from(sum) * scale / f64::from(small(count)).sqrt() }
        };
        let mut sum = 0_i32;
        let count = features.word_slots(WORD_BITS, |slot| sum += i32::from(self.words[slot].cast_signed()));
        let words = mean(sum, self.word_scale, count);
        let mut sum = 0_i32;
        let count = features.char_slots(|slot| sum += i32::from(self.chars[slot].cast_signed()));
        let chars = mean(sum, self.char_scale, count);
        let surface = self.surface.iter().zip(&features.surface).map(|(weight, value)| weight * value).sum();
        Parts { bias: self.bias, text: words + chars, surface }
    }

    /// The scores of the types of work.
    pub(super) fn types(&self, features: &Features) -> [f64; COLUMNS] {
        let mut sums = [0_i32; COLUMNS];
        let count = features.word_slots(TYPE_BITS, |slot| {
            let row = &self.types[slot * COLUMNS..(slot + 1) * COLUMNS];
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += i32::from(weight.cast_signed()));
        });
        let scale = if count == 0 { 0.0 } else { self.type_scale / f64::from(small(count)).sqrt() };
        std::array::from_fn(|at| self.type_bias[at] + f64::from(sums[at]) * scale)
    }
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

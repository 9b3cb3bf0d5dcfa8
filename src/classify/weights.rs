//! The weights: one embedded file. `src/classify/training/train.py` writes it, and in `weights.json` how they were measured.

use super::features::{CHAR_BITS, Features, SURFACE, TYPE_BITS, WORD_BITS};

/// The file: a line of text; bias and two scales; surface and topic weights; words; characters, each a weight and a rarity a
/// slot; then the types' scale, their biases and one row of weights a slot. Numbers are little-endian.
static BYTES: &[u8] = include_bytes!("weights.bin");
const MAGIC: &[u8] = b"tokaudit-classify-2\n";
/// Columns of the table of types: six types of development, then development, business and continuation as such.
pub(super) const COLUMNS: usize = 9;

/// The parts of a score, in log-odds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct ScoreParts {
    pub(super) bias: f64,
    pub(super) text: f64,
    pub(super) surface: f64,
}

/// The weights, as the file holds them.
#[derive(Debug)]
pub(super) struct Weights {
    bias: f64,
    word_scale: f64,
    char_scale: f64,
    surface: [f64; SURFACE],
    /// The weight of each topic, in the order of the lists.
    pub(super) topics: Vec<f64>,
    /// A weight (signed) and a rarity for each slot.
    words: &'static [[u8; 2]],
    chars: &'static [[u8; 2]],
    type_scale: f64,
    type_bias: [f64; COLUMNS],
    types: &'static [u8],
}

impl Weights {
    /// Splits the embedded file; `topics` is the number of topics.
    ///
    /// # Panics
    /// Never in a build whose tests passed: the file is part of the program.
    pub(super) fn new(topics: usize) -> Self {
        let mut rest = BYTES.strip_prefix(MAGIC).expect("the weights start with their magic line");
        let mut take = |length: usize| {
            let (part, after) = rest.split_at_checked(length).expect("the weights are complete");
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
        let (words, chars) = (take(2 << WORD_BITS).as_chunks().0, take(2 << CHAR_BITS).as_chunks().0);
        let mut float = || f64::from(f32::from_le_bytes(take(4).try_into().expect("four bytes")));
        let type_scale = float();
        let type_bias = std::array::from_fn(|_| float());
        let types = take(COLUMNS << TYPE_BITS);
        assert!(rest.is_empty(), "nothing follows the weights");
        Self { bias, word_scale, char_scale, surface, topics, words, chars, type_scale, type_bias, types }
    }

    /// The log-odds of being off task, topics aside.
    pub(super) fn score(&self, features: &Features) -> ScoreParts {
        let mut words = Sum::default();
        features.word_slots(WORD_BITS, |slot| words.add(self.words, slot));
        let mut chars = Sum::default();
        features.char_slots(|slot| chars.add(self.chars, slot));
        let text = words.score(self.word_scale) + chars.score(self.char_scale);
        let surface = self.surface.iter().zip(&features.surface).map(|(weight, value)| weight * value).sum();
        ScoreParts { bias: self.bias, text, surface }
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

/// Weights of the slots of a text, and the length of the text as a vector of rarities.
#[derive(Debug, Default)]
struct Sum {
    weights: i32,
    squares: u32,
}

impl Sum {
    fn add(&mut self, table: &[[u8; 2]], slot: usize) {
        let [weight, rarity] = table[slot];
        let rarity = u32::from(rarity);
        self.weights += i32::from(weight.cast_signed());
        self.squares += rarity * rarity;
    }

    fn score(&self, scale: f64) -> f64 {
        f64::from(self.weights) * scale / f64::from(self.squares.max(1)).sqrt()
    }
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

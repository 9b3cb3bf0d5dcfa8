//! The word lists of topics, types of work, and whole short prompts; `src/classify/training/features.py` reads the same files.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

use super::features::{Features, hash, is_separator};
use crate::model::activity::Hashed;

const TOPICS: &str = include_str!("topics.txt");
const TYPES: &str = include_str!("types.txt");
const SHORT: &str = include_str!("short.txt");
/// Longer prompts are not in the list of short ones.
const SHORT_MOST: usize = 48;

/// A set of topics, a bit each.
pub(super) type Topics = u32;
/// A set of lists of `types.txt`, a bit each.
pub(super) type Marks = u32;

/// What a word is listed under.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Listed {
    pub(super) topics: Topics,
    pub(super) marks: Marks,
}

/// Words by their hash.
type Words = HashMap<u64, Vec<(Vec<u32>, Listed)>, BuildHasherDefault<Hashed>>;

/// All lists.
#[derive(Debug)]
pub(super) struct Lexicon {
    words: Words,
    /// Names of the topics, in the order of their bits.
    pub(super) topics: Vec<&'static str>,
    /// Names of the lists of `types.txt`, in the order of their bits.
    pub(super) marks: Vec<&'static str>,
    continuations: HashSet<String>,
    greetings: HashSet<String>,
}

/// `name: words` lines; comments begin with `#`.
fn sections(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'))
}

impl Lexicon {
    /// Reads the embedded lists.
    pub(super) fn new() -> Self {
        let mut words: Words = HashMap::default();
        let mut add = |word: &str, change: &dyn Fn(&mut Listed)| {
            let points: Vec<u32> = word.chars().map(u32::from).collect();
            let same = words.entry(u64::from(hash(points.iter().copied()))).or_default();
            let at = same.iter().position(|(known, _)| *known == points).unwrap_or_else(|| {
                same.push((points, Listed::default()));
                same.len() - 1
            });
            change(&mut same[at].1);
        };
        let (mut topics, mut marks) = (Vec::new(), Vec::new());
        for (at, (name, list)) in sections(TOPICS).enumerate() {
            topics.push(name);
            list.split_whitespace().for_each(|word| add(word, &|listed| listed.topics |= 1 << at));
        }
        for (at, (name, list)) in sections(TYPES).enumerate() {
            marks.push(name);
            list.split_whitespace().for_each(|word| add(word, &|listed| listed.marks |= 1 << at));
        }
        let short = |name: &str| {
            let texts = sections(SHORT).filter(|(key, _)| *key == name).flat_map(|(_, texts)| texts.split('|'));
            texts.map(|text| text.trim().to_owned()).collect()
        };
        Self { words, topics, marks, continuations: short("continuation"), greetings: short("greeting") }
    }

    /// What a word is listed under.
    pub(super) fn listed(&self, word: &[u32], hash: u32) -> Listed {
        let same = self.words.get(&u64::from(hash)).map_or(&[][..], Vec::as_slice);
        same.iter().find(|(known, _)| known == word).map_or(Listed::default(), |(_, listed)| *listed)
    }

    /// The bit of a list of `types.txt`.
    pub(super) fn mark(&self, name: &str) -> Marks {
        self.marks.iter().position(|known| *known == name).map_or(0, |at| 1 << at)
    }

    /// Whether a prompt is too short to be about anything, and how.
    pub(super) fn short(&self, features: &Features) -> Option<Short> {
        let points = &features.points;
        if points.len() <= SHORT_MOST {
            let text: String = points.iter().filter_map(|&c| char::from_u32(c)).collect();
            let plain = text.trim_matches([' ', '.', ',', '!', '?', '…', '。', '，', '！', '？']);
            if self.continuations.contains(plain) {
                return Some(Short::Continuation);
            }
            if self.greetings.contains(plain) {
                return Some(Short::Greeting);
            }
        }
        let is_letter = |c: &&u32| !is_separator(**c) && **c != 0x30;
        let wide = points.iter().any(|c| *c >= 0x3040 && !is_separator(*c));
        let letters = points.iter().filter(is_letter).count();
        (letters < if wide { 2 } else { 4 }).then_some(Short::Tiny)
    }
}

/// Prompts that say nothing by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Short {
    /// Goes on with what was said before.
    Continuation,
    /// Says hello or thanks.
    Greeting,
    /// Hardly any letters.
    Tiny,
}

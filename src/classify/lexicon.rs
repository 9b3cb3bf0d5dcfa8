//! The lists of words by topic and type of work, and of short prompts; `src/classify/training/features.py` reads the same files.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

use super::characters::{hash_word, is_separator};
use crate::model::activity::Hashed;

const TOPICS: &str = include_str!("topics.txt");
const TYPES: &str = include_str!("types.txt");
const SHORT: &str = include_str!("short.txt");
/// The topics that are not private.
const WORK_TOPICS: [&str; 2] = ["office", "code"];
/// Longer prompts are not looked up in the lists of short ones.
const MAX_SHORT: usize = 48;

/// A set of topics, one bit each.
pub(super) type Topics = u32;
/// A set of lists of `types.txt`, one bit each.
pub(super) type Marks = u32;

/// The lists that a word is in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Listed {
    pub(super) topics: Topics,
    pub(super) marks: Marks,
}

/// Listed words by their hash.
type ListedWords = HashMap<u64, Vec<(Vec<u32>, Listed)>, BuildHasherDefault<Hashed>>;

/// All lists.
#[derive(Debug)]
pub(super) struct Lexicon {
    words: ListedWords,
    /// Names of the topics, in the order of their bits.
    pub(super) topics: Vec<&'static str>,
    /// The topics of work, which keep a prompt from being flagged.
    pub(super) work: Topics,
    /// Names of the lists of `types.txt`, in the order of their bits.
    pub(super) marks: Vec<&'static str>,
    continuations: HashSet<String>,
    greetings: HashSet<String>,
}

/// The `name: words` lines of a list; comments start with `#`.
fn sections(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'))
}

impl Lexicon {
    /// Reads the embedded lists.
    pub(super) fn new() -> Self {
        let mut words: ListedWords = HashMap::default();
        let mut add = |word: &str, change: &dyn Fn(&mut Listed)| {
            let points: Vec<u32> = word.chars().map(u32::from).collect();
            let same = words.entry(u64::from(hash_word(points.iter().copied()))).or_default();
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
        let work = topics.iter().enumerate().filter(|(_, name)| WORK_TOPICS.contains(*name));
        let work = work.fold(0, |all, (at, _)| all | 1 << at);
        let short = |name: &str| {
            let texts = sections(SHORT).filter(|(key, _)| *key == name).flat_map(|(_, texts)| texts.split('|'));
            texts.map(|text| text.trim().to_owned()).collect()
        };
        Self { words, topics, work, marks, continuations: short("continuation"), greetings: short("greeting") }
    }

    /// The lists that a word is in.
    pub(super) fn look_up(&self, word: &[u32], hash: u32) -> Listed {
        let same = self.words.get(&u64::from(hash)).map_or(&[][..], Vec::as_slice);
        same.iter().find(|(known, _)| known == word).map_or(Listed::default(), |(_, listed)| *listed)
    }

    /// The bit of a list of `types.txt`.
    pub(super) fn mark(&self, name: &str) -> Marks {
        self.marks.iter().position(|known| *known == name).map_or(0, |at| 1 << at)
    }

    /// Whether a prompt says nothing by itself, and why. `points` is the normalised text.
    pub(super) fn short(&self, points: &[u32]) -> Option<Short> {
        if points.len() <= MAX_SHORT {
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
        let has_cjk = points.iter().any(|c| *c >= 0x3040 && !is_separator(*c));
        let letters = points.iter().filter(is_letter).count();
        (letters < if has_cjk { 2 } else { 4 }).then_some(Short::Tiny)
    }
}

/// Prompts that say nothing by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Short {
    /// Continues what was said before.
    Continuation,
    /// Says hello or thanks.
    Greeting,
    /// Has hardly any letters.
    Tiny,
}

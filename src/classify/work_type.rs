//! The type of work that a prompt asks for, from its words alone, as `decide` in `src/classify/training/train.py` does.

use super::features::Features;
use super::lexicon::Lexicon;
use super::weights::COLUMNS;
use crate::model::prompt::WorkType;

/// What a word adds to its type: as the first word, among the first few, later.
const BOOSTS: [f64; 3] = [3.0, 2.0, 0.3];
/// Requests for reviews also name what to review, so the word for review outweighs the others.
const REVIEW: f64 = 3.0;
const FIRST_WORDS: usize = 14;
const MAX_WORDS: usize = 60;
/// Longer prompts that end with a question ask for more than an answer.
const LONGEST_QUESTION: usize = 80;
/// Answers to a question of the assistant are short.
const LONGEST_ANSWER: usize = 12;
/// Openings that look like questions but are requests.
const REQUESTS: [[&str; 2]; 11] = [
    ["can", "you"],
    ["could", "you"],
    ["would", "you"],
    ["will", "you"],
    ["can", "we"],
    ["could", "we"],
    ["should", "we"],
    ["do", "it"],
    ["do", "that"],
    ["do", "the"],
    ["do", "both"],
];
/// The types that the weights distinguish, in the order of their columns, and the one that only words show.
const DEVELOPMENT: [WorkType; 7] = [
    WorkType::Feature,
    WorkType::Bugfix,
    WorkType::Refactor,
    WorkType::Test,
    WorkType::Docs,
    WorkType::Ops,
    WorkType::Review,
];

/// Chooses a type by the scores and the words.
pub(super) fn decide(features: &Features, text: &str, scores: &[f64; COLUMNS], lexicon: &Lexicon) -> WorkType {
    let mut score_of: [f64; 7] = std::array::from_fn(|at| if at < 6 { scores[at] } else { -9.0 });
    let [development, business, continuation] = [scores[6], scores[7], scores[8]];
    let bits = DEVELOPMENT.map(|kind| lexicon.mark(kind.word()));
    let mut named = false;
    for at in 0..features.words.len().min(MAX_WORDS) {
        let marks = features.words[at].listed.marks;
        for (kind, score) in score_of.iter_mut().enumerate().filter(|(kind, _)| marks & bits[*kind] != 0) {
            let position = if at == 0 { 0 } else { 1 + usize::from(at >= FIRST_WORDS) };
            let review = if DEVELOPMENT[kind] == WorkType::Review { REVIEW } else { 0.0 };
            *score = if review > 0.0 { score.max(0.0) } else { *score } + BOOSTS[position] + review;
            named = named || at < FIRST_WORDS;
        }
    }
    let words = features.words.len();
    let first = features.words.first().map_or(0, |word| word.listed.marks);
    let opens = first & lexicon.mark("go_on") != 0;
    if !named && (continuation > development.max(business) || opens && words <= LONGEST_ANSWER) {
        return WorkType::Continuation;
    }
    if business > development + if named { 0.5 } else { 0.0 } {
        return WorkType::Business;
    }
    let is = |at: usize, word: &str| at < words && features.word(at).iter().copied().eq(word.chars().map(u32::from));
    let is_request = REQUESTS.iter().any(|[one, two]| is(0, one) && is(1, two));
    let is_question = first & lexicon.mark("asks") != 0 || text.trim_end().ends_with(['?', '？']);
    if is_question && !is_request && words <= LONGEST_QUESTION {
        return WorkType::Question;
    }
    let order = |kind: WorkType| WorkType::ALL.iter().position(|known| *known == kind);
    let best = (0..score_of.len()).max_by(|&a, &b| {
        score_of[a].total_cmp(&score_of[b]).then_with(|| order(DEVELOPMENT[b]).cmp(&order(DEVELOPMENT[a])))
    });
    best.map_or(WorkType::Feature, |at| DEVELOPMENT[at])
}

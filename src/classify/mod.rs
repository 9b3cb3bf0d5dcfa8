//! Prompts → bands: whether a prompt is about work, and which type of work. No text of a prompt is kept.
//!
//! - In: a prompt's text and its context. Out: a [`PromptVerdict`], which holds only codes and numbers.
//! - Context comes first: a linked commit, an edit or the continuation of work make a prompt work, whatever it says.
//! - Text is scored by hashed words and character runs, marks of code, and words of topics. The log-odds add up, so every
//!   part can be shown. No feature depends on a language, a script or the time of day.
//! - Abstains: greetings, texts with hardly any letters, redacted texts, scripts without training data or with little of it.
//! - A text with a word of office work or of code is never flagged, and one without a private word seldom.
//! - Private matters (health, love, money, faith) are one topic, `personal`, and never distinguished.
//! - `weights.json` in this folder has the hashes of the training data, the thresholds and the measured figures.

mod characters;
mod features;
mod lexicon;
pub mod lines;
mod mentions;
#[cfg(test)]
mod tests;
mod weights;
mod work_type;

use std::cell::RefCell;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use crate::model::prompt::WorkType;

use crate::model::prompt::{PromptFacts, Standing};
use features::Features;
use lexicon::{Lexicon, Short};
use weights::Weights;

/// How the weights were trained and measured, as written by the training script.
pub static FIGURES: &str = include_str!("weights.json");

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::new);
static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| Weights::new(LEXICON.topics.len()));
static THRESHOLDS: LazyLock<Thresholds> = LazyLock::new(Thresholds::embedded);

/// The scores at which the bands start.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Thresholds {
    /// At this score and above a prompt is likely off task.
    #[serde(rename = "threshold_likely")]
    pub likely: f64,
    /// At this score and above it is unclear.
    #[serde(rename = "threshold_best_f1")]
    pub unclear: f64,
    model: ModelFigures,
}

/// What belongs to the model besides its weights.
#[derive(Debug, Clone, Copy, Deserialize)]
struct ModelFigures {
    /// What is taken off the log-odds of a text without any word of a private topic.
    no_topic: f64,
}

impl Thresholds {
    /// Parses the thresholds of the embedded weights.
    fn embedded() -> Self {
        #[derive(Deserialize)]
        struct WeightFigures {
            off_task: Thresholds,
        }
        serde_json::from_str::<WeightFigures>(FIGURES).expect("the figures are part of the program").off_task
    }

    /// The thresholds of the embedded weights.
    #[must_use]
    pub fn get() -> Self {
        *THRESHOLDS
    }
}

/// How far a prompt is from work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Work, as far as can be determined.
    OnTask,
    /// Cannot be determined. This is a quantity, not an accusation.
    Unclear,
    /// Very likely not work.
    OffTaskLikely,
}

impl Band {
    /// The name in machine-readable output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnTask => "on_task",
            Self::Unclear => "unclear",
            Self::OffTaskLikely => "off_task_likely",
        }
    }
}

/// What is known about a prompt besides its text; unknown is false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct PromptContext {
    /// The session is linked to a commit or a pull request.
    pub linked_commit: bool,
    /// The session edited a file of a repository.
    pub edit: bool,
    /// The answer called tools that read or ran something in a repository.
    pub repo_tool_call: bool,
    /// The prompt names something that exists in the repository.
    pub shares_identifiers: bool,
    /// The session worked in a repository.
    pub in_repo: bool,
    /// The previous prompt, minutes earlier, was work.
    pub continues_on_task: bool,
}

/// A code, what it adds to the log-odds, and whether it applies.
type Circumstance = (&'static str, f64, fn(&PromptContext) -> bool);

/// What each known circumstance adds to the log-odds of being off task; what is unknown adds nothing.
const CIRCUMSTANCES: [Circumstance; 4] = [
    ("repo_tool_call", -4.0, |context| context.repo_tool_call),
    ("shares_identifiers", -2.5, |context| context.shares_identifiers),
    ("in_repo", -1.0, |context| context.in_repo),
    ("continues_on_task", -2.5, |context| context.continues_on_task),
];

/// The classification of a prompt. Holds none of its text.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptVerdict {
    /// How far it is from work.
    pub band: Band,
    /// 0 to 1, higher is further from work; 0 if the context decides, 0.5 if nothing can be determined.
    pub score: f64,
    /// The type of work.
    pub work_type: WorkType,
    /// Codes with their log-odds, in a fixed order.
    pub reasons: Vec<Reason>,
}

/// A reason for a verdict: a code, what it refers to, and the log-odds that it adds, if any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    kind: &'static str,
    name: &'static str,
    odds: Option<f64>,
}

impl PromptVerdict {
    /// Whether nothing could be determined.
    #[must_use]
    pub fn abstains(&self) -> bool {
        self.reasons.iter().any(|reason| reason.kind == "abstain")
    }
}

impl Reason {
    fn code(kind: &'static str, name: &'static str) -> Self {
        Self { kind, name, odds: None }
    }

    fn part(kind: &'static str, name: &'static str, odds: f64) -> Self {
        Self { kind, name, odds: Some(odds) }
    }
}

/// `topic:food:+1.2`, `text:-3.4`, `veto:edit`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        if !self.name.is_empty() {
            write!(f, ":{}", self.name)?;
        }
        self.odds.map_or(Ok(()), |odds| write!(f, ":{odds:+.1}"))
    }
}

/// Judges prompts one after the other, in memory that is reused.
#[derive(Debug, Default)]
pub struct Classifier {
    features: Features,
}

impl Classifier {
    /// Judges one prompt.
    #[must_use]
    pub fn judge(&mut self, text: &str, context: PromptContext) -> PromptVerdict {
        judge(&self.read(text), context)
    }

    /// Reads one prompt into the facts that are kept of it.
    #[must_use]
    pub fn read(&mut self, text: &str) -> PromptFacts {
        let features = &mut self.features;
        features.compute(text, &LEXICON);
        let standing = match LEXICON.short(&features.points) {
            Some(Short::Continuation) => Standing::Continuation,
            Some(Short::Greeting) => Standing::Greeting,
            Some(Short::Tiny) => Standing::Tiny,
            None if is_redacted(text) => Standing::Redacted,
            None if !is_familiar(features) => Standing::Script,
            None if is_thin(features) => Standing::ThinLanguage,
            None => Standing::Whole,
        };
        let work = match standing {
            Standing::Continuation | Standing::Greeting | Standing::Tiny => WorkType::Continuation,
            _ => work_type::decide(features, text, &WEIGHTS.types(features), &LEXICON),
        };
        let parts = WEIGHTS.score(features);
        PromptFacts {
            standing,
            text: parts.bias + parts.text,
            surface: parts.surface,
            topics: features.topics,
            work,
            mentions: Vec::new(),
        }
    }

    /// The score of the text alone, to compare with that of the training script.
    #[cfg(test)]
    fn raw_score(&mut self, text: &str) -> (f64, WorkType) {
        self.features.compute(text, &LEXICON);
        let parts = WEIGHTS.score(&self.features);
        let topics: f64 = WEIGHTS
            .topics
            .iter()
            .enumerate()
            .filter(|(at, _)| self.features.topics & (1 << at) != 0)
            .map(|(_, weight)| weight)
            .sum();
        let odds = parts.bias + parts.text + parts.surface + topics;
        let kind = match LEXICON.short(&self.features.points) {
            Some(_) => WorkType::Continuation,
            None => work_type::decide(&self.features, text, &WEIGHTS.types(&self.features), &LEXICON),
        };
        (1.0 / (1.0 + (-odds).exp()), kind)
    }
}

/// Reads one prompt of a log, with the names that it mentions.
#[must_use]
pub fn read(text: &str) -> PromptFacts {
    thread_local! {
        static CLASSIFIER: RefCell<Classifier> = RefCell::default();
    }
    let facts = CLASSIFIER.with_borrow_mut(|classifier| classifier.read(text));
    PromptFacts { mentions: mentions::extract(text), ..facts }
}

/// The hash by which a mention of a file is recognised; `None` for a name too short to mean anything.
#[must_use]
pub fn mention_hash(path: &str) -> Option<u64> {
    mentions::name_hash(path)
}

/// Where a prompt comes from, because flags of work are not equally rare everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// The log of an agent that works on files.
    Agent,
    /// A conversation with an assistant: office work and questions.
    Conversation,
}

/// How often flags are right, as measured on labelled prompts of sources that the training had not seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Share of off-task prompts that are flagged, of those that can be judged.
    pub hits: f64,
    /// Share of other prompts that are flagged.
    pub false_alarms: f64,
}

/// The rates of the embedded weights for one kind of source, from their measured figures.
#[must_use]
pub fn rates(kind: PromptKind) -> Rates {
    static RATES: LazyLock<[Rates; 2]> = LazyLock::new(|| {
        let figures: serde_json::Value = serde_json::from_str(FIGURES).expect("the figures are part of the program");
        let off_task = &figures["off_task"];
        let of = |rows: &[&serde_json::Value]| {
            let sum = |key: &str| rows.iter().filter_map(|row| row[key].as_f64()).sum::<f64>();
            sum("flagged") / (sum("n") - sum("abstained"))
        };
        let (hits, work) = (of(&[&off_task["off_task"]]), &off_task["on_task_by_kind"]);
        [of(&[&work["agent"]]), of(&[&work["business"], &work["chat"]])]
            .map(|false_alarms| Rates { hits, false_alarms })
    });
    RATES[kind as usize]
}

/// Judges a prompt that was read before, by its context and its facts.
#[must_use]
pub fn judge(prompt: &PromptFacts, context: PromptContext) -> PromptVerdict {
    let work_type = prompt.work;
    let decided =
        |band, score, kind, name| PromptVerdict { band, score, work_type, reasons: vec![Reason::code(kind, name)] };
    if context.linked_commit {
        return decided(Band::OnTask, 0.0, "veto", "linked_commit");
    }
    if context.edit {
        return decided(Band::OnTask, 0.0, "veto", "edit");
    }
    match prompt.standing {
        Standing::Continuation => return decided(Band::OnTask, 0.0, "veto", "continuation"),
        Standing::Greeting => return decided(Band::Unclear, 0.5, "abstain", "greeting"),
        Standing::Tiny => return decided(Band::Unclear, 0.5, "abstain", "too_short"),
        Standing::Redacted => return decided(Band::Unclear, 0.5, "abstain", "redacted"),
        Standing::Script => return decided(Band::Unclear, 0.5, "abstain", "script"),
        Standing::Whole | Standing::ThinLanguage => {}
    }
    let limits = Thresholds::get();
    let mut odds = prompt.text + prompt.surface;
    let mut reasons = vec![Reason::part("text", "", prompt.text), Reason::part("surface", "", prompt.surface)];
    for (at, (name, weight)) in LEXICON.topics.iter().zip(&WEIGHTS.topics).enumerate() {
        if prompt.topics & (1 << at) != 0 {
            odds += weight;
            reasons.push(Reason::part("topic", name, *weight));
        }
    }
    for (name, weight, applies) in CIRCUMSTANCES {
        if applies(&context) {
            odds += weight;
            reasons.push(Reason::part("context", name, weight));
        }
    }
    let work = LEXICON.work & prompt.topics;
    if prompt.topics == work {
        odds -= limits.model.no_topic;
        reasons.push(Reason::part("topic", "none", -limits.model.no_topic));
    }
    let score = 1.0 / (1.0 + (-odds).exp());
    let mut band = if score >= limits.likely {
        Band::OffTaskLikely
    } else if score >= limits.unclear {
        Band::Unclear
    } else {
        Band::OnTask
    };
    // If text and context contradict each other, accuse nobody.
    if band == Band::OffTaskLikely && (context.repo_tool_call || context.shares_identifiers) {
        band = Band::Unclear;
        reasons.push(Reason::code("disagree", "context"));
    }
    if band == Band::OffTaskLikely && work != 0 {
        band = Band::Unclear;
        reasons.push(Reason::code("disagree", "work_words"));
    }
    if band >= Band::Unclear && prompt.standing == Standing::ThinLanguage {
        band = Band::Unclear;
        reasons.push(Reason::code("abstain", "language"));
    }
    PromptVerdict { band, score, work_type, reasons }
}

/// Whether a text is a placeholder that an exporter put in place of the prompt.
fn is_redacted(text: &str) -> bool {
    let plain = text.trim().trim_matches(['[', ']', '<', '>', '*', '(', ')']);
    plain.len() <= 24
        && ["redacted", "content redacted", "removed", "hidden", "filtered"]
            .iter()
            .any(|placeholder| plain.eq_ignore_ascii_case(placeholder))
}

/// Whether the letters are of scripts with few prompts for training: any Chinese, Japanese or Korean, or mostly not Latin, Greek
/// or Cyrillic.
fn is_thin(features: &Features) -> bool {
    let letters = || features.points.iter().filter(|c| !characters::is_separator(**c) && **c != 0x30);
    let far = letters().filter(|c| matches!(**c, 0x0530..0x1e00 | 0x1f00..)).count();
    far > 0 && (letters().any(|c| matches!(c, 0x3040..0xd7b0)) || far * 2 > letters().count())
}

/// Whether most letters belong to scripts that the training data contains.
fn is_familiar(features: &Features) -> bool {
    let letters = || features.points.iter().filter(|c| !characters::is_separator(**c) && **c != 0x30);
    let known = |c: u32| matches!(c, 0..0x0370 | 0x0400..0x0530 | 0x0600..0x0700 | 0x0900..0x0980 | 0x1e00..0x1f00 | 0x3040..0xa000 | 0xac00..0xd7b0 | 0xff00..0xfff0);
    let all = letters().count();
    letters().filter(|c| known(**c)).count() * 2 >= all
}

//! Prompts → bands: whether a prompt is about work, and about which kind; context before text, and no text left behind.
//!
//! - In: a prompt's text and what is known around it. Out: [`Verdict`], made of codes and numbers only.
//! - Context comes first: a linked commit, an edit, the continuation of work say that a prompt is work, whatever it says.
//! - The text is scored by hashed words and runs of characters, marks of code, and words of topics; log-odds that add up, so
//!   every part can be shown. No feature tells of a language, a script or a time of day.
//! - Abstains: greetings, texts with hardly any letters, redacted ones, scripts that nothing was learnt about.
//! - Private matters (health, love, money, faith) are one topic, `personal`, and never told apart.
//! - Source: OFFTASK sections 1 to 4; `weights.json` beside this file has data hashes, thresholds and figures.

mod features;
mod lexicon;
pub mod lines;
mod mentions;
mod model;
#[cfg(test)]
mod tests;
mod work_type;

use std::cell::RefCell;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use crate::model::prompt::WorkType;

use crate::model::prompt::{PromptFacts, Standing};
use features::Features;
use lexicon::{Lexicon, Short};
use model::Model;

/// How the weights were made and measured, as the training script wrote it.
pub static FIGURES: &str = include_str!("weights.json");

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::new);
static MODEL: LazyLock<Model> = LazyLock::new(|| Model::new(LEXICON.topics.len()));
static THRESHOLDS: LazyLock<Thresholds> = LazyLock::new(Thresholds::embedded);

/// Where the bands begin.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Thresholds {
    /// From here on a prompt is likely off task.
    #[serde(rename = "threshold_likely")]
    pub likely: f64,
    /// From here on it is unclear.
    #[serde(rename = "threshold_best_f1")]
    pub unclear: f64,
}

impl Thresholds {
    /// Those of the embedded weights.
    fn embedded() -> Self {
        #[derive(Deserialize)]
        struct Figures {
            off_task: Thresholds,
        }
        serde_json::from_str::<Figures>(FIGURES).expect("the figures are part of the program").off_task
    }

    /// Those of the embedded weights.
    #[must_use]
    pub fn get() -> Self {
        *THRESHOLDS
    }
}

/// How far a prompt is from work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Work, as far as can be told.
    OnTask,
    /// Cannot be told. A size, never guilt.
    Unclear,
    /// Very likely not work.
    OffTaskLikely,
}

impl Band {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::OnTask => "on_task",
            Self::Unclear => "unclear",
            Self::OffTaskLikely => "off_task_likely",
        }
    }
}

/// What is known around a prompt; what is not known is false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Context {
    /// The session is tied to a commit or a pull request.
    pub linked_commit: bool,
    /// The session edited a file of a repository.
    pub edit: bool,
    /// The answer called tools that read or ran something in a repository.
    pub repo_tool_call: bool,
    /// The prompt names something that the repository has.
    pub shares_identifiers: bool,
    /// The session worked in a repository.
    pub in_repo: bool,
    /// The prompt before it, minutes ago, was work.
    pub continues_on_task: bool,
}

/// A code, what it takes from the log-odds, and whether it holds.
type Circumstance = (&'static str, f64, fn(&Context) -> bool);

/// What each known circumstance takes from the log-odds (OFFTASK 3); nothing is added for what is missing.
const CIRCUMSTANCES: [Circumstance; 4] = [
    ("repo_tool_call", -4.0, |context| context.repo_tool_call),
    ("shares_identifiers", -2.5, |context| context.shares_identifiers),
    ("in_repo", -1.0, |context| context.in_repo),
    ("continues_on_task", -2.5, |context| context.continues_on_task),
];

/// What a prompt was found to be. Holds nothing of its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// How far it is from work.
    pub band: Band,
    /// 0 to 1, higher is further from work; 0 where circumstances settle it, 0.5 where nothing can be told.
    pub score: f64,
    /// What kind of work.
    pub work_type: WorkType,
    /// Codes with their log-odds, in a fixed order.
    pub reasons: Vec<Reason>,
}

/// Why: a code, what it is about, and the log-odds that it adds where it adds some.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    kind: &'static str,
    name: &'static str,
    odds: Option<f64>,
}

impl Verdict {
    /// Whether nothing could be told.
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

/// Judges prompts one after the other, in memory that is used again.
#[derive(Debug, Default)]
pub struct Classifier {
    features: Features,
}

impl Classifier {
    /// Judges one prompt.
    #[must_use]
    pub fn judge(&mut self, text: &str, context: Context) -> Verdict {
        settle(&self.read(text), context)
    }

    /// Reads one prompt: all that is kept of it.
    #[must_use]
    pub fn read(&mut self, text: &str) -> PromptFacts {
        let features = &mut self.features;
        features.take(text, &LEXICON);
        let standing = match LEXICON.short(features) {
            Some(Short::Continuation) => Standing::Continuation,
            Some(Short::Greeting) => Standing::Greeting,
            Some(Short::Tiny) => Standing::Tiny,
            None if is_redacted(text) => Standing::Redacted,
            None if !is_familiar(features) => Standing::Script,
            None => Standing::Whole,
        };
        let work = match standing {
            Standing::Continuation | Standing::Greeting | Standing::Tiny => WorkType::Continuation,
            _ => work_type::decide(features, text, &MODEL.types(features), &LEXICON),
        };
        let parts = MODEL.score(features);
        PromptFacts {
            standing,
            text: parts.bias + parts.text,
            surface: parts.surface,
            topics: features.topics,
            work,
            mentions: Vec::new(),
        }
    }

    /// The score of the text alone, for the test against the script's.
    #[cfg(test)]
    fn raw(&mut self, text: &str) -> (f64, WorkType) {
        self.features.take(text, &LEXICON);
        let parts = MODEL.score(&self.features);
        let topics: f64 = MODEL
            .topics
            .iter()
            .enumerate()
            .filter(|(at, _)| self.features.topics & (1 << at) != 0)
            .map(|(_, weight)| weight)
            .sum();
        let odds = parts.bias + parts.text + parts.surface + topics;
        let kind = match LEXICON.short(&self.features) {
            Some(_) => WorkType::Continuation,
            None => work_type::decide(&self.features, text, &MODEL.types(&self.features), &LEXICON),
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
    PromptFacts { mentions: mentions::of(text), ..facts }
}

/// The hash under which a mention of a file is known; `None` for a name too short to tell anything.
#[must_use]
pub fn mention(path: &str) -> Option<u64> {
    mentions::name(path)
}

/// How often a flag is right, as measured on prompts with labels.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Share of off-task prompts that are flagged.
    pub hits: f64,
    /// Share of other prompts that are flagged.
    pub false_alarms: f64,
}

/// The rates of the embedded weights, from the figures beside them.
#[must_use]
pub fn rates() -> Rates {
    static RATES: LazyLock<Rates> = LazyLock::new(|| {
        let figures: serde_json::Value = serde_json::from_str(FIGURES).expect("the figures are part of the program");
        let off_task = &figures["off_task"];
        let groups = off_task["false_positives_by_group"].as_object().expect("groups");
        let sum = |key: &str| groups.values().filter_map(|group| group[key].as_f64()).sum::<f64>();
        Rates {
            hits: off_task["dev_recall_likely"].as_f64().expect("a share"),
            false_alarms: sum("flagged") / sum("n"),
        }
    });
    *RATES
}

/// Judges a prompt that was read by what is known around it.
#[must_use]
pub fn settle(prompt: &PromptFacts, context: Context) -> Verdict {
    let work_type = prompt.work;
    let settled = |band, score, kind, name| Verdict { band, score, work_type, reasons: vec![Reason::code(kind, name)] };
    if context.linked_commit {
        return settled(Band::OnTask, 0.0, "veto", "linked_commit");
    }
    if context.edit {
        return settled(Band::OnTask, 0.0, "veto", "edit");
    }
    match prompt.standing {
        Standing::Continuation => return settled(Band::OnTask, 0.0, "veto", "continuation"),
        Standing::Greeting => return settled(Band::Unclear, 0.5, "abstain", "greeting"),
        Standing::Tiny => return settled(Band::Unclear, 0.5, "abstain", "too_short"),
        Standing::Redacted => return settled(Band::Unclear, 0.5, "abstain", "redacted"),
        Standing::Script => return settled(Band::Unclear, 0.5, "abstain", "script"),
        Standing::Whole => {}
    }
    let mut odds = prompt.text + prompt.surface;
    let mut reasons = vec![Reason::part("text", "", prompt.text), Reason::part("surface", "", prompt.surface)];
    for (at, (name, weight)) in LEXICON.topics.iter().zip(&MODEL.topics).enumerate() {
        if prompt.topics & (1 << at) != 0 {
            odds += weight;
            reasons.push(Reason::part("topic", name, *weight));
        }
    }
    for (name, weight, holds) in CIRCUMSTANCES {
        if holds(&context) {
            odds += weight;
            reasons.push(Reason::part("context", name, weight));
        }
    }
    let score = 1.0 / (1.0 + (-odds).exp());
    let limits = Thresholds::get();
    let mut band = if score >= limits.likely {
        Band::OffTaskLikely
    } else if score >= limits.unclear {
        Band::Unclear
    } else {
        Band::OnTask
    };
    // Where text and circumstances speak against each other nobody is accused.
    if band == Band::OffTaskLikely && (context.repo_tool_call || context.shares_identifiers) {
        band = Band::Unclear;
        reasons.push(Reason::code("disagree", "context"));
    }
    Verdict { band, score, work_type, reasons }
}

/// Texts that exporters put in a prompt's place.
fn is_redacted(text: &str) -> bool {
    let plain = text.trim().trim_matches(['[', ']', '<', '>', '*', '(', ')']);
    plain.len() <= 24
        && ["redacted", "content redacted", "removed", "hidden", "filtered"]
            .iter()
            .any(|one| plain.eq_ignore_ascii_case(one))
}

/// Whether most letters belong to scripts that examples were learnt from.
fn is_familiar(features: &Features) -> bool {
    let letters = || features.points.iter().filter(|c| !features::is_separator(**c) && **c != 0x30);
    let known = |c: u32| matches!(c, 0..0x0370 | 0x0400..0x0530 | 0x0600..0x0700 | 0x0900..0x0980 | 0x1e00..0x1f00 | 0x3040..0xa000 | 0xac00..0xd7b0 | 0xff00..0xfff0);
    let all = letters().count();
    letters().filter(|c| known(**c)).count() * 2 >= all
}

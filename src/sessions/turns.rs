//! Events and records → turns: a prompt and everything that follows until the next one.
//!
//! - In: the events of sessions and the records of the ledger. Out: [`Turns`], by session and time.
//! - Whatever comes before the first prompt of a session is a turn without a prompt. So is a session without prompts.
//! - The session of a subagent has its own turns, without prompts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::ledger::Spent;
use crate::model::activity::{Event, What};
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::prompt::PromptFacts;

/// A prompt and what followed.
#[derive(Debug, Clone, Default)]
pub struct Turn<'a> {
    /// When it began.
    pub at: DateTime<Utc>,
    /// Whether a person started it.
    pub has_prompt: bool,
    /// Length of the prompt in characters.
    pub chars: u32,
    /// Hash of the prompt: equal for equal prompts.
    pub digest: u64,
    /// Facts about the prompt, if prompts were read.
    pub prompt: Option<&'a PromptFacts>,
    /// Indexes of the requests, in order of time.
    pub records: Vec<usize>,
    /// What was done, in order of time.
    pub events: Vec<&'a Event>,
}

impl Turn<'_> {
    /// The cost of its requests that have a price.
    #[must_use]
    pub fn cost(&self, records: &[Spent]) -> Money {
        self.records.iter().filter_map(|&at| records[at].cost).sum()
    }

    /// Number of events of a kind.
    pub fn count(&self, kind: impl Fn(&What) -> bool) -> usize {
        self.events.iter().filter(|event| kind(&event.what)).count()
    }
}

/// The turns of a session.
#[derive(Debug, Clone)]
pub struct SessionTurns<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its id as a name of the run.
    pub name: Name,
    /// In order of time; never empty.
    pub turns: Vec<Turn<'a>>,
}

/// The turns of all sessions, sorted by session id.
#[derive(Debug, Clone, Default)]
pub struct Turns<'a> {
    /// The sessions.
    pub sessions: Vec<SessionTurns<'a>>,
}

/// A turn's part with its instant, and its rank among those of the same instant.
type Timed<'a> = (DateTime<Utc>, u8, Part<'a>);

/// A part of a turn. At one instant prompts come first, then records.
enum Part<'a> {
    Prompt(&'a Event),
    Record(usize),
    Event(&'a Event),
}

impl<'a> Turns<'a> {
    /// Cuts sessions into turns.
    #[must_use]
    pub fn new(records: &[Spent], events: &'a [Event], names: &'a Names) -> Self {
        let mut found: BTreeMap<&str, (Name, Vec<Timed<'a>>)> = BTreeMap::new();
        let mut add = |name: Name, at, rank, part| {
            found.entry(names.text(name)).or_insert_with(|| (name, Vec::new())).1.push((at, rank, part));
        };
        for event in events {
            let Some(session) = event.session else { continue };
            match event.what {
                What::Prompt { .. } => add(session, event.at, 0, Part::Prompt(event)),
                _ => add(session, event.at, 2, Part::Event(event)),
            }
        }
        for (at, record) in records.iter().enumerate() {
            if let Some(session) = record.session {
                add(session, record.at, 1, Part::Record(at));
            }
        }
        let sessions = found.into_iter().map(|(id, (name, mut parts))| {
            parts.sort_by_key(|(at, rank, _)| (*at, *rank));
            let mut turns: Vec<Turn<'a>> = Vec::new();
            for (at, _, part) in parts {
                if turns.is_empty() || matches!(part, Part::Prompt(_)) {
                    turns.push(Turn { at, ..Turn::default() });
                }
                let Some(turn) = turns.last_mut() else { continue };
                match part {
                    Part::Prompt(event) => {
                        if let What::Prompt { chars, digest, facts } = &event.what {
                            (turn.has_prompt, turn.chars, turn.digest) = (true, *chars, *digest);
                            turn.prompt = facts.as_deref();
                        }
                    }
                    Part::Record(record) => turn.records.push(record),
                    Part::Event(event) => turn.events.push(event),
                }
            }
            SessionTurns { id, name, turns }
        });
        Self { sessions: sessions.collect() }
    }
}

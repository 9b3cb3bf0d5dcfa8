//! Events and records → turns: a prompt and everything that was done until the next one.
//!
//! - In: the events of sessions and the records of the ledger. Out: [`Turns`], by session and time.
//! - What comes before a session's first prompt, and a session without prompts, is a turn without a prompt.
//! - A session of a subagent has turns of its own and none of them has a prompt.

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
    /// Whether a person began it.
    pub has_prompt: bool,
    /// Length of the prompt in characters.
    pub chars: u32,
    /// Tells equal prompts from others.
    pub digest: u64,
    /// What was read of the prompt, where prompts were looked at.
    pub prompt: Option<&'a PromptFacts>,
    /// Indexes of the requests, in order of time.
    pub records: Vec<usize>,
    /// What was done, in order of time.
    pub events: Vec<&'a Event>,
}

impl Turn<'_> {
    /// What its requests cost, unpriced ones aside.
    #[must_use]
    pub fn cost(&self, records: &[Spent]) -> Money {
        self.records.iter().filter_map(|&at| records[at].cost).sum()
    }

    /// How many events are of a kind.
    pub fn count(&self, kind: impl Fn(&What) -> bool) -> usize {
        self.events.iter().filter(|event| kind(&event.what)).count()
    }
}

/// A session in turns.
#[derive(Debug, Clone)]
pub struct SessionTurns<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its name in the tables of the run.
    pub name: Name,
    /// In order of time; never empty.
    pub turns: Vec<Turn<'a>>,
}

/// Every session in turns, in the order of their ids.
#[derive(Debug, Clone, Default)]
pub struct Turns<'a> {
    /// The sessions.
    pub sessions: Vec<SessionTurns<'a>>,
}

/// A step with its instant and its rank among those of the same instant.
type Timed<'a> = (DateTime<Utc>, u8, Step<'a>);

/// Something at an instant; prompts come before what else happened then.
enum Step<'a> {
    Prompt(&'a Event),
    Record(usize),
    Event(&'a Event),
}

impl<'a> Turns<'a> {
    /// Cuts sessions into turns.
    #[must_use]
    pub fn of(records: &[Spent], events: &'a [Event], names: &'a Names) -> Self {
        let mut found: BTreeMap<&str, (Name, Vec<Timed<'a>>)> = BTreeMap::new();
        let mut add = |name: Name, at, rank, step| {
            found.entry(names.text(name)).or_insert_with(|| (name, Vec::new())).1.push((at, rank, step));
        };
        for event in events {
            let Some(session) = event.session else { continue };
            match event.what {
                What::Prompt { .. } => add(session, event.at, 0, Step::Prompt(event)),
                _ => add(session, event.at, 2, Step::Event(event)),
            }
        }
        for (at, record) in records.iter().enumerate() {
            if let Some(session) = record.session {
                add(session, record.at, 1, Step::Record(at));
            }
        }
        let sessions = found.into_iter().map(|(id, (name, mut steps))| {
            steps.sort_by_key(|(at, rank, _)| (*at, *rank));
            let mut turns: Vec<Turn<'a>> = Vec::new();
            for (at, _, step) in steps {
                if turns.is_empty() || matches!(step, Step::Prompt(_)) {
                    turns.push(Turn { at, ..Turn::default() });
                }
                let Some(turn) = turns.last_mut() else { continue };
                match step {
                    Step::Prompt(event) => {
                        if let What::Prompt { chars, digest, facts } = &event.what {
                            (turn.has_prompt, turn.chars, turn.digest) = (true, *chars, *digest);
                            turn.prompt = facts.as_deref();
                        }
                    }
                    Step::Record(record) => turn.records.push(record),
                    Step::Event(event) => turn.events.push(event),
                }
            }
            SessionTurns { id, name, turns }
        });
        Self { sessions: sessions.collect() }
    }
}

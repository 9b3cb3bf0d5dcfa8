//! The parts of a rollout line that are read.

use serde::Deserialize;

use crate::sources::lenient::{Count, Object, Str};

/// One line. `S` is a text (borrowed or owned), `C` a value that is kept raw or skipped.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default, C: Deserialize<'de>")]
pub(super) struct Line<S, C> {
    #[serde(default)]
    pub(super) timestamp: S,
    #[serde(default, rename = "type")]
    pub(super) kind: S,
    #[serde(default = "absent")]
    pub(super) payload: Object<Payload<S, C>>,
}

/// The payload of any kind of line.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default, C: Deserialize<'de>")]
pub(super) struct Payload<S, C> {
    #[serde(default, rename = "type")]
    pub(super) kind: S,
    // session_meta
    #[serde(default)]
    pub(super) id: S,
    #[serde(default)]
    pub(super) cwd: S,
    #[serde(default)]
    pub(super) cli_version: S,
    #[serde(default)]
    pub(super) forked_from_id: S,
    #[serde(default = "absent")]
    source: Object<Origin<S>>,
    #[serde(default = "absent")]
    pub(super) git: Object<Git<S>>,
    // turn_context
    #[serde(default)]
    pub(super) model: S,
    // event_msg
    #[serde(default = "absent")]
    pub(super) info: Object<Info<S>>,
    #[serde(default = "nothing")]
    pub(super) message: Option<C>,
    // response_item
    #[serde(default)]
    pub(super) name: S,
    #[serde(default)]
    pub(super) call_id: S,
    #[serde(default = "nothing")]
    pub(super) arguments: Option<C>,
    #[serde(default = "nothing")]
    pub(super) input: Option<C>,
    #[serde(default = "nothing")]
    pub(super) output: Option<C>,
}

impl<S: Str, C> Payload<S, C> {
    /// The thread that spawned this one as a subagent.
    pub(super) fn spawned_from(&self) -> Option<&str> {
        let spawn = self.source.0.as_ref()?.subagent.0.as_ref()?.thread_spawn.0.as_ref()?;
        spawn.parent_thread_id.get()
    }
}

#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default")]
struct Origin<S> {
    #[serde(default = "absent")]
    subagent: Object<Subagent<S>>,
}

#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default")]
struct Subagent<S> {
    #[serde(default = "absent")]
    thread_spawn: Object<Spawn<S>>,
}

#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default")]
struct Spawn<S> {
    #[serde(default)]
    parent_thread_id: S,
}

/// The checkout that the session started in.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default")]
pub(super) struct Git<S> {
    #[serde(default)]
    pub(super) branch: S,
    #[serde(default)]
    pub(super) repository_url: S,
}

/// The figures of a token_count event.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default")]
pub(super) struct Info<S> {
    #[serde(default)]
    pub(super) model: S,
    #[serde(default = "absent")]
    pub(super) total_token_usage: Object<RawTotals>,
    #[serde(default = "absent")]
    pub(super) last_token_usage: Object<RawTotals>,
}

/// Counters as written.
#[derive(Deserialize)]
pub(super) struct RawTotals {
    #[serde(default)]
    input_tokens: Count,
    #[serde(default)]
    cached_input_tokens: Count,
    #[serde(default)]
    output_tokens: Count,
    #[serde(default)]
    reasoning_output_tokens: Count,
}

/// Counters of a session or a request: cached is inside input, reasoning inside output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) input: u64,
    pub(super) cached: u64,
    pub(super) output: u64,
    pub(super) reasoning: u64,
}

impl RawTotals {
    /// The counters, or `None` when one of them is impossible.
    pub(super) fn checked(&self) -> Option<Totals> {
        let all = [self.input_tokens, self.cached_input_tokens, self.output_tokens, self.reasoning_output_tokens];
        if all.iter().any(|count| count.is_invalid()) {
            return None;
        }
        let [input, cached, output, reasoning] = all.map(|count| count.get().unwrap_or(0));
        Some(Totals { input, cached, output, reasoning })
    }
}

impl Totals {
    /// What was used between two cumulative counters, or `None` when one of them fell.
    pub(super) fn since(&self, before: &Self) -> Option<Self> {
        Some(Self {
            input: self.input.checked_sub(before.input)?,
            cached: self.cached.checked_sub(before.cached)?,
            output: self.output.checked_sub(before.output)?,
            reasoning: self.reasoning.checked_sub(before.reasoning)?,
        })
    }
}

fn absent<T>() -> Object<T> {
    Object(None)
}

fn nothing<C>() -> Option<C> {
    None
}

//! The fields of a rollout line that are read; all others are skipped without being stored.

use std::fmt;

use serde::Deserialize;

use super::ID;
use crate::sources::json::lenient::{Object, Str};
use crate::sources::json::watch::{Watch, Watched};
use crate::sources::record::{Footing, INSIDE, Written};
use crate::sources::values::count::Count;

/// One line. `S` is a text (borrowed or owned), `C` a value that is kept raw or skipped.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default, C: Deserialize<'de>")]
pub(in crate::sources) struct Line<S, C> {
    #[serde(default)]
    pub(in crate::sources) timestamp: S,
    #[serde(default, rename = "type")]
    pub(in crate::sources) kind: S,
    #[serde(default = "unwatched")]
    pub(in crate::sources) payload: Watch<Payload<S, C>>,
}

/// The payload of any kind of line.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default, C: Deserialize<'de>")]
pub(in crate::sources) struct Payload<S, C> {
    #[serde(default, rename = "type")]
    pub(in crate::sources) kind: S,
    // session_meta
    #[serde(default)]
    pub(in crate::sources) id: S,
    #[serde(default)]
    pub(in crate::sources) session_id: S,
    #[serde(default)]
    pub(in crate::sources) cwd: S,
    #[serde(default)]
    pub(in crate::sources) cli_version: S,
    #[serde(default)]
    pub(in crate::sources) forked_from_id: S,
    #[serde(default = "absent")]
    source: Object<Origin<S>>,
    #[serde(default = "absent")]
    pub(in crate::sources) git: Object<Git<S>>,
    // turn_context
    #[serde(default)]
    pub(in crate::sources) model: S,
    #[serde(default)]
    pub(in crate::sources) service_tier: S,
    // event_msg
    #[serde(default = "unwatched")]
    pub(in crate::sources) info: Watch<Info<S>>,
    #[serde(default = "absent")]
    pub(in crate::sources) thread_settings: Object<Settings<S>>,
    #[serde(default = "nothing")]
    pub(in crate::sources) message: Option<C>,
    // response_item
    #[serde(default)]
    pub(in crate::sources) name: S,
    #[serde(default)]
    pub(in crate::sources) call_id: S,
    #[serde(default = "nothing")]
    pub(in crate::sources) arguments: Option<C>,
    #[serde(default = "nothing")]
    pub(in crate::sources) input: Option<C>,
    #[serde(default = "nothing")]
    pub(in crate::sources) output: Option<C>,
    // token_usage_record
    #[serde(default = "unwatched")]
    pub(in crate::sources) usage: Watch<RawTotals>,
    #[serde(default = "unwatched")]
    pub(in crate::sources) thread_token_usage: Watch<RawTotals>,
}

impl<S: Str, C> Payload<S, C> {
    /// The thread that started this one as a subagent.
    pub(in crate::sources) fn spawned_from(&self) -> Option<&str> {
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
pub(in crate::sources) struct Git<S> {
    #[serde(default)]
    pub(in crate::sources) branch: S,
    #[serde(default)]
    pub(in crate::sources) repository_url: S,
}

/// What holds from the next turn on.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default")]
pub(in crate::sources) struct Settings<S> {
    #[serde(default)]
    pub(in crate::sources) model: S,
    #[serde(default)]
    pub(in crate::sources) service_tier: S,
}

/// The counts of a token_count event.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Default")]
pub(in crate::sources) struct Info<S> {
    #[serde(default)]
    pub(in crate::sources) model: S,
    #[serde(default = "unwatched")]
    pub(in crate::sources) total_token_usage: Watch<RawTotals>,
    #[serde(default = "unwatched")]
    pub(in crate::sources) last_token_usage: Watch<RawTotals>,
}

/// Counters as written.
#[derive(Deserialize)]
pub(in crate::sources) struct RawTotals {
    #[serde(default)]
    input_tokens: Count,
    #[serde(default)]
    cached_input_tokens: Count,
    /// Another name of the same.
    #[serde(default)]
    cache_read_input_tokens: Count,
    #[serde(default)]
    cache_write_input_tokens: Count,
    #[serde(default)]
    output_tokens: Count,
    #[serde(default)]
    reasoning_output_tokens: Count,
    #[serde(default)]
    total_tokens: Count,
}

/// Counters of a session or a request: cached and written are inside input, reasoning inside output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) struct Totals {
    pub(in crate::sources) input: u64,
    pub(in crate::sources) cached: u64,
    /// Written to a cache; older versions do not say.
    pub(in crate::sources) written: Option<u64>,
    pub(in crate::sources) output: u64,
    pub(in crate::sources) reasoning: u64,
}

/// This form is a part of record ids, so it leaves out what older versions do not write.
impl fmt::Debug for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Totals");
        fields.field("input", &self.input).field("cached", &self.cached);
        if let Some(written) = self.written.filter(|written| *written > 0) {
            fields.field("written", &written);
        }
        fields.field("output", &self.output).field("reasoning", &self.reasoning).finish()
    }
}

impl RawTotals {
    /// Whether input and output are the total.
    pub(in crate::sources) fn footing(&self) -> Footing {
        let Self { input_tokens: input, output_tokens: output, total_tokens: total, .. } = *self;
        Written { input, output, total, ..Written::default() }.settle(INSIDE).footing
    }

    /// The counters, or `None` if one of them is impossible.
    pub(in crate::sources) fn checked(&self) -> Option<Totals> {
        let cached = self.cached_input_tokens.or(self.cache_read_input_tokens);
        let written = self.cache_write_input_tokens;
        let all = [self.input_tokens, cached, self.output_tokens, self.reasoning_output_tokens, written];
        if all.iter().any(|count| count.is_invalid()) {
            return None;
        }
        let [input, cached, output, reasoning, _] = all.map(|count| count.known().unwrap_or(0));
        Some(Totals { input, cached, written: written.known(), output, reasoning })
    }
}

impl Totals {
    /// The difference between two cumulative counters, or `None` if one of them fell.
    pub(in crate::sources) fn since(&self, before: &Self) -> Option<Self> {
        Some(Self {
            input: self.input.checked_sub(before.input)?,
            cached: self.cached.checked_sub(before.cached)?,
            written: match self.written {
                Some(written) => Some(written.checked_sub(before.written.unwrap_or(0))?),
                None => None,
            },
            output: self.output.checked_sub(before.output)?,
            reasoning: self.reasoning.checked_sub(before.reasoning)?,
        })
    }
}

/// What each of these shapes holds of usage or money.
impl<S, C> Watched for Line<S, C> {
    const FORMAT: &'static str = ID;
    const PATH: &'static str = "";
    const ALL: bool = false;
    const READ: &'static [&'static str] = &[];
}

impl<S, C> Watched for Payload<S, C> {
    const FORMAT: &'static str = ID;
    const PATH: &'static str = "payload";
    const ALL: bool = false;
    const READ: &'static [&'static str] = &["usage", "thread_token_usage"];
}

impl<S> Watched for Info<S> {
    const FORMAT: &'static str = ID;
    const PATH: &'static str = "payload.info";
    const ALL: bool = true;
    const READ: &'static [&'static str] = &["model", "total_token_usage", "last_token_usage"];
}

impl Watched for RawTotals {
    const FORMAT: &'static str = ID;
    const PATH: &'static str = "payload.info.token_usage";
    const ALL: bool = true;
    const READ: &'static [&'static str] = &[
        "input_tokens",
        "cached_input_tokens",
        "cache_read_input_tokens",
        "cache_write_input_tokens",
        "output_tokens",
        "reasoning_output_tokens",
        "total_tokens",
    ];
}

fn unwatched<T>() -> Watch<T> {
    Watch(None)
}

fn absent<T>() -> Object<T> {
    Object(None)
}

fn nothing<C>() -> Option<C> {
    None
}

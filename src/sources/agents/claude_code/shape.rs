//! The fields of a transcript line that are read; all others are skipped without being stored.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::answers::ID;
use crate::model::usage::TokenCounts;
use crate::sources::json::lenient::{Dollars, Flag, Object, Str, otherwise};
use crate::sources::json::watch::{Watch, Watched};
use crate::sources::usage_object::anthropic::is_beside;
use crate::sources::values::count::Count;

/// One line. `S` is a text (borrowed from the line, or owned), `C` the content of a message (raw, or skipped).
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Str, C: Deserialize<'de>", rename_all = "camelCase")]
pub(in crate::sources) struct Line<S, C> {
    #[serde(default, rename = "type")]
    pub(in crate::sources) kind: S,
    #[serde(default)]
    pub(in crate::sources) subtype: S,
    #[serde(default)]
    pub(in crate::sources) timestamp: S,
    #[serde(default)]
    pub(in crate::sources) session_id: S,
    #[serde(default)]
    pub(in crate::sources) cwd: S,
    #[serde(default)]
    pub(in crate::sources) git_branch: S,
    #[serde(default)]
    pub(in crate::sources) version: S,
    #[serde(default)]
    pub(in crate::sources) request_id: S,
    #[serde(default)]
    pub(in crate::sources) uuid: S,
    #[serde(default)]
    pub(in crate::sources) is_sidechain: Flag,
    #[serde(default)]
    pub(in crate::sources) is_meta: Flag,
    #[serde(default)]
    pub(in crate::sources) is_compact_summary: Flag,
    #[serde(default)]
    pub(in crate::sources) is_api_error_message: Flag,
    #[serde(default, rename = "costUSD")]
    pub(in crate::sources) cost_usd: Dollars,
    #[serde(default = "unwatched")]
    pub(in crate::sources) message: Watch<Message<S, C>>,
    #[serde(default = "absent")]
    pub(in crate::sources) data: Object<Progress<S, C>>,
    #[serde(default)]
    pub(in crate::sources) pr_number: Count,
    #[serde(default)]
    pub(in crate::sources) pr_repository: S,
}

impl<S: Str, C> Line<S, C> {
    /// Whether another tool, Codex, wrote the line.
    pub(in crate::sources) fn is_foreign(&self) -> bool {
        let codex = ["session_meta", "turn_context", "event_msg", "response_item", "compacted"];
        let kind = self.kind.get().unwrap_or_default();
        codex.contains(&kind) && self.session_id.get().is_none()
    }
}

/// What surrounds a message in either of its two shapes.
pub(in crate::sources) struct Envelope<'a> {
    pub(in crate::sources) request: Option<&'a str>,
    pub(in crate::sources) uuid: Option<&'a str>,
    pub(in crate::sources) subagent: bool,
    pub(in crate::sources) time: Option<DateTime<Utc>>,
    /// The line has no readable time, so `time` is that of the previous line.
    pub(in crate::sources) guessed: bool,
}

/// `data` of a `progress` line.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Str, C: Deserialize<'de>")]
pub(in crate::sources) struct Progress<S, C> {
    #[serde(default = "absent")]
    pub(in crate::sources) message: Object<Inner<S, C>>,
}

/// A subagent's line inside a `progress` line.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Str, C: Deserialize<'de>", rename_all = "camelCase")]
pub(in crate::sources) struct Inner<S, C> {
    #[serde(default)]
    pub(in crate::sources) timestamp: S,
    #[serde(default)]
    pub(in crate::sources) request_id: S,
    #[serde(default)]
    pub(in crate::sources) uuid: S,
    #[serde(default = "unwatched")]
    pub(in crate::sources) message: Watch<Message<S, C>>,
}

/// A message of the provider's API.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Str, C: Deserialize<'de>")]
pub(in crate::sources) struct Message<S, C> {
    #[serde(default)]
    pub(in crate::sources) id: S,
    #[serde(default)]
    pub(in crate::sources) model: S,
    #[serde(default)]
    pub(in crate::sources) role: S,
    #[serde(default = "unwatched")]
    pub(in crate::sources) usage: Watch<Usage<S>>,
    #[serde(default = "no_content")]
    pub(in crate::sources) content: Option<C>,
}

/// Token counts as the API reports them.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Str")]
pub(in crate::sources) struct Usage<S> {
    #[serde(default)]
    input_tokens: Count,
    #[serde(default)]
    output_tokens: Count,
    #[serde(default)]
    cache_creation_input_tokens: Count,
    #[serde(default)]
    cache_read_input_tokens: Count,
    #[serde(default = "unwatched")]
    cache_creation: Watch<CacheCreation>,
    #[serde(default)]
    pub(in crate::sources) iterations: Iterations<S>,
    #[serde(default = "unwatched")]
    server_tool_use: Watch<ServerTools>,
    #[serde(default)]
    pub(in crate::sources) service_tier: S,
    #[serde(default)]
    pub(in crate::sources) speed: S,
    #[serde(default)]
    pub(in crate::sources) inference_geo: S,
}

/// The requests that an answer took, except those that are surely in the counts of the message: entries of type `message` that
/// name no model.
pub(in crate::sources) struct Iterations<S>(Vec<Iteration<S>>);

impl<S> Default for Iterations<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S: Str> Iterations<S> {
    /// The requests that are not in the counts of a message of this model: compactions, and those of other models, such as
    /// advisers.
    pub(in crate::sources) fn beside(&self, model: Option<&str>) -> impl Iterator<Item = &Iteration<S>> {
        self.0.iter().filter(move |one| is_beside(one.kind.get(), one.model.get(), model))
    }
}

/// A request that is a part of an answer.
#[derive(Deserialize)]
#[serde(bound = "S: Deserialize<'de> + Str")]
pub(in crate::sources) struct Iteration<S> {
    #[serde(default, rename = "type")]
    kind: S,
    #[serde(default)]
    pub(in crate::sources) model: S,
    #[serde(default)]
    input_tokens: Count,
    #[serde(default)]
    output_tokens: Count,
    #[serde(default)]
    cache_creation_input_tokens: Count,
    #[serde(default)]
    cache_read_input_tokens: Count,
    #[serde(default = "unwatched")]
    cache_creation: Watch<CacheCreation>,
}

impl<'de, S: Str + Deserialize<'de>> Deserialize<'de> for Iterations<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IterationsVisitor<S>(PhantomData<S>);
        impl<'de, S: Str + Deserialize<'de>> Visitor<'de> for IterationsVisitor<S> {
            type Value = Iterations<S>;
            otherwise!(Iterations::default(); bool u64 i64 f64 str unit map);
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Iterations<S>, A::Error> {
                let mut others = Vec::new();
                while let Some(iteration) = seq.next_element::<Watch<Iteration<S>>>()? {
                    let is_other = |one: &Iteration<S>| !one.kind.is("message") || one.model.get().is_some();
                    others.extend(iteration.0.filter(is_other));
                }
                Ok(Iterations(others))
            }
        }
        deserializer.deserialize_any(IterationsVisitor(PhantomData))
    }
}

/// Calls of the vendor's own tools.
#[derive(Deserialize)]
struct ServerTools {
    #[serde(default)]
    web_search_requests: Count,
}

#[derive(Deserialize)]
struct CacheCreation {
    #[serde(default)]
    ephemeral_5m_input_tokens: Count,
    #[serde(default)]
    ephemeral_1h_input_tokens: Count,
}

fn unwatched<T>() -> Watch<T> {
    Watch(None)
}

fn absent<T>() -> Object<T> {
    Object(None)
}

/// What each of these shapes holds of usage or money.
impl<S, C> Watched for Line<S, C> {
    const FORMAT: &'static str = ID;
    const PATH: &'static str = "";
    const ALL: bool = false;
    const READ: &'static [&'static str] = &["costUSD"];
}

impl<S, C> Watched for Message<S, C> {
    const FORMAT: &'static str = ID;
    const PATH: &'static str = "message";
    const ALL: bool = false;
    const READ: &'static [&'static str] = &["usage"];
}

impl<S> Watched for Usage<S> {
    const FORMAT: &'static str = ID;
    const PATH: &'static str = "message.usage";
    const ALL: bool = true;
    const READ: &'static [&'static str] = &[
        "input_tokens",
        "output_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "cache_creation",
        "iterations",
        "server_tool_use",
        "service_tier",
        "speed",
        "inference_geo",
    ];
}

impl<S> Watched for Iteration<S> {
    const FORMAT: &'static str = ID;
    const PATH: &'static str = "message.usage.iterations";
    const ALL: bool = true;
    const READ: &'static [&'static str] = &[
        "input_tokens",
        "output_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "cache_creation",
        "model",
        "type",
    ];
}

impl Watched for ServerTools {
    const FORMAT: &'static str = ID;
    const PATH: &'static str = "message.usage.server_tool_use";
    const ALL: bool = true;
    const READ: &'static [&'static str] = &["web_search_requests"];
}

impl Watched for CacheCreation {
    const FORMAT: &'static str = ID;
    const PATH: &'static str = "message.usage.cache_creation";
    const ALL: bool = true;
    const READ: &'static [&'static str] = &["ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"];
}

fn no_content<C>() -> Option<C> {
    None
}

impl<S> Usage<S> {
    /// The counts in disjoint buckets, or `None` if one of them is impossible.
    pub(in crate::sources) fn tokens(&self) -> Option<TokenCounts> {
        let Self { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens, .. } = *self;
        let counts = [input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens];
        buckets(counts, self.cache_creation.0.as_ref())
    }
}

impl<S> Usage<S> {
    /// How often the vendor searched the web, unless it did not.
    pub(in crate::sources) fn searches(&self) -> Count {
        self.server_tool_use.0.as_ref().map_or(Count::Absent, |tools| tools.web_search_requests.unless_zero())
    }
}

impl<S> Iteration<S> {
    /// The same for one request.
    pub(in crate::sources) fn tokens(&self) -> Option<TokenCounts> {
        let Self { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens, .. } = *self;
        let counts = [input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens];
        buckets(counts, self.cache_creation.0.as_ref())
    }
}

fn buckets([input, output, written, read]: [Count; 4], creation: Option<&CacheCreation>) -> Option<TokenCounts> {
    let five = creation.map(|c| c.ephemeral_5m_input_tokens).unwrap_or_default();
    let hour = creation.map(|c| c.ephemeral_1h_input_tokens).unwrap_or_default();
    if [input, output, written, read, five, hour].iter().any(|count| count.is_invalid()) {
        return None;
    }
    let split = five.known().unwrap_or(0) + hour.known().unwrap_or(0);
    // Logs without the split are older than the one-hour lifetime, so writes outside the split lived 5 minutes.
    let unsplit = written.known().map_or(0, |total| total.saturating_sub(split));
    let five = five.known().or(written.known().map(|_| 0)).map(|known| known + unsplit);
    Some(TokenCounts {
        input: input.known(),
        cache_read: read.known(),
        cache_write_5m: five,
        cache_write_1h: hour.known().or(written.known().map(|_| 0)),
        cache_write_unspecified: None,
        output: output.known(),
        reasoning: None,
    })
}

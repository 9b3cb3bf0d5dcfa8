//! LiteLLM's daily activity (`/user/daily/activity`, and those of teams, tags and others): a day with its metrics, and the same metrics
//! again by model, key, provider and owner. `prompt_tokens` includes everything cached.

use chrono::{DateTime, Utc};

use super::litellm::count_spend;
use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{BAD_AMOUNT, BAD_COUNT, NO_TIME, Rejection};
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;

pub(crate) static LITELLM_ACTIVITY: Page = Page {
    id: "litellm-activity",
    title: "LiteLLM daily activity (JSON)",
    about: "Export: GET /user/daily/activity, or those of teams, tags, organizations, customers and agents. One of \
            them: each holds the whole spend again.\n\
            Counted: one record per day, model and key. What a day has beyond its models, and a model beyond its \
            keys, is a record without them. spend is the gateway's estimate in dollars. Providers, owners and \
            groups of models repeat the same figures (not read).\n\
            Lacks: the bill, single requests, sessions and cache lifetimes.",
    needs: &[&["results", "metrics", "breakdown", "api_requests"], &["date", "metrics", "breakdown"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !value.has_map("metrics") || !value.has("breakdown") {
        let is_page = value.has("results") && value.has("metadata");
        let days: Vec<Json<'_>> = value.items("results").collect();
        return days.iter().filter(|day| read(**day, sink)).count() > 0 || (is_page && days.is_empty());
    }
    let Some(start) = value.instant("date") else {
        sink.reject(NO_TIME);
        return true;
    };
    if let Err(rejection) = day(value, start, sink) {
        sink.reject(rejection);
    }
    true
}

/// The records of a day: each key of each model, and what these do not explain.
fn day(value: Json<'_>, start: DateTime<Utc>, sink: &mut Sink<'_>) -> Result<(), Rejection> {
    let mut rest = Metrics::of(value.at("metrics"))?;
    let mut records: Vec<(Metrics, Owner<'_>)> = Vec::new();
    for (model, of_model) in entries(value.at("breakdown/models")) {
        let mut of_others = Metrics::of(of_model.at("metrics"))?;
        rest.take(&of_others);
        for (key, of_key) in entries(of_model.at("api_key_breakdown")) {
            let metrics = Metrics::of(of_key.at("metrics"))?;
            of_others.take(&metrics);
            records.push((metrics, Owner { model: Some(model), key: Some(key), of: of_key.at("metadata") }));
        }
        records.push((of_others, Owner { model: Some(model), key: None, of: Json(&Node::Null) }));
    }
    records.push((rest, Owner { model: None, key: None, of: Json(&Node::Null) }));
    for (metrics, owner) in records {
        if metrics.is_any() {
            add(&metrics, &owner, start, sink);
        }
    }
    Ok(())
}

/// Whose metrics they are, as far as they are split.
struct Owner<'a> {
    model: Option<&'a str>,
    key: Option<&'a str>,
    /// The key's metadata.
    of: Json<'a>,
}

fn add(metrics: &Metrics, owner: &Owner<'_>, start: DateTime<Utc>, sink: &mut Sink<'_>) {
    let [prompt, completion, read, written, requests] = metrics.counts.map(Count::Known);
    let mut record = sink.day(Authority::Gateway, start);
    record.time_zone_assumed = true;
    record.tokens = DraftTokens {
        input: prompt.minus(read).minus(written),
        cache_read: read,
        cache_write_unspecified: written,
        output: completion,
        ..DraftTokens::default()
    };
    record.request_count = requests;
    count_spend(&mut record, Amount::Known(metrics.spend));
    if owner.model.is_none() {
        // Nothing else says what it cost.
        record.billed_cost = record.reported_cost;
        record.bill.coverage = Coverage::OnDemand;
    }
    record.model = sink.name(owner.model);
    record.user = sink.name(owner.of.text("key_alias").or(owner.key));
    record.team = sink.name(owner.of.text("team_id"));
    let date = start.date_naive().to_string();
    sink.mark_payer(&mut record, &[(owner.of, &["key_alias", "team_id"])]);
    sink.add(record, &[&date, owner.model.unwrap_or(""), owner.key.unwrap_or("")]);
}

/// What `metrics` hold.
#[derive(Clone, Copy)]
struct Metrics {
    /// Prompt, completion, cached, written to a cache; requests.
    counts: [u64; 5],
    spend: Money,
}

/// The names of [`Metrics::counts`].
const COUNTS: [&str; 5] =
    ["prompt_tokens", "completion_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "api_requests"];

impl Metrics {
    fn of(metrics: Json<'_>) -> Result<Self, Rejection> {
        let counts = Count::all_or_zero(COUNTS.map(|name| metrics.count(name))).ok_or(BAD_COUNT)?;
        let spend = metrics.amount("spend", DOLLARS).or_reject(BAD_AMOUNT)?.unwrap_or(Money::ZERO);
        Ok(Self { counts, spend })
    }

    /// Takes away a part, down to nothing.
    fn take(&mut self, part: &Self) {
        for (count, part) in self.counts.iter_mut().zip(part.counts) {
            *count = count.saturating_sub(part);
        }
        self.spend = self.spend - part.spend;
    }

    /// Whether there is any; sums of fractions of a cent differ in their last digits.
    fn is_any(&self) -> bool {
        const MICRO_DOLLAR: i128 = 1_000;
        self.counts.iter().any(|count| *count > 0) || self.spend.nanos().abs() >= MICRO_DOLLAR
    }
}

/// The keys of a map with their values.
fn entries<'a>(map: Json<'a>) -> impl Iterator<Item = (&'a str, Json<'a>)> {
    let entries: &'a [(&'a str, Node<'a>)] = if let Json(Node::Map(map)) = map { map.entries() } else { &[] };
    entries.iter().map(|(key, value)| (*key, Json(value)))
}

//! What vendors' batch endpoints write when a batch is done: one response a line, each at the price of batches.

pub(super) mod anthropic;
pub(super) mod bedrock;
pub(super) mod gemini;
pub(super) mod openai;

use crate::model::bill::Authority;
use crate::sources::json::access::Json;
use crate::sources::json::page::Sink;
use crate::sources::rejection::NO_TIME;
use crate::sources::usage_object;
use crate::sources::values::count::Count;

/// One result of a batch.
struct Answer<'a> {
    /// The vendor's response, which has the usage.
    body: Json<'a>,
    /// What the response is wrapped in.
    line: Json<'a>,
    /// Where the response or what it is wrapped in has its time, if it has one.
    times: &'a [&'a str],
    provider: Option<&'a str>,
    model: Option<&'a str>,
    /// The vendor's id of the response; without one the whole line sets it apart.
    id: Option<&'a str>,
    /// The vendor's id of the request, as its other logs have it.
    request: Option<u64>,
}

impl Answer<'_> {
    /// Adds the record of the response. Without a count that is known nothing is added, and what was not read is said.
    fn add(self, sink: &mut Sink<'_>) {
        let Self { body, line, .. } = self;
        let Some(usage) = usage_object::read_response(body) else { return sink.check_uncounted(body) };
        let written = self.times.iter().find_map(|key| body.instant(key).or_else(|| line.instant(key)));
        let Some(start) = written.or_else(|| sink.undated()) else { return sink.reject(NO_TIME) };
        let mut record = sink.draft(Authority::Transcript, start);
        record.tokens = usage.tokens;
        record.request_count = Count::Known(1);
        record.provider = sink.name(self.provider.or(usage.provider));
        record.model = sink.name(self.model);
        record.service_tier = sink.name(Some("batch"));
        record.inference_geo = sink.name(body.text("usage/inference_geo"));
        record.request = self.request;
        match self.id {
            Some(id) => sink.add_named(record, &[id]),
            None => sink.add(record, &[&line.0.identity(), &body.0.identity()]),
        }
    }
}

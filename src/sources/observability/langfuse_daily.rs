//! Langfuse's daily metrics: a day with its usage by model. Its input sums all keys of usage that start with input, cached ones, too.

use crate::model::bill::Authority;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{INSIDE, Written};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;

pub(crate) static LANGFUSE_DAILY: Page = Page {
    id: "langfuse-daily",
    title: "Langfuse daily metrics (JSON)",
    about: "Export: GET /api/public/metrics/daily.\n\
            Counted: one record per day and model; totalCost is an estimate in dollars. Whether input was cached is \
            not exported, so it is all fresh.\n\
            Lacks: the bill, single requests, sessions, people and cached tokens.",
    needs: &[&["countObservations", "inputUsage", "outputUsage", "totalUsage"]],
    lacks: &[],
    read,
};

fn read(day: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !day.has("usage") {
        let is_empty_page = day.has("meta") && day.has("data");
        let days: Vec<Json<'_>> = day.items("data").collect();
        return days.iter().filter(|day| read(**day, sink)).count() > 0 || (is_empty_page && days.is_empty());
    }
    let Some(start) = day.instant("date") else {
        sink.reject(NO_TIME);
        return true;
    };
    // The sum of the models.
    day.at("totalCost").note_numbers();
    let date = start.date_naive().to_string();
    for row in day.items("usage") {
        let mut record = sink.day(Authority::Gateway, start);
        let counts = Written {
            input: row.count("inputUsage"),
            output: row.count("outputUsage"),
            total: row.count("totalUsage"),
            ..Written::default()
        };
        record.tokens = counts.settle(INSIDE);
        record.request_count = row.count("countObservations");
        record.reported_cost = row.amount("totalCost", DOLLARS);
        record.model = sink.name(row.text("model"));
        sink.add(record, &[&date, row.text("model").unwrap_or("")]);
    }
    true
}

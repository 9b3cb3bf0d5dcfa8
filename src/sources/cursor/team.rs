//! `POST /teams/spend` (whole cents of a billing cycle) and `POST /teams/daily-usage-data` (activity of a person's day).

use chrono::Months;

use crate::model::bill::{Authority, Coverage};
use crate::model::usage::Grain;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::CENTS;

pub(crate) static TEAM: Page = Page {
    id: "cursor-team",
    title: "Cursor Admin spend and daily usage (JSON)",
    about: "Export: answers of POST /teams/spend and POST /teams/daily-usage-data of the Admin API.\n\
            Counted: spendCents, what a person's cycle is billed beyond the plan; hardLimitOverrideDollars is a \
            limit and no spend. Lines, accepts and rejects of a day go to the table of value facts.\n\
            Lacks: tokens, models and days of the spend.",
    needs: &[
        &["teamMemberSpend"],
        &["teamMemberSpend", "spendCents", "subscriptionCycleStart"],
        &["acceptedLinesAdded", "totalAccepts"],
    ],
    lacks: &[],
    read,
};

fn read(page: Json<'_>, sink: &mut Sink<'_>) -> bool {
    for member in page.items("teamMemberSpend") {
        spend(page, member, sink);
    }
    for day in page.items("data") {
        activity(day, sink);
    }
    page.has("teamMemberSpend") || page.has("data")
}

fn spend(page: Json<'_>, member: Json<'_>, sink: &mut Sink<'_>) {
    let Some(start) = page.instant("subscriptionCycleStart") else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::Invoice, start);
    record.grain = Grain::Period;
    record.charge_period_end = start.checked_add_months(Months::new(1));
    record.billed_cost = member.amount("spendCents", CENTS).required();
    record.bill.coverage = Coverage::OnDemand;
    record.provider = sink.name(Some(super::PROVIDER));
    record.user = sink.name(member.text("email"));
    let start = start.to_rfc3339();
    sink.add(record, &[&start, member.text("email").or(member.text("name")).unwrap_or("")]);
}

fn activity(day: Json<'_>, sink: &mut Sink<'_>) {
    let Some(at) = day.instant("date") else { return sink.reject(NO_TIME) };
    let when = at.to_rfc3339();
    let mut value = sink.fact(&[&when, day.text("email").unwrap_or("")], at);
    value.user = sink.name(day.text("email"));
    value.lines_added = day.count("totalLinesAdded");
    value.lines_removed = day.count("totalLinesDeleted");
    value.ai_lines_agent = day.count("acceptedLinesAdded");
    value.accepts = day.count("totalAccepts");
    value.rejects = day.count("totalRejects");
    sink.add_fact(value);
}

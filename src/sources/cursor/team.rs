//! `POST /teams/spend` (whole cents of a billing cycle) and `POST /teams/daily-usage-data` (activity of a person's day).

use chrono::Months;

use crate::model::bill::{Authority, Coverage};
use crate::model::usage::Grain;
use crate::sources::export::amount::CENTS;
use crate::sources::export::{BAD_AMOUNT, NO_TIME, blank, fact};
use crate::sources::json::page::{Json, Page, Sink};

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
    page.get("teamMemberSpend").is_some() || page.get("data").is_some()
}

fn spend(page: Json<'_>, member: Json<'_>, sink: &mut Sink<'_>) {
    let Some(start) = page.instant("subscriptionCycleStart") else { return sink.reject(NO_TIME) };
    let Some(amount) = member.money("spendCents", CENTS) else { return sink.reject(BAD_AMOUNT) };
    let mut record = blank(sink.id, Authority::Invoice, sink.at, start);
    record.grain = Grain::Period;
    record.charge_period_end = start.checked_add_months(Months::new(1));
    record.billed_cost = Some(amount);
    record.bill.coverage = Coverage::OnDemand;
    record.provider = sink.name(Some(super::PROVIDER));
    record.user = sink.name(member.text("email"));
    let start = start.to_rfc3339();
    sink.add(record, &[&start, member.text("email").or(member.text("name")).unwrap_or("")]);
}

fn activity(day: Json<'_>, sink: &mut Sink<'_>) {
    let Some(at) = day.instant("date") else { return sink.reject(NO_TIME) };
    let when = at.to_rfc3339();
    let mut value = fact(sink.id, &[&when, day.text("email").unwrap_or("")], sink.at, at);
    value.user = sink.name(day.text("email"));
    value.lines_added = day.count("totalLinesAdded");
    value.lines_removed = day.count("totalLinesDeleted");
    value.ai_lines_agent = day.count("acceptedLinesAdded");
    value.accepts = day.count("totalAccepts");
    value.rejects = day.count("totalRejects");
    sink.out.values.add(value);
}

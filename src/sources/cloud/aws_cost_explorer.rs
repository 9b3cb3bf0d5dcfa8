//! AWS Cost Explorer: what `aws ce get-cost-and-usage` prints, and what the API answers.
//!
//! Source: docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html. A group has one or two keys, by whatever it
//! was asked for, such as a service, a usage type, an account or a tag (`team$payments`).

use crate::model::bill::{Authority, Coverage};
use crate::sources::aside::Left;
use crate::sources::cloud::services::is_ai;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::set_period;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::{Amount, DOLLARS};

pub(crate) static AWS_COST_EXPLORER: Page = Page {
    id: "aws-cost-explorer",
    title: "AWS Cost Explorer (JSON)",
    about: "Export: `aws ce get-cost-and-usage`, grouped by service (with a second key if you like), or the answers of GetCostAndUsage.\n\
            Counted: one record per period and group of an AI service; its unblended cost is billed, else the first other cost that was asked \
            for. Amounts keep their currency. Set aside: groups of other services, and periods without groups, which hold all services; \
            their sum is said.\n\
            Lacks: tokens, people, requests and sessions; the model, unless a key names it.",
    needs: &[&["ResultsByTime"]],
    lacks: &[],
    read,
};

/// The costs that can be asked for; all are of the same use.
const COSTS: [&str; 5] = ["UnblendedCost", "NetUnblendedCost", "AmortizedCost", "NetAmortizedCost", "BlendedCost"];

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !value.has("ResultsByTime") {
        return false;
    }
    for period in value.items("ResultsByTime") {
        period.note_numbers();
        let mut groups = period.items("Groups").peekable();
        if groups.peek().is_none() {
            let (cost, unit) = cost(period.at("Total"));
            if !cost.is_absent() {
                sink.out.leave(Left::OtherService, cost.known(), unit);
            }
        }
        groups.for_each(|group| add(period, group, sink));
    }
    true
}

/// The cost of a group, and its currency.
fn cost(metrics: Json<'_>) -> (Amount, Option<&str>) {
    let found = COSTS.iter().map(|name| metrics.at(name)).find(|one| one.has("Amount"));
    found.map_or((Amount::Absent, None), |one| (one.amount("Amount", DOLLARS), one.text("Unit")))
}

fn add(period: Json<'_>, group: Json<'_>, sink: &mut Sink<'_>) {
    let keys: Vec<&str> = group.items("Keys").filter_map(|key| key.text("")).collect();
    let (cost, unit) = cost(group.at("Metrics"));
    if !keys.iter().any(|key| is_ai(key)) {
        return sink.out.leave(Left::OtherService, cost.known(), unit);
    }
    let Some(start) = period.instant("TimePeriod/Start") else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::Invoice, start);
    let end = period.instant("TimePeriod/End");
    set_period(&mut record, end.filter(|end| *end > start));
    record.billed_cost = cost;
    record.set_currency(unit, &mut sink.out.names);
    record.bill.coverage = Coverage::OnDemand;
    record.provider = sink.name(Some("aws"));
    record.model = sink.name(keys.iter().find_map(|key| model(key)));
    let is_account = |key: &&&str| key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit());
    record.project = sink.name(keys.iter().find(is_account).copied());
    let named = [period.text("TimePeriod/Start"), period.text("TimePeriod/End")].map(Option::unwrap_or_default);
    sink.add(record, &[&named[..], &keys].concat());
}

/// The model that a key names: a partner's model is sold as a service of its own.
fn model(key: &str) -> Option<&str> {
    let model = key.strip_suffix(" (Amazon Bedrock Edition)").unwrap_or(key);
    (is_ai(model) && !["Amazon ", "AWS "].iter().any(|maker| model.starts_with(maker))).then_some(model)
}

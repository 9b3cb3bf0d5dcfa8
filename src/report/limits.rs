//! What limits of spend would have stopped, as the document, the page and the tables show it.

use serde::Serialize;

use super::page::{Cell, Section, SectionId, Table, columns, columns_with_spare, dollars, grouped, nanos};
use crate::fate::Class;
use crate::measure::Measured;
use crate::measure::limits::Tried;
use crate::model::money::Money;
use crate::model::quantity::Quantity;

/// What a limit of the configuration would have stopped in the period. Nobody is named.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LimitDoc {
    /// Its name.
    pub name: String,
    /// What it is for: `session`, `person-day`, `team-month` or `model-month`.
    pub per: &'static str,
    /// The limit.
    pub limit_usd: Money,
    /// Only spend on models of this pattern counts; `null` is all.
    pub model: Option<String>,
    /// Sessions, days or months with spend that it concerns.
    pub units: u64,
    /// Of these, those in which spend went on after the limit was reached.
    pub stopped: u64,
    /// The spend of `units`.
    pub covered_usd: Money,
    /// Spend that names no session, person, team or model, so that the limit cannot stop it.
    pub nameless_usd: Money,
    /// What was spent after the limit was reached.
    pub after_usd: Money,
    /// `after_usd` as a share of all spend of development.
    pub share: Option<Quantity>,
    /// Of `after_usd`, what can be judged.
    pub after_judged_usd: Money,
    /// Of `after_usd`, new work that lasted: the class `product` of the waterfall.
    pub after_lasted_usd: Money,
    /// Lasted over judged; `null` while too little can be judged.
    pub share_lasted: Option<Quantity>,
}

impl LimitDoc {
    fn new(tried: &Tried, measured: &Measured) -> Self {
        let (after, judged) = (tried.after.total(), tried.after.judged());
        let lasted = tried.after.class(Class::Product);
        Self {
            name: tried.limit.name.clone(),
            per: tried.limit.per.word(),
            limit_usd: tried.limit.amount,
            model: tried.limit.model.clone(),
            units: tried.units,
            stopped: tried.stopped,
            covered_usd: tried.covered,
            nameless_usd: tried.nameless,
            after_usd: after,
            share: Quantity::share(after, measured.fates.total),
            after_judged_usd: judged,
            after_lasted_usd: lasted,
            share_lasted: Quantity::share(lasted, judged).filter(|_| measured.unjudged().is_none()),
        }
    }
}

/// Every limit, in the order of the configuration.
pub(super) fn documents(measured: &Measured) -> Vec<LimitDoc> {
    measured.limits.iter().map(|tried| LimitDoc::new(tried, measured)).collect()
}

/// The table of the page; `None` without a limit.
pub(super) fn section(measured: &Measured) -> Option<Section> {
    if measured.limits.is_empty() {
        return None;
    }
    let titles = [
        ("limit", "name"),
        ("would have stopped", "stopped"),
        ("spent after", "after_usd"),
        ("of all", "share"),
        ("of it lasted", "share_lasted"),
        ("not judged", "open_usd"),
    ];
    let row = |tried: &Tried| {
        let doc = LimitDoc::new(tried, measured);
        vec![
            Cell::text(title(tried)),
            Cell::text(format!("{} of {}", grouped(doc.stopped), grouped(doc.units))),
            Cell::Money(Some(doc.after_usd)),
            Cell::percent(nanos(doc.after_usd), nanos(measured.fates.total)),
            match doc.share_lasted {
                Some(_) => Cell::percent(nanos(doc.after_lasted_usd), nanos(doc.after_judged_usd)),
                None => Cell::Number(None),
            },
            Cell::Money(Some(doc.after_usd - doc.after_judged_usd)),
        ]
    };
    let table =
        Table { columns: columns_with_spare(&titles, &["open_usd"]), rows: measured.limits.iter().map(row).collect() };
    let mut rest = vec![
        "A limit stops after the request that reaches it; what follows is what it would have stopped. Of it lasted is of what can be judged: that \
         much code would be missing, or would have been written in another session."
            .to_owned(),
    ];
    for tried in measured.limits.iter().filter(|tried| tried.nameless != Money::ZERO) {
        let owner = tried.limit.per.owner();
        rest.push(format!(
            "{} of the spend names no {owner}: \"{}\" cannot stop it.",
            dollars(tried.nameless),
            tried.limit.name
        ));
    }
    Some(Section {
        id: SectionId::Limits,
        title: "What limits would have stopped".to_owned(),
        table,
        rest: Some(rest.join("\n")),
    })
}

fn title(tried: &Tried) -> String {
    let limit = &tried.limit;
    let of = limit.model.as_ref().map_or_else(String::new, |model| format!(" on {model}"));
    format!("{}: {} a {}{of}", limit.name, dollars(limit.amount), limit.per.word())
}

/// Every column of the document.
pub(super) fn table(all: &[LimitDoc]) -> Table {
    let names = [
        "name",
        "per",
        "limit_usd",
        "model",
        "units",
        "stopped",
        "covered_usd",
        "nameless_usd",
        "after_usd",
        "share",
        "after_judged_usd",
        "after_lasted_usd",
        "share_lasted",
    ];
    let ratio = |share: Option<Quantity>| Cell::Number(share.map(|share| share.as_f64().to_string()));
    let row = |doc: &LimitDoc| {
        vec![
            Cell::text(doc.name.clone()),
            Cell::text(doc.per),
            Cell::Money(Some(doc.limit_usd)),
            Cell::Text(doc.model.clone()),
            Cell::count(doc.units),
            Cell::count(doc.stopped),
            Cell::Money(Some(doc.covered_usd)),
            Cell::Money(Some(doc.nameless_usd)),
            Cell::Money(Some(doc.after_usd)),
            ratio(doc.share),
            Cell::Money(Some(doc.after_judged_usd)),
            Cell::Money(Some(doc.after_lasted_usd)),
            ratio(doc.share_lasted),
        ]
    };
    Table { columns: columns(&names.map(|name| (name, name))), rows: all.iter().map(row).collect() }
}

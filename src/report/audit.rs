//! The report of `audit`: puts the figures of a run in order and into words.

use std::collections::BTreeMap;

use super::attribution::{self, CoverageDoc};
use super::burn::BurnDoc;
use super::comparison::ComparisonDoc;
use super::document::{
    AuditDoc, Body, Document, MetricDoc, OutcomesDoc, PeriodDoc, RepoDoc, RowDoc, ScopeDoc, SpendFields,
};
use super::fates::Fates;
use super::findings;
use super::lorenz::LorenzDoc;
use super::page::{Fact, FactId, Page, dollars, grouped, many, notes, open_period, plural, short};
use super::preset::PresetDoc;
use super::reviews::PullRequestsDoc;
use super::scoped::{self, ScopedDoc};
use super::seats::SeatsDoc;
use super::spread::SpreadDoc;
use super::use_of::{self, OffTaskDoc};
use super::{Report, sources, spend, topics};
use crate::ledger::GroupKey;
use crate::measure::Measured;
use crate::measure::material::Material;
use crate::metrics::{METRICS, Quantity};

/// The report of `audit`.
#[must_use]
pub fn audit(material: &Material, measured: &Measured) -> Report {
    let run = &material.run;
    let doc = document(material, measured);
    let diagnostics = spend::notices(run, &measured.spend);
    let page = Page {
        title: format!("AI spend audit   {}   prices as of {}", open_period(&measured.window), run.book.date()),
        notes: notes(&diagnostics),
        ..page(measured, &doc)
    };
    let table = topics::long_table(&doc, &open_period(&measured.window));
    let body = Body::Audit(Box::new(doc));
    let document = Document::new("tokaudit/audit", &run.period, &run.ledger.files, body, diagnostics);
    Report { document: Document { price_book_date: Some(run.book.date().to_string()), ..document }, page, table }
}

/// The document of a run.
fn document(material: &Material, measured: &Measured) -> AuditDoc {
    let (histories, settings) = (material.run.histories.as_slice(), &material.settings);
    let fates = Fates::new(measured);
    let linked = measured.linked.as_ref();
    let sizes = measured.size_bands.as_ref();
    let pull_requests =
        |sizes| PullRequestsDoc::new(sizes, measured.reviews.as_ref(), settings.hourly, &settings.weekend);
    let outcomes = material.outcomes.as_ref().zip(measured.outcomes_by_type.clone());
    let off_task = measured.off_task_of_period.as_ref();
    let whole = measured.development.cost.unwrap_or_default();
    AuditDoc {
        totals: SpendFields::from(&measured.spend),
        spend_by: spend_by(measured),
        repos: histories.iter().zip(&measured.mainlines).map(|(history, one)| RepoDoc::new(history, one)).collect(),
        metrics: METRICS.iter().map(|metric| MetricDoc::new(metric, &(metric.compute)(measured))).collect(),
        coverage: linked.map(CoverageDoc::new),
        units: linked.map(|linked| attribution::units(&linked.attribution, histories)),
        waterfall: fates.classes(),
        fates: fates.document(),
        scope: ScopeDoc {
            development: SpendFields::from(&measured.development),
            application: SpendFields::from(&measured.application),
        },
        burn: measured.outlook.as_ref().map(BurnDoc::from),
        findings: findings::document(material, &measured.savings, whole),
        work_types: use_of::types(&measured.work_types),
        scoped: measured.scoped.iter().map(ScopedDoc::from).collect(),
        lorenz: measured.lorenz.iter().map(LorenzDoc::from).collect(),
        off_task: off_task.map(|(found, teams)| OffTaskDoc::new(found, teams, settings.least_users)),
        outcomes: outcomes.map(|(all, by_type)| OutcomesDoc::new(all, by_type)),
        pull_requests: sizes.map(pull_requests),
        seats: measured.seats.as_ref().map(SeatsDoc::from),
        spread: SpreadDoc::new(measured),
        comparison: ComparisonDoc::new(measured.before_after.as_ref(), measured.cohorts.as_ref()),
        preset: measured.vendor_shape.as_ref().map(PresetDoc::from),
        window: PeriodDoc::from(&measured.window),
        reconciliation: measured.reconciliation,
    }
}

fn spend_by(measured: &Measured) -> BTreeMap<&'static str, Vec<RowDoc>> {
    let rows = measured
        .spend_by
        .keys
        .iter()
        .map(|(key, groups)| (key.as_str(), groups.iter().map(|group| RowDoc::new(&[*key], group)).collect()));
    rows.collect()
}

/// Facts and tables: what the spend became, how sure that is and what to do come first; what it is made of comes after.
fn page(measured: &Measured, doc: &AuditDoc) -> Page {
    let mut page = Page::default();
    let fates = Fates::new(measured);
    let linked = measured.linked.as_ref();
    let whole = measured.development.cost.unwrap_or_default();
    page.facts.push(spend::spend_fact(&measured.spend));
    page.facts.extend(application_fact(measured));
    if linked.is_some() {
        page.facts.extend(fates.facts());
        page.sections.extend(fates.section());
    }
    page.sections.extend(doc.preset.as_ref().map(PresetDoc::section));
    page.sections.extend(findings::section(&measured.savings, whole));
    page.facts.extend(linked.and_then(attribution::fact));
    let units = doc.units.as_deref().unwrap_or_default();
    page.sections.extend(linked.iter().flat_map(|linked| attribution::sections(&linked.attribution, units)));
    page.sections.extend(doc.pull_requests.as_ref().and_then(PullRequestsDoc::section));
    page.facts.extend(findings::fact(&measured.savings, whole));
    page.facts.extend(spend::usage_facts(&measured.spend));
    page.facts.extend(merged_facts(measured, doc));
    page.facts.extend(doc.pull_requests.iter().flat_map(PullRequestsDoc::facts));
    page.facts.extend(doc.comparison.facts());
    page.facts.extend(doc.seats.as_ref().map(SeatsDoc::fact));
    page.facts.extend(doc.burn.iter().flat_map(BurnDoc::facts));
    page.sections.extend(doc.burn.as_ref().and_then(BurnDoc::section));
    page.facts.extend(doc.off_task.as_ref().and_then(OffTaskDoc::fact));
    page.sections.extend(use_of::type_section(&doc.work_types));
    page.facts.push(sources::read_fact(&measured.reconciliation));
    for (key, groups) in &measured.spend_by.keys {
        match &measured.spend_by.weeks {
            Some(weeks) if *key == GroupKey::Day => page.sections.push(spend::section(GroupKey::Week, weeks)),
            _ if groups.is_empty() => {}
            _ => page.sections.push(spend::section(*key, groups)),
        }
    }
    page.sections.extend(scoped::section(&measured.teams));
    page
}

/// The part that is a product's own traffic, where there is some.
fn application_fact(measured: &Measured) -> Option<Fact> {
    let detail = "of it is a product's own traffic by [scope]; what follows is about the rest, development";
    let cost = measured.application.cost.map_or_else(|| "no price".to_owned(), dollars);
    (measured.application.records > 0).then(|| Fact::new(FactId::Application, cost, detail))
}

/// What landed in the window, and the spend over it.
fn merged_facts(measured: &Measured, doc: &AuditDoc) -> Vec<Fact> {
    let Some(landed) = measured.landed else {
        let detail = "no repository: pass --repo PATH to see what the spend became";
        return vec![Fact::new(FactId::Merged, "unknown", detail)];
    };
    let value = |id: &str| doc.metrics.iter().find(|one| one.id == id).and_then(|one| one.value);
    let totals = landed.totals;
    let days = match (measured.window.first_day(), measured.window.last_day()) {
        (Some(first), Some(last)) => format!("{first}..{last}"),
        _ => "the period".to_owned(),
    };
    let detail = format!(
        "that count, of {} added and {} deleted in {} of {days}",
        grouped(totals.added),
        grouped(totals.deleted),
        many(totals.commits, "merged change")
    );
    let merged = format!("{} {}", short(totals.added_effective), plural(totals.added_effective, "line"));
    let mut facts = vec![Fact::new(FactId::Merged, merged, detail)];
    if let Some(Quantity::Money(per_line)) = value("cost-per-merged-line") {
        let tokens = value("tokens-per-merged-line").map_or_else(|| "?".to_owned(), shown_quantity);
        let ratio = value("del-add-ratio").map_or_else(|| "?".to_owned(), shown_quantity);
        let detail =
            format!("{tokens} tokens, everything included: all spend over all merged lines · deleted to added {ratio}");
        facts.push(Fact::new(FactId::PerLine, format!("${}", per_line.to_fixed(4)), detail));
    }
    facts
}

fn shown_quantity(quantity: Quantity) -> String {
    match quantity {
        Quantity::Money(money) => dollars(money),
        Quantity::Count(count) => grouped(count),
        Quantity::Ratio(numerator, denominator) => match u64::try_from(numerator / denominator.max(1)) {
            Ok(whole) if whole >= 100 => grouped(whole),
            _ => format!("{:.2}", quantity.as_f64()),
        },
    }
}

//! The report of `audit`: puts the figures of a run in order and into words.

use super::attribution::{self, CoverageDoc};
use super::burn::BurnDoc;
use super::business::BusinessDoc;
use super::chargeback::ChargeDoc;
use super::comparison::ComparisonDoc;
use super::document::{
    AuditDoc, Body, CostKindsDoc, Document, MetricDoc, OtherCurrencyDoc, OutcomesDoc, PeriodDoc, RepoDoc, ScopeDoc,
    SpendFields, TotalsDoc,
};
use super::fates::Fates;
use super::findings;
use super::funnel::FunnelDoc;
use super::headline::HeadlineDoc;
use super::lorenz::LorenzDoc;
use super::models::ModelsDoc;
use super::page::{Page, notes, open_period};
use super::preset::PresetDoc;
use super::projects::ProjectsDoc;
use super::reviews::PullRequestsDoc;
use super::scoped::{self, ScopedDoc};
use super::seats::SeatsDoc;
use super::sessions_used::SessionDoc;
use super::spread::SpreadDoc;
use super::story::{Frame, Story};
use super::survival::SurvivalOfDoc;
use super::trend::{TrendDoc, TrendVerdictDoc};
use super::use_of::{self, OffTaskDoc};
use super::{Report, alarms, chargeback, funnel, limits, merged, sources, spend, topics, verdicts};
use crate::ledger::GroupKey;
use crate::measure::Measured;
use crate::measure::material::Material;
use crate::metrics::Figures;
use crate::model::period::{Period, day_of};

/// The report of `audit`.
#[must_use]
pub fn audit(material: &Material, measured: &Measured, metrics: &Figures) -> Report {
    let run = &material.run;
    let doc = document(material, measured, metrics);
    let diagnostics = spend::notices(run, &measured.spend);
    let mut page = Page {
        title: format!("AI spend audit   {}   prices as of {}", open_period(&measured.window), run.book.date()),
        notes: notes(&diagnostics),
        ..page(measured, metrics, &doc)
    };
    page.sections.extend(sources::span_section(&run.ledger.files, &run.period));
    let table = topics::long_table(&doc, &open_period(&measured.window));
    let days = |period: &Period| period.first_day().zip(period.last_day());
    let read = run.ledger.span.map(|(first, last)| (day_of(first, run.period.tz), day_of(last, run.period.tz)));
    let spend = &measured.spend;
    let frame = Frame {
        days: days(&measured.window),
        read,
        tz: run.period.tz,
        price: spend.prices.price(),
        tokens: spend.tokens.total(),
    };
    let story = Some(Story::new(&doc, &frame));
    let body = Body::Audit(Box::new(doc));
    let alarms = alarms::of_audit(&diagnostics, material, measured);
    let price_book_date = Some(run.book.date().to_string());
    let document = Document::new("tokaudit/audit", &run.period, &run.ledger.files, body, diagnostics);
    Report { document: Document { alarms, price_book_date, ..document }, story, page, table, pivot: None }
}

/// The document of a run.
fn document(material: &Material, measured: &Measured, metrics: &Figures) -> AuditDoc {
    let (histories, settings) = (material.run.histories.as_slice(), &material.settings);
    let fates = Fates::new(measured);
    let linked = measured.linked.as_ref();
    let sizes = measured.size_bands.as_ref();
    let pull_requests =
        |sizes| PullRequestsDoc::new(sizes, linked, measured.reviews.as_ref(), settings.hourly, &settings.weekend);
    let outcomes = material.outcomes.as_ref().zip(measured.outcomes_by_type.clone());
    let off_task = measured.off_task_of_period.as_ref();
    let whole = measured.development.cost.unwrap_or_default();
    AuditDoc {
        other_currencies: OtherCurrencyDoc::all(&material.run),
        headline: HeadlineDoc::new(measured, &material.run),
        totals: TotalsDoc {
            fields: SpendFields::from(&measured.spend),
            cost_by_kind_usd: CostKindsDoc::from(&measured.cost_kinds),
        },
        spend_by: spend::by_key(measured),
        repos: histories.iter().zip(&measured.mainlines).map(|(history, one)| RepoDoc::new(history, one)).collect(),
        metrics: metrics.iter().map(MetricDoc::from).collect(),
        coverage: linked.map(|linked| CoverageDoc::new(linked, measured.is_cut())),
        units: linked.map(|linked| {
            attribution::units(&linked.attribution, &measured.paid_work.units, histories, &measured.window)
        }),
        sessions: measured.paid_work.sessions.iter().map(SessionDoc::from).collect(),
        waterfall: fates.classes(),
        fates: fates.document(),
        verdicts: verdicts::documents(&measured.verdicts.units, histories),
        session_verdicts: verdicts::documents(&measured.verdicts.sessions, histories),
        scope: ScopeDoc {
            development: SpendFields::from(&measured.development),
            application: SpendFields::from(&measured.application),
        },
        burn: measured.outlook.as_ref().map(BurnDoc::from),
        findings: findings::document(material, &measured.savings, whole),
        work_types: use_of::types(&measured.work_types),
        chargeback: measured.chargeback.charges.iter().map(ChargeDoc::from).collect(),
        scoped: measured.scoped.iter().map(ScopedDoc::from).collect(),
        lorenz: measured.lorenz.iter().map(LorenzDoc::from).collect(),
        off_task: off_task.map(|(found, teams)| OffTaskDoc::new(found, teams, settings.least_users)),
        outcomes: outcomes.map(|(all, by_type)| OutcomesDoc::new(all, by_type)),
        business: BusinessDoc::new(measured),
        limits: limits::documents(measured),
        models: measured.models.as_ref().map(ModelsDoc::from),
        projects: measured.projects.as_deref().map(ProjectsDoc::new),
        funnel: measured.funnel.as_ref().map(FunnelDoc::from),
        pull_requests: sizes.map(|sizes| {
            let all = pull_requests(sizes);
            PullRequestsDoc { cost: all.cost.filter(|_| !measured.is_cut()), ..all }
        }),
        seats: measured.seats.as_ref().map(SeatsDoc::from),
        spread: SpreadDoc::new(measured),
        survival: measured.survival.iter().map(SurvivalOfDoc::from).collect(),
        trend: measured.trend.months.iter().map(TrendDoc::from).collect(),
        trend_verdicts: measured.trend.changes.iter().map(TrendVerdictDoc::from).collect(),
        comparison: ComparisonDoc::new(measured.before_after.as_ref(), measured.cohorts.as_ref()),
        preset: measured.vendor_shape.as_ref().map(PresetDoc::from),
        window: PeriodDoc::from(&measured.window),
        reconciliation: measured.reconciliation,
    }
}

/// Facts and tables: what the spend became, how sure that is and what to do come first; what it is made of comes after.
fn page(measured: &Measured, metrics: &Figures, doc: &AuditDoc) -> Page {
    let mut page = Page::default();
    let fates = Fates::new(measured);
    let linked = measured.linked.as_ref();
    let whole = measured.development.cost.unwrap_or_default();
    page.facts.push(spend::spend_fact(&measured.spend));
    page.facts.extend(spend::application_fact(measured));
    if linked.is_some() {
        page.facts.extend(fates.facts());
        page.sections.extend(fates.section());
    }
    page.sections.extend(doc.preset.as_ref().map(PresetDoc::section));
    page.sections.extend(findings::section(&measured.savings, whole));
    page.facts.extend(linked.and_then(|linked| attribution::fact(linked, measured.is_cut())));
    let units = doc.units.as_deref().unwrap_or_default();
    page.sections.extend(attribution::section(units));
    page.sections.extend(linked.and_then(|_| fates.untraced_section()));
    page.sections.extend(measured.funnel.iter().flat_map(funnel::sections));
    page.sections.extend(doc.projects.as_ref().and_then(ProjectsDoc::section));
    page.sections.extend(doc.business.iter().flat_map(BusinessDoc::sections));
    page.sections.extend(limits::section(measured));
    page.sections.extend(doc.pull_requests.as_ref().and_then(PullRequestsDoc::section));
    page.facts.extend(findings::fact(&measured.savings, whole));
    page.facts.extend(spend::usage_facts(&measured.spend));
    page.facts.extend(merged::facts(measured, metrics));
    page.facts.extend(doc.pull_requests.iter().flat_map(PullRequestsDoc::facts));
    page.facts.extend(doc.comparison.facts());
    page.facts.extend(doc.seats.as_ref().map(SeatsDoc::fact));
    page.facts.extend(doc.burn.iter().flat_map(BurnDoc::facts));
    page.sections.extend(doc.burn.as_ref().and_then(BurnDoc::section));
    page.facts.extend(doc.off_task.as_ref().and_then(OffTaskDoc::fact));
    page.sections.extend(use_of::type_section(&doc.work_types));
    page.sections.extend(doc.models.as_ref().zip(measured.models.as_ref()).and_then(|(doc, all)| doc.section(all)));
    page.facts.push(sources::read_fact(&measured.reconciliation));
    for (key, groups) in &measured.spend_by.keys {
        match &measured.spend_by.weeks {
            Some(weeks) if *key == GroupKey::Day => page.sections.push(spend::section(GroupKey::Week, weeks)),
            // Who pays has tables of its own.
            _ if groups.is_empty() || key.is_payer() => {}
            _ => page.sections.push(spend::section(*key, groups)),
        }
    }
    page.sections.extend(scoped::section(&measured.teams));
    page.sections.extend(chargeback::section(&measured.chargeback));
    page
}

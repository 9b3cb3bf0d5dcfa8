//! The report of `audit`: chooses, orders and words; computes nothing that a metric computes.

use std::collections::BTreeMap;

use super::attribution::{self, CoverageDoc};
use super::burn::{self, BurnDoc};
use super::comparison::ComparisonDoc;
use super::document::{AuditDoc, Body, Document, MetricDoc, OutcomesDoc, PeriodDoc, RowDoc, ScopeDoc, SpendFields};
use super::fates::{Fates, OTHERS};
use super::findings::{self, Ground};
use super::page::{Cell, Fact, Page, Table, columns, dollars, grouped, notes, short};
use super::preset::PresetDoc;
use super::reviews::PullRequestsDoc;
use super::seats::SeatsDoc;
use super::spread::SpreadDoc;
use super::use_of::{self, OffTaskDoc};
use super::{Material, Report, lorenz, mainline, scoped, sources, spend, topics};
use crate::company::outcomes::OutcomeSum;
use crate::error::{Error, Result};
use crate::fate::{self, Thresholds, Waterfall};
use crate::ledger::{APPLICATION, DEVELOPMENT, Key, Spend, Spent};
use crate::link::Attribution;
use crate::measure::lifetimes::Lifetimes;
use crate::measure::line_groups::LineGroups;
use crate::measure::linked::Linked;
use crate::measure::reviews::Reviews;
use crate::measure::size_bands::SizeBands;
use crate::metrics::before_after::BeforeAfter;
use crate::metrics::cohorts::Cohorts;
use crate::metrics::{Landed, METRICS, Measurement, Quantity, View};
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::period::{Period, day_of};
use crate::sessions::off_task::OffTask;
use crate::sessions::waste::savings;

/// More days than this are shown as weeks.
const MOST_DAYS: usize = 31;

/// The report of `audit`.
///
/// # Errors
/// When groups and total do not reconcile.
pub fn audit(audit: Material) -> Result<Report> {
    let total = audit.ledger.total(&audit.period)?;
    let window = audit.window();
    let landed = Landed::within(&audit.histories, &window);
    let reconciliation = audit.ledger.reconciliation;
    let lifetimes = Lifetimes::within(&audit.histories, &window);
    let linking = audit.links.as_ref();
    let attribution =
        linking.map(|linking| Attribution::of(&linking.links, &audit.period, linking.least)).transpose()?;
    let attributed = attribution.as_ref().zip(linking.map(|linking| &linking.calibration));
    let linked = attributed.map(|(sums, scores)| Linked::of(sums, scores, &audit.histories));
    let mut scopes = audit.ledger.group(&[Key::Scope], &audit.period)?;
    let mut of_scope = |name: &str| {
        let at = scopes.iter().position(|group| group.key[0].as_deref() == Some(name));
        at.map(|at| scopes.swap_remove(at).spend).unwrap_or_default()
    };
    let (development, application) = (of_scope(DEVELOPMENT), of_scope(APPLICATION));
    let burn = burn::look(&audit)?;
    let fates = fates(&audit, &development)?;
    let outcomes = audit.outcomes.as_ref().map(|all| all.within(&window, attribution.as_ref()));
    let off_task = audit.off_task.as_ref().map(|found| (found, found.within(&audit.period)));
    let alone: Vec<Spent>;
    let records = match linking {
        Some(linking) => &linking.links.records,
        None => {
            alone = audit.ledger.spent();
            &alone
        }
    };
    let types = audit.work_types.as_ref().map(|found| found.within(records, &audit.period)).unwrap_or_default();
    let savings = audit.waste.as_ref().map(|waste| savings::compute(waste, records, &audit.period));
    let known = types.iter().filter(|(kind, _)| kind.is_some()).map(|(_, sum)| sum.cost).sum();
    let session_costs = costs_by(records, &window, |record| record.session);
    let user_costs = costs_by(records, &window, |record| record.user);
    let (histories, asked) = (audit.histories.as_slice(), &audit.asked);
    let size_bands = (!histories.is_empty()).then(|| SizeBands::within(histories, attribution.as_ref(), &window));
    let reviews = Reviews::within(&audit.reviewed, histories, attribution.as_ref(), &window, &asked.weekend);
    let seats = audit.seats.as_ref().and_then(|all| all.within(&window, records, audit.ledger.names(), &asked.rules));
    let before_after = asked.changed.map(|day| BeforeAfter::of(day, records, histories, &window));
    let cohorts = Cohorts::of(histories, attribution.as_ref(), &window);
    let view = View {
        session_costs: &session_costs,
        user_costs: &user_costs,
        size_bands: size_bands.as_ref(),
        reviews: reviews.as_ref(),
        seats,
        before_after: before_after.as_ref(),
        cohorts: cohorts.as_ref(),
        off_task: audit.off_task.as_ref().map(|found| (found, found.within(&window))),
        development: &development,
        application: &application,
        burn: burn.as_ref().map(BurnDoc::figures),
        savings: savings.as_deref(),
        work_types: audit.work_types.as_ref().map(|_| {
            let (cost, sessions) =
                (types.values().map(|sum| sum.cost).sum(), types.values().map(|sum| sum.sessions).sum());
            (known, cost, sessions)
        }),
        spend: &total,
        reconciliation: &reconciliation,
        window,
        landed,
        lifetimes: lifetimes.as_ref(),
        linked,
        outcomes: outcomes.as_ref().map(|by_type| {
            let mut sum = OutcomeSum::default();
            by_type.values().for_each(|one| sum += one);
            sum
        }),
        fates: &fates.usual,
        other_fates: &fates.others,
    };
    let metrics: Vec<(MetricDoc, Measurement)> = METRICS
        .iter()
        .map(|metric| {
            let measured = metric.measure(&view);
            (MetricDoc::new(*metric, &measured), measured)
        })
        .collect();
    let diagnostics = spend::notices(&audit, &total);
    let keys = [Key::Model, Key::Project, Key::Day, Key::Branch, Key::Session];
    // What it became, how sure that is and what to do come first; what it is made of comes after.
    let mut usage = spend::facts(&total);
    let spent = usage.remove(0);
    let mut page = Page {
        title: format!("AI spend audit   {}   prices as of {}", audit.shown_period(), audit.book.date()),
        facts: vec![spent],
        ..Page::default()
    };
    if application.records > 0 {
        page.facts.push(Fact {
            label: "Application",
            value: application.cost.map_or_else(|| "unpriced".to_owned(), dollars),
            detail: "of it is a product's own traffic by [scope]; what follows is about the rest, development"
                .to_owned(),
        });
    }
    let whole = development.cost.unwrap_or_default();
    let ground = audit.waste.as_ref().map(|waste| Ground {
        waste,
        records,
        names: audit.ledger.names(),
        files: &audit.ledger.files,
        period: &audit.period,
    });
    let mut units = None;
    let listed = ground.as_ref().zip(savings.as_ref()).map(|(ground, savings)| ground.document(savings, whole));
    if audit.links.is_some() {
        page.facts.extend(fates.facts());
        page.sections.extend(fates.section());
    }
    let preset =
        asked.entelligence.then(|| PresetDoc::entelligence(histories, &audit.reviewed, lifetimes.as_ref(), &window));
    let preset = preset.flatten();
    page.sections.extend(preset.as_ref().map(PresetDoc::section));
    let pull_requests =
        size_bands.as_ref().map(|sizes| PullRequestsDoc::new(sizes, reviews.as_ref(), asked.hourly, &asked.weekend));
    let comparison = ComparisonDoc::new(before_after.as_ref(), cohorts.as_ref());
    let spread = SpreadDoc::new(session_costs.len(), user_costs.len(), view.linked.as_ref());
    let seats = seats.as_ref().map(SeatsDoc::from);
    page.sections.extend(savings.as_ref().and_then(|savings| findings::section(savings, whole)));
    if let Some((sums, scores)) = attributed {
        page.facts.extend(attribution::facts(sums, scores));
        units = Some(attribution::units(sums, &audit.histories));
        page.sections.extend(attribution::sections(sums, &audit.histories));
    }
    page.sections.extend(pull_requests.as_ref().and_then(PullRequestsDoc::section));
    page.facts.extend(savings.as_ref().and_then(|savings| findings::fact(savings, whole)));
    page.facts.extend(usage);
    page.facts.extend(merged_facts(&audit, &view, &metrics));
    page.facts.extend(pull_requests.iter().flat_map(PullRequestsDoc::facts));
    page.facts.extend(comparison.facts());
    page.facts.extend(seats.as_ref().map(SeatsDoc::fact));
    page.facts.extend(burn.iter().flat_map(BurnDoc::facts));
    page.sections.extend(burn.as_ref().and_then(BurnDoc::section));
    let off_task = off_task.map(|(found, sums)| (OffTaskDoc::new(found, &audit.period, audit.least_users), sums));
    page.facts.extend(off_task.as_ref().and_then(|(doc, sums)| doc.fact(sums)));
    let work_types = use_of::types(&types);
    page.sections.extend(use_of::type_section(&work_types));
    page.facts.push(sources::read_fact(&reconciliation));
    let mut spend_by = BTreeMap::new();
    for key in keys {
        let groups = audit.ledger.group(&[key], &audit.period)?;
        if key == Key::Day && groups.len() > MOST_DAYS {
            page.sections.push(spend::section(Key::Week, &audit.ledger.group(&[Key::Week], &audit.period)?));
        } else if !groups.is_empty() {
            page.sections.push(spend::section(key, &groups));
        }
        spend_by.insert(key.as_str(), groups.iter().map(|group| RowDoc::new(&[key], group)).collect());
    }
    let teams = scoped::Teams::of(&audit)?;
    page.sections.extend(teams.section());
    let scoped = scoped::figures(&audit, &teams, units.as_deref().unwrap_or_default())?;
    page.notes = notes(&diagnostics);
    let table = long_table(&audit, &metrics, &spend_by);
    let body = Body::Audit(Box::new(AuditDoc {
        totals: SpendFields::from(&total),
        spend_by,
        repos: audit
            .histories
            .iter()
            .map(|history| {
                let groups = LineGroups::of(history, &audit.period);
                mainline::repo(history, &groups, &groups.born.curve(), &audit.period, &audit.rules)
            })
            .collect(),
        metrics: metrics.into_iter().map(|(doc, _)| doc).collect(),
        coverage: attributed.map(|(sums, scores)| CoverageDoc::new(sums, scores)),
        units,
        waterfall: fates.classes(),
        fates: fates.document(),
        scope: ScopeDoc { development: SpendFields::from(&development), application: SpendFields::from(&application) },
        burn,
        findings: listed.unwrap_or_default(),
        work_types,
        scoped,
        lorenz: lorenz::lorenz(&session_costs),
        off_task: off_task.map(|(doc, _)| doc),
        outcomes: audit.outcomes.as_ref().zip(outcomes).map(|(all, by_type)| OutcomesDoc::new(all, by_type)),
        pull_requests,
        seats,
        spread,
        comparison,
        preset,
        window: PeriodDoc::from(&window),
        reconciliation,
    }));
    let document = Document::new("tokaudit/audit", &audit.period, &audit.ledger.files, body, diagnostics);
    Ok(Report { document: Document { price_book_date: Some(audit.book.date().to_string()), ..document }, page, table })
}

/// What each session, or each user, cost in a window, from the cheapest; nobody is named.
fn costs_by(records: &[Spent], window: &Period, of: impl Fn(&Spent) -> Option<Name>) -> Vec<Money> {
    let mut sums: BTreeMap<u32, Money> = BTreeMap::new();
    for record in records.iter().filter(|record| window.contains(record.at)) {
        if let (Some(name), Some(cost)) = (of(record), record.cost) {
            *sums.entry(name.code()).or_default() += cost;
        }
    }
    let mut costs: Vec<Money> = sums.into_values().collect();
    costs.sort_unstable();
    costs
}

/// Where each dollar went, under the usual thresholds and the others.
fn fates(audit: &Material, total: &Spend) -> Result<Fates> {
    let cost = total.cost.unwrap_or_default();
    let Some(linking) = &audit.links else {
        return Ok(Fates {
            usual: Waterfall::unattributed(cost, total.unpriced_records),
            others: Vec::new(),
            looked: audit.off_task.is_some(),
            reviewed: false,
        });
    };
    let likely = audit.off_task.as_ref().map(OffTask::likely);
    let input = fate::Input {
        links: &linking.links,
        histories: &audit.histories,
        period: &audit.period,
        least: linking.least,
        off_task: likely.as_ref(),
        reviewed: &audit.reviewed,
        as_of: audit.as_of,
    };
    let usual = Waterfall::of(&input, Thresholds::DEFAULT)?;
    if usual.total != cost {
        let message = format!("fates: they sum to {:?}, the ledger to {cost:?}", usual.total);
        return Err(Error::Unreconciled { message });
    }
    let others = OTHERS.into_iter().map(|limits| Waterfall::of(&input, limits)).collect::<Result<_>>()?;
    Ok(Fates { usual, others, looked: audit.off_task.is_some(), reviewed: audit.reviewed.has_reviews() })
}

fn merged_facts(audit: &Material, view: &View<'_>, metrics: &[(MetricDoc, Measurement)]) -> Vec<Fact> {
    let Some(landed) = view.landed else {
        let detail = "no repository: pass --repo PATH to see what the spend became".to_owned();
        return vec![Fact { label: "Merged", value: "unknown".to_owned(), detail }];
    };
    let value = |id: &str| metrics.iter().find(|(doc, _)| doc.id == id).and_then(|(_, measured)| measured.value);
    let totals = landed.totals;
    let days = match (view.window.from, view.window.to) {
        (Some(from), Some(to)) => {
            format!(
                "{}..{}",
                day_of(from, audit.period.tz),
                day_of(to - chrono::TimeDelta::nanoseconds(1), audit.period.tz)
            )
        }
        _ => "the period".to_owned(),
    };
    let mut facts = vec![Fact {
        label: "Merged",
        value: format!("{} lines", short(totals.added_effective)),
        detail: format!(
            "effective, of {} added and {} deleted in {} landings of {days}",
            grouped(totals.added),
            grouped(totals.deleted),
            grouped(totals.commits)
        ),
    }];
    if let Some(Quantity::Money(per_line)) = value("cost-per-merged-line") {
        let tokens = value("tokens-per-merged-line").map_or_else(|| "?".to_owned(), shown_quantity);
        let ratio = value("del-add-ratio").map_or_else(|| "?".to_owned(), shown_quantity);
        facts.push(Fact {
            label: "Per line",
            value: format!("${}", per_line.to_fixed(4)),
            detail: format!("{tokens} tokens, all-in: every record over every merged line · deleted to added {ratio}"),
        });
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

/// The tidy long table of an audit: one value a row.
fn long_table(
    audit: &Material,
    metrics: &[(MetricDoc, Measurement)],
    spend_by: &BTreeMap<&'static str, Vec<RowDoc>>,
) -> Table {
    let names = ["period", "scope_type", "scope", "metric", "value", "lo", "hi", "unit", "n", "coverage"];
    let columns = columns(&names.map(|name| (name, name)));
    let period = audit.shown_period();
    let row = |scope: (&str, Option<String>), metric: &str, value: Cell, unit: &str, n: u64, coverage: Cell| {
        let none = || Cell::Number(None);
        let (scope_type, scope) = (Cell::text(scope.0), Cell::Text(scope.1));
        let (period, metric, unit) = (Cell::text(period.clone()), Cell::text(metric), Cell::text(unit));
        vec![period, scope_type, scope, metric, value, none(), none(), unit, Cell::count(n), coverage]
    };
    let mut rows = Vec::new();
    for (doc, _) in metrics {
        let (value, coverage) = (topics::cell(doc.value), topics::cell(doc.coverage));
        let mut cells = row(("all", Some("all".to_owned())), doc.id, value, doc.unit, doc.n, coverage);
        (cells[5], cells[6]) = (topics::cell(doc.lo), topics::cell(doc.hi));
        rows.push(cells);
    }
    for (key, groups) in spend_by {
        for group in groups {
            let scope = || (*key, group.key.values().next().cloned().flatten());
            let f = &group.fields;
            let n = f.records;
            let none = || Cell::Number(None);
            rows.push(row(scope(), "spend", Cell::Money(f.cost_usd), "USD", n, none()));
            for (metric, count) in [
                ("tokens.input", f.tokens.input),
                ("tokens.cache_read", f.tokens.cache_read),
                ("tokens.cache_write_5m", f.tokens.cache_write_5m),
                ("tokens.cache_write_1h", f.tokens.cache_write_1h),
                ("tokens.output", f.tokens.output),
            ] {
                rows.push(row(scope(), metric, Cell::Count(count), "tokens", n, none()));
            }
        }
    }
    Table { columns, rows }
}

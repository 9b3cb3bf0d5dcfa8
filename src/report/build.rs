//! From what a run found to reports: chooses, orders and words; computes nothing that a metric computes.

use super::attribution::{self, CoverageDoc};
use super::burn::{self, BurnDoc};
use super::comparison::ComparisonDoc;
use super::document::{
    AuditDoc, Body, Document, InputDoc, METHOD_VERSION, MetricDoc, OutcomesDoc, PeriodDoc, RowDoc, SCHEMA_VERSION,
    ScopeDoc, SourcesDoc, SpendDoc, SpendFields, rfc3339,
};
use super::fates::{Fates, OTHERS};
use super::findings::{self, Ground};
use super::page::{Cell, Column, Fact, Note, Page, Section, Table, dollars, grouped, percent, short};
use super::preset::PresetDoc;
use super::reviews::PullRequestsDoc;
use super::seats::SeatsDoc;
use super::spread::SpreadDoc;
use super::use_of::{self, OffTaskDoc};
use super::{EMPTY_PERIOD, Material, Report, lorenz, mainline, scoped, topics};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::error::{Error, Result};
use crate::fate::{self, Thresholds, Waterfall};
use crate::ledger::{APPLICATION, DEVELOPMENT, Group, Key, Reconciliation, Spend, Spent};
use crate::link::Attribution;
use crate::metrics::before_after::BeforeAfter;
use crate::metrics::cohorts::Cohorts;
use crate::metrics::lifetimes::Lifetimes;
use crate::metrics::line_groups::LineGroups;
use crate::metrics::linked::Linked;
use crate::metrics::reviews::Reviews;
use crate::metrics::size_bands::SizeBands;
use crate::metrics::{Landed, METRICS, Measurement, Quantity, View};
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::period::{Period, day_of};
use crate::off_task::OffTask;
use crate::outcomes::OutcomeSum;
use crate::sources::FileReport;
use crate::waste::savings;

/// Rows of a table on the audit page; the rest is summed in one line, and the documents hold them all.
const TOP: usize = 8;
/// Models of the table on the audit page.
const MOST_MODELS: usize = 20;
/// More days than this are shown as weeks.
const MOST_DAYS: usize = 31;

/// The report of `spend`.
///
/// # Errors
/// When groups and total do not reconcile.
pub fn spend(audit: Material, keys: &[Key]) -> Result<Report> {
    let groups = audit.ledger.group(keys, &audit.period)?;
    let total = audit.ledger.total(&audit.period)?;
    let reconciliation = audit.ledger.reconciliation;
    let diagnostics = notices(&audit, &total);
    let rows: Vec<RowDoc> = groups.iter().map(|group| RowDoc::new(keys, group)).collect();
    let table = topics::spend_table(&keys.iter().map(|key| key.as_str()).collect::<Vec<_>>(), &rows);
    let body = Body::Spend(Box::new(SpendDoc { rows, totals: SpendFields::from(&total), reconciliation }));
    let title = format!("Token spend   {}   prices as of {}", shown_period(&audit), audit.book.date());
    let mut page = Page { title, facts: spend_facts(&total), ..Page::default() };
    if !groups.is_empty() && !keys.is_empty() {
        let named: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
        let title = format!("By {}", named.join(" and "));
        page.sections.push(Section { title, table: spend_page_table(keys, &groups), rest: None });
    }
    page.facts.push(read_fact(&reconciliation));
    page.notes = notes(&diagnostics);
    let document = document("tokaudit/spend", &audit.period, &audit.ledger.files, body, diagnostics);
    Ok(Report { document: Document { price_book_date: Some(audit.book.date().to_string()), ..document }, page, table })
}

/// The report of `audit`.
///
/// # Errors
/// When groups and total do not reconcile.
pub fn audit(audit: Material) -> Result<Report> {
    let total = audit.ledger.total(&audit.period)?;
    let window = window(&audit);
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
    let savings = audit.waste.as_ref().map(|waste| savings::of(waste, records, &audit.period));
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
    let diagnostics = notices(&audit, &total);
    let keys = [Key::Model, Key::Project, Key::Day, Key::Branch, Key::Session];
    // What it became, how sure that is and what to do come first; what it is made of comes after.
    let mut usage = spend_facts(&total);
    let spent = usage.remove(0);
    let mut page = Page {
        title: format!("AI spend audit   {}   prices as of {}", shown_period(&audit), audit.book.date()),
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
    page.facts.push(read_fact(&reconciliation));
    let mut spend_by = std::collections::BTreeMap::new();
    for key in keys {
        let groups = audit.ledger.group(&[key], &audit.period)?;
        if key == Key::Day && groups.len() > MOST_DAYS {
            page.sections.push(audit_section(Key::Week, &audit.ledger.group(&[Key::Week], &audit.period)?));
        } else if !groups.is_empty() {
            page.sections.push(audit_section(key, &groups));
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
    let document = document("tokaudit/audit", &audit.period, &audit.ledger.files, body, diagnostics);
    Ok(Report { document: Document { price_book_date: Some(audit.book.date().to_string()), ..document }, page, table })
}

/// What each session, or each user, cost in a window, from the cheapest; nobody is named.
fn costs_by(records: &[Spent], window: &Period, of: impl Fn(&Spent) -> Option<Name>) -> Vec<Money> {
    let mut sums: std::collections::BTreeMap<u32, Money> = std::collections::BTreeMap::new();
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

/// The report of `sources`.
#[must_use]
pub fn sources(files: Vec<FileReport>, reconciliation: Reconciliation, period: &Period, found: Diagnostics) -> Report {
    let diagnostics = found.into_sorted();
    let columns = columns(&[
        ("file", "path"),
        ("format", "format"),
        ("bytes", "bytes"),
        ("read", "records_read"),
        ("kept", "kept"),
        ("duplicate", "duplicate"),
        ("replayed", "replayed"),
        ("rejected", "rejected"),
        ("ignored", "ignored"),
        ("first", "first"),
        ("last", "last"),
    ]);
    let row = |file: &FileReport, instant: &dyn Fn(chrono::DateTime<chrono::Utc>) -> String| {
        let c = file.counts;
        vec![
            Cell::text(file.path.clone()),
            Cell::Text(file.format.map(str::to_owned)),
            Cell::count(file.bytes),
            Cell::count(c.records_read),
            Cell::count(c.kept),
            Cell::count(c.duplicate),
            Cell::count(c.replayed),
            Cell::count(c.rejected),
            Cell::count(c.ignored),
            Cell::Number(file.first.map(instant)),
            Cell::Number(file.last.map(instant)),
        ]
    };
    let whole = |at: chrono::DateTime<chrono::Utc>| rfc3339(at);
    let short_day = |at: chrono::DateTime<chrono::Utc>| day_of(at, period.tz).to_string();
    let table = Table { columns: columns.clone(), rows: files.iter().map(|file| row(file, &whole)).collect() };
    let recognised: Vec<_> = files.iter().filter(|file| file.format.is_some()).collect();
    let shown = Table { columns, rows: recognised.iter().map(|file| row(file, &short_day)).collect() };
    let mut facts = vec![read_fact(&reconciliation)];
    let mut formats: std::collections::BTreeMap<&str, (u64, u64)> = std::collections::BTreeMap::new();
    for file in &files {
        let entry = formats.entry(file.format.unwrap_or("unrecognised")).or_default();
        entry.0 += 1;
        entry.1 += file.counts.kept;
    }
    let listed =
        formats.iter().map(|(format, (files, kept))| format!("{format} {files} files, {} kept", grouped(*kept)));
    facts.push(Fact {
        label: "Formats",
        value: formats.len().to_string(),
        detail: listed.collect::<Vec<_>>().join(" · "),
    });
    let page = Page {
        title: "Sources".to_owned(),
        facts,
        sections: vec![Section { title: "Files".to_owned(), table: shown, rest: None }],
        notes: notes(&diagnostics),
    };
    let body = Body::Sources(SourcesDoc { files: files.clone(), reconciliation });
    Report { document: document("tokaudit/sources", period, &files, body, diagnostics), page, table }
}

pub(super) fn document(
    schema: &'static str,
    period: &Period,
    files: &[FileReport],
    body: Body,
    diagnostics: Vec<Diagnostic>,
) -> Document {
    Document {
        schema,
        schema_version: SCHEMA_VERSION,
        method_version: METHOD_VERSION,
        tool_version: env!("CARGO_PKG_VERSION"),
        period: PeriodDoc::from(period),
        price_book_date: None,
        inputs: files.iter().filter(|file| file.format.is_some()).map(InputDoc::from).collect(),
        body,
        diagnostics,
    }
}

/// What the stages noticed, and what the sums show.
fn notices(audit: &Material, total: &Spend) -> Vec<Diagnostic> {
    let mut all = audit.diagnostics.clone();
    if total.unpriced_records > 0 {
        let models = audit.ledger.unpriced_models(&audit.period);
        all.add_many(
            Severity::Warning,
            "unpriced",
            "records have no list price and are in no sum of dollars; add prices with --prices FILE",
            total.unpriced_records,
            None,
        );
        for model in models {
            all.add_many(Severity::Warning, "unpriced", "", 0, Some(model));
        }
    }
    if total.records == 0 {
        let span = audit.ledger.span.map(|(first, last)| {
            format!("the logs hold {} to {}", day_of(first, audit.period.tz), day_of(last, audit.period.tz))
        });
        let message = "no record lies in the period; widen --since, --until or --month";
        all.add(Severity::Warning, EMPTY_PERIOD, message, span.unwrap_or_else(|| "the logs hold no usage".to_owned()));
    }
    all.into_sorted()
}

fn spend_facts(total: &Spend) -> Vec<Fact> {
    let priced = total.tokens.total() - total.unpriced_tokens;
    let basis = if total.billed_cost.is_some() { "billed, else list price" } else { "list price" };
    let counted = total.records - total.overlapping_records;
    let mut detail = format!("{basis} · {} in {}", many(counted, "request"), many(total.sessions, "session"));
    if total.unpriced_records > 0 {
        detail += &format!(
            " · {} ({} of tokens) unpriced, not in this sum",
            many(total.unpriced_records, "request"),
            percent(total.unpriced_tokens, priced + total.unpriced_tokens)
        );
    }
    let tokens = total.tokens;
    let write = [tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_write_unspecified];
    let write = write.into_iter().flatten().reduce(|a, b| a + b);
    let part = |name: &str, count: Option<u64>| format!("{name} {}", count.map_or_else(|| "unknown".to_owned(), short));
    let mut facts = vec![
        Fact { label: "Spend", value: total.cost.map_or_else(|| "unpriced".to_owned(), dollars), detail },
        Fact {
            label: "Tokens",
            value: short(tokens.total()),
            detail: [
                part("cache read", tokens.cache_read),
                part("cache write", write),
                part("input", tokens.input),
                part("output", tokens.output),
            ]
            .join(" · "),
        },
    ];
    if total.overlapping_records > 0 {
        let billed = total.explained + total.unreconciled;
        facts.push(Fact {
            label: "Unreconciled",
            value: dollars(total.unreconciled),
            detail: format!(
                "of {} on bills, {} is explained by finer sources; {} of the same spend are counted once",
                dollars(billed),
                dollars(total.explained),
                many(total.overlapping_records, "record")
            ),
        });
    }
    if let Some(billed) = total.billed_cost {
        let detail = "billed, over records that come from a bill".to_owned();
        facts.push(Fact { label: "Billed", value: dollars(billed), detail });
    }
    if let Some(reported) = total.reported_cost {
        let detail = "the tools' own estimates, over records that carry one".to_owned();
        facts.push(Fact { label: "Reported", value: dollars(reported), detail });
    }
    if total.doubtful_records > 0 {
        facts.push(Fact {
            label: "In doubt",
            value: format!("+{}", dollars(total.doubt_cost)),
            detail: format!(
                "{} of requests record a placeholder as output: {} tokens recorded, about {} visible",
                percent(total.doubtful_records, total.records),
                short(total.doubtful_recorded),
                short(total.doubtful_estimated)
            ),
        });
    }
    facts
}

fn read_fact(reconciliation: &Reconciliation) -> Fact {
    let c = reconciliation.counts;
    Fact {
        label: "Read",
        value: grouped(c.records_read),
        detail: format!(
            "records in {} = {} kept + {} duplicate + {} replayed + {} rejected + {} ignored",
            many(reconciliation.files, "file"),
            grouped(c.kept),
            grouped(c.duplicate),
            grouped(c.replayed),
            grouped(c.rejected),
            grouped(c.ignored)
        ),
    }
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

/// A table of the audit page: the largest rows, or the last days.
fn audit_section(key: Key, groups: &[Group]) -> Section {
    let (title, top) = match key {
        Key::Day => ("By day", usize::MAX),
        Key::Week => ("By week", usize::MAX),
        Key::Model => ("By model", MOST_MODELS),
        Key::Project => ("By repository or folder", TOP),
        Key::Branch => ("By branch", TOP),
        _ => ("By session", TOP),
    };
    let shown = &groups[..groups.len().min(top)];
    let hidden = &groups[shown.len()..];
    let rest = (!hidden.is_empty()).then(|| {
        let cost: crate::model::money::Money = hidden.iter().filter_map(|group| group.spend.cost).sum();
        format!("and {} more, {} together; all of them in --format json", grouped(hidden.len() as u64), dollars(cost))
    });
    Section { title: title.to_owned(), table: spend_page_table(&[key], shown), rest }
}

fn spend_page_table(keys: &[Key], groups: &[Group]) -> Table {
    let mut titles: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), key.as_str())).collect();
    titles.extend([
        ("cost", "cost_usd"),
        ("", ""),
        ("requests", "records"),
        ("input", "input"),
        ("cache write", "cache_write"),
        ("cache read", "cache_read"),
        ("output", "output"),
    ]);
    let largest = groups.iter().filter_map(|group| group.spend.cost).max().map_or(0, |cost| cost.nanos());
    let rows = groups.iter().map(|group| {
        let spend = &group.spend;
        let cost = spend.cost.map_or(0, |cost| cost.nanos().max(0));
        let mille = if largest > 0 { cost.saturating_mul(1000) / largest } else { 0 };
        let tokens = spend.tokens;
        let write = [tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_write_unspecified];
        let few = |count: Option<u64>| Cell::Number(count.map(short));
        let mut row: Vec<Cell> = group.key.iter().map(|key| Cell::Text(key.clone())).collect();
        row.extend([
            Cell::Money(spend.cost),
            Cell::Bar(u16::try_from(mille).unwrap_or(1000)),
            Cell::count(spend.records),
            few(tokens.input),
            few(write.into_iter().flatten().reduce(|a, b| a + b)),
            few(tokens.cache_read),
            few(tokens.output),
        ]);
        row
    });
    let mut columns = columns(&titles);
    for column in &mut columns {
        column.spare = ["", "input", "cache_write"].contains(&column.name);
    }
    Table { rows: rows.collect(), columns }
}

/// The tidy long table of an audit: one value a row.
fn long_table(
    audit: &Material,
    metrics: &[(MetricDoc, Measurement)],
    spend_by: &std::collections::BTreeMap<&'static str, Vec<RowDoc>>,
) -> Table {
    let names = ["period", "scope_type", "scope", "metric", "value", "lo", "hi", "unit", "n", "coverage"];
    let columns = columns(&names.map(|name| (name, name)));
    let period = shown_period(audit);
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

/// The window that logs and history share: the period asked for, an open end closed by the first or last record's day.
fn window(audit: &Material) -> Period {
    let Some((first, last)) = audit.ledger.span else { return audit.period };
    let tz = audit.period.tz;
    let days = Period::days(Some(day_of(first, tz)), Some(day_of(last, tz)), tz);
    Period { from: audit.period.from.or(days.from), to: audit.period.to.or(days.to), tz }
}

fn shown_period(audit: &Material) -> String {
    let window = window(audit);
    open_period(&window)
}

pub(super) fn open_period(period: &Period) -> String {
    let tz = period.tz;
    let from = period.from.map(|from| day_of(from, tz).to_string());
    let to = period.to.map(|to| day_of(to - chrono::TimeDelta::nanoseconds(1), tz).to_string());
    match (from, to) {
        (None, None) => format!("all time {}", tz.name()),
        (from, to) => format!("{}..{} {}", from.unwrap_or_default(), to.unwrap_or_default(), tz.name()),
    }
}

/// A count with its noun.
fn many(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// Places that a note on a page names; the documents and `-v` name more.
const PLACES: usize = 2;

pub(super) fn notes(diagnostics: &[Diagnostic]) -> Vec<Note> {
    diagnostics
        .iter()
        .map(|notice| {
            let mut text = format!("{} × {}", grouped(notice.count), notice.message);
            let shown = &notice.examples[..notice.examples.len().min(PLACES)];
            if !shown.is_empty() {
                let more = if shown.len() < notice.examples.len() { ", …" } else { "" };
                text += &format!(" ({}{more})", shown.join(", "));
            }
            Note { severity: notice.severity, text }
        })
        .collect()
}

pub(super) fn columns(titles: &[(&'static str, &'static str)]) -> Vec<Column> {
    titles.iter().map(|(title, name)| Column { title, name, spare: false }).collect()
}

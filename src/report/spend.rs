//! The report of `spend`, and what the page of `audit` shows of the spend, too.

use std::collections::BTreeMap;

use super::document::{Body, Document, OtherCurrencyDoc, RowDoc, SpendDoc, SpendFields};
use super::page::{
    Cell, Fact, FactId, Page, Section, SectionId, Table, columns, dollars, grouped, many, notes, open_period, percent,
    short,
};
use super::{EMPTY_PERIOD, NO_USAGE, Report, alarms, sources, topics};
use crate::diagnostics::{Diagnostic, Severity};
use crate::error::Result;
use crate::ledger::{Group, GroupKey, OtherCurrency, Spend};
use crate::measure::Measured;
use crate::measure::material::Run;
use crate::model::money::Money;
use crate::model::period::day_of;

/// Rows of a table on the audit page; the rest is summed in one line, and the documents hold them all.
const TOP: usize = 8;
/// Models of the table on the audit page.
const MOST_MODELS: usize = 20;

/// The report of `spend`.
///
/// # Errors
/// When groups and total do not reconcile.
pub fn spend(run: &Run, keys: &[GroupKey]) -> Result<Report> {
    let groups = run.ledger.group_with_seats(keys, &run.period)?;
    let total = run.ledger.total(&run.period)?;
    let reconciliation = run.ledger.reconciliation;
    let diagnostics = notices(run, &total);
    let rows: Vec<RowDoc> = groups.iter().map(|group| RowDoc::new(keys, group)).collect();
    let table = topics::spend_table(&keys.iter().map(|key| key.as_str()).collect::<Vec<_>>(), &rows);
    let asks_for_people = keys.iter().any(|key| matches!(key, GroupKey::User | GroupKey::Team));
    let evidence = if asks_for_people { evidence_of_users(run)? } else { Vec::new() };
    let body = Body::Spend(Box::new(SpendDoc {
        rows,
        totals: SpendFields::from(&total),
        user_evidence: evidence.iter().map(|group| RowDoc::new(&[GroupKey::UserEvidence], group)).collect(),
        other_currencies: OtherCurrencyDoc::all(run),
        reconciliation,
    }));
    let title = format!("Token spend   {}   prices as of {}", open_period(&run.window()), run.book.date());
    let mut page = Page { title, facts: vec![spend_fact(&total)], ..Page::default() };
    page.facts.extend(users_fact(&evidence));
    page.facts.extend(usage_facts(&total));
    if !groups.is_empty() && !keys.is_empty() {
        let named: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
        let title = format!("By {}", named.join(" and "));
        page.sections.push(Section { id: SectionId::ByKeys, title, table: grouped_table(keys, &groups), rest: None });
    }
    page.sections.extend(sources::span_section(&run.ledger.files, &run.period));
    page.facts.push(sources::read_fact(&reconciliation));
    page.notes = notes(&diagnostics);
    let lacks_people = asks_for_people && total.records > 0 && !names_people(keys, &groups);
    let alarms = alarms::of_spend(&diagnostics, &total, lacks_people);
    let price_book_date = Some(run.book.date().to_string());
    let document = Document::new("tokaudit/spend", &run.period, &run.ledger.files, body, diagnostics);
    Ok(Report { document: Document { alarms, price_book_date, ..document }, story: None, page, table, pivot: None })
}

/// The sums by what says who the user is.
fn evidence_of_users(run: &Run) -> Result<Vec<Group>> {
    run.ledger.group(&[GroupKey::UserEvidence], &run.period)
}

/// How much is known to be whose, and by what, where a folder had to say it.
fn users_fact(evidence: &[Group]) -> Option<Fact> {
    let of = |key: Option<&str>| {
        let own = evidence.iter().find(|group| group.key.first().is_some_and(|own| own.as_deref() == key));
        own.map(|group| group.spend.cost.unwrap_or_default())
    };
    let [record, log, home] = [Some("record"), Some("log_folder"), Some("home_folder")].map(of);
    let known: Money = [record, log, home].into_iter().flatten().sum();
    let parts = [
        (record, "by records"),
        (log, "by the folders of logs in [people]"),
        (home, "by home folders"),
        (of(None), "by nothing"),
    ];
    let parts: Vec<String> =
        parts.into_iter().filter_map(|(cost, by)| Some(format!("{} {by}", dollars(cost?)))).collect();
    (log.is_some() || home.is_some())
        .then(|| Fact::new(FactId::Users, dollars(known), format!("has a known user: {}", parts.join(" · "))))
}

/// Whether a group is of a person or a team that is known.
fn names_people(keys: &[GroupKey], groups: &[Group]) -> bool {
    let is_person =
        |(key, value): (&GroupKey, &Option<String>)| matches!(key, GroupKey::User | GroupKey::Team) && value.is_some();
    groups.iter().any(|group| keys.iter().zip(&group.key).any(is_person))
}

/// Spend by each key of the page, complete.
pub(super) fn by_key(measured: &Measured) -> BTreeMap<&'static str, Vec<RowDoc>> {
    let rows = measured
        .spend_by
        .keys
        .iter()
        .map(|(key, groups)| (key.as_str(), groups.iter().map(|group| RowDoc::new(&[*key], group)).collect()));
    rows.collect()
}

/// The part that is a product's own traffic, where there is some.
pub(super) fn application_fact(measured: &Measured) -> Option<Fact> {
    let detail = "of it is a product's own traffic by [scope]; what follows is about the rest, development";
    let cost = measured.application.cost.map_or_else(|| "no price".to_owned(), dollars);
    (measured.application.records > 0).then(|| Fact::new(FactId::Application, cost, detail))
}

/// What the stages noticed, and what the sums show.
pub(super) fn notices(run: &Run, total: &Spend) -> Vec<Diagnostic> {
    let mut all = run.diagnostics.clone();
    if total.unpriced_records > 0 {
        let models = run.ledger.unpriced_models(&run.period);
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
    for OtherCurrency { currency, amount, records } in run.ledger.other_currencies(&run.period) {
        let message = "amounts are in another currency and in no sum of dollars; give its rate in [currency] of tokaudit.toml. \
                       Where tokens are known, they count at list price";
        all.add_many(Severity::Warning, "other-currency", message, records, Some(format!("{amount} {currency}")));
    }
    if total.records == 0 && !total.is_by_seat() {
        if let Some((first, last)) = run.ledger.span {
            let [first, last] = [first, last].map(|at| day_of(at, run.period.tz));
            let message = "no record lies in the period";
            let month = last.format("%Y-%m");
            let place = format!("the logs hold {first} to {last}; ask for --month {month}");
            all.add(Severity::Warning, EMPTY_PERIOD, message, place);
        } else {
            let message = "nothing that was read holds usage";
            all.add_many(Severity::Warning, NO_USAGE, message, 1, None);
        }
    }
    sources::notice_spans(&run.ledger.files, &run.period, &mut all);
    all.into_sorted()
}

/// What was spent.
pub(super) fn spend_fact(total: &Spend) -> Fact {
    let priced = total.tokens.total() - total.unpriced_tokens;
    let basis = total.prices.price().describe();
    let counted = match total.requests {
        Some(requests) => many(requests, "request"),
        None => many(total.records - total.overlapping_records, "record"),
    };
    let mut detail = format!("{basis} · {counted} in {}", many(total.sessions, "session"));
    if total.unpriced_records > 0 {
        detail += &format!(
            " · without a price and not in this sum: {} ({} of tokens)",
            many(total.unpriced_records, "request"),
            percent(total.unpriced_tokens, priced + total.unpriced_tokens)
        );
    }
    Fact::new(FactId::Spend, total.cost.map_or_else(|| "no price".to_owned(), dollars), detail)
}

/// What it is made of: tokens, bills, estimates and what is in doubt.
pub(super) fn usage_facts(total: &Spend) -> Vec<Fact> {
    let mut facts = vec![token_fact(total)];
    if total.overlapping_records > 0 {
        let detail = format!(
            "of {} on bills, {} is explained by logs; {} that two sources report are counted once",
            dollars(total.explained + total.unreconciled),
            dollars(total.explained),
            many(total.overlapping_records, "request")
        );
        facts.push(Fact::new(FactId::Unreconciled, dollars(total.unreconciled), detail));
    }
    if total.seats.prompts > 0 {
        let tokens = match total.seats.estimated_tokens {
            0 => "without texts to estimate tokens from".to_owned(),
            some => format!("about {} tokens, estimated from the length of their texts", short(some)),
        };
        let conversations = match total.seats.conversations {
            0 => String::new(),
            some => format!(" in {}", many(some, "conversation")),
        };
        let detail = format!(
            "to assistants{conversations}; seats cover them, so they are in no sum of dollars or tokens · {tokens}"
        );
        facts.push(Fact::new(FactId::BySeat, many(total.seats.prompts, "prompt"), detail));
    }
    if let Some(billed) = total.billed_cost {
        facts.push(Fact::new(FactId::Billed, dollars(billed), "as invoiced, for usage that comes from a bill"));
    }
    if let Some(reported) = total.reported_cost {
        let detail = "the tools' own estimates, where they make one";
        facts.push(Fact::new(FactId::Reported, dollars(reported), detail));
    }
    if total.doubtful_records > 0 {
        let detail = format!(
            "output tokens: {} of requests record a placeholder, {} tokens in all, where about {} are visible",
            percent(total.doubtful_records, total.records),
            short(total.doubtful_recorded),
            short(total.doubtful_estimated)
        );
        facts.push(Fact::new(FactId::InDoubt, format!("+{}", dollars(total.doubt_cost)), detail));
    }
    facts
}

fn token_fact(total: &Spend) -> Fact {
    let tokens = total.tokens;
    let write = [tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_write_unspecified];
    let write = write.into_iter().flatten().reduce(|a, b| a + b);
    let part = |name: &str, count: Option<u64>| format!("{name} {}", count.map_or_else(|| "unknown".to_owned(), short));
    let detail = [
        part("cache read", tokens.cache_read),
        part("cache write", write),
        part("input", tokens.input),
        part("output", tokens.output),
    ];
    Fact::new(FactId::Tokens, short(tokens.total()), detail.join(" · "))
}

/// A table of the audit page: the largest rows, or the last days.
pub(super) fn section(key: GroupKey, groups: &[Group]) -> Section {
    let (title, top) = match key {
        GroupKey::Day => ("By day", usize::MAX),
        GroupKey::Week => ("By week", usize::MAX),
        GroupKey::Model => ("By model", MOST_MODELS),
        GroupKey::Project => ("By repository or folder", TOP),
        GroupKey::Branch => ("By branch", TOP),
        GroupKey::Vendor => ("By vendor", TOP),
        GroupKey::Team => ("By team", TOP),
        GroupKey::CostCenter => ("By cost centre", TOP),
        _ => ("By session", TOP),
    };
    let shown = &groups[..groups.len().min(top)];
    let hidden = &groups[shown.len()..];
    let rest = (!hidden.is_empty()).then(|| {
        let cost: Money = hidden.iter().filter_map(|group| group.spend.cost).sum();
        format!("and {} more, {} together; all of them in --format json", grouped(hidden.len() as u64), dollars(cost))
    });
    Section { id: SectionId::By(key), title: title.to_owned(), table: grouped_table(&[key], shown), rest }
}

fn grouped_table(keys: &[GroupKey], groups: &[Group]) -> Table {
    let mut titles: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), key.as_str())).collect();
    titles.extend([
        ("cost", "cost_usd"),
        ("", ""),
        ("requests", "requests"),
        ("input", "input"),
        ("cache write", "cache_write"),
        ("cache read", "cache_read"),
        ("output", "output"),
    ]);
    let has_seats = groups.iter().any(|group| group.spend.seats.prompts > 0);
    titles.extend(has_seats.then_some(("prompts by seat", "prompts_by_seat")));
    let largest = groups.iter().filter_map(|group| group.spend.cost).max().map_or(0, |cost| cost.nanos());
    let rows = groups.iter().map(|group| {
        let spend = &group.spend;
        let cost = spend.cost.map_or(0, |cost| cost.nanos().max(0));
        let mille = if largest > 0 { cost.saturating_mul(1000) / largest } else { 0 };
        let tokens = spend.tokens;
        let write = [tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_write_unspecified];
        let mut row: Vec<Cell> = group.key.iter().map(|key| Cell::Text(key.clone())).collect();
        row.extend([
            Cell::Money(spend.cost),
            Cell::Bar(u16::try_from(mille).unwrap_or(1000)),
            Cell::Count(spend.requests),
            Cell::short(tokens.input),
            Cell::short(write.into_iter().flatten().reduce(|a, b| a + b)),
            Cell::short(tokens.cache_read),
            Cell::short(tokens.output),
        ]);
        row.extend(has_seats.then(|| Cell::count(spend.seats.prompts)));
        row
    });
    let mut columns = columns(&titles);
    for column in &mut columns {
        column.spare = ["", "input", "cache_write"].contains(&column.name);
    }
    Table { rows: rows.collect(), columns }
}

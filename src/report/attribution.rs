//! What spend is linked to, for the audit: facts, tables and the document's part.

use std::collections::BTreeMap;

use serde::Serialize;

use super::page::{Cell, Fact, FactId, Section, SectionId, Table, columns, dollars, grouped, nanos, percent};
use crate::fate::Class;
use crate::history::{History, Totals};
use crate::link::calibrate::wilson;
use crate::link::{Attribution, Calibration, Sum, Unit};
use crate::measure::linked::{Linked, is_counted_pull};
use crate::measure::paid_work::{UnitLink, UnitWork};
use crate::measure::sayable::Unknown;
use crate::model::link::{Tier, Unlinked};
use crate::model::money::Money;
use crate::model::period::{Period, rfc3339};
use crate::model::quantity::Quantity;

/// Landings on the page; the document has all of them.
const TOP: usize = 8;

/// Share of the cost by tier; the parts sum to one with the unlinked ones.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CoverageDoc {
    /// Cost of the period.
    pub total_usd: Money,
    /// Evidence of this tier or surer makes the headline.
    pub min_tier: Tier,
    /// Share linked by it; `null` when nothing has a price, or the git history is cut off.
    pub share: Option<Quantity>,
    /// The linked part, surest tier first.
    pub tiers: Vec<PartDoc>,
    /// The rest, by reason.
    pub unlinked: Vec<PartDoc>,
    /// Of the linked part, what was spent thinking about it in segments without evidence of their own.
    pub context_usd: Money,
    /// Of the linked part, what reached a landing.
    pub landed_usd: Money,
    /// How right the weaker tiers are, by explicit evidence.
    pub calibration: CalibrationDoc,
}

/// One part of the spend.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PartDoc {
    /// The tier or the reason.
    pub key: &'static str,
    /// Its cost.
    pub cost_usd: Money,
    /// Its tokens.
    pub tokens: u64,
    /// Its share of the cost.
    pub share: Option<Quantity>,
}

/// Scores of the weaker tiers.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CalibrationDoc {
    /// Whether there is enough explicit evidence to score by.
    pub calibrated: bool,
    /// Cost with explicit links.
    pub explicit_usd: Money,
    /// Explicit pairs of session and landing.
    pub pairs: u64,
    /// By tier, with explicit evidence hidden.
    pub tiers: Vec<ScoreDoc>,
}

/// The score of one tier.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ScoreDoc {
    /// The tier.
    pub tier: Tier,
    /// Of the cost that it claims, the share that goes where explicit evidence says.
    pub precision: Option<Quantity>,
    /// Of the cost with explicit links, the share that it gives where these say.
    pub recall: Option<Quantity>,
    /// Pairs of session and landing that it claims.
    pub n: u64,
    /// Of these, the explicit ones.
    pub right: u64,
    /// Lower end of the 95% Wilson interval of `right` over `n`.
    pub lo: Option<f64>,
    /// Upper end.
    pub hi: Option<f64>,
}

/// A landing, or a branch or commit that did not land, with its part of the spend.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct UnitDoc {
    /// The repository.
    pub repo: String,
    /// The first-parent commit.
    pub landing: Option<String>,
    /// When it landed.
    pub landed_at: Option<String>,
    /// The pull request that it names.
    pub pull_request: Option<u64>,
    /// The branch, or a commit, where nothing landed.
    pub branch: Option<String>,
    /// What it cost, recorded and matched (by the headline's tiers): its cost wherever one is named. `null` where its spend has no price.
    pub cost_usd: Option<Money>,
    /// Beside that, not in it: what is known by the name of a branch only, or by less.
    pub cost_branch_only_usd: Money,
    /// Whether figures on merged pull requests count it: it is one, merged in `window`, and not by a bot.
    pub counted: bool,
    /// The two costs together.
    pub cost_any_tier_usd: Money,
    /// Cost by tier; `null` where its spend has no price.
    pub cost_by_tier_usd: BTreeMap<&'static str, Option<Money>>,
    /// Tokens by the headline's tiers.
    pub tokens: u64,
    /// Sessions with a part in it.
    pub sessions: u64,
    /// Effective lines that it added.
    pub merged_lines: Option<u64>,
    /// The landing that reverted it.
    pub reverted_by: Option<String>,
    /// The title of the pull request, else the subject of the landing.
    pub title: Option<String>,
    /// The id of the landing.
    pub sha: Option<String>,
    /// What became of `cost_usd`, by class; sums to it.
    pub outcome: Vec<OutcomeOfDoc>,
    /// Lines of the landing; `null` where nothing landed, or no evidence that counts ties spend to it.
    pub lines: Option<UnitLinesDoc>,
    /// Its sessions with their evidence, the most expensive first; sums to `cost_any_tier_usd`.
    pub links: Vec<UnitLinkDoc>,
    /// Whether any of the usage behind it has a price; without one its cost is unknown, and not zero.
    pub priced: bool,
}

/// Spend of one class.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct OutcomeOfDoc {
    /// The class, as in `waterfall`.
    pub class: &'static str,
    /// Its cost.
    pub cost_usd: Money,
}

/// Lines of a landing.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct UnitLinesDoc {
    /// Lines that count which it brought, without those that it moved or brought back.
    pub counted: u64,
    /// Of these, lines that were changed or deleted within 30 days; `null` while it is too young.
    pub replaced: Option<u64>,
}

/// A session's part in a unit, by one tier of evidence.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct UnitLinkDoc {
    /// The session; `null` is requests without one.
    pub session: Option<String>,
    /// How sure it is.
    pub tier: Tier,
    /// Its part of the cost.
    pub cost_usd: Money,
    /// The kinds of evidence.
    pub evidence: Vec<&'static str>,
}

impl OutcomeOfDoc {
    pub(super) fn all(outcome: &[(Class, Money)]) -> Vec<Self> {
        outcome.iter().map(|(class, cost)| Self { class: class.word(), cost_usd: *cost }).collect()
    }
}

impl From<&UnitLink> for UnitLinkDoc {
    fn from(one: &UnitLink) -> Self {
        Self { session: one.session.clone(), tier: one.tier, cost_usd: one.cost, evidence: one.evidence.clone() }
    }
}

impl CoverageDoc {
    pub(super) fn new(linked: &Linked, is_cut: bool) -> Self {
        let attribution = &linked.attribution;
        let total = attribution.total.cost;
        let part = |key: &'static str, sum: Sum| PartDoc {
            key,
            cost_usd: sum.cost,
            tokens: sum.tokens,
            share: Quantity::share(sum.cost, total),
        };
        let tier = |tier: Tier| part(tier.word(), attribution.by_tier.get(&tier).copied().unwrap_or_default());
        let reason = |one: Unlinked| part(one.word(), attribution.unlinked.get(&one).copied().unwrap_or_default());
        Self {
            total_usd: total,
            min_tier: attribution.least,
            share: linked.share().filter(|_| !is_cut),
            tiers: Tier::ALL.into_iter().map(tier).collect(),
            unlinked: Unlinked::ALL.into_iter().map(reason).collect(),
            context_usd: attribution.context.cost,
            landed_usd: attribution.landed.cost,
            calibration: CalibrationDoc::new(&linked.calibration),
        }
    }
}

impl CalibrationDoc {
    fn new(calibration: &Calibration) -> Self {
        let score = |(tier, score): (&Tier, &crate::link::calibrate::Score)| {
            let interval = wilson(score.right, score.pairs);
            ScoreDoc {
                tier: *tier,
                precision: Quantity::share(score.agreed, score.claimed),
                recall: Quantity::share(score.agreed, calibration.truth),
                n: score.pairs,
                right: score.right,
                lo: interval.map(|(lo, _)| lo),
                hi: interval.map(|(_, hi)| hi),
            }
        };
        Self {
            calibrated: calibration.is_enough(),
            explicit_usd: calibration.truth,
            pairs: calibration.pairs,
            tiers: calibration.scores.iter().map(score).collect(),
        }
    }
}

/// Every unit, the most expensive first.
pub(super) fn units(
    attribution: &Attribution,
    works: &[UnitWork],
    histories: &[History],
    window: &Period,
) -> Vec<UnitDoc> {
    let unit = |(unit, work): (&Unit, &UnitWork)| {
        let history = &histories[unit.repository];
        let landing = unit.landing.map(|at| &history.commits[at]);
        let sum = unit.sum(attribution.least);
        UnitDoc {
            repo: history.name(),
            landing: landing.map(|commit| commit.id.clone()),
            landed_at: landing.map(|commit| rfc3339(commit.commit_time)),
            pull_request: landing.and_then(|commit| commit.pull_request),
            branch: unit.branch.clone(),
            cost_usd: sum.known_cost(),
            cost_branch_only_usd: unit.sum(Tier::Weak).cost - sum.cost,
            counted: landing.is_some_and(|commit| is_counted_pull(commit, window)),
            cost_any_tier_usd: unit.sum(Tier::Weak).cost,
            cost_by_tier_usd: unit.by_tier.iter().map(|(tier, part)| (tier.word(), part.known_cost())).collect(),
            tokens: sum.tokens,
            sessions: unit.sessions,
            merged_lines: landing.filter(|commit| commit.counted).map(|commit| Totals::of(commit).added_effective),
            reverted_by: landing.and_then(|commit| commit.reverted_by.clone()),
            title: landing.map(|commit| commit.headline().to_owned()),
            sha: landing.map(|commit| commit.id.clone()),
            outcome: OutcomeOfDoc::all(&work.outcome),
            lines: work.lines.map(|(counted, replaced)| UnitLinesDoc { counted, replaced }),
            links: work.links.iter().map(UnitLinkDoc::from).collect(),
            priced: work.is_priced,
        }
    };
    attribution.units.iter().zip(works).map(unit).collect()
}

/// Coverage by tier, and how far it can be trusted.
pub(super) fn fact(linked: &Linked, is_cut: bool) -> Option<Fact> {
    let Linked { attribution, calibration, .. } = linked;
    let total = nanos(attribution.total.cost);
    if total == 0 {
        return None;
    }
    if is_cut {
        return Some(Fact::new(FactId::Coverage, "unknown", Unknown::CutHistory.to_string()));
    }
    let of = |sum: Sum| percent(nanos(sum.cost), total);
    let tier = |tier: Tier| of(attribution.by_tier.get(&tier).copied().unwrap_or_default());
    let mut unlinked = Sum::default();
    attribution.unlinked.values().for_each(|part| unlinked += *part);
    let parts: Vec<String> = Tier::ALL.into_iter().map(|one| format!("{} {}", one.title(), tier(one))).collect();
    let strong = calibration.scores.get(&Tier::Strong).filter(|_| calibration.is_enough());
    let trust = match strong {
        Some(score) => format!(
            "where git has a record, matching agrees with it for {} of the cost",
            percent(nanos(score.agreed), nanos(score.claimed).max(1))
        ),
        None => "not calibrated: too few records in git to check the matching".to_owned(),
    };
    let detail = format!("of cost traced to code: {} · no link {} · {trust}", parts.join(" · "), of(unlinked));
    Some(Fact::new(FactId::Coverage, of(attribution.linked(attribution.least)), detail))
}

/// The most expensive landings.
pub(super) fn section(units: &[UnitDoc]) -> Option<Section> {
    let shown = &units[..units.len().min(TOP)];
    let has_several = units.iter().any(|unit| unit.repo != units[0].repo);
    let hidden: Money = units[shown.len()..].iter().filter_map(|unit| unit.cost_usd).sum();
    let rest = (units.len() > shown.len()).then(|| {
        let count = grouped((units.len() - shown.len()) as u64);
        format!("and {count} more, {} together; all of them in --format json", dollars(hidden))
    });
    let (id, title) = (SectionId::Landings, "Most expensive merged changes".to_owned());
    (!units.is_empty()).then(|| Section { id, title, table: unit_table(shown, has_several), rest })
}

fn unit_table(units: &[UnitDoc], has_several: bool) -> Table {
    let largest = units.iter().filter_map(|unit| unit.cost_usd).max().map_or(1, |cost| cost.nanos().max(1));
    let rows = units.iter().map(|unit| {
        let per_line = unit.merged_lines.zip(unit.cost_usd).and_then(|(lines, cost)| Quantity::money_per(cost, lines));
        let per_line = match per_line {
            Some(Quantity::Money(money)) => Cell::figure(per_line, || format!("${}", money.to_fixed(2))),
            _ => Cell::Number(None),
        };
        let surest =
            unit.cost_by_tier_usd.iter().max_by_key(|(_, cost)| cost.unwrap_or_default().nanos()).map(|(word, _)| {
                let tier = Tier::ALL.into_iter().find(|tier| tier.word() == *word);
                tier.map_or(*word, Tier::title).to_owned()
            });
        let mille = unit.cost_usd.unwrap_or_default().nanos().max(0) * 1000 / largest;
        vec![
            Cell::text(name(unit, has_several)),
            Cell::Money(unit.cost_usd),
            Cell::Bar(u16::try_from(mille).unwrap_or(1000)),
            Cell::Money(Some(unit.cost_branch_only_usd)),
            Cell::Count(unit.merged_lines),
            per_line,
            Cell::count(unit.sessions),
            Cell::Text(surest),
        ]
    });
    let columns = columns(&[
        ("merged change", "landing"),
        ("cost", "cost_usd"),
        ("", ""),
        ("branch only", "cost_branch_only_usd"),
        ("lines", "merged_lines"),
        ("per line", "cost_per_line"),
        ("sessions", "sessions"),
        ("mostly by", "tier"),
    ]);
    Table { rows: rows.collect(), columns }
}

/// What a row is called: with its repository, where there are several.
fn name(unit: &UnitDoc, has_several: bool) -> String {
    let (repository, at) = if has_several { (owner_and_name(&unit.repo), "@") } else { ("", "") };
    match (&unit.landing, unit.pull_request, &unit.branch) {
        (Some(_), Some(number), _) => format!("{repository}#{number}"),
        (Some(id), None, _) => format!("{repository}{at}{}", id.chars().take(10).collect::<String>()),
        (None, _, Some(branch)) => format!("{repository}{at}{branch} (not merged)"),
        (None, _, None) => "unknown".to_owned(),
    }
}

/// Owner and name of a repository that is called by its remote; else its name.
fn owner_and_name(repository: &str) -> &str {
    repository.rmatch_indices('/').nth(1).map_or(repository, |(at, _)| &repository[at + 1..])
}

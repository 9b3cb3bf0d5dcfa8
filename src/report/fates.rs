//! Where each dollar went, for the audit: facts, the bar and the document's part.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::page::{Cell, Fact, FactId, Section, SectionId, Table, columns, dollars, nanos, percent};
use super::verdicts;
use crate::fate::{Class, ClassSums, FixedCode, Rule, Thresholds, Tone, Waterfall};
use crate::measure::Measured;
use crate::measure::fates::ClassRanges;
use crate::measure::fates_by::FateOf;
use crate::measure::sayable::Unknown;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::quantity::Quantity;

/// One class of the bar.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ClassDoc {
    /// The class.
    pub class: &'static str,
    /// What it says about the money: `avoidable` (a candidate for saving), `open` (not known, or not yet), `neutral`, `value`.
    pub tone: &'static str,
    /// Its cost.
    pub cost_usd: Money,
    /// Share of all spend.
    pub share_all: Option<Quantity>,
    /// Share of the settled spend; `null` for the open classes, and while too little can be judged.
    pub share_settled: Option<Quantity>,
    /// Lower end of the 95% range of `share_settled`, for which changes, branches and sessions are drawn as wholes; `null` under 20 of them.
    pub lo: Option<Quantity>,
    /// Upper end.
    pub hi: Option<Quantity>,
    /// How many the range draws: those with settled spend.
    pub n: u64,
    /// Its cost by the evidence that ties it to code: `explicit`, `strong`, `medium`, `weak`, or `none`. Where that is not traced to code,
    /// `medium` is known by the name of a branch only, and `none` is of other folders and sources.
    pub by_tier: BTreeMap<&'static str, Money>,
    /// Whether the inputs could show such spend; if not, it is counted in other classes.
    pub measured: bool,
}

/// One cell of the table behind the bar.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CellDoc {
    /// What it was for.
    pub purpose: &'static str,
    /// What became of it.
    pub fate: &'static str,
    /// Its cost.
    pub cost_usd: Money,
}

/// What the bar rests on.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FatesDoc {
    /// Cost of the period; the classes and the cells sum to it.
    pub total_usd: Money,
    /// Of that, what is neither open nor tied to no code.
    pub settled_usd: Money,
    /// Records without a price, which are in no class.
    pub unpriced_records: u64,
    /// Candidates for saving.
    pub avoidable_usd: Money,
    /// Of the churned spend, what fixes and rewrites then replaced.
    pub paired_usd: Money,
    /// Candidates for saving with each such accident counted once, at its larger side.
    pub net_avoidable_usd: Money,
    /// Landings old enough to be judged.
    pub judged_landings: u64,
    /// Days that work is watched before it is judged: a landing after it landed, other work after its last activity.
    pub horizon_days: i64,
    /// The same number: days without activity that make work that did not land abandoned.
    pub idle_days: i64,
    /// Spend of landings that answered a review, whatever its class; `null` without an export of reviews.
    pub review_response_usd: Option<Money>,
    /// Spend of work that `[labels]` marks as tried out on purpose and that did not land; it is counted as exploring.
    pub tried_out_usd: Money,
    /// Fixes that were judged, by whose lines they replaced.
    pub fixes: Vec<FixDoc>,
    /// The table.
    pub cells: Vec<CellDoc>,
    /// The day from which everything merged so far can be judged; `null` where nothing merged has spend.
    pub judged_from: Option<String>,
    /// What became of the spend of each week, month, model, vendor, repository, branch, session and team. The rows of each `by` sum to
    /// `total_usd`, and to the classes of `waterfall`.
    pub by: Vec<FateOfDoc>,
    /// The headline under other thresholds.
    pub sensitivity: Vec<SensitivityDoc>,
}

/// The spend of one class of one week, model or the like.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FateOfDoc {
    /// `week`, `month`, `model`, `vendor`, `repository` (or folder), `branch`, `session` or `team`.
    pub by: &'static str,
    /// Which one, as in `spend_by`; `null` is unknown. Teams too small to be shown are one.
    pub key: Option<String>,
    /// The class.
    pub class: &'static str,
    /// Its cost. A merged change's classes go to what was spent on it in proportion.
    pub cost_usd: Money,
}

impl From<&FateOf> for FateOfDoc {
    fn from(one: &FateOf) -> Self {
        Self { by: one.by, key: one.key.clone(), class: one.class.word(), cost_usd: one.cost }
    }
}

/// Fixes of one origin.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FixDoc {
    /// Whose lines they replaced: `assisted` (recent ones), `other` (or old ones), `unknown` (none whose birth was read).
    pub origin: &'static str,
    /// Landings.
    pub landings: u64,
    /// Their cost.
    pub cost_usd: Money,
    /// The same under strict thresholds …
    pub strict_usd: Money,
    /// … and under broad ones, which blame more.
    pub broad_usd: Money,
}

/// The headline under one set of thresholds.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SensitivityDoc {
    /// The set.
    pub thresholds: &'static str,
    /// What reached the product and lasted.
    pub product_usd: Money,
    /// Candidates for saving.
    pub avoidable_usd: Money,
    /// Its share of the settled spend; `null` while too little can be judged.
    pub avoidable_share_settled: Option<Quantity>,
    /// Fixing assisted code.
    pub ai_bug_fix_usd: Money,
    /// Rewriting recent assisted code, without what these thresholds take for a fix.
    pub rewrite_usd: Money,
}

/// The bar under the usual thresholds, and the others to compare it with.
#[derive(Debug)]
pub(super) struct Fates<'a> {
    usual: &'a Waterfall,
    by_tier: &'a BTreeMap<Option<Tier>, ClassSums>,
    by: &'a [FateOf],
    judged_from: Option<NaiveDate>,
    ranges: &'a ClassRanges,
    others: &'a [Waterfall],
    /// Why shares of the settled spend may not be said.
    unjudged: Option<Unknown>,
    /// Whether prompts were read.
    looked: bool,
    /// Whether reviews were read.
    reviewed: bool,
}

impl<'a> Fates<'a> {
    pub(super) fn new(measured: &'a Measured) -> Self {
        Self {
            usual: &measured.fates,
            by_tier: &measured.fates_by_tier,
            by: &measured.fates_by,
            judged_from: measured.judged_from,
            ranges: &measured.class_ranges,
            others: &measured.other_fates,
            unjudged: measured.unjudged(),
            looked: measured.off_task.is_some(),
            reviewed: measured.reviews.is_some(),
        }
    }

    fn is_measured(&self, class: Class) -> bool {
        class.needs().is_none()
            || class == Class::OffTask && self.looked
            || class == Class::ReviewResponse && self.reviewed
    }

    /// A share of the settled spend, where it may be said.
    fn of_settled(&self, part: Money, settled: Money) -> Option<Quantity> {
        Quantity::share(part, settled).filter(|_| self.unjudged.is_none())
    }

    pub(super) fn classes(&self) -> Vec<ClassDoc> {
        let (total, settled) = (self.usual.total, self.usual.known_fate());
        let class = |class: Class| {
            let cost = self.usual.class(class);
            ClassDoc {
                class: class.word(),
                tone: class.tone().word(),
                cost_usd: cost,
                share_all: Quantity::share(cost, total),
                share_settled: self.of_settled(cost, settled).filter(|_| class.tone() != Tone::Open),
                lo: self.range(class).map(|ends| ends.0),
                hi: self.range(class).map(|ends| ends.1),
                n: self.ranges.n,
                by_tier: self.tiers(class).map(|(tier, cost)| (tier_word(tier), cost)).collect(),
                measured: self.is_measured(class),
            }
        };
        Class::ALL.into_iter().map(class).collect()
    }

    /// The range of its share of the settled spend, where that may be said.
    fn range(&self, class: Class) -> Option<(Quantity, Quantity)> {
        self.ranges.ends.get(&class).copied().filter(|_| self.unjudged.is_none())
    }

    /// The cost of a class by the evidence behind it, without empty parts.
    fn tiers(&self, class: Class) -> impl Iterator<Item = (Option<Tier>, Money)> {
        let cost = move |tier: &Option<Tier>| self.by_tier.get(tier).map(|sums| sums.class(class)).unwrap_or_default();
        TIERS.into_iter().map(move |tier| (tier, cost(&tier))).filter(|(_, cost)| *cost != Money::ZERO)
    }

    pub(super) fn document(&self) -> FatesDoc {
        let usual = self.usual;
        let sensitivity = |one: &Waterfall| SensitivityDoc {
            thresholds: one.limits.name,
            product_usd: one.class(Class::Product),
            avoidable_usd: one.of_tone(Tone::Avoidable),
            avoidable_share_settled: self.of_settled(one.of_tone(Tone::Avoidable), one.known_fate()),
            ai_bug_fix_usd: one.class(Class::AiBugFix),
            rewrite_usd: one.class(Class::Rewrite),
        };
        let cells = usual.cells.iter().map(|((purpose, fate), cost)| CellDoc {
            purpose: purpose.word(),
            fate: fate.word(),
            cost_usd: *cost,
        });
        FatesDoc {
            total_usd: usual.total,
            settled_usd: usual.known_fate(),
            unpriced_records: usual.unpriced,
            avoidable_usd: usual.of_tone(Tone::Avoidable),
            paired_usd: usual.paired,
            net_avoidable_usd: usual.net_avoidable,
            judged_landings: usual.judged,
            horizon_days: usual.limits.horizon.num_days(),
            idle_days: usual.limits.horizon.num_days(),
            review_response_usd: self.reviewed.then_some(usual.answering),
            tried_out_usd: usual.tried_out,
            fixes: self.fixes(),
            cells: cells.collect(),
            judged_from: self.judged_from.map(|day| day.to_string()),
            by: self.by.iter().map(FateOfDoc::from).collect(),
            sensitivity: std::iter::once(usual).chain(self.others).map(sensitivity).collect(),
        }
    }

    /// Fixes by origin, with their range.
    fn fixes(&self) -> Vec<FixDoc> {
        let of = |one: &Waterfall, origin: FixedCode| one.fixes.get(&origin).copied().unwrap_or_default();
        let other = |name: &str, origin: FixedCode| {
            let found = self.others.iter().find(|one| one.limits.name == name);
            found.map_or(Money::ZERO, |one| of(one, origin).1)
        };
        let fix = |origin: FixedCode| {
            let (landings, cost) = of(self.usual, origin);
            FixDoc {
                origin: origin.word(),
                landings,
                cost_usd: cost,
                strict_usd: other(Thresholds::STRICT.name, origin),
                broad_usd: other(Thresholds::BROAD.name, origin),
            }
        };
        FixedCode::ALL.into_iter().map(fix).collect()
    }

    /// One line on fixes, where there are any.
    fn fixes_line(&self) -> Option<String> {
        let fixes = self.fixes();
        fixes.iter().any(|fix| fix.landings > 0 || fix.broad_usd > Money::ZERO).then(|| {
            let one = |fix: &FixDoc| {
                let all = [fix.cost_usd, fix.strict_usd, fix.broad_usd];
                let (least, most) =
                    all.iter().fold((all[0], all[0]), |(least, most), one| (least.min(*one), most.max(*one)));
                format!(
                    "{} {} ({} to {})",
                    fix.origin.replace("assisted", "AI-assisted"),
                    dollars(fix.cost_usd),
                    dollars(least),
                    dollars(most)
                )
            };
            let parts: Vec<String> = fixes.iter().map(one).collect();
            format!("Fixes by the code they replaced (in brackets, the range by thresholds): {}", parts.join(" · "))
        })
    }

    /// What it came to, on both bases.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let usual = self.usual;
        let (total, settled) = (nanos(usual.total), nanos(usual.known_fate()));
        if total == 0 {
            return Vec::new();
        }
        let product = nanos(usual.class(Class::Product));
        let avoidable = nanos(usual.of_tone(Tone::Avoidable));
        let open = percent(total - settled, total);
        if let Some(unknown) = self.unjudged {
            let detail = format!("{unknown} · {open} of the spend is not traced to code, or too recent to judge");
            return vec![Fact::new(FactId::Became, "unknown", detail)];
        }
        // The ends hold the point: all three sets of thresholds are in them.
        let ends: Vec<u64> = self
            .others
            .iter()
            .chain([usual])
            .map(|one| per_mille(nanos(one.of_tone(Tone::Avoidable)), nanos(one.known_fate())))
            .collect();
        let range = match (ends.iter().min(), ends.iter().max()) {
            (Some(least), Some(most)) if least < most => {
                format!(" ({} to {} under other thresholds)", percent(*least, 1000), percent(*most, 1000))
            }
            _ => String::new(),
        };
        let detail = format!(
            "of judged spend became code that lasted {} days ({} of all spend) · rework and dead ends {}{range}, {} with \
             replaced lines and their replacements counted once · {open} of all spend is not judged",
            usual.limits.horizon.num_days(),
            percent(product, total),
            percent(avoidable, settled),
            percent(nanos(usual.net_avoidable), settled),
        );
        vec![Fact::new(FactId::Became, percent(product, settled), detail)]
    }

    /// What is not traced to code, by what is known of it; sums to its class of the bar.
    pub(super) fn untraced_section(&self) -> Option<Section> {
        let mut reasons: BTreeMap<Rule, Money> = BTreeMap::new();
        let parts = self.usual.units.values().flat_map(|judged| &judged.parts);
        for (ruling, cost) in parts.filter(|(ruling, _)| ruling.class() == Class::Unattributed) {
            *reasons.entry(ruling.rule).or_default() += *cost;
        }
        let row = |(rule, cost): (&Rule, &Money)| {
            vec![Cell::text(rule.word()), Cell::Money(Some(*cost)), Cell::text(verdicts::about(*rule))]
        };
        (!reasons.is_empty()).then(|| Section {
            id: SectionId::Unlinked,
            title: "Not traced to code, by reason".to_owned(),
            table: Table {
                rows: reasons.iter().map(row).collect(),
                columns: columns(&[("reason", "reason"), ("cost", "cost_usd"), ("what it is", "meaning")]),
            },
            rest: None,
        })
    }

    /// The bar.
    pub(super) fn section(&self) -> Option<Section> {
        let usual = self.usual;
        let total = u64::try_from(usual.total.nanos()).ok().filter(|total| *total > 0)?;
        let settled = u64::try_from(usual.known_fate().nanos()).unwrap_or(0);
        let classes = self.classes().into_iter().filter(|class| class.cost_usd != Money::ZERO);
        let shown: Vec<(bool, BarRow)> = classes
            .flat_map(|class| class.rows().into_iter().map(move |row| (class.tone == Tone::Open.word(), row)))
            .collect();
        let largest = shown.iter().map(|(_, row)| row.cost.nanos()).max().unwrap_or(0).max(1);
        let rows = shown.into_iter().map(|(is_open, BarRow { title, outcome, cost })| {
            let part = u64::try_from(cost.nanos()).unwrap_or(0);
            let is_known = !is_open && settled > 0 && self.unjudged.is_none();
            vec![
                Cell::text(title),
                Cell::Money(Some(cost)),
                Cell::Bar(u16::try_from(cost.nanos().max(0) * 1000 / largest).unwrap_or(1000)),
                Cell::percent(part, total),
                if is_known { Cell::percent(part, settled) } else { Cell::Number(None) },
                Cell::text(outcome),
            ]
        });
        let columns = columns(&[
            ("class", "class"),
            ("cost", "cost_usd"),
            ("", ""),
            ("of all", "share_all"),
            ("of judged", "share_settled"),
            ("", "tone"),
        ]);
        let unmeasured: Vec<&str> =
            Class::ALL.into_iter().filter(|class| !self.is_measured(*class)).map(Class::title).collect();
        let paired = match usual.paired {
            Money::ZERO => String::new(),
            paired => {
                format!("The fixes and rewrites above replaced {} of the work that did not last. ", dollars(paired))
            }
        };
        let unmeasured = match unmeasured.as_slice() {
            [] => String::new(),
            some => format!("not measured: {}", some.join(", ")),
        };
        let needs: Vec<&str> =
            Class::ALL.into_iter().filter(|class| !self.is_measured(*class)).filter_map(Class::brings).collect();
        let needs = if needs.is_empty() { String::new() } else { format!(" ({})", needs.join("; ")) };
        let lines = [
            Some(format!("{paired}{unmeasured}{needs}").trim_end().to_owned()).filter(|line| !line.is_empty()),
            self.fixes_line(),
        ];
        let rest: Vec<String> = lines.into_iter().flatten().collect();
        Some(Section {
            id: SectionId::Waterfall,
            title: "Where each $1 went".to_owned(),
            table: Table { rows: rows.collect(), columns },
            rest: (!rest.is_empty()).then(|| rest.join("\n")),
        })
    }
}

/// A row of the bar, for people.
pub(super) struct BarRow {
    /// What the money went to.
    pub(super) title: &'static str,
    /// What that says about it.
    pub(super) outcome: &'static str,
    /// Its cost.
    pub(super) cost: Money,
}

impl ClassDoc {
    /// Its rows: what is not traced to code has one for each thing that is known of it.
    pub(super) fn rows(&self) -> Vec<BarRow> {
        let Some(class) = Class::ALL.into_iter().find(|class| class.word() == self.class) else { return Vec::new() };
        if class != Class::Unattributed || self.by_tier.is_empty() {
            return vec![BarRow { title: class.title(), outcome: class.tone().title(), cost: self.cost_usd }];
        }
        let cost = |tier: &Option<Tier>| self.by_tier.get(tier_word(*tier)).copied();
        let row = |tier| Some(BarRow { title: untraced(tier), outcome: class.title(), cost: cost(&tier)? });
        TIERS.into_iter().filter_map(row).collect()
    }
}

/// The kinds of evidence, the surest first, and none.
const TIERS: [Option<Tier>; 5] = [Some(Tier::Explicit), Some(Tier::Strong), Some(Tier::Medium), Some(Tier::Weak), None];

fn tier_word(tier: Option<Tier>) -> &'static str {
    tier.map_or("none", Tier::word)
}

/// What is known of spend that is not traced to code.
fn untraced(tier: Option<Tier>) -> &'static str {
    match tier {
        Some(Tier::Explicit | Tier::Strong) => "known by matching only",
        Some(Tier::Medium) => "known by branch name only",
        Some(Tier::Weak) => "known by the time only",
        None => "other folders and sources",
    }
}

/// A share in thousandths, rounded to the nearest.
fn per_mille(part: u64, whole: u64) -> u64 {
    let whole = u128::from(whole.max(1));
    u64::try_from((u128::from(part) * 1000 + whole / 2) / whole).unwrap_or(1000)
}

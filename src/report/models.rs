//! Which model did which work, as the document, the page and the tables show it.

use serde::Serialize;

use super::page::{Cell, Section, SectionId, Table, columns, columns_with_spare, dollars, grouped, many, nanos};
use crate::measure::models::{Comparison, LEAST_CHANGES, ModelUse, Models, Verdict};
use crate::model::money::Money;
use crate::model::prompt::WorkType;
use crate::model::quantity::Quantity;

/// Rows of the page; the document has them all.
const TOP: usize = 12;
/// Comparisons that the page has a sentence for.
const SENTENCES: usize = 6;

/// Models by type of work, and whether a cheaper one did as well.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ModelsDoc {
    /// By type of work and model, the most expensive first.
    pub rows: Vec<ModelUseDoc>,
    /// Pairs of models that worked on comparable changes: one type of work, the same repository, about the same size.
    pub comparisons: Vec<ComparisonOfModelsDoc>,
    /// Merged changes of which no model has more than two thirds of the cost; they are in no row.
    pub mixed_changes: u64,
    /// Their cost.
    pub mixed_cost_usd: Money,
}

/// Merged changes of one type of work that one model has more than two thirds of the cost of. Under five changes figures of one are
/// `null`, under 20 their ranges.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ModelUseDoc {
    /// The type of work; `null` is unknown.
    pub work_type: Option<&'static str>,
    /// The model.
    pub model: String,
    /// Merged changes.
    pub changes: u64,
    /// What they cost.
    pub cost_usd: Money,
    /// What one costs, …
    pub cost_per_change_usd: Option<Quantity>,
    /// … at least, with 95% …
    pub cost_per_change_lo: Option<Quantity>,
    /// … and at most.
    pub cost_per_change_hi: Option<Quantity>,
    /// Changes that are old enough to judge.
    pub judged_changes: u64,
    /// Lines that count which these brought.
    pub lines: u64,
    /// Of these, lines that were replaced or taken back within 30 days.
    pub lost_lines: u64,
    /// `lost_lines` over `lines`, …
    pub lost_share: Option<Quantity>,
    /// … at least, with 95% …
    pub lost_share_lo: Option<Quantity>,
    /// … and at most.
    pub lost_share_hi: Option<Quantity>,
    /// What the changes that can be judged cost for each line that lasted.
    pub cost_per_lasting_line_usd: Option<Quantity>,
    /// Spend on trying the same again: failing calls, prompts sent again.
    pub retries_usd: Money,
    /// Its share of the cost.
    pub retries_share: Option<Quantity>,
}

/// A dear model and a cheaper one on comparable changes.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ComparisonOfModelsDoc {
    /// The type of work.
    pub work_type: &'static str,
    /// The model whose changes cost more.
    pub model: String,
    /// Its comparable changes.
    pub changes: u64,
    /// What they cost.
    pub cost_usd: Money,
    /// The cheaper model.
    pub cheaper_model: String,
    /// Its comparable changes.
    pub cheaper_changes: u64,
    /// How much larger its share of lost lines is, in the same strata; `null` with too few changes.
    pub more_lost: Option<Quantity>,
    /// The least of it, with 95% …
    pub more_lost_lo: Option<Quantity>,
    /// … and the most.
    pub more_lost_hi: Option<Quantity>,
    /// `no_worse` (at most five points more lost lines), `worse`, or `no_evidence`.
    pub verdict: &'static str,
    /// What would have been saved at most, had the cheaper model made the changes at the cost of its own; `null` unless `no_worse`.
    pub save_most_usd: Option<Money>,
}

impl From<&Models> for ModelsDoc {
    fn from(all: &Models) -> Self {
        Self {
            rows: all.uses.iter().map(ModelUseDoc::from).collect(),
            comparisons: all.comparisons.iter().map(ComparisonOfModelsDoc::from).collect(),
            mixed_changes: all.mixed.0,
            mixed_cost_usd: all.mixed.1,
        }
    }
}

impl From<&ModelUse> for ModelUseDoc {
    fn from(one: &ModelUse) -> Self {
        let (are_some, may_judge) = (one.changes >= LEAST_CHANGES, one.judged >= LEAST_CHANGES);
        let ends = |range: Option<(Quantity, Quantity)>| (range.map(|ends| ends.0), range.map(|ends| ends.1));
        let ((cost_lo, cost_hi), (lost_lo, lost_hi)) = (ends(one.cost_range), ends(one.lost_range));
        Self {
            work_type: one.kind.map(WorkType::word),
            model: one.model.clone(),
            changes: one.changes,
            cost_usd: one.cost,
            cost_per_change_usd: Quantity::money_per(one.cost, one.changes).filter(|_| are_some),
            cost_per_change_lo: cost_lo,
            cost_per_change_hi: cost_hi,
            judged_changes: one.judged,
            lines: one.lines,
            lost_lines: one.lost,
            lost_share: Quantity::ratio(one.lost, one.lines).filter(|_| may_judge),
            lost_share_lo: lost_lo,
            lost_share_hi: lost_hi,
            cost_per_lasting_line_usd: Quantity::money_per(one.judged_cost, one.lines - one.lost).filter(|_| may_judge),
            retries_usd: one.retries,
            retries_share: Quantity::share(one.retries, one.cost),
        }
    }
}

impl From<&Comparison> for ComparisonOfModelsDoc {
    fn from(one: &Comparison) -> Self {
        let of = |at: usize| one.difference.map(|all| all[at]);
        Self {
            work_type: one.kind.word(),
            model: one.models.0.clone(),
            changes: one.changes.0,
            cost_usd: one.cost,
            cheaper_model: one.models.1.clone(),
            cheaper_changes: one.changes.1,
            more_lost: of(0),
            more_lost_lo: of(1),
            more_lost_hi: of(2),
            verdict: one.verdict.word(),
            save_most_usd: Some(one.save_most).filter(|_| one.verdict == Verdict::NoWorse),
        }
    }
}

impl ModelsDoc {
    /// The table of the page; `None` if no model made enough changes of one type.
    pub(super) fn section(&self, all: &Models) -> Option<Section> {
        let shown: Vec<&ModelUseDoc> = self.rows.iter().filter(|row| row.changes >= LEAST_CHANGES).collect();
        if shown.is_empty() {
            return None;
        }
        let mut rest = sentences(&all.comparisons);
        let (few, cost) = self.left_out(&shown[..shown.len().min(TOP)]);
        if few > 0 {
            rest.push(format!(
                "{} of models with fewer in their work, or of several models, cost {}.",
                many(few, "change"),
                dollars(cost)
            ));
        }
        let titles = [
            ("work", "work_type"),
            ("model", "model"),
            ("changes", "changes"),
            ("cost of one", "cost_per_change_usd"),
            ("lost in 30 days", "lost_share"),
            ("a lasting line", "cost_per_lasting_line_usd"),
            ("retries", "retries_share"),
        ];
        let rows = shown.iter().take(TOP).map(|row| {
            vec![
                Cell::text(row.work_type.unwrap_or("not known")),
                Cell::text(row.model.clone()),
                Cell::count(row.changes),
                money(row.cost_per_change_usd),
                row.lost_share.map_or(Cell::Number(None), |_| Cell::percent(row.lost_lines, row.lines)),
                money(row.cost_per_lasting_line_usd),
                Cell::percent(nanos(row.retries_usd), nanos(row.cost_usd)),
            ]
        });
        let table = Table { rows: rows.collect(), columns: columns_with_spare(&titles, &["retries_share"]) };
        let title = "Which model for which work".to_owned();
        Some(Section { id: SectionId::Models, title, table, rest: Some(rest.join("\n")) })
    }

    /// Changes that are in no row of the page, and their cost.
    fn left_out(&self, shown: &[&ModelUseDoc]) -> (u64, Money) {
        let all = |rows: &mut dyn Iterator<Item = &ModelUseDoc>| {
            rows.fold((0, Money::ZERO), |(changes, cost), row| (changes + row.changes, cost + row.cost_usd))
        };
        let (whole, part) = (all(&mut self.rows.iter()), all(&mut shown.iter().copied()));
        (self.mixed_changes + whole.0 - part.0, self.mixed_cost_usd + whole.1 - part.1)
    }
}

fn money(value: Option<Quantity>) -> Cell {
    Cell::figure(value, || match value {
        Some(Quantity::Money(money)) => dollars(money),
        _ => String::new(),
    })
}

/// What the comparisons say, those with evidence first.
fn sentences(all: &[Comparison]) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    let with_evidence = all.iter().filter(|one| one.verdict != Verdict::NoEvidence);
    said.extend(with_evidence.take(SENTENCES).filter_map(sentence));
    let without = all.iter().filter(|one| one.verdict == Verdict::NoEvidence).count() as u64;
    if all.is_empty() {
        said.push(
            "No evidence that a cheaper model would do: no two models made changes of one type, in one repository, of about the same size."
                .to_owned(),
        );
    } else if without > 0 {
        said.push(format!(
            "No evidence either way for {} of models: too few comparable changes, or a range too wide.",
            many(without, "pair")
        ));
    }
    if !all.is_empty() {
        said.push(
            "Compared are changes of one type, in one repository, of about the same size. Who gives which work to which model is no accident: \
             this is no proof."
                .to_owned(),
        );
    }
    said
}

fn sentence(one: &Comparison) -> Option<String> {
    let [middle, low, high] = one.difference?;
    let points = |share: Quantity| format!("{:.0}", share.as_f64() * 100.0).replace("-0", "0");
    let (dear, cheap) = &one.models;
    let on = format!("on {} and {} comparable changes", grouped(one.changes.0), grouped(one.changes.1));
    let lost = match points(middle).strip_prefix('-') {
        Some(fewer) => format!("it lost {fewer} fewer of 100 lines ({} to {} more)", points(low), points(high)),
        None => format!("it lost {} more of 100 lines ({} to {})", points(middle), points(low), points(high)),
    };
    Some(match one.verdict {
        Verdict::NoWorse => format!(
            "{}: {cheap} did no worse than {dear} {on}: {lost}. Giving it that work would have saved at most {}.",
            one.kind.word(),
            dollars(one.save_most)
        ),
        Verdict::Worse => format!("{}: {cheap} did worse than {dear} {on}: {lost}.", one.kind.word()),
        Verdict::NoEvidence => return None,
    })
}

/// Every row, for programs.
pub(super) fn table(all: Option<&ModelsDoc>) -> Table {
    let names = [
        "work_type",
        "model",
        "changes",
        "cost_usd",
        "cost_per_change_usd",
        "cost_per_change_lo",
        "cost_per_change_hi",
        "judged_changes",
        "lines",
        "lost_lines",
        "lost_share",
        "lost_share_lo",
        "lost_share_hi",
        "cost_per_lasting_line_usd",
        "retries_usd",
        "retries_share",
    ];
    let number = |value: Option<Quantity>| match value {
        Some(Quantity::Money(money)) => Cell::Money(Some(money)),
        value => Cell::Number(value.map(|value| value.as_f64().to_string())),
    };
    let row = |row: &ModelUseDoc| {
        vec![
            Cell::Text(row.work_type.map(str::to_owned)),
            Cell::text(row.model.clone()),
            Cell::count(row.changes),
            Cell::Money(Some(row.cost_usd)),
            number(row.cost_per_change_usd),
            number(row.cost_per_change_lo),
            number(row.cost_per_change_hi),
            Cell::count(row.judged_changes),
            Cell::count(row.lines),
            Cell::count(row.lost_lines),
            number(row.lost_share),
            number(row.lost_share_lo),
            number(row.lost_share_hi),
            number(row.cost_per_lasting_line_usd),
            Cell::Money(Some(row.retries_usd)),
            number(row.retries_share),
        ]
    };
    let rows = all.map_or(&[][..], |all| all.rows.as_slice()).iter().map(row).collect();
    Table { columns: columns(&names.map(|name| (name, name))), rows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::interval::ratio;

    fn comparison(verdict: Verdict) -> Comparison {
        Comparison {
            kind: WorkType::Bugfix,
            models: ("opus".to_owned(), "haiku".to_owned()),
            changes: (40, 21),
            cost: Money::ZERO,
            difference: Some([0.012, -0.004, 0.03].map(ratio)),
            verdict,
            save_most: Money::from_nanos(12_000_000_000),
        }
    }

    #[test]
    fn each_verdict_has_its_sentence() {
        let first = |all: &[Verdict]| {
            let all: Vec<Comparison> = all.iter().map(|verdict| comparison(*verdict)).collect();
            sentences(&all).remove(0)
        };
        assert_eq!(
            first(&[Verdict::NoEvidence, Verdict::NoWorse]),
            "bugfix: haiku did no worse than opus on 40 and 21 comparable changes: it lost 1 more of 100 lines (0 to 3). Giving it that work \
             would have saved at most $12.00."
        );
        assert!(first(&[Verdict::Worse]).starts_with("bugfix: haiku did worse than opus on 40"));
        assert_eq!(
            first(&[Verdict::NoEvidence]),
            "No evidence either way for 1 pair of models: too few comparable changes, or a range too wide."
        );
        assert!(first(&[]).starts_with("No evidence that a cheaper model would do"));
    }
}

//! Who is charged for what: spend by cost centre or team, by vendor and by month.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::ledger::{GroupKey, Spend};
use crate::measure::material::Run;

/// By what a charge found its payer. In this order: a record with a cost centre is charged to it, whatever its team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Payer {
    /// A cost centre.
    CostCenter,
    /// A team.
    Team,
    /// Several that are too small to be shown alone.
    Others,
    /// Nothing says who pays, or a single one that is too small to be shown.
    Unassigned,
}

impl Payer {
    /// The name in machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CostCenter => "cost_center",
            Self::Team => "team",
            Self::Others => "others",
            Self::Unassigned => "unassigned",
        }
    }
}

/// What one payer is charged for one vendor and month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The calendar month.
    pub month: String,
    /// By what the payer is known.
    pub payer: Payer,
    /// The payer; `unassigned` where nothing names one.
    pub charged_to: String,
    /// Who is paid; `None` where no source says.
    pub vendor: Option<String>,
    /// The sums.
    pub spend: Spend,
}

/// Every charge of a period: they sum to its spend.
#[derive(Debug, Default)]
pub struct Chargeback {
    /// By month, payer and vendor.
    pub charges: Vec<Charge>,
    /// People that a team or a cost centre needs to be shown alone.
    pub min_people: u64,
}

impl Chargeback {
    /// Sums the period of a run. The ledger joins teams and cost centres that are too small to be shown.
    ///
    /// # Errors
    /// When groups of the ledger do not sum to its total.
    pub fn new(run: &Run) -> Result<Self> {
        let keys = [GroupKey::Month, GroupKey::CostCenter, GroupKey::Team, GroupKey::Vendor];
        let mut charges: BTreeMap<_, Spend> = BTreeMap::new();
        for group in run.ledger.group(&keys, &run.period)? {
            let Ok([month, cost_center, team, vendor]) = <[_; 4]>::try_from(group.key) else { continue };
            let (payer, charged_to) = match (cost_center, team) {
                // Alone, the others would be one small team.
                (Some(_), _) if group.joined == 1 => (Payer::Unassigned, Payer::Unassigned.word().to_owned()),
                (Some(others), _) if group.joined > 1 => (Payer::Others, others),
                (Some(cost_center), _) => (Payer::CostCenter, cost_center),
                (None, Some(team)) => (Payer::Team, team),
                (None, None) => (Payer::Unassigned, Payer::Unassigned.word().to_owned()),
            };
            *charges.entry((month.unwrap_or_default(), payer, charged_to, vendor)).or_default() += group.spend;
        }
        let charges = charges.into_iter().map(|((month, payer, charged_to, vendor), spend)| Charge {
            month,
            payer,
            charged_to,
            vendor,
            spend,
        });
        Ok(Self { charges: charges.collect(), min_people: run.ledger.min_people() })
    }

    /// Whether anything says who pays.
    #[must_use]
    pub fn names_payers(&self) -> bool {
        self.charges.iter().any(|charge| charge.payer != Payer::Unassigned)
    }
}

//! Where each dollar went, under the usual thresholds and under others to compare with.

use crate::error::{Error, Result};
use crate::fate::{FateInput, Thresholds, Waterfall};
use crate::ledger::Spend;
use crate::measure::material::Material;
use crate::sessions::off_task::OffTask;

/// The sets of thresholds beside the usual one.
const OTHERS: [Thresholds; 2] = [Thresholds::STRICT, Thresholds::BROAD];

/// The spend of development by what became of it.
#[derive(Debug)]
pub struct Fates {
    /// Under the usual thresholds.
    pub usual: Waterfall,
    /// Under stricter and broader ones; empty without a repository.
    pub others: Vec<Waterfall>,
}

impl Fates {
    /// Judges the spend of development.
    ///
    /// # Errors
    /// When the fates do not sum to the ledger.
    pub fn judge(material: &Material, development: &Spend) -> Result<Self> {
        let cost = development.cost.unwrap_or_default();
        let Some(linking) = &material.links else {
            let usual = Waterfall::unattributed(cost, development.unpriced_records);
            return Ok(Self { usual, others: Vec::new() });
        };
        let likely = material.off_task.as_ref().map(OffTask::likely);
        let input = FateInput {
            links: &linking.links,
            histories: &material.run.histories,
            period: &material.run.period,
            least: linking.least,
            off_task: likely.as_ref(),
            reviewed: &material.reviewed,
            as_of: material.run.as_of,
        };
        let usual = Waterfall::compute(&input, Thresholds::DEFAULT)?;
        if usual.total != cost {
            let message = format!("fates: they sum to {:?}, the ledger to {cost:?}", usual.total);
            return Err(Error::Unreconciled { message });
        }
        let others = OTHERS.into_iter().map(|limits| Waterfall::compute(&input, limits)).collect::<Result<_>>()?;
        Ok(Self { usual, others })
    }
}

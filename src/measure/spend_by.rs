//! Spend by each key of a report.

use crate::error::Result;
use crate::ledger::{Group, GroupKey};
use crate::measure::material::Run;

/// The keys that a report groups spend by, in the order of its tables.
pub const SPEND_KEYS: [GroupKey; 8] = [
    GroupKey::Model,
    GroupKey::Vendor,
    GroupKey::Project,
    GroupKey::Day,
    GroupKey::Branch,
    GroupKey::Session,
    GroupKey::Team,
    GroupKey::CostCenter,
];
/// With more days than this, spend is summed by week as well.
const MAX_DAYS: usize = 31;

/// Spend by each key of a report.
#[derive(Debug)]
pub struct SpendBy {
    /// The groups of each key of [`SPEND_KEYS`], in its order.
    pub keys: Vec<(GroupKey, Vec<Group>)>,
    /// The weeks, where there are too many days to read.
    pub weeks: Option<Vec<Group>>,
}

impl SpendBy {
    /// Groups the spend of the period of a run.
    ///
    /// # Errors
    /// When groups of the ledger do not sum to its total.
    pub fn new(run: &Run) -> Result<Self> {
        let group = |key: GroupKey| run.ledger.group(&[key], &run.period);
        let keys: Vec<(GroupKey, Vec<Group>)> =
            SPEND_KEYS.into_iter().map(|key| Ok((key, group(key)?))).collect::<Result<_>>()?;
        let many_days = keys.iter().any(|(key, groups)| *key == GroupKey::Day && groups.len() > MAX_DAYS);
        let weeks = many_days.then(|| group(GroupKey::Week)).transpose()?;
        Ok(Self { keys, weeks })
    }
}

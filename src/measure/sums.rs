//! The spend of a period, whole and by scope.

use crate::error::Result;
use crate::ledger::{APPLICATION, DEVELOPMENT, GroupKey, Spend};
use crate::measure::material::Run;

/// The spend of a period, whole and by scope.
#[derive(Debug)]
pub struct Sums {
    /// All of it.
    pub spend: Spend,
    /// Of it, the spend of development.
    pub development: Spend,
    /// Of it, that of application traffic.
    pub application: Spend,
}

impl Sums {
    /// Sums the period of a run.
    ///
    /// # Errors
    /// When groups of the ledger do not sum to its total.
    pub fn new(run: &Run) -> Result<Self> {
        let spend = run.ledger.total(&run.period)?;
        let mut scopes = run.ledger.group(&[GroupKey::Scope], &run.period)?;
        let mut of_scope = |name: &str| {
            let at = scopes.iter().position(|group| group.key[0].as_deref() == Some(name));
            at.map(|at| scopes.swap_remove(at).spend).unwrap_or_default()
        };
        let (development, application) = (of_scope(DEVELOPMENT), of_scope(APPLICATION));
        Ok(Self { spend, development, application })
    }
}

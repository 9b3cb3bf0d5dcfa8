//! How many prompts and edits each session has.

use std::collections::HashMap;

use crate::model::activity::{Event, What};
use crate::model::name::Name;
use crate::model::period::Period;

/// What one session did, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Prompts that people wrote.
    pub prompts: u64,
    /// Edits of files.
    pub edits: u64,
}

/// The counts of each session with events in a period.
#[must_use]
pub fn count(events: &[Event], period: &Period) -> HashMap<Name, Counts> {
    let mut found: HashMap<Name, Counts> = HashMap::new();
    for event in events.iter().filter(|event| period.contains(event.at)) {
        let Some(session) = event.session else { continue };
        let counts = found.entry(session).or_default();
        match event.what {
            What::Prompt { .. } => counts.prompts += 1,
            What::Edit { .. } => counts.edits += 1,
            _ => {}
        }
    }
    found
}

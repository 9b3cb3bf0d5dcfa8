//! Working directories of sessions whose records name none, because another file of the session has it.

use std::collections::HashMap;

use super::name::{Name, NameMap, Names};
use super::usage::UsageRecord;

/// What files say of the folders of sessions.
#[derive(Debug, Default)]
pub struct SessionFolders {
    /// The format of the records, the session, the folder.
    found: Vec<(&'static str, Name, Name)>,
}

impl SessionFolders {
    /// Notes the folder of a session of a format.
    pub fn note(&mut self, format: &'static str, session: Name, folder: Name) {
        let new = (format, session, folder);
        if self.found.last() != Some(&new) {
            self.found.push(new);
        }
    }

    /// Adds what another file says, and maps its names.
    pub fn merge(&mut self, other: Self, map: &NameMap) {
        let mapped =
            other.found.into_iter().map(|(format, session, folder)| (format, map.get(session), map.get(folder)));
        self.found.extend(mapped);
    }

    /// Fills in the folder of records without one; of several the first by its text.
    pub fn fill(self, records: &mut [UsageRecord], names: &Names) {
        if self.found.is_empty() {
            return;
        }
        let mut known: HashMap<(&str, Name), Name> = HashMap::new();
        for (format, session, folder) in self.found {
            let first = known.entry((format, session)).or_insert(folder);
            if names.text(folder) < names.text(*first) {
                *first = folder;
            }
        }
        for record in records.iter_mut().filter(|record| record.cwd.is_none()) {
            record.cwd = record.session.and_then(|session| known.get(&(record.source, session)).copied());
        }
    }
}

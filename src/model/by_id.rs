//! An index from record ids to locations in a table.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasherDefault;

use super::hash::IdHasher;
use super::usage::RecordId;

/// Maps record ids to locations, with eight bytes a key instead of sixteen.
///
/// The key is the lower half of the id. If two ids share it, the later one takes the next free key, so callers say which
/// id is at a location.
#[derive(Debug)]
pub(super) struct IdIndex<L>(HashMap<u64, L, BuildHasherDefault<IdHasher>>);

impl<L> Default for IdIndex<L> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<L: Copy> IdIndex<L> {
    /// The location and the key of an id that is in the index; otherwise adds the id with the location `new`.
    pub(super) fn get_or_insert(&mut self, id: RecordId, new: L, id_at: impl Fn(L) -> RecordId) -> Option<(L, u64)> {
        let [_, mut key] = id.halves();
        loop {
            match self.0.entry(key) {
                Entry::Occupied(known) if id_at(*known.get()) == id => return Some((*known.get(), key)),
                Entry::Occupied(_) => key = key.wrapping_add(1),
                Entry::Vacant(free) => {
                    free.insert(new);
                    return None;
                }
            }
        }
    }

    /// The location of an id.
    pub(super) fn get(&self, id: RecordId, id_at: impl Fn(L) -> RecordId) -> Option<L> {
        let [_, mut key] = id.halves();
        loop {
            let known = *self.0.get(&key)?;
            if id_at(known) == id {
                return Some(known);
            }
            key = key.wrapping_add(1);
        }
    }

    /// Changes the location of a key.
    pub(super) fn relocate(&mut self, key: u64, location: L) {
        self.0.insert(key, location);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_share_one_half_are_different_keys() {
        let ids = [7, 7 | 1 << 64, 8, 7 | 2 << 64, 7 << 64].map(RecordId);
        let id_at = |location: usize| ids[location];
        let mut index = IdIndex::default();
        for (at, id) in ids.into_iter().enumerate() {
            assert_eq!(index.get_or_insert(id, at, id_at), None, "{id}");
        }
        for (at, id) in ids.into_iter().enumerate() {
            assert_eq!(index.get_or_insert(id, 99, id_at).map(|(location, _)| location), Some(at), "{id}");
        }
        assert_eq!(ids.map(|id| index.get(id, id_at)), [0, 1, 2, 3, 4].map(Some));
        assert_eq!(index.get(RecordId(9), |_| RecordId(7)), None);
        // A relocated id keeps its key.
        let (_, key) = index.get_or_insert(ids[1], 99, id_at).expect("it is known");
        index.relocate(key, 5);
        let moved_at = |location: usize| if location == 5 { ids[1] } else { ids[location] };
        assert_eq!(index.get_or_insert(ids[1], 99, moved_at), Some((5, key)));
    }
}

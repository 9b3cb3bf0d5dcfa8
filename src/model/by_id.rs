//! Where what is known by record id lies.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasherDefault;

use super::usage::{IdHasher, RecordId};

/// The places of ids in a table beside this one, sixteen bytes each.
///
/// A place stands under the lower half of its id; of two ids with one half the later stands under the next free number, so
/// whoever asks says which id a place holds.
#[derive(Debug, Default)]
pub(super) struct Places(HashMap<u64, usize, BuildHasherDefault<IdHasher>>);

impl Places {
    /// The place of an id that is known; else notes that it lies at `new`.
    pub(super) fn known_or(
        &mut self,
        id: RecordId,
        new: usize,
        id_at: impl Fn(usize) -> RecordId,
    ) -> Option<&mut usize> {
        let [_, mut half] = id.halves();
        while self.0.get(&half).is_some_and(|place| id_at(*place) != id) {
            half = half.wrapping_add(1);
        }
        match self.0.entry(half) {
            Entry::Occupied(place) => Some(place.into_mut()),
            Entry::Vacant(free) => {
                free.insert(new);
                None
            }
        }
    }

    /// Whether an id is known.
    pub(super) fn has(&self, id: RecordId, id_at: impl Fn(usize) -> RecordId) -> bool {
        let [_, half] = id.halves();
        let mut places = (0..).map_while(|step| self.0.get(&half.wrapping_add(step)));
        places.any(|place| id_at(*place) == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_differ_in_one_half_alone_are_told_apart() {
        let ids = [7, 7 | 1 << 64, 8, 7 | 2 << 64, 7 << 64].map(RecordId);
        let id_at = |place: usize| ids[place];
        let mut places = Places::default();
        for (at, id) in ids.into_iter().enumerate() {
            assert!(!places.has(id, id_at), "{id}");
            assert_eq!(places.known_or(id, at, id_at), None, "{id}");
        }
        for (at, id) in ids.into_iter().enumerate() {
            assert!(places.has(id, id_at), "{id}");
            assert_eq!(places.known_or(id, 99, id_at).map(|place| *place), Some(at), "{id}");
        }
    }
}

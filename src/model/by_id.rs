//! Where what is known by record id lies.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasherDefault;

use super::usage::{IdHasher, RecordId};

/// The places of ids in a table beside this one, eight bytes each beside the place.
///
/// A place stands under the lower half of its id; of two ids with one half the later stands under the next free number, so
/// whoever asks says which id a place holds.
#[derive(Debug)]
pub(super) struct Places<P>(HashMap<u64, P, BuildHasherDefault<IdHasher>>);

impl<P> Default for Places<P> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<P: Copy> Places<P> {
    /// The place of an id that is known, with the number that it stands under; else notes that it lies at `new`.
    pub(super) fn known_or(&mut self, id: RecordId, new: P, id_at: impl Fn(P) -> RecordId) -> Option<(P, u64)> {
        let [_, mut half] = id.halves();
        loop {
            match self.0.entry(half) {
                Entry::Occupied(place) if id_at(*place.get()) == id => return Some((*place.get(), half)),
                Entry::Occupied(_) => half = half.wrapping_add(1),
                Entry::Vacant(free) => {
                    free.insert(new);
                    return None;
                }
            }
        }
    }

    /// Notes that what stands under a number lies elsewhere now.
    pub(super) fn moved(&mut self, number: u64, place: P) {
        self.0.insert(number, place);
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
            assert_eq!(places.known_or(id, at, id_at), None, "{id}");
        }
        for (at, id) in ids.into_iter().enumerate() {
            assert_eq!(places.known_or(id, 99, id_at).map(|(place, _)| place), Some(at), "{id}");
        }
        // What stood at a place stands at another one then, under the number that it was known by.
        let (_, number) = places.known_or(ids[1], 99, id_at).expect("it is known");
        places.moved(number, 5);
        let moved_at = |place: usize| if place == 5 { ids[1] } else { ids[place] };
        assert_eq!(places.known_or(ids[1], 99, moved_at), Some((5, number)));
    }
}

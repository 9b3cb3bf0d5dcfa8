//! Decoded objects of one thread, up to a limit in bytes.

use std::collections::{HashMap, VecDeque};

use super::{Object, Place};

/// The number of a pack and an offset in it.
type Key = (usize, u64);

/// Forgets what was read longest ago, unless it was used since: the bases of many deltas stay.
///
/// Packs store versions of a path as differences, newest first, so reading newest to oldest finds the base of the
/// next version here.
pub(super) struct Cache {
    entries: HashMap<Key, Entry>,
    order: VecDeque<Key>,
    bytes: usize,
    limit: usize,
}

struct Entry {
    object: Object,
    used: bool,
}

impl Cache {
    pub(super) fn new(limit: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), bytes: 0, limit }
    }

    pub(super) fn get(&mut self, place: Place) -> Option<Object> {
        let entry = self.entries.get_mut(&(place.pack, place.offset))?;
        entry.used = true;
        Some(entry.object.clone())
    }

    pub(super) fn put(&mut self, place: Place, object: &Object) {
        let key = (place.pack, place.offset);
        let size = object.data.capacity();
        // One huge object must not empty the cache.
        if size > self.limit / 4 || self.entries.contains_key(&key) {
            return;
        }
        while self.bytes + size > self.limit {
            let Some(oldest) = self.order.pop_front() else { break };
            match self.entries.get_mut(&oldest) {
                Some(entry) if entry.used => {
                    entry.used = false;
                    self.order.push_back(oldest);
                }
                Some(entry) => {
                    self.bytes -= entry.object.data.capacity();
                    self.entries.remove(&oldest);
                }
                None => {}
            }
        }
        self.bytes += size;
        self.order.push_back(key);
        self.entries.insert(key, Entry { object: object.clone(), used: false });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_cache_forgets_the_oldest_unused_and_stays_within_its_limit() {
        let mut cache = Cache::new(100);
        let place = |offset| Place { pack: 1, position: 0, offset };
        let object = |size| Object { kind: gix::objs::Kind::Blob, data: Arc::new(vec![7; size]) };
        for offset in 0..10 {
            cache.put(place(offset), &object(20));
            assert_eq!(cache.get(place(0)), Some(object(20)));
        }
        cache.put(place(99), &object(26));
        assert_eq!((cache.bytes, cache.entries.len(), cache.order.len()), (100, 5, 5));
        assert_eq!(cache.get(place(5)), None);
        assert_eq!(cache.get(place(99)), None);
        assert_eq!(cache.get(place(6)), Some(object(20)));
        assert_eq!(cache.get(Place { pack: 2, ..place(6) }), None);
    }
}

//! Decoded objects of one thread, up to a limit in bytes, and the memory of those forgotten.

use std::collections::VecDeque;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

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
    /// Buffers of forgotten objects by the rank of their capacity: among many sizes, large ones are slow to allocate anew.
    spare: Vec<Vec<Vec<u8>>>,
    spare_bytes: usize,
}

struct Entry {
    object: Object,
    used: bool,
}

impl Cache {
    pub(super) fn new(limit: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), bytes: 0, limit, spare: Vec::new(), spare_bytes: 0 }
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
                _ => self.forget(oldest),
            }
        }
        self.bytes += size;
        self.order.push_back(key);
        self.entries.insert(key, Entry { object: object.clone(), used: false });
    }

    fn forget(&mut self, key: Key) {
        let Some(entry) = self.entries.remove(&key) else { return };
        let capacity = entry.object.data.capacity();
        self.bytes -= capacity;
        // Somebody may still hold the object.
        let Some(mut buffer) = Arc::into_inner(entry.object.data) else { return };
        let most = self.limit / 8;
        let Some(size) = Size::of(capacity).filter(|size| size.capacity == capacity && capacity <= most) else {
            return;
        };
        if self.spare_bytes + capacity > most {
            // Sizes that nobody has asked for since.
            self.spare.clear();
            self.spare_bytes = 0;
        }
        if self.spare.len() <= size.rank {
            self.spare.resize_with(size.rank + 1, Vec::new);
        }
        buffer.clear();
        self.spare_bytes += capacity;
        self.spare[size.rank].push(buffer);
    }

    /// An empty buffer with room for so many bytes.
    pub(super) fn buffer(&mut self, bytes: usize) -> Vec<u8> {
        let Some(size) = Size::of(bytes) else { return Vec::with_capacity(bytes) };
        let fitting = self.spare.iter_mut().skip(size.rank).take(MOST_RANKS).find_map(Vec::pop);
        if let Some(buffer) = &fitting {
            self.spare_bytes -= buffer.capacity();
        }
        fitting.unwrap_or_else(|| Vec::with_capacity(size.capacity))
    }
}

/// Smaller buffers are cheap to allocate.
const SMALLEST_SPARE: usize = 1 << 10;
/// A buffer may be so many ranks larger, the own one included: up to half as large again.
const MOST_RANKS: usize = 4;

/// A size of buffers: few different ones, so that buffers fit again.
struct Size {
    /// Among all sizes.
    rank: usize,
    /// At most an eighth larger than what was asked for.
    capacity: usize,
}

impl Size {
    /// The size with room for so many bytes; none for few.
    fn of(bytes: usize) -> Option<Self> {
        if bytes < SMALLEST_SPARE {
            return None;
        }
        let step = bytes.checked_next_power_of_two()? / 16;
        let steps = bytes.div_ceil(step);
        // From one power of two to the next there are eight.
        Some(Self { rank: (step / (SMALLEST_SPARE / 16)).ilog2() as usize * 8 + steps - 9, capacity: steps * step })
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn buffers_of_forgotten_objects_come_back() {
        let mut cache = Cache::new(1 << 16);
        for offset in 0..20 {
            let mut data = cache.buffer(5_000);
            assert!(data.is_empty() && data.capacity() >= 5_000, "buffer {offset}");
            data.resize(5_000, 7);
            let object = Object { kind: gix::objs::Kind::Blob, data: Arc::new(data) };
            cache.put(Place { pack: 0, position: 0, offset }, &object);
        }
        assert_eq!(cache.spare_bytes, cache.spare.iter().flatten().map(Vec::capacity).sum::<usize>());
        assert!(cache.spare_bytes > 0 && cache.spare_bytes <= cache.limit / 8);
    }

    #[test]
    fn sizes_of_buffers_are_few_and_in_order() {
        assert!(Size::of(SMALLEST_SPARE - 1).is_none());
        let mut rank = 7;
        for bytes in (SMALLEST_SPARE..10_000).chain([1 << 20, (1 << 20) + 1, 4 << 20, 1 << 30]) {
            let size = Size::of(bytes).expect("it is large enough");
            assert!((bytes..=bytes + bytes / 8).contains(&size.capacity), "{bytes}");
            assert!(size.rank == rank || size.rank == rank + 1 || bytes >= 10_000, "{bytes}");
            assert_eq!(
                Size::of(size.capacity).map(|same| (same.rank, same.capacity)),
                Some((size.rank, size.capacity))
            );
            rank = size.rank;
        }
        assert_eq!(rank, 8 * 20 + 7);
    }
}

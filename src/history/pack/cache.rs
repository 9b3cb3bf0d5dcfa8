//! Decoded objects of one thread, up to a limit in bytes, and the memory of evicted ones for reuse.

use std::collections::VecDeque;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::packs::{EntryLocation, NO_MEMORY, Object};

/// The index of a pack and an offset in it.
type EntryKey = (usize, u64);

/// Evicts what was read longest ago unless it was used since, so the bases of many deltas stay.
///
/// Packs store versions of a path as deltas, newest first, so reading newest to oldest finds the base of the next version
/// here.
pub(super) struct ObjectCache {
    entries: HashMap<EntryKey, Entry>,
    order: VecDeque<EntryKey>,
    bytes: usize,
    limit: usize,
    /// Buffers of evicted objects by the rank of their capacity. Allocating large buffers of many sizes is slow.
    spare: Vec<Vec<Vec<u8>>>,
    spare_bytes: usize,
}

struct Entry {
    object: Object,
    used: bool,
}

impl ObjectCache {
    pub(super) fn new(limit: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), bytes: 0, limit, spare: Vec::new(), spare_bytes: 0 }
    }

    pub(super) fn get(&mut self, location: EntryLocation) -> Option<Object> {
        let entry = self.entries.get_mut(&(location.pack, location.offset))?;
        entry.used = true;
        Some(entry.object.clone())
    }

    pub(super) fn insert(&mut self, location: EntryLocation, object: &Object) {
        let key = (location.pack, location.offset);
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
                _ => self.evict(oldest),
            }
        }
        self.bytes += size;
        self.order.push_back(key);
        self.entries.insert(key, Entry { object: object.clone(), used: false });
    }

    fn evict(&mut self, key: EntryKey) {
        let Some(entry) = self.entries.remove(&key) else { return };
        let capacity = entry.object.data.capacity();
        self.bytes -= capacity;
        // The object may still be in use.
        let Some(mut buffer) = Arc::into_inner(entry.object.data) else { return };
        let max = self.limit / 8;
        let Some(size) = Size::for_bytes(capacity).filter(|size| size.capacity == capacity && capacity <= max) else {
            return;
        };
        if self.spare_bytes + capacity > max {
            // Nobody has asked for these sizes since.
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

    /// An empty buffer with room for this many bytes.
    ///
    /// # Errors
    /// Fails when there is not enough memory.
    pub(super) fn buffer(&mut self, bytes: usize) -> Result<Vec<u8>, &'static str> {
        let Some(size) = Size::for_bytes(bytes) else { return Ok(Vec::with_capacity(bytes)) };
        let fitting = self.spare.iter_mut().skip(size.rank).take(MAX_RANKS).find_map(Vec::pop);
        if let Some(buffer) = fitting {
            self.spare_bytes -= buffer.capacity();
            return Ok(buffer);
        }
        let mut buffer = Vec::new();
        buffer.try_reserve_exact(size.capacity).map_err(|_| NO_MEMORY)?;
        Ok(buffer)
    }
}

/// Smaller buffers are cheap to allocate.
const SMALLEST_SPARE: usize = 1 << 10;
/// How many ranks to search for a buffer, so that it is at most half as large again.
const MAX_RANKS: usize = 4;

/// A size of buffers. There are few different ones, so that buffers can be reused.
struct Size {
    /// Its position among all sizes.
    rank: usize,
    /// At most an eighth larger than asked for.
    capacity: usize,
}

impl Size {
    /// The size with room for this many bytes; `None` for few.
    fn for_bytes(bytes: usize) -> Option<Self> {
        if bytes < SMALLEST_SPARE {
            return None;
        }
        let step = bytes.checked_next_power_of_two()? / 16;
        let steps = bytes.div_ceil(step);
        // There are eight sizes from one power of two to the next.
        Some(Self { rank: (step / (SMALLEST_SPARE / 16)).ilog2() as usize * 8 + steps - 9, capacity: steps * step })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_evicts_the_oldest_unused_and_stays_within_its_limit() {
        let mut cache = ObjectCache::new(100);
        let location = |offset| EntryLocation { pack: 1, position: 0, offset };
        let object = |size| Object { kind: gix::objs::Kind::Blob, data: Arc::new(vec![7; size]) };
        for offset in 0..10 {
            cache.insert(location(offset), &object(20));
            assert_eq!(cache.get(location(0)), Some(object(20)));
        }
        cache.insert(location(99), &object(26));
        assert_eq!((cache.bytes, cache.entries.len(), cache.order.len()), (100, 5, 5));
        assert_eq!(cache.get(location(5)), None);
        assert_eq!(cache.get(location(99)), None);
        assert_eq!(cache.get(location(6)), Some(object(20)));
        assert_eq!(cache.get(EntryLocation { pack: 2, ..location(6) }), None);
    }

    #[test]
    fn buffers_of_evicted_objects_are_reused() {
        let mut cache = ObjectCache::new(1 << 16);
        for offset in 0..20 {
            let mut data = cache.buffer(5_000).expect("little memory");
            assert!(data.is_empty() && data.capacity() >= 5_000, "buffer {offset}");
            data.resize(5_000, 7);
            let object = Object { kind: gix::objs::Kind::Blob, data: Arc::new(data) };
            cache.insert(EntryLocation { pack: 0, position: 0, offset }, &object);
        }
        assert_eq!(cache.spare_bytes, cache.spare.iter().flatten().map(Vec::capacity).sum::<usize>());
        assert!(cache.spare_bytes > 0 && cache.spare_bytes <= cache.limit / 8);
    }

    #[test]
    fn sizes_of_buffers_are_few_and_in_order() {
        assert!(Size::for_bytes(SMALLEST_SPARE - 1).is_none());
        let mut rank = 7;
        for bytes in (SMALLEST_SPARE..10_000).chain([1 << 20, (1 << 20) + 1, 4 << 20, 1 << 30]) {
            let size = Size::for_bytes(bytes).expect("it is large enough");
            assert!((bytes..=bytes + bytes / 8).contains(&size.capacity), "{bytes}");
            assert!(size.rank == rank || size.rank == rank + 1 || bytes >= 10_000, "{bytes}");
            assert_eq!(
                Size::for_bytes(size.capacity).map(|same| (same.rank, same.capacity)),
                Some((size.rank, size.capacity))
            );
            rank = size.rank;
        }
        assert_eq!(rank, 8 * 20 + 7);
    }
}

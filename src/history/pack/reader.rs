//! Reads objects of packs on one thread: follows deltas to a base, then applies them on the way back.

use std::sync::Arc;

use gix::ObjectId;
use gix::odb::pack::data;
use gix::odb::pack::data::entry::Header;

use super::cache::ObjectCache;
use super::delta;
use super::inflate::Inflater;
use super::packs::{Damage, EntryLocation, LONGEST_CHAIN, Object, Packs};

/// The size of the cache. Measured on large histories, more gains nothing.
const CACHE_BYTES: usize = 32 << 20;

/// How many buffers of entries to reuse.
const MAX_SPARE: usize = 64;
/// Larger buffers are not reused.
const LARGEST_SPARE: usize = 64 << 10;

/// Reads an object that is in none of the packs, without replacements: the base of a delta may be loose.
pub(in crate::history) type Outside<'a> = &'a dyn Fn(ObjectId) -> Result<Object, String>;

/// Reads objects and caches those that others may build on. Results never depend on the cache.
pub(in crate::history) struct PackReader {
    inflater: Inflater,
    cache: ObjectCache,
    chain: Vec<Delta>,
    /// Buffers of earlier entries.
    spare: Vec<Vec<u8>>,
    recent: usize,
}

/// A delta whose base is still to be read.
struct Delta {
    location: EntryLocation,
    entry: data::Entry,
    /// The stored bytes.
    bytes: Vec<u8>,
}

impl PackReader {
    /// A reader with an empty cache.
    pub(in crate::history) fn new() -> Self {
        Self {
            inflater: Inflater::new(),
            cache: ObjectCache::new(CACHE_BYTES),
            chain: Vec::new(),
            spare: Vec::new(),
            recent: 0,
        }
    }

    /// Reads an object; `None` when no pack has it.
    ///
    /// # Errors
    /// Fails when the object is in a pack and it or a base of it is damaged or missing.
    pub(in crate::history) fn read(
        &mut self,
        packs: &Packs,
        id: ObjectId,
        outside: Outside<'_>,
    ) -> Result<Option<Object>, Damage> {
        let Some(location) = packs.find(&id, self.recent) else { return Ok(None) };
        self.recent = location.pack;
        self.chain.clear();
        let mut object = self.base(packs, location, outside)?;
        while let Some(Delta { location, entry, bytes }) = self.chain.pop() {
            let delta = inflate(&mut self.inflater, packs, location, &entry, &bytes)?;
            let pack = &packs.packs[location.pack];
            let damage = |cause: &str| pack.damage_at(location.offset, cause);
            let mut data = self.cache.buffer(delta::result_size(delta)).map_err(damage)?;
            delta::apply(&object.data, delta, &mut data).map_err(|cause| pack.damage_at(location.offset, cause))?;
            object = Object { kind: object.kind, data: Arc::new(data) };
            self.cache.insert(location, &object);
            self.reuse(bytes);
        }
        Ok(Some(object))
    }

    /// Keeps a buffer for the next entry, unless it is very large.
    fn reuse(&mut self, bytes: Vec<u8>) {
        if bytes.capacity() <= LARGEST_SPARE && self.spare.len() < MAX_SPARE {
            self.spare.push(bytes);
        }
    }

    /// Follows deltas from an entry to the first object that is cached or stored whole, and collects them in the chain.
    fn base(&mut self, packs: &Packs, start: EntryLocation, outside: Outside<'_>) -> Result<Object, Damage> {
        let mut location = start;
        loop {
            if let Some(object) = self.cache.get(location) {
                return Ok(object);
            }
            let pack = &packs.packs[location.pack];
            let damage = |cause: &str| pack.damage_at(location.offset, cause);
            let mut bytes = self.spare.pop().unwrap_or_default();
            pack.read_entry(location.offset, &mut bytes)?;
            let entry = data::Entry::from_bytes(&bytes, location.offset, pack.index.object_hash())
                .map_err(|cause| damage(&cause.to_string()))?;
            let base = match entry.header {
                Header::OfsDelta { base_distance } => {
                    let offset = location.offset.checked_sub(base_distance).filter(|_| base_distance > 0);
                    let found = offset.and_then(|offset| Some((offset, pack.starting_at(offset)?)));
                    let (offset, position) = found.ok_or_else(|| damage("its base is not in the pack"))?;
                    EntryLocation { pack: location.pack, position, offset }
                }
                Header::RefDelta { base_id } => match packs.find(&base_id, location.pack) {
                    Some(base) => base,
                    None => {
                        self.chain.push(Delta { location, entry, bytes });
                        return outside(base_id).map_err(|cause| damage(&format!("its base {base_id}: {cause}")));
                    }
                },
                Header::Commit | Header::Tree | Header::Blob | Header::Tag => {
                    let kind = entry.header.as_kind().unwrap_or(gix::objs::Kind::Blob);
                    let content = inflate(&mut self.inflater, packs, location, &entry, &bytes)?;
                    let size = content.len();
                    let data = if Inflater::is_huge(size) {
                        self.inflater.take(size)
                    } else {
                        let mut data = self.cache.buffer(size).map_err(damage)?;
                        data.extend_from_slice(content);
                        data
                    };
                    let object = Object { kind, data: Arc::new(data) };
                    // A commit is read once and is seldom the base of another.
                    if kind != gix::objs::Kind::Commit || !self.chain.is_empty() {
                        self.cache.insert(location, &object);
                    }
                    self.reuse(bytes);
                    return Ok(object);
                }
            };
            self.chain.push(Delta { location, entry, bytes });
            if self.chain.len() > LONGEST_CHAIN {
                return Err(damage("its deltas form a circle"));
            }
            location = base;
        }
    }
}

/// Inflates an entry and compares its stored bytes with the index's CRC-32.
fn inflate<'a>(
    inflater: &'a mut Inflater,
    packs: &Packs,
    location: EntryLocation,
    entry: &data::Entry,
    bytes: &[u8],
) -> Result<&'a [u8], Damage> {
    let pack = &packs.packs[location.pack];
    let damage = |cause: &str| pack.damage_at(location.offset, cause);
    let header = usize::from(entry.encoded_header_size);
    let compressed = bytes.get(header..).ok_or_else(|| damage("it is beyond the pack's end"))?;
    let content = inflater.inflate(compressed, entry.decompressed_size).map_err(damage)?;
    let mut found = flate2::Crc::new();
    found.update(bytes);
    if pack.index.crc32_at_index(location.position).is_some_and(|expected| expected != found.sum()) {
        return Err(damage("its bytes do not match the index's checksum"));
    }
    Ok(content)
}

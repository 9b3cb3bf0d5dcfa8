//! One thread's way through the packs: follows deltas to a base and applies them on the way back.

use std::sync::Arc;

use gix::ObjectId;
use gix::odb::pack::data;
use gix::odb::pack::data::entry::Header;

use super::cache::Cache;
use super::inflate::Inflater;
use super::{Damage, LONGEST_CHAIN, Object, Packs, Place, delta};

/// Decoded objects kept, in bytes. Measured on large histories, more gains nothing.
const CACHE_BYTES: usize = 32 << 20;

/// Entries' memory that is kept for others: so many, each up to so many bytes.
const MOST_SPARE: usize = 64;
const LARGEST_SPARE: usize = 64 << 10;

/// Finds an object that is in none of the packs, as it is stored: the base of a delta may be loose.
pub(in crate::history) type Outside<'a> = &'a dyn Fn(ObjectId) -> Result<Object, String>;

/// Reads objects and keeps those that others may build on. What is read never depends on what is kept.
pub(in crate::history) struct Reader {
    inflater: Inflater,
    cache: Cache,
    chain: Vec<Delta>,
    /// Memory of entries that are done with.
    spare: Vec<Vec<u8>>,
    recent: usize,
}

/// A delta that waits for its base.
struct Delta {
    place: Place,
    entry: data::Entry,
    /// All that is stored of it.
    bytes: Vec<u8>,
}

impl Reader {
    /// A reader that has read nothing yet.
    pub(in crate::history) fn new() -> Self {
        Self {
            inflater: Inflater::new(),
            cache: Cache::new(CACHE_BYTES),
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
        let Some(place) = packs.find(&id, self.recent) else { return Ok(None) };
        self.recent = place.pack;
        self.chain.clear();
        let mut object = self.base(packs, place, outside)?;
        while let Some(Delta { place, entry, bytes }) = self.chain.pop() {
            let delta = inflate(&mut self.inflater, packs, place, &entry, &bytes)?;
            let pack = &packs.packs[place.pack];
            let mut data = self.cache.buffer(delta::result_size(delta));
            delta::apply(&object.data, delta, &mut data).map_err(|cause| pack.damage_at(place.offset, cause))?;
            object = Object { kind: object.kind, data: Arc::new(data) };
            self.cache.put(place, &object);
            self.keep(bytes);
        }
        Ok(Some(object))
    }

    /// Keeps an entry's memory for the next one, if it is of an ordinary size.
    fn keep(&mut self, bytes: Vec<u8>) {
        if bytes.capacity() <= LARGEST_SPARE && self.spare.len() < MOST_SPARE {
            self.spare.push(bytes);
        }
    }

    /// Follows deltas from an entry to the first object that is at hand or stored whole; fills the chain.
    fn base(&mut self, packs: &Packs, start: Place, outside: Outside<'_>) -> Result<Object, Damage> {
        let mut place = start;
        loop {
            if let Some(object) = self.cache.get(place) {
                return Ok(object);
            }
            let pack = &packs.packs[place.pack];
            let damage = |cause: &str| pack.damage_at(place.offset, cause);
            let mut bytes = self.spare.pop().unwrap_or_default();
            pack.read_entry(place.offset, &mut bytes)?;
            let entry = data::Entry::from_bytes(&bytes, place.offset, pack.index.object_hash())
                .map_err(|cause| damage(&cause.to_string()))?;
            let base = match entry.header {
                Header::OfsDelta { base_distance } => {
                    let offset = place.offset.checked_sub(base_distance).filter(|_| base_distance > 0);
                    let found = offset.and_then(|offset| Some((offset, pack.starting_at(offset)?)));
                    let (offset, position) = found.ok_or_else(|| damage("its base is not in the pack"))?;
                    Place { pack: place.pack, position, offset }
                }
                Header::RefDelta { base_id } => match packs.find(&base_id, place.pack) {
                    Some(base) => base,
                    None => {
                        self.chain.push(Delta { place, entry, bytes });
                        return outside(base_id).map_err(|cause| damage(&format!("its base {base_id}: {cause}")));
                    }
                },
                Header::Commit | Header::Tree | Header::Blob | Header::Tag => {
                    let kind = entry.header.as_kind().unwrap_or(gix::objs::Kind::Blob);
                    let content = inflate(&mut self.inflater, packs, place, &entry, &bytes)?;
                    let mut data = self.cache.buffer(content.len());
                    data.extend_from_slice(content);
                    let object = Object { kind, data: Arc::new(data) };
                    // A commit is read once and seldom the base of another.
                    if kind != gix::objs::Kind::Commit || !self.chain.is_empty() {
                        self.cache.put(place, &object);
                    }
                    self.keep(bytes);
                    return Ok(object);
                }
            };
            self.chain.push(Delta { place, entry, bytes });
            if self.chain.len() > LONGEST_CHAIN {
                return Err(damage("its deltas lead in a circle"));
            }
            place = base;
        }
    }
}

/// Inflates an entry and compares its stored bytes with the index's CRC-32.
fn inflate<'a>(
    inflater: &'a mut Inflater,
    packs: &Packs,
    place: Place,
    entry: &data::Entry,
    bytes: &[u8],
) -> Result<&'a [u8], Damage> {
    let pack = &packs.packs[place.pack];
    let damage = |cause: &str| pack.damage_at(place.offset, cause);
    let header = usize::from(entry.encoded_header_size);
    let compressed = bytes.get(header..).ok_or_else(|| damage("it lies beyond the pack's end"))?;
    let content = inflater.inflate(compressed, entry.decompressed_size).map_err(damage)?;
    let mut found = flate2::Crc::new();
    found.update(bytes);
    if pack.index.crc32_at_index(place.position).is_some_and(|expected| expected != found.sum()) {
        return Err(damage("its bytes are not those that the index was made of"));
    }
    Ok(content)
}

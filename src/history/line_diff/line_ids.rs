//! One id for all lines with the same text.

use std::collections::HashMap;

use gix::diff::blob::{IndentLevel, Token};
use xxhash_rust::xxh3::xxh3_64;

/// Columns of a tab in git's indent heuristic.
pub(super) const TAB: u8 = 8;

/// The ids given so far, as an open hash table.
pub(super) struct LineIds {
    pub(super) hash: fn(&[u8]) -> u64,
    /// Numbers that take the place of hashes, by the line's text, where two lines had the same hash.
    exact: Option<HashMap<Vec<u8>, u64>>,
    /// By hash: the generation that filled the slot, and the id. Slots of older generations count as empty, so the table
    /// need not be cleared.
    slots: Vec<(u32, u32)>,
    generation: u32,
    /// The slots in use are those up to here: a small text stays in a small part of the table.
    mask: usize,
    /// By id.
    hashes: Vec<u64>,
    /// By id.
    indents: Vec<IndentLevel>,
}

impl Default for LineIds {
    fn default() -> Self {
        Self {
            hash: xxh3_64,
            exact: None,
            slots: Vec::new(),
            generation: 0,
            mask: 0,
            hashes: Vec::new(),
            indents: Vec::new(),
        }
    }
}

impl LineIds {
    /// Forgets all ids.
    pub(super) fn reset(&mut self) {
        self.hashes.clear();
        self.indents.clear();
        self.resize(64);
    }

    /// Compares lines by their whole text rather than by a hash, or goes back to hashes.
    pub(super) fn compare_whole_lines(&mut self, whole: bool) {
        self.exact = whole.then(HashMap::new);
    }

    /// How many ids there are.
    pub(super) fn count(&self) -> usize {
        self.hashes.len()
    }

    /// How far the lines with this id are indented.
    pub(super) fn indent(&self, id: Token) -> IndentLevel {
        self.indents[id.0 as usize]
    }

    /// The id of a line; a line that is new gets the next one.
    pub(super) fn id_of(&mut self, line: &[u8]) -> Token {
        let hash = match &mut self.exact {
            None => (self.hash)(line),
            Some(known) => {
                let next = known.len() as u64;
                *known.entry(line.to_vec()).or_insert(next)
            }
        };
        let slot = self.slot(hash);
        if let (generation, id) = self.slots[slot]
            && generation == self.generation
        {
            return Token(id);
        }
        let id = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
        self.slots[slot] = (self.generation, id);
        self.hashes.push(hash);
        self.indents.push(IndentLevel::for_ascii_line(line.iter().copied(), TAB));
        if self.hashes.len() * 2 > self.mask {
            self.resize((self.mask + 1) * 2);
        }
        Token(id)
    }

    /// Enters all ids into this number of slots, a power of two.
    fn resize(&mut self, slots: usize) {
        self.generation = self.generation.wrapping_add(1);
        if self.slots.len() < slots || self.generation == 0 {
            self.slots.clear();
            self.slots.resize(slots, (0, 0));
            self.generation = 1;
        }
        self.mask = slots - 1;
        for (id, &hash) in (0..).zip(&self.hashes) {
            let slot = self.slot(hash);
            self.slots[slot] = (self.generation, id);
        }
    }

    /// The slot of a hash, or the free slot where it belongs.
    fn slot(&self, hash: u64) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "any bits of the hash choose a slot")]
        let mut slot = hash as usize & self.mask;
        while let (generation, id) = self.slots[slot]
            && generation == self.generation
            && self.hashes[id as usize] != hash
        {
            slot = (slot + 1) & self.mask;
        }
        slot
    }
}

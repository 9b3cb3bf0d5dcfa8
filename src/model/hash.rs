//! Hashes of what is only ever compared, and a hasher for keys that are hashes already.

use std::hash::Hasher;

/// Hashes a text that is only ever compared: request ids, content blocks, lines.
#[must_use]
pub fn hash_text(text: &str) -> u64 {
    hash_bytes(text.as_bytes())
}

/// The same for bytes: equal to [`hash_text`] for the bytes of a text.
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

/// Uses a key that is a hash already as its own hash.
#[derive(Debug, Default)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write_u64(&mut self, hash: u64) {
        self.0 ^= hash;
    }

    fn write_u128(&mut self, id: u128) {
        let bytes = id.to_le_bytes();
        self.write(&bytes[..8]);
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            self.0 ^= u64::from_le_bytes(eight);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

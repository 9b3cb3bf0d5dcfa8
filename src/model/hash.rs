//! Hashes of what is only ever compared, and a hasher for keys that are hashes already.

use std::hash::Hasher;

use super::bytes8;

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

/// Hashes the key of an entry, quickly where it is short, as nearly all are.
#[must_use]
pub fn hash_key(key: &str) -> u64 {
    let bytes = key.as_bytes();
    if bytes.len() > 16 {
        return hash_bytes(bytes);
    }
    // Every byte is in one of the two numbers.
    let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (bytes8::load_short(bytes), 0),
    };
    let product =
        u128::from(first ^ 0x9e37_79b9_7f4a_7c15) * u128::from(last ^ 0xd1b5_4a32_d192_ed03 ^ bytes.len() as u64);
    u64::try_from((product ^ (product >> 64)) & u128::from(u64::MAX)).unwrap_or_default()
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

//! Searches eight bytes at a time inside one `u64`. Cells, keys and lines are short: they end before a vectorised search
//! is even set up.

/// Loads the first eight bytes; missing ones become zeros.
pub(crate) fn load(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let mut eight = [0; 8];
            eight[..bytes.len()].copy_from_slice(bytes);
            u64::from_le_bytes(eight)
        }
    }
}

/// The same byte eight times.
pub(crate) fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Sets the highest bit of every byte of `word` that equals `byte`, and no other bit.
pub(crate) fn equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    let differs = word ^ repeat(byte);
    // If a byte is not zero, either its highest bit is set or the addition carries into it.
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// The index of the first byte that [`equal`] marked.
pub(crate) fn first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_are_found_and_no_others() {
        for byte in [0, 1, b'"', 0x7f, 0x80, 0xff] {
            for at in 0..8 {
                let mut eight = [byte ^ 0x80; 8];
                eight[at] = byte;
                assert_eq!(first(equal(load(&eight), byte)), at, "{byte}");
                assert_eq!(equal(load(&eight), byte).count_ones(), 1, "{byte}");
                assert_eq!(equal(load(&eight), byte ^ 1), 0, "{byte}");
            }
        }
        assert_eq!(load(b"ab"), u64::from_le_bytes(*b"ab\0\0\0\0\0\0"));
    }
}

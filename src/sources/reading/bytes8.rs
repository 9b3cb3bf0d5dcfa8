//! Eight bytes looked at together, in one word: short cells and texts end before a search over long ones is set up.

/// The first eight bytes; zeros stand for those that are not there.
pub(in crate::sources) fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let mut eight = [0; 8];
            eight[..bytes.len()].copy_from_slice(bytes);
            u64::from_le_bytes(eight)
        }
    }
}

/// A byte eight times.
pub(in crate::sources) fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of every byte that is `byte`.
pub(in crate::sources) fn equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    let differs = word ^ each(byte);
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// Which byte the lowest of such bits is in.
pub(in crate::sources) fn first(bits: u64) -> usize {
    bits.trailing_zeros() as usize / 8
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
                assert_eq!(first(equal(word(&eight), byte)), at, "{byte}");
                assert_eq!(equal(word(&eight), byte).count_ones(), 1, "{byte}");
                assert_eq!(equal(word(&eight), byte ^ 1), 0, "{byte}");
            }
        }
        assert_eq!(word(b"ab"), u64::from_le_bytes(*b"ab\0\0\0\0\0\0"));
    }
}

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

/// A number that differs for any two texts of one length below eight.
pub(crate) fn load_short(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32,
        _ => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Whether two short texts are equal; most pairs differ in length or in their first or last bytes.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    match (a.first_chunk::<8>(), a.last_chunk::<8>(), b.first_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(a_first), Some(a_last), Some(b_first), Some(b_last)) => {
            a_first == b_first && a_last == b_last && (a.len() <= 16 || a == b)
        }
        _ => load_short(a) == load_short(b),
    }
}

/// The first index of a byte, which is not zero.
pub(crate) fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk() {
        let marks = equal(u64::from_le_bytes(*eight), byte);
        if marks != 0 {
            return Some(at + first(marks));
        }
        at += 8;
    }
    match bytes.last_chunk() {
        // What overlaps was searched, so nothing is found in it.
        Some(eight) => {
            let marks = equal(u64::from_le_bytes(*eight), byte);
            (marks != 0).then(|| bytes.len() - 8 + first(marks))
        }
        None => bytes.iter().position(|other| *other == byte),
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
    fn the_first_of_equal_bytes_is_found_wherever_it_is() {
        for length in 0..40 {
            let mut text = vec![b'a'; length];
            assert_eq!(position(&text, b'/'), None);
            for at in (0..length).rev() {
                text[at] = b'/';
                assert_eq!(position(&text, b'/'), Some(at), "{length}");
            }
        }
    }

    #[test]
    fn texts_are_the_same_only_if_every_byte_is() {
        let text = "abcdefghijklmnopqrstuvwxyz";
        for length in 0..text.len() {
            let text = &text[..length];
            assert!(same(text, text) && !same(text, &format!("{text}a")));
            for at in 0..length {
                let mut other = text.to_owned();
                other.replace_range(at..=at, "-");
                assert!(!same(text, &other), "{text} {other}");
            }
        }
    }

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
        assert_ne!(load_short(b"abcdef"), load_short(b"abcxef"));
        assert_ne!(load_short(b"ab"), load_short(b"ba"));
        assert_eq!(load(b"ab"), u64::from_le_bytes(*b"ab\0\0\0\0\0\0"));
    }
}

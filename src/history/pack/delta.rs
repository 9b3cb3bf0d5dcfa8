//! A base and a delta → the object that they make (`gitformat-pack`, "deltified representation").

/// How much of a declared result to reserve at once; beyond this, memory grows with the actual result.
const MAX_RESERVED: usize = 4 << 20;

/// How much memory to reserve for the object that a delta makes.
pub(super) fn result_size(delta: &[u8]) -> usize {
    let sizes = size(delta).and_then(|(_, rest)| size(rest));
    sizes.map_or(0, |(size, _)| size.min(MAX_RESERVED))
}

/// Applies a delta to its base and writes the result into an empty buffer.
///
/// # Errors
/// Fails when the base has another size than declared, the delta copies from outside it or is cut short, or the result has
/// another size than declared.
pub(super) fn apply(base: &[u8], delta: &[u8], result: &mut Vec<u8>) -> Result<(), &'static str> {
    let (base_size, rest) = size(delta)?;
    if base_size != base.len() {
        return Err("the delta is for a base of another size");
    }
    let (size, mut rest) = size(rest)?;
    if size > super::inflate::LARGEST {
        return Err(super::inflate::TOO_LARGE);
    }
    while let Some((&operation, tail)) = rest.split_first() {
        rest = tail;
        let piece = if operation & 0x80 != 0 {
            let offset = number(&mut rest, operation, 0..4)?;
            let length = match number(&mut rest, operation, 4..7)? {
                0 => 0x1_0000,
                length => length,
            };
            base.get(offset..).and_then(|base| base.get(..length)).ok_or("the delta copies from outside its base")?
        } else if operation != 0 {
            let (piece, tail) = rest.split_at_checked(usize::from(operation)).ok_or(CUT_SHORT)?;
            rest = tail;
            piece
        } else {
            return Err("the delta contains a reserved instruction");
        };
        if piece.len() > size - result.len() {
            return Err("the delta makes more than it declares");
        }
        if piece.len() > result.capacity() - result.len() {
            result.try_reserve(piece.len()).map_err(|_| super::packs::NO_MEMORY)?;
        }
        result.extend_from_slice(piece);
    }
    if result.len() < size {
        return Err("the delta makes less than it declares");
    }
    Ok(())
}

const CUT_SHORT: &str = "the delta is cut short";

/// A size with seven bits in each byte, lowest first.
fn size(bytes: &[u8]) -> Result<(usize, &[u8]), &'static str> {
    let mut size = 0_u64;
    for (at, &byte) in bytes.iter().enumerate().take(9) {
        size |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return usize::try_from(size).map(|size| (size, &bytes[at + 1..])).map_err(|_| super::inflate::TOO_LARGE);
        }
    }
    Err(if bytes.len() < 9 { CUT_SHORT } else { super::inflate::TOO_LARGE })
}

/// A number of which only the bytes are stored whose bits the instruction sets.
#[inline]
fn number(rest: &mut &[u8], operation: u8, bits: std::ops::Range<u32>) -> Result<usize, &'static str> {
    let mut number = 0;
    let first = bits.start;
    for bit in bits {
        if operation >> bit & 1 != 0 {
            let (&byte, tail) = rest.split_first().ok_or(CUT_SHORT)?;
            *rest = tail;
            number |= usize::from(byte) << (8 * (bit - first));
        }
    }
    Ok(number)
}

#[cfg(test)]
mod tests {

    fn apply(base: &[u8], delta: &[u8]) -> Result<Vec<u8>, &'static str> {
        let mut result = Vec::new();
        super::apply(base, delta, &mut result).map(|()| result)
    }

    #[test]
    fn copies_and_inserts() {
        let base = b"the quick brown fox";
        // "fox " and "the quick" with offset and length bytes given, and an offset that is left out.
        let delta = [19, 13, 0b1001_0001, 16, 3, 1, b' ', 0b1001_0000, 9];
        assert_eq!(apply(base, &delta).expect("a sound delta"), b"fox the quick");
        assert_eq!(apply(b"", &[0, 2, 2, b'h', b'i']).expect("no base needed"), b"hi");
        assert_eq!(apply(b"x", &[1, 0]).expect("an empty result"), b"");
    }

    #[test]
    fn a_copy_without_length_takes_64_kib_and_offsets_have_four_bytes() {
        let base: Vec<u8> =
            (0..0x0102_0304 + 0x1_0000).map(|at: u32| at.to_le_bytes()[0] ^ at.to_le_bytes()[2]).collect();
        let mut delta = Vec::new();
        for size in [base.len(), 0x1_0000] {
            let mut left = size;
            while left > 0x7f {
                delta.push(u8::try_from(left & 0x7f).expect("seven bits") | 0x80);
                left >>= 7;
            }
            delta.push(u8::try_from(left).expect("seven bits"));
        }
        delta.extend([0b1000_1111, 4, 3, 2, 1]);
        assert_eq!(apply(&base, &delta).expect("a sound delta"), &base[0x0102_0304..]);
    }

    #[test]
    fn damaged_deltas_are_refused() {
        let base = b"0123456789";
        let sound = [10, 6, 0b1001_0001, 2, 4, 2, b'a', b'b'];
        assert_eq!(apply(base, &sound).expect("a sound delta"), b"2345ab");
        for end in 0..sound.len() {
            apply(base, &sound[..end]).expect_err("a delta that is cut short");
        }
        for damaged in [
            &[9, 6, 0b1001_0001, 2, 4, 2, b'a', b'b'][..],
            &[10, 5, 0b1001_0001, 2, 4, 2, b'a', b'b'],
            &[10, 7, 0b1001_0001, 2, 4, 2, b'a', b'b'],
            &[10, 4, 0b1001_0001, 7, 4],
            &[10, 4, 0b1001_1111, 255, 255, 255, 255, 4],
            &[10, 1, 0],
            &[10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 1, b'x'],
            &[10, 255, 255, 255, 255, 127, 1, b'x'],
        ] {
            apply(base, damaged).expect_err("a damaged delta");
        }
    }
}

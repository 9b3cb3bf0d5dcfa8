//! Characters of a normalised text: which of them separate words, and how runs of them are hashed (FNV-1a over code points, as
//! `src/classify/training/features.py` does).

/// The hash of nothing, from which every hash starts.
pub(super) const FNV: u32 = 2_166_136_261;
const PRIME: u32 = 16_777_619;

/// Whether a character of a normalised text separates words.
pub(super) fn is_separator(c: u32) -> bool {
    if c < 0x80 {
        return !matches!(c, 0x30..=0x39 | 0x61..=0x7a);
    }
    match c {
        0xaa | 0xb5 | 0xba => false,
        0x80..=0xbf
        | 0xd7
        | 0xf7
        | 0x2000..=0x2bff
        | 0x3000..=0x303f
        | 0xfe30..=0xfe4f
        | 0xff00..=0xff0f
        | 0xff1a..=0xff20
        | 0xff3b..=0xff40
        | 0xff5b..=0xff65
        | 0x1f000.. => true,
        _ => false,
    }
}

/// Adds a character to a hash.
pub(super) fn hash_next(hash: u32, c: u32) -> u32 {
    (hash ^ c).wrapping_mul(PRIME)
}

/// Hashes a word.
pub(super) fn hash_word(points: impl IntoIterator<Item = u32>) -> u32 {
    points.into_iter().fold(FNV, hash_next)
}

//! Compressed bytes → bytes of a known size.

use libdeflater::{DecompressionError, Decompressor};

/// Larger objects are refused.
pub(super) const LARGEST: usize = u32::MAX as usize;
pub(super) const TOO_LARGE: &str = "it is larger than 4 GiB";

/// A stream expands at most by this factor (zlib's technical details: 1,032 to 1) …
const MAX_FACTOR: usize = 1_032;
/// … apart from its header and trailer.
const OVERHEAD: usize = 16;
/// A larger buffer is not kept for the next stream.
const KEPT: usize = 4 << 20;
/// A larger object is handed on in the buffer itself, because two copies of it may not fit into memory.
const HUGE: usize = 32 << 20;

/// Inflates one stream after the other into one buffer.
pub(super) struct Inflater {
    state: Decompressor,
    buffer: Vec<u8>,
}

impl Inflater {
    pub(super) fn new() -> Self {
        Self { state: Decompressor::new(), buffer: Vec::new() }
    }

    /// The content of the stream that `input` begins with.
    ///
    /// # Errors
    /// Fails when the stream is corrupt, cut short, or has another size than declared.
    pub(super) fn inflate(&mut self, input: &[u8], size: u64) -> Result<&[u8], &'static str> {
        const OTHER_SIZE: &str = "its compressed data does not have the declared size";
        let size = usize::try_from(size).ok().filter(|&size| size <= LARGEST).ok_or(TOO_LARGE)?;
        // No memory for a size that the stream cannot have.
        if size / MAX_FACTOR > input.len() + OVERHEAD {
            return Err(OTHER_SIZE);
        }
        if self.buffer.len() > KEPT && size <= KEPT {
            self.buffer.truncate(KEPT);
            self.buffer.shrink_to_fit();
        }
        if self.buffer.len() < size {
            let more = size - self.buffer.len();
            self.buffer.try_reserve_exact(more).map_err(|_| super::packs::NO_MEMORY)?;
            self.buffer.resize(size, 0);
        }
        match self.state.zlib_decompress(input, &mut self.buffer[..size]) {
            Ok(written) if written == size => Ok(&self.buffer[..size]),
            Ok(_) | Err(DecompressionError::InsufficientSpace) => Err(OTHER_SIZE),
            Err(DecompressionError::BadData) => Err("its compressed data is corrupt or cut short"),
        }
    }

    /// The buffer with the content of the last stream, which was this long: a huge object need not be copied out of it.
    pub(super) fn take(&mut self, size: usize) -> Vec<u8> {
        let mut content = std::mem::take(&mut self.buffer);
        content.truncate(size);
        content
    }

    /// Whether to take an object of this size rather than to copy it.
    pub(super) fn is_huge(size: usize) -> bool {
        size > HUGE
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn deflated(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).expect("memory takes all");
        encoder.finish().expect("memory takes all")
    }

    #[test]
    fn small_and_large_streams_come_back_whole() {
        let mut inflater = Inflater::new();
        for size in [0, 1, 100, KEPT - 1, KEPT, 3 * KEPT + 7, 5] {
            let content: Vec<u8> = (0..size).map(|at| (at * at % 251).to_le_bytes()[0]).collect();
            let mut stream = deflated(&content);
            stream.extend(b"what follows");
            let found = inflater.inflate(&stream, size as u64).expect("a sound stream");
            assert!(found == content);
        }
        assert!(inflater.buffer.len() <= KEPT);
    }

    #[test]
    fn the_densest_stream_is_believed() {
        let content = vec![0; 64 << 20];
        let stream = deflated(&content);
        assert!(Inflater::new().inflate(&stream, content.len() as u64).expect("a sound stream") == content);
    }

    #[test]
    fn another_size_or_a_cut_is_an_error() {
        let mut inflater = Inflater::new();
        let content = b"some content, some content".repeat(40);
        let stream = deflated(&content);
        let size = content.len() as u64;
        for wrong in [0, size - 1, size + 1, size * 1_000, 1 << 31, u64::MAX] {
            inflater.inflate(&stream, wrong).expect_err("a wrong size");
        }
        for end in 0..stream.len() {
            inflater.inflate(&stream[..end], size).expect_err("a stream that is cut short");
        }
        assert!(inflater.inflate(&stream, size).is_ok());
        assert!(inflater.buffer.len() <= KEPT);
    }
}

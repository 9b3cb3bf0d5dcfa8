//! Compressed bytes of a known size → the bytes.

use gix::zlib::{Decompress, FlushDecompress, Status};

/// Larger objects are refused.
pub(super) const LARGEST: usize = u32::MAX as usize;
pub(super) const TOO_LARGE: &str = "it is larger than 4 GiB";

/// A declared size is believed up to here; beyond it the buffer grows with what the stream yields.
const BELIEVED: usize = 4 << 20;
/// Room behind the declared size: inflating is slow at the end of its output, and too long a stream shows.
const SLACK: usize = 320;

/// Inflates one stream after the other into the same buffer.
pub(super) struct Inflater {
    state: Decompress,
    buffer: Vec<u8>,
}

impl Inflater {
    pub(super) fn new() -> Self {
        Self { state: Decompress::new(), buffer: Vec::new() }
    }

    /// The content of the stream that `input` begins with, and how many bytes the stream takes.
    ///
    /// # Errors
    /// Fails when the stream is corrupt, cut short, or not of the declared size.
    pub(super) fn inflate(&mut self, input: &[u8], size: u64) -> Result<(&[u8], usize), &'static str> {
        const CORRUPT: &str = "its compressed data is corrupt";
        const OTHER_SIZE: &str = "its compressed data is not of the declared size";
        let size = usize::try_from(size).ok().filter(|&size| size <= LARGEST).ok_or(TOO_LARGE)?;
        let wanted = size + SLACK;
        if self.buffer.len() > BELIEVED && wanted <= BELIEVED {
            self.buffer.truncate(BELIEVED);
            self.buffer.shrink_to_fit();
        }
        if self.buffer.len() < wanted.min(BELIEVED) {
            self.buffer.resize(wanted.min(BELIEVED), 0);
        }
        self.state.reset();
        let (mut read, mut written) = (0, 0);
        loop {
            let room = self.buffer.len().min(wanted);
            // To the end in one step, the inflater need not keep a copy of its window.
            let flush = if room == wanted && written == 0 { FlushDecompress::Finish } else { FlushDecompress::None };
            let status = self.state.decompress(&input[read..], &mut self.buffer[written..room], flush);
            let status = status.map_err(|_| CORRUPT)?;
            let before = (read, written);
            read = usize::try_from(self.state.total_in()).map_err(|_| TOO_LARGE)?;
            written = usize::try_from(self.state.total_out()).map_err(|_| TOO_LARGE)?;
            match status {
                Status::StreamEnd if written == size => return Ok((&self.buffer[..size], read)),
                Status::StreamEnd => return Err(OTHER_SIZE),
                _ if written > size => return Err(OTHER_SIZE),
                _ if written == room => {
                    let more = room.min(wanted - room);
                    self.buffer.try_reserve_exact(more).map_err(|_| "there is not enough memory for it")?;
                    self.buffer.resize(room + more, 0);
                }
                _ if (read, written) == before || read == input.len() => {
                    return Err("its compressed data is cut short");
                }
                _ => {}
            }
        }
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
        for size in [0, 1, 100, BELIEVED - SLACK, BELIEVED, 3 * BELIEVED + 7, 5] {
            let content: Vec<u8> = (0..size).map(|at| (at * at % 251).to_le_bytes()[0]).collect();
            let mut stream = deflated(&content);
            let length = stream.len();
            stream.extend(b"what follows");
            let (found, read) = inflater.inflate(&stream, size as u64).expect("a sound stream");
            assert!(found == content);
            assert_eq!(read, length);
        }
        assert!(inflater.buffer.len() <= BELIEVED);
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
        assert!(inflater.buffer.len() <= BELIEVED);
    }
}

//! What a file's bytes are wrapped in: a compression, and the counter that feeds the progress bar.
//!
//! - In: a stream of any content; its first bytes decide, never the file's name.
//! - Out: the stream decompressed.
//! - Refuses: nothing; a damaged stream ends in a read error.

use std::io::{self, Read};

/// A compression that tools or people store logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// How many bytes [`Compression::detect`] looks at.
    pub(super) const MAGIC_BYTES: usize = 4;

    /// The compression that the first bytes of a file announce.
    pub(super) fn detect(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The name in reports.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Decompresses a stream.
    ///
    /// # Errors
    /// When the decoder cannot be set up.
    pub(super) fn decode<'a>(self, stored: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
        match self {
            Self::Gzip => Ok(Box::new(flate2::read::MultiGzDecoder::new(stored))),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(stored)?;
                // Frames made with --long need a larger window than the default allows; 256 MB are held for each file.
                decoder.window_log_max(28)?;
                Ok(Box::new(decoder))
            }
        }
    }
}

/// Reads up to `wanted` bytes from the start of a stream.
pub(super) fn peek(stream: &mut dyn Read, wanted: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(wanted.min(4096));
    stream.take(wanted as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads up to `wanted` bytes of a stream that may be damaged after some of them: the damage comes when the rest is read.
///
/// # Errors
/// When not one byte can be read.
pub(super) fn peek_damaged<'a>(
    mut stream: Box<dyn Read + 'a>,
    wanted: usize,
) -> io::Result<(Vec<u8>, Box<dyn Read + 'a>)> {
    let mut bytes = Vec::with_capacity(wanted.min(4096));
    match (&mut stream).take(wanted as u64).read_to_end(&mut bytes) {
        Ok(_) => Ok((bytes, stream)),
        Err(err) if bytes.is_empty() => Err(err),
        Err(err) => Ok((bytes, Box::new(Damage(Some(err))))),
    }
}

/// The end of a stream that cannot be read any further.
struct Damage(Option<io::Error>);

impl Read for Damage {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Counts the bytes that pass.
pub(super) struct Counted<'a, R> {
    pub(super) inner: R,
    /// All bytes so far.
    pub(super) bytes: &'a mut u64,
    /// Called with the size of each read.
    pub(super) progress: &'a dyn Fn(u64),
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        *self.bytes += read as u64;
        (self.progress)(read as u64);
        Ok(read)
    }
}

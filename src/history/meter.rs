//! Progress of the work, reported from any thread.

use std::sync::atomic::{AtomicU64, Ordering};

use super::options::Progress;

/// Counts pieces of work. The total grows as more work becomes known.
pub(super) struct Meter<'a> {
    progress: Option<Progress<'a>>,
    done: AtomicU64,
    total: AtomicU64,
}

impl<'a> Meter<'a> {
    pub(super) fn new(progress: Option<Progress<'a>>) -> Self {
        Self { progress, done: AtomicU64::new(0), total: AtomicU64::new(0) }
    }

    /// Adds pieces that are still to do.
    pub(super) fn expect(&self, pieces: usize) {
        self.total.fetch_add(pieces as u64, Ordering::Relaxed);
    }

    /// Reports pieces that are done.
    pub(super) fn advance(&self, pieces: usize) {
        let done = self.done.fetch_add(pieces as u64, Ordering::Relaxed) + pieces as u64;
        if let Some(progress) = self.progress {
            progress(done, self.total.load(Ordering::Relaxed));
        }
    }
}

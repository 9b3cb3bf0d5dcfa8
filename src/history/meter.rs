//! How far work has come, told from any thread.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Progress;

/// Counts pieces of work that become known as it goes on.
pub(super) struct Meter<'a> {
    progress: Option<Progress<'a>>,
    done: AtomicU64,
    total: AtomicU64,
}

impl<'a> Meter<'a> {
    /// Goes on after so many pieces that others did.
    pub(super) fn after(done: u64, progress: Option<Progress<'a>>) -> Self {
        Self { progress, done: AtomicU64::new(done), total: AtomicU64::new(done) }
    }

    /// So many pieces more are to be done.
    pub(super) fn expect(&self, pieces: usize) {
        self.total.fetch_add(pieces as u64, Ordering::Relaxed);
    }

    /// So many pieces more are done.
    pub(super) fn did(&self, pieces: usize) {
        let done = self.done.fetch_add(pieces as u64, Ordering::Relaxed) + pieces as u64;
        if let Some(progress) = self.progress {
            progress(done, self.total.load(Ordering::Relaxed));
        }
    }
}

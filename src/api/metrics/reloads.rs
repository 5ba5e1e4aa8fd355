//! How often the configuration was read again.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How often the configuration was read again, and what came of it.
#[derive(Debug, Default)]
pub(crate) struct Reloads {
    adopted: AtomicU64,
    refused: AtomicU64,
    was_refused: AtomicBool,
}

impl Reloads {
    /// Once more.
    pub(crate) fn count(&self, adopted: bool) {
        let count = if adopted { &self.adopted } else { &self.refused };
        count.fetch_add(1, Ordering::Relaxed);
        self.was_refused.store(!adopted, Ordering::Relaxed);
    }

    pub(super) fn adopted(&self) -> u64 {
        self.adopted.load(Ordering::Relaxed)
    }

    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Whether the file's configuration is in force, as far as the gateway has been told to read it.
    pub(super) fn is_in_force(&self) -> bool {
        !self.was_refused.load(Ordering::Relaxed)
    }
}

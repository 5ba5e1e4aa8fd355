//! What an instance's pages in memory have in common: how long they hold, and how much room they take.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use arc_swap::{ArcSwap, Guard};

use super::Ages;
use crate::shared::Store;

/// The pages of one instance in memory.
#[derive(Debug)]
pub struct Shelf {
    /// What the keys of its pages begin with.
    prefix: Box<str>,
    ages: ArcSwap<Ages>,
    entries: AtomicU64,
    bytes: AtomicU64,
    evictions: [AtomicU64; Eviction::ALL.len()],
    /// Where other gateways have the same pages.
    store: Option<Store>,
}

/// Why a page has left memory, other than for a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eviction {
    /// Nobody could be answered with it any more.
    Expired,
    /// There was no room for all.
    Crowded,
    /// It was outdated.
    Forgotten,
}

impl Shelf {
    /// A shelf on which nothing is.
    pub(super) fn new(prefix: &str, ages: Ages) -> Self {
        let (prefix, ages) = (prefix.into(), ArcSwap::from_pointee(ages));
        let (entries, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { prefix, ages, entries, bytes, evictions: Default::default(), store: None }
    }

    /// The same shelf, with pages that other gateways have, too.
    pub(super) fn sharing(self, store: Store) -> Self {
        Self { store: Some(store), ..self }
    }

    /// What the keys of its pages begin with.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Where other gateways have the same pages.
    pub(super) fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// How long its pages hold.
    pub(super) fn ages(&self) -> Guard<Arc<Ages>> {
        self.ages.load()
    }

    /// All its pages hold for as long as this from now on.
    pub fn set_ages(&self, ages: Ages) {
        self.ages.store(Arc::new(ages));
    }

    /// How many pages there are.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries.load(Ordering::Relaxed)
    }

    /// The memory that they take, everything counted.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How many pages have left for which reason since the start.
    pub fn evictions(&self) -> impl Iterator<Item = (Eviction, u64)> {
        Eviction::ALL.into_iter().zip(self.evictions.each_ref().map(|count| count.load(Ordering::Relaxed)))
    }

    /// A page of so many bytes is about to be put into memory.
    pub(super) fn put(&self, bytes: u64) {
        self.entries.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// It has left; for no such reason where a newer one is there.
    pub(super) fn taken(&self, bytes: u64, why: Option<Eviction>) {
        self.entries.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        if let Some(eviction) = why {
            self.evictions[eviction as usize].fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Eviction {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Expired, Self::Crowded, Self::Forgotten];

    /// A word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Crowded => "crowded",
            Self::Forgotten => "forgotten",
        }
    }
}

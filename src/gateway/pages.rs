//! The pages in memory, bounded in bytes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, policy::EvictionPolicy, sync::Cache};

use super::Page;

/// What an entry costs beside its key and its page's bytes: moka's node, the hash table's slot, the counters of the
/// frequency sketch and the allocator's rounding. `cargo run --release --example cache_memory` measures it.
const ENTRY_OVERHEAD: usize = 480;

/// The pages in memory.
#[derive(Debug)]
pub(super) struct Pages {
    cache: Cache<Arc<str>, Arc<Page>>,
}

impl Pages {
    /// Room for so many bytes, everything counted.
    pub(super) fn new(capacity: u64) -> Self {
        let cache = Cache::builder()
            .max_capacity(capacity)
            .weigher(|key: &Arc<str>, page: &Arc<Page>| weight(key, page))
            .expire_after(AsLongAsItHolds)
            // Keeps what is asked for often: an export that touches everything once can't flush it.
            .eviction_policy(EvictionPolicy::tiny_lfu())
            .build();
        Self { cache }
    }

    /// The page of this id, if it may still be an answer to somebody.
    pub(super) fn get(&self, key: &str) -> Option<Arc<Page>> {
        self.cache.get(key).filter(|page| page.is_kept())
    }

    /// The page of this id, if it is not the one that `kept` knows already.
    pub(super) fn newer(&self, key: &str, kept: Option<&Arc<Page>>) -> Option<Arc<Page>> {
        self.get(key).filter(|page| kept.is_none_or(|kept| !Arc::ptr_eq(kept, page)))
    }

    /// Keeps a page instead of the one before; of one that is not worth keeping, only that the one before is outdated.
    pub(super) fn store(&self, key: &Arc<str>, page: &Arc<Page>) {
        if page.is_kept() {
            self.cache.insert(Arc::clone(key), Arc::clone(page));
        } else {
            self.cache.invalidate(&**key);
        }
    }
}

fn weight(key: &str, page: &Page) -> u32 {
    let bytes = key.len() + page.heap_bytes() + size_of::<Page>() + ENTRY_OVERHEAD;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// A page leaves memory when nobody may be answered with it any more.
struct AsLongAsItHolds;

impl Expiry<Arc<str>, Arc<Page>> for AsLongAsItHolds {
    fn expire_after_create(&self, _: &Arc<str>, page: &Arc<Page>, _: Instant) -> Option<Duration> {
        Some(page.kept_for())
    }

    fn expire_after_update(&self, _: &Arc<str>, page: &Arc<Page>, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(page.kept_for())
    }
}

//! The pages in memory, bounded in bytes.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, policy::EvictionPolicy, sync::Cache};
use providers::Contact;

use super::Page;

/// What an entry costs beside its key and its page's bytes: moka's node, the hash table's slot, the counters of the
/// frequency sketch and the allocator's rounding. `cargo run --release --example cache_memory` measures it.
const ENTRY_OVERHEAD: usize = 480;

/// How long a question can be under way, at the very most: the longest deadline that can be configured, and some more. Whatever
/// was asked before something was dropped, and is answered after, is outdated.
const UNDER_WAY: Duration = Duration::from_secs(15 * 60);
/// How many drops are remembered for that.
const MOST_DROPS: u64 = 100_000;
/// How many channels are remembered. Each costs about a hundred bytes.
const MOST_CHANNELS: u64 = 500_000;

/// The pages in memory.
#[derive(Debug)]
pub(super) struct Pages {
    cache: Cache<Arc<str>, Arc<Page>>,
    /// When something was dropped.
    dropped: Cache<Arc<str>, Asked>,
    /// Which contact has a channel, by the hash of the instance and the channel.
    channels: Cache<u64, Arc<str>>,
}

/// When a provider was asked.
pub(super) type Asked = tokio::time::Instant;

impl Pages {
    /// Room for so many bytes, everything counted.
    pub(super) fn new(capacity: u64) -> Self {
        let cache = Cache::builder()
            .max_capacity(capacity)
            .weigher(|key: &Arc<str>, page: &Arc<Page>| weight(key, page))
            .expire_after(AsLongAsItHolds)
            .eviction_listener(|key, page, cause| page.shelf().taken(weight(&key, &page), cause))
            // Keeps what is asked for often: an export that touches everything once can't flush it.
            .eviction_policy(EvictionPolicy::tiny_lfu())
            .support_invalidation_closures()
            .build();
        let dropped = Cache::builder().max_capacity(MOST_DROPS).time_to_live(UNDER_WAY).build();
        Self { cache, dropped, channels: Cache::new(MOST_CHANNELS) }
    }

    /// How many bytes there is room for.
    pub(super) fn capacity(&self) -> u64 {
        self.cache.policy().max_capacity().unwrap_or_default()
    }

    /// The page of this id, if it may still be an answer to somebody.
    pub(super) fn get(&self, key: &str) -> Option<Arc<Page>> {
        self.get_at(key, Asked::now())
    }

    /// The same for somebody who knows what time it is.
    pub(super) fn get_at(&self, key: &str, now: Asked) -> Option<Arc<Page>> {
        self.cache.get(key).filter(|page| page.is_kept(now))
    }

    /// The page of this id, if it is not the one that `kept` knows already.
    pub(super) fn newer(&self, key: &str, kept: Option<&Arc<Page>>) -> Option<Arc<Page>> {
        self.get(key).filter(|page| kept.is_none_or(|kept| !Arc::ptr_eq(kept, page)))
    }

    /// Keeps a page that was asked for at that time instead of the one before; of one that is not worth keeping, only that the
    /// one before is outdated.
    pub(super) fn store(&self, key: &Arc<str>, page: &Arc<Page>, asked: Asked) {
        let now = Asked::now();
        let is_kept = page.is_kept(now);
        if is_kept {
            self.put(key, page);
            if let (Some(store), Some((_, id))) = (page.shelf().store(), key.split_once(':')) {
                let left = page.kept_for().saturating_sub(page.age(now));
                store.keep(id, page.to_store(asked.elapsed()), page.fresh_for(), left);
            }
        }
        // Looked at last: whoever drops it meanwhile says so before it drops.
        if !is_kept || self.was_dropped(key, asked) {
            self.cache.invalidate(&**key);
        }
    }

    /// Takes a page from another gateway, which was asked for at that time. `None` if it is outdated.
    pub(super) fn take(&self, key: &Arc<str>, page: Page, asked: Asked) -> Option<Arc<Page>> {
        let page = Arc::new(page);
        if !page.is_kept(Asked::now()) || self.was_dropped(key, asked) {
            return None;
        }
        self.put(key, &page);
        if self.was_dropped(key, asked) {
            self.cache.invalidate(&**key);
            return None;
        }
        Some(page)
    }

    fn put(&self, key: &Arc<str>, page: &Arc<Page>) {
        page.shelf().put(weight(key, page));
        self.cache.insert(Arc::clone(key), Arc::clone(page));
    }

    /// Another gateway has a newer page.
    pub(super) fn outdate(&self, key: &str) {
        self.cache.invalidate(key);
    }

    /// Forgets a page, and whatever is under way.
    pub(super) fn drop_page(&self, key: &Arc<str>) {
        self.dropped.insert(Arc::clone(key), Asked::now());
        self.cache.invalidate(&**key);
    }

    /// Forgets all pages whose keys begin like this, an instance's, and whatever is under way.
    pub(super) fn drop_instance(&self, prefix: &str) {
        self.dropped.insert(prefix.into(), Asked::now());
        let prefix: Box<str> = prefix.into();
        // Only without the support for closures, which is there.
        let _ = self.cache.invalidate_entries_if(move |key, _| key.starts_with(&*prefix));
    }

    /// Remembers which channels a contact has, so that it can be found by them.
    pub(super) fn note_channels(&self, instance: &str, key: &Arc<str>, contact: &Contact) {
        let ids = contact.channels.iter().filter_map(|channel| channel.id.as_deref());
        for id in ids.filter(|id| contact.native_id.as_deref() != Some(id)) {
            self.channels.insert(hash(instance, id), Arc::clone(key));
        }
    }

    /// The contact that has this channel, where that is known.
    pub(super) fn with_channel(&self, instance: &str, channel: &str) -> Option<Arc<str>> {
        self.channels.get(&hash(instance, channel))
    }

    fn was_dropped(&self, key: &str, asked: Asked) -> bool {
        let later = |key: &str| self.dropped.get(key).is_some_and(|dropped| dropped >= asked);
        later(key) || key.split_inclusive(':').next().is_some_and(later)
    }

    /// Keeps only these. Looks at every page.
    pub(super) fn retain(&self, keep: impl Fn(&str) -> bool) {
        let mut gone = Vec::new();
        gone.extend(self.cache.iter().map(|(key, _)| key).filter(|key| !keep(key)));
        gone.iter().for_each(|key| self.cache.invalidate(&***key));
    }
}

/// Two channels with one hash cost an update too many.
fn hash(instance: &str, channel: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (instance, channel).hash(&mut hasher);
    hasher.finish()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::{Ages, Shelf};

    #[test]
    fn what_is_not_retained_is_gone() {
        let pages = Pages::new(1 << 20);
        let shelf = Arc::new(Shelf::new(Ages::default()));
        let page = Arc::new(Page::new::<Contact>(None, &shelf, providers::Spent::default()).unwrap());
        for key in ["a#1:x", "a#2:x"] {
            pages.store(&key.into(), &page, Asked::now());
        }
        pages.retain(|key| key.starts_with("a#2:"));
        assert!(pages.get("a#1:x").is_none() && pages.get("a#2:x").is_some());
    }
}

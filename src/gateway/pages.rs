//! The pages in memory, bounded in bytes.

use std::{
    hash::{BuildHasher as _, DefaultHasher, Hash as _, Hasher as _, RandomState},
    sync::{Arc, Weak},
    time::Duration,
};

use moka::sync::Cache;
use parking_lot::Mutex;
use providers::Contact;
use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter, sync::Cache as CompactCache};
use tokio::runtime::Handle;

use super::{Eviction, Failure, Page};

/// What an entry costs beside its page: its slots in the list and in the hash table, and what the allocator rounds up and leaves
/// unused. `cargo run --release --example cache_memory` measures it.
const ENTRY_OVERHEAD: usize = 96;
/// About what an entry takes, so that it is known about how many there will be.
const USUAL: u64 = 1024;
/// How many pages are moved together.
const MOVED: usize = 256;
/// How often what nobody may be answered with any more is looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// How long a question can be under way, at the very most: the longest deadline that can be configured, and some more. Whatever
/// was asked before something was dropped, and is answered after, is outdated.
const UNDER_WAY: Duration = Duration::from_secs(15 * 60);
/// How many drops are remembered for that.
const MOST_DROPS: u64 = 100_000;
/// How many channels are remembered. Each costs some hundred bytes.
const MOST_CHANNELS: usize = 500_000;

/// The pages in memory.
#[derive(Debug)]
pub(super) struct Pages {
    cache: CompactCache<Name, Page, Weights, DefaultHashBuilder, Departures>,
    names: [RandomState; 2],
    /// When something was dropped.
    dropped: Cache<Arc<str>, Asked>,
    /// Which contact has a channel, by the hash of the instance and the channel.
    channels: CompactCache<u64, Box<str>>,
    /// Whose pages still lie where they were made.
    unmoved: Mutex<Vec<Name>>,
    /// Held by whoever puts a page in the place of another.
    placing: Mutex<()>,
    runtime: Handle,
}

/// What stands for the key of a page: 128 bits of two keyed hashes, so that nobody can find two keys with one name, and none will
/// by chance. The text would take three times as much, and another look into memory for each page that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Name([u64; 2]);

/// When a provider was asked.
pub(super) type Asked = tokio::time::Instant;

impl Pages {
    /// Room for so many bytes, everything counted. What takes a while is done on threads of this runtime.
    pub(super) fn new(capacity: u64, runtime: Handle) -> Self {
        let entries = usize::try_from(capacity / USUAL).unwrap_or(usize::MAX);
        // What is asked for again stays: an export that touches everything once can't flush it.
        let cache = CompactCache::with(entries, capacity, Weights, DefaultHashBuilder::default(), Departures);
        let dropped = Cache::builder().max_capacity(MOST_DROPS).time_to_live(UNDER_WAY).build();
        let names = [RandomState::new(), RandomState::new()];
        let channels = CompactCache::new(MOST_CHANNELS);
        Self { cache, names, dropped, channels, unmoved: Mutex::default(), placing: Mutex::default(), runtime }
    }

    /// Gives back the memory of pages that nobody may be answered with any more, from time to time.
    pub(super) async fn sweep(pages: Weak<Self>) {
        loop {
            tokio::time::sleep(SWEEP).await;
            let Some(pages) = pages.upgrade() else { return };
            let now = Asked::now();
            let sweep = move || pages.remove_all(Eviction::Expired, |page| !page.is_kept(now));
            // Looks at every page, which may take longer than a task should.
            if tokio::task::spawn_blocking(sweep).await.is_err() {
                return;
            }
        }
    }

    /// How many bytes there is room for.
    pub(super) fn capacity(&self) -> u64 {
        self.cache.capacity()
    }

    /// The page of this id, if it may still be an answer to somebody.
    pub(super) fn get(&self, key: &str) -> Option<Page> {
        self.get_at(key, Asked::now())
    }

    /// The same for somebody who knows what time it is.
    pub(super) fn get_at(&self, key: &str, now: Asked) -> Option<Page> {
        self.cache.get(&self.name(key)).filter(|page| page.is_kept(now))
    }

    /// The page of this id, if it is newer than `kept`.
    pub(super) fn newer(&self, key: &str, kept: Option<&Page>) -> Option<Page> {
        self.get(key).filter(|page| kept.is_none_or(|kept| page.is_newer_than(kept)))
    }

    /// Notes at the page of this id that the provider could not give a newer one.
    ///
    /// Nobody else should: a page that was found before the provider was asked may lie elsewhere by now.
    pub(super) fn rest(&self, key: &str, failure: &Failure) {
        if let Some(page) = self.get(key) {
            page.rest(failure);
        }
    }

    /// Keeps a page that was asked for at that time instead of the one before; of one that is not worth keeping, only that the
    /// one before is outdated.
    pub(super) fn store(self: &Arc<Self>, key: &Arc<str>, page: &Page, asked: Asked) {
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
            self.remove(key);
        }
    }

    /// Takes a page from another gateway, which was asked for at that time. `None` if it is outdated.
    pub(super) fn take(self: &Arc<Self>, key: &Arc<str>, page: Page, asked: Asked) -> Option<Page> {
        if !page.is_kept(Asked::now()) || self.was_dropped(key, asked) {
            return None;
        }
        self.put(key, &page);
        if self.was_dropped(key, asked) {
            self.remove(key);
            return None;
        }
        Some(page)
    }

    /// Another gateway has a newer page.
    pub(super) fn outdate(&self, key: &str) {
        self.remove(key);
    }

    /// Forgets a page, and whatever is under way.
    pub(super) fn drop_page(&self, key: &Arc<str>) {
        self.dropped.insert(Arc::clone(key), Asked::now());
        self.remove(key);
    }

    /// Forgets all pages whose keys begin like this, an instance's, and whatever is under way.
    pub(super) fn drop_instance(&self, prefix: &str) {
        self.dropped.insert(prefix.into(), Asked::now());
        self.remove_all(Eviction::Forgotten, |page| page.shelf().prefix() == prefix);
    }

    /// Remembers which channels a contact has, so that it can be found by them.
    pub(super) fn note_channels(&self, instance: &str, key: &Arc<str>, contact: &Contact) {
        let Some((_, contact_id)) = key.split_once(':') else { return };
        let ids = contact.channels.iter().filter_map(|channel| channel.id.as_deref());
        for id in ids.filter(|id| contact.native_id.as_deref() != Some(id)) {
            self.channels.insert(hash(instance, id), contact_id.into());
        }
    }

    /// The id of the contact that has this channel, where that is known.
    pub(super) fn with_channel(&self, instance: &str, channel: &str) -> Option<Box<str>> {
        self.channels.get(&hash(instance, channel))
    }

    /// Keeps only those whose keys begin with what is to be kept, an instance's. Looks at every page.
    pub(super) fn retain(&self, keep: impl Fn(&str) -> bool) {
        self.remove_all(Eviction::Forgotten, |page| !keep(page.shelf().prefix()));
    }

    fn was_dropped(&self, key: &str, asked: Asked) -> bool {
        let later = |key: &str| self.dropped.get(key).is_some_and(|dropped| dropped >= asked);
        later(key) || key.split_inclusive(':').next().is_some_and(later)
    }

    fn put(self: &Arc<Self>, key: &str, page: &Page) {
        let name = self.name(key);
        page.shelf().put(weight(page));
        let mut left = Departed::new();
        let placing = self.placing.lock();
        self.cache.insert_with_lifecycle(name, page.clone(), &mut left);
        drop(placing);
        for (other, gone) in left {
            let is_former = other == name && !gone.is(page);
            gone.shelf().taken(weight(&gone), (!is_former).then_some(Eviction::Crowded));
        }
        self.move_later(name);
    }

    /// Has this page moved to where only pages lie, together with others.
    ///
    /// Whoever makes a page allocates and frees much else that is somewhat larger. The next page takes such a place, and what it leaves
    /// of it is too small for anything: such holes came to a fifth of all bodies. But an allocator gives each thread a heap of its
    /// own, as a rule. So threads that do little else make copies of the pages, and the places of the first ones are free again for
    /// what the next ones are made of.
    fn move_later(self: &Arc<Self>, name: Name) {
        let mut unmoved = self.unmoved.lock();
        unmoved.push(name);
        if unmoved.len() >= MOVED {
            let (pages, names) = (Arc::clone(self), std::mem::take(&mut *unmoved));
            self.runtime.spawn_blocking(move || pages.move_all(&names));
        }
    }

    fn move_all(&self, names: &[Name]) {
        // Freed at the end: whatever a thread frees, it takes first when it allocates.
        let mut left = Departed::new();
        for name in names {
            let Some(page) = self.cache.peek(name) else { continue };
            let copy = page.copied();
            let _placing = self.placing.lock();
            // It weighs the same, so nothing has to go for it; and it has not been asked for again.
            if self.cache.peek(name).is_some_and(|kept| kept.is(&page)) {
                let _ = self.cache.replace_with_lifecycle(*name, copy, true, &mut left);
            }
        }
    }

    fn remove(&self, key: &str) {
        if let Some((_, page)) = self.cache.remove(&self.name(key)) {
            page.shelf().taken(weight(&page), Some(Eviction::Forgotten));
        }
    }

    /// One after the other, so that nobody waits until all have been looked at.
    fn remove_all(&self, why: Eviction, which: impl Fn(&Page) -> bool) {
        for (name, _) in self.cache.iter().filter(|(_, page)| which(page)) {
            // Unless one is there by now that is not meant.
            if let Some((_, page)) = self.cache.remove_if(&name, &which) {
                page.shelf().taken(weight(&page), Some(why));
            }
        }
    }

    fn name(&self, key: &str) -> Name {
        Name(self.names.each_ref().map(|hasher| hasher.hash_one(key)))
    }
}

/// Two channels with one hash cost an update too many.
fn hash(instance: &str, channel: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (instance, channel).hash(&mut hasher);
    hasher.finish()
}

fn weight(page: &Page) -> u64 {
    (page.heap_bytes() + ENTRY_OVERHEAD) as u64
}

/// The bytes of entries.
#[derive(Debug, Clone)]
struct Weights;

impl Weighter<Name, Page> for Weights {
    fn weight(&self, _: &Name, page: &Page) -> u64 {
        weight(page)
    }
}

/// Tells whoever stores a page which others have left for it: outside the locks.
#[derive(Debug, Clone)]
struct Departures;

/// What has left.
type Departed = Vec<(Name, Page)>;

impl Lifecycle<Name, Page> for Departures {
    type RequestState = Departed;

    fn on_evict(&self, left: &mut Departed, name: Name, page: Page) {
        left.push((name, page));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::{Ages, Shelf};

    fn shelf(prefix: &str) -> Arc<Shelf> {
        Arc::new(Shelf::new(prefix, Ages::default()))
    }

    fn pages(capacity: u64) -> Arc<Pages> {
        Arc::new(Pages::new(capacity, Handle::current()))
    }

    fn keep(pages: &Arc<Pages>, key: &str, shelf: &Arc<Shelf>) {
        let page = Page::new::<Contact>(None, shelf, providers::Spent::default()).unwrap();
        pages.store(&key.into(), &page, Asked::now());
    }

    fn evictions(shelf: &Shelf) -> Vec<u64> {
        shelf.evictions().map(|(_, count)| count).collect()
    }

    #[tokio::test]
    async fn what_is_not_retained_is_gone() {
        let (pages, first, second) = (pages(1 << 20), shelf("a#1:"), shelf("a#2:"));
        keep(&pages, "a#1:x", &first);
        keep(&pages, "a#2:x", &second);
        pages.retain(|prefix| prefix == "a#2:");
        assert!(pages.get("a#1:x").is_none() && pages.get("a#2:x").is_some());
        assert_eq!((first.entries(), evictions(&first)), (0, vec![0, 0, 1]));
        assert_eq!((second.entries(), evictions(&second)), (1, vec![0, 0, 0]));
    }

    #[tokio::test]
    async fn there_is_never_more_than_there_is_room_for() {
        let (pages, shelf) = (pages(20_000), shelf("a#1:"));
        (0..200).for_each(|number| keep(&pages, &format!("a#1:{number}"), &shelf));
        assert!((10..200).contains(&shelf.entries()) && shelf.bytes() <= pages.capacity(), "{shelf:?}");
        assert_eq!(evictions(&shelf), [0, 200 - shelf.entries(), 0]);
    }

    #[tokio::test]
    async fn a_newer_page_takes_the_place_of_the_one_before() {
        let (pages, shelf) = (pages(1 << 20), shelf("a#1:"));
        (0..3).for_each(|_| keep(&pages, "a#1:x", &shelf));
        assert_eq!((shelf.entries(), evictions(&shelf)), (1, vec![0, 0, 0]));
    }

    #[tokio::test]
    async fn a_page_that_has_been_moved_is_still_the_same() {
        let (pages, shelf) = (pages(1 << 20), shelf("a#1:"));
        keep(&pages, "a#1:0", &shelf);
        let before = pages.get("a#1:0").unwrap();
        before.rest(&Failure::NotCached);
        (1..MOVED).for_each(|number| keep(&pages, &format!("a#1:{number}"), &shelf));
        let bytes = shelf.bytes();
        let moved = async {
            while pages.get("a#1:0").unwrap().is(&before) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), moved).await.unwrap();
        let (now, after) = (Asked::now(), pages.get("a#1:0").unwrap());
        assert_eq!((after.age(now), after.etag(), after.rests()), (before.age(now), before.etag(), true));
        assert!(pages.newer("a#1:0", Some(&before)).is_none());
        // Whoever has asked since before it was moved fails now.
        let failure = Failure::Overloaded { provider: "a".into() };
        pages.rest("a#1:0", &failure);
        assert!(matches!(after.failure(), Some(Failure::Overloaded { .. })));
        assert_eq!((shelf.entries(), shelf.bytes(), evictions(&shelf)), (MOVED as u64, bytes, vec![0; 3]));
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_may_be_answered_with_leaves_at_the_next_sweep() {
        let (pages, shelf) = (pages(1 << 20), shelf("a#1:"));
        keep(&pages, "a#1:x", &shelf);
        tokio::spawn(Pages::sweep(Arc::downgrade(&pages)));
        tokio::time::sleep(SWEEP * 3).await;
        assert_eq!((shelf.entries(), shelf.bytes(), evictions(&shelf)), (0, 0, vec![1, 0, 0]));
    }
}

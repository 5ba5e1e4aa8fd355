//! One configured provider, as the gateway sees it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use parking_lot::Mutex;
use providers::{ContactProvider, Error, Kind, upstream::RouteReport};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit},
    time::Instant,
};

use super::{Failure, Lookups, Shelf};
use crate::shared::{Shared, Store};

/// How many callers may wait for one provider. Each costs little more than its connection.
const MOST_WAITING: usize = 8192;
/// How many contacts may be asked of one provider at the same time, the refreshes in the background included.
const MOST_LOADING: usize = 512;
/// How many of them may be refreshes, which nobody waits for.
const MOST_REFRESHING: usize = 64;

/// How many instances there have been in this process.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// One configured provider.
pub struct Instance {
    /// Its name, which stands before the colon of its contacts' ids.
    pub name: Arc<str>,
    /// What kind of provider it is.
    pub kind: &'static Kind,
    /// The provider.
    pub provider: Arc<dyn ContactProvider>,
    /// Its pages in memory.
    pub shelf: Arc<Shelf>,
    /// How often they were asked for.
    pub lookups: Lookups,
    /// The longest that one attempt to ask it may take.
    pub timeout: Duration,
    trouble: Mutex<Option<(Failure, Timestamp)>>,
    waiting: Semaphore,
    loading: Arc<Semaphore>,
    refreshing: Arc<Semaphore>,
}

/// Places of one sort that an instance has, and how many are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// What they are for: `waiting` callers, `loading` contacts, `refreshing` them with nobody waiting.
    pub name: &'static str,
    /// How many are taken.
    pub used: usize,
    /// How many there are.
    pub most: usize,
}

/// A load's share of what its instance allows; given back when dropped.
#[derive(Debug)]
pub(super) struct Share {
    _loading: OwnedSemaphorePermit,
    _refreshing: Option<OwnedSemaphorePermit>,
}

impl Instance {
    /// What ids begin with that are look-ups: no instance may have such a name.
    pub const RESERVED: [&str; 2] = ["tel", "mailto"];

    /// An instance that nobody waits for yet.
    #[must_use]
    pub fn new(
        name: Arc<str>,
        kind: &'static Kind,
        provider: Arc<dyn ContactProvider>,
        ages: Ages,
        timeout: Duration,
    ) -> Self {
        let origin = provider.upstream().map_or_else(Instant::now, |(upstream, _)| upstream.origin());
        let prefix = format!("{name}#{}:", NEXT.fetch_add(1, Ordering::Relaxed));
        Self {
            name,
            kind,
            provider,
            shelf: Arc::new(Shelf::new(&prefix, ages)),
            lookups: Lookups::new(origin),
            trouble: Mutex::default(),
            timeout,
            waiting: Semaphore::new(MOST_WAITING),
            loading: Arc::new(Semaphore::new(MOST_LOADING)),
            refreshing: Arc::new(Semaphore::new(MOST_REFRESHING)),
        }
    }

    /// The instances in the order of their names, in which they are told, and [found](Self::named).
    pub(super) fn in_order(mut all: Vec<Arc<Self>>) -> Vec<Arc<Self>> {
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// The one with this name, of all that stand in the order of their names. There may be many, and each id begins with one.
    pub(super) fn named<'a>(all: &'a [Arc<Self>], name: &str) -> Option<&'a Arc<Self>> {
        all.get(all.binary_search_by(|one| (*one.name).cmp(name)).ok()?)
    }

    /// The same instance, whose pages other gateways have, too, under this name of its account. Nobody waits for it yet.
    #[must_use]
    pub fn sharing(self, shared: &Arc<Shared>, account: &str) -> Self {
        let store = Store::new(shared, account, self.prefix());
        let shelf = Arc::new(Shelf::new(self.prefix(), **self.shelf.ages()).sharing(store));
        Self { shelf, ..self }
    }

    /// What callers are told of an error of its provider, which is noted.
    pub fn failed(&self, error: Error) -> Failure {
        let is_trouble = error.kind().is_trouble() && !error.is_foreseen();
        let failure = Failure::Provider { provider: Arc::clone(&self.name), error };
        if is_trouble {
            *self.trouble.lock() = Some((failure.clone(), Timestamp::now()));
        }
        failure
    }

    /// The last error of its provider that should not have been, and when that was.
    #[must_use]
    pub fn last_trouble(&self) -> Option<(Failure, Timestamp)> {
        self.trouble.lock().clone()
    }

    /// Whether an instance can have this name, so that an unknown one is told from a colon inside an id.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(legal)
    }

    /// Under which key a contact's page is kept.
    ///
    /// No two instances share one, not even if they have the same name in configurations that follow each other: what one
    /// server has said, or is just about to say, is no answer for another server.
    pub(super) fn key(&self, id: &str) -> Arc<str> {
        [self.prefix(), id].concat().into()
    }

    /// What stands in a key behind what makes it this instance's; `None` if it is another one's.
    pub(super) fn id_in<'a>(&self, key: &'a str) -> Option<&'a str> {
        key.strip_prefix(self.prefix())
    }

    /// What all its keys begin with, and no other instance's.
    pub(super) fn prefix(&self) -> &str {
        self.shelf.prefix()
    }

    /// What is known of the routes of its API that were used, and of the one that reads a contact.
    #[must_use]
    pub fn routes(&self) -> Vec<RouteReport> {
        let Some((upstream, route)) = self.provider.upstream() else { return Vec::new() };
        // It is among those that are known from now on.
        let _ = upstream.route(route);
        upstream.routes()
    }

    /// What limits how many may wait and ask.
    #[must_use]
    pub fn places(&self) -> [Places; 3] {
        let places = |name, free: &Semaphore, most| Places { name, used: most - free.available_permits(), most };
        [
            places("waiting", &self.waiting, MOST_WAITING),
            places("loading", &self.loading, MOST_LOADING),
            places("refreshing", &self.refreshing, MOST_REFRESHING),
        ]
    }

    /// A place for one caller to wait; `None` if too many do.
    pub(super) fn wait(&self) -> Option<SemaphorePermit<'_>> {
        self.waiting.try_acquire().ok()
    }

    /// The right to ask for one contact; `None` if too many are being asked for.
    pub(super) fn load(&self) -> Option<Share> {
        let loading = Arc::clone(&self.loading).try_acquire_owned().ok()?;
        Some(Share { _loading: loading, _refreshing: None })
    }

    /// The right to ask for one contact that nobody waits for; `None` if too many are being asked for.
    pub(super) fn refresh(&self) -> Option<Share> {
        let refreshing = Arc::clone(&self.refreshing).try_acquire_owned().ok()?;
        Some(Share { _refreshing: Some(refreshing), ..self.load()? })
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("name", &self.name).field("kind", &self.kind.name).finish_non_exhaustive()
    }
}

/// How long an instance's answers hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// A contact is answered from memory for so long.
    pub fresh: Duration,
    /// After that it is answered from memory while the provider is asked in the background, for so long.
    pub stale: Duration,
    /// And up to this age when the provider can't answer.
    pub stale_if_error: Duration,
    /// "No such contact" is answered from memory for so long.
    pub absent: Duration,
}

impl Default for Ages {
    fn default() -> Self {
        Self {
            fresh: Duration::from_secs(60),
            stale: Duration::from_secs(10 * 60),
            stale_if_error: Duration::from_secs(24 * 3600),
            absent: Duration::from_secs(30),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use async_trait::async_trait;
    use providers::{
        Call, Found, KINDS, LocalId, Result,
        upstream::{Route, Upstream},
    };

    use super::*;

    struct Nobody;

    impl fmt::Debug for Nobody {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Nobody")
        }
    }

    #[async_trait]
    impl ContactProvider for Nobody {
        async fn contact(&self, _: &LocalId, _: &Call) -> Result<Option<Found>> {
            Ok(None)
        }

        fn upstream(&self) -> Option<(&Upstream, &'static Route)> {
            None
        }

        async fn check(&self, _: &Call) -> Result<()> {
            Ok(())
        }
    }

    fn instance(name: &str) -> Instance {
        Instance::new(name.into(), &KINDS[0], Arc::new(Nobody), Ages::default(), Duration::ZERO)
    }

    #[test]
    fn no_instance_owns_anothers_pages_not_even_those_of_its_name() {
        let (one, same, longer) = (instance("chat"), instance("chat"), instance("chat_2"));
        let key = one.key("a:b#1:c");
        assert_eq!([&one, &same, &longer].map(|instance| instance.id_in(&key)), [Some("a:b#1:c"), None, None]);
        assert!(["chat", "chat:1", "tel:+919537851844"].iter().all(|other| one.id_in(other).is_none()));
    }
}

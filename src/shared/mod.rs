//! What several gateways share through Redis: pages, budgets, and the news of what is outdated.
//!
//! Nothing here fails. Where Redis is late, refuses or is not there, there is no page, nobody else asks for one, and each gateway has
//! its share of a budget.

mod keeper;
mod ledger;
mod link;
mod members;
mod news;
mod receipts;
mod scripts;
mod store;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use providers::{Ledger, OpenLedger};
use redis::RedisError;
use sha2::{Digest as _, Sha256};
use tokio::{
    runtime::Handle,
    sync::{broadcast, watch},
    task::AbortHandle,
    time::{Instant, timeout},
};

pub(crate) use self::store::GLANCE;
use self::{ledger::Count, link::Link, members::Members, news::Message};
pub use self::{
    news::What,
    receipts::{Claim, Close},
    store::{Ear, Intent, Lease, Look, Store, Stored},
};
use crate::config;

/// How long the start waits for Redis, so that the first callers have it.
const STARTING: Duration = Duration::from_secs(2);
/// How many pages may change in the time that somebody needs to look up who waits for one. Who misses one looks at the page itself.
const MOST_MOVED: usize = 1024;
/// How many messages are kept for a Redis that can't be reached. Beyond that, all pages of their accounts are outdated.
const MOST_UNSENT: usize = 10_000;

/// What several gateways share through one Redis. All of them with one prefix act as one.
pub struct Shared {
    link: Arc<Link>,
    members: Arc<Members>,
    budgets: Mutex<Budgets>,
    state: watch::Sender<State>,
    runtime: Handle,
    keeper: Mutex<Option<AbortHandle>>,
    /// Which accounts' pages are in memory, and what their keys there begin with.
    copies: Mutex<Vec<(Arc<str>, Box<str>)>>,
    heed: OnceLock<Heed>,
    began: Instant,
    /// Since when all news was heard, in microseconds since it began.
    heard_since: AtomicU64,
    /// The pages, by their keys, of which there is news.
    moved: broadcast::Sender<Arc<str>>,
    unsent: Mutex<Vec<Message>>,
}

/// Takes news to memory: what the keys there begin with, what has happened, and to which id. Returns the ids of what is outdated,
/// too.
type Heed = Box<dyn Fn(&str, What, Option<&str>) -> Vec<String> + Send + Sync>;

/// How it stands with Redis and the other gateways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedReport {
    /// Whether there is a connection: without one, the gateway goes on alone.
    pub is_connected: bool,
    /// How many gateways there are, this one among them, as far as is known.
    pub gateways: u32,
    /// How many questions had no answer in time, or none that is one, since the start.
    pub unanswered: u64,
}

/// What has become of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Starting,
    Up,
    Down,
}

/// The budgets that are shared.
struct Budgets {
    is_alone: bool,
    counts: HashMap<String, Arc<Count>>,
}

impl Shared {
    /// Connects, and goes on doing so, on this runtime.
    ///
    /// # Errors
    /// If there is no way to such an address.
    pub fn start(config: &config::Redis, runtime: &Handle) -> Result<Arc<Self>, RedisError> {
        let shared = Arc::new(Self {
            link: Arc::new(Link::new(config.connection.clone())?),
            members: Arc::new(Members::new(config.prefix.clone(), config.gateways)),
            budgets: Mutex::new(Budgets { is_alone: true, counts: HashMap::new() }),
            state: watch::Sender::new(State::Starting),
            runtime: runtime.clone(),
            keeper: Mutex::default(),
            copies: Mutex::default(),
            heed: OnceLock::new(),
            began: Instant::now(),
            heard_since: AtomicU64::new(0),
            moved: broadcast::Sender::new(MOST_MOVED),
            unsent: Mutex::default(),
        });
        *shared.keeper.lock() = Some(runtime.spawn(Arc::clone(&shared).keep()).abort_handle());
        Ok(shared)
    }

    /// Takes all news to memory from now on. Once.
    pub(crate) fn heed(&self, heed: impl Fn(&str, What, Option<&str>) -> Vec<String> + Send + Sync + 'static) {
        // Nobody sets another one.
        let _ = self.heed.set(Box::new(heed));
    }

    /// Waits until there is a connection, or has been no way to get one.
    pub async fn started(&self) {
        let mut state = self.state.subscribe();
        let _ = timeout(STARTING, state.wait_for(|state| *state != State::Starting)).await;
    }

    /// Whether Redis can be used.
    ///
    /// # Errors
    /// What keeps it from that, in few words and without a secret.
    pub async fn check(&self) -> Result<(), String> {
        self.link.connect().await.map(drop).map_err(|error| link::kind(&error))
    }

    /// How it stands with Redis and the other gateways.
    #[must_use]
    pub fn report(&self) -> SharedReport {
        SharedReport {
            is_connected: self.link.is_open(),
            gateways: self.members.gateways(),
            unanswered: self.link.unanswered(),
        }
    }

    /// Says goodbye, so that the others need not leave this gateway its share of the budgets. It makes no call any more.
    pub async fn leave(&self) {
        // Another beat would bring it back.
        if let Some(keeper) = self.keeper.lock().take() {
            keeper.abort();
        }
        let mut question = scripts::LEAVE.key(self.members.key("gateways"));
        question.key(self.members.key("seen")).arg(&self.members.gateway);
        let _ = self.link.insist::<()>(&question).await;
    }
}

impl Shared {
    /// Since when all news was heard; `None`: since the beginning.
    fn heard_since(&self) -> Option<Instant> {
        let since = self.heard_since.load(Ordering::Acquire);
        (since > 0).then(|| self.began + Duration::from_micros(since))
    }

    /// Whatever happened until now may not have been heard.
    fn doubt(&self) {
        self.heard_since.store(micros(self.began.elapsed()).max(1), Ordering::Release);
    }

    /// Takes a message to whom it concerns.
    fn hear(self: &Arc<Self>, message: &Message) {
        // What it has sent itself, this gateway knows.
        if message.from != self.members.gateway
            && let Some(heed) = self.heed.get()
        {
            for (account, prefix) in self.copies.lock().iter().filter(|(account, _)| **account == *message.account) {
                for id in heed(prefix, message.what, message.id.as_deref()) {
                    let (from, account) = (self.members.gateway.clone(), account.to_string());
                    self.tell(Message { from, what: What::Outdated, account, id: Some(id) });
                }
            }
        }
        // Nobody may be waiting.
        let _ = self.moved.send(self.page_key(&message.account, message.id.as_deref()).into());
    }

    /// Tells everybody what is outdated, and forgets it in Redis; if that can't be reached, once it can be again.
    fn tell(self: &Arc<Self>, message: Message) {
        let shared = Arc::clone(self);
        self.runtime.spawn(async move {
            if shared.link.insist::<()>(&shared.effect(&message)).await.is_none() {
                shared.remember(message);
            }
        });
    }

    /// Tells what could not be told before.
    fn catch_up(self: &Arc<Self>) {
        std::mem::take(&mut *self.unsent.lock()).into_iter().for_each(|message| self.tell(message));
    }

    fn remember(&self, message: Message) {
        let mut unsent = self.unsent.lock();
        unsent.push(message);
        if unsent.len() > MOST_UNSENT {
            // Too much to be told one by one: each account as a whole.
            unsent.iter_mut().for_each(|message| message.id = None);
            let mut accounts = HashSet::new();
            unsent.retain(|message| accounts.insert(message.account.clone()));
        }
    }

    fn channel(&self) -> String {
        self.members.key("news")
    }
}

impl OpenLedger for Shared {
    fn open(&self, account: &str, route: &str) -> Arc<dyn Ledger> {
        let name = digest([account, route]);
        let mut budgets = self.budgets.lock();
        let is_alone = budgets.is_alone;
        let new = || Count::new(&self.link, &self.members, self.runtime.clone(), &name, is_alone);
        let count = budgets.counts.entry(name.clone()).or_insert_with(|| Arc::new(new()));
        Arc::clone(count) as Arc<dyn Ledger>
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("link", &self.link).finish_non_exhaustive()
    }
}

impl Budgets {
    /// Redis can't be asked any more.
    fn lose(&mut self) {
        self.is_alone = true;
        self.counts.values().for_each(|count| count.lose());
    }

    /// No call is made from now on without asking Redis. Returns what may have to be reported, and whether there were calls.
    fn rejoin(&mut self) -> (Vec<Arc<Count>>, bool) {
        self.is_alone = false;
        let counts: Vec<_> = self.counts.values().cloned().collect();
        let called = counts.iter().filter(|count| count.rejoin()).count();
        (counts, called > 0)
    }
}

/// A name for these texts together. No two lists of texts have the same.
fn digest<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    use std::fmt::Write as _;
    let mut digest = Sha256::new();
    texts.into_iter().for_each(|text| digest.update(Sha256::digest(text)));
    digest.finalize()[..16].iter().fold(String::new(), |mut hex, byte| {
        // Writing to a `String` can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What Lua can count exactly: up to a hundred years.
fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).min(1 << 52)
}

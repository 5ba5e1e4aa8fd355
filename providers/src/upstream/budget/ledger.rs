//! Where the calls of several processes to one account are counted together.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::time::Instant;

use crate::{Priority, Rate};

/// Counts the calls of several processes to one route of one account.
#[async_trait]
pub trait Ledger: fmt::Debug + Send + Sync {
    /// Asks for the right to make one call, now. `None`: nobody can be asked.
    async fn begin(&self, entry: Entry) -> Option<Word>;

    /// Notes a call that is made while nobody can be asked. `None`: somebody can be.
    fn begin_alone(&self, longest: Duration) -> Option<u64>;

    /// Tells that the call with this number has ended. Returns at once.
    fn end(&self, number: u64, ended: Ended);

    /// Tells that the upstream lets no call through before this time has passed. Returns at once.
    fn pause(&self, rate: Rate, wait: Duration, learned: Learned);

    /// While not everything is known of the others' calls: the last moment at which they may have begun one that this process's
    /// share does not allow for. `None`: there was none.
    fn unknown_until(&self) -> Option<Instant>;

    /// While not everything is known of the others' calls: this process's share of so many.
    fn share(&self, calls: u32) -> u32;
}

/// Opens ledgers.
pub trait OpenLedger: Send + Sync {
    /// The ledger of one route, or one pool of routes. The same account and route are the same ledger in every process.
    fn open(&self, account: &str, route: &str) -> Arc<dyn Ledger>;
}

/// Where the calls to an upstream are counted: in this process alone, unless it was given ledgers.
#[derive(Clone, Default)]
pub struct Ledgers(Option<Arc<dyn OpenLedger>>);

impl Ledgers {
    /// Together with whoever has the same ledgers.
    #[must_use]
    pub fn shared(open: Arc<dyn OpenLedger>) -> Self {
        Self(Some(open))
    }

    /// The ledger of one route, where there is any.
    pub(crate) fn open(&self, account: &str, route: &str) -> Option<Arc<dyn Ledger>> {
        self.0.as_ref().map(|ledgers| ledgers.open(account, route))
    }
}

/// Where calls are counted is no part of what is asked.
impl PartialEq for Ledgers {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Ledgers {}

impl fmt::Debug for Ledgers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Ledgers(shared)" } else { "Ledgers(own)" })
    }
}

/// A wish to make a call.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What was configured. Those with another configuration have a limit of their own, for the same calls.
    pub rate: Rate,
    /// How long the call may be under way.
    pub longest: Duration,
    /// Live, unless only batches wait here.
    pub priority: Priority,
    /// Whether this process's share would allow it, for a ledger that does not know of all calls yet.
    pub is_own: bool,
}

/// What a ledger says.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// The right to make the call with this number; or how long it takes until there may be one.
    pub turn: Result<u64, Duration>,
    /// Whether the ledger knows of all calls that count.
    pub is_whole: bool,
    /// How many calls all may make, in which time, as far as any of them has learned.
    pub limit: (u32, Duration),
    /// How many calls count now.
    pub used: u32,
}

/// How a call ended.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    /// The rate under which it was begun.
    pub rate: Rate,
    /// When it reached the upstream, now or later; `None`: it never did, and counts no more.
    pub reached: Option<Instant>,
    /// What the answer has changed.
    pub learned: Option<Learned>,
    /// How many calls the upstream has counted in its window, and how long that still lasts.
    pub counted: Option<(u32, Duration)>,
}

/// The limit before something was learned, and after. Another process may have learned something else meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learned {
    /// Calls and window.
    pub before: (u32, Duration),
    /// Calls and window.
    pub after: (u32, Duration),
}

impl Learned {
    /// Whether anything is new.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.before != self.after
    }
}

//! Which gateways there are, as far as Redis and this one know.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::time::Instant;

/// How often Redis is told that this gateway is there.
pub(super) const BEAT: Duration = Duration::from_millis(100);
/// A gateway that has not been heard for so long is absent, and may be making calls by its share.
pub(super) const ABSENT: Duration = Duration::from_secs(1);
/// What takes longer than this to reach Redis says nothing of who is there.
pub(super) const STALE: Duration = Duration::from_millis(500);
/// After so long, a gateway that is absent is taken to be no more.
pub(super) const FORGOTTEN: Duration = Duration::from_secs(5 * 60);

/// Which gateways there are, this one among them.
#[derive(Debug)]
pub(super) struct Members {
    /// What all keys begin with.
    pub(super) prefix: String,
    /// This process, among all gateways.
    pub(super) gateway: String,
    /// How many one takes them to be until it has seen them.
    configured: u32,
    seen: Mutex<Seen>,
}

/// What Redis has said last.
#[derive(Debug, Default)]
struct Seen {
    epoch: Arc<str>,
    gateways: Option<u32>,
    /// Redis's time in microseconds, and when it was that.
    clock: Option<(u64, Instant)>,
    /// When this gateway was last lost to the others.
    lost: Option<Instant>,
}

impl Members {
    pub(super) fn new(prefix: String, configured: u32) -> Self {
        let gateway = uuid::Uuid::new_v4().simple().to_string();
        Self { prefix, gateway, configured, seen: Mutex::default() }
    }

    /// The key of something that there is once.
    pub(super) fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    /// Since when Redis has forgotten nothing: a name for that time.
    pub(super) fn epoch(&self) -> Arc<str> {
        Arc::clone(&self.seen.lock().epoch)
    }

    /// It is this epoch, and this time, in microseconds.
    pub(super) fn enter(&self, epoch: &str, time: u64) {
        let mut seen = self.seen.lock();
        seen.epoch = epoch.into();
        seen.clock = Some((time, Instant::now()));
    }

    /// There are so many gateways, at this time, in microseconds.
    pub(super) fn count(&self, gateways: u32, time: u64) {
        let mut seen = self.seen.lock();
        seen.gateways = Some(gateways);
        seen.clock = Some((time, Instant::now()));
    }

    /// Redis's time now, or somewhat earlier, in microseconds.
    pub(super) fn time(&self) -> u64 {
        self.seen.lock().clock.map_or(0, |(time, at)| time + super::micros(at.elapsed()))
    }

    /// The others hear nothing of this gateway from now on.
    pub(super) fn lose(&self) {
        self.seen.lock().lost = Some(Instant::now());
    }

    /// The last moment at which the others may have taken this gateway to be there, though it could not ask.
    pub(super) fn unknown_until(&self) -> Option<Instant> {
        self.seen.lock().lost.map(|lost| lost + ABSENT + STALE)
    }

    /// How many there are, as far as is known.
    pub(super) fn gateways(&self) -> u32 {
        self.seen.lock().gateways.unwrap_or(self.configured).max(1)
    }

    /// How many there are, at least: those that were seen, or if this one has made calls without having seen any, those that it
    /// has left room for.
    pub(super) fn at_least(&self, has_called: bool) -> u32 {
        let unseen = if has_called { self.configured } else { 1 };
        self.seen.lock().gateways.unwrap_or(unseen).max(1)
    }
}

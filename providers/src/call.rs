//! What a provider must know of the request that it works for.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use http::HeaderMap;
use tokio::{sync::Notify, time::Instant};
use tracing::Span;

use crate::{Error, Trail};

/// Who goes first where calls must wait for their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody can wait: an export, a refresh in the background. One turn in ten is theirs, whoever else waits.
    Batch,
    /// Somebody is waiting.
    Live,
}

/// What a provider must know of the request that it works for. Clones speak of the same request.
#[derive(Debug, Clone)]
pub struct Call {
    /// When the answer is of no more use.
    pub deadline: Instant,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    live: AtomicBool,
    raised: Notify,
    /// In microseconds.
    waited: AtomicU64,
    upstream: AtomicU64,
    paused: AtomicU64,
    trouble: Mutex<Option<Error>>,
    trail: OnceLock<Trail>,
}

/// Where a call's time went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Waiting for the budget.
    pub waiting: Duration,
    /// From the sending to the last byte, all attempts together.
    pub upstream: Duration,
    /// Between an attempt that had failed and the next one.
    pub pausing: Duration,
}

impl Call {
    /// A call of this priority that is of use until `deadline`.
    #[must_use]
    pub fn new(deadline: Instant, priority: Priority) -> Self {
        let live = AtomicBool::new(priority == Priority::Live);
        let [waited, upstream, paused] = [const { AtomicU64::new(0) }; 3];
        let (raised, trouble, trail) = (Notify::new(), Mutex::default(), OnceLock::new());
        Self { deadline, shared: Arc::new(Shared { live, raised, waited, upstream, paused, trouble, trail }) }
    }

    /// A live call that may take this long from now.
    #[must_use]
    pub fn within(limit: Duration) -> Self {
        Self::new(Instant::now() + limit, Priority::Live)
    }

    /// The same call, for a part of it that must end earlier.
    #[must_use]
    pub fn until(&self, deadline: Instant) -> Self {
        Self { deadline: self.deadline.min(deadline), shared: Arc::clone(&self.shared) }
    }

    /// What is left of the time.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The priority that the call has by now.
    #[must_use]
    pub fn priority(&self) -> Priority {
        if self.shared.live.load(Ordering::Acquire) { Priority::Live } else { Priority::Batch }
    }

    /// Makes the call live: somebody who is waiting wants what a batch has asked for.
    pub fn raise(&self) {
        if !self.shared.live.swap(true, Ordering::AcqRel) {
            self.shared.raised.notify_waiters();
        }
    }

    /// Returns once the call is live.
    pub async fn raised(&self) {
        let raised = self.shared.raised.notified();
        tokio::pin!(raised);
        // Listening begins here, before the look: else a change between the two would go unheard.
        raised.as_mut().enable();
        if self.priority() == Priority::Batch {
            raised.await;
        }
    }

    /// Says for whom it is made; the first word holds.
    pub fn belongs_to(&self, trail: Trail) {
        let _ = self.shared.trail.set(trail);
    }

    /// For whom it is made, where that has been said.
    #[must_use]
    pub fn trail(&self) -> Option<&Trail> {
        self.shared.trail.get()
    }

    /// The headers by which an attempt goes on in the caller's trace.
    pub(crate) fn headers(&self, attempt: &Span) -> HeaderMap {
        self.trail().map(|trail| trail.headers(attempt)).unwrap_or_default()
    }

    /// Why it has not been answered yet, if an attempt has failed and there will be another.
    #[must_use]
    pub fn trouble(&self) -> Option<Error> {
        self.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn has_failed(&self, error: &Error) {
        *self.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
    }

    /// Where the time went so far.
    #[must_use]
    pub fn spent(&self) -> Spent {
        let read = |counter: &AtomicU64| Duration::from_micros(counter.load(Ordering::Relaxed));
        let Shared { waited, upstream, paused, .. } = &*self.shared;
        Spent { waiting: read(waited), upstream: read(upstream), pausing: read(paused) }
    }

    pub(crate) fn has_waited(&self, since: Instant) {
        self.shared.waited.fetch_add(micros(since), Ordering::Relaxed);
    }

    pub(crate) fn was_upstream(&self, since: Instant) {
        self.shared.upstream.fetch_add(micros(since), Ordering::Relaxed);
    }

    pub(crate) fn has_paused(&self, since: Instant) {
        self.shared.paused.fetch_add(micros(since), Ordering::Relaxed);
    }
}

impl Spent {
    /// All of it.
    #[must_use]
    pub fn total(self) -> Duration {
        self.waiting + self.upstream + self.pausing
    }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

//! What a provider must know of the request that it works for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

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
    urgency: Arc<Urgency>,
}

#[derive(Debug)]
struct Urgency {
    live: AtomicBool,
    raised: Notify,
}

impl Call {
    /// A call of this priority that is of use until `deadline`.
    #[must_use]
    pub fn new(deadline: Instant, priority: Priority) -> Self {
        let live = AtomicBool::new(priority == Priority::Live);
        Self { deadline, urgency: Arc::new(Urgency { live, raised: Notify::new() }) }
    }

    /// A live call that may take this long from now.
    #[must_use]
    pub fn within(limit: Duration) -> Self {
        Self::new(Instant::now() + limit, Priority::Live)
    }

    /// The same call, for a part of it that must end earlier.
    #[must_use]
    pub fn until(&self, deadline: Instant) -> Self {
        Self { deadline: self.deadline.min(deadline), urgency: Arc::clone(&self.urgency) }
    }

    /// What is left of the time.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The priority that the call has by now.
    #[must_use]
    pub fn priority(&self) -> Priority {
        if self.urgency.live.load(Ordering::Acquire) { Priority::Live } else { Priority::Batch }
    }

    /// Makes the call live: somebody who is waiting wants what a batch has asked for.
    pub fn raise(&self) {
        if !self.urgency.live.swap(true, Ordering::AcqRel) {
            self.urgency.raised.notify_waiters();
        }
    }

    /// Returns once the call is live.
    pub(crate) async fn raised(&self) {
        let raised = self.urgency.raised.notified();
        tokio::pin!(raised);
        // Listening begins here, before the look: else a change between the two would go unheard.
        raised.as_mut().enable();
        if self.priority() == Priority::Batch {
            raised.await;
        }
    }
}

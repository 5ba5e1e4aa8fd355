//! Spares an ailing upstream, and everybody who would wait for it in vain.
//!
//! ```text
//! closed ──── half of the last calls have failed ────▶ open ──── its pause is over ────▶ half open
//!    ▲                                                  ▲                                    │ one probe
//!    └────────────────────── it succeeds ───────────────┼──── it fails: a longer pause ──────┘
//! ```
//!
//! What counts as a failure was decided where the answer was read: a connection that fails or an upstream that reports its
//! own failure ([`ErrorKind::Unavailable`]), and silence ([`ErrorKind::Timeout`]). Any other answer shows that the upstream
//! is there, even one that makes no sense: that may be due to the one id. Rejected credentials are no trouble of the network, but
//! last: where an error says that it is [for all](Error::for_all) calls, the breaker opens at once, and for longer.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::{BreakerReport, BreakerState};
use crate::{Error, ErrorKind};

/// The window: so many calls at most, and none older than this.
const WINDOW: usize = 20;
const WINDOW_AGE: Duration = Duration::from_secs(60);
/// Fewer calls than this say nothing. No more than half of the smallest default budget, so that the other half is saved.
const FEWEST: usize = 5;
/// The first pauses; each further one is twice as long as the one before.
const AILING: Pauses = Pauses { first: Duration::from_secs(1), longest: LONGEST_PAUSE };
const REJECTED: Pauses = Pauses { first: Duration::from_secs(10), longest: Duration::from_secs(300) };
/// An upstream that fails is asked again after this time at the latest, whatever it says.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// When to come back while a probe is under way.
const PROBING: Duration = Duration::from_secs(1);

/// The breaker of one route of one account.
#[derive(Debug)]
pub struct Breaker {
    state: Mutex<State>,
    opened: Notify,
}

#[derive(Debug)]
struct State {
    position: Position,
    /// The last calls, and whether each failed.
    calls: VecDeque<(Instant, bool)>,
    /// How often it has opened for the same cause since it last closed.
    openings: u32,
    /// How often it has opened at all.
    opened: u64,
}

#[derive(Debug, Clone, Copy)]
enum Position {
    Closed,
    Open { until: Instant, cause: ErrorKind },
    HalfOpen { cause: ErrorKind },
}

struct Pauses {
    first: Duration,
    longest: Duration,
}

/// What a call's outcome has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The breaker has opened, for so long.
    Opened(Duration),
    /// The breaker has closed.
    Closed,
}

impl Breaker {
    /// A closed one.
    #[must_use]
    pub fn new() -> Self {
        let state =
            State { position: Position::Closed, calls: VecDeque::with_capacity(WINDOW), openings: 0, opened: 0 };
        Self { state: Mutex::new(state), opened: Notify::new() }
    }

    /// Whether a call would be let through now.
    ///
    /// # Errors
    /// Why not, and when to come back.
    pub fn admits(&self) -> Result<(), Error> {
        self.lock().admits(Instant::now())
    }

    /// Lets one call through, which must [report](Pass::settle) its outcome.
    ///
    /// # Errors
    /// Why not, and when to come back.
    pub fn enter(&self) -> Result<Pass<'_>, Error> {
        let mut state = self.lock();
        state.admits(Instant::now())?;
        let probe = match state.position {
            Position::Open { cause, .. } => {
                state.position = Position::HalfOpen { cause };
                Some(cause)
            }
            Position::Closed | Position::HalfOpen { .. } => None,
        };
        Ok(Pass { breaker: self, probe })
    }

    /// What is known of it. One whose pause is over is half open, though nobody has asked for the probe yet.
    #[must_use]
    pub fn report(&self) -> BreakerReport {
        let (now, breaker) = (Instant::now(), self.lock());
        let retry = breaker.admits(now).err().and_then(|refusal| refusal.retry_after());
        let state = match breaker.position {
            Position::Closed => BreakerState::Closed,
            Position::Open { until, .. } if until > now => BreakerState::Open,
            Position::Open { .. } | Position::HalfOpen { .. } => BreakerState::HalfOpen,
        };
        BreakerReport { state, retry, openings: breaker.opened }
    }

    /// Returns when the breaker opens, with the reason for which it does not let calls through.
    pub async fn opened(&self) -> Error {
        loop {
            let opened = self.opened.notified();
            tokio::pin!(opened);
            opened.as_mut().enable();
            if let Err(refusal) = self.admits() {
                return refusal;
            }
            opened.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    fn admits(&self, now: Instant) -> Result<(), Error> {
        match self.position {
            Position::Closed => Ok(()),
            Position::Open { until, .. } if until <= now => Ok(()),
            Position::Open { until, cause } => Err(refusal(cause, until - now)),
            Position::HalfOpen { cause } => Err(refusal(cause, PROBING)),
        }
    }

    fn note(&mut self, failed: bool, now: Instant) {
        self.calls.push_back((now, failed));
        while self.calls.len() > WINDOW || self.calls.front().is_some_and(|(at, _)| now - *at > WINDOW_AGE) {
            self.calls.pop_front();
        }
    }

    /// Whether so many of the last calls have failed that the next would too.
    fn ails(&self) -> bool {
        let failed = self.calls.iter().filter(|(_, failed)| *failed).count();
        self.calls.len() >= FEWEST && failed * 2 >= self.calls.len()
    }

    fn open(&mut self, cause: ErrorKind, now: Instant) -> Change {
        // Another trouble than the one before begins with its own first pause.
        if matches!(self.position, Position::HalfOpen { cause: before } if before != cause) {
            self.openings = 0;
        }
        let pause = if cause == ErrorKind::RejectedCredentials { REJECTED } else { AILING }.pause(self.openings);
        self.openings = self.openings.saturating_add(1);
        self.opened += 1;
        self.position = Position::Open { until: now + pause, cause };
        Change::Opened(pause)
    }

    fn close(&mut self) -> Change {
        (self.position, self.openings) = (Position::Closed, 0);
        self.calls.clear();
        Change::Closed
    }
}

impl Pauses {
    /// Random between the half and the whole, so that many gateways don't come back at the same moment.
    fn pause(&self, openings: u32) -> Duration {
        let whole = self.first.saturating_mul(2u32.saturating_pow(openings)).min(self.longest);
        whole.mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

fn refusal(cause: ErrorKind, wait: Duration) -> Error {
    Error::new(cause, "not called: the breaker is open").after(wait).foreseen()
}

/// The right to make one call. Dropped without a report, it says nothing of the upstream.
#[derive(Debug)]
#[must_use]
pub struct Pass<'a> {
    breaker: &'a Breaker,
    /// What had opened the breaker, if this is the one call that finds out whether it may close.
    probe: Option<ErrorKind>,
}

impl Pass<'_> {
    /// Whether this call alone finds out if the upstream is back.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        self.probe.is_some()
    }

    /// Reports how the call ended: `None` is any proper answer.
    pub fn settle(mut self, error: Option<&Error>) -> Option<Change> {
        let now = Instant::now();
        let rejected = error.is_some_and(Error::is_for_all);
        let failed = error.is_some_and(|error| matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout));
        let mut state = self.breaker.lock();
        let change = match (state.position, self.probe.take()) {
            (Position::HalfOpen { .. }, Some(_)) if !failed && !rejected => Some(state.close()),
            (Position::HalfOpen { .. }, Some(_)) => Some(state.open(cause(error), now)),
            (Position::Closed, _) => {
                state.note(failed, now);
                (rejected || (failed && state.ails())).then(|| state.open(cause(error), now))
            }
            // The late outcome of a call from before the breaker opened.
            (Position::Open { .. } | Position::HalfOpen { .. }, _) => None,
        };
        drop(state);
        if matches!(change, Some(Change::Opened(_))) {
            self.breaker.opened.notify_waiters();
        }
        change
    }
}

/// The kind of failure under which callers see the open breaker: silence that is expected takes no time any more.
fn cause(error: Option<&Error>) -> ErrorKind {
    match error.map(Error::kind) {
        Some(ErrorKind::RejectedCredentials) => ErrorKind::RejectedCredentials,
        _ => ErrorKind::Unavailable,
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if let Some(cause) = self.probe {
            // Nothing was found out: the next call is the probe.
            self.breaker.lock().position = Position::Open { until: Instant::now(), cause };
        }
    }
}

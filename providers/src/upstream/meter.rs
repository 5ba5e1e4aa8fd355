//! What is counted of the calls to one route.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

use crate::{
    ErrorKind,
    measure::{BUCKETS, Distribution, Series, bucket, nanoseconds},
};

/// What is counted of the calls to one route.
#[derive(Debug)]
pub(super) struct Meter {
    calls: Series<COUNTERS>,
    under_way: AtomicU64,
    repeats: AtomicU64,
    spared: AtomicU64,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With a proper answer, be it that there is no such contact.
    Answered,
    /// With an error.
    Failed(ErrorKind),
    /// The connection was closed just when the call was sent, as happens to idle ones. It was repeated.
    Closed,
    /// Nobody waited for its end.
    Abandoned,
}

/// So many calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    counts: [u64; Outcome::ALL.len()],
    /// How long they took, from the sending to the last byte. Those that are abandoned count until then.
    pub took: Distribution,
}

/// The counters of the series: the outcomes, the buckets, and the time taken in nanoseconds.
const COUNTERS: usize = FIRST_BUCKET + BUCKETS + 1;
const FIRST_BUCKET: usize = Outcome::ALL.len();

/// One call, counted when it ends, however that may be.
pub(super) struct Attempt<'a> {
    meter: &'a Meter,
    sent: Instant,
    outcome: Outcome,
}

impl Meter {
    /// Nothing is counted yet. All meters of one upstream have the same origin.
    pub(super) fn new(origin: Instant) -> Self {
        let [under_way, repeats, spared] = [const { AtomicU64::new(0) }; 3];
        Self { calls: Series::new(origin), under_way, repeats, spared }
    }

    /// A call that is being sent.
    pub(super) fn begin(&self, sent: Instant) -> Attempt<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        Attempt { meter: self, sent, outcome: Outcome::Abandoned }
    }

    /// A call is about to be sent once more.
    pub(super) fn repeat(&self) {
        self.repeats.fetch_add(1, Ordering::Relaxed);
    }

    /// The breaker has spared the upstream a call.
    pub(super) fn spare(&self) {
        self.spared.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn under_way(&self) -> u64 {
        self.under_way.load(Ordering::Relaxed)
    }

    pub(super) fn repeats(&self) -> u64 {
        self.repeats.load(Ordering::Relaxed)
    }

    pub(super) fn spared(&self) -> u64 {
        self.spared.load(Ordering::Relaxed)
    }

    /// Every call since the start.
    pub(super) fn total(&self) -> Calls {
        Calls::of(&self.calls.total())
    }

    /// Every call of the last quarter of an hour.
    pub(super) fn lately(&self, now: Instant) -> Calls {
        Calls::of(&self.calls.lately(now))
    }

    /// The calls of each step of the last quarter of an hour.
    pub(super) fn steps(&self, now: Instant) -> impl Iterator<Item = Calls> {
        self.calls.steps(now).map(|counts| Calls::of(&counts))
    }
}

impl Attempt<'_> {
    pub(super) fn end(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        let (took, calls) = (now - self.sent, &self.meter.calls);
        calls.add(now, self.outcome.number(), 1);
        calls.add(now, FIRST_BUCKET + bucket(took), 1);
        calls.add(now, COUNTERS - 1, nanoseconds(took));
        self.meter.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 11] = [
        Self::Answered,
        Self::Failed(ErrorKind::InvalidId),
        Self::Failed(ErrorKind::Unavailable),
        Self::Failed(ErrorKind::Timeout),
        Self::Failed(ErrorKind::RejectedCredentials),
        Self::Failed(ErrorKind::RateLimited),
        Self::Failed(ErrorKind::InvalidAnswer),
        Self::Failed(ErrorKind::Unsupported),
        Self::Failed(ErrorKind::Refused),
        Self::Closed,
        Self::Abandoned,
    ];

    /// A word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "ok",
            Self::Failed(ErrorKind::InvalidId) => "invalid_id",
            Self::Failed(ErrorKind::Unavailable) => "unavailable",
            Self::Failed(ErrorKind::Timeout) => "timeout",
            Self::Failed(ErrorKind::RejectedCredentials) => "rejected_credentials",
            Self::Failed(ErrorKind::RateLimited) => "rate_limited",
            Self::Failed(ErrorKind::InvalidAnswer) => "invalid_answer",
            Self::Failed(ErrorKind::Unsupported) => "unsupported",
            Self::Failed(ErrorKind::Refused) => "refused",
            Self::Closed => "closed",
            Self::Abandoned => "abandoned",
        }
    }

    /// Whether it is one that should not be.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed(kind) if kind.is_trouble())
    }

    fn number(self) -> usize {
        Self::ALL.iter().position(|outcome| *outcome == self).unwrap_or_default()
    }
}

impl Calls {
    fn of(counters: &[u64; COUNTERS]) -> Self {
        let (mut counts, mut buckets) = ([0; FIRST_BUCKET], [0; BUCKETS]);
        counts.copy_from_slice(&counters[..FIRST_BUCKET]);
        buckets.copy_from_slice(&counters[FIRST_BUCKET..COUNTERS - 1]);
        Self { counts, took: Distribution::new(buckets, counters[COUNTERS - 1]) }
    }

    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        Self::of(&[0; COUNTERS])
    }

    /// How many ended in which way.
    pub fn by_outcome(&self) -> impl Iterator<Item = (Outcome, u64)> {
        Outcome::ALL.into_iter().zip(self.counts)
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many of them [should not have ended](Outcome::is_failure) as they did.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.by_outcome().filter(|(outcome, _)| outcome.is_failure()).map(|(_, count)| count).sum()
    }

    /// With those of another route.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count += more);
        self.took = self.took.and(&other.took);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_outcome_has_a_word_and_a_counter_of_its_own() {
        let names: BTreeSet<_> = Outcome::ALL.into_iter().map(Outcome::name).collect();
        assert_eq!(names.len(), Outcome::ALL.len());
        assert!(Outcome::ALL.into_iter().enumerate().all(|(number, outcome)| outcome.number() == number));
    }
}

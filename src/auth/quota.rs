//! How often a key may be used.

use std::{fmt, num::NonZeroU32, ops::RangeInclusive, sync::Arc, time::Duration};

use governor::{
    RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::{InMemoryState, NotKeyed},
};
use providers::Rate;

/// So many requests in so much time. All of them may come at once; after that, they come back one by one.
pub struct Quota<C: Clock = DefaultClock> {
    name: Arc<str>,
    rate: Rate,
    limiter: RateLimiter<NotKeyed, InMemoryState, C, StateInformationMiddleware>,
}

/// What is left of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// How many requests.
    pub requests: u32,
    /// The longest that it takes until there is one more.
    pub next: Duration,
}

impl Quota {
    /// How many requests there can be.
    pub const CALLS: RangeInclusive<u32> = 1..=1_000_000;
    /// In how much time: whole seconds, since callers are told so.
    pub const WINDOWS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(24 * 3600);

    /// Whether there can be such a quota.
    #[must_use]
    pub fn is_possible(rate: Rate) -> bool {
        Self::CALLS.contains(&rate.calls) && Self::WINDOWS.contains(&rate.per) && rate.per.subsec_nanos() == 0
    }

    /// A quota that is not used yet, with the name of its key; `None` if it [can't be](Self::is_possible).
    #[must_use]
    pub fn new(name: &Arc<str>, rate: Rate) -> Option<Self> {
        Self::by_clock(Arc::clone(name), rate, DefaultClock::default())
    }
}

impl<C: Clock> Quota<C> {
    fn by_clock(name: Arc<str>, rate: Rate, clock: C) -> Option<Self> {
        let calls = NonZeroU32::new(rate.calls).filter(|_| Quota::is_possible(rate))?;
        let quota = governor::Quota::with_period(rate.per / calls.get())?.allow_burst(calls);
        let limiter = RateLimiter::direct_with_clock(quota, clock).with_middleware();
        Some(Self { name, rate, limiter })
    }

    /// Takes one request from it.
    ///
    /// # Errors
    /// None is left: how long until there is one.
    pub fn take(&self) -> Result<Left, Duration> {
        match self.limiter.check() {
            Ok(left) => Ok(Left { requests: left.remaining_burst_capacity(), next: self.rate.per / self.rate.calls }),
            Err(not_until) => Err(not_until.wait_time_from(self.limiter.clock().now())),
        }
    }

    /// The name of its key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many requests there can be, in how much time.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.rate
    }
}

impl<C: Clock> fmt::Debug for Quota<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quota").field("name", &self.name).field("rate", &self.rate).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn quota(calls: u32, per: Duration) -> (Quota<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Quota::by_clock("crm".into(), Rate { calls, per }, clock.clone()).unwrap(), clock)
    }

    #[test]
    fn all_may_come_at_once_and_then_they_come_back_one_by_one() {
        let (quota, clock) = quota(10, HOUR);
        for left in (0..10).rev() {
            assert_eq!(quota.take(), Ok(Left { requests: left, next: HOUR / 10 }));
        }
        assert_eq!(quota.take(), Err(Duration::from_secs(360)));
        clock.advance(Duration::from_millis(359_500));
        assert_eq!(quota.take(), Err(Duration::from_millis(500)));
        clock.advance(Duration::from_millis(500));
        assert_eq!(quota.take(), Ok(Left { requests: 0, next: HOUR / 10 }));
        assert_eq!(quota.take(), Err(Duration::from_secs(360)));
    }

    #[test]
    fn what_was_refused_costs_nothing() {
        let (quota, clock) = quota(1, Duration::from_secs(1));
        assert!(quota.take().is_ok());
        (0..1000).for_each(|_| assert!(quota.take().is_err()));
        clock.advance(Duration::from_secs(1));
        assert!(quota.take().is_ok());
    }

    #[test]
    fn no_more_is_left_after_a_long_rest_than_the_quota_has() {
        let (quota, clock) = quota(600, Duration::from_secs(60));
        clock.advance(24 * HOUR);
        assert_eq!(quota.take().map(|left| left.requests), Ok(599));
    }

    #[test]
    fn every_possible_quota_can_be_made() {
        for calls in [*Quota::CALLS.start(), 7, *Quota::CALLS.end()] {
            for per in [*Quota::WINDOWS.start(), *Quota::WINDOWS.end()] {
                assert!(Quota::new(&"crm".into(), Rate { calls, per }).is_some());
            }
        }
        for (calls, per) in [(0, HOUR), (1_000_001, HOUR), (1, Duration::ZERO), (1, Duration::from_millis(1500))] {
            assert!(Quota::new(&"crm".into(), Rate { calls, per }).is_none());
        }
    }
}

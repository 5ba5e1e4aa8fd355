//! What is believed of the upstream's limit: the configuration's word first, then the upstream's own.

use std::time::Duration;

use tokio::time::Instant;

use super::super::{Limits, ResetUnit};
use crate::Rate;

/// No window is believed to be longer than so many times what is configured.
const LONGEST: u32 = 16;
/// How much later than told by our clock the upstream's next window may begin: its clock's seconds, and the way there.
const RESOLUTION: Duration = Duration::from_secs(1);
/// So many windows in a row must have been shorter than believed.
const ENOUGH: u32 = 3;
/// For so many windows after a 429 that the headers had not announced, nothing higher is believed.
const SOBERING: u32 = 10;

/// So many calls in so much time, as far as is known by now.
#[derive(Debug)]
pub(super) struct Limit {
    pub(super) configured: Rate,
    pub(super) calls: u32,
    pub(super) window: Duration,
    /// Until then, nothing is believed that would allow more.
    sober_until: Option<Instant>,
    /// The upstream's window that is open now: when it ends by the upstream's clock, and when it was first heard of.
    open: Option<(Duration, Instant)>,
    /// How many windows in a row were shorter than believed, and the longest of them.
    shorter: (u32, Duration),
}

impl Limit {
    pub(super) fn new(rate: Rate) -> Self {
        let rate = Rate { calls: rate.calls.max(1), ..rate };
        Self {
            configured: rate,
            calls: rate.calls,
            window: rate.per,
            sober_until: None,
            open: None,
            shorter: (0, Duration::ZERO),
        }
    }

    /// Calls and window.
    pub(super) fn get(&self) -> (u32, Duration) {
        (self.calls, self.window)
    }

    /// Takes what others have learned.
    pub(super) fn adopt(&mut self, (calls, window): (u32, Duration)) {
        (self.calls, self.window) = (calls.max(1), window);
    }

    pub(super) fn is_unlimited(&self) -> bool {
        self.calls == Rate::UNLIMITED
    }

    /// Believes a lower limit at once and a higher one call by call, so that it doubles within a window at most.
    pub(super) fn learn(&mut self, said: &Limits, now: Instant) {
        if let Some(limit) = said.limit {
            if limit < self.calls {
                self.calls = limit;
            } else if limit > self.calls && !self.is_sober(now) {
                self.calls += 1;
            }
        }
        // An end that has passed, or that is absurdly far, is not that of a window: a clock that is wrong, another unit.
        if let (Some(reset), Some(left)) = (said.reset_at, said.reset_in)
            && !left.is_zero()
            && left <= self.longest()
        {
            self.learn_window(said, reset, left, now);
        }
    }

    /// The upstream refused a call that its headers, or the configuration, had allowed.
    pub(super) fn refused(&mut self, now: Instant) {
        self.calls = self.calls.min(self.configured.calls);
        self.window = self.window.max(self.configured.per);
        self.shorter = (0, Duration::ZERO);
        self.sober_until = Some(now + self.window * SOBERING);
    }

    fn is_sober(&self, now: Instant) -> bool {
        self.sober_until.is_some_and(|until| until > now)
    }

    fn longest(&self) -> Duration {
        self.configured.per.saturating_mul(LONGEST)
    }

    /// Learns how long a window is from when its end is announced: no two clocks need agree for that.
    ///
    /// While the same end is announced, the window is the same one, so it is longer than that lasts. And one that begins
    /// with our call began after the one before ended, so it is shorter than the two ends are apart.
    fn learn_window(&mut self, said: &Limits, reset: Duration, left: Duration, now: Instant) {
        let same = |before: Duration| match said.unit {
            ResetUnit::Seconds => before == reset,
            // Each answer computes it anew.
            ResetUnit::Milliseconds => before.abs_diff(reset) < Duration::from_millis(250),
        };
        match self.open {
            Some((before, since)) if same(before) => {
                let lasted = now - since;
                if lasted > self.window + RESOLUTION {
                    self.window = (lasted + left).min(self.longest());
                    self.shorter = (0, Duration::ZERO);
                }
            }
            before => {
                self.open = Some((reset, now));
                let is_first =
                    said.limit.zip(said.remaining).is_some_and(|(limit, left)| left.checked_add(1) == Some(limit));
                let apart = before.and_then(|(before, _)| reset.checked_sub(before)).filter(|_| is_first);
                if !self.is_sober(now) {
                    self.shorten(apart.map(|apart| apart.saturating_add(said.unit.resolution())));
                }
            }
        }
    }

    fn shorten(&mut self, window: Option<Duration>) {
        self.shorter = match window.filter(|window| window.saturating_add(RESOLUTION) < self.window) {
            Some(window) => (self.shorter.0 + 1, self.shorter.1.max(window)),
            None => (0, Duration::ZERO),
        };
        if self.shorter.0 >= ENOUGH {
            self.window = self.shorter.1;
            self.shorter = (0, Duration::ZERO);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIGURED: Rate = Rate::per_seconds(10, 60);

    fn says(limit: u32, remaining: u32) -> Limits {
        Limits { limit: Some(limit), remaining: Some(remaining), ..Limits::default() }
    }

    fn ends(second: u64, remaining: u32) -> Limits {
        let reset_at = Some(Duration::from_secs(1_700_000_000 + second));
        Limits {
            reset_at,
            reset_in: Some(Duration::from_secs(5)),
            unit: ResetUnit::Milliseconds,
            ..says(10, remaining)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lower_limit_holds_at_once_and_a_higher_one_grows() {
        let mut limit = Limit::new(CONFIGURED);
        limit.learn(&says(3, 2), Instant::now());
        assert_eq!(limit.calls, 3);
        for expected in 4..=30 {
            limit.learn(&says(600, 500), Instant::now());
            assert_eq!(limit.calls, expected);
        }
        limit.learn(&says(20, 19), Instant::now());
        assert_eq!(limit.calls, 20);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_that_was_not_announced_leads_back_to_what_is_configured() {
        let mut limit = Limit::new(CONFIGURED);
        (0..50).for_each(|_| limit.learn(&says(600, 500), Instant::now()));
        limit.refused(Instant::now());
        limit.learn(&says(600, 500), Instant::now());
        assert_eq!(limit.calls, 10);
        tokio::time::advance(Duration::from_secs(601)).await;
        limit.learn(&says(600, 500), Instant::now());
        assert_eq!(limit.calls, 11);
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_that_does_not_end_is_longer() {
        let mut limit = Limit::new(Rate::per_seconds(10, 10));
        for left in (0..9).rev() {
            limit.learn(&ends(60, left), Instant::now());
            tokio::time::advance(Duration::from_secs(5)).await;
        }
        assert!(limit.window >= Duration::from_secs(35), "{:?}", limit.window);
    }

    #[tokio::test(start_paused = true)]
    async fn windows_that_follow_each_other_sooner_are_shorter_once_three_have() {
        let mut limit = Limit::new(CONFIGURED);
        for window in 0..4 {
            assert_eq!(limit.window, Duration::from_secs(60));
            limit.learn(&ends(window * 10, 9), Instant::now());
            tokio::time::advance(Duration::from_secs(10)).await;
        }
        assert!((Duration::from_secs(10)..Duration::from_secs(11)).contains(&limit.window), "{:?}", limit.window);
    }

    #[tokio::test(start_paused = true)]
    async fn windows_far_apart_say_nothing_and_neither_do_those_that_others_began() {
        let mut limit = Limit::new(CONFIGURED);
        for window in 0..6 {
            limit.learn(&ends(window * 300, 9), Instant::now());
            tokio::time::advance(Duration::from_secs(300)).await;
        }
        for window in 0..6 {
            limit.learn(&ends(2000 + window * 10, 5), Instant::now());
            tokio::time::advance(Duration::from_secs(10)).await;
        }
        assert_eq!(limit.window, Duration::from_secs(60));
    }

    #[tokio::test(start_paused = true)]
    async fn an_end_that_has_passed_or_never_comes_says_nothing_of_the_window() {
        for left in [Duration::ZERO, Duration::from_secs(75 * 365 * 86_400)] {
            let mut limit = Limit::new(CONFIGURED);
            for _ in 0..100 {
                limit.learn(&Limits { reset_in: Some(left), ..ends(60, 5) }, Instant::now());
                tokio::time::advance(Duration::from_secs(60)).await;
            }
            assert_eq!(limit.window, CONFIGURED.per);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_leads_back_from_a_shorter_window_and_another_one_is_not_believed_for_a_while() {
        let mut limit = Limit::new(CONFIGURED);
        for round in 0..2 {
            for window in 0..4 {
                limit.learn(&ends(round * 1000 + window * 10, 9), Instant::now());
                tokio::time::advance(Duration::from_secs(10)).await;
            }
            limit.refused(Instant::now());
            assert_eq!(limit.window, CONFIGURED.per);
        }
    }

    #[test]
    fn no_number_is_too_large() {
        let extremes = [0, 1, u32::MAX];
        let times = [Duration::ZERO, Duration::from_secs(1), Duration::MAX];
        for unit in [ResetUnit::Seconds, ResetUnit::Milliseconds] {
            let mut limit = Limit::new(Rate { calls: u32::MAX - 1, per: Duration::from_secs(24 * 3600) });
            for (limits, reset) in extremes.into_iter().flat_map(|n| times.map(|time| (n, time))) {
                for remaining in extremes {
                    let left = Some(reset.min(Duration::from_secs(60)));
                    let said = Limits { unit, reset_at: Some(reset), reset_in: left, ..says(limits.max(1), remaining) };
                    limit.learn(&said, Instant::now());
                }
            }
        }
    }
}

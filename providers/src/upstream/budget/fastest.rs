//! How fast a call can reach the upstream and come back.

use std::time::Duration;

use tokio::time::Instant;

/// How long the fastest round trip is believed at least.
const REMEMBERED: Duration = Duration::from_secs(3600);
/// How many round trips it takes to believe it at all.
const ENOUGH: u32 = 100;

/// The fastest round trip of the last one to two hours: long enough to be the path's own time, short enough to forget a
/// path that is no more. Nothing until enough have been seen, because the first ones also open connections, and are no
/// measure of how fast a call can reach the upstream.
#[derive(Debug)]
pub(super) struct Fastest {
    before: Option<Duration>,
    lately: Option<Duration>,
    seen: u32,
    since: Instant,
}

impl Fastest {
    pub(super) fn new() -> Self {
        Self { before: None, lately: None, seen: 0, since: Instant::now() }
    }

    /// Takes note of a round trip.
    pub(super) fn see(&mut self, latency: Duration, now: Instant) {
        if now - self.since > REMEMBERED {
            self.before = self.lately.take().filter(|_| self.seen >= ENOUGH);
            (self.seen, self.since) = (0, now);
        }
        self.seen = self.seen.saturating_add(1);
        self.lately = Some(self.lately.map_or(latency, |fastest| fastest.min(latency)));
    }

    /// The fastest, if enough have been seen.
    pub(super) fn get(&self) -> Option<Duration> {
        self.before.into_iter().chain(self.lately.filter(|_| self.seen >= ENOUGH)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nothing_is_believed_until_enough_has_been_seen() {
        let mut fastest = Fastest::new();
        for milliseconds in (1..=u64::from(ENOUGH)).rev() {
            assert_eq!(fastest.get(), None);
            fastest.see(Duration::from_millis(milliseconds), Instant::now());
        }
        assert_eq!(fastest.get(), Some(Duration::from_millis(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_path_that_is_no_more_is_forgotten() {
        let mut fastest = Fastest::new();
        for latency in [5, 50, 50] {
            for _ in 0..ENOUGH {
                fastest.see(Duration::from_millis(latency), Instant::now());
            }
            tokio::time::advance(REMEMBERED + Duration::from_secs(1)).await;
        }
        for _ in 0..ENOUGH {
            fastest.see(Duration::from_millis(50), Instant::now());
        }
        assert_eq!(fastest.get(), Some(Duration::from_millis(50)));
    }
}

//! When a failed call is worth repeating, and after how long.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{Call, Error, ErrorKind};

/// Attempts at one call, the first included.
const ATTEMPTS: u32 = 3;
/// The first pause is at most this long, and every further one at most twice the one before.
const BASE: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);
/// An attempt that has less time than this costs a call, and hardly ever brings an answer.
const LEAST: Duration = Duration::from_millis(50);
/// What a call adds to the budget of repeats: one repeat for five calls.
const EARNED: f64 = 0.2;
/// Repeats that are always allowed, so that a quiet gateway can repeat at all.
const PER_SECOND: f64 = 3.0;
const MOST: f64 = 10.0;

/// Decides on repeats for one instance. Bounded together, so that repeats never double the load on an ailing upstream.
#[derive(Debug)]
pub struct Retries(Mutex<Tokens>);

#[derive(Debug)]
struct Tokens {
    left: f64,
    at: Instant,
}

impl Retries {
    /// With a second's worth of repeats in hand.
    #[must_use]
    pub fn new() -> Self {
        Self(Mutex::new(Tokens { left: PER_SECOND, at: Instant::now() }))
    }

    /// Counts a call, which earns a part of a repeat.
    pub fn earn(&self) {
        self.change(|tokens| tokens.left = (tokens.left + EARNED).min(MOST));
    }

    /// How long to wait before attempt number `attempt + 1`; `None` if there should be none.
    ///
    /// The pause is random between nothing and an exponentially growing bound ("full jitter"), and never shorter than
    /// what the upstream asked for.
    pub fn pause(&self, attempt: u32, error: &Error, call: &Call) -> Option<Duration> {
        if attempt >= ATTEMPTS || !transient(error.kind()) {
            return None;
        }
        let bound = BASE.saturating_mul(2u32.saturating_pow(attempt - 1)).min(LONGEST);
        let pause = bound.mul_f64(fastrand::f64()).max(error.retry_after().unwrap_or_default());
        (pause + LEAST < call.remaining() && self.take()).then_some(pause)
    }

    /// Takes one repeat out of the budget, if there is one.
    pub fn take(&self) -> bool {
        let mut granted = false;
        self.change(|tokens| {
            granted = tokens.left >= 1.0;
            if granted {
                tokens.left -= 1.0;
            }
        });
        granted
    }

    fn change(&self, change: impl FnOnce(&mut Tokens)) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let gained = (now - tokens.at).as_secs_f64() * PER_SECOND;
        // Time alone refills only the floor; what calls have earned above it stays.
        tokens.left = tokens.left.max((tokens.left + gained).min(PER_SECOND));
        tokens.at = now;
        change(&mut tokens);
    }
}

impl Default for Retries {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether another attempt may fare better. An invalid answer or rejected credentials will be the same again.
fn transient(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::RateLimited => true,
        ErrorKind::InvalidId
        | ErrorKind::RejectedCredentials
        | ErrorKind::InvalidAnswer
        | ErrorKind::Unsupported
        | ErrorKind::Refused => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unavailable() -> Error {
        Error::new(ErrorKind::Unavailable, "503")
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_are_random_and_end_with_the_third_attempt() {
        let (retries, call) = (Retries::new(), Call::within(Duration::from_secs(10)));
        assert!(retries.pause(1, &unavailable(), &call).unwrap() <= BASE);
        assert!(retries.pause(2, &unavailable(), &call).unwrap() <= BASE * 2);
        assert_eq!(retries.pause(3, &unavailable(), &call), None);
    }

    #[tokio::test(start_paused = true)]
    async fn no_pause_is_shorter_than_the_upstream_asked_or_longer_than_the_time_left() {
        let retries = Retries::new();
        let asked = unavailable().after(Duration::from_secs(4));
        assert!(retries.pause(1, &asked, &Call::within(Duration::from_secs(10))).unwrap() >= Duration::from_secs(4));
        assert_eq!(retries.pause(1, &asked, &Call::within(Duration::from_secs(3))), None);
    }

    #[tokio::test(start_paused = true)]
    async fn no_call_is_spent_on_an_attempt_that_has_no_time_left() {
        let retries = Retries::new();
        let asked = unavailable().after(Duration::from_secs(4));
        assert!(retries.pause(1, &asked, &Call::within(Duration::from_millis(4060))).is_some());
        assert_eq!(retries.pause(1, &asked, &Call::within(Duration::from_millis(4040))), None);
    }

    #[tokio::test(start_paused = true)]
    async fn repeats_stay_a_fifth_of_the_calls_beyond_three_a_second() {
        let (retries, call) = (Retries::new(), Call::within(Duration::from_secs(10)));
        let granted = (0..1000).filter(|_| {
            retries.earn();
            retries.pause(1, &unavailable(), &call).is_some()
        });
        let granted = granted.count();
        assert!((200..=203).contains(&granted), "{granted}");
        tokio::time::advance(Duration::from_secs(1)).await;
        let more = (0..10).filter(|_| retries.pause(1, &unavailable(), &call).is_some()).count();
        assert_eq!(more, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn what_will_be_the_same_again_is_not_repeated() {
        let (retries, call) = (Retries::new(), Call::within(Duration::from_secs(10)));
        for kind in [ErrorKind::InvalidAnswer, ErrorKind::RejectedCredentials, ErrorKind::InvalidId] {
            assert_eq!(retries.pause(1, &Error::new(kind, ""), &call), None);
        }
    }
}

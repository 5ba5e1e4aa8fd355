//! What an answer says of the rate limit.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, header::HeaderName};

use super::answer::now;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The unit of `X-RateLimit-Reset`, which is a moment since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ResetUnit {
    /// Rocket.Chat.
    #[default]
    Milliseconds,
    /// Periskope, rounded up.
    Seconds,
}

impl ResetUnit {
    /// How much later than meant a moment may be told.
    pub(super) fn resolution(self) -> Duration {
        match self {
            Self::Milliseconds => Duration::from_millis(1),
            Self::Seconds => Duration::from_secs(1),
        }
    }
}

/// What an answer says of the rate limit of its route.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// The unit in which the reset is told.
    pub unit: ResetUnit,
    /// Calls per window.
    pub limit: Option<u32>,
    /// What is left of them in this window.
    pub remaining: Option<u32>,
    /// How long this window still lasts. A moment in the past means that it is over.
    pub reset_in: Option<Duration>,
    /// When that is, since 1970, by the upstream's clock.
    pub reset_at: Option<Duration>,
}

impl Limits {
    /// How many calls the upstream has counted in its window, and how long that still lasts, which is no longer than `window`.
    pub(super) fn counted(&self, window: Duration) -> Option<(u32, Duration)> {
        let used = self.limit?.saturating_sub(self.remaining?);
        Some((used, self.reset_in.map_or(window, |reset| reset.min(window))))
    }

    /// Reads `X-RateLimit-Limit`, `-Remaining` and `-Reset`; what can't be read is not said.
    #[must_use]
    pub fn read(headers: &HeaderMap, unit: ResetUnit) -> Self {
        let small = |name| number(headers, name).and_then(|number| u32::try_from(number).ok());
        let reset_at = number(headers, &RESET).map(|number| match unit {
            ResetUnit::Milliseconds => Duration::from_millis(number),
            ResetUnit::Seconds => Duration::from_secs(number),
        });
        let reset = reset_at.and_then(|reset| UNIX_EPOCH.checked_add(reset));
        Self {
            unit,
            limit: small(&LIMIT).filter(|limit| *limit > 0),
            remaining: small(&REMAINING),
            reset_in: reset.map(|reset| reset.duration_since(now(headers)).unwrap_or_default()),
            reset_at,
        }
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(unit: ResetUnit, headers: &[(&'static str, &str)]) -> Limits {
        let pairs = headers.iter().map(|(n, v)| (HeaderName::from_static(n), v.parse().unwrap()));
        Limits::read(&pairs.collect(), unit)
    }

    #[test]
    fn the_documented_periskope_headers_are_read_by_their_own_date() {
        let limits = read(
            ResetUnit::Seconds,
            &[
                ("date", "Wed, 22 Jan 2025 05:41:51 GMT"),
                ("x-ratelimit-limit", "10"),
                ("x-ratelimit-remaining", "9"),
                ("x-ratelimit-reset", "1737524513"),
            ],
        );
        let expected = Limits {
            unit: ResetUnit::Seconds,
            limit: Some(10),
            remaining: Some(9),
            reset_in: Some(Duration::from_secs(2)),
            reset_at: Some(Duration::from_secs(1_737_524_513)),
        };
        assert_eq!(limits, expected);
    }

    #[test]
    fn a_reset_in_milliseconds_or_in_the_past_is_no_trap() {
        let date = ("date", "Wed, 22 Jan 2025 05:41:51 GMT");
        let millis = read(ResetUnit::Milliseconds, &[date, ("x-ratelimit-reset", "1737524513500")]);
        assert_eq!(millis.reset_in, Some(Duration::from_millis(2500)));
        let past = read(ResetUnit::Seconds, &[date, ("x-ratelimit-reset", "1")]);
        assert_eq!(past.reset_in, Some(Duration::ZERO));
    }

    #[test]
    fn nonsense_says_nothing() {
        let nonsense = [
            ("x-ratelimit-limit", "0"),
            ("x-ratelimit-remaining", "-1"),
            ("x-ratelimit-reset", "99999999999999999999"),
        ];
        let said = read(ResetUnit::Milliseconds, &nonsense);
        assert_eq!(said, Limits::default());
    }
}

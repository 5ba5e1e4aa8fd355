//! What a caller accepts from the cache (RFC 9111, 5.2.1), held against what is there.

use std::time::Duration;

use tokio::time::Instant;

use super::Page;

/// What a caller accepts from the cache. The default is whatever the instance's own ages allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Demand {
    /// The provider must be asked.
    pub no_cache: bool,
    /// The provider must not be asked.
    pub only_if_cached: bool,
    /// Nothing older than this.
    pub max_age: Option<Duration>,
    /// Nothing that has been stale for longer than this, and anything that has not.
    pub max_stale: Option<Duration>,
}

/// What follows from a demand and the page in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The page is the answer.
    Serve,
    /// The page is the answer, and the provider is asked for the next one.
    Refresh,
    /// The provider is asked.
    Ask(Why),
    /// There is no answer.
    Nothing,
}

/// Why the provider is asked (the `fwd` of RFC 9211, 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing is in memory.
    Miss,
    /// What is in memory is stale.
    Stale,
    /// What is in memory is fresh, and the caller does not accept it.
    Request,
}

impl Demand {
    /// Whether somebody else's fresh page may not do.
    pub(super) fn insists(&self) -> bool {
        self.no_cache || self.max_age.is_some()
    }

    /// Decides what to do with the page in memory.
    pub(super) fn judge(&self, page: Option<&Page>, now: Instant) -> Verdict {
        match page {
            Some(page) if self.accepts(page, now) => {
                let waits = page.is_fresh(now) || page.rests() || self.only_if_cached;
                if waits { Verdict::Serve } else { Verdict::Refresh }
            }
            _ if self.only_if_cached => Verdict::Nothing,
            None => Verdict::Ask(Why::Miss),
            Some(page) => Verdict::Ask(if page.is_fresh(now) { Why::Request } else { Why::Stale }),
        }
    }

    fn accepts(&self, page: &Page, now: Instant) -> bool {
        if self.no_cache || self.max_age.is_some_and(|most| page.age(now) > most) {
            return false;
        }
        let staleness = page.staleness(now);
        staleness.is_zero() || page.rests() || staleness <= self.max_stale.unwrap_or(page.stale_for())
    }
}

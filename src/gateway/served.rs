//! A page, and how it was come by.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{Failure, Page, Why, resolve::Target};

/// A page, and how it was come by.
#[derive(Debug, Clone)]
pub struct Served {
    /// The page. It may say that there is no such contact.
    pub page: Page,
    /// When that was.
    pub at: Instant,
    /// How long it was still fresh then.
    pub left: Duration,
    /// Where it came from.
    pub via: Via,
    /// Why there is no newer one, where the provider could not give it.
    pub failure: Option<Failure>,
    /// The instance that it is of; `None` where several were asked and none has the contact.
    pub provider: Option<Arc<str>>,
    /// Whether nobody else has a part in the time that it took: one instance was asked at most, by this request, and not in vain.
    pub is_own: bool,
}

/// Where a page came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// It was in memory.
    Memory,
    /// The provider was asked.
    Provider {
        /// What memory lacked.
        why: Why,
        /// Whether it was asked for another request for the same contact at the same time.
        collapsed: bool,
    },
}

impl Via {
    /// Where something came from that was made of two.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Memory, asked) | (asked, Self::Memory) => asked,
            (Self::Provider { why, collapsed }, Self::Provider { collapsed: also, .. }) => {
                Self::Provider { why, collapsed: collapsed && also }
            }
        }
    }
}

impl Served {
    pub(super) fn kept(page: Page, target: &Target, at: Instant) -> Self {
        let left = page.time_to_live(at);
        // Looked up for stale pages only: a hit should take no lock.
        let failure = if left.is_zero() { page.failure() } else { None };
        let provider = Some(Arc::clone(&target.instance.name));
        Self { page, at, left, via: Via::Memory, failure, provider, is_own: true }
    }

    pub(super) fn asked(page: Page, why: Why, collapsed: bool, target: &Target) -> Self {
        let (at, provider) = (Instant::now(), Some(Arc::clone(&target.instance.name)));
        Self {
            left: page.time_to_live(at),
            page,
            at,
            via: Via::Provider { why, collapsed },
            failure: None,
            provider,
            is_own: !collapsed,
        }
    }

    /// Of two pages, the one that is first to be asked for again.
    pub(super) fn sooner(self, other: Self) -> Self {
        if other.page.time_to_live(self.at) < self.page.time_to_live(self.at) { other } else { self }
    }
}

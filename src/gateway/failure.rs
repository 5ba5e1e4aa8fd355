//! Why the gateway could not answer.

use std::{sync::Arc, time::Duration};

use providers::{Error, ErrorKind, InvalidHandle, InvalidId};

/// Why the gateway could not answer. What callers are told of it is decided in `api`.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// The id is none.
    #[error("{0}")]
    InvalidId(#[from] InvalidId),
    /// The number or address to look up is none.
    #[error("{0}")]
    InvalidHandle(#[from] InvalidHandle),
    /// `provider` names one instance, and the id another one.
    #[error("the id and `provider` name different instances")]
    TwoProviders,
    /// No instance has this name.
    #[error("no such instance")]
    UnknownProvider {
        /// The instances that there are.
        known: Vec<String>,
    },
    /// The caller may not ask this instance.
    #[error("{provider}: the caller may not ask it")]
    Forbidden {
        /// The instance.
        provider: Arc<str>,
    },
    /// No instance can look contacts up by that.
    #[error("no instance can look this up")]
    NoLookup,
    /// More than one instance has a contact with this id.
    #[error("ambiguous")]
    Ambiguous {
        /// The qualified ids, sorted.
        candidates: Vec<String>,
    },
    /// A provider could not answer.
    #[error("{provider}: {error}")]
    Provider {
        /// The instance.
        provider: Arc<str>,
        /// Why.
        error: Error,
    },
    /// Too many wait for this provider already.
    #[error("{provider}: too many wait already")]
    Overloaded {
        /// The instance.
        provider: Arc<str>,
    },
    /// The caller wants a cached answer or none, and there is none.
    #[error("not cached")]
    NotCached,
    /// The gateway is shutting down.
    #[error("shutting down")]
    ShuttingDown,
}

/// When to come back to an overloaded gateway: those who wait now will have been answered, or have given up.
const CROWDED: Duration = Duration::from_secs(1);

impl Failure {
    /// The provider has not answered by the time at which the request must be; perhaps because of some trouble.
    pub(super) fn late(provider: &Arc<str>, trouble: Option<Error>) -> Self {
        let late = || Error::new(ErrorKind::Timeout, "no answer by the request's deadline");
        let error = trouble.unwrap_or_else(late);
        Self::Provider { provider: Arc::clone(provider), error }
    }

    /// How long to wait before asking again makes sense, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Provider { error, .. } => error.retry_after(),
            Self::Overloaded { .. } | Self::ShuttingDown => Some(CROWDED),
            Self::InvalidId(_)
            | Self::InvalidHandle(_)
            | Self::TwoProviders
            | Self::UnknownProvider { .. }
            | Self::Forbidden { .. }
            | Self::NoLookup
            | Self::Ambiguous { .. }
            | Self::NotCached => None,
        }
    }

    /// Whether the same question may be answered later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Provider { error, .. } => {
                matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::RateLimited)
            }
            Self::Overloaded { .. } | Self::ShuttingDown => true,
            _ => false,
        }
    }

    /// Whether it says that there is no newer answer, so that an older one is better than none.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Provider { error, .. } => !matches!(error.kind(), ErrorKind::InvalidId | ErrorKind::Unsupported),
            Self::Overloaded { .. } | Self::ShuttingDown => true,
            Self::InvalidId(_)
            | Self::InvalidHandle(_)
            | Self::TwoProviders
            | Self::UnknownProvider { .. }
            | Self::Forbidden { .. }
            | Self::NoLookup
            | Self::Ambiguous { .. }
            | Self::NotCached => false,
        }
    }
}

//! Why the gateway could not answer.

use std::sync::Arc;

use providers::{Error, ErrorKind, InvalidId};

use super::Instance;

/// Why the gateway could not answer. What callers are told of it is decided in `api`.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// The id is none.
    #[error("{0}")]
    InvalidId(#[from] InvalidId),
    /// `provider` names one instance, and the id another one.
    #[error("the id and `provider` name different instances")]
    TwoProviders,
    /// No instance has this name.
    #[error("no such instance")]
    UnknownProvider {
        /// The instances that there are.
        known: Vec<String>,
    },
    /// `tel:` and `mailto:`, which this version can't look up.
    #[error("look-up by phone or e-mail is not supported")]
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
    /// The gateway is shutting down.
    #[error("shutting down")]
    ShuttingDown,
}

impl Failure {
    /// The provider has not answered by the request's deadline.
    pub(super) fn late(instance: &Instance) -> Self {
        let error = Error::new(ErrorKind::Timeout, "no answer by the request's deadline");
        Self::Provider { provider: Arc::clone(&instance.name), error }
    }
}

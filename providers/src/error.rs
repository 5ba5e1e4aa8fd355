//! Why a provider could not answer.

use std::{borrow::Cow, fmt, time::Duration};

/// What providers return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a provider could not answer. Made where the response is read, logged once at the gateway's edge.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct Error {
    kind: ErrorKind,
    detail: Cow<'static, str>,
    retry_after: Option<Duration>,
}

impl Error {
    /// `detail` is for the log: the fewest words, the provider's own where they help, and neither a secret nor the
    /// contact's data (see [`crate::upstream::quote`]).
    pub fn new(kind: ErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, detail: detail.into(), retry_after: None }
    }

    /// Says how long to wait before asking again makes sense.
    #[must_use]
    pub fn after(mut self, wait: impl Into<Option<Duration>>) -> Self {
        self.retry_after = wait.into();
        self
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// For the log.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// How long to wait before asking again makes sense, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

/// The kinds of failure that callers can tell apart. That a contact does not exist is no failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The provider holds this text to be no id at all.
    InvalidId,
    /// No connection, a broken one, a 5xx, or the provider's own phone is offline.
    Unavailable,
    /// No answer in time.
    Timeout,
    /// The credentials in the configuration are wrong, expired, or may not read contacts.
    RejectedCredentials,
    /// The provider's rate limit: announced by it, or foreseen by our budget.
    RateLimited,
    /// An answer, but none that the provider's documentation allows: HTML, another contact, a redirect.
    InvalidAnswer,
    /// The provider has no such function.
    Unsupported,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidId => "id refused",
            Self::Unavailable => "unavailable",
            Self::Timeout => "no answer in time",
            Self::RejectedCredentials => "credentials rejected",
            Self::RateLimited => "rate limited",
            Self::InvalidAnswer => "invalid answer",
            Self::Unsupported => "unsupported",
        })
    }
}

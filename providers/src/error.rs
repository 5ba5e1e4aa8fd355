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
    scope: Scope,
}

/// What an error says beyond the one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Nothing.
    Call,
    /// The upstream was not called: the budget or the breaker knew the outcome.
    Foreseen,
    /// The connection was closed before any answer, as happens to one that was idle for too long.
    Closed,
    /// Every call with these credentials will end like this one.
    Account,
    /// Nothing of the upstream: this machine lacks something.
    Local,
    /// Whether the upstream has done what it was asked to do is not known.
    Unsure,
}

impl Error {
    /// `detail` is for the log: the fewest words, the provider's own where they help, and neither a secret nor the
    /// contact's data (see [`crate::upstream::Answer::quote`]).
    pub fn new(kind: ErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, detail: detail.into(), retry_after: None, scope: Scope::Call }
    }

    /// Says how long to wait before asking again makes sense.
    #[must_use]
    pub fn after(mut self, wait: impl Into<Option<Duration>>) -> Self {
        self.retry_after = wait.into();
        self
    }

    /// Says that every call with these credentials will end like this one, so that the breaker spares them.
    #[must_use]
    pub fn for_all(mut self) -> Self {
        self.scope = Scope::Account;
        self
    }

    pub(crate) fn foreseen(mut self) -> Self {
        self.scope = Scope::Foreseen;
        self
    }

    pub(crate) fn closed(mut self) -> Self {
        self.scope = Scope::Closed;
        self
    }

    pub(crate) fn local(mut self) -> Self {
        self.scope = Scope::Local;
        self
    }

    /// Says that the upstream may have done what it was asked to do all the same.
    #[must_use]
    pub fn unsure(mut self) -> Self {
        self.scope = Scope::Unsure;
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

    /// Whether the upstream was spared the call, because the budget or the breaker knew how it would end.
    #[must_use]
    pub fn is_foreseen(&self) -> bool {
        self.scope == Scope::Foreseen
    }

    pub(crate) fn is_local(&self) -> bool {
        self.scope == Scope::Local
    }

    /// Whether the upstream may have done what it was asked to do all the same. Of reads it never matters.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        self.scope == Scope::Unsure
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.scope == Scope::Closed
    }

    pub(crate) fn is_for_all(&self) -> bool {
        self.scope == Scope::Account
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
    /// The provider won't register this contact.
    Refused,
}

impl ErrorKind {
    /// Whether it is one that should not be: of the others, a question for something that is not to be had is the cause.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        match self {
            Self::Unavailable | Self::Timeout | Self::RejectedCredentials | Self::RateLimited | Self::InvalidAnswer => {
                true
            }
            Self::InvalidId | Self::Unsupported | Self::Refused => false,
        }
    }

    /// A word for it that stays the same, for whoever counts or looks for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidId => "invalid-id",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::RejectedCredentials => "rejected-credentials",
            Self::RateLimited => "rate-limited",
            Self::InvalidAnswer => "invalid-answer",
            Self::Unsupported => "unsupported",
            Self::Refused => "refused",
        }
    }
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
            Self::Refused => "refused",
        })
    }
}

//! Every way in which the gateway can fail, in one table.

use actix_web::http::StatusCode;

/// The code of a problem. Its text, status and explanation are part of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The id breaks a rule.
    InvalidContactId,
    /// A parameter or header is wrong.
    InvalidRequest,
    /// The caller has no key, or a wrong one.
    Unauthorized,
    /// The caller's key does not admit that.
    Forbidden,
    /// No provider has this contact.
    ContactNotFound,
    /// No instance has this name.
    UnknownProvider,
    /// Nothing is at this path.
    NotFound,
    /// The path can't be used with this method.
    MethodNotAllowed,
    /// No form that the caller accepts.
    NotAcceptable,
    /// The body is larger than allowed.
    TooLarge,
    /// The body is in no form that is read.
    UnsupportedMediaType,
    /// Several contacts have this id.
    AmbiguousContactId,
    /// The provider won't register the contact.
    RefusedByProvider,
    /// The caller's own quota is used up.
    TooManyRequests,
    /// The provider has no such function.
    UnsupportedByProvider,
    /// No connection to the provider, or it is ailing.
    ProviderUnavailable,
    /// Our credentials for the provider are wrong.
    ProviderRejectedCredentials,
    /// The provider's answer makes no sense.
    ProviderAnswerInvalid,
    /// The provider's rate limit leaves no room in time.
    ProviderRateLimited,
    /// Too many are waiting already.
    Overloaded,
    /// The gateway is about to stop.
    ShuttingDown,
    /// The provider did not answer in time.
    ProviderTimeout,
    /// Only a cached answer was wanted, and there is none.
    NotCached,
}

/// What is fixed about a code.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) status: StatusCode,
    pub(super) title: &'static str,
    pub(super) retryable: bool,
    pub(super) explanation: &'static str,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 23] = [
        Self::InvalidContactId,
        Self::InvalidRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::ContactNotFound,
        Self::UnknownProvider,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::AmbiguousContactId,
        Self::RefusedByProvider,
        Self::TooManyRequests,
        Self::UnsupportedByProvider,
        Self::ProviderUnavailable,
        Self::ProviderRejectedCredentials,
        Self::ProviderAnswerInvalid,
        Self::ProviderRateLimited,
        Self::Overloaded,
        Self::ShuttingDown,
        Self::ProviderTimeout,
        Self::NotCached,
    ];

    /// The code's text, as in `code` and `/problems/CODE`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The code with this text.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    pub(super) fn entry(self) -> Entry {
        let entry = |name, status, title, retryable, explanation| Entry { name, status, title, retryable, explanation };
        match self {
            Self::InvalidContactId => entry(
                "invalid-contact-id",
                StatusCode::BAD_REQUEST,
                "The contact id is not valid",
                false,
                "An id has 1 to 256 bytes of UTF-8, is not blank, is not `.` or `..` and has no control character. Every \
                 other character is legal, percent-encoded where a URL needs it.",
            ),
            Self::InvalidRequest => entry(
                "invalid-request",
                StatusCode::BAD_REQUEST,
                "The request is not valid",
                false,
                "A query parameter or header is unknown, contradicts another one, or has a value that it can't have. `detail` \
                 names it.",
            ),
            Self::Unauthorized => entry(
                "unauthorized",
                StatusCode::UNAUTHORIZED,
                "A key is needed",
                false,
                "Callers send their key as `Authorization: Bearer KEY`. There is none, or none that the gateway's configuration \
                 admits. For webhooks: the signature is missing or wrong.",
            ),
            Self::Forbidden => entry(
                "forbidden",
                StatusCode::FORBIDDEN,
                "The key does not admit this",
                false,
                "The caller's key is known, but may not be used for this instance or this function.",
            ),
            Self::ContactNotFound => entry(
                "contact-not-found",
                StatusCode::NOT_FOUND,
                "No such contact",
                false,
                "Every provider that could have a contact with this id has said that it has none. The answer is remembered \
                 for a short time.",
            ),
            Self::UnknownProvider => entry(
                "unknown-provider",
                StatusCode::NOT_FOUND,
                "No such provider",
                false,
                "The id's prefix, or the parameter `provider`, names no instance of the configuration. `detail` lists the \
                 instances there are.",
            ),
            Self::NotFound => entry(
                "not-found",
                StatusCode::NOT_FOUND,
                "Nothing is here",
                false,
                "The gateway has no such path. Contacts are at `/contacts/{id}`.",
            ),
            Self::MethodNotAllowed => entry(
                "method-not-allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "Method not allowed",
                false,
                "The path exists but can't be used with this method. The header `Allow` lists those that it can be used with.",
            ),
            Self::NotAcceptable => entry(
                "not-acceptable",
                StatusCode::NOT_ACCEPTABLE,
                "No acceptable form",
                false,
                "The header `Accept` admits none of the forms in which the answer can be given. Contacts come as \
                 `application/json`.",
            ),
            Self::TooLarge => entry(
                "too-large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "The request is too large",
                false,
                "The body has more bytes, or more entries, than this path takes. `detail` says how many it takes.",
            ),
            Self::UnsupportedMediaType => entry(
                "unsupported-media-type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body's form is not supported",
                false,
                "The body must be JSON, with `Content-Type: application/json`.",
            ),
            Self::AmbiguousContactId => entry(
                "ambiguous-contact-id",
                StatusCode::CONFLICT,
                "Several contacts have this id",
                false,
                "More than one instance has a contact with this id. Ask for one of `candidates`, or name the instance with \
                 the parameter `provider`.",
            ),
            Self::RefusedByProvider => entry(
                "refused-by-provider",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The provider refused the contact",
                false,
                "The provider does not register this contact: a field that it does not know, a value that it does not take, or \
                 a contact that is there already. The gateway's log has the provider's words.",
            ),
            Self::TooManyRequests => entry(
                "too-many-requests",
                StatusCode::TOO_MANY_REQUESTS,
                "The caller's quota is used up",
                true,
                "The caller's key allows so many requests in so much time. `RateLimit` tells what is left, `Retry-After` when to \
                 come back. A provider's limit is never told in this way.",
            ),
            Self::UnsupportedByProvider => entry(
                "unsupported-by-provider",
                StatusCode::NOT_IMPLEMENTED,
                "Not supported",
                false,
                "No provider that the request concerns has this function.",
            ),
            Self::ProviderUnavailable => entry(
                "provider-unavailable",
                StatusCode::BAD_GATEWAY,
                "The provider is unavailable",
                true,
                "The provider could not be reached, broke off its answer, or reported a failure of its own.",
            ),
            Self::ProviderRejectedCredentials => entry(
                "provider-rejected-credentials",
                StatusCode::BAD_GATEWAY,
                "The provider rejected the gateway's credentials",
                false,
                "The credentials in the gateway's configuration are wrong, have expired, or may not read contacts. Only \
                 the gateway's operator can mend that: `contact-gateway check --connect` tells more.",
            ),
            Self::ProviderAnswerInvalid => entry(
                "provider-answer-invalid",
                StatusCode::BAD_GATEWAY,
                "The provider's answer makes no sense",
                false,
                "The provider answered, but not with a contact nor with its word that there is none: another contact, a web \
                 page, a redirect, broken JSON. Most often its base URL is wrong, or something stands between.",
            ),
            Self::ProviderRateLimited => entry(
                "provider-rate-limited",
                StatusCode::SERVICE_UNAVAILABLE,
                "The provider's rate limit is used up",
                true,
                "The provider allows so many calls in so much time, and the next one that is free comes too late for this \
                 request. `Retry-After` says when to come back. Contacts in the cache are still answered.",
            ),
            Self::Overloaded => entry(
                "overloaded",
                StatusCode::SERVICE_UNAVAILABLE,
                "Too many requests are waiting",
                true,
                "So many requests wait for this provider's answers that another one would only make all of them wait longer. \
                 `Retry-After` says when to come back. Contacts in the cache, and other providers' contacts, are still answered.",
            ),
            Self::ShuttingDown => entry(
                "shutting-down",
                StatusCode::SERVICE_UNAVAILABLE,
                "The gateway is shutting down",
                true,
                "This process is about to stop. Another one, or this one after its restart, will answer.",
            ),
            Self::ProviderTimeout => entry(
                "provider-timeout",
                StatusCode::GATEWAY_TIMEOUT,
                "The provider did not answer in time",
                true,
                "The provider took longer than the gateway's time limit for one attempt, or for the whole request.",
            ),
            Self::NotCached => entry(
                "not-cached",
                StatusCode::GATEWAY_TIMEOUT,
                "The contact is not cached",
                true,
                "The request said `Cache-Control: only-if-cached`, and the cache holds nothing that the request accepts. Without \
                 that directive, the provider is asked.",
            ),
        }
    }
}

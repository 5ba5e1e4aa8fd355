//! Problem documents (RFC 9457).

use std::{borrow::Cow, time::Duration};

use actix_web::{
    HttpResponse,
    body::BoxBody,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER},
};
use providers::ErrorKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::{code::Code, identity::RequestId, note::Note};
use crate::gateway::Failure;

/// The media type of problem documents.
pub(super) const JSON: &str = "application/problem+json";
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");

/// One failure, as callers see it: nothing of a provider's words and addresses, and nothing of a contact.
#[derive(Debug)]
pub(super) struct Problem {
    code: Code,
    detail: Cow<'static, str>,
    origin: Origin,
    provider: Option<String>,
    candidates: Option<Vec<String>>,
    retry_after: Option<Duration>,
    /// For the log.
    failure: Option<Box<Failure>>,
}

/// Whose failure it is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = ProblemOrigin)]
#[serde(rename_all = "lowercase")]
enum Origin {
    /// The request's, or the gateway's own.
    Gateway,
    /// A provider's, or its word that it has no such contact.
    Provider,
}

/// Why the request was not answered as it was meant (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Document<'a> {
    /// Leads to the explanation of the code.
    r#type: String,
    /// What the code means, in few words.
    title: &'static str,
    /// The answer's status.
    status: u16,
    /// What it was this time.
    detail: &'a str,
    /// This occurrence.
    instance: String,
    #[schema(value_type = Code)]
    code: &'static str,
    origin: Origin,
    /// The instance that it is about; null if it is about none, or about several.
    provider: Option<&'a str>,
    /// Whether the same request may be answered later.
    retryable: bool,
    /// As in the header `X-Request-Id`.
    request_id: &'a str,
    /// The ids of the contacts that were meant by one that is ambiguous.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<&'a [String]>,
}

/// A document without the id of its request: what stands before, between and after the two places that it is in.
#[derive(Debug)]
pub(super) struct Template(Vec<String>);

impl Template {
    /// The document for the request with this id.
    pub(super) fn to_json(&self, id: &RequestId) -> Vec<u8> {
        // An id has nothing that JSON would write in another way.
        self.0.join(id.as_str()).into()
    }
}

impl Problem {
    pub(super) fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            detail: detail.into(),
            origin: Origin::Gateway,
            provider: None,
            candidates: None,
            retry_after: None,
            failure: None,
        }
    }

    /// The one place that decides what callers are told of a failure.
    pub(super) fn of(failure: &Failure) -> Self {
        Self { failure: Some(Box::new(failure.clone())), ..Self::told(failure) }
    }

    fn told(failure: &Failure) -> Self {
        match failure {
            Failure::InvalidId(wrong) => {
                Self::new(Code::InvalidContactId, format!("The contact id can't be used: {wrong}."))
            }
            Failure::InvalidHandle(wrong) => {
                Self::new(Code::InvalidContactId, format!("The contact id can't be used: {wrong}."))
            }
            Failure::TwoProviders => Self::new(
                Code::InvalidRequest,
                "The id and the parameter `provider` name different instances. Leave one of them out.",
            ),
            Failure::UnknownProvider { known } => {
                let known = known.join("`, `");
                Self::new(Code::UnknownProvider, format!("No instance has this name. There are: `{known}`."))
            }
            Failure::Forbidden { provider } => Self {
                provider: Some(provider.to_string()),
                ..Self::new(Code::Forbidden, "The caller's key may not be used for this instance.")
            },
            Failure::NoLookup => Self::new(
                Code::UnsupportedByProvider,
                "No instance that the request concerns can look contacts up by this.",
            ),
            Failure::Ambiguous { candidates } => Self {
                candidates: Some(candidates.clone()),
                ..Self::new(
                    Code::AmbiguousContactId,
                    format!("{} instances have a contact with this id. Ask for one of `candidates`.", candidates.len()),
                )
            },
            Failure::Provider { provider, error } => Self {
                origin: Origin::Provider,
                provider: Some(provider.to_string()),
                retry_after: failure.retry_after(),
                ..Self::of_provider(error.kind())
            },
            Failure::Overloaded { provider } => Self {
                provider: Some(provider.to_string()),
                retry_after: failure.retry_after(),
                ..Self::new(Code::Overloaded, "Too many requests are waiting for this provider already.")
            },
            Failure::NotCached => Self::new(Code::NotCached, "The cache has no answer that the request accepts."),
            Failure::ShuttingDown => {
                Self { retry_after: failure.retry_after(), ..Self::new(Code::ShuttingDown, "Ask again in a moment.") }
            }
        }
    }

    fn of_provider(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidId => {
                Self::new(Code::InvalidContactId, "The provider refuses this text as a contact id.")
            }
            ErrorKind::Unavailable => {
                Self::new(Code::ProviderUnavailable, "The provider can't be reached or is failing.")
            }
            ErrorKind::Timeout => Self::new(Code::ProviderTimeout, "The provider has not answered in time."),
            ErrorKind::RejectedCredentials => {
                Self::new(Code::ProviderRejectedCredentials, "The provider does not accept the gateway's credentials.")
            }
            ErrorKind::RateLimited => {
                Self::new(Code::ProviderRateLimited, "The provider allows no further call in time for this request.")
            }
            ErrorKind::InvalidAnswer => {
                Self::new(Code::ProviderAnswerInvalid, "The provider's answer is not one that its API gives.")
            }
            ErrorKind::Unsupported => Self::new(Code::UnsupportedByProvider, "The provider has no such function."),
            ErrorKind::Refused => Self::new(Code::RefusedByProvider, "The provider won't register this contact."),
        }
    }

    /// With the time after which asking again makes sense.
    pub(super) fn after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    pub(super) fn code(&self) -> Code {
        self.code
    }

    /// This provider has no such contact; `None`: no provider that could have it.
    pub(super) fn not_found(provider: Option<&str>) -> Self {
        let detail = "No provider that could have it has a contact with this id.";
        Self {
            origin: Origin::Provider,
            provider: provider.map(str::to_owned),
            ..Self::new(Code::ContactNotFound, detail)
        }
    }

    /// The document.
    pub(super) fn to_json(&self, id: &RequestId) -> Vec<u8> {
        let entry = self.code.entry();
        let document = Document {
            r#type: ["/problems/", entry.name].concat(),
            title: entry.title,
            status: entry.status.as_u16(),
            detail: &self.detail,
            // Names this occurrence without repeating the path, which may hold a phone number.
            instance: ["/requests/", id.as_str()].concat(),
            code: entry.name,
            origin: self.origin,
            provider: self.provider.as_deref(),
            retryable: entry.retryable,
            request_id: id.as_str(),
            candidates: self.candidates.as_deref(),
        };
        // What nearly all of them take.
        let mut json = Vec::with_capacity(512);
        // It fails for what is no text alone, of which there is nothing here.
        let _ = serde_json::to_writer(&mut json, &document);
        json
    }

    /// The document for whichever request: what it says is written once, and takes as long as a contact's answer does.
    pub(super) fn template(&self) -> Template {
        let id = RequestId::example();
        // Nothing but bytes of UTF-8 is written.
        let json = String::from_utf8(self.to_json(&id)).unwrap_or_default();
        Template(json.split(id.as_str()).map(str::to_owned).collect())
    }

    /// Renders the document.
    pub(super) fn respond(&self, id: &RequestId) -> HttpResponse {
        self.respond_with(id, |_| {})
    }

    /// Renders the document, and lets the caller have the last word on the headers.
    pub(super) fn respond_with(&self, id: &RequestId, headers: impl FnOnce(&mut HeaderMap)) -> HttpResponse {
        let entry = self.code.entry();
        let mut response = HttpResponse::with_body(entry.status, BoxBody::new(self.to_json(id)));
        let all = response.headers_mut();
        let (name, value) = id.header();
        all.insert(name, value);
        all.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        all.insert(CACHE_CONTROL, NOT_KEPT);
        if let Some(wait) = self.retry_after {
            all.insert(RETRY_AFTER, whole_seconds(wait).into());
        }
        headers(all);
        Note::of_problem(self.code, self.provider.as_deref(), self.failure.as_deref()).leave(&mut response);
        response
    }
}

/// Rounded up: whoever comes back after this time does not come too early.
fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// Writes the failure of a part of a request to the log. Of the whole, the request's own line tells.
pub(super) fn log(failure: &Failure, id: &RequestId, message: &'static str) {
    let request_id = id.as_str();
    match failure {
        Failure::Provider { provider, error } if !error.is_foreseen() => {
            let kind = error.kind().name();
            tracing::warn!(request_id, %provider, kind, detail = error.detail(), "{message}");
        }
        // What was foreseen comes in thousands when it comes, and callers' own mistakes are no news.
        _ => tracing::debug!(request_id, code = Problem::of(failure).code.name(), "{message}"),
    }
}

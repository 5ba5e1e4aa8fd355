//! Who a request is: the id under which it stands in the log.

use actix_web::{
    dev::RequestHead,
    http::header::{HeaderName, HeaderValue},
};

use super::{
    head::Head,
    header::{Headers, Text},
};
use crate::gateway::Errand;

/// The header that brings the id and takes it back.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
const LONGEST: usize = 128;

/// The id of a request: the caller's, if it is fit for a log, or a new one.
#[derive(Debug, Clone)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    pub(super) fn of(request: &impl Head) -> Self {
        let name = HEADER;
        let given = request.values(&name).next().filter(|given| is_fit(given));
        given.and_then(|given| HeaderValue::from_bytes(given).ok()).map_or_else(Self::new, Self)
    }

    fn new() -> Self {
        let mut digits = uuid::Uuid::encode_buffer();
        let digits = uuid::Uuid::new_v4().simple().encode_lower(&mut digits);
        Self(HeaderValue::from_str(digits).unwrap_or(HeaderValue::from_static("-")))
    }

    /// One for the API's description, and where another will stand.
    pub(super) fn example() -> Self {
        Self(HeaderValue::from_static("0e6f2b8f5d0c4d3c9a7e1f3b5c7d9e0f"))
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or("-")
    }

    pub(super) fn header(&self) -> (HeaderName, HeaderValue) {
        (HEADER, self.0.clone())
    }

    /// Tells it in an answer's headers.
    pub(super) fn tell(&self, headers: &mut impl Headers) {
        headers.put(HEADER, |text: &mut Text| text.push(self.as_str()));
    }
}

/// On whose behalf a provider is asked: this request's, which has this id.
pub(super) fn errand<'a>(request: &'a RequestHead, id: impl Into<Option<&'a RequestId>>) -> Errand<'a> {
    let header = |name: &HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    Errand {
        request_id: id.into().map(RequestId::as_str),
        traceparent: header(&TRACEPARENT),
        tracestate: header(&TRACESTATE),
    }
}

/// No spaces, quotes or control characters: it can forge no log line.
fn is_fit(id: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(byte);
    (1..=LONGEST).contains(&id.len()) && id.iter().all(plain)
}

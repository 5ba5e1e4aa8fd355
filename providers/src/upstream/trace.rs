//! What a trace tells of each attempt, in OpenTelemetry's words (semantic conventions for HTTP clients).
//!
//! Nothing of the id: the route stands for the address, and neither headers nor bodies are part of a trace.

use http::StatusCode;
use tracing::{Span, field::Empty, info_span};

use super::Request;
use crate::{Error, Instance, TRACE};

/// One attempt; `before` is how many times the request has been sent already.
pub(super) fn attempt(instance: &Instance, request: &Request<'_>, before: u32) -> Span {
    let (method, url) = (request.method(), &instance.base_url);
    info_span!(
        target: TRACE,
        "attempt",
        otel.name = format!("{method} {}", request.route.path),
        otel.kind = "client",
        otel.status_code = Empty,
        provider = &*instance.name,
        http.request.method = method.as_str(),
        http.request.resend_count = (before > 0).then_some(before),
        http.response.status_code = Empty,
        url.scheme = url.scheme(),
        url.template = request.route.path,
        server.address = url.host_str(),
        server.port = url.port_or_known_default(),
        error.type = Empty,
    )
}

/// The upstream has answered the attempt that is under way.
pub(super) fn answered(status: StatusCode) {
    Span::current().record("http.response.status_code", status.as_u16());
}

/// The attempt is over.
pub(super) fn end(attempt: &Span, error: Option<&Error>) {
    if let Some(error) = error {
        attempt.record("otel.status_code", "ERROR");
        attempt.record("error.type", error.kind().name());
    }
}

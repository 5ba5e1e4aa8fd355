//! What the answer says about the cache (RFC 9110, 9111, 9211).

use actix_web::{
    HttpRequest, HttpResponseBuilder,
    http::header::{AGE, CACHE_CONTROL, HeaderName, IF_NONE_MATCH},
};

use crate::gateway::{Served, Via};

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Adds `Age`, `Cache-Control` and `Cache-Status`.
pub(super) fn describe(response: &mut HttpResponseBuilder, served: &Served) {
    let left = served.page.time_to_live().as_secs();
    let stored = if served.page.is_kept() { "; stored" } else { "" };
    let status = match served.via {
        Via::Memory => format!("contact-gateway; hit; ttl={left}"),
        Via::Provider => format!("contact-gateway; fwd=uri-miss{stored}"),
        Via::Collapsed => format!("contact-gateway; fwd=uri-miss{stored}; collapsed"),
    };
    response
        .insert_header((AGE, served.page.age().as_secs()))
        .insert_header((CACHE_CONTROL, format!("private, max-age={left}")))
        .insert_header((CACHE_STATUS, status));
}

/// Whether the caller has these bytes already. Tags are compared weakly, as RFC 9110, 13.1.2 wants it.
pub(super) fn has_already(request: &HttpRequest, etag: &str) -> bool {
    let tags = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    tags.flat_map(|value| value.split(',')).map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

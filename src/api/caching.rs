//! What the answer says about the cache (RFC 9110, 9111, 9211).

use std::fmt::Write as _;

use actix_web::{
    HttpRequest, HttpResponseBuilder,
    http::header::{AGE, CACHE_CONTROL, HeaderName, IF_NONE_MATCH},
};

use super::code_of;
use crate::gateway::{Served, Via, Why};

pub(super) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Adds `Age`, `Cache-Control` and `Cache-Status`.
pub(super) fn describe(response: &mut HttpResponseBuilder, served: &Served) {
    let left = served.page.time_to_live().as_secs();
    response
        .insert_header((AGE, served.page.age().as_secs()))
        .insert_header((CACHE_CONTROL, format!("private, max-age={left}")))
        .insert_header((CACHE_STATUS, status(served)));
}

/// `Cache-Status` (RFC 9211): `hit` or `fwd`, never both.
pub(super) fn status(served: &Served) -> String {
    let mut status = String::with_capacity(64);
    status.push_str("contact-gateway");
    // Writing to a `String` can't fail.
    let _ = match served.via {
        Via::Memory if served.page.is_fresh() => write!(status, "; hit; ttl={}", served.page.time_to_live().as_secs()),
        // Rounded away from zero: what is stale has no time left.
        Via::Memory => write!(status, "; hit; ttl=-{}", served.page.staleness().as_secs() + 1),
        Via::Provider { why, .. } => write!(status, "; fwd={}", name(why)),
    };
    if let Via::Provider { collapsed, .. } = served.via {
        if served.failure.is_none() && served.page.is_kept() {
            status.push_str("; stored");
        }
        if collapsed {
            status.push_str("; collapsed");
        }
    }
    if let Some(failure) = &served.failure {
        let _ = write!(status, "; detail={}", code_of(failure).name());
    }
    status
}

fn name(why: Why) -> &'static str {
    match why {
        Why::Miss => "uri-miss",
        Why::Stale => "stale",
        Why::Request => "request",
    }
}

/// Whether the caller has these bytes already. Tags are compared weakly, as RFC 9110, 13.1.2 wants it.
pub(super) fn has_already(request: &HttpRequest, etag: &str) -> bool {
    let tags = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    tags.flat_map(|value| value.split(',')).map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

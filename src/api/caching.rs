//! What the answer says about the cache (RFC 9110, 9111, 9211).

use actix_web::{
    dev::RequestHead,
    http::header::{AGE, CACHE_CONTROL, HeaderMap, HeaderName, IF_NONE_MATCH},
};

use super::{
    code_of,
    header::{push, value},
};
use crate::gateway::{Served, Via, Why};

pub(super) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Adds `Age`, `Cache-Control` and `Cache-Status`.
pub(super) fn describe(headers: &mut HeaderMap, served: &Served) {
    headers.insert(AGE, served.page.age(served.at).as_secs().into());
    let control = value(|text| {
        text.push_str("private, max-age=");
        push(text, served.left.as_secs());
    });
    headers.insert(CACHE_CONTROL, control);
    headers.insert(CACHE_STATUS, value(|text| status(text, served)));
}

/// Writes `Cache-Status` (RFC 9211): `hit` or `fwd`, never both.
pub(super) fn status(text: &mut String, Served { page, at, left, via, failure, .. }: &Served) {
    text.push_str("contact-gateway");
    match via {
        Via::Memory if !left.is_zero() => {
            text.push_str("; hit; ttl=");
            push(text, left.as_secs());
        }
        Via::Memory => {
            text.push_str("; hit; ttl=-");
            // Rounded away from zero: what is stale has no time left.
            push(text, page.staleness(*at).as_secs() + 1);
        }
        Via::Provider { why, collapsed } => {
            text.push_str("; fwd=");
            text.push_str(name(*why));
            if failure.is_none() && page.is_kept(*at) {
                text.push_str("; stored");
            }
            if *collapsed {
                text.push_str("; collapsed");
            }
        }
    }
    if let Some(failure) = failure {
        text.push_str("; detail=");
        text.push_str(code_of(failure).name());
    }
}

fn name(why: Why) -> &'static str {
    match why {
        Why::Miss => "uri-miss",
        Why::Stale => "stale",
        Why::Request => "request",
    }
}

/// Whether the caller has these bytes already. Tags are compared weakly, as RFC 9110, 13.1.2 wants it.
pub(super) fn has_already(request: &RequestHead, etag: &str) -> bool {
    let tags = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    tags.flat_map(|value| value.split(',')).map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

//! What the answer says about the cache (RFC 9110, 9111, 9211).

use actix_web::http::header::{AGE, CACHE_CONTROL, HeaderName, IF_NONE_MATCH};

use super::{
    code_of,
    head::Head,
    header::{Headers, Text},
};
use crate::gateway::{EntityTag, Served, Via, Why};

pub(super) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Adds `Age`, `Cache-Control` and `Cache-Status`.
pub(super) fn describe(headers: &mut impl Headers, served: &Served) {
    headers.put(AGE, |text| text.number(served.page.age(served.at).as_secs()));
    headers.put(CACHE_CONTROL, |text| {
        text.push("private, max-age=");
        text.number(served.left.as_secs());
    });
    headers.put(CACHE_STATUS, |text| status(text, served));
}

/// Writes `Cache-Status` (RFC 9211): `hit` or `fwd`, never both.
pub(super) fn status(text: &mut Text, Served { page, at, left, via, failure, .. }: &Served) {
    text.push("contact-gateway");
    match via {
        Via::Memory if !left.is_zero() => {
            text.push("; hit; ttl=");
            text.number(left.as_secs());
        }
        Via::Memory => {
            text.push("; hit; ttl=-");
            // Rounded away from zero: what is stale has no time left.
            text.number(page.staleness(*at).as_secs() + 1);
        }
        Via::Provider { why, collapsed } => {
            text.push("; fwd=");
            text.push(name(*why));
            if failure.is_none() && page.is_kept(*at) {
                text.push("; stored");
            }
            if *collapsed {
                text.push("; collapsed");
            }
        }
    }
    if let Some(failure) = failure {
        text.push("; detail=");
        text.push(code_of(failure).name());
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
pub(super) fn has_already(request: &impl Head, etag: EntityTag) -> bool {
    let tags = request.texts(&IF_NONE_MATCH);
    tags.flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || etag.is(tag.trim_start_matches("W/")))
}

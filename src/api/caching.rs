//! What the answer says about the cache (RFC 9110, 9111, 9211).

use std::fmt;

use actix_web::{
    HttpResponseBuilder,
    dev::RequestHead,
    http::header::{AGE, CACHE_CONTROL, HeaderName, IF_NONE_MATCH},
};

use super::{code_of, header::value};
use crate::gateway::{Served, Via, Why};

pub(super) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Adds `Age`, `Cache-Control` and `Cache-Status`.
pub(super) fn describe(response: &mut HttpResponseBuilder, served: &Served) {
    let left = served.page.time_to_live(served.at).as_secs();
    response
        .insert_header((AGE, served.page.age(served.at).as_secs()))
        .insert_header((CACHE_CONTROL, value(format_args!("private, max-age={left}"))))
        .insert_header((CACHE_STATUS, value(format_args!("{}", Status(served)))));
}

/// `Cache-Status` (RFC 9211): `hit` or `fwd`, never both.
pub(super) struct Status<'a>(pub(super) &'a Served);

impl fmt::Display for Status<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Served { page, at, via, failure, .. } = self.0;
        f.write_str("contact-gateway")?;
        match via {
            Via::Memory if page.is_fresh(*at) => write!(f, "; hit; ttl={}", page.time_to_live(*at).as_secs())?,
            // Rounded away from zero: what is stale has no time left.
            Via::Memory => write!(f, "; hit; ttl=-{}", page.staleness(*at).as_secs() + 1)?,
            Via::Provider { why, collapsed } => {
                write!(f, "; fwd={}", name(*why))?;
                if failure.is_none() && page.is_kept(*at) {
                    f.write_str("; stored")?;
                }
                if *collapsed {
                    f.write_str("; collapsed")?;
                }
            }
        }
        match failure {
            Some(failure) => write!(f, "; detail={}", code_of(failure).name()),
            None => Ok(()),
        }
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

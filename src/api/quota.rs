//! What callers are told of their quota (draft-ietf-httpapi-ratelimit-headers-10).

use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use super::header::{push, value};
use crate::auth::{Left, Quota};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Adds `RateLimit-Policy` and `RateLimit`: how many requests there can be, how many are left, and in how many seconds there will
/// be another one.
pub(super) fn tell(quota: &Quota, left: Left, headers: &mut HeaderMap) {
    let (name, rate) = (quota.name(), quota.rate());
    headers.insert(POLICY, parameters(name, ("q", rate.calls), ("w", rate.per)));
    headers.insert(LIMIT, parameters(name, ("r", left.requests), ("t", left.next)));
}

fn parameters(name: &str, (calls, number): (&str, u32), (seconds, time): (&str, Duration)) -> HeaderValue {
    value(|text| {
        for piece in ["\"", name, "\";", calls, "="] {
            text.push_str(piece);
        }
        push(text, number.into());
        for piece in [";", seconds, "="] {
            text.push_str(piece);
        }
        push(text, whole_seconds(time));
    })
}

/// Rounded up: whoever comes back after this time does not come too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

//! What callers are told of their quota (draft-ietf-httpapi-ratelimit-headers-10).

use std::time::Duration;

use actix_web::http::header::{HeaderName, HeaderValue};

use super::header::value;
use crate::auth::{Left, Quota};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// `RateLimit-Policy` and `RateLimit`.
pub(super) type Told = [(HeaderName, HeaderValue); 2];

/// How many requests there can be, how many are left, and in how many seconds there will be another one.
pub(super) fn told(quota: &Quota, left: Left) -> Told {
    let (name, rate) = (quota.name(), quota.rate());
    let policy = value(format_args!("\"{name}\";q={};w={}", rate.calls, rate.per.as_secs()));
    let limit = value(format_args!("\"{name}\";r={};t={}", left.requests, whole_seconds(left.next)));
    [(POLICY, policy), (LIMIT, limit)]
}

/// Rounded up: whoever comes back after this time does not come too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

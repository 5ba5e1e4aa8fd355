//! What callers are told of their quota (draft-ietf-httpapi-ratelimit-headers-10).

use std::time::Duration;

use actix_web::http::header::HeaderName;

use super::header::{Headers, Text};
use crate::auth::{Left, Quota};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Adds `RateLimit-Policy` and `RateLimit`: how many requests there can be, how many are left, and in how many seconds there will
/// be another one.
pub(super) fn tell(quota: &Quota, left: Left, headers: &mut impl Headers) {
    let (name, rate) = (quota.name(), quota.rate());
    headers.put(POLICY, |text| parameters(text, name, ("q", rate.calls), ("w", rate.per)));
    headers.put(LIMIT, |text| parameters(text, name, ("r", left.requests), ("t", left.next)));
}

fn parameters(text: &mut Text, name: &str, (calls, number): (&str, u32), (seconds, time): (&str, Duration)) {
    for piece in ["\"", name, "\";", calls, "="] {
        text.push(piece);
    }
    text.number(number.into());
    for piece in [";", seconds, "="] {
        text.push(piece);
    }
    text.number(whole_seconds(time));
}

/// Rounded up: whoever comes back after this time does not come too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

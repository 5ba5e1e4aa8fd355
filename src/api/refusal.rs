//! Why somebody is not admitted, and what they are told.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpResponse,
    dev::RequestHead,
    http::header::{HeaderValue, WWW_AUTHENTICATE},
};

use super::{code::Code, identity::RequestId, problem::Problem, quota};
use crate::auth::{Left, Quota};

/// Why somebody is not admitted.
#[derive(Debug)]
pub(super) enum Refusal {
    /// There is no key, or not in the form in which one is sent.
    NoKey,
    /// Nobody has this key.
    UnknownKey,
    /// The key must not be used for so long.
    UsedUp(Arc<Quota>, Duration),
    /// Nothing admits anybody to this handler: a defect, and so nobody is.
    NotGuarded,
}

impl Refusal {
    /// The answer. The key is neither in it nor in the log.
    pub(super) fn respond(self, request: &RequestHead) -> HttpResponse {
        let id = RequestId::of(request);
        let request_id = id.as_str();
        let detail = match &self {
            Self::NoKey => "Send your key as `Authorization: Bearer KEY`.",
            Self::UnknownKey => "The gateway does not know this key.",
            Self::NotGuarded => "Nobody is admitted here.",
            Self::UsedUp(..) => "The quota of the caller's key is used up.",
        };
        if let Self::UsedUp(quota, wait) = self {
            tracing::debug!(request_id, caller = quota.name(), "refused: the quota is used up");
            let problem = Problem::new(Code::TooManyRequests, detail).after(wait);
            let left = Left { requests: 0, next: wait };
            return problem.respond_with(&id, |headers| quota::tell(&quota, left, headers));
        }
        tracing::debug!(request_id, why = detail, "refused");
        Problem::new(Code::Unauthorized, detail).respond_with(&id, |headers| {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        })
    }
}

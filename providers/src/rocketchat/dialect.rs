//! How Rocket.Chat says not now, and not you.

use std::{borrow::Cow, time::Duration};

use http::StatusCode;

use super::{envelope, failure::says};
use crate::{
    Error, ErrorKind, Result,
    upstream::{Answer, Dialect, Limits, ResetUnit, failing, is_failing},
};

pub(super) static DIALECT: Dialect = Dialect { reset: ResetUnit::Milliseconds, judge };

/// Where neither the text of a 429 nor its headers say how long to wait: the default window.
const DEFAULT_WAIT: Duration = Duration::from_secs(60);
/// No wait is longer: a release once shipped a window of ten minutes (Rocket.Chat issue 35180).
const LONGEST_WAIT: Duration = Duration::from_secs(600);

fn judge(answer: &Answer) -> Result<()> {
    let failure = || -> envelope::Failure { serde_json::from_slice(&answer.body).unwrap_or_default() };
    match answer.status {
        StatusCode::UNAUTHORIZED => Err(rejected(answer, "401: not logged in")),
        StatusCode::FORBIDDEN => {
            let words = failure().error.into_filled().unwrap_or_default();
            Err(rejected(answer, format!("403: {}", answer.quote(&words))))
        }
        StatusCode::TOO_MANY_REQUESTS => Err(too_many(answer, &failure())),
        // Older servers say it with a 400.
        StatusCode::BAD_REQUEST if says(&failure(), "error-too-many-requests") => Err(too_many(answer, &failure())),
        // Two-factor authentication is a property of the account, not of the question.
        StatusCode::BAD_REQUEST if says(&failure(), "totp-required") => {
            Err(rejected(answer, "400: the account wants a second factor"))
        }
        status if is_failing(status) => Err(failing(answer)),
        status if status.is_redirection() => {
            Err(Error::new(ErrorKind::InvalidAnswer, format!("redirect ({}), not followed", status.as_u16())))
        }
        _ => Ok(()),
    }
}

fn too_many(answer: &Answer, failure: &envelope::Failure) -> Error {
    // The seconds in the text need no clock, so they go before the headers.
    let told = failure.error.filled().and_then(seconds).or_else(|| answer.retry_after());
    let wait = told.or_else(|| Limits::read(&answer.headers, ResetUnit::Milliseconds).reset_in).unwrap_or(DEFAULT_WAIT);
    Error::new(ErrorKind::RateLimited, "the server says: too many requests").after(wait.min(LONGEST_WAIT))
}

/// The number in "You must wait 42 seconds".
fn seconds(text: &str) -> Option<Duration> {
    let (_, rest) = text.split_once("must wait ")?;
    rest.split(' ').next()?.parse().ok().map(Duration::from_secs)
}

/// The server's own word (JSON) concerns the account; a page comes from something in between, which may mind only this id.
fn rejected(answer: &Answer, detail: impl Into<Cow<'static, str>>) -> Error {
    let error = Error::new(ErrorKind::RejectedCredentials, detail);
    if answer.json().is_some() { error.for_all() } else { error }
}

//! What Rocket.Chat's answers mean. Two hundred is not proof of success, and three different answers look like a 404.

use std::time::Duration;

use http::StatusCode;
use serde::de::DeserializeOwned;

use super::{generation::Generation, map, wire};
use crate::{
    Contact, Error, ErrorKind, Instance, LocalId, Result,
    upstream::{Answer, Dialect, Limits, ResetUnit, failing, is_failing, quote},
    wire::Object,
};

pub(super) static DIALECT: Dialect = Dialect { reset: ResetUnit::Milliseconds, judge };

/// Where neither the text of a 429 nor its headers say how long to wait: the default window.
const DEFAULT_WAIT: Duration = Duration::from_secs(60);
/// No wait is longer: a release once shipped a window of ten minutes (Rocket.Chat issue 35180).
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// What the answer to a question for one contact means.
pub(super) enum Reading {
    /// The contact asked for.
    Found(Box<Contact>),
    /// The server has no such contact.
    Absent,
    /// The server does not know this route, as servers of the other generation don't.
    OtherGeneration,
}

fn judge(answer: &Answer) -> Result<()> {
    let failure = || -> wire::Failure { serde_json::from_slice(&answer.body).unwrap_or_default() };
    match answer.status {
        StatusCode::UNAUTHORIZED => Err(rejected(answer, "401: not logged in")),
        StatusCode::FORBIDDEN => {
            let words = failure().error.owned().unwrap_or_default();
            Err(rejected(answer, format!("403: {}", quote(&words))))
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

/// Reads the answer of the generation that was asked.
pub(super) fn read(generation: Generation, answer: &Answer, id: &LocalId, instance: &Instance) -> Result<Reading> {
    if !answer.claims_json() {
        // The web app's page (Restivus era) or `404 Not Found` as text (since): no such route.
        return match answer.status {
            StatusCode::OK | StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Ok(Reading::OtherGeneration),
            status => Err(invalid(format!("status {} without JSON", status.as_u16()))),
        };
    }
    match (answer.status, generation) {
        (StatusCode::OK, Generation::Modern) => found(answer, |document: &wire::Contact| {
            same(&document.id, id)?;
            Ok(match document {
                // Only visitors have one.
                document if document.username.filled().is_some() => Reading::OtherGeneration,
                document if document.enabled.0 == Some(false) => Reading::Absent,
                document => Reading::Found(Box::new(map::contact(instance, id.as_str(), document))),
            })
        }),
        (StatusCode::OK, Generation::Legacy) => found(answer, |document: &wire::Guest| {
            same(&document.id, id)?;
            Ok(match document {
                // Every visitor has a username, and none has this.
                document if document.created_at.filled().is_some() => Reading::OtherGeneration,
                document if document.enabled.0 == Some(false) => Reading::Absent,
                document => Reading::Found(Box::new(map::guest(instance, id.as_str(), document))),
            })
        }),
        (StatusCode::NOT_FOUND, Generation::Modern) if failure(answer)?.success.0 == Some(false) => Ok(Reading::Absent),
        (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => Ok(Reading::OtherGeneration),
        (StatusCode::BAD_REQUEST, _) => refused(&failure(answer)?),
        (status, _) => Err(invalid(format!("status {}", status.as_u16()))),
    }
}

fn found<T: DeserializeOwned>(answer: &Answer, read: impl FnOnce(&T) -> Result<Reading>) -> Result<Reading> {
    let envelope: wire::Envelope<T> = serde_json::from_slice(&answer.body)
        .map_err(|error| invalid(format!("200 with broken JSON: {:?}", error.classify())))?;
    if envelope.success.0 == Some(false) {
        return Err(invalid("200 that reports a failure"));
    }
    match &envelope.contact {
        Object::Is(document) => read(document),
        // Legacy servers answer 200 with a null contact when the id is unknown; so did builds before 7.1.
        Object::Null => Ok(Reading::Absent),
        Object::Missing | Object::Other => Err(invalid("200 without a contact")),
    }
}

fn same(answered: &crate::wire::Text, asked: &LocalId) -> Result<()> {
    if answered.filled() == Some(asked.as_str()) { Ok(()) } else { Err(invalid("the answer is about another contact")) }
}

/// Whether this answer to a question for some contact shows that the server has the route, whatever it says of the contact.
pub(super) fn knows_route(answer: &Answer) -> bool {
    let Ok(failure) = failure(answer) else { return false };
    match answer.status {
        _ if !answer.claims_json() => false,
        StatusCode::OK => true,
        StatusCode::NOT_FOUND => failure.success.0 == Some(false),
        StatusCode::BAD_REQUEST => !says(&failure, "error-not-allowed"),
        _ => false,
    }
}

fn refused(failure: &wire::Failure) -> Result<Reading> {
    let words = failure.error.filled().unwrap_or_default();
    if says(failure, "error-not-allowed") {
        // 6.13 and 7.0 have the modern routes, for Rocket.Chat's own tests only.
        Ok(Reading::OtherGeneration)
    } else if words.contains("isNotEmpty") {
        Err(Error::new(ErrorKind::InvalidId, "400: a blank id"))
    } else {
        Err(invalid(format!("400: {}", quote(words))))
    }
}

fn failure(answer: &Answer) -> Result<wire::Failure> {
    serde_json::from_slice(&answer.body)
        .map_err(|_| invalid(format!("status {} with broken JSON", answer.status.as_u16())))
}

/// Whether a failure has this code, as its `errorType` or in brackets at the end of its text.
fn says(failure: &wire::Failure, code: &str) -> bool {
    failure.error_type.filled() == Some(code)
        || failure.error.filled().is_some_and(|text| text.contains(&format!("[{code}]")))
}

fn too_many(answer: &Answer, failure: &wire::Failure) -> Error {
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
fn rejected(answer: &Answer, detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    let error = Error::new(ErrorKind::RejectedCredentials, detail);
    if answer.json().is_some() { error.for_all() } else { error }
}

fn invalid(detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidAnswer, detail)
}

/// What an answer to the question for one contact means: from a modern server, and from a legacy one.
#[cfg(fuzzing)]
pub fn meanings(answer: &Answer, id: &LocalId, instance: &Instance) -> [Result<Option<Contact>>; 2] {
    // These look at answers that nobody has judged.
    let _ = (knows_route(answer), Generation::from_info(answer));
    [Generation::Modern, Generation::Legacy].map(|generation| {
        judge(answer)?;
        match read(generation, answer, id, instance)? {
            Reading::Found(contact) => Ok(Some(*contact)),
            Reading::Absent | Reading::OtherGeneration => Ok(None),
        }
    })
}

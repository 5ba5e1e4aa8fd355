//! What Periskope's answers mean.

use std::{borrow::Cow, time::Duration};

use http::StatusCode;

use super::{jid, map, wire};
use crate::{
    Document, Error, ErrorKind, Found, Instance, LocalId, Result,
    upstream::{Answer, Dialect, Limits, ResetUnit, failing, is_failing},
    wire::from_json,
};

pub(super) static DIALECT: Dialect = Dialect { reset: ResetUnit::Seconds, judge };

/// Where a 429 says nothing of the time: the documented window.
const DEFAULT_WAIT: Duration = Duration::from_secs(1);
/// Windows last one second, so a reset further away is another clock's.
const LONGEST_RESET: Duration = Duration::from_secs(5);
/// No `Retry-After` is believed beyond this.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

fn judge(answer: &Answer) -> Result<()> {
    let failure = || -> wire::Failure { serde_json::from_slice(&answer.body).unwrap_or_default() };
    match answer.status {
        StatusCode::UNAUTHORIZED => Err(unauthorized(answer, &failure())),
        StatusCode::FORBIDDEN => Err(rejected(answer, "403")),
        StatusCode::UNPROCESSABLE_ENTITY => match failure() {
            failure if failure.is_about("x-phone") => {
                Err(rejected(answer, format!("422: {}: set settings.phone", words(answer, &failure))))
            }
            // What it means that a contact is refused, depends on what was asked.
            _ => Ok(()),
        },
        StatusCode::TOO_MANY_REQUESTS => Err(too_many(answer)),
        status if is_failing(status) => Err(failing(answer)),
        _ => Ok(()),
    }
}

/// Reads the answer to a question for one contact: `None` where Periskope has none. `asked` are the ids that stand for it.
pub(super) fn read(answer: &Answer, asked: &[LocalId], instance: &Instance) -> Result<Option<Found>> {
    match answer.status {
        // A database row that is not there comes as nothing or as `null`, depending on the version.
        StatusCode::OK if answer.body.trim_ascii().is_empty() => Ok(None),
        StatusCode::OK if !answer.claims_json() => Err(invalid("200 without JSON")),
        StatusCode::OK if answer.body.trim_ascii() == b"null" => Ok(None),
        StatusCode::OK => whole(answer, asked, instance).map(Some),
        // Express's own 404, in HTML, speaks of the route: a wrong base URL.
        StatusCode::NOT_FOUND if answer.json().is_some_and(|body| body.is_object()) => Ok(None),
        StatusCode::NOT_FOUND => Err(invalid("404 without JSON: the base URL is wrong")),
        _ => Err(unexpected(answer)),
    }
}

/// Reads a contact that Periskope says is there. `asked` are the ids that stand for it.
pub(super) fn whole(answer: &Answer, asked: &[LocalId], instance: &Instance) -> Result<Found> {
    if !answer.claims_json() {
        return Err(invalid("200 without JSON"));
    }
    let mut document: wire::Contact =
        from_json(&answer.body).map_err(|error| invalid(format!("200 with broken JSON: {:?}", error.classify())))?;
    let id = std::mem::take(&mut document.contact_id).into_filled();
    let id = id.ok_or_else(|| invalid("200 without a contact_id"))?;
    if !asked.iter().any(|asked| same(&id, &document, asked)) {
        return Err(invalid("the answer is about another contact"));
    }
    // Whoever asked by the linked id gets this one to come back with.
    LocalId::parse(&id).map_err(|wrong| invalid(format!("200 with a contact_id that can't be asked for: {wrong}")))?;
    let contact = map::contact(instance, &id, document);
    // Periskope's contacts hold no credential.
    Ok(Found { contact, document: Document::new(answer.body.clone(), |document| document) })
}

/// What an answer says that is none of those that the question can have.
pub(super) fn unexpected(answer: &Answer) -> Error {
    let failure: wire::Failure = serde_json::from_slice(&answer.body).unwrap_or_default();
    match answer.status {
        StatusCode::UNPROCESSABLE_ENTITY if failure.is_about("contact_id") => {
            Error::new(ErrorKind::InvalidId, format!("422: {}", words(answer, &failure)))
        }
        status @ (StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST) => {
            invalid(format!("{}: {}", status.as_u16(), words(answer, &failure)))
        }
        status => invalid(format!("status {}", status.as_u16())),
    }
}

/// Whether this answer to a question for some contact is Periskope's, whatever it says of the contact.
pub(super) fn is_ours(answer: &Answer) -> bool {
    match answer.status {
        StatusCode::OK => answer.body.trim_ascii().is_empty() || answer.json().is_some(),
        StatusCode::NOT_FOUND => answer.json().is_some_and(|body| body.is_object()),
        _ => false,
    }
}

/// Whether the contact is the one asked for: by its own id in any spelling, or by its linked id.
fn same(id: &str, document: &wire::Contact, asked: &LocalId) -> bool {
    let spelling = jid::digits(id).unwrap_or(id);
    spelling == asked.as_str() || document.contact_lid.filled() == Some(asked.as_str())
}

fn unauthorized(answer: &Answer, failure: &wire::Failure) -> Error {
    let words = words(answer, failure);
    let message = failure.message.filled().unwrap_or_default();
    // The same status and code as for a wrong key: the phone named by x-phone is switched off.
    if message.to_ascii_lowercase().contains("phone") {
        Error::new(ErrorKind::Unavailable, format!("the provider's phone is offline: {words}"))
    } else {
        rejected(answer, format!("401: {words}"))
    }
}

/// Periskope's own words about a failure, fit for the log.
pub(super) fn words(answer: &Answer, failure: &wire::Failure) -> String {
    answer.quote(failure.message.filled().unwrap_or_default())
}

fn too_many(answer: &Answer) -> Error {
    let reset = || Limits::read(&answer.headers, ResetUnit::Seconds).reset_in.map(|reset| reset.min(LONGEST_RESET));
    let wait = answer.retry_after().or_else(reset).unwrap_or(DEFAULT_WAIT);
    Error::new(ErrorKind::RateLimited, "the server says: too many requests").after(wait.min(LONGEST_WAIT))
}

/// Periskope's own word (JSON) concerns the account; a page comes from something in between, which may mind only this id.
fn rejected(answer: &Answer, detail: impl Into<Cow<'static, str>>) -> Error {
    let error = Error::new(ErrorKind::RejectedCredentials, detail);
    if answer.json().is_some() { error.for_all() } else { error }
}

pub(super) fn invalid(detail: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidAnswer, detail)
}

/// What an answer to the question for one contact means.
///
/// # Errors
/// If it is no answer to that.
pub fn meaning(answer: &Answer, asked: &LocalId, instance: &Instance) -> Result<Option<crate::Contact>> {
    #[cfg(fuzzing)]
    // This looks at answers that nobody has read.
    let _ = is_ours(answer);
    judge(answer)?;
    Ok(read(answer, std::slice::from_ref(asked), instance)?.map(|found| found.contact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderMap;

    #[test]
    fn a_contact_found_by_its_linked_id_has_an_id_to_come_back_with() {
        let instance = Instance {
            name: "periskope".into(),
            base_url: "https://api.example.com/v1".parse().unwrap(),
            rate: crate::Rate::per_seconds(10, 1),
            timeout: Duration::from_secs(5),
            default_region: None,
            ledgers: crate::Ledgers::default(),
        };
        let asked = LocalId::parse("230463012345678@lid").unwrap();
        for (id, expected) in [("919876543210@c.us", None), ("a\\u0000b", Some(ErrorKind::InvalidAnswer))] {
            let body = format!(r#"{{"contact_id":"{id}","contact_lid":"230463012345678@lid"}}"#);
            let answer = Answer::new(StatusCode::OK, HeaderMap::new(), Bytes::from(body));
            assert_eq!(
                read(&answer, std::slice::from_ref(&asked), &instance).err().map(|error| error.kind()),
                expected,
                "{id}"
            );
        }
    }
}

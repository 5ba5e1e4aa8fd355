//! What Rocket.Chat's answers mean. Two hundred is not proof of success, and three different answers look like a 404.

use std::borrow::Cow;

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    clean::clean,
    envelope,
    failure::{failure, refused},
    generation::Generation,
    map, wire,
};
use crate::{
    Contact, Document, Error, ErrorKind, Found, Instance, LocalId, Result,
    upstream::Answer,
    wire::{Object, from_json},
};

/// What comes of a question that only one generation understands.
pub(super) type Asked<T> = Result<T, Failed>;

/// Why such a question has no answer.
pub(super) enum Failed {
    /// The server does not know this route, as servers of the other generation don't. If it is of this one all the same,
    /// that is an error.
    OtherGeneration(Error),
    /// Anything else.
    Otherwise(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Otherwise(error)
    }
}

impl Failed {
    pub(super) fn no_such_route() -> Self {
        Self::OtherGeneration(invalid("no such route: the base URL or the generation is wrong"))
    }

    /// The same, where the server may have done what it was asked to do.
    pub(super) fn unsure(self) -> Self {
        match self {
            Self::OtherGeneration(error) => Self::OtherGeneration(error.unsure()),
            Self::Otherwise(error) => Self::Otherwise(error.unsure()),
        }
    }

    /// For whoever has no other generation to ask.
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::OtherGeneration(error) | Self::Otherwise(error) => error,
        }
    }
}

/// Reads the answer to a question for one contact. `None` is the server's own word that there is none.
pub(super) fn read(generation: Generation, answer: &Answer, id: &LocalId, instance: &Instance) -> Asked<Option<Found>> {
    let is_absence = answer.status == StatusCode::NOT_FOUND && generation == Generation::Modern;
    if is_absence && answer.claims_json() && failure(answer)?.success.0 == Some(false) {
        return Ok(None);
    }
    accept(answer)?;
    let found = |contact: Contact| Found { contact, document: Document::new(answer.body.clone(), clean) };
    let contact = match generation {
        Generation::Modern => only(answer, |document: wire::Contact| {
            same(&document.id, id)?;
            living(instance, id, document)
        }),
        Generation::Legacy => only(answer, |document: wire::Guest| {
            same(&document.id, id)?;
            living_guest(instance, id, document)
        }),
    };
    Ok(contact?.map(found))
}

/// Lets pass what may hold an answer: JSON that comes with 200.
pub(super) fn accept(answer: &Answer) -> Asked<()> {
    match answer.status {
        StatusCode::OK if answer.claims_json() => Ok(()),
        // The web app's page (Restivus era) or `404 Not Found` as text (since): no such route.
        StatusCode::OK | StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Err(Failed::no_such_route()),
        status if !answer.claims_json() => Err(invalid(format!("status {} without JSON", status.as_u16())).into()),
        StatusCode::BAD_REQUEST => Err(refused(answer, &failure(answer)?)),
        status => Err(invalid(format!("status {}", status.as_u16())).into()),
    }
}

/// What `read` makes of the one document in the envelope of an accepted answer.
pub(super) fn only<T: DeserializeOwned>(
    answer: &Answer,
    read: impl FnOnce(T) -> Asked<Option<Contact>>,
) -> Asked<Option<Contact>> {
    let envelope: envelope::Envelope<T> = parse(answer)?;
    if envelope.success.0 == Some(false) {
        return Err(invalid("200 that reports a failure").into());
    }
    match envelope.contact {
        Object::Is(document) => read(document),
        // Legacy servers answer 200 with a null contact when the id is unknown; so did builds before 7.1.
        Object::Null => Ok(None),
        Object::Missing | Object::Other => Err(invalid("200 without a contact").into()),
    }
}

/// The contact that a document of 7.1 and later describes, unless it was erased.
pub(super) fn living(instance: &Instance, id: &LocalId, document: wire::Contact) -> Asked<Option<Contact>> {
    if document.username.filled().is_some() {
        // Only visitors have one.
        return Err(Failed::no_such_route());
    }
    let is_erased = document.enabled.0 == Some(false);
    Ok((!is_erased).then(|| map::contact(instance, id.as_str(), document)))
}

/// The contact that a visitor's document describes, unless it was erased.
pub(super) fn living_guest(instance: &Instance, id: &LocalId, document: wire::Guest) -> Asked<Option<Contact>> {
    if document.created_at.filled().is_some() {
        // Every visitor has a username, and none has this.
        return Err(Failed::no_such_route());
    }
    let is_erased = document.enabled.0 == Some(false);
    Ok((!is_erased).then(|| map::guest(instance, id.as_str(), document)))
}

/// The documents in the list of this name in an accepted answer, and how many there are on all pages together, as far as the
/// server says so and can be believed.
pub(super) fn list(answer: &Answer, name: &str) -> Result<(Vec<Value>, Option<u64>)> {
    let mut envelope: Value = parse(answer)?;
    if envelope["success"] != true && envelope["success"] != "true" {
        return Err(invalid("200 that reports no success"));
    }
    let total = envelope["total"].as_u64();
    match envelope.get_mut(name).map(Value::take) {
        Some(Value::Array(documents)) => Ok((documents, total)),
        _ => Err(invalid("200 without a list")),
    }
}

pub(super) fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T> {
    from_json(&answer.body).map_err(|error| invalid(format!("200 with broken JSON: {:?}", error.classify())))
}

fn same(answered: &crate::wire::Text, asked: &LocalId) -> Result<()> {
    if answered.filled() == Some(asked.as_str()) { Ok(()) } else { Err(invalid("the answer is about another contact")) }
}

pub(super) fn invalid(detail: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidAnswer, detail)
}

/// What a modern server's answer to the question for one contact means.
///
/// # Errors
/// If it is no answer to that.
pub fn meaning(answer: &Answer, id: &LocalId, instance: &Instance) -> Result<Option<Contact>> {
    meaning_from(Generation::Modern, answer, id, instance)
}

/// What an answer means: from a modern server, and from a legacy one.
#[cfg(fuzzing)]
pub fn meanings(answer: &Answer, id: &LocalId, instance: &Instance) -> [Result<Option<Contact>>; 2] {
    // These look at answers that nobody has judged.
    let _ = (super::failure::knows_route(answer), Generation::from_info(answer));
    [Generation::Modern, Generation::Legacy].map(|generation| meaning_from(generation, answer, id, instance))
}

fn meaning_from(generation: Generation, answer: &Answer, id: &LocalId, instance: &Instance) -> Result<Option<Contact>> {
    (super::dialect::DIALECT.judge)(answer)?;
    match read(generation, answer, id, instance) {
        Ok(found) => Ok(found.map(|found| found.contact)),
        Err(Failed::OtherGeneration(_)) => Ok(None),
        Err(Failed::Otherwise(error)) => Err(error),
    }
}

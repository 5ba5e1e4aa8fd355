//! Registering a contact: what Periskope needs for it, and what its answer means.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    answer::{invalid, unexpected, whole, words},
    wire,
};
use crate::{Contact, Draft, Error, ErrorKind, Instance, LocalId, Mistake, Result, phone, upstream::Answer};

/// What is wrong with a draft.
pub(super) fn mistakes(draft: &Draft, default_region: Option<&str>) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    if draft.name.trim().is_empty() {
        mistakes.push(Mistake::new("name", "Periskope needs a name"));
    }
    match &draft.phones[..] {
        [] => mistakes.push(Mistake::new("phones", "Periskope knows contacts by their phone: give one number")),
        [number] if phone::e164(number, default_region).is_none() => {
            let problem = "can't be told from this: write the number with its country code, as in +919537851844";
            mistakes.push(Mistake::new("phones[0]", problem));
        }
        [_] => {}
        _ => mistakes.push(Mistake::new(
            "phones",
            "a contact of Periskope's has exactly one number: register one contact for each",
        )),
    }
    if !draft.emails.is_empty() {
        mistakes.push(Mistake::new("emails", "Periskope keeps no e-mail addresses: leave them out"));
    }
    if !draft.custom_fields.is_empty() {
        let problem = "Periskope's contacts have no custom fields: leave them out, and set labels in Periskope";
        mistakes.push(Mistake::new("custom_fields", problem));
    }
    mistakes
}

/// The document that asks for it.
pub(super) fn document(draft: &Draft, id: &LocalId) -> Value {
    json!({ "contact_name": draft.name.trim(), "contact_id": id.as_str() })
}

/// Reads the answer. `asked` are the ids that stand for the contact.
pub(super) fn read(answer: &Answer, asked: &[LocalId], instance: &Instance) -> Result<Contact> {
    match answer.status {
        // It has said yes; of whom can't be read.
        status if status.is_success() => {
            whole(answer, asked, instance).map(|found| found.contact).map_err(Error::unsure)
        }
        StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY
            if answer.json().is_some() =>
        {
            let failure: wire::Failure = serde_json::from_slice(&answer.body).unwrap_or_default();
            Err(Error::new(ErrorKind::Refused, format!("{}: {}", answer.status.as_u16(), words(answer, &failure))))
        }
        // Somebody has answered; who knows what was done before.
        status if status.is_redirection() => Err(unexpected(answer).unsure()),
        StatusCode::NOT_FOUND if answer.json().is_none() => Err(invalid("404 without JSON: the base URL is wrong")),
        _ => Err(unexpected(answer)),
    }
}

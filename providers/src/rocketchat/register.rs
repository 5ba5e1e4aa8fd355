//! New contacts.

use http::StatusCode;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    answer::{Asked, Failed, accept, invalid, living_guest, parse},
    envelope,
    failure::{failure, says},
    generation::Generation,
    map,
    server::Server,
};
use crate::{
    Call, Contact, Draft, Error, ErrorKind, LocalId, Rate,
    trail::mapping,
    upstream::{Answer, Request, Route},
};

static CONTACTS: Route = Route::new("api/v1/omnichannel/contacts");
/// Open to everybody, and therefore with a limit of its own.
static VISITOR: Route = Route::anonymous("api/v1/livechat/visitor").limited(Rate::per_seconds(5, 60));

/// Registers a contact that has no mistakes.
pub(super) async fn register(server: &Server, generation: Generation, draft: &Draft, call: &Call) -> Asked<Contact> {
    match generation {
        Generation::Modern => contact(server, draft, call).await,
        Generation::Legacy => visitor(server, draft, call).await,
    }
}

async fn contact(server: &Server, draft: &Draft, call: &Call) -> Asked<Contact> {
    let mut body = json!({ "name": draft.name, "emails": draft.emails, "phones": draft.phones });
    if !draft.custom_fields.is_empty() {
        body["customFields"] = Value::Object(draft.custom_fields.clone());
    }
    let answer = server.upstream.send(call, &Request::post(&CONTACTS, &body)).await?;
    let id = created(&answer).map_err(|failed| told(&answer, failed))?;
    // It is registered, whatever becomes of this look.
    Ok(match server.contact(Generation::Modern, &id, call).await {
        Ok(Some(found)) => found.contact,
        Ok(None) | Err(_) => map::drafted(server.instance(), id.as_str(), draft),
    })
}

fn created(answer: &Answer) -> Asked<LocalId> {
    admitted(answer)?;
    let created: envelope::Created = parse(answer)?;
    let id = created.contact_id.filled().filter(|_| created.success.0 == Some(true));
    let id = id.and_then(|id| LocalId::parse(id).ok());
    id.ok_or_else(|| invalid("200 without the new contact's id").into())
}

async fn visitor(server: &Server, draft: &Draft, call: &Call) -> Asked<Contact> {
    let mut visitor = json!({ "token": token(server, draft), "name": draft.name });
    let single = [("email", &draft.emails), ("phone", &draft.phones)];
    for (name, values) in single {
        if let Some(value) = values.first() {
            visitor[name] = value.as_str().into();
        }
    }
    if !draft.custom_fields.is_empty() {
        visitor["customFields"] = custom_fields(&draft.custom_fields);
    }
    let body = json!({ "visitor": visitor });
    let answer = server.upstream.send(call, &Request::post(&VISITOR, &body)).await?;
    mapping(|| visit(server, &answer)).map_err(|failed| told(&answer, failed))
}

fn visit(server: &Server, answer: &Answer) -> Asked<Contact> {
    admitted(answer)?;
    let visit: envelope::Visit = parse(answer)?;
    let none = || Failed::from(invalid("200 without the new visitor"));
    let guest = visit.visitor.into_option().filter(|_| visit.success.0 == Some(true)).ok_or_else(none)?;
    let id = guest.id.filled().and_then(|id| LocalId::parse(id).ok()).ok_or_else(none)?;
    living_guest(server.instance(), &id, guest)?.ok_or_else(none)
}

/// The server takes texts only.
fn custom_fields(fields: &Map<String, Value>) -> Value {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    fields.iter().map(|(key, value)| json!({ "key": key, "value": text(value), "overwrite": true })).collect()
}

/// The credential for the new visitor's chats, which nobody needs and nobody can guess. The same draft has the same one, by
/// which the server knows a visitor again.
fn token(server: &Server, draft: &Draft) -> String {
    let mut hash = Sha256::new();
    for part in ["contact-gateway", &server.instance().name, &draft.nonce] {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn admitted(answer: &Answer) -> Asked<()> {
    if answer.status == StatusCode::BAD_REQUEST && answer.claims_json() {
        let failure = failure(answer)?;
        if !says(&failure, "error-not-allowed") {
            let words = answer.quote(failure.error.filled().unwrap_or_default());
            return Err(Error::new(ErrorKind::Refused, format!("400: {words}")).into());
        }
    }
    accept(answer)
}

/// A failure that an answer tells of: if that reports success all the same, there may be a contact by now.
fn told(answer: &Answer, failed: Failed) -> Failed {
    if answer.status.is_success() { failed.unsure() } else { failed }
}

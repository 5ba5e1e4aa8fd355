//! What Periskope's webhooks say, and whether it is Periskope that says it.

use std::collections::HashSet;

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use serde_json::{Map, Value};
use sha2::Sha256;

use super::{jid, wire};
use crate::{Changed, Event, LocalId, Result, Unheard};

pub(super) const SIGNATURE: &str = "x-periskope-signature";

/// Every public event. None is about contacts themselves.
const EVENTS: &[&str] = &[
    "chat.created",
    "chat.notification.created",
    "chat.custom_properties.updated",
    "message.created",
    "message.updated",
    "message.deleted",
    "message.ack.updated",
    "message.flagged",
    "message.unflagged",
    "message.ticket.attached",
    "reaction.created",
    "reaction.updated",
    "ticket.created",
    "ticket.updated",
    "ticket.deleted",
    "note.created",
    "org.phone.updated",
    "org.phone.connected",
    "org.phone.disconnected",
    "org.phone.qr",
];

/// Reads a message that bears the key's signature.
pub(super) fn read(key: &str, headers: &HeaderMap, body: &[u8]) -> Result<Event, Unheard> {
    let signature = headers.get(SIGNATURE).and_then(|value| hex::decode(value.as_bytes()).ok());
    // Compares in constant time.
    let is_signed = |signature: Vec<u8>| Some(hashed(key, body)?.verify_slice(&signature).is_ok());
    if !signature.and_then(is_signed).unwrap_or_default() {
        return Err(Unheard::Unverified);
    }
    let message: wire::Message = serde_json::from_slice(body).map_err(|_| Unheard::Unreadable)?;
    let name = EVENTS.iter().find(|name| **name == message.event).copied().unwrap_or("other");
    Ok(Event { name, changed: contacts(name, &message.data).into_iter().map(Changed::Contact).collect() })
}

/// The signature of a body: over its bytes as they are.
pub(super) fn sign(key: &str, body: &[u8]) -> String {
    hashed(key, body).map(|hash| hex::encode(hash.finalize().into_bytes())).unwrap_or_default()
}

fn hashed(key: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok().map(|hash| hash.chain_update(body))
}

/// The contacts that have come into a chat or left one. `message.created` tells of a name at most, and comes so often that
/// dropping contacts for it would leave none in memory.
fn contacts(event: &str, data: &Map<String, Value>) -> Vec<LocalId> {
    let ids: Vec<&str> = match (event, data.get("recipientids"), data.get("members")) {
        ("chat.notification.created", Some(Value::Array(ids)), _) => ids.iter().filter_map(Value::as_str).collect(),
        ("chat.created", _, Some(Value::Object(members))) => members.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let mut seen = HashSet::new();
    let ids = ids.into_iter().filter_map(|id| LocalId::parse(id).ok()).map(|id| jid::canonical(&id));
    ids.filter(|id| seen.insert(id.clone())).collect()
}

//! The routes that register.

use serde_json::{Value, json};

use super::{
    reply::{failure, invalid, success},
    search::holder,
    store::Store,
};
use crate::emulator::{Person, Response};

/// The space of new ids. They come after all others, as object ids do: these begin with the time.
const NEW: u32 = 0x6956_0003;

/// `POST omnichannel/contacts`.
pub(super) fn contact(store: &Store, body: &[u8]) -> Response {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return invalid("must be object") };
    let known = ["name", "emails", "phones", "customFields", "contactManager"];
    if body.keys().any(|name| !known.contains(&name.as_str())) {
        return invalid("must NOT have additional properties");
    }
    let Some(Value::String(name)) = body.get("name") else { return invalid("must have required property 'name'") };
    let texts = |name: &str| -> Option<Vec<&str>> { body.get(name)?.as_array()?.iter().map(Value::as_str).collect() };
    let (Some(emails), Some(phones)) = (texts("emails"), texts("phones")) else { return invalid("must be array") };
    let fields = body.get("customFields").and_then(Value::as_object).cloned().unwrap_or_default();
    if fields.contains_key("cf3") {
        // As in Rocket.Chat's own tests; the administrators of this server haven't defined it.
        return failure(400, "Custom field cf3 is not allowed", None);
    }
    let id = new_id(store);
    let contact = json!({
        "_id": id,
        "name": name,
        "emails": emails.iter().map(|address| json!({ "address": address })).collect::<Value>(),
        "phones": phones.iter().map(|number| json!({ "phoneNumber": number })).collect::<Value>(),
        "customFields": fields,
        "channels": [],
        "preRegistration": true,
        "unknown": false,
    });
    store.add(contact, "createdAt");
    success(json!({ "contactId": id }))
}

/// `POST livechat/visitor`: who has the token, the number or the address already, is that visitor.
pub(super) fn visitor(store: &Store, body: &[u8]) -> Response {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let visitor = &body["visitor"];
    let text = |name: &str| visitor[name].as_str();
    let Some(token) = text("token") else { return failure(400, "Match error: Missing key 'visitor.token'", None) };
    let known = store.with_token(token);
    let known = known.or_else(|| holder(store, "phone", text("phone")?));
    let known = known.or_else(|| holder(store, "email", text("email")?));
    if let Some(known) = known {
        return success(json!({ "visitor": known }));
    }
    let mut new = json!({
        "_id": new_id(store),
        "username": format!("guest-{}", 100_000 + store.given()),
        "token": token,
        "status": "online",
    });
    if let Some(name) = text("name") {
        new["name"] = name.into();
    }
    if let Some(number) = text("phone") {
        new["phone"] = json!([{ "phoneNumber": number }]);
    }
    if let Some(address) = text("email") {
        new["visitorEmails"] = json!([{ "address": address.to_lowercase() }]);
    }
    for field in visitor["customFields"].as_array().into_iter().flatten() {
        let (Some(key), Value::String(value)) = (field["key"].as_str(), &field["value"]) else {
            return failure(400, "Match error: Expected string in field visitor.customFields[0].value", None);
        };
        new["livechatData"][key] = value.as_str().into();
    }
    success(json!({ "visitor": store.add(new, "ts") }))
}

fn new_id(store: &Store) -> String {
    Person::hex_id(u32::try_from(store.given()).unwrap_or_default(), NEW)
}

//! The messages of an emulated server's webhook.

use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::documents::Sort;
use crate::emulator::Message;

pub(super) const TOKEN: &str = "emulated-webhook-token-of-no-use-elsewhere";

/// A session has ended in which this contact was. The message names the visitor.
pub(super) fn about_contact(id: &str) -> Message {
    let documented = || Sort::Contact.documented().into_iter().find(|contact| contact["_id"] == id);
    let contact = Sort::Contact.index(id).map(|index| Sort::Contact.document(index)).or_else(documented);
    let visitor =
        contact.and_then(|contact| contact["channels"][0]["visitor"]["visitorId"].as_str().map(str::to_owned));
    about_visitor(&visitor.unwrap_or_default())
}

/// A session has ended in which this visitor was.
pub(super) fn about_visitor(id: &str) -> Message {
    let mut body: Value =
        serde_json::from_str(include_str!("../fixtures/webhook-livechat-session.json")).unwrap_or_default();
    body["visitor"]["_id"] = id.into();
    let headers = [("content-type", "application/json"), ("x-rocketchat-livechat-token", TOKEN)];
    let headers: HeaderMap = headers
        .into_iter()
        .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect();
    Message { headers, body: body.to_string().into() }
}

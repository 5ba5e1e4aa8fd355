//! The documents of an emulated Periskope.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::emulator::Person;

pub(super) const ORG: &str = "2997dd64-89bf-48d3-9a22-b314fca017e5";

/// The documented bodies, as they go over the wire.
pub(super) const DOCUMENTED: &[&str] = &[
    include_str!("../fixtures/contact-user-doc-wire-bytes.json"),
    include_str!("../fixtures/contact-business-doc.json"),
    include_str!("../fixtures/contact-group-types.json"),
    include_str!("../fixtures/contact-newsletter.json"),
    include_str!("../fixtures/contact-broadcast.json"),
    include_str!("../fixtures/contact-null-fields.json"),
];

/// A contact that is made up on demand. No `Value`: a page has up to 2,000 of them.
#[derive(Serialize)]
struct Card {
    org_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat_ids: Option<Vec<String>>,
    label_ids: Option<Value>,
    labels: &'static [&'static str],
    contact_id: String,
    updated_at: Option<String>,
    is_imported: Option<bool>,
    is_internal: Option<bool>,
    contact_name: Option<String>,
    contact_type: Option<&'static str>,
    contact_color: &'static str,
    contact_image: Option<String>,
    is_my_contact: Option<bool>,
    is_wa_contact: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_lid: Option<String>,
}

/// A made-up person, changed at this time in microseconds; in lists without the chats.
pub(super) fn person(index: u32, changed: Option<i64>, is_listed: bool) -> String {
    let person = Person::number(index);
    let contact_id = format!("{}@c.us", person.phone);
    let groups = || (0..index % 7).map(|group| format!("12036330000000{group:04}@g.us"));
    let is_bare = index % 4 == 1;
    let contact_type = if index.is_multiple_of(10) { "business" } else { "user" };
    text(&Card {
        org_id: ORG,
        chat_ids: (!is_listed).then(|| groups().chain([contact_id.clone()]).collect()),
        label_ids: (!is_bare).then(|| json!({ "label-ukjqhqngnakncalm": true })),
        labels: &["customer"],
        contact_id,
        updated_at: changed.and_then(time),
        is_imported: None,
        is_internal: (!is_bare).then_some(false),
        contact_name: (!is_bare).then_some(person.name),
        contact_type: (!is_bare).then_some(contact_type),
        contact_color: "#25D366",
        contact_image: None,
        is_my_contact: None,
        is_wa_contact: Some(true),
        contact_lid: (index % 4 == 2).then(|| format!("2304630{index:08}@lid")),
    })
}

/// A contact that has been created by a caller: nobody has written to it yet.
pub(super) fn created(digits: &str, name: &str, changed: Option<i64>, is_listed: bool) -> String {
    text(&Card {
        org_id: ORG,
        chat_ids: (!is_listed).then(Vec::new),
        label_ids: Some(json!({})),
        labels: &[],
        contact_id: format!("{digits}@c.us"),
        updated_at: changed.and_then(time),
        is_imported: Some(true),
        is_internal: Some(false),
        contact_name: Some(name.to_owned()),
        contact_type: Some("user"),
        contact_color: "#007BFC",
        contact_image: None,
        is_my_contact: None,
        is_wa_contact: None,
        contact_lid: None,
    })
}

/// A documented contact, as lists have it.
pub(super) fn listed(index: usize) -> String {
    let mut document = documented(index);
    if let Some(fields) = document.as_object_mut() {
        fields.shift_remove("chat_ids");
    }
    document.to_string()
}

pub(super) fn documented(index: usize) -> Value {
    DOCUMENTED.get(index).and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default()
}

fn text(card: &Card) -> String {
    serde_json::to_string(card).unwrap_or_default()
}

/// As the database writes it.
fn time(micros: i64) -> Option<String> {
    let time = Timestamp::from_microsecond(micros).ok()?;
    Some(format!("{time:.6}").replace('Z', "+00:00"))
}

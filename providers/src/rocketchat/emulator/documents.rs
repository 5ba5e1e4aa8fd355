//! The documents of an emulated Rocket.Chat: the documented ones, and as many made-up ones as it has people.

use std::ops::Range;

use serde_json::{Value, json};

use crate::emulator::Person;

/// The spaces of made-up ids.
const CONTACTS: u32 = 0x67a0_0001;
const VISITORS: u32 = 0x67b0_0002;

const DOCUMENTED_CONTACTS: &[&str] = &[
    include_str!("../fixtures/contacts-get-full.json"),
    include_str!("../fixtures/contacts-get-minimal-preregistered.json"),
    include_str!("../fixtures/contacts-get-null-fields.json"),
    include_str!("../fixtures/contacts-get-prerelease-string-phones.json"),
    include_str!("../fixtures/contacts-get-erased.json"),
];

const DOCUMENTED_VISITORS: &[&str] =
    &[include_str!("../fixtures/legacy-contact-full.json"), include_str!("../fixtures/legacy-contact-minimal.json")];

/// The id of a made-up contact.
pub(super) fn contact_id(index: u32) -> String {
    Person::hex_id(index, CONTACTS)
}

/// The id of a made-up visitor.
pub(super) fn visitor_id(index: u32) -> String {
    Person::hex_id(index, VISITORS)
}

/// The contact with this id (7.1 and later).
pub(super) fn contact(id: &str, people: Range<u32>) -> Option<Value> {
    documented(DOCUMENTED_CONTACTS, id).or_else(|| {
        let index = Person::of_hex_id(id, CONTACTS).filter(|index| people.contains(index))?;
        Some(made_up_contact(id, &Person::number(index)))
    })
}

/// The visitor with this id.
pub(super) fn visitor(id: &str, people: Range<u32>) -> Option<Value> {
    documented(DOCUMENTED_VISITORS, id).or_else(|| {
        let index = Person::of_hex_id(id, VISITORS).filter(|index| people.contains(index))?;
        Some(made_up_visitor(id, &Person::number(index)))
    })
}

fn documented(bodies: &[&str], id: &str) -> Option<Value> {
    let mut contacts = bodies.iter().filter_map(|body| serde_json::from_str::<Value>(body).ok());
    contacts.find_map(|mut body| (body["contact"]["_id"] == id).then(|| body["contact"].take()))
}

fn made_up_contact(id: &str, person: &Person) -> Value {
    let index = person.index;
    // Erased: the tombstone that versions before the newest still hand out.
    if index % 100 == 99 {
        let (created, updated) = (person.time(0), person.time(3));
        return json!({ "_id": id, "createdAt": created, "unknown": false, "_updatedAt": updated, "enabled": false });
    }
    let visitor = Person::hex_id(index, VISITORS);
    let chat = json!({ "_id": format!("room{index:013}"), "ts": person.time(2) });
    let mut contact = json!({
        "_id": id,
        "createdAt": person.time(0),
        "name": person.name,
        "emails": [{ "address": person.email }],
        "phones": [{ "phoneNumber": format!("+{}", person.phone) }],
        "channels": [{
            "name": "widget",
            "visitor": { "visitorId": visitor, "source": { "type": "widget" } },
            "blocked": false,
            "verified": index.is_multiple_of(2),
            "details": { "type": "widget", "destination": "example.com" },
            "lastChat": chat,
            "field": "email",
            "value": person.email,
        }],
        "customFields": { "plan": if index.is_multiple_of(3) { "gold" } else { "free" } },
        "contactManager": "cbTgcixmLxYSdFmmZ",
        "lastChat": chat,
        "unknown": false,
        "_updatedAt": person.time(2),
    });
    match index % 5 {
        // Fields that old servers stored as null.
        1 => {
            for field in ["name", "phones", "contactManager", "lastChat", "channels"] {
                contact[field] = Value::Null;
            }
        }
        // Registered by hand: no channel yet.
        2 => {
            contact["channels"] = json!([]);
            contact["preRegistration"] = true.into();
            for field in ["lastChat", "contactManager"] {
                remove(&mut contact, field);
            }
        }
        3 => {
            contact["conflictingFields"] = json!([{ "field": "name", "value": "Someone Else" }]);
            contact["phones"] = json!([{ "phoneNumber": person.phone }, { "phoneNumber": "" }, {}]);
            contact["activity"] = json!(["2025-01", "2025-02"]);
        }
        _ => {}
    }
    contact
}

fn made_up_visitor(id: &str, person: &Person) -> Value {
    let index = person.index;
    let mut visitor = json!({
        "_id": id,
        "username": format!("guest-{index}"),
        "token": format!("emulated-visitor-credential-{index}"),
        "ts": person.time(0),
        "_updatedAt": person.time(2),
        "name": person.name,
        "phone": [{ "phoneNumber": format!("+{}", person.phone) }],
        "visitorEmails": [{ "address": person.email }],
        "livechatData": { "plan": "free" },
        "contactManager": { "username": "kim.jane" },
        "lastChat": { "_id": format!("room{index:013}"), "ts": person.time(2) },
        "department": "sales",
        "status": "offline",
    });
    match index % 4 {
        1 => visitor["phone"] = Value::Null,
        2 => {
            for field in ["name", "ts", "lastChat", "contactManager", "livechatData", "department", "status"] {
                remove(&mut visitor, field);
            }
        }
        _ => {}
    }
    visitor
}

fn remove(document: &mut Value, field: &str) {
    if let Some(document) = document.as_object_mut() {
        document.shift_remove(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_more_than_a_thousand_contacts_and_visitors_and_they_share_people() {
        let contacts = (0..1200).filter(|index| contact(&Person::hex_id(*index, CONTACTS), 0..1200).is_some()).count();
        let visitors =
            (0..1600).filter(|index| visitor(&Person::hex_id(*index, VISITORS), 400..1600).is_some()).count();
        assert_eq!((contacts, visitors), (1200, 1200));
        let (contact, visitor) = (
            contact(&Person::hex_id(500, CONTACTS), 0..1200).unwrap(),
            visitor(&Person::hex_id(500, VISITORS), 400..1600).unwrap(),
        );
        assert_eq!(contact["emails"], visitor["visitorEmails"]);
    }
}

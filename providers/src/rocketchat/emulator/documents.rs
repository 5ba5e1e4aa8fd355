//! The documents of an emulated Rocket.Chat: the documented ones, and as many made-up ones as it has people.

use serde_json::{Value, json};

use crate::emulator::Person;

/// One of the two sorts of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Contacts of 7.1 and later.
    Contact,
    Visitor,
}

const DOCUMENTED_CONTACTS: &[&str] = &[
    include_str!("../fixtures/contacts-get-full.json"),
    include_str!("../fixtures/contacts-get-minimal-preregistered.json"),
    include_str!("../fixtures/contacts-get-null-fields.json"),
    include_str!("../fixtures/contacts-get-prerelease-string-phones.json"),
    include_str!("../fixtures/contacts-get-erased.json"),
];

const DOCUMENTED_VISITORS: &[&str] =
    &[include_str!("../fixtures/legacy-contact-full.json"), include_str!("../fixtures/legacy-contact-minimal.json")];

impl Sort {
    /// The documented ones.
    pub(super) fn documented(self) -> Vec<Value> {
        let bodies = match self {
            Self::Contact => DOCUMENTED_CONTACTS,
            Self::Visitor => DOCUMENTED_VISITORS,
        };
        let bodies = bodies.iter().filter_map(|body| serde_json::from_str::<Value>(body).ok());
        bodies.map(|mut body| body["contact"].take()).collect()
    }

    pub(super) fn id(self, index: u32) -> String {
        Person::hex_id(index, self.space())
    }

    /// Whose made-up document has this id.
    pub(super) fn index(self, id: &str) -> Option<u32> {
        Person::of_hex_id(id, self.space())
    }

    /// The space of made-up ids.
    fn space(self) -> u32 {
        match self {
            Self::Contact => 0x67a0_0001,
            Self::Visitor => 0x67b0_0002,
        }
    }

    /// The document of this person.
    pub(super) fn document(self, index: u32) -> Value {
        match self {
            Self::Contact => contact(index),
            Self::Visitor => visitor(index),
        }
    }

    /// What [`document`](Self::document) has in a field, where that can be told without making it.
    pub(super) fn field(self, index: u32, name: &str) -> Option<String> {
        let person = || Person::number(index);
        match (name, self) {
            ("_id", _) => Some(self.id(index)),
            ("_updatedAt", _) => Some(updated(self, &person())),
            ("createdAt", Self::Contact) => Some(person().time(0)),
            ("name", Self::Contact) if index % 5 != 1 => Some(person().name),
            _ => self.document(index)[name].as_str().map(str::to_owned),
        }
    }
}

/// Whether a contact has been erased. Versions before the newest still hand its tombstone out.
pub(super) fn is_erased(index: u32) -> bool {
    index % 100 == 99
}

/// Whether nobody has named a contact yet.
pub(super) fn is_unknown(index: u32) -> bool {
    index % 10 == 4
}

fn updated(sort: Sort, person: &Person) -> String {
    person.time(if sort == Sort::Contact && is_erased(person.index) { 3 } else { 2 })
}

/// The number as this person has typed it.
fn typed(person: &Person) -> String {
    const COUNTRIES: &[&str] = &["1", "44", "49", "52", "54", "55", "62", "91"];
    let number = &person.phone;
    let split = COUNTRIES.iter().find_map(|code| Some((code, number.strip_prefix(code)?)));
    match (person.index % 8, split) {
        (3, _) => number.clone(),
        (5, Some((code, rest))) => format!("+{code} {rest}"),
        _ => format!("+{number}"),
    }
}

fn contact(index: u32) -> Value {
    let (id, person) = (Sort::Contact.id(index), Person::number(index));
    let updated = updated(Sort::Contact, &person);
    if is_erased(index) {
        let created = person.time(0);
        return json!({ "_id": id, "createdAt": created, "unknown": false, "_updatedAt": updated, "enabled": false });
    }
    let visitor = Sort::Visitor.id(index);
    let chat = json!({ "_id": format!("room{index:013}"), "ts": person.time(2) });
    let mut contact = json!({
        "_id": id,
        "createdAt": person.time(0),
        "name": person.name,
        "emails": [{ "address": person.email }],
        "phones": [{ "phoneNumber": typed(&person) }],
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
        "unknown": is_unknown(index),
        "_updatedAt": updated,
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
            contact["phones"] = json!([{ "phoneNumber": typed(&person) }, { "phoneNumber": "" }, {}]);
            contact["activity"] = json!(["2025-01", "2025-02"]);
        }
        _ => {}
    }
    contact
}

fn visitor(index: u32) -> Value {
    let (id, person) = (Sort::Visitor.id(index), Person::number(index));
    let mut visitor = json!({
        "_id": id,
        "username": format!("guest-{index}"),
        "token": format!("emulated-visitor-credential-{index}"),
        "ts": person.time(0),
        "_updatedAt": updated(Sort::Visitor, &person),
        "name": person.name,
        "phone": [{ "phoneNumber": typed(&person) }],
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
    fn contacts_and_visitors_share_people() {
        assert_eq!(Sort::Contact.document(500)["emails"], Sort::Visitor.document(500)["visitorEmails"]);
    }

    #[test]
    fn a_field_is_told_as_the_document_has_it() {
        for sort in [Sort::Contact, Sort::Visitor] {
            for index in 0..200 {
                let document = sort.document(index);
                assert_eq!(sort.index(&sort.id(index)), Some(index));
                for name in ["_id", "_updatedAt", "createdAt", "ts", "name"] {
                    let erased = name == "name" && is_erased(index) && sort == Sort::Contact;
                    assert!(
                        erased || document[name].as_str() == sort.field(index, name).as_deref(),
                        "{name} of {index}"
                    );
                }
            }
        }
    }
}

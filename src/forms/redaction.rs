//! Taking phone numbers or e-mail addresses out of a contact, wherever they stand.

use providers::{Channel, Contact, Owner, Time};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What is to be taken out.
pub(super) struct Secret {
    /// Texts that are known to be it, however they look.
    known: Vec<String>,
    looks_like: fn(&str) -> bool,
}

impl Secret {
    /// Phone numbers.
    pub(super) fn phones(known: Vec<String>) -> Self {
        Self { known, looks_like: holds_phone }
    }

    /// E-mail addresses.
    pub(super) fn emails(known: Vec<String>) -> Self {
        Self { known, looks_like: holds_email }
    }

    fn is_in(&self, text: &str) -> bool {
        (self.looks_like)(text) || self.known.iter().any(|known| !known.is_empty() && text.contains(known.as_str()))
    }
}

/// Takes it out of every text but `id`.
pub(super) fn redact(contact: &mut Contact, secret: &Secret) {
    let blank = |text: &mut Option<String>| drop(text.take_if(|text| secret.is_in(text)));
    // Every key by name: a new one is a decision here.
    let Contact {
        id: _,
        provider: _,
        native_id,
        contact_type: _,
        name,
        username,
        emails,
        phones,
        channels,
        chat_ids,
        labels,
        custom_fields,
        owner,
        avatar_url,
        conflicts,
        created_at: _,
        updated_at: _,
        last_active_at: _,
        provider_data,
        sources,
        unreachable: _,
    } = contact;
    [native_id, name, username, avatar_url].into_iter().for_each(blank);
    emails.retain(|email| !secret.is_in(&email.address));
    phones.retain(|phone| !secret.is_in(&phone.number) && !phone.e164.as_ref().is_some_and(|e164| secret.is_in(e164)));
    conflicts.retain_mut(|conflict| !secret.is_in(&conflict.field) && spare(&mut conflict.value, secret));
    for list in [chat_ids, labels, sources] {
        list.retain(|text| !secret.is_in(text));
    }
    for map in [custom_fields, provider_data] {
        spare_entries(map, secret);
    }
    if let Some(Owner { id, username, name }) = owner {
        [id, username, name].into_iter().for_each(blank);
    }
    for channel in channels {
        let Channel { channel_type, name, id, address, destination, last_chat_id, source, .. } = channel;
        [channel_type, name, id, address, destination, last_chat_id, source].into_iter().for_each(blank);
    }
    emails.iter_mut().for_each(|email| blank(&mut email.source));
    phones.iter_mut().for_each(|phone| blank(&mut phone.source));
    conflicts.iter_mut().for_each(|conflict| blank(&mut conflict.source));
}

/// Takes it out of any value; says whether something of the value may stay.
fn spare(value: &mut Value, secret: &Secret) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => !secret.is_in(&number.to_string()),
        Value::String(text) => !secret.is_in(text),
        Value::Array(values) => {
            values.retain_mut(|value| spare(value, secret));
            true
        }
        Value::Object(entries) => {
            spare_entries(entries, secret);
            true
        }
    }
}

fn spare_entries(entries: &mut Map<String, Value>, secret: &Secret) {
    entries.retain(|name, value| !secret.is_in(name) && spare(value, secret));
}

/// Seven digits, whatever stands between them but letters: the shortest that is taken for a phone number elsewhere.
///
/// Postcodes, IP addresses and long counters go with them. There is no telling them apart that would never be wrong.
fn holds_phone(text: &str) -> bool {
    let mut digits = 0;
    !is_no_number(text)
        && text.chars().any(|c| {
            // Any script's digits: `٠١٢` dials as well.
            digits = if c.is_numeric() {
                digits + 1
            } else if c.is_alphabetic() {
                0
            } else {
                digits
            };
            digits == 7
        })
}

/// Whether the form of the whole text says that its digits are no phone number: a time, an object id, a UUID, a WhatsApp id
/// that hides the number or is a group's. Older groups' ids have their maker's number before a `-`.
fn is_no_number(text: &str) -> bool {
    let id = text.split_once(':').filter(|(instance, _)| !holds_digit(instance)).map_or(text, |(_, id)| id);
    let is_object =
        id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit()) && !id.bytes().all(|b| b.is_ascii_digit());
    let is_uuid = id.len() == 36 && Uuid::try_parse(id).is_ok();
    let is_group = match id.split_once('@') {
        Some((user, "lid" | "hosted.lid")) => is_number(user),
        Some((user, "g.us" | "newsletter")) => is_number(user) && user.len() > 15,
        _ => false,
    };
    let is_date = text.split('-').map(str::len).eq([4, 2, 2]) && Time::parse(&format!("{text}T00:00:00Z")).is_some();
    is_object || is_uuid || is_group || is_date || Time::parse(text).is_some()
}

fn holds_digit(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// An `@` with something at either side that is not WhatsApp's.
fn holds_email(text: &str) -> bool {
    const WHATSAPP: [&str; 7] = ["c.us", "s.whatsapp.net", "lid", "hosted.lid", "g.us", "newsletter", "broadcast"];
    let touches = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    text.match_indices('@').any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        touches(before.chars().next_back()) && touches(after.chars().next()) && !WHATSAPP.contains(&after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_could_be_a_phone_number_is_one() {
        for text in [
            "919537851844",
            "+49 (0)30 / 12 34 56",
            "919537851844@c.us",
            "periskope:919537851844",
            "919537851844-1600000000@g.us",
            "https://wa.me/919537851844?text=hi",
            "tel919537851844",
            "call 0.3.0.1.2.3.4 now",
            "+49\u{2011}30\u{2011}12345",
            "٠٣٠١٢٣٤",
            "1700000000000",
            "20301231",
        ] {
            assert!(holds_phone(text), "{text}");
        }
        for text in [
            "John Doe 123456",
            "673c76df47a6c9b89dd26368",
            "673000000000c9b89dd26368",
            "rocketchat:673000000000c9b89dd26368",
            "2024-11-19",
            "2024-11-19T11:30:39.724Z",
            "123e4567-e89b-12d3-a456-426614174000",
            "213456789012345@lid",
            "periskope:120363231636311517@g.us",
            "120363144038483540@newsletter",
            "guest-4",
        ] {
            assert!(!holds_phone(text), "{text}");
        }
    }

    #[test]
    fn an_address_is_told_by_its_at() {
        for text in ["a@example.com", "Jo <jo@example.com>", "jo@localhost", "a@example.com@c.us", "ü@ü.example"] {
            assert!(holds_email(text), "{text}");
        }
        for text in ["@handle", "at @ noon", "919537851844@c.us", "x@lid", "example.com"] {
            assert!(!holds_email(text), "{text}");
        }
    }
}

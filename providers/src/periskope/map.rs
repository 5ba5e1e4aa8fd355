//! From Periskope's contact to the common schema. A pure function.

use std::mem::take;

use serde_json::{Map, Value};

use super::{jid, wire};
use crate::{
    Channel, Contact, ContactType, Instance,
    wire::{Text, keep},
};

/// How many fields have no place in the common schema: room is made for them once.
const MOST_OF_THE_REST: usize = 21;

/// Maps a contact whose `contact_id` is `native_id`.
pub(super) fn contact(instance: &Instance, native_id: &str, mut from: wire::Contact) -> Contact {
    let mut contact = Contact::new(&instance.name, native_id, contact_type(native_id, &from));
    // The id is the only place that holds a phone number.
    let digits = jid::digits(native_id);
    let e164 = digits.map(|digits| format!("+{digits}"));
    if let Some(digits) = digits {
        contact.add_phone(digits, e164.clone());
    }
    contact.channels = vec![Channel {
        channel_type: Some("whatsapp".to_owned()),
        id: Some(native_id.to_owned()),
        address: e164,
        blocked: from.is_blocked.0,
        ..Channel::default()
    }];
    contact.updated_at = from.updated_at.time();
    contact.provider_data = rest(contact.contact_type, &mut from);
    contact.name = from.contact_name.into_filled();
    contact.add_chats(from.chat_ids.0.into_iter().filter_map(Text::into_filled));
    contact.labels = from.labels.0.into_iter().filter_map(Text::into_filled).collect();
    contact.avatar_url = from.contact_image.into_filled();
    contact
}

fn contact_type(id: &str, from: &wire::Contact) -> ContactType {
    if let Some(told) = jid::contact_type(id) {
        return told;
    }
    match from.contact_type.filled() {
        Some("user") => ContactType::Person,
        Some("business") => ContactType::Business,
        Some("group") => ContactType::Group,
        _ if from.is_group.0 == Some(true) => ContactType::Group,
        _ if from.is_business.0 == Some(true) => ContactType::Business,
        _ => ContactType::Unknown,
    }
}

/// What has no place in the common schema, and is taken out of the document.
fn rest(contact_type: ContactType, from: &mut wire::Contact) -> Map<String, Value> {
    let mut data = Map::with_capacity(MOST_OF_THE_REST);
    if let Some(label_ids) = take(&mut from.label_ids).into_option() {
        keep(&mut data, "label_ids", label_ids);
    }
    let texts = [
        ("org_id", &mut from.org_id),
        ("contact_color", &mut from.contact_color),
        ("contact_lid", &mut from.contact_lid),
        ("name", &mut from.name),
        ("short_name", &mut from.short_name),
        ("pushname", &mut from.pushname),
        ("verified_name", &mut from.verified_name),
        ("periskope_name", &mut from.periskope_name),
    ];
    for (name, text) in texts {
        keep(&mut data, name, take(text).into_filled());
    }
    if contact_type == ContactType::Unknown {
        // A free text: a type that we don't know is still worth telling.
        keep(&mut data, "contact_type", take(&mut from.contact_type).into_filled());
    }
    let flags = [
        ("is_imported", from.is_imported),
        ("is_internal", from.is_internal),
        ("is_my_contact", from.is_my_contact),
        ("is_wa_contact", from.is_wa_contact),
        ("is_business", from.is_business),
        ("is_enterprise", from.is_enterprise),
        ("is_group", from.is_group),
        ("is_me", from.is_me),
        ("is_user", from.is_user),
    ];
    for (name, flag) in flags {
        keep(&mut data, name, flag.0);
    }
    keep(&mut data, "verified_level", take(&mut from.verified_level));
    keep(&mut data, "business_profile", take(&mut from.business_profile));
    data
}

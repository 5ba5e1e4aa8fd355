//! From Periskope's contact to the common schema. A pure function.

use super::{jid, wire};
use crate::{Channel, Contact, ContactType, Instance, wire::keep};

/// Maps a contact whose `contact_id` is `native_id`.
pub(super) fn contact(instance: &Instance, native_id: &str, from: &wire::Contact) -> Contact {
    let mut contact = Contact::new(&instance.name, native_id, contact_type(native_id, from));
    contact.name = from.contact_name.owned();
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
    contact.add_chats(from.chat_ids.0.iter().filter_map(|id| id.filled()));
    contact.labels = from.labels.0.iter().filter_map(|label| label.owned()).collect();
    contact.avatar_url = from.contact_image.owned();
    contact.updated_at = from.updated_at.time();
    add_rest(&mut contact, from);
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

/// What has no place in the common schema.
fn add_rest(contact: &mut Contact, from: &wire::Contact) {
    let data = &mut contact.provider_data;
    if let Some(label_ids) = from.label_ids.get() {
        keep(data, "label_ids", label_ids.clone());
    }
    let texts = [
        ("org_id", &from.org_id),
        ("contact_color", &from.contact_color),
        ("contact_lid", &from.contact_lid),
        ("name", &from.name),
        ("short_name", &from.short_name),
        ("pushname", &from.pushname),
        ("verified_name", &from.verified_name),
        ("periskope_name", &from.periskope_name),
    ];
    for (name, text) in texts {
        keep(data, name, text.owned());
    }
    if contact.contact_type == ContactType::Unknown {
        // A free text: a type that we don't know is still worth telling.
        keep(data, "contact_type", from.contact_type.owned());
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
        keep(data, name, flag.0);
    }
    keep(data, "verified_level", from.verified_level.clone());
    keep(data, "business_profile", from.business_profile.clone());
}

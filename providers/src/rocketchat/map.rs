//! From Rocket.Chat's documents to the common schema. Pure functions.

use super::wire;
use crate::{
    Channel, Conflict, Contact, ContactType, Draft, Instance, Owner, phone,
    wire::{List, Object, keep},
};

/// Maps a contact of 7.1 and later.
pub(super) fn contact(instance: &Instance, native_id: &str, from: wire::Contact) -> Contact {
    let mut contact = Contact::new(&instance.name, native_id, ContactType::Person);
    contact.name = from.name.into_filled();
    add_addresses(&mut contact, instance, &from.emails, &from.phones);
    contact.owner = owner(from.contact_manager);
    if let Some(Owner { id: Some(_), username, name }) = &mut contact.owner {
        // `contacts.search` adds them, `contacts.get` doesn't: a contact is the same whichever way it came.
        (*username, *name) = (None, None);
    }
    contact.custom_fields = from.custom_fields.or_empty();
    contact.conflicts = from.conflicting_fields.0.into_iter().filter_map(|c| conflict(c.into_option()?)).collect();
    contact.created_at = from.created_at.time();
    contact.updated_at = from.updated_at.time();

    contact.channels = from.channels.0.into_iter().filter_map(Object::into_option).map(channel).collect();
    let last = last_chat(from.last_chat);
    let rooms = contact.channels.iter().filter_map(|channel| channel.last_chat_id.clone());
    let rooms: Vec<_> = last.id.into_iter().chain(rooms).collect();
    contact.add_chats(rooms);
    // A contact whose own `lastChat` is missing was still active when its channels were.
    let by_channel =
        || contact.channels.iter().filter_map(|c| c.last_active_at.clone()).max_by_key(crate::Time::moment);
    contact.last_active_at = last.at.or_else(by_channel);

    let data = &mut contact.provider_data;
    keep(data, "unknown", from.unknown.0);
    keep(data, "preRegistration", from.pre_registration.0);
    keep(data, "activity", from.activity);
    keep(data, "importIds", from.import_ids);
    contact
}

/// Maps a visitor, which is what versions before 7.1 call a contact.
pub(super) fn guest(instance: &Instance, native_id: &str, from: wire::Guest) -> Contact {
    let mut contact = Contact::new(&instance.name, native_id, ContactType::Person);
    contact.name = from.name.into_filled();
    contact.username = from.username.into_filled();
    add_addresses(&mut contact, instance, &from.visitor_emails, &from.phone);
    contact.owner = owner(from.contact_manager);
    contact.custom_fields = from.livechat_data.or_empty();
    contact.created_at = from.ts.time();
    contact.updated_at = from.updated_at.time();

    let last = last_chat(from.last_chat);
    contact.add_chats(last.id.clone());
    contact.channels = vec![Channel {
        channel_type: Some("livechat".to_owned()),
        id: Some(native_id.to_owned()),
        last_chat_id: last.id,
        last_active_at: last.at.clone(),
        ..Channel::default()
    }];
    contact.last_active_at = last.at;

    let data = &mut contact.provider_data;
    let rest = [
        ("department", from.department),
        ("status", from.status),
        ("activity", from.activity),
        ("externalIds", from.external_ids),
        ("lastAgent", from.last_agent),
        ("userAgent", from.user_agent),
        ("ip", from.ip),
        ("host", from.host),
    ];
    for (name, value) in rest {
        keep(data, name, value);
    }
    contact
}

/// What a draft becomes, where the server has told no more than the id.
pub(super) fn drafted(instance: &Instance, native_id: &str, draft: &Draft) -> Contact {
    let mut contact = Contact::new(&instance.name, native_id, ContactType::Person);
    contact.name = Some(draft.name.clone()).filter(|name| !name.trim().is_empty());
    for address in &draft.emails {
        contact.add_email(address);
    }
    for number in &draft.phones {
        contact.add_phone(number, phone::e164(number, instance.default_region.as_deref()));
    }
    contact.custom_fields = draft.custom_fields.clone();
    contact
}

fn add_addresses(contact: &mut Contact, instance: &Instance, emails: &List<wire::Item>, phones: &List<wire::Item>) {
    for address in emails.0.iter().filter_map(|item| item.0.filled()) {
        contact.add_email(address);
    }
    for number in phones.0.iter().filter_map(|item| item.0.filled()) {
        contact.add_phone(number, phone::e164(number, instance.default_region.as_deref()));
    }
}

fn channel(from: wire::Channel) -> Channel {
    let (visited, details, last) = (from.visitor.or_empty(), from.details.or_empty(), last_chat(from.last_chat));
    let source = visited.source.or_empty().source_type;
    Channel {
        channel_type: source.into_filled().or_else(|| details.source_type.into_filled()),
        name: from.name.into_filled(),
        id: visited.visitor_id.into_filled().or_else(|| from.visitor_id.into_filled()),
        address: from.value.into_filled(),
        destination: details.destination.into_filled(),
        verified: from.verified.0,
        blocked: from.blocked.0,
        last_chat_id: last.id,
        last_active_at: last.at,
        source: None,
    }
}

struct LastChat {
    id: Option<String>,
    at: Option<crate::Time>,
}

fn last_chat(from: Object<wire::LastChat>) -> LastChat {
    let chat = from.or_empty();
    LastChat { at: chat.ts.time(), id: chat.id.into_filled() }
}

fn owner(from: wire::Manager) -> Option<Owner> {
    let owner =
        Owner { id: from.id.into_filled(), username: from.username.into_filled(), name: from.name.into_filled() };
    (owner.id.is_some() || owner.username.is_some() || owner.name.is_some()).then_some(owner)
}

fn conflict(from: wire::Conflict) -> Option<Conflict> {
    from.field.into_filled().map(|field| Conflict { field, value: from.value, source: None })
}

/// Whether this text is an id that Rocket.Chat makes: a 24-digit hexadecimal object id, or a 17-character Meteor id.
pub(super) fn is_native(id: &str) -> bool {
    // Meteor leaves out what people mistake for something else: 0, 1, I, O, U, V, l.
    const METEOR: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";
    match id.len() {
        24 => id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        17 => id.bytes().all(|byte| METEOR.contains(&byte)),
        _ => false,
    }
}

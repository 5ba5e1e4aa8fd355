//! Where each key of the common schema comes from, in each generation.

use super::generation::Generation;
use crate::Origin;

pub(super) fn of(generation: Generation) -> &'static [Origin] {
    match generation {
        Generation::Modern => CONTACT,
        Generation::Legacy => VISITOR,
    }
}

const fn origin(key: &'static str, field: &'static str, rule: &'static str) -> Origin {
    Origin { key, field, rule }
}

/// The instance's name, and what no contact of Rocket.Chat has.
const NOWHERE: &str = "";
const NONE: &str = "Rocket.Chat has none";
const TIME: &str = "RFC 3339 in UTC";

/// `contacts.get` (7.1 and later).
const CONTACT: &[Origin] = &[
    origin("id", "_id", "behind the instance's name"),
    origin("provider", NOWHERE, "the instance's name"),
    origin("native_id", "_id", "as it is"),
    origin("type", NOWHERE, "always a person"),
    origin("name", "name", "unless blank"),
    origin("username", NOWHERE, "visitors have one, contacts don't"),
    origin("emails", "emails[].address", "without blank ones and duplicates in any case"),
    origin("phones", "phones[].phoneNumber", "without blank ones and duplicates; E.164 by its + or the default region"),
    origin("channels", "channels[]", "one for each; its id is visitor.visitorId, its address is value"),
    origin("chat_ids", "lastChat._id, channels[].lastChat._id", "without duplicates"),
    origin("labels", NOWHERE, NONE),
    origin("custom_fields", "customFields", "as they are"),
    origin("owner", "contactManager", "the user's id"),
    origin("avatar_url", NOWHERE, NONE),
    origin("conflicts", "conflictingFields[]", "as they are"),
    origin("created_at", "createdAt", TIME),
    origin("updated_at", "_updatedAt", TIME),
    origin("last_active_at", "lastChat.ts", "else the latest channels[].lastChat.ts"),
    origin("provider_data", "unknown, preRegistration, activity, importIds", "where they are there"),
    origin("sources", "_id", "this contact alone"),
];

/// `omnichannel/contact`, which gives visitors.
const VISITOR: &[Origin] = &[
    origin("id", "_id", "behind the instance's name"),
    origin("provider", NOWHERE, "the instance's name"),
    origin("native_id", "_id", "as it is"),
    origin("type", NOWHERE, "always a person"),
    origin("name", "name", "unless blank"),
    origin("username", "username", "unless blank"),
    origin("emails", "visitorEmails[].address", "without blank ones and duplicates in any case"),
    origin("phones", "phone[].phoneNumber", "without blank ones and duplicates; E.164 by its + or the default region"),
    origin("channels", "_id, lastChat", "one of type livechat: the visitor itself"),
    origin("chat_ids", "lastChat._id", "as it is"),
    origin("labels", NOWHERE, NONE),
    origin("custom_fields", "livechatData", "as they are"),
    origin("owner", "contactManager", "the user's id, username and name, as far as they are there"),
    origin("avatar_url", NOWHERE, NONE),
    origin("conflicts", NOWHERE, NONE),
    origin("created_at", "ts", TIME),
    origin("updated_at", "_updatedAt", TIME),
    origin("last_active_at", "lastChat.ts", TIME),
    origin(
        "provider_data",
        "department, status, activity, externalIds, lastAgent, userAgent, ip, host",
        "where they are there; never the token",
    ),
    origin("sources", "_id", "this contact alone"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Contact, ContactType};

    #[test]
    fn every_key_of_the_schema_has_one_origin_in_each_generation() {
        let contact = serde_json::to_value(Contact::new("here", "x", ContactType::Person)).unwrap();
        let keys: Vec<_> = contact.as_object().unwrap().keys().collect();
        for generation in [Generation::Modern, Generation::Legacy] {
            assert_eq!(of(generation).iter().map(|origin| origin.key).collect::<Vec<_>>(), keys);
        }
    }
}

//! Where each key of the common schema comes from.

use crate::Origin;

const fn origin(key: &'static str, field: &'static str, rule: &'static str) -> Origin {
    Origin { key, field, rule }
}

const UNKNOWN: &str = "";

/// One for each key, in the order of the schema.
pub(super) const ORIGINS: &[Origin] = &[
    origin("id", "contact_id", "the instance's name, a colon, and the id as Periskope writes it"),
    origin("provider", UNKNOWN, "the instance's name"),
    origin("native_id", "contact_id", "as it is"),
    origin(
        "type",
        "contact_type",
        "told by the id's server where that is g.us, newsletter or broadcast; else user is a person, business and group are \
         themselves; else is_group and is_business tell",
    ),
    origin("name", "contact_name", "as it is; null where blank"),
    origin("username", UNKNOWN, "null: Periskope has none"),
    origin("emails", UNKNOWN, "empty: Periskope has none"),
    origin(
        "phones",
        "contact_id",
        "the digits before @c.us or @s.whatsapp.net; those of other ids are no phone number",
    ),
    origin(
        "channels",
        "contact_id",
        "one of type whatsapp; address is + and the digits of the phone, blocked is is_blocked",
    ),
    origin("chat_ids", "chat_ids", "in their order, without duplicates; lists leave them out"),
    origin("labels", "labels", "in their order; their ids are in provider_data"),
    origin("custom_fields", UNKNOWN, "empty: Periskope's contacts have none"),
    origin("owner", UNKNOWN, "null: Periskope has none"),
    origin("avatar_url", "contact_image", "as it is"),
    origin("conflicts", UNKNOWN, "empty: one source can't contradict itself"),
    origin("created_at", UNKNOWN, "null: Periskope does not say"),
    origin("updated_at", "updated_at", "in UTC, with the precision that it has"),
    origin("last_active_at", UNKNOWN, "null: Periskope does not say"),
    origin("provider_data", "*", "every other field that is known, under its own name, unless it is null"),
    origin("sources", "contact_id", "the contact's own id"),
];

//! What Periskope sends. Of a contact only `contact_id` and `org_id` are never null.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::wire::{Flag, List, Object, Text};

/// A contact. The first fourteen fields have been seen on the wire; the others are only in the published types.
///
/// Left out: `number`, which holds the digits of a linked id where there is one and so is no number to trust; `id` and
/// `chats`, which repeat what others say.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Contact {
    pub(super) org_id: Text,
    pub(super) chat_ids: List<Text>,
    pub(super) label_ids: Object<Map<String, Value>>,
    pub(super) labels: List<Text>,
    pub(super) contact_id: Text,
    pub(super) updated_at: Text,
    pub(super) is_imported: Flag,
    pub(super) is_internal: Flag,
    pub(super) contact_name: Text,
    pub(super) contact_type: Text,
    pub(super) contact_color: Text,
    pub(super) contact_image: Text,
    pub(super) is_my_contact: Flag,
    pub(super) is_wa_contact: Flag,

    pub(super) contact_lid: Text,
    pub(super) name: Text,
    pub(super) short_name: Text,
    pub(super) pushname: Text,
    pub(super) verified_name: Text,
    pub(super) periskope_name: Text,
    pub(super) business_profile: Value,
    pub(super) is_blocked: Flag,
    pub(super) is_business: Flag,
    pub(super) is_enterprise: Flag,
    pub(super) is_group: Flag,
    pub(super) is_me: Flag,
    pub(super) is_user: Flag,
    pub(super) verified_level: Value,
}

/// A page of the list. What `count`, `from` and `to` mean is not documented, and not needed.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) contacts: Vec<Object<Contact>>,
}

/// What a webhook sends.
#[derive(Deserialize)]
pub(super) struct Message {
    pub(super) event: String,
    pub(super) data: Map<String, Value>,
}

/// The form of every failure.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Failure {
    pub(super) message: Text,
    pub(super) fields: Object<Map<String, Value>>,
}

impl Failure {
    /// Whether it names this field, which newer versions prefix with where it stands: `body.contact_id`.
    pub(super) fn is_about(&self, field: &str) -> bool {
        self.fields.get().is_some_and(|fields| fields.keys().any(|key| key.ends_with(field)))
    }
}

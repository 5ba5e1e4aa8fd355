//! The common schema: what every provider's contact becomes.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::Time;

/// One contact, in the same form whichever provider it came from.
///
/// Every key is always serialized: an empty list is `[]`, an empty map `{}`, an unknown value `null`.
/// Nothing is invented: what a provider does not say stays unknown.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// `instance:native_id`, which always finds this contact again.
    pub id: String,
    /// The instance's name in the configuration; none if the contact was merged from several.
    pub provider: Option<String>,
    /// The provider's own id, as the provider writes it; none if the contact was merged from several.
    pub native_id: Option<String>,
    /// What kind of party this is.
    #[serde(rename = "type")]
    pub contact_type: ContactType,
    /// The display name; never an empty text.
    pub name: Option<String>,
    /// The provider's handle for the contact (Rocket.Chat's legacy `guest-4`).
    pub username: Option<String>,
    /// E-mail addresses in the provider's order, without duplicates (case-insensitive) or empty ones.
    pub emails: Vec<Email>,
    /// Phone numbers in the provider's order, without duplicates or empty ones.
    pub phones: Vec<Phone>,
    /// The ways in which the contact reaches us.
    pub channels: Vec<Channel>,
    /// Chats or rooms of the contact, in the provider's order, without duplicates.
    pub chat_ids: Vec<String>,
    /// Names of labels.
    pub labels: Vec<String>,
    /// Fields that the provider's users defined, as they are.
    pub custom_fields: Map<String, Value>,
    /// Who looks after the contact on our side.
    pub owner: Option<Owner>,
    /// A picture of the contact.
    pub avatar_url: Option<String>,
    /// Values that contradict the ones shown.
    pub conflicts: Vec<Conflict>,
    /// When the provider first knew the contact.
    pub created_at: Option<Time>,
    /// When the provider last changed it.
    pub updated_at: Option<Time>,
    /// When the contact last wrote or was written to.
    pub last_active_at: Option<Time>,
    /// What the provider says that has no common meaning, under the provider's own names. Never a credential.
    pub provider_data: Map<String, Value>,
    /// The ids of the contacts that this one was made from.
    pub sources: Vec<String>,
    /// The instances that could not be asked, of a contact that was merged from several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<Vec<Unreachable>>,
}

// The type's name only, because a contact is personal data and `Debug` output ends up in logs.
impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contact").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl Contact {
    /// A contact of which nothing is known but its id.
    #[must_use]
    pub fn new(instance: &str, native_id: &str, contact_type: ContactType) -> Self {
        let id = format!("{instance}:{native_id}");
        Self {
            sources: vec![id.clone()],
            id,
            provider: Some(instance.to_owned()),
            native_id: Some(native_id.to_owned()),
            contact_type,
            name: None,
            username: None,
            emails: Vec::new(),
            phones: Vec::new(),
            channels: Vec::new(),
            chat_ids: Vec::new(),
            labels: Vec::new(),
            custom_fields: Map::new(),
            owner: None,
            avatar_url: None,
            conflicts: Vec::new(),
            created_at: None,
            updated_at: None,
            last_active_at: None,
            provider_data: Map::new(),
            unreachable: None,
        }
    }

    /// Adds an e-mail address unless it is blank or already there in any case.
    pub fn add_email(&mut self, address: &str) {
        let known = |e: &Email| e.address.to_lowercase() == address.to_lowercase();
        if !address.trim().is_empty() && !self.emails.iter().any(known) {
            self.emails.push(Email { address: address.to_owned(), source: None });
        }
    }

    /// Adds a phone number unless it is blank or already there.
    pub fn add_phone(&mut self, number: &str, e164: Option<String>) {
        if !number.trim().is_empty() && !self.phones.iter().any(|p| p.number == number) {
            self.phones.push(Phone { number: number.to_owned(), e164, source: None });
        }
    }

    /// Adds chats, leaving out empty ids and those already there.
    ///
    /// All at once, because a member of some thousand groups would make a search of the list for each of them slow.
    pub fn add_chats(&mut self, ids: impl IntoIterator<Item = impl Into<String>>) {
        self.chat_ids.extend(ids.into_iter().map(Into::into));
        let mut seen = HashSet::with_capacity(self.chat_ids.len());
        let are_new: Vec<_> = self.chat_ids.iter().map(|id| !id.is_empty() && seen.insert(id.as_str())).collect();
        let mut are_new = are_new.into_iter();
        self.chat_ids.retain(|_| are_new.next() == Some(true));
    }
}

/// What kind of party a contact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ContactType {
    /// A human being.
    Person,
    /// A company's account.
    Business,
    /// A chat group.
    Group,
    /// A WhatsApp channel that many follow.
    Newsletter,
    /// A broadcast list or the status feed.
    Broadcast,
    /// The provider does not say.
    Unknown,
}

/// One e-mail address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Email {
    /// As the provider wrote it.
    pub address: String,
    /// The id of the contact that it comes from, in a contact that was merged from several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// One phone number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Phone {
    /// As the provider wrote it.
    pub number: String,
    /// `+` and digits, where that can be told from what the provider wrote.
    pub e164: Option<String>,
    /// The id of the contact that it comes from, in a contact that was merged from several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// One way in which a contact reaches us.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Channel {
    /// `whatsapp`, `livechat`, or Rocket.Chat's source type (`widget`, `email`, `sms`, `app`, `api`, `other`).
    #[serde(rename = "type")]
    pub channel_type: Option<String>,
    /// The channel's name.
    pub name: Option<String>,
    /// The contact's id on this channel: a visitor id, a JID.
    pub id: Option<String>,
    /// The contact's own address there.
    pub address: Option<String>,
    /// Our address there.
    pub destination: Option<String>,
    /// Whether the address has been proved to be the contact's.
    pub verified: Option<bool>,
    /// Whether the contact is blocked there.
    pub blocked: Option<bool>,
    /// The last chat on this channel.
    pub last_chat_id: Option<String>,
    /// When that chat began.
    pub last_active_at: Option<Time>,
    /// The id of the contact that it comes from, in a contact that was merged from several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Who looks after a contact on our side.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Owner {
    /// The user's id.
    pub id: Option<String>,
    /// The user's login name.
    pub username: Option<String>,
    /// The user's display name.
    pub name: Option<String>,
}

/// A value that contradicts the one shown.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Conflict {
    /// Which field, in the provider's words.
    pub field: String,
    /// The other value.
    pub value: Value,
    /// The id of the contact that it comes from, in a contact that was merged from several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// An instance that could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unreachable {
    /// The instance's name.
    pub provider: String,
    /// The code of the problem.
    pub code: String,
}

macro_rules! opaque_debug {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

// Personal data: `Debug` output ends up in logs.
opaque_debug!(Email, Phone, Channel, Owner, Conflict);

//! Which keys of a contact are shown, and which a caller may not learn.

use std::mem::take;

use providers::{Conflict, Contact, ContactType};

use super::redaction::{self, Secret};

/// Every key of a contact, in the order in which they are written.
const NAMES: [&str; 21] = [
    "id",
    "provider",
    "native_id",
    "type",
    "name",
    "username",
    "emails",
    "phones",
    "channels",
    "chat_ids",
    "labels",
    "custom_fields",
    "owner",
    "avatar_url",
    "conflicts",
    "created_at",
    "updated_at",
    "last_active_at",
    "provider_data",
    "sources",
    "unreachable",
];

/// Which keys of a contact are shown, and which a caller may not learn.
///
/// A key that is not *asked for* is left out. A key that is not *allowed* is left out too, and what it says is told by no
/// other key either:
///
/// - Without `phones`, whatever could be a phone number is taken out wherever it stands: channels' addresses and WhatsApp
///   ids, `native_id`, `sources`, names, links, and any value of `custom_fields` and `provider_data`. Without `emails`,
///   e-mail addresses likewise. What counts as one is in `redaction.rs`; in doubt, too much goes rather than too little.
/// - `conflicts` about a key that is not allowed are left out.
///
/// Two things it can't do. **`id` always stays**, as asked or as found: of a WhatsApp contact it *is* the phone number. Whoever
/// must not learn numbers from lists must not be allowed to read such an instance at all. And `provider_data` may repeat a name
/// that `name` doesn't show; only a list that has neither is without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields {
    asked: Set,
    allowed: Set,
}

/// One bit for each of [`NAMES`].
type Set = u32;
const ALL: Set = (1 << NAMES.len()) - 1;
const ID: Set = 1;

/// There is no such key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("There is no field `{name}`. Fields are: {}.", NAMES.join(", "))]
pub struct UnknownField {
    name: String,
}

impl Default for Fields {
    /// All of them.
    fn default() -> Self {
        Self { asked: ALL, allowed: ALL }
    }
}

impl Fields {
    /// Those of a list such as `name,phones`, and `id`.
    ///
    /// # Errors
    /// Names the first one that there is not.
    pub fn asked(list: &str) -> Result<Self, UnknownField> {
        Ok(Self { asked: set(list.split(','))?, allowed: ALL })
    }

    /// Those of a caller who may learn these and `id`, and nothing of the others.
    ///
    /// # Errors
    /// Names the first one that there is not.
    pub fn allowed<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownField> {
        Ok(Self { asked: ALL, allowed: set(names)? })
    }

    /// What both show.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { asked: self.asked & other.asked, allowed: self.allowed & other.allowed }
    }

    /// Whether nothing is left out.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::default()
    }

    /// Whether every key is allowed. Where not, the provider's own document (`raw`) can't be shown: it may say anything.
    #[must_use]
    pub fn allows_everything(self) -> bool {
        self.allowed == ALL
    }

    /// Whether this key is shown.
    #[must_use]
    pub fn shows(self, name: &str) -> bool {
        has(self.asked & self.allowed, name)
    }

    /// Takes out of a contact what is not shown: to be called before it is written in any form.
    pub fn keep(self, contact: &mut Contact) {
        if !has(self.allowed, "phones") {
            let known = contact.phones.iter().flat_map(|phone| [Some(phone.number.clone()), phone.e164.clone()]);
            redaction::redact(contact, &Secret::phones(known.flatten().collect()));
        }
        if !has(self.allowed, "emails") {
            let known = contact.emails.iter().map(|email| email.address.clone()).collect();
            redaction::redact(contact, &Secret::emails(known));
        }
        contact.conflicts.retain(|conflict| !self.forbids(conflict));
        self.clear(contact);
    }

    fn forbids(self, conflict: &Conflict) -> bool {
        let subject = letters(&conflict.field);
        // Rocket.Chat's word for an owner.
        let owner = subject.contains("manager") && !has(self.allowed, "owner");
        let about = |name: &str| subject.starts_with(letters(name).trim_end_matches('s'));
        owner || NAMES.iter().any(|name| about(name) && !has(self.allowed, name))
    }

    fn clear(self, contact: &mut Contact) {
        // Every key by name: a new one is a decision here.
        let Contact {
            id: _,
            provider,
            native_id,
            contact_type,
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
            created_at,
            updated_at,
            last_active_at,
            provider_data,
            sources,
            unreachable,
        } = contact;
        if !self.shows("type") {
            *contact_type = ContactType::Unknown;
        }
        self.hide("provider", provider);
        self.hide("native_id", native_id);
        self.hide("name", name);
        self.hide("username", username);
        self.hide("emails", emails);
        self.hide("phones", phones);
        self.hide("channels", channels);
        self.hide("chat_ids", chat_ids);
        self.hide("labels", labels);
        self.hide("custom_fields", custom_fields);
        self.hide("owner", owner);
        self.hide("avatar_url", avatar_url);
        self.hide("conflicts", conflicts);
        self.hide("created_at", created_at);
        self.hide("updated_at", updated_at);
        self.hide("last_active_at", last_active_at);
        self.hide("provider_data", provider_data);
        self.hide("sources", sources);
        self.hide("unreachable", unreachable);
    }

    fn hide<T: Default>(self, name: &str, value: &mut T) {
        if !self.shows(name) {
            take(value);
        }
    }
}

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Set, UnknownField> {
    names.into_iter().map(str::trim).try_fold(ID, |set, name| match position(name) {
        Some(position) => Ok(set | 1 << position),
        // It comes from outside, and goes into an answer.
        None => Err(UnknownField { name: name.chars().take(40).flat_map(char::escape_debug).collect() }),
    })
}

fn has(set: Set, name: &str) -> bool {
    position(name).is_some_and(|position| set & 1 << position != 0)
}

fn position(name: &str) -> Option<usize> {
    NAMES.iter().position(|known| *known == name)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

//! A contact, and the document that it was read from.

use std::fmt;

use bytes::Bytes;
use serde_json::Value;

use crate::Contact;

/// A contact, and the document that it was read from.
pub struct Found {
    /// The contact.
    pub contact: Contact,
    /// What the upstream sent.
    pub document: Document,
}

/// What an upstream sent. Nothing is read of it unless somebody asks.
///
/// `Debug` shows nothing of it.
pub struct Document {
    body: Bytes,
    clean: fn(Value) -> Value,
}

/// A contact that was read from no document.
impl From<Contact> for Found {
    fn from(contact: Contact) -> Self {
        Self { contact, document: Document::new(Bytes::new(), |nothing| nothing) }
    }
}

impl Document {
    /// An upstream's body, and how to get the contact out of its envelope and every credential out of the contact.
    #[must_use]
    pub fn new(body: Bytes, clean: fn(Value) -> Value) -> Self {
        Self { body, clean }
    }

    /// The contact in the provider's own form, without credentials.
    #[must_use]
    pub fn raw(&self) -> Value {
        (self.clean)(serde_json::from_slice(&self.body).unwrap_or_default())
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").finish_non_exhaustive()
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.contact.fmt(f)
    }
}

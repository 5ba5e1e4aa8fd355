//! What a provider tells of its own accord (webhooks).

use std::fmt;

use crate::LocalId;

/// What a verified message says about contacts.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// What kind of message it is, in the provider's words; for metrics. One of a fixed set, or `other`.
    pub name: &'static str,
    /// What is known to have changed.
    pub changed: Vec<Changed>,
}

/// Something that is known to have changed.
#[derive(Clone, PartialEq, Eq)]
pub enum Changed {
    /// The contact with this id, in the kind's canonical spelling.
    Contact(LocalId),
    /// Whichever contacts have a channel with this id.
    Channel(String),
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("name", &self.name).field("changed", &self.changed.len()).finish()
    }
}

impl fmt::Debug for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Contact(_) => "Changed::Contact",
            Self::Channel(_) => "Changed::Channel",
        })
    }
}

/// Why a message is not believed, or not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// The configuration has no secret to verify messages with.
    #[error("no secret for webhooks is configured")]
    NotConfigured,
    /// The signature or the token is missing or wrong.
    #[error("the signature is missing or wrong")]
    Unverified,
    /// It is verified, but not what the provider's documentation describes.
    #[error("the message can't be read")]
    Unreadable,
}

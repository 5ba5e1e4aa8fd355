//! What is kept of one contact: the finished bytes.

use std::time::Duration;

use bytes::Bytes;
use providers::Contact;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::Ages;

/// An answer, rendered once and shared by everybody who asks while it holds.
///
/// `Debug` shows no contact.
pub struct Page {
    content: Content,
    stored: Instant,
    fresh_for: Duration,
}

/// What a page says.
pub enum Content {
    /// The contact.
    Found {
        /// As JSON.
        body: Bytes,
        /// A strong entity tag of the body, with its quotes.
        etag: Box<str>,
    },
    /// The provider has no such contact.
    Absent,
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page")
            .field("found", &self.is_found())
            .field("fresh_for", &self.fresh_for)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Found { .. } => "Found",
            Self::Absent => "Absent",
        })
    }
}

impl Page {
    /// Renders what a provider said just now.
    ///
    /// # Errors
    /// None that a contact read from JSON could cause.
    pub(super) fn new(contact: Option<&Contact>, ages: &Ages) -> serde_json::Result<Self> {
        let (content, fresh_for) = match contact {
            None => (Content::Absent, ages.absent),
            Some(contact) => {
                let body = serde_json::to_vec(contact)?.into_boxed_slice();
                (Content::Found { etag: etag(&body), body: body.into() }, ages.fresh)
            }
        };
        Ok(Self { content, stored: Instant::now(), fresh_for })
    }

    /// What it says.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Whether it holds a contact.
    #[must_use]
    pub fn is_found(&self) -> bool {
        matches!(self.content, Content::Found { .. })
    }

    /// How long ago the provider said it.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.stored.elapsed()
    }

    /// How long it will still be fresh.
    #[must_use]
    pub fn time_to_live(&self) -> Duration {
        self.fresh_for.saturating_sub(self.age())
    }

    /// Whether it may be answered without asking the provider.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        !self.time_to_live().is_zero()
    }

    /// Whether it is kept at all.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        !self.fresh_for.is_zero()
    }

    /// How long memory is worth spending on it.
    pub(super) fn kept_for(&self) -> Duration {
        self.fresh_for
    }

    /// The bytes that it holds outside itself.
    pub(super) fn heap_bytes(&self) -> usize {
        match &self.content {
            Content::Found { body, etag } => body.len() + etag.len(),
            Content::Absent => 0,
        }
    }
}

/// Equal bytes have equal tags, in every process: 128 bits of SHA-256.
fn etag(body: &[u8]) -> Box<str> {
    use std::fmt::Write as _;
    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in &Sha256::digest(body)[..16] {
        // Writing to a `String` can't fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag.into_boxed_str()
}

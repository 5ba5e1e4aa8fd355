//! The trait that every provider implements.

use std::fmt;

use crate::{Call, Contact, LocalId, Result};
use async_trait::async_trait;

/// A source of contacts: one account at one upstream.
///
/// Each statement below is checked by `tests/conformance.rs` for every kind in [`crate::KINDS`].
///
/// - It makes every upstream call through the one [`Upstream`](crate::upstream::Upstream) that it was given, which paces, limits
///   and repeats calls. It sleeps, retries and caches nothing by itself.
/// - It keeps nothing that one call says for another, but for facts about the server (its API generation).
/// - `Debug` shows no secret and no contact's data.
/// - It never panics, whatever the upstream sends.
#[async_trait]
pub trait ContactProvider: fmt::Debug + Send + Sync {
    /// Fetches one contact and maps it to the common schema.
    ///
    /// - `Ok(Some)` is the contact asked for, whole: an answer about another id is
    ///   [`InvalidAnswer`](crate::ErrorKind::InvalidAnswer).
    /// - `Ok(None)` is returned exactly when the provider itself said that it has no such contact. An answer that could
    ///   also come from something else (HTML, a wrong base URL, a proxy) is an error.
    /// - `id` reaches the upstream as exactly one path segment or parameter value, whatever characters it has.
    /// - It returns by `call.deadline`, whatever the upstream does.
    /// - `contact.id` is `instance:native_id`, and asking for it again finds the same contact.
    ///
    /// # Errors
    /// One of [`ErrorKind`](crate::ErrorKind), with a `retry_after` where the provider or the budget knows it.
    async fn contact(&self, id: &LocalId, call: &Call) -> Result<Option<Contact>>;

    /// Learns what it must know of the server before it can ask for contacts. Called once at the start; whatever it could
    /// not learn then, [`contact`](Self::contact) learns itself.
    ///
    /// # Errors
    /// As [`contact`](Self::contact).
    async fn prepare(&self, call: &Call) -> Result<()> {
        let _ = call;
        Ok(())
    }

    /// Finds out whether the credentials work, with as few calls as prove it.
    ///
    /// # Errors
    /// As [`contact`](Self::contact).
    async fn check(&self, call: &Call) -> Result<()>;

    /// Which generation of the upstream's API answers, where there are several and it is known by now.
    fn generation(&self) -> Option<&'static str> {
        None
    }
}

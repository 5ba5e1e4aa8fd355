//! The trait that every provider implements.

use std::fmt;

use async_trait::async_trait;
use http::HeaderMap;

use crate::{
    Call, Contact, Draft, Error, ErrorKind, Event, Found, Handle, Listing, LocalId, Mistake, Origin, Query, Result,
    Unheard,
    upstream::{Route, Upstream},
};

/// A source of contacts: one account at one upstream.
///
/// Each statement below is checked by `tests/conformance` for every kind in [`crate::KINDS`].
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
    async fn contact(&self, id: &LocalId, call: &Call) -> Result<Option<Found>>;

    /// The one way to its upstream, which knows how that is and counts its calls, and the route by which a contact is read. A
    /// provider without an upstream has none.
    fn upstream(&self) -> Option<(&Upstream, &'static Route)>;

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

    /// Finds the contacts that have this phone number or e-mail address, in a bounded number of calls.
    ///
    /// - Every contact has the handle ([`Handle::is_of`]), or one that the provider takes for the same, and is whole: what
    ///   [`contact`](Self::contact) gives for its id.
    /// - Upstreams that compare texts are asked for those spellings that are worth a call.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where [`Capabilities`](crate::Capabilities) says so; else as [`contact`](Self::contact).
    async fn find(&self, handle: &Handle, call: &Call) -> Result<Vec<Contact>> {
        let _ = (handle, call);
        Err(unsupported())
    }

    /// One page of all contacts.
    ///
    /// - Following `next` from the first page to the last, every contact that was there all along comes, whatever appears,
    ///   changes or vanishes meanwhile. One that changes may come a second time, newer.
    /// - With `since`, exactly those that have changed then or later come. Of those that change only while the pages are
    ///   followed, some may be left for the next time.
    /// - A page makes a bounded number of calls.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where [`Capabilities`](crate::Capabilities) says so; else as [`contact`](Self::contact).
    async fn list(&self, query: &Query, call: &Call) -> Result<Listing> {
        let _ = (query, call);
        Err(unsupported())
    }

    /// About how many contacts there are in all, erased ones perhaps among them; `None` where the upstream doesn't tell in a
    /// call or two.
    ///
    /// # Errors
    /// As [`contact`](Self::contact).
    async fn count(&self, call: &Call) -> Result<Option<u64>> {
        let _ = call;
        Ok(None)
    }

    /// What is wrong with a draft for this provider; asks nothing of the network.
    fn mistakes(&self, draft: &Draft) -> Vec<Mistake> {
        let _ = draft;
        Vec::new()
    }

    /// Registers a contact that has no [`mistakes`](Self::mistakes), and returns it as it is now; if it can't be read so soon,
    /// as it was handed in.
    ///
    /// - The call that registers is never repeated where the upstream may have carried it out; such an error is
    ///   [`unsure`](Error::is_unsure).
    /// - Where the upstream finds a contact that it takes for the same, that is the one that is returned.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] if the provider won't; [`ErrorKind::Unsupported`] where [`Capabilities`](crate::Capabilities)
    /// says so; else as [`contact`](Self::contact).
    async fn register(&self, draft: &Draft, call: &Call) -> Result<Contact> {
        let _ = (draft, call);
        Err(unsupported())
    }

    /// Verifies a message that the provider sent of its own accord, and says what it changes. Asks nothing of the network.
    ///
    /// - Secrets are compared in constant time, over the bytes as they came.
    /// - It says the same of the same message, however often that comes.
    ///
    /// # Errors
    /// See [`Unheard`].
    fn event(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, Unheard> {
        let _ = (headers, body);
        Err(Unheard::NotConfigured)
    }

    /// Whether there is a secret to verify messages with, so that any can be believed.
    fn hears(&self) -> bool {
        false
    }

    /// Where each key of the common schema comes from, for the generation that answers.
    fn origins(&self) -> &'static [Origin] {
        &[]
    }

    /// Which generation of the upstream's API answers, where there are several and it is known by now.
    fn generation(&self) -> Option<&'static str> {
        None
    }
}

fn unsupported() -> Error {
    Error::new(ErrorKind::Unsupported, "this kind of provider can't do that")
}

//! What is kept of one contact: the finished bytes.

use std::{ops::Deref, sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use providers::{LocalId, Spent};
use serde::Serialize;
use tokio::time::Instant;
use xxhash_rust::xxh3::xxh3_128;

use super::{Ages, Failure, Shelf};
use crate::shared::{Store, Stored};

/// After a failure, the provider is not asked for the same contact again for so long, unless a caller insists.
const REST: Duration = Duration::from_secs(2);
/// Nor for longer than this, whatever the provider says.
const LONGEST_REST: Duration = Duration::from_secs(600);
/// Few contacts have more bytes: to write them needs room once.
const USUAL: usize = 2048;
/// What kinds of content are called where other gateways find them.
const FOUND: &str = "found";
const KNOWN: &str = "known";
const ABSENT: &str = "absent";

/// An answer, rendered once and shared by everybody who asks while it holds. There may be millions: every byte counts.
///
/// `Debug` shows no contact.
pub struct Page {
    content: Content,
    stored: Instant,
    shelf: Arc<Shelf>,
    /// In microseconds: waiting, upstream, and pausing.
    spent: [u32; 3],
    trouble: ArcSwapOption<Trouble>,
}

/// What a page says.
pub enum Content {
    /// The contact.
    Found {
        /// As JSON.
        body: Box<[u8]>,
        /// Of the body.
        etag: EntityTag,
    },
    /// These contacts have the number or address that was looked up.
    Known(Box<[LocalId]>),
    /// The provider has no such contact.
    Absent,
}

/// A strong entity tag, with its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityTag([u8; 34]);

/// Why there is no newer page.
#[derive(Debug)]
struct Trouble {
    failure: Failure,
    /// The provider is not asked again before this.
    until: Instant,
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let age = self.age(Instant::now());
        f.debug_struct("Page").field("found", &self.is_found()).field("age", &age).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Found { .. } => "Found",
            Self::Known(_) => "Known",
            Self::Absent => "Absent",
        })
    }
}

impl Content {
    /// A contact. Its bytes are copied: what has grown in steps leaves holes behind when it is cut to its length, and they add up to
    /// half of the memory.
    fn found(body: &[u8]) -> Self {
        Self::Found { etag: etag(body), body: body.into() }
    }
}

impl Page {
    /// Renders what a provider said just now: a contact, or that there is none. `spent` is what it took to ask.
    ///
    /// # Errors
    /// None that a contact read from JSON could cause.
    pub(super) fn new<T: Serialize>(contact: Option<&T>, shelf: &Arc<Shelf>, spent: Spent) -> serde_json::Result<Self> {
        let content = contact.map_or(Ok(Content::Absent), |contact| render(contact))?;
        Ok(Self::of(content, Instant::now(), Arc::clone(shelf), spent))
    }

    /// Which contacts have what was looked up.
    pub(super) fn known(ids: Vec<LocalId>, shelf: &Arc<Shelf>, spent: Spent) -> Self {
        let content = if ids.is_empty() { Content::Absent } else { Content::Known(ids.into()) };
        Self::of(content, Instant::now(), Arc::clone(shelf), spent)
    }

    /// Renders what was made of other pages: it is as old as the oldest of them, and fresh as long as all of them are.
    pub(super) fn made_of<T: Serialize>(contact: &T, parts: &[Arc<Self>]) -> serde_json::Result<Self> {
        let now = Instant::now();
        let age = parts.iter().map(|part| part.age(now)).max().unwrap_or_default();
        let staleness = parts.iter().map(|part| part.staleness(now)).max().unwrap_or_default();
        let left = parts.iter().map(|part| part.time_to_live(now)).min().unwrap_or_default();
        let fresh = if staleness.is_zero() { age + left } else { age.saturating_sub(staleness) };
        let ages = Ages { fresh, stale: Duration::MAX, ..Ages::default() };
        let spent = parts.iter().map(|part| part.spent()).fold(Spent::default(), |sum, part| Spent {
            waiting: sum.waiting + part.waiting,
            upstream: sum.upstream + part.upstream,
            pausing: sum.pausing + part.pausing,
        });
        let stored = now.checked_sub(age).unwrap_or(now);
        Ok(Self::of(render(contact)?, stored, Arc::new(Shelf::new("", ages)), spent))
    }

    /// A page that another gateway has made; `None` if it is none.
    pub(super) fn restored(stored: &Stored, shelf: &Arc<Shelf>) -> Option<Self> {
        let content = match &*stored.kind {
            FOUND => Content::found(&stored.body),
            KNOWN => {
                let ids: Vec<String> = serde_json::from_slice(&stored.body).ok()?;
                Content::Known(ids.iter().map(|id| LocalId::parse(id)).collect::<Result<_, _>>().ok()?)
            }
            ABSENT => Content::Absent,
            _ => return None,
        };
        Some(Self::of(content, Instant::now().checked_sub(stored.age)?, Arc::clone(shelf), stored.spent))
    }

    /// The page of a contact that another gateway has registered.
    pub(super) fn registered(body: &[u8], shelf: &Arc<Shelf>) -> Self {
        Self::of(Content::found(body), Instant::now(), Arc::clone(shelf), Spent::default())
    }

    /// The page for other gateways, which was asked for so long ago.
    pub(super) fn to_store(self: &Arc<Self>, asked: Duration) -> Stored {
        let (kind, body) = match &self.content {
            Content::Found { .. } => (FOUND, self.body()),
            Content::Known(ids) => {
                let ids: Vec<_> = ids.iter().map(LocalId::as_str).collect();
                (KNOWN, serde_json::to_vec(&ids).unwrap_or_default().into())
            }
            Content::Absent => (ABSENT, Bytes::new()),
        };
        Stored { kind: kind.to_owned(), body, asked, age: self.age(Instant::now()), spent: self.spent() }
    }

    fn of(content: Content, stored: Instant, shelf: Arc<Shelf>, spent: Spent) -> Self {
        let micros = |time: Duration| u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        let spent = [spent.waiting, spent.upstream, spent.pausing].map(micros);
        Self { content, stored, shelf, spent, trouble: ArcSwapOption::empty() }
    }

    /// What it took to ask the provider.
    #[must_use]
    pub fn spent(&self) -> Spent {
        let [waiting, upstream, pausing] = self.spent.map(|micros| Duration::from_micros(micros.into()));
        Spent { waiting, upstream, pausing }
    }

    /// What it says.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The bytes of the contact, which are shared, not copied; none if there is no such contact.
    #[must_use]
    pub fn body(self: &Arc<Self>) -> Bytes {
        Bytes::from_owner(Body(Arc::clone(self)))
    }

    /// How many bytes the contact has; none if there is no such contact.
    #[must_use]
    pub fn length(&self) -> usize {
        if let Content::Found { body, .. } = &self.content { body.len() } else { 0 }
    }

    /// Whether it holds a contact, or knows of one.
    #[must_use]
    pub fn is_found(&self) -> bool {
        !matches!(self.content, Content::Absent)
    }

    /// How long before this the provider said it.
    #[must_use]
    pub fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.stored)
    }

    /// How long it will still be fresh.
    #[must_use]
    pub fn time_to_live(&self, now: Instant) -> Duration {
        self.fresh_until().saturating_duration_since(now)
    }

    /// Whether the provider need not be asked.
    #[must_use]
    pub fn is_fresh(&self, now: Instant) -> bool {
        now < self.fresh_until()
    }

    /// How long it has been stale.
    #[must_use]
    pub fn staleness(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.fresh_until())
    }

    /// Whether it is kept at all.
    #[must_use]
    pub fn is_kept(&self, now: Instant) -> bool {
        self.age(now) < self.kept_for()
    }

    /// Notes that the provider could not give a newer one.
    pub(super) fn rest(&self, failure: &Failure) {
        let until = Instant::now() + failure.retry_after().unwrap_or_default().clamp(REST, LONGEST_REST);
        self.trouble.store(Some(Arc::new(Trouble { failure: failure.clone(), until })));
    }

    /// Whether the provider should not be asked for a newer one yet.
    pub(super) fn rests(&self) -> bool {
        self.trouble.load().as_ref().is_some_and(|trouble| trouble.until > Instant::now())
    }

    /// Why there is no newer one, while the provider is not asked again.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.trouble
            .load()
            .as_ref()
            .filter(|trouble| trouble.until > Instant::now())
            .map(|trouble| trouble.failure.clone())
    }

    /// How long it may be the answer while the provider is asked, once it is stale. Whoever was told that there is no such
    /// contact may be about to create it, so that is never answered when it is stale.
    pub(super) fn stale_for(&self) -> Duration {
        if self.is_found() { self.shelf.ages().stale } else { Duration::ZERO }
    }

    /// How long memory is worth spending on it: as long as anybody may be answered with it.
    pub(super) fn kept_for(&self) -> Duration {
        let ages = self.shelf.ages();
        if self.is_found() { ages.fresh.saturating_add(ages.stale).max(ages.stale_if_error) } else { ages.absent }
    }

    /// Whose page it is.
    pub(super) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The bytes that it holds outside itself.
    pub(super) fn heap_bytes(&self) -> usize {
        match &self.content {
            Content::Found { body, .. } => body.len(),
            Content::Known(ids) => ids.iter().map(|id| size_of::<LocalId>() + id.as_str().len()).sum(),
            Content::Absent => 0,
        }
    }

    /// When it is no longer fresh, if it still is: when its time is over, or when news of it may not have been heard.
    fn fresh_until(&self) -> Instant {
        let until = self.stored + self.fresh_for();
        let doubted = self.shelf.store().and_then(Store::heard_since).filter(|since| self.stored < *since);
        doubted.map_or(until, |since| until.min(since))
    }

    pub(super) fn fresh_for(&self) -> Duration {
        let ages = self.shelf.ages();
        if self.is_found() { ages.fresh } else { ages.absent }
    }
}

impl Deref for EntityTag {
    type Target = str;

    fn deref(&self) -> &str {
        // It is nothing else.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A page as the bytes of its contact.
struct Body(Arc<Page>);

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        match &self.0.content {
            Content::Found { body, .. } => body,
            Content::Known(_) | Content::Absent => &[],
        }
    }
}

fn render(contact: &impl Serialize) -> serde_json::Result<Content> {
    let mut body = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut body, contact)?;
    Ok(Content::found(&body))
}

/// Equal bytes have equal tags, in every process and on every machine: the 128 bits of XXH3, which reads bytes in one order everywhere.
///
/// A cryptographic hash would take up to thirty times as long and protect nothing: whoever made two versions of a contact with the same
/// tag could only keep those who ask for that contact at the former one.
#[must_use]
pub fn etag(body: &[u8]) -> EntityTag {
    let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
    let mut tag = [b'"'; 34];
    for (digits, byte) in tag[1..33].chunks_exact_mut(2).zip(xxh3_128(body).to_be_bytes()) {
        digits.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    EntityTag(tag)
}

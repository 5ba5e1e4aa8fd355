//! What is kept of one contact: the finished bytes.

use std::{fmt, sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use providers::{LocalId, Spent};
use serde::Serialize;
use tokio::time::Instant;
use triomphe::ThinArc;

use super::{Ages, EntityTag, Failure, Shelf};
use crate::shared::{Store, Stored};

/// After a failure, the provider is not asked for the same contact again for so long, unless a caller insists.
const REST: Duration = Duration::from_secs(2);
/// Nor for longer than this, whatever the provider says.
const LONGEST_REST: Duration = Duration::from_secs(600);
/// Few contacts have more bytes: to write them needs room once.
const USUAL: usize = 2048;

/// An answer, rendered once and shared by everybody who asks while it holds: clones are the same page.
///
/// There may be millions. So every byte counts, and all are in one place: where there are many, each place that a hit has to look
/// at is in no processor's cache.
///
/// `Debug` shows no contact.
#[derive(Clone)]
pub struct Page(ThinArc<Head, u8>);

/// What is known of a page's bytes.
struct Head {
    stored: Instant,
    shelf: Arc<Shelf>,
    trouble: ArcSwapOption<Trouble>,
    etag: EntityTag,
    /// In microseconds: waiting, upstream, and pausing.
    spent: [u32; 3],
    kind: Kind,
}

/// What the bytes of a page are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A contact, as JSON.
    Found,
    /// Ids of contacts, as JSON.
    Known,
    /// None.
    Absent,
}

/// What a page says.
pub enum Content<'a> {
    /// The contact, as JSON.
    Found(&'a [u8]),
    /// These contacts have the number or address that was looked up.
    Known(Vec<LocalId>),
    /// The provider has no such contact.
    Absent,
}

/// Why there is no newer page.
#[derive(Debug)]
struct Trouble {
    failure: Failure,
    /// The provider is not asked again before this.
    until: Instant,
}

impl Page {
    /// Renders what a provider said just now: a contact, or that there is none. `spent` is what it took to ask.
    ///
    /// # Errors
    /// None that a contact read from JSON could cause.
    pub(super) fn new<T: Serialize>(contact: Option<&T>, shelf: &Arc<Shelf>, spent: Spent) -> serde_json::Result<Self> {
        let (kind, bytes) = match contact {
            Some(contact) => (Kind::Found, render(contact)?),
            None => (Kind::Absent, Vec::new()),
        };
        Ok(Self::of(kind, &bytes, Instant::now(), Arc::clone(shelf), spent))
    }

    /// Which contacts have what was looked up.
    pub(super) fn known(ids: &[LocalId], shelf: &Arc<Shelf>, spent: Spent) -> Self {
        let ids: Vec<_> = ids.iter().map(LocalId::as_str).collect();
        let (kind, bytes) = match &*ids {
            [] => (Kind::Absent, Vec::new()),
            // Texts can be written.
            ids => (Kind::Known, serde_json::to_vec(ids).unwrap_or_default()),
        };
        Self::of(kind, &bytes, Instant::now(), Arc::clone(shelf), spent)
    }

    /// Renders what was made of other pages: it is as old as the oldest of them, and fresh as long as all of them are.
    pub(super) fn made_of<T: Serialize>(contact: &T, parts: &[Self]) -> serde_json::Result<Self> {
        let now = Instant::now();
        let age = parts.iter().map(|part| part.age(now)).max().unwrap_or_default();
        let staleness = parts.iter().map(|part| part.staleness(now)).max().unwrap_or_default();
        let left = parts.iter().map(|part| part.time_to_live(now)).min().unwrap_or_default();
        let fresh = if staleness.is_zero() { age + left } else { age.saturating_sub(staleness) };
        let ages = Ages { fresh, stale: Duration::MAX, ..Ages::default() };
        let spent = parts.iter().map(Self::spent).fold(Spent::default(), |sum, part| Spent {
            waiting: sum.waiting + part.waiting,
            upstream: sum.upstream + part.upstream,
            pausing: sum.pausing + part.pausing,
        });
        let stored = now.checked_sub(age).unwrap_or(now);
        Ok(Self::of(Kind::Found, &render(contact)?, stored, Arc::new(Shelf::new("", ages)), spent))
    }

    /// A page that another gateway has made; `None` if it is none.
    pub(super) fn restored(stored: &Stored, shelf: &Arc<Shelf>) -> Option<Self> {
        let kind = Kind::named(&stored.kind)?;
        if kind == Kind::Known {
            ids(&stored.body)?;
        }
        Some(Self::of(kind, &stored.body, Instant::now().checked_sub(stored.age)?, Arc::clone(shelf), stored.spent))
    }

    /// The page of a contact that another gateway has registered.
    pub(super) fn registered(body: &[u8], shelf: &Arc<Shelf>) -> Self {
        Self::of(Kind::Found, body, Instant::now(), Arc::clone(shelf), Spent::default())
    }

    /// The page for other gateways, which was asked for so long ago.
    pub(super) fn to_store(&self, asked: Duration) -> Stored {
        let age = self.age(Instant::now());
        Stored { kind: self.head().kind.name().to_owned(), body: self.body(), asked, age, spent: self.spent() }
    }

    /// The bytes are copied: what has grown in steps leaves holes behind when it is cut to its length, and they add up to half of the
    /// memory.
    fn of(kind: Kind, bytes: &[u8], stored: Instant, shelf: Arc<Shelf>, spent: Spent) -> Self {
        let micros = |time: Duration| u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        let head = Head {
            stored,
            shelf,
            trouble: ArcSwapOption::empty(),
            etag: EntityTag::of(bytes),
            spent: [spent.waiting, spent.upstream, spent.pausing].map(micros),
            kind,
        };
        Self(ThinArc::from_header_and_slice(head, bytes))
    }

    /// The same page in another place.
    pub(super) fn copied(&self) -> Self {
        let Head { stored, shelf, trouble, etag, spent, kind } = self.head();
        let (shelf, trouble) = (Arc::clone(shelf), ArcSwapOption::new(trouble.load_full()));
        let head = Head { stored: *stored, shelf, trouble, etag: *etag, spent: *spent, kind: *kind };
        Self(ThinArc::from_header_and_slice(head, self.as_ref()))
    }

    /// What it took to ask the provider.
    #[must_use]
    pub fn spent(&self) -> Spent {
        let [waiting, upstream, pausing] = self.head().spent.map(|micros| Duration::from_micros(micros.into()));
        Spent { waiting, upstream, pausing }
    }

    /// What it says.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        match self.head().kind {
            Kind::Found => Content::Found(self.as_ref()),
            // They were read before, or written here.
            Kind::Known => Content::Known(ids(self.as_ref()).unwrap_or_default()),
            Kind::Absent => Content::Absent,
        }
    }

    /// Its bytes, which are shared, not copied. Where it says that there is a contact, they are that contact as JSON.
    #[must_use]
    pub fn body(&self) -> Bytes {
        Bytes::from_owner(self.clone())
    }

    /// The entity tag of its bytes.
    #[must_use]
    pub fn etag(&self) -> EntityTag {
        self.head().etag
    }

    /// How many bytes it has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.slice.len()
    }

    /// Whether it holds a contact, or knows of one.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.head().kind != Kind::Absent
    }

    /// Whether the provider said it after the other one.
    pub(super) fn is_newer_than(&self, other: &Self) -> bool {
        self.head().stored > other.head().stored
    }

    /// Whether both are one page in one place.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.heap_ptr() == other.0.heap_ptr()
    }

    /// How long before this the provider said it.
    #[must_use]
    pub fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.head().stored)
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
        self.head().trouble.store(Some(Arc::new(Trouble { failure: failure.clone(), until })));
    }

    /// Whether the provider should not be asked for a newer one yet.
    pub(super) fn rests(&self) -> bool {
        self.head().trouble.load().as_ref().is_some_and(|trouble| trouble.until > Instant::now())
    }

    /// Why there is no newer one, while the provider is not asked again.
    pub(super) fn failure(&self) -> Option<Failure> {
        let trouble = self.head().trouble.load();
        trouble.as_ref().filter(|trouble| trouble.until > Instant::now()).map(|trouble| trouble.failure.clone())
    }

    /// How long it may be the answer while the provider is asked, once it is stale. Whoever was told that there is no such
    /// contact may be about to create it, so that is never answered when it is stale.
    pub(super) fn stale_for(&self) -> Duration {
        if self.is_found() { self.shelf().ages().stale } else { Duration::ZERO }
    }

    /// How long memory is worth spending on it: as long as anybody may be answered with it.
    pub(super) fn kept_for(&self) -> Duration {
        let ages = self.shelf().ages();
        if self.is_found() { ages.fresh.saturating_add(ages.stale).max(ages.stale_if_error) } else { ages.absent }
    }

    /// Whose page it is.
    pub(super) fn shelf(&self) -> &Shelf {
        &self.head().shelf
    }

    /// How many bytes it takes, as long as nothing is wrong with its provider: its bytes, what is known of them, their length, and
    /// the count of references.
    pub(super) fn heap_bytes(&self) -> usize {
        self.length() + size_of::<Head>() + 2 * size_of::<usize>()
    }

    /// When it is no longer fresh, if it still is: when its time is over, or when news of it may not have been heard.
    fn fresh_until(&self) -> Instant {
        let stored = self.head().stored;
        let until = stored + self.fresh_for();
        let doubted = self.shelf().store().and_then(Store::heard_since).filter(|since| stored < *since);
        doubted.map_or(until, |since| until.min(since))
    }

    pub(super) fn fresh_for(&self) -> Duration {
        let ages = self.shelf().ages();
        if self.is_found() { ages.fresh } else { ages.absent }
    }

    fn head(&self) -> &Head {
        &self.0.header.header
    }
}

impl Kind {
    const ALL: [Self; 3] = [Self::Found, Self::Known, Self::Absent];

    /// What it is called where other gateways find it.
    fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Known => "known",
            Self::Absent => "absent",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl AsRef<[u8]> for Page {
    fn as_ref(&self) -> &[u8] {
        &self.0.slice
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let age = self.age(Instant::now());
        f.debug_struct("Page").field("found", &self.is_found()).field("age", &age).finish_non_exhaustive()
    }
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Found(_) => "Found",
            Self::Known(_) => "Known",
            Self::Absent => "Absent",
        })
    }
}

fn render(contact: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut bytes, contact)?;
    Ok(bytes)
}

/// The ids on a page of those.
fn ids(bytes: &[u8]) -> Option<Vec<LocalId>> {
    let ids: Vec<String> = serde_json::from_slice(bytes).ok()?;
    ids.iter().map(|id| LocalId::parse(id).ok()).collect()
}

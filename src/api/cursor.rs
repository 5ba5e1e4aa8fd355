//! Where a list goes on: opaque to callers, and of no use unless the gateway has made it.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use providers::{Position, Query, Time};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::gateway::{Instance, Listed};

/// How long a cursor holds: longer than the slowest list takes.
const HOLDS: Duration = Duration::from_secs(48 * 3600);
const SEAL: usize = 16;

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The instance whose contacts come next.
    pub(super) instance: String,
    /// Where in it; none at its start.
    pub(super) position: Option<String>,
    /// Whether the instances after it follow.
    pub(super) all: bool,
    /// Which contacts are wanted.
    pub(super) since: Option<Time>,
    /// In seconds since 1970.
    made: i64,
}

impl Cursor {
    pub(super) fn new(instance: &str, position: Option<Position>, all: bool, since: Option<Time>) -> Self {
        let position = position.map(|position| position.0);
        Self { instance: instance.to_owned(), position, all, since, made: Timestamp::now().as_second() }
    }
}

impl Cursor {
    /// What the provider is asked.
    pub(super) fn query(&self, limit: u16) -> Query {
        Query { since: self.since.clone(), limit, from: self.position.clone().map(Position) }
    }

    /// Where the list goes on after this page, among these instances; `None` at its end.
    pub(super) fn after<'a>(
        &self,
        listed: &Listed,
        instances: impl Iterator<Item = &'a Arc<Instance>>,
    ) -> Option<Self> {
        let since = self.since.clone();
        if let Some(next) = &listed.next {
            return Some(Self::new(&self.instance, Some(next.clone()), self.all, since));
        }
        let others = instances.map(|instance| &instance.name).filter(|name| ***name > *self.instance);
        others.min().filter(|_| self.all).map(|next| Self::new(next, None, true, since))
    }
}

/// Seals cursors, so that one that was made elsewhere, or changed, is known.
///
/// `Debug` does not show the key.
#[derive(Clone)]
pub struct Seal([u8; 32]);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// A seal with this key.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The cursor as text that can stand in a URL.
    pub(super) fn close(&self, cursor: &Cursor) -> String {
        let text = serde_json::to_vec(cursor).unwrap_or_default();
        let mut sealed = self.mac(&text).finalize().into_bytes()[..SEAL].to_vec();
        sealed.extend_from_slice(&text);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The cursor that this text is, if this seal has made it lately.
    pub(super) fn open(&self, text: &str) -> Option<Cursor> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (seal, text) = sealed.split_at_checked(SEAL)?;
        self.mac(text).verify_truncated_left(seal).ok()?;
        let cursor: Cursor = serde_json::from_slice(text).ok()?;
        let age = Timestamp::now().as_second().saturating_sub(cursor.made);
        (age < i64::try_from(HOLDS.as_secs()).unwrap_or(i64::MAX)).then_some(cursor)
    }

    fn mac(&self, text: &[u8]) -> Hmac<Sha256> {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(text);
        mac
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cursor() -> Cursor {
        let since = Time::parse("2025-01-22T05:41:15Z");
        Cursor::new("periskope", Some(Position("{\"offset\":100}".to_owned())), true, since)
    }

    #[test]
    fn what_was_closed_can_be_opened_with_the_same_key_only() {
        let text = Seal::new([1; 32]).close(&cursor());
        assert_eq!(Seal::new([1; 32]).open(&text), Some(cursor()));
        assert_eq!(Seal::new([2; 32]).open(&text), None);
    }

    #[test]
    fn an_old_one_is_none() {
        let seal = Seal::new([1; 32]);
        let old = Cursor { made: 1_700_000_000, ..cursor() };
        assert_eq!(seal.open(&seal.close(&old)), None);
    }

    proptest! {
        #[test]
        fn no_other_text_is_a_cursor(place in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_-]", noise in ".{0,80}") {
            let seal = Seal::new([1; 32]);
            let text = seal.close(&cursor());
            let place = place.index(text.len());
            let forged = format!("{}{letter}{}", &text[..place], &text[place + 1..]);
            prop_assert!(forged == text || seal.open(&forged).is_none());
            prop_assert!(seal.open(&noise).is_none());
        }
    }
}

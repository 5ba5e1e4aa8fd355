//! One answer of the list.

use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::super::{
    answer::{invalid, unexpected},
    map, wire,
};
use crate::{
    Contact, Instance, LocalId, Result,
    upstream::Answer,
    wire::{Object, from_json},
};

/// One answer of the list.
pub(super) struct Sheet {
    pub(super) start: usize,
    limit: usize,
    pub(super) rows: Vec<Row>,
    /// The first row that may be unread.
    pub(super) first: usize,
}

/// One contact in it, or something odd in its place.
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) changed: Option<Timestamp>,
    document: Option<wire::Contact>,
}

/// A contact as it was at some time, in eight bytes that say nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Key(u64);

impl Sheet {
    pub(super) fn read(answer: &Answer, start: usize, limit: usize, instance: &Instance) -> Result<Self> {
        match answer.status {
            StatusCode::OK if !answer.claims_json() => return Err(invalid("a list without JSON")),
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(invalid("404 for the list: the base URL is wrong")),
            _ => return Err(unexpected(answer)),
        }
        let page: wire::Page = from_json(&answer.body)
            .map_err(|error| invalid(format!("a list without contacts: {:?}", error.classify())))?;
        let rows: Vec<_> = page.contacts.into_iter().map(Row::read).collect();
        let odd = rows.iter().filter(|row| row.document.is_none()).count();
        if odd > 0 {
            tracing::warn!(provider = %instance.name, odd, "the list has entries that are no contacts");
        }
        Ok(Self { start, limit, rows, first: 0 })
    }

    /// Whether there are others than as many as were asked for, as at the end.
    pub(super) fn is_short(&self) -> bool {
        self.rows.len() != self.limit
    }

    /// The rows from the first that may be unread, each with its offset.
    pub(super) fn unread(self) -> impl Iterator<Item = (usize, Row)> {
        let start = self.start;
        self.rows.into_iter().enumerate().skip(self.first).map(move |(index, row)| (start.saturating_add(index), row))
    }
}

impl Row {
    fn read(document: Object<wire::Contact>) -> Self {
        let document = match document {
            Object::Is(document) => document,
            Object::Missing | Object::Null | Object::Other => wire::Contact::default(),
        };
        // An id that nobody could ask for again is no contact's.
        let id = document.contact_id.filled().filter(|id| LocalId::parse(id).is_ok());
        let time = document.updated_at.filled().unwrap_or_default();
        let key = Key::new(id.unwrap_or_default(), time);
        let changed = document.updated_at.time().map(|time| time.moment());
        let is_contact = id.is_some();
        Self { key, changed, document: is_contact.then_some(document) }
    }

    /// When it was changed, in microseconds.
    pub(super) fn micros(&self) -> Option<i64> {
        self.changed.map(Timestamp::as_microsecond)
    }

    pub(super) fn is_contact(&self) -> bool {
        self.document.is_some()
    }

    /// The contact; lists leave its chats out.
    pub(super) fn contact(self, instance: &Instance) -> Option<Contact> {
        let mut document = self.document?;
        let id = std::mem::take(&mut document.contact_id).into_filled()?;
        Some(map::contact(instance, &id, document))
    }
}

impl Key {
    /// The same in every process, since positions are kept.
    fn new(id: &str, time: &str) -> Self {
        let digest = Sha256::new().chain_update(id).chain_update([0]).chain_update(time).finalize();
        Self(digest.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte)))
    }
}

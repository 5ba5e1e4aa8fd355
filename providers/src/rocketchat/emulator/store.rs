//! The contacts, or the visitors, of an emulated server.

use std::{
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use super::{
    documents::Sort,
    order::Order,
    people::{People, may_mention, mentions},
};
use crate::emulator::Change;

/// The documents of one sort.
#[derive(Debug)]
pub(super) struct Store(Mutex<People>);

impl Store {
    pub(super) fn new(sort: Sort, people: Range<u32>) -> Self {
        Self(Mutex::new(People::new(sort, people)))
    }

    /// The document with this id.
    pub(super) fn get(&self, id: &str) -> Option<Value> {
        self.lock().get(id)
    }

    /// The first document that mentions this text and to which this applies.
    pub(super) fn find(&self, text: &str, applies: impl Fn(&Value) -> bool) -> Option<Value> {
        let people = self.lock();
        let given = people.given.iter().find(|document| applies(document)).cloned();
        let others = people.present().filter(|index| may_mention(*index, text));
        given.or_else(|| others.map(|index| people.document(index)).find(applies))
    }

    /// The document of whoever was registered with this token.
    pub(super) fn with_token(&self, token: &str) -> Option<Value> {
        self.lock().given.iter().find(|document| document["token"] == token).cloned()
    }

    /// Some of the documents that are listed and mention this text, and how many those are altogether.
    pub(super) fn list(&self, unknown: bool, text: &str, order: &Order, range: Range<usize>) -> (Vec<Value>, usize) {
        let mut people = self.lock();
        let all = people.listed(unknown, order);
        if text.is_empty() {
            let some = all.iter().skip(range.start).take(range.len()).map(|who| people.of(*who));
            return (some.collect(), all.len());
        }
        let may = all.iter().filter(|who| who.person().is_none_or(|index| may_mention(index, text)));
        let found: Vec<_> = may.map(|who| people.of(*who)).filter(|document| mentions(document, text)).collect();
        let total = found.len();
        (found.into_iter().skip(range.start).take(range.len()).collect(), total)
    }

    /// Adds a document, with the times that all documents have.
    pub(super) fn add(&self, mut document: Value, created: &str) -> Value {
        let mut people = self.lock();
        let now = people.tick();
        document[created] = now.as_str().into();
        document["_updatedAt"] = now.into();
        people.given.push(document.clone());
        document
    }

    /// How many were added or documented.
    pub(super) fn given(&self) -> usize {
        self.lock().given.len()
    }

    pub(super) fn change(&self, change: Change) -> String {
        self.lock().change(change)
    }

    fn lock(&self) -> MutexGuard<'_, People> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

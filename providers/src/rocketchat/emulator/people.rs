//! Whom an emulated server knows, and what becomes of them. The documents of made-up people are made when asked for.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::Range,
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    documents::{Sort, is_erased, is_unknown},
    order::Order,
};
use crate::emulator::{Change, Person};

/// When the first change happens: later than everything before. 2026-01-01.
const FIRST_CHANGE: i64 = 1_767_225_600;

#[derive(Debug)]
pub(super) struct People {
    sort: Sort,
    first: Range<u32>,
    /// The documents of the documented ones, and of those that were registered.
    pub(super) given: Vec<Value>,
    /// Those who came later.
    appeared: BTreeSet<u32>,
    vanished: HashSet<u32>,
    changed: HashMap<u32, Changed>,
    changes: u32,
    /// Who is listed, by what was asked for; until something changes.
    lists: HashMap<String, Arc<Vec<Who>>>,
}

#[derive(Debug)]
struct Changed {
    created: Option<String>,
    updated: String,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    Given(usize),
    Person(u32),
}

impl Who {
    pub(super) fn person(self) -> Option<u32> {
        match self {
            Self::Given(_) => None,
            Self::Person(index) => Some(index),
        }
    }
}

impl People {
    pub(super) fn new(sort: Sort, first: Range<u32>) -> Self {
        Self {
            sort,
            first,
            given: sort.documented(),
            appeared: BTreeSet::new(),
            vanished: HashSet::new(),
            changed: HashMap::new(),
            changes: 0,
            lists: HashMap::new(),
        }
    }

    pub(super) fn get(&self, id: &str) -> Option<Value> {
        let given = self.given.iter().find(|document| document["_id"] == id).cloned();
        given.or_else(|| self.sort.index(id).filter(|index| self.has(*index)).map(|index| self.document(index)))
    }

    pub(super) fn of(&self, who: Who) -> Value {
        match who {
            Who::Given(at) => self.given.get(at).cloned().unwrap_or_default(),
            Who::Person(index) => self.document(index),
        }
    }

    /// The document of a person, as it is by now.
    pub(super) fn document(&self, index: u32) -> Value {
        let mut document = self.sort.document(index);
        let Some(changed) = self.changed.get(&index) else { return document };
        document["_updatedAt"] = changed.updated.as_str().into();
        let (created, is_contact) = match self.sort {
            Sort::Contact => ("createdAt", true),
            Sort::Visitor => ("ts", false),
        };
        if is_contact {
            document["unknown"] = false.into();
        }
        if let Some(time) = &changed.created {
            document[created] = time.as_str().into();
        }
        document
    }

    /// The people who are there.
    pub(super) fn present(&self) -> impl Iterator<Item = u32> {
        let first = self.first.clone().filter(|index| !self.appeared.contains(index));
        first.chain(self.appeared.iter().copied()).filter(|index| !self.vanished.contains(index))
    }

    fn has(&self, index: u32) -> bool {
        !self.vanished.contains(&index) && (self.first.contains(&index) || self.appeared.contains(&index))
    }

    /// Who is listed, in this order. Kept, so that a page of a hundred thousand costs no more than one of a thousand.
    pub(super) fn listed(&mut self, unknown: bool, order: &Order) -> Arc<Vec<Who>> {
        let key = format!("{unknown} {order:?}");
        if let Some(list) = self.lists.get(&key) {
            return Arc::clone(list);
        }
        let given = self.given.iter().enumerate().filter(|(_, document)| self.lists_given(document, unknown));
        let given = given.map(|(at, _)| Who::Given(at));
        let people = self.present().filter(|index| self.lists_person(*index, unknown)).map(Who::Person);
        let keyed = given.chain(people).map(|who| (order.key(|name| self.field(who, name)), who));
        let mut keyed: Vec<_> = keyed.collect();
        keyed.sort_by(|(one, _), (other, _)| order.compare(one, other));
        let list = Arc::new(keyed.into_iter().map(|(_, who)| who).collect());
        self.lists.insert(key, Arc::clone(&list));
        list
    }

    /// What `findPaginatedContacts` matches: never a contact without any text to search.
    fn lists_given(&self, document: &Value, unknown: bool) -> bool {
        self.sort == Sort::Visitor
            || (document["unknown"] == unknown && document["enabled"] != false && mentions(document, ""))
    }

    fn lists_person(&self, index: u32, unknown: bool) -> bool {
        let is_unknown = is_unknown(index) && !self.changed.contains_key(&index);
        self.sort == Sort::Visitor || (is_unknown == unknown && !is_erased(index))
    }

    fn field(&self, who: Who, name: &str) -> Option<String> {
        let index = match who {
            Who::Given(at) => return self.given.get(at)?[name].as_str().map(str::to_owned),
            Who::Person(index) => index,
        };
        match (name, self.changed.get(&index)) {
            ("_updatedAt", Some(changed)) => Some(changed.updated.clone()),
            ("createdAt" | "ts", Some(Changed { created: Some(created), .. })) => Some(created.clone()),
            _ => self.sort.field(index, name),
        }
    }

    pub(super) fn change(&mut self, change: Change) -> String {
        let now = self.tick();
        let (Change::Appear(number) | Change::Vanish(number) | Change::Touch(number)) = change;
        let index = self.first.start + number;
        match change {
            Change::Appear(_) => {
                self.vanished.remove(&index);
                self.appeared.insert(index);
                self.changed.insert(index, Changed { created: Some(now.clone()), updated: now });
            }
            Change::Vanish(_) => {
                self.vanished.insert(index);
            }
            // Nobody changes what was erased.
            Change::Touch(_) if self.sort == Sort::Contact && is_erased(index) => {}
            Change::Touch(_) => {
                let created = self.changed.remove(&index).and_then(|changed| changed.created);
                self.changed.insert(index, Changed { created, updated: now });
            }
        }
        self.sort.id(index)
    }

    /// Forgets the lists, and returns the time of a change.
    pub(super) fn tick(&mut self) -> String {
        self.lists.clear();
        self.changes += 1;
        let now = Timestamp::from_second(FIRST_CHANGE + i64::from(self.changes)).unwrap_or_default();
        format!("{now:.3}")
    }
}

/// Whether the name, an address or a number has this text.
pub(super) fn mentions(document: &Value, text: &str) -> bool {
    let text = text.to_lowercase();
    let has = |value: &Value| value.as_str().is_some_and(|value| value.to_lowercase().contains(&text));
    let any = |list: &str, name: &str| {
        document[list].as_array().is_some_and(|items| items.iter().any(|item| has(&item[name])))
    };
    has(&document["name"]) || any("emails", "address") || any("phones", "phoneNumber")
}

/// Whether a made-up person's texts may have this text, however the number is typed.
pub(super) fn may_mention(index: u32, text: &str) -> bool {
    let person = Person::number(index);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_number = !digits.is_empty() && !text.contains(char::is_alphabetic);
    let text = text.to_lowercase();
    (is_number && person.phone.contains(&digits))
        || person.email.contains(&text)
        || person.name.to_lowercase().contains(&text)
}

//! Whom an emulated Periskope knows, in the order of its list.

use std::{cmp::Reverse, collections::HashMap};

use jiff::Timestamp;

use super::{documents, jid};
use crate::{
    Time,
    emulator::{Change, Person, Setup},
};

/// The first made-up person whom the server knows. It has some people in common with the emulated Rocket.Chats.
const FIRST: u32 = 200;

/// Whom the server knows.
#[derive(Debug)]
pub(super) struct Book {
    /// In the order of `updated_at DESC`: Postgres puts nulls before everything else. 100,000 of them are quickly moved, and
    /// any page of them is at once found.
    list: Vec<Row>,
    entries: HashMap<String, Who>,
    /// When those were changed that did not keep their first time.
    changed: HashMap<Who, i64>,
    created: Vec<(String, String)>,
    /// The time of the latest change, in microseconds.
    now: i64,
}

/// When it was changed, and whose it is.
type Row = (Option<Reverse<i64>>, Who);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Who {
    Documented(usize),
    Person(u32),
    Created(usize),
}

impl Book {
    /// The ids of the usual people.
    pub(super) fn made_up() -> Vec<String> {
        (FIRST..FIRST + Setup::default().people()).map(|index| Person::number(index).phone).collect()
    }

    pub(super) fn new(people: u32) -> Self {
        let mut book =
            Self { list: Vec::new(), entries: HashMap::new(), changed: HashMap::new(), created: Vec::new(), now: 0 };
        let documented = (0..documents::DOCUMENTED.len()).map(Who::Documented);
        for who in documented.chain((FIRST..FIRST + people).map(Who::Person)) {
            book.entries.insert(book.id(who), who);
            book.list.push(book.row(who));
        }
        book.list.sort_unstable();
        book.now = book.list.iter().filter_map(|(time, _)| time.map(|Reverse(time)| time)).max().unwrap_or_default();
        book
    }

    /// The whole contact with this id, as it goes over the wire.
    pub(super) fn find(&self, id: &str) -> Option<String> {
        let who = *self.entries.get(jid::digits(id).unwrap_or(id))?;
        Some(self.document(self.row(who), false))
    }

    /// A part of the list.
    pub(super) fn page(&self, offset: usize, limit: usize) -> Vec<String> {
        self.list.iter().skip(offset).take(limit).map(|row| self.document(*row, true)).collect()
    }

    /// Creates a contact unless there is one with this number, and returns it.
    pub(super) fn create(&mut self, digits: &str, name: &str) -> String {
        let who = self.entries.get(digits).copied().unwrap_or_else(|| {
            self.created.push((digits.to_owned(), name.to_owned()));
            let who = Who::Created(self.created.len() - 1);
            self.put(who);
            who
        });
        self.document(self.row(who), false)
    }

    pub(super) fn change(&mut self, change: Change) -> String {
        let (Change::Appear(number) | Change::Vanish(number) | Change::Touch(number)) = change;
        let who = Who::Person(FIRST.saturating_add(number));
        let is_there = self.entries.contains_key(&self.id(who));
        if is_there {
            self.remove(who);
        }
        if matches!(change, Change::Appear(_)) || (is_there && matches!(change, Change::Touch(_))) {
            self.put(who);
        }
        format!("{}@c.us", self.id(who))
    }

    /// Puts a contact into the list, as changed just now.
    fn put(&mut self, who: Who) {
        self.now = Timestamp::now().as_microsecond().max(self.now + 1);
        self.changed.insert(who, self.now);
        self.entries.insert(self.id(who), who);
        let row = self.row(who);
        let place = self.list.partition_point(|other| *other < row);
        self.list.insert(place, row);
    }

    fn remove(&mut self, who: Who) {
        if let Ok(place) = self.list.binary_search(&self.row(who)) {
            self.list.remove(place);
        }
        self.changed.remove(&who);
        self.entries.remove(&self.id(who));
    }

    fn row(&self, who: Who) -> Row {
        (self.time(who).map(Reverse), who)
    }

    fn time(&self, who: Who) -> Option<i64> {
        let first = || match who {
            Who::Documented(index) => {
                let document = documents::documented(index);
                document["updated_at"].as_str().and_then(Time::parse)
            }
            Who::Person(index) if index % 4 == 1 => None,
            Who::Person(index) => Time::parse(&Person::number(index).time(1)),
            Who::Created(_) => None,
        };
        self.changed.get(&who).copied().or_else(|| first().map(|time| time.moment().as_microsecond()))
    }

    /// The digits of a phone number, or the id of whatever has none.
    fn id(&self, who: Who) -> String {
        match who {
            Who::Documented(index) => {
                let document = documents::documented(index);
                let id = document["contact_id"].as_str().unwrap_or_default();
                jid::digits(id).unwrap_or(id).to_owned()
            }
            Who::Person(index) => Person::number(index).phone,
            Who::Created(index) => self.created.get(index).map(|(digits, _)| digits.clone()).unwrap_or_default(),
        }
    }

    fn document(&self, (changed, who): Row, is_listed: bool) -> String {
        let changed = changed.map(|Reverse(time)| time);
        match who {
            Who::Documented(index) if is_listed => documents::listed(index),
            // Byte for byte.
            Who::Documented(index) => documents::DOCUMENTED.get(index).map(|&body| body.to_owned()).unwrap_or_default(),
            Who::Person(index) => documents::person(index, changed, is_listed),
            Who::Created(index) => {
                let created = self.created.get(index);
                created.map_or_else(String::new, |(digits, name)| documents::created(digits, name, changed, is_listed))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(book: &Book) -> Vec<serde_json::Value> {
        book.page(0, 2000).iter().map(|body| serde_json::from_str(body).unwrap()).collect()
    }

    #[test]
    fn the_documented_contact_is_served_byte_for_byte() {
        assert_eq!(Book::new(0).find("919537851844").map(|body| body.len()), Some(1122));
    }

    #[test]
    fn there_are_more_than_a_thousand_contacts_and_each_is_found() {
        let book = Book::new(crate::emulator::Setup::default().people());
        let found = page(&book).into_iter().filter(|contact| {
            contact.get("chat_ids").is_none()
                && contact["contact_id"].as_str().is_some_and(|id| book.find(id).is_some())
        });
        assert!(found.count() > 1_000);
    }

    #[test]
    fn whoever_changes_comes_before_all_others_that_have_a_time() {
        let mut book = Book::new(20);
        let first = |book: &Book| {
            let page = page(book);
            let timed = page.iter().find(|contact| !contact["updated_at"].is_null());
            (page.len(), timed.and_then(|contact| contact["contact_id"].as_str()).unwrap_or_default().to_owned())
        };
        let touched = book.change(Change::Touch(7));
        assert_eq!(first(&book), (26, touched));
        let appeared = book.change(Change::Appear(20));
        assert_eq!(first(&book), (27, appeared));
        book.change(Change::Vanish(7));
        assert_eq!(first(&book).0, 26);
    }
}

//! What is asked, and what may be answered.

use std::{sync::Arc, time::Duration};

use contact_gateway::gateway::Demand;

use crate::{
    catalogue::{Catalogue, Entry, Known, Shelf},
    connection::{Reply, get},
    dice::Dice,
};

/// A request and its right answers.
pub(crate) struct Question {
    path: String,
    headers: String,
    pub(crate) request: Vec<u8>,
    pub(crate) expected: Expected,
    /// What the caller accepts from memory.
    pub(crate) demand: Demand,
    /// The instance that it is about, if it names one.
    pub(crate) instance: Option<&'static str>,
}

/// What is right. Where a provider has to be asked, its failure is right too.
pub(crate) enum Expected {
    /// This contact.
    Contact(Arc<Known>),
    /// Word that the caller has this contact already.
    Unchanged(Arc<Known>),
    /// Word that there is no such contact.
    Absent,
    /// This status and code, whatever the weather.
    Refusal(u16, &'static str),
}

/// Requests that are refused before any provider is asked: path, headers, status, code.
const REFUSED: &[(&str, &str, u16, &str)] = &[
    ("/contacts/", "", 400, "invalid-contact-id"),
    ("/contacts/%20", "", 400, "invalid-contact-id"),
    ("/contacts/%2E%2E", "", 400, "invalid-contact-id"),
    ("/contacts/a%00b", "", 400, "invalid-contact-id"),
    ("/contacts/%FF%FE", "", 400, "invalid-contact-id"),
    ("/contacts/rocketchat:", "", 400, "invalid-contact-id"),
    ("/contacts/periskope:1?provider=rocketchat", "", 400, "invalid-request"),
    ("/contacts/1?colour=red", "", 400, "invalid-request"),
    ("/contacts/nobody:1", "", 404, "unknown-provider"),
    ("/contacts/1?provider=nobody", "", 404, "unknown-provider"),
    ("/nowhere", "", 404, "not-found"),
    ("/contacts/tel:+4915112345678", "", 501, "unsupported-by-provider"),
    ("/contacts/1", "Cache-Control: max-age=soon\r\n", 400, "invalid-request"),
    ("/contacts/periskope:919537851844", "Accept: text/html\r\n", 406, "not-acceptable"),
];

/// What callers say of the cache.
const DEMANDS: &[(&str, Demand)] = &[
    ("no-cache", Demand { no_cache: true, ..ANY }),
    ("max-age=0", Demand { max_age: seconds(0), ..ANY }),
    ("max-age=2", Demand { max_age: seconds(2), ..ANY }),
    ("max-age=10", Demand { max_age: seconds(10), ..ANY }),
    ("max-stale=1", Demand { max_stale: seconds(1), ..ANY }),
    ("max-stale=8", Demand { max_stale: seconds(8), ..ANY }),
    ("max-stale", Demand { max_stale: Some(Duration::MAX), ..ANY }),
    ("max-age=6, max-stale=20", Demand { max_age: seconds(6), max_stale: seconds(20), ..ANY }),
    ("only-if-cached", Demand { only_if_cached: true, ..ANY }),
    ("only-if-cached, max-age=1", Demand { only_if_cached: true, max_age: seconds(1), ..ANY }),
    ("only-if-cached, max-stale=15", Demand { only_if_cached: true, max_stale: seconds(15), ..ANY }),
    ("only-if-cached, max-stale", Demand { only_if_cached: true, max_stale: Some(Duration::MAX), ..ANY }),
    ("no-cache, only-if-cached", Demand { no_cache: true, only_if_cached: true, ..ANY }),
];

/// Whatever the ages allow.
pub(crate) const ANY: Demand = Demand { no_cache: false, only_if_cached: false, max_age: None, max_stale: None };

const fn seconds(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

impl Question {
    /// One of the contacts that everybody asks for: most often from memory.
    pub(crate) fn popular(catalogue: &Catalogue, dice: &mut Dice) -> Self {
        let shelf = catalogue.shelf(dice);
        // Rarely with a demand: each of some makes a call, and there are many who ask.
        Self::contact(shelf, shelf.popular(dice), dice, 60)
    }

    /// Anything else.
    pub(crate) fn other(catalogue: &Catalogue, dice: &mut Dice) -> Self {
        let shelf = catalogue.shelf(dice);
        let instance = shelf.instance;
        match dice.below(100) {
            0..35 => Self::contact(shelf, shelf.regular(dice), dice, 300),
            35..55 => Self::contact(shelf, shelf.any(dice), dice, 100),
            55..70 => Self::absent(Some(instance), &nobody(instance, dice)).demanding(dice, 200),
            70..75 => Self::absent(None, &nobody(instance, dice)),
            75..80 => Self::absent(Some(instance), dice.pick::<String>(&shelf.gone)).demanding(dice, 200),
            // No kind knows this shape, so that all instances are asked.
            80..85 => Self::absent(None, &format!("nobody-{}", dice.below(1000))).demanding(dice, 200),
            _ => {
                let (path, headers, status, code) = *dice.pick(REFUSED);
                Self::new(None, path, headers, Expected::Refusal(status, code))
            }
        }
    }

    /// An id that nobody has, whichever instance is asked.
    pub(crate) fn absent(instance: Option<&'static str>, id: &str) -> Self {
        let path = instance.map_or_else(|| format!("/contacts/{id}"), |instance| format!("/contacts/{instance}:{id}"));
        Self::new(instance, &path, "", Expected::Absent)
    }

    /// A contact, and nothing else.
    pub(crate) fn plain(instance: &'static str, known: &Arc<Known>) -> Self {
        let path = format!("/contacts/{instance}:{}", known.id);
        Self::new(Some(instance), &path, "", Expected::Contact(Arc::clone(known)))
    }

    /// What is known of the page that the question is about.
    pub(crate) fn entry(&self) -> Entry {
        match &self.expected {
            Expected::Contact(known) | Expected::Unchanged(known) => known.entry(),
            Expected::Absent | Expected::Refusal(..) => Entry::default(),
        }
    }

    /// Takes note of what a right answer tells of the page.
    pub(crate) fn note(&self, reply: &Reply) {
        let age = reply.header("age").and_then(|age| age.parse().ok());
        if let (Expected::Contact(known) | Expected::Unchanged(known), Some(age)) = (&self.expected, age) {
            known.note(age);
        }
    }

    /// A contact, asked for in one of the ways in which that can be done, and so many times in a thousand with a demand.
    fn contact(shelf: &Shelf, known: &Arc<Known>, dice: &mut Dice, demands: usize) -> Self {
        let (id, instance) = (&known.id, shelf.instance);
        let (named, path) = match dice.below(20) {
            0..15 => (true, format!("/contacts/{instance}:{id}")),
            15..18 => (false, format!("/contacts/{id}")),
            18 => (true, format!("/contacts/{id}?provider={instance}")),
            _ => (true, format!("/contacts/{instance}%3A{id}")),
        };
        let (is_known, headers) = match dice.below(100) {
            0..65 => (false, String::new()),
            65..88 => (true, format!("If-None-Match: {}\r\n", known.etag)),
            88..94 => (false, "If-None-Match: \"another\"\r\n".to_owned()),
            _ => (false, "Accept: application/json\r\n".to_owned()),
        };
        let expected = if is_known { Expected::Unchanged } else { Expected::Contact };
        Self::new(named.then_some(instance), &path, &headers, expected(Arc::clone(known))).demanding(dice, demands)
    }

    /// The same, so many times in a thousand with a demand.
    fn demanding(self, dice: &mut Dice, per_mille: usize) -> Self {
        if dice.chance(per_mille) { self.with(dice.pick(DEMANDS)) } else { self }
    }

    fn with(self, (directives, demand): &(&str, Demand)) -> Self {
        let headers = format!("{}Cache-Control: {directives}\r\n", self.headers);
        Self { demand: *demand, ..Self::new(self.instance, &self.path, &headers, self.expected) }
    }

    fn new(instance: Option<&'static str>, path: &str, headers: &str, expected: Expected) -> Self {
        let (path, headers) = (path.to_owned(), headers.to_owned());
        Self { request: get(&path, &headers), path, headers, expected, demand: ANY, instance }
    }

    /// What it asks for, to tell it where the answer is wrong.
    pub(crate) fn text(&self) -> String {
        format!("{} {:?}", self.path, self.headers)
    }
}

/// An id that nobody has, and hardly anybody has asked for before.
pub(crate) fn nobody(instance: &str, dice: &mut Dice) -> String {
    match instance {
        // In a country that doesn't exist.
        "periskope" => format!("1000{:07}", dice.below(10_000_000)),
        _ => format!("ffffffff{:016x}", dice.throw()),
    }
}

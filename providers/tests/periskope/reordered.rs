//! A Periskope whose list has another order, or other habits, than the emulated one's.

use std::{cmp::Ordering, fmt, sync::Mutex};

use bytes::Bytes;
use providers::emulator::{Change, Emulated, Request, Response};
use serde_json::{Value, json};

/// A server that lists in an order of its own.
pub(crate) struct Reordered {
    inner: Box<dyn Emulated>,
    order: fn(&Value, &Value) -> Ordering,
    /// What the first contact's offset is.
    base: usize,
    /// The most contacts that it gives, whatever it is asked for.
    most: usize,
    /// The list, until something changes.
    list: Mutex<Option<Vec<Value>>>,
}

impl Reordered {
    pub(crate) fn new(inner: Box<dyn Emulated>, order: fn(&Value, &Value) -> Ordering) -> Self {
        Self { inner, order, base: 0, most: 2000, list: Mutex::default() }
    }

    /// With another first offset, and giving fewer contacts.
    pub(crate) fn habits(self, base: usize, most: usize) -> Self {
        Self { base, most, ..self }
    }

    fn read(&self, request: &Request) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let mut part = http::Request::get(format!("/v1/contacts?limit=2000&offset={}", all.len()));
            *part.headers_mut().unwrap() = request.headers().clone();
            let answer = self.inner.answer(&part.body(Bytes::new()).unwrap());
            let mut page: Value = serde_json::from_slice(answer.body()).unwrap();
            let contacts = page["contacts"].as_array_mut().unwrap();
            if contacts.is_empty() {
                break;
            }
            all.append(contacts);
        }
        all.sort_by(self.order);
        all
    }
}

impl fmt::Debug for Reordered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl Emulated for Reordered {
    fn base_path(&self) -> &'static str {
        self.inner.base_path()
    }

    fn answer(&self, request: &Request) -> Response {
        if request.uri().path() != "/v1/contacts" {
            return self.inner.answer(request);
        }
        let mut list = self.list.lock().unwrap();
        let all = list.get_or_insert_with(|| self.read(request));
        let query = request.uri().query().unwrap_or_default();
        let number = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.parse::<usize>().ok());
        let offset = number("offset=").unwrap_or(self.base).saturating_sub(self.base);
        let limit = number("limit=").unwrap_or(2000).min(self.most);
        let contacts: Vec<_> = all.iter().skip(offset).take(limit).collect();
        let count = contacts.len();
        let body = json!({ "contacts": contacts, "count": count, "from": offset, "to": offset + count }).to_string();
        http::Response::builder().header("content-type", "application/json").body(body.into()).unwrap()
    }

    fn change(&self, change: Change) -> String {
        *self.list.lock().unwrap() = None;
        self.inner.change(change)
    }
}

fn text<'a>(contact: &'a Value, field: &str) -> Option<&'a str> {
    contact[field].as_str()
}

pub(crate) fn by_id(one: &Value, other: &Value) -> Ordering {
    text(one, "contact_id").cmp(&text(other, "contact_id"))
}

pub(crate) fn oldest_first(one: &Value, other: &Value) -> Ordering {
    text(one, "updated_at").cmp(&text(other, "updated_at")).then(by_id(one, other))
}

/// Those without a time at the end.
pub(crate) fn newest_first(one: &Value, other: &Value) -> Ordering {
    text(other, "updated_at").cmp(&text(one, "updated_at")).then(by_id(one, other))
}

/// By creation, the newest first: whoever was changed of late stays among the oldest.
pub(crate) fn by_creation(one: &Value, other: &Value) -> Ordering {
    let created = |contact| text(contact, "updated_at").map(|time| if time > "2026" { "2025-01-05" } else { time });
    created(other).cmp(&created(one)).then(by_id(one, other))
}

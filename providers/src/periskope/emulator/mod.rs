//! An emulated Periskope.

mod book;
mod documents;

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::form_urlencoded;

use self::book::Book;
use super::{jid, message};
use crate::{
    Rate,
    emulator::{Change, Emulated, Emulation, Message, Request, Response, Setup, Window, respond, set},
};

const API_KEY: &str = "emulated-key-of-no-use-elsewhere";
const WEBHOOK_KEY: &str = "emulated-webhook-key-of-no-use-elsewhere";
const RATE: Rate = Rate::per_seconds(10, 1);
const BASE: &str = "/v1";

/// A server of January 2025.
pub(crate) const EMULATION: Emulation = Emulation {
    instance: "periskope",
    settings: &[("api_key", API_KEY), ("phone", "919876543210"), ("webhook_key", WEBHOOK_KEY)],
    documented: &[
        "919537851844",
        "919289665999",
        "120363231636311517@g.us",
        "120363144038483540@newsletter",
        "status@broadcast",
    ],
    absent: "10000000001",
    made_up: Book::made_up,
    build: |setup| Box::new(Server::new(setup)),
    webhook: Some(webhook),
};

#[derive(Debug)]
struct Server {
    window: Window,
    book: Mutex<Book>,
}

impl Server {
    fn new(setup: Setup) -> Self {
        Self { window: Window::new(setup.rate.unwrap_or(RATE)), book: Mutex::new(Book::new(setup.people())) }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to whoever may ask; `None` where Express has no such route.
    fn route(&self, request: &Request) -> Option<Response> {
        let rest = request.uri().path().strip_prefix("/v1/contacts")?;
        match (request.method(), rest.strip_prefix('/')) {
            (&Method::GET, None) if rest.is_empty() => Some(self.list(request.uri().query().unwrap_or_default())),
            (&Method::GET, Some(id)) if !id.is_empty() && !id.contains('/') => {
                let contact = self.book().find(&percent_decode_str(id).decode_utf8_lossy());
                Some(contact.map_or_else(|| failure(404, "NOT_FOUND_ERROR", "Contact not found"), |body| ok(&body)))
            }
            (&Method::POST, Some("create")) => Some(self.create(request)),
            _ => None,
        }
    }

    fn list(&self, query: &str) -> Response {
        let number = |name: &str, default| {
            let text = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
            text.map_or(Some(default), |(_, text)| text.parse::<usize>().ok())
        };
        match (number("offset", 0), number("limit", 2000)) {
            (Some(offset), Some(limit)) if limit <= 2000 => {
                let contacts = self.book().page(offset, limit);
                let (count, end, contacts) = (contacts.len(), offset + contacts.len(), contacts.join(","));
                ok(&format!("{{\"contacts\":[{contacts}],\"count\":{count},\"from\":{offset},\"to\":{end}}}"))
            }
            _ => {
                let body = include_str!("../fixtures/error-422-limit.json");
                respond(422, "application/json; charset=utf-8", body)
            }
        }
    }

    fn create(&self, request: &Request) -> Response {
        if !request.headers().contains_key("x-phone") {
            let body = include_str!("../fixtures/error-422-missing-x-phone.json");
            return respond(422, "application/json; charset=utf-8", body);
        }
        let wanted: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let text = |field: &str| wanted[field].as_str().filter(|text| !text.is_empty());
        let (Some(name), Some(id)) = (text("contact_name"), text("contact_id").and_then(jid::digits)) else {
            let field = if text("contact_name").is_none() { "contact_name" } else { "contact_id" };
            let fields = json!({ field: { "message": format!("{field} is missing") } });
            let body = json!({
                "code": "VALIDATION_ERROR", "fields": fields, "message": "Invalid body", "name": "Validation Error", "status": 422,
            });
            return respond(422, "application/json; charset=utf-8", body.to_string());
        };
        ok(&self.book().create(id, name))
    }
}

impl Emulated for Server {
    fn base_path(&self) -> &'static str {
        BASE
    }

    fn answer(&self, request: &Request) -> Response {
        // One limit for the whole key.
        let count = self.window.count("key");
        let mut response = if count.exceeded {
            let words = format!("You can only make {} requests per second", count.limit);
            let mut response = failure(429, "RATE_LIMIT_ERROR", &words);
            set(&mut response, "retry-after", &(count.left().as_secs() + 1).to_string());
            response
        } else if request.headers().get("authorization").is_none_or(|value| value != &format!("Bearer {API_KEY}")) {
            failure(401, "UNAUTHORIZED_ERROR", "Invalid bearer auth token")
        } else {
            self.route(request).unwrap_or_else(|| no_route(request))
        };
        set(&mut response, "x-powered-by", "Express");
        set(&mut response, "access-control-allow-origin", "*");
        set(&mut response, "x-ratelimit-limit", &count.limit.to_string());
        set(&mut response, "x-ratelimit-remaining", &count.remaining.to_string());
        // Whole seconds, rounded up.
        set(&mut response, "x-ratelimit-reset", &count.epoch().as_millis().div_ceil(1000).to_string());
        set(&mut response, "x-periskope-org-id", documents::ORG);
        response
    }

    fn change(&self, change: Change) -> String {
        self.book().change(change)
    }
}

fn ok(body: &str) -> Response {
    respond(200, "application/json; charset=utf-8", body.to_owned())
}

fn failure(status: u16, code: &str, message: &str) -> Response {
    let body = json!({ "code": code, "message": message, "status": status });
    respond(status, "application/json; charset=utf-8", body.to_string())
}

fn no_route(request: &Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    let page =
        format!("<!DOCTYPE html>\n<html lang=\"en\">\n<body>\n<pre>Cannot {method} {path}</pre>\n</body>\n</html>\n");
    respond(404, "text/html; charset=utf-8", page)
}

/// Says that a contact has left a group.
fn webhook(id: &str) -> Message {
    let mut message: Value =
        serde_json::from_str(include_str!("../fixtures/webhook-chat-notification-created.json")).unwrap_or_default();
    let jid = jid::digits(id).map_or_else(|| id.to_owned(), |digits| format!("{digits}@c.us"));
    message["data"]["recipientids"] = json!([jid]);
    let body = message.to_string();
    let mut headers = http::HeaderMap::new();
    if let Ok(signature) = message::sign(WEBHOOK_KEY, body.as_bytes()).parse() {
        headers.insert(message::SIGNATURE, signature);
    }
    Message { headers, body: body.into() }
}

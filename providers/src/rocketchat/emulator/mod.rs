//! An emulated Rocket.Chat server: one of each generation.

mod documents;

use std::ops::Range;

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    Rate,
    emulator::{Count, Emulated, Emulation, Request, Response, Window, respond, set},
};

const USER_ID: &str = "rbAXPnMktTFbNpwtJ";
const AUTH_TOKEN: &str = "emulated-token-of-no-use-elsewhere";
const SETTINGS: &[(&str, &str)] = &[("user_id", USER_ID), ("auth_token", AUTH_TOKEN)];
const RATE: Rate = Rate::per_seconds(10, 60);

/// A server of 8.8.
pub(crate) const MODERN: Emulation = Emulation {
    instance: "rocketchat",
    settings: SETTINGS,
    documented: &["673c76df47a6c9b89dd263d8", "67a0c4f2b3d1e45f8a9c0d12", "67c1f00dbeef0badcafe0001"],
    absent: "ffffffffffffffffffffffff",
    made_up: || Era::Modern.people().map(documents::contact_id).collect(),
    build: |rate| Box::new(Server::new(Era::Modern, rate)),
};

/// A server of 6.5.
pub(crate) const LEGACY: Emulation = Emulation {
    instance: "rocketchat_legacy",
    settings: SETTINGS,
    documented: &["653f9ce1a2f73c7460e18e82", "gAoxwhBGgEh8cyKx4"],
    absent: "ffffffffffffffffffffffff",
    made_up: || Era::Legacy.people().map(documents::visitor_id).collect(),
    build: |rate| Box::new(Server::new(Era::Legacy, rate)),
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Era {
    Modern,
    Legacy,
}

#[derive(Debug)]
struct Server {
    era: Era,
    window: Window,
}

impl Era {
    /// Whom the server knows. The eras, and Periskope, have some people in common.
    fn people(self) -> Range<u32> {
        match self {
            Self::Modern => 0..1200,
            Self::Legacy => 400..1600,
        }
    }

    fn version(self) -> &'static str {
        match self {
            Self::Modern => "8.8",
            Self::Legacy => "6.5",
        }
    }
}

impl Server {
    fn new(era: Era, rate: Option<Rate>) -> Self {
        Self { era, window: Window::new(rate.unwrap_or(RATE)) }
    }

    fn contact(&self, request: &Request) -> Response {
        let id = match modern_parameter(request) {
            Ok(id) => id,
            Err(error) => return failure(400, &format!("{error} [invalid-params]"), Some("invalid-params")),
        };
        match documents::contact(&id, self.era.people()) {
            Some(contact) => success(json!({ "contact": contact })),
            None => failure(404, "Resource not found", None),
        }
    }

    fn visitor(&self, request: &Request) -> Response {
        let mut id = None;
        for (name, value) in parameters(request) {
            if name != "contactId" {
                return failure(400, &format!("Match error: Unknown key in field {name}"), None);
            }
            id = Some(value);
        }
        match id {
            None => failure(400, "Match error: Missing key 'contactId'", None),
            // Also for the empty id.
            Some(id) => success(json!({ "contact": documents::visitor(&id, self.era.people()) })),
        }
    }

    fn admits(&self, request: &Request) -> bool {
        let is = |name: &str, expected: &str| request.headers().get(name).is_some_and(|value| value == expected);
        is("x-user-id", USER_ID) && is("x-auth-token", AUTH_TOKEN)
    }

    fn not_logged_in(&self) -> Response {
        const WORDS: &str = "You must be logged in to do this.";
        match self.era {
            Era::Modern => json(401, &json!({ "success": false, "error": WORDS, "status": "error", "message": WORDS })),
            Era::Legacy => json(401, &json!({ "status": "error", "message": WORDS })),
        }
    }

    fn no_such_route(&self) -> Response {
        match self.era {
            Era::Modern => respond(404, "text/plain", "404 Not Found"),
            // The web app's page.
            Era::Legacy => {
                respond(200, "text/html; charset=utf-8", "<!DOCTYPE html><html><head></head><body></body></html>")
            }
        }
    }
}

impl Emulated for Server {
    fn answer(&self, request: &Request) -> Response {
        let path = request.uri().path();
        if path == "/api/info" {
            return json(200, &json!({ "version": self.era.version(), "success": true }));
        }
        let route: fn(&Self, &Request) -> Response = match (path, self.era) {
            ("/api/v1/omnichannel/contacts.get", Era::Modern) => Self::contact,
            ("/api/v1/omnichannel/contact", _) => Self::visitor,
            _ => return self.no_such_route(),
        };
        if request.method() != http::Method::GET {
            let body = json!({ "status": "error", "message": "API endpoint does not exist" });
            let mut response = json(405, &body);
            set(&mut response, "allow", "GET");
            return response;
        }
        if !self.admits(request) {
            return self.not_logged_in();
        }
        let count = self.window.count(path);
        let mut response = if count.exceeded { too_many(&count) } else { route(self, request) };
        set(&mut response, "x-ratelimit-limit", &count.limit.to_string());
        set(&mut response, "x-ratelimit-remaining", &count.remaining.to_string());
        set(&mut response, "x-ratelimit-reset", &count.epoch().as_millis().to_string());
        response
    }
}

/// The one parameter of contacts.get, checked as the server's schema does.
fn modern_parameter(request: &Request) -> Result<String, &'static str> {
    let (known, unknown): (Vec<_>, Vec<_>) = parameters(request).into_iter().partition(|(name, _)| name == "contactId");
    match known.as_slice() {
        [] => Err("must have required property 'contactId'"),
        _ if !unknown.is_empty() => Err("must NOT have additional properties"),
        [(_, id)] if id.trim().is_empty() => Err("must pass \"isNotEmpty\" keyword validation"),
        [(_, id)] => Ok(id.clone()),
        _ => Err("must be string"),
    }
}

fn parameters(request: &Request) -> Vec<(String, String)> {
    form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect()
}

fn too_many(count: &Count) -> Response {
    let wait = count.left().as_secs() + 1;
    let words = format!(
        "Error, too many requests. Please slow down. You must wait {wait} seconds before trying this endpoint again. \
         [error-too-many-requests]"
    );
    failure(429, &words, None)
}

fn success(mut body: Value) -> Response {
    body["success"] = true.into();
    json(200, &body)
}

fn failure(status: u16, error: &str, error_type: Option<&str>) -> Response {
    let mut body = json!({ "success": false, "error": error });
    if let Some(error_type) = error_type {
        body["errorType"] = error_type.into();
    }
    json(status, &body)
}

fn json(status: u16, body: &Value) -> Response {
    let mut response = respond(status, "application/json", body.to_string());
    set(&mut response, "cache-control", "no-store");
    set(&mut response, "pragma", "no-cache");
    response
}

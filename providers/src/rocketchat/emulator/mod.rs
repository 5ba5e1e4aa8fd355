//! An emulated Rocket.Chat server: one of each generation.

mod documents;
mod hook;
mod order;
mod people;
mod registration;
mod reply;
mod routes;
mod search;
mod store;

use serde_json::json;

use self::{
    documents::Sort,
    reply::{reply, too_many},
    routes::route,
    store::Store,
};
use crate::{
    Rate,
    emulator::{Change, Emulated, Emulation, Request, Response, Setup, Window, respond, set},
};

const USER_ID: &str = "rbAXPnMktTFbNpwtJ";
const AUTH_TOKEN: &str = "emulated-token-of-no-use-elsewhere";
const SETTINGS: &[(&str, &str)] = &[("user_id", USER_ID), ("auth_token", AUTH_TOKEN), ("webhook_token", hook::TOKEN)];
const RATE: Rate = Rate::per_seconds(10, 60);
/// The own limit of `POST livechat/visitor`.
const VISITOR_RATE: Rate = Rate::per_seconds(5, 60);

/// A server of 8.8.
pub(crate) const MODERN: Emulation = Emulation {
    instance: "rocketchat",
    settings: SETTINGS,
    documented: &["673c76df47a6c9b89dd263d8", "67a0c4f2b3d1e45f8a9c0d12", "67c1f00dbeef0badcafe0001"],
    absent: "ffffffffffffffffffffffff",
    made_up: || Era::Modern.made_up(),
    build: |setup| Box::new(Server::new(Era::Modern, setup)),
    webhook: Some(hook::about_contact),
};

/// A server of 6.5.
pub(crate) const LEGACY: Emulation = Emulation {
    instance: "rocketchat_legacy",
    settings: SETTINGS,
    documented: &["653f9ce1a2f73c7460e18e82", "gAoxwhBGgEh8cyKx4"],
    absent: "ffffffffffffffffffffffff",
    made_up: || Era::Legacy.made_up(),
    build: |setup| Box::new(Server::new(Era::Legacy, setup)),
    webhook: Some(hook::about_visitor),
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
    visitor_window: Window,
    contacts: Store,
    visitors: Store,
}

impl Era {
    /// The ids of the usual people.
    fn made_up(self) -> Vec<String> {
        let sort = match self {
            Self::Modern => Sort::Contact,
            Self::Legacy => Sort::Visitor,
        };
        (self.first()..self.first() + Setup::default().people()).map(|index| sort.id(index)).collect()
    }

    /// The first whom the server knows. The eras, and Periskope, have some people in common.
    fn first(self) -> u32 {
        match self {
            Self::Modern => 0,
            Self::Legacy => 400,
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
    fn new(era: Era, setup: Setup) -> Self {
        let people = era.first()..era.first() + setup.people();
        Self {
            era,
            window: Window::new(setup.rate.unwrap_or(RATE)),
            visitor_window: Window::new(setup.rate.unwrap_or(VISITOR_RATE)),
            contacts: Store::new(Sort::Contact, people.clone()),
            visitors: Store::new(Sort::Visitor, people),
        }
    }

    fn admits(&self, request: &Request) -> bool {
        let is = |name: &str, expected: &str| request.headers().get(name).is_some_and(|value| value == expected);
        is("x-user-id", USER_ID) && is("x-auth-token", AUTH_TOKEN)
    }

    fn not_logged_in(&self) -> Response {
        const WORDS: &str = "You must be logged in to do this.";
        match self.era {
            Era::Modern => {
                reply(401, &json!({ "success": false, "error": WORDS, "status": "error", "message": WORDS }))
            }
            Era::Legacy => reply(401, &json!({ "status": "error", "message": WORDS })),
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
            return reply(200, &json!({ "version": self.era.version(), "success": true }));
        }
        let Some((method, answer)) = route(path, self.era) else { return self.no_such_route() };
        if request.method() != method {
            let body = json!({ "status": "error", "message": "API endpoint does not exist" });
            let mut response = reply(405, &body);
            set(&mut response, "allow", method.as_str());
            return response;
        }
        let is_open = path.ends_with("livechat/visitor");
        if !is_open && !self.admits(request) {
            return self.not_logged_in();
        }
        let count = if is_open { self.visitor_window.count(path) } else { self.window.count(path) };
        let mut response = if count.exceeded { too_many(&count) } else { answer(self, request) };
        set(&mut response, "x-ratelimit-limit", &count.limit.to_string());
        set(&mut response, "x-ratelimit-remaining", &count.remaining.to_string());
        set(&mut response, "x-ratelimit-reset", &count.epoch().as_millis().to_string());
        response
    }

    fn change(&self, change: Change) -> String {
        match self.era {
            Era::Modern => self.contacts.change(change),
            Era::Legacy => self.visitors.change(change),
        }
    }
}

//! Emulated upstreams: servers on loopback that answer as the real ones do, with faults on demand.
//!
//! One emulator, three uses: the conformance suite, the gateway's own tests, the sandbox.

mod canned;
mod fault;
mod people;
mod server;
mod stream;
mod window;

use std::fmt;

use bytes::Bytes;

pub use self::{
    canned::Canned,
    fault::{Fault, UnknownFault},
    server::{Emulator, Seen},
};
pub(crate) use self::{
    people::Person,
    window::{Count, Window},
};
use crate::Rate;

/// What an emulated server is asked.
pub type Request = http::Request<Bytes>;
/// What an emulated server answers.
pub type Response = http::Response<Bytes>;

/// One server that a kind can emulate.
#[derive(Debug)]
pub struct Emulation {
    /// The name that the sandbox gives the instance.
    pub instance: &'static str,
    /// Settings with which the server lets a client in.
    pub settings: &'static [(&'static str, &'static str)],
    /// Ids from the upstream's documentation; each is found.
    pub documented: &'static [&'static str],
    /// A well-formed id that does not exist.
    pub absent: &'static str,
    /// The ids of the people that the server makes up. A few may have been erased.
    pub made_up: fn() -> Vec<String>,
    /// Makes the server's behaviour.
    pub build: fn(Setup) -> Box<dyn Emulated>,
    /// A webhook's message which says that the contact with this id has changed, signed with the secret in `settings`; `None`
    /// where there are no webhooks.
    pub webhook: Option<fn(&str) -> Message>,
}

/// What differs between servers of one kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setup {
    /// The rate limit per route; `None`: the real one.
    pub rate: Option<Rate>,
    /// How many made-up people it knows beside the documented contacts; `None`: some more than a thousand.
    pub people: Option<u32>,
}

impl Setup {
    /// The usual people, and this limit.
    #[must_use]
    pub fn limited(rate: Rate) -> Self {
        Self { rate: Some(rate), people: None }
    }

    /// How many people there are.
    pub(crate) fn people(&self) -> u32 {
        self.people.unwrap_or(1200)
    }
}

/// A webhook's message, as it goes over the wire.
#[derive(Debug, Clone)]
pub struct Message {
    /// The headers, the signature among them.
    pub headers: http::HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// What people on the other side do to their contacts. A number is that of a made-up person: the server's first is 0, and
/// those that it does not know yet begin after its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// There is a contact more.
    Appear(u32),
    /// There is one less.
    Vanish(u32),
    /// One has been changed just now.
    Touch(u32),
}

/// How a server answers. Its state is its own; connections and faults are the host's.
pub trait Emulated: Send + Sync + fmt::Debug {
    /// The path under which the API lives, without a slash at the end: `""`, `"/v1"`.
    fn base_path(&self) -> &'static str {
        ""
    }

    /// Answers one request.
    fn answer(&self, request: &Request) -> Response;

    /// Changes a contact, and returns its id. A server without contacts of its own changes nothing.
    fn change(&self, change: Change) -> String {
        let _ = change;
        String::new()
    }
}

/// An answer with this status, content type and body.
pub(crate) fn respond(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    set(&mut response, "content-type", content_type);
    response
}

/// Sets a header; a text that can't be one is left out.
pub(crate) fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
}

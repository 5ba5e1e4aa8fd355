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
    /// Makes the server's behaviour, with this rate limit per route (`None`: the real one).
    pub build: fn(Option<Rate>) -> Box<dyn Emulated>,
}

/// How a server answers. Its state is its own; connections and faults are the host's.
pub trait Emulated: Send + Sync + fmt::Debug {
    /// The path under which the API lives, without a slash at the end: `""`, `"/v1"`.
    fn base_path(&self) -> &'static str {
        ""
    }

    /// Answers one request.
    fn answer(&self, request: &Request) -> Response;
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

//! Emulated upstreams: servers on loopback that answer as the real ones do, with faults on demand.
//!
//! One emulator, three uses: the conformance suite, the gateway's own tests, the sandbox.

use std::fmt;

use crate::Rate;

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
    fn answer(&self, request: &http::Request<bytes::Bytes>) -> http::Response<bytes::Bytes>;
}

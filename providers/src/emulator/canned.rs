//! A server that always gives the same answer.

use super::{Emulated, Request, Response, respond, set};

/// A server that always gives the same answer: for bodies that a real server would rarely give.
#[derive(Debug, Clone)]
pub struct Canned {
    base_path: &'static str,
    status: u16,
    content_type: String,
    headers: Vec<(&'static str, String)>,
    body: bytes::Bytes,
}

impl Canned {
    /// A server whose API lives under `base_path` and always answers like this.
    pub fn new(base_path: &'static str, status: u16, content_type: &str, body: impl Into<bytes::Bytes>) -> Self {
        Self { base_path, status, content_type: content_type.to_owned(), headers: Vec::new(), body: body.into() }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

impl Emulated for Canned {
    fn base_path(&self) -> &'static str {
        self.base_path
    }

    fn answer(&self, _: &Request) -> Response {
        let mut response = respond(self.status, &self.content_type, self.body.clone());
        for (name, value) in &self.headers {
            set(&mut response, name, value);
        }
        response
    }
}

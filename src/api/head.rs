//! What a request says, whoever has read it.

use actix_web::{dev::RequestHead, http::header::HeaderName};

/// The head of a request: read by the server, or [as it came](super::plain::Plain).
pub(super) trait Head {
    /// The path as it was sent, without what follows a `?`.
    fn path(&self) -> &str;

    /// The values of every header of this name, in their order.
    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]>;

    /// Those of them that are texts of ASCII.
    fn texts<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a str> {
        self.values(name).filter_map(text)
    }
}

impl Head for RequestHead {
    fn path(&self) -> &str {
        self.uri.path()
    }

    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]> {
        self.headers().get_all(name).map(|value| value.as_bytes())
    }
}

/// The value of a header, if it is a text of ASCII. Whoever has read it has let nothing else pass that can't be seen (RFC 9110, 5.5).
pub(super) fn text(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok().filter(|text| text.is_ascii())
}

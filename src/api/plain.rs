//! Requests as they come over a connection, as far as every server would read them in the same way.

use actix_web::http::header::HeaderName;
use httparse::{EMPTY_HEADER, Header, Request, Status};

use super::head::Head;

/// Who sends more headers is somebody else's affair.
const MOST_HEADERS: usize = 32;

/// A `GET` without a body, after which the connection goes on: nothing of it decides where the next request begins, or which
/// protocol it is in.
pub(crate) struct Plain<'a> {
    path: &'a str,
    query: Option<&'a str>,
    headers: &'a [Header<'a>],
    /// How many bytes it has.
    pub(crate) length: usize,
}

/// Room for the headers of a request.
pub(crate) type Room<'a> = [Header<'a>; MOST_HEADERS];

impl<'a> Plain<'a> {
    /// Room for the headers of any.
    pub(crate) const fn room() -> Room<'a> {
        [EMPTY_HEADER; MOST_HEADERS]
    }

    /// The request that these bytes begin with; `None` if it is not as plain as that, or not all there.
    pub(crate) fn read(bytes: &'a [u8], room: &'a mut Room<'a>) -> Option<Self> {
        // What every other method begins with is known without looking at the rest, which may be long.
        if !bytes.starts_with(b"GET /") {
            return None;
        }
        let mut request = Request::new(room);
        let Ok(Status::Complete(length)) = request.parse(bytes) else { return None };
        let (target, headers) = (request.path?, &*request.headers);
        let is_plain = target.bytes().all(is_of_a_path) && headers.iter().all(goes_on);
        // A request for several hosts, or none, is refused (RFC 9112, 3.2).
        let hosts = headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host")).count();
        if request.version != Some(1) || hosts != 1 || !is_plain {
            return None;
        }
        let (path, query) = match target.bytes().position(|byte| byte == b'?') {
            Some(end) => (&target[..end], Some(&target[end + 1..])),
            None => (target, None),
        };
        Some(Self { path, query, headers, length })
    }

    /// What follows the path.
    pub(super) fn query(&self) -> Option<&str> {
        self.query
    }
}

impl Head for Plain<'_> {
    fn path(&self) -> &str {
        self.path
    }

    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]> {
        let has_name = |header: &&Header<'_>| header.name.eq_ignore_ascii_case(name.as_str());
        self.headers.iter().filter(has_name).map(|header| header.value)
    }
}

/// What a path and a query consist of (RFC 3986, 3.3 and 3.4). Libraries differ in what else they let pass.
fn is_of_a_path(byte: u8) -> bool {
    // From `$` to `;` are digits, and `%&'()*+,-./:` between them.
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'$'..=b';' | b'!' | b'=' | b'?' | b'@' | b'_' | b'~')
}

/// Whether the next request begins where this header's does end, over the same protocol (RFC 9112, 6 and 9; RFC 9110, 7.8 and 10.1.1).
fn goes_on(header: &Header<'_>) -> bool {
    let is = |name: &str| header.name.eq_ignore_ascii_case(name);
    match header.name.len() {
        6 => !is("expect"),
        7 => !is("upgrade"),
        10 => !is("connection") || header.value.eq_ignore_ascii_case(b"keep-alive"),
        14 => !is("content-length"),
        17 => !is("transfer-encoding"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use actix_http::{
        HttpMessage as _,
        h1::{Codec, Message, MessageType},
    };
    use actix_web::{
        http::header::{ACCEPT, AUTHORIZATION, HOST},
        web::BytesMut,
    };
    use proptest::{prelude::*, test_runner::TestRunner};
    use tokio_util::codec::Decoder as _;

    use super::*;

    fn request(lines: &str) -> String {
        format!("GET /contacts/a:1 HTTP/1.1\r\nHost: x\r\n{lines}\r\n")
    }

    fn is_plain(bytes: &str) -> bool {
        Plain::read(bytes.as_bytes(), &mut Plain::room()).is_some()
    }

    #[test]
    fn a_plain_request_is_read_up_to_its_end() {
        let bytes = request("ACCEPT: a\r\nauthorization:Bearer k \r\nConnection: Keep-Alive\r\naccept: b\r\n");
        let two = bytes.clone() + "GET";
        let mut room = Plain::room();
        let plain = Plain::read(two.as_bytes(), &mut room).unwrap();
        assert_eq!((plain.length, plain.path(), plain.query()), (bytes.len(), "/contacts/a:1", None));
        let all = |name| plain.texts(name).collect::<Vec<_>>();
        assert_eq!((all(&ACCEPT), all(&AUTHORIZATION), all(&HOST)), (vec!["a", "b"], vec!["Bearer k"], vec!["x"]));
    }

    #[test]
    fn what_follows_a_question_mark_is_no_part_of_the_path() {
        let mut room = Plain::room();
        let plain = Plain::read(b"GET /contacts/a?b=c?d HTTP/1.1\r\nHost: x\r\n\r\n", &mut room).unwrap();
        assert_eq!((plain.path(), plain.query()), ("/contacts/a", Some("b=c?d")));
    }

    #[test]
    fn whatever_decides_where_the_next_request_begins_is_not_plain() {
        for line in [
            "Content-Length: 0",
            "content-length: 5",
            "Transfer-Encoding: chunked",
            "TRANSFER-ENCODING: identity",
            "Expect: 100-continue",
            "Upgrade: h2c",
            "Connection: close",
            "Connection: upgrade",
            "Connection: keep-alive, close",
            "Host: y",
        ] {
            assert!(!is_plain(&request(&format!("{line}\r\n"))), "{line}");
        }
    }

    #[test]
    fn nor_is_what_is_no_whole_request_of_this_version() {
        let whole = request("Accept: */*\r\n");
        for length in 0..whole.len() {
            assert!(!is_plain(&whole[..length]), "{length}");
        }
        for other in [
            "GET / HTTP/1.1\r\n\r\n",
            "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: x\r\n\r\n",
            "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /\u{e9} HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /a\"b HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        ] {
            assert!(!is_plain(other), "{other}");
        }
        assert!(!is_plain(&request(&"A: b\r\n".repeat(MOST_HEADERS))));
    }

    fn one(of: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
        prop::sample::select(of)
    }

    /// Texts that are put together from what requests consist of, and from what should not be in them.
    fn nearly_requests() -> impl Strategy<Value = String> {
        let end = || one(&["\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\n "]);
        let first = (
            one(&["GET ", "GET ", "GET ", "get ", "GET", "HEAD ", "\r\nGET "]),
            one(&["/", "/contacts/a:1", "/a?b", "/a?b?c", "/%2e", "//x", "/a b", "*", "/\u{e9}", "/a|b", "/a#b"]),
            one(&[" HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.0", "  HTTP/1.1", " HTTP/1.1 ", ""]),
            end(),
            one(&["Host: x\r\n", "Host: x\r\n", "Host: x\r\n", ""]),
        );
        let line = (
            one(&[
                "host",
                "ACCEPT",
                "X-Long",
                "Connection",
                "content-length",
                "Transfer-Encoding",
                "expect",
                "upgrade",
                "a b",
                "",
            ]),
            one(&[":", ": ", ":  ", " :", ""]),
            one(&[
                "",
                "a",
                "keep-alive ",
                "close",
                "0",
                "7",
                "chunked",
                "100-continue",
                "\u{e9}",
                "a\tb",
                "\u{7f}",
                "\u{0}",
            ]),
            end(),
        );
        (first, prop::collection::vec(line, 0..4), end()).prop_map(|(first, lines, end)| {
            let lines: String =
                lines.iter().map(|(name, colon, value, end)| [*name, colon, value, end].concat()).collect();
            [first.0, first.1, first.2, first.3, first.4, &lines, end, "GET / HTTP/1.1\r\n\r\n"].concat()
        })
    }

    /// Whether it is plain at all; if so, it has to be the same to the server.
    fn is_the_same_to_the_server(text: &str) -> Result<bool, TestCaseError> {
        let mut room = Plain::room();
        let Some(plain) = Plain::read(text.as_bytes(), &mut room) else { return Ok(false) };
        let (mut codec, mut bytes) = (Codec::default(), BytesMut::from(text.as_bytes()));
        let Ok(Some(Message::Item(request))) = codec.decode(&mut bytes) else {
            return Err(TestCaseError::fail("the server can't read it"));
        };
        prop_assert_eq!(plain.length, text.len() - bytes.len());
        prop_assert_eq!((plain.path(), plain.query()), (request.path(), request.uri().query()));
        prop_assert!(codec.keep_alive() && !codec.upgrade());
        prop_assert!(matches!(codec.message_type(), MessageType::None), "the server expects a body");
        prop_assert_eq!(plain.headers.len(), request.headers().len());
        for name in request.headers().keys() {
            let theirs: Vec<_> = request.headers().get_all(name).map(|value| value.as_bytes()).collect();
            prop_assert_eq!(plain.values(name).collect::<Vec<_>>(), theirs);
        }
        Ok(true)
    }

    #[test]
    fn what_is_plain_is_the_same_to_the_server() {
        // Its codec asks its runtime for the date.
        actix_web::rt::System::new().block_on(async {
            let config = ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() };
            let plain = Cell::new(0);
            let outcome = TestRunner::new(config).run(&nearly_requests(), |text| {
                plain.set(plain.get() + u32::from(is_the_same_to_the_server(&text)?));
                Ok(())
            });
            outcome.unwrap();
            assert!(plain.get() > 100, "{} of 20,000 are plain", plain.get());
        });
    }
}

//! An answer as it goes over a connection.

use std::{
    cell::RefCell,
    time::{Duration, Instant, SystemTime},
};

use actix_web::http::{
    StatusCode,
    header::{CONTENT_LENGTH, DATE, HeaderName},
};

use super::header::{Headers, Text};

/// How long it is the same time: as long as it is for the server.
const TICK: Duration = Duration::from_millis(500);

/// The head of an answer, while it is written (RFC 9112, 4).
pub(super) struct Written<'a>(&'a mut Text);

impl<'a> Written<'a> {
    /// Begins one. `length` is the body's; `None`: there is none, and nothing to say of it.
    pub(super) fn begin(to: &'a mut Text, status: StatusCode, length: Option<usize>) -> Self {
        to.push("HTTP/1.1 ");
        to.push(status.as_str());
        to.push(" ");
        to.push(status.canonical_reason().unwrap_or_default());
        to.push("\r\n");
        let mut written = Self(to);
        if let Some(length) = length {
            written.put(CONTENT_LENGTH, |text| text.number(length as u64));
        }
        written
    }

    /// Ends it, with the body behind it. It is this time now.
    pub(super) fn end(mut self, now: Instant, body: &[u8]) {
        thread_local! {
            static KNOWN: RefCell<Option<(Instant, String)>> = const { RefCell::new(None) };
        }
        KNOWN.with_borrow_mut(|known| {
            let is_over = |(since, _): &(Instant, String)| now.saturating_duration_since(*since) >= TICK;
            if known.as_ref().is_none_or(is_over) {
                *known = Some((now, httpdate::fmt_http_date(SystemTime::now())));
            }
            self.put(DATE, |text| text.push(known.as_ref().map_or("", |(_, date)| date)));
        });
        self.0.push("\r\n");
        self.0.0.extend_from_slice(body);
    }
}

impl Headers for Written<'_> {
    fn put(&mut self, name: HeaderName, write: impl FnOnce(&mut Text)) {
        self.0.push(name.as_str());
        self.0.push(": ");
        let begin = self.0.0.len();
        write(self.0);
        // What is no text would end the header, or the head. All bytes are looked at, which is done many at a time.
        let is_text = self.0.0[begin..].iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'));
        if !is_text {
            self.0.0.truncate(begin);
        }
        self.0.push("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{AGE, ETAG};

    use super::*;

    #[test]
    fn an_answer_is_its_status_its_headers_and_its_body() {
        let mut text = Text::default();
        let mut written = Written::begin(&mut text, StatusCode::OK, Some(2));
        written.put(AGE, |text| text.number(7));
        written.put(ETAG, |text| text.push("a\r\nb: c"));
        written.end(Instant::now(), b"{}");
        let text = String::from_utf8(text.0).unwrap();
        let (head, rest) = text.split_once("date: ").unwrap();
        assert_eq!(head, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nage: 7\r\netag: \r\n");
        let (date, body) = rest.split_once("\r\n\r\n").unwrap();
        assert!(httpdate::parse_http_date(date).is_ok() && body == "{}", "{rest}");
    }

    #[test]
    fn what_has_no_body_has_no_length() {
        let mut text = Text::default();
        Written::begin(&mut text, StatusCode::NOT_MODIFIED, None).end(Instant::now(), b"");
        assert!(text.0.starts_with(b"HTTP/1.1 304 Not Modified\r\ndate: ") && text.0.ends_with(b"\r\n\r\n"));
    }
}

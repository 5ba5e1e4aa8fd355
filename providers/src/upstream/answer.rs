//! What an upstream answered, before anybody believes it.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_TYPE, DATE, RETRY_AFTER},
};

use super::{
    LONGEST_PAUSE,
    quote::{Sent, quote},
};
use crate::{Error, ErrorKind};

/// No wait that an upstream asks for is believed to be longer.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// One whole answer: a cut one never becomes an `Answer`.
///
/// No `Debug` of the body: it is a contact.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    sent: Sent,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Answer {
    /// An answer to nothing in particular.
    #[must_use]
    pub fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self { status, headers, body, sent: Sent::default() }
    }

    /// The same to somebody who has sent this.
    pub(super) fn to(self, sent: Sent) -> Self {
        Self { sent, ..self }
    }

    /// Some of the upstream's own words, fit for the log: short, on one line, and without what it was sent, and what else may be
    /// a contact's or a secret.
    #[must_use]
    pub fn quote(&self, words: &str) -> String {
        quote(words, &self.sent)
    }

    /// Whether the answer calls itself JSON, or does not say what it is.
    #[must_use]
    pub fn claims_json(&self) -> bool {
        self.headers.get(CONTENT_TYPE).is_none_or(|value| {
            let kind = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
        })
    }

    /// The body as JSON, where the answer calls itself that and is.
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        if self.claims_json() { serde_json::from_slice(&self.body).ok() } else { None }
    }

    /// `Retry-After`, as seconds or as a date (RFC 9110, 10.2.3). A date is compared with the answer's own `Date`.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        let wait = match text.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now(&self.headers)).unwrap_or_default(),
        };
        Some(wait.min(LONGEST_WAIT))
    }
}

/// The time at which an answer was given, by the clock that its other times are told by.
///
/// That is ours, as long as the answer's `Date` (whole seconds) agrees with it; else the answer's.
pub(super) fn now(headers: &HeaderMap) -> SystemTime {
    const AGREEMENT: Duration = Duration::from_secs(2);
    let ours = SystemTime::now();
    let date = headers.get(DATE).and_then(|value| value.to_str().ok());
    match date.and_then(|text| httpdate::parse_http_date(text).ok()) {
        Some(theirs) if apart(ours, theirs) > AGREEMENT => theirs,
        _ => ours,
    }
}

fn apart(a: SystemTime, b: SystemTime) -> Duration {
    a.duration_since(b).or_else(|_| b.duration_since(a)).unwrap_or_default()
}

/// Whether the upstream, or what stands before it, reports a failure of its own; 408 and 425 are such.
#[must_use]
pub fn is_failing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY)
}

/// What such an answer is. It may ask for more patience than we have: it is asked again before that, to learn whether it is well.
#[must_use]
pub fn failing(answer: &Answer) -> Error {
    let wait = answer.retry_after().map(|wait| wait.min(LONGEST_PAUSE));
    Error::new(ErrorKind::Unavailable, format!("status {}", answer.status.as_u16())).after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::HeaderName;

    fn answer(headers: &[(&'static str, &str)]) -> Answer {
        let pairs = headers.iter().map(|(n, v)| (HeaderName::from_static(n), v.parse().unwrap()));
        Answer::new(StatusCode::OK, pairs.collect(), Bytes::from_static(b"{}"))
    }

    #[test]
    fn only_json_is_taken_for_json() {
        for json in
            ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/problem+json"]
        {
            assert!(answer(&[("content-type", json)]).json().is_some(), "{json}");
        }
        for other in ["text/html", "text/plain; charset=UTF-8", "application/jsonp", ""] {
            assert!(answer(&[("content-type", other)]).json().is_none(), "{other}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_by_the_upstreams_own_clock() {
        assert_eq!(answer(&[("retry-after", "7")]).retry_after(), Some(Duration::from_secs(7)));
        let dates = [("date", "Wed, 22 Jan 2025 05:41:51 GMT"), ("retry-after", "Wed, 22 Jan 2025 05:41:56 GMT")];
        assert_eq!(answer(&dates).retry_after(), Some(Duration::from_secs(5)));
        let past = [("date", "Wed, 22 Jan 2025 05:41:51 GMT"), ("retry-after", "Wed, 22 Jan 2025 05:41:00 GMT")];
        assert_eq!(answer(&past).retry_after(), Some(Duration::ZERO));
        assert_eq!(answer(&[("retry-after", "soon")]).retry_after(), None);
        for far in ["18446744073709551615", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(answer(&[("retry-after", far)]).retry_after(), Some(LONGEST_WAIT));
            assert_eq!(failing(&answer(&[("retry-after", far)])).retry_after(), Some(LONGEST_PAUSE));
        }
    }
}

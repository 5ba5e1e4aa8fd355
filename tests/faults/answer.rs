//! What the gateway answered, and what every one of its problems must be.

use std::time::Duration;

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

/// A whole answer, and how long it took.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) took: Duration,
}

/// What a code is called where there was no problem.
pub(crate) const FINE: &str = "200";

impl Answer {
    /// Asks for this URL.
    pub(crate) async fn to(request: reqwest::RequestBuilder) -> Self {
        let start = std::time::Instant::now();
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        Self { status, headers, text, took: start.elapsed() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// After how long the gateway wants to be asked again.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.header("retry-after").parse().ok().map(Duration::from_secs)
    }

    /// [`FINE`], or the code of a problem that is as every problem must be.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        if self.status == 200 {
            return FINE.to_owned();
        }
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let problem: Value = serde_json::from_str(&self.text).unwrap();
        assert_eq!(problem["status"], self.status.as_u16(), "{problem}");
        // Neither where the upstream is, nor what it or the system said of it.
        for word in ["127.0.0.1", "localhost", ".invalid", "http", "rustls", "certificate", "os error", WORDS] {
            assert!(!self.text.contains(word), "{word:?} in {problem}");
        }
        problem["code"].as_str().unwrap().to_owned()
    }
}

/// What ailing upstreams say, so that it is known when it is passed on.
pub(crate) const WORDS: &str = "words-of-the-upstream";

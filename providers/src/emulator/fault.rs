//! What can go wrong on demand.

use std::{fmt, str::FromStr, time::Duration};

use bytes::Bytes;
use percent_encoding::percent_decode_str;

use super::{Request, Response, respond, set};

/// What goes wrong with an answer.
///
/// Each but the last has a name ([`Display`](fmt::Display), [`FromStr`]). A request in whose path or query
/// `fault-<name>` stands as an id provokes that fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// `status-503`: this status, with a proxy's page.
    Status(u16),
    /// `delay-3s`: the right answer, late.
    Delay(Duration),
    /// `reset`: the connection is reset before any answer.
    Reset,
    /// `truncate`: the length of the whole body, but only half of it, and then the end of the connection.
    Truncate,
    /// `garbage`: 200 and JSON's content type, but no JSON.
    Garbage,
    /// `content-type`: the right body, called text/html.
    ContentType,
    /// `html`: 200 with a web page.
    Html,
    /// `redirect`: 302 to somewhere else.
    Redirect,
    /// This answer instead.
    Answer {
        /// Its status.
        status: u16,
        /// Its content type.
        content_type: &'static str,
        /// Its body.
        body: Bytes,
    },
}

/// A text that names no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such fault; there are status-N, delay-N(ms|s), reset, truncate, garbage, content-type, html, redirect")]
pub struct UnknownFault;

impl Fault {
    /// The fault that the request's own text asks for.
    pub(super) fn asked_for(request: &Request) -> Option<Self> {
        let uri = request.uri();
        let parts = uri.path().split('/').chain(uri.query().unwrap_or_default().split(['&', '=']));
        parts
            .filter_map(|part| percent_decode_str(part).decode_utf8().ok())
            .find_map(|part| part.strip_prefix("fault-")?.parse().ok())
    }

    /// The answer with the fault in it; those of the connection are the host's.
    pub(super) fn spoil(&self, right: Response) -> Response {
        match self {
            Self::Status(status) => {
                respond(*status, "text/html", format!("<html><head><title>{status}</title></head><body></body></html>"))
            }
            Self::Garbage => respond(200, "application/json", &b"{\"contact\":{\"_id\":\xff\xfe"[..]),
            Self::ContentType => {
                let mut response = right;
                set(&mut response, "content-type", "text/html");
                response
            }
            Self::Html => respond(200, "text/html; charset=utf-8", "<!DOCTYPE html><html><body>Loading…</body></html>"),
            Self::Redirect => {
                let mut response = respond(302, "text/plain", "");
                set(&mut response, "location", "http://elsewhere.example.com/");
                response
            }
            Self::Answer { status, content_type, body } => respond(*status, content_type, body.clone()),
            Self::Delay(_) | Self::Reset | Self::Truncate => right,
        }
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        let number = |text: &str| text.parse::<u64>().map_err(|_| UnknownFault);
        Ok(match name {
            "reset" => Self::Reset,
            "truncate" => Self::Truncate,
            "garbage" => Self::Garbage,
            "content-type" => Self::ContentType,
            "html" => Self::Html,
            "redirect" => Self::Redirect,
            _ => {
                if let Some(status) = name.strip_prefix("status-") {
                    let status = status.parse().map_err(|_| UnknownFault)?;
                    return if (200..600).contains(&status) { Ok(Self::Status(status)) } else { Err(UnknownFault) };
                }
                let time = name.strip_prefix("delay-").ok_or(UnknownFault)?;
                match (time.strip_suffix("ms"), time.strip_suffix('s')) {
                    (Some(ms), _) => Self::Delay(Duration::from_millis(number(ms)?)),
                    (None, Some(s)) => Self::Delay(Duration::from_secs(number(s)?)),
                    (None, None) => return Err(UnknownFault),
                }
            }
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status-{status}"),
            Self::Delay(time) => write!(f, "delay-{}ms", time.as_millis()),
            Self::Reset => f.write_str("reset"),
            Self::Truncate => f.write_str("truncate"),
            Self::Garbage => f.write_str("garbage"),
            Self::ContentType => f.write_str("content-type"),
            Self::Html => f.write_str("html"),
            Self::Redirect => f.write_str("redirect"),
            Self::Answer { status, .. } => write!(f, "answer-{status}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_fault_is_read_back() {
        for name in ["status-503", "delay-250ms", "reset", "truncate", "garbage", "content-type", "html", "redirect"] {
            assert_eq!(name.parse::<Fault>().unwrap().to_string(), name);
        }
        for wrong in ["", "status-", "status-99", "delay-3", "delay-xs", "explode"] {
            assert_eq!(wrong.parse::<Fault>(), Err(UnknownFault), "{wrong}");
        }
    }
}

//! The matrix: every fault, one row each.

use std::time::Duration;

use bytes::Bytes;

use crate::{
    answer::WORDS,
    bomb,
    certificates::Shown,
    exchange::{Exchange, answer},
    fault::{
        Fault::{Answered, Certificate, Connected, None, Refuse, Swallow},
        Step::{self, Close, Drip, Hang, Repeat, Reset, Send, Wait},
    },
    row::{INVALID, LIMITED, REJECTED, Row, TIMEOUT, TOO_MUCH, UNAVAILABLE, UNNOTICED, UNREACHABLE, row},
    scene::Way::{Http, Https, Nowhere},
};

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
const SECOND: Duration = Duration::from_secs(1);

/// A documented contact that no test asks for.
const ANOTHER: &str = r#"{"contact_id":"919999900000@c.us","contact_name":"words-of-the-upstream","org_id":"x"}"#;

/// All rows.
pub(crate) const ROWS: &[Row] = &[
    row("nothing is wrong", None, UNNOTICED).by(Http),
    // The connection.
    row("nobody listens", Refuse, UNAVAILABLE),
    row("no connection comes about", Swallow, TIMEOUT),
    row("whoever connects is reset", Connected(|| vec![Reset]), UNAVAILABLE),
    row("whoever connects is turned away", Connected(|| vec![Close]), UNAVAILABLE),
    row("whoever connects is not read from", Connected(|| vec![Hang]), TIMEOUT),
    row(
        "whoever connects meets another protocol",
        Connected(|| vec![sent("SSH-2.0-OpenSSH_9.2\r\n"), Hang]),
        UNAVAILABLE,
    ),
    row("the question is never answered", Answered(|_| vec![Hang]), TIMEOUT),
    row("the connection is reset before the answer", Answered(|_| vec![Reset]), UNAVAILABLE),
    row("the connection is closed before the answer", Answered(|_| vec![Close]), UNAVAILABLE),
    row("the connection is reset in the middle of the body", Answered(|x| vec![x.half(), Reset]), UNAVAILABLE),
    row("the connection is closed in the middle of the body", Answered(|x| vec![x.half(), Close]), UNAVAILABLE),
    row("the body stops in the middle", Answered(|x| vec![x.half(), Hang]), TIMEOUT),
    row("the answer trickles", Answered(|x| vec![Drip(x.whole(), SECOND)]), TIMEOUT),
    row("the body trickles", Answered(|x| vec![Send(x.head.clone()), Drip(x.body.clone(), SECOND)]), TIMEOUT),
    row("every second call is reset", Answered(flap), UNNOTICED),
    // The time.
    row("the answer is slow but in time", Answered(|x| vec![Wait(SECOND / 8), Send(x.whole())]), UNNOTICED),
    row("the answer is late", Answered(|x| vec![Wait(SECOND * 2), Send(x.whole())]), TIMEOUT),
    row("the server's clock is ten minutes fast", Answered(|x| vec![clock(x, 600)]), UNNOTICED),
    row("the server's clock is ten minutes slow", Answered(|x| vec![clock(x, -600)]), UNNOTICED),
    // HTTP.
    row(
        "the answer is not HTTP",
        Answered(|_| vec![sent("\0\x01\x02 words-of-the-upstream\r\n\r\n"), Close]),
        UNAVAILABLE,
    ),
    row("the answer has two lengths", Answered(|_| vec![sent(TWO_LENGTHS), Close]), UNAVAILABLE),
    row("the last chunk of the body is missing", Answered(|x| vec![first_chunk(x), Close]), UNAVAILABLE),
    row("the body is cut, and has no length that would tell", Answered(|x| vec![unmeasured(x), Close]), INVALID),
    row("the body does not end", Answered(|_| vec![sent(CHUNKED), Repeat(chunk())]), TOO_MUCH),
    row("the headers do not end", Answered(|_| vec![sent("HTTP/1.1 200 OK\r\n"), Repeat(header())]), TOO_MUCH),
    row("one header does not end", Answered(|_| vec![sent("HTTP/1.1 200 OK\r\nx-long: "), Repeat(chunk())]), TOO_MUCH),
    row("interim answers do not end", Answered(|_| vec![Repeat("HTTP/1.1 103 Early Hints\r\n\r\n".into())]), TOO_MUCH),
    row("more bytes follow the answer", Answered(|x| vec![followed(x, b"words-of-the-upstream")]), UNNOTICED),
    row("another answer follows the answer", Answered(|x| vec![followed(x, &another())]), UNNOTICED),
    row("the answer is another request's", Answered(|_| vec![Send(another())]), INVALID),
    row("the answer changes the protocol", Answered(|_| vec![answer("101 Switching Protocols", &[], "")]), INVALID),
    row("the answer is empty", Answered(|_| vec![answer("204 No Content", &[], "")]), INVALID),
    // What the server says.
    row("the server fails", Answered(|_| vec![answer("500 Internal Server Error", &[HTML], WORDS)]), UNAVAILABLE),
    row("the server is overloaded, and says until when", Answered(|_| vec![overloaded_for("1")]), UNAVAILABLE),
    row(
        "the server is overloaded, and asks for years of patience",
        Answered(|_| vec![overloaded_for(YEARS)]),
        UNAVAILABLE,
    ),
    row("the rate limit's window ended long ago", Answered(|x| vec![window_ends(x, "1")]), UNNOTICED),
    row("the rate limit's window never ends", Answered(|x| vec![window_ends(x, "4102444800")]), UNNOTICED),
    row("too many requests", Answered(|_| vec![answer("429 Too Many Requests", &[JSON], "{}")]), LIMITED),
    row("too many requests, and until when", Answered(|_| vec![too_many(&[("retry-after", "2")])]), LIMITED).paused(2),
    row("too many requests, by a clock that is ten minutes fast", Answered(|_| vec![too_many(FAST)]), LIMITED)
        .paused(2),
    row(
        "the credentials are not accepted any more",
        Answered(|_| vec![answer("401 Unauthorized", &[JSON], REFUSAL)]),
        REJECTED,
    )
    .paused(10),
    row(
        "the credentials are not enough any more",
        Answered(|_| vec![answer("403 Forbidden", &[JSON], REFUSAL)]),
        REJECTED,
    )
    .paused(10),
    row("the server redirects to another host", Answered(|x| vec![redirect(x, "302 Found")]), INVALID),
    row(
        "the server redirects to another host for good",
        Answered(|x| vec![redirect(x, "308 Permanent Redirect")]),
        INVALID,
    ),
    row(
        "the JSON is none",
        Answered(|_| vec![answer("200 OK", &[JSON], "{\"contact_id\":\"words-of-the-upstream")]),
        INVALID,
    ),
    row("the JSON is nested too deeply", Answered(|_| vec![answer("200 OK", &[JSON], "[".repeat(1 << 20))]), INVALID),
    row("a web page says 200", Answered(|_| vec![answer("200 OK", &[HTML], "<p>words-of-the-upstream</p>")]), INVALID),
    row("a small body unpacks to a huge one", Answered(|_| vec![packed()]), INVALID),
    // TLS.
    row("TLS with nothing wrong", None, UNNOTICED).by(Https),
    row("TLS with the certificate of an unknown authority", Certificate(Shown::Unknown), UNAVAILABLE).by(Https),
    row("TLS with the certificate of another host", Certificate(Shown::OtherHost), UNAVAILABLE).by(Https),
    row("TLS with a certificate that has expired", Certificate(Shown::Expired), UNAVAILABLE).by(Https),
    row("TLS with a handshake that is garbage", Connected(|| vec![sent("words-of-the-upstream"), Hang]), UNAVAILABLE)
        .by(Https),
    row("TLS with a handshake that stops", Connected(|| vec![Hang]), TIMEOUT).by(Https),
    row("TLS where plain HTTP is spoken", Connected(|| vec![sent(PLAIN), Close]), UNAVAILABLE).by(Https),
    row("TLS reset in the middle of the body", Answered(|x| vec![x.half(), Reset]), UNAVAILABLE).by(Https),
    row("TLS with a question that is never answered", Answered(|_| vec![Hang]), TIMEOUT).by(Https),
    // The name.
    row("nobody has the server's name", None, UNREACHABLE).by(Nowhere),
];

const CHUNKED: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
const TWO_LENGTHS: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 4\r\n\r\n{}{}";
const PLAIN: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const REFUSAL: &str = r#"{"code":"UNAUTHORIZED_ERROR","message":"words-of-the-upstream"}"#;
const FAST: &[(&str, &str)] = &[
    // Ten minutes or years, as long as both are told by the same clock.
    ("date", "Fri, 22 Jan 2100 05:41:51 GMT"),
    ("x-ratelimit-limit", "10"),
    ("x-ratelimit-remaining", "0"),
    ("x-ratelimit-reset", "4104279713"),
];

const YEARS: &str = "18446744073709551615";

/// The answer, with another end of the window.
fn window_ends(exchange: &Exchange, reset: &str) -> Step {
    Send(exchange.reworded(|name, _| (name == "x-ratelimit-reset").then(|| reset.to_owned())))
}

fn sent(text: &'static str) -> Step {
    Send(Bytes::from_static(text.as_bytes()))
}

fn chunk() -> Bytes {
    format!("10000\r\n{}\r\n", " ".repeat(1 << 16)).into()
}

fn header() -> Bytes {
    "x-more: and more\r\n".repeat(1 << 10).into()
}

fn flap(exchange: &Exchange) -> Vec<Step> {
    if exchange.number.is_multiple_of(2) { vec![Reset] } else { vec![Send(exchange.whole())] }
}

/// The answer, by a clock that is so many seconds ahead.
fn clock(exchange: &Exchange, ahead: i64) -> Step {
    Send(exchange.reworded(|name, value| match name {
        "date" => {
            let (time, apart) = (httpdate::parse_http_date(value).unwrap(), Duration::from_secs(ahead.unsigned_abs()));
            Some(httpdate::fmt_http_date(if ahead > 0 { time + apart } else { time - apart }))
        }
        "x-ratelimit-reset" => Some((value.parse::<i64>().unwrap() + ahead).to_string()),
        _ => Option::None,
    }))
}

/// The first half of the body as a whole chunk, and no end.
fn first_chunk(exchange: &Exchange) -> Step {
    let half = &exchange.body[..exchange.body.len() / 2];
    let size = format!("{:x}\r\n", half.len());
    Send([CHUNKED.as_bytes(), size.as_bytes(), half, b"\r\n"].concat().into())
}

/// The first half of the body, up to the end of the connection.
fn unmeasured(exchange: &Exchange) -> Step {
    let half = &exchange.body[..exchange.body.len() / 2];
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    Send([head.as_bytes(), half].concat().into())
}

fn followed(exchange: &Exchange, by: &[u8]) -> Step {
    Send([&exchange.whole()[..], by].concat().into())
}

fn another() -> Bytes {
    match answer("200 OK", &[JSON], ANOTHER) {
        Send(bytes) => bytes,
        _ => Bytes::new(),
    }
}

fn overloaded_for(seconds: &str) -> Step {
    answer("503 Service Unavailable", &[HTML, ("retry-after", seconds)], WORDS)
}

fn too_many(headers: &[(&str, &str)]) -> Step {
    let body = r#"{"code":"RATE_LIMIT_ERROR","message":"words-of-the-upstream"}"#;
    answer("429 Too Many Requests", &[&[JSON], headers].concat(), body)
}

fn redirect(exchange: &Exchange, status: &str) -> Step {
    let location = format!("http://{}/words-of-the-upstream", exchange.places.elsewhere);
    answer(status, &[("location", &location)], "")
}

fn packed() -> Step {
    answer("200 OK", &[JSON, ("content-encoding", "gzip")], bomb::gzip())
}
